"""Whether the figure named as worth finding out changes decisions more than another.

Run with ``python -m tests.bench.worth_finding_out [--cases 200] [--out FILE.csv]``. A
case is a segment and a place near the edge of its first ten (ranks ``EDGE``). Of the
place's known figures ``HIDDEN`` are hidden at random (of a district also of its city),
so that there is a truth to find out; everything is ranked again without them. Of what
is then missing, :func:`model.unknowns.worth_finding_out` names one figure among those
hidden. Question: does filling in the true figure it names change whether the place is
among the first ten more often than filling in one of the hidden figures at random?
Every filling is ranked by the whole pipeline. The random choice is drawn once for each
case; the mean over all hidden figures, by the fast score, stands beside it. Intervals
are 95% percentiles of a bootstrap that draws places with all their cases.

Figures whose source names every place that has them are not hidden: hidden, they
would be zero, not missing. Hiding fewer leaves hardly a decision to change; the rates
are of places about which this much is unknown, not of all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from data import load
from data.schema import LEVELS
from features import assemble, transform
from features.lineage import origin
from model import training
from model.assumptions import Assumption, assume
from model.evidence import holder
from model.score import Model, ranking
from model.unknowns import TOP, Rescore, worth_finding_out
from model.what_if import ranked, whole

CASES, HIDDEN, EDGE = 200, 10, range(6, 16)
DRAWS = 2000


def cases(model: Model, count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield (level, segment, place) near the edge, half of each level."""
    rng = np.random.default_rng(seed)
    for level in LEVELS:
        found = []
        for segment in model.tables[level].segments:
            table = ranking(model, segment, level)
            near = table.loc[table["rank"].isin(EDGE), "place"]
            found += [(level, segment, place) for place in near]
        chosen = rng.choice(len(found), count // len(LEVELS), replace=False)
        yield from (found[at] for at in np.sort(chosen))


def known_figures(model: Model, level: str, place: str) -> list[tuple[str, str, float]]:
    """Return the (level, indicator, value) of a place that can be hidden."""
    table, entries = model.tables[level], model.facts.indicators
    columns = model.rankers[level].fundamentals_.columns_
    found = []
    for whose, name in dict.fromkeys(
        (origin(column, level).level, origin(column, level).indicator)
        for column in columns
    ):
        owner = holder(model, whose, level, place)
        held = transform.broad(table.values[whose])
        if not owner or name not in held or entries.at[name, "complete"]:
            continue
        value = float(held.at[owner, name])
        if not np.isnan(value):
            found.append((whose, name, value))
    return found


def one(
    model: Model, level: str, segment: str, place: str, rng: np.random.Generator
) -> dict[str, object]:
    """Hide, name, fill in: one case."""
    figures = known_figures(model, level, place)
    chosen = rng.choice(len(figures), min(HIDDEN, len(figures)), replace=False)
    hidden = {figures[at][:2]: figures[at][2] for at in np.sort(chosen)}

    def without(*filled: tuple[str, str]) -> list[Assumption]:
        return [
            Assumption(whose, holder(model, whose, level, place), name, np.nan)
            for whose, name in hidden
            if (whose, name) not in filled
        ]

    table = assemble(assume(model.known, without()), level)
    fast = Rescore(model, segment, level, place, table)
    row = fast.row
    inside = fast.rank <= TOP
    told = worth_finding_out(model, segment, level, place, table=table)
    keys = list(zip(told["figure_level"], told["indicator"], strict=True))
    named = next((at for at, key in enumerate(keys) if key in hidden), None)
    offered = [key for key in hidden if key in keys]
    if named is None:
        return {}
    guess = offered[int(rng.integers(len(offered)))]
    flips = {}
    for which, key in (("named", keys[named]), ("random", guess)):
        _, rank = whole(model, segment, level, without(key))
        flips[which] = bool((rank[row] <= TOP) != inside)
    _, ranks = fast.scores_and_ranks([{key: hidden[key]} for key in offered])
    _, all_back = whole(model, segment, level, without(*hidden))
    assert all_back[row] == ranked(model.scores(segment, level).score)[row]
    return {
        "level": level,
        "segment": segment,
        "place": place,
        "rank": int(all_back[row]),
        "rank_hidden": fast.rank,
        "hidden": len(offered),
        "figure": ":".join(keys[named]),
        "foreseen": float(told.loc[named, "flips"]),
        **flips,
        "mean": float(np.mean((ranks <= TOP) != inside)),
        "oracle": bool(np.any((ranks <= TOP) != inside)),
    }


def summary(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return each rate and difference with its interval, by level and for all."""
    rows = []
    rng = np.random.default_rng(seed)
    parts = [("all", table), *table.groupby("level", sort=True)]
    for name, part in parts:
        each = part.assign(
            named_less_random=part["named"].astype(float) - part["random"],
            named_less_mean=part["named"] - part["mean"],
        )
        columns = ["named", "random", "mean", "oracle", "foreseen"]
        columns += ["named_less_random", "named_less_mean"]
        sums = each.groupby(["level", "place"])[columns].sum()
        sizes = each.groupby(["level", "place"]).size().to_numpy()
        drawn = rng.integers(0, len(sums), (DRAWS, len(sums)))
        totals = sums.to_numpy(float)[drawn].sum(axis=1)
        rates = totals / sizes[drawn].sum(axis=1)[:, None]
        low, high = np.percentile(rates, [2.5, 97.5], axis=0)
        for at, column in enumerate(columns):
            value = float(each[column].mean())
            rows.append(
                [name, len(part), column, value, float(low[at]), float(high[at])]
            )
    return pd.DataFrame(
        rows, columns=["level", "cases", "what", "rate", "low", "high"]
    ).round(4)


def main() -> None:
    """Run all cases and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    model = training.ready(load())
    rng = np.random.default_rng(asked.seed)
    rows = [one(model, *case, rng) for case in cases(model, asked.cases, asked.seed)]
    table = pd.DataFrame([row for row in rows if row])
    if asked.out:
        table.to_csv(asked.out, index=False)
    print(summary(table, asked.seed).to_string(index=False))


if __name__ == "__main__":
    main()
