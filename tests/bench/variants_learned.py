"""Variants of what is learned, from which columns, lessons and with which objective."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightgbm as lgb
import numpy as np

from model import task
from model.fundamentals import Columns
from tests.bench.variants_columns import (
    BASE,
    Beside,
    history,
    history_and_indicators,
    indicators,
    likeness,
    with_base,
)
from tests.bench.variants_view import View, add, joined, predictions, variant

RANKING = ("lambdarank", "rank_xendcg")
EVERY = 10**6
# Cutoffs that count twice, or alone, where the newest are to count more.
NEWEST = 4
Lessons = list[tuple[str, int]]
Source = Callable[[View], Columns]


def beside_presence(
    view: View, lessons: Lessons | None = None, **parameters: Any
) -> np.ndarray:
    """Return presence plus fundamentals learned otherwise.

    Presence alone where there is no lesson yet.
    """
    tables, outcomes = view.examples(lessons)
    if not tables:
        return view.presence
    learner = view.learner(**parameters).fit(tables, outcomes)
    return joined(view.presence, predictions(learner, view.table))


@variant("lessons", "12 months after each cutoff teach (the earlier recipe), not 3")
def lessons_12(view: View) -> np.ndarray:
    return beside_presence(view, view.cutoffs(12))


@variant("lessons", "6 months after each cutoff teach, not 3")
def lessons_6(view: View) -> np.ndarray:
    return beside_presence(view, view.cutoffs(6))


@variant("lessons", "both 3 and 12 months after each cutoff teach")
def lessons_mixed(view: View) -> np.ndarray:
    both = {*view.cutoffs(12), *view.cutoffs(3)}
    return beside_presence(view, sorted(both))


@variant("lessons", "a cutoff each month, not each quarter")
def monthly_cutoffs(view: View) -> np.ndarray:
    return beside_presence(view, view.cutoffs(task.LESSON, step=1))


@variant("lessons", "only the newest four cutoffs teach")
def lessons_newest(view: View) -> np.ndarray:
    return beside_presence(
        view, task.training_cutoffs(view.as_of, view.level)[-NEWEST:]
    )


@variant("lessons", "the newest four cutoffs count twice")
def recency_weighted(view: View) -> np.ndarray:
    cutoffs = task.training_cutoffs(view.as_of, view.level)
    return beside_presence(view, [*cutoffs, *cutoffs[-NEWEST:]])


@variant("learner", "10 seeds averaged, not 3")
def seeds_10(view: View) -> np.ndarray:
    return beside_presence(view, seeds=10 if view.settings.trees is None else 2)


@variant("learner", "every place without an outcome teaches, not 600 of a group")
def all_negatives(view: View) -> np.ndarray:
    return beside_presence(view, negatives=EVERY)


@variant("learner", "fundamentals fitted to whether there is an outcome at all")
def binary(view: View) -> np.ndarray:
    return beside_presence(view, objective="binary", min_positive=1)


def boosted(
    view: View, source: Source, rising: Callable[[str], bool] | None = None, **how: Any
) -> np.ndarray:
    """Return what LightGBM makes of columns, shape (S, P).

    The rows and parameters are those of the fundamentals part.

    Parameters
    ----------
    view : View
    source : callable
        Columns of a view; one called ``base`` is no feature but what the trees are
        added to.
    rising : callable, optional
        Whether the score may not fall with a column.
    how : dict
        Parameters of the fundamentals part; objectives are LightGBM's.
    """
    learner = view.learner(**how)
    cutoffs = task.training_cutoffs(view.as_of, view.level)
    _, outcomes = view.examples(cutoffs)
    rows = learner.stack([source(view.at(c)) for c, _ in cutoffs], outcomes)
    at = [i for i, name in enumerate(rows.columns) if name != BASE]
    start = rows.X[:, rows.columns.index(BASE)] if BASE in rows.columns else None
    names = [rows.columns[i] for i in at]
    signs = [int(rising is not None and rising(name)) for name in names]
    target = _target(learner.objective, rows.y)
    here = source(view)
    X = np.stack([here.array(segment, rows.columns) for segment in here.segments])
    total = np.zeros(X.shape[:2])
    for seed in range(learner.seeds):
        data = lgb.Dataset(
            rows.X[:, at],
            target,
            group=rows.groups if learner.objective in RANKING else None,
            init_score=start,
        )
        wanted = learner.parameters(seed) | {"monotone_constraints": signs}
        booster = lgb.train(wanted, data, num_boost_round=learner.n_estimators)
        flat = X[:, :, at].reshape(-1, len(at))
        total += booster.predict(
            flat, raw_score=True, num_threads=learner.num_threads
        ).reshape(total.shape)
    based = 0.0 if start is None else X[:, :, rows.columns.index(BASE)]
    return based + total / learner.seeds


def _target(objective: str, counts: np.ndarray) -> np.ndarray:
    """Return what an objective is fitted to: counts, or their log gains."""
    if objective == "regression":
        return task.gains(counts)
    # This one's gain is 2 to the power of a whole label, whatever ``label_gain`` says.
    if objective == "rank_xendcg":
        return np.rint(task.gains(counts)).astype(int)
    return counts


def objective(name: str, **how: Any) -> None:
    """Enter fundamentals of another objective of LightGBM's."""
    add(
        name,
        "learner",
        f"fundamentals fitted with the objective {name}",
        lambda view: joined(
            view.presence, boosted(view, indicators, objective=name, **how)
        ),
    )


objective("rank_xendcg")
objective("poisson")
objective("tweedie")


@variant("learner", "fundamentals never fall with an indicator that is good to have")
def monotone_fundamentals(view: View) -> np.ndarray:
    direction = view.table.lineage["direction"].to_dict()
    return joined(
        view.presence,
        boosted(view, indicators, rising=lambda name: direction.get(name, 0) > 0),
    )


def of_history(view: View) -> Callable[[str], bool]:
    """Return whether a column is one of the past, where more is no worse."""
    names = {*history(view).columns}
    return lambda name: name in names


def history_scores(view: View) -> np.ndarray:
    """Return what LambdaRank makes of the past alone, shape (S, P)."""
    return view.once("history_scores", lambda: boosted(view, history, of_history(view)))


@variant("history", "LambdaRank on the past alone, monotone")
def history_rank(view: View) -> np.ndarray:
    return history_scores(view)


@variant("history", "LambdaRank on the past, monotone, plus fundamentals")
def history_rank_plus_fundamentals(view: View) -> np.ndarray:
    return joined(view.fundamentals, history_scores(view))


@variant("history", "the recipe in use plus LambdaRank on the past, monotone")
def shipped_plus_history_rank(view: View) -> np.ndarray:
    return joined(view.shipped, history_scores(view))


@variant("history", "LambdaRank on the past and the indicators, past monotone")
def history_and_indicators_rank(view: View) -> np.ndarray:
    return boosted(view, history_and_indicators, of_history(view))


@variant("history", "Poisson on the past and the indicators, past monotone")
def history_and_indicators_poisson(view: View) -> np.ndarray:
    source = history_and_indicators
    return boosted(view, source, of_history(view), objective="poisson")


@variant("residual", "LambdaRank on the indicators, trees added to presence")
def residual_indicators(view: View) -> np.ndarray:
    return boosted(view, lambda at: with_base(at.table, at.presence))


@variant("residual", "LambdaRank on the past, monotone, trees added to presence")
def residual_history(view: View) -> np.ndarray:
    return boosted(
        view, lambda at: with_base(history(at), at.presence), of_history(view)
    )


def affinity_scores(view: View) -> np.ndarray:
    """Return what affinities say of whether there will be an outcome."""

    def make() -> np.ndarray:
        return boosted(view, likeness, objective="binary", min_positive=1)

    return view.once("affinity_scores", make)


@variant("affinity", "affinities alone, fitted to whether there is an outcome")
def affinity_binary(view: View) -> np.ndarray:
    return affinity_scores(view)


@variant("affinity", "affinities alone, LambdaRank")
def affinity_rank(view: View) -> np.ndarray:
    return boosted(view, likeness)


@variant("affinity", "affinities and indicators, fitted to whether there is an outcome")
def affinity_and_indicators_binary(view: View) -> np.ndarray:
    return boosted(
        view,
        lambda at: Beside((likeness(at), at.table)),
        objective="binary",
        min_positive=1,
    )


@variant("affinity", "the recipe in use plus affinities (binary)")
def shipped_plus_affinity(view: View) -> np.ndarray:
    return joined(view.shipped, affinity_scores(view))
