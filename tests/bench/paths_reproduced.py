"""Whether the command that a path prints gives the rank that the path promises.

Run with ``python -m tests.bench.paths_reproduced [--cases 100] [--seed 0]``. A case is
a segment and a place at ranks ``NEAR``, half of each level. ``siteselect path --json``
is run as the command line would, in this process; then the command it prints. Counted
are the cases whose rank, range and score come out equal to the last digit, and the
steps within what the peers achieved. Seconds are of finding the path, without loading.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shlex
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

from app import cli
from data import load
from data.schema import LEVELS
from model import training
from model.path import path_to_top
from model.score import Model, ranking

CASES, TOP = 100, 10
# From within the first ten to where no path leads.
NEAR = range(4, 61)
WHEN = ("before", "after")


def cases(model: Model, count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield (segment, level, place), half of each level."""
    rng = np.random.default_rng(seed)
    for level in LEVELS:
        for _ in range(count // len(LEVELS)):
            segment = str(rng.choice(model.tables[level].segments))
            table = ranking(model, segment, level).set_index("rank")
            yield segment, level, str(table.at[int(rng.choice(NEAR)), "place"])


def printed(*words: str) -> dict[str, Any]:
    """Return the JSON that a command prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = cli.main([*words, "--json"])
    if code:
        raise RuntimeError(f"exit code {code}: {words}")
    return json.loads(out.getvalue())


def same(path: dict[str, Any]) -> bool:
    """Return whether the command of a path gives its ranks, ranges and scores."""
    found = printed(*shlex.split(path["command"])[1:])
    names = [f"{name}_{when}" for name in ("rank", "score") for when in WHEN]
    ranges = [[found[f"low_{when}"], found[f"high_{when}"]] for when in WHEN]
    return [found[name] for name in names] == [path[name] for name in names] and (
        ranges == [path[f"range_{when}"] for when in WHEN]
    )


def main() -> None:
    """Run all cases and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    model = training.ready(load())
    status: Counter[str] = Counter()
    seconds: dict[str, list[float]] = {level: [] for level in LEVELS}
    equal = commands = inside = steps = 0
    # Loaded once, not for each of the commands.
    with (
        mock.patch("app.commands.path.ready", return_value=model),
        mock.patch("app.commands.what_if.ready", return_value=model),
    ):
        for segment, level, place in cases(model, asked.cases, asked.seed):
            start = time.perf_counter()
            path_to_top(model, segment, level, place, TOP)
            seconds[level].append(time.perf_counter() - start)
            where = ("--segment", segment, "--place", place, "--level", level)
            path = printed("path", *where, "--top", str(TOP))
            status[path["status"]] += 1
            steps += len(path["steps"])
            inside += sum(
                step["peer_low"] <= step["to"] <= step["peer_high"]
                for step in path["steps"]
            )
            if path["command"]:
                commands += 1
                equal += same(path)
    print(", ".join(f"{name}: {count}" for name, count in sorted(status.items())))
    print(f"commands that give the same rank, range and score: {equal} of {commands}")
    print(f"steps within what the peers achieved: {inside} of {steps}")
    for level, spent in seconds.items():
        print(f"{level}: median {np.median(spent):.2f} s, max {max(spent):.2f} s")


if __name__ == "__main__":
    main()
