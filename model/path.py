"""Path to the shortlist: the fewest figures whose change lifts a place into the top.

Only what a place can act on changes (``model.levers``), only in the direction that is
held to be better, and only as far as places alike really came. The path holds for the
trees as they are: it says what the ranking would answer, not what would cause firms to
come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any

import numpy as np

from model.assumptions import Assumption
from model.intervals import Drawn
from model.levers import ACTIONABLE, Lever, lever_of
from model.score import Model, UnknownNameError, check_segment
from model.unknowns import Rescore
from model.what_if import ranked, transported, whole
from model.wording import Text, quantity

TOP = 10
# Sets up to this size are all tried; larger ones grow from the best of these.
EXACT, LONGEST = 3, 8
# Paths of each size that the whole pipeline is asked about.
CHECKS = 6


@dataclass(frozen=True)
class Path:
    """What would lift a place into the top, or how far it can come.

    Attributes
    ----------
    segment, level, place : str
    top : int
    status : {"reached", "already", "none"}
        Of ``none`` the steps are those that come nearest.
    steps : list of dict
        ``indicator, name_zh, name_en, unit, from, to, peer_low, peer_high, peers,
        years, periods, basis, why_zh, why_en, text_zh, text_en``.
    rank_before, rank_after : int
    score_before, score_after : float
        By the whole pipeline.
    range_before, range_after : tuple of int or None
        90%, the second carried over (:func:`model.what_if.transported`).
    search : {"exact", "greedy"}
        Whether no smaller set of the same figures and steps reaches the top.
    note : Text
    """

    segment: str
    level: str
    place: str
    top: int
    status: str
    rank_before: int
    rank_after: int
    score_before: float
    score_after: float
    range_before: tuple[int, int] | None
    range_after: tuple[int, int] | None
    search: str
    note: Text
    steps: list[dict[str, Any]] = field(default_factory=list)


def path_to_top(
    model: Model,
    segment: str,
    level: str,
    place: str,
    top: int = TOP,
    allowed: Collection[str] | None = None,
) -> Path:
    """Find the fewest figures whose change lifts a place into the top of a segment.

    Every set of up to ``EXACT`` figures, each at some parts of its way, is scored fast;
    among the smallest sets that reach the top, the least way in all comes first.
    Larger sets grow one by one from the best. What is answered is then ranked by the
    whole pipeline, and only what holds there counts.

    Parameters
    ----------
    model : Model
    segment, level, place : str
    top : int
    allowed : collection of str, optional
        Indicators that may change in place of :data:`model.levers.ACTIONABLE`. One
        without a better direction cannot.

    Raises
    ------
    UnknownNameError
        When the segment, level, place or an allowed indicator is not known or ranked,
        or ``top`` is not within the list.
    """
    check_segment(model.facts, segment)
    fast = Rescore(model, segment, level, place)
    if not 1 <= top <= len(fast.score):
        raise UnknownNameError("top", str(top), [f"1..{len(fast.score)}"])
    chosen = list(ACTIONABLE) if allowed is None else list(dict.fromkeys(allowed))
    for name in chosen:
        if name not in model.facts.indicators.index:
            raise UnknownNameError(
                "indicator", name, list(model.facts.indicators.index)
            )
    if fast.rank <= top:
        return _answer(fast, top, "already", {}, fast.score, [], "exact")
    levers = [lever for name in chosen if (lever := lever_of(fast, name))]
    best: tuple[int, float, dict[str, float], np.ndarray, str] | None = None
    for variant, search in candidates(fast, levers, top):
        assumed = [Assumption(level, place, *step) for step in variant.items()]
        score, rank = whole(model, segment, level, assumed)
        mine = int(rank[fast.row])
        if best is None or (mine, -score[fast.row]) < best[:2]:
            best = (mine, -float(score[fast.row]), variant, score, search)
        if mine <= top:
            return _answer(fast, top, "reached", variant, score, levers, search)
    if best is None or best[0] >= fast.rank:
        return _answer(fast, top, "none", {}, fast.score, levers, "greedy")
    return _answer(fast, top, "none", best[2], best[3], levers, best[4])


def candidates(
    fast: Rescore, levers: list[Lever], top: int
) -> Iterator[tuple[dict[str, float], str]]:
    """Yield changes that reach the top by the fast score, the least first, each once.

    After them, or for want of them, the one that comes nearest.
    """
    told: list[dict[str, float]] = []
    for variant, search in _searched(fast, levers, top):
        if variant not in told:
            told.append(variant)
            yield variant, search


def _searched(
    fast: Rescore, levers: list[Lever], top: int
) -> Iterator[tuple[dict[str, float], str]]:
    """Yield what :func:`candidates` does, some of it twice."""
    entries = fast.model.facts.indicators
    ways = [
        [(one.indicator, v) for v in one.steps(entries.at[one.indicator, "direction"])]
        for one in levers
    ]
    held = {one.indicator: one for one in levers}
    nearest: tuple[float, dict[str, float]] = (-np.inf, {})
    for size in range(1, min(EXACT, len(ways)) + 1):
        variants = [
            dict(steps)
            for group in combinations(ways, size)
            for steps in product(*group)
        ]
        if not variants:
            continue
        scores, ranks = _rescored(fast, variants)
        effort = np.array(
            [sum(held[name].way(v) for name, v in one.items()) for one in variants]
        )
        order = np.lexsort((-scores, effort.round(9)))
        reached = [at for at in order if ranks[at] <= top]
        yield from ((variants[at], "exact") for at in reached[:CHECKS])
        at = int(np.lexsort((effort.round(9), -scores))[0])
        if scores[at] > nearest[0]:
            nearest = (float(scores[at]), variants[at])
    while nearest[1] and len(nearest[1]) < LONGEST:
        free = [step for way in ways for step in way if step[0] not in nearest[1]]
        variants = [{**nearest[1], name: value} for name, value in free]
        if not variants:
            break
        scores, ranks = _rescored(fast, variants)
        at = int(np.argmax(scores))
        if scores[at] <= nearest[0] + 1e-9:
            break
        nearest = (float(scores[at]), variants[at])
        if ranks[at] <= top:
            yield _pruned(fast, nearest[1], top), "greedy"
    if nearest[1]:
        yield nearest[1], "greedy"


def _pruned(fast: Rescore, variant: dict[str, float], top: int) -> dict[str, float]:
    """Leave out each step without which the top is reached by the fast score."""
    for name in list(variant):
        fewer = {key: value for key, value in variant.items() if key != name}
        if fewer and _rescored(fast, [fewer])[1][0] <= top:
            variant = fewer
    return variant


def _rescored(
    fast: Rescore, variants: list[dict[str, float]]
) -> tuple[np.ndarray, np.ndarray]:
    """Score variants of the place's own figures, some thousands at a time."""
    keyed = [{(fast.level, k): v for k, v in one.items()} for one in variants]
    parts = [
        fast.scores_and_ranks(keyed[start : start + 10_000])
        for start in range(0, len(keyed), 10_000)
    ]
    scores, ranks = zip(*parts, strict=True)
    return np.concatenate(scores), np.concatenate(ranks)


def _answer(
    fast: Rescore,
    top: int,
    status: str,
    variant: dict[str, float],
    score: np.ndarray,
    levers: list[Lever],
    search: str,
) -> Path:
    """Put the answer together: steps, and ranks with their ranges."""
    old, new = ranked(fast.score), ranked(score)
    # Resamples are of the figures known.
    drawn = fast.model.drawn(fast.segment, fast.level)
    drawn = None if fast.model.assumed else drawn
    before = after = None
    if drawn is not None:
        before = _range(drawn, old, fast.row)
        after = _range(transported(drawn, old, new), new, fast.row)
    now, then = int(old[fast.row]), int(new[fast.row])
    held = {one.indicator: one for one in levers}
    return Path(
        segment=fast.segment,
        level=fast.level,
        place=fast.place,
        top=top,
        status=status,
        rank_before=now,
        rank_after=then,
        score_before=float(fast.score[fast.row]),
        score_after=float(score[fast.row]),
        range_before=before,
        range_after=after,
        search=search,
        note=_note(status, now, then, top),
        steps=[_step(fast, held[name], value) for name, value in variant.items()],
    )


def _range(drawn: Drawn, rank: np.ndarray, row: int) -> tuple[int, int]:
    low, high = drawn.ranges(rank)
    return int(low[row]), int(high[row])


def _note(status: str, now: int, then: int, top: int) -> Text:
    """Say what was found, and on what it rests."""
    if status == "already":
        return Text(
            f"已在前{top}名（第{now}名）", f"in the first {top} already (#{now})"
        )
    rests = Text(
        "以下步骤是假设，不是预测，也不说明因果",
        "the steps are assumptions: neither a forecast nor a cause",
    )
    if status == "reached":
        return Text(
            f"由第{now}名到第{then}名；{rests.zh}",
            f"from #{now} to #{then}; {rests.en}",
        )
    return Text(
        f"以可改变的指标进不了前{top}名，最好到第{then}名（现第{now}名）；{rests.zh}",
        f"what the place can act on does not bring it into the first {top}: #{then} at"
        f" best (#{now} now); {rests.en}",
    )


def _step(fast: Rescore, lever: Lever, value: float) -> dict[str, Any]:
    """Return one step with its peer range and words."""
    entry = fast.model.facts.indicators.loc[lever.indicator]
    old, new, end = (
        quantity(v, lever.unit)
        for v in (lever.now, value, lever.high if value > lever.now else lever.low)
    )
    why = ACTIONABLE.get(
        lever.indicator, Text("按使用者的要求", "named by who asked for the path")
    )
    seen = Text(
        f"{lever.peers}个相似地方中最好的十分之一现有水平折合{end.zh}，只有一期数据",
        f"{end.en} is what the best tenth of {lever.peers} places alike have now"
        " (figures of one period only)",
    )
    if lever.years is not None:
        seen = Text(
            f"{lever.peers}个相似地方{lever.periods}（{lever.years:g}年）"
            f"变化最好的十分之一折合{end.zh}",
            f"{end.en} is what the change of the best tenth of {lever.peers} places"
            f" alike over {lever.periods} ({lever.years:g} years) would give",
        )
    return {
        "indicator": lever.indicator,
        "name_zh": str(entry["name_zh"]),
        "name_en": str(entry["name_en"]),
        "unit": lever.unit,
        "from": lever.now,
        "to": value,
        "peer_low": lever.low,
        "peer_high": lever.high,
        "peers": lever.peers,
        "years": lever.years,
        "periods": lever.periods,
        "basis": lever.basis,
        "why_zh": why.zh,
        "why_en": why.en,
        "text_zh": f"{entry['name_zh']}由{old.zh}到{new.zh}（{seen.zh}）",
        "text_en": f"{entry['name_en']} from {old.en} to {new.en} ({seen.en})",
    }
