from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.schema import OWN_DATA
from features import assemble, at
from features.transform import broad, columns, latest, standardise, wide


@pytest.fixture(scope="module")
def known(facts):
    return at(facts, "2025-12")


@pytest.fixture(scope="module")
def cities(known):
    figures = latest(known, "city")
    places = known.places.loc["city"].index
    return wide(figures, known, "city", places)


def test_the_newest_known_figure_counts(known, cities):
    assert latest(known, "city").loc[("110000", "gdp"), "period"] == "2023"
    assert cities.at["110000", "gdp"] == 43761


def test_a_figure_read_in_the_source_comes_before_a_second_hand_one(known):
    rows = known.observations.query(
        "level == 'city' and place == '110000' and indicator == 'wage'"
    )
    later = rows.assign(source_id="jll2021", value=1.0, period="2025")
    twice = pd.concat([rows, later])
    chosen = latest(
        known.__class__(**{**known.__dict__, "observations": twice}), "city"
    )
    assert chosen.loc[("110000", "wage"), "source_id"] == "yearbook2022"


def test_of_one_period_a_users_own_figure_counts(known):
    rows = known.observations.query(
        "level == 'city' and place == '110000' and indicator == 'gdp'"
        " and period == '2023'"
    )
    sources = known.sources
    own = sources.loc[rows["source_id"].iloc[:1]].assign(licence_received=OWN_DATA)
    # An id that sorts before any other must not lose for that.
    mine = rows.iloc[:1].assign(source_id="0own", value=1.0)
    both = replace(
        known,
        observations=pd.concat([mine, known.observations]),
        sources=pd.concat([sources, own.set_axis(["0own"])]),
    )
    assert latest(both, "city").at[("110000", "gdp"), "value"] == 1.0
    older = mine.assign(period="2022")
    both = replace(both, observations=pd.concat([older, known.observations]))
    assert latest(both, "city").at[("110000", "gdp"), "value"] == 43761


def test_a_complete_list_means_none_elsewhere_and_others_stay_missing(cities):
    assert cities["ai_pilot_zone"].sum() == 17
    assert cities["ai_pilot_zone"].notna().all()
    assert 20 < cities["telecom_revenue"].isna().sum() < 100


def test_a_complete_list_not_yet_known_says_nothing(facts):
    early = at(facts, "2018-12")
    figures = latest(early, "city")
    table = wide(figures, early, "city", early.places.loc["city"].index)
    assert table["ai_pilot_zone"].isna().all()
    assert "ai_pilot_zone" not in broad(table)


def test_what_few_places_have_a_figure_of_is_left_out(known, cities):
    assert 0 < cities["office_vacancy"].notna().sum() < 0.1 * 337
    kept = broad(cities)
    assert "office_vacancy" not in kept
    assert {"wage", "ai_pilot_zone"} <= set(kept)
    place = assemble(known, "city").place
    assert not any("office_vacancy" in name for name in place)


def test_a_planned_figure_is_none(known):
    rows = known.observations.query("level == 'city' and indicator == 'wage'")
    planned = rows.assign(status="planned", period="2025", value=1e9)
    both = pd.concat([rows, planned])
    figures = latest(
        known.__class__(**{**known.__dict__, "observations": both}), "city"
    )
    assert figures["value"].max() < 1e9


def test_columns_are_logged_per_head_or_as_printed(known, cities):
    table = columns(cities, known)
    row = cities.loc["440300"]
    here = table.loc["440300"]
    assert here["size:gdp"] == pytest.approx(np.log1p(row["gdp"]))
    assert here["share:gdp"] == pytest.approx(
        np.log(row["gdp"] / row["resident_population"])
    )
    assert here["rate:wage"] == row["wage"]
    assert here["flag:ai_pilot_zone"] == 1


def test_observed_flags_only_where_some_are_missing(known, cities):
    table = columns(cities, known)
    seen = table["observed:telecom_revenue"].sum()
    assert seen == cities["telecom_revenue"].notna().sum() > 200
    assert "observed:population" not in table


def test_standardise_ignores_missing_and_constant_columns():
    table = pd.DataFrame({"a": [1.0, 3.0, np.nan], "b": [2.0, 2.0, 2.0]})
    z = standardise(table)
    assert z["a"].tolist() == [-1, 1, 0]
    assert z["b"].tolist() == [0, 0, 0]


def test_a_citys_figures_reach_its_districts(known):
    table = assemble(known, "district")
    beijing = assemble(known, "city").place.loc["110000"]
    haidian = table.place.loc["110108"]
    assert haidian["city:rate:wage"] == beijing["rate:wage"]
    # A county-level unit without a city has no city figure, never another's.
    assert np.isnan(table.place.loc["429004", "city:rate:wage"])
