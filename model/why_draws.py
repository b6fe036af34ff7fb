"""The resamples of a score in groups: they say which reasons are stable."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import lightgbm as lgb
import numpy as np

from features import FeatureTable
from model import presence, training
from model.progress import Progress, silent
from model.resample import SPREAD, WEIGHT_SPREAD, Outcomes
from model.score import Model
from model.why import Cut


class _Terms(Outcomes):
    """Keeps the presence terms of a draw, weighted as it weights them."""

    def _disbelieve(self, rng: Any, table: FeatureTable) -> FeatureTable:
        table = super()._disbelieve(rng, table)
        self.kept = presence.terms(table)
        lean, reports = np.exp(WEIGHT_SPREAD * deepcopy(rng).standard_normal(2))
        self.kept["specialisation"] *= lean
        self.kept["stated"] *= reports
        return table


def redrawn(model: Model, view: Cut, boosters: list[lgb.Booster]) -> np.ndarray:
    """Cut the first resamples of the score into groups, as the score itself is cut.

    Refits on other cities with a tenth of the indicators hidden, outcomes and weights
    drawn, all with the seeds of :func:`model.resample.rank_draws`.

    Parameters
    ----------
    boosters : list of Booster
        K refits, from :func:`model.training.refitted`.

    Returns
    -------
    ndarray of float32, shape (K, P, G)
    """
    level, base = view.split.level, view.split.table.to_numpy()
    table, ranker = model.tables[level], model.rankers[level]
    names, own = ranker.fundamentals_.columns_, []
    X, there = table.array(view.split.segment, names), base.shape[1] - len(names)
    for booster in boosters:
        raw = np.asarray(booster.predict(X, pred_contrib=True))[:, :-1]
        own.append((raw - raw.mean(axis=0)) / (raw.sum(axis=1).std() or 1.0))
    centre, row = np.mean(own, axis=0), table.segments.index(view.split.segment)
    at, outcomes, found = view.split.table.columns, _Terms(model.known, table), []
    columns = [at.get_indexer([*group.features]) for group in view.groups.values()]
    for number, values in enumerate(own):
        rng = np.random.default_rng([0, number, 1])
        factor = np.exp(WEIGHT_SPREAD * rng.standard_normal())
        outcomes.draw(rng)
        terms = np.array([term[row] for term in outcomes.kept.values()]).T
        shift = base[:, there:] + ranker.weight * (values - centre)
        drawn = base + SPREAD[level] * (np.hstack([terms, factor * shift]) - base)
        found.append([drawn[:, chosen].sum(axis=1) for chosen in columns])
    return np.array(found, np.float32).transpose(0, 2, 1)


def resampled(
    model: Model, view: Cut, progress: Progress = silent
) -> np.ndarray | None:
    """Return :func:`redrawn` of the refits that a model keeps; None without draws."""
    level = view.split.level
    if level not in model.draws:
        return None
    return redrawn(model, view, training.refitted(model, level, progress))
