from copy import copy

import numpy as np
import pytest

from data.schema import LEVELS, PILLARS
from model import explain
from model.evidence import PRESENCE, citations
from model.reasons import reasons
from model.score import UnknownNameError, ranking

CASES = [
    ("ai_healthcare", "district"),
    ("industrial_robots", "city"),
    ("drones", "district"),
    ("ai_chips", "city"),
]


@pytest.mark.parametrize(("segment", "level"), CASES)
def test_parts_sum_to_the_score_of_every_place(model, segment, level):
    split = explain.parts(model, segment, level)
    table = ranking(model, segment, level).set_index("place")
    summed = split.table.sum(axis=1)
    np.testing.assert_allclose(summed, table["score"].reindex(summed.index), atol=1e-9)


@pytest.mark.parametrize(("segment", "level"), CASES)
def test_reasons_cite_sources_that_exist(model, segment, level):
    split = explain.parts(model, segment, level)
    table = ranking(model, segment, level)
    for place in [*table["place"].head(20), *table["place"].tail(5)]:
        found = reasons(model, split, place)
        assert len(found) == 3
        for reason in found:
            assert reason["sources"]
            assert set(reason["sources"]) <= set(model.facts.sources.index)
            assert reason["pillar"] in (*PILLARS, PRESENCE)
            assert any(character.isdigit() for character in reason["text_zh"])


def test_reasons_start_with_what_speaks_most_for_a_place(model):
    split = explain.parts(model, "nlp", "district")
    found = reasons(model, split, "110108")
    values = [reason["contribution"] for reason in found]
    assert values == sorted(values, reverse=True) and min(values) > 0
    assert sum(reason["pillar"] == PRESENCE for reason in found) <= 2


@pytest.mark.parametrize(
    ("segment", "place", "level"),
    [("ai_healthcare", "110108", "district"), ("ai_chips", "340100", "city")],
)
def test_explanation_keeps_the_contract(model, segment, place, level):
    answer = explain.explain(model, segment, place, level)
    total = answer["base_value"] + sum(f["contribution"] for f in answer["features"])
    assert total == pytest.approx(answer["score"], abs=1e-6)
    pillars = sum(p["contribution"] for p in answer["pillars"])
    assert answer["base_value"] + pillars == pytest.approx(answer["score"], abs=1e-6)
    row = ranking(model, segment, level).set_index("place").loc[place]
    assert (answer["rank"], answer["score"]) == (row["rank"], row["score"])
    assert answer["rank_low"] <= answer["rank"] <= answer["rank_high"]
    for feature in answer["features"]:
        assert feature.keys() >= {
            *("feature", "value", "unit", "contribution", "observed", "sources"),
        }
        if feature["observed"]:
            assert feature["sources"]
        for source in feature["sources"]:
            assert source.keys() == {"source_id", "period", "locator"}
            assert source["source_id"] in model.facts.sources.index


def test_the_parts_of_a_difference_sum_to_the_gap(model):
    answer = explain.explain(model, "nlp", "110108", "district", versus="340104")
    gap = answer["difference"]["score_gap"]
    for name in ("pillars", "features"):
        parts = sum(part["contribution"] for part in answer["difference"][name])
        assert parts == pytest.approx(gap, abs=1e-6)
    back = explain.explain(model, "nlp", "340104", "district", versus="110108")
    assert back["difference"]["score_gap"] == pytest.approx(-gap)


def test_chances_of_both_orders_sum_to_one(model):
    chances = [
        explain.explain(model, "nlp", *pair)["chance_above"]
        for pair in (
            ("110000", "city", "340100"),
            ("340100", "city", "110000"),
        )
    ]
    assert sum(chances) == pytest.approx(1) and chances[0] > 0.9
    bare = copy(model)
    bare.draws = {}
    answer = explain.explain(bare, "nlp", "110000", "city", "340100")
    assert answer["chance_above"] is None and answer["rank_low"] is None


def test_a_place_of_another_level_is_refused(model):
    with pytest.raises(UnknownNameError):
        explain.explain(model, "nlp", "110108", "city")


def test_a_place_missing_from_a_complete_list_is_cited_by_the_list(model):
    cited = citations(model, "city", "659004", ["ai_pilot_zone"])
    assert cited[0]["source_id"] == "most_pilot_zones"
    assert "not named" in cited[0]["locator"]


@pytest.mark.parametrize("level", LEVELS)
def test_figures_of_the_citation_are_those_of_the_facts(model, level):
    place = {"city": "330100", "district": "330106"}[level]
    answer = explain.explain(model, "ai_finance", place, level)
    by_name = {feature["feature"]: feature for feature in answer["features"]}
    feature = by_name["size:bachelor_plus"]
    row = model.facts.observations.query(
        "place == @place and level == @level and indicator == 'bachelor_plus'"
        " and period == '2020'"
    ).iloc[0]
    assert feature["value"] == row["value"]
    assert feature["sources"][0]["locator"] == row["locator"]
