"""How sure is the order? The index is computed many times over, each time otherwise.

Every draw takes other weights, another normalisation, another figure for the gaps and,
where asked, errors in the figures, and ranks all places again (Saisana, Saltelli &
Tarantola 2005, JRSS A 168). Chances of ranks and the weights that put a place first
are those of SMAA-2 (Lahdelma & Salminen 2001, Oper. Res. 49).

Draws that share their figures are computed together (:mod:`model.batch`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import pandas as pd

from model import batch
from model.batch import Layout, Steps, Variant
from model.composite import Method, Tree
from model.intervals import COVERAGE, quantiles
from model.progress import Progress, silent
from model.scaling import MISSING, NORMALISATIONS, OUTLIERS, CompositeError

DRAWS = 2000
# Beyond this a Dirichlet of two has its weight at the ends, and gammas underflow.
MOST_SPREAD = 0.9


@dataclass(frozen=True, eq=False)
class Doubt:
    """What might as well have been chosen, or measured, otherwise.

    Attributes
    ----------
    spread : float
        Of the weights in each group, relative to the given ones: the root mean square
        (each weight counting as much as it weighs) of their relative deviations, from
        0 to ``MOST_SPREAD``. They come from a Dirichlet distribution around the given
        ones, of concentration ``(K - 1) / spread**2 - 1`` for K weights.
    any_weights : bool
        Instead, any weights are as likely as any other (uniform on the simplex of each
        group). A weight of 0 stays 0 either way.
    normalise, missing, outliers : tuple of str
        Taken besides the method's own, all equally often; what the figures do not
        admit is left out.
    errors : DataFrame of shape (P, L), optional
        Standard deviation of each figure, missing ones with what stands for them, on
        the scale of the method's own normalisation (on another: as large next to the
        deviation of the column). Absent and NaN are 0. Errors are normal and
        independent; a geometric mean takes no figure below 0.
    """

    spread: float = 0.25
    any_weights: bool = False
    normalise: tuple[str, ...] = ("min_max", "z_score", "rank", "best")
    missing: tuple[str, ...] = MISSING
    outliers: tuple[str, ...] = ()
    errors: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.spread <= MOST_SPREAD:
            raise CompositeError("bad_spread", str(self.spread))
        offered = {
            "normalise": NORMALISATIONS,
            "missing": MISSING,
            "outliers": OUTLIERS,
        }
        for name, choices in offered.items():
            for value in getattr(self, name):
                if value not in choices:
                    raise CompositeError("unknown_method", f"{name}={value}")


NO_DOUBT = Doubt(spread=0.0, normalise=(), missing=())


def alternatives(method: Method, doubt: Doubt) -> list[Method]:
    """Return the methods that a doubt admits, the method itself first."""
    names = ("outliers", "normalise", "missing")
    choices = [
        dict.fromkeys((getattr(method, name), *getattr(doubt, name))) for name in names
    ]
    found = []
    for values in product(*choices):
        try:
            found.append(replace(method, **dict(zip(names, values, strict=True))))
        except CompositeError:
            # A normalisation that the method's means or weights cannot take.
            continue
    return found


def weights(
    rng: np.random.Generator, layout: Layout, base: np.ndarray, doubt: Doubt
) -> np.ndarray:
    """Return shares drawn around others.

    Parameters
    ----------
    rng : Generator
    layout : Layout
    base : ndarray of shape (N, D)
        Share of each row in its group, in each draw.
    doubt : Doubt

    Returns
    -------
    ndarray of shape (N, D)
    """
    shares = base.copy()
    if not (doubt.spread or doubt.any_weights):
        return shares
    for _, children in layout.groups:
        mean = base[children]
        live = mean > 0
        if doubt.any_weights:
            raw = rng.standard_exponential(mean.shape) * live
        else:
            free = live.sum(axis=0) - 1
            # A weight by itself is the whole of its group, whatever is drawn.
            concentration = np.where(free > 0, free / doubt.spread**2 - 1, 1.0)
            raw = rng.standard_gamma(concentration * mean)
        shares[children] = raw / raw.sum(axis=0)
    return shares


@dataclass(frozen=True, eq=False)
class Draws:
    """The ranks of some places in every draw.

    Attributes
    ----------
    places : Index
        P places.
    indicators : list of str
        L indicators.
    ranks : ndarray of uint16, shape (D, P)
        Each row holds every rank 1..P once.
    weights : ndarray of float32, shape (D, L)
        Of each indicator in the whole index; rows sum to 1.
    methods : list of Method
        The methods taken.
    used : ndarray of uint16, shape (D,)
        Which of them each draw took; they come one after the other.
    """

    places: pd.Index
    indicators: list[str]
    ranks: np.ndarray
    weights: np.ndarray
    methods: list[Method]
    used: np.ndarray

    @cached_property
    def median(self) -> pd.Series:
        """Median rank of each place."""
        return pd.Series(np.median(self.ranks, axis=0), self.places)

    def range(self, coverage: float = COVERAGE) -> pd.DataFrame:
        """Return the ranks ``low`` to ``high`` that hold most of a place's draws."""
        low, high = quantiles(self.ranks, coverage)
        return pd.DataFrame({"low": low, "high": high}, self.places)

    @cached_property
    def acceptability(self) -> pd.DataFrame:
        """Chance of each place (rows) for each rank 1..P (columns)."""
        count = len(self.places)
        cells = np.arange(count) * count + self.ranks - 1
        found = np.bincount(cells.ravel(), minlength=count * count)
        chances = found.reshape(count, count) / len(self.ranks)
        return pd.DataFrame(chances, self.places, np.arange(1, count + 1))

    def among(self, places: pd.Index | pd.Series) -> Draws:
        """Return the ranks that some of the places have among themselves."""
        chosen = pd.Index(places)
        mine = self.ranks[:, self.places.get_indexer(chosen)]
        ranks = batch.ranked(-mine.astype(float))
        return replace(self, places=chosen, ranks=ranks)

    def chances(self, places: pd.Index, last: int) -> pd.DataFrame:
        """Return the chance of some places (rows) for each rank 1..``last``."""
        mine = self.ranks[:, self.places.get_indexer(places)]
        columns = np.arange(1, min(last, len(self.places)) + 1)
        held = [(mine == rank).mean(axis=0) for rank in columns]
        return pd.DataFrame(np.transpose(held), places, columns)

    def chance_first(self, first: int) -> pd.Series:
        """Return the chance of each place to be among the ``first``."""
        return pd.Series(np.mean(self.ranks <= first, axis=0), self.places)

    @cached_property
    def central(self) -> pd.DataFrame:
        """Mean weights that put each place first, (P, L); NaN where none does."""
        best = self.ranks.argmin(axis=1)
        drawn = pd.DataFrame(self.weights.astype(float), columns=self.indicators)
        mean = drawn.groupby(best).mean().reindex(range(len(self.places)))
        return mean.set_index(self.places)


@dataclass(frozen=True, eq=False)
class Prepared:
    """All that draws share: the figures under every method, and what is in doubt."""

    places: pd.Index
    indicators: list[str]
    layout: Layout
    variants: list[Variant]
    doubt: Doubt


def prepare(
    figures: pd.DataFrame,
    table: pd.DataFrame | Tree,
    method: Method | None = None,
    doubt: Doubt | None = None,
) -> Prepared:
    """Compute the figures under every method; parameters as :func:`simulate`."""
    doubt = doubt or Doubt()
    tree = table if isinstance(table, Tree) else Tree(table)
    steps = Steps(figures, tree)
    variants = steps.admissible(alternatives(method or Method(), doubt))
    if doubt.errors is not None:
        errors = _errors(doubt.errors, figures.index, tree.leaves)
        own = variants[0].width
        variants = [
            replace(one, errors=errors * _ratio(one.width, own)) for one in variants
        ]
    return Prepared(figures.index, tree.leaves, Layout.of(tree), variants, doubt)


def _errors(errors: pd.DataFrame, places: pd.Index, leaves: list[str]) -> np.ndarray:
    """Return standard deviations of errors in the order of places and indicators."""
    strange = errors.columns.difference(leaves)
    if len(strange):
        raise CompositeError("no_indicator", str(strange[0]))
    if (errors < 0).to_numpy().any():
        raise CompositeError("bad_error", str(errors.columns[(errors < 0).any()][0]))
    return errors.reindex(index=places, columns=leaves).fillna(0.0).to_numpy(float)


def _ratio(width: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Return how much wider columns are than on the method's own scale."""
    # A column without figures, or the same everywhere, is as wide on any scale.
    return np.divide(width, own, where=own > 0, out=np.ones(len(own)))


def draw(
    prepared: Prepared, draws: int = DRAWS, seed: int = 0, progress: Progress = silent
) -> Draws:
    """Draw from prepared figures; parameters as :func:`simulate`."""
    rng = np.random.default_rng(seed)
    layout, variants = prepared.layout, prepared.variants
    size = np.full(len(variants), draws // len(variants))
    size[rng.permutation(len(variants))[: draws % len(variants)]] += 1
    base = np.column_stack([variant.shares for variant in variants])
    shares = weights(rng, layout, np.repeat(base, size, axis=1), prepared.doubt)
    ranks = np.empty((draws, len(prepared.places)), np.uint16)
    end = 0
    steps = zip(variants, size, strict=True)
    for variant, count in progress(steps, "draws", len(variants)):
        begin, end = end, end + count
        values = batch.scores(layout, variant, shares[:, begin:end], rng)
        ranks[begin:end] = batch.ranked(values)
    held = layout.nominal(shares).T.astype(np.float32)
    methods = [variant.method for variant in variants]
    used = np.repeat(np.arange(len(variants), dtype=np.uint16), size)
    return Draws(prepared.places, prepared.indicators, ranks, held, methods, used)


def simulate(
    figures: pd.DataFrame,
    table: pd.DataFrame | Tree,
    method: Method | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    doubt: Doubt | None = None,
    progress: Progress = silent,
) -> Draws:
    """Rank the places of an index many times over, each time computed otherwise.

    Every method is taken equally often (as far as ``draws`` allow), for the weights
    and errors drawn for it.

    Parameters
    ----------
    figures, table, method
        As :func:`model.composite.build`.
    draws : int
        D.
    seed : int
        Two runs with the same seed are identical.
    doubt : Doubt, optional
        By default near weights, every normalisation and every figure for gaps.
    progress : Progress

    Raises
    ------
    CompositeError
        As ``build`` with the method itself; when errors are negative or of an
        indicator that the table does not have.
    """
    return draw(prepare(figures, table, method, doubt), draws, seed, progress)


def confidence(
    prepared: Prepared, drawn: Draws, draws: int = 500, seed: int = 0
) -> pd.Series:
    """Return the chance of each place to be first with its central weights.

    The confidence factor of SMAA-2, over all else that is in doubt; NaN for a place
    that no weights put first.
    """
    found = pd.Series(np.nan, prepared.places)
    fixed = replace(prepared.doubt, spread=0.0, any_weights=False)
    for position, central in enumerate(drawn.central.to_numpy()):
        if np.isnan(central).any():
            continue
        shares = prepared.layout.shares(central)
        variants = [replace(one, shares=shares) for one in prepared.variants]
        again = draw(replace(prepared, variants=variants, doubt=fixed), draws, seed)
        found.iloc[position] = np.mean(again.ranks[:, position] == 1)
    return found
