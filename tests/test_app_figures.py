"""How figures, units and what a place's history holds are said."""

import re

import pytest

from app.ui import figures, local, units
from app.ui.words import LANGS, words
from data import overview
from data.schema import PLATFORM_KINDS
from model.wording import UNITS

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_qualifiers_reach_the_screen():
    said = [figures.qualified(1500, "家", q, "zh") for q in ("about", "over", "under")]
    assert said == ["约1,500家", "超过1,500家", "不足1,500家"]
    assert figures.qualified(2, "家", "over", "en") == "over 2 firms"
    assert figures.qualified(2, "家", "exact", "en") == "2 firms"


def test_units_are_said_in_both_languages(facts):
    assert units.quantity(12, "万户", "zh") == "12万户"
    assert units.quantity(12, "万户", "en") == "120,000 subscribers"
    assert units.quantity(3, "座", "en") == "3"
    assert units.unit("亿元", "en") == "100 million CNY"
    assert units.unit("亿元", "zh") == "亿元"
    for printed in set(overview.everything(facts)["unit"]) - set(UNITS):
        assert not CHINESE.findall(units.quantity(1, printed, "en")), printed


def test_figures_that_are_not_alone_say_so(facts):
    disagreeing = overview.conflicts(facts)
    rows = overview.everything(facts)
    many = figures.others(disagreeing, rows)
    keys = disagreeing.drop_duplicates(overview.FIGURE_KEY)
    assert (many > 0).sum() == len(keys)
    told = figures.described(
        facts, rows[many > 0].head(3), "zh", many[many > 0].head(3)
    )
    assert told["quality"].str.contains("另有.个说法").all()


def test_planned_and_second_hand_are_marked(facts):
    second = facts.sources.index[facts.sources["second_hand"].astype(bool)][0]
    row = facts.observations.head(1).assign(status="planned", source_id=second)
    assert figures.described(facts, row, "zh")["quality"].iloc[0] == "规划 · 转引"
    assert figures.described(facts, row, "en")["quality"].iloc[0] == (
        "planned · second-hand"
    )


def test_a_places_history_marks_what_has_ended():
    assert local.until("2023", "2024-01", "zh") == "已于2023到期"
    assert local.until("2024", "2024-12", "zh") == "有效至2024"
    assert local.until("", "2024-12", "zh") == ""
    assert local.when("", "", "en") == "no date"
    assert local.when("2021-03", "under", "zh") == "不晚于2021-03"
    assert local.when("2021-03", "exact", "zh") == "2021-03"


@pytest.mark.parametrize("lang", LANGS)
def test_a_places_history_and_reports_hold_every_row(facts, lang):
    mine = local.history(facts, "city", "110000", lang, "2026-11")
    assert len(mine) == len(overview.timeline(facts, "city", "110000"))
    assert set(mine["kind"]) <= set(local.KINDS)
    undated = mine["period"] == local.when("", "", lang)
    assert undated.to_numpy().argmax() == (~undated).sum() or not undated.any()
    assert (mine[["what", "name", "where", "source", "locator"]] != "").all().all()
    said = local.said_by_reports(facts, "city", "110000", lang)
    assert (said != "").all().all() and len(said) > 10


def test_a_place_that_reports_say_little_of_has_no_row_of_nothing(facts):
    for code in facts.places.loc["city"].index[5:60:5]:
        said = local.said_by_reports(facts, "city", code, "zh")
        assert list(said) == ["what", "said", "where", "source", "locator"]
        assert said.notna().all(axis=None)


def test_a_districts_history_adds_its_citys_unless_told_not_to(facts):
    both = local.history(facts, "district", "330106", "zh", "2026-11")
    alone = local.history(facts, "district", "330106", "zh", "2026-11", own=True)
    city = local.history(facts, "city", "330100", "zh", "2026-11")
    assert len(alone) < len(both) <= len(alone) + len(city)
    assert not both["where"].str.contains("余杭区").any()
    assert city["where"].str.contains("余杭区").any()


@pytest.mark.parametrize("lang", LANGS)
def test_every_platform_and_ranking_has_a_name(facts, lang):
    assert {f"platform.{kind}" for kind in PLATFORM_KINDS} <= set(words(lang))
    named = {f"ranking.{name}" for name in facts["rankings"]["ranking"]}
    assert named <= set(words(lang))


def test_the_firms_behind_a_count_are_as_many_as_the_ranking_counts(facts):
    as_of = "2024-12"
    rows = facts.outcomes[facts.outcomes["month"] <= as_of]
    counts = rows.groupby(["segment", "level", "place"])["count"].sum()
    for (segment, level, place), count in counts.sample(60, random_state=1).items():
        told = figures.counted(facts, segment, level, place, as_of)
        assert told[0] == told[1] == count
