"""Figures and firms as tables for people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from app.ui import columns
from app.ui.units import quantity
from app.ui.words import t
from data import Facts
from data.overview import FIGURE_KEY, absent
from data.schema import PILLARS
from features.as_of import known_from
from features.transform import broad
from model.score import Model

# What tells a figure used by the ranking from others of its place and indicator.
SAME = ("period", "source_id", "locator")


def described(
    facts: Facts, rows: pd.DataFrame, lang: str, others: pd.Series | None = None
) -> pd.DataFrame:
    """Return figures in words, row by row.

    Parameters
    ----------
    facts : Facts
    rows : DataFrame
        Observations, or figures of :func:`data.overview.everything`.
    lang : {"zh", "en"}
    others : Series, optional
        How many other figures answer each one's question (see :func:`others`).

    Returns
    -------
    DataFrame
        Text columns ``pillar, indicator, value, period, published, quality, source,
        locator, note``, with ``number`` and ``unit`` as printed.
    """
    entries = facts.indicators.loc[rows["indicator"]]
    published = rows["source_id"].map(facts.sources["published"]).fillna("")
    return pd.DataFrame(
        {
            "pillar": [t(f"common.pillar_{name}", lang) for name in rows["pillar"]],
            "indicator": entries[f"name_{lang}"].to_numpy(),
            "value": [
                qualified(value, unit, quality, lang)
                for value, unit, quality in zip(
                    rows["value"], rows["unit"], rows["quality"], strict=True
                )
            ],
            "period": rows["period"].to_numpy(),
            "published": rows["published"].where(rows["published"] != "", published),
            "quality": _marks(facts, rows, lang, others),
            "source": rows["source_id"].map(columns.titles(facts, lang)).to_numpy(),
            "locator": rows["locator"].to_numpy(),
            "note": rows["note"].to_numpy(),
            "number": rows["value"].to_numpy(),
            "unit": rows["unit"].to_numpy(),
        },
        index=rows.index,
    )


def qualified(value: float, unit: str, quality: str, lang: str) -> str:
    """Write a figure with its unit, and with what it claims: about, over or under."""
    said = quantity(value, unit, lang)
    return said if quality == "exact" else t(f"common.{quality}", lang, value=said)


def _marks(
    facts: Facts, rows: pd.DataFrame, lang: str, others: pd.Series | None
) -> list[str]:
    """Say of each figure what a reader must know: planned, second-hand, not alone."""
    second = rows["source_id"].map(facts.sources["second_hand"]).astype(bool)
    planned = rows["status"] == "planned"
    many = pd.Series(0, rows.index) if others is None else others
    return [
        " · ".join(
            said
            for said, holds in (
                (t("common.others", lang, many=count), count),
                (t("common.planned", lang), is_planned),
                (t("common.second_hand", lang), is_second),
            )
            if holds
        )
        for count, is_planned, is_second in zip(many, planned, second, strict=True)
    ]


def others(disagreeing: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return for each figure how many others answer its question differently.

    Parameters
    ----------
    disagreeing : DataFrame
        All of :func:`data.overview.conflicts`.
    rows : DataFrame
        Figures.
    """
    size = disagreeing.groupby("group")["group"].transform("size") - 1
    most = size.groupby([disagreeing[name] for name in FIGURE_KEY]).max()
    keyed = rows.assign(**{n: "" for n in ("zone", "scope") if n not in rows})
    found = most.reindex(pd.MultiIndex.from_frame(keyed[FIGURE_KEY]))
    return pd.Series(found.fillna(0).astype(int).to_numpy(), index=rows.index)


def held_by(
    facts: Facts, level: str, place: str, own: bool = False
) -> list[tuple[str, str]]:
    """Return whose facts a place's panel shows: its own, and a district's city's."""
    held = [(level, place)]
    parent = str(facts.places.at[(level, place), "parent"])
    if level == "district" and not own and ("city", parent) in facts.places.index:
        held.append(("city", parent))
    return held


def figures(
    model: Model, disagreeing: pd.DataFrame, level: str, place: str, lang: str
) -> pd.DataFrame:
    """Return every figure known of a place, and of a district's city.

    Two sources that disagree are two rows; figures that answer one question stand
    together, those the ranking uses first, the newest of each indicator first.

    Returns
    -------
    DataFrame
        Those of :func:`described` with text columns ``whose, standing, used``.
    """
    return pd.concat(
        [
            _figures_of(model, disagreeing, at, code, at == level, lang)
            for at, code in held_by(model.facts, level, place)
        ],
        ignore_index=True,
    )


def _figures_of(
    model: Model,
    disagreeing: pd.DataFrame,
    level: str,
    place: str,
    own: bool,
    lang: str,
) -> pd.DataFrame:
    facts = model.facts
    rows = facts.observations
    rows = rows[(rows["place"] == place) & (rows["level"] == level)]
    family = rows["indicator"].map(facts.indicators["family"])
    rows = rows.assign(
        _pillar=rows["pillar"].map({name: i for i, name in enumerate(PILLARS)}),
        _question=family.where(family != "", rows["indicator"]),
    )
    standing = pd.Series(_standings(model, level, rows), rows.index, dtype=object)
    rows["_apart"] = ~(standing != "").groupby(rows["_question"]).transform("any")
    by = ["_pillar", "_apart", "_question", "indicator", "period", "source_id"]
    rows = rows.sort_values(by, ascending=[name != "period" for name in by])
    known = (known_from(rows, facts.sources) <= model.as_of).to_numpy()
    standings = list(standing[rows.index])
    table = described(facts, rows, lang, others(disagreeing, rows))
    return table.assign(
        whose=t("detail.own" if own else "detail.of_city", lang),
        own=own,
        standing=standings,
        used=[
            t(f"detail.{why}", lang, as_of=model.as_of)
            for why in _uses(model, level, rows, known, standings)
        ],
    )


def _uses(
    model: Model,
    level: str,
    rows: pd.DataFrame,
    known: np.ndarray,
    standings: list[str],
) -> list[str]:
    """Say of each figure whether the ranking uses it: the newest of those known."""
    offered = broad(model.tables[level].values[level]).columns
    why = np.select(
        [
            np.array(standings, dtype=object) != "",
            (rows["status"] == "planned").to_numpy(),
            ~known,
            ~rows["indicator"].isin(offered).to_numpy(),
        ],
        ["used", "only_planned", "not_used", "rare"],
        "superseded",
    )
    return [str(name) for name in why]


def _standings(model: Model, level: str, rows: pd.DataFrame) -> list[str]:
    """Say where each figure used stands, from the highest, among places with one."""
    table = model.tables[level]
    newest, values = table.figures[level], broad(table.values[level])
    said = []
    for row in rows.itertuples():
        key = (row.place, row.indicator)
        used = newest.loc[key] if key in newest.index else None
        same = used is not None and all(
            used[name] == getattr(row, name) for name in SAME
        )
        if not same or row.indicator not in values:
            said.append("")
            continue
        column = values[row.indicator].dropna()
        said.append(f"{int((column > row.value).sum()) + 1:,} / {len(column):,}")
    return said


def missing(facts: Facts, level: str, place: str, lang: str) -> pd.DataFrame:
    """Return the indicators without a figure for a place, each with why.

    Returns
    -------
    DataFrame
        Text columns ``pillar, indicator, why, source, locator``, and whether an
        indicator is ``broad``: held by many places.
    """
    table = absent(facts, level, place)
    entries = facts.indicators.loc[table["indicator"]]
    return pd.DataFrame(
        {
            "pillar": [t(f"common.pillar_{name}", lang) for name in table["pillar"]],
            "indicator": entries[f"name_{lang}"].to_numpy(),
            "why": [t(f"detail.absent_{kind}", lang) for kind in table["kind"]],
            "source": table["source_id"]
            .map(columns.titles(facts, lang))
            .fillna("")
            .to_numpy(),
            "locator": table["locator"].to_numpy(),
            "broad": table["broad"].to_numpy(),
        }
    )


def firms(
    facts: Facts, segment: str, level: str, place: str, lang: str
) -> pd.DataFrame:
    """Return the firms behind a place's outcome counts of a segment, newest first."""
    rows = firm_rows(facts, segment, level, place)
    rows = rows.sort_values("month", ascending=False, kind="stable")
    index = pd.MultiIndex.from_frame(rows[["level", "place"]])
    return pd.DataFrame(
        {
            "month": rows["month"].to_numpy(),
            "firm": rows["firm"].to_numpy(),
            "product": rows["product"].to_numpy(),
            "where": facts.places.loc[index, f"name_{lang}"].to_numpy(),
            "event": [t(f"common.event_{name}", lang) for name in rows["event"]],
            "source": rows["source_id"].map(columns.titles(facts, lang)).to_numpy(),
            "locator": rows["locator"].to_numpy(),
        }
    )


def firm_rows(facts: Facts, segment: str, level: str, place: str) -> pd.DataFrame:
    """Return the dated events of firms of a segment at a place, districts included."""
    codes = {(level, place)}
    if level == "city":
        districts = facts.places.loc["district"]
        inside = districts.index[districts["parent"] == place]
        codes |= {("district", code) for code in inside}
    rows = facts.firms[facts.firms["segment"] == segment]
    return rows[pd.MultiIndex.from_frame(rows[["level", "place"]]).isin(codes)]


def counted(
    facts: Facts, segment: str, level: str, place: str, as_of: str
) -> tuple[int, int, int]:
    """Return how many events the ranking counts, and the firms listed behind them.

    Returns
    -------
    count : int
        Outcomes until ``as_of``, as the ranking counts them.
    listed : int
        Events of firms until then.
    later : int
        Events of firms after it.
    """
    rows = facts.outcomes
    mine = rows[(rows["segment"] == segment) & (rows["place"] == place)]
    mine = mine[(mine["level"] == level) & (mine["month"] <= as_of)]
    months = firm_rows(facts, segment, level, place)["month"]
    known = int((months <= as_of).sum())
    return round(float(mine["count"].sum())), known, len(months) - known
