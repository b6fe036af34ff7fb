"""Whether what an explanation calls strongest moves a place's rank most when removed.

Run with ``python -m tests.bench.deletion [--cases 200] [--out FILE.csv]``. For random
segments and places among the first 50 a pillar is neutralised in two ways:

contribution
    Its part of the score becomes the candidates' mean. This follows from the sum, and
    only says how much the parts told matter beside the others.
figures
    The figures that it rests on are taken away and the place is scored again: of an
    indicator the median of the candidates (``--fill missing``: none), of presence every
    term at the candidates' mean. Nothing of the explanation enters.

The three pillars that speak most for the place (largest contribution) against three
drawn at random of the seven, the same three included (``more``) or not
(``more_other``); a tie is no success. Also by size of the contribution, either sign;
of the pillars without presence (``fundamentals``), which decides most; and, finer, of
groups, the three strongest against three at random. Whatever contributes
nothing at a place is never drawn: it would be too easy. Last, in what share of the
resamples the reasons are the same.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data import load
from data.schema import LEVELS
from model import presence, why, why_draws
from model.evidence import PRESENCE
from model.score import Model
from model.training import ready, refitted

FIRST, CASES, DRAWS, TOP = 50, 200, 20, 3
SAID = ("first", "second", "weakness")


@dataclass
class Bench:
    """One segment and level, whose places can be scored without some groups.

    Attributes
    ----------
    model : Model
    view : why.Cut
    fill : {"median", "missing"}
        What takes the place of a figure.
    """

    model: Model
    view: why.Cut
    fill: str

    def __post_init__(self) -> None:
        """Score the candidates as they are."""
        split = self.view.split
        self.table = self.model.tables[split.level]
        self.learned = self.model.rankers[split.level].fundamentals_
        self.names = self.learned.columns_
        self.X = self.table.array(split.segment, self.names)
        self.scores = self.model.scores(split.segment, split.level)
        row = self.table.segments.index(split.segment)
        self.terms = {
            f"{PRESENCE}:{name}": values[row]
            for name, values in presence.terms(self.table).items()
        }
        self.median = pd.DataFrame(self.X).median().to_numpy()
        self.whole = self.scores.score

    def rank(self, position: int, score: float) -> int:
        """Return the rank of a place whose score were another."""
        others = np.delete(self.whole, position)
        return 1 + int((others > score).sum())

    def rescored(self, position: int, features: set[str]) -> float:
        """Return the score of a place without the figures of some features."""
        there = sum(
            values[position]
            for name, values in self.terms.items()
            if name not in features
        )
        row = self.X[[position]].copy()
        gone = [n for n, name in enumerate(self.names) if name in features]
        row[0, gone] = self.median[gone] if self.fill == "median" else np.nan
        raw = np.mean(
            [
                booster.predict(row, raw_score=True)[0]
                for booster in self.learned.boosters_
            ]
        )
        return float(there + (raw - self.scores.raw.mean()) * self.scores.factor)

    def moved(self, position: int, features: set[str], how: str) -> int:
        """Return by how many ranks a place moves without some features."""
        before = self.rank(position, float(self.whole[position]))
        if how == "contribution":
            row = self.view.split.table.iloc[position]
            after = float(self.whole[position]) - float(row[list(features)].sum())
        else:
            after = self.rescored(position, features)
        return abs(self.rank(position, after) - before)


def by_pillar(view: why.Cut) -> dict[str, set[str]]:
    """Return the features of each pillar; a lean is its figure's."""
    found: dict[str, set[str]] = {}
    for group in view.groups.values():
        found.setdefault(group.pillar, set()).update(group.features)
    return found


def compared(
    bench: Bench, position: int, units: dict[str, set[str]], rng: np.random.Generator
) -> list[dict[str, object]]:
    """Compare the strongest units of a place with random ones.

    Returns
    -------
    list of dict
        By way of choosing (``for``: largest, ``size``: largest of either sign) and of
        neutralising: ranks moved by the top and by the mean of the random draws, and
        in which share of these the top moved it more, and at least as much.
    """
    row = bench.view.split.table.iloc[position]
    part = pd.Series({key: row[list(names)].sum() for key, names in units.items()})
    # Units without any part cannot move anything: to draw them would be too easy.
    part = part[part.abs() > 1e-9]
    drawn = [
        rng.choice(part.index, min(TOP, len(part)), replace=False) for _ in range(DRAWS)
    ]
    answers = []
    for choice, order in (("for", part), ("size", part.abs())):
        top = order.nlargest(TOP).index
        for how in ("contribution", "figures"):

            def moved(keys, how=how):
                return bench.moved(
                    position, set().union(*(units[key] for key in keys)), how
                )

            mine, others = moved(top), np.array([moved(keys) for keys in drawn])
            same = np.array([set(keys) == set(top) for keys in drawn])
            rivals = others[~same] if (~same).any() else others
            answers.append(
                {
                    **{"choice": choice, "how": how, "top": mine},
                    "random": float(others.mean()),
                    # One random draw, as the test is told, and the mean over draws.
                    "more_once": bool(mine > others[0]),
                    "more": float((mine > others).mean()),
                    "more_other": float((mine > rivals).mean()),
                    "least_other": float((mine >= rivals).mean()),
                    "most": bool(mine >= others.max()),
                }
            )
    return answers


def run(model: Model, level: str, cases: int, fill: str, seed: int = 0) -> pd.DataFrame:
    """Compare in random cases of a level; one row for each and each way."""
    rng = np.random.default_rng(seed)
    segments = list(model.facts.segments.index)
    chosen = rng.choice(segments, cases)
    boosters = refitted(model, level)
    rows = []
    for segment in sorted(set(chosen)):
        view = why.cut(model, segment, level)
        bench = Bench(model, view, fill)
        drawn = why_draws.redrawn(model, view, boosters)
        first = np.argsort(-bench.whole, kind="stable")[:FIRST]
        count = int((chosen == segment).sum())
        groups = {key: set(group.features) for key, group in view.groups.items()}
        for position in rng.choice(first, count, replace=False):
            place = view.table.index[position]
            told = why.account(model, view, place, drawn)
            entries = [*told["reasons"], None, None][:2] + [told["weakness"]]
            said = {
                name: entry and entry["share"]
                for name, entry in zip(SAID, entries, strict=True)
            }
            pillars = by_pillar(view)
            without = {key: pillars[key] for key in pillars if key != PRESENCE}
            grains = {"pillar": pillars, "fundamentals": without, "group": groups}
            for grain, units in grains.items():
                for answer in compared(bench, int(position), units, rng):
                    key = {"level": level, "segment": segment, "place": place}
                    rows.append({**key, "grain": grain, **answer, **said})
    return pd.DataFrame(rows)


def report(table: pd.DataFrame) -> str:
    """Return the shares in which the strongest moved the rank more, and stability."""
    keys = ["level", "grain", "choice", "how"]
    shown = ["top", "random", "more_once", "more", "more_other", "least_other", "most"]
    lines = [table.groupby(keys)[shown].mean().round(3).to_string(), ""]
    once = table.drop_duplicates(["level", "segment", "place"])
    for level, rows in once.groupby("level"):
        for name in SAID:
            share = rows[name].dropna().astype(float)
            lines.append(
                f"{level} {name}: in the top {why.TOP} of {share.mean():.3f} of"
                f" resamples, stable {np.mean(share >= why.STABLE):.3f}"
            )
    return "\n".join(lines)


def main() -> None:
    """Run the test on the model in use and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--level", choices=LEVELS)
    parser.add_argument("--fill", choices=("median", "missing"), default="median")
    parser.add_argument("--out", type=Path)
    words = parser.parse_args()
    model = ready(load())
    levels = [words.level] if words.level else LEVELS
    tables = [run(model, level, words.cases, words.fill) for level in levels]
    table = pd.concat(tables, ignore_index=True)
    if words.out:
        table.to_csv(words.out, index=False)
    print(report(table))


if __name__ == "__main__":
    main()
