"""The facts as shipped: complete, joined, and cited."""

import pandas as pd
import pytest

from data import load
from data.catalog import sum_up
from data.schema import LEVELS, PILLARS, DataError


def test_every_place_of_the_country_is_there(facts):
    counts = facts["places"]["level"].value_counts()
    assert counts["city"] == 337
    assert counts["district"] >= 2842
    assert not facts["places"].duplicated(["level", "place"]).any()


def test_places_carry_population_with_its_year(facts):
    haidian = facts.places.loc[("district", "110108")]
    assert haidian["name_zh"] == "海淀区"
    assert haidian["population"] == 3133469
    assert haidian["population_period"] == "2020"
    assert facts.places["population"].notna().mean() > 0.99


def test_segments_are_the_24_in_four_layers(facts):
    assert len(facts.segments) == 24
    assert facts.segments["layer"].nunique() == 4


@pytest.mark.parametrize("level", LEVELS)
def test_at_least_twelve_indicators_have_figures(facts, level):
    here = facts.observations[facts.observations["level"] == level]
    assert here["indicator"].nunique() >= 12


def test_every_pillar_is_present_at_city_level(facts):
    here = facts.observations[facts.observations["level"] == "city"]
    assert set(here["pillar"]) == set(PILLARS)


def test_every_figure_has_source_period_and_locator(facts):
    table = facts["observations"]
    assert table["source_id"].isin(facts.sources.index).all()
    assert table["locator"].ne("").all()
    assert table["period"].str.fullmatch(r"\d{4}(-\d{2})?").all()


def test_no_collected_address_is_shipped(facts):
    for name in ("observations", "hardware_firms", "strengths"):
        assert not facts[name]["locator"].str.contains("http|github|pypi:").any()


def test_outcomes_come_from_three_kinds_of_lists(facts):
    assert {"filing", "listing", "registration"} <= set(facts.outcomes["event"])
    hardware = facts.outcomes.query(
        "segment == 'smart_hardware' and level == 'district'"
    )
    assert hardware["place"].nunique() > 100


def test_a_districts_outcomes_count_for_its_city(facts):
    filings = facts.outcomes.query("event == 'filing'")
    by_level = filings.groupby("level")["count"].sum()
    districts = facts.places.loc["district"]
    cities = facts.places.loc["city"].index
    without_city = filings["place"].isin(
        districts.index[~districts["parent"].isin(cities)]
    )
    lost = filings[without_city & filings["level"].eq("district")]["count"].sum()
    assert 0 < lost < 30
    assert by_level["city"] == by_level["district"] - lost


def test_sum_up_adds_districts_to_their_city():
    places = pd.DataFrame(
        {"place": ["110000", "110108"], "parent": ["", "110000"]},
        index=pd.MultiIndex.from_tuples([("city", "110000"), ("district", "110108")]),
    )
    row = {
        "place": "110108",
        "level": "district",
        "segment": "nlp",
        "month": "2024-01",
        "event": "filing",
        "source_id": "x",
        "count": 1.0,
    }
    total = sum_up(pd.DataFrame([row, row]), places)
    assert total.set_index("level")["count"].to_dict() == {"city": 2, "district": 2}


def test_strengths_speak_of_known_places(facts):
    ranked = facts["strengths"][facts["strengths"]["level"].isin(LEVELS)]
    keys = pd.MultiIndex.from_frame(ranked[["level", "place"]])
    assert keys.isin(facts.places.index).all() and len(ranked) > 500
    assert facts["strengths"]["grade"].between(1, 3).all()


def test_fingerprint_changes_with_a_figure_and_not_with_line_ends(facts, facts_copy):
    assert load(facts_copy).fingerprint == facts.fingerprint
    path = facts_copy / "observations" / "policy.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    load.cache_clear()
    assert load(facts_copy).fingerprint == facts.fingerprint
    path.write_text(path.read_text().replace(",1,", ",0,", 1))
    load.cache_clear()
    assert load(facts_copy).fingerprint != facts.fingerprint


def test_a_missing_file_is_named(facts_copy):
    (facts_copy / "places.csv").unlink()
    with pytest.raises(DataError, match=r"places\.csv:1"):
        load(facts_copy)


def test_a_byte_order_mark_is_no_column_name(facts_copy, facts):
    path = facts_copy / "provinces.csv"
    path.write_text(path.read_text(), encoding="utf-8-sig")
    assert list(load(facts_copy)["provinces"]) == list(facts["provinces"])
