"""Every figure and firm known of a place, as tables for people."""

from __future__ import annotations

import pandas as pd

from app.ui.words import t
from data import Facts
from data.schema import PILLARS
from features.as_of import known_from
from model.score import Model
from model.wording import quantity


def figures(model: Model, level: str, place: str, lang: str) -> pd.DataFrame:
    """Return every figure known of a place, and of a district's city.

    Two sources that disagree are two rows; the newest of each indicator comes first.

    Returns
    -------
    DataFrame
        Text columns ``whose, pillar, indicator, value, period, standing, used,
        quality, source, locator``, with ``number`` and ``unit`` as printed.
    """
    facts = model.facts
    held = [(level, place)]
    parent = str(facts.places.at[(level, place), "parent"])
    if level == "district" and ("city", parent) in facts.places.index:
        held.append(("city", parent))
    return pd.concat(
        [_figures_of(model, at, code, at == level, lang) for at, code in held],
        ignore_index=True,
    )


def _figures_of(
    model: Model, level: str, place: str, own: bool, lang: str
) -> pd.DataFrame:
    facts = model.facts
    rows = facts.observations
    rows = rows[(rows["place"] == place) & (rows["level"] == level)]
    rows = rows.sort_values(["indicator", "period"], ascending=[True, False])
    order = rows["pillar"].map({name: i for i, name in enumerate(PILLARS)})
    rows = rows.iloc[order.argsort(kind="stable")]
    entries = facts.indicators.loc[rows["indicator"]]
    sources = facts.sources.loc[rows["source_id"]]
    second = sources["second_hand"].astype(bool).to_numpy()
    known = known_from(rows, facts.sources).to_numpy() <= model.as_of
    said = [
        quantity(value, unit)
        for value, unit in zip(rows["value"], rows["unit"], strict=True)
    ]
    marks = [
        " · ".join(filter(None, (_quality(quality, lang), _second(also, lang))))
        for quality, also in zip(rows["quality"], second, strict=True)
    ]
    standings = _standings(model, level, rows)
    return pd.DataFrame(
        {
            "whose": t("detail.own" if own else "detail.of_city", lang),
            "pillar": [t(f"common.pillar_{p}", lang) for p in rows["pillar"]],
            "indicator": entries[f"name_{lang}"].to_numpy(),
            "value": [getattr(text, lang) for text in said],
            "period": rows["period"].to_numpy(),
            "standing": standings,
            "used": [
                _used(bool(was), bool(standing), model.as_of, lang)
                for was, standing in zip(known, standings, strict=True)
            ],
            "quality": marks,
            "source": sources["title"].to_numpy(),
            "locator": rows["locator"].to_numpy(),
            "number": rows["value"].to_numpy(),
            "unit": rows["unit"].to_numpy(),
        }
    )


def _used(known: bool, newest: bool, as_of: str, lang: str) -> str:
    """Say whether the ranking uses a figure: the newest of those known."""
    if not known:
        return t("detail.not_used", lang, as_of=as_of)
    return t("detail.used" if newest else "detail.superseded", lang)


def _quality(quality: str, lang: str) -> str:
    return "" if quality == "exact" else t(f"common.quality_{quality}", lang)


def _second(second_hand: bool, lang: str) -> str:
    return t("common.second_hand", lang) if second_hand else ""


def _standings(model: Model, level: str, rows: pd.DataFrame) -> list[str]:
    """Say where each figure used stands, from the highest, among places with one."""
    table = model.tables[level]
    newest, values = table.figures[level], table.values[level]
    said = []
    for row in rows.itertuples():
        key = (row.place, row.indicator)
        used = newest.loc[key] if key in newest.index else None
        if used is None or tuple(used[["period", "source_id"]]) != (
            row.period,
            row.source_id,
        ):
            said.append("")
            continue
        column = values[row.indicator].dropna()
        said.append(f"{int((column > row.value).sum()) + 1:,} / {len(column):,}")
    return said


def missing(facts: Facts, level: str, place: str, lang: str) -> pd.DataFrame:
    """Return the indicators of the level without a figure for a place, with why."""
    entries = facts.indicators
    there = facts.observations
    there = there[(there["place"] == place) & (there["level"] == level)]
    at_level = entries["levels"].map(lambda levels: level in levels)
    absent = entries[at_level & ~entries.index.isin(there["indicator"])]
    why = absent["complete"].astype(bool)
    return pd.DataFrame(
        {
            "pillar": [t(f"common.pillar_{name}", lang) for name in absent["pillar"]],
            "indicator": absent[f"name_{lang}"].to_numpy(),
            "why": [
                t("detail.not_listed" if listed else "detail.not_collected", lang)
                for listed in why
            ],
        }
    )


def firms(
    facts: Facts, segment: str, level: str, place: str, lang: str
) -> pd.DataFrame:
    """Return the firms behind a place's outcome counts of a segment, newest first."""
    codes = [place]
    if level == "city":
        districts = facts.places.loc["district"]
        codes += list(districts.index[districts["parent"] == place])
    rows = facts.firms
    rows = rows[(rows["segment"] == segment) & rows["place"].isin(codes)]
    rows = rows.sort_values("month", ascending=False, kind="stable")
    index = pd.MultiIndex.from_frame(rows[["level", "place"]])
    return pd.DataFrame(
        {
            "month": rows["month"].to_numpy(),
            "firm": rows["firm"].to_numpy(),
            "product": rows["product"].to_numpy(),
            "where": facts.places.loc[index, f"name_{lang}"].to_numpy(),
            "event": [t(f"common.event_{name}", lang) for name in rows["event"]],
            "source": facts.sources.loc[rows["source_id"], "title"].to_numpy(),
            "locator": rows["locator"].to_numpy(),
        }
    )
