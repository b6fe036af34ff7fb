from copy import copy

import numpy as np
import pandas as pd
import pytest

from data.schema import LEVELS, REGIONS
from model import score
from model.resample import spread_ranks
from model.score import (
    UnknownNameError,
    clauses,
    keep,
    provinces_of,
    ranking,
    where,
    within,
)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("segment", ["ai_healthcare", "industrial_robots", "ai_chips"])
def test_ranking_holds_every_place_once_in_order(model, segment, level):
    table = ranking(model, segment, level)
    assert list(table) == score.COLUMNS
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert table["place"].is_unique
    assert set(table["place"]) == set(model.facts.places.loc[level].index)
    assert table["score"].is_monotonic_decreasing
    assert table["score_100"].between(0, 100).all()
    for name in ("presence_rank", "fundamentals_rank"):
        assert sorted(table[name]) == list(range(1, len(table) + 1))


@pytest.fixture(scope="module")
def resampled(model):
    """The model with resamples made up around its ranking of cities."""
    rng = np.random.default_rng(0)
    scores = [model.scores(name, "city").score for name in model.facts.segments.index]
    noise = rng.standard_normal((len(scores), 50, len(scores[0]))) / 2
    made_up = copy(model)
    made_up.draws = {"city": spread_ranks(np.array(scores), noise, 0.5)}
    return made_up


def test_without_resamples_there_are_no_ranges(model):
    bare = copy(model)
    bare.draws = {}
    table = ranking(bare, "nlp", "city")
    assert table[score.RANGES].isna().all().all()
    kept = keep(table, within(bare.facts, table, "440000"))
    assert kept[score.RANGES].isna().all().all()


def test_every_rank_lies_in_its_range(resampled):
    table = ranking(resampled, "nlp", "city")
    assert (table["rank_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_high"]).all()
    assert (table["rank_low"] < table["rank_high"]).mean() > 0.9
    assert table["chance_top5"].sum() == pytest.approx(5, abs=0.02)
    for group, places in table.groupby("tie_group"):
        assert group == f"{places['rank'].min()}-{places['rank'].max()}"
        assert len(places) > 1


def test_ranges_of_some_places_are_among_them(resampled):
    table = ranking(resampled, "nlp", "city")
    drawn = resampled.drawn("nlp", "city")
    coast = keep(table, within(resampled.facts, table, "440000"), drawn)
    assert (coast["rank_low"] <= coast["rank"]).all()
    assert (coast["rank"] <= coast["rank_high"]).all()
    assert coast["rank_low"].min() == 1 and coast["rank_high"].max() == len(coast)
    assert coast["chance_top5"].sum() == pytest.approx(5, abs=0.02)
    again = keep(coast, coast["rank"] <= 3, drawn)
    assert again["rank_high"].max() <= 3 and (again["chance_top5"] == 1).all()
    forgot = keep(table, within(resampled.facts, table, "440000"))
    assert forgot[score.RANGES].isna().all().all()


def test_confidence_says_how_the_evidence_is_dated(model):
    assert score.confidence(model, "nlp") == "A"
    grades = {
        name: score.confidence(model, name) for name in model.facts.segments.index
    }
    assert set(grades.values()) <= {"A", "B", "C", ""}


def test_within_a_region_a_province_and_a_city(model):
    facts, table = model.facts, ranking(model, "drones", "district")
    delta = keep(table, within(facts, table, "yangtze_delta"))
    assert set(delta["place"].str[:2]) == {"31", "32", "33", "34"}
    assert delta["rank"].tolist() == list(range(1, len(delta) + 1))
    assert set(keep(table, within(facts, table, "440000"))["place"].str[:2]) == {"44"}
    shenzhen = keep(table, within(facts, table, "440300"))
    assert set(shenzhen["parent"]) == {"440300"}
    beijing = keep(table, within(facts, table, "110000"))
    assert len(beijing) == 16


def test_regions_cover_the_country_once(model):
    table = ranking(model, "nlp", "city")
    parts = [within(model.facts, table, name) for name in REGIONS]
    assert (pd.concat(parts, axis=1).sum(axis=1) == 1).all()


def test_where_keeps_places_whose_figures_keep_the_rule(model):
    table = ranking(model, "nlp", "city")
    kept = keep(table, where(model, table, "gdp>=5000, wage<110000", "city"))
    values = model.tables["city"].values["city"].loc[kept["place"]]
    assert 5 < len(kept) < 60
    assert (values["gdp"] >= 5000).all() and (values["wage"] < 110000).all()
    none = where(model, table, "office_vacancy!=0", "city")
    held = model.tables["city"].values["city"]["office_vacancy"]
    assert none.sum() == held.notna().sum() >= 24


def test_an_empty_choice_stays_empty(model):
    table = ranking(model, "nlp", "city")
    kept = keep(table, where(model, table, "gdp>9000000", "city"))
    assert kept.empty and list(kept) == score.COLUMNS


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda m: ranking(m, "robots", "city"), "segment"),
        (lambda m: ranking(m, "nlp", "town"), "level"),
        (lambda m: provinces_of(m.facts, "999999"), "area"),
        (lambda m: clauses(m.facts, "gdp is high", "city"), "rule"),
        (lambda m: clauses(m.facts, "gdq>5", "city"), "indicator"),
        (lambda m: clauses(m.facts, "wage>5", "district"), "indicator"),
    ],
)
def test_unknown_names_are_named(model, call, kind):
    with pytest.raises(UnknownNameError) as error:
        call(model)
    assert error.value.kind == kind and error.value.choices


def test_batches_are_the_rankings(model):
    blocks = list(score.batches(model, ["nlp", "drones"], ["city"]))
    assert [block["segment"].iloc[0] for block in blocks] == ["nlp", "drones"]
    expected = ranking(model, "drones", "city")
    np.testing.assert_array_equal(blocks[1]["score"], expected["score"])
