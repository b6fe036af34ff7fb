"""Judges what was known at a month on outcomes that the facts do not hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data import Facts
from data.catalog import year_ends
from features import assemble, at, history, shift
from model import ceiling, task
from model.evaluate import judge
from model.leave_out import until
from model.progress import Progress, silent
from model.ranker import SiteRanker, train

FIRM_TABLES = ("filings", "listed_firms", "hardware_firms")


def backtest(
    facts: Facts,
    rows: pd.DataFrame,
    as_of: str,
    levels: tuple[str, ...],
    horizon: int = task.HORIZON,
    ranker: SiteRanker | None = None,
    progress: Progress = silent,
) -> list[dict[str, Any]]:
    """Train on what was known at a month and judge on rows of outcomes after it.

    No outcome of ``facts`` after ``as_of`` is read. Training labels are counts of
    twelve months, however many are judged.

    Parameters
    ----------
    facts : Facts
    rows : DataFrame
        ``place, level, segment, month, event, count, source_id``: the truth.
        Districts count for their cities too.
    as_of : str
        Last month that may be known.
    levels : tuple of {"city", "district"}
    horizon : int
        Months after ``as_of`` that are judged.
    ranker : SiteRanker, optional
    progress : Progress

    Returns
    -------
    list of dict
        One for each level, as in :func:`model.evaluate.judge`.
    """
    known, truth = until(facts, as_of), alone(facts, rows)
    parts = (truth, *ceiling.halves(truth))
    results = []
    for level in progress(levels, "backtest", len(levels)):
        fitted = train(known, level, as_of, ranker)
        table = assemble(at(known, as_of), level)
        happened, first, second = (
            counted(part, level, as_of, horizon) for part in parts
        )
        judged = judge(fitted, table, happened, known, horizon, (first, second))
        results.append(judged)
    return results


def alone(facts: Facts, rows: pd.DataFrame) -> Facts:
    """Return facts whose only outcomes are the given rows."""
    tables = {
        **facts.tables,
        **{name: facts[name].head(0) for name in FIRM_TABLES},
        "outcomes": rows.assign(count=rows["count"].astype(float)),
    }
    return replace(facts, tables=tables)


def counted(truth: Facts, level: str, as_of: str, horizon: int) -> np.ndarray:
    """Return the outcomes of the months judged, shape (segments, places)."""
    outcomes, end = truth.outcomes, shift(as_of, horizon)
    within = outcomes[(outcomes["month"] > as_of) & (outcomes["month"] <= end)]
    places = history.candidates(truth.places, level)
    return history.counts(within, level, truth.segments.index, places)


def months_judged(rows: pd.DataFrame, as_of: str, horizon: int) -> int:
    """Return the months of the horizon, cut to the last month of the outcomes."""
    last = pd.Period(year_ends(rows["month"].astype(str)).max(), "M")
    return min(horizon, last.ordinal - pd.Period(as_of, "M").ordinal)


def levels_of(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the levels that outcomes speak of; districts speak of their cities."""
    held = {*rows["level"]}
    return tuple(
        level for level in ("city", "district") if level in held or "district" in held
    )
