"""Tipping points: each flips the order where it says, and none is missed."""

import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from model.composite import AGGREGATIONS, ROOT, WEIGHTS, Index, Method, build, ranks
from model.scaling import MISSING, NORMALISATIONS, OUTLIERS, CompositeError
from model.tipping import (
    TIE,
    Tipping,
    edge,
    movable,
    moved,
    neighbours,
    rescored,
    tipping,
    ways,
)

CASES = 200


class Case(NamedTuple):
    figures: pd.DataFrame
    table: pd.DataFrame
    method: Method


def random_tree(rng: np.random.Generator) -> pd.DataFrame:
    """Up to three levels; indicators may stand beside groups."""
    groups = [ROOT, *(f"g{number}" for number in range(rng.integers(0, 4)))]
    parent = {name: groups[rng.integers(at)] for at, name in enumerate(groups) if at}
    leaves = rng.integers(2, 7)
    homes = [*groups[1:], *rng.choice(groups, leaves)] or [ROOT]
    parent |= {f"i{number}": home for number, home in enumerate(homes)}
    table = pd.DataFrame({"parent": parent})
    table["weight"] = rng.choice([0, 1, 1, 2, 3, 0.7], len(table))
    for rows in table.groupby("parent").groups.values():
        if table.loc[rows, "weight"].sum() == 0:
            table.loc[rows[0], "weight"] = 1.0
    table["direction"] = rng.choice([1.0, -1.0], len(table))
    table["low"], table["high"] = 1.5, 8.0
    return table


def random_case(seed: int, **fixed: str) -> Index:
    rng = np.random.default_rng(seed)
    table = random_tree(rng)
    leaves = [name for name in table.index if name.startswith("i")]
    shape = (rng.integers(4, 9), len(leaves))
    # Whole figures in half of the cases: equal scores and crossings at whole percents.
    values = rng.integers(1, 9, shape) if seed % 2 else rng.uniform(1, 9, shape)
    gaps = rng.random(shape) < rng.choice([0, 0.2, 0.5])
    figures = pd.DataFrame(np.where(gaps, np.nan, values), columns=leaves)
    figures.index = [f"p{number}" for number in range(len(figures))]
    while True:
        drawn = {
            "outliers": rng.choice(OUTLIERS),
            "normalise": rng.choice(NORMALISATIONS),
            "missing": rng.choice(MISSING),
            "weights": rng.choice(WEIGHTS) if rng.random() < 0.5 else "given",
            "within": rng.choice(AGGREGATIONS),
            "across": rng.choice(AGGREGATIONS),
        }
        try:
            method = Method(**{**{k: str(v) for k, v in drawn.items()}, **fixed})
            return build(figures, table, method)
        except CompositeError as error:
            if error.kind != "needs_positive":
                method = Method()
                return build(figures, table, method)


def score_at(index: Index, row: str, share: float | np.ndarray) -> np.ndarray:
    """Score again in the plainest way, of shape (P,) or (shares, P)."""
    tree, shares = index.tree, index.shares.to_dict()
    share = np.asarray(share, float)[..., None]
    for name in tree.children[tree.table.at[row, "parent"]]:
        shares[name] = shares[name] * (1 - share) / (1 - index.shares[row])
    shares[row] = share
    lowest = 0 if index.method.normalise == "best" else 0.01
    nodes = {name: index.filled[name].to_numpy() for name in tree.leaves}
    for group in tree.groups:
        names = tree.children[group]
        leaves = all(name in tree.leaves for name in names)
        how = index.method.within if leaves else index.method.across
        known = {n: ~np.isnan(nodes[n]) & (shares[n] > 0) for n in names}
        whole = sum(known[n] * shares[n] for n in names)
        weight = {n: shares[n] / np.where(whole > 0, whole, 1) for n in names}
        if how == "geometric":
            value = 1.0
            for n in names:
                lifted = lowest + (1 - lowest) * nodes[n]
                value = value * np.where(known[n], lifted ** weight[n], 1)
            value = np.maximum(value - lowest, 0) / (1 - lowest)
        else:
            value = sum(np.where(known[n], nodes[n] * weight[n], 0) for n in names)
        nodes[group] = np.where(whole > 0, value, np.nan)
    return np.where(np.isnan(nodes[ROOT]), -np.inf, nodes[ROOT])


def every_percent(index: Index, row: str) -> np.ndarray:
    return score_at(index, row, np.arange(101) / 100)


def first_changed(changed: np.ndarray, now: float) -> dict[str, int]:
    """Return the first whole percent with a change, each way."""
    above = [p for p, yes in enumerate(changed) if yes and p / 100 > now + 1e-9]
    below = [p for p, yes in enumerate(changed) if yes and p / 100 < now - 1e-9]
    ways = {"raise": above[:1], "lower": below[-1:]}
    return {way: found[0] for way, found in ways.items() if found}


def gap(index: Index, point: Tipping, share: float) -> float:
    score = score_at(index, point.row, share)
    at = index.score.index.get_indexer([point.follower, point.leader])
    ahead, behind = score[at]
    return 0.0 if ahead == behind else ahead - behind


def check(index: Index, point: Tipping) -> None:
    """Score again on both sides of what is shown and of the exact crossing."""
    assert 0 <= point.share <= 1
    assert point.now == index.shares[point.row]
    assert index.rank[point.leader] < index.rank[point.follower]
    way = 1 if point.direction == "raise" else -1
    assert (point.shown / 100 - point.now) * way > 0
    assert -1e-12 <= (point.shown / 100 - point.share) * way <= 0.01 + 1e-12
    assert (point.share - point.now) * way >= 0
    assert gap(index, point, point.shown / 100) > TIE
    assert gap(index, point, point.short) <= TIE
    step = way * 1e-6 * max(point.share, 1e-3)
    beyond, before = point.share + step, point.share - step
    if (point.shown / 100 - beyond) * way > 0:
        assert gap(index, point, beyond) > 0
    if (before - point.now) * way > 0:
        assert gap(index, point, before) < 1e-15


@pytest.mark.parametrize("seed", range(CASES))
def test_each_flips_the_order_and_none_is_missed(seed: int) -> None:
    index = random_case(seed)
    rng = np.random.default_rng(seed)
    order = list(index.rank.sort_values().index)
    first = rng.integers(len(order) - 1)
    pairs = [(order[first], order[first + 1]), (order[0], order[-1])]
    found = {pair: tipping(index, *pair) for pair in pairs}
    expected: dict[tuple[str, str], dict[tuple[str, str], int]] = {p: {} for p in pairs}
    for row in movable(index):
        everywhere = every_percent(index, row)
        for pair in pairs:
            above, below = everywhere.T[index.score.index.get_indexer(pair)]
            ways = first_changed(below > above + TIE, index.shares[row])
            expected[pair] |= {(row, way): shown for way, shown in ways.items()}
    for pair, points in found.items():
        assert {(p.row, p.direction): p.shown for p in points} == expected[pair]
        assert [p.change for p in points] == sorted(p.change for p in points)
        for point in points:
            assert (point.leader, point.follower) == pair
            check(index, point)


@pytest.mark.parametrize("seed", range(1000, 1060))
def test_the_edge_agrees_with_trying_every_percent(seed: int) -> None:
    index = random_case(seed)
    k = int(np.random.default_rng(seed).integers(1, len(index.score)))
    found = edge(index, k)
    assert len({point.row for point in found}) == len(found)
    inside = (index.rank <= k).to_numpy()

    def altered(scores: np.ndarray) -> np.ndarray:
        return scores[..., ~inside].max(-1) > scores[..., inside].min(-1) + TIE

    for row in movable(index):
        changed = altered(every_percent(index, row))
        ways = first_changed(changed, index.shares[row])
        points = [point for point in found if point.row == row]
        assert bool(points) == bool(ways)
        for point in points:
            assert ways.pop(point.direction) == point.shown
            check(index, point)
            before = point.share + 2e-9 * np.sign(point.now - point.share)
            assert not altered(score_at(index, row, before))
            for other in ways.values():
                assert abs(other / 100 - point.now) > point.change


def test_the_first_k_by_rank_change_where_the_edge_says() -> None:
    index = random_case(4, normalise="rank", missing="mean")
    for k in range(1, len(index.score)):
        first = set(index.rank.index[index.rank <= k])
        for point in edge(index, k):
            at = ranks(rescored(index, point.row, point.shown / 100))
            assert set(at.index[at <= k]) != first


@pytest.mark.parametrize("seed", range(2000, 2025))
def test_the_way_is_what_scoring_again_gives(seed: int) -> None:
    index = random_case(seed)
    shares = np.array([0, 0.003, 0.4, 0.99, 1])
    for way in ways(index, np.arange(len(index.score))):
        assert way.now == index.shares[way.row]
        there = way.scores(shares)
        for share, score in zip(shares, there.T, strict=True):
            again = rescored(index, way.row, share).fillna(-np.inf).to_numpy()
            assert np.array_equal(np.isinf(score), np.isinf(again))
            known = np.isfinite(score)
            assert score[known] == pytest.approx(again[known], abs=1e-12)
            assert score[known] == pytest.approx(
                score_at(index, way.row, share)[known], abs=1e-12
            )
        slow = way.scores(np.arange(101) / 100)
        assert np.array_equal(np.isinf(slow), np.isinf(way.everywhere))
        known = np.isfinite(slow)
        assert slow[known] == pytest.approx(way.everywhere[known], abs=1e-12)


@pytest.mark.parametrize("scheme", WEIGHTS)
def test_moving_a_share_nowhere_changes_nothing(scheme: str) -> None:
    index = random_case(7, weights=scheme, normalise="min_max")
    for row in movable(index):
        again = rescored(index, row, index.shares[row])
        pd.testing.assert_series_equal(again, index.score)


def two(x: list[float], y: list[float], **method: str) -> Index:
    figures = pd.DataFrame({"x": x, "y": y}, index=[*"abcde"[: len(x)]])
    table = pd.DataFrame({"low": 0.0, "high": 1.0}, index=["x", "y"])
    chosen = replace(Method(normalise="goalposts"), **method)
    return build(figures, table, chosen)


def test_a_crossing_by_hand() -> None:
    # s * .9 + (1 - s) * .2 against s * .1 + (1 - s) * .8: .8 s = .6 (1 - s).
    found = tipping(two([0.9, 0.1], [0.2, 0.8]), "a", "b")
    assert [(p.row, p.shown, p.direction) for p in found] == [
        ("x", 42, "lower"),
        ("y", 58, "raise"),
    ]
    assert [p.share for p in found] == pytest.approx([3 / 7, 4 / 7], abs=1e-15)


def test_a_geometric_crossing_by_hand() -> None:
    index = two([0.9, 0.1], [0.2, 0.8], within="geometric")
    raised = tipping(two([0.9, 0.1], [0.2, 0.8]), "a", "b")
    lifted = np.log(0.01 + 0.99 * np.array([[0.9, 0.1], [0.2, 0.8]]))
    (ahead, behind) = lifted @ [1, -1]
    exact = behind / (behind - ahead)
    points = tipping(index, *index.rank.sort_values().index)
    assert {p.row: p.share for p in points} == pytest.approx(
        {"x": exact, "y": 1 - exact}, abs=1e-14
    )
    assert exact != pytest.approx(raised[0].share, abs=0.01)


def test_equal_scores_keep_the_present_order() -> None:
    # They cross at 30% exactly: there they are equal, and change only beyond.
    index = two([0.7, 0.0], [0.0, 0.3])
    (point,) = [p for p in tipping(index, "a", "b") if p.row == "x"]
    assert point.share == pytest.approx(0.3, abs=1e-15)
    assert point.shown == 29
    even = two([0.6, 0.4], [0.4, 0.6])
    assert {(p.row, p.shown, p.share) for p in tipping(even, "a", "b")} == {
        ("x", 49, 0.5),
        ("y", 51, 0.5),
    }
    assert tipping(two([0.5, 0.5], [0.4, 0.4]), "a", "b") == []


def test_rounding_changes_no_order() -> None:
    # A crossing at each whole percent, where rounding may fall to either side.
    for percent in range(2, 50):
        index = two([1 - percent / 100, 0], [0, percent / 100])
        shown = {(point.row, point.shown) for point in tipping(index, "a", "b")}
        assert shown == {("x", percent - 1), ("y", 101 - percent)}


def test_none_where_one_place_is_better_in_everything() -> None:
    assert tipping(two([0.9, 0.1], [0.8, 0.7]), "a", "b") == []


def test_none_without_another_weight_in_the_group() -> None:
    index = two([0.9, 0.1], [0.2, 0.8])
    table = index.tree.table.assign(weight=[1.0, 0.0])
    alone = build(pd.DataFrame({"x": [0.9, 0.1], "y": [0.2, 0.8]}), table)
    assert movable(alone) == ["y"]
    with pytest.raises(ValueError, match="beside x"):
        moved(alone, "x", 0.5)


def test_siblings_keep_their_proportions() -> None:
    table = pd.DataFrame({"weight": [2.0, 1.0, 3.0]}, index=["x", "y", "z"])
    figures = pd.DataFrame(np.eye(3), columns=["x", "y", "z"])
    shares = moved(build(figures, table), "x", 0.6)
    assert shares.to_dict() == pytest.approx({"x": 0.6, "y": 0.1, "z": 0.3})


def test_a_place_that_leads_cannot_overtake() -> None:
    with pytest.raises(ValueError, match="does not rank above"):
        tipping(two([0.9, 0.1], [0.2, 0.8]), "b", "a")


def test_a_place_loses_its_score_where_nothing_is_known() -> None:
    # The whole weight on what is not known of the leader: it has no score.
    index = two([0.9, 0.1], [np.nan, 0.8], missing="reweigh")
    (point,) = [p for p in tipping(index, "a", "b") if p.row == "y"]
    assert (point.share, point.shown) == (1.0, 100)


def test_neighbours_have_their_nearest() -> None:
    index = random_case(12, weights="given")
    order = list(index.rank.sort_values().index)
    pairs = list(zip(order[:-1], order[1:], strict=True))
    every = [tipping(index, *pair) for pair in pairs]
    assert any(every)
    assert neighbours(index, len(order)) == [p[0] for p in every if p]
    rows = [{p.row: p for p in points[::-1]} for points in every]
    expected = [p for points in rows for p in points.values()]
    found = neighbours(index, len(order), each_row=True)
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert {p.leader for p in neighbours(index, 3)} <= set(order[:2])
    assert neighbours(index, 1) == []


def test_no_edge_with_everybody_inside() -> None:
    index = random_case(3)
    assert edge(index, len(index.score)) == edge(index, 0) == []


def test_a_large_index_takes_no_time() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"parent": [ROOT] * 5 + [f"g{n % 5}" for n in range(35)]})
    table.index = [*(f"g{n}" for n in range(5)), *(f"i{n}" for n in range(35))]
    figures = pd.DataFrame(rng.random((337, 35)), columns=table.index[5:])
    index = build(figures, table)
    began = time.perf_counter()
    assert len(edge(index, 20)) == 40
    assert neighbours(index, 20)
    assert time.perf_counter() - began < 2
