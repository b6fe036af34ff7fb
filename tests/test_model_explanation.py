import random

import numpy as np
import pytest

from data.schema import LEVELS, PILLARS
from model import explain, why
from model.evidence import PRESENCE
from model.explanation import groups, whole
from model.score import ranking

# Of both levels together; segments take turns, so that each is split once.
PAIRS = 1_000
SHOWN = 20
CLOSE = 1e-6


def total(entries):
    return sum(entry["contribution"] for entry in entries)


@pytest.mark.parametrize("level", LEVELS)
def test_parts_sum_to_every_score_and_every_gap(model, level):
    rng = random.Random(0)
    segments = list(model.facts.segments.index)
    pairs = 0
    for number, segment in enumerate(segments):
        table = ranking(model, segment, level).set_index("place")
        split = explain.parts(model, segment, level)
        view = why.cut(model, segment, level, split)
        score = table["score"].reindex(split.table.index)
        for parts in (split.table, view.table, explain.by_pillar(model, split)):
            np.testing.assert_allclose(parts.sum(axis=1), score, atol=CLOSE)
        for place in table.index[:SHOWN]:
            shown = groups(view, [place])
            assert total(shown) == pytest.approx(table.at[place, "score"], abs=CLOSE)
        for _ in range(len(range(number, PAIRS // 2, len(segments)))):
            place, other = rng.sample(list(table.index), 2)
            check_pair(model, view, place, other, table)
            pairs += 1
    assert pairs == PAIRS // 2


def check_pair(model, view, place, other, table):
    """Check what is said of two places against the ranking."""
    split = view.split
    answer = explain.explain(
        model, split.segment, place, split.level, other, split=split
    )
    score, gap = table.at[place, "score"], answer["difference"]["score_gap"]
    assert answer["score"] == score and answer["rank"] == table.at[place, "rank"]
    assert gap == pytest.approx(score - table.at[other, "score"], abs=1e-12)
    for name in ("pillars", "features"):
        parts = answer["base_value"] + total(answer[name])
        assert parts == pytest.approx(score, abs=CLOSE)
        assert total(answer["difference"][name]) == pytest.approx(gap, abs=CLOSE)
    assert total(groups(view, [place])) == pytest.approx(score, abs=CLOSE)
    assert total(groups(view, [place, other])) == pytest.approx(gap, abs=CLOSE)


@pytest.mark.parametrize("level", LEVELS)
def test_one_place_stands_as_in_the_ranking(model, level):
    table = ranking(model, "drones", level).set_index("place")
    split = explain.parts(model, "drones", level)
    names = ["rank", "rank_low", "rank_high", "tie_group", "chance_top5", "score"]
    for place in [*table.index[:12], *table.index[40::300], table.index[-1]]:
        answer = explain.explain(model, "drones", place, level, split=split)
        assert [answer[name] for name in names] == list(table.loc[place, names])


@pytest.fixture(scope="module")
def answer(model):
    return whole(model, "nlp", "340104", "district", "110108")


def test_the_whole_answer_holds_every_way_to_cut_the_score(answer):
    score = answer["score"]
    for name in ("features", "pillars", "groups"):
        assert total(answer[name]) == pytest.approx(score, abs=CLOSE)
    both = answer["presence"] + answer["fundamentals"]
    assert both == pytest.approx(score, abs=CLOSE)
    assert len(answer["reasons"]) == 2 and answer["unknown"]["text_zh"]
    sizes = [abs(one["contribution"]) for one in answer["groups"]]
    assert sizes == sorted(sizes, reverse=True)
    for one in answer["groups"]:
        assert one["members"][0] == one["group"] and one["name_zh"] and one["name_en"]
        assert one["pillar"] in (*PILLARS, PRESENCE)
        assert 0 <= one["share"] <= 1 and one["stable"] == (one["share"] >= why.STABLE)
    shares = {one["group"]: one["share"] for one in answer["groups"]}
    for reason in answer["reasons"]:
        assert reason["share"] == shares[reason["group"]]


def test_the_whole_difference_names_who_is_above(answer):
    gap = answer["difference"]
    assert gap["score_gap"] < 0
    assert (gap["above"], gap["below"]) == ("110108", "340104")
    for name in ("features", "pillars", "groups"):
        assert total(gap[name]) == pytest.approx(gap["score_gap"], abs=CLOSE)
    told = [*gap["drivers"], *filter(None, [gap["against"]])]
    # What is told counts for the place above.
    parts = total(told) + gap["rest"]
    assert parts == pytest.approx(-gap["score_gap"], abs=CLOSE)
    assert answer["chance_above"] < 0.5


def test_without_another_place_nothing_is_compared(model):
    alone = whole(model, "nlp", "340100", "city")
    assert not alone.keys() & {"difference", "versus", "chance_above"}


def test_what_is_said_is_the_start_of_the_text(answer):
    for entry in [*answer["reasons"], *answer["difference"]["drivers"]]:
        for lang in ("zh", "en"):
            assert entry[f"text_{lang}"].startswith(entry[f"said_{lang}"])
            assert entry[f"text_{lang}"] != entry[f"said_{lang}"]


def test_of_equal_scores_the_lower_code_is_above(model):
    for level in LEVELS:
        for segment in model.facts.segments.index:
            table = ranking(model, segment, level)
            same = np.flatnonzero(np.diff(table["score"]) == 0)
            if len(same):
                first, second = table["place"].iloc[same[0] : same[0] + 2]
                view = why.cut(model, segment, level)
                for pair in ((first, second), (second, first)):
                    found = why.versus(model, view, *pair)
                    assert (found["above"], found["below"]) == (first, second)
                return
    pytest.fail("no two places have the same score")
