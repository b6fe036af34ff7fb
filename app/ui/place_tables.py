"""What the page of one place shows, as tables and sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app.ui import cache, columns, compare_tables, local, place_standings, place_twins
from app.ui.units import unit
from app.ui.words import t
from data import Facts
from data.schema import PILLARS
from features import shift
from model.score import Model
from model.trend import QUARTERS
from model.why import name_of

# So many segments are named in the summing up, and so many names in a tooltip.
NAMED, LISTED = 3, 4
YEAR = r"((?:19|20)\d\d)"


def strengths(model: Model, level: str, place: str) -> pd.DataFrame:
    """Return where a place stands in every segment, the best rank first.

    Returns
    -------
    DataFrame
        Columns of :func:`model.score.ranking` with ``segment, total`` and ``ahead``
        (see :func:`app.ui.columns.opportunity`). Segments without enough evidence
        come last; a place that is not ranked has no rows.
    """
    parts = []
    for segment in model.facts.segments.index:
        whole = cache.ranking(model, segment, level)
        mine = whole[whole["place"] == place]
        parts.append(mine.assign(segment=segment, total=len(whole)))
    table = pd.concat(parts, ignore_index=True)
    ahead = columns.opportunity(table)
    for row, segment in table.loc[ahead > 0, "segment"].items():
        ahead[row] *= place not in cache.thin(model, segment, level)
    table = table.assign(ahead=ahead, known=table["confidence"] != "")
    return table.sort_values(
        ["known", "rank"], ascending=[False, True], kind="stable", ignore_index=True
    )


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the segments that have enough evidence."""
    return table[table["known"]]


def summary(model: Model, table: pd.DataFrame, name: str, lang: str) -> str:
    """Say in a sentence or two what a place is strongest at."""
    held = ranked(table)
    if held.empty:
        return t("place.summary_none", lang, place=name)
    gap = t("common.list_gap", lang)
    names = model.facts.segments[f"name_{lang}"]
    best = [
        t(
            "place.summary_one" if row.rank_low is None else "place.summary_range",
            lang,
            segment=names[row.segment],
            rank=row.rank,
            span=""
            if row.rank_low is None
            else columns.span(row.rank_low, row.rank_high, lang),
        )
        for row in held.head(NAMED).itertuples()
    ]
    total = int(held["total"].iloc[0])
    tenth = int((held["rank"] <= total / 10).sum())
    said = t(
        "place.summary",
        lang,
        place=name,
        count=len(held),
        best=gap.join(best),
    )
    where = {"total": f"{total:,}", "many": tenth}
    said += t("place.summary_tenth" if tenth else "place.summary_no", lang, **where)
    open_to = held[held["ahead"] > 0].sort_values("ahead", ascending=False)
    if len(open_to):
        chance = gap.join(names[one] for one in open_to["segment"].head(NAMED))
        said += t("place.summary_ahead", lang, many=len(open_to), names=chance)
    return said


def shown(model: Model, table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the segments of a place as shown, a row each."""
    held = ranked(table)
    return pd.DataFrame(
        {
            "segment": held["segment"].map(model.facts.segments[f"name_{lang}"]),
            "rank": held["rank"],
            **columns.spans(held),
            "ahead": [f"▲ {n}" if n else "" for n in held["ahead"]],
            "presence_rank": held["presence_rank"],
            "fundamentals_rank": held["fundamentals_rank"],
            "confidence": held["confidence"],
        }
    )


def shown_config(lang: str) -> dict[str, Any]:
    """Return the column configuration of :func:`shown`."""
    config = st.column_config

    def told(name: str, of: str = "recommend") -> dict[str, Any]:
        return {
            "label": t(f"{of}.col_{name}", lang),
            "help": t(f"{of}.help_{name}", lang),
        }

    return {
        "segment": config.TextColumn(
            t("park.col_segment", lang), width=104 if lang == "zh" else 202, pinned=True
        ),
        "rank": config.NumberColumn(t("recommend.col_rank", lang), width=52),
        "range": config.TextColumn(**told("range"), width=78),
        "ties": config.TextColumn(**told("ties"), width=78),
        "top5": config.TextColumn(**told("top5"), width=74 if lang == "zh" else 60),
        "ahead": config.TextColumn(**told("ahead"), width=64),
        "presence_rank": config.NumberColumn(**told("presence_rank"), width=74),
        "fundamentals_rank": config.NumberColumn(**told("fundamentals_rank"), width=74),
        "confidence": config.TextColumn(**told("confidence", "park"), width=64),
    }


def picture(model: Model, table: pd.DataFrame, chosen: str, lang: str) -> pd.DataFrame:
    """Return what is drawn of each ranked segment.

    Returns
    -------
    DataFrame
        ``name, rank, low, high, said`` (the range), ``text`` (rank and range),
        ``ahead``, ``chosen``.
    """
    held = ranked(table)
    low, high = (
        held[end].where(held[end].notna(), held["rank"]).astype(int)
        for end in ("rank_low", "rank_high")
    )
    return pd.DataFrame(
        {
            "name": held["segment"].map(model.facts.segments[f"name_{lang}"]),
            "rank": held["rank"],
            "low": low,
            "high": high,
            "said": [
                columns.span(one, other, lang)
                for one, other in zip(low, high, strict=True)
            ],
            "text": [
                str(rank) if one == other else f"{rank} ({one}–{other})"
                for rank, one, other in zip(held["rank"], low, high, strict=True)
            ],
            "ahead": held["ahead"] > 0,
            "chosen": held["segment"] == chosen,
        }
    )


def pillars(
    model: Model,
    segment: str,
    level: str,
    names: Mapping[str, str],
    lang: str,
) -> pd.DataFrame:
    """Return how far up each place stands by pillar, the first place's best first.

    Returns
    -------
    DataFrame
        ``row, name, value``; ``value`` is a percentile from 0 to 100, rows without
        one are left out.
    """
    table = place_standings.standings(model, level).pillars.loc[list(names)]
    if place_twins.led(model, segment, level):
        presence = place_standings.presence(model, segment, level)
        table = table.assign(presence=presence[list(names)])
    order = table.iloc[0].sort_values(ascending=False, kind="stable").index
    titles = {name: t(f"common.pillar_{name}", lang) for name in PILLARS}
    segment_name = columns.named(model.facts.segments.loc[segment], lang)
    titles["presence"] = t("place.presence_of", lang, segment=segment_name)
    return _long(table[order].rename(columns=titles), names)


def indicators(
    model: Model, pillar: str, level: str, names: Mapping[str, str], lang: str
) -> pd.DataFrame:
    """Return the same for every indicator of a pillar."""
    themes = place_standings.standings(model, level).themes
    mine = [theme for theme in themes if place_standings.pillar(model, theme) == pillar]
    table = themes.loc[list(names), mine].dropna(axis=1, how="all")
    order = table.iloc[0].sort_values(ascending=False, kind="stable").index
    titles = {theme: getattr(name_of(model, theme, level), lang) for theme in order}
    return _long(table[order].rename(columns=titles), names)


def _long(table: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        {"row": row, "name": names[str(code)], "value": float(table.at[code, row])}
        for row in table
        for code in table.index
    ]
    found = pd.DataFrame(rows, columns=["row", "name", "value"])
    return found.dropna(ignore_index=True)


def figures(
    model: Model, level: str, names: Mapping[str, str], pillar: str, lang: str
) -> pd.DataFrame:
    """Return every figure behind the profile, the places below each other.

    Returns
    -------
    DataFrame
        ``indicator, place, percentile, value, unit, period, source, locator,
        pillar``; without a figure ``value`` says why. By pillar, and the indicators
        at which the first place stands best first.
    """
    table = compare_tables.figures(model, level, list(names))
    if pillar:
        table = table[table["pillar"] == pillar]
    themes = place_standings.standings(model, level).themes
    first = next(iter(names))
    table = table.assign(
        percentile=[
            themes.at[row.place, row.theme] if not row.why else None
            for row in table.itertuples()
        ],
        _pillar=table["pillar"].map({name: i for i, name in enumerate(PILLARS)}),
        _own=-table["theme"].map(themes.loc[first]).fillna(-1.0),
        _place=table["place"].map({code: i for i, code in enumerate(names)}),
    ).sort_values(["_pillar", "_own", "theme", "_place"], kind="stable")
    titles = columns.titles(model.facts, lang)
    return pd.DataFrame(
        {
            "indicator": [
                getattr(name_of(model, theme, level), lang) for theme in table["theme"]
            ],
            "place": table["place"].map(dict(names)),
            # Never rounded up: only what is above all others stands at 100.
            "percentile": np.floor(10 * table["percentile"].astype(float)) / 10,
            "value": [_value(row, model.as_of, lang) for row in table.itertuples()],
            "unit": [unit(one, lang) for one in table["unit"]],
            "period": table["period"],
            "source": table["source_id"].map(titles).fillna(""),
            "locator": table["locator"],
            "pillar": [t(f"common.pillar_{name}", lang) for name in table["pillar"]],
        }
    ).reset_index(drop=True)


def _value(row: Any, as_of: str, lang: str) -> str:
    """Write a figure without its year, which has a column; or why there is none."""
    if row.why:
        said = compare_tables.missing(row.why, as_of, lang)
        return t("compare.no_figure", lang, why=said)
    if row.unit == compare_tables.YES_NO:
        return t(f"compare.{'yes' if row.value else 'no'}", lang)
    return compare_tables.qualified(row.value, row.unit, row.quality, lang)


def marks(history: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return how many entries of a place's history are of a year and kind.

    Parameters
    ----------
    history : DataFrame
        From :func:`app.ui.local.history`.
    lang : {"zh", "en"}

    Returns
    -------
    DataFrame
        ``year, kind, count, names``; without the undated ones.
    """
    periods = history["period"].astype(str)
    dated = history.assign(year=periods.str.extract(YEAR, expand=False))
    dated = dated[dated["year"].notna()]
    rows = []
    for kind in local.KINDS:
        for year, mine in dated[dated["kind"] == kind].groupby("year"):
            names = [str(name) for name in mine["name"]]
            said = t("common.list_gap", lang).join(names[:LISTED])
            if len(names) > LISTED:
                said = t("place.and_more", lang, names=said, count=len(names))
            rows.append(
                {
                    "year": int(str(year)),
                    "kind": t(f"detail.kind_{kind}", lang),
                    "count": len(names),
                    "names": said,
                }
            )
    return pd.DataFrame(rows, columns=["year", "kind", "count", "names"])


def quarters(model: Model, level: str, place: str) -> pd.DataFrame:
    """Return the known firm events of a place by segment and quarter, most first.

    Returns
    -------
    DataFrame
        Segments x :data:`model.trend.QUARTERS` quarters, oldest first, that end with
        the model's month; segments without an event are left out.
    """
    rows = model.known.outcomes
    first = pd.Period(shift(model.as_of, 1 - 3 * QUARTERS), freq="M")
    rows = rows[(rows["place"] == place) & (rows["level"] == level)]
    rows = rows[rows["month"] >= str(first)]
    months = pd.PeriodIndex(rows["month"], freq="M")
    quarter = ((months.year - first.year) * 12 + months.month - first.month) // 3
    keyed = rows["count"].groupby([rows["segment"], quarter]).sum()
    whole = keyed.unstack().reindex(columns=range(QUARTERS)).fillna(0.0)
    most = whole.sum(axis=1).sort_values(ascending=False, kind="stable")
    return whole.loc[most.index]


def events(table: pd.DataFrame, facts: Facts, lang: str) -> pd.DataFrame:
    """Return :func:`quarters` as shown: segment, bars, the last year and the sum."""
    return pd.DataFrame(
        {
            "segment": table.index.map(facts.segments[f"name_{lang}"]),
            "bars": table.to_numpy().tolist(),
            "last": table.iloc[:, -4:].sum(axis=1).to_numpy(),
            "sum": table.sum(axis=1).to_numpy(),
        }
    )
