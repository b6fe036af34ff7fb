import numpy as np
import pandas as pd
import pytest

from features import assemble, at
from features.transform import columns, latest, standardise, wide


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
    twice = pd.concat([rows, rows.assign(source_id="jll2021", value=1.0)])
    chosen = latest(
        known.__class__(**{**known.__dict__, "observations": twice}), "city"
    )
    assert chosen.loc[("110000", "wage"), "source_id"] == "yearbook2022"


def test_a_complete_list_means_none_elsewhere_and_others_stay_missing(cities):
    assert cities["ai_pilot_zone"].sum() == 17
    assert cities["ai_pilot_zone"].notna().all()
    assert cities["office_vacancy"].isna().sum() > 300


def test_a_complete_list_not_yet_known_says_nothing(facts):
    early = at(facts, "2018-12")
    figures = latest(early, "city")
    table = wide(figures, early, "city", early.places.loc["city"].index)
    assert table["ai_pilot_zone"].isna().all()


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
    assert table["observed:office_vacancy"].sum() == 24
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
