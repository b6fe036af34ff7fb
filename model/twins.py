"""What places are like and have, and the twins of a place: who was like it earlier.

A twin of a place is one that was like it at an earlier month and had gone further in a
segment by then; what happened to it afterwards is history, not a forecast. The likeness
and who had gone further are read from what was known at that month alone
(:func:`features.as_of.at`), so that a twin is not chosen for how it ended.

A place has no twin when its figures of that month do not describe it (fewer than
``LEAST_COLUMNS`` composition columns, or fewer than half of them observed there), when
none that had gone further is nearer than ``NEAREST`` of all pairs of places of its
level are to each other, or when no year after the month is known yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data import Facts
from features import FeatureTable, assemble, at, shift, transform
from features.lineage import origin
from model import task
from model.evidence import figure
from model.score import Model, UnknownNameError
from model.wording import Text, number, quantity, ratio

# Share of the variance of the composition columns that a profile keeps.
KEPT = 0.9
# Places of one city share the city's figures: more of them would say the same again.
MOST_OF_A_CITY = 2
TWINS = 5
# How long before the model's month a twin must have gone further.
EARLIER = 24
# Events known then that count as having gone further, beside more than the place had.
LEAST_EVENTS = 2
LEAST_COLUMNS = 8
LEAST_OBSERVED = 0.5
NEAREST = 0.1


@dataclass(frozen=True)
class Profile:
    """What places are like, whatever their size.

    Attributes
    ----------
    places : Index
        Place codes (P).
    position : ndarray of shape (P, K)
        Principal components of the standardised composition columns (shares and
        rates), as many as hold ``KEPT`` of their variance; the distance of two places
        is in standard deviations of a column, a root mean square over the columns.
    columns : int
        Composition columns behind it.
    observed : ndarray of shape (P,)
        Share of them that each place has a figure of.
    city : ndarray of int, shape (P,)
        Same number for places of one city.
    """

    places: pd.Index
    position: np.ndarray
    columns: int
    observed: np.ndarray
    city: np.ndarray

    @classmethod
    def of(cls, table: FeatureTable) -> Profile:
        """Return the profile of every place of a feature table."""
        places, held = table.history.places, table.place[table.lean.columns]
        alone = -1 - np.arange(len(places))
        city = np.where(table.parent < 0, alone, table.parent)
        z = transform.standardise(held).to_numpy()
        z = z - z.mean(axis=0)
        if not z.any():
            none = np.zeros((len(places), 0))
            return cls(places, none, 0, np.zeros(len(places)), city)
        values, vectors = np.linalg.eigh(z.T @ z)
        share = np.cumsum(values[::-1]) / values.sum()
        chosen = vectors[:, ::-1][:, : int(np.searchsorted(share, KEPT)) + 1]
        observed = held.notna().mean(axis=1).to_numpy()
        position = z @ chosen / np.sqrt(z.shape[1])
        return cls(places, position, z.shape[1], observed, city)

    def distances(self, place: str) -> np.ndarray:
        """Return how far every place is from one, shape (P,)."""
        here = self.position[self.places.get_loc(place)]
        return np.sqrt(((self.position - here) ** 2).sum(axis=1))

    @cached_property
    def near(self) -> float:
        """The distance within which ``NEAREST`` of all pairs of places lie."""
        square = (self.position**2).sum(axis=1)
        pairs = square[:, None] + square - 2.0 * self.position @ self.position.T
        upper = pairs[np.triu_indices(len(square), 1)]
        return float(np.sqrt(max(np.quantile(upper, NEAREST), 0.0)))

    def few_of_a_city(self, order: Sequence[int], count: int) -> list[int]:
        """Return the first of an order, at most ``MOST_OF_A_CITY`` of one city."""
        taken: dict[int, int] = {}
        chosen: list[int] = []
        for position in order:
            city = int(self.city[position])
            if taken.get(city, 0) < MOST_OF_A_CITY and len(chosen) < count:
                taken[city] = taken.get(city, 0) + 1
                chosen.append(int(position))
        return chosen


def names_of(facts: Facts, level: str) -> dict[str, Text]:
    """Return the name of every place, a district's with its city's."""
    city = facts.places.loc["city"]
    zh, en = dict(city["name_zh"]), dict(city["name_en"])
    names = ["place", "name_zh", "name_en", "parent"]
    rows = facts.places.loc[level, names].itertuples(index=False, name=None)
    if level == "city":
        return {code: Text(own_zh, own_en) for code, own_zh, own_en, _ in rows}
    return {
        code: Text(f"{zh[of]}{own_zh}", f"{own_en} ({en[of]})")
        if of in zh
        else Text(own_zh, own_en)
        for code, own_zh, own_en, of in rows
    }


def cited(text: Text, sources: Sequence[str]) -> Text:
    """Add the ids of a text's sources to it."""
    return Text(
        f"{text.zh}〔{'、'.join(sources)}〕", f"{text.en} [{', '.join(sources)}]"
    )


@dataclass(frozen=True)
class Figure:
    """A figure with its words (and year in them), year and sources."""

    value: float
    text: Text
    year: str
    sources: list[str]


def figured(model: Model, feature: str, level: str, place: str) -> Figure | None:
    """Return the figure of a feature at a place, nothing without one.

    A share is said as such: of people, a head, for every 10,000 people.
    """
    found = figure(model, feature, level, place)
    if not found["observed"] or not found["sources"]:
        return None
    entries, source = model.facts.indicators, origin(feature, level)
    value, unit = float(found["value"]), str(entries.at[source.indicator, "unit"])
    said = quantity(value, unit)
    if source.kind == "share":
        base = str(entries.at[entries.at[source.indicator, "denominator"], "unit"])
        # The value is in the unit of the ratio: back to that of its figures.
        said = ratio(value / ratio(1.0, unit, base)[0], unit, base)[2]
    year = str(found["sources"][0]["period"])
    text = Text(f"{said.zh}（{year}）", f"{said.en} ({year})")
    return Figure(
        value, text, year, [str(one["source_id"]) for one in found["sources"]]
    )


@dataclass(frozen=True)
class Earlier:
    """What was known of a level at an earlier month; shared by all places.

    Attributes
    ----------
    facts : Facts
    level : {"city", "district"}
    month, until : str
        Last month of the likeness, and last month of what happened afterwards.
    """

    facts: Facts
    level: str
    month: str
    until: str

    @classmethod
    def of(cls, model: Model, level: str, month: str | None = None) -> Earlier:
        """Return it for a model, by default ``EARLIER`` months before its own."""
        return cls(
            model.facts, level, month or shift(model.as_of, -EARLIER), model.as_of
        )

    @cached_property
    def table(self) -> FeatureTable:
        """The feature table of that month."""
        return assemble(at(self.facts, self.month), self.level)

    @cached_property
    def profile(self) -> Profile:
        """What places were like, as far as was known then."""
        return Profile.of(self.table)

    @cached_property
    def names(self) -> dict[str, Text]:
        """The name of every place."""
        return names_of(self.facts, self.level)

    @cached_property
    def after(self) -> dict[str, np.ndarray]:
        """Counts (S, P) of each whole year after the month, by its last month.

        Of lists that cover the whole year, as :func:`model.task.outcomes_after` has it.
        """
        found = {}
        start = self.month
        while (end := shift(start, 12)) <= self.until:
            found[end] = task.outcomes_after(
                self.facts, self.level, start, 12, known_to=self.until
            )
            start = end
        return found

    def sources(self, segment: str, place: str) -> list[str]:
        """Return the lists that hold events of a segment and place up to ``until``."""
        rows = self.facts.outcomes
        rows = rows[rows["month"] <= self.until]
        chosen = rows[(rows["place"] == place) & (rows["level"] == self.level)]
        found = sorted(set(chosen.loc[chosen["segment"] == segment, "source_id"]))
        return found or sorted(set(rows["source_id"]))


@dataclass(frozen=True)
class Twin:
    """A place that was like another and had gone further in a segment.

    Attributes
    ----------
    place : str
    month : str
        Last month known when the two were compared.
    distance, near : float
        How unlike they were, and how unlike they were allowed to be.
    before, before_here : float
        Events of the segment known then, at the twin and at the place.
    after, after_here : dict of float
        Events in each year after the month, by the year's last month.
    text : Text
    sources : list of str
    """

    place: str
    month: str
    distance: float
    near: float
    before: float
    before_here: float
    after: dict[str, float]
    after_here: dict[str, float]
    text: Text
    sources: list[str]


def twins(earlier: Earlier, segment: str, place: str, count: int = TWINS) -> list[Twin]:
    """Return the twins of a place for a segment, most alike first.

    Returns
    -------
    list of Twin
        Empty without one (see the module).

    Raises
    ------
    UnknownNameError
        When the segment is not ours or the place not of this level.
    """
    past, profile = earlier.table.history, earlier.profile
    if segment not in past.segments:
        raise UnknownNameError("segment", segment, list(past.segments))
    if place not in past.places:
        raise UnknownNameError("place", place, list(past.places))
    row, column = past.segments.get_loc(segment), past.places.get_loc(place)
    described = profile.observed >= LEAST_OBSERVED
    if profile.columns < LEAST_COLUMNS or not described[column] or not earlier.after:
        return []
    distance, known = profile.distances(place), past.total[row]
    further = (known >= LEAST_EVENTS) & (known > known[column])
    fit = described & further & (distance <= profile.near)
    order = [i for i in np.argsort(distance, kind="stable") if fit[i]]

    def twin(position: int) -> Twin:
        other = str(past.places[position])
        after, here = (
            {end: float(counts[row, i]) for end, counts in earlier.after.items()}
            for i in (position, column)
        )
        sources = {*earlier.sources(segment, other), *earlier.sources(segment, place)}
        before, before_here = float(known[position]), float(known[column])
        text = _told(
            earlier, segment, (place, other), (before_here, before), after, here
        )
        ids = sorted(sources)
        return Twin(
            place=other,
            month=earlier.month,
            distance=float(distance[position]),
            near=profile.near,
            before=before,
            before_here=before_here,
            after=after,
            after_here=here,
            text=cited(text, ids),
            sources=ids,
        )

    return [twin(position) for position in profile.few_of_a_city(order, count)]


def _told(
    earlier: Earlier,
    segment: str,
    pair: tuple[str, str],
    before: tuple[float, float],
    after: dict[str, float],
    here: dict[str, float],
) -> Text:
    """Say what a twin had then, and what came afterwards at both."""
    place, other = (earlier.names[code] for code in pair)
    names = earlier.facts.segments.loc[segment]
    mine, theirs = before
    zh = "；".join(
        f"{_year(end)}年{number(count, 'zh')}起（{place.zh}"
        f"{number(here[end], 'zh')}起）"
        for end, count in after.items()
    )
    en = "; ".join(
        f"{_year(end)} {number(count, 'en')} ({place.en} {number(here[end], 'en')})"
        for end, count in after.items()
    )
    return Text(
        f"按{earlier.month}已知的数据，{other.zh}与{place.zh}相似，"
        f"当时{names['name_zh']}已有"
        f"{number(theirs, 'zh')}起企业事件（{place.zh}{number(mine, 'zh')}起）；"
        f"此后：{zh}",
        f"By what was known in {earlier.month} {other.en} was like {place.en} and had"
        f" {number(theirs, 'en')} firm events of {names['name_en']}"
        f" ({place.en} {number(mine, 'en')}); afterwards: {en}",
    )


def _year(end: str) -> str:
    """Name a year by its last month: a calendar year by itself."""
    return end[:4] if end.endswith("-12") else f"{shift(end, -11)}..{end}"
