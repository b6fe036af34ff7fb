"""Champion and challenger: what ranks worse does not replace the model in use.

The rule. The recipe just trained (challenger) and that of the model in use (champion)
are judged on the same origin, one horizon before the last month known: on the same
facts, segments and places. On each level, for all places and for new ones, the mean
over segments of the difference in nDCG@20 (challenger less champion) gets a 95%
interval from a bootstrap of segments and of places. The challenger is *not worse*,
and promoted, when no upper end of these four intervals lies below 0. An equal one is
thus held back by chance in at most one of ten comparisons (four ends, 2.5% each).

A champion made by other code cannot be run again: then its recorded figures of the
same segments at the same origin count, if they are of the same facts, and only
segments are resampled. Where there are none, nothing can be compared, and the
challenger is promoted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone

from data import Facts
from data.schema import LEVELS
from features import assemble, at
from model import metrics, recipe, task
from model.evaluate import candidates
from model.judging import DRAWS, PLACE_METRICS, Judged, segment_queries
from model.manifest import (
    MANIFEST_FILE,
    METRIC,
    RefusedModelError,
    code,
    read_manifest,
)
from model.progress import Progress, silent
from model.ranker import SiteRanker, training_set
from model.store import usable

# Tasks that decide.
TASKS = ("all", "new")
# Why a model was promoted or held back.
FIRST, SAME, NOT_WORSE, WORSE = "first", "same_recipe", "not_worse", "worse"
INCOMPARABLE, ASKED, STALE = "incomparable", "asked", "stale"


@dataclass(frozen=True)
class Champion:
    """The model in use.

    Attributes
    ----------
    manifest : dict
    recipe : SiteRanker or None
        None when other code made it: it cannot be judged again.
    """

    manifest: dict[str, Any]
    recipe: SiteRanker | None

    @property
    def named(self) -> dict[str, str]:
        """What tells the champion from others."""
        names = ("file", "as_of", "facts", "code")
        return {name: self.manifest[name] for name in names}


@dataclass(frozen=True)
class Difference:
    """Challenger less champion in one task, with a 95% interval."""

    level: str
    task: str
    segments: int
    champion: float
    challenger: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """Whether a challenger is promoted, and why.

    Attributes
    ----------
    promoted : bool
    reason : str
        ``first`` (no usable model was there), ``same_recipe``, ``not_worse``,
        ``worse``, ``incomparable``, ``asked`` (promoted although it is worse) or
        ``stale`` (facts, code or libraries changed; trained again without asking).
    origin : str
        Month both were judged from.
    places_resampled : bool
        Whether the intervals know the chance in places, not only in segments.
    differences : list of Difference
    champion : dict
        ``file, as_of, facts, code`` of the model compared with; empty without one.
    """

    promoted: bool
    reason: str
    origin: str = ""
    places_resampled: bool = False
    differences: list[Difference] = field(default_factory=list)
    champion: dict[str, str] = field(default_factory=dict)

    def noted(self) -> dict[str, Any]:
        """Return the verdict as a manifest holds it."""
        return asdict(self)


def in_use(folder: Path) -> Champion | None:
    """Return the model in use; None when there is none whose files are whole.

    Raises
    ------
    RefusedModelError
        When its manifest is not one of ours: somebody must look.
    """
    try:
        read_manifest(folder)
    except RefusedModelError as refused:
        if refused.reason == "manifest":
            raise
    manifest = usable(folder)
    if manifest is None:
        return None
    if manifest["code"] != code():
        return Champion(manifest, None)
    try:
        return Champion(manifest, recipe.from_parameters(manifest["recipe"]))
    except ValueError as error:
        path = folder / MANIFEST_FILE
        raise RefusedModelError(path, "manifest", f"recipe {error}") from None


def challenge(
    facts: Facts,
    champion: Champion | None,
    challenger: SiteRanker,
    judged: list[dict[str, Any]],
    progress: Progress = silent,
) -> Verdict:
    """Say whether a challenger is promoted by the rule.

    Parameters
    ----------
    facts : Facts
    champion : Champion or None
    challenger : SiteRanker
        The recipe.
    judged : list of dict
        Its results of :func:`model.evaluate.evaluate` at one origin.
    """
    if champion is None:
        return Verdict(True, FIRST)
    origin = str(judged[0]["as_of"])
    if champion.recipe is None:
        known = champion.manifest["facts"] == facts.fingerprint
        found = recorded(champion.manifest["metrics"] if known else [], judged)
    elif recipe.parameters(champion.recipe) == recipe.parameters(challenger):
        return Verdict(True, SAME, origin, champion=champion.named)
    else:
        levels = tuple(entry["level"] for entry in judged)
        found = rerun(facts, origin, champion.recipe, challenger, levels, progress)
    reason = verdict(found)
    resampled = champion.recipe is not None
    return Verdict(reason != WORSE, reason, origin, resampled, found, champion.named)


def verdict(found: list[Difference]) -> str:
    """Return what the rule says of the differences."""
    if not found:
        return INCOMPARABLE
    return NOT_WORSE if all(one.high >= 0 for one in found) else WORSE


def rerun(
    facts: Facts,
    origin: str,
    champion: SiteRanker,
    challenger: SiteRanker,
    levels: tuple[str, ...] = LEVELS,
    progress: Progress = silent,
) -> list[Difference]:
    """Train both recipes at an origin and judge them on the months after it."""
    found = []
    for level in levels:
        tables, outcomes = training_set(facts, level, origin, progress)
        table = assemble(at(facts, origin), level)
        happened = task.outcomes_after(facts, level, origin)
        scores = {
            name: clone(ranker).fit(tables, outcomes, progress).predict(table)
            for name, ranker in (("champion", champion), ("challenger", challenger))
        }
        for name, keep in candidates(table, facts).items():
            if name not in TASKS:
                continue
            segments = table.history.segments
            queries, _ = segment_queries(keep, segments, happened, scores)
            if queries:
                found.append(_paired(level, name, queries))
    return found


def _paired(level: str, name: str, queries: list[Any]) -> Difference:
    judged = Judged(queries, {METRIC: PLACE_METRICS[METRIC]})
    lift = judged.lift("challenger", {METRIC: "champion"})[METRIC]
    means = (judged.mean(who)[METRIC] for who in ("champion", "challenger"))
    return Difference(level, name, len(queries), *means, **lift)


def recorded(
    before: list[dict[str, Any]], now: list[dict[str, Any]]
) -> list[Difference]:
    """Compare recorded figures: the same segments, levels, months and tasks."""
    old, new = _by_task(before), _by_task(now)
    found = []
    for key in new:
        both = sorted(set(old.get(key, {})) & set(new[key]))
        if not both:
            continue
        first, second = (np.array([held[key][s] for s in both]) for held in (old, new))
        low, high = metrics.lift_interval(_repeated(second), _repeated(first))
        means = float(first.mean()), float(second.mean())
        change = float((second - first).mean())
        level, *_, name = key
        found.append(
            Difference(str(level), str(name), len(both), *means, change, low, high)
        )
    return found


def _by_task(
    judged: list[dict[str, Any]],
) -> dict[tuple[object, ...], dict[str, float]]:
    """Return figures by segment, for each level, origin, horizon and task."""
    found: dict[tuple[object, ...], dict[str, float]] = {}
    for entry in judged:
        asked = entry["level"], entry["as_of"], entry["horizon_months"]
        for row in entry["by_segment"]:
            if row["task"] in TASKS:
                figures = found.setdefault((*asked, row["task"]), {})
                figures[row["segment"]] = float(row["model"][METRIC])
    return found


def _repeated(figures: np.ndarray) -> np.ndarray:
    """Return figures as if every resample of places gave the same."""
    return np.repeat(figures[:, None], DRAWS, axis=1)
