"""Resamples of the whole chain: how the ranking might as well have come out.

Each draw changes everything the ranking rests on, and ranks every place again:

- *places*: cities, with their districts, are drawn with replacement as weights of
  the training rows, and the learned part is fitted again (Efron 1979; the city is
  the unit because its districts resemble each other);
- *outcomes*: the counts of each segment and place are drawn from the predictive
  distribution of a Poisson rate with a Gamma prior, so that a place without an event
  is not certain to have none;
- *weights*: of the learned part, of the lean and of what reports state;
- *sources and missing values*: a tenth of the indicators is hidden, and one report is
  not believed.

The draws' deviations from the shipped score are then widened by one factor a level
(``SPREAD``), chosen so that 90% ranges hold nine tenths of the ranks a year later.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data import Facts
from features import FeatureTable, Known, assemble, at
from features.assemble import said, stated
from features.history import History
from model import presence
from model.intervals import ranks_of
from model.progress import Progress, silent
from model.ranker import SiteRanker, training_set
from model.refit import Refits, cities_of, fundamentals_draws, standard

DRAWS = 200
# Factor on the draws' deviations from the shipped score, between those that hold nine
# tenths on 2023-12 -> 2024-12 (0.84, 1.04) and on 2024-12 -> 2025-12 (0.55, 0.65):
# ``PYTHONPATH=. python tests/bench/bench_ranges.py --choose``. Places moved less in
# the second year; with the first year's factors its ranges held .954 and .971.
SPREAD = {"city": 0.70, "district": 0.84}

# Spread of the logarithm of each weight: skill is flat within it (see
# ``SiteRanker.weight``).
WEIGHT_SPREAD = 0.3
# What is believed of the number of events of a place before any is seen, in events.
PRIOR_EVENTS = 0.5
# Events come in bursts (one firm files several products at once): the variance of a
# rate over that of independent events; and the spread of the logarithm of the growth
# that all segments of a place share. Of a small grid of both those whose 90% ranges
# were narrow and held alike in the top 20 and 50, on years that end by 2024-12.
BURST = 2.0
SHOCK = {"city": 1.0, "district": 1.5}


def by_city(counts: np.ndarray, parent: np.ndarray, cities: int) -> np.ndarray:
    """Sum the counts of each city's districts.

    Parameters
    ----------
    counts : ndarray of shape (S, P)
    parent : ndarray of shape (P,)
        Position of each district's city, -1 without one.
    cities : int
        Number of cities C.

    Returns
    -------
    ndarray of shape (S, C)
    """
    return np.array([np.bincount(parent + 1, row, cities + 1)[1:] for row in counts])


class Outcomes:
    """Redraws the outcome counts that a table knows, and its presence with them.

    Parameters
    ----------
    known : Known
        For who says what of which city.
    table : FeatureTable
    """

    def __init__(self, known: Known, table: FeatureTable) -> None:
        self.table = table
        self.here = _Rates(table.history, self._prior(table), SHOCK[table.level])
        self.above: _Rates | None = None
        if table.city is not None:
            # A city has its districts' events and some that name no district.
            rest = replace(
                table.city,
                total=_less(table.city.total, self._inside(table.history.total)),
                activity=_less(
                    table.city.activity, self._inside(table.history.activity)
                ),
            )
            self.above = _Rates(rest, np.zeros_like(rest.total), SHOCK["city"])
        self.said = _said_by_source(known, table)

    def _inside(self, counts: np.ndarray) -> np.ndarray:
        """Return the counts of each city's districts together, (S, C)."""
        assert self.table.city is not None
        return by_city(counts, self.table.parent, len(self.table.city.places))

    @staticmethod
    def _prior(table: FeatureTable) -> np.ndarray:
        """Return the events expected of each segment and place before any is seen."""
        total = table.history.total
        city = table.city.total if table.city is not None else None
        shares = presence.smoothed_shares(
            total, city, table, presence.LEAN_PRIOR, presence.CITY_PRIOR
        )
        number = cities_of(table)
        if city is None:
            # Siblings of a city are all cities.
            number = np.zeros_like(number)
        events = np.bincount(number, total.sum(axis=0)) / np.maximum(
            np.bincount(number), 1
        )
        # A Gamma prior of PRIOR_EVENTS events around the mean of the siblings.
        expected = PRIOR_EVENTS / (PRIOR_EVENTS / np.maximum(events, 1e-9) + 1.0)
        return shares * expected[number]

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Return the presence of every segment and place in a draw, shape (S, P)."""
        total, activity = self.here.draw(rng)
        table = replace(
            self.table,
            history=replace(self.table.history, total=total, activity=activity),
        )
        if self.above is not None and self.table.city is not None:
            rest, rest_activity = self.above.draw(rng)
            city = replace(
                self.table.city,
                total=rest + self._inside(total),
                activity=rest_activity + self._inside(activity),
            )
            table = replace(table, city=city)
        terms = presence.terms(self._disbelieve(rng, table))
        lean, reports = np.exp(WEIGHT_SPREAD * rng.standard_normal(2))
        return (
            terms["same_segment"]
            + terms["related_segments"]
            + lean * terms["specialisation"]
            + reports * terms["stated"]
        )

    def _disbelieve(
        self, rng: np.random.Generator, table: FeatureTable
    ) -> FeatureTable:
        """Leave out what one report says, drawn at random."""
        if not self.said:
            return table
        words, cities = self.said[rng.integers(len(self.said))]
        return replace(
            table,
            said=words if cities is None else cities,
            stated=stated(words, cities, table.parent),
        )


class _Rates:
    """Predictive draws of the counts of a history."""

    def __init__(self, history: History, prior: np.ndarray, shock: float) -> None:
        self.shock = shock
        self.shape = history.total + prior
        # What an event still counts for: of the segment and place, and in general.
        usual = history.activity.sum() / max(history.total.sum(), 1.0)
        self.faded = (history.activity + usual) / (history.total + 1.0)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return drawn totals and faded activity, each of shape (S, P)."""
        rate = rng.gamma(self.shape / BURST) * BURST
        growth = self.shock * rng.standard_normal(rate.shape[1])
        # Its mean is 1.
        total = rng.poisson(rate * np.exp(growth - self.shock**2 / 2)).astype(float)
        return total, total * self.faded


def _less(whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    return np.maximum(whole - part, 0.0)


def _said_by_source(
    known: Known, table: FeatureTable
) -> list[tuple[np.ndarray, np.ndarray | None]]:
    """Return what all reports but one say of places and cities, for each report."""
    tables = known.strengths, known.zones
    sources = sorted({name for rows in tables for name in rows["source_id"]})
    found = []
    for source in sources:
        strengths, zones = (rows[rows["source_id"] != source] for rows in tables)
        rest = replace(known, strengths=strengths, zones=zones)
        words = said(rest, table.history, table.level)
        cities = said(rest, table.city, "city") if table.city is not None else None
        found.append((words, cities))
    return found


def score_draws(
    facts: Facts,
    level: str,
    as_of: str,
    ranker: SiteRanker,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the shipped scores and what each resample makes of them.

    The parameters are those of :func:`rank_draws`. The first refits stay with the
    ranker's learned part (``refits_``): they tell which reasons are stable.

    Returns
    -------
    shipped : ndarray of shape (S, P)
    drawn : ndarray of float32, shape (S, R, P)
    """
    known = at(facts, as_of)
    table = assemble(known, level)
    refits = Refits(ranker.fundamentals_, *training_set(facts, level, as_of))
    seeds = [[seed, number] for number in range(draws)]
    steps = fundamentals_draws(refits, table, seeds)
    learned = np.array(list(progress(steps, f"ranges {level}", draws)), np.float32)
    ranker.fundamentals_.refits_ = refits.kept
    shipped = ranker.predict(table)
    return shipped, joined(Outcomes(known, table), shipped, ranker, learned, seeds)


def joined(
    outcomes: Outcomes,
    shipped: np.ndarray,
    ranker: SiteRanker,
    learned: np.ndarray,
    seeds: list[list[int]],
) -> np.ndarray:
    """Join draws of the learned part with draws of presence and of the weight.

    Parameters
    ----------
    outcomes : Outcomes
    shipped : ndarray of shape (S, P)
        The ranker's scores of the same table.
    ranker : SiteRanker
        For the weight of the learned part.
    learned : ndarray of shape (R, S, P)
        From :func:`fundamentals_draws`.
    seeds : list of list of int
        One for each draw.

    Returns
    -------
    ndarray of float32, shape (S, R, P)
    """
    there = np.sum(list(presence.terms(outcomes.table).values()), axis=0)
    base = standard(shipped - there)
    # A quick refit differs from the shipped one even on the same cities: only how
    # the refits differ among themselves counts.
    centre = learned.mean(axis=0)
    drawn = np.empty((len(shipped), len(seeds), shipped.shape[1]), np.float32)
    for number, seed in enumerate(seeds):
        rng = np.random.default_rng([*seed, 1])
        weight = ranker.weight * np.exp(WEIGHT_SPREAD * rng.standard_normal())
        own = base + learned[number] - centre
        drawn[:, number] = outcomes.draw(rng) + weight * own
    return drawn


def rank_draws(
    facts: Facts,
    level: str,
    as_of: str,
    ranker: SiteRanker,
    draws: int = DRAWS,
    seed: int = 0,
    progress: Progress = silent,
) -> np.ndarray:
    """Return the rank of every place in each resample of the chain.

    Parameters
    ----------
    facts : Facts
    level : {"city", "district"}
    as_of : str
        Last month the ranking knows.
    ranker : SiteRanker
        Fitted on what was known then.
    draws : int
        Resamples R.
    seed : int
        Two runs with the same seed are identical.
    progress : Progress

    Returns
    -------
    ndarray of uint16, shape (S, R, P)
        1..P; segments and places in the order of the table's history.
    """
    shipped, drawn = score_draws(facts, level, as_of, ranker, draws, seed, progress)
    return spread_ranks(shipped, drawn, SPREAD[level])


def spread_ranks(shipped: np.ndarray, drawn: np.ndarray, factor: float) -> np.ndarray:
    """Widen the deviations from the shipped scores, and rank.

    Parameters
    ----------
    shipped : ndarray of shape (S, P)
    drawn : ndarray of shape (S, R, P)
    factor : float

    Returns
    -------
    ndarray of uint16, shape (S, R, P)
    """
    return np.array(
        [
            ranks_of(-(centre + factor * (scores - centre)))
            for centre, scores in zip(shipped, drawn, strict=True)
        ]
    )
