"""The figures of facts/extra: what their words become, and what is refused."""

import pandas as pd
import pytest

from data import catalog, tables
from data.build import area_figures, extra, extra_text, keep, refused
from data.build.observations import grounded
from data.build.reports import Gazetteer
from data.reading import read_csv

RAW = {
    "place": "合肥市",
    "code": "340100",
    "level": "city",
    "parent": "安徽省",
    "pillar": "compute",
    "indicator": "compute_total",
    "name_zh": "算力总规模",
    "value": "100",
    "unit": "P",
    "period": "2025",
    "qualifier": "exact",
    "source": "合肥日报2026-01-05:算力",
    "address": "http://example.com/1.html",
    "quality": "press",
    "note": "",
}


@pytest.fixture(scope="module")
def book():
    return Gazetteer(catalog.EMBEDDED)


@pytest.fixture(scope="module")
def indicators():
    return keep.catalogue(catalog.EMBEDDED)


def raw(*changes):
    """Raw rows as they are after the corrections, each with some cells changed."""
    table = pd.DataFrame([{**RAW, **change} for change in changes])
    none = pd.DataFrame(columns=["row", "column", "value", "why"])
    return extra.corrected(table, none)


@pytest.mark.parametrize(
    ("text", "period", "beyond"),
    [
        ("2025", "2025", ""),
        ("2025-07", "2025-07", ""),
        ("2025-Q3", "2025-09", "Q3"),
        ("2025Q1", "2025-03", "Q1"),
        ("2022-H1", "2022-06", "H1"),
        ("2021 前三批", "2021", "前三批累计"),
        ("2025 第七批", "2025", "第七批"),
        ("2025 前三季度", "2025-09", "前三季度累计"),
        ("2023-2024", "2024", "2023-2024年"),
        ("", "", ""),
        ("planned", "", "planned"),
    ],
)
def test_a_period_is_a_year_or_a_month(text, period, beyond):
    assert extra_text.period(text) == (period, beyond)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("大众日报2026-01-23", ["2026-01"]),
        ("http://a.cn/2024/1125/57068.shtml", ["2024-11"]),
        ("http://a.cn/202503/27/t20250327_39332.html", ["2025-03", "2025-03"]),
        ("http://a.cn/gd2012/202603/x", ["2026-03"]),
        ("http://a.cn/content_20389512345.html", []),
        ("http://a.cn/art/203663", []),
        ("2025年5月二手房均价", []),
        ("第一财经 201913", []),
    ],
)
def test_months_in_addresses(text, months):
    assert extra_text.months(text) == months


def test_publication_is_never_before_a_figure_that_is_not_planned():
    folder = "http://rsj.cn/202007/t1.html"
    assert extra_text.published("2024", False, "北京市统计局", folder) == ""
    assert extra_text.published("2027", True, "行动方案", "http://a/20241120/1") == (
        "2024-11"
    )
    # The source speaks before the address, and its last month counts.
    both = ("中新网2024-04-28", "http://a.cn/2025/0301/1")
    assert extra_text.published("2024-03", False, *both) == "2024-04"
    assert extra_text.published("2024-05", False, *both) == "2025-03"


@pytest.mark.parametrize(
    ("text", "month", "locator"),
    [
        ("庆阳融媒/鲜米网转载:算力上线", "2024-06", "庆阳融媒：算力上线 · 2024-06"),
        ("大众日报2026-01-23", "2026-01", "大众日报2026-01-23"),
        ("新疆日报(machine-altered mirror)", "", "新疆日报"),
        ("中新网2025-02-15(近700)", "", "中新网2025-02-15"),
        (
            "2026年合肥市政府工作报告(第3、21页)",
            "",
            "2026年合肥市政府工作报告(第3、21页)",
        ),
        ("上调！基数-南方都市报", "", "上调 基数-南方都市报"),
        ("gsdjw.com", "", "报道"),
    ],
)
def test_a_locator_names_the_page_without_hosts(text, month, locator):
    assert extra_text.locator(text, month) == locator


def test_notes_lose_quotations_and_remarks_of_the_collector():
    told = extra_text.note("Q3", "FP32;“年底算力将达到10万P”;镜像站转载;智算占比90%")
    assert told == "Q3；FP32；智算占比90%"
    assert extra_text.note("x" * 61, "via github:a/b") == ""


@pytest.mark.parametrize(
    ("qualifier", "words", "quality"),
    [
        ("exact", (), "exact"),
        ("over 100", (), "over"),
        ("over; about 30", (), "over"),
        ("nearly", (), "about"),
        ("of 108 in the city", (), "exact"),
        ("planned", ("规模", "超过15 EFLOPS"), "over"),
        ("planned", ("投入(最高)",), "under"),
        ("planned", ("超级计算",), "exact"),
    ],
)
def test_qualities(qualifier, words, quality):
    assert extra.quality_of(qualifier, *words) == quality


def test_a_row_becomes_a_figure(book, indicators):
    row = extra.shaped(raw({}), indicators, book).iloc[0]
    assert row["unit"] == "PFLOPS"
    assert row["source_id"] == "web_compute"
    assert (row["published"], row["quality"], row["status"]) == ("2026-01", "exact", "")
    assert row["locator"] == "合肥日报2026-01-05:算力"


def test_planned_and_official_rows_are_marked(book, indicators):
    table = raw(
        {"qualifier": "planned", "period": "2027"},
        {"quality": "official", "source": "合肥市政府"},
    )
    made = extra.shaped(table, indicators, book)
    assert set(made["status"]) == {"planned", ""}
    assert set(made["source_id"]) == {"web_compute", "official_notices"}


def test_unit_and_level_choose_between_entries(book, indicators):
    table = raw(
        {"indicator": "office_rent_grade_a", "unit": "元/㎡/天", "value": "5"},
        {"indicator": "office_rent_grade_a", "unit": "元/㎡/月", "value": "90"},
        {"indicator": "high_tech_firm_count", "unit": "家"},
        {
            "indicator": "high_tech_firm_count",
            "unit": "家",
            "level": "district",
            "place": "海淀区",
            "code": "110108",
        },
    )
    assert list(extra.shaped(table, indicators, book)["indicator"]) == [
        "office_rent_grade_a_day",
        "office_rent_grade_a_month",
        "hightech_firms",
        "hightech_firms_local",
    ]


def test_places_are_never_joined_by_name_alone(book, indicators):
    table = raw(
        {"place": "玉环市", "code": "", "level": "district", "parent": "台州市"},
        {"place": "鼓楼区", "code": "", "level": "district", "parent": ""},
        {"place": "石河子", "code": "659001", "parent": ""},
        {"place": "东莞市", "code": "441900", "parent": "广东省"},
        {"place": "雄安新区", "code": "", "level": "zone", "parent": "河北省"},
        {"place": "无名新区", "code": "", "level": "zone", "parent": "河北省"},
    )
    made = extra.shaped(table, indicators, book)
    assert list(zip(made["level"], made["place"], strict=True)) == [
        ("district", "331083"),
        ("district", ""),
        ("district", "659001"),
        ("city", "441900"),
        ("city", "130600"),
        ("zone", "无名新区"),
    ]
    assert made["zone"].iloc[4] == "130600_xionganxinqu"


def test_papers_are_summed_and_missing_lists_are_named(book, indicators):
    paper = {
        "indicator": "ai_papers_venue",
        "unit": "篇",
        "note": "n",
        "period": "2020",
    }
    table = raw(
        {**paper, "value": "3", "address": "x cvpr/cvpr2020.json"},
        {**paper, "value": "2", "address": "x coling/coling2020.json"},
        {**paper, "value": "1", "address": "x cvpr/cvpr2021.json", "period": "2021"},
        {**paper, "value": "1", "address": "x iccv/iccv2021.json", "period": "2021"},
    )
    made = extra.shaped(table, indicators, book).set_index("period")
    assert made.loc["2020", "value"] == "5"
    assert made.loc["2020", "locator"] == "coling+cvpr"
    # No ICCV in 2020 and no COLING in 2021: nothing is missing.
    assert made.loc["2020", "note"] == "sum over the venues named"
    assert made.loc["2021", "note"] == "sum over the venues named"
    assert extra.missing_venues(pd.Series(["cvpr"]), "2021", {"cvpr", "iccv"}) == [
        "iccv"
    ]


def test_institutions_are_counted_once(book, indicators):
    lab = {"indicator": "state_key_lab", "unit": "所", "period": "2023"}
    table = raw(
        {**lab, "qualifier": "university=甲; lab=智能全国重点实验室; first rows"},
        {**lab, "qualifier": "university=乙; lab=智能全国重点实验室; first rows"},
        {**lab, "qualifier": "university=乙; lab=芯片全国重点实验室; first rows"},
    )
    row = extra.shaped(table, indicators, book).iloc[0]
    assert (row["value"], row["quality"]) == ("2", "over")
    assert row["note"] == "智能、芯片"


def test_two_figures_of_one_page_have_two_locators(book, indicators):
    table = raw({}, {"value": "900", "qualifier": "planned"})
    made = extra.shaped(table, indicators, book)
    assert made["locator"].nunique() == 2
    assert made["locator"].str.endswith("计划").tolist() == [False, True]


def test_undated_and_unknown_rows_tell_why(book, indicators):
    table = raw({"period": ""}, {"indicator": "nobody_knows"})
    made = extra.shaped(table, indicators, book)
    assert list(made["reason"]) == ["no period", "not in the catalogue"]


def test_corrections_name_a_row_and_column():
    change = pd.DataFrame(
        [{"row": "1", "column": "status", "value": "planned", "why": ""}]
    )
    table = pd.DataFrame([RAW])
    assert extra.corrected(table, change)["status"].tolist() == ["planned"]
    for wrong in ({"row": "2"}, {"column": "nothing"}):
        with pytest.raises(ValueError, match="no row"):
            extra.corrected(table, change.assign(**wrong))


def figure(**changes):
    """One figure, ready to be kept."""
    row = dict.fromkeys([*tables.AREA_FIGURES.names, "reason"], "")
    row |= {
        "place": "340000",
        "level": "province",
        "indicator": "compute_total",
        "period": "2025",
        "value": "100",
        "unit": "PFLOPS",
        "source_id": "web_compute",
        "locator": "甲",
        "quality": "exact",
    }
    return {**row, **changes}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"unit": "万元"}, "unit differs"),
        ({"value": "many"}, "no number"),
        ({"value": "-1"}, "outside the indicator's range"),
        ({"indicator": "compute_hpc"}, "not an indicator of this level"),
        ({"source_id": ""}, "no source"),
        ({"place": "349999"}, "no such place in the code list of 2023"),
        ({"reason": "no period"}, "no period"),
    ],
)
def test_why_a_figure_is_refused(changes, reason):
    kept, gone = area_figures.split(pd.DataFrame([figure(**changes)]), catalog.EMBEDDED)
    assert list(gone["reason"]) == ([reason] if reason else [])
    assert len(kept) == (not reason)


def test_one_figure_of_a_source_is_told_once():
    rows = [figure(), figure(locator="乙"), figure(locator="丙", value="200")]
    kept, gone = area_figures.split(pd.DataFrame(rows), catalog.EMBEDDED)
    assert sorted(kept["value"]) == ["100", "200"]
    assert list(gone["reason"]) == ["same figure of the same source as the row before"]


def test_area_figures_of_several_origins(facts_copy):
    columns = ["zone", "scope", "status", "published", "note", "reason"]
    bare = pd.DataFrame([figure()]).drop(columns=columns)
    other = pd.DataFrame([figure(value="7", period="2024"), figure(unit="万元")])
    gone = area_figures.build_area_figures([bare, other], facts_copy)
    made = read_csv(facts_copy / "area_figures.csv")
    assert list(made.columns) == list(tables.AREA_FIGURES.names)
    assert list(made["value"]) == ["7", "100"]
    assert list(gone["reason"]) == ["unit differs"]


def test_refused_rows_of_each_table_replace_their_own(tmp_path):
    one = pd.DataFrame([{"place": "1", "reason": "a", "other": "x"}])
    for table in ("observations", "policies", "observations"):
        refused.record(tmp_path, table, one)
    made = read_csv(tmp_path / refused.FILE)
    assert list(made["table"]) == ["observations", "policies"]
    assert "other" not in made


def test_units_under_a_province_stand_with_the_districts():
    places = pd.DataFrame(
        [("city", "340100"), ("district", "659001"), ("district", "429004")],
        columns=["level", "place"],
    )
    rows = [
        ("city", "659001", "a", "2025"),
        ("city", "429004", "a", "2025"),
        ("district", "429004", "a", "2025"),
        ("city", "340100", "a", "2025"),
    ]
    table = pd.DataFrame(rows, columns=["level", "place", "indicator", "period"])
    levels = list(grounded(table, places)["level"])
    assert levels == ["district", "city", "district", "city"]


def test_every_group_of_pages_has_its_source_and_every_indicator_a_reason():
    listed = {*extra.rules()["sources"], *extra.rules()["sources_by_period"].values()}
    facts = catalog.load()
    assert listed | {extra.OFFICIAL} <= set(facts.sources.index)
    ours = facts["indicators"]["source_name"].map(
        lambda names: any(str(name).startswith(extra.PREFIX) for name in names)
    )
    told = facts["indicators"].loc[ours, ["why_zh", "why_en"]]
    assert ours.sum() > 150
    assert told.ne("").all(axis=None)


def test_nothing_shipped_names_a_repost():
    facts = catalog.load()
    for name in ("observations", "area_figures", "policies", "designations"):
        told = facts[name]["locator"] + facts[name]["note"]
        wrong = told.str.contains(
            r"https?:|www\.|find_string|read_file|github", na=False
        )
        assert not wrong.any(), told[wrong].head().tolist()


def test_planned_figures_are_not_given_as_facts():
    facts = catalog.load()
    both = pd.concat([facts["observations"], facts["area_figures"]])
    later = both["period"].str[:4].astype(int) > 2026
    assert later.any()
    assert set(both.loc[later, "status"]) == {"planned"}
