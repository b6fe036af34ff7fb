import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import score
from model.assumptions import Assumption, AssumptionError
from model.intervals import Drawn, ranks_of
from model.score import UnknownNameError
from model.what_if import (
    BASIS,
    CARRIED,
    possible,
    refusal,
    supposed,
    transported,
    what_if,
    whole,
)

SEGMENT, CITY, DISTRICT = "ai_healthcare", "340100", "340104"
PAPERS = Assumption("city", CITY, "ai_papers", 900.0)
GRADUATES = Assumption("district", DISTRICT, "bachelor_plus", 300_000.0)
CONTRACTS = Assumption("city", CITY, "tech_contracts", 5e7)
LEARNED = Assumption("city", CITY, "bachelor_plus", 2e6)


@pytest.fixture(scope="module")
def answer(model):
    return what_if(model, SEGMENT, "city", CITY, [PAPERS])


@pytest.mark.parametrize(("level", "place"), [("city", CITY), ("district", DISTRICT)])
def test_no_assumption_changes_nothing(model, level, place) -> None:
    found = what_if(model, SEGMENT, level, place, [])
    table = found.places
    assert (table["moved"] == 0).all()
    for name in ("score", "rank", "low", "high"):
        before, after = (table[f"{name}_{when}"] for when in ("before", "after"))
        np.testing.assert_array_equal(before.astype(float), after.astype(float))
    assert (found.features["change"] == 0).all()
    assert found.as_json()["others"] == []
    assert "Nothing is assumed" in found.note.en


def test_the_figure_known_assumed_changes_nothing(model) -> None:
    value = model.tables["city"].values["city"].at[CITY, "ai_papers"]
    same = Assumption("city", CITY, "ai_papers", float(value))
    found = what_if(model, SEGMENT, "city", CITY, [same])
    assert (found.places["score_before"] == found.places["score_after"]).all()
    assert found.assumed.at[0, "before"] == found.assumed.at[0, "after"]


def test_parts_before_and_after_sum_to_the_scores(model, answer) -> None:
    district = what_if(model, SEGMENT, "district", DISTRICT, [GRADUATES, CONTRACTS])
    for found in (answer, district):
        row = found.places.loc[found.place]
        for table in (found.pillars, found.features):
            for when in ("before", "after"):
                assert abs(table[when].sum() - row[f"score_{when}"]) < 1e-6
    changed = district.features["change"] != 0
    assert changed["size:bachelor_plus"]
    assert changed.filter(like="city:").any()


def test_it_is_the_ranking_with_the_figure_replaced(model, answer) -> None:
    then = replace(model, assumed=(PAPERS,))
    direct = score.ranking(then, SEGMENT, "city").set_index("place")
    table = answer.places
    np.testing.assert_array_equal(table["rank_after"], direct["rank"][table.index])
    np.testing.assert_array_equal(table["score_after"], direct["score"][table.index])
    scores, ranks = whole(model, SEGMENT, "city", [PAPERS])
    places = model.tables["city"].history.places
    np.testing.assert_array_equal(scores, direct["score"].reindex(places))
    np.testing.assert_array_equal(ranks, direct["rank"].reindex(places))


def test_presence_stays_and_every_entry_says_that_it_is_assumed(answer) -> None:
    assert answer.pillars.at["presence", "change"] == 0
    for table in (answer.assumed, answer.places, answer.pillars, answer.features):
        assert (table["basis"] == BASIS).all()
    assert (answer.places["range_basis"] == CARRIED).all()
    assert "assumptions" in answer.note.en
    assert "假设" in answer.note.zh


def test_ranges_hold_the_new_rank_of_every_place(answer) -> None:
    table = answer.places.astype({"low_after": int, "high_after": int})
    assert (table["low_after"] <= table["rank_after"]).all()
    assert (table["rank_after"] <= table["high_after"]).all()


def test_without_resamples_there_is_no_range(model) -> None:
    found = what_if(replace(model, draws={}), SEGMENT, "city", CITY, [PAPERS])
    assert found.places["low_after"].isna().all()
    assert found.places["range_basis"].isna().all()


def test_json_is_plain(answer) -> None:
    told = json.loads(json.dumps(answer.as_json(), allow_nan=False))
    assert told["rank_before"] == answer.places.at[CITY, "rank_before"]
    assert all(entry["basis"] == BASIS for entry in told["others"])
    assert CITY not in {entry["place"] for entry in told["others"]}


def test_an_indicator_the_ranking_does_not_read_says_so(model) -> None:
    one = Assumption("city", CITY, "ai_unicorns", 9.0)
    found = what_if(model, SEGMENT, "city", CITY, [one])
    assert not found.assumed.at[0, "read"]
    assert "not read by the ranking" in found.note.en
    assert (found.places["moved"] == 0).all()


def test_assumptions_pile_up_and_later_ones_replace_earlier_ones(model) -> None:
    less = Assumption("city", CITY, "ai_papers", 1.0)
    first = supposed(model, [less, LEARNED])
    then = supposed(first, [PAPERS])
    assert set(then.assumed) == {LEARNED, PAPERS}
    expected = replace(model, assumed=(LEARNED, PAPERS)).scores(SEGMENT, "city")
    np.testing.assert_array_equal(then.scores(SEGMENT, "city").score, expected.score)


def test_on_top_of_assumptions_there_is_no_range(model, answer) -> None:
    found = what_if(replace(model, assumed=(LEARNED,)), SEGMENT, "city", CITY, [PAPERS])
    assert found.places["low_before"].isna().all()
    assert found.places["low_after"].isna().all()
    assert (found.places["score_before"] != answer.places["score_before"]).any()


@pytest.mark.parametrize(
    ("kind", "level", "place", "assumed"),
    [
        ("place", "city", "999900", Assumption("city", "999900", "wage", 1.0)),
        ("elsewhere", "city", CITY, Assumption("city", "110000", "wage", 1e5)),
        ("elsewhere", "city", CITY, GRADUATES),
        ("indicator", "city", CITY, Assumption("city", CITY, "no_such", 1.0)),
        ("indicator", "district", DISTRICT, replace(GRADUATES, indicator="wage")),
        ("range", "city", CITY, Assumption("city", CITY, "tertiary_share", 101.0)),
        ("range", "city", CITY, replace(PAPERS, value=-1.0)),
        ("number", "city", CITY, replace(PAPERS, value=math.inf)),
        ("share", "district", DISTRICT, replace(GRADUATES, value=1e9)),
        ("share", "city", CITY, Assumption("city", CITY, "population", 10.0)),
    ],
)
def test_what_cannot_be_is_refused_in_words(model, kind, level, place, assumed) -> None:
    with pytest.raises(AssumptionError) as failure:
        what_if(model, SEGMENT, level, place, [assumed])
    assert failure.value.kind == kind
    said = refusal(failure.value)
    assert failure.value.name in said.zh
    assert failure.value.name in said.en


def test_one_figure_twice_and_unknown_names_are_refused(model) -> None:
    with pytest.raises(AssumptionError, match="twice"):
        what_if(model, SEGMENT, "city", CITY, [PAPERS, PAPERS])
    for segment, level in (("no_such", "city"), (SEGMENT, "zone")):
        with pytest.raises(UnknownNameError):
            what_if(model, segment, level, CITY, [])


def test_a_part_and_its_whole_can_grow_together(model) -> None:
    more = [
        Assumption("district", DISTRICT, "population", 1e7),
        replace(GRADUATES, value=4e6),
    ]
    possible(model, "district", DISTRICT, more)


@st.composite
def rankings(draw):
    count = draw(st.integers(2, 25))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    ranks = ranks_of(rng.normal(size=(7, count)) + 0.3 * np.arange(count))
    old = np.arange(1, count + 1)
    new = np.array(draw(st.permutations(list(old))))
    return Drawn(pd.Index([f"{at:06d}" for at in range(count)]), ranks), old, new


@given(rankings())
def test_carried_ranks_are_ranks_and_stay_where_nothing_moves(case) -> None:
    drawn, old, new = case
    moved = transported(drawn, old, new)
    assert (np.sort(moved.ranks, axis=1) == old).all()
    np.testing.assert_array_equal(transported(drawn, old, old).ranks, drawn.ranks)
    sure = Drawn(drawn.places, np.tile(old, (7, 1)).astype(np.uint16))
    np.testing.assert_array_equal(transported(sure, old, new).ranks[0], new)


def test_a_place_that_rises_to_unsure_ranks_becomes_less_sure() -> None:
    rng = np.random.default_rng(1)
    place = np.arange(1, 301)
    noise = rng.normal(size=(400, 300)) * np.where(place <= 40, 1.0, 0.05)
    drawn = Drawn(pd.Index(place), ranks_of(np.log(place) + noise))
    new = place.copy()
    new[199], new[9:199] = 10, place[9:199] + 1
    after = transported(drawn, place, new).ranks[:, 199]
    before = drawn.ranks[:, 199]
    assert np.log(after).std() > 2 * np.log(before).std()
