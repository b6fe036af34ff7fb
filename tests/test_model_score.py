import numpy as np
import pandas as pd
import pytest

from data.schema import LEVELS, REGIONS
from model import score
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


def test_ranges_are_left_out_until_they_are_measured(model):
    table = ranking(model, "nlp", "city")
    assert table[["rank_low", "rank_high", "tie_group"]].isna().all().all()


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
