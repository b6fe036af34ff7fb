"""Exact tipping points: how far one weight must move before the order changes.

A row's share of its group moves from what it is to another value, the others of the
group keep their proportions among themselves. Only the means from that group up to the
index change, and :class:`Way` takes them anew. An order counts as changed from the
first whole percent at which it is, which is what a person can set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from model.composite import ROOT, Index, mean
from model.influence import rule, with_shares

PERCENTS = np.arange(101)
# Scores nearer than this are equal, and equal ones keep the present order.
TIE = 1e-12
# Scores may jump at a share of 0 or 1; this far inside they do not.
INSIDE = 1e-9


@dataclass(frozen=True)
class Tipping:
    """The change of one weight that puts one place above another.

    Attributes
    ----------
    row : str
        Group or indicator whose share of its group moves.
    leader, follower : Hashable
        Place now above, and the one that overtakes it.
    now, share : float
        Present share, and the one at which the scores cross.
    shown : int
        First whole percent beyond it: there the order is changed, and one point
        nearer to the present share it is not.
    direction : {"raise", "lower"}
    """

    row: str
    leader: str
    follower: str
    now: float
    share: float
    shown: int
    direction: str

    @property
    def change(self) -> float:
        """How far the share moves to the crossing."""
        return abs(self.share - self.now)

    @property
    def short(self) -> float:
        """The share a point nearer than ``shown``, at most back at the present one."""
        return short(self.now, self.shown, self.direction)


def moved(index: Index, row: str, share: float) -> pd.Series:
    """Return every row's share of its group after one has moved.

    Raises
    ------
    ValueError
        When no other row of the group has a weight to give or take.
    """
    if row not in movable(index):
        raise ValueError(f"no other weight beside {row}")
    names = index.tree.children[index.tree.table.at[row, "parent"]]
    shares = index.shares.astype(float)
    shares[names] *= (1 - share) / (1 - shares[row])
    shares[row] = share
    return shares


def rescored(index: Index, row: str, share: float) -> pd.Series:
    """Return the score of each place after a row's share of its group has moved.

    The other shares of an index whose weights come from its figures stay as they are.
    """
    return with_shares(index, moved(index, row, share)).score


def movable(index: Index) -> list[str]:
    """Return the rows beside which another one has a weight."""
    return list(index.shares.index[index.shares < 1])


def tipping(index: Index, leader: str, follower: str) -> list[Tipping]:
    """Return what each weight must become for a place to overtake another.

    Parameters
    ----------
    index : Index
    leader, follower : str
        Places; the first ranks above the second.

    Returns
    -------
    list of Tipping
        For each row and direction the nearest, the smallest change first; none for
        rows that cannot do it alone.

    Raises
    ------
    ValueError
        When the follower ranks above the leader already.
    """
    if index.rank[leader] >= index.rank[follower]:
        raise ValueError(f"{leader} does not rank above {follower}")
    pair = index.score.index.get_indexer([leader, follower])
    return _nearest_first(
        point for way in ways(index, pair) for point in _swaps(way, 0, 1)
    )


def neighbours(index: Index, top: int, each_row: bool = False) -> list[Tipping]:
    """Return what swaps neighbouring places among the first ones.

    Parameters
    ----------
    index : Index
    top : int
        How many places from the first.
    each_row : bool
        The nearest tipping point of each row, or only the nearest of all.

    Returns
    -------
    list of Tipping
        In the order of the pairs, of each the smallest change first; a pair that no
        single weight swaps has none.
    """
    best = np.argsort(index.rank.to_numpy())[:top]
    every = list(ways(index, best))
    out = []
    for pair in range(len(best) - 1):
        points = _nearest_first(
            point
            for way in every
            for point in _nearest_first(_swaps(way, pair, pair + 1))[:1]
        )
        out += points if each_row else points[:1]
    return out


def edge(index: Index, k: int) -> list[Tipping]:
    """Return, for each row, the smallest change that alters who is among the first k.

    Returns
    -------
    list of Tipping
        At most one a row, the smallest change first; leader and follower are the
        first that change places.
    """
    inside = (index.rank <= k).to_numpy()
    if inside.all() or not inside.any():
        return []
    return _nearest_first(
        point
        for way in ways(index, np.arange(len(inside)))
        for point in _nearest_first(_alterations(way, inside))[:1]
    )


def _nearest_first(points: Iterable[Tipping]) -> list[Tipping]:
    return sorted(points, key=lambda point: point.change)


@dataclass(frozen=True)
class Level:
    """A group on the way from a row to the index.

    Attributes
    ----------
    parts : ndarray of shape (P, K)
        Scores of the group's members.
    shares : ndarray of shape (K,)
    at : int
        The member that moves.
    how, lowest
        As :func:`model.composite.mean` takes them.
    """

    parts: np.ndarray
    shares: np.ndarray
    at: int
    how: str
    lowest: float

    @property
    def lifted(self) -> np.ndarray:
        """What is averaged, or what its logarithm is averaged of."""
        return self.lowest + (1 - self.lowest) * self.parts


@dataclass(frozen=True)
class Way:
    """How the scores of some places depend on one row's share of its group.

    Attributes
    ----------
    row : str
    places : Index of shape (P,)
    levels : tuple of Level
        From the row's group up to the index.
    """

    row: str
    places: pd.Index
    levels: tuple[Level, ...]

    @property
    def now(self) -> float:
        """The present share."""
        return float(self.levels[0].shares[self.levels[0].at])

    @cached_property
    def straight(self) -> str:
        """The mean taken all the way, where scores or their logarithms are linear.

        Empty where two kinds of mean meet, or gaps or figures of 0 make a bend.
        """
        (how, *others) = {level.how for level in self.levels}
        usable = (
            np.isfinite(level.parts).all() and (level.lifted > 0).all()
            if how == "geometric"
            else np.isfinite(level.parts).all()
            for level in self.levels
        )
        return how if not others and all(usable) else ""

    def only(self, *which: int) -> Way:
        """Return that of some of the places, by position."""
        chosen = list(which)
        levels = (replace(level, parts=level.parts[chosen]) for level in self.levels)
        return Way(self.row, self.places[chosen], tuple(levels))

    def scores(self, shares: np.ndarray) -> np.ndarray:
        """Score again at each share, shape (P, S); minus infinity is no score."""
        first, *above = self.levels
        rest = first.shares / (1 - self.now)
        rest[first.at] = 0
        one = np.arange(len(rest)) == first.at
        value = np.column_stack(
            [
                mean(first.parts, share * one + (1 - share) * rest, *_rule(first))
                for share in shares
            ]
        )
        for level in above:
            parts = np.repeat(level.parts, len(shares), axis=0)
            parts[:, level.at] = value.ravel()
            value = mean(parts, level.shares, *_rule(level)).reshape(value.shape)
        return np.where(np.isnan(value), -np.inf, value)

    @cached_property
    def everywhere(self) -> np.ndarray:
        """Scores at each whole percent, shape (P, 101)."""
        if self.straight != "arithmetic":
            return self.scores(PERCENTS / 100)
        none, all_ = self.scores(np.array([0.0, 1.0])).T[:, :, None]
        return none + (all_ - none) * (PERCENTS / 100)

    def gap(self, share: float) -> float:
        """Return how far the second place is above the first; 0 without scores."""
        first, second = self.scores(np.array([share]))[:, 0]
        return 0.0 if first == second else float(np.clip(second - first, -1e9, 1e9))

    def crossing(self, near: float, far: float) -> float:
        """Return the share at which the second place, first only at far, passes."""
        from scipy.optimize import brentq

        inside = np.copysign(INSIDE, far - near)
        if abs(far - near) <= 2 * INSIDE or self.gap(far - inside) <= 0:
            return far
        if self.gap(near + inside) >= 0:
            return near
        if not self.straight:
            return float(brentq(self.gap, near + inside, far - inside, xtol=1e-15))
        ends = self.scores(np.array([near, far]))
        if self.straight == "geometric":
            lowest = self.levels[0].lowest
            ends = np.log(lowest + (1 - lowest) * ends)
        before, after = ends[1] - ends[0]
        return float(near + (far - near) * before / (before - after))

    def point(self, shown: int, direction: str, share: float) -> Tipping:
        """Return a tipping point of the first two places."""
        leader, follower = self.places[:2]
        return Tipping(self.row, leader, follower, self.now, share, shown, direction)


def _rule(level: Level) -> tuple[str, float]:
    return level.how, level.lowest


def ways(index: Index, places: np.ndarray) -> Iterator[Way]:
    """Yield the way of each row that can move, for places by their positions."""
    chosen = index.nodes.to_numpy(float)[places]
    nodes = dict(zip(index.nodes.columns, chosen.T, strict=True))
    shares, parent = index.shares.to_dict(), index.tree.table["parent"].to_dict()
    rules = {group: rule(index, group) for group in index.tree.groups}
    for row in movable(index):
        levels, name = [], row
        while name != ROOT:
            group = parent[name]
            names = index.tree.children[group]
            parts = np.column_stack([nodes[member] for member in names])
            weights = np.array([shares[member] for member in names])
            levels.append(Level(parts, weights, names.index(name), *rules[group]))
            name = group
        yield Way(row, index.score.index[places], tuple(levels))


def short(now: float, shown: int, direction: str) -> float:
    """Return the share a point nearer than ``shown``, at most back at the present."""
    if direction == "raise":
        return max((shown - 1) / 100, now)
    return min((shown + 1) / 100, now)


def _first(flipped: np.ndarray, now: float) -> Iterator[tuple[int, str]]:
    """Yield the first whole percent with a change above and below the present."""
    away = PERCENTS / 100 - now
    above = PERCENTS[flipped & (away > INSIDE)]
    below = PERCENTS[flipped & (away < -INSIDE)]
    if above.size:
        yield int(above[0]), "raise"
    if below.size:
        yield int(below[-1]), "lower"


def _swaps(way: Way, leader: int, follower: int) -> Iterator[Tipping]:
    """Yield the nearest tipping points of two places, upwards and downwards."""
    pair = way.only(leader, follower)
    flipped = way.everywhere[follower] > way.everywhere[leader] + TIE
    for shown, direction in _first(flipped, way.now):
        near = short(way.now, shown, direction)
        if _changed(pair, np.array([True, False]), near, shown):
            yield pair.point(shown, direction, pair.crossing(near, shown / 100))


def _alterations(way: Way, inside: np.ndarray) -> Iterator[Tipping]:
    """Yield the nearest changes of who is inside, upwards and downwards."""
    there = way.everywhere
    flipped = there[~inside].max(axis=0) > there[inside].min(axis=0) + TIE
    for shown, direction in _first(flipped, way.now):
        near = short(way.now, shown, direction)
        if _changed(way, inside, near, shown):
            pair, share = _earliest(way, inside, near, shown / 100)
            yield pair.point(shown, direction, share)


def _changed(way: Way, inside: np.ndarray, near: float, shown: int) -> bool:
    """Score again: whether others are inside at the share shown, and not before."""
    there = way.scores(np.array([near, shown / 100]))
    before, after = there[~inside].max(axis=0) > there[inside].min(axis=0) + TIE
    return bool(after and not before)


def _earliest(
    way: Way, inside: np.ndarray, near: float, far: float
) -> tuple[Way, float]:
    """Return who first changes places between two shares, and at which.

    From the two furthest apart at the far end back to two that have changed where
    these cross, until none has.
    """
    pair, share, end = way, far, far
    while True:
        there = way.scores(np.array([end]))[:, 0]
        last = int(np.where(inside, there, np.inf).argmin())
        first = int(np.where(inside, -np.inf, there).argmax())
        other = way.only(last, first)
        if min(other.gap(end), other.gap(far)) <= TIE:
            return pair, share
        pair, share = other, other.crossing(near, end)
        end = share + np.copysign(INSIDE, near - far)
        if (end - near) * (far - near) <= 0:
            return pair, share
