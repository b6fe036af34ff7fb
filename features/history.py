"""Outcome histories: how many firms of which segment appeared where, up to a month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.as_of import Known, months_between, shift

RECENT_MONTHS = 12
# What counts now: an event loses half its weight in a year, and never more than four
# fifths (chosen on months to 2024-12, like every number of this kind).
HALF_LIFE = 12
FLOOR = 0.2
# The mix of segments moves faster than the places do.
MIX_HALF_LIFE = 6
# Months from the middle of a year to its end, where a year's events are written.
MIDDLE_OF_YEAR = 5.5


@dataclass(frozen=True)
class History:
    """Outcome counts at one level, known at one month.

    Attributes
    ----------
    segments, places : Index
        Segment ids (S) and place codes (P); the order of every array below.
    total, recent : ndarray of shape (S, P)
        Outcomes of the segment so far, and in the last twelve months.
    activity : ndarray of shape (S, P)
        Outcomes so far, the older the less they count (``HALF_LIFE``, ``FLOOR``): age
        counts to the end of what a list covers, since nobody knows what came after.
    mix : ndarray of shape (S, P)
        The same with the shorter ``MIX_HALF_LIFE`` and no floor; what a list dates by
        the year alone is taken from the middle of its year.
    new_firms : ndarray of shape (P,)
        Firms first seen in the place in the last twelve months, any segment.
    """

    segments: pd.Index
    places: pd.Index
    total: np.ndarray
    recent: np.ndarray
    activity: np.ndarray
    mix: np.ndarray
    new_firms: np.ndarray


def candidates(places: pd.DataFrame, level: str) -> pd.Index:
    """Return the codes of every place of a level, in code order."""
    return pd.Index(sorted(places.loc[level, "place"]), name="place")


def counts(
    outcomes: pd.DataFrame, level: str, segments: pd.Index, places: pd.Index
) -> np.ndarray:
    """Return outcome counts as an array of shape (segments, places)."""
    here = outcomes[outcomes["level"] == level]
    row = segments.get_indexer(here["segment"])
    column = places.get_indexer(here["place"])
    grid = np.zeros((len(segments), len(places)))
    known = (row >= 0) & (column >= 0)
    np.add.at(grid, (row[known], column[known]), here["count"].to_numpy()[known])
    return grid


def history(known: Known, level: str) -> History:
    """Return the outcome histories of every candidate of ``level``."""
    places = candidates(known.places, level)
    segments = known.segments.index
    start = shift(known.as_of, -RECENT_MONTHS)
    happened = known.outcomes[known.outcomes["level"] == level]
    age = _ages(happened["month"], pd.Series(known.as_of, happened.index))
    covered = happened["source_id"].map(known.sources["covers_to"])
    end = covered.where((covered != "") & (covered < known.as_of), known.as_of)
    since = _ages(happened["month"], end)
    by_year = happened["month"].str.endswith("-12").groupby(happened["source_id"])
    middle = np.where(by_year.transform("all"), MIDDLE_OF_YEAR, 0.0)

    def weighted(weight: np.ndarray) -> np.ndarray:
        outcomes = happened.assign(count=happened["count"].to_numpy() * weight)
        return counts(outcomes, level, segments, places)

    return History(
        segments=segments,
        places=places,
        total=weighted(np.ones(len(age))),
        recent=weighted(age < RECENT_MONTHS),
        activity=weighted(np.maximum(FLOOR, 0.5 ** (since / HALF_LIFE))),
        mix=weighted(0.5 ** ((age + middle) / MIX_HALF_LIFE)),
        new_firms=_new_firms(known, level, places, start),
    )


def _ages(months: pd.Series, ends: pd.Series) -> np.ndarray:
    """Return the months from each month to its end; none is negative."""
    pairs = pd.MultiIndex.from_arrays([months, ends])
    found = {pair: max(0, months_between(*pair)) for pair in set(pairs)}
    return np.array([found[pair] for pair in pairs], float)


def _new_firms(known: Known, level: str, places: pd.Index, start: str) -> np.ndarray:
    firms = known.firms
    place = firms["place"]
    if level == "city":
        parent = known.places.loc["district", "parent"]
        place = place.where(firms["level"] == "city", place.map(parent))
    else:
        firms = firms[firms["level"] == "district"]
        place = place[firms.index]
    first = firms.assign(place=place).groupby(["place", "firm"])["month"].min()
    fresh = first[first > start].groupby(level="place").size()
    return fresh.reindex(places, fill_value=0).to_numpy(float)


def parent_index(known: Known, places: pd.Index, cities: pd.Index) -> np.ndarray:
    """Return for each district the position of its city, -1 where it has none."""
    parents = known.places.loc["district", "parent"].reindex(places)
    return cities.get_indexer(parents.fillna(""))
