from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features import at
from features.transform import latest
from model import score
from model.assumptions import SOURCE, Assumption, AssumptionError, assume, planned

CITY = "340100"


@pytest.fixture(scope="module")
def known(facts):
    return at(facts, "2025-12")


def test_no_assumption_changes_nothing(known) -> None:
    assert assume(known, ()) is known


def test_an_assumed_figure_is_the_latest_and_the_only_one_changed(known) -> None:
    then = assume(known, [Assumption("city", CITY, "ai_papers", 500.0)])
    before, after = latest(known, "city"), latest(then, "city")
    assert after.at[(CITY, "ai_papers"), "value"] == 500.0
    assert after.at[(CITY, "ai_papers"), "source_id"] == SOURCE
    rest = before.index.drop((CITY, "ai_papers"))
    pd.testing.assert_frame_equal(
        before.loc[rest, ["value", "source_id"]],
        after.loc[rest, ["value", "source_id"]],
    )


def test_a_figure_can_be_hidden_and_one_that_is_missing_assumed(known) -> None:
    hidden = assume(known, [Assumption("city", CITY, "wage", float("nan"))])
    assert (CITY, "wage") in latest(known, "city").index
    assert (CITY, "wage") not in latest(hidden, "city").index
    filled = assume(hidden, [Assumption("city", CITY, "wage", 1e5)])
    assert latest(filled, "city").at[(CITY, "wage"), "value"] == 1e5


def test_more_papers_never_lower_a_place_and_the_known_ranking_stays(model) -> None:
    before = score.ranking(model, "ai_healthcare", "city").set_index("place")
    then = replace(model, assumed=(Assumption("city", CITY, "ai_papers", 900.0),))
    after = score.ranking(then, "ai_healthcare", "city").set_index("place")
    assert after.at[CITY, "score"] > before.at[CITY, "score"]
    again = score.ranking(model, "ai_healthcare", "city").set_index("place")
    np.testing.assert_array_equal(before["score"], again["score"])


@pytest.mark.parametrize(
    ("kind", "assumed"),
    [
        ("place", Assumption("city", "999900", "wage", 1.0)),
        ("place", Assumption("zone", CITY, "wage", 1.0)),
        ("indicator", Assumption("city", CITY, "no_such", 1.0)),
        ("indicator", Assumption("district", "110108", "wage", 1.0)),
        ("range", Assumption("city", CITY, "tertiary_share", 101.0)),
        ("range", Assumption("city", CITY, "ai_papers", -1.0)),
        ("range", Assumption("city", CITY, "ai_pilot_zone", 2.0)),
        ("range", Assumption("city", CITY, "ai_pilot_zone", 0.5)),
        ("number", Assumption("city", CITY, "wage", float("inf"))),
    ],
)
def test_what_cannot_be_is_refused(known, kind, assumed) -> None:
    with pytest.raises(AssumptionError) as failure:
        assume(known, [assumed])
    assert failure.value.kind == kind


def test_one_figure_is_assumed_once(known) -> None:
    twice = [Assumption("city", CITY, "wage", value) for value in (1e5, 2e5)]
    with pytest.raises(AssumptionError, match="twice"):
        assume(known, twice)


def test_plans_say_which_have_gone_by(facts) -> None:
    found = planned(facts.observations, "city", "310000").set_index("indicator")
    assert found.index.is_unique
    assert (found["status"] == "planned").all()
    # A count of 2022 stands beside the plan of its 5G base stations for 2020.
    assert found.at["base_stations_5g", "over"]
    assert not found.at["ai_fund_target", "over"]
    assert planned(facts.observations, "city", "659012").empty


def test_of_two_plans_of_one_figure_the_later_counts(facts) -> None:
    found = planned(facts.observations, "city", "430100").set_index("indicator")
    fund = found.loc["ai_fund_target"]
    assert (fund["period"], fund["value"]) == ("2030", 100.0)
    assert not fund["over"]
