"""Judges the ranking forward in time, next to every baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data import Facts
from data.schema import LEVELS
from features import FeatureTable, assemble, at
from model import baselines, metrics, task
from model.progress import Progress, silent
from model.ranker import SiteRanker, train

ORIGINS = ("2023-12", "2024-06", "2024-12")
DRAWS = 500
PLACE_METRICS = {"ndcg@20": ("ndcg", 20), "recall@20": ("recall", 20)}
FIT_METRICS = {"ndcg@5": ("ndcg", 5)}
FIT_MIN = 5


@dataclass(frozen=True)
class Query:
    """One ranking to judge: a segment's places, or a place's segments."""

    name: str
    gains: np.ndarray
    scores: dict[str, np.ndarray]
    copies: np.ndarray


def evaluate(
    facts: Facts,
    origins: tuple[str, ...] = ORIGINS,
    levels: tuple[str, ...] = LEVELS,
    horizon: int = task.HORIZON,
    ranker: SiteRanker | None = None,
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """Train at each rolling origin and judge on the months after it.

    Returns
    -------
    list of dict
        One for each level and origin, as in :func:`judge`.
    """
    steps = [(level, origin) for level in levels for origin in origins]
    results = []
    for level, origin in progress(steps, "evaluate", len(steps)):
        fitted = train(facts, level, origin, ranker, horizon)
        table = assemble(at(facts, origin), level)
        happened = task.outcomes_after(facts, level, origin, horizon)
        results.append(judge(fitted, table, happened, facts, horizon))
    return results


def judge(
    ranker: SiteRanker,
    table: FeatureTable,
    happened: np.ndarray,
    facts: Facts,
    horizon: int,
) -> dict[str, Any]:
    """Judge a fitted ranker and every baseline on what happened.

    Parameters
    ----------
    ranker : SiteRanker
        Trained on nothing after ``table.as_of``.
    table : FeatureTable
        What was known at the origin.
    happened : ndarray of shape (S, P)
        Outcome counts in the horizon.
    facts : Facts
        For the parents of districts.
    horizon : int
        Months judged.

    Returns
    -------
    dict
        ``level, as_of, horizon_months, tasks, by_segment``.
    """
    scores = {"model": ranker.predict(table), **baselines.rankings(table)}
    tasks: dict[str, Any] = {}
    by_segment: list[dict[str, Any]] = []
    for name in task.TASKS[:-1]:
        queries = segment_queries(name, table, happened, scores, facts)
        tasks[name], rows = _summary(queries, PLACE_METRICS)
        by_segment += [{"task": name, **row} for row in rows]
    fit_scores = {
        "model": ranker.predict_segments(table),
        **baselines.segment_rankings(table),
    }
    tasks["fit"], _ = _summary(place_queries(table, happened, fit_scores), FIT_METRICS)
    # Each query of task fit is a place; its row says how many places were judged.
    tasks["fit"]["places"] = tasks["fit"].pop("segments")
    tasks["fit"]["segments"] = len(table.history.segments)
    return {
        "level": table.level,
        "as_of": table.as_of,
        "horizon_months": horizon,
        "tasks": tasks,
        "by_segment": by_segment,
    }


def segment_queries(
    name: str,
    table: FeatureTable,
    happened: np.ndarray,
    scores: dict[str, np.ndarray],
    facts: Facts,
) -> list[Query]:
    """Return one query for each segment with enough positive places in a task."""
    places = table.history.places
    parents = facts.places.loc[table.level, "parent"]
    keep = task.in_task(name, table.history.total, places, parents)
    copies = metrics.resamples(len(places), DRAWS, seed=0)
    queries = []
    for row, segment in enumerate(table.history.segments):
        mask = keep[row]
        gains = task.gains(happened[row, mask])
        if (gains > 0).sum() < task.MIN_POSITIVE:
            continue
        # Only the top of any order can enter the first 20 ranks of a resample.
        chosen = _top(gains, {n: s[row, mask] for n, s in scores.items()})
        queries.append(
            Query(
                segment,
                gains[chosen],
                {n: s[row, mask][chosen] for n, s in scores.items()},
                copies[:, mask][:, chosen],
            )
        )
    return queries


def _top(
    gains: np.ndarray, scores: dict[str, np.ndarray], depth: int = 100
) -> np.ndarray:
    """Return the positions that reach the first ``depth`` of any order, or gain."""
    chosen = {*np.flatnonzero(gains > 0)}
    for values in (gains, *scores.values()):
        chosen.update(metrics.order(values)[:depth])
    return np.array(sorted(chosen))


def place_queries(
    table: FeatureTable, happened: np.ndarray, scores: dict[str, np.ndarray]
) -> list[Query]:
    """Return one query for each place with at least five outcomes: its segments."""
    enough = np.flatnonzero(happened.sum(axis=0) >= FIT_MIN)
    once = np.ones((DRAWS, happened.shape[0]), int)
    return [
        Query(
            table.history.places[column],
            task.gains(happened[:, column]),
            {name: values[:, column] for name, values in scores.items()},
            once,
        )
        for column in enough
    ]


def _summary(
    queries: list[Query], wanted: dict[str, tuple[str, int]]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Average each metric over the queries, find the best baseline and the lift."""
    if not queries:
        return {
            "segments": 0,
            "model": {},
            "baselines": {},
            "best_baseline": {},
            "lift": {},
        }, []
    names = list(queries[0].scores)
    point: dict[str, pd.DataFrame] = {}
    best: dict[str, str] = {}
    lift: dict[str, Any] = {}
    for label, (metric, k) in wanted.items():
        score = metrics.METRICS[metric]
        point[label] = pd.DataFrame(
            {
                name: [score(q.gains, q.scores[name], k)[0] for q in queries]
                for name in names
            }
        )
        average = point[label].mean()
        best[label] = str(average.drop("model").idxmax())
        drawn = {
            name: np.array(
                [score(q.gains, q.scores[name], k, q.copies) for q in queries]
            )
            for name in ("model", best[label])
        }
        low, high = metrics.lift_interval(drawn["model"], drawn[best[label]])
        value = float(average["model"] - average[best[label]])
        lift[label] = {"value": value, "low": low, "high": high}
    return {
        "segments": len(queries),
        "model": {label: float(point[label]["model"].mean()) for label in wanted},
        "baselines": {
            name: {label: float(point[label][name].mean()) for label in wanted}
            for name in names
            if name != "model"
        },
        "best_baseline": best,
        "lift": lift,
    }, [_segment_row(i, q, point, best) for i, q in enumerate(queries)]


def _segment_row(
    position: int, query: Query, point: dict[str, pd.DataFrame], best: dict[str, str]
) -> dict[str, Any]:
    return {
        "segment": query.name,
        "positives": int((query.gains > 0).sum()),
        "model": {
            label: float(t["model"].iloc[position]) for label, t in point.items()
        },
        "best_baseline": {
            label: float(t[best[label]].iloc[position]) for label, t in point.items()
        },
    }
