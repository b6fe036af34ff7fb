"""Whether places whose fundamentals rank far above their presence gain more after.

Run with ``python -m tests.bench.opportunity [--level city] [--out FILE.csv]``. At each
origin and for each segment the places that hold any outcome are put into bands of equal
presence (20 quantiles). The *gap* of a place is its percentile by fundamentals less
that by presence. Presence is that of the ranking; once more, as a check, it is the
place's faded activity in all segments, so that fundamentals do not pass for a large
place that merely lacks the segment. Two questions, both within bands, so that a place
is only compared with places of the same presence:

opportunity
    Do places with a gap of at least 0.2 gain more outcomes of the segment in the
    horizon than the others of their bands? Their sum over what the others' mean would
    give them.
quintile 1 to 5
    The same for each fifth of the gap within the bands, over the band's mean.

Once for the number of outcomes, once for the chance of any. Ratios are of sums over
segments (and origins, for ``pooled``); intervals are percentiles of a bootstrap that
draws cities with all their districts.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data import Facts, load
from data.schema import LEVELS
from model import task
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker
from tests.bench.variants_view import Settings, View

# Origins, and months judged after each.
ORIGINS = {"2023-12": 12, "2024-06": 6, "2024-12": 12}
GAP = 0.2
BANDS = 20
FIFTHS = 5
DRAWS = 1000
TASKS = ("all", "new")
PRESENCE = ("presence", "activity")
MEASURES = ("outcomes", "chance")
DIGITS = 3


@dataclass(frozen=True)
class Case:
    """The places of one segment at one origin.

    Attributes
    ----------
    presence, fundamentals : ndarray of shape (N,)
        What is there, and the learned part of the score.
    happened : ndarray of shape (N,)
        Outcomes in the horizon.
    places : ndarray of int, shape (N,)
        Position of each place among the candidates of the level.
    """

    presence: np.ndarray
    fundamentals: np.ndarray
    happened: np.ndarray
    places: np.ndarray

    @property
    def bands(self) -> np.ndarray:
        """The band of equal presence of each place, 0 is the lowest."""
        ranks = pd.Series(self.presence).rank(pct=True).to_numpy()
        return np.ceil(ranks * BANDS).astype(int) - 1

    @property
    def gap(self) -> np.ndarray:
        """Percentile by fundamentals less percentile by presence."""
        both = pd.DataFrame({"f": self.fundamentals, "p": self.presence})
        ranks = both.rank(pct=True)
        return (ranks["f"] - ranks["p"]).to_numpy()

    @property
    def fifths(self) -> np.ndarray:
        """Fifth of the gap within the band, 0 is the smallest gap."""
        within = pd.Series(self.gap).groupby(self.bands).rank(pct=True)
        return np.ceil(within.to_numpy() * FIFTHS).astype(int) - 1


def cases(view: View, months: int, task_name: str, by: str) -> Iterator[Case]:
    """Yield the places of each segment with enough positives among them.

    Parameters
    ----------
    view : View
    months : int
        Judged after the origin.
    task_name : {"all", "new"}
    by : {"presence", "activity"}
        What stands for presence: that of the ranking, or activity in all segments.
    """
    table = view.table
    ranker = SiteRanker(fundamentals=view.learner())
    fitted = view.once("fitted", lambda: ranker.fit(*view.examples()))
    happened = task.outcomes_after(view.facts, view.level, view.as_of, months)
    some = table.history.total.sum(axis=0) > 0
    activity = table.history.activity.sum(axis=0)
    for row, scores in enumerate(fitted.all_scores(table, table.segments)):
        kept = some & (table.history.total[row] == 0) if task_name == "new" else some
        at = np.flatnonzero(kept)
        if (happened[row, at] > 0).sum() >= task.MIN_POSITIVE:
            there = activity if by == "activity" else scores.presence
            yield Case(there[at], scores.fundamentals[at], happened[row, at], at)


def by_band(bands: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the sums of weights in each band, shape (R, BANDS)."""
    return weights @ (bands[:, None] == np.arange(BANDS))


def expected(
    case: Case,
    values: np.ndarray,
    chosen: np.ndarray,
    rest: np.ndarray,
    copies: np.ndarray,
) -> np.ndarray:
    """Return what some places gained, and would have at the mean of the rest.

    Parameters
    ----------
    case : Case
    values : ndarray of shape (N,)
        What each place gained.
    chosen, rest : ndarray of bool, shape (N,)
        Compared band by band; a band without any of the rest is left out.
    copies : ndarray of shape (R, N)
        How often each place counts in each resample.

    Returns
    -------
    ndarray of shape (2, R)
        Sums over the bands: gained, expected.
    """
    bands = case.bands
    size, gained = (by_band(bands, copies * chosen * by) for by in (1.0, values))
    others, theirs = (by_band(bands, copies * rest * by) for by in (1.0, values))
    kept = others > 0
    mean = theirs / np.where(kept, others, 1.0)
    return np.array([(gained * kept).sum(axis=1), (size * mean * kept).sum(axis=1)])


def compare(case: Case, copies: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    """Return gained and expected of every group of places, by measure.

    The first resample holds each place once.
    """
    far = case.gap >= GAP
    found: dict[tuple[str, str], np.ndarray] = {}
    for measure in MEASURES:
        values = case.happened if measure == "outcomes" else case.happened > 0
        values = values.astype(float)
        found["opportunity", measure] = expected(case, values, far, ~far, copies)
        everyone = np.ones_like(far)
        for fifth in range(FIFTHS):
            own = case.fifths == fifth
            key = f"quintile {fifth + 1}", measure
            found[key] = expected(case, values, own, everyone, copies)
    return found


def resamples(view: View) -> np.ndarray:
    """Return how often each place counts in each resample of cities, shape (R, P).

    The first row is the places as they are; a district without a city is its own.
    """
    size = len(view.table.history.places)
    city = view.table.parent if view.level == "district" else np.arange(size)
    city = np.where(city >= 0, city, city.max() + 1 + np.arange(size))
    _, city = np.unique(city, return_inverse=True)
    cities = city.max() + 1
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(cities, np.full(cities, 1 / cities), size=DRAWS)
    return np.vstack([np.ones(size), drawn[:, city]])


@dataclass
class Sums:
    """Gained and expected by group and measure, and what they were summed over.

    Attributes
    ----------
    sums : dict
        Gained and expected (2, R) by group and measure.
    segments, places : int
        Segments (at each origin) and places with a large gap.
    shift : float
        Presence percentiles by which these exceed the others of their bands, summed.
    gained : dict
        What each of these places gained.
    """

    sums: dict[tuple[str, str], np.ndarray]
    segments: int = 0
    places: int = 0
    shift: float = 0.0
    gained: dict[int, float] = field(default_factory=dict)

    def add(self, case: Case, found: dict[tuple[str, str], np.ndarray]) -> None:
        """Add the comparison of one segment."""
        for key, value in found.items():
            self.sums[key] = self.sums.get(key, 0.0) + value
        far = case.gap >= GAP
        self.segments += 1
        self.places += int(far.sum())
        self.shift += _unlike(case, far)
        for place, count in zip(case.places[far], case.happened[far], strict=True):
            self.gained[place] = self.gained.get(place, 0.0) + count

    def rows(self, **of: str) -> Iterator[dict[str, Any]]:
        """Yield one row for each group and measure."""
        for (group, measure), (gained, wanted) in self.sums.items():
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = np.where(wanted > 0, gained / wanted, np.nan)
            drawn = ratio[1:][~np.isnan(ratio[1:])]
            low, high = (
                np.percentile(drawn, [2.5, 97.5]) if len(drawn) else (np.nan,) * 2
            )
            yield {
                **of,
                "group": group,
                "measure": measure,
                "segments": self.segments,
                "opportunities": self.places,
                "gained": gained[0],
                "expected": wanted[0],
                "ratio": ratio[0],
                "low": low,
                "high": high,
                "presence_shift": self.shift / max(self.places, 1),
                "largest_share": max(self.gained.values(), default=0.0)
                / max(sum(self.gained.values()), 1.0),
            }


def _unlike(case: Case, far: np.ndarray) -> float:
    """Return the presence percentiles by which far places exceed others of their bands.

    Summed over the places: what matching by bands leaves unlike.
    """
    ranks = pd.Series(case.presence).rank(pct=True)
    others = ranks.where(~far).groupby(case.bands).transform("mean")
    return float((ranks - others)[far].sum())


def measured(
    facts: Facts, level: str, origins: dict[str, int], how: Settings
) -> list[dict[str, Any]]:
    """Return the rows of a level: each origin, and all pooled."""
    memo: dict[Any, Any] = {}
    found: list[dict[str, Any]] = []
    for by, task_name in product(PRESENCE, TASKS):
        of = {"level": level, "bands": by, "task": task_name}
        pooled = Sums({})
        for origin, months in origins.items():
            view = View(facts, level, origin, how, memo)
            copies = view.once("copies", partial(resamples, view))
            own = Sums({})
            for case in cases(view, months, task_name, by):
                compared = compare(case, copies[:, case.places])
                own.add(case, compared)
                pooled.add(case, compared)
            found += own.rows(**of, origin=origin)
        found += pooled.rows(**of, origin="pooled")
    return found


def main(argv: list[str] | None = None) -> None:
    """Run the command line."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--level", type=lambda text: [text], default=list(LEVELS))
    made.add_argument("--out", type=Path, help="write the rows as CSV")
    made.add_argument("--seeds", type=int, default=Fundamentals().seeds)
    made.add_argument("--threads", type=int, default=Settings.threads)
    args = made.parse_args(argv)
    how = Settings(seeds=args.seeds, threads=args.threads)
    facts = load()
    table = pd.DataFrame(
        [row for level in args.level for row in measured(facts, level, ORIGINS, how)]
    )
    if args.out:
        table.round(DIGITS).to_csv(args.out, index=False, lineterminator="\n")
    print(table.round(DIGITS).to_string(index=False))


if __name__ == "__main__":
    main()
