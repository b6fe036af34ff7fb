"""Sobol indices of any function, with intervals: what of its variance is due to what.

SciPy draws the points; its own bootstrap takes no seed and fails where a measure does
not vary, so that points are resampled here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RESAMPLES = 500
COVERAGE = 0.95
# What each index is told with, in order.
COLUMNS = ("first", "first_low", "first_high", "total", "total_low", "total_high")


def decomposed(
    function: Callable[[np.ndarray], np.ndarray], factors: int, n: int, seed: int
) -> np.ndarray:
    """Return Sobol indices of a function and their intervals, (s, factors, 6).

    Parameters
    ----------
    function : callable
        From points (factors, n) of the unit cube to values (s, n).
    factors, n, seed : int

    Returns
    -------
    ndarray of shape (s, factors, 6)
        First-order index, its lower and upper end; the same for the total index.
    """
    kept: list[np.ndarray] = []

    def estimator(
        f_A: np.ndarray, f_B: np.ndarray, f_AB: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        kept[:] = indices(f_A, f_B, f_AB, np.ones((1, n)))
        rng = np.random.default_rng(seed)
        counts = rng.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)
        kept.extend(indices(f_A, f_B, f_AB, counts))
        return kept[0][0], kept[1][0]

    from scipy.stats import sobol_indices, uniform

    dists = [uniform()] * factors
    rng = np.random.default_rng(seed)
    sobol_indices(func=function, n=n, dists=dists, method=estimator, rng=rng)
    ends = [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]
    found = []
    for point, drawn in zip(kept[:2], kept[2:], strict=True):
        found += [point[0], *np.quantile(drawn, ends, axis=0)]
    return np.stack(found, axis=-1)


def indices(
    f_A: np.ndarray, f_B: np.ndarray, f_AB: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return first-order and total indices in each resample of the points.

    Saltelli et al. (2010, Comput. Phys. Commun. 181), table 2, (b) and (f).

    Parameters
    ----------
    f_A, f_B : ndarray of shape (s, n)
    f_AB : ndarray of shape (d, s, n)
    counts : ndarray of shape (R, n)
        How often each resample drew each point.

    Returns
    -------
    first, total : ndarray of shape (R, s, d)
        0 where nothing varies.
    """
    share = counts / counts.sum(axis=1, keepdims=True)
    mean = share @ (f_A + f_B).T / 2
    variance = share @ (f_A**2 + f_B**2).T / 2 - mean**2
    first = np.moveaxis((f_B * (f_AB - f_A)) @ share.T, -1, 0)
    total = np.moveaxis((f_A - f_AB) ** 2 @ share.T, -1, 0) / 2
    # Squares of what does not vary leave rounding behind.
    scale = np.maximum(np.abs(f_A).max(axis=1), np.abs(f_B).max(axis=1))
    live = (variance > 1e-12 * scale**2)[:, None, :]
    parts = (
        np.divide(part, variance[:, None, :], where=live, out=np.zeros(part.shape))
        for part in (first, total)
    )
    one, other = (np.swapaxes(part, 1, 2) for part in parts)
    return one, other
