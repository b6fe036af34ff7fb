"""The presence part of the ranking: what is there already, and how it moves."""

from __future__ import annotations

import numpy as np

from features import FeatureTable
from features.relatedness import proximity

# Shrinkage of a place's segment shares towards its city's, and of the city's towards
# the country's, in outcomes: of the mix of segments that is foreseen for a place.
MIX_PRIOR = 80.0
# The same of the lean on a segment: of a place and of its city.
LEAN_PRIOR = 10.0
CITY_PRIOR = 20.0

# What the segment's own activity weighs in its density, against a proximity of 1; and
# weights beside the density, which is in standard deviations: of the lean's log and of
# the log of what reports state. Skill is flat around them (months to 2024-12); of what
# is equal, they let the segments differ most.
OWN_WEIGHT = 2.0
LEAN_WEIGHT = 0.5
STATED_WEIGHT = 0.4


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
        Their sum is the density (see :func:`features.relatedness.density`), in which
        the own part weighs ``OWN_WEIGHT``.
    """
    activity = np.log1p(table.history.activity)
    phi = kinship(table)
    weight = OWN_WEIGHT + phi.sum(axis=1, keepdims=True)
    return OWN_WEIGHT * activity / weight, phi @ activity / weight


def kinship(table: FeatureTable) -> np.ndarray:
    """Return the proximity of each segment to the others, 0 to itself.

    What reports say of the cities counts beside the outcomes: some segments have no
    other evidence.
    """
    cities = table.city or table.history
    phi = proximity(cities.total + table.said)
    np.fill_diagonal(phi, 0.0)
    return phi


def terms(table: FeatureTable) -> dict[str, np.ndarray]:
    """Return the additive terms of presence, each of shape (segments, places).

    The relatedness density of faded activity (in two parts) in standard deviations
    over the candidates, the weighted log of the segment's smoothed share of the place
    over its national share, and what reports state. All centred on the candidates'
    mean.
    """
    own, related = relatedness_parts(table)
    spread = _spread(own + related)
    local, national = lean_shares(table)
    return {
        "same_segment": _centred(own) / spread,
        "related_segments": _centred(related) / spread,
        "specialisation": LEAN_WEIGHT * _centred(np.log(local / national)),
        "stated": STATED_WEIGHT * _centred(table.stated),
    }


def lean_shares(table: FeatureTable) -> tuple[np.ndarray, np.ndarray]:
    """Return each segment's smoothed share of a place's outcomes, and its national one.

    Returns
    -------
    local : ndarray of shape (S, P)
    national : ndarray of shape (S, 1)
    """
    here = table.history.activity
    city = table.city.activity if table.city is not None else None
    local = smoothed_shares(here, city, table, LEAN_PRIOR, CITY_PRIOR)
    return local, _national(here)


def _national(counts: np.ndarray) -> np.ndarray:
    national = counts.sum(axis=1, keepdims=True) + 0.5
    return national / national.sum()


def smoothed_shares(
    counts: np.ndarray,
    city: np.ndarray | None,
    table: FeatureTable,
    prior_weight: float,
    city_weight: float,
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
        How many outcomes the prior counts for: the city's shares.
    city_weight : float
        How many outcomes the prior of these counts for: the country's shares.

    Returns
    -------
    ndarray of shape (S, P)
        Columns sum to 1.
    """
    prior = np.repeat(_national(counts), counts.shape[1], axis=1)
    if city is not None:
        here = np.where(table.parent >= 0, city[:, table.parent], 0.0)
        prior = (here + city_weight * prior) / (here.sum(axis=0) + city_weight)
    return (counts + prior_weight * prior) / (counts.sum(axis=0) + prior_weight)


def mix(table: FeatureTable) -> np.ndarray:
    """Return the share of each segment that is foreseen for a place.

    Returns
    -------
    ndarray of shape (S, P)
        Columns sum to 1.
    """
    city = table.city.mix if table.city is not None else None
    return smoothed_shares(table.history.mix, city, table, MIX_PRIOR, MIX_PRIOR)
