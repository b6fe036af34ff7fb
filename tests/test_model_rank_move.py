"""Why a rank moved: parts that sum to the move, and only where something differs."""

import json
import pickle
from copy import copy
from dataclasses import replace
from functools import cache
from itertools import permutations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from features import assemble, at
from model import own_index, score, task
from model.assumptions import Assumption
from model.composite import Method
from model.fundamentals import Fundamentals
from model.own_lens import OwnLens, OwnLensError
from model.rank_move import compare, in_steps, lens_moves, moves
from model.rank_states import Game, LensState, RankMoveError, State, same_learned
from model.ranker import SiteRanker
from model.score import UnknownNameError

CASES = [("ai_healthcare", "city"), ("drones", "city")]
CASES += [("nlp", "district"), ("industrial_robots", "district")]
CAUSES = ["data", "weights", "model", "entrants", "leavers"]
LENS_CAUSES = ["data", "weights", "method", "filters"]
PLACES = 50


def weighing(model, weight):
    """The model with fundamentals of another weight."""
    rankers = {level: copy(ranker) for level, ranker in model.rankers.items()}
    for ranker in rankers.values():
        ranker.weight = weight
    return with_rankers(model, rankers)


def with_rankers(model, rankers):
    """The model with other rankers; tables that are made already stay."""
    other = copy(model)
    other.rankers = rankers
    return other


@pytest.fixture(scope="module")
def older(model):
    return replace(model, as_of="2024-12", draws={})


@pytest.fixture(scope="module")
def small(model):
    """Rankers of few trees that learned from two older cutoffs."""
    rankers = {}
    for level in model.rankers:
        cutoffs = task.training_cutoffs("2024-12", level)[-2:]
        tables = [assemble(at(model.facts, cutoff), level) for cutoff, _ in cutoffs]
        after = [task.outcomes_after(model.facts, level, *pair) for pair in cutoffs]
        learned = Fundamentals(n_estimators=10, seeds=1)
        rankers[level] = SiteRanker(fundamentals=learned).fit(tables, after)
    return rankers


@pytest.fixture(scope="module")
def states(model, older, small):
    """Two states of each level in which all causes differ."""
    found = {}
    for level in model.rankers:
        places = list(model.tables[level].history.places)
        before = with_rankers(older, small)
        found[level] = (
            State(weighing(before, 2.5), places[: -len(places) // 5]),
            State(model, places[len(places) // 7 :]),
        )
    return found


@pytest.fixture(scope="module")
def moved(states):
    """All moves of each case."""
    return {case: moves(*states[case[1]], *case) for case in CASES}


def parts(table, kind, causes=CAUSES):
    return table[[f"{kind}:{cause}" for cause in causes]]


def ranked(found):
    return found.table[found.table["status"] == "ranked"]


@pytest.mark.parametrize("case", CASES)
def test_parts_sum_to_the_move(moved, case):
    found = moved[case]
    assert list(found.game.differ) == CAUSES
    rows = ranked(found).sample(PLACES, random_state=3)
    for place in [*rows.index[:2]]:
        answer = json.loads(json.dumps(found.of(place), allow_nan=False))
        before, after = answer["before"], answer["after"]
        causes = {one["cause"]: one for one in answer["causes"]}
        assert list(causes) == CAUSES
        rank = sum(one["rank"] for one in causes.values())
        assert rank == after["rank"] - before["rank"]
        total = sum(one["score"] for one in causes.values())
        assert total == pytest.approx(after["score"] - before["score"], abs=1e-9)
        for name in ("data", "weights", "model"):
            told = [one for one in answer["details"] if one["cause"] == name]
            held = sum(one["score"] for one in told)
            assert held == pytest.approx(causes[name]["score"], abs=1e-7)
        assert all(one["text_zh"] and one["text_en"] for one in answer["details"])
    rank = rows["rank_after"] - rows["rank_before"]
    assert (parts(rows, "rank").sum(axis=1) == rank).all()
    total = rows["score_after"] - rows["score_before"]
    summed = parts(rows, "score").sum(axis=1)
    np.testing.assert_allclose(summed, total, atol=1e-9)
    assert (parts(rows, "score", ["entrants", "leavers"]) == 0).all(axis=None)


@pytest.mark.parametrize("case", CASES)
def test_both_ends_are_those_of_the_ranking(moved, states, case):
    table = moved[case].table
    for state, end in zip(states[case[1]], ("before", "after"), strict=True):
        whole = score.ranking(state.model, *case)
        kept = score.keep(whole, whole["place"].isin(state.places)).set_index("place")
        held = table[f"rank_{end}"].dropna()
        assert (held == kept["rank"].reindex(held.index)).all()
        assert len(held) == len(kept)
        values = table.loc[kept.index, f"score_{end}"]
        np.testing.assert_allclose(values, kept["score"], atol=1e-12)


def test_a_part_is_the_mean_over_all_orders(model, older, small):
    """By brute force: rankings of mixed models, in every order of switching."""
    case, causes = ("nlp", "city"), ["data", "weights", "model"]
    before = weighing(with_rankers(older, small), 3.0)
    found = moves(State(before), State(model), *case)

    places = model.tables["city"].history.places

    @cache
    def mixed(switched):
        data = model if "data" in switched else older
        held = model.rankers if "model" in switched else small
        weight = model.rankers["city"].weight if "weights" in switched else 3.0
        values = weighing(with_rankers(data, held), weight).scores(*case).score
        # Places are in code order, which decides between equal ones.
        rank = pd.Series(-values, index=places).rank(method="first")
        return pd.DataFrame({"score": values, "rank": rank}, index=places)

    sums = {kind: dict.fromkeys(causes, 0.0) for kind in ("rank", "score")}
    orders = list(permutations(causes))
    for order in orders:
        done, last = frozenset(), mixed(frozenset())
        for cause in order:
            done |= {cause}
            now = mixed(done)
            for kind, total in sums.items():
                total[cause] = total[cause] + (now[kind] - last[kind])
            last = now
    for kind, total in sums.items():
        for cause in causes:
            held = found.table[f"{kind}:{cause}"]
            np.testing.assert_allclose(held, total[cause] / len(orders), atol=1e-9)


def other_state(name, model, older, small):
    """A state that differs from the model's in one cause."""
    places = model.tables["city"].history.places
    figure = Assumption("city", "110000", "wage", 60_000.0)
    return {
        "data": lambda: State(older),
        "assumed": lambda: State(replace(model, assumed=(figure,), draws={})),
        "weights": lambda: State(weighing(model, 0.25)),
        "model": lambda: State(with_rankers(model, small)),
        "entrants": lambda: State(model, places[50:]),
    }[name]()


@pytest.mark.parametrize("name", ["data", "assumed", "weights", "model", "entrants"])
def test_one_cause_alone_has_all_of_the_move(model, older, small, name):
    before = other_state(name, model, older, small)
    cause = "data" if name == "assumed" else name
    for pair, own in (((before, State(model)), cause), ((State(model), before), cause)):
        if cause == "entrants" and pair[1] is before:
            own = "leavers"
        found = moves(*pair, "ai_healthcare", "district" if name == "data" else "city")
        assert found.game.differ == (own,)
        rows = ranked(found)
        others = [one for one in CAUSES if one != own]
        for kind in ("rank", "score"):
            assert (parts(rows, kind, others) == 0).all(axis=None)
            move = rows[f"{kind}_after"] - rows[f"{kind}_before"]
            assert (rows[f"{kind}:{own}"] == move).all()
        assert rows[f"rank:{own}"].any()
    answer = found.of(rows.index[7])
    causes = {one["cause"]: one for one in answer["causes"]}
    assert {one["cause"] for one in answer["details"]} <= {own}
    assert all(causes[one]["score"] == causes[one]["rank"] == 0 for one in others)


def test_the_way_back_has_the_same_parts_with_the_sign_turned(moved, states):
    for case in (CASES[0], CASES[2]):
        before, after = states[case[1]]
        there, back = moved[case], moves(after, before, *case)
        one, other = ranked(there), ranked(back)
        # Who entered on the way there leaves on the way back.
        turned = ["data", "weights", "model", "leavers", "entrants"]
        assert (
            parts(one, "rank").to_numpy() == -parts(other, "rank", turned).to_numpy()
        ).all()
        np.testing.assert_allclose(
            parts(one, "score"), -parts(other, "score", turned).to_numpy(), atol=1e-9
        )


def test_the_same_states_give_the_same_answer(states):
    case = CASES[0]
    first, second = (moves(*states["city"], *case) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
    assert first.of("330100") == second.of("330100")


def test_equal_states_have_no_causes(model):
    twin = with_rankers(model, pickle.loads(pickle.dumps(model.rankers)))
    assert same_learned(*(m.rankers["city"].fundamentals_ for m in (model, twin)))
    for after in (model, twin, replace(model, draws={})):
        found = moves(State(model), State(after), "nlp", "city")
        answer = found.of("330100")
        assert answer["differ"] == answer["details"] == []
        assert all(one["score"] == one["rank"] == 0 for one in answer["causes"])
        assert answer["before"] == answer["after"]
        assert (
            "nothing differs" in answer["text_en"] and "没有差别" in answer["text_zh"]
        )
        assert not parts(found.table, "score").any(axis=None)


def test_who_is_not_in_both_lists_is_said_to_be_new_gone_or_neither(model):
    places = list(model.tables["city"].history.places)
    found = moves(State(model, places[2:]), State(model, places[1:-1]), "nlp", "city")
    asked = {places[1]: "entrant", places[-1]: "leaver", places[0]: "unranked"}
    for place, status in asked.items():
        answer = json.loads(json.dumps(found.of(place), allow_nan=False))
        assert answer["status"] == status
        assert answer["causes"] == answer["details"] == []
        assert (answer["before"]["rank"] is None) == (status != "leaver")
        assert (answer["after"]["score"] is None) == (status != "entrant")
        assert answer["text_zh"] and "ranked" in answer["text_en"]


def test_names_that_are_not_known_are_refused(model):
    state = State(model)
    with pytest.raises(UnknownNameError):
        moves(state, state, "no_such", "city")
    with pytest.raises(UnknownNameError):
        moves(state, state, "nlp", "province")
    found = moves(state, state, "nlp", "city")
    with pytest.raises(RankMoveError, match="level 110108"):
        found.of("110108")
    with pytest.raises(UnknownNameError):
        found.of("999999")
    with pytest.raises(RankMoveError, match="level 110108"):
        moves(state, State(model, ["330100", "110108"]), "nlp", "city")
    with pytest.raises(UnknownNameError):
        moves(state, State(model, ["999999"]), "nlp", "city")


class Toy(Game):
    """Data and entrants: the second data hold a place that the first do not."""

    causes = ("data", "entrants")
    values = ({"a": 3.0, "b": 2.0}, {"a": 1.0, "b": 2.0, "c": 9.0})

    def differs(self, cause):
        return True

    def computed(self, switched):
        values = pd.Series(self.values["data" in switched])
        there = values.index != "c"
        there |= "entrants" in switched
        return pd.DataFrame({"score": values, "candidate": there})

    def split(self, switched, place):
        return {}

    def shown(self, cause, source, place):
        return []


def test_a_place_that_only_one_of_the_data_holds_is_an_entrant_not_data():
    tables = [
        {"city": SimpleNamespace(history=SimpleNamespace(places=pd.Index(values)))}
        for values in Toy.values
    ]
    models = tuple(SimpleNamespace(tables=table) for table in tables)
    table = compare(Toy(models, "city", None)).table
    assert list(table["status"]) == ["ranked", "ranked", "entrant"]
    assert list(table.loc["a", ["rank_before", "rank_after"]]) == [1, 3]
    # b passes a by the data; that c comes in moves both, whatever the data.
    assert list(table.loc["a", ["rank:data", "rank:entrants"]]) == [1, 1]
    assert list(table.loc["b", ["rank:data", "rank:entrants"]]) == [-1, 1]
    assert list(table.loc["a", ["score:data", "score:entrants"]]) == [-2, 0]


def test_parts_of_ranks_are_floats_that_sum_exactly():
    rng = np.random.default_rng(5)
    for orders in (1, 2, 6, 24, 120):
        whole = rng.integers(-3000 * orders, 3000 * orders, (5, 400))
        whole[1] = 0
        whole[4] -= whole.sum(axis=0) % orders
        found = in_steps(dict(zip("abcde", whole, strict=True)), orders)
        assert (sum(found.values()) == whole.sum(axis=0) / orders).all()
        assert not found["b"].any()
        for one, name in zip(whole, found, strict=True):
            np.testing.assert_allclose(found[name], one / orders, atol=1e-9)


@pytest.fixture(scope="module")
def lenses(model, older):
    """Two states of each level by lenses that differ in everything."""
    other = {
        "pillars": {"talent": 3.0, "cost": 0.0},
        "indicators": {"gdp": 0.5},
        "method": Method(normalise="rank", missing="median"),
        "within": "yangtze_delta",
        "ceilings": {"wage": 150_000.0},
    }
    found = {}
    for level in model.rankers:
        raw = OwnLens(level=level, **other)
        lens, _ = own_index.fitted(raw, model)
        before = OwnLens(level=level, ceilings=lens.ceilings)
        found[level] = LensState(older, before), LensState(model, lens)
    return found


@pytest.mark.parametrize("level", ["city", "district"])
def test_the_move_between_two_lenses(lenses, level):
    before, after = lenses[level]
    found = lens_moves(before, after)
    assert list(found.game.differ) == LENS_CAUSES
    rows = ranked(found)
    move = rows["rank_after"] - rows["rank_before"]
    assert (parts(rows, "rank", LENS_CAUSES).sum(axis=1) == move).all()
    summed = parts(rows, "score", LENS_CAUSES).sum(axis=1)
    total = rows["score_after"] - rows["score_before"]
    np.testing.assert_allclose(summed, total, atol=1e-9)
    for state, end in ((before, "before"), (after, "after")):
        table = own_index.rank(state.model, state.lens).table.set_index("place")
        held = found.table[f"rank_{end}"].dropna()
        assert (held == table["rank"].reindex(held.index)).all()
        assert len(held) == len(table)
    for place in rows.index[:2]:
        answer = json.loads(json.dumps(found.of(place), allow_nan=False))
        assert answer["segment"] is None
        for one in answer["causes"]:
            told = [x for x in answer["details"] if x["cause"] == one["cause"]]
            held = sum(x["score"] for x in told)
            assert held == pytest.approx(one["score"], abs=1e-6)
    back = ranked(lens_moves(after, before))
    assert (parts(rows, "rank", LENS_CAUSES) == -parts(back, "rank", LENS_CAUSES)).all(
        axis=None
    )


ONLY = {
    "weights": {"pillars": {"talent": 4.0}},
    "method": {"method": Method(normalise="rank")},
    "filters": {"within": "pearl_delta"},
}


@pytest.mark.parametrize("cause", LENS_CAUSES)
def test_one_cause_alone_between_two_lenses(model, older, cause):
    # A ceiling that newer figures pass is their doing, not that of the filters.
    lens = OwnLens(ceilings={"wage": 90_000.0})
    after = LensState(model, replace(lens, **ONLY.get(cause, {})))
    before = LensState(older if cause == "data" else model, lens)
    found = lens_moves(before, after)
    assert found.game.differ == (cause,)
    rows = ranked(found)
    others = [one for one in LENS_CAUSES if one != cause]
    for kind in ("rank", "score"):
        assert (parts(rows, kind, others) == 0).all(axis=None)
        move = rows[f"{kind}_after"] - rows[f"{kind}_before"]
        assert (rows[f"{kind}:{cause}"] == move).all()
    assert rows[f"rank:{cause}"].any()
    same = lens_moves(before, before)
    assert same.game.differ == () and not same.of(rows.index[0])["details"]


def test_lenses_of_two_levels_or_of_unknown_indicators_are_refused(model):
    city = LensState(model, OwnLens())
    with pytest.raises(RankMoveError, match="levels city district"):
        lens_moves(city, LensState(model, OwnLens(level="district")))
    with pytest.raises(OwnLensError):
        lens_moves(city, LensState(model, OwnLens(indicators={"no_such": 2.0})))
