"""What suits a place: its segments in order, argued as park planners argue.

In three steps: what suits the place (firms already there, related segments, talent,
the policy window), what can succeed there (its rank in each segment's ranking, its
rivals), and what is worth having (how fast the segment's dated events grow, and where;
they are filings and registrations, not output).

The order is that of :meth:`model.ranker.SiteRanker.predict_segments`, which the task
``fit`` judges.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from data.schema import REGIONS
from features import shift
from model.board import Board
from model.evidence import figure
from model.intervals import quantiles
from model.park_facts import NEAR, REGION_NAMES, Park
from model.reasons import indicator_text
from model.rivals import Rival, all_rivals, counted, related, title
from model.twins import cited
from model.wording import Text, number, significant

__all__ = ["Park", "fit", "succeeds", "suits", "worth"]

# Firms listed of the place, of its city and of its neighbours.
FIRMS = 20
# A segment's places are told apart by a figure when they differ by this many standard
# deviations from those of AI in general.
TELLING = 0.1
# Of fewer events no percentage is told.
FEW = 10


def _entry(zh: str, en: str, sources: Iterable[str]) -> dict[str, Any]:
    ids = sorted(set(sources))
    text = cited(Text(zh, en), ids)
    return {"text_zh": text.zh, "text_en": text.en, "sources": ids}


def suits(
    park: Park, segment: str, place: str, firms: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Say what suits a place: firms there, related segments, talent, policy window."""
    board = park.board
    model, name = board.model, board.segments[segment]
    here = [firm for firm in firms if firm["near"] == "here"]
    others = len(firms) - len(here)
    lists = [firm["source_id"] for firm in firms]
    lists = lists or board.named_by([segment], place)
    newest = here[0]["month"] if here else ""
    zh = f"本地已有{len(here)}家{name.zh}企业" + f"，最近{newest}" * bool(here)
    en = f"{name.en} firms here: {len(here)}" + f", last {newest}" * bool(here)
    said = [
        _entry(
            f"{zh}；周边{others}家（至{model.as_of}）",
            f"{en}; around: {others} (to {model.as_of})",
            lists,
        )
    ]
    near = related(board, segment, place)
    if near != [segment]:
        words = title(board, "related_segments", near)
        count = counted(board, "related_segments", near, place)
        zh, en = f"{words.zh}：{count.text.zh}", f"{words.en}: {count.text.en}"
        said.append(_entry(zh, en, count.sources))
    return said + _talent(park, segment, place) + _policy(park, segment, place)


def _talent(park: Park, segment: str, place: str) -> list[dict[str, Any]]:
    """Say a figure of talent: of what sets the segment's places apart, if anything.

    Of the place's own figures before those of its city.
    """
    board, (level, model) = park.board, (park.board.level, park.board.model)
    table = board.table
    row, column = board.row(segment), board.column(place)
    held = np.flatnonzero(park.talent[column])
    if not len(held):
        return []
    z, lean = board.standard[column, held], table.lean.to_numpy()[row, held]
    telling = np.abs(lean) >= TELLING
    pull = np.where(telling, z * lean, 0.0) if telling.any() else z
    best = int(pull.argmax() if pull.max() > 0 else pull.argmin())
    feature, against = str(table.lean.columns[held[best]]), bool(pull[best] < 0)
    if (feature, place) not in park.told:
        sources = figure(model, feature, level, place)["sources"]
        park.told[feature, place] = (
            indicator_text(model, feature, level, place),
            [one["source_id"] for one in sources],
        )
    text, lists = park.told[feature, place]
    zh, en, mark = text.zh, text.en, Text("不利：", "Against: ")
    if telling.any():
        more = lean[best] > 0
        zh += f"；该领域所在地此项{'偏高' if more else '偏低'}"
        en += f"; {'high' if more else 'low'} where this segment is"
        # Unlike the segment's places, be it by more of something good.
        mark = Text("不同：", "Unlike: ")
    return [_entry(mark.zh * against + zh, mark.en * against + en, lists)]


def _policy(park: Park, segment: str, place: str) -> list[dict[str, Any]]:
    """Say the policies in force, titles and zones of a place and city for a segment."""
    model = park.board.model
    codes = [place, park.board.cities[place]]
    name = park.board.segments[segment]

    def own(held: dict[str, list[dict[str, Any]]], general: bool = False) -> list:
        rows = [row for code in codes for row in held.get(code, [])]
        also = [""] if general else []
        return [r for r in rows if segment in r["segments"] or r["segments"] == also]

    said = []
    until, rows = model.as_of, own(park.policies)
    if not rows:
        many, read = park.policies_read
        zh = f"收录的{many}项有效政策中，没有本地或所在城市点名{name.zh}的"
        en = f"Of {many} policies in force held, none of the place or its city"
        en += f" names {name.en}"
        said.append(_entry(f"{zh}（至{until}）", f"{en} (to {until})", read))
    else:
        last = max(rows, key=lambda row: row["issued"])
        ends = last["valid_until"]
        zh = f"{len(rows)}项有效政策点名{name.zh}，最近：《{last['title']}》"
        en = f"Policies in force that name {name.en}: {len(rows)}, last"
        dates = last["issued"] or f"..{until}"
        zh += f"（{dates}" + f"，有效期至{ends}" * bool(ends) + "）"
        en += f" “{last['title']}” ({dates}" + f", valid to {ends}" * bool(ends) + ")"
        said.append(_entry(zh, en, [row["source_id"] for row in rows]))
    titles = {row["name_zh"]: row for row in reversed(own(park.titles, general=True))}
    published = park.published
    for row in reversed(titles.values()):
        year = row["period"] or published[row["source_id"]]
        zh, en = f"{row['name_zh']}（{year}）", f"{row['name_en']} ({year})"
        said.append(_entry(zh, en, [row["source_id"]]))
    zones = own(park.zones)
    if zones:
        shown = list(dict.fromkeys(row["name_zh"] for row in zones))[:3]
        sources = {row["source_id"] for row in zones}
        year = max(published[source] for source in sources)
        zh = f"{len(zones)}个园区以{name.zh}为方向：{'、'.join(shown)}（{year}）"
        en = f"Zones with focus {name.en}: {len(zones)}: {', '.join(shown)}"
        said.append(_entry(zh, f"{en} ({year})", sources))
    return said


def succeeds(
    park: Park, segment: str, place: str, others: list[Rival]
) -> list[dict[str, Any]]:
    """Say what can succeed: the place's rank, and where it stands to its rivals."""
    board = park.board
    row, column, count = board.row(segment), board.column(place), board.rank.shape[1]
    rank, span = board.rank[row, column], board.range(row, column)
    lists = park.national(segment)
    kind = ("个城市", "cities") if board.level == "city" else ("个区县", "districts")
    zh = f"在{count}{kind[0]}中排第{rank}" + (
        f"（{span[0]}–{span[1]}）" if span else ""
    )
    en = f"#{rank} of {count} {kind[1]}" + (f" ({span[0]}-{span[1]})" if span else "")
    month = board.model.as_of
    said = [_entry(f"{zh}，按{month}已知", f"{en}, as known in {month}", lists)]
    ahead = [other for other in others if other.gap > 0]
    named = [board.names[other.place] for other in others]
    zh = f"{len(others)}个对手中领先{len(ahead)}个："
    zh += f"{'、'.join(name.zh for name in named)}（{month}）"
    en = f"Ahead of {len(ahead)} of {len(others)} rivals:"
    en += f" {', '.join(name.en for name in named)} ({month})"
    said.append(_entry(zh, en, lists))
    points = sorted(
        (point for other in others for point in other.points),
        key=lambda point: point.contribution,
    )
    for point in points[-1:] + points[:1] * (len(points) > 1):
        entry = {"text_zh": point.text.zh, "text_en": point.text.en}
        said.append(entry | {"sources": point.sources})
    return said


def worth(park: Park, segment: str, place: str) -> list[dict[str, Any]]:
    """Say what is worth having: how fast the segment grows, and where it goes."""
    model, counts = park.board.model, park.growth[0]
    name = park.board.segments[segment]
    sources = park.national(segment)
    windows = [
        (shift(model.as_of, -11 - by), shift(model.as_of, -by)) for by in (0, 12)
    ]
    province = park.board.provinces[place]
    area = next((key for key, codes in REGIONS.items() if province in codes), "rest")
    areas = [counts.get((segment, last), {}) for last in (True, False)]
    now, before = (sum(found.values()) for found in areas)
    own, was = (found.get(area, 0.0) for found in areas)
    change = f"{100 * (now / before - 1):+.0f}%" if before >= FEW else ""
    (first, last), (start, end) = windows
    zh = f"全国{name.zh}企业事件：近12个月（{first}至{last}）"
    zh += f"{number(now, 'zh')}起，此前12个月（{start}至{end}）{number(before, 'zh')}起"
    en = f"{name.en}, firm events nationally: {number(now, 'en')} from {first}"
    en += f" to {last}, {number(before, 'en')} from {start} to {end}"
    zh, en = zh + f"，{change}" * bool(change), en + f", {change}" * bool(change)
    said = [_entry(zh, en, sources)]
    if now:
        region = REGION_NAMES[area]
        share = f"{significant(100 * own / now, 2)}%" if own and now >= FEW else ""
        zh = f"其中{region.zh}{number(own, 'zh')}起{f'（占{share}）' * bool(share)}，"
        zh += f"此前12个月{number(was, 'zh')}起"
        en = f"Of these {number(own, 'en')}{f' ({share})' * bool(share)}"
        en += f" in {region.en}, {number(was, 'en')} in the twelve months before"
        if was < own and FEW <= now - before >= own - was:
            part = significant(100 * (own - was) / (now - before), 2)
            zh, en = (
                f"{zh}；占全国增量的{part}%",
                f"{en}; {part}% of the national growth",
            )
        said.append(_entry(f"{zh}（至{last}）", f"{en} (to {last})", sources))
    return said


def fit(park: Park, place: str, top: int | None = None) -> list[dict[str, Any]]:
    """Return the segments of a place in order, each with its argument.

    Parameters
    ----------
    park : Park
    place : str
        Of the level of the park's board.
    top : int, optional
        Only the first so many.

    Returns
    -------
    list of dict
        As in the contract of ``siteselect fit --format json``.

    Raises
    ------
    UnknownNameError
        When the place is not ranked at this level.
    """
    board = park.board
    column = board.column(place)
    order = park.order[:, column]
    low, high = quantiles(park.order_draws(place))
    near = park.around(place)
    rows = np.argsort(order)[:top]
    segments = [str(one) for one in board.table.history.segments[rows]]
    compared = all_rivals(board, segments, place)
    found = []
    for row, segment in zip(rows, segments, strict=True):
        name, span = board.segments[segment], board.range(row, column)
        others = compared[segment]
        firms = park.firms_near(segment, near)
        found.append(
            {
                "segment": segment,
                "name_zh": name.zh,
                "name_en": name.en,
                "rank": int(order[row]),
                "rank_low": int(min(low[row], order[row])),
                "rank_high": int(max(high[row], order[row])),
                "place_rank": int(board.rank[row, column]),
                "place_rank_low": span and span[0],
                "place_rank_high": span and span[1],
                "confidence": park.grades[segment],
                "score": float(board.score[row, column]),
                "share": float(park.shares[row, column]),
                "steps": {
                    "suits": suits(park, segment, place, firms),
                    "succeeds": succeeds(park, segment, place, others),
                    "worth": worth(park, segment, place),
                },
                "rivals": [_rival(board, other) for other in others],
                "firms": [f for k in NEAR for f in _first(firms, k)],
            }
        )
    return found


def _first(firms: list[dict[str, Any]], near: str) -> list[dict[str, Any]]:
    return [firm for firm in firms if firm["near"] == near][:FIRMS]


def _rival(board: Board, rival: Rival) -> dict[str, Any]:
    name = board.names[rival.place]
    return {
        "place": rival.place,
        "name_zh": name.zh,
        "name_en": name.en,
        "rank": rival.rank,
        "gap": rival.gap,
        "chance_above": rival.chance_above,
        "distance": rival.distance,
        "parts": rival.pillars,
        "points_zh": [point.text.zh for point in rival.points],
        "points_en": [point.text.en for point in rival.points],
    }
