"""The record of what was tried: every variant of the ranking next to the shipped one.

Run with ``python -m tests.bench.variants [--level city] [--only NAME,...] [--test]
[--out FILE.csv] [--record]``. Each variant sees a :class:`View`: the facts known at an
origin, and lessons that end with it. Nothing is kept on disk but what is asked for.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data import Facts, load
from data.schema import LEVELS
from model import baselines, task

# The registry fills as these are imported, in the order of the table.
from tests.bench import (  # noqa: F401
    variants_learned,
    variants_linear,
    variants_presence,
)
from tests.bench.variants_judge import Judgement, best_baselines, judgement, overlap
from tests.bench.variants_report import SHIPPED, describe, markdown, rows, write_csv
from tests.bench.variants_view import VARIANTS, Settings, View

# Origins the recipe is chosen on, and months judged: none after 2024-12.
CHOOSING = {
    "2023-06": 12,
    "2023-09": 12,
    "2023-12": 12,
    "2024-03": 9,
    "2024-06": 6,
    "2024-09": 3,
}
TEST = {"2024-12": 12}
RECORD = Path(__file__).resolve().parents[2] / "model" / "RECORD.md"
Found = tuple[Judgement, dict[str, float]]


def rankings(view: View, names: list[str]) -> dict[str, np.ndarray]:
    """Return the scores of the baselines and of some variants, shape (S, P) each."""
    found = dict(baselines.rankings(view.table))
    for name in names:
        found[name] = VARIANTS[name].make(view)
    return found


def at_origin(
    facts: Facts, level: str, origin: str, months: int, names: list[str], how: Settings
) -> Found:
    """Judge variants and baselines at one origin.

    Returns
    -------
    judgement : Judgement
    overlaps : dict of float
        How much of the first 20 two segments share, by variant.
    """
    view = View(facts, level, origin, how)
    scores = rankings(view, names)
    happened = task.outcomes_after(facts, level, origin, months)
    judged = judgement(view.table, facts, happened, scores)
    return judged, {name: overlap(scores[name]) for name in names}


def _job(
    data: Path | None,
    level: str,
    origin: str,
    months: int,
    names: list[str],
    how: Settings,
) -> Found:
    facts = load(data) if data else load()
    return at_origin(facts, level, origin, months, names, how)


def of_level(level: str, found: dict[str, Found], names: list[str]) -> list[dict]:
    """Return the rows of a level from what was found at each origin."""
    some = next(iter(found.values()))[0]
    plain = [name for name in some if name not in VARIANTS]
    choosing = best_baselines([found[o][0] for o in CHOOSING if o in found], plain)
    tests = [found[o][0] for o in TEST if o in found]
    if tests:
        tests = best_baselines(tests, plain)
    shares = pd.DataFrame([found[o][1] for o in CHOOSING if o in found]).mean()
    says = {name: (VARIANTS[name].group, VARIANTS[name].says) for name in names}
    both = {SHIPPED: says.pop(SHIPPED), **describe(plain), **says}
    return rows(level, choosing, tests, both, shares.to_dict())


def run(args: argparse.Namespace) -> pd.DataFrame:
    """Judge at every origin, each in a process of its own, and tabulate."""
    names = [SHIPPED, *(args.only or VARIANTS)]
    names = list(dict.fromkeys(names))
    origins = CHOOSING | (TEST if args.test else {})
    how = Settings(seeds=args.seeds, threads=args.threads)
    found: dict[str, dict[str, Found]] = {level: {} for level in args.level}
    # The longest first: districts, and the latest origins, which learn from most.
    order = [(level, o) for level in reversed(args.level) for o in reversed(origins)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(args.workers, mp_context=context) as pool:
        jobs = {
            pool.submit(_job, args.data, level, o, origins[o], names, how): (level, o)
            for level, o in order
        }
        start = time.perf_counter()
        for job in as_completed(jobs):
            level, origin = jobs[job]
            found[level][origin] = job.result()
            gone = time.perf_counter() - start
            print(f"{level} {origin}: {gone:.0f} s", file=sys.stderr, flush=True)
    table: list[dict[str, Any]] = []
    for level in args.level:
        table += of_level(level, found[level], names)
    return pd.DataFrame(table)


def _names(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in VARIANTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no variant {', '.join(unknown)}")
    return names


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument("--level", type=lambda text: [text], default=list(LEVELS))
    made.add_argument("--only", type=_names, help="names, joined by commas")
    made.add_argument("--test", action="store_true", help="look at the test origin too")
    made.add_argument("--out", type=Path, help="write the rows as CSV")
    made.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    made.add_argument("--data", type=Path, help="folder of facts")
    made.add_argument("--seeds", type=int, default=Settings.seeds)
    made.add_argument("--threads", type=int, default=Settings.threads)
    made.add_argument("--workers", type=int, default=2)
    return made


def main(argv: list[str] | None = None) -> None:
    """Run the command line."""
    args = parser().parse_args(argv)
    table = run(args)
    if args.out:
        write_csv(table, args.out)
    text = markdown(
        table,
        choosing=", ".join(f"{origin} ({m})" for origin, m in CHOOSING.items()),
        test=", ".join(f"{origin} ({m})" for origin, m in TEST.items()),
        seeds=args.seeds,
    )
    if args.record:
        RECORD.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
