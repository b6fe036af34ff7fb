"""nDCG and recall of a ranking, for the sample as it is or resampled."""

from __future__ import annotations

import numpy as np
import pandas as pd


def order(scores: np.ndarray, seed: int = 0) -> np.ndarray:
    """Return positions best first; ties fall in a fixed random order."""
    tie = np.random.default_rng(seed).random(len(scores))
    return np.lexsort((tie, -scores))


def _discounted(
    gains: np.ndarray, ranked: np.ndarray, copies: np.ndarray, k: int
) -> np.ndarray:
    """Return DCG@k of each resample; a place drawn twice takes two ranks."""
    drawn = copies[:, ranked]
    last = np.minimum(drawn.cumsum(axis=1), k)
    first = np.minimum(last, np.maximum(drawn.cumsum(axis=1) - drawn, 0))
    cumulative = np.concatenate([[0.0], (1 / np.log2(np.arange(2, k + 2))).cumsum()])
    return (gains[ranked] * (cumulative[last] - cumulative[first])).sum(axis=1)


def ndcg(
    gains: np.ndarray, scores: np.ndarray, k: int, copies: np.ndarray | None = None
) -> np.ndarray:
    """Return nDCG@k (Järvelin and Kekäläinen 2002), once for each resample.

    Parameters
    ----------
    gains : ndarray of shape (P,)
        Gain of each candidate, 0 or more.
    scores : ndarray of shape (P,)
        Higher ranks first.
    k : int
        Ranks that count.
    copies : ndarray of shape (R, P), optional
        How often each resample drew each candidate; one of each by default.

    Returns
    -------
    ndarray of shape (R,)
        Between 0 and 1; NaN where a resample drew no gain.
    """
    copies = np.ones((1, len(gains)), int) if copies is None else copies
    best = _discounted(gains, order(gains), copies, k)
    found = _discounted(gains, order(scores), copies, k)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(best > 0, found / best, np.nan)


def recall(
    gains: np.ndarray, scores: np.ndarray, k: int, copies: np.ndarray | None = None
) -> np.ndarray:
    """Return recall@k, hits over ``min(k, positives)``, once for each resample."""
    copies = np.ones((1, len(gains)), int) if copies is None else copies
    ranked = order(scores)
    drawn = copies[:, ranked]
    within = np.minimum(drawn.cumsum(axis=1), k)
    taken = np.diff(within, axis=1, prepend=0)
    hits = (taken * (gains[ranked] > 0)).sum(axis=1)
    possible = np.minimum(k, (copies * (gains > 0)).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(possible > 0, hits / possible, np.nan)


METRICS = {"ndcg": ndcg, "recall": recall}


def resamples(places: int, draws: int, seed: int) -> np.ndarray:
    """Return how often each of ``places`` is drawn, shape (draws, places)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(places, np.full(places, 1 / places), size=draws)


def lift_interval(
    model: np.ndarray, baseline: np.ndarray, seed: int = 0
) -> tuple[float, float]:
    """Return a 95% interval of the mean lift over queries and places.

    Parameters
    ----------
    model, baseline : ndarray of shape (Q, R)
        A metric of each query (segment) on each resample of the places.

    Returns
    -------
    low, high : float
        Percentiles 2.5 and 97.5 of the mean over resampled queries.
    """
    lift = model - baseline
    queries, draws = lift.shape
    picked = np.random.default_rng(seed).integers(queries, size=(draws, queries))
    means = np.nanmean(lift[picked, np.arange(draws)[:, None]], axis=1)
    low, high = np.nanpercentile(means, [2.5, 97.5])
    return float(low), float(high)


def mean(values: pd.Series | np.ndarray) -> float:
    """Return the mean of what is there."""
    return float(np.nanmean(values))
