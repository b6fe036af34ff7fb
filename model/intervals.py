"""From resampled rankings to ranges, tie groups and chances.

A range holds the middle 90% of a place's resampled ranks: the percentile interval of
Efron (1979, Ann. Statist. 7) for the rank of one place, as Goldstein & Spiegelhalter
(1996, JRSS A 159) draw it for league tables. It is marginal: 90% is for each place by
itself, not for the whole table at once (Mogstad, Romano, Shaikh & Wilhelm 2024, Rev.
Econ. Stud. 91). Percentiles of resampled ranks are too narrow near ties, so
:mod:`model.resample` calibrates the resamples on later months first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

COVERAGE = 0.9
# Two places are told apart when one is above the other in this share of the resamples
# (notes/ranking.md, 3.4).
APART = 0.8
TOP = 5
# Tie groups are mostly short: places are compared with their first in blocks.
BLOCK = 64


@dataclass(frozen=True)
class Drawn:
    """The ranks of some places in every resample, for one segment.

    Attributes
    ----------
    places : Index
        Place codes (P).
    ranks : ndarray of int, shape (R, P)
        Each row holds every rank 1..P once.
    """

    places: pd.Index
    ranks: np.ndarray

    def among(self, places: pd.Index | pd.Series) -> Drawn:
        """Return the ranks that some of the places have among themselves.

        Parameters
        ----------
        places : Index or Series of shape (n,)
            Codes, in the order of the answer's columns.
        """
        chosen = pd.Index(places)
        mine = self.ranks[:, self.places.get_indexer(chosen)]
        return Drawn(chosen, ranks_of(mine))

    def ranges(self, rank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the 90% range of every place's rank; it holds the rank itself.

        Parameters
        ----------
        rank : ndarray of int, shape (P,)
            The rank shown.

        Returns
        -------
        low, high : ndarray of int, shape (P,)
            Best and worst rank.
        """
        low, high = quantiles(self.ranks)
        return np.minimum(low, rank), np.maximum(high, rank)

    def chance_top(self, top: int = TOP) -> np.ndarray:
        """Return the share of resamples with each place in the first ``top``, (P,)."""
        return np.mean(self.ranks <= top, axis=0)

    def chance_above(self, place: str, other: str) -> float:
        """Return the share of resamples with one place above another."""
        first, second = self.places.get_indexer([place, other])
        return float(np.mean(self.ranks[:, first] < self.ranks[:, second]))

    def tie_groups(
        self, rank: np.ndarray, until: int | None = None
    ) -> list[str | None]:
        """Return for each place the ranks it cannot be told apart from.

        In rank order a place joins the group of the group's first place until one
        is told apart from that first: the chance that the first is above it
        reaches ``APART``.

        Parameters
        ----------
        rank : ndarray of int, shape (P,)
            The rank shown, each of 1..P once.
        until : int, optional
            Places that rank below this and its group are left out: they have none.

        Returns
        -------
        list of str or None
            First and last rank such as ``"3-9"``; None for a place by itself.
        """
        order = np.argsort(rank)
        # Resamples of one place side by side: each is compared with many.
        ordered = np.ascontiguousarray(self.ranks.T[order])
        names: list[str | None] = [None] * len(order)
        start = 0
        last = len(order) if until is None else until
        while start < last:
            end = _group_end(ordered, start)
            if end - start > 1:
                for position in order[start:end]:
                    names[position] = f"{start + 1}-{end}"
            start = end
        return names


def _group_end(ordered: np.ndarray, start: int) -> int:
    """Return the position after the group that begins at ``start``.

    Parameters
    ----------
    ordered : ndarray of shape (P, R)
        Resampled ranks of the places in rank order.
    start : int
    """
    first = ordered[start]
    begin = start + 1
    while begin < len(ordered):
        above = np.mean(first < ordered[begin : begin + BLOCK], axis=1)
        apart = np.flatnonzero(above >= APART)
        if len(apart):
            return begin + int(apart[0])
        begin += BLOCK
    return len(ordered)


def ranks_of(values: np.ndarray) -> np.ndarray:
    """Return ranks 1..P of each row, the smallest value first, ties in column order.

    Parameters
    ----------
    values : ndarray of shape (R, P)

    Returns
    -------
    ndarray of uint16, shape (R, P)
    """
    order = np.argsort(values, axis=1, kind="stable")
    ranks = np.empty(values.shape, np.uint16)
    counted = np.arange(1, values.shape[1] + 1, dtype=np.uint16)
    np.put_along_axis(ranks, order, np.broadcast_to(counted, values.shape), axis=1)
    return ranks


def quantiles(
    draws: np.ndarray, coverage: float = COVERAGE
) -> tuple[np.ndarray, np.ndarray]:
    """Return the two values between which the middle of the draws lies.

    Parameters
    ----------
    draws : ndarray of shape (R, P)
    coverage : float
        Least share of the draws within.

    Returns
    -------
    low, high : ndarray of int, shape (P,)
        Values that were drawn, as many left out below as above.
    """
    count = len(draws)
    out = int(count * (1.0 - coverage) / 2.0 + 1e-9)
    ends = np.partition(draws, [out, count - 1 - out], axis=0)
    return ends[out].astype(int), ends[count - 1 - out].astype(int)
