"""How near a place is to a segment: in what it holds, whom it resembles, and where.

Everything is computed from one table of activity (segments x places), so a table that
leaves some activity out yields exactly what was known without it. Only linear algebra
of the segments' side (S x S) and of the kernels (P x P) is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd

from features.relatedness import proximity, specialised

EARTH_KM = 6371.0088
TINY = 1e-12
# Prefix of the columns that hold a place's percentile among a segment's candidates.
RANK = "rank:"
# What is compared between the candidates of a segment, beside its value.
# By the first letters of its name.
RANKED = (
    *("density", "segment_knn", "place_knn", "ease", "graph_filter", "low_pass"),
    *("near_own", "near_density", "near_family", "profile_fit"),
    *("family_count", "family_others", "place_total"),
)


@dataclass(frozen=True)
class Activity:
    """What is known of segments and places.

    Attributes
    ----------
    counts : ndarray of shape (S, P)
        Activity of each segment that is to be ranked, in each place.
    context : ndarray of shape (C, P), optional
        Activity that is known but not ranked.
    families : tuple of ndarray of int, shape (S,)
        Family of each segment, from the coarsest level to the finest; -1 unknown.
    context_families : tuple of ndarray of int, shape (C,)
        The same of the context rows; as many levels as ``families``, or none.
    coordinates : ndarray of shape (P, 2), optional
        Longitude and latitude in degrees; NaN where unknown.
    parent : ndarray of int, shape (P,), optional
        The larger place each place lies in; -1 unknown.
    """

    counts: np.ndarray
    context: np.ndarray | None = None
    families: tuple[np.ndarray, ...] = ()
    context_families: tuple[np.ndarray, ...] = ()
    coordinates: np.ndarray | None = None
    parent: np.ndarray | None = None

    @property
    def known(self) -> np.ndarray:
        """All activity, ranked segments first, shape (S + C, P)."""
        if self.context is None:
            return self.counts
        return np.vstack([self.counts, self.context])

    def family(self, level: int) -> np.ndarray:
        """Return the family of each row of :attr:`known`, shape (S + C,)."""
        others = len(self.known) - len(self.counts)
        rest = np.full(others, -1)
        if self.context_families:
            rest = self.context_families[level]
        return np.concatenate([self.families[level], rest]).astype(int)


@dataclass(frozen=True)
class Scales:
    """How far and how finely likeness reaches.

    Attributes
    ----------
    bandwidths : tuple of float
        Standard deviations of the Gaussian kernels, km, ascending; the middle one
        also smooths densities, families and profiles.
    neighbours : int
        Segments or places a nearest-neighbour score is summed over.
    dimensions : tuple of int
        Eigenvectors that each low-pass filter keeps.
    ridge : float
        Penalty of the EASE regressions.
    """

    bandwidths: tuple[float, ...] = (0.3, 1.0, 3.0)
    neighbours: int = 50
    dimensions: tuple[int, ...] = (32, 96)
    ridge: float = 200.0

    @property
    def middle(self) -> float:
        """The bandwidth of everything that is smoothed once."""
        return self.bandwidths[len(self.bandwidths) // 2]


@dataclass(frozen=True)
class Affinities:
    """Named features of every pair; percentiles are computed when asked for.

    Attributes
    ----------
    values : dict of ndarray of float32, shape (S, P)
        What depends on the place or the segment alone is a broadcast view.
    columns : list of str
        Names of the values, then of the percentiles.
    """

    values: dict[str, np.ndarray]
    columns: list[str] = field(init=False)

    def __post_init__(self) -> None:
        ranked = [name for name in self.values if name.startswith(RANKED)]
        object.__setattr__(self, "columns", [*self.values, *(RANK + n for n in ranked)])

    def array(self, segment: int, columns: list[str] | None = None) -> np.ndarray:
        """Return the features of every place for a segment.

        Returns
        -------
        ndarray of float32, shape (P, len(columns))
            A percentile is in (0, 1], the mean of its range among ties.
        """
        names = self.columns if columns is None else columns
        found = np.stack(
            [self.values[n.removeprefix(RANK)][segment] for n in names], axis=1
        )
        ranked = [i for i, name in enumerate(names) if name.startswith(RANK)]
        if ranked:
            found[:, ranked] = pd.DataFrame(found[:, ranked]).rank(pct=True)
        return found


def affinities(activity: Activity, scales: Scales | None = None) -> Affinities:
    """Return every feature of every pair of segment and place.

    Parameters
    ----------
    activity : Activity
    scales : Scales, optional

    Returns
    -------
    Affinities
        After ``@`` stands the bandwidth (km), the level of families, or what of the
        activity is looked at (amount or presence) and the dimensions kept.
    """
    scales = scales or Scales()
    shape = activity.counts.shape
    parts = chain(
        _sizes(activity),
        _relatedness(activity, scales),
        _families(activity),
        _parents(activity),
        _near(activity, scales),
    )
    return Affinities(
        {n: np.broadcast_to(np.asarray(v, np.float32), shape) for n, v in parts}
    )


Named = Iterator[tuple[str, np.ndarray]]


def _sizes(activity: Activity) -> Named:
    """Yield how much there is of a segment, of a place, and of the pair."""
    counts, known = activity.counts, activity.known
    size = counts.sum(axis=1, keepdims=True)
    spread = (counts > 0).sum(axis=1, keepdims=True)
    yield "segment_size", np.log1p(size)
    yield "segment_repeat", size / np.maximum(spread, 1)
    yield "place_total", np.log1p(known.sum(axis=0))
    yield "place_segments", np.log1p((counts > 0).sum(axis=0))
    yield "place_context", np.log1p(known[len(counts) :].sum(axis=0))
    yield "own_count", counts
    yield "own_share", counts / np.maximum(size, 1.0)


def cosine(rows: np.ndarray) -> np.ndarray:
    """Return the cosine of each pair of rows, shape (N, N); 0 for an empty row."""
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), TINY)
    return unit @ unit.T


def nearest(likeness: np.ndarray, k: int) -> np.ndarray:
    """Return the likeness of each row's ``k`` likest others, 0 elsewhere."""
    likeness = likeness.copy()
    np.fill_diagonal(likeness, 0.0)
    if k < len(likeness):
        cut = np.partition(likeness, -k, axis=1)[:, -k]
        likeness[likeness < cut[:, None]] = 0.0
    return likeness


def _relatedness(activity: Activity, scales: Scales) -> Named:
    """Yield what the other segments of a place, and places like it, say."""
    known, S = activity.known, len(activity.counts)
    amount, presence = np.log1p(known), (known > 0).astype(float)
    phi = proximity(known)[:S]
    np.fill_diagonal(phi, 0.0)
    weight = np.maximum(phi.sum(axis=1, keepdims=True), TINY)
    yield "density_others", phi @ amount / weight
    yield "density", (phi @ amount + amount[:S]) / (weight + 1.0)
    yield "density_specialised", phi @ specialised(known) / weight
    for name, held in (("amount", amount), ("presence", presence)):
        alike = nearest(cosine(held), scales.neighbours)[:S]
        near = np.maximum(alike.sum(axis=1, keepdims=True), TINY)
        yield f"segment_knn@{name}", alike @ held / near
    alike = nearest(cosine(amount.T), scales.neighbours)
    yield "place_knn", amount[:S] @ alike.T
    yield "ease_places", ease(presence, scales.ridge)[:S]
    yield "ease_segments", ease(presence.T, scales.ridge).T[:S]
    for name, held in (("amount", known), ("presence", presence)):
        yield from graph_filters(held, S, scales.dimensions, name)


def ease(users: np.ndarray, ridge: float) -> np.ndarray:
    """Return each user's items regressed on their other items.

    EASE (Steck 2019, WWW): ridge regression of every item on all others, in closed
    form. By the Woodbury identity the inverse is of the smaller side.

    Parameters
    ----------
    users : ndarray of shape (N, M)
        Users x items.
    ridge : float
        Penalty.
    """
    if users.shape[0] > users.shape[1]:
        inverse = np.linalg.inv(users.T @ users + ridge * np.eye(users.shape[1]))
        through, diagonal = users @ inverse, np.diag(inverse)
    else:
        gram = users @ users.T + ridge * np.eye(len(users))
        through = np.linalg.solve(gram, users)
        diagonal = (1.0 - (users * through).sum(axis=0)) / ridge
    return users - through / np.maximum(diagonal, TINY)


def graph_filters(
    known: np.ndarray, S: int, dimensions: tuple[int, ...], name: str
) -> Named:
    """Yield filters of the graph of segments and places.

    GF-CF (Shen et al. 2021, CIKM): with ``R`` the activity divided by the roots of
    its segment's and place's sums, the linear filter is ``R'R`` and the ideal
    low-pass keeps the first eigenvectors of it. ``graph_filter_far`` is the linear
    filter passed twice, as by two layers of LightGCN (He et al. 2020, SIGIR).
    """
    segment = np.sqrt(np.maximum(known.sum(axis=1, keepdims=True), TINY))
    place = np.sqrt(np.maximum(known.sum(axis=0, keepdims=True), TINY))
    R = np.where(known > 0, known / segment / place, 0.0)
    gram = R @ R.T
    share = np.where(known > 0, known / segment, 0.0)[:S]
    linear = share @ R.T
    yield f"graph_filter@{name}", linear @ R
    yield f"graph_filter_far@{name}", linear @ gram @ R
    strength, vectors = np.linalg.eigh(gram)
    for kept in dimensions:
        top = np.argsort(strength)[::-1][:kept]
        top = top[strength[top] > 1e-9]
        basis = (R.T @ vectors[:, top]) / np.sqrt(strength[top])
        yield f"low_pass@{name} {kept}", (share / place @ basis) @ basis.T * place


def _families(activity: Activity) -> Named:
    """Yield what a place holds of a segment's family, at each level."""
    known, S = activity.known, len(activity.counts)
    total = known.sum(axis=0)
    for level in range(len(activity.families)):
        rows, own = family_counts(activity, level)
        count = rows[own]
        overall = count.sum(axis=1, keepdims=True) / max(total.sum(), TINY)
        expected = overall * total
        yield f"family_count@{level}", np.log1p(count)
        yield (
            f"family_others@{level}",
            np.log1p(count - known[:S] * (own >= 0)[:, None]),
        )
        yield f"family_share@{level}", count / np.maximum(total, 1.0)
        yield f"family_quotient@{level}", np.log((count + 0.5) / (expected + 0.5))


def family_counts(activity: Activity, level: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the activity of each family, and the row of each segment's.

    Returns
    -------
    rows : ndarray of shape (F + 1, P)
        The last row is of no family: zeros.
    own : ndarray of int, shape (S,)
        -1 for a segment without a family.
    """
    names = activity.family(level)
    rows = np.zeros((names.max(initial=-1) + 2, activity.counts.shape[1]))
    np.add.at(rows, names[names >= 0], activity.known[names >= 0])
    return rows, names[: len(activity.counts)]


def _parents(activity: Activity) -> Named:
    """Yield what the larger place around holds, beside the place itself."""
    if activity.parent is None:
        return
    known, counts = activity.known, activity.counts
    member = activity.parent[None, :] == np.unique(activity.parent)[:, None]
    member = member * (activity.parent >= 0)
    total = known.sum(axis=0)
    inside = member.any(axis=0)
    yield "parent_total", np.log1p((total @ member.T) @ member - total * inside)
    yield "parent_own", (counts @ member.T) @ member - counts * inside


def distances(coordinates: np.ndarray) -> np.ndarray:
    """Return great-circle distances in km, shape (P, P); infinite where unknown."""
    lon, lat = np.radians(coordinates).T
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return np.where(np.isnan(km), np.inf, km)


def kernel(km: np.ndarray, bandwidth: float) -> np.ndarray:
    """Return Gaussian weights of the other places, shape (P, P), 0 of the own."""
    weight = np.exp(-0.5 * (km / bandwidth) ** 2)
    np.fill_diagonal(weight, 0.0)
    return weight


def _near(activity: Activity, scales: Scales) -> Named:
    """Yield what stands in the other places around."""
    if activity.coordinates is None:
        return
    counts, known = activity.counts, activity.known
    km = distances(activity.coordinates)
    total = known.sum(axis=0)
    size = np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    for bandwidth in scales.bandwidths:
        weight = kernel(km, bandwidth)
        own, everything = counts @ weight, total @ weight
        yield f"near_own@{bandwidth:g}", own
        yield f"near_total@{bandwidth:g}", np.log1p(everything)
        expected = size / max(total.sum(), TINY) * everything
        yield f"near_quotient@{bandwidth:g}", np.log((own + 0.3) / (expected + 0.3))
    yield "own_distance", np.log1p(own_distance(counts, km))
    weight = kernel(km, scales.middle)
    S = len(counts)
    around = np.log1p(known) @ (weight / np.maximum(weight.sum(axis=0), TINY))
    phi = proximity(known)[:S]
    np.fill_diagonal(phi, 0.0)
    yield "near_density", phi @ around / np.maximum(phi.sum(axis=1)[:, None], TINY)
    for level in range(len(activity.families)):
        rows, own_row = family_counts(activity, level)
        yield f"near_family@{level}", np.log1p(rows @ weight)[own_row]
    if activity.families:
        rows, _ = family_counts(activity, len(activity.families) - 1)
        yield "profile_fit", profile_fit(counts, rows + rows @ weight)


def own_distance(counts: np.ndarray, km: np.ndarray) -> np.ndarray:
    """Return km to the nearest other place with the segment, shape (S, P).

    NaN where there is none, or where the place's coordinates are unknown.
    """
    km = km.copy()
    np.fill_diagonal(km, np.inf)
    found = np.full(counts.shape, np.inf)
    for row, held in enumerate(counts > 0):
        if held.any():
            found[row] = km[held].min(axis=0)
    return np.where(np.isinf(found), np.nan, found)


def profile_fit(counts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return how like the mix of a place is to that of the segment's places.

    The cosine between a place's log family counts and their mean over the segment's
    places, both less the mean of all places.

    Parameters
    ----------
    counts : ndarray of shape (S, P)
    rows : ndarray of shape (F, P)
        Family activity in and around each place.
    """
    mix = np.log1p(rows)
    mix = mix - mix.mean(axis=1, keepdims=True)
    mix /= np.maximum(np.linalg.norm(mix, axis=0), TINY)
    held = np.log1p(counts)
    # The place itself is left out of the segment's mean.
    size = np.maximum(held.sum(axis=1, keepdims=True) - held, TINY)
    return (held @ mix.T @ mix - held * (mix**2).sum(axis=0)) / size
