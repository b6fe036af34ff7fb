"""Speed of ``fit`` and ``explain`` for one place, beside bare LightGBM in the same run.

Run with ``PYTHONPATH=. python tests/bench/bench_explain.py [PLACE ...]``. Prints the
median seconds of each and of the LightGBM calls that it contains, on matrices made
before: ``pred_contrib`` of the rows that are explained and, for what ranks, ``predict``
of every candidate. Facts are loaded and the model trained before. ``fit`` is measured
cold (nothing shared computed yet, as on the command line) and warm (as in the app,
where the board of a level is kept); nothing is asserted, because machines differ.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from app.commands.places import level_of
from data import load
from model import explain, park, training
from model.board import Board
from model.park import Park
from model.rivals import choose
from model.score import Model

SEGMENT = "ai_healthcare"
PLACES = ("440305", "341102", "340100")
REPEATS = 7


def median(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median seconds of some runs."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def line(name: str, ours: float, bare: dict[str, float]) -> None:
    """Print a measurement beside its references."""
    said = ", ".join(f"{k} {v:.3f} s ({ours / v:.2f}x)" for k, v in bare.items())
    print(f"{name}: {ours:.3f} s; bare {said}")


def main() -> None:
    """Print every measurement."""
    model = training.ready(load())
    for place in sys.argv[1:] or PLACES:
        measure(model, place, level_of(model.facts, place, None))


def measure(model: Model, place: str, level: str) -> None:
    """Measure both for one place."""
    learned, table = model.rankers[level].fundamentals_, model.tables[level]
    segments = list(table.history.segments)
    matrices = [table.array(name, learned.columns_) for name in segments]
    board = Board(model, level)
    rows = [
        [board.column(code) for code in (place, *choose(board, name, place))]
        for name in segments
    ]

    def contrib(*given: np.ndarray) -> None:
        for matrix in given:
            for booster in learned.boosters_:
                booster.predict(matrix, pred_contrib=True)

    def predict(*given: np.ndarray) -> None:
        for matrix in given:
            for booster in learned.boosters_:
                booster.predict(matrix, raw_score=True)

    one = matrices[segments.index(SEGMENT)]
    all_contrib = median(lambda: contrib(one))
    one_predict = median(lambda: predict(one))
    ours = median(lambda: explain.explain(model, SEGMENT, place, level))
    both = {"pred_contrib": all_contrib, "with predict": all_contrib + one_predict}
    line(f"explain {place}", ours, both)

    explained = [m[r] for m, r in zip(matrices, rows, strict=True)]
    some = median(lambda: contrib(*explained))
    whole = median(lambda: predict(*matrices), 3)
    cold = median(lambda: park.fit(Park(Board(model, level)), place), 3)
    line(
        f"fit {place} cold", cold, {"pred_contrib": some, "with predict": some + whole}
    )
    kept = Park(board)
    park.fit(kept, place)
    warm = median(lambda: park.fit(kept, place))
    line(f"fit {place} warm", warm, {"pred_contrib": some})
    first = median(lambda: park.fit(kept, place, 1))
    line(f"fit {place} warm, first segment", first, {"pred_contrib": some / len(rows)})
    full = all_contrib * len(segments)
    line(f"fit {place} cold", cold, {"pred_contrib of every candidate": full})


if __name__ == "__main__":
    main()
