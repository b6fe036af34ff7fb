"""Figures of rankings at one origin, and their means and differences over several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from data import Facts
from features import FeatureTable
from model import judging, metrics
from model.evaluate import candidates
from model.judging import PLACE_METRICS, Query, segment_queries

LABEL = "ndcg@20"
TOP = 20
# The names of the best of all baselines: at each origin, or the same at all.
BEST_EACH, BEST_SINGLE = "best_baseline_each_origin", "best_single_baseline"


@dataclass(frozen=True)
class Figures:
    """nDCG@20 of one ranking for each segment; NaN where it could not be judged.

    Attributes
    ----------
    points : ndarray of shape (S,)
        On the places as they are.
    drawn : ndarray of shape (S, R)
        On every resample of the places; the draws are the same at every origin.
    """

    points: np.ndarray
    drawn: np.ndarray

    @property
    def mean(self) -> float:
        """Mean over the segments judged."""
        return float(np.nanmean(self.points))


# By ranking and task.
Judgement = dict[str, dict[str, Figures]]


def judgement(
    table: FeatureTable,
    facts: Facts,
    happened: np.ndarray,
    rankings: dict[str, np.ndarray],
) -> Judgement:
    """Judge rankings (arrays of shape (S, P)) on what happened, task by task."""
    segments = table.history.segments
    found: Judgement = {name: {} for name in rankings}
    for task_name, keep in candidates(table, facts).items():
        for name, scores in rankings.items():
            queries, _ = segment_queries(keep, segments, happened, {name: scores})
            rows = segments.get_indexer([query.name for query in queries])
            found[name][task_name] = _figures(queries, rows, name, len(segments))
    return found


def _figures(queries: list[Query], rows: np.ndarray, name: str, size: int) -> Figures:
    points = np.full(size, np.nan)
    drawn = np.full((size, judging.DRAWS), np.nan)
    for row, query in zip(rows, queries, strict=True):
        points[row] = query.value(name, *PLACE_METRICS[LABEL])
        drawn[row] = query.drawn(name, *PLACE_METRICS[LABEL])
    return Figures(points, drawn)


def overlap(scores: np.ndarray) -> float:
    """Return how much of the first 20 two segments share, the mean over all pairs."""
    top = np.zeros(scores.shape)
    for row, own in enumerate(scores):
        top[row, metrics.order(own)[:TOP]] = 1.0
    shared = top @ top.T / TOP
    return float(shared[np.triu_indices(len(scores), 1)].mean())


def over_origins(figures: Iterable[Figures]) -> float:
    """Return the mean over origins of the mean over segments."""
    return float(np.mean([own.mean for own in figures]))


def difference(
    one: list[Figures], other: list[Figures], seed: int = 0
) -> dict[str, float]:
    """Return what a ranking gains over another, with a 95% interval.

    Places and segments are drawn with replacement, the same at every origin: what
    a place or a segment does at one origin is no news at the next.

    Parameters
    ----------
    one, other : list of Figures
        One of each for every origin, in the same order.

    Returns
    -------
    dict
        ``value, low, high``.
    """
    size, draws = one[0].drawn.shape
    rng = np.random.default_rng(seed)
    copies = rng.multinomial(size, np.full(size, 1 / size), size=draws).T
    means = []
    for ours, theirs in zip(one, other, strict=True):
        lift = ours.drawn - theirs.drawn
        counted = copies * ~np.isnan(lift)
        total = (np.nan_to_num(lift) * counted).sum(axis=0)
        means.append(total / np.maximum(counted.sum(axis=0), 1))
    low, high = np.percentile(np.mean(means, axis=0), [2.5, 97.5])
    value = over_origins(one) - over_origins(other)
    return {"value": value, "low": float(low), "high": float(high)}


def best_baselines(origins: list[Judgement], names: list[str]) -> list[Judgement]:
    """Return the judgements with the best baseline of each origin, and of all, added.

    Parameters
    ----------
    origins : list of Judgement
    names : list of str
        Which rankings are baselines.
    """
    tasks = list(origins[0][names[0]])
    single = {
        task: max(names, key=lambda n: over_origins(o[n][task] for o in origins))
        for task in tasks
    }
    return [
        {
            **held,
            BEST_EACH: {
                task: max((held[n][task] for n in names), key=lambda own: own.mean)
                for task in tasks
            },
            BEST_SINGLE: {task: held[single[task]][task] for task in tasks},
        }
        for held in origins
    ]
