"""What is told of a source of a score: its name, its words, where it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.schema import LEVELS
from model import own_index
from model.assumptions import SOURCE
from model.evidence import PRESENCE, describe
from model.own_lens import CITY
from model.score import Model
from model.wording import Text, quantity

if TYPE_CHECKING:
    from model.rank_states import Game

# What the mean of all places adds to a score by a lens.
MEAN = "mean"
OTHERS = "others"
TERMS = {
    "same_segment": Text("本领域活动", "activity of the segment"),
    "related_segments": Text("相近领域活动", "activity of related segments"),
    "specialisation": Text(
        "本领域占当地AI活动的比重", "the segment's share of AI activity here"
    ),
    "stated": Text("研究报告提及", "what reports state"),
}
NOTHING = Text("", "")


def called(model: Model, source: str) -> Text:
    """Return what a source of a score is called."""
    if source.startswith(PRESENCE):
        return TERMS[source.split(":")[1]]
    if source == MEAN:
        return Text("所有地方的平均分", "the mean score of all places")
    row = model.facts.indicators.loc[source.removeprefix(CITY)]
    city = Text("所在城市", "its city's ") if source.startswith(CITY) else NOTHING
    return Text(f"{city.zh}{row['name_zh']}", f"{city.en}{row['name_en']}")


def told(game: Game, cause: str, source: str, place: str, part: float) -> dict:
    """Say what a source did to a score, and what it was before and after.

    Returns
    -------
    dict
        ``source, score``, ``changed`` (None where the cause changes no figure),
        ``name``, ``before`` and ``after`` in words, ``sources_before`` and
        ``sources_after`` (``source_id, period, locator``), and all in a sentence:
        ``text``; words end in ``_zh`` and ``_en``.
    """
    name = called(game.models[1], source)
    ends = game.shown(cause, source, place)
    change, (was, now) = NOTHING, ends or (NOTHING, NOTHING)
    if ends and was == now:
        change = Text(
            f"：仍为{was.zh}，作用随其他地方而变",
            f": still {was.en}, worth more or less beside other places",
        )
    elif ends:
        change = Text(f"：{was.zh} → {now.zh}", f": {was.en} -> {now.en}")
    return {
        "source": source,
        "score": part,
        "changed": was != now if ends else None,
        "text_zh": f"{name.zh}{change.zh}（得分{part:+.3f}）",
        "text_en": f"{name.en}{change.en} (score {part:+.3f})",
        **{"name_zh": name.zh, "before_zh": was.zh, "after_zh": now.zh},
        **{"name_en": name.en, "before_en": was.en, "after_en": now.en},
        "sources_before": read(game, 0, source, place),
        "sources_after": read(game, 1, source, place),
    }


def others(rest: float, count: int) -> dict[str, Any]:
    """Return the row of all sources that are not told one by one."""
    name = Text(f"其他{count}项", f"{count} other{'s' * (count != 1)}")
    return {
        "source": OTHERS,
        "score": rest,
        "changed": None,
        "text_zh": f"{name.zh}（得分{rest:+.3f}）",
        "text_en": f"{name.en} (score {rest:+.3f})",
        **{"name_zh": name.zh, "before_zh": "", "after_zh": ""},
        **{"name_en": name.en, "before_en": "", "after_en": ""},
        "sources_before": [],
        "sources_after": [],
    }


def read(game: Game, end: int, source: str, place: str) -> list[dict[str, str]]:
    """Return where a source was read before (0) or after (1), with period and place."""
    model, level = game.models[end], game.level
    if source == MEAN:
        return []
    if source.startswith(PRESENCE):
        segment = str(game.segment)
        return list(describe(model, source, segment, level, place)["sources"])
    cited = held_figure(model, level, source, place)
    if cited is None:
        return []
    return [{name: str(cited[name]) for name in ("source_id", "period", "locator")}]


def held_figure(
    model: Model, level: str, source: str, place: str
) -> dict[str, Any] | None:
    """Return an indicator's figure of a place or its city; None without one."""
    held = LEVELS[0] if source.startswith(CITY) else level
    if source.removeprefix(CITY) not in model.tables[level].values[held].columns:
        return None
    cited = own_index.cited(model, level, source, place)
    return None if cited["value"] is None else cited


def figure(model: Model, level: str, source: str, place: str) -> Text:
    """Say an indicator's figure of a place or its city, with its year."""
    cited = held_figure(model, level, source, place)
    if cited is None:
        return Text("无数据", "no figure")
    assumed = cited["source_id"] == SOURCE
    year = Text("假设", "assumed") if assumed else Text(*[cited["period"]] * 2)
    said = quantity(cited["value"], cited["unit"])
    return Text(f"{said.zh}（{year.zh}）", f"{said.en} ({year.en})")
