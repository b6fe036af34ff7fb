"""Rivals of a place for a segment: near it in rank, like it, and where each wins.

The gap to a rival is a difference of scores, so what is common to all candidates drops
out of it: only the places compared need the costly parts of the learned score, not the
thousands that the average candidate is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from features.lineage import origin
from model.board import Board
from model.evidence import PRESENCE
from model.twins import Figure, cited
from model.wording import Text, number, significant

__all__ = ["Board", "Point", "Rival", "choose", "rivals"]

RIVALS = 5
# A rival's rank lies in the place's 90% range, which is taken to reach at least this
# many ranks to both sides; without resamples this far alone.
NEAR = 10
POINTS = 2
# A smaller part of a gap is not worth a sentence.
WORTH_SAYING = 0.01


@dataclass(frozen=True)
class Point:
    """By what a place is ahead (positive contribution to the gap) or behind."""

    text: Text
    pillar: str
    contribution: float
    sources: list[str]


@dataclass(frozen=True)
class Rival:
    """A rival of a place for a segment.

    Attributes
    ----------
    place : str
    rank : int
        In the segment's ranking.
    gap : float
        Score of the place less that of the rival.
    chance_above : float or None
        Share of resamples with the place above the rival.
    distance : float
        How unlike the two are (see :class:`Profile`).
    parts : dict of float
        The gap by presence term (``presence:...``) and pillar; they sum to it.
    points : list of Point
        Where the place wins, then where it loses.
    """

    place: str
    rank: int
    gap: float
    chance_above: float | None
    distance: float
    parts: dict[str, float]
    points: list[Point]

    @property
    def pillars(self) -> list[dict[str, Any]]:
        """The gap by pillar, largest first; presence also by its terms."""
        terms = {k: v for k, v in self.parts.items() if k.startswith(PRESENCE)}
        whole = {k: v for k, v in self.parts.items() if k not in terms}
        whole[PRESENCE] = sum(terms.values())
        by_term = [
            {"term": key.split(":")[1], "contribution": value}
            for key, value in terms.items()
        ]
        return [
            {"pillar": key, "contribution": value}
            | ({"terms": by_term} if key == PRESENCE else {})
            for key, value in sorted(whole.items(), key=lambda one: -abs(one[1]))
        ]


def choose(board: Board, segment: str, place: str) -> list[str]:
    """Return the rivals of a place for a segment, best rank first.

    Of the places in the place's range of ranks those most like it in profile, at most
    ``twins.MOST_OF_A_CITY`` of one city; the range is widened until there are enough.
    """
    return _nearest(board, segment, place, board.distances(place))


def _nearest(board: Board, segment: str, place: str, distance: np.ndarray) -> list[str]:
    """Return the rivals of a place, whose distance to every other is known."""
    row, column = board.row(segment), board.column(place)
    ranks, places = board.rank[row], board.table.history.places
    rank = int(ranks[column])
    low, high = board.range(row, column) or (rank, rank)
    near = NEAR
    while True:
        inside = (ranks >= min(low, rank - near)) & (ranks <= max(high, rank + near))
        other = np.flatnonzero(inside)
        other = other[other != column]
        # Equally alike: the nearer in rank first.
        order = np.lexsort((np.abs(ranks[other] - rank), distance[other].round(12)))
        chosen = board.profile.few_of_a_city(other[order], RIVALS)
        if len(chosen) == RIVALS or inside.all():
            break
        near *= 2
    return [str(places[i]) for i in sorted(chosen, key=lambda i: ranks[i])]


def rivals(board: Board, segment: str, place: str) -> list[Rival]:
    """Return the rivals of a place for a segment, and where each wins and loses."""
    return all_rivals(board, [segment], place)[segment]


def all_rivals(
    board: Board, segments: Sequence[str], place: str
) -> dict[str, list[Rival]]:
    """Return the rivals of a place for each of some segments (see :func:`rivals`)."""
    distance = board.distances(place)
    chosen = {one: _nearest(board, one, place, distance) for one in segments}
    asked = {one: [place, *others] for one, others in chosen.items()}
    pieces = board.all_pieces(asked)
    return {
        one: _compared(board, one, asked[one], pieces[one], distance)
        for one in segments
    }


def _compared(
    board: Board,
    segment: str,
    places: list[str],
    pieces: np.ndarray,
    distance: np.ndarray,
) -> list[Rival]:
    """Compare the first of some places, whose scores are split, with the others."""
    place, *others = places
    row, column = board.row(segment), board.column(place)
    near = related(board, segment, place)
    gaps = pieces[0] - pieces[1:]
    pillars = _summed(gaps, list(board.pillars.values()))
    themes = _summed(gaps, board.themes)
    found = []
    for i, other in enumerate(others):
        position = board.column(other)
        found.append(
            Rival(
                place=other,
                rank=int(board.rank[row, position]),
                gap=float(board.score[row, column] - board.score[row, position]),
                chance_above=board.chance_above(row, column, position),
                distance=float(distance[position]),
                parts=dict(zip(board.pillars, pillars[i].tolist(), strict=True)),
                points=_points(
                    board, segment, near, (gaps[i], themes[i]), (place, other)
                ),
            )
        )
    return found


def _summed(gaps: np.ndarray, groups: list[list[int]]) -> np.ndarray:
    """Sum the columns of each group."""
    starts = np.cumsum([0, *(len(group) for group in groups[:-1])])
    return np.add.reduceat(gaps[:, list(chain(*groups))], starts, axis=1)


def _points(
    board: Board,
    segment: str,
    near: list[str],
    gap: tuple[np.ndarray, np.ndarray],
    pair: tuple[str, str],
) -> list[Point]:
    """Return the talking points of a gap: what speaks for the place, then against.

    The gap is given by column and by theme; ``near`` are the related segments that
    count.
    """
    parts, values = gap
    order = np.argsort(values, kind="stable")
    found: list[Point] = []
    for side in (order[::-1], order):
        sign = 1.0 if side[0] == order[-1] else -1.0
        said: list[Point] = []
        for theme in side:
            if sign * values[theme] < WORTH_SAYING or len(said) == POINTS:
                break
            columns = sorted(board.themes[theme], key=lambda i: -abs(parts[i]))
            names = [board.columns[i] for i in columns]
            point = _point(board, segment, near, names, pair, float(values[theme]))
            if point is not None:
                said.append(point)
        found += said
    return found


def _point(
    board: Board,
    segment: str,
    near: list[str],
    names: list[str],
    pair: tuple[str, str],
    value: float,
) -> Point | None:
    """Say one theme of a gap, or nothing where the figures do not speak for it.

    A gap's part may run against what a reader takes a figure for (more spending that
    counts against a place), and a year's figure is not one of another year: the part
    stands, but it is no talking point.
    """
    level = board.level
    if names[0].startswith(PRESENCE):
        term, pillar, direction = names[0].split(":")[1], PRESENCE, 1.0
        of = near if term == "related_segments" else [segment]
        named = title(board, term, of)
        both = [counted(board, term, of, place) for place in pair]
    else:
        told = [name for name in names if origin(name, level).kind != "observed"]
        if not told:
            return None
        source = origin(told[0], level)
        named, pillar, direction = board.indicators[source.indicator]
        if source.level != level:
            named = Text(f"所在城市的{named.zh}", f"its city's {named.en}")
        figures = [board.figured(told[0], place) for place in pair]
        both = [one for one in figures if one is not None]
        if len(both) < 2 or (both[0].year != both[1].year and source.kind != "flag"):
            return None
    mine, theirs = both
    ahead = (mine.value - theirs.value) * (direction or np.sign(value))
    if ahead * value <= 0 or mine.text == theirs.text:
        return None
    here, there = (board.names[place] for place in pair)
    verb = Text("胜在", "Ahead on") if value > 0 else Text("负在", "Behind on")
    text = Text(
        f"{verb.zh}{named.zh}：{here.zh}{mine.text.zh}，{there.zh}{theirs.text.zh}",
        f"{verb.en} {named.en}: {here.en} {mine.text.en}, {there.en} {theirs.text.en}",
    )
    sources = sorted({*mine.sources, *theirs.sources})
    return Point(cited(text, sources), pillar, value, sources)


def related(board: Board, segment: str, place: str) -> list[str]:
    """Return the related segments that count: the nearest that a place has."""
    phi, past = board.kin[board.row(segment)], board.table.history
    pull = phi * np.log1p(past.activity[:, board.column(place)])
    nearest = np.argsort(-pull, kind="stable")[:2]
    return [str(past.segments[i]) for i in nearest if phi[i] > 0] or [segment]


def title(board: Board, term: str, segments: list[str]) -> Text:
    """Say what a presence term counts."""
    zh = "、".join(board.segments[one].zh for one in segments)
    en = ", ".join(board.segments[one].en for one in segments)
    return {
        "same_segment": Text(f"{zh}的企业事件", f"firm events in {en}"),
        "related_segments": Text(
            f"相近领域（{zh}）的企业事件", f"firm events in related segments ({en})"
        ),
        "specialisation": Text(f"{zh}占本地AI活动的比重", f"share of {en} in local AI"),
        "stated": Text(f"研究报告提到的{zh}", f"statements of reports on {en}"),
    }[term]


def counted(board: Board, term: str, segments: list[str], place: str) -> Figure:
    """Return what is behind a presence term at a place."""
    model, until, column = board.model, board.model.as_of, board.column(place)
    rows = [board.row(segment) for segment in segments]
    if term == "stated":
        codes = dict.fromkeys((place, board.cities[place]))
        found = [
            one for code in codes for one in board.reports.get((segments[0], code), [])
        ]
        read = found or board.read
        value = float(len(found))
        return Figure(value, _until(value, "处", until), until, sorted(set(read)))
    sources = board.named_by(segments, place)
    if term == "specialisation":
        value = float(model.lean_shares[board.level][0][rows[0], column])
        share = significant(100 * value, 2)
        text = Text(
            f"{share}%（至{until}，平滑后）", f"{share}% (to {until}, smoothed)"
        )
        return Figure(value, text, until, sources)
    value = float(board.table.history.total[rows, column].sum())
    return Figure(value, _until(value, "起", until), until, sources)


def _until(value: float, unit: str, month: str) -> Text:
    zh, en = number(value, "zh"), number(value, "en")
    return Text(f"{zh}{unit}（至{month}）", f"{en} (to {month})")
