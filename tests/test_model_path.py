import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import score
from model.assumptions import Assumption
from model.levers import ACTIONABLE, SPREAD, Lever, lever_of
from model.path import _pruned, _rescored, candidates, path_to_top
from model.score import UnknownNameError
from model.unknowns import Rescore
from model.what_if import possible, what_if, whole

SEGMENT = "ai_healthcare"


@pytest.fixture(scope="module")
def paths(model):
    """Paths of the places at some ranks, most of them just below the first ten."""
    found = []
    for level, ranks in (("city", (11, 12, 13, 18)), ("district", (11, 18))):
        table = score.ranking(model, SEGMENT, level).set_index("rank")
        found += [path_to_top(model, SEGMENT, level, table["place"][r]) for r in ranks]
    return found


def test_some_path_is_found_and_some_is_not(paths) -> None:
    assert {path.status for path in paths} == {"reached", "none"}


def test_every_step_is_within_what_peers_achieved(paths) -> None:
    for step in (step for path in paths for step in path.steps):
        assert step["peer_low"] <= step["to"] <= step["peer_high"]
        assert step["to"] != step["from"]
        assert step["indicator"] in ACTIONABLE
        assert step["peers"] >= 10
        assert (step["years"] is None) == (step["basis"] == SPREAD)
        assert step["text_zh"]
        assert step["why_en"]


def test_no_figure_is_changed_twice(paths) -> None:
    for path in paths:
        names = [step["indicator"] for step in path.steps]
        assert len(names) == len(set(names))


def test_a_path_is_what_the_whole_pipeline_says(model, paths) -> None:
    for path in paths:
        assumed = [
            Assumption(path.level, path.place, step["indicator"], step["to"])
            for step in path.steps
        ]
        possible(model, path.level, path.place, assumed)
        fast = Rescore(model, path.segment, path.level, path.place)
        _, rank = whole(model, path.segment, path.level, assumed)
        assert (fast.rank, rank[fast.row]) == (path.rank_before, path.rank_after)
        assert (path.rank_after <= path.top) == (path.status == "reached")
        assert path.rank_after <= path.rank_before


def test_a_path_is_a_what_if(model, paths) -> None:
    path = paths[0]
    assumed = [
        Assumption(path.level, path.place, step["indicator"], step["to"])
        for step in path.steps
    ]
    table = what_if(model, path.segment, path.level, path.place, assumed).places
    row = table.loc[path.place]
    assert (row["low_before"], row["high_before"]) == path.range_before
    assert (row["low_after"], row["high_after"]) == path.range_after


def test_no_step_of_a_shortest_path_can_be_left_out(model, paths) -> None:
    for path in paths:
        if path.status != "reached" or path.search != "exact":
            continue
        fast = Rescore(model, path.segment, path.level, path.place)
        steps = {step["indicator"]: step["to"] for step in path.steps}
        fewer = [{k: v for k, v in steps.items() if k != name} for name in steps]
        assert (_rescored(fast, fewer)[1] > path.top).all()


def test_no_set_is_offered_twice(model, paths) -> None:
    path = paths[0]
    fast = Rescore(model, path.segment, path.level, path.place)
    levers = [lever for name in ACTIONABLE if (lever := lever_of(fast, name))]
    seen = [tuple(sorted(one.items())) for one, _ in candidates(fast, levers, 10)]
    assert len(seen) == len(set(seen))
    assert len({lever.indicator for lever in levers}) == len(levers)


def test_it_is_the_same_again(model, paths) -> None:
    path = paths[1]
    assert path_to_top(model, path.segment, path.level, path.place) == path


def test_a_place_in_the_top_already_needs_no_step(model) -> None:
    place = score.ranking(model, SEGMENT, "city")["place"][3]
    path = path_to_top(model, SEGMENT, "city", place)
    assert (path.status, path.steps) == ("already", [])
    assert path.rank_after == path.rank_before == 4
    assert path_to_top(model, SEGMENT, "city", place, top=337).status == "already"


def test_a_set_grown_one_by_one_sheds_what_it_does_not_need(model, paths) -> None:
    path = next(path for path in paths if path.status == "reached")
    fast = Rescore(model, path.segment, path.level, path.place)
    steps = {step["indicator"]: step["to"] for step in path.steps}
    same = {"pm25": fast.table.values[path.level].at[path.place, "pm25"]}
    assert _pruned(fast, {**steps, **same}, path.top) == steps


def test_with_nothing_to_act_on_there_is_no_path(model, paths) -> None:
    path = paths[0]
    none = path_to_top(model, SEGMENT, path.level, path.place, allowed=[])
    assert (none.status, none.steps) == ("none", [])
    assert none.rank_after == none.rank_before
    unread = path_to_top(
        model, SEGMENT, path.level, path.place, allowed=["ai_unicorns", "renter_share"]
    )
    assert unread.status == "none"


def test_one_may_say_what_can_be_acted_on(model, paths) -> None:
    path = paths[1]
    chosen = ["ai_pilot_zone", "ai_pioneer_zone", "ai_papers"]
    asked = path_to_top(model, SEGMENT, path.level, path.place, allowed=chosen)
    assert {step["indicator"] for step in asked.steps} <= set(chosen)


@pytest.mark.parametrize(
    ("segment", "level", "place", "more"),
    [
        ("no_such", "city", "340100", {}),
        (SEGMENT, "zone", "340100", {}),
        (SEGMENT, "city", "999900", {}),
        (SEGMENT, "city", "340100", {"top": 0}),
        (SEGMENT, "city", "340100", {"top": 338}),
        (SEGMENT, "city", "340100", {"allowed": ["no_such"]}),
    ],
)
def test_unknown_names_are_refused(model, segment, level, place, more) -> None:
    with pytest.raises(UnknownNameError):
        path_to_top(model, segment, level, place, **more)


def test_what_only_others_grant_is_no_lever(model) -> None:
    entries = model.facts.indicators
    assert set(ACTIONABLE) <= set(entries.index)
    assert not (entries.loc[list(ACTIONABLE), "measure"] == "flag").any()
    assert not {"population", "gdp", "double_first_class"} & set(ACTIONABLE)
    assert (entries.loc[list(ACTIONABLE), "direction"] != 0).all()


@given(
    st.floats(0, 1e7),
    st.floats(0, 1e7),
    st.floats(0, 1e7),
    st.sampled_from(["人", "万元", "%"]),
    st.sampled_from([1.0, -1.0]),
)
def test_steps_go_one_way_and_stay_in_range(now, down, up, unit, better) -> None:
    low, high = now - down, now + up
    lever = Lever("x", unit, now, low, high, None, SPREAD, "2020", 20)
    steps = lever.steps(better)
    slack = 1e-9 * (1 + high)
    assert all(low - slack <= step <= high + slack for step in steps)
    assert all((step - now) * better > 0 for step in steps)
    assert len(steps) == len(set(steps)) <= 4
    assert all(-1e-9 <= lever.way(step) <= 1 + 1e-6 for step in steps)


def test_a_figure_no_place_can_better_is_no_lever(model) -> None:
    table = score.ranking(model, SEGMENT, "city")
    fast = Rescore(model, SEGMENT, "city", table["place"][11])
    assert lever_of(fast, "renter_share") is None
    assert lever_of(fast, "ai_unicorns") is None
    found = [lever for name in ACTIONABLE if (lever := lever_of(fast, name))]
    assert found
    for lever in found:
        assert lever.low <= lever.now <= lever.high
        assert np.isfinite([lever.low, lever.high]).all()
