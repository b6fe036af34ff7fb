"""What each weight of a composite index really does to the order of the places.

A weight is not an influence: an indicator whose figures hardly differ orders nobody,
and one that two others repeat counts three times (Paruolo, Saisana & Saltelli 2013,
*Ratings and rankings: voodoo or science?*). Here the index is split into additive
contributions, and an indicator's real share is what of the covariance between index
and order comes from its contribution.
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np
import pandas as pd

from model import sensitivity
from model.composite import FLOOR, ROOT, Index, aggregate

# From when on a warning is given; shares of 0 to 1.
SIZEABLE, NEGLIGIBLE = 0.01, 0.005
SAME, TIMES, GAP = 0.9, 2.0, 0.1
# What a figure of 0, which has no logarithm, counts as in a geometric mean of
# figures relative to the best.
TINY = 1e-6
# A covariance of scores and positions (0 to 1) below this is rounding.
NOISE = 1e-13


def influence(index: Index) -> pd.DataFrame:
    """Return what each group and indicator should weigh, and what it does.

    Parameters
    ----------
    index : Index

    Returns
    -------
    DataFrame of shape (rows of the table, 4)
        ``nominal``: share of the whole index. ``real``: share of how places are
        ordered now; those of the indicators sum to 1, those of a group's members to
        the group's; below 0 where an indicator pulls against the order, and 0 for
        all where no figure orders the places. ``missing``: share of places without
        a figure, for a group the weighted mean of its members'. ``warnings``: tuple
        of ``constant``, ``missing``, ``mostly_missing``, ``no_weight``, ``dead``,
        ``against``, ``overpowers`` and ``overlap:<id>``.
    """
    tree = index.tree
    table = pd.DataFrame(
        {
            "nominal": index.nominal,
            "real": _upwards(index, _real(index), np.ones(len(tree.table))),
            "missing": _upwards(
                index, index.normal[tree.leaves].isna().mean(), index.shares
            ),
        },
        index=tree.table.index,
    )
    states, twins = _states(index), _overlaps(index)
    table["warnings"] = pd.Series(
        {
            name: (*states.get(name, ()), *_signs(row), *twins.get(name, ()))
            for name, row in table.iterrows()
        },
        dtype=object,
    )
    return table


def rule(index: Index, group: str) -> tuple[str, float]:
    """Return the mean a group is taken by, and what its figures are lifted to."""
    names, method = index.tree.children[group], index.method
    inner = any(name in index.tree.children for name in names)
    lowest = 0.0 if method.normalise == "best" else FLOOR
    return (method.across if inner else method.within), lowest


def with_shares(
    index: Index, shares: pd.Series, filled: pd.DataFrame | None = None
) -> Index:
    """Score again with other shares, as given weights: no scheme sets them anew.

    Parameters
    ----------
    index : Index
    shares : Series
        Of each row in its group.
    filled : DataFrame of shape (Q, L), optional
        Normalised figures other than the index's own.
    """
    tree = copy(index.tree)
    tree.table = tree.table.assign(weight=shares)
    filled = index.filled if filled is None else filled
    method = replace(index.method, weights="given")
    return aggregate(tree, method, index.normal.reindex(filled.index), filled)


def _real(index: Index) -> pd.Series:
    """Return the real share of each indicator."""
    leaves, scored = index.tree.leaves, index.score.dropna().index
    held = contributions(index, logs=True).loc[scored]
    position = (len(scored) - index.rank[scored]) / max(len(scored), 1)
    pull = held.mul(position - position.mean(), axis=0).sum() / max(len(scored), 1)
    total = pull.sum()
    return pull / total if total > NOISE else pd.Series(0.0, index=leaves)


def contributions(index: Index, logs: bool = False) -> pd.DataFrame:
    """Split each place's score into what each indicator adds to it.

    Compared is with a place of average figures. In arithmetic means an indicator
    adds its weight times the difference; in geometric means the difference of the
    logarithms, which the logarithmic mean of the two scores turns into a part of
    their difference without a rest (LMDI, Ang 2004), so that means of both kinds can
    be nested.
    Where a place's missing figures pass on their weight, its average place does
    so too; what that place is above or below the average index is split as well.

    Parameters
    ----------
    index : Index
    logs : bool
        Where the index itself is a geometric mean, split its logarithm.

    Returns
    -------
    DataFrame of shape (P, L)
        A row sums to the score (or its logarithm) less a constant; exactly 0 for an
        indicator that is the same everywhere and for places without a score.
    """
    leaves, filled = index.tree.leaves, index.filled[index.tree.leaves]
    method = index.method
    if method.normalise == "best" and "geometric" in (method.within, method.across):
        filled = filled.clip(lower=TINY)
    known = filled[index.score.notna()]
    # Rounding must not part the mean of equal figures from them.
    average = known.mean().clip(known.min(), known.max())
    actual = with_shares(index, index.shares, filled).nodes
    base = filled.where(filled.isna(), average, axis=1)
    usual = with_shares(index, index.shares, base).nodes
    out = _split(index, actual, usual, logs)
    if index.method.missing == "reweigh":
        level = pd.DataFrame(
            actual[ROOT].mean(), index=usual.index, columns=usual.columns
        )
        varied = index.normal[leaves].nunique() > 1
        out += _split(index, usual, level, logs) * varied
    return out


def _split(
    index: Index, nodes: pd.DataFrame, base: pd.DataFrame, logs: bool
) -> pd.DataFrame:
    """Split the difference of two scores of each place among the indicators."""
    tree, leaves = index.tree, index.tree.leaves
    factors = {ROOT: np.ones(len(nodes))}
    if logs and rule(index, ROOT)[0] == "geometric":
        span = 1 - rule(index, ROOT)[1]
        factors[ROOT] = span / _between(index, nodes, base, [ROOT])[:, 0]
    for group in reversed(tree.groups):
        names = tree.children[group]
        weight = nodes[names].notna().to_numpy() * index.shares[names].to_numpy()
        with np.errstate(invalid="ignore", divide="ignore"):
            factor = (factors[group] / weight.sum(axis=1))[:, None] * weight
        if rule(index, group)[0] == "geometric":
            factor = factor * _between(index, nodes, base, [group])
            factor = factor / _between(index, nodes, base, names)
        factors.update(zip(names, factor.T, strict=True))
    out = pd.DataFrame({name: factors[name] for name in leaves}, index=nodes.index)
    return (out * (nodes[leaves] - base[leaves])).fillna(0.0)


def _between(
    index: Index, nodes: pd.DataFrame, base: pd.DataFrame, names: list[str]
) -> np.ndarray:
    """Return the logarithmic means of lifted figures, shape (P, names)."""
    lowest = rule(index, ROOT)[1]
    a, b = (lowest + (1 - lowest) * part[names].to_numpy() for part in (nodes, base))
    with np.errstate(invalid="ignore", divide="ignore"):
        # log1p keeps its digits where the two are nearly the same.
        return np.where(a == b, a, (a - b) / np.log1p((a - b) / b))


def _upwards(
    index: Index, leaves: pd.Series, shares: pd.Series | np.ndarray
) -> pd.Series:
    """Add the indicators' values up to those of the groups, times their shares."""
    share = pd.Series(shares, index=index.tree.table.index)
    value = leaves.to_dict()
    for group in index.tree.groups:
        names = index.tree.children[group]
        value[group] = sum(share[name] * value[name] for name in names)
    return pd.Series({name: value[name] for name in index.tree.table.index})


def _states(index: Index) -> dict[str, tuple[str, ...]]:
    """Return ``constant``, ``missing`` or ``mostly_missing`` of each row.

    A group is what all its members with weight are; ``constant`` when none varies.
    """
    normal = index.normal[index.tree.leaves]
    kinds = normal.nunique().clip(upper=2).to_dict()
    gaps = _upwards(index, normal.isna().mean(), index.shares)
    for group in index.tree.groups:
        names = index.tree.children[group]
        kinds[group] = max(kinds[name] for name in names if index.shares[name] > 0)
    out: dict[str, tuple[str, ...]] = {}
    for name, gap in gaps.items():
        state = {0: ("missing",), 1: ("constant",)}.get(kinds[name], ())
        mostly = ("mostly_missing",) if gap > 0.5 and kinds[name] else ()
        out[str(name)] = (*state, *mostly)
    return out


def _signs(row: pd.Series) -> tuple[str, ...]:
    """Return what a row's nominal and real share warn of."""
    nominal, real = row["nominal"], row["real"]
    signs = {
        "no_weight": nominal == 0,
        "dead": nominal >= SIZEABLE and abs(real) < NEGLIGIBLE,
        "against": real < -NEGLIGIBLE,
        "overpowers": real > TIMES * nominal and real - nominal > GAP,
    }
    return tuple(name for name, holds in signs.items() if holds)


def _overlaps(index: Index) -> dict[str, tuple[str, ...]]:
    """Return, of each indicator with weight, those that order places as it does."""
    pairs = sensitivity.overlaps(index, SAME)[["one", "other"]]
    both = pd.concat([pairs, pairs.set_axis(["other", "one"], axis=1)])
    return {
        str(name): tuple(f"overlap:{other}" for other in sorted(others))
        for name, others in both.groupby("one")["other"]
    }
