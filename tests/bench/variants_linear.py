"""Linear variants, and blends whose weights earlier origins choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from features import shift
from model import task
from model.evaluate import candidates
from model.fundamentals import TrainingRows
from model.judging import PLACE_METRICS, Judged, segment_queries
from tests.bench.variants_columns import Scaled, history_and_indicators, with_base
from tests.bench.variants_learned import boosted, history_scores, of_history
from tests.bench.variants_view import View, joined, standard, variant

ALPHA = 300.0
TREES = 40
LOWER = 10
C = 0.001
WEIGHTS = {"fundamentals": (0.5, 0.75, 1.0, 1.5, 2.0), "history": (0.0, 0.5, 1.0)}
# Months before the origin at which blends are tried, and as many are judged.
TRIED = (3, 6, 12)
FIRST = "2023-03"


@dataclass(frozen=True)
class Linear:
    """Weights of some columns, in standard deviations over the candidates."""

    columns: list[str]
    weights: np.ndarray
    constant: float = 0.0

    def scores(self, view: View) -> np.ndarray:
        """Return the scores of every pair, shape (S, P)."""
        table = Scaled(history_and_indicators(view))
        return np.array(
            [
                table.array(name, self.columns) @ self.weights + self.constant
                for name in table.segments
            ]
        )


def scaled_rows(view: View) -> TrainingRows:
    """Return the training rows of the past and the indicators, as z-scores."""

    def make() -> TrainingRows:
        cutoffs = task.training_cutoffs(view.as_of, view.level)
        _, outcomes = view.examples(cutoffs)
        tables = [Scaled(history_and_indicators(view.at(c))) for c, _ in cutoffs]
        return view.learner().stack(tables, outcomes)

    return view.once("scaled_rows", make)


def ridge_weights(view: View) -> Linear:
    """Return ridge weights of log gains."""

    def make() -> Linear:
        rows = scaled_rows(view)
        fitted = Ridge(alpha=ALPHA).fit(rows.X, task.gains(rows.y))
        return Linear(rows.columns, fitted.coef_, float(fitted.intercept_))

    return view.once("ridge", make)


@variant("linear", "ridge on log gains: past and indicators")
def ridge(view: View) -> np.ndarray:
    return ridge_weights(view).scores(view)


@variant("linear", "the same as base, and a small monotone LightGBM on what it leaves")
def ridge_and_residual(view: View) -> np.ndarray:
    linear = ridge_weights(view)
    return boosted(
        view,
        lambda at: with_base(history_and_indicators(at), linear.scores(at)),
        of_history(view),
        objective="regression",
        n_estimators=TREES,
    )


def pairs(rows: TrainingRows) -> Iterator[np.ndarray]:
    """Yield how a place differs from places of its group with fewer outcomes."""
    rng = np.random.default_rng(0)
    start = 0
    for size in rows.groups:
        X, y = rows.X[start : start + size], rows.y[start : start + size]
        start += size
        for better in np.flatnonzero(y > 0):
            lower = np.flatnonzero(y < y[better])
            drawn = rng.choice(lower, min(LOWER, len(lower)), replace=False)
            yield X[better] - X[drawn]


def pairwise_scores(view: View) -> np.ndarray:
    """Return what logistic regression of pairs of places says, shape (S, P)."""
    return view.once("pairwise_scores", lambda: _pairwise(view))


def _pairwise(view: View) -> np.ndarray:
    rows = scaled_rows(view)
    differences = np.vstack(list(pairs(rows)))
    # One of each two pairs is turned round: a fit needs both classes.
    sign = np.where(np.arange(len(differences)) % 2 == 0, 1.0, -1.0)
    learner = LogisticRegression(C=C, fit_intercept=False, max_iter=300)
    learner.fit(differences * sign[:, None], sign > 0)
    return Linear(rows.columns, learner.coef_[0]).scores(view)


@variant("linear", "pairwise logistic regression: past and indicators")
def pairwise_logistic(view: View) -> np.ndarray:
    return pairwise_scores(view)


@variant("linear", "presence plus pairwise logistic regression, no fundamentals")
def presence_plus_pairwise(view: View) -> np.ndarray:
    return joined(view.presence, pairwise_scores(view))


@variant("linear", "the recipe in use plus pairwise logistic regression")
def shipped_plus_pairwise(view: View) -> np.ndarray:
    return joined(view.shipped, pairwise_scores(view))


def blends(view: View) -> dict[str, np.ndarray]:
    """Return presence plus fundamentals and history ranker, of some weights."""
    past = standard(history_scores(view))
    return {
        f"{a:g} {b:g}": view.presence + a * view.fundamentals + b * past
        for a, b in product(*WEIGHTS.values())
    }


def earlier(view: View) -> list[tuple[View, int]]:
    """Return earlier origins and the months between, all before this one."""
    found = [(shift(view.as_of, -months), months) for months in TRIED]
    return [(view.at(month), gone) for month, gone in found if month >= FIRST]


def skill(
    view: View, happened: np.ndarray, scores: dict[str, np.ndarray]
) -> np.ndarray:
    """Return nDCG@20 of each ranking, the mean of the tasks that rank places."""
    found = []
    segments = view.table.history.segments
    for keep in candidates(view.table, view.facts).values():
        judged = Judged(
            segment_queries(keep, segments, happened, scores)[0], PLACE_METRICS
        )
        if judged.queries:
            found.append([judged.mean(name)["ndcg@20"] for name in scores])
    return np.mean(found, axis=0)


@variant("blend", "presence, fundamentals, history ranker; earlier origins weigh them")
def blend(view: View) -> np.ndarray:
    here = blends(view)
    tried = [
        skill(at, view.outcomes(at.as_of, months), blends(at))
        for at, months in earlier(view)
    ]
    return here[list(here)[int(np.mean(tried, axis=0).argmax())]]
