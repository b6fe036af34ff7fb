"""Overrides in a session and in tables, without a page."""

import json

import pandas as pd
import pytest

from app.export import tables
from app.ui import override_state, override_tables
from model import overrides as ov
from model.overrides import Override, OverrideError, Overrides
from model.score import ranking

SEGMENT, LEVEL = "drones", "city"


def one(place="110000", kind="exclude", number=0, **more):
    values = {"segment": SEGMENT, "level": LEVEL, "reason": "看过现场", **more}
    values = {"initials": "王明", "date": "2026-01-05", **values}
    return Override(place=place, kind=kind, number=number, **values)


def test_the_download_carries_overrides(model):
    bare = ranking(model, SEGMENT, LEVEL)
    made = ov.apply(bare, Overrides((one("120000", "pin", 2),)))
    frame = tables.ranked(model.facts, made, {}, "zh")
    plain = tables.ranked(model.facts, bare, {}, "zh")
    more = ["显示名次", "人工改动", "改动理由", "改动者", "改动日期"]
    assert [name for name in frame if name not in plain] == more
    row = frame[frame["代码"] == "120000"].iloc[0]
    assert list(row[more]) == [2, "置顶", "看过现场", "王明", "2026-01-05"]
    assert row["排名"] == bare.set_index("place").at["120000", "rank"]


def test_the_mark_of_a_place(monkeypatch):
    state = {}
    monkeypatch.setattr(override_state.st, "session_state", state)
    asked_for = (SEGMENT, LEVEL, "120000")
    assert override_state.mark(*asked_for, "zh") == ""
    override_state.keep(Overrides((one("120000", "pin", 3),)))
    assert override_state.mark(*asked_for, "zh") == (
        "人工置顶至第3名（看过现场，王明，2026-01-05）"
    )
    assert override_state.mark(*asked_for, "en").startswith("By hand: pinned to #3 (")
    assert override_state.mark("nlp", LEVEL, "120000", "zh") == ""
    assert json.loads(override_state.save())["overrides"][0]["place"] == "120000"


def test_the_fullest_file_is_held_and_one_more_is_refused(monkeypatch):
    monkeypatch.setattr(override_state.st, "session_state", {})
    places = [f"{code}" for code in range(200_000, 200_000 + ov.MOST_ITEMS)]
    full = Overrides(tuple(one(place, reason="𠮷" * 500) for place in places))
    override_state.join(full, replace=True)
    assert override_state.hold() == full
    table = pd.DataFrame({"place": ["110000"], "rank": [1], "level": [LEVEL]})
    with pytest.raises(OverrideError, match="too_many"):
        override_state.add(one(), table)
    assert override_state.hold() == full


def test_the_choice_of_places_says_both_ranks():
    table = pd.DataFrame(
        {"place": ["a", "b"], "rank": [1, 2], "level": [LEVEL] * 2, "name_zh": "x"}
    )
    called = {"a": "{甲}", "b": "乙"}
    plain = override_tables.choices(table, called, "zh")
    assert plain == {"a": "1. {甲}", "b": "2. 乙"}
    table = table.assign(shown_rank=[2, 1], override=["", "pin"])
    assert override_tables.choices(table, called, "zh") == {
        "a": "2. {甲}",
        "b": "1. 乙 ✎ 模型 2",
    }
