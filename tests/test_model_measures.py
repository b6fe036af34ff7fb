"""What stands for an indicator of a published system, counted by hand."""

from dataclasses import replace

import pandas as pd
import pytest
from pandas.api.types import is_numeric_dtype

from model.measures import (
    RATING,
    dated,
    figure,
    listed,
    measured,
    platforms,
    policies,
    rating,
    total,
    zones,
)

BEIJING, SHANGHAI, WUHAN = "110000", "310000", "420100"
HAIDIAN, PUDONG = "110108", "310115"


@pytest.fixture
def made(facts):
    """Facts with one table that holds nothing but some rows."""

    def make(table, columns, *rows):
        like = facts[table]
        given = pd.DataFrame(rows, columns=columns.split())
        full = given.reindex(columns=like.columns)
        for name in full:
            number = is_numeric_dtype(like[name])
            held = full[name].astype(float if number else object)
            full[name] = held if number else held.fillna("")
        return replace(facts, tables={**facts.tables, table: full})

    return make


def values(found):
    return found["value"].to_dict()


POLICY = "place level issued title source_id"
POLICIES = [
    (BEIJING, "city", "2018-01", "甲办法", "a"),
    # Once more, with the number of the document, and in its district's name.
    (BEIJING, "city", "2018-03", "甲办法（京政发〔2018〕3号）", "b"),
    (HAIDIAN, "district", "2018-05", "乙计划(2018-2020年)", "a"),
    (BEIJING, "city", "2018-06", "乙计划（2018—2020 年）", "b"),
    # Too late; a year ends in December; no date.
    (BEIJING, "city", "2018-07", "丙办法", "a"),
    (BEIJING, "city", "2018", "丁办法", "a"),
    (BEIJING, "city", "", "戊办法", "a"),
    (SHANGHAI, "city", "2017", "己办法", "a"),
    ("440000", "province", "2017", "庚办法", "a"),
    ("000000", "nation", "2017", "辛办法", "a"),
    (WUHAN, "city", "2019-01", "壬办法", "b"),
]


def test_policies_of_a_city_and_its_districts_count_once_by_title(made):
    found = policies(made("policies", POLICY, *POLICIES), "", "2018-06")
    assert values(found) == {BEIJING: 2, SHANGHAI: 1}
    assert found.at[BEIJING, "source_id"] == "a"


def test_the_date_of_a_policy_is_respected(made):
    few = made("policies", POLICY, *POLICIES)
    assert values(policies(few, "", "2017-11")) == {}
    assert values(policies(few, "", "2018-07"))[BEIJING] == 3
    assert values(policies(few, "", "2018-12"))[BEIJING] == 4
    assert values(policies(few, "", "2019-01")) == {BEIJING: 4, SHANGHAI: 1, WUHAN: 1}


def test_all_policies_that_a_report_names_count_dated_or_not(made):
    few = made("policies", POLICY, *POLICIES)
    assert values(policies(few, "a", "2018-06")) == {BEIJING: 5, SHANGHAI: 1}
    assert values(policies(few, "b", "2018-06")) == {BEIJING: 2, WUHAN: 1}


def test_titles_that_differ_in_words_stay_two(made):
    rows = [
        (BEIJING, "city", "2018-01", "甲办法", "a"),
        (BEIJING, "city", "2018-01", "甲办法（征求意见稿）", "a"),
        (BEIJING, "city", "2018-01", "甲办法（2017-2020年）", "a"),
        (BEIJING, "city", "2018-01", "甲办法（2021-2025年）", "a"),
    ]
    assert values(policies(made("policies", POLICY, *rows), "", "2018-06")) == {
        BEIJING: 4
    }


def test_listed_firms_count_by_the_last_full_year(made):
    few = made(
        *("listed_firms", "ts_code year place grade"),
        ("1.SH", "2016", BEIJING, "A"),
        ("2.SH", "2017", BEIJING, "A"),
        ("3.SH", "2018", BEIJING, "A"),
        ("4.SH", "2016", BEIJING, "B"),
        ("5.SH", "2018", SHANGHAI, "A"),
    )
    found = values(listed(few, "2018-06"))
    assert (found[BEIJING], found[SHANGHAI], found[WUHAN]) == (2, 0, 0)
    assert values(listed(few, "2018-12"))[BEIJING] == 3
    assert values(listed(few, "2018-12"))[SHANGHAI] == 1
    assert values(listed(few, "2016-11"))[BEIJING] == 0


def test_a_list_counts_from_its_day_on(made):
    few = made(
        *("rankings", "source_id ranking place level dated"),
        ("hsmap2022", "pilot_zones", BEIJING, "city", "2019-02-20"),
        ("hsmap2022", "pioneer_zones", BEIJING, "city", "2021-02"),
        ("hsmap2022", "pilot_zones", PUDONG, "district", "2019"),
        ("hsmap2022", "pilot_zones", WUHAN, "city", ""),
        ("hsmap2022", "ai_patents", WUHAN, "city", "2019"),
        ("ccid2018", "pilot_zones", WUHAN, "city", "2019"),
    )

    def both(month):
        found = values(dated(few, "hsmap2022", "pilot_zones+pioneer_zones", month))
        return found[BEIJING], found[SHANGHAI], found[WUHAN]

    assert both("2019-01") == (0, 0, 0)
    assert both("2019-02") == (1, 0, 0)
    assert both("2019-12") == (1, 1, 0)
    assert both("2021-01") == (1, 1, 0)
    assert both("2021-02") == (2, 1, 0)
    assert values(dated(few, "hsmap2022", "pioneer_zones", "2021-02"))[BEIJING] == 1


PLATFORMS = [
    (BEIJING, "city", "甲", "state_key_lab", "a"),
    (BEIJING, "city", "甲", "state_key_lab", "b"),
    (HAIDIAN, "district", "乙", "ministry_lab", "a"),
    (BEIJING, "city", "丙", "fund", "a"),
    # Looked at, and nothing of the kind found.
    (WUHAN, "city", "丁", "fund", "a"),
    (SHANGHAI, "city", "戊", "state_key_lab", "b"),
]


def test_platforms_count_only_for_cities_that_the_source_looks_at(made):
    few = made("platforms", "place level name kind source_id", *PLATFORMS)
    found = platforms(few, "a", "state_key_lab+ministry_lab")
    assert values(found) == {BEIJING: 2, WUHAN: 0}
    assert set(found["source_id"]) == {"a"}
    assert values(platforms(few, "b", "state_key_lab")) == {BEIJING: 1, SHANGHAI: 1}
    both = platforms(few, "any", "state_key_lab")
    assert values(both) == {BEIJING: 1, SHANGHAI: 1, WUHAN: 0}


def test_zones_count_for_the_city_they_lie_in(made):
    few = made(
        *("zones", "zone place level source_id"),
        ("z1", BEIJING, "city", "a"),
        ("z2", HAIDIAN, "district", "a"),
        ("z3", HAIDIAN, "district", "b"),
        ("z4", "440000", "province", "a"),
    )
    assert values(zones(few, "a")) == {BEIJING: 2}
    assert values(zones(few, "b")) == {BEIJING: 1}


OBSERVATION = "place level indicator period value quality status source_id locator"


def seen(place, period, value, source="ccid2018", quality="exact", **more):
    told = {"level": "city", "indicator": "ai_firms", "status": "", "locator": ""}
    told |= {"place": place, "period": period, "value": value}
    told |= {"source_id": source, "quality": quality, **more}
    return tuple(told[name] for name in OBSERVATION.split())


def test_the_figure_nearest_in_time_counts_of_two_as_near_the_earlier(made):
    few = made(
        *("observations", OBSERVATION),
        seen(BEIJING, "2016", 10),
        seen(BEIJING, "2019", 20),
        seen(SHANGHAI, "2015", 30),
        seen(SHANGHAI, "2018-05", 40),
        seen(HAIDIAN, "2018", 50, level="district"),
        seen(WUHAN, "2018", 60, indicator="gdp"),
    )
    found = figure(few, "ai_firms", "2018-06")
    assert values(found) == {BEIJING: 10, SHANGHAI: 40}
    assert found["period"].to_dict() == {BEIJING: "2016", SHANGHAI: "2018-05"}
    assert values(figure(few, "ai_firms", "2018-07"))[BEIJING] == 20


def test_of_one_period_the_source_itself_then_the_most_exact_counts(made, facts):
    second = facts.sources.index[facts.sources["second_hand"].astype(bool)][0]
    few = made(
        *("observations", OBSERVATION),
        seen(BEIJING, "2018", 10, source=second),
        seen(BEIJING, "2018", 20, quality="about"),
        seen(SHANGHAI, "2018", 30, quality="under"),
        seen(SHANGHAI, "2018", 40, quality="over"),
        seen(SHANGHAI, "2018", 50, quality="about", source="jiazi2020"),
        seen(WUHAN, "2018", 60, quality="about"),
        seen(WUHAN, "2018", 70, source="jiazi2020"),
        # As near, and earlier: it counts though read second-hand.
        seen("440300", "2016", 80, source=second),
        seen("440300", "2019", 90),
    )
    found = figure(few, "ai_firms", "2018-06")
    assert values(found) == {BEIJING: 20, SHANGHAI: 50, WUHAN: 70, "440300": 80}
    assert found.at[WUHAN, "source_id"] == "jiazi2020"
    only = figure(few, "ai_firms", "2018-06", "ccid2018")
    assert values(only) == {BEIJING: 20, SHANGHAI: 40, WUHAN: 60, "440300": 90}


def test_a_planned_figure_counts_only_as_its_report_counts_it(made):
    few = made(
        *("observations", OBSERVATION),
        seen(BEIJING, "2018", 10, status="planned"),
        seen(BEIJING, "2010", 20),
    )
    assert values(figure(few, "ai_firms", "2018-06")) == {BEIJING: 20}
    assert values(figure(few, "ai_firms", "2018-06", "ccid2018")) == {BEIJING: 10}
    assert values(total(few, "ai_firms", "2018-12")) == {BEIJING: 20}


def test_a_sum_runs_up_to_the_month(made):
    few = made(
        *("observations", OBSERVATION),
        seen(BEIJING, "2016", 1),
        seen(BEIJING, "2017", 2),
        seen(BEIJING, "2018", 4),
        seen(SHANGHAI, "2018", 8),
    )
    found = total(few, "ai_firms", "2018-06")
    assert values(found) == {BEIJING: 3}
    assert found.at[BEIJING, "period"] == "2017"
    assert values(total(few, "ai_firms", "2018-12")) == {BEIJING: 7, SHANGHAI: 8}


def test_who_is_on_no_complete_list_has_none(made, facts):
    assert facts.indicators.at["ai_papers", "complete"]
    few = made(
        *("observations", OBSERVATION),
        seen(BEIJING, "2016", 1, indicator="ai_papers"),
        seen(SHANGHAI, "2020", 1, indicator="ai_papers"),
    )
    for found in (
        values(figure(few, "ai_papers", "2016-12")),
        values(total(few, "ai_papers", "2016-12")),
    ):
        assert (found[BEIJING], found[WUHAN]) == (1, 0)
        assert len(found) == 337
    # Of one source alone nothing is said of the others.
    assert set(figure(few, "ai_papers", "2016-12", "ccid2018").index) == {
        BEIJING,
        SHANGHAI,
    }
    assert total(few, "ai_papers", "2015-12").empty


def test_words_are_four_grades(made):
    few = made(
        *("ratings", "source_id place level dimension rating"),
        *[
            ("jiazi2020", place, "city", "talent", word)
            for place, word in zip((BEIJING, SHANGHAI, WUHAN), RATING, strict=False)
        ],
        ("jiazi2020", BEIJING, "city", "capital", "weak"),
        ("ccid2018", BEIJING, "city", "talent", "weak"),
    )
    found = rating(few, "jiazi2020", "talent")
    assert values(found) == {BEIJING: 4, SHANGHAI: 3, WUHAN: 2}


def test_a_measure_names_its_kind(facts):
    for kind, words in {
        "figure:gdp": figure(facts, "gdp", "2021-06"),
        "figure:fund_size:ccid2018": figure(facts, "fund_size", "2021-06", "ccid2018"),
        "sum:ai_papers": total(facts, "ai_papers", "2021-06"),
        "policies": policies(facts, "", "2021-06"),
        "policies:ccid2018": policies(facts, "ccid2018", "2021-06"),
        "platforms:any:fund": platforms(facts, "any", "fund"),
        "zones:ccid2018": zones(facts, "ccid2018"),
        "listed": listed(facts, "2021-06"),
        "rating:talent": rating(facts, "jiazi2020", "talent"),
    }.items():
        found = measured(facts, kind, "jiazi2020", "2021-06")
        pd.testing.assert_frame_equal(found, words)
        assert not found.empty
    with pytest.raises(ValueError, match="guess"):
        measured(facts, "guess:gdp", "jiazi2020", "2021-06")


# What the reports print, read from their text.
CCID_FINANCING = {
    **{"110000": 271.5, "310000": 155.8, "330100": 9.2, "440300": 27.5},
    **{"340100": 4.5, "440100": 23.5, "500000": 1.8, "320500": 1.9, "420100": 3.5},
    **{"320100": 2.6, "510100": 10.1, "610100": 1.5, "120000": 2.4, "350200": 10.5},
    "210100": 0.8,
}
CCID_KEY_LABS = {"110000": 4, "610100": 2, "310000": 1, "500000": 1, "320100": 0}
# Two lists by June 2021: both, one, none.
ON_LISTS = {
    2: "110000 310000 120000 440300 330100 370100 440100 510100",
    1: "340100 500000 610100 420100 320500 430100 330500 370200",
    0: "410100 210100 230100 350200 320100 210200",
}
SUPERCOMPUTERS = "120000 440300 430100 370100 440100 320200 410100 320500 510100"


def test_the_financing_of_ccid_is_that_of_its_fifteen_pages(facts):
    found = figure(facts, "ai_financing", "2018-06", "ccid2018")
    assert values(found) == CCID_FINANCING


def test_the_key_laboratories_of_ccid_are_those_it_names(facts):
    kinds = "state_key_lab+ministry_lab+provincial_lab"
    found = values(platforms(facts, "ccid2018", kinds))
    assert {place: found[place] for place in CCID_KEY_LABS} == CCID_KEY_LABS
    assert len(found) == 15


def test_pilot_and_pioneer_zones_by_june_2021(facts):
    found = dated(facts, "hsmap2022", "pilot_zones+pioneer_zones", "2021-06")["value"]
    for count, places in ON_LISTS.items():
        assert set(found[places.split()]) == {count}
    assert found.sum() == 15 + 9


def test_supercomputing_centres_are_there_or_not(facts):
    found = figure(facts, "supercomputing_centre", "2021-06")["value"]
    assert set(found[SUPERCOMPUTERS.split()]) == {1}
    assert set(found[[BEIJING, SHANGHAI, "330100", "340100"]]) == {0}


def test_open_platforms_that_gemdale_names(facts):
    found = values(platforms(facts, "gemdale2021", "open_platform"))
    assert (found[BEIJING], found["440300"], found["330100"]) == (7, 3, 2)
