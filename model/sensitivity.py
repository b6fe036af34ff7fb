"""Which choice drives the order: Sobol indices, leaving out, doubles, reversals.

The measures are those of Saisana, Saltelli & Tarantola (2005, JRSS A 168): how far the
ranks of all places shift on average from those of the method as it is, and the ranks
of the first places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

import numpy as np
import pandas as pd

from model import batch, robustness
from model.batch import Layout, Steps, Variant
from model.composite import AGGREGATIONS, ROOT, Index, Method, Tree
from model.progress import Progress, silent
from model.robustness import Doubt
from model.scaling import CompositeError
from model.variance import COLUMNS, decomposed

# Points of a Sobol sequence; the index is computed (factors + 2) times as often.
POINTS = 4096
# Weights drawn beforehand: where the factor of the weights lies says which are taken.
DRAWN = 1024
SHIFT = "shift"
# Fewer places in common say nothing of whether two indicators go together.
LEAST_COMMON = 3
FIRST = (10, 20)

# Attribute of the method -> its levels, the method's own first.
Choices = dict[str, tuple[str, ...]]
# Position of the level of each choice -> the figures.
Variants = dict[tuple[int, ...], Variant]


@dataclass(frozen=True, eq=False)
class Model:
    """The ranks of an index as a function of its choices.

    Attributes
    ----------
    layout : Layout
    variants : Variants
    drawn : dict
        Shares drawn for each variant, (N, W).
    choices : Choices
    weights : dict of str to list
        Factor -> the groups (as in the layout) whose weights it draws.
    without : int
        Indicators that can be left out (L), or 0.
    """

    layout: Layout
    variants: Variants
    drawn: dict[tuple[int, ...], np.ndarray]
    choices: Choices
    weights: dict[str, list[np.ndarray]]
    without: int

    @property
    def levels(self) -> dict[str, int]:
        """Number of levels of each factor, of those with more than one."""
        found = {
            **dict.fromkeys(self.weights, DRAWN),
            **{name: len(levels) for name, levels in self.choices.items()},
            "leave_out": self.without + 1,
        }
        return {name: count for name, count in found.items() if count > 1}

    def ranks(self, points: np.ndarray) -> np.ndarray:
        """Return the ranks (n, P) at points (factors, n) of the unit cube."""
        counts = self.levels
        level = {
            name: np.minimum((row * counts[name]).astype(int), counts[name] - 1)
            for name, row in zip(counts, points, strict=True)
        }
        zero = np.zeros(points.shape[1], int)
        chosen = np.array([level.get(name, zero) for name in self.choices])
        keys, which = np.unique(chosen, axis=1, return_inverse=True)
        places = len(next(iter(self.variants.values())).filled)
        found = np.empty((points.shape[1], places), np.uint16)
        for number, key in enumerate(keys.T):
            mine = np.flatnonzero(which.reshape(-1) == number)
            variant, drawn = self.variants[tuple(key)], self.drawn[tuple(key)]
            shares = np.repeat(variant.shares[:, None], len(mine), axis=1)
            for name, groups in self.weights.items():
                for rows in groups:
                    shares[rows] = drawn[np.ix_(rows, level[name][mine])]
            if self.without:
                shares = left_out(self.layout, shares, level["leave_out"][mine] - 1)
            found[mine] = batch.ranked(batch.scores(self.layout, variant, shares))
        return found


def sobol(
    figures: pd.DataFrame,
    table: pd.DataFrame | Tree,
    method: Method | None = None,
    doubt: Doubt | None = None,
    aggregate: Sequence[str] = AGGREGATIONS,
    by_group: bool = False,
    leave_out: bool = False,
    first: int = 5,
    n: int = POINTS,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how much of the variance of the ranks each choice accounts for.

    Sobol indices by the estimators of Saltelli et al. (2010), with percentile
    intervals of a bootstrap of the points. Errors in the figures are no factor here.

    Parameters
    ----------
    figures, table, method
        As :func:`model.composite.build`.
    doubt : Doubt, optional
        Weights, and levels besides the method's own; those that do not go with all
        others (z-scores with geometric means) are left out.
    aggregate : sequence of str
        The mean of the groups (of the indicators, where there are no groups).
    by_group : bool
        A factor for the weights of each group, instead of one for all.
    leave_out : bool
        A further factor leaves out no indicator, or any one of them.
    first : int
        Places, the first by the method as it is, whose ranks are measures too.
    n : int
        A power of 2.
    seed : int

    Returns
    -------
    DataFrame
        Columns ``factor``, ``measure`` (``SHIFT`` or a place), ``first``,
        ``first_low``, ``first_high``, ``total``, ``total_low`` and ``total_high``; the
        interval holds 95%. 0 where a measure does not vary.
    """
    model = _model(figures, table, method, doubt, aggregate, by_group, leave_out, seed)
    own = model.variants[(0,) * len(model.choices)]
    values = batch.scores(model.layout, own, own.shares[:, None])
    reference = batch.ranked(values)[0].astype(int)
    top = np.argsort(reference)[:first]
    factors = list(model.levels)
    if not factors:
        return pd.DataFrame(columns=["factor", "measure", *COLUMNS])

    def measures(points: np.ndarray) -> np.ndarray:
        ranks = model.ranks(points)
        shift = np.abs(ranks - reference).mean(axis=1)
        return np.vstack([shift, ranks[:, top].T])

    found = decomposed(measures, len(factors), n, seed)
    labels = [SHIFT, *figures.index[top]]
    pairs = [(factor, label) for label in labels for factor in factors]
    held = pd.DataFrame(pairs, columns=["factor", "measure"])
    return held.join(pd.DataFrame(found.reshape(len(pairs), -1), columns=[*COLUMNS]))


def _model(
    figures: pd.DataFrame,
    table: pd.DataFrame | Tree,
    method: Method | None,
    doubt: Doubt | None,
    aggregate: Sequence[str],
    by_group: bool,
    leave_out: bool,
    seed: int,
) -> Model:
    """Compute the figures under every choice; parameters as :func:`sobol`."""
    method, doubt = method or Method(), doubt or Doubt()
    tree = table if isinstance(table, Tree) else Tree(table)
    layout, steps = Layout.of(tree), Steps(figures, tree)
    mean = "across" if len(tree.groups) > 1 else "within"
    offered = {
        mean: aggregate,
        "outliers": doubt.outliers,
        "normalise": doubt.normalise,
        "missing": doubt.missing,
    }
    choices, variants = _choices(steps, method, offered)
    drawn = {}
    for key, variant in variants.items():
        base = np.repeat(variant.shares[:, None], DRAWN, axis=1)
        rng = np.random.default_rng(seed)
        drawn[key] = robustness.weights(rng, layout, base, doubt)
    weights: dict[str, list[np.ndarray]] = {}
    own = next(iter(variants.values()))
    for name, (_, rows) in zip(tree.groups, layout.groups, strict=True):
        if (own.shares[rows] > 0).sum() > 1 and (doubt.spread or doubt.any_weights):
            label = f"weights {name}" if by_group and name != ROOT else "weights"
            weights.setdefault(label, []).append(rows)
    without = len(tree.leaves) if leave_out else 0
    return Model(layout, variants, drawn, choices, weights, without)


def _choices(
    steps: Steps, method: Method, offered: dict[str, Sequence[str]]
) -> tuple[Choices, Variants]:
    """Return the levels that go with all others, and the figures of each choice."""
    choices: Choices = {name: (getattr(method, name),) for name in offered}
    variants = _combined(steps, method, choices)
    for name, levels in offered.items():
        for level in levels:
            if level in choices[name]:
                continue
            more = {**choices, name: (*choices[name], level)}
            try:
                variants = _combined(steps, method, more)
            except CompositeError as error:
                if error.kind not in batch.INADMISSIBLE:
                    raise
                continue
            choices = more
    return choices, variants


def _combined(steps: Steps, method: Method, choices: Choices) -> Variants:
    found = {}
    for key in product(*(range(len(levels)) for levels in choices.values())):
        values = {
            name: choices[name][at] for name, at in zip(choices, key, strict=True)
        }
        found[key] = steps.variant(replace(method, **values))
    return found


def left_out(layout: Layout, shares: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """Return shares with an indicator left out; the others keep their proportions.

    Parameters
    ----------
    layout : Layout
    shares : ndarray of shape (N, D)
    gone : ndarray of int, shape (D,)
        The indicator that each draw leaves out, -1 for none.

    Returns
    -------
    ndarray of shape (N, D)
    """
    shares = shares.copy()
    some = np.flatnonzero(gone >= 0)
    shares[layout.leaves[gone[some]], some] = 0.0
    for group, rows in layout.groups:
        whole = shares[rows].sum(axis=0)
        shares[rows] /= np.where(whole > 0, whole, 1.0)
        if group < len(shares):
            # A group that has nothing left is left out itself.
            shares[group, whole <= 0] = 0.0
    return shares


def leave_one_out(index: Index) -> pd.DataFrame:
    """Return how the ranks shift when an indicator is left out.

    The others keep the proportions of their weights (those that the figures suggest
    are not computed again); a group that has nothing left is left out itself.

    Parameters
    ----------
    index : Index

    Returns
    -------
    DataFrame
        Indexed by indicator; columns ``mean`` (average absolute shift in rank),
        ``largest``, ``place`` (whose; missing where nothing moves), ``first_10`` and
        ``first_20``: how many of the first 10 and 20 no longer are among them. NaN
        for the only indicator that weighs anything.
    """
    layout, leaves = Layout.of(index.tree), index.tree.leaves
    filled = index.filled[leaves].to_numpy(float)
    own = index.shares[index.tree.table.index].to_numpy(float)
    variant = Variant(index.method, filled, own, np.zeros(len(leaves)))
    gone = np.arange(-1, len(leaves))
    shares = left_out(layout, np.repeat(own[:, None], len(gone), axis=1), gone)
    ranks = batch.ranked(batch.scores(layout, variant, shares)).astype(int)
    reference, ranks = ranks[0], ranks[1:]
    shift = np.abs(ranks - reference)
    places = index.filled.index[shift.argmax(axis=1)]
    found = pd.DataFrame(
        {
            "mean": shift.mean(axis=1),
            "largest": shift.max(axis=1),
            "place": np.where(shift.any(axis=1), places, None),
        },
        index=leaves,
    )
    for first in FIRST:
        left = (reference <= first) & (ranks > first)
        found[f"first_{first}"] = left.sum(axis=1)
    nothing = np.isclose(layout.nominal(shares)[:, 1:].sum(axis=0), 0)
    return found[~nothing].reindex(leaves)


def overlaps(index: Index, least: float = 0.9) -> pd.DataFrame:
    """Return pairs of indicators that weigh something and say much the same.

    Parameters
    ----------
    index : Index
    least : float
        Of the absolute rank correlation (Spearman), over the places where both are
        observed.

    Returns
    -------
    DataFrame
        Columns ``one``, ``other``, ``correlation``, ``places`` (where both are
        observed), ``share`` (of the whole index, of both together) and ``same`` (equal
        after normalisation, gaps and all); the largest share first.
    """
    live = [name for name in index.tree.leaves if index.nominal[name] > 0]
    normal = index.normal[live]
    correlation = _correlation(normal, "spearman").to_numpy()
    there = normal.notna().to_numpy().astype(int)
    common = there.T @ there
    values = normal.to_numpy(float)
    rows = []
    for one, other in combinations(range(len(live)), 2):
        if not abs(correlation[one, other]) >= least:
            continue
        share = index.nominal[live[one]] + index.nominal[live[other]]
        same = np.allclose(values[:, one], values[:, other], equal_nan=True)
        found = correlation[one, other], common[one, other], share, same
        rows.append((live[one], live[other], *found))
    columns = ["one", "other", "correlation", "places", "share", "same"]
    pairs = pd.DataFrame(rows, columns=columns)
    return pairs.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def effective_number(index: Index) -> float:
    """Return how many independent indicators those that weigh something amount to.

    The participation ratio of the eigenvalues of their correlation matrix, their sum
    squared over the sum of their squares (Bell & Dean 1970, Discuss. Faraday Soc. 50):
    1 where all say the same, their number where none are correlated. Indicators that
    are the same everywhere do not count.
    """
    live = [name for name in index.tree.leaves if index.nominal[name] > 0]
    varied = [name for name in live if index.normal[name].nunique() > 1]
    # The sum of squared eigenvalues is that of all squared correlations.
    squares = _correlation(index.normal[varied], "pearson").to_numpy() ** 2
    apart = ~np.eye(len(varied), dtype=bool)
    return len(varied) ** 2 / max(len(varied) + float(np.nansum(squares[apart])), 1.0)


def _correlation(normal: pd.DataFrame, how: str) -> pd.DataFrame:
    """Return correlations over the places where both are observed, NaN for few."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return normal.corr(method=how, min_periods=LEAST_COMMON)


def reversals(
    figures: pd.DataFrame,
    table: pd.DataFrame | Tree,
    method: Method | None = None,
    progress: Progress = silent,
) -> pd.DataFrame:
    """Return how the order of the others changes when a place is left out.

    Scales, filled figures and weights that depend on who is compared reverse ranks;
    where :attr:`Index.keeps_order` nothing moves.

    Parameters
    ----------
    figures, table, method
        As :func:`model.composite.build`.
    progress : Progress

    Returns
    -------
    DataFrame
        Indexed by the place left out; columns ``pairs`` (of others in another order),
        ``moved`` (others with another rank among them) and ``largest`` (shift).
    """
    tree = table if isinstance(table, Tree) else Tree(table)
    layout = Layout.of(tree)

    def scored(some: pd.DataFrame) -> np.ndarray:
        variant = Steps(some, tree).variant(method or Method())
        return batch.scores(layout, variant, variant.shares[:, None])

    whole = scored(figures)
    rows = []
    for number in progress(range(len(figures)), "reversals", len(figures)):
        rest = np.delete(np.arange(len(figures)), number)
        before = batch.ranked(whole[:, rest])[0].astype(int)
        after = batch.ranked(scored(figures.iloc[rest]))[0].astype(int)
        now = after[np.argsort(before)]
        shift = np.abs(after - before)
        pairs = np.triu(now[:, None] > now).sum()
        rows.append((pairs, (shift > 0).sum(), shift.max(initial=0)))
    columns = ["pairs", "moved", "largest"]
    return pd.DataFrame(rows, figures.index, columns)
