"""The index engine: levels and means by hand, and what must always hold."""

from dataclasses import fields
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import scaling, weighting
from model.composite import (
    AGGREGATIONS,
    FLOOR,
    WEIGHTS,
    Index,
    Method,
    Tree,
    build,
    mean,
    ranks,
)
from model.scaling import CompositeError

NAN = np.nan
LEVELS = pd.DataFrame.from_dict(
    {
        "money": ["index", 3.0, 1.0],
        "people": ["index", 1.0, 1.0],
        "rent": ["money", 1.0, -1.0],
        "tax": ["money", 2.0, -1.0],
        "skill": ["people", 1.0, 1.0],
        "study": ["people", 3.0, 1.0],
        "schools": ["study", 2.0, 1.0],
        "degrees": ["study", 1.0, 1.0],
    },
    orient="index",
    columns=["parent", "weight", "direction"],
).assign(low=0.0, high=100.0)
TREE = Tree(LEVELS)
LEAVES = ["rent", "tax", "skill", "schools", "degrees"]
SEEDS = st.integers(0, 9999)


def offered() -> list[Method]:
    """Return every method that is no contradiction."""
    scales = (scaling.OUTLIERS, scaling.NORMALISATIONS, scaling.MISSING)
    choices = (*scales, WEIGHTS, AGGREGATIONS, AGGREGATIONS)
    found = []
    for names in product(*choices):
        try:
            found.append(Method(*names))
        except CompositeError as error:
            assert error.kind == "needs_positive"
    return found


METHODS = offered()


def places(seed: int, count: int = 8, gaps: float = 0.0) -> pd.DataFrame:
    """Return whole figures from 1 to 100 of the indicators of ``LEVELS``."""
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 101, (count, len(LEAVES))).astype(float)
    values[rng.random(values.shape) < gaps] = NAN
    return pd.DataFrame(values, columns=LEAVES).rename(index="p{}".format)


def shares_of_one(values: list[list[float]], table: pd.DataFrame, **how: str) -> Index:
    """Return the index of figures that are normalised as they stand."""
    leaves = [name for name in table.index if name not in set(table["parent"])]
    figures = pd.DataFrame(values, columns=leaves, dtype=float)
    method = Method(normalise="goalposts", **how)
    return build(figures, table.assign(low=0.0, high=1.0), method)


GROUPS = pd.DataFrame(
    {"parent": ["index", "index", "g", "g", "h"], "weight": [1.0, 1, 1, 3, 1]},
    index=["g", "h", "a", "b", "c"],
)


def test_a_share_of_the_whole_is_the_product_of_the_shares_above() -> None:
    found = build(places(0), LEVELS)
    by_hand = {
        "rent": 3 / 4 * 1 / 3,
        "tax": 3 / 4 * 2 / 3,
        "skill": 1 / 4 * 1 / 4,
        "schools": 1 / 4 * 3 / 4 * 2 / 3,
        "degrees": 1 / 4 * 3 / 4 * 1 / 3,
    }
    assert found.nominal[LEAVES].to_dict() == pytest.approx(by_hand)
    score = sum(found.normal[name] * share for name, share in by_hand.items())
    assert found.score.to_numpy() == pytest.approx(score.to_numpy())
    study = (2 * found.normal["schools"] + found.normal["degrees"]) / 3
    assert found.nodes["study"].to_numpy() == pytest.approx(study.to_numpy())


def geometric(*pairs: tuple[float, float]) -> float:
    """Return a geometric mean of (figure, share), lifted from 0 and back."""
    lifted = np.prod([(FLOOR + (1 - FLOOR) * x) ** share for x, share in pairs])
    return (lifted - FLOOR) / (1 - FLOOR)


@pytest.mark.parametrize(
    ("within", "across", "score"),
    [
        ("arithmetic", "arithmetic", (0.5 + 0.9) / 2),
        ("arithmetic", "geometric", geometric((0.5, 1 / 2), (0.9, 1 / 2))),
        ("geometric", "arithmetic", (geometric((0.2, 1 / 4), (0.6, 3 / 4)) + 0.9) / 2),
        (
            "geometric",
            "geometric",
            geometric((geometric((0.2, 1 / 4), (0.6, 3 / 4)), 1 / 2), (0.9, 1 / 2)),
        ),
    ],
)
def test_means_within_and_across_groups_by_hand(
    within: str, across: str, score: float
) -> None:
    found = shares_of_one([[0.2, 0.6, 0.9]], GROUPS, within=within, across=across)
    assert found.score[0] == pytest.approx(score)


def test_a_group_that_holds_a_group_is_averaged_as_groups_are() -> None:
    table = GROUPS.assign(parent=["index", "g", "g", "g", "h"])
    found = shares_of_one([[0.2, 0.6, 0.9]], table, across="geometric")
    parts = [(0.2, 1 / 5), (0.6, 3 / 5), (0.9, 1 / 5)]
    assert found.score[0] == pytest.approx(geometric(*parts))


def test_a_geometric_mean_of_equal_figures_is_the_figure() -> None:
    same = np.array([[x] * 3 for x in (0.0, 0.3, 1.0)])
    found = mean(same, np.array([0.2, 0.3, 0.5]), "geometric")
    assert found == pytest.approx([0, 0.3, 1])


@settings(deadline=None)
@given(st.lists(st.integers(1, 99), min_size=2, max_size=9))
def test_rounding_brings_no_geometric_mean_below_0(weights: list[int]) -> None:
    shares = np.array(weights) / sum(weights)
    assert mean(np.zeros((1, len(shares))), shares, "geometric")[0] >= 0


def test_a_geometric_mean_of_shares_of_the_best_is_0_where_one_is() -> None:
    parts = np.array([[0.0, 1], [0.5, 0.5]])
    assert mean(parts, np.array([0.5, 0.5]), "geometric", 0.0)[0] == 0
    # What has no weight does not count.
    assert mean(parts, np.array([0.0, 1]), "geometric", 0.0) == pytest.approx([1, 0.5])


def test_a_missing_figure_passes_its_weight_on_within_its_group() -> None:
    values = [[0.2, 0.6, 0.9], [0.2, NAN, 0.9], [0.2, 0.6, NAN], [NAN, NAN, 0.9]]
    found = shares_of_one([*values, [NAN] * 3], GROUPS, missing="reweigh")
    by_hand = [(0.5 + 0.9) / 2, (0.2 + 0.9) / 2, 0.5, 0.9, NAN]
    assert found.score.tolist() == pytest.approx(by_hand, nan_ok=True)
    assert found.imputed.tolist() == pytest.approx([0, 3 / 8, 1 / 2, 1 / 2, 1])
    assert found.rank.tolist() == [2, 3, 4, 1, 5]


def test_a_filled_figure_counts_as_any_other_and_is_owned_up_to() -> None:
    values = [[0.2, 0.6, 0.9], [0.2, NAN, 0.9], [0.2, 0.4, 0.9]]
    for how, filled in (("mean", 0.5), ("median", 0.5), ("worst", 0.4)):
        found = shares_of_one(values, GROUPS, missing=how)
        assert found.score[1] == pytest.approx((0.05 + 0.75 * filled + 0.9) / 2)
        assert found.imputed.tolist() == pytest.approx([0, 3 / 8, 0])
        assert np.isnan(found.normal.loc[1, "b"])


@pytest.mark.parametrize("scheme", weighting.SCHEMES)
@pytest.mark.parametrize("missing", scaling.MISSING)
def test_derived_weights_are_those_of_each_group_and_sum_to_1(
    scheme: str, missing: str
) -> None:
    figures = places(5, count=30, gaps=0.1)
    found = build(figures, LEVELS, Method(weights=scheme, missing=missing))
    for names in found.tree.children.values():
        whole = found.nodes[names].dropna().to_numpy()
        expected = weighting.shares(whole, scheme)
        assert found.shares[names].to_numpy() == pytest.approx(expected)
        assert found.shares[names].sum() == pytest.approx(1)


@pytest.mark.parametrize("scheme", weighting.SCHEMES)
def test_weights_are_equal_where_every_place_has_a_gap(scheme: str) -> None:
    values = [[0.2, NAN, 0.9], [NAN, 0.4, 0.3]]
    found = shares_of_one(values, GROUPS, missing="reweigh", weights=scheme)
    assert found.shares[["a", "b"]].tolist() == [0.5, 0.5]


def test_what_a_table_leaves_open_is_taken_as_usual() -> None:
    open_ended = pd.DataFrame({"parent": NAN, "direction": NAN}, index=LEAVES)
    found = build(places(1), open_ended)
    assert found.score.equals(build(places(1), pd.DataFrame(index=LEAVES)).score)
    assert found.score.to_numpy() == pytest.approx(found.normal.mean(axis=1).to_numpy())


def test_ranks_of_equal_scores_go_by_the_given_order_and_missing_ones_last() -> None:
    score = pd.Series([0.5, NAN, 0.7, 0.5, -1.0], index=[*"vwxyz"])
    assert ranks(score).to_dict() == {"v": 2, "w": 5, "x": 1, "y": 3, "z": 4}
    many = ranks(pd.Series([1.0, 0.0] * 50))
    assert many[::2].tolist() == [*range(1, 51)]


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.sampled_from([m for m in METHODS if m.normalise != "z_score"]))
def test_scores_lie_between_0_and_1(seed: int, method: Method) -> None:
    score = build(places(seed, gaps=0.2), TREE, method).score.dropna()
    assert score.between(0, 1 + 1e-12).all()


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.sampled_from(METHODS))
def test_neither_the_order_of_places_nor_that_of_rows_matters(
    seed: int, method: Method
) -> None:
    figures, rng = places(seed, gaps=0.1), np.random.default_rng(seed)
    found = build(figures, TREE, method).score
    moved = build(figures.iloc[rng.permutation(len(figures))], TREE, method).score
    mixed = build(figures, LEVELS.iloc[rng.permutation(len(LEVELS))], method).score
    for other in (moved[found.index], mixed):
        assert other.to_numpy() == pytest.approx(found.to_numpy(), nan_ok=True)


@settings(deadline=None, max_examples=25)
@given(
    SEEDS,
    st.sampled_from(["min_max", "z_score", "rank"]),
    st.integers(1, 500),
    st.integers(-500, 500),
    st.sampled_from(LEAVES),
)
def test_the_unit_of_an_indicator_does_not_matter(
    seed: int, how: str, times: int, plus: int, name: str
) -> None:
    figures = places(seed)
    other = figures.assign(**{name: times * figures[name] + plus})
    first, second = (build(x, TREE, Method(normalise=how)) for x in (figures, other))
    assert second.score.to_numpy() == pytest.approx(first.score.to_numpy(), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(
    SEEDS,
    st.sampled_from(["min_max", "goalposts"]),
    st.sampled_from(AGGREGATIONS),
    st.sampled_from(AGGREGATIONS),
    st.sampled_from(LEAVES),
    st.data(),
)
def test_a_better_figure_never_lets_another_place_overtake(
    seed: int, how: str, within: str, across: str, name: str, data: st.DataObject
) -> None:
    figures = places(seed)
    place = data.draw(st.sampled_from(figures.index.tolist()))
    sign = LEVELS.loc[name, "direction"]
    best = (sign * figures[name]).max()
    better = data.draw(st.integers(int(sign * figures.loc[place, name]), int(best)))
    raised = figures.copy()
    raised.loc[place, name] = sign * better
    method = Method(normalise=how, within=within, across=across)
    before, after = (build(x, TREE, method).score for x in (figures, raised))
    ahead = after > after[place] + 1e-9
    assert (before[ahead] > before[place] - 1e-9).all()


def order(index: Index, gone: str = "") -> list[str]:
    return [name for name in index.rank.sort_values().index if name != gone]


@pytest.mark.parametrize("method", [m for m in METHODS if m.keeps_order], ids=str)
def test_a_method_that_keeps_order_keeps_it_whoever_is_left_out(method: Method) -> None:
    for seed in range(2):
        figures = places(seed, gaps=0.25)
        whole = build(figures, TREE, method)
        assert whole.keeps_order
        for gone in figures.index:
            assert order(build(figures.drop(gone), TREE, method)) == order(whole, gone)


def test_only_fixed_scales_weights_and_gaps_keep_the_order() -> None:
    kept = [method for method in METHODS if method.keeps_order]
    assert len(kept) == 2 * 2 * 2 * 2
    assert {m.normalise for m in kept} == {"goalposts"}
    assert {m.missing for m in kept} == {"reweigh"}
    assert {m.weights for m in kept} == {"given", "equal"}
    assert {m.outliers for m in kept} == {"none", "log"}


KEEPS = {"normalise": "goalposts", "missing": "reweigh"}
OUTLYING = [[100, 0], [5, 60], *([low, 0] for low in range(1, 11)), [90, 0]]


# Of these places the first two change order when the last one leaves.
@pytest.mark.parametrize(
    ("other", "values"),
    [
        ({"outliers": "winsorise"}, OUTLYING),
        ({"normalise": "min_max"}, [[100, 70], [70, 90], [60, 80], [90, 30]]),
        ({"normalise": "z_score"}, [[50, 100], [60, 80], [70, 90], [60, 20]]),
        ({"normalise": "rank"}, [[10, 100], [50, 10], [30, 100], [70, 60]]),
        ({"normalise": "best"}, [[40, 50], [90, 20], [60, 50], [70, 90]]),
        ({"missing": "mean"}, [[70, 30], [NAN, 30], [100, 10], [10, 60]]),
        ({"missing": "median"}, [[90, 10], [NAN, 30], [20, 90], [90, 60]]),
        ({"missing": "worst"}, [[80, 60], [NAN, 90], [70, 40], [20, 70]]),
        (
            {"weights": "entropy"},
            [[40, 100, 50], [90, 50, 60], [100, 90, 10], [100, 10, 70]],
        ),
        (
            {"weights": "critic"},
            [[20, 70, 100], [50, 90, 60], [30, 80, 60], [50, 50, 10]],
        ),
        (
            {"weights": "pca"},
            [[100, 20, 10], [10, 80, 10], [20, 10, 50], [30, 50, 80]],
        ),
    ],
)
def test_by_any_other_method_a_place_that_leaves_can_turn_two_round(
    other: dict, values: list
) -> None:
    method = Method(**(KEEPS | other))
    figures = pd.DataFrame(values, dtype=float).rename(columns="c{}".format)
    table = pd.DataFrame({"low": 0.0, "high": 100.0}, index=figures.columns)
    whole, fewer = (build(x, table, method).score for x in (figures, figures[:-1]))
    assert (whole[0] - whole[1]) * (fewer[0] - fewer[1]) < 0
    assert not method.keeps_order


def test_an_indicator_that_is_winsorised_by_itself_keeps_no_order() -> None:
    method = Method(**KEEPS)
    assert method.keeps_order
    table = LEVELS.assign(
        treat=["winsorise" if x == "tax" else "" for x in LEVELS.index]
    )
    assert not build(places(0), table, method).keeps_order


def changed(column: str, **values: object) -> pd.DataFrame:
    """Return ``LEVELS`` with other values in a column."""
    table = LEVELS.copy()
    for row, value in values.items():
        table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (changed("parent", rent="nowhere"), "no_parent nowhere"),
        (changed("parent", people="study"), "circle study"),
        (changed("parent", people="people"), "circle people"),
        (changed("weight", tax=-1.0), "bad_weight tax"),
        (changed("weight", tax=NAN), "bad_weight tax"),
        (changed("weight", people=NAN), "bad_weight people"),
        (changed("weight", tax=np.inf), "bad_weight tax"),
        (changed("weight", rent=0.0, tax=0.0), "no_weight money"),
        (changed("direction", tax=0.0), "bad_direction tax"),
        (changed("direction", tax=2.0), "bad_direction tax"),
        (pd.concat([LEVELS, LEVELS.loc[["tax"]]]), "twice tax"),
        (pd.DataFrame({"parent": ["a", "index"]}, index=["index", "a"]), "twice index"),
        (pd.DataFrame({"parent": ["b", "a"]}, index=["a", "b"]), "circle b"),
        (pd.DataFrame({"parent": ["a"]}, index=["a"]), "circle a"),
        (pd.DataFrame({"weight": ["much"]}, index=["a"]), "bad_weight a"),
        (pd.DataFrame({"weight": [None]}, index=["a"]), "bad_weight a"),
        (LEVELS[:0], "empty"),
    ],
)
def test_a_table_that_is_no_tree_is_refused(table: pd.DataFrame, said: str) -> None:
    with pytest.raises(CompositeError) as caught:
        Tree(table)
    assert str(caught.value) == said


@pytest.mark.parametrize("name", [field.name for field in fields(Method)])
def test_a_method_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(CompositeError) as caught:
        Method(**{name: "odd"})
    assert str(caught.value) == f"unknown_method {name}=odd"


@pytest.mark.parametrize(
    "other", [{"weights": "entropy"}, {"within": "geometric"}, {"across": "geometric"}]
)
def test_z_scores_are_refused_where_figures_must_be_positive(other: dict) -> None:
    with pytest.raises(CompositeError, match="needs_positive"):
        Method(normalise="z_score", **other)


def test_an_index_says_which_column_is_not_there() -> None:
    with pytest.raises(CompositeError, match="no_figures tax"):
        build(places(0).drop(columns="tax"), LEVELS)
    with pytest.raises(CompositeError, match="no_figures people_count"):
        build(places(0), LEVELS.assign(per_head="people_count"))
