"""What is asked of a ranking: candidates, graded labels, tasks, rolling cutoffs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data import Facts
from features import history, shift

HORIZON = 12
MIN_POSITIVE = 5
BIG_FIVE = ("110000", "310000", "440300", "330100", "440100")
TASKS = ("all", "new", "beyond_top5", "fit")
# The months after a cutoff that teach: short, so that the newest cutoffs can teach
# too. Filings begin in 2022-08 and more than tripled in 2024: what the newest months
# teach beat a whole year's for new places and outside the five big cities.
LESSON = 3
# Before the filings, the yearly lists of listed firms teach the city level; the
# districts would learn from hardware firms and the census of 2010 alone, which made
# them worse on the origins 2023-12 and 2024-06.
FIRST_QUARTERLY = "2022-12"
YEARLY: dict[str, tuple[str, ...]] = {
    "city": ("2018-12", "2019-12", "2020-12", "2021-12"),
    "district": (),
}


def last_month(facts: Facts) -> str:
    """Return the last month the outcome lists cover."""
    return str(facts.sources["covers_to"].max())


def training_cutoffs(as_of: str, level: str) -> list[tuple[str, int]]:
    """Return each cutoff and the months after it that teach, oldest first.

    One each quarter since the filings began, one a year before; no lesson goes
    beyond ``as_of``.
    """
    yearly = [(cutoff, HORIZON) for cutoff in YEARLY[level]]
    quarterly = []
    cutoff = shift(as_of, -LESSON)
    while cutoff >= FIRST_QUARTERLY:
        quarterly.append((cutoff, LESSON))
        cutoff = shift(cutoff, -LESSON)
    return [
        (cutoff, months)
        for cutoff, months in [*yearly, *reversed(quarterly)]
        if shift(cutoff, months) <= as_of
    ]


def outcomes_after(
    facts: Facts,
    level: str,
    as_of: str,
    horizon: int = HORIZON,
    known_to: str | None = None,
) -> np.ndarray:
    """Return what happened in the horizon: counts of shape (segments, places).

    Only sources that cover the whole horizon count, so that the end of a list is
    not taken for the end of the firms.

    Parameters
    ----------
    facts : Facts
        All facts.
    level : {"city", "district"}
    as_of : str
        Last month before the horizon.
    horizon : int
        Months.
    known_to : str, optional
        Last month whose outcomes may be used at all (training).

    Raises
    ------
    ValueError
        When the horizon ends after ``known_to``.
    """
    end = shift(as_of, horizon)
    if known_to is not None and end > known_to:
        raise ValueError(f"the horizon of {as_of} ends {end}, after {known_to}")
    sources = facts.sources
    covered = sources.index[
        (sources["covers_from"] != "")
        & (sources["covers_from"] <= shift(as_of, 1))
        & (sources["covers_to"] >= end)
    ]
    outcomes = facts.outcomes
    within = outcomes[
        (outcomes["month"] > as_of)
        & (outcomes["month"] <= end)
        & outcomes["source_id"].isin(covered)
    ]
    places = history.candidates(facts.places, level)
    return history.counts(within, level, facts.segments.index, places)


def gains(counts: np.ndarray) -> np.ndarray:
    """Return the gain of each place, ``log2(1 + outcomes)``."""
    return np.log2(1.0 + counts)


def in_task(
    task: str, earlier: np.ndarray, places: pd.Index, parents: pd.Series
) -> np.ndarray:
    """Return which (segment, place) pairs are candidates of a task.

    Parameters
    ----------
    task : {"all", "new", "beyond_top5"}
        ``new`` keeps places without an earlier outcome of the segment,
        ``beyond_top5`` leaves out 北京 上海 深圳 杭州 广州 and their districts.
    earlier : ndarray of shape (S, P)
        Outcomes known before the horizon.
    places : Index
        Place codes (P).
    parents : Series
        Parent code by place code (a city's own code for cities).
    """
    if task == "new":
        return earlier == 0
    keep = np.ones_like(earlier, dtype=bool)
    if task == "beyond_top5":
        city = parents.reindex(places).to_numpy()
        keep &= ~(np.isin(city, BIG_FIVE) | np.isin(places, BIG_FIVE))
    return keep
