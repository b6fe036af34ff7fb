"""Trains, judges and stores the model in use; the one place that decides when."""

from __future__ import annotations

from pathlib import Path

from data import Facts
from data.schema import LEVELS
from features import shift
from model import store, task
from model.evaluate import evaluate
from model.fundamentals import Fundamentals
from model.progress import Progress, silent
from model.ranker import SiteRanker, train
from model.score import Model

# A model of other facts, code or libraries is stale and trained again; one that was
# tampered with is not: somebody must look.
STALE = ("missing", "libraries", "code", "facts", "format")


def last_month(facts: Facts) -> str:
    """Return the last month the outcome lists cover."""
    return str(facts.sources["covers_to"].max())


def train_all(
    facts: Facts,
    folder: Path,
    as_of: str | None = None,
    seed: int = 0,
    threads: int = 0,
    progress: Progress = silent,
) -> Model:
    """Train both levels, judge them one horizon earlier, and store all of it.

    The figures in the manifest are those of the same recipe trained a horizon
    before ``as_of`` and judged on the months between: the model itself has no
    later months to be judged on.
    """
    as_of = as_of or last_month(facts)
    recipe = SiteRanker(
        fundamentals=Fundamentals(random_state=seed, num_threads=threads)
    )
    rankers = {
        level: train(facts, level, as_of, recipe, progress=progress) for level in LEVELS
    }
    earlier = shift(as_of, -task.HORIZON)
    metrics = evaluate(facts, (earlier,), ranker=recipe, progress=progress)
    manifest = store.save(folder, rankers, facts, as_of, seed, metrics)
    return Model(facts, rankers, as_of, manifest)


def ready(
    facts: Facts, folder: Path | None = None, progress: Progress = silent
) -> Model:
    """Return the model in use; train it when there is none or it is stale.

    Raises
    ------
    RefusedModelError
        When a model is there but is corrupt or not ours.
    """
    folder = folder or store.folder(facts)
    try:
        return store.load(folder, facts)
    except store.RefusedModelError as refused:
        if refused.reason not in STALE:
            raise
    return train_all(facts, folder, progress=progress)
