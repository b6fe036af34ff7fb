"""What 2,000 draws of an index cost, next to the bare products that they contain.

Run as ``PYTHONPATH=. python tests/bench/bench_composite.py``. Made-up figures of 297
places and 30 indicators in five groups, a twentieth missing. Each time is the median
of repeats in one run, those of all rows in turn; nothing is asserted, because machines
differ. On a busy machine set ``OPENBLAS_NUM_THREADS=1``: threads that wait for each
other make small products many times slower. ``a`` is one product of all weights with
one matrix of figures; ``b`` the product that the draws stand for when each has a matrix
of its own, with its errors.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pandas as pd

from model import batch, robustness, sensitivity
from model.composite import Method, build
from model.robustness import DRAWS, Doubt

PLACES, INDICATORS, GROUPS = 297, 30, 5
MISSING, ERROR = 0.05, 0.05
REPEATS = 25
ONLY_WEIGHTS = Doubt(normalise=(), missing=())

Work = dict[str, Callable[[], object]]


def made_up(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return figures with gaps, and the table of a nested index."""
    rng = np.random.default_rng(seed)
    names = [f"indicator_{number}" for number in range(INDICATORS)]
    groups = [f"group_{number}" for number in range(GROUPS)]
    common = rng.standard_normal((PLACES, 1))
    values = np.exp(common + rng.standard_normal((PLACES, INDICATORS)))
    values[rng.random(values.shape) < MISSING] = np.nan
    parents = [groups[number % GROUPS] for number in range(INDICATORS)]
    table = pd.DataFrame({"parent": parents + ["index"] * GROUPS}, names + groups)
    return pd.DataFrame(values, columns=names), table


def products() -> Work:
    """Return the bare products, of arrays that are ready."""
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(INDICATORS), DRAWS)
    figures = rng.random((PLACES, INDICATORS))
    stack = rng.random((DRAWS, PLACES, INDICATORS))
    return {
        "a  bare product": lambda: weights @ figures.T,
        "b  bare batched product": lambda: np.matmul(stack, weights[:, :, None]),
    }


def ours() -> Work:
    """Return what our draws cost, step by step."""
    figures, table = made_up()
    errors = pd.DataFrame(ERROR, figures.index, figures.columns)
    everything = Doubt(errors=errors)
    near = robustness.prepare(figures, table, doubt=ONLY_WEIGHTS)
    wide = robustness.prepare(figures, table, doubt=everything)
    exact = robustness.prepare(figures, table, doubt=Doubt())
    layout, own = near.layout, near.variants[0]
    base = np.repeat(own.shares[:, None], DRAWS, axis=1)

    def shares() -> np.ndarray:
        rng = np.random.default_rng(0)
        return robustness.weights(rng, layout, base, ONLY_WEIGHTS)

    ready = shares()
    geometric = robustness.prepare(
        figures, table, Method(across="geometric"), ONLY_WEIGHTS
    )
    return {
        "c  weights ready: scores": lambda: batch.scores(layout, own, ready),
        "c  weights: scores": lambda: batch.scores(layout, own, shares()),
        "c  weights: scores, ranks": lambda: robustness.draw(near),
        "c  the same, geometric": lambda: robustness.draw(geometric),
        "d  everything: scores, ranks": lambda: robustness.draw(wide),
        "d  the same, no errors": lambda: robustness.draw(exact),
        "   before c: build the index": lambda: build(figures, table),
        "   before d: 16 ways of figures": lambda: robustness.prepare(
            figures, table, doubt=everything
        ),
    }


def measured(work: Work, repeats: int) -> dict[str, float]:
    """Return the median seconds of each piece of work; every round does all."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for number in range(repeats + 1):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            # The first round warms up.
            if number:
                taken[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in taken.items()}


def sensitivities() -> Work:
    """Return the sensitivity measures, each done once."""
    figures, table = made_up()
    index = build(figures, table)
    return {
        "sobol": lambda: sensitivity.sobol(figures, table),
        "leave_one_out": lambda: sensitivity.leave_one_out(index),
        "overlaps": lambda: sensitivity.overlaps(index),
        "reversals": lambda: sensitivity.reversals(figures, table),
    }


def main() -> None:
    """Print every measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=REPEATS)
    repeats = parser.parse_args().repeats
    found = measured({**products(), **ours()}, repeats)
    single, stacked = list(found.values())[:2]
    print(f"{DRAWS} draws, {PLACES} places, {INDICATORS} indicators; {repeats} repeats")
    print(f"{'':<32}{'ms':>8}{'over a':>8}{'over b':>8}")
    for name, seconds in found.items():
        ratios = f"{seconds / single:8.2f}{seconds / stacked:8.2f}"
        print(f"{name:<32}{seconds * 1e3:8.2f}{ratios}")
    for name, seconds in measured(sensitivities(), 1).items():
        print(f"{name:<32}{seconds * 1e3:8.0f}")


if __name__ == "__main__":
    main()
