"""What a variant of the ranking may look at: one level at one origin, nothing later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from data import Facts
from features import FeatureTable, assemble, at, shift
from features.as_of import Known
from model import presence, task
from model.fundamentals import Columns, Fundamentals
from model.ranker import Scores, SiteRanker

Examples = tuple[list[FeatureTable], list[np.ndarray]]
STEP = 3


@dataclass(frozen=True)
class Settings:
    """How much is learned; small values are for tests.

    Attributes
    ----------
    seeds : int
        Boosters averaged, of the shipped ranker and of every variant.
    threads : int
    trees : int, optional
        Boosting rounds in place of each variant's own.
    """

    seeds: int = 3
    threads: int = 2
    trees: int | None = None


@dataclass(frozen=True)
class View:
    """One level as it was known at one month, and what there is to learn from.

    Attributes
    ----------
    facts : Facts
    level : {"city", "district"}
    as_of : str
        The origin: the last month that may be known.
    settings : Settings
    memo : dict
        What was computed before, shared by the views of the same facts.
    """

    facts: Facts = field(repr=False)
    level: str
    as_of: str
    settings: Settings = Settings()
    memo: dict[Any, Any] = field(default_factory=dict, repr=False)

    def at(self, as_of: str) -> View:
        """Return the view of an earlier month.

        Raises
        ------
        ValueError
            When the month is after this origin.
        """
        if as_of > self.as_of:
            raise ValueError(f"{as_of} is after {self.as_of}")
        return replace(self, as_of=as_of)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returns, computed once for this level and month."""
        key = name, self.level, self.as_of
        if key not in self.memo:
            self.memo[key] = make()
        return self.memo[key]

    @property
    def known(self) -> Known:
        """The facts that were public at the origin."""
        return self.once("known", lambda: at(self.facts, self.as_of))

    @property
    def table(self) -> FeatureTable:
        """The feature table of the origin."""
        return self.once("table", lambda: assemble(self.known, self.level))

    def outcomes(self, cutoff: str, months: int) -> np.ndarray:
        """Return what happened in the months after a cutoff, all before the origin."""
        return task.outcomes_after(
            self.facts, self.level, cutoff, months, known_to=self.as_of
        )

    def examples(self, cutoffs: list[tuple[str, int]] | None = None) -> Examples:
        """Return tables and outcomes of training cutoffs, the shipped ones if none."""
        if cutoffs is None:
            cutoffs = task.training_cutoffs(self.as_of, self.level)
        tables = [self.at(cutoff).table for cutoff, _ in cutoffs]
        return tables, [self.outcomes(cutoff, months) for cutoff, months in cutoffs]

    def cutoffs(self, months: int, step: int = STEP) -> list[tuple[str, int]]:
        """Return training cutoffs with another length of lesson, or more of them."""
        found = []
        cutoff = shift(self.as_of, -months)
        while cutoff >= task.FIRST_QUARTERLY:
            found.append((cutoff, months))
            cutoff = shift(cutoff, -step)
        yearly = [
            (cutoff, task.HORIZON)
            for cutoff in task.YEARLY[self.level]
            if shift(cutoff, task.HORIZON) <= self.as_of
        ]
        return [*yearly, *reversed(found)]

    def learner(self, **parameters: Any) -> Fundamentals:
        """Return an unfitted fundamentals part with some other parameters."""
        chosen = {
            "seeds": self.settings.seeds,
            "num_threads": self.settings.threads,
            **parameters,
        }
        if self.settings.trees is not None:
            chosen["n_estimators"] = self.settings.trees
        return Fundamentals(**chosen)

    @property
    def shipped(self) -> np.ndarray:
        """Scores of the recipe in use, shape (S, P)."""

        def make() -> np.ndarray:
            ranker = SiteRanker(fundamentals=self.learner())
            return ranker.fit(*self.examples()).predict(self.table)

        return self.once("shipped", make)

    @property
    def presence(self) -> np.ndarray:
        """The presence part of the recipe in use, shape (S, P)."""
        terms = presence.terms(self.table)
        return np.sum(list(terms.values()), axis=0)

    @property
    def fundamentals(self) -> np.ndarray:
        """The fundamentals part of the recipe in use, as it enters the score."""
        return self.shipped - self.presence


def predictions(learner: Fundamentals, table: Columns) -> np.ndarray:
    """Return what a fitted part says of every segment and place, shape (S, P)."""
    return np.array([learner.predict(table, segment) for segment in table.segments])


def joined(there: np.ndarray, raw: np.ndarray, weight: float = 1.0) -> np.ndarray:
    """Return presence plus a learned part, joined as the shipped ranker joins them."""
    return np.array(
        [
            Scores(own, learned, weight / spread if spread > 0 else 0.0).score
            for own, learned, spread in zip(there, raw, raw.std(axis=1), strict=True)
        ]
    )


def standard(values: np.ndarray) -> np.ndarray:
    """Return each segment's z-scores over the places, shape (S, P)."""
    return joined(np.zeros_like(values), values)


Make = Callable[[View], np.ndarray]


@dataclass(frozen=True)
class Variant:
    """A way to rank.

    Attributes
    ----------
    name : str
    group : str
        What it varies.
    says : str
        How it differs from the shipped recipe.
    make : callable
        Scores of shape (S, P) from a :class:`View`.
    """

    name: str
    group: str
    says: str
    make: Make


VARIANTS: dict[str, Variant] = {}


def variant(group: str, says: str) -> Callable[[Make], Make]:
    """Enter a function into the registry under its own name."""

    def enter(make: Make) -> Make:
        add(make.__name__, group, says, make)
        return make

    return enter


def add(name: str, group: str, says: str, make: Make) -> None:
    """Enter a variant into the registry.

    Raises
    ------
    ValueError
        When the name is taken.
    """
    if name in VARIANTS:
        raise ValueError(f"{name} is there already")
    VARIANTS[name] = Variant(name, group, says, make)
