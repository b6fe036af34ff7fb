import json
import re

import numpy as np
import pytest

from data.schema import LEVELS
from model import park
from model.board import Board
from model.intervals import ranks_of
from model.park import Park
from model.park_facts import NEAR
from model.rivals import RIVALS
from model.score import UnknownNameError, confidence

STEPS = {"suits", "succeeds", "worth"}


@pytest.fixture(scope="module")
def parks(model):
    return {level: Park(Board(model, level)) for level in LEVELS}


@pytest.fixture(scope="module")
def answers(parks):
    """Every segment of a sample of thirty districts and ten cities."""
    rng = np.random.default_rng(0)
    found = {}
    for level, count in (("district", 30), ("city", 10)):
        places = parks[level].board.table.history.places
        for place in rng.choice(places, count, replace=False):
            found[level, str(place)] = park.fit(parks[level], str(place))
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_the_order_is_that_of_the_task_fit(model, parks, level):
    expected = model.rankers[level].predict_segments(model.tables[level])
    for column in range(0, expected.shape[1], 211):
        place = parks[level].board.table.history.places[column]
        order = np.argsort(-expected[:, column], kind="stable")
        names = [model.tables[level].history.segments[i] for i in order]
        found = park.fit(parks[level], str(place), top=3)
        assert [entry["segment"] for entry in found] == names[:3]
        assert [entry["rank"] for entry in found] == [1, 2, 3]


def test_every_district_of_a_sample_answers_for_every_segment(model, answers):
    for found in answers.values():
        assert {entry["segment"] for entry in found} == set(model.facts.segments.index)
        for entry in found:
            assert entry["rank_low"] <= entry["rank"] <= entry["rank_high"]
            low, high = entry["place_rank_low"], entry["place_rank_high"]
            assert low <= entry["place_rank"] <= high
            assert entry["confidence"] == confidence(model, entry["segment"])
            assert entry["steps"].keys() == STEPS
            assert all(entry["steps"].values())
            assert len(entry["rivals"]) == RIVALS
        json.dumps(found, allow_nan=False)


def test_texts_carry_figures_years_and_sources(model, answers):
    sources = set(model.facts.sources.index)
    for found in answers.values():
        for entry in found:
            for said in (one for step in entry["steps"].values() for one in step):
                assert said["sources"] and set(said["sources"]) <= sources
                for lang in ("zh", "en"):
                    text = said[f"text_{lang}"]
                    assert re.search(r"\d{4}", text), text
                    assert all(source in text for source in said["sources"])
                    assert not re.search(r"None|\bnan|[{}]|\binf\b", text), text


def test_weights_of_the_events_sum_to_the_mix(parks):
    for level, one in parks.items():
        history = one.board.table.history
        for column, place in enumerate(history.places):
            events = one.events.get((level, place), np.zeros((0, 3)))
            mix = np.bincount(
                events[:, 0].astype(int), events[:, 1] * events[:, 2], len(history.mix)
            )
            np.testing.assert_allclose(mix, history.mix[:, column], atol=1e-9)


def test_draws_of_the_order_centre_on_the_order_and_are_the_same_again(parks):
    one = parks["district"]
    first, again = one.order_draws("440305"), one.order_draws("440305")
    assert (first == again).all()
    assert (np.sort(first, axis=1) == np.arange(1, first.shape[1] + 1)).all()
    column = one.board.column("440305")
    middle = np.median(first, axis=0)
    assert np.corrcoef(middle, one.order[:, column])[0, 1] > 0.95
    assert one.order[:, column].tolist() == (
        ranks_of(-one.shares[:, [column]].T)[0].tolist()
    )


def test_firms_are_newest_first_each_once_and_where_they_say(model, parks):
    one = parks["district"]
    near = one.around("110108")
    firms = one.firms_near("ai_healthcare", near)
    assert {firm["near"] for firm in firms} == set(NEAR)
    parent = model.facts.places.loc["district", "parent"]
    seen = set()
    for firm in firms:
        assert (firm["place"], firm["firm"]) not in seen
        seen.add((firm["place"], firm["firm"]))
        same = parent[firm["place"]] == parent["110108"]
        assert same == (firm["near"] != "nearby")
        assert (firm["place"] == "110108") == (firm["near"] == "here")
        assert firm["source_id"] and firm["locator"]
        assert firm["month"] <= model.as_of
    for kind in NEAR:
        months = [firm["month"] for firm in firms if firm["near"] == kind]
        assert months == sorted(months, reverse=True)


def test_firms_of_a_city_are_those_of_its_districts_too(model, parks):
    one = parks["city"]
    firms = one.firms_near("nlp", one.around("340100"))
    here = [firm for firm in firms if firm["near"] == "here"]
    rows = model.known.firms.query("segment == 'nlp'")
    parent = model.facts.places.loc["district", "parent"]
    mine = rows["place"].map(parent).eq("340100") | rows["place"].eq("340100")
    assert {firm["firm"] for firm in here} == set(rows.loc[mine, "firm"])


def test_distances_are_kilometres(parks):
    near = parks["city"].around("440300")
    kind, km = near["441900"]
    assert kind == "nearby" and 40 < km < 90


def test_growth_counts_lists_that_cover_both_years_alone(model, parks):
    counts, lists, covered = parks["city"].growth
    assert "listed_firms" not in covered and "cac_filings" in covered
    assert {source for found in lists.values() for source in found} <= set(covered)
    rows = model.known.outcomes.query("level == 'city' and segment == 'nlp'")
    rows = rows[rows["source_id"].isin(covered)]
    for last, (start, end) in (
        (True, ("2025-01", "2025-12")),
        (False, ("2024-01", "2024-12")),
    ):
        expected = rows.loc[rows["month"].between(start, end), "count"].sum()
        assert sum(counts["nlp", last].values()) == expected


def test_a_policy_counts_when_it_is_known_and_in_force(model, parks):
    held = [row for rows in parks["city"].policies.values() for row in rows]
    assert len(held) > 100
    for row in held:
        assert row["status"] == ""
        assert row["issued"] <= model.as_of
        assert not row["valid_until"] or row["valid_until"][:4] >= model.as_of[:4]


def test_a_place_of_another_level_is_refused(parks):
    with pytest.raises(UnknownNameError):
        park.fit(parks["city"], "110108")
