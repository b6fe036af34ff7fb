"""The figures and outcome counts behind a feature at a place, with their sources."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from features.lineage import origin
from model.presence import kinship
from model.score import Model
from model.wording import ratio

PRESENCE = "presence"


def pillar_of(model: Model, feature: str, level: str) -> str:
    """Return the pillar of a feature; presence terms are their own."""
    if feature.startswith(PRESENCE):
        return PRESENCE
    indicator = origin(feature, level).indicator
    return str(model.facts.indicators.at[indicator, "pillar"])


def figure(model: Model, feature: str, level: str, place: str) -> dict[str, Any]:
    """Return value, unit, whether observed, and sources of a feature at a place."""
    if feature.startswith(PRESENCE):
        raise ValueError("presence terms have counts, not figures")
    source = origin(feature, level)
    table = model.tables[level]
    at_place = holder(model, source.level, level, place)
    if not at_place:
        return {"value": None, "unit": "", "observed": False, "sources": []}
    value = float(table.values[source.level].at[at_place, source.indicator])
    entry = model.facts.indicators.loc[source.indicator]
    unit = str(entry["unit"])
    observed = not np.isnan(value)
    names = [source.indicator]
    if source.kind == "observed":
        return {
            "value": float(observed),
            "unit": "",
            "observed": observed,
            "sources": citations(model, source.level, at_place, names),
        }
    if source.kind == "share":
        base = str(entry["denominator"])
        names.append(base)
        below = float(table.values[source.level].at[at_place, base])
        observed = observed and below > 0
        if observed:
            base_unit = str(model.facts.indicators.at[base, "unit"])
            value, unit, _ = ratio(value / below, unit, base_unit)
    return {
        "value": value if observed else None,
        "unit": unit,
        "observed": bool(observed),
        "sources": citations(model, source.level, at_place, names) if observed else [],
    }


def holder(model: Model, figure_level: str, level: str, place: str) -> str:
    """Return whose figure a feature uses: the place's, its city's, or nobody's."""
    if figure_level == level:
        return place
    parent = str(model.facts.places.at[(level, place), "parent"])
    return parent if ("city", parent) in model.facts.places.index else ""


def citations(
    model: Model, level: str, place: str, indicators: list[str]
) -> list[dict[str, str]]:
    """Return source, period and locator of the figures used.

    A zero from a list that names every place is cited by the list.
    """
    figures = next(
        table.figures[level]
        for table in model.tables.values()
        if level in table.figures
    )
    cited = []
    for indicator in indicators:
        if (place, indicator) in figures.index:
            row = figures.loc[(place, indicator)]
            locator = str(row["locator"])
        else:
            rows = figures.xs(indicator, level="indicator", drop_level=False)
            row = rows.sort_values("period").iloc[-1]
            locator = "whole list: not named"
        cited.append(
            {
                "source_id": str(row["source_id"]),
                "period": str(row["period"]),
                "locator": locator,
            }
        )
    return cited


def outcome_counts(
    model: Model, term: str, segment: str, level: str, place: str
) -> tuple[float, list[str], list[dict[str, str]]]:
    """Return the count behind a presence term, its segments and its sources."""
    table = model.tables[level]
    past = table.history
    column = past.places.get_loc(place)
    row = past.segments.get_loc(segment)
    segments = [segment]
    counts = past.total[:, column]
    if term == "related_segments":
        phi = kinship(table)[row]
        pull = phi * np.log1p(past.activity[:, column])
        nearest = np.argsort(-pull, kind="stable")[:2]
        segments = [past.segments[i] for i in nearest if phi[i] > 0]
    count = float(sum(counts[past.segments.get_loc(name)] for name in segments))
    return count, segments, outcome_sources(model, segments, level, place)


def statements(
    model: Model, segment: str, level: str, place: str
) -> tuple[float, list[dict[str, str]]]:
    """Return how many statements of reports name a place for a segment, and where.

    Strengths they name there and zones there whose focus it is; of a district, those
    of its city too. A place that none names cites the reports that were read.
    """
    known = model.known
    places = {place, holder(model, "city", level, place)}
    zones = known.zones[known.zones["segments"].str.split("|").map(set) >= {segment}]
    strengths = known.strengths[known.strengths["segment"] == segment]
    rows = pd.concat([strengths, zones])
    rows = rows[rows["place"].isin(places)]
    published = model.facts.sources["published"]
    sources = [
        {
            "source_id": row.source_id,
            "period": str(published[row.source_id]),
            "locator": row.locator,
        }
        for row in rows.itertuples()
    ]
    if not sources:
        read = sorted(known.strengths["source_id"].unique())
        sources = [
            {"source_id": name, "period": published[name], "locator": f"{place}: 0"}
            for name in read
        ]
    return float(len(rows)), sources


def outcome_sources(
    model: Model, segments: list[str], level: str, place: str
) -> list[dict[str, str]]:
    """Return the lists that name a place in some segments, with count and last month.

    Nothing found is itself a reading of the lists, which are then cited.
    """
    found: dict[str, tuple[float, str]] = {}
    for segment, source, count, month in model.tally.get((level, place), []):
        if segment in segments:
            before, last = found.get(source, (0.0, ""))
            found[source] = (before + count, max(last, month))
    if not found:
        lists = model.known.outcomes["source_id"].unique()
        found = dict.fromkeys(sorted(lists), (0.0, model.as_of))
    return [
        {
            "source_id": source,
            "period": f"..{month}",
            "locator": f"{place}: {count:g}",
        }
        for source, (count, month) in found.items()
    ]


def describe(
    model: Model, feature: str, segment: str, level: str, place: str
) -> dict[str, Any]:
    """Return the entry of a feature for ``explain --json``, without contribution."""
    if not feature.startswith(PRESENCE):
        return figure(model, feature, level, place)
    term = feature.split(":")[1]
    if term == "stated":
        said, sources = statements(model, segment, level, place)
        return {"value": said, "unit": "处", "observed": said > 0, "sources": sources}
    count, _, sources = outcome_counts(model, term, segment, level, place)
    return {"value": count, "unit": "起", "observed": True, "sources": sources}
