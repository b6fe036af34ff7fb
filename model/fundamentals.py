"""The fundamentals part: what the indicators of the six pillars say of a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import lightgbm as lgb
import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from model.progress import Progress, silent
from model.task import MIN_POSITIVE

# Counts beyond this gain nothing more: a label is an index into this table.
TOP_GRADE = 30
LABEL_GAIN = [float(gain) for gain in np.log2(1.0 + np.arange(TOP_GRADE + 1))]


class Columns(Protocol):
    """What the learned part needs of a table: columns for every segment."""

    @property
    def level(self) -> str:
        """Name of the level, for progress."""

    @property
    def segments(self) -> Sequence[str]:
        """Segments, in the order of the outcomes' rows."""

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        """Return the columns of every candidate for a segment."""


@dataclass(frozen=True)
class TrainingRows:
    """The matrix the ranking is learned from.

    Attributes
    ----------
    X : ndarray of float32, shape (N, F)
    y : ndarray of int, shape (N,)
        Outcome counts in the horizon, at most ``TOP_GRADE``.
    groups : list of int
        Rows of each query group, in order.
    columns : list of str
        Feature names (F).
    segments : list of str
        Segment of each group.
    """

    X: np.ndarray
    y: np.ndarray
    groups: list[int]
    columns: list[str]
    segments: list[str]


class Fundamentals(BaseEstimator):
    """LambdaRank on indicators and their interactions with the segment.

    No outcome history of the place, no place id and no segment id is a feature.
    One query group is one segment at one cutoff.

    Parameters
    ----------
    n_estimators, num_leaves, learning_rate, min_child_samples, reg_lambda,
    colsample, subsample :
        As in LightGBM; few leaves, because few outcomes teach them.
    objective : {"lambdarank", "binary"}
        What the trees are fitted to: the order of the gains, or whether there is an
        outcome at all.
    min_positive : int
        Places with an outcome that a group must have to teach.
    negatives : int
        Places without an outcome drawn uniformly for each group. (Hard negatives
        teach that near misses are bad places.)
    seeds : int
        Boosters averaged.
    random_state : int
        First seed.
    num_threads : int
        0 uses every core; the result is the same for any number.
    """

    def __init__(
        self,
        n_estimators: int = 100,
        num_leaves: int = 7,
        learning_rate: float = 0.05,
        min_child_samples: int = 50,
        reg_lambda: float = 5.0,
        colsample: float = 0.7,
        subsample: float = 0.8,
        objective: str = "lambdarank",
        min_positive: int = MIN_POSITIVE,
        negatives: int = 600,
        seeds: int = 3,
        random_state: int = 0,
        num_threads: int = 0,
    ) -> None:
        self.n_estimators = n_estimators
        self.num_leaves = num_leaves
        self.learning_rate = learning_rate
        self.min_child_samples = min_child_samples
        self.reg_lambda = reg_lambda
        self.colsample = colsample
        self.subsample = subsample
        self.objective = objective
        self.min_positive = min_positive
        self.negatives = negatives
        self.seeds = seeds
        self.random_state = random_state
        self.num_threads = num_threads

    def fit(
        self,
        tables: list[Columns],
        outcomes: list[np.ndarray],
        progress: Progress = silent,
    ) -> Fundamentals:
        """Learn from feature tables and what happened after each.

        Parameters
        ----------
        tables : list of Columns
            One for each cutoff, oldest first.
        outcomes : list of ndarray of shape (S, P)
            Outcome counts in the horizon after each cutoff.
        progress : Progress
            Shows how many boosters are done.

        Returns
        -------
        Fundamentals
            Itself, fitted.

        Raises
        ------
        ValueError
            When no segment has enough places with an outcome at any cutoff.
        """
        rows = self.stack(tables, outcomes)
        groups = rows.groups if self.objective == "lambdarank" else None
        self.columns_ = rows.columns
        self.segments_ = sorted(set(rows.segments))
        seeds = range(self.random_state, self.random_state + self.seeds)
        self.boosters_ = [
            lgb.train(
                self.parameters(seed),
                lgb.Dataset(rows.X, rows.y, group=groups),
                num_boost_round=self.n_estimators,
            )
            for seed in progress(seeds, f"fit {tables[0].level}", self.seeds)
        ]
        return self

    def parameters(self, seed: int) -> dict[str, object]:
        """Return the parameters as LightGBM calls them."""
        return {
            "objective": self.objective,
            "label_gain": LABEL_GAIN,
            "learning_rate": self.learning_rate,
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.min_child_samples,
            "lambda_l2": self.reg_lambda,
            "feature_fraction": self.colsample,
            "bagging_fraction": self.subsample,
            "bagging_freq": 1,
            "seed": seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": self.num_threads,
            "verbose": -1,
        }

    def stack(self, tables: list[Columns], outcomes: list[np.ndarray]) -> TrainingRows:
        """Stack one group for each segment and cutoff with enough positives.

        Raises
        ------
        ValueError
            When there is no such group.
        """
        rng = np.random.default_rng(self.random_state)
        columns = list(dict.fromkeys(name for t in tables for name in t.columns))
        rows, labels, segments = [], [], []
        for table, counts in zip(tables, outcomes, strict=True):
            for segment, happened in zip(table.segments, counts, strict=True):
                positive = np.flatnonzero(happened > 0)
                if len(positive) < self.min_positive:
                    continue
                rest = np.flatnonzero(happened == 0)
                if len(rest) > self.negatives:
                    rest = rng.choice(rest, self.negatives, replace=False)
                chosen = np.sort(np.concatenate([positive, rest]))
                rows.append(table.array(segment, columns)[chosen])
                top = 1 if self.objective == "binary" else TOP_GRADE
                labels.append(np.minimum(happened[chosen], top).astype(int))
                segments.append(segment)
        if not rows:
            raise ValueError(
                "no segment has enough places with an outcome to learn from"
            )
        X = np.vstack(rows)
        rows.clear()
        # A column without two values cannot be learned from, only waited for.
        varies = np.fmax.reduce(X) > np.fmin.reduce(X)
        return TrainingRows(
            X=X if varies.all() else X[:, varies],
            y=np.concatenate(labels),
            groups=[len(part) for part in labels],
            columns=[name for name, keep in zip(columns, varies, strict=True) if keep],
            segments=segments,
        )

    def _matrix(self, table: Columns, segment: str) -> np.ndarray:
        check_is_fitted(self, "boosters_")
        return table.array(segment, self.columns_)

    def predict(self, table: Columns, segment: str) -> np.ndarray:
        """Return the raw score of every candidate, shape (P,)."""
        X = self._matrix(table, segment)
        threads = self.num_threads
        return np.mean(
            [
                booster.predict(X, raw_score=True, num_threads=threads)
                for booster in self.boosters_
            ],
            axis=0,
        )

    def contributions(
        self, table: Columns, segment: str, rows: np.ndarray
    ) -> np.ndarray:
        """Return each feature's part in the raw score of the candidates ``rows``.

        LightGBM's ``pred_contrib`` (TreeSHAP, Lundberg et al. 2018), averaged over
        the boosters like the score itself.

        Returns
        -------
        ndarray of shape (len(rows), F + 1)
            Columns as ``columns_``, the last is the base value; rows sum to the
            raw score.
        """
        X = self._matrix(table, segment)[rows]
        threads = self.num_threads
        parts = [
            booster.predict(X, pred_contrib=True, num_threads=threads)
            for booster in self.boosters_
        ]
        return np.mean(parts, axis=0)
