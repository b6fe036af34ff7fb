"""A composite index: one table of indicators drives everything that is computed.

The table is a tree, as in COINr (Becker et al. 2022): a row for each indicator and
each group, ``parent`` the group it belongs to. The steps are those of the handbook of
the OECD and the JRC (2008): per head, outliers, normalisation, missing figures,
weights, aggregation; :class:`Method` says how each is done.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from model import scaling, weighting
from model.scaling import MISSING, NORMALISATIONS, OUTLIERS, CompositeError

ROOT = "index"
# What a row of the table holds, and what it is taken to be where nothing is said.
COLUMNS = {
    "parent": ROOT,
    "direction": 1.0,
    "weight": 1.0,
    "unit": "",
    "per_head": "",
    "treat": "",
    "ideal": np.nan,
    "low": np.nan,
    "high": np.nan,
}
WEIGHTS = ("given", *weighting.SCHEMES)
AGGREGATIONS = ("arithmetic", "geometric")
# A geometric mean needs figures above 0: the last place of an indicator gets this.
FLOOR = 0.01
# Normalisations whose figure of a place does not depend on which others are compared.
FIXED = ("goalposts",)


@dataclass(frozen=True)
class Method:
    """How an index is computed.

    Attributes
    ----------
    outliers : {"none", "winsorise", "log"}
        For indicators whose ``treat`` says nothing.
    normalise : {"min_max", "z_score", "rank", "best", "goalposts"}
        ``best``: relative to the best place. ``goalposts``: between the ``low`` and
        ``high`` of the table, whatever places there are.
    missing : {"mean", "median", "worst", "reweigh"}
        What stands for a missing figure; ``reweigh`` shares its weight among the
        place's other figures of the same group.
    weights : {"given", "equal", "entropy", "critic", "pca"}
        Within each group; ``given`` are the table's.
    within, across : {"arithmetic", "geometric"}
        The mean of the indicators of a group; that of the groups.
    """

    outliers: str = "none"
    normalise: str = "min_max"
    missing: str = "mean"
    weights: str = "given"
    within: str = "arithmetic"
    across: str = "arithmetic"

    def __post_init__(self) -> None:
        offered = {
            "outliers": OUTLIERS,
            "normalise": NORMALISATIONS,
            "missing": MISSING,
            "weights": WEIGHTS,
            "within": AGGREGATIONS,
            "across": AGGREGATIONS,
        }
        for name, choices in offered.items():
            if getattr(self, name) not in choices:
                raise CompositeError("unknown_method", f"{name}={getattr(self, name)}")
        geometric = "geometric" in (self.within, self.across)
        if self.normalise == "z_score" and (geometric or self.weights == "entropy"):
            raise CompositeError("needs_positive", self.normalise)

    @property
    def keeps_order(self) -> bool:
        """Whether the order of the others stays when a place is left out.

        Only where neither scale, weight nor filled figure depends on who is compared
        (the ``worst`` figure may be that of the place left out).
        """
        return (
            self.outliers != "winsorise"
            and self.normalise in FIXED
            and self.missing == "reweigh"
            and self.weights in ("given", "equal")
        )


class Tree:
    """The indicators of an index and the groups they belong to.

    Parameters
    ----------
    table : DataFrame
        Indexed by id, columns as ``COLUMNS`` (those left out get its values). A row
        that others name as parent is a group, every other an indicator.

    Raises
    ------
    CompositeError
        When a parent is not there or its own ancestor, an id stands twice, a weight
        is negative or no number, or a group's weights are all 0.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        full = table.reindex(columns=[*COLUMNS]).copy()
        for name, value in COLUMNS.items():
            if name not in table:
                full[name] = value
            # A weight left open in a column of weights is a mistake, no weight of 1.
            elif name != "weight" and not pd.isna(value):
                text = isinstance(value, str)
                held = table[name].astype(object) if text else table[name]
                full[name] = held.fillna(value)
        full["weight"] = pd.to_numeric(full["weight"], errors="coerce")
        self.table = full
        if not full.index.is_unique:
            raise CompositeError("twice", str(full.index[full.index.duplicated()][0]))
        if ROOT in full.index:
            raise CompositeError("twice", ROOT)
        if full.empty:
            raise CompositeError("empty")
        self.children = {
            str(parent): list(rows.index)
            for parent, rows in full.groupby("parent", sort=False)
        }
        for name in self.children:
            if name != ROOT and name not in full.index:
                raise CompositeError("no_parent", name)
        self.leaves = [name for name in full.index if name not in self.children]
        self.groups = self._ordered()
        self._check()

    def _ordered(self) -> list[str]:
        """Return the groups, every one after those it holds, the root last."""
        order: list[str] = []
        ahead = [ROOT]
        while ahead:
            name = ahead.pop()
            order.append(name)
            below = self.children.get(name, [])
            ahead += [child for child in below if child in self.children]
        if lost := [name for name in self.children if name not in order]:
            raise CompositeError("circle", lost[0])
        return order[::-1]

    def _check(self) -> None:
        weight = self.table["weight"].to_numpy(float)
        bad = ~np.isfinite(weight) | (weight < 0)
        if bad.any():
            raise CompositeError("bad_weight", str(self.table.index[bad][0]))
        for name in self.groups:
            if self.table.loc[self.children[name], "weight"].sum() <= 0:
                raise CompositeError("no_weight", name)
        odd = ~self.table.loc[self.leaves, "direction"].isin([1.0, -1.0])
        if odd.any():
            raise CompositeError("bad_direction", str(odd.index[odd][0]))

    def given(self) -> pd.Series:
        """Return each row's share of its group, from the table's weights."""
        weight = self.table["weight"].astype(float)
        return weight / weight.groupby(self.table["parent"]).transform("sum")

    def nominal(self, shares: pd.Series) -> pd.Series:
        """Return each row's share of the whole: its own times those above it."""
        whole = {ROOT: 1.0}
        for group in reversed(self.groups):
            for child in self.children[group]:
                whole[child] = whole[group] * shares[child]
        return pd.Series({name: whole[name] for name in self.table.index})


@dataclass(frozen=True)
class Index:
    """A computed index.

    Attributes
    ----------
    tree, method
        What it was built from.
    normal : DataFrame of shape (P, L)
        Normalised figures of places and indicators, NaN where missing; more is
        better.
    filled : DataFrame of shape (P, L)
        The same with what stands for the missing ones (NaN under ``reweigh``).
    shares : Series
        Share of each row in its group.
    nodes : DataFrame of shape (P, nodes)
        Score of each indicator, each group, and ``index``.
    """

    tree: Tree
    method: Method
    normal: pd.DataFrame
    filled: pd.DataFrame
    shares: pd.Series
    nodes: pd.DataFrame

    @property
    def keeps_order(self) -> bool:
        """As that of the method, where no indicator asks to be winsorised itself."""
        asked = (self.tree.table["treat"] == "winsorise").any()
        return self.method.keeps_order and not asked

    @property
    def score(self) -> pd.Series:
        """Score of each place; more is better, NaN where nothing is known of it."""
        return self.nodes[ROOT]

    @cached_property
    def rank(self) -> pd.Series:
        """Rank of each place from 1; equal scores in the order of the places."""
        return ranks(self.score)

    def among(self, places: pd.Index | pd.Series) -> Index:
        """Return the index of some of the places, their scores as they are."""
        chosen = pd.Index(places)
        return replace(
            self,
            normal=self.normal.loc[chosen],
            filled=self.filled.loc[chosen],
            nodes=self.nodes.loc[chosen],
        )

    @cached_property
    def nominal(self) -> pd.Series:
        """Share of each row in the whole index."""
        return self.tree.nominal(self.shares)

    @cached_property
    def imputed(self) -> pd.Series:
        """Share of each place's index that rests on no figure of its own."""
        weight = self.nominal[self.tree.leaves]
        return (self.normal[self.tree.leaves].isna() * weight).sum(axis=1)


def ranks(score: pd.Series) -> pd.Series:
    """Return ranks 1..n, best first; equal ones and missing ones in given order."""
    order = np.argsort(-score.fillna(-np.inf).to_numpy(), kind="stable")
    rank = np.empty(len(score), int)
    rank[order] = np.arange(1, len(score) + 1)
    return pd.Series(rank, index=score.index)


def build(
    figures: pd.DataFrame, table: pd.DataFrame | Tree, method: Method | None = None
) -> Index:
    """Compute an index.

    Parameters
    ----------
    figures : DataFrame of shape (P, C)
        Places x columns, NaN where missing: a column for each indicator of the table
        and each denominator that ``per_head`` names.
    table : DataFrame or Tree
        See :class:`Tree`.
    method : Method, optional
        By default min-max, given weights, arithmetic means.

    Raises
    ------
    CompositeError
        When the table is no tree, a column is not there, or the method cannot take
        the figures.
    """
    method = method or Method()
    tree = table if isinstance(table, Tree) else Tree(table)
    rows = tree.table.loc[tree.leaves]
    rows = rows.assign(treat=rows["treat"].replace("", method.outliers))
    values = scaling.treated(figures, rows)
    normal = scaling.normalise(values, rows, method.normalise)
    filled = scaling.fill(normal, method.missing)
    return aggregate(tree, method, normal, filled)


def aggregate(
    tree: Tree, method: Method, normal: pd.DataFrame, filled: pd.DataFrame
) -> Index:
    """Weigh and average group by group, from the indicators up to the index."""
    nodes = {name: filled[name].to_numpy(float) for name in tree.leaves}
    shares = tree.given().copy()
    for group in tree.groups:
        names = tree.children[group]
        parts = np.column_stack([nodes[name] for name in names])
        if method.weights != "given":
            whole = parts[~np.isnan(parts).any(axis=1)]
            shares[names] = weighting.shares(whole, method.weights)
        how = method.within if set(names) <= set(tree.leaves) else method.across
        lowest = FLOOR if method.normalise != "best" else 0.0
        nodes[group] = mean(parts, shares[names].to_numpy(float), how, lowest)
    held = pd.DataFrame(nodes, index=filled.index)
    return Index(tree, method, normal, filled, shares, held)


def mean(
    parts: np.ndarray, shares: np.ndarray, how: str, lowest: float = FLOOR
) -> np.ndarray:
    """Return the weighted mean of each row; what is NaN passes its weight on.

    Parameters
    ----------
    parts : ndarray of shape (P, K)
    shares : ndarray of shape (K,)
    how : {"arithmetic", "geometric"}
    lowest : float
        A geometric mean is taken of figures from 0 to 1 lifted to ``lowest`` to 1,
        and is given back on the scale from 0 to 1.
    """
    there = ~np.isnan(parts)
    weight = there @ shares
    if how == "geometric":
        lifted = lowest + (1 - lowest) * np.where(there, parts, 1.0)
        with np.errstate(divide="ignore"):
            logs = np.log(lifted)
        # 0 times minus infinity is no weight at all, not a missing figure.
        logs = np.where((shares == 0) | ~there, 0.0, logs)
        # Rounding must not bring the lowest below 0.
        parts, back = logs, lambda x: np.maximum(np.exp(x) - lowest, 0) / (1 - lowest)
    else:
        parts, back = np.where(there, parts, 0.0), lambda x: x
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(weight > 0, back(parts @ shares / weight), np.nan)
