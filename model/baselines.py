"""The rankings that every model must beat, from the same table."""

from __future__ import annotations

import numpy as np

from features import FeatureTable
from features.relatedness import density
from features.transform import standardise


def _for_all(values: np.ndarray, segments: int) -> np.ndarray:
    return np.repeat(np.asarray(values, float)[None, :], segments, axis=0)


def _unit(values: np.ndarray) -> np.ndarray:
    """Squeeze into [0, 1) so that it only breaks ties between whole counts."""
    return values / (values.max() + 1.0)


def rankings(table: FeatureTable) -> dict[str, np.ndarray]:
    """Return the score of every baseline, each of shape (segments, places).

    Population, GDP (cities), total earlier outcomes, total and new firms of the
    last twelve months, the same segment's earlier and recent outcomes (total as
    tie-break), relatedness density, and the equal-weight composite index.
    """
    past = table.history
    count = len(past.segments)
    total = past.total.sum(axis=0)
    recent = past.recent.sum(axis=0)
    scores = {
        "population": _for_all(_figure(table, "size:population"), count),
        "total": _for_all(total, count),
        "total_12m": _for_all(recent, count),
        "new_firms_12m": _for_all(past.new_firms, count),
        "same_segment": past.total + _unit(total),
        "same_segment_12m": past.recent + _unit(total),
        "density": density(past.total),
        "composite": _for_all(composite(table), count),
    }
    if table.level == "city":
        scores["gdp"] = _for_all(_figure(table, "size:gdp"), count)
    return scores


def _figure(table: FeatureTable, column: str) -> np.ndarray:
    if column not in table.place:
        return np.zeros(len(table.history.places))
    return table.place[column].fillna(table.place[column].min()).fillna(0).to_numpy()


def composite(table: FeatureTable) -> np.ndarray:
    """Return the equal-weight index: mean z-score of each pillar, then of pillars.

    Missing figures count as the mean of those observed.
    """
    own = [
        name
        for name in table.place
        if not name.startswith(("city:", "observed:", "share:"))
    ]
    z = standardise(table.place[own])
    lineage = table.lineage.loc[own]
    signed = z * lineage["direction"].to_numpy()
    by_pillar = signed.T.groupby(lineage["pillar"].to_numpy()).mean()
    return by_pillar.mean(axis=0).to_numpy()


def segment_rankings(table: FeatureTable) -> dict[str, np.ndarray]:
    """Return the baselines of task ``fit``: scores of segments for each place."""
    past = table.history
    national = past.recent.sum(axis=1, keepdims=True)
    tie = _unit(national)
    city = past.total
    if table.city is not None:
        city = np.where(table.parent >= 0, table.city.total[:, table.parent], 0.0)
    return {
        "national_12m": np.repeat(national, len(past.places), axis=1),
        "own_history": past.total + tie,
        "city_history": city + tie,
    }
