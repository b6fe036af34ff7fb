"""Weights that the figures themselves suggest, as multi-criteria methods have them."""

from __future__ import annotations

import numpy as np
import pandas as pd

SCHEMES = ("equal", "entropy", "critic", "pca")
ROUNDING = 1e-12


def shares(scaled: np.ndarray, scheme: str) -> np.ndarray:
    """Return the weight of each indicator under a scheme, summing to 1.

    Parameters
    ----------
    scaled : ndarray of shape (P, I)
        Normalised figures without gaps; for ``entropy`` none below 0.
    scheme : {"equal", "entropy", "critic", "pca"}
        ``entropy`` as Shannon's divergence, ``critic`` contrast times conflict
        (Diakoulaki et al. 1995), ``pca`` the squared loadings of the first component.

    Raises
    ------
    ValueError
        When ``entropy`` meets a figure below 0.
    """
    count = scaled.shape[1]
    # What is the same everywhere tells nothing, and has no correlation.
    alive = (scaled != scaled[:1]).any(axis=0)
    if scheme == "equal" or not alive.any():
        return np.full(count, 1 / count)
    raw = np.zeros(count)
    raw[alive] = _RAW[scheme](scaled[:, alive])
    if raw.sum() <= 0:
        raw = alive.astype(float)
    return raw / raw.sum()


def _entropy(scaled: np.ndarray) -> np.ndarray:
    from scipy.stats import entropy

    if scaled.min() < 0:
        raise ValueError("entropy weights need figures of 0 or more")
    return 1 - entropy(scaled, base=len(scaled), axis=0)


def _critic(scaled: np.ndarray) -> np.ndarray:
    ranged = (scaled - scaled.min(axis=0)) / np.ptp(scaled, axis=0)
    conflict = (1 - pd.DataFrame(ranged).corr().to_numpy()).sum(axis=0)
    # Columns that agree but for rounding have no conflict.
    return ranged.std(axis=0) * np.where(conflict > ROUNDING, conflict, 0.0)


def _pca(scaled: np.ndarray) -> np.ndarray:
    from sklearn.decomposition import PCA

    z = (scaled - scaled.mean(axis=0)) / scaled.std(axis=0)
    return PCA(n_components=1, svd_solver="full").fit(z).components_[0] ** 2


_RAW = {"entropy": _entropy, "critic": _critic, "pca": _pca}
