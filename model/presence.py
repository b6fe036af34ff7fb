"""The presence part of the ranking: what is there already, and how it moves."""

from __future__ import annotations

import numpy as np

from features import FeatureTable
from features.relatedness import proximity

# Shrinkage of a place's segment shares towards its city's, and of the city's
# towards the country's, in outcomes (chosen on the origins 2023-12 and 2024-06).
PLACE_PRIOR = 80.0
CITY_PRIOR = 20.0

# Shrinkage of the lean on a segment, in outcomes (chosen on the same origins).
LEAN_PRIOR = 10.0


def _spread(values: np.ndarray) -> np.ndarray:
    spread = values.std(axis=-1, keepdims=True)
    return np.where(spread > 0, spread, 1.0)


def _centred(values: np.ndarray) -> np.ndarray:
    return values - values.mean(axis=-1, keepdims=True)


def relatedness_parts(table: FeatureTable) -> tuple[np.ndarray, np.ndarray]:
    """Split relatedness density into the segment's own part and the others'.

    Proximities come from the cities, where more segments have outcomes; one that
    has none anywhere is near to no other.

    Returns
    -------
    own, related : ndarray of shape (S, P)
        Their sum is the density (see :func:`features.relatedness.density`).
    """
    past = table.history
    phi = proximity((table.city or past).total)
    np.fill_diagonal(phi, 0.0)
    weight = 1.0 + phi.sum(axis=1, keepdims=True)
    activity = np.log1p(past.total)
    return activity / weight, phi @ activity / weight


def terms(table: FeatureTable) -> dict[str, np.ndarray]:
    """Return the additive terms of presence, each of shape (segments, places).

    Recent activity in all segments and relatedness density (in two parts), in
    standard deviations over the candidates; and the log of the segment's smoothed
    share of the place over its national share. All centred on the candidates' mean.
    """
    own, related = relatedness_parts(table)
    spread = _spread(own + related)
    recent = np.log1p(table.history.recent.sum(axis=0))
    activity = _centred(recent) / _spread(recent)
    local, national = lean_shares(table)
    return {
        "recent_activity": np.repeat(activity[None, :], len(own), axis=0),
        "same_segment": _centred(own) / spread,
        "related_segments": _centred(related) / spread,
        "specialisation": _centred(np.log(local / national)),
    }


def lean_shares(table: FeatureTable) -> tuple[np.ndarray, np.ndarray]:
    """Return each segment's smoothed share of a place's outcomes, and its national one.

    Returns
    -------
    local : ndarray of shape (S, P)
    national : ndarray of shape (S, 1)
    """
    total = table.history.total
    city = table.city.total if table.city is not None else None
    return smoothed_shares(total, city, table, LEAN_PRIOR), _national(total)


def _national(counts: np.ndarray) -> np.ndarray:
    national = counts.sum(axis=1, keepdims=True) + 0.5
    return national / national.sum()


def smoothed_shares(
    counts: np.ndarray,
    city: np.ndarray | None,
    table: FeatureTable,
    prior_weight: float,
) -> np.ndarray:
    """Return each segment's share of a place's outcomes, shrunk.

    Parameters
    ----------
    counts : ndarray of shape (S, P)
        Outcomes of the places.
    city : ndarray of shape (S, C) or None
        Outcomes of the cities, for districts.
    table : FeatureTable
        For the city of each district.
    prior_weight : float
        How many outcomes the prior counts for: the city's shares, themselves
        shrunk towards the country's.

    Returns
    -------
    ndarray of shape (S, P)
        Columns sum to 1.
    """
    prior = np.repeat(_national(counts), counts.shape[1], axis=1)
    if city is not None:
        here = np.where(table.parent >= 0, city[:, table.parent], 0.0)
        prior = (here + CITY_PRIOR * prior) / (here.sum(axis=0) + CITY_PRIOR)
    return (counts + prior_weight * prior) / (counts.sum(axis=0) + prior_weight)


def shares(table: FeatureTable) -> np.ndarray:
    """Return each segment's smoothed share of a place's last twelve months.

    Returns
    -------
    ndarray of shape (S, P)
    """
    recent = table.history.recent
    city = table.city.recent if table.city is not None else None
    return smoothed_shares(recent, city, table, PLACE_PRIOR)
