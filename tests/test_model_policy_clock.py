import json
from argparse import Namespace
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import clock as command
from app.commands.errors import UserError
from data.catalog import year_ends
from features.as_of import shift
from model import explain as why
from model.evidence import pillar_of, statements
from model.policy_clock import clock
from model.policy_periods import (
    COLUMNS,
    DATED,
    STATES,
    THERE,
    policies,
    relation,
    stated_years,
    tallies,
)
from model.score import UnknownNameError, ranking

DASHES = ["-", "—", "——", "–", "－", "~", "～", "至", "到", " - ", " — "]
ENDS = ["", "年", "年度", " 年"]
WORDS = st.text("市人工智能三年行动计划的《》（）()，第十四五", max_size=12)
years = st.integers(1980, 2099)


@given(years, st.integers(0, 30), st.sampled_from(DASHES), *[st.sampled_from(ENDS)] * 2)
def test_an_explicit_range_is_read_however_it_is_written(first, more, dash, one, two):
    last = min(first + more, 2099)
    written = f"某市人工智能行动计划（{first}{one}{dash}{last}{two}）"
    assert stated_years(written) == (str(first), str(last))
    # Wide digits mean the same, and so does the range said twice.
    wide = written.translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)})
    assert stated_years(wide) == (str(first), str(last))
    assert stated_years(written * 2) == (str(first), str(last))
    number = f"{written}（某政发〔2016〕2017—2019号）"
    assert stated_years(number) == (str(first), str(last))


@given(WORDS, years, WORDS)
def test_a_single_year_is_no_range(before, year, after):
    assert stated_years(f"{before}{year}年{after}") is None


@given(st.text())
def test_any_title_has_a_range_in_order_or_none(title):
    found = stated_years(title)
    assert found is None or found[0][:4] <= found[1][:4]


@pytest.mark.parametrize(
    "title",
    [
        "某市人工智能三年行动计划",
        "人工智能产业五年行动方案（试行）",
        "某市科技创新“十三五”规划",
        "第十四个五年规划和2035年远景目标纲要",
        "行动计划（2025年版）",
        "2020年支持人工智能若干措施",
        "关于推进人工智能的意见（沪府办发〔2017〕66号）",
        "意见（沪府办发〔2017〕2018-2019号）",
        "行动计划（2022-2019年）",
        "计划（1019-2022年）",
        "规划（2018-2099年）",
        "规划（2018-2030年）三年行动（2018-2020年）",
        "电话12018-20201",
        "2018-2019-2020",
        "2018年-2019年3月-2020年",
        "方案（2024年13月-2025年12月）",
        "方案（2020年至今）",
        "方案（2024-25年）",
        "",
    ],
)
def test_an_end_is_never_guessed(title):
    assert stated_years(title) is None


@pytest.mark.parametrize(
    ("title", "span"),
    [
        ("新一代人工智能发展规划三年行动计划（2018-2020年）", ("2018", "2020")),
        ("人工智能产业发展行动计划（2017 - 2020）", ("2017", "2020")),
        ("西安市人工智能产业规划(2018年-2021年)", ("2018", "2021")),
        ("低空经济方案（2024~2026年）（苏府办〔2024〕26号）", ("2024", "2026")),
        ("方案（2024年7月至2026年6月）", ("2024-07", "2026-06")),
        ("方案（2024年7月1日-2026年6月30日）", ("2024-07", "2026-06")),
        ("方案（2020—2022 年）", ("2020", "2022")),
    ],
)
def test_ranges_as_titles_write_them(title, span):
    assert stated_years(title) == span


@pytest.fixture(scope="module")
def little(facts):
    """Facts whose policies are a few, of Shenzhen, by (title, other columns)."""

    def made(*rows):
        blank = dict.fromkeys(facts["policies"].columns, "")
        where = {"level": "city", "place": "440300", "source_id": "web_policies"}
        table = pd.DataFrame([{**blank, **where, **row} for row in rows])
        columns = list(blank)
        table = (
            table.reindex(columns=columns) if rows else pd.DataFrame([], [], columns)
        )
        return replace(facts, tables={**facts.tables, "policies": table})

    return made


@pytest.mark.parametrize(
    ("row", "state", "why_not"),
    [
        ({"valid_until": "2025-11"}, "ended", ""),
        ({"valid_until": "2024"}, "ended", ""),
        ({"valid_until": "2025"}, "ends_within_a_year", ""),
        ({"valid_until": "2026-12"}, "ends_within_a_year", ""),
        ({"valid_until": "2027-01"}, "running", ""),
        ({"title": "三年行动计划（2021-2023年）"}, "ended", ""),
        ({"title": "计划（2021-2023年）", "valid_until": "2028"}, "running", ""),
        ({"title": "三年行动计划", "issued": "2019-01"}, "no_stated_end", ""),
        ({"issued": "2026-02"}, "later", ""),
        ({"issued": "2026-02", "issued_quality": "under"}, "no_stated_end", ""),
        ({"issued": "2025"}, "no_stated_end", ""),
        ({"status": "draft"}, "planned", "draft"),
        ({"status": "announced", "valid_until": "2020"}, "planned", "announced"),
        ({"title": "计划（2026-2028年）"}, "planned", "begins_later"),
    ],
)
def test_the_state_of_a_policy_at_a_month(little, row, state, why_not):
    table = policies(little({"title": "某计划", **row}), "2025-12")
    assert list(table["state"]) == [state]
    assert list(table["why"]) == [why_not]


@given(st.sampled_from([*range(1990, 2040)]), st.integers(0, 240))
def test_time_only_brings_a_policy_to_its_end(little, year, later):
    facts = little({"title": "某计划", "valid_until": str(year)})
    order = ["running", "ends_within_a_year", "ended"]
    states = [
        order.index(policies(facts, month)["state"].iloc[0])
        for month in ("2015-01", shift("2015-01", later))
    ]
    assert states == sorted(states)


def test_rows_of_one_policy_are_one_and_a_stated_end_beats_a_title(little):
    facts = little(
        {"title": "试验区实施方案", "issued": "2021-04", "status": "draft"},
        {"title": "试验区实施方案（苏府办〔2021〕84号）", "valid_until": "2023"},
        {"title": "计划（2019-2022年）", "issued": "2019", "locator": "a"},
        {"title": "计划(2019—2022 年)", "issued": "2019-05", "locator": "b"},
        {"title": "计划（2019-2022）", "valid_until": "2024"},
    )
    table = policies(facts, "2025-12").set_index("title")
    assert len(table) == 2
    first = table.loc["试验区实施方案"]
    assert (first["until"], first["period_by"], first["state"]) == (
        "2023",
        "data",
        "ended",
    )
    assert (first["issued"], len(first["sources"])) == ("2021-04", 2)
    plan = table.loc["计划（2019-2022年）"]
    assert (plan["issued"], len(plan["sources"])) == ("2019-05", 3)
    assert (plan["from"], plan["until"], plan["disagree"]) == ("2019", "2024", True)


def test_a_policy_names_a_segment_or_is_of_ai_as_a_whole(little):
    facts = little(
        {"title": "低空经济方案", "segments": "drones"},
        {"title": "医学人工智能方案", "segments": "ai_healthcare", "topics": "医疗"},
        {"title": "行动", "segments": "ai_chips", "topics": "芯片、人工智能(综合)"},
        {"title": "人工智能若干措施"},
        {"title": "数字经济规划"},
    )
    found = [relation(row, "drones") for row in policies(facts, "2025-12").itertuples()]
    assert found == ["names", "other", "general", "general", "other"]
    assert relation(None, None) == "general"


def test_every_policy_has_one_state_and_none_is_lost(facts):
    for today in ("2015-06", "2025-12", "2040-01"):
        table = policies(facts, today)
        assert list(table.columns) == COLUMNS
        assert set(table["state"]) <= set(STATES)
        assert table["sources"].map(len).sum() == len(facts["policies"])
        stated = table["until"] != ""
        ends = year_ends(table["until"])
        assert (table["state"].isin(DATED) <= stated).all()
        assert (ends[table["state"] == "ended"] < today).all()
        assert (ends[table["state"].isin(DATED[:2])] >= today).all()
        assert ((table["state"] == "no_stated_end") <= ~stated).all()
        assert ((table["period_by"] == "") == ~stated).all()


def test_the_data_say_no_other_end_than_the_titles(facts):
    assert not policies(facts, "2025-12")["disagree"].any()


@pytest.mark.parametrize(
    ("place", "level", "segment"),
    [
        ("440300", "city", "ai_healthcare"),
        ("110000", "city", None),
        ("110108", "district", "ai_chips"),
        ("429004", "district", "drones"),
        ("620600", "city", "nlp"),
        ("540200", "city", "drones"),
    ],
)
def test_a_clock_counts_what_it_lists_and_is_ready_for_json(
    model, place, level, segment
):
    said = clock(model, place, level, segment)
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert said["today"] == model.as_of
    states = [one["state"] for one in said["policies"]]
    assert {s: states.count(s) for s in STATES} == said["counts"]
    assert said["known"] == sum(said["counts"][s] for s in THERE)
    if said["known"]:
        assert sum(said["shares"].values()) == pytest.approx(1)
    else:
        assert set(said["shares"].values()) == {None}
    for one in said["policies"]:
        assert one["title"] and one["sources"]
        assert {cited["source_id"] for cited in one["sources"]} <= set(
            model.facts.sources.index
        )
    for lang in ("zh", "en"):
        text = said[f"text_{lang}"]
        assert "nan" not in text and "None" not in text and "{" not in text
        assert said[f"name_{lang}"] in text
    everything = clock(model, place, level)
    assert len(everything["policies"]) == len(said["policies"]) + said["left_out"]


@pytest.mark.parametrize(
    ("place", "level"),
    [("440300", "city"), ("110108", "district"), ("620600", "city")],
)
def test_contributions_are_those_of_explain(model, place, level):
    said = clock(model, place, level, "ai_chips")["score"]
    split = why.parts(model, "ai_chips", level)
    row = split.table.loc[place]
    table = ranking(model, "ai_chips", level).set_index("place")
    assert said["score"] == pytest.approx(table.at[place, "score"])
    assert said["policy"] == pytest.approx(
        why.by_pillar(model, split).at[place, "policy"]
    )
    assert said["stated"]["contribution"] == row["presence:stated"]
    ours = [n for n in row.index if pillar_of(model, n, level) == "policy"]
    assert sum(o["contribution"] for o in said["indicators"]) == pytest.approx(
        row[ours].sum()
    )
    flags = [n for n in ours if "flag:" in n]
    assert said["designations"] == pytest.approx(row[flags].sum())
    assert not said["reads_single_policies"]
    assert all(one["stated_end"] is None for one in said["indicators"])
    count, _ = statements(model, "ai_chips", level, place)
    assert said["stated"]["statements"] == count


def test_the_score_does_not_change_with_the_month_but_the_ages_do(model):
    now = clock(model, "440300", "city", "ai_chips")
    then = clock(model, "440300", "city", "ai_chips", "2023-06")
    far = clock(model, "440300", "city", "ai_chips", "2035-01")
    for other in (then, far):
        assert other["score"]["policy"] == now["score"]["policy"]
        assert other["score"]["score"] == now["score"]["score"]
    assert now["score"]["stated"]["rests_on_old"] == "all"
    assert then["score"]["stated"]["rests_on_old"] == "some"
    before = clock(model, "440300", "city", "ai_chips", "2019-01")
    assert before["score"]["stated"]["rests_on_old"] == "none"
    assert before["counts"]["later"] > 0
    assert len(far["notes"]) == len(now["notes"]) + 1
    assert far["counts"]["ended"] >= now["counts"]["ended"] >= then["counts"]["ended"]


def test_the_median_is_of_places_with_any(model):
    said = clock(model, "440300", "city")["median"]
    grid = tallies(model.facts, policies(model.facts, model.as_of), "city")
    there = grid[list(THERE)].sum(axis=1)
    assert (said["places"], said["with_any"]) == (len(grid), (there > 0).sum())
    assert said["known"] == there[there > 0].median()
    assert 0 < said["with_any"] < said["places"]


def test_facts_without_policies(model, little):
    bare = replace(model, facts=little())
    said = clock(bare, "440300", "city", "drones")
    assert said["policies"] == [] and said["known"] == 0
    assert said["median"]["known"] is None
    assert json.dumps(said, allow_nan=False)


def test_bad_names_and_months(model):
    for values, kind in {
        ("000001", "city", None): "place",
        ("110108", "city", None): "place",
        ("440300", "province", None): "level",
        ("440300", "city", "bread"): "segment",
    }.items():
        with pytest.raises(UnknownNameError) as caught:
            clock(model, *values)
        assert caught.value.kind == kind
    for month in ("2025", "2025-13", "25-01", "2025-1", "9999-12", "2025-01\n"):
        with pytest.raises(ValueError, match="month"):
            clock(model, "440300", "city", None, month)


def asked(**more):
    values = {"data": None, "place": "440300", "segment": None, "today": None}
    return Namespace(**{**values, "json": False, "lang": "zh", **more})


def test_the_command_prints_json_and_tables(model, capsys):
    command.clock(asked(json=True, segment="drones", today="2026-06"))
    said = json.loads(capsys.readouterr().out)
    assert (said["place"], said["today"]) == ("440300", "2026-06")
    assert said == clock(model, "440300", "city", "drones", "2026-06")
    for lang in ("zh", "en"):
        command.clock(asked(place="110108", lang=lang))
        out = capsys.readouterr().out
        assert clock(model, "110108", "district")[f"text_{lang}"] in out
        assert "web_policies" in out


def test_the_command_refuses_bad_input(model):
    for month, key in {
        "2025-13": "month_form",
        "soon": "month_form",
        "1950-01": "month_range",
    }.items():
        with pytest.raises(UserError) as caught:
            command.clock(asked(today=month))
        assert caught.value.key == key
    with pytest.raises(UnknownNameError):
        command.clock(asked(place="999999"))
    with pytest.raises(UnknownNameError):
        command.clock(asked(segment="bread"))
