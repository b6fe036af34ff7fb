"""Judges the ranking forward in time, next to every baseline and the noise ceiling."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from data import Facts
from data.schema import LEVELS
from features import FeatureTable, assemble, at
from model import baselines, ceiling, task
from model.judging import (
    FIT_METRICS,
    PLACE_METRICS,
    Judged,
    Query,
    place_queries,
    segment_queries,
)
from model.progress import Progress, silent
from model.ranker import SiteRanker, train

ORIGINS = ("2023-12", "2024-06", "2024-12")
# Three segments hold most filings; task fit is also judged without them.
BROAD_SEGMENTS = ("nlp", "computer_vision", "speech")
TASKS = (*task.TASKS, "fit_narrow")
# The model's ranking when it does not know the segment asked for: its mean over all
# segments, or over all others.
BLIND = ("segment_blind", "other_segments")

Pair = tuple[np.ndarray, np.ndarray]


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
    parts = ceiling.halves(facts)
    results = []
    for level, origin in progress(steps, "evaluate", len(steps)):
        fitted = train(facts, level, origin, ranker)
        table = assemble(at(facts, origin), level)
        happened, first, second = (
            task.outcomes_after(part, level, origin, horizon)
            for part in (facts, *parts)
        )
        results.append(judge(fitted, table, happened, facts, horizon, (first, second)))
    return results


def judge(
    ranker: SiteRanker,
    table: FeatureTable,
    happened: np.ndarray,
    facts: Facts,
    horizon: int,
    halves: Pair | None = None,
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
    halves : pair of ndarray of shape (S, P), optional
        The same outcomes in two halves (see :func:`model.ceiling.halves`).

    Returns
    -------
    dict
        ``level, as_of, horizon_months, tasks, by_segment``. Each task holds
        ``segments, left_out, model, baselines, best_baseline, lift, lift_relative,
        ceiling, share_of_room, split_half``, those of places also ``parts``
        (presence and fundamentals alone) and ``segment_blind``; ``fit`` and
        ``fit_narrow`` also ``places``.
    """
    parts = ranker.parts(table)
    whole = parts["presence"] + parts["fundamentals"]
    scores = {"model": whole, **baselines.rankings(table)}
    fit_scores = {
        "model": ranker.predict_segments(table),
        **baselines.segment_rankings(table),
    }
    tasks: dict[str, Any] = {}
    by_segment: list[dict[str, Any]] = []
    for name, keep in candidates(table, facts).items():
        tasks[name], rows = _judge_places(table, keep, happened, scores, parts, halves)
        by_segment += [{"task": name, **row} for row in rows]
    narrow = ~np.isin(table.history.segments, BROAD_SEGMENTS)
    everyone = np.ones_like(narrow)
    tasks["fit"] = _judge_fit(table, everyone, happened, fit_scores, halves)
    tasks["fit_narrow"] = _judge_fit(table, narrow, happened, fit_scores, halves)
    return {
        "level": table.level,
        "as_of": table.as_of,
        "horizon_months": horizon,
        "tasks": tasks,
        "by_segment": by_segment,
    }


def candidates(table: FeatureTable, facts: Facts) -> dict[str, np.ndarray]:
    """Return the (segment, place) pairs of each task that ranks places."""
    past = table.history
    parents = facts.places.loc[table.level, "parent"]
    return {
        name: task.in_task(name, past.total, past.places, parents)
        for name in task.TASKS[:-1]
    }


def blind(scores: np.ndarray) -> dict[str, np.ndarray]:
    """Return the model's rankings that do not know the segment asked for.

    Parameters
    ----------
    scores : ndarray of shape (S, P)

    Returns
    -------
    dict of ndarray of shape (S, P)
        The mean over all segments (the same for each), and over all others.
    """
    total = scores.sum(axis=0, keepdims=True)
    count = len(scores)
    everywhere = np.repeat(total / count, count, axis=0)
    return dict(
        zip(BLIND, (everywhere, (total - scores) / max(count - 1, 1)), strict=True)
    )


def _judge_places(
    table: FeatureTable,
    keep: np.ndarray,
    happened: np.ndarray,
    scores: dict[str, np.ndarray],
    parts: dict[str, np.ndarray],
    halves: Pair | None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Judge a task that ranks the places of each segment."""

    def make(counts: np.ndarray, rankings: dict[str, np.ndarray]) -> list[Query]:
        return segment_queries(keep, table.history.segments, counts, rankings)[0]

    both = {**scores, **parts, **blind(scores["model"])}
    segments = table.history.segments
    queries, left_out = segment_queries(keep, segments, happened, both)
    judged = Judged(queries, PLACE_METRICS)
    said = against_baselines(judged, [name for name in scores if name != "model"])
    best = said["best_baseline"]
    said["left_out"] = left_out
    said |= _room(judged, said, ceiling.enough_places)
    said["split_half"] = (
        ceiling.split_half(make, halves, scores, best, PLACE_METRICS) if halves else {}
    )
    said["parts"] = {name: judged.mean(name) for name in parts}
    everywhere, others = (_of_blind(judged, name) for name in BLIND)
    said["segment_blind"] = {**everywhere, "other_segments": others}
    return said, [_row(judged, i, best) for i in range(len(queries))]


def _judge_fit(
    table: FeatureTable,
    rows: np.ndarray,
    happened: np.ndarray,
    scores: dict[str, np.ndarray],
    halves: Pair | None,
) -> dict[str, Any]:
    """Judge the ranking of the segments (some of them, ``rows``) of each place."""
    places = table.history.places
    make = partial(place_queries, places)
    own = {name: values[rows] for name, values in scores.items()}
    judged = Judged(make(happened[rows], own), FIT_METRICS)
    said = against_baselines(judged, [name for name in own if name != "model"])
    best = said["best_baseline"]
    said |= _room(judged, said, ceiling.enough_outcomes)
    pair = (halves[0][rows], halves[1][rows]) if halves else None
    said["split_half"] = (
        ceiling.split_half(make, pair, own, best, FIT_METRICS) if pair else {}
    )
    # Each query of this task is a place.
    said["places"] = said["segments"]
    said["segments"] = int(rows.sum())
    positives = (happened > 0).sum(axis=1)
    said["left_out"] = [
        {"segment": segment, "positives": int(positives[row])}
        for row, segment in enumerate(table.history.segments)
        if not rows[row]
    ]
    return said


def against_baselines(judged: Judged, names: list[str]) -> dict[str, Any]:
    """Return the model's figures next to those of the baselines ``names``."""
    best = judged.best(names)
    model = judged.mean("model")
    values = {name: judged.mean(name) for name in names} if judged.queries else {}
    lift = judged.lift("model", best)
    return {
        "segments": len(judged.queries),
        "model": model,
        "baselines": values,
        "best_baseline": best,
        "lift": lift,
        "lift_relative": {
            label: _ratio(lift[label]["value"], values[name][label])
            for label, name in best.items()
        },
    }


def _ratio(value: float, base: float) -> float | None:
    return value / base if base > 0 else None


def _room(
    judged: Judged, said: dict[str, Any], judgeable: ceiling.Judgeable
) -> dict[str, Any]:
    """Return the ceiling of a task and the model's share of the room below it."""
    best = said["best_baseline"]
    top = ceiling.estimate(judged.queries, best, judged.wanted, judgeable)
    values = {label: said["baselines"][name][label] for label, name in best.items()}
    return {
        "ceiling": top,
        "share_of_room": ceiling.share_of_room(said["model"], values, top),
    }


def _of_blind(judged: Judged, name: str) -> dict[str, Any]:
    """Return the figures of a segment-blind ranking and the model's lift over it."""
    lift = judged.lift("model", dict.fromkeys(judged.wanted, name))
    return {**judged.mean(name), "lift": lift}


def _row(judged: Judged, position: int, best: dict[str, str]) -> dict[str, Any]:
    """Return the figures of one segment."""
    query, points = judged.queries[position], judged.points

    def figures(name: str | None = None) -> dict[str, float]:
        return {
            label: float(table[name or best[label]].iloc[position])
            for label, table in points.items()
        }

    return {
        "segment": query.name,
        "positives": query.positives,
        "model": figures("model"),
        "best_baseline": figures(),
        "lift": judged.lift_of(position, "model", best),
    }
