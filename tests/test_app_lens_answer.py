"""Where a published ranking and ours differ most: named, with figures and sources."""

import re

import pandas as pd
import pytest

from app.ui import columns, lens_answer
from model import lenses
from model.lens_gaps import gaps

CHINESE = re.compile("[\u3400-\u9fff]")
LENSES = ["ccid2018", "aitisa2021", "gemdale2021", "jiazi2020", "hsmap2022"]


@pytest.fixture(scope="module")
def made(facts):
    systems = {name: lenses.lens(facts, name) for name in LENSES}
    return {name: (s, lenses.compared(facts, s)) for name, s in systems.items()}


@pytest.fixture(scope="module")
def found(made):
    """Every explained gap of every ranking."""
    return [
        (system, compared[ranking], ranking, gap)
        for system, compared in made.values()
        for ranking in compared
        for gap in gaps(system, compared, ranking)
    ]


def test_the_headline_names_the_furthest_with_both_ranks_and_the_distance(made):
    system, compared = made["aitisa2021"]
    entries = gaps(system, compared, "total")
    said = lens_answer.headline(entries, "上奇", "zh")
    assert f"{len(entries)}城" in said
    for one in entries[:3]:
        apart = one["recomputed_rank"] - one["rank"]
        way = "低" if apart > 0 else "高"
        assert (
            f"{one['name_zh']}（原榜第{one['rank']}，"
            f"我们第{one['recomputed_rank']}，{way}{abs(apart)}位）" in said
        )
    assert entries[3]["name_zh"] not in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_reason_stands_with_the_figure_of_both_and_its_source(facts, found, lang):
    titles = columns.titles(facts, lang)
    assert len(found) > 20
    for system, made, _, gap in found:
        said = lens_answer.because(facts, system, made, gap, lang)
        sign = 1 if gap["score_gap"] > 0 else -1
        best = max(gap["parts"], key=lambda part: sign * part["gap"])
        item = system.items.loc[best["item"]]
        assert str(item[f"name_{lang}"]) in said
        first = made.held.status.at[best["item"], "sources"].split("|")[0]
        assert titles[first] in said
        other = facts.places.at[("city", gap["versus"]), f"name_{lang}"]
        assert other in said and gap[f"name_{lang}"] in said
        assert f"{abs(gap['score_gap']):.1f}" in said


def test_the_figures_are_those_that_are_held(facts, made):
    system, compared = made["aitisa2021"]
    qingdao = next(g for g in gaps(system, compared, "total") if g["place"] == "370200")
    said = lens_answer.because(facts, system, compared["total"], qingdao, "zh")
    held = compared["total"].held.values
    assert held.at["370200", "a08"] == 0 and held.at["370100", "a08"] == 1
    assert "国家级超算中心数量：它无，济南市有（来源：国家超级计算中心，2023" in said


def test_a_figure_that_is_not_held_is_said_to_be_filled(facts, made):
    system, compared = made["aitisa2021"]
    changsha = next(
        g for g in gaps(system, compared, "total") if g["place"] == "430100"
    )
    assert pd.isna(compared["total"].held.values.at["430100", "a01"])
    said = lens_answer.because(facts, system, compared["total"], changsha, "zh")
    assert "AI政策数量：它没有数字（以各城中位数代替）" in said


def test_how_sure_depends_on_whether_other_ways_reach_the_published_rank(made):
    system, compared = made["aitisa2021"]
    one = gaps(system, compared, "total")[0]
    outside = {**one, "rank": 1, "recomputed_low": 5, "recomputed_high": 9}
    inside = {**outside, "recomputed_low": 1}
    asked = system, compared["total"], "total"
    all_out = lens_answer.sure(*asked, [outside, outside], "zh")
    some = lens_answer.sure(*asked, [outside, inside], "zh")
    none = lens_answer.sure(*asked, [inside], "zh")
    assert "不是算法造成的" in all_out
    assert one["name_zh"] in some and "其余" in some
    assert "不大" in none
    strict, wide = lenses.coverage(system, compared["total"].held, "")
    assert f"{strict:.0%}" in none and f"{wide:.0%}" in none


def test_the_learned_order_is_counted_among_the_same_cities():
    table = pd.DataFrame(
        {
            "place": list("abcde"),
            "name_zh": ["甲", "乙", "丙", "丁", "戊"],
            "rank": [1, 2, 3, 4, 5],
            "rank_quality": ["exact"] * 5,
        }
    )
    learned = pd.Series({"a": 90, "b": 4, "c": 7, "d": 20, "e": 50, "z": 1})
    said = lens_answer.learned_most(table, learned, "上奇", "无人机", "zh")
    assert "甲（原榜第1，学得第5）" in said and "在这5城之间" in said
    same = pd.Series({"a": 1, "b": 4, "c": 7, "d": 20, "e": 50})
    assert "次序相同" in lens_answer.learned_most(table, same, "上奇", "无人机", "zh")
    assert lens_answer.learned_most(table.head(3), learned, "上奇", "无", "zh") == ""


def test_english_has_no_chinese(facts, found):
    for system, made, ranking, gap in found:
        said = lens_answer.because(facts, system, made, gap, "en")
        said += lens_answer.headline([gap], "X", "en")
        said += lens_answer.sure(system, made, ranking, [gap], "en")
        assert not CHINESE.search(said)
