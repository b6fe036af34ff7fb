"""Variants of the presence part and of how the two parts are joined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data.catalog import sum_up
from features import FeatureTable
from features import history as past
from features.affinity import distances, kernel
from features.as_of import months_between
from features.relatedness import proximity
from model import presence, task
from model.evaluate import blind
from tests.bench.variants_view import View, add, standard, variant

NEAR_KM = 50.0
# Weights of what is added to the score, in standard deviations; not tuned.
NEAR_WEIGHT = 0.3
PARENT_WEIGHT = 0.3
# Places that the prior of a parent's effect counts for.
PARENT_PRIOR = 5.0


@variant("recipe", "the recipe in use: presence plus fundamentals, weight 1")
def shipped(view: View) -> np.ndarray:
    return view.shipped


@variant("parts", "presence alone")
def presence_alone(view: View) -> np.ndarray:
    return view.presence


@variant("parts", "fundamentals alone")
def fundamentals_alone(view: View) -> np.ndarray:
    return view.fundamentals


@variant("segment", "the mean over all segments: does not know which is asked for")
def segment_blind(view: View) -> np.ndarray:
    return blind(view.shipped)["segment_blind"]


@variant("segment", "the mean over all other segments")
def other_segments(view: View) -> np.ndarray:
    return blind(view.shipped)["other_segments"]


def _weighted(weight: float) -> None:
    add(
        f"weight_{weight:g}",
        "weight",
        f"fundamentals weigh {weight:g}",
        lambda view: view.presence + weight * view.fundamentals,
    )


for _weight in (0.5, 0.75, 1.5, 2.0):
    _weighted(_weight)


def with_terms(view: View, **weights: float) -> np.ndarray:
    """Return the shipped score with some presence terms multiplied."""
    terms = presence.terms(view.table)
    there = sum(weights.get(name, 1.0) * term for name, term in terms.items())
    return there + view.fundamentals


@variant("presence", "presence without the lean on the segment")
def no_lean(view: View) -> np.ndarray:
    return with_terms(view, specialisation=0.0)


@variant("presence", "presence with the lean counted twice")
def double_lean(view: View) -> np.ndarray:
    return with_terms(view, specialisation=2.0)


@variant("presence", "presence without what reports state")
def no_stated(view: View) -> np.ndarray:
    return with_terms(view, stated=0.0)


def faded(
    view: View, level: str, outcomes: pd.DataFrame, half_life: float
) -> np.ndarray:
    """Return outcomes that count the less the older they are, shape (S, P)."""
    months = {m: months_between(m, view.as_of) for m in set(outcomes["month"])}
    age = outcomes["month"].map(months).to_numpy(float)
    weight = np.maximum(past.FLOOR, 0.5 ** (age / half_life))
    places = past.candidates(view.known.places, level)
    return past.counts(
        outcomes.assign(count=outcomes["count"].to_numpy() * weight),
        level,
        view.known.segments.index,
        places,
    )


def with_activity(view: View, outcomes: pd.DataFrame, half_life: float) -> FeatureTable:
    """Return the table with the activity of other outcomes, or faded otherwise."""
    table = view.table
    here = faded(view, view.level, outcomes, half_life)
    city = table.city
    if city is not None:
        city = replace(city, activity=faded(view, "city", outcomes, half_life))
    return replace(table, history=replace(table.history, activity=here), city=city)


def from_activity(view: View, outcomes: pd.DataFrame, half_life: float) -> np.ndarray:
    """Return the shipped score with the presence of another activity."""
    terms = presence.terms(with_activity(view, outcomes, half_life))
    return np.sum(list(terms.values()), axis=0) + view.fundamentals


@variant("fading", "no fading: an outcome of any age counts the same")
def no_fading(view: View) -> np.ndarray:
    return from_activity(view, view.known.outcomes, np.inf)


@variant("fading", "outcomes lose half their weight in 6 months, not 12")
def half_life_6(view: View) -> np.ndarray:
    return from_activity(view, view.known.outcomes, 6.0)


@variant("fading", "outcomes lose half their weight in 24 months, not 12")
def half_life_24(view: View) -> np.ndarray:
    return from_activity(view, view.known.outcomes, 24.0)


def events(view: View, first: bool) -> pd.DataFrame:
    """Return outcomes of firms new to the place, or of those there already."""
    firms = view.known.firms
    began = firms.groupby(["place", "firm"])["month"].transform("min")
    chosen = firms[(firms["month"] == began) == first]
    return sum_up(chosen.assign(count=1.0), view.known.places)


@variant("firms", "presence from firms' entries into a place alone")
def firm_entry(view: View) -> np.ndarray:
    return from_activity(view, events(view, True), past.HALF_LIFE)


@variant("firms", "presence from what firms file after their entry alone")
def repeat_filers(view: View) -> np.ndarray:
    return from_activity(view, events(view, False), past.HALF_LIFE)


def with_density(
    view: View, phi: np.ndarray, own: float = 1.0, held: np.ndarray | None = None
) -> np.ndarray:
    """Return the shipped score with another density of activity.

    Parameters
    ----------
    view : View
    phi : ndarray of shape (S, S)
        Proximity of the segments; the diagonal is not looked at.
    own : float
        Proximity of a segment to itself.
    held : ndarray of shape (S, P), optional
        What is counted, in place of the log of the activity.
    """
    held = np.log1p(view.table.history.activity) if held is None else held
    phi = phi.copy()
    np.fill_diagonal(phi, own)
    density = phi @ held / np.maximum(phi.sum(axis=1, keepdims=True), 1e-12)
    rest = with_terms(view, same_segment=0.0, related_segments=0.0)
    return standard(density) + rest


@variant("relatedness", "the segment's own activity left out of the density")
def own_left_out(view: View) -> np.ndarray:
    return with_density(view, presence.kinship(view.table), own=0.0)


@variant("relatedness", "the segment's own activity alone, no relatedness")
def own_alone(view: View) -> np.ndarray:
    return with_density(view, np.zeros((len(view.table.segments),) * 2))


@variant("relatedness", "every other segment equally near")
def all_alike(view: View) -> np.ndarray:
    return with_density(view, np.ones((len(view.table.segments),) * 2))


@variant("relatedness", "proximity of faded activity, not of all earlier outcomes")
def recent_proximity(view: View) -> np.ndarray:
    cities = view.table.city or view.table.history
    return with_density(view, proximity(cities.activity + view.table.said))


@variant("relatedness", "two segments are near when the same firms are in both")
def firm_proximity(view: View) -> np.ndarray:
    firms = view.known.firms
    grid = pd.crosstab(firms["segment"], firms["firm"])
    grid = grid.reindex(view.table.segments, fill_value=0)
    return with_density(view, proximity((grid.to_numpy() > 0).astype(float)))


@variant("relatedness", "two segments are near when in one layer of the reports")
def segment_families(view: View) -> np.ndarray:
    layer = view.known.segments["layer"].to_numpy()
    return with_density(view, (layer[:, None] == layer[None, :]).astype(float))


@variant("neighbours", "density of the other places within some 50 km added")
def spatial_neighbours(view: View) -> np.ndarray:
    held = np.log1p(view.table.history.activity @ near(view))
    phi = presence.kinship(view.table)
    np.fill_diagonal(phi, 1.0)
    return view.shipped + NEAR_WEIGHT * standard(phi @ held)


def coordinates(view: View) -> np.ndarray:
    """Return longitude and latitude of every candidate, shape (P, 2)."""
    places = view.known.places.loc[view.level]
    return places.loc[view.table.history.places, ["lon", "lat"]].to_numpy(float)


def near(view: View) -> np.ndarray:
    """Return Gaussian weights of the other places, shape (P, P)."""
    return kernel(distances(coordinates(view)), NEAR_KM)


@variant("neighbours", "what the parent's other places gained beyond presence, added")
def parent_effect(view: View) -> np.ndarray:
    effect = np.mean([_effect(view, *cutoff) for cutoff in _lessons(view)], axis=0)
    return view.shipped + PARENT_WEIGHT * standard(
        np.tile(effect, (len(view.shipped), 1))
    )


def _lessons(view: View) -> list[tuple[str, int]]:
    return task.training_cutoffs(view.as_of, view.level)[-4:]


def parents(view: View) -> np.ndarray:
    """Return each district's city, or each city's province; -1 where there is none."""
    if view.level == "district":
        return view.table.parent
    places = view.known.places.loc[view.level]
    return pd.factorize(places.loc[view.table.history.places, "province"])[0]


def _effect(view: View, cutoff: str, months: int) -> np.ndarray:
    """Return the shrunk mean residual of the parent's other places, shape (P,).

    Residuals are of the log of a place's outcomes in the lesson on the log of its
    activity before; the place itself is left out of its parent's mean.
    """
    held = np.log1p(view.at(cutoff).table.history.activity.sum(axis=0))
    gained = np.log1p(view.outcomes(cutoff, months).sum(axis=0))
    rest = gained - np.polyval(np.polyfit(held, gained, 2), held)
    parent = parents(view)
    inside = parent >= 0
    size = parent.max() + 1
    total = np.bincount(parent[inside], rest[inside], size)
    count = np.bincount(parent[inside], minlength=size)
    mean = (total[parent] - rest) / (count[parent] - 1 + PARENT_PRIOR)
    return np.where(inside, mean, 0.0)


def heads(view: View) -> np.ndarray:
    """Return the population of every candidate in that of the middle one."""
    count = view.table.values[view.level]["population"].to_numpy(float)
    middle = np.nanmedian(count)
    return np.nan_to_num(count, nan=middle) / middle


@variant("denominators", "density of activity for each head of population")
def per_head(view: View) -> np.ndarray:
    held = np.log1p(view.table.history.activity / heads(view))
    return with_density(view, presence.kinship(view.table), held=held)


@variant("denominators", "the same, small places shrunk to the middle population")
def per_head_shrunk(view: View) -> np.ndarray:
    held = np.log1p(view.table.history.activity / (1.0 + heads(view)))
    return with_density(view, presence.kinship(view.table), held=held)
