"""Speed of training, scoring and loading, as ratios to a reference in the same run.

Run with ``uv run python tests/bench/bench_speed.py``. Prints one line for each
measurement; nothing is asserted, because machines differ.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np

from data import catalog
from data.schema import LEVELS
from features import assemble, at
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker, training_set

AS_OF = "2025-12"


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the shortest of some runs, in seconds."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def training(facts: catalog.Facts, level: str) -> tuple[float, float]:
    """Return seconds to train with features, and of bare LightGBM on the matrix."""
    # After our own packages, which choose how LightGBM's threads wait.
    import lightgbm as lgb

    whole = seconds(lambda: SiteRanker().fit(*training_set(facts, level, AS_OF)), 1)
    learner = Fundamentals()
    rows = learner.stack(*training_set(facts, level, AS_OF))

    def bare() -> None:
        for seed in range(learner.seeds):
            lgb.train(
                learner.parameters(seed),
                lgb.Dataset(rows.X, rows.y, group=rows.groups),
                num_boost_round=learner.n_estimators,
            )

    return whole, seconds(bare, 1)


def scoring(facts: catalog.Facts, level: str) -> tuple[float, float]:
    """Return seconds to score every pair, and of bare predict on the same matrices."""
    ranker = SiteRanker().fit(*training_set(facts, level, AS_OF))
    table = assemble(at(facts, AS_OF), level)
    learned = ranker.fundamentals_
    matrices = [table.array(name, learned.columns_) for name in table.history.segments]

    def bare() -> None:
        for matrix in matrices:
            np.mean([booster.predict(matrix) for booster in learned.boosters_], axis=0)

    return seconds(lambda: ranker.predict(table)), seconds(bare)


def main() -> None:
    """Print every measurement."""
    start = time.perf_counter()
    facts = catalog.load()
    print(f"load facts: {time.perf_counter() - start:.2f} s")
    for level in LEVELS:
        for name, measure in (("train", training), ("score", scoring)):
            ours, reference = measure(facts, level)
            ratio = ours / reference
            print(f"{name} {level}: {ours:.2f} s, bare {reference:.2f} s, {ratio:.2f}x")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MB")


if __name__ == "__main__":
    main()
