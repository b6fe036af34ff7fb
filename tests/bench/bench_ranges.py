"""Do 90% ranges of ranks hold nine tenths of what came, and what do they cost?

Run as ``PYTHONPATH=. python tests/bench/bench_ranges.py``; ``--choose`` prints the
coverage over factors on the two origins they were chosen on
(``model.resample.SPREAD``).

- *a year later*: the share of places whose rank in the ranking trained a year later
  lies in the range, over the places that either ranking has in its first 20 or 50, and
  over all; averaged over segments. The factors lie between those that the first 50 of
  either origin ask for.
- *known rates*: worlds are drawn from smoothed rates; is the rank by the true rates,
  and the rank by another history of the same world, in the range?
- *what came*: each draw's ranking gets Poisson outcomes, at each rank the share of the
  year's that such ranks hold of the faded outcomes before; is the mid-rank that a place
  really had among the outcomes of the next year within 90% of those drawn?
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.isotonic import IsotonicRegression

from data import Facts, load
from data.schema import LEVELS
from features import FeatureTable, Known, assemble, at, shift
from model import presence, resample, task
from model.fundamentals import Fundamentals
from model.intervals import quantiles, ranks_of
from model.ranker import SiteRanker, training_set
from model.refit import Refits, fundamentals_draws
from model.resample import Outcomes, by_city, joined, spread_ranks
from model.score import Model, confidence

CHOOSE = ("2023-12", "2024-12")
ORIGINS = ("2023-06", *CHOOSE)
TOPS = {"top 20": 20, "top 50": 50, "all": 10**6}
FACTORS = np.arange(0.52, 1.12, 0.04)
WORLDS = 5
THREADS = 2


@dataclass(frozen=True)
class Origin:
    """A ranking and its resamples at one month.

    Attributes
    ----------
    ranker : SiteRanker
    known : Known
    table : FeatureTable
    shipped : ndarray of shape (S, P)
    learned : ndarray of shape (R, S, P)
    drawn : ndarray of shape (S, R, P)
    seconds : float
        What the resamples took, features included.
    """

    ranker: SiteRanker
    known: Known
    table: FeatureTable
    shipped: np.ndarray
    learned: np.ndarray
    drawn: np.ndarray
    seconds: float


SEEDS = [[0, number] for number in range(resample.DRAWS)]


def fitted(facts: Facts, level: str, as_of: str) -> SiteRanker:
    """Train the shipped recipe."""
    learned = Fundamentals(num_threads=THREADS)
    return SiteRanker(fundamentals=learned).fit(*training_set(facts, level, as_of))


def origin(facts: Facts, level: str, as_of: str) -> Origin:
    """Train at a month and resample."""
    ranker = fitted(facts, level, as_of)
    known = at(facts, as_of)
    table = assemble(known, level)
    shipped = ranker.predict(table)
    start = time.perf_counter()
    refits = Refits(ranker.fundamentals_, *training_set(facts, level, as_of))
    learned = np.array(list(fundamentals_draws(refits, table, SEEDS)), np.float32)
    drawn = joined(Outcomes(known, table), shipped, ranker, learned, SEEDS)
    spread_ranks(shipped, drawn, resample.SPREAD[level])
    seconds = time.perf_counter() - start
    return Origin(ranker, known, table, shipped, learned, drawn, seconds)


def plain_ranks(scores: np.ndarray) -> np.ndarray:
    """Return ranks 1..P of each row, highest first, shape (S, P)."""
    return ranks_of(-scores).astype(int)


def ranges(
    shipped: np.ndarray, drawn: np.ndarray, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest rank of every segment and place."""
    shown = plain_ranks(shipped)
    ends = [quantiles(ranks) for ranks in spread_ranks(shipped, drawn, factor)]
    low, high = (np.array(side) for side in zip(*ends, strict=True))
    return np.minimum(low, shown), np.maximum(high, shown)


def coverage(
    shipped: np.ndarray, drawn: np.ndarray, later: np.ndarray, factor: float
) -> dict[str, np.ndarray]:
    """Return the share of later ranks within the range, by top and segment.

    Parameters
    ----------
    shipped, later : ndarray of shape (S, P)
        Scores now and then.
    drawn : ndarray of shape (S, R, P)
    factor : float

    Returns
    -------
    dict of ndarray of shape (S,)
        By name in ``TOPS``; ``width`` is the median of high - low + 1 over the
        first 20.
    """
    low, high = ranges(shipped, drawn, factor)
    now, then = plain_ranks(shipped), plain_ranks(later)
    inside = (low <= then) & (then <= high)
    figures = {
        name: np.array(
            [
                held[(mine <= top) | (other <= top)].mean()
                for held, mine, other in zip(inside, now, then, strict=True)
            ]
        )
        for name, top in TOPS.items()
    }
    width = np.array(
        [
            np.median(wide[mine <= 20])
            for wide, mine in zip(high - low + 1, now, strict=True)
        ]
    )
    return {**figures, "width": width}


def said(figures: dict[str, np.ndarray]) -> str:
    """Write the averages of figures over segments."""
    parts = [f"{name} {values.mean():.3f}" for name, values in figures.items()]
    return "  ".join(parts) + f"  (median width {np.median(figures['width']):.0f})"


def choose(level: str, as_of: str, here: Origin, later: np.ndarray) -> None:
    """Print coverage over factors; 0.9 in the top 50 is sought."""
    for factor in FACTORS:
        figures = coverage(here.shipped, here.drawn, later, factor)
        print(f"{level} {as_of} factor {factor:.2f}: {said(figures)}", flush=True)


def known_rates(level: str, here: Origin) -> None:
    """Print the coverage in worlds whose rates are known.

    The learned part is held as it is: it does not hang on these outcomes.
    """
    outcomes = Outcomes(here.known, here.table)
    there = np.sum(list(presence.terms(here.table).values()), axis=0)
    learned = here.shipped - there
    rates = outcomes.here.shape, outcomes.here.shape * outcomes.here.faded
    truth = scored(outcomes, rates, learned)
    found: dict[str, list[dict[str, np.ndarray]]] = {"rates": [], "another": []}
    for number in range(WORLDS):
        rng = np.random.default_rng([1, number])
        drawn = [rng.poisson(rates[0]).astype(float) for _ in range(2)]
        first, second = ((total, total * outcomes.here.faded) for total in drawn)
        world = with_history(here.table, first)
        shipped = scored(outcomes, first, learned)
        draws = joined(
            Outcomes(here.known, world), shipped, here.ranker, here.learned, SEEDS
        )
        factor = resample.SPREAD[level]
        other = scored(outcomes, second, learned)
        found["rates"].append(coverage(shipped, draws, truth, factor))
        found["another"].append(coverage(shipped, draws, other, factor))
    for name, runs in found.items():
        mean = {key: np.mean([run[key] for run in runs], axis=0) for key in runs[0]}
        print(f"{level} known rates, rank by {name}: {said(mean)}", flush=True)


def with_history(
    table: FeatureTable, counts: tuple[np.ndarray, np.ndarray]
) -> FeatureTable:
    """Return a table whose places had other outcomes; cities have those of theirs."""
    past = replace(table.history, total=counts[0], activity=counts[1])
    if table.city is None:
        return replace(table, history=past)

    def inside(values: np.ndarray) -> np.ndarray:
        return by_city(values, table.parent, table.city.total.shape[1])

    rest = table.city.total - inside(table.history.total)
    faded = table.city.activity - inside(table.history.activity)
    city = replace(
        table.city,
        total=np.maximum(rest, 0) + inside(counts[0]),
        activity=np.maximum(faded, 0) + inside(counts[1]),
    )
    return replace(table, history=past, city=city)


def scored(
    outcomes: Outcomes, counts: tuple[np.ndarray, np.ndarray], learned: np.ndarray
) -> np.ndarray:
    """Return the scores of every segment and place with other outcomes."""
    terms = presence.terms(with_history(outcomes.table, counts))
    return np.sum(list(terms.values()), axis=0) + learned


def what_came(facts: Facts, level: str, as_of: str, here: Origin) -> None:
    """Print how often observed mid-ranks lie in the predicted 90% ranges."""
    happened = task.outcomes_after(facts, level, as_of)
    shown = plain_ranks(here.shipped)
    factor = resample.SPREAD[level]
    rng = np.random.default_rng(2)
    shares = []
    for row, counts in enumerate(happened):
        if (counts > 0).sum() < task.MIN_POSITIVE:
            continue
        before = here.table.history.activity[row] + 1e-6
        falling = IsotonicRegression(increasing=False)
        profile = falling.fit_transform(
            np.arange(len(counts)), before[np.argsort(shown[row])]
        )
        # The year's volume is not what is foreseen here.
        profile *= counts.sum() / profile.sum()
        own = slice(row, row + 1)
        ranks = spread_ranks(here.shipped[own], here.drawn[own], factor)[0]
        came = rng.poisson(profile[ranks.astype(int) - 1])
        low, high = quantiles(mid_ranks(came))
        real = mid_ranks(counts[None])[0]
        inside = (low <= real) & (real <= high)
        shares.append(inside[shown[row] <= 50].mean())
    print(
        f"{level} {as_of} what came, first 50: {np.mean(shares):.3f} "
        f"over {len(shares)} segments",
        flush=True,
    )


def mid_ranks(counts: np.ndarray) -> np.ndarray:
    """Return twice the rank of each row's counts, most first, ties in the middle."""
    ranks = pd.DataFrame(counts).rank(axis=1, ascending=False).to_numpy()
    # Whole numbers, as quantiles are.
    return (2 * ranks).astype(int)


def by_grade(facts: Facts, here: Origin, as_of: str, width: np.ndarray) -> str:
    """Write the median width over the first 20 by the segments' grade."""
    model = Model(facts, {}, as_of, {})
    grades: dict[str, list[float]] = {}
    for segment, wide in zip(here.table.segments, width, strict=True):
        grades.setdefault(confidence(model, segment) or "none", []).append(wide)
    return "  ".join(
        f"{grade}: {np.median(wide):.0f} ({len(wide)})"
        for grade, wide in sorted(grades.items())
    )


def main() -> None:
    """Print every figure, or those to choose a factor from."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--level", choices=LEVELS, action="append")
    asked = parser.parse_args()
    facts = load()
    for level in asked.level or LEVELS:
        for as_of in CHOOSE if asked.choose else ORIGINS:
            here = origin(facts, level, as_of)
            end = shift(as_of, task.HORIZON)
            later = fitted(facts, level, end).predict(assemble(at(facts, end), level))
            if asked.choose:
                choose(level, as_of, here, later)
                continue
            figures = coverage(here.shipped, here.drawn, later, resample.SPREAD[level])
            print(f"{level} {as_of} -> {end}: {said(figures)}")
            print("  width by grade:", by_grade(facts, here, as_of, figures["width"]))
            print(f"  {here.seconds:.0f} s for {len(SEEDS)} draws", flush=True)
            known_rates(level, here)
            what_came(facts, level, as_of, here)


if __name__ == "__main__":
    main()
