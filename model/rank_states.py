"""Rankings between two states: some causes as they were before, the others as after.

What differs between two states are causes that can be switched one by one. A state in
which only some are switched is *mixed*: it never was, but it can be computed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.schema import LEVELS
from model import explain, own_index, score
from model.evidence import PRESENCE, describe, outcome_counts
from model.own_lens import OwnLens
from model.rank_sources import MEAN, figure
from model.score import Model, UnknownNameError
from model.wording import Text, number

if TYPE_CHECKING:
    from model.fundamentals import Fundamentals

DATA, WEIGHTS, MODEL, METHOD = "data", "weights", "model", "method"
ENTRANTS, LEAVERS, FILTERS = "entrants", "leavers", "filters"
# Fields of a lens by the cause they belong to.
FIELDS = {
    WEIGHTS: ("pillars", "indicators"),
    METHOD: ("method", "ideals", "totals"),
    FILTERS: (
        *("within", "exclude", "tier", "pilot_zone", "supercomputing", "ceilings"),
    ),
}
Switched = frozenset[str]


class RankMoveError(ValueError):
    """Two states that cannot be compared, or a place that belongs to neither.

    Kinds: ``levels`` (of two lenses), ``level`` (``name`` is of the other level).
    """

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"{kind} {name}")


@dataclass(frozen=True)
class State:
    """A learned ranking at one time.

    Attributes
    ----------
    model : Model
        Its facts, ``as_of`` and ``assumed`` are the data; its rankers' ``weight`` is
        the weights, what they learned the model.
    places : collection of str, optional
        The candidates; every place of the level by default. Ranks are counted among
        them; scores are those among all places of the level (:func:`score.keep`).
    """

    model: Model
    places: Collection[str] | None = None


@dataclass(frozen=True)
class LensState:
    """A ranking by a lens of the user's own over the facts of a model."""

    model: Model
    lens: OwnLens


@dataclass(frozen=True)
class Mixed:
    """A ranking of all places that the data of either state hold.

    Attributes
    ----------
    score : Series
        By place, in code order; NaN where nothing is known of it.
    candidate : Series of bool
        Among which places ranks are counted.
    """

    score: pd.Series
    candidate: pd.Series

    @property
    def rank(self) -> np.ndarray:
        """Rank of each place among the candidates and itself, equal ones by code."""
        order = np.argsort(-self.score.fillna(-np.inf).to_numpy(), kind="stable")
        inside = self.candidate.to_numpy(int)[order]
        ranks = np.empty(len(order), int)
        ranks[order] = np.cumsum(inside) - inside + 1
        return ranks


def same_data(one: Model, other: Model) -> bool:
    """Return whether two models rank the same facts as of the same month."""
    same = one.facts is other.facts or one.facts.fingerprint == other.facts.fingerprint
    return same and (one.as_of, one.assumed) == (other.as_of, other.assumed)


def same_learned(one: Fundamentals, other: Fundamentals) -> bool:
    """Return whether two learned parts are the same trees."""
    first, second = ((each.columns_, _trees(each)) for each in (one, other))
    return one is other or first == second


def _trees(learned: Fundamentals) -> list[str]:
    # Parameters follow the trees, and name the threads they were fitted on.
    texts = [booster.model_to_string() for booster in learned.boosters_]
    return [text.partition("\nparameters:")[0] for text in texts]


class Game(ABC):
    """Two states of a ranking of one level, and every state between them.

    A place that the data of a mixed state do not hold has there the score that the
    other data give it, everything else as it is: whether it is ranked is another cause.

    Attributes
    ----------
    models : tuple of Model
        Before and after.
    level : {"city", "district"}
    segment : str or None
    causes, differ : tuple of str
        All causes, and those that differ.
    """

    causes: tuple[str, ...] = ()

    def __init__(
        self, models: tuple[Model, Model], level: str, segment: str | None
    ) -> None:
        self.models, self.level, self.segment = models, level, segment
        self.differ = tuple(cause for cause in self.causes if self.differs(cause))
        self._held: dict[Switched, pd.DataFrame] = {}

    @cached_property
    def places(self) -> pd.Index:
        """All places of the level that the data of either state hold."""
        both = (model.tables[self.level].history.places for model in self.models)
        return pd.Index(sorted(set().union(*both)), name="place")

    def mixed(self, switched: Switched) -> Mixed:
        """Return the ranking with some causes as after, the others as before."""
        held = self.held(switched)
        if len(held) < len(self.places):
            other = self.held(switched ^ {DATA})
            held = pd.concat([held, other[~other.index.isin(held.index)]])
        held = held.reindex(self.places)
        return Mixed(held["score"], held["candidate"].astype(bool))

    def held(self, switched: Switched) -> pd.DataFrame:
        """Return ``score`` and ``candidate`` of the places that its data hold."""
        if switched not in self._held:
            self._held[switched] = self.computed(switched)
        return self._held[switched]

    @abstractmethod
    def differs(self, cause: str) -> bool:
        """Return whether a cause differs between the two states."""

    @abstractmethod
    def computed(self, switched: Switched) -> pd.DataFrame:
        """Compute :meth:`held`."""

    @abstractmethod
    def split(self, switched: Switched, place: str) -> dict[str, float]:
        """Return what each source contributes to a place's score; they sum to it.

        Sources are indicators (``wage``; a city's of a district ``city:wage``),
        presence terms (``presence:stated``) and, for a lens, ``mean``.
        """

    @abstractmethod
    def shown(self, cause: str, source: str, place: str) -> list[Text]:
        """Say what a source was before and after, where the cause changes it."""


class Learned(Game):
    """Two states of the learned ranking of a segment.

    A ranker applied to data it was not trained on reads the columns that it knows;
    those that the data lack are NaN, which its trees send the way they learned.

    Raises
    ------
    UnknownNameError
        When the segment, the level or a candidate is not known.
    RankMoveError
        When a candidate is of the other level.
    """

    causes = (DATA, WEIGHTS, MODEL, ENTRANTS, LEAVERS)

    def __init__(self, before: State, after: State, segment: str, level: str) -> None:
        if level not in LEVELS:
            raise UnknownNameError("level", level, list(LEVELS))
        self.candidates = []
        for state in (before, after):
            score.check_segment(state.model.facts, segment)
            there = state.model.tables[level].history.places
            chosen = there if state.places is None else state.places
            for code in sorted(set(chosen) - set(there)):
                raise not_there(state.model, level, code)
            self.candidates.append(frozenset(chosen))
        self._splits: dict[tuple[bool, bool], explain.Parts] = {}
        super().__init__((before.model, after.model), level, segment)
        self._segment = segment

    def differs(self, cause: str) -> bool:
        """Return whether a cause differs between the two states."""
        before, after = self.models
        one, other = (model.rankers[self.level] for model in self.models)
        earlier, later = self.candidates
        if cause == DATA:
            return not same_data(before, after)
        if cause == WEIGHTS:
            return bool(one.weight != other.weight)
        if cause == MODEL:
            return not same_learned(one.fundamentals_, other.fundamentals_)
        return bool(later - earlier if cause == ENTRANTS else earlier - later)

    def _model(self, switched: Switched, weight: float) -> Model:
        """Return a mixed state's data and learned part with a weight."""
        ranker = copy(self.models[MODEL in switched].rankers[self.level])
        ranker.weight = weight
        # A copy holds the tables that are made already.
        model = copy(self.models[DATA in switched])
        model.rankers = {self.level: ranker}
        return model

    def _weight(self, switched: Switched) -> float:
        return float(self.models[WEIGHTS in switched].rankers[self.level].weight)

    def computed(self, switched: Switched) -> pd.DataFrame:
        """Score the places of a mixed state's data."""
        scored = switched - {ENTRANTS, LEAVERS}
        if scored == switched:
            model = self._model(switched, self._weight(switched))
            values = model.scores(self._segment, self.level).score
            found = pd.Series(values, index=model.tables[self.level].history.places)
        else:
            found = self.held(scored)["score"]
        earlier, later = self.candidates
        entered = later - earlier if ENTRANTS in switched else frozenset()
        left = earlier - later if LEAVERS in switched else frozenset()
        inside = found.index.isin(list((earlier | entered) - left))
        return pd.DataFrame({"score": found, "candidate": inside})

    def split(self, switched: Switched, place: str) -> dict[str, float]:
        """Return what each presence term and indicator contributes."""
        key = (DATA in switched, MODEL in switched)
        if key not in self._splits:
            model = self._model(switched, 1.0)
            self._splits[key] = explain.parts(model, self._segment, self.level)
        split, weight = self._splits[key], self._weight(switched)
        row = split.table.loc[place]
        return {
            theme.removeprefix(f"{self.level}:"): float(row[names].sum())
            * (1.0 if theme.startswith(PRESENCE) else weight)
            for theme, names in split.themes.items()
        }

    def shown(self, cause: str, source: str, place: str) -> list[Text]:
        """Say the figure or count behind a source before and after."""
        if cause != DATA:
            return []
        if not source.startswith(PRESENCE):
            return [figure(model, self.level, source, place) for model in self.models]
        term = source.split(":")[1]
        asked = (self._segment, self.level, place)
        nearest = outcome_counts(self.models[1], term, *asked)[1]
        return [self._there(model, source, nearest, place) for model in self.models]

    def _there(
        self, model: Model, source: str, segments: list[str], place: str
    ) -> Text:
        """Say what is behind a presence term."""
        past, term = model.tables[self.level].history, source.split(":")[1]
        column = past.places.get_loc(place)
        if term == "specialisation":
            row = past.segments.get_loc(self._segment)
            share = f"{model.lean_shares[self.level][0][row, column]:.1%}"
            return Text(share, share)
        if term == "stated":
            found = describe(model, source, self._segment, self.level, place)
            many = number(found["value"], "en")
            return Text(f"{many}处", f"{many} statement{'s' * (many != '1')}")
        rows = past.segments.get_indexer(segments)
        count = float(past.total[rows, column].sum())
        many = number(count, "en")
        return Text(f"{number(count, 'zh')}起", f"{many} event{'s' * (many != '1')}")


class Lenses(Game):
    """Two rankings by lenses of the user's own.

    ``method`` is how figures become scores: the method, ideal values, and what counts
    in total. Filters are applied to the data of the mixed state; ranks are counted
    among the places that pass there, and the place itself. What the data of a mixed
    state lack is left out of its lens.

    Raises
    ------
    RankMoveError
        When the lenses are of different levels.
    OwnLensError
        When a lens cannot be used with its facts, or a mixed one with the others'.
    """

    causes = (DATA, WEIGHTS, METHOD, FILTERS)

    def __init__(self, before: LensState, after: LensState) -> None:
        self.lenses = (before.lens, after.lens)
        level, other = (lens.level for lens in self.lenses)
        if level != other:
            raise RankMoveError("levels", f"{level} {other}")
        self._rankings: dict[Switched, own_index.OwnRanking] = {}
        self._splits: dict[Switched, pd.DataFrame] = {}
        super().__init__((before.model, after.model), level, None)
        for state, switched in ((before, Switched()), (after, Switched(self.differ))):
            self._rankings[switched] = own_index.rank(state.model, state.lens)

    def differs(self, cause: str) -> bool:
        """Return whether a cause differs between the two states."""
        if cause == DATA:
            return not same_data(*self.models)
        one, other = self.lenses
        return any(getattr(one, key) != getattr(other, key) for key in FIELDS[cause])

    def ranking(self, switched: Switched) -> own_index.OwnRanking:
        """Return the ranking of a mixed state."""
        if switched not in self._rankings:
            model, (lens, other) = self.models[DATA in switched], self.lenses
            names = [name for cause in switched - {DATA} for name in FIELDS[cause]]
            lens = replace(lens, **{name: getattr(other, name) for name in names})
            lens, _ = own_index.fitted(lens, model)
            self._rankings[switched] = own_index.rank(model, lens)
        return self._rankings[switched]

    def computed(self, switched: Switched) -> pd.DataFrame:
        """Score the places of a mixed state's data."""
        # No filter changes a score, and neither weights nor method who passes.
        index = self.ranking(switched - {FILTERS}).index
        passed = self.ranking(switched & {DATA, FILTERS}).table["place"]
        factor, base = own_index.points(index)
        values = index.score * factor + base
        inside = values.index.isin(passed)
        return pd.DataFrame({"score": values, "candidate": inside})

    def split(self, switched: Switched, place: str) -> dict[str, float]:
        """Return what each indicator contributes, and the mean of all places."""
        if switched not in self._splits:
            index = self.ranking(switched).index
            self._splits[switched] = own_index.contributions(index)
        row = self._splits[switched].loc[place]
        mean = float(self.held(switched).at[place, "score"] - row.sum())
        return {**{str(key): float(value) for key, value in row.items()}, MEAN: mean}

    def shown(self, cause: str, source: str, place: str) -> list[Text]:
        """Say an indicator's figure, or its share of the index, before and after."""
        if cause == DATA and source != MEAN:
            return [figure(model, self.level, source, place) for model in self.models]
        if source == MEAN or cause != WEIGHTS:
            return []
        ends = (Switched(), Switched(self.differ))
        shares = [self.ranking(one).index.nominal.get(source, 0.0) for one in ends]
        return [Text(said, said) for said in (f"{share:.1%}" for share in shares)]


def not_there(model: Model, level: str, code: str) -> Exception:
    """Return the error of a place that is none of a level."""
    if code in set(model.facts["places"]["place"]):
        return RankMoveError("level", code)
    return UnknownNameError("place", code, list(model.tables[level].history.places))
