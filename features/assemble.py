"""The table a model may see: places, their figures, and what each segment leans to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from features import history as past
from features import transform
from features.as_of import Known
from features.history import History
from features.lineage import catalogue

# Kinds of columns that describe what a place is like rather than how big it is:
# what a segment leans to is read from these.
COMPOSITION = ("share:", "rate:")


@dataclass(frozen=True)
class FeatureTable:
    """Everything a model may know at one month about one level.

    Attributes
    ----------
    as_of, level : str
    history : History
        Outcomes known, segments (S) x places (P).
    city : History or None
        The same of the cities, for districts.
    parent : ndarray of shape (P,)
        Position of each district's city in ``city``, -1 without one.
    place : DataFrame of shape (P, F)
        Indicator columns; a city's figures reach its districts as ``city:...``.
    said : ndarray of shape (S, C)
        What reports say of the segment in each city (see :func:`said`).
    stated : ndarray of shape (S, P)
        What they say of the place (see :func:`stated`).
    lean : DataFrame of shape (S, L)
        How far the places of a segment exceed those of AI in general, in standard
        deviations, on each composition column.
    lineage : DataFrame
        Indicator, pillar, direction of each column (see ``features.lineage``).
    figures, values : dict of DataFrame
        For the own level and, for districts, ``city``: the newest observation of
        each (place, indicator), and their values as places x indicators.
    """

    as_of: str
    level: str
    history: History
    city: History | None
    parent: np.ndarray
    place: pd.DataFrame
    said: np.ndarray
    stated: np.ndarray
    lean: pd.DataFrame
    lineage: pd.DataFrame
    figures: dict[str, pd.DataFrame]
    values: dict[str, pd.DataFrame]

    @property
    def segments(self) -> list[str]:
        """The segments, in the order of :attr:`history`."""
        return list(self.history.segments)

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns of :meth:`array`."""
        return [*self.place.columns, *(f"lean:{name}" for name in self.lean.columns)]

    @cached_property
    def _position(self) -> pd.Index:
        return pd.Index(self.columns, dtype=object)

    @cached_property
    def _place_array(self) -> np.ndarray:
        return self.place.to_numpy(np.float32)

    @cached_property
    def _composition_z(self) -> np.ndarray:
        return transform.standardise(self.place[self.lean.columns]).to_numpy()

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        """Return the fundamentals of every candidate for a segment.

        Parameters
        ----------
        segment : str
        columns : list of str, optional
            Some of :attr:`columns`, in that order; one that this table lacks is NaN.

        Returns
        -------
        ndarray of float32, shape (P, len(columns))
            Place columns, then each composition column's z-score times the
            segment's lean on it: the indicator x segment interactions.
        """
        fit = self._composition_z * self.lean.loc[segment].to_numpy()
        whole = np.hstack([self._place_array, fit.astype(np.float32)])
        if columns is None:
            return whole
        position = self._position.get_indexer(columns)
        if not self.columns:
            return np.full((len(whole), len(columns)), np.nan, np.float32)
        chosen = whole[:, position]
        chosen[:, position < 0] = np.nan
        return chosen


def assemble(known: Known, level: str) -> FeatureTable:
    """Build the feature table of a level from what is known at a month.

    Parameters
    ----------
    known : Known
        From :func:`features.as_of.at`; nothing later can be reached from it.
    level : {"city", "district"}
    """
    here = past.history(known, level)
    figures = {level: transform.latest(known, level)}
    values = {level: transform.wide(figures[level], known, level, here.places)}
    place = transform.columns(transform.broad(values[level]), known)
    city: History | None = None
    parent = np.full(len(here.places), -1)
    if level == "district":
        city = past.history(known, "city")
        parent = past.parent_index(known, here.places, city.places)
        figures["city"] = transform.latest(known, "city")
        values["city"] = transform.wide(figures["city"], known, "city", city.places)
        held = transform.broad(values["city"])
        passed = _from_city(transform.columns(held, known), parent)
        place = pd.concat([place, passed.set_axis(here.places)], axis=1)
    words = said(known, here, level)
    above = said(known, city, "city") if city is not None else None
    lean = segment_lean(place, here, known, level)
    names = [*place.columns, *(f"lean:{name}" for name in lean.columns)]
    return FeatureTable(
        as_of=known.as_of,
        level=level,
        history=here,
        city=city,
        parent=parent,
        place=place,
        said=words if above is None else above,
        stated=stated(words, above, parent),
        lean=lean,
        lineage=catalogue(names, level, known.indicators),
        figures=figures,
        values=values,
    )


def _from_city(table: pd.DataFrame, parent: np.ndarray) -> pd.DataFrame:
    """Pass each city's columns to its districts; NaN where there is no city."""
    rows = table.to_numpy()[parent]
    rows[parent < 0] = np.nan
    return pd.DataFrame(rows, columns=table.columns).add_prefix("city:")


def said(known: Known, here: History, level: str) -> np.ndarray:
    """Return what reports say of each segment at each place, shape (S, P).

    The grades of the strengths they name there, and one for each zone there whose
    stated focus is the segment.
    """
    grades = known.strengths.rename(columns={"grade": "count"})
    focus = known.zones.assign(
        segment=known.zones["segments"].str.split("|"), count=1.0
    )
    return np.sum(
        [
            past.counts(table, level, here.segments, here.places)
            for table in (grades, focus.explode("segment"))
        ],
        axis=0,
    )


def stated(
    here: np.ndarray, cities: np.ndarray | None, parent: np.ndarray
) -> np.ndarray:
    """Return the log of what reports say of a place, half of its city's added.

    Parameters
    ----------
    here : ndarray of shape (S, P)
        What reports say of the places themselves.
    cities : ndarray of shape (S, C) or None
        The same of the cities, for districts.
    parent : ndarray of shape (P,)
        Position of each district's city, -1 without one.

    Returns
    -------
    ndarray of shape (S, P)
    """
    own = np.log1p(here)
    if cities is None:
        return own
    return own + np.where(parent >= 0, np.log1p(cities)[:, parent], 0.0) / 2


def segment_lean(
    place: pd.DataFrame, here: History, known: Known, level: str
) -> pd.DataFrame:
    """Return what each segment's places are like, against all AI places.

    The mean z-score over the places where the segment's outcomes (and, for want of
    them, the reports' strengths) stand, less the same mean over all outcomes, both
    weighted by log counts; shrunk to zero for segments with little evidence.

    Returns
    -------
    DataFrame of shape (S, L)
    """
    names = [
        name for name in place if name.removeprefix("city:").startswith(COMPOSITION)
    ]
    z = transform.standardise(place[names]).to_numpy()
    said = known.strengths.rename(columns={"grade": "count"})
    weight = np.log1p(here.total + past.counts(said, level, here.segments, here.places))
    mass = weight.sum(axis=1, keepdims=True)
    own = weight @ z / np.maximum(mass, 1e-12)
    overall = weight.sum(axis=0) @ z / max(weight.sum(), 1e-12)
    lean = (own - overall) * mass / (mass + 10.0)
    return pd.DataFrame(lean, index=here.segments, columns=names)
