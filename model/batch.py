"""One index under many weights at once, as matrix products.

:mod:`model.composite` says what an index is; here it is computed for draws of the
weights together. Of arithmetic means all draws are one product: of the weights,
multiplied down the tree, with the figures. Gaps that pass their weight on, and
geometric means, go group by group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from model import composite, scaling
from model.composite import ROOT, Method, Tree
from model.scaling import CompositeError

# Why a way of computing cannot be taken on some figures, though others can.
INADMISSIBLE = ("needs_positive", "no_goalposts")
# Draws at a time, so that what is worked on stays in the cache.
BLOCK = 250


@dataclass(frozen=True, eq=False)
class Layout:
    """A tree in positions.

    Attributes
    ----------
    leaves : ndarray of shape (L,)
        Row of each indicator among the N rows of the table.
    column : ndarray of shape (N + 1,)
        Which indicator a row is, -1 for groups.
    groups : list of (int, ndarray)
        Row of each group (N for the root) and of its children, from the bottom up.
    """

    leaves: np.ndarray
    column: np.ndarray
    groups: list[tuple[int, np.ndarray]]

    @classmethod
    def of(cls, tree: Tree) -> Layout:
        """Return the layout of a tree."""
        row = {name: number for number, name in enumerate(tree.table.index)}
        row[ROOT] = len(tree.table)
        leaves = np.array([row[name] for name in tree.leaves])
        column = np.full(len(row), -1)
        column[leaves] = np.arange(len(leaves))
        groups = [
            (row[group], np.array([row[name] for name in tree.children[group]]))
            for group in tree.groups
        ]
        return cls(leaves, column, groups)

    def nominal(self, shares: np.ndarray) -> np.ndarray:
        """Return each indicator's share of the whole, (L, D), from (N, D) of groups."""
        whole = np.ones((len(shares) + 1, shares.shape[1]))
        for group, children in reversed(self.groups):
            whole[children] = whole[group] * shares[children]
        return whole[self.leaves]

    def shares(self, nominal: np.ndarray) -> np.ndarray:
        """Return the shares (N,) in groups that give indicators these of the whole."""
        whole = np.zeros(len(self.column))
        whole[self.leaves] = nominal
        shares = np.zeros(len(self.column) - 1)
        for group, children in self.groups:
            whole[group] = whole[children].sum()
            shares[children] = whole[children] / (whole[group] or 1.0)
        return shares


@dataclass(frozen=True, eq=False)
class Variant:
    """The figures as one method has them.

    Attributes
    ----------
    method : Method
    filled : ndarray of shape (P, L)
        Normalised; NaN where missing under ``reweigh``.
    shares : ndarray of shape (N,)
        Of each row of the table in its group.
    width : ndarray of shape (L,)
        Standard deviation of each normalised indicator.
    errors : ndarray of shape (P, L), optional
        Standard deviation of the error of each figure.
    """

    method: Method
    filled: np.ndarray
    shares: np.ndarray
    width: np.ndarray
    errors: np.ndarray | None = None

    @property
    def plain(self) -> bool:
        """Whether all means are arithmetic."""
        return self.method.within == self.method.across == "arithmetic"

    @property
    def lowest(self) -> float:
        """To what geometric means lift a figure of 0."""
        return composite.FLOOR if self.method.normalise != "best" else 0.0

    def of(self, places: np.ndarray) -> Variant:
        """Return the variant of some places only."""
        errors = None if self.errors is None else self.errors[places]
        return replace(self, filled=self.filled[places], errors=errors)


class Steps:
    """The steps of an index up to its weights, each done once for all methods."""

    def __init__(self, figures: pd.DataFrame, tree: Tree) -> None:
        table = tree.table.loc[tree.leaves]
        self.tree = tree

        @cache
        def treated(outliers: str) -> tuple[pd.DataFrame, pd.DataFrame]:
            rows = table.assign(treat=table["treat"].replace("", outliers))
            return scaling.treated(figures, rows), rows

        @cache
        def normal(outliers: str, how: str) -> pd.DataFrame:
            return scaling.normalise(*treated(outliers), how)

        @cache
        def filled(outliers: str, how: str, missing: str) -> pd.DataFrame:
            return scaling.fill(normal(outliers, how), missing)

        self.normal, self.filled = normal, filled
        self.given = tree.given().to_numpy(float)

    def variant(self, method: Method) -> Variant:
        """Return the figures as a method has them.

        Raises
        ------
        CompositeError
            As :func:`model.composite.build`.
        """
        normal = self.normal(method.outliers, method.normalise)
        filled = self.filled(method.outliers, method.normalise, method.missing)
        shares = self.given
        if method.weights != "given":
            index = composite.aggregate(self.tree, method, normal, filled)
            shares = index.shares.to_numpy(float)
        width = normal.std(ddof=0).to_numpy(float)
        return Variant(method, filled.to_numpy(float), shares, width)

    def admissible(self, methods: Sequence[Method]) -> list[Variant]:
        """Return the variants that the figures admit; the first one must be."""
        found = [self.variant(methods[0])]
        for method in methods[1:]:
            try:
                found.append(self.variant(method))
            except CompositeError as error:
                if error.kind not in INADMISSIBLE:
                    raise
        return found


def scores(
    layout: Layout,
    variant: Variant,
    shares: np.ndarray,
    rng: np.random.Generator | None = None,
) -> np.ndarray:
    """Return the score of each place in each draw, (D, P).

    Equals that of :func:`model.composite.build` with the same weights. Errors (where
    the variant has them and ``rng`` is given) are drawn for the whole sum at once:
    weighted independent normal errors are normal, of variance w**2 @ s**2.

    Parameters
    ----------
    layout : Layout
    variant : Variant
    shares : ndarray of shape (N, D)
        Share of each row in its group.
    rng : Generator, optional
    """
    errors = None if rng is None else variant.errors
    if not variant.plain:
        if rng is not None and errors is not None:
            return _noisy(layout, variant, errors, shares, rng)
        return nested(layout, replace(variant, errors=None), shares)[0]
    gaps = np.isnan(variant.filled).any(axis=1)
    weights = layout.nominal(shares)
    value = weights.T @ np.where(gaps[:, None], 0.0, variant.filled).T
    # Whose weight a gap passes on depends on the place: group by group.
    apart = replace(variant, errors=errors).of(gaps)
    if rng is None or errors is None:
        if gaps.any():
            value[:, gaps] = nested(layout, apart, shares)[0]
        return value
    # Single precision is enough for what is random.
    variance = (weights**2).T.astype(np.float32) @ (errors**2).T.astype(np.float32)
    if gaps.any():
        value[:, gaps], variance[:, gaps] = nested(layout, apart, shares)
    normal = rng.standard_normal(value.shape, dtype=np.float32)
    value += np.sqrt(variance, out=variance) * normal
    return value


def _noisy(
    layout: Layout,
    variant: Variant,
    errors: np.ndarray,
    shares: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return scores with an error in every figure, drawn one by one, (D, P)."""
    found = np.empty((shares.shape[1], len(variant.filled)))
    for draw in range(len(found)):
        error = errors * rng.standard_normal(variant.filled.shape)
        figures = np.maximum(variant.filled + error, 0.0)
        other = replace(variant, filled=figures, errors=None)
        found[draw] = nested(layout, other, shares[:, draw : draw + 1])[0]
    return found


def nested(
    layout: Layout, variant: Variant, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return scores group by group, and the variance of their errors, (D, P) each.

    As :func:`model.composite.mean`: what is NaN passes its weight on in its group. The
    variance is that of arithmetic means, and 0 where the variant has no errors.
    """
    size = shares.shape[1], len(variant.filled)
    value, variance = np.empty(size), np.zeros(size, np.float32)
    for begin in range(0, len(value), BLOCK):
        some = slice(begin, begin + BLOCK)
        value[some], variance[some] = _nested(layout, variant, shares[:, some])
    return value, variance


def _nested(
    layout: Layout, variant: Variant, shares: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what :func:`nested` does; the variance may be narrower."""
    method, noisy = variant.method, variant.errors is not None
    lowest = variant.lowest
    value: dict[int, np.ndarray] = {}
    variance: dict[int, np.ndarray] = {}
    known: dict[int, np.ndarray] = {}
    for row, children in layout.groups:
        ends = layout.column[children] >= 0
        geometric = (method.within if ends.all() else method.across) == "geometric"
        total, weight, error = _ends(
            variant, layout.column[children[ends]], shares[children[ends]], geometric
        )
        for child in children[~ends]:
            share = shares[child][:, None]
            there = known[child] & (share > 0)
            part = _logs(value[child], lowest) if geometric else value[child]
            if there.all():
                total = total + share * part
                weight, error = weight + share, error + share**2 * variance[child]
                continue
            total = total + np.where(there, share, 0.0) * np.where(there, part, 0.0)
            weight = weight + np.where(there, share, 0.0)
            error = error + np.where(there, share**2 * variance[child], 0.0)
        known[row] = weight > 0
        with np.errstate(invalid="ignore", divide="ignore"):
            held = total / weight
            variance[row] = error / weight**2 if noisy else error
        if not known[row].all():
            held = np.where(known[row], held, np.nan)
        if geometric:
            held = np.maximum(np.exp(held) - lowest, 0.0) / (1 - lowest)
        value[row] = held
    root = layout.groups[-1][0]
    return value[root], variance[root]


def _ends(
    variant: Variant, columns: np.ndarray, shares: np.ndarray, geometric: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weighted sum of a group's indicators, their weight, and variance.

    Parameters
    ----------
    variant : Variant
    columns : ndarray of shape (K,)
    shares : ndarray of shape (K, D)
    geometric : bool

    Returns
    -------
    total, weight, variance : ndarray of shape (D, P)
    """
    parts = variant.filled[:, columns]
    there = ~np.isnan(parts)
    if geometric:
        parts = _logs(parts, variant.lowest)
    none = np.isneginf(parts)
    total = shares.T @ np.where(there & ~none, parts, 0.0).T
    if none.any():
        total[shares.T @ none.T.astype(float) > 0] = -np.inf
    # Without gaps all places have the same weight.
    weight = (
        shares.sum(axis=0)[:, None] if there.all() else shares.T @ there.T.astype(float)
    )
    if variant.errors is None:
        return total, weight, np.zeros((1, 1))
    squares = np.where(there, variant.errors[:, columns] ** 2, 0.0)
    # Single precision is enough for what is random.
    error = (shares**2).T.astype(np.float32) @ squares.T.astype(np.float32)
    return total, weight, error


def _logs(parts: np.ndarray, lowest: float) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(lowest + (1 - lowest) * parts)


def ranked(values: np.ndarray) -> np.ndarray:
    """Return the ranks of each row, best first, as :func:`model.composite.ranks`.

    Equal scores rank in the order of the places, NaN come last. Score and place are
    packed into one number, which costs the score the digits below 1e-12 of the range
    (that sums in another order do not share), so that one plain sort ranks a row, in a
    fifth of the time of a stable ``argsort``.

    Parameters
    ----------
    values : ndarray of shape (D, P)

    Returns
    -------
    ndarray of uint16, shape (D, P)
    """
    draws, places = values.shape
    low, best = values.min(initial=np.inf), values.max(initial=-np.inf)
    if np.isnan(low):
        known = values[~np.isnan(values)]
        low, best = known.min(initial=0.0), known.max(initial=0.0)
        low -= 1e-6 * (1 + abs(low))
        values = np.nan_to_num(values, nan=low)
    scale = 0.999 / (best - low) if best > low else 0.0
    # Numbers from 1 to 2 share an exponent: the last bits hold the place.
    last = np.uint64((1 << max(places - 1, 1).bit_length()) - 1)
    rows = min(BLOCK, draws)
    place = np.arange(places, dtype=np.uint64)
    cell = np.arange(rows)[:, None] * places
    numbers = np.tile(np.arange(1, places + 1, dtype=np.uint16), rows)
    held = np.empty((rows, places))
    found = np.empty((draws, places), np.uint16)
    for begin in range(0, draws, BLOCK):
        block = values[begin : begin + BLOCK]
        keys = held[: len(block)]
        np.subtract(best, block, out=keys)
        keys *= scale
        keys += 1.0
        bits = keys.view(np.uint64)
        bits &= ~last
        bits |= place
        keys.sort(axis=1)
        bits &= last
        cells = keys.view(np.int64)
        cells += cell[: len(block)]
        into = found[begin : begin + BLOCK].reshape(-1)
        into[cells.reshape(-1)] = numbers[: into.size]
    return found
