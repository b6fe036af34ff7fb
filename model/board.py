"""What all answers about the places of a level share: scores, ranks, parts, profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from features import FeatureTable, transform
from model import presence
from model.evidence import PRESENCE, pillar_of
from model.explain import Parts
from model.intervals import quantiles, ranks_of
from model.score import Model, UnknownNameError, check_segment
from model.twins import Figure, Profile, figured, names_of
from model.wording import Text


@dataclass(frozen=True, eq=False)
class Board:
    """What all answers about places of a level share; computed once for each model.

    Attributes
    ----------
    model : Model
    level : {"city", "district"}
    said : dict
        Figures put in words so far: places are compared with many.
    """

    model: Model
    level: str
    said: dict[tuple[str, str], Figure | None] = field(default_factory=dict, repr=False)

    @cached_property
    def table(self) -> FeatureTable:
        """The feature table of the level."""
        return self.model.tables[self.level]

    @cached_property
    def _scores(self) -> tuple[np.ndarray, np.ndarray]:
        segments = self.table.history.segments
        every = self.model.rankers[self.level].all_scores(self.table, segments)
        pairs = [(one.score, one.factor) for one in every]
        return np.array([score for score, _ in pairs]), np.array([f for _, f in pairs])

    @property
    def score(self) -> np.ndarray:
        """Score of every segment and place, shape (S, P)."""
        return self._scores[0]

    @cached_property
    def rank(self) -> np.ndarray:
        """Rank of every place in each segment's ranking, shape (S, P)."""
        return ranks_of(-self.score).astype(int)

    @cached_property
    def terms(self) -> dict[str, np.ndarray]:
        """Terms of presence, each of shape (S, P)."""
        return presence.terms(self.table)

    @cached_property
    def kin(self) -> np.ndarray:
        """Proximity of each segment to the others, shape (S, S)."""
        return presence.kinship(self.table)

    @cached_property
    def profile(self) -> Profile:
        """What every place is like."""
        return Profile.of(self.table)

    @cached_property
    def standard(self) -> np.ndarray:
        """Composition columns of every place, standardised, shape (P, L)."""
        table = self.table
        return transform.standardise(table.place[table.lean.columns]).to_numpy()

    @cached_property
    def _values(self) -> tuple[np.ndarray, np.ndarray]:
        """Place columns, and where the learned part's columns are in the table's."""
        learned = self.model.rankers[self.level].fundamentals_
        position = pd.Index(self.table.columns).get_indexer(learned.columns_)
        return self.table.place.to_numpy(np.float32), position

    @cached_property
    def names(self) -> dict[str, Text]:
        """The name of every place."""
        return names_of(self.model.facts, self.level)

    @cached_property
    def segments(self) -> dict[str, Text]:
        """The name of every segment."""
        names = self.model.facts.segments[["name_zh", "name_en"]].astype(str)
        return {str(key): Text(*both) for key, *both in names.itertuples(name=None)}

    @cached_property
    def indicators(self) -> dict[str, tuple[Text, str, float]]:
        """Name, pillar and direction of every indicator."""
        rows = self.model.facts.indicators
        rows = rows[["name_zh", "name_en", "pillar", "direction"]]
        return {
            str(key): (Text(str(zh), str(en)), str(pillar), float(direction))
            for key, zh, en, pillar, direction in rows.itertuples(name=None)
        }

    @cached_property
    def columns(self) -> list[str]:
        """Presence terms and features, the columns of :meth:`pieces`."""
        learned = self.model.rankers[self.level].fundamentals_.columns_
        return [*(f"{PRESENCE}:{name}" for name in self.terms), *learned]

    @cached_property
    def pillars(self) -> dict[str, list[int]]:
        """Columns of each pillar and presence term."""
        found: dict[str, list[int]] = {}
        for position, name in enumerate(self.columns):
            learned = not name.startswith(PRESENCE)
            key = pillar_of(self.model, name, self.level) if learned else name
            found.setdefault(key, []).append(position)
        return found

    @cached_property
    def themes(self) -> list[list[int]]:
        """Columns that speak of one thing (see :attr:`model.explain.Parts.themes`)."""
        empty = pd.DataFrame(columns=self.columns)
        named = Parts("", self.level, empty).themes.values()
        position = {name: i for i, name in enumerate(self.columns)}
        return [[position[name] for name in names] for names in named]

    @cached_property
    def reports(self) -> dict[tuple[str, str], list[str]]:
        """Source of each statement of the reports, by segment and place."""
        known = self.model.known
        zones = known.zones.assign(segment=known.zones["segments"].str.split("|"))
        names = ["segment", "place", "source_id"]
        rows = pd.concat([known.strengths[names], zones.explode("segment")[names]])
        found: dict[tuple[str, str], list[str]] = {}
        for segment, place, source in rows.itertuples(index=False, name=None):
            found.setdefault((segment, place), []).append(source)
        return found

    def figured(self, feature: str, place: str) -> Figure | None:
        """Return the figure of a feature at a place, put in words once."""
        key = (feature.removeprefix("lean:"), place)
        if key not in self.said:
            self.said[key] = figured(self.model, key[0], self.level, place)
        return self.said[key]

    def column(self, place: str) -> int:
        """Return the position of a place; raise when it is not ranked here."""
        places = self.table.history.places
        if place not in places:
            raise UnknownNameError("place", place, list(places))
        return int(places.get_loc(place))

    def row(self, segment: str) -> int:
        """Return the position of a segment; raise when it is not one of ours."""
        check_segment(self.model.facts, segment)
        return int(self.table.history.segments.get_loc(segment))

    def range(self, row: int, column: int) -> tuple[int, int] | None:
        """Return the 90% range of a place's rank in a segment's ranking, if drawn."""
        if self.level not in self.model.draws:
            return None
        drawn = self.model.draws[self.level][row][:, [column]]
        low, high = quantiles(drawn)
        rank = int(self.rank[row, column])
        return min(int(low[0]), rank), max(int(high[0]), rank)

    def chance_above(self, row: int, first: int, second: int) -> float | None:
        """Return the share of resamples with one place above another, if drawn."""
        if self.level not in self.model.draws:
            return None
        drawn = self.model.draws[self.level][row]
        return float(np.mean(drawn[:, first] < drawn[:, second]))

    def pieces(self, segment: str, places: Sequence[str]) -> np.ndarray:
        """Split the scores of n places into terms and features, (n, columns).

        Not centred: rows differ by the gaps of the scores, but do not sum to scores.
        """
        row, columns = self.row(segment), [self.column(place) for place in places]
        learned = self.model.rankers[self.level].fundamentals_
        values, position = self._values
        fit = self.standard[columns] * self.table.lean.to_numpy()[row]
        chosen = np.hstack([values[columns], fit.astype(np.float32)])[:, position]
        chosen[:, position < 0] = np.nan
        given = _Rows(self.level, [segment], learned.columns_, chosen)
        rows = np.arange(len(columns))
        raw = learned.contributions(given, segment, rows)[:, :-1]
        there = np.column_stack([term[row, columns] for term in self.terms.values()])
        return np.hstack([there, raw * self._scores[1][row]])


@dataclass(frozen=True)
class _Rows:
    """The columns of some places alone: what the learned part asks of a table."""

    level: str
    segments: Sequence[str]
    columns: list[str]
    values: np.ndarray

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        """Return the columns, which are those of the one segment."""
        return self.values
