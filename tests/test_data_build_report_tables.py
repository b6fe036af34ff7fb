"""From the reports' tables to ours, on small made-up reports."""

import pandas as pd
import pytest

from data import EMBEDDED
from data.build import report_tables, zones
from data.build.reports import Gazetteer
from data.build.topics import segments_of


@pytest.fixture(scope="module")
def book():
    return Gazetteer(EMBEDDED)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("88.72", ("88.72", "exact")),
        ("<=10", ("10", "under")),
        (">=60", ("60", "over")),
        (">60", ("60", "over")),
        ("", ("", "")),
        ("first", ("", "")),
    ],
)
def test_a_printed_number_keeps_its_sign_as_quality(printed, expected):
    assert report_tables.number(printed) == expected


def rank_row(location, rank, score=""):
    told = {"location": location, "rank": rank, "score": score, "ranking": "total"}
    return {**told, "source": "ccid2018", "locator": "L1", "line": "1"}


def test_tiers_and_ranks_are_told_apart(book):
    rows = [
        rank_row("北京", "T1"),
        rank_row("合肥", "5", "7.2"),
        rank_row("成都", "<=8"),
    ]
    made = report_tables.rankings(pd.DataFrame(rows), book).set_index("place")
    assert made.at["110000", "tier"] == "1" and made.at["110000", "rank"] == ""
    assert made.at["340100", "rank"] == "5" and made.at["340100", "score"] == "7.2"
    assert made.at["510100", "rank_quality"] == "under"


def test_a_place_without_a_code_is_left_out(book):
    made = report_tables.rankings(pd.DataFrame([rank_row("长三角", "1")]), book)
    assert made.empty


def test_shares_name_the_districts_they_speak_of(book):
    table = pd.DataFrame(
        {
            "city": ["上海", "全国", "苏州"],
            "dimension": ["district_group", "layer", "district"],
            "category": ["浦东新区+徐汇区", "应用层", "苏州工业园区"],
            "share": ["50", "78.0", "70"],
            "qualifier": ["over", "exact", "over"],
            "year": ["2020"] * 3,
            "source": ["gemdale2021"] * 3,
            "locator": ["L1"] * 3,
        }
    )
    made = report_tables.firm_shares(table, book).set_index("category")
    assert made.at["浦东新区+徐汇区", "members"] == "310115|310104"
    assert made.at["应用层", "level"] == "nation"
    # The industrial park is a zone, not a district.
    assert made.at["苏州工业园区", "members"] == ""


def test_the_highest_grade_of_a_strength_stays(book):
    row = {"location": "北京", "parent": "", "level": "city", "segment": "传感器"}
    row |= {"source": "gemdale2021", "locator": "L9"}
    table = pd.DataFrame([{**row, "grade": grade} for grade in ("1", "3", "2")])
    made = report_tables.strengths(table, book, EMBEDDED)
    assert made["grade"].tolist() == ["3"]


def test_a_platform_keeps_month_owner_and_kind(book):
    table = pd.DataFrame(
        {
            "city": ["深圳"],
            "name": ["某平台"],
            "kind": ["national open platform"],
            "org": ["平安"],
            "year": ["2019.08"],
            "source": ["gemdale2021"],
            "note": ["no amount stated"],
            "locator": ["L2"],
        }
    )
    made = report_tables.platforms(table, book).iloc[0]
    assert (made["kind"], made["owner"]) == ("open_platform", "平安")
    assert made["period"] == "2019-08"
    assert made["note"] == "原文未给金额"


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("智能网联汽车、无人机", "smart_vehicles|drones"),
        ("人工智能总部基地", ""),
        ("Mems", "sensors"),
    ],
)
def test_a_focus_names_segments(text, segments):
    assert segments_of(pd.Series([text])).tolist() == [segments]


def test_a_zone_has_one_id_one_name_and_one_place(facts):
    table = facts["zones"]
    for column in ("name_zh", "place", "level"):
        assert (table.groupby("zone")[column].nunique() == 1).all()
    assert (table.groupby(["name_zh", "place"])["zone"].nunique() == 1).all()


def test_aliases_lead_to_the_usual_name(book):
    assert book.zone("西岸智慧谷", "310104") == "徐汇西岸智慧谷"
    assert book.zone_id("西岸智慧谷", "310000") == book.zone_id(
        "徐汇西岸智慧谷", "310104"
    )


def test_a_zone_of_the_reports_states_its_area(facts):
    table = facts["zones"].set_index("name_zh")
    assert table.at["徐汇西岸智慧谷", "area_km2"].max() == 0.52


def test_zones_named_with_an_outer_zone_say_so(book):
    table = pd.DataFrame(
        {
            "city": ["苏州"],
            "district": ["苏州工业园区"],
            "zone": ["苏州国际科技园"],
            "area_km2": ["0.77"],
            "floor_area_m2": [""],
            "focus": ["集成电路"],
            "source": ["gemdale2021"],
            "locator": ["L3"],
        }
    )
    made = zones.stated(table, book).iloc[0]
    assert made["note"] == "位于苏州工业园区"
    assert made["segments"] == "ai_chips"
