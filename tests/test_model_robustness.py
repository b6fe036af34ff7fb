from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import batch, robustness
from model.batch import Layout, Steps
from model.composite import AGGREGATIONS, WEIGHTS, Method, Tree, build, ranks
from model.robustness import NO_DOUBT, Doubt, confidence, draw, prepare, simulate
from model.scaling import MISSING, NORMALISATIONS, CompositeError

ONLY_WEIGHTS = Doubt(normalise=(), missing=())
ANY_WEIGHTS = replace(ONLY_WEIGHTS, any_weights=True)
NAMES = [*"abcdefgh"]


def nested_table():
    """Three groups, one within another, indicators next to groups, a weight of 0."""
    parents = {"a": "x", "b": "x", "c": "x", "d": "y", "e": "y", "f": "z", "g": "z"}
    parents |= {"h": "index", "x": "index", "y": "index", "z": "y"}
    table = pd.DataFrame({"parent": parents})
    table["weight"] = [1, 2, 0, 1, 1, 3, 1, 1, 4, 2, 1]
    table["direction"] = [1.0, -1.0] + [1.0] * 9
    return table.assign(low=0.0, high=3.0)


def flat_table(weights):
    names = NAMES[: len(weights)]
    return pd.DataFrame({"weight": weights}, index=names)


def gapped(places=40, seed=1, missing=0.25):
    rng = np.random.default_rng(seed)
    values = rng.lognormal(size=(places, len(NAMES)))
    values[rng.random(values.shape) < missing] = np.nan
    index = [f"place {number}" for number in range(places)]
    figures = pd.DataFrame(values, index, NAMES)
    if missing:
        figures.iloc[3] = np.nan
        figures.iloc[5, :3] = np.nan
    return figures


def admissible(**choices):
    try:
        return Method(**choices)
    except CompositeError:
        return None


METHODS = [
    method
    for normalise, missing, within, across in product(
        NORMALISATIONS, MISSING, AGGREGATIONS, AGGREGATIONS
    )
    if (
        method := admissible(
            normalise=normalise, missing=missing, within=within, across=across
        )
    )
]


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_a_draw_is_the_index_with_its_weights(method):
    figures, table = gapped(), nested_table()
    tree = Tree(table)
    layout, variant = Layout.of(tree), Steps(figures, tree).variant(method)
    base = np.repeat(variant.shares[:, None], 3, axis=1)
    shares = robustness.weights(np.random.default_rng(0), layout, base, Doubt())
    shares[:, 0] = base[:, 0]
    found = batch.scores(layout, variant, shares)
    for number in range(3):
        index = build(figures, table.assign(weight=shares[:, number]), method)
        np.testing.assert_allclose(found[number], index.score, rtol=0, atol=1e-9)
        weights = index.nominal[tree.leaves]
        np.testing.assert_allclose(layout.nominal(shares)[:, number], weights)


@pytest.mark.parametrize("weight_of_x", [4.0, 0.0])
@pytest.mark.parametrize("within", AGGREGATIONS)
def test_a_figure_of_zero_brings_a_geometric_mean_to_zero(within, weight_of_x):
    # Relative to the best nothing is lifted: all of place 7's group x is 0.
    figures = gapped().round().assign(b=lambda rows: 1 / (1 + rows["b"]))
    figures.iloc[7] = [0.0, np.nan, 0.0, *[1.0] * 5]
    table = nested_table()
    table.loc["x", "weight"] = weight_of_x
    method = Method("none", "best", "reweigh", within=within, across="geometric")
    index = build(figures, table, method)
    assert (index.score == 0).any() and (index.score > 0).any()
    assert (index.score.iloc[7] == 0) == (weight_of_x > 0)
    layout, variant = Layout.of(index.tree), Steps(figures, index.tree).variant(method)
    shares = np.repeat(variant.shares[:, None], 2, axis=1)
    found = batch.scores(layout, variant, shares)
    np.testing.assert_allclose(found[1], index.score, atol=1e-12)


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("weights", WEIGHTS)
def test_no_doubt_gives_the_ranks_of_the_index(weights, missing):
    figures, table = gapped(), nested_table()
    method = Method(weights=weights, missing=missing)
    drawn = simulate(figures, table, method, 7, doubt=NO_DOUBT)
    assert drawn.methods == [method]
    index = build(figures, table, method)
    assert (drawn.ranks == index.rank.to_numpy()).all()
    np.testing.assert_allclose(drawn.weights[0], index.nominal[NAMES], rtol=1e-6)


@given(
    st.lists(
        st.lists(st.sampled_from([0.0, 0.1, 0.3, 1e-3, -2.0, np.nan]), min_size=5),
        min_size=1,
        max_size=4,
    )
)
def test_ranks_are_those_of_composite_with_ties_and_gaps(rows):
    width = min(map(len, rows))
    values = np.array([row[:width] for row in rows])
    expected = [ranks(pd.Series(row)) for row in values]
    np.testing.assert_array_equal(batch.ranked(values), expected)


def test_ranks_of_many_rows_and_places():
    values = np.random.default_rng(0).random((3 * batch.BLOCK + 5, 701))
    values[4:9, :600] = 0.5
    expected = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1) + 1
    np.testing.assert_array_equal(batch.ranked(values), expected)


def test_the_same_seed_gives_the_same_draws():
    figures, table = gapped(), nested_table()
    errors = pd.DataFrame(0.1, figures.index, ["a", "b"])
    one, other, third = (
        simulate(figures, table, draws=64, seed=seed, doubt=Doubt(errors=errors))
        for seed in (3, 3, 4)
    )
    assert (one.ranks == other.ranks).all() and (one.weights == other.weights).all()
    assert (one.used == other.used).all()
    assert (one.ranks != third.ranks).any()


def test_chances_of_places_and_ranks_sum_to_one():
    drawn = simulate(gapped(), nested_table(), draws=500)
    np.testing.assert_allclose(drawn.acceptability.sum(axis=0), 1)
    np.testing.assert_allclose(drawn.acceptability.sum(axis=1), 1)
    assert drawn.acceptability.loc["place 7", 3] == np.mean(drawn.ranks[:, 7] == 3)
    first = drawn.acceptability.loc[:, :5].sum(axis=1)
    np.testing.assert_allclose(drawn.chance_first(5), first)
    inside = drawn.range()
    assert (inside["low"] <= drawn.median).all()
    assert (drawn.median <= inside["high"]).all()
    held = (drawn.ranks >= inside["low"].to_numpy()) & (
        drawn.ranks <= inside["high"].to_numpy()
    )
    assert (held.mean(axis=0) >= 0.9).all()


def test_central_weights_are_those_of_the_draws_that_a_place_wins():
    drawn = simulate(gapped(), nested_table(), draws=500, doubt=ANY_WEIGHTS)
    ever = (drawn.ranks == 1).any(axis=0)
    assert 1 < ever.sum() < len(ever)
    assert (drawn.central.notna().all(axis=1) == ever).all()
    np.testing.assert_allclose(drawn.central[ever].sum(axis=1), 1, rtol=1e-5)
    place = int(np.flatnonzero(ever)[0])
    mean = drawn.weights[drawn.ranks[:, place] == 1].mean(axis=0)
    np.testing.assert_allclose(drawn.central.iloc[place], mean, rtol=1e-5)


def test_with_only_weights_in_doubt_central_weights_put_a_place_first():
    # The weights that put a place first are convex: their mean does so too.
    prepared = prepare(gapped(missing=0), flat_table([1.0] * 8), doubt=ANY_WEIGHTS)
    drawn = draw(prepared, 400)
    found = confidence(prepared, drawn, 5)
    assert (found.dropna() == 1).all() and found.notna().sum() > 3
    assert (found.notna() == (drawn.ranks == 1).any(axis=0)).all()


def test_every_admissible_method_is_drawn_as_often():
    figures = gapped()
    drawn = simulate(figures, nested_table(), draws=330)
    assert len(drawn.methods) == 16
    assert set(np.bincount(drawn.used)) == {20, 21}
    # Figures below 0 have no share of the best; geometric means take no z-scores.
    drawn = simulate(
        figures - 1.0, nested_table(), Method(across="geometric"), draws=20
    )
    assert {method.normalise for method in drawn.methods} == {"min_max", "rank"}
    method = drawn.methods[drawn.used[-1]]
    again = prepare(figures - 1.0, nested_table(), method, ONLY_WEIGHTS)
    tree = Tree(nested_table())
    shares = again.layout.shares(drawn.weights[-1])[:, None]
    score = batch.scores(Layout.of(tree), again.variants[0], shares)
    assert (batch.ranked(score)[0] == drawn.ranks[-1]).all()


@pytest.mark.parametrize("spread", [0.1, 0.25, 0.6, robustness.MOST_SPREAD])
def test_weights_spread_as_told_around_the_given_ones(spread):
    tree = Tree(nested_table())
    layout, own = Layout.of(tree), tree.given().to_numpy()
    base = np.repeat(own[:, None], 20000, axis=1)
    doubt = replace(ONLY_WEIGHTS, spread=spread)
    shares = robustness.weights(np.random.default_rng(0), layout, base, doubt)
    np.testing.assert_allclose(shares.mean(axis=1), own, atol=0.01)
    np.testing.assert_allclose(layout.nominal(shares).sum(axis=0), 1)
    for _, rows in layout.groups:
        live = rows[own[rows] > 0]
        relative = shares[live] / own[live, None] - 1
        square = np.average((relative**2).mean(axis=1), weights=own[live])
        assert np.sqrt(square) == pytest.approx(spread, rel=0.03)


def test_any_weights_are_uniform_on_the_simplex_and_zero_stays_zero():
    tree = Tree(flat_table([1.0, 5.0, 2.0, 0.0]))
    base = np.repeat(tree.given().to_numpy()[:, None], 40000, axis=1)
    shares = robustness.weights(
        np.random.default_rng(0), Layout.of(tree), base, ANY_WEIGHTS
    )
    assert (shares[3] == 0).all()
    # The share of one of three has the density 2 (1 - x).
    for quantile in (0.1, 0.5, 0.9):
        point = 1 - np.sqrt(1 - quantile)
        assert np.mean(shares[:3] <= point, axis=1) == pytest.approx(quantile, abs=0.01)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_dominated_place_is_never_above_its_dominator(data):
    count = data.draw(st.integers(1, 6))
    seed = data.draw(st.integers(0, 2**16))
    normalise = data.draw(st.sampled_from(["min_max", "z_score", "rank", "best"]))
    rng = np.random.default_rng(seed)
    values = rng.integers(2, 9, (12, count)).astype(float)
    worse, better = rng.permutation(12)[:2]
    values[worse] = values[better] - rng.integers(1, 3, count)
    figures = pd.DataFrame(values, columns=NAMES[:count])
    doubt = data.draw(st.sampled_from([ONLY_WEIGHTS, ANY_WEIGHTS]))
    mean = (
        "arithmetic"
        if normalise == "z_score"
        else data.draw(st.sampled_from(AGGREGATIONS))
    )
    # Of two that a geometric mean puts at 0, none is above; the order of places counts.
    if normalise == "best":
        mean = "arithmetic"
    drawn = simulate(
        figures,
        flat_table(rng.integers(1, 4, count)),
        Method(normalise=normalise, within=mean),
        40,
        doubt=doubt,
    )
    assert (drawn.ranks[:, worse] > drawn.ranks[:, better]).all()


@pytest.mark.parametrize("missing", ["mean", "reweigh"])
def test_errors_spread_scores_as_errors_in_every_figure_do(missing):
    figures, table = gapped(12), nested_table()
    rng = np.random.default_rng(0)
    errors = pd.DataFrame(rng.random(figures.shape) / 5, figures.index, NAMES)
    doubt = Doubt(0, normalise=(), missing=(), errors=errors)
    prepared = prepare(figures, table, Method(missing=missing), doubt)
    layout, variant = prepared.layout, prepared.variants[0]
    many = 40000
    shares = np.repeat(variant.shares[:, None], many, axis=1)
    found = batch.scores(layout, variant, shares, rng)
    # Every figure of every place, drawn one by one.
    drawn = rng.standard_normal((many, *figures.shape)) * errors.to_numpy()
    stacked = (variant.filled + drawn).reshape(-1, len(NAMES))
    other = replace(variant, filled=stacked, errors=None)
    brute = batch.scores(layout, other, shares[:, :1]).reshape(many, -1)
    known = figures.notna().any(axis=1).to_numpy() | (missing == "mean")
    assert np.isnan(found[:, ~known]).all()
    deviation, expected = (x[:, known].std(axis=0) for x in (found, brute))
    np.testing.assert_allclose(deviation, expected, rtol=0.03)
    centre, mean = (x[:, known].mean(axis=0) for x in (found, brute))
    np.testing.assert_allclose(centre, mean, atol=0.003)
    assert np.abs(np.corrcoef(found[:, known].T) - np.eye(known.sum())).max() < 0.03


def test_errors_keep_their_size_on_another_scale():
    figures, table = gapped(missing=0), flat_table([1.0] * 8)
    errors = pd.DataFrame(0.1, figures.index, NAMES)
    doubt = Doubt(normalise=("z_score",), missing=(), errors=errors)
    first, second = prepare(figures, table, doubt=doubt).variants
    assert second.method.normalise == "z_score"
    width = figures.std(ddof=0) / (figures.max() - figures.min())
    np.testing.assert_allclose(second.errors[0], 0.1 / width)
    np.testing.assert_allclose(first.errors, 0.1)


def test_errors_under_a_geometric_mean_are_drawn_figure_by_figure():
    figures, table = gapped(8), nested_table()
    method = Method(across="geometric", missing="reweigh")
    nothing = pd.DataFrame(0.0, figures.index, NAMES)
    doubt = replace(ONLY_WEIGHTS, errors=nothing)
    plain = simulate(figures, table, method, 20, doubt=ONLY_WEIGHTS)
    assert (
        simulate(figures, table, method, 20, doubt=doubt).ranks == plain.ranks
    ).all()
    doubt = replace(ONLY_WEIGHTS, errors=nothing + 0.2)
    noisy = simulate(figures, table, method, 20, doubt=doubt)
    assert (noisy.ranks != plain.ranks).any()
    assert (np.sort(noisy.ranks, axis=1) == np.arange(1, 9)).all()


def test_constant_and_empty_indicators_are_no_trouble():
    figures = gapped().assign(a=1.0, d=np.nan)
    errors = pd.DataFrame(0.1, figures.index, NAMES)
    drawn = simulate(figures, nested_table(), draws=40, doubt=Doubt(errors=errors))
    assert (np.sort(drawn.ranks, axis=1) == np.arange(1, 41)).all()


def test_progress_is_told_of_every_method():
    told = []

    def progress(steps, label, total):
        told.append((label, total))
        return steps

    simulate(gapped(), nested_table(), draws=16, progress=progress)
    assert told == [("draws", 16)]


@pytest.mark.parametrize("change", [{"spread": 0.95}, {"normalise": ("minmax",)}])
def test_a_doubt_that_cannot_be_is_refused(change):
    with pytest.raises(CompositeError):
        Doubt(**change)


@pytest.mark.parametrize("errors", [{"a": [-1.0]}, {"population": [1.0]}])
def test_errors_that_cannot_be_are_refused(errors):
    with pytest.raises(CompositeError):
        simulate(gapped(), nested_table(), doubt=Doubt(errors=pd.DataFrame(errors)))


def test_a_method_that_the_figures_do_not_admit_is_refused():
    with pytest.raises(CompositeError, match="needs_positive"):
        simulate(gapped() - 1.0, nested_table(), Method(normalise="best"))
