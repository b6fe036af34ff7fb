"""Figures of the five reports that are easy to get wrong, and those not in them."""

import pandas as pd
import pytest

GEMDALE = "gemdale2021"


@pytest.fixture(scope="module")
def figures(facts):
    """Every figure of a report with its zone's name and its scope."""
    table = pd.concat([facts["observations"], facts["area_figures"]])
    reports = ["jiazi2020", "gemdale2021", "ccid2018", "hsmap2022", "aitisa2021"]
    table = table[table["source_id"].isin(reports)].fillna("")
    names = facts["zones"].drop_duplicates("zone").set_index("zone")["name_zh"]
    return table.assign(zone_zh=table["zone"].map(names).fillna(""))


def rows(figures, place, indicator, source, period="", zone="", scope=""):
    found = figures.query(
        "place == @place and indicator == @indicator and source_id == @source"
        " and zone_zh == @zone and scope == @scope"
    )
    return found[found["period"] == period] if period else found


# place, indicator, source, period, value, quality
CITY_FACTS = [
    # The bracket beside the city's figure holds the nation's.
    ("440300", "rd_intensity", "aitisa2021", "2019", 4.9, "exact"),
    ("000000", "rd_intensity", "aitisa2021", "2019", 2.23, "exact"),
    ("440100", "provincial_ai_parks", "aitisa2021", "2021", 3, "exact"),
    ("440000", "provincial_ai_parks", "aitisa2021", "2021", 8, "exact"),
    # Unicorns of all trades, and those of AI with the near-unicorns.
    ("330100", "unicorns_reported", "aitisa2021", "2020", 31, "exact"),
    ("330100", "quasi_unicorns", "aitisa2021", "2020", 142, "exact"),
    ("330100", "ai_unicorns_and_quasi", "aitisa2021", "2020", 16, "exact"),
    ("330100", "ai_unicorns_and_quasi_value", "aitisa2021", "2020", 274, "exact"),
    # Two cities share a rank, not a figure.
    ("420100", "industry_chain_coverage", "aitisa2021", "2021", 14.3, "exact"),
    ("440300", "industry_chain_coverage", "aitisa2021", "2021", 13.3, "exact"),
    # Two years in one passage, both of the district.
    ("440309", "key_ai_firms_output", "aitisa2021", "2020", 261.6, "exact"),
    ("440309", "key_ai_firms_output", "aitisa2021", "2019", 138, "exact"),
    # Two reports, two lists.
    ("110000", "ai_unicorns", "hsmap2022", "2022", 30, "over"),
    ("110000", "ai_unicorns", "aitisa2021", "2021", 27, "exact"),
    # Firms in the statistics and core firms have different shares.
    ("330100", "ai_firms_provincial_statistics", "hsmap2022", "2021", 420, "exact"),
    (
        *("330100", "ai_firms_provincial_statistics_share", "hsmap2022"),
        *("2021", 36.5, "exact"),
    ),
    ("330100", "ai_core_firms_share_of_province", "hsmap2022", "2021", 36, "about"),
    ("330100", "ai_revenue", "hsmap2022", "2021", 2038.5, "exact"),
    ("330100", "ai_rd_spend", "hsmap2022", "2021", 225.8, "exact"),
    # Cumulative since 2012, and of one year.
    ("000000", "ai_investment_events", GEMDALE, "2020", 2048, "exact"),
    ("000000", "ai_financing_events", GEMDALE, "2020", 183, "exact"),
    ("000000", "ai_financing_events", GEMDALE, "2019", 116, "exact"),
    ("000000", "ai_financing", GEMDALE, "2020", 251, "exact"),
    ("000000", "ai_rounds_ab_share", GEMDALE, "2020", 53.17, "about"),
    ("000000", "ai_rounds_ab_share_year", GEMDALE, "2020", 48, "exact"),
    # A year, half a year.
    ("000000", "ai_core_output", GEMDALE, "2019", 709, "about"),
    ("000000", "ai_core_industry_scale_half", GEMDALE, "2020", 770, "exact"),
    # Three ways of counting firms.
    ("000000", "ai_core_firms_miit", GEMDALE, "2020", 2500, "over"),
    ("000000", "ai_firms", GEMDALE, "2020", 2600, "over"),
    ("000000", "ai_firms", "ccid2018", "2017", 1700, "over"),
    ("000000", "ai_firms_new", "ccid2018", "2017", 600, "about"),
    ("110105", "ai_related_firms", GEMDALE, "2020", 50, "over"),
    ("110000", "open_platforms_national", GEMDALE, "2020", 7, "exact"),
    ("000000", "open_platforms_national", GEMDALE, "2020", 15, "exact"),
    ("120000", "state_key_labs_other", GEMDALE, "2020", 5, "exact"),
    # One city alone, not two together.
    ("310000", "ai_talent_share", GEMDALE, "2019", 33.7, "exact"),
    ("310000", "pilot_scenarios", GEMDALE, "2020", 42, "exact"),
    ("310115", "ai_firms_share_of_city", GEMDALE, "2020", 33.3, "about"),
    ("310115", "ai_industry_scale_share_of_city", GEMDALE, "2020", 60, "about"),
    ("440300", "ai_core_firms_miit", GEMDALE, "2020", 400, "over"),
    ("440300", "ai_core_firms_share_of_province", GEMDALE, "2020", 70, "about"),
    ("440300", "ai_core_firms_share_app_layer", GEMDALE, "2020", 60, "over"),
    # The sum of three years.
    ("440100", "robot_special_money", GEMDALE, "2015", 30, "exact"),
    ("440100", "auto_output_value_share", GEMDALE, "2020", 70, "about"),
    ("440100", "auto_output_units_share", GEMDALE, "2020", 90, "over"),
    ("440106", "software_revenue", GEMDALE, "2019", 1600, "exact"),
    # Public money in a fund is not its size.
    ("440100", "fund_size", "ccid2018", "2018", 100, "exact"),
    ("440100", "fund_government_part", "ccid2018", "2018", 30, "exact"),
    ("510100", "fund_government_part", "ccid2018", "2018", 50, "exact"),
    ("120000", "fund_size", "ccid2018", "2018", 300, "exact"),
    ("120000", "fund_size", "jiazi2020", "2020", 1000, "about"),
    # Growth of the money, and of the deals.
    ("000000", "ai_financing_growth", "ccid2018", "2017", 284.1, "exact"),
    ("000000", "ai_financing_events_growth", "ccid2018", "2017", 97.9, "exact"),
    ("000000", "universities_ai_major", "ccid2018", "2017", 30, "over"),
    ("120000", "sci_platforms", "jiazi2020", "2020", 285, "exact"),
    ("120000", "sci_platforms_national", "jiazi2020", "2020", 19, "exact"),
    ("120000", "sci_platforms_municipal", "jiazi2020", "2020", 266, "exact"),
    ("420100", "data_exchanges", "jiazi2020", "2020", 8, "exact"),
    # A district that has since become part of another.
    ("330105", "fund_size", "ccid2018", "2018", 40, "exact"),
]


@pytest.mark.parametrize(
    ("place", "indicator", "source", "period", "value", "quality"), CITY_FACTS
)
def test_a_figure_of_a_place(figures, place, indicator, source, period, value, quality):
    found = rows(figures, place, indicator, source, period)
    assert found[["value", "quality"]].to_numpy().tolist() == [[value, quality]]
    assert found["status"].tolist() == [""]


# place, zone, scope, indicator, value
AREA_FACTS = [
    ("510100", "四川天府新区", "", "zone_area", 1578),
    ("510100", "四川天府新区", "成都部分", "zone_area", 1484),
    ("510100", "四川天府新区", "眉山部分", "zone_area", 94),
    ("510100", "四川天府新区", "直管区", "zone_area", 564),
    ("510100", "四川天府新区", "", "clusters_100bn", 3),
    ("510100", "四川天府新区", "", "clusters_10bn", 11),
    ("120111", "西青人工智能产业园", "", "park_land", 165),
    ("120111", "西青人工智能产业园", "", "floor_area", 270_000),
    ("330110", "中国（杭州）人工智能小镇", "", "zone_area", 3.43),
    ("330110", "中国（杭州）人工智能小镇", "先导区", "park_land", 277),
    ("330110", "中国（杭州）人工智能小镇", "先导区首期", "floor_area", 310_000),
    ("330110", "中国（杭州）人工智能小镇", "利用的既有空间", "floor_area", 700_000),
    ("330100", "杭州城东智造大走廊", "", "zone_area_administered", 923.3),
    ("330100", "杭州城东智造大走廊", "", "zone_area_construction", 500.57),
    # As printed: the difference of the two other columns would be 61.40.
    ("330100", "杭州城东智造大走廊", "", "industrial_land_left", 61.34),
    ("440300", "深圳国家高新区", "", "zone_area", 159.48),
    ("440300", "深圳国家高新区", "扩区前", "zone_area", 11.52),
    # Two names alike in one district.
    ("440307", "坂雪岗科学城片区", "", "zone_area", 28.51),
    ("440307", "坂雪岗科技城", "", "electronics_revenue", 8000),
    ("420100", "武汉东湖高新区", "", "nobel_laureates", 4),
    ("420100", "武汉东湖高新区", "", "academicians_reported", 58),
    # Groups of places: none of these is the share of one district.
    ("440300", "", "南山区、福田区、罗湖区", "ai_core_firms_share_of_city", 70),
    ("440100", "", "天河区、黄埔区、南沙区", "ai_core_firms_share_of_city", 70),
    ("320100", "", "栖霞区、江宁区、江北新区", "ai_core_firms_share_of_city", 80),
    ("310000", "", "浦东新区、徐汇区", "ai_core_firms_share_of_city", 50),
    ("320500", "", "苏州工业园区、相城区", "ai_core_firms_share_of_city", 90),
    ("000000", "", "北京、上海", "ai_talent_share", 70),
    ("000000", "", "环渤海（北京、天津、山东）", "ai_firms_sampled", 719),
]


@pytest.mark.parametrize(("place", "zone", "scope", "indicator", "value"), AREA_FACTS)
def test_a_figure_of_a_zone_or_a_group(figures, place, zone, scope, indicator, value):
    found = figures.query(
        "indicator == @indicator and zone_zh == @zone and scope == @scope"
    )
    # A zone stands in its city or in the district that a report states.
    there = found["place"].str[:4].eq(place[:4])
    assert set(found.loc[there, "value"]) == {value}


@pytest.mark.parametrize(
    ("place", "indicator", "source", "value"),
    [
        ("310000", "fund_size", GEMDALE, 1000),
        ("340100", "fund_size", "ccid2018", 50),
        ("610100", "fund_size", "ccid2018", 50),
        ("350200", "fund_size", "ccid2018", 50),
        ("340100", "ai_special_fund_year", "ccid2018", 8),
        ("420100", "ai_special_fund_year", "ccid2018", 2),
        ("320100", "wafer_capacity", GEMDALE, 100_000),
        ("330100", "wafer_capacity", GEMDALE, 20_000),
        ("440000", "ai_core_output", "hsmap2022", 3000),
        ("440300", "rd_spend", "hsmap2022", 2000),
        ("310000", "base_stations_5g", GEMDALE, 10_000),
    ],
)
def test_what_is_only_planned_says_so(figures, place, indicator, source, value):
    found = rows(figures, place, indicator, source)
    assert found.loc[found["value"] == value, "status"].tolist() == ["planned"]


def test_a_park_announced_is_planned_and_no_figure_of_its_district(figures):
    park = figures.query("zone_zh == '南沙人工智能产业园区' and value == 3000")
    assert set(park["source_id"]) == {GEMDALE, "ccid2018"}
    assert set(park["status"]) == {"planned"}


def test_the_first_phase_of_a_fund_is_not_its_size(figures):
    found = rows(figures, "310000", "fund_first_phase", GEMDALE)
    assert found[["value", "status"]].to_numpy().tolist() == [[100, ""]]


def test_a_forecast_is_not_a_fact(figures):
    core = rows(figures, "000000", "ai_core_output", GEMDALE)
    assert dict(zip(core["value"], core["status"], strict=True)) == {
        709: "",
        1000: "planned",
    }
    tower = figures.query("zone_zh == '上海西岸国际人工智能中心'")
    assert tower.query("indicator == 'occupancy'")["status"].tolist() == ["planned"]


def test_the_batches_of_scenarios_keep_their_years(figures):
    found = rows(figures, "310000", "pilot_scenarios_batch", GEMDALE)
    pairs = sorted(zip(found["period"], found["value"], strict=True))
    assert pairs == [("2018", 12), ("2019", 11), ("2019", 19)]


def test_the_two_ends_of_a_range_are_two_rows(figures):
    found = rows(figures, "320500", "fund_size", "ccid2018")
    assert dict(zip(found["quality"], found["value"], strict=True)) == {
        "over": 200,
        "under": 300,
    }
    assert found["note"].str.contains("区间200—300").all()


def test_a_table_and_its_chapter_may_differ(figures):
    found = rows(figures, "120000", "ai_core_firms_miit", GEMDALE)
    assert dict(zip(found["quality"], found["value"], strict=True)) == {
        "exact": 47,
        "about": 50,
    }


def test_counts_of_firms_stand_side_by_side(facts, figures):
    counts = facts["indicators"].query("family == 'ai_firms'")["indicator"]
    beijing = figures.query("place == '110000' and level == 'city'")
    shown = beijing[beijing["indicator"].isin(counts)]
    said = set(zip(shown["value"], shown["quality"], strict=True))
    assert said >= {(654, "exact"), (738, "exact"), (1500, "about")}
    assert shown["indicator"].nunique() == len(shown)


COUNTS = ["ai_firms", "ai_related_firms", "ai_core_firms_miit", "ai_key_firms"]
# places, indicators, source: the report says nothing of the kind.
NOT_SAID = [
    (["320500", "370200"], ["industry_chain_coverage"], "aitisa2021"),
    (["440100", "320100"], ["firms_with_inventions_share"], "aitisa2021"),
    (["110000", "440100", "370200", "320100"], ["pe_vc_investment"], "aitisa2021"),
    (["110000", "440300", "420100", "370200", "320100"], COUNTS, "aitisa2021"),
    (["310000", "440100"], COUNTS, "hsmap2022"),
    (["110000", "310000", "330100"], ["ai_financing_events"], "hsmap2022"),
    (["110000", "310000", "330100"], ["ai_patent_applications"], "hsmap2022"),
    (["310000", "320500"], ["ai_firms_sampled"], "jiazi2020"),
    (["320000", "330000", "440000"], ["ai_firms_sampled"], "jiazi2020"),
    (["610100", "430100"], ["fund_size"], "jiazi2020"),
    (["210100"], ["fund_size", "fund_government_part"], "ccid2018"),
    (["110000", "310000", "440300"], COUNTS, "ccid2018"),
    (["110000", "310000", "440300"], ["ai_patent_applications"], "ccid2018"),
    (
        *(["120111", "120114", "110105", "440305", "320113"],),
        *(["ai_core_firms_share_of_city"], GEMDALE),
    ),
    (
        *(["440106", "310104", "330110", "330108", "330106"],),
        *(["ai_core_firms_share_of_city"], GEMDALE),
    ),
    (
        *(["110000", "310000", "330100", "320100", "440300", "440100"],),
        *(["ai_core_firms_share_early"], GEMDALE),
    ),
    (["310000", "440300", "330100"], ["ai_top_papers", "ai_top_scholars"], GEMDALE),
    (["110000", "120000"], ["ai_output", "ai_core_output"], GEMDALE),
    (["420100", "510100", "610100"], ["ai_investment_events"], GEMDALE),
    (["320500"], ["ai_state_key_labs", "ai_ministry_labs"], GEMDALE),
    (["440300", "120000"], ["ai_state_key_labs"], GEMDALE),
    (["440100"], ["open_platforms_national"], GEMDALE),
    (["330100", "320500"], ["ai_employees"], GEMDALE),
    (["110000", "440300", "120000"], ["fund_size"], GEMDALE),
]


@pytest.mark.parametrize(("places", "indicators", "source"), NOT_SAID)
def test_what_a_report_does_not_say_is_no_row(figures, places, indicators, source):
    found = figures.query(
        "place in @places and indicator in @indicators and source_id == @source"
        " and zone == '' and scope == ''"
    )
    assert found.empty


@pytest.mark.parametrize(
    ("zone", "indicator"),
    [
        ("杭州钱塘智慧城", "industrial_land_left"),
        ("坂雪岗科技城", "zone_area"),
        ("麒麟科创园", "zone_area"),
        ("雨花台高新区", "zone_area"),
        ("中关村科学城", "zone_area"),
        ("张江人工智能岛", "zone_area"),
        ("中国（南京）智谷", "zone_area"),
        ("增城新型显示价值创新园", "zone_area"),
    ],
)
def test_a_zone_without_the_figure_has_no_row(figures, zone, indicator):
    assert figures.query("zone_zh == @zone and indicator == @indicator").empty


def test_every_figure_names_its_line(figures):
    assert figures["locator"].str.contains(r"L[1-9]\d*(?:（[上下]限）)?$").all()


def test_a_figure_without_a_year_says_so(figures):
    undated = figures[figures["note"].str.contains("年份未注明")]
    assert len(undated) == 6
    assert (undated["period"] == undated["source_id"].str[-4:]).all()
