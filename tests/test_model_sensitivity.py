import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample
from scipy.stats import sobol_indices, uniform

from model import sensitivity
from model.batch import Layout
from model.composite import Method, build
from model.robustness import NO_DOUBT, Doubt
from model.sensitivity import (
    SHIFT,
    effective_number,
    leave_one_out,
    left_out,
    overlaps,
    reversals,
    sobol,
)
from model.variance import decomposed

NAMES = [*"abcdef"]


def table(**columns):
    parents = ["x", "x", "x", "y", "y", "index", "index", "index"]
    found = pd.DataFrame({"parent": parents}, [*NAMES, "x", "y"])
    return found.assign(low=0.0, high=30.0, **columns)


def figures(places=25, missing=0.1, seed=0):
    rng = np.random.default_rng(seed)
    values = np.exp(rng.standard_normal((places, 1)) + rng.standard_normal((places, 6)))
    values[rng.random(values.shape) < missing] = np.nan
    return pd.DataFrame(values, [f"p{k}" for k in range(places)], NAMES)


def ishigami(unit):
    x, y, z = np.pi * (2 * unit - 1)
    value = np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)
    return np.vstack([value, np.zeros_like(value) + 3.0])


def test_ishigami_and_what_does_not_vary():
    found = decomposed(ishigami, 3, 8192, 0)
    first, total = [0.3139, 0.4424, 0.0], [0.5576, 0.4424, 0.2437]
    np.testing.assert_allclose(found[0, :, 0], first, atol=0.02)
    np.testing.assert_allclose(found[0, :, 3], total, atol=0.02)
    assert ([*zip(first, total, strict=True)] >= found[0, :, [1, 4]].T).all()
    assert ([*zip(first, total, strict=True)] <= found[0, :, [2, 5]].T).all()
    assert (found[1] == 0).all()
    # Wider than nothing, narrower than a guess.
    width = found[0, :, 5] - found[0, :, 4]
    assert (width > 0.001).all() and (width < 0.1).all()


def test_the_estimates_are_those_of_scipy():
    rng = np.random.default_rng(5)
    theirs = sobol_indices(func=ishigami, n=256, dists=[uniform()] * 3, rng=rng)
    ours = decomposed(ishigami, 3, 256, 5)
    np.testing.assert_allclose(ours[..., 0], theirs.first_order, atol=1e-12)
    np.testing.assert_allclose(ours[..., 3], theirs.total_order, atol=1e-12)
    assert (decomposed(ishigami, 3, 256, 5) == ours).all()


def test_the_indices_of_an_index_are_those_of_salib():
    doubt = Doubt(outliers=("log",))
    places, rows, n = figures(), table(), 2048
    model = sensitivity._model(
        places, rows, None, doubt, ("arithmetic", "geometric"), False, False, 0
    )
    reference = build(places, rows).rank.to_numpy()
    names = list(model.levels)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    points = salib_sample.sample(problem, n, calc_second_order=False, seed=1)
    # SALib's points reach 1 itself.
    shift = np.abs(model.ranks(np.minimum(points, 1 - 1e-12).T) - reference[None])
    values = shift.mean(axis=1)
    theirs = salib_sobol.analyze(problem, values, calc_second_order=False, seed=1)
    ours = sobol(places, rows, doubt=doubt, n=n)
    ours = ours[ours["measure"] == SHIFT].set_index("factor").loc[names]
    np.testing.assert_allclose(ours["first"], theirs["S1"], atol=0.05)
    np.testing.assert_allclose(ours["total"], theirs["ST"], atol=0.05)
    width = (ours["total_high"] - ours["total_low"]).to_numpy() / 2
    np.testing.assert_allclose(width, theirs["ST_conf"], rtol=0.4, atol=0.005)


def test_every_factor_and_measure_has_a_row():
    found = sobol(figures(), table(), n=256, first=3)
    reference = build(figures(), table()).rank.sort_values()
    assert list(found["measure"].unique()) == [SHIFT, *reference.index[:3]]
    # z-scores do not go with the geometric mean, but the other factors stay.
    assert set(found["factor"]) == {"weights", "across", "normalise", "missing"}
    assert (found["first_low"] <= found["first"]).mean() > 0.9
    assert (found["total"] <= found["total_high"] + 1e-12).all()
    names = set(
        sobol(figures(), table(), n=64, by_group=True, leave_out=True)["factor"]
    )
    assert {"weights", "weights x", "weights y", "leave_out"} <= names


def test_what_has_no_effect_has_no_share_of_the_variance():
    # Nothing is missing, so that nothing depends on what stands for it.
    found = sobol(figures(missing=0), table(), n=512).set_index(["factor", "measure"])
    nothing = found.loc["missing"]
    assert (nothing.abs() < 1e-9).all(axis=None)
    assert found.loc[("normalise", SHIFT), "total"] > 0.05


def test_one_factor_alone_has_all_the_variance():
    found = sobol(figures(), table(), doubt=Doubt(0, missing=()), aggregate=(), n=1024)
    assert set(found["factor"]) == {"normalise"}
    shift = found.iloc[0]
    assert shift["first"] == pytest.approx(1, abs=0.1)
    assert shift["total"] == pytest.approx(1, abs=0.1)


def test_without_doubt_there_is_no_factor():
    assert sobol(figures(), table(), doubt=NO_DOUBT, aggregate=()).empty


def test_a_place_first_under_every_choice_has_no_variance():
    places = figures()
    places.loc["p3"] = places.max() * 2
    found = sobol(places, table(), n=128, first=1)
    sure = found[found["measure"] == "p3"]
    assert len(sure) and (sure.iloc[:, 2:] == 0).all(axis=None)


@pytest.mark.parametrize("missing", ["mean", "reweigh"])
@pytest.mark.parametrize("across", ["arithmetic", "geometric"])
def test_leaving_out_is_the_index_without_the_row(missing, across):
    places, rows = figures(), table(weight=[1, 2, 3, 1, 1, 2, 5, 3])
    method = Method(missing=missing, across=across)
    index = build(places, rows, method)
    found = leave_one_out(index)
    for name in NAMES:
        other = build(places, rows.drop(name), method)
        shift = (other.rank - index.rank).abs()
        assert found.loc[name, "mean"] == pytest.approx(shift.mean())
        assert found.loc[name, "largest"] == shift.max() == shift[found["place"][name]]
        left = (index.rank <= 10) & (other.rank > 10)
        assert found.loc[name, "first_10"] == left.sum()


def test_leaving_out_the_last_of_a_group_leaves_out_the_group():
    rows = table().drop("e")
    index = build(figures(), rows)
    other = build(figures(), rows.drop(["d", "y"]))
    shift = (other.rank - index.rank).abs().mean()
    assert leave_one_out(index).loc["d", "mean"] == pytest.approx(shift)
    layout, own = Layout.of(index.tree), index.shares.to_numpy()
    shares = left_out(layout, np.column_stack([own, own]), np.array([3, -1]))
    nominal = pd.DataFrame(layout.nominal(shares), index.tree.leaves)
    leaves = other.tree.leaves
    np.testing.assert_allclose(nominal.loc[leaves, 0], other.nominal[leaves])
    np.testing.assert_allclose(nominal[1], index.nominal[index.tree.leaves])
    assert nominal.loc["d", 0] == 0


def test_leaving_out_what_weighs_nothing_moves_nothing():
    index = build(figures(), table(weight=[1, 0, 1, 1, 1, 1, 1, 1]))
    found = leave_one_out(index)
    assert (found.loc["b"].drop("place") == 0).all()
    assert pd.isna(found.loc["b", "place"])
    assert (found.drop("b")["mean"] > 0).all()


def test_there_is_no_index_without_its_only_indicator():
    index = build(figures(), pd.DataFrame({"weight": [1.0, 0.0]}, ["a", "b"]))
    found = leave_one_out(index)
    assert found.loc["a"].isna().all() and found.loc["b", "mean"] == 0


def test_doubles_are_found():
    places = figures()
    places["b"] = 3 * places["a"] + 1
    places["f"] = places["a"] ** 3
    places["c"] = 7.0
    found = overlaps(build(places, table()))
    pairs = {(row.one, row.other): row for row in found.itertuples()}
    assert set(pairs) == {("a", "b"), ("a", "f"), ("b", "f")}
    assert pairs["a", "b"].same and not pairs["a", "f"].same
    # Two of three in one of three groups; one in a group next to a row of its own.
    assert pairs["a", "b"].share == pytest.approx(2 / 9)
    assert pairs["a", "f"].share == pytest.approx(1 / 9 + 1 / 3)
    assert pairs["a", "b"].places == places["a"].notna().sum()
    assert found["share"].is_monotonic_decreasing
    ranked = build(places, table(), Method(normalise="rank"))
    assert overlaps(ranked)["same"].all()


def test_opposite_indicators_overlap_and_those_without_weight_do_not():
    places = figures(missing=0)
    places["b"] = -places["a"]
    found = overlaps(build(places, table()))
    assert found["correlation"].tolist() == pytest.approx([-1.0])
    assert not found["same"].any()
    assert overlaps(build(places, table(weight=[0, 1, 1, 1, 1, 1, 1, 1]))).empty


def test_gaps_that_differ_are_not_the_same_indicator():
    places = figures(missing=0)
    places["b"] = places["a"].mask(places["a"] == places["a"].median())
    found = overlaps(build(places, table()))
    assert len(found) == 1 and not found["same"].any()


def test_the_effective_number_of_indicators():
    names = pd.DataFrame(index=[*"abcd"])
    base = np.array([[1, 1, 1, 1, -1, -1, -1, -1], [1, 1, -1, -1, 1, 1, -1, -1.0]])
    third = np.array([1, -1] * 4)
    places = pd.DataFrame({"a": base[0], "b": base[1], "c": third, "d": 5.0})
    assert effective_number(build(places, names)) == pytest.approx(3)
    places = places.assign(b=base[0] * 2, c=-base[0])
    assert effective_number(build(places, names)) == pytest.approx(1)
    index = build(figures(60), table())
    values = np.linalg.eigvalsh(index.normal.corr())
    assert effective_number(index) == pytest.approx(
        values.sum() ** 2 / (values @ values)
    )
    assert effective_number(build(places.assign(a=1.0, b=1.0, c=1.0), names)) == 0


@settings(deadline=None, max_examples=12)
@given(
    st.integers(0, 2**16),
    st.sampled_from(["given", "equal"]),
    st.sampled_from(["arithmetic", "geometric"]),
)
def test_methods_that_keep_the_order_have_no_reversals(seed, weights, across):
    method = Method("log", "goalposts", "reweigh", weights, across=across)
    places = figures(12, 0.3, seed)
    assert build(places, table(), method).keeps_order
    assert (reversals(places, table(), method) == 0).all(axis=None)


@pytest.mark.parametrize(
    "method", [Method(), Method(normalise="z_score", weights="pca")]
)
def test_reversals_are_those_of_the_index_without_the_place(method):
    places = figures(14)
    found = reversals(places, table(), method)
    assert found["pairs"].sum() > 0
    whole = build(places, table(), method).score
    for place in places.index:
        rest = build(places.drop(place), table(), method)
        before = whole.drop(place).rank(ascending=False)
        after = rest.score.rank(ascending=False)
        opposite = np.subtract.outer(before.to_numpy(), before.to_numpy()) * (
            np.subtract.outer(after.to_numpy(), after.to_numpy())
        )
        assert found.loc[place, "pairs"] == (opposite < 0).sum() / 2
        assert found.loc[place, "moved"] == (before != after).sum()
        assert found.loc[place, "largest"] == (before - after).abs().max()


def test_a_known_reversal():
    # b is 60 of 100 above c only as long as d sets the end of the first scale.
    places = pd.DataFrame({"a": [0, 4, 0, 10.0], "b": [0, 0, 5, 0.0]}, [*"abcd"])
    rows = pd.DataFrame({"weight": [1.0, 0.8]}, ["a", "b"])
    found = reversals(places, rows)
    assert found.loc["d", "pairs"] == 1 and found.loc["d", "moved"] == 2
    assert found.loc["a", "pairs"] == 0


def test_progress_is_told_of_every_place():
    told = []

    def progress(steps, label, total):
        told.append((label, total))
        return steps

    reversals(figures(4), table(), progress=progress)
    assert told == [("reversals", 4)]
