"""Relatedness between segments, and how close a place is to a segment."""

from __future__ import annotations

import numpy as np


def specialised(counts: np.ndarray) -> np.ndarray:
    """Return where a place holds more of a segment than the country does (RCA > 1).

    Parameters
    ----------
    counts : ndarray of shape (S, P)
        Outcomes by segment and place.

    Returns
    -------
    ndarray of bool, shape (S, P)
    """
    place = counts.sum(axis=0, keepdims=True)
    segment = counts.sum(axis=1, keepdims=True)
    expected = segment * place / max(counts.sum(), 1.0)
    return (counts > expected) & (counts > 0)


def proximity(counts: np.ndarray) -> np.ndarray:
    """Return the proximity of each pair of segments.

    The smaller of the two conditional probabilities that a place specialised in
    one segment is specialised in the other (Hidalgo et al. 2007, Science 317).

    Returns
    -------
    ndarray of shape (S, S)
        Between 0 and 1, symmetric.
    """
    x = specialised(counts).astype(float)
    both = x @ x.T
    size = np.maximum(x.sum(axis=1), 1.0)
    return both / np.maximum(size[:, None], size[None, :])


def density(counts: np.ndarray, leave_own: bool = False) -> np.ndarray:
    """Return the relatedness density of every segment at every place.

    The proximity-weighted activity of a place in all segments. Activity is
    ``log(1 + count)`` rather than the 0/1 of the original, which calls a place
    with a single outcome specialised and so ranks the smallest places first.

    Parameters
    ----------
    counts : ndarray of shape (S, P)
        Outcomes by segment and place.
    leave_own : bool
        Leave the segment's own activity out of its density.

    Returns
    -------
    ndarray of shape (S, P)
    """
    phi = proximity(counts)
    np.fill_diagonal(phi, 0.0 if leave_own else 1.0)
    weight = np.maximum(phi.sum(axis=1, keepdims=True), 1e-12)
    return phi @ np.log1p(counts) / weight
