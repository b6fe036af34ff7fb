"""The ranking: presence and fundamentals, joined additively."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from data import Facts
from features import FeatureTable, assemble, at
from model import presence, task
from model.fundamentals import Fundamentals
from model.progress import Progress, silent

# The additive terms of presence by name, each of shape (S, P).
Terms = dict[str, np.ndarray]


@dataclass(frozen=True)
class Scores:
    """Scores of every candidate for one segment; arrays of shape (P,).

    ``score = presence + fundamentals``, both centred on the candidates' mean, so
    0 is the average candidate.

    Attributes
    ----------
    presence : ndarray
        Sum of the presence terms.
    raw : ndarray
        What the learned part says, in its own unit.
    factor : float
        Turns the centred raw score into the weighted z-score.
    """

    presence: np.ndarray
    raw: np.ndarray
    factor: float

    @property
    def fundamentals(self) -> np.ndarray:
        """The learned part as it enters the score."""
        return (self.raw - self.raw.mean()) * self.factor

    @property
    def score(self) -> np.ndarray:
        """The additive score."""
        return self.presence + self.fundamentals


class SiteRanker(BaseEstimator):
    """Ranks the places of one level for a segment.

    Parameters
    ----------
    weight : float
        Weight of the fundamentals' z-score beside presence (chosen on months to
        2024-12; skill is flat between 0.75 and 2).
    fundamentals : Fundamentals, optional
        The learned part, unfitted.
    """

    def __init__(
        self, weight: float = 1.0, fundamentals: Fundamentals | None = None
    ) -> None:
        self.weight = weight
        self.fundamentals = fundamentals

    def fit(
        self,
        tables: list[FeatureTable],
        outcomes: list[np.ndarray],
        progress: Progress = silent,
    ) -> SiteRanker:
        """Learn the fundamentals part (see :meth:`Fundamentals.fit`)."""
        base = self.fundamentals if self.fundamentals is not None else Fundamentals()
        self.fundamentals_ = clone(base).fit(tables, outcomes, progress)
        return self

    def scores(
        self, table: FeatureTable, segment: str, terms: Terms | None = None
    ) -> Scores:
        """Score every candidate of ``table`` for a segment."""
        return next(self.all_scores(table, [segment], terms))

    def all_scores(
        self,
        table: FeatureTable,
        segments: Iterable[str],
        terms: Terms | None = None,
    ) -> Iterator[Scores]:
        """Yield the scores of each of some segments, in turn.

        Parameters
        ----------
        table : FeatureTable
        segments : iterable of str
        terms : dict, optional
            :func:`model.presence.terms` of the table, where they are known already.
        """
        check_is_fitted(self, "fundamentals_")
        terms = presence.terms(table) if terms is None else terms
        for segment in segments:
            raw = self.fundamentals_.predict(table, segment)
            spread = float(raw.std())
            row = table.history.segments.get_loc(segment)
            there = np.sum([values[row] for values in terms.values()], axis=0)
            yield Scores(there, raw, self.weight / spread if spread > 0 else 0.0)

    def predict(self, table: FeatureTable) -> np.ndarray:
        """Return the score of every segment and place, shape (S, P)."""
        every = self.all_scores(table, table.history.segments)
        return np.array([scores.score for scores in every])

    def parts(self, table: FeatureTable) -> dict[str, np.ndarray]:
        """Return what each part says of every segment and place, each (S, P)."""
        every = list(self.all_scores(table, table.history.segments))
        return {
            "presence": np.array([scores.presence for scores in every]),
            "fundamentals": np.array([scores.fundamentals for scores in every]),
        }

    def predict_segments(self, table: FeatureTable) -> np.ndarray:
        """Return scores that order the segments of a place (task ``fit``).

        Returns
        -------
        ndarray of shape (S, P)
            Log of the smoothed share of each segment: comparable down a column.
        """
        return np.log(presence.mix(table))


def training_set(
    facts: Facts, level: str, as_of: str, progress: Progress = silent
) -> tuple[list[FeatureTable], list[np.ndarray]]:
    """Return a feature table and the outcomes after it for every training cutoff.

    Nothing after ``as_of`` is read: the last lesson ends with it.
    """
    cutoffs = task.training_cutoffs(as_of, level)
    tables, outcomes = [], []
    for cutoff, months in progress(cutoffs, f"features {level}", len(cutoffs)):
        tables.append(assemble(at(facts, cutoff), level))
        outcomes.append(
            task.outcomes_after(facts, level, cutoff, months, known_to=as_of)
        )
    return tables, outcomes


def train(
    facts: Facts,
    level: str,
    as_of: str,
    ranker: SiteRanker | None = None,
    progress: Progress = silent,
) -> SiteRanker:
    """Train a ranker of one level on what was known at ``as_of``."""
    tables, outcomes = training_set(facts, level, as_of, progress)
    return clone(ranker or SiteRanker()).fit(tables, outcomes, progress)
