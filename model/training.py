"""Trains, judges and stores the model in use; the one place that decides when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import lightgbm as lgb
import numpy as np

from data import Facts
from data.schema import LEVELS
from features import shift
from model import card, champion, recipe, store, task
from model.champion import Verdict
from model.evaluate import evaluate
from model.progress import Progress, silent
from model.ranker import SiteRanker, train, training_set
from model.refit import KEPT, Refits
from model.resample import DRAWS, rank_draws
from model.score import Model

# Somebody waits for the first start: it draws fewer resamples than ``train``.
FIRST_DRAWS = 50
# A model of other facts, code or libraries is stale and trained again; one that was
# tampered with is not: somebody must look.
STALE = ("missing", "libraries", "code", "facts", "format")


def train_all(
    facts: Facts,
    folder: Path,
    as_of: str | None = None,
    chosen: SiteRanker | None = None,
    resamples: int = DRAWS,
    force: str = "",
    progress: Progress = silent,
) -> Model:
    """Train both levels, judge the recipe one horizon earlier, and store all of it.

    The figures in the manifest are those of the same recipe trained a horizon
    before ``as_of`` and judged on the months between: the model itself has no
    later months to be judged on. A model that ranks worse than the one in use is
    kept in ``store.CHALLENGER`` (see :mod:`model.champion`).

    Parameters
    ----------
    facts : Facts
    folder : Path
        Where the model in use is.
    as_of : str, optional
        Last month known; by default the last that the outcome lists cover.
    chosen : SiteRanker, optional
        The recipe; the shipped one by default.
    resamples : int
        Draws for the ranges of ranks; 0 for none. A model that is not put in use
        has none.
    force : {"", "asked", "stale"}
        Promote anyway: after a comparison (``asked``), or without one (``stale``).
    progress : Progress

    Returns
    -------
    Model
        The one trained, whether it is in use or not: ``manifest["promotion"]``.

    Raises
    ------
    RefusedModelError
        When the model in use is not ours to compare with; nothing is trained.
    """
    as_of = as_of or task.last_month(facts)
    chosen = chosen or recipe.shipped()
    held = champion.in_use(folder)
    rankers = {
        level: train(facts, level, as_of, chosen, progress=progress) for level in LEVELS
    }
    earlier = shift(as_of, -task.HORIZON)
    metrics = evaluate(facts, (earlier,), ranker=chosen, progress=progress)
    if held is not None and force == champion.STALE:
        verdict = Verdict(True, champion.STALE, champion=held.named)
    else:
        verdict = champion.challenge(facts, held, chosen, metrics, progress)
    if force == champion.ASKED and not verdict.promoted:
        verdict = replace(verdict, promoted=True, reason=champion.ASKED)
    draws: dict[str, np.ndarray] = {}
    if resamples and verdict.promoted:
        draws = {
            level: rank_draws(facts, level, as_of, ranker, resamples, progress=progress)
            for level, ranker in rankers.items()
        }
    model = Model(facts, rankers, as_of, {}, draws=draws)
    target = folder if verdict.promoted else folder / store.CHALLENGER
    model.manifest = store.save(
        target, model, chosen, metrics, verdict.noted(), aside=verdict.promoted
    )
    card.write(target, model)
    return model


def refitted(
    model: Model, level: str, progress: Progress = silent
) -> list[lgb.Booster]:
    """Return the refits that a model keeps; make them when it was trained without.

    They are those of the first rank draws (see :func:`model.resample.score_draws`).
    """
    learned = model.rankers[level].fundamentals_
    if len(getattr(learned, "refits_", [])) < KEPT:
        refits = Refits(learned, *training_set(model.facts, level, model.as_of))
        for number in progress(range(KEPT), f"ranges {level}", KEPT):
            refits.fit(np.random.default_rng([0, number, 0]))
        learned.refits_ = refits.kept
    return [lgb.Booster(model_str=text) for text in learned.refits_]


def ready(
    facts: Facts,
    folder: Path | None = None,
    progress: Progress = silent,
    resamples: int = FIRST_DRAWS,
) -> Model:
    """Return the model in use; train it when there is none or it is stale.

    A stale one keeps its recipe, unless other code made it.

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
    held = champion.in_use(folder)
    chosen = held.recipe if held else None
    return train_all(
        facts,
        folder,
        chosen=chosen,
        resamples=resamples,
        force=champion.STALE,
        progress=progress,
    )
