"""Queries to judge, and the average of a metric over them with its interval."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from model import metrics, task

DRAWS = 500
PLACE_METRICS = {"ndcg@20": ("ndcg", 20), "recall@20": ("recall", 20)}
FIT_METRICS = {"ndcg@5": ("ndcg", 5)}
FIT_MIN = 5
# Only the top of any order can enter the first 20 ranks of a resample.
DEPTH = 100

Lifts = dict[str, dict[str, float]]
Metrics = dict[str, tuple[str, int]]


@dataclass(frozen=True)
class Query:
    """One ranking to judge: a segment's places, or a place's segments.

    Attributes
    ----------
    name : str
        The segment, or the place.
    counts : ndarray of shape (N,)
        What happened to each candidate.
    scores : dict of ndarray of shape (N,)
        Every ranking by its name.
    copies : ndarray of shape (R, P)
        How often each resample drew each place (or segment) of the level.
    positions : ndarray of shape (N,)
        The column of each candidate in ``copies``.
    """

    name: str
    counts: np.ndarray
    scores: dict[str, np.ndarray]
    copies: np.ndarray = field(repr=False)
    positions: np.ndarray = field(repr=False)

    @property
    def positives(self) -> int:
        """Number of candidates with an outcome."""
        return int((self.counts > 0).sum())

    @cached_property
    def gains(self) -> np.ndarray:
        """The gain of each candidate."""
        return task.gains(self.counts)

    @cached_property
    def orders(self) -> dict[str, np.ndarray]:
        """Positions best first by each ranking; ties fall the same way for all."""
        return {name: metrics.order(values) for name, values in self.scores.items()}

    @cached_property
    def _chosen(self) -> np.ndarray:
        """Positions that reach the first ``DEPTH`` of any order, or gain."""
        chosen = {*np.flatnonzero(self.counts > 0)}
        for order in self.orders.values():
            chosen.update(order[:DEPTH])
        return np.array(sorted(chosen))

    @cached_property
    def _chosen_copies(self) -> np.ndarray:
        return self.copies[:, self.positions[self._chosen]]

    def _placed(self, name: str) -> np.ndarray:
        """Return the chosen candidates' places in an order, highest first."""
        order = self.orders[name]
        place = np.empty(len(order))
        # Without ties a figure does not depend on which others were chosen.
        place[order] = -np.arange(len(order))
        return place[self._chosen]

    def value(self, name: str, metric: str, k: int) -> float:
        """Return a metric of one ranking on the candidates as they are."""
        score = metrics.METRICS[metric]
        return float(score(self.gains[self._chosen], self._placed(name), k)[0])

    def drawn(self, name: str, metric: str, k: int) -> np.ndarray:
        """Return a metric of one ranking on every resample, shape (R,)."""
        score = metrics.METRICS[metric]
        gains = self.gains[self._chosen]
        return score(gains, self._placed(name), k, self._chosen_copies)


def segment_queries(
    keep: np.ndarray,
    segments: pd.Index,
    happened: np.ndarray,
    scores: dict[str, np.ndarray],
) -> tuple[list[Query], list[dict[str, object]]]:
    """Return one query for each segment with enough positive places.

    Parameters
    ----------
    keep : ndarray of bool, shape (S, P)
        Candidates of the task (see :func:`model.task.in_task`).
    segments : Index
        Segment ids (S).
    happened : ndarray of shape (S, P)
        Outcome counts in the horizon.
    scores : dict of ndarray of shape (S, P)
        Every ranking by its name.

    Returns
    -------
    queries : list of Query
    left_out : list of dict
        ``segment, positives`` of those with too few.
    """
    copies = _resamples(keep.shape[1], DRAWS)
    queries: list[Query] = []
    left_out: list[dict[str, object]] = []
    for row, segment in enumerate(segments):
        mask = keep[row]
        counts = happened[row, mask]
        positives = int((counts > 0).sum())
        if positives < task.MIN_POSITIVE:
            left_out.append({"segment": segment, "positives": positives})
            continue
        own = {name: values[row, mask] for name, values in scores.items()}
        queries.append(Query(segment, counts, own, copies, np.flatnonzero(mask)))
    return queries, left_out


def place_queries(
    places: pd.Index, happened: np.ndarray, scores: dict[str, np.ndarray]
) -> list[Query]:
    """Return one query for each place with at least five outcomes: its segments."""
    once = np.ones((DRAWS, happened.shape[0]), int)
    every = np.arange(happened.shape[0])
    return [
        Query(
            places[column],
            happened[:, column],
            {name: values[:, column] for name, values in scores.items()},
            once,
            every,
        )
        for column in np.flatnonzero(happened.sum(axis=0) >= FIT_MIN)
    ]


@lru_cache(maxsize=2)
def _resamples(places: int, draws: int) -> np.ndarray:
    return metrics.resamples(places, draws, seed=0)


class Judged:
    """Averages of metrics over queries, and lifts of one ranking over another.

    Parameters
    ----------
    queries : list of Query
    wanted : dict
        Metric and depth by label, such as ``{"ndcg@20": ("ndcg", 20)}``.
    """

    def __init__(self, queries: list[Query], wanted: Metrics) -> None:
        self.queries = queries
        # Without a query nothing can be averaged.
        self.wanted = wanted if queries else {}
        self._drawn: dict[tuple[str, str], np.ndarray] = {}

    @cached_property
    def points(self) -> dict[str, pd.DataFrame]:
        """By metric one row for each query and one column for each ranking."""
        return {
            label: pd.DataFrame(
                {
                    name: [query.value(name, *how) for query in self.queries]
                    for name in self.queries[0].scores
                }
            )
            for label, how in self.wanted.items()
        }

    def mean(self, name: str) -> dict[str, float]:
        """Return the average of each metric of one ranking."""
        return {
            label: float(table[name].mean()) for label, table in self.points.items()
        }

    def best(self, names: list[str]) -> dict[str, str]:
        """Return for each metric which of some rankings has the highest average."""
        return {
            label: str(table[names].mean().idxmax())
            for label, table in self.points.items()
        }

    def _resampled(self, label: str, name: str) -> np.ndarray:
        key = label, name
        if key not in self._drawn:
            how = self.wanted[label]
            self._drawn[key] = np.array([q.drawn(name, *how) for q in self.queries])
        return self._drawn[key]

    def lift(self, name: str, against: dict[str, str]) -> Lifts:
        """Return what a ranking gains over another, with a 95% interval.

        Parameters
        ----------
        name : str
        against : dict of str to str
            The other ranking for each metric.

        Returns
        -------
        dict
            ``value, low, high`` by metric.
        """
        lifts: Lifts = {}
        for label, other in against.items():
            table = self.points[label]
            low, high = metrics.lift_interval(
                self._resampled(label, name), self._resampled(label, other)
            )
            value = float(table[name].mean() - table[other].mean())
            lifts[label] = {"value": value, "low": low, "high": high}
        return lifts

    def lift_of(self, position: int, name: str, against: dict[str, str]) -> Lifts:
        """Return the lift in one query, with a 95% interval over its places."""
        lifts: Lifts = {}
        for label, other in against.items():
            ours, theirs = (self._resampled(label, n)[position] for n in (name, other))
            low, high = np.nanpercentile(ours - theirs, [2.5, 97.5])
            row = self.points[label].iloc[position]
            value = float(row[name] - row[other])
            lifts[label] = {"value": value, "low": float(low), "high": float(high)}
        return lifts
