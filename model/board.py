"""What all answers about the places of a level share: scores, ranks, parts, profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

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
    spans : dict
        By place: the 90% range of its rank in every segment, so far.
    """

    model: Model
    level: str
    said: dict[tuple[str, str], Figure | None] = field(default_factory=dict, repr=False)
    spans: dict[int, tuple[np.ndarray, np.ndarray]] = field(
        default_factory=dict, repr=False
    )

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
    def places(self) -> dict[str, int]:
        """The position of every place: a dict finds one faster than an index."""
        return {str(code): i for i, code in enumerate(self.table.history.places)}

    @cached_property
    def cities(self) -> dict[str, str]:
        """The city of every place (of a city itself); nothing without one."""
        if self.level == "city":
            return {code: code for code in self.places}
        places = self.model.facts.places
        above, cities = places.loc[self.level, "parent"], set(places.loc["city"].index)
        pairs = zip(above.index, above.astype(object), strict=True)
        return {code: city if city in cities else "" for code, city in pairs}

    @cached_property
    def provinces(self) -> dict[str, str]:
        """The province of every place."""
        return dict(self.model.facts.places.loc[self.level, "province"].astype(object))

    @cached_property
    def lists(self) -> list[str]:
        """Every list of outcomes that was read."""
        return sorted(
            str(one) for one in self.model.known.outcomes["source_id"].unique()
        )

    def named_by(self, segments: Sequence[str], place: str) -> list[str]:
        """Return the lists that name a place in some segments; else all that were read.

        (Those of :func:`model.evidence.outcome_sources`, which also counts.)
        """
        rows = self.model.tally.get((self.level, place), [])
        found = dict.fromkeys(source for one, source, *_ in rows if one in segments)
        return list(found) or self.lists

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

    @cached_property
    def read(self) -> list[str]:
        """The reports that were read for what they state."""
        return sorted(set(self.model.known.strengths["source_id"]))

    def figured(self, feature: str, place: str) -> Figure | None:
        """Return the figure of a feature at a place, put in words once."""
        key = (feature.removeprefix("lean:"), place)
        if key not in self.said:
            self.said[key] = figured(self.model, key[0], self.level, place)
        return self.said[key]

    def column(self, place: str) -> int:
        """Return the position of a place; raise when it is not ranked here."""
        if place not in self.places:
            raise UnknownNameError("place", place, list(self.places))
        return self.places[place]

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {str(name): i for i, name in enumerate(self.table.history.segments)}

    def row(self, segment: str) -> int:
        """Return the position of a segment; raise when it is not one of ours."""
        if segment not in self._rows:
            check_segment(self.model.facts, segment)
        return self._rows[segment]

    def distances(self, place: str) -> np.ndarray:
        """Return how unlike every place is to one; raise when it is not ranked here."""
        self.column(place)
        return self.profile.distances(place)

    def range(self, row: int, column: int) -> tuple[int, int] | None:
        """Return the 90% range of a place's rank in a segment's ranking, if drawn."""
        if self.level not in self.model.draws:
            return None
        if column not in self.spans:
            drawn = self.model.draws[self.level][:, :, column]
            self.spans[column] = quantiles(drawn.T)
        low, high = (int(end[row]) for end in self.spans[column])
        rank = int(self.rank[row, column])
        return min(low, rank), max(high, rank)

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
        return self.all_pieces({segment: places})[segment]

    def all_pieces(self, asked: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
        """Return :meth:`pieces` of the places asked of each segment.

        All of them in one call of LightGBM, which costs more than a few rows do.
        """
        sizes = [len(places) for places in asked.values()]
        rows = np.repeat([self.row(segment) for segment in asked], sizes)
        columns = [self.column(place) for place in chain(*asked.values())]
        learned = self.model.rankers[self.level].fundamentals_
        values, position = self._values
        fit = self.standard[columns] * self.table.lean.to_numpy()[rows]
        chosen = np.hstack([values[columns], fit.astype(np.float32)])[:, position]
        chosen[:, position < 0] = np.nan
        given = _Rows(self.level, list(asked), learned.columns_, chosen)
        raw = learned.contributions(given, "", np.arange(len(columns)))[:, :-1]
        there = np.column_stack([term[rows, columns] for term in self.terms.values()])
        whole = np.hstack([there, raw * self._scores[1][rows][:, None]])
        parts = np.split(whole, np.cumsum(sizes)[:-1])
        return dict(zip(asked, parts, strict=True))


@dataclass(frozen=True)
class _Rows:
    """The columns of some places, each of a segment: what the learned part asks."""

    level: str
    segments: Sequence[str]
    columns: list[str]
    values: np.ndarray

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        """Return the columns, whatever segment each row is of."""
        return self.values
