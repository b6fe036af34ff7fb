"""The answer in a few sentences: who is first, how sure, and why."""

import re

import pandas as pd
import pytest

from app.ui import answer, cache, columns
from app.ui.columns import plain
from app.ui.state import State
from model import score

CHINESE = re.compile("[\u3400-\u9fff]")


def ranked(*ties, low=(1, 1, 2, 3), high=(4, 6, 8, 9)):
    size = len(ties)
    return pd.DataFrame(
        {
            "rank": range(1, size + 1),
            "rank_low": low[:size],
            "rank_high": high[:size],
            "tie_group": ties,
        }
    )


@pytest.mark.parametrize(
    ("ties", "said"),
    [
        (["1-4", "1-4", "1-4", "1-4"], "这3个难分先后"),
        (["1-2", "1-2", None], "前两名难分先后"),
        ([None, "2-3", "2-3"], "第1名领先第2名的把握在八成以上"),
        (["1-2", "1-2"], "这2个难分先后"),
    ],
)
def test_the_tie_of_the_first_is_told(ties, said):
    told = answer.sure(ranked(*ties), "zh")
    assert told.startswith(f"有多大把握：{said}")
    assert "第1–4名、第1–6名" in told


def test_one_place_alone_has_its_range():
    assert "第1–4名" in answer.sure(ranked(None), "zh")
    assert "难分" not in answer.sure(ranked(None), "zh")


def test_without_resamples_nothing_is_said_of_doubt():
    blank = ranked(None, None).assign(rank_low=None, rank_high=None)
    assert answer.sure(blank, "zh") == ""


def test_a_place_without_a_reason_is_left_out():
    told = answer.because(["甲", "乙"], [[{"text_zh": "人多"}], []], "zh")
    assert "甲——人多" in told and "乙" not in told
    assert answer.because(["甲"], [[]], "zh") == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("level", ["city", "district"])
def test_the_answer_names_the_first_three_and_their_strongest_reason(
    model, level, lang
):
    chosen = State(segment="service_robots", level=level, within="yangtze_delta")
    whole = cache.ranking(model, chosen.segment, level)
    inside = score.within(model.facts, whole, chosen.within)
    drawn = model.drawn(chosen.segment, level)
    ranking = score.keep(whole, inside, drawn)
    told = answer.told(model, ranking, chosen, "AREA", lang)
    head, sure, why = told.split("  \n")
    names = cache.short_names(model.facts, level, lang)
    first = list(ranking["place"].head(3))
    listed = re.sub(r"\\", "", head)
    assert [listed.find(names[code]) for code in first] == sorted(
        listed.find(names[code]) for code in first
    )
    assert all(names[code] in listed for code in first)
    assert "AREA" in head
    for row in ranking.head(3).itertuples():
        assert plain(columns.span(row.rank_low, row.rank_high, lang)) in sure
    reasons = cache.reasons(model, chosen.segment, level, first)
    for code in first:
        assert plain(reasons[code][0][f"text_{lang}"]) in why
    if lang == "en":
        assert not CHINESE.search(told)


def test_ranks_moved_by_hand_do_not_change_the_answer(model):
    chosen = State(segment="drones", level="city", within="all")
    ranking = cache.ranking(model, "drones", "city")
    plainly = answer.told(model, ranking, chosen, "全国", "zh")
    moved = ranking.assign(shown_rank=ranking["rank"].to_numpy()[::-1])
    moved = moved.sort_values("shown_rank")
    assert answer.told(model, moved, chosen, "全国", "zh") == plainly.replace(
        "**", "**不计您的手工改动：", 1
    )


def test_an_empty_list_has_no_answer(model):
    ranking = cache.ranking(model, "drones", "city").head(0)
    assert answer.told(model, ranking, State("drones", "city"), "全国", "zh") == ""
