import pandas as pd
import pytest

from data import Facts, load, overview
from data.schema import LEVELS
from data.tables import BY_NAME, TABLES

WIDE, NARROW, GDP, PARK = "ai_firms_wide", "ai_firms_core", "gdp", "incubator"


def indicator(name, **more):
    row = {"indicator": name, "name_zh": name, "name_en": name, "pillar": "industry"}
    row |= {"unit": "家", "direction": 1, "levels": ["city", "district"]}
    row |= {"measure": "count", "why_zh": "", "why_en": "", "source_name": []}
    return row | BY_NAME["indicators"].defaults | more


def source(name, **more):
    row = dict.fromkeys(BY_NAME["sources"].names, "")
    return row | {"source_id": name, "producer": name, "second_hand": False} | more


def figure(place, name, value, **more):
    row = {"place": place, "level": "city", "indicator": name, "period": "2020"}
    row |= {"value": float(value), "unit": "家", "source_id": "a", "locator": "p1"}
    return row | {"quality": "exact", "status": "", "published": "", "note": ""} | more


def made_up(**rows):
    """Facts of a few rows, on the real places."""
    real = load()
    tables = {
        table.name: pd.DataFrame(rows.get(table.name, []), columns=list(table.names))
        for table in TABLES
    }
    tables |= {name: real[name] for name in ("places", "provinces", "segments")}
    return Facts(real.root, "made-up", tables)


CATALOGUE = [
    indicator(WIDE, family="ai_firms"),
    indicator(NARROW, family="ai_firms"),
    indicator(GDP, unit="亿元"),
    indicator(PARK, complete=True),
]
SOURCES = [source("a"), source("b"), source("c")]


def facts_of(observations, **more):
    return made_up(
        indicators=CATALOGUE, sources=SOURCES, observations=observations, **more
    )


def values(table):
    return sorted(table["value"])


def test_counts_of_other_scopes_stand_side_by_side():
    facts = facts_of(
        [
            figure("110000", WIDE, 1500, quality="about", source_id="a"),
            figure("110000", NARROW, 654, source_id="b"),
            figure("110000", NARROW, 738, source_id="c"),
            figure("310000", WIDE, 900),
        ]
    )
    found = overview.conflicts(facts)
    scope = found[found["kind"] == "scope"]
    assert values(scope) == [654, 738, 1500]
    assert set(scope["place"]) == {"110000"} and scope["group"].nunique() == 1
    assert set(scope["question"]) == {"ai_firms"}
    assert list(scope.loc[scope["value"] == 1500, "quality"]) == ["about"]
    same = found[found["kind"] == "same"]
    assert values(same) == [654, 738] and set(same["question"]) == {NARROW}


def test_one_answer_is_no_conflict():
    once = [figure("110000", GDP, 5), figure("110000", GDP, 5, source_id="b")]
    assert overview.conflicts(facts_of(once)).empty
    later = [figure("110000", GDP, 5), figure("110000", GDP, 6, period="2021")]
    assert overview.conflicts(facts_of(later)).empty
    planned = [figure("110000", GDP, 5), figure("110000", GDP, 9, status="planned")]
    assert overview.conflicts(facts_of(planned)).empty


def test_parts_told_by_one_source_are_no_conflict():
    parts = [
        figure("110000", GDP, 5, locator="p1", note="first half"),
        figure("110000", GDP, 6, locator="p2", note="second half"),
    ]
    assert overview.conflicts(facts_of(parts)).empty
    twice = [part | {"note": ""} for part in parts]
    assert values(overview.conflicts(facts_of(twice))) == [5, 6]
    parts[1]["source_id"] = "b"
    assert values(overview.conflicts(facts_of(parts))) == [5, 6]


def test_a_rounded_figure_is_the_same_figure():
    rows = [figure("110000", GDP, 36103), figure("110000", GDP, 36102.6, source_id="b")]
    assert overview.conflicts(facts_of(rows)).empty
    rows[1]["value"] = 36002.6
    assert len(overview.conflicts(facts_of(rows))) == 2


def test_counts_are_not_set_beside_amounts():
    rows = [figure("110000", WIDE, 5), figure("110000", NARROW, 6, unit="亿元")]
    assert overview.conflicts(facts_of(rows)).empty
    rows[0]["unit"] = "万元"
    assert values(overview.conflicts(facts_of(rows))) == [5, 6]


def test_an_older_volume_gives_way_to_the_newest_of_its_producer():
    rows = [
        figure("110000", WIDE, 1, period="2019"),
        figure("110000", WIDE, 2, period="2020"),
        figure("110000", NARROW, 3),
    ]
    assert values(overview.conflicts(facts_of(rows))) == [2, 3]


def test_figures_of_areas_disagree_too_and_zones_do_not_meet_their_city():
    rows = [
        {**figure("000000", GDP, 1), "level": "nation", "zone": "", "scope": ""},
        {**figure("000000", GDP, 2, source_id="b"), "level": "nation"}
        | {"zone": "", "scope": ""},
        {**figure("110000", GDP, 7), "zone": "z1", "scope": ""},
    ]
    facts = facts_of([figure("110000", GDP, 8)], area_figures=rows)
    found = overview.conflicts(facts)
    assert values(found) == [1, 2] and set(found["level"]) == {"nation"}
    assert len(overview.everything(facts)) == 4


def test_absence_says_why():
    said = {"place": "110000", "level": "city", "indicator": GDP, "period": ""}
    said |= {"kind": "not_published", "source_id": "a", "locator": "p7", "note": ""}
    catalogue = [*CATALOGUE, indicator("rent", levels=["district"])]
    facts = made_up(
        indicators=catalogue,
        sources=SOURCES,
        observations=[figure("110000", WIDE, 1)],
        absences=[said],
    )
    table = overview.absent(facts, "city", "110000").set_index("indicator")
    assert table["kind"].to_dict() == {
        GDP: "not_published",
        PARK: "not_listed",
        NARROW: "not_collected",
        "rent": "not_applicable",
    }
    assert list(table.index) == [GDP, PARK, NARROW, "rent"]
    assert tuple(table.loc[GDP, ["source_id", "locator"]]) == ("a", "p7")
    assert table["broad"].to_dict() == {
        GDP: True,
        PARK: True,
        NARROW: False,
        "rent": False,
    }


@pytest.fixture
def busy_place():
    where = {"place": "110108", "level": "district", "zone": ""}
    told = {"source_id": "a", "locator": "p1", "note": ""}
    policy = where | told | {"title": "t", "issuer": "i", "issued": "2021-03"}
    return facts_of(
        [],
        policies=[policy | {"valid_until": "2023", "issued_quality": "under"}],
        platforms=[
            where | told | {"name": "lab", "kind": "fund", "owner": "o", "period": ""}
        ],
        designations=[
            where | told | {"designation": "d", "field": "f", "period": "2022"},
            where
            | told
            | {"place": "110000", "level": "province", "designation": "e"}
            | {"field": "", "period": "2018-01"},
        ],
        zones=[where | told | {"zone": "z", "name_zh": "园", "focus": "AI"}],
    )


def test_a_timeline_runs_from_the_newest_to_the_undated(busy_place):
    table = overview.timeline(busy_place, "district", "110108")
    assert list(table["kind"]) == ["designation", "policy", "platform", "zone"]
    assert list(table["period"]) == ["2022", "2021-03", "", ""]
    policy = table.iloc[1]
    assert (policy["until"], policy["quality"], policy["detail"]) == (
        "2023",
        "under",
        "i",
    )
    assert table.iloc[2]["platform_kind"] == "fund"


def test_a_citys_timeline_holds_its_districts_and_a_municipalitys_province(busy_place):
    table = overview.timeline(busy_place, "city", "110000")
    assert len(table) == 5 and "e" in set(table["name"])
    assert overview.timeline(busy_place, "city", "330100").empty


def test_freshness_is_the_newest_year_and_who_has_it():
    rows = [
        figure("110000", GDP, 1, period="2019"),
        figure("310000", GDP, 1, period="2021-06"),
        figure("120000", GDP, 1, period="2021"),
        figure("120000", WIDE, 1, period="2026", status="planned"),
    ]
    table = overview.freshness(facts_of(rows), "city")
    assert table.to_dict("index") == {
        GDP: {"pillar": "industry", "year": "2021", "places": 2}
    }


def test_uses_count_rows_by_source():
    table = overview.uses(facts_of([figure("110000", GDP, 1, source_id="b")]))
    assert table["figures"].to_dict() == {"a": 0, "b": 1, "c": 0}


def test_coverage_leaves_out_what_few_places_have(facts):
    few = facts_of([figure("110000", GDP, 1)])
    assert list(overview.coverage(few, "city").columns) == ["industry"]
    assert (overview.coverage(few, "city")["industry"] == 1).all()
    for level in LEVELS:
        table = overview.coverage(facts, level)
        assert list(table.index) == list(facts.places.loc[level].index)
        assert table.min().min() >= 0 and table.max().max() <= 1
        broad = overview.broad(facts)
        assert "population" in broad


def test_the_catalogue_counts_every_figure(facts):
    table = overview.catalogue(facts)
    assert list(table.index) == list(facts.indicators.index)
    assert table["figures"].sum() == len(overview.everything(facts))


def test_every_shipped_group_has_several_figures_of_one_place(facts):
    groups = overview.conflicts(facts).groupby("group")
    assert (groups.size() > 1).all()
    assert (groups[["level", "place", "zone", "question"]].nunique() == 1).all().all()


def test_beijings_ai_firms_are_told_three_ways(facts):
    found = overview.conflicts(facts)
    mine = found[(found["place"] == "110000") & (found["level"] == "city")]
    groups = mine.groupby("group")["value"].agg(set)
    assert any({654, 738, 1500} <= told for told in groups)
    about = mine[(mine["value"] == 1500) & (mine["unit"] == "家")]
    assert set(about["quality"]) == {"about"}
