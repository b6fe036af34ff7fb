"""Why a rank moved: what data, weights, model and newcomers each did to it.

The move of a place between two states of a ranking is split among the causes that
differ by the Shapley value: what switching a cause does, on average over all orders of
switching them. The parts sum to the move, a cause that does not differ has none, and
the way back has the same parts with the sign turned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from model import rank_states as at
from model.rank_sources import others, told
from model.rank_states import Game, Learned, Lenses, LensState, State, Switched
from model.wording import Text, significant

# Sources told of each cause, and those that the summary names.
TOLD, NAMED = 5, 2
# Parts of ranks are written in steps of this, which a float holds exactly.
STEP = 2.0**-38
# A part of a score below this is rounding.
NOISE = 1e-9
RANKED, ENTRANT, LEAVER, UNRANKED = "ranked", "entrant", "leaver", "unranked"
CAUSES = {
    at.DATA: Text("数据", "data"),
    at.WEIGHTS: Text("权重", "weights"),
    at.MODEL: Text("训练出的模型", "the trained model"),
    at.METHOD: Text("计算方法", "the method"),
    at.ENTRANTS: Text("新进入的地方", "new entrants"),
    at.LEAVERS: Text("退出的地方", "leavers"),
    at.FILTERS: Text("筛选条件", "the filters"),
}
# Causes that move ranks alone.
UNSCORED = (at.ENTRANTS, at.LEAVERS, at.FILTERS)
LEVELS = {"city": Text("城市", "cities"), "district": Text("区县", "districts")}


def subsets(causes: Sequence[str]) -> list[Switched]:
    """Return every set of some causes, from none to all."""
    sizes = range(len(causes) + 1)
    return [frozenset(some) for size in sizes for some in combinations(causes, size)]


def shapley(
    causes: Sequence[str], value: Callable[[Switched], np.ndarray]
) -> dict[str, np.ndarray]:
    """Return each cause's part in ``value(all) - value(none)``, times ``n!``.

    Times ``n!`` (of ``n`` causes), so that whole numbers stay whole. ``value`` is
    asked of every set of causes that may be switched.
    """
    count = len(causes)
    values = {some: value(some) for some in subsets(causes)}
    parts = {}
    for cause in causes:
        parts[cause] = np.zeros_like(values[frozenset()])
        for some in values:
            if cause not in some:
                size = len(some)
                orders = math.factorial(size) * math.factorial(count - size - 1)
                step = values[some | {cause}] - values[some]
                parts[cause] = parts[cause] + orders * step
    return parts


def in_steps(parts: dict[str, np.ndarray], orders: int) -> dict[str, np.ndarray]:
    """Divide parts of ranks by the number of orders, so that floats sum exactly.

    Thirds are no floats: parts are rounded to ``STEP``, the largest takes the rest.
    """
    if not parts:
        return {}
    whole = np.array([*parts.values()])
    rounded = np.round(whole / orders / STEP) * STEP
    rest = whole.sum(axis=0) // orders - rounded.sum(axis=0)
    rounded[np.abs(whole).argmax(axis=0), np.arange(whole.shape[1])] += rest
    return dict(zip(parts, rounded, strict=True))


@dataclass(frozen=True)
class Moves:
    """The moves of all places between two states.

    Attributes
    ----------
    game : Game
    table : DataFrame
        By place: ``status`` (``ranked`` in both states, ``entrant``, ``leaver``,
        ``unranked``), ``rank_before, rank_after, score_before, score_after``, and of
        each cause ``rank:<cause>`` and ``score:<cause>``. A part is what was added:
        below 0 a rank went up the list. Ranks and parts are NaN for a place that is
        not ranked in both states, and parts of a score where a mixed state has none.
    """

    game: Game
    table: pd.DataFrame

    def of(self, place: str, most: int = TOLD) -> dict[str, Any]:
        """Return why a place moved, ready for JSON.

        Returns
        -------
        dict
            ``segment`` (None of lenses), ``level, place, status``; ``before`` and
            ``after``: ``rank, score`` (None where it is not ranked) and ``as_of``;
            ``differ``: the causes that do; ``causes``: what each added (``cause,
            score, rank``), 0 where it does not differ, none unless the place is ranked
            in both states; ``details``: through which sources a cause changed the
            score (``cause`` and what :func:`model.rank_sources.told` says), those of a
            cause summing to its part; ``against_zh, against_en``: where score and rank
            went apart; ``text_zh, text_en``.

        Raises
        ------
        UnknownNameError, RankMoveError
            When it is no place, or one of another level.
        """
        game = self.game
        if place not in self.table.index:
            raise at.not_there(game.models[1], game.level, place)
        row = self.table.loc[place]
        ranked = row["status"] == RANKED
        details = self._details(place, row, most) if ranked else []
        answer: dict[str, Any] = {
            "segment": game.segment,
            "level": game.level,
            "place": place,
            "status": row["status"],
            "before": self._end(row, "before", game.models[0].as_of),
            "after": self._end(row, "after", game.models[1].as_of),
            "differ": list(game.differ),
            "causes": [
                {
                    "cause": cause,
                    "score": _plain(row[f"score:{cause}"]),
                    "rank": _plain(row[f"rank:{cause}"]),
                }
                for cause in game.causes
                if ranked
            ],
            "details": details,
        }
        apart, said = against(answer) or Text("", ""), sentences(game, answer)
        answer |= {"against_zh": apart.zh, "against_en": apart.en}
        return {**answer, "text_zh": said.zh, "text_en": said.en}

    @staticmethod
    def _end(row: pd.Series, end: str, as_of: str) -> dict[str, Any]:
        """Return rank, score and month of a state."""
        rank, score = row[f"rank_{end}"], row[f"score_{end}"]
        there = not np.isnan(rank)
        return {
            "rank": int(rank) if there else None,
            "score": _plain(score) if there else None,
            "as_of": as_of,
        }

    def _details(self, place: str, row: pd.Series, most: int) -> list[dict[str, Any]]:
        """Return the sources through which each cause changed the score most.

        The rows of a cause sum to its part in the score.
        """
        game = self.game
        scored = [cause for cause in game.differ if cause not in UNSCORED]
        if not scored or any(np.isnan(row[f"score:{cause}"]) for cause in scored):
            return []
        splits = {some: game.split(some, place) for some in subsets(scored)}
        names = list(dict.fromkeys(name for split in splits.values() for name in split))
        parts = shapley(
            scored,
            lambda some: np.array([splits[some].get(name, 0.0) for name in names]),
        )
        found = []
        for cause in scored:
            part = pd.Series(parts[cause] / math.factorial(len(scored)), index=names)
            order = part.abs().sort_values(ascending=False, kind="stable").index
            part = part[order][part[order].abs() > NOISE]
            found += [
                {"cause": cause, **told(game, cause, str(name), place, float(value))}
                for name, value in part[:most].items()
            ]
            if len(part) > most:
                rest = others(float(part[most:].sum()), len(part) - most)
                found.append({"cause": cause, **rest})
        return found


def _plain(value: float) -> float | None:
    """Return a float that JSON knows."""
    return None if np.isnan(value) else float(value)


def sentences(game: Game, answer: dict[str, Any]) -> Text:
    """Say how a place moved and what each cause did to it."""
    title = _title(game, answer["place"])
    first, last = (answer[end]["rank"] for end in ("before", "after"))
    if answer["status"] != RANKED:
        zh, en = {
            ENTRANT: (
                f"此前不在榜上，现居第{last}位",
                f"not ranked before, now #{last}",
            ),
            LEAVER: (
                f"此前居第{first}位，现不在榜上",
                f"#{first} before, now not ranked",
            ),
            UNRANKED: ("此前和现在都不在榜上", "ranked neither before nor now"),
        }[answer["status"]]
        return Text(f"{title.zh}：{zh}。", f"{title.en}: {en}.")
    zh, en = f"仍居第{last}位", f"still #{last}"
    if first != last:
        to = Text("升", "up") if last < first else Text("降", "down")
        zh = f"从第{first}位{to.zh}到第{last}位"
        en = f"{to.en} from #{first} to #{last}"
    if not answer["differ"]:
        zh, en = f"{zh}，两个状态没有差别", f"{en}, nothing differs between the two"
    months = [answer[end]["as_of"] for end in ("before", "after")]
    if months[0] != months[1]:
        zh, en = (
            f"{months[0]}至{months[1]}{zh}",
            f"{en} from {months[0]} to {months[1]}",
        )
    said = [_due(cause) for cause in answer["causes"] if cause["cause"] in game.differ]
    if said:
        zh += "。其中" + "；".join(one.zh for one in said)
        en += ". Of this, " + "; ".join(one.en for one in said)
    if apart := against(answer):
        zh, en = f"{zh}。{apart.zh}", f"{en}. {apart.en}"
    named = [one for one in answer["details"] if one["cause"] == at.DATA][:NAMED]
    if named:
        zh += "。数据中影响最大的（得分相对所有地方而言）："
        zh += "；".join(one["text_zh"] for one in named)
        en += ". Largest effects of the data (scores are relative to all places): "
        en += "; ".join(one["text_en"] for one in named)
    return Text(f"{title.zh}：{zh}。", f"{title.en}: {en}.")


def _title(game: Game, place: str) -> Text:
    """Name the place and the ranking."""
    model = game.models[place in game.models[1].tables[game.level].history.places]
    row, level = model.facts.places.loc[(game.level, place)], LEVELS[game.level]
    of = Text("我的视角", "own lens")
    if game.segment is not None:
        of = Text(*model.facts.segments.loc[game.segment, ["name_zh", "name_en"]])
    return Text(
        f"{row['name_zh']}（{of.zh}，{level.zh}）",
        f"{row['name_en']} ({of.en}, {level.en})",
    )


def _due(part: dict[str, Any]) -> Text:
    """Say what one cause did."""
    cause, places = CAUSES[part["cause"]], significant(round(abs(part["rank"]), 1))
    zh, en = "没有改变名次", "no change of rank"
    if part["rank"]:
        to = Text("上升", "up") if part["rank"] < 0 else Text("下降", "down")
        less = (
            Text("不到0.1", "less than 0.1") if places == "0" else Text(places, places)
        )
        zh = f"使其{to.zh}{less.zh}位"
        en = f"{to.en} {less.en} place{'s' * (places != '1')}"
    if part["score"]:
        zh, en = (
            f"{zh}（得分{part['score']:+.3f}）",
            f"{en} (score {part['score']:+.3f})",
        )
    return Text(f"{cause.zh}{zh}", f"{cause.en}: {en}")


def against(answer: dict[str, Any]) -> Text | None:
    """Say so where score and rank went apart, and no newcomers did it."""
    (first, was), (last, now) = (
        (answer[end]["rank"], answer[end]["score"]) for end in ("before", "after")
    )
    if any(one["rank"] for one in answer["causes"] if one["cause"] in UNSCORED):
        return None
    if None in (was, now) or (last - first) * (now - was) <= 0:
        return None
    if now > was:
        return Text("得分虽升，其他地方升得更多", "Its score rose, others rose more")
    return Text("得分虽降，其他地方降得更多", "Its score fell, others fell more")


def compare(game: Game) -> Moves:
    """Split the moves of all places between the two states of a game."""
    before, after = (game.mixed(Switched(end)) for end in ((), game.differ))
    first, last = before.candidate.to_numpy(), after.candidate.to_numpy()
    both = first & last
    status = np.select([both, last, first], [RANKED, ENTRANT, LEAVER], UNRANKED)
    columns: dict[str, Any] = {
        "status": status,
        "rank_before": np.where(first, before.rank, np.nan),
        "rank_after": np.where(last, after.rank, np.nan),
        "score_before": before.score.to_numpy(float),
        "score_after": after.score.to_numpy(float),
    }
    orders = math.factorial(len(game.differ))
    ranks = in_steps(shapley(game.differ, lambda some: game.mixed(some).rank), orders)
    scores = shapley(game.differ, lambda some: game.mixed(some).score.to_numpy(float))
    nothing = np.zeros(len(both))
    for cause in game.causes:
        # (Adding 0 makes a part of -0 one of 0.)
        part = ranks.get(cause, nothing) + 0.0
        columns[f"rank:{cause}"] = np.where(both, part, np.nan)
        part = scores.get(cause, nothing) / orders + 0.0
        columns[f"score:{cause}"] = np.where(both, part, np.nan)
    return Moves(game, pd.DataFrame(columns, index=game.places))


def moves(before: State, after: State, segment: str, level: str) -> Moves:
    """Split the moves of all places of a level in the ranking of a segment.

    Parameters
    ----------
    before, after : State
    segment : str
    level : {"city", "district"}

    Raises
    ------
    UnknownNameError, RankMoveError
        When a segment, level or candidate is not known, or of another level.
    """
    return compare(Learned(before, after, segment, level))


def lens_moves(before: LensState, after: LensState) -> Moves:
    """Split the moves of all places between two lenses of the user's own.

    Raises
    ------
    RankMoveError, OwnLensError
        When they are of different levels, or one cannot be used.
    """
    return compare(Lenses(before, after))
