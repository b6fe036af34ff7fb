"""The figures and outcome counts behind a feature at a place, with their sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from features.lineage import origin
from model.score import Model
from model.wording import ratio

PRESENCE = "presence"
CITED = ["source_id", "period", "locator"]


def pillar_of(model: Model, feature: str, level: str) -> str:
    """Return the pillar of a feature; presence terms are their own."""
    return pillars_of(model, [feature], level)[0]


def pillars_of(model: Model, features: Iterable[str], level: str) -> list[str]:
    """Return the pillar of each of some features."""
    return [
        PRESENCE
        if name.startswith(PRESENCE)
        else model.entries[origin(name, level).indicator][2]
        for name in features
    ]


def figure(model: Model, feature: str, level: str, place: str) -> dict[str, Any]:
    """Return value, unit, whether observed, and sources of a feature at a place."""
    return Evidence(model, level, place).figure(feature)


@dataclass(frozen=True)
class Evidence:
    """The figures behind the features of a place, and of a district's city.

    They are read from the tables once, for all features that are asked for.
    """

    model: Model
    level: str
    place: str

    @cached_property
    def _held(self) -> dict[str, tuple[dict[str, float], Citations]]:
        found = {}
        values = self.model.tables[self.level].values
        for level in values:
            at_place = holder(self.model, level, self.level, self.place)
            if at_place:
                cited = Citations(self.model, level, at_place)
                found[level] = values[level].loc[at_place].to_dict(), cited
        return found

    def figure(self, feature: str) -> dict[str, Any]:
        """Return value, unit, whether observed, and sources of a feature."""
        if feature.startswith(PRESENCE):
            raise ValueError("presence terms have counts, not figures")
        source = origin(feature, self.level)
        if source.level not in self._held:
            return {"value": None, "unit": "", "observed": False, "sources": []}
        values, cited = self._held[source.level]
        value, names = values[source.indicator], [source.indicator]
        unit, base, _ = self.model.entries[source.indicator]
        observed = value == value
        if source.kind == "observed":
            sources = cited.of(names)
            return {
                **{"value": float(observed), "unit": ""},
                **{"observed": observed, "sources": sources},
            }
        if source.kind == "share":
            names.append(base)
            observed = observed and values[base] > 0
            if observed:
                value /= values[base]
                value, unit, _ = ratio(value, unit, self.model.entries[base][0])
        return {
            "value": value if observed else None,
            "unit": unit,
            "observed": observed,
            "sources": cited.of(names) if observed else [],
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
    return Citations(model, level, place).of(indicators)


@dataclass(frozen=True)
class Citations:
    """Where the figures of one place are from."""

    model: Model
    level: str
    place: str

    @cached_property
    def _figures(self) -> pd.DataFrame:
        tables = self.model.tables.values()
        return next(t.figures[self.level] for t in tables if self.level in t.figures)

    @cached_property
    def _own(self) -> dict[str, dict[str, str]]:
        # The index is in no order: its codes are compared rather than looked up.
        table, index = self._figures, self._figures.index
        at = index.levels[0].get_indexer([self.place])[0]
        rows = np.flatnonzero(index.codes[0] == at)
        names = index.levels[1].take(index.codes[1][rows]).to_numpy(object)
        columns = [table[name].iloc[rows].to_numpy(object) for name in CITED]
        return {
            name: dict(zip(CITED, map(str, cited), strict=True))
            for name, *cited in zip(names, *columns, strict=True)
        }

    def of(self, indicators: list[str]) -> list[dict[str, str]]:
        """Return source, period and locator of each of some indicators."""
        return [dict(self._own.get(name) or self._list(name)) for name in indicators]

    def _list(self, indicator: str) -> dict[str, str]:
        listed = self.model.listed
        if (self.level, indicator) not in listed:
            rows = self._figures.xs(indicator, level="indicator", drop_level=False)
            row = rows.sort_values("period").iloc[-1]
            cited = {"source_id": str(row["source_id"]), "period": str(row["period"])}
            cited["locator"] = "whole list: not named"
            listed[self.level, indicator] = cited
        return listed[self.level, indicator]


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
        phi = model.kin[level][row]
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
    places = {place, holder(model, "city", level, place)}
    rows = [row for row in model.statements.get(segment, []) if row[0] in places]
    published = model.facts.sources["published"]
    sources = [
        {"source_id": name, "period": str(published[name]), "locator": locator}
        for _, name, locator in rows
    ]
    if not sources:
        read = sorted(model.known.strengths["source_id"].unique())
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
    return describe_all(model, [feature], segment, level, place)[0]


def describe_all(
    model: Model, features: Iterable[str], segment: str, level: str, place: str
) -> list[dict[str, Any]]:
    """Return the entries of some features (see :func:`describe`)."""
    evidence = Evidence(model, level, place)
    return [
        _count(model, name, segment, level, place)
        if name.startswith(PRESENCE)
        else evidence.figure(name)
        for name in features
    ]


def _count(
    model: Model, feature: str, segment: str, level: str, place: str
) -> dict[str, Any]:
    term = feature.split(":")[1]
    if term == "stated":
        said, sources = statements(model, segment, level, place)
        return {"value": said, "unit": "处", "observed": said > 0, "sources": sources}
    count, _, sources = outcome_counts(model, term, segment, level, place)
    return {"value": count, "unit": "起", "observed": True, "sources": sources}
