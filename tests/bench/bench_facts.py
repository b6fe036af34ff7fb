"""Loading the whole fact base, next to a bare ``pandas.read_csv`` of the same files.

Run as ``python tests/bench/bench_facts.py``; prints seconds, megabytes and ratios.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BEGIN = """
import resource, sys, time
sys.path.insert(0, {root!r})
import numpy, pandas
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, start = peak(), time.perf_counter()
"""
END = """
print(time.perf_counter() - start, peak() - before)
"""
BARE = """
from pathlib import Path
from data.reading import files
from data.tables import TABLES
start = time.perf_counter()
root = Path({root!r}) / "data"
paths = [p for t in TABLES for p in files(root, t) if p.suffix == ".csv"]
held = [pandas.read_csv(p, dtype=str, keep_default_na=False) for p in paths]
"""
OURS = """
from data.catalog import load
start = time.perf_counter()
facts = load()
facts.outcomes, facts.places, facts.observations
"""
REPEATS = 3


def measure(work: str) -> tuple[float, float]:
    """Return the least seconds and megabytes of some runs, each its own process."""
    code = (BEGIN + work + END).format(root=str(ROOT))
    runs = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        seconds, megabytes = map(float, done.stdout.split())
        runs.append((seconds, megabytes))
    return min(s for s, _ in runs), min(m for _, m in runs)


if __name__ == "__main__":
    bare, ours = measure(BARE), measure(OURS)
    print(f"bare read_csv     {bare[0]:6.2f} s  {bare[1]:6.0f} MB")
    print(f"facts, all joined {ours[0]:6.2f} s  {ours[1]:6.0f} MB")
    print(f"ratio             {ours[0] / bare[0]:6.2f}    {ours[1] / bare[1]:6.2f}")
