"""Reading the reports' tables, and turning their figures into ours: made-up texts."""

import pandas as pd
import pytest

pytest.importorskip("pypinyin")

from data.build import report_figures, reports  # noqa: E402
from data.build.report_figures import (  # noqa: E402
    Where,
    Words,
    converted,
    figure,
    printed,
    range_notes,
)
from data.build.reports import (  # noqa: E402
    Gazetteer,
    city_of,
    corrected,
    heading_above,
    line_of,
    plain_zone,
)

TEXT = """# 甲报告

## 一、某市产业

某市拥有人工智能企业 **1,200** 余家，位居前列。
其中甲区占比约60%；
乙园规划面积为三平方公里。

二、另一市

1\t某实验室\t某大学
某市设立产业基金，规模３０亿元。
"""
PLACES = """place,level,name_zh,name_en,parent,province,lon,lat
330100,city,杭州市,Hangzhou,,330000,120,30
330105,district,拱墅区,Gongshu District,330100,330000,120,30
330108,district,滨江区,Binjiang District,330100,330000,120,30
310000,city,上海市,Shanghai,,310000,121,31
310115,district,浦东新区,Pudong New District,310000,310000,121,31
320106,district,鼓楼区,Gulou District,320100,320000,118,32
350102,district,鼓楼区,Gulou District,350100,350000,119,26
"""
PROVINCES = """province,name_zh,name_en,short_zh
310000,上海市,Shanghai,上海
330000,浙江省,Zhejiang,浙江
450000,广西壮族自治区,Guangxi,广西
"""
ZONES = """zone,name_zh,place,level
330100_wulianwangyuan,物联网园,330108,district
"""
CHANGES = """old,new,kind,name_old,first_list,last_list,source_id
330103,330105,merged,下城区,2010,2020,census2020
"""
INDICATORS = """[firms]
unit = "家"
source_name = ["reports:firms", "reports:firms_target"]

[subsidy]
unit = "万元"
source_name = ["reports:subsidy_min", "reports:subsidy_max"]
"""


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "jia2020.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "places.csv").write_text(PLACES, encoding="utf-8")
    (tmp_path / "provinces.csv").write_text(PROVINCES, encoding="utf-8")
    (tmp_path / "zones.csv").write_text(ZONES, encoding="utf-8")
    (tmp_path / "place_changes.csv").write_text(CHANGES, encoding="utf-8")
    (tmp_path / "indicators").mkdir()
    (tmp_path / "indicators/industry.toml").write_text(INDICATORS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        ("人工智能企业1200余家", 5),
        ("拥有人工智能企业...位居前列", 5),
        ("占比约60%", 6),
        ("规模30亿元", 12),  # full-width digits of the text
        ("前列。其中甲区", 5),  # a quote over two lines starts on the first
        ("三平方公里。二、另一市", 7),
        ("从未印出的一句", 0),
        ("", 0),
    ],
)
def test_a_quote_is_found_on_its_line(text, quote, line):
    assert line_of(quote, text) == line


@pytest.mark.parametrize(
    ("line", "heading"),
    [(1, "甲报告"), (5, "甲报告 · 一、某市产业"), (12, "二、另一市")],
)
def test_the_heading_above_is_no_row_of_a_table(text, line, heading):
    assert heading_above(line, text) == heading


def test_a_chapter_is_named_by_its_own_page_and_not_by_the_contents(tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("04 城市\n05 建议\n04\n\n城市\n一件事\n", encoding="utf-8")
    assert heading_above(6, path) == "04 城市"
    assert heading_above(2, path) == ""


def test_a_text_without_headings_has_none(tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("没有标题的一行\n", encoding="utf-8")
    assert heading_above(1, path) == ""
    assert reports.locator(1, path) == "L1"


def change(action, row="", **cells):
    told = {"action": action, "row": row, "line": "9", "why": "seen", "value": ""}
    return {**told, "place": "", **cells}


@pytest.fixture
def table():
    cells = {"place": ["a", "b", "c"], "value": ["1", "2", "3"], "line": [4, 5, 6]}
    return pd.DataFrame(cells, index=[1, 2, 3])


def test_corrections_add_replace_and_drop(table):
    changes = [
        change("drop", "1"),
        change("replace", "2", place="b", value="20"),
        change("add", place="d", value="4"),
    ]
    made = corrected(table, pd.DataFrame(changes))
    assert made[["place", "value", "line"]].to_numpy().tolist() == [
        ["c", "3", 6],
        ["b", "20", 9],
        ["d", "4", 9],
    ]
    assert "why" not in made


def test_a_correction_of_a_row_that_is_not_there_is_refused(table):
    with pytest.raises(ValueError, match="7"):
        corrected(table, pd.DataFrame([change("drop", "7")]))


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("全国", ("nation", "000000")),
        ("上海", ("city", "310000")),
        ("杭州市", ("city", "330100")),
        ("广西", ("province", "450000")),
        ("滨江区", ("district", "330108")),
        ("鼓楼区", ("", "")),  # two of that name
        ("长三角", ("", "")),
    ],
)
def test_a_name_finds_its_code(folder, name, area):
    assert Gazetteer(folder).area(name) == area


@pytest.mark.parametrize(
    ("inside", "where"),
    [
        ("", ("city", "330100", "")),
        ("滨江", ("district", "330108", "")),
        ("物联网园", ("city", "330100", "物联网园")),
    ],
)
def test_what_is_no_district_is_a_zone(folder, inside, where):
    assert Gazetteer(folder).where("杭州", inside) == where


def test_a_new_area_is_the_district_of_its_full_name(folder):
    assert Gazetteer(folder).where("上海", "浦东新区")[1] == "310115"


def test_a_zone_has_one_id_however_it_is_written(folder):
    book = Gazetteer(folder)
    assert book.zone_id("“物联网园”", "330108") == "330100_wulianwangyuan"
    assert book.zone_id("", "330108") == ""
    assert plain_zone("国科（一 期）") == "国科一期"


@pytest.mark.parametrize(
    ("code", "city"), [("110108", "110000"), ("330108", "330100"), ("500103", "500000")]
)
def test_a_code_names_its_city(code, city):
    assert city_of(code) == city


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("12", "家", "家"), ("12", "")),
        (("3", "条", "项"), ("3", "")),
        (("15.7", "km2", "平方公里"), ("15.7", "")),
        (("2", "亿元", "万元"), ("20000", "印作2亿元")),
        (("3.54", "亿美元", "万美元"), ("35400", "印作3.54亿美元")),
        (("77", "公顷", "亩"), ("1155", "印作77公顷")),
        (("110000", "m2", "亩"), ("165", "印作11万平方米")),
        (("5", "件", "亿元"), ("", "")),
    ],
)
def test_units_change_by_exact_arithmetic_only(told, expected):
    assert converted(*told) == expected


@pytest.mark.parametrize(
    ("number", "shown"),
    [("300", "300"), ("110000", "11万"), ("115000", "115000"), ("2.5", "2.5")],
)
def test_a_number_is_shown_as_printed(number, shown):
    assert printed(number) == shown


def raw_row(**cells):
    row = {"location": "杭州", "parent": "", "level": "city", "indicator": "firms"}
    row |= {"year": "2020", "value": "12", "unit": "家", "qualifier": "over"}
    row |= {"source": "jia2020", "line": 5, "locator": "L5", "range_note": ""}
    return pd.Series({**row, **cells})


@pytest.fixture
def made(folder):
    told = {"groups": {}, "scopes": {}, "parts": {}, "notes": {}, "lines": {}}
    told |= {"planned": [], "groups": {"两区": ["city", "330100", "滨江区、拱墅区"]}}
    told["scopes"] = {"firms_target": "二期"}
    told["lines"] = {"jia2020:5:firms": "市统计局"}
    words = Words(Words.of(folder).indicators, told)
    where = Where.of(folder, told["groups"])
    return lambda **cells: figure(raw_row(**cells), words, where)


def test_a_figure_keeps_its_qualifier_and_note(made):
    row = made()
    assert (row["level"], row["place"], row["reason"]) == ("city", "330100", "")
    assert (row["quality"], row["note"], row["status"]) == ("over", "市统计局", "")


def test_a_target_is_planned_and_a_part_is_a_scope(made):
    row = made(
        indicator="firms_target", location="物联网园", parent="杭州", level="zone"
    )
    assert (row["status"], row["scope"]) == ("planned", "二期")
    # A zone stands where the list of zones has it.
    assert (row["zone"], row["place"]) == ("330100_wulianwangyuan", "330108")


def test_a_figure_without_a_year_takes_the_report_s(made):
    row = made(year="")
    assert row["period"] == "2020" and "年份未注明" in row["note"]


def test_a_group_stands_in_what_contains_it(made):
    row = made(location="两区", level="group")
    assert (row["level"], row["scope"]) == ("city", "滨江区、拱墅区")


def test_a_former_district_is_found_in_its_successor(made):
    row = made(location="下城区", parent="杭州", level="district")
    assert row["place"] == "330105" and row["note"].startswith("原下城区")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"location": "长三角"}, "no such city"),
        ({"location": "三区", "level": "group"}, "no such group"),
        ({"location": "某园", "parent": "杭州", "level": "zone"}, "no such zone"),
        (
            {"location": "某区", "parent": "杭州", "level": "district"},
            "no such district",
        ),
        ({"indicator": "rumours"}, "no indicator"),
        ({"unit": "亿元"}, "亿元 is not 家"),
        ({"qualifier": "perhaps"}, "no such qualifier"),
    ],
)
def test_what_cannot_be_kept_says_why(made, cells, reason):
    assert made(**cells)["reason"].startswith(reason)


def test_the_ends_of_a_range_are_told_apart(made):
    ends = [
        raw_row(indicator=f"subsidy_{end}", value=value, unit="亿元", qualifier="range")
        for end, value in (("min", "1"), ("max", "2"))
    ]
    table = pd.DataFrame(ends).reset_index(drop=True)
    notes = range_notes(table)
    assert notes.tolist() == ["区间1—2亿元"] * 2
    low, high = [
        made(**{**row, "range_note": note})
        for row, note in zip(table.to_dict("records"), notes, strict=True)
    ]
    assert (low["quality"], low["value"], low["locator"]) == (
        "over",
        "10000",
        "L5（下限）",
    )
    assert (high["quality"], high["locator"]) == ("under", "L5（上限）")


def test_every_word_beside_a_figure_belongs_to_a_raw_name():
    words = Words.of(reports.HERE.parent)
    told = words.told
    names = {key.split(":")[2] for key in told["lines"]}
    names |= {*told["scopes"], *told["notes"], *told["planned"]}
    assert names <= set(words.ids)


def test_the_catalogue_names_a_raw_figure_once(facts):
    listed = facts["indicators"]["source_name"].explode().dropna()
    ours = listed[listed.str.startswith(report_figures.PREFIX)]
    assert not ours.duplicated().any()
