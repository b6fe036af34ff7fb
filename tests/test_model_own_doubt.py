"""How firm a ranking by a lens is: errors of figures, and ranks drawn anew."""

import numpy as np
import pandas as pd
import pytest

from data.schema import LEVELS
from model import own_doubt, own_index
from model.composite import Method
from model.own_doubt import BY_QUALITY, SAMPLE, SAMPLED, SECOND_HAND, errors, relative
from model.own_lens import OwnLens

LENS = OwnLens(pillars={"talent": 2}, within="yangtze_delta")


@pytest.fixture(scope="module")
def ours(model):
    return own_index.rank(model, LENS)


@pytest.fixture(scope="module")
def drawn(model, ours):
    return own_doubt.draws(model, ours)


@pytest.fixture(scope="module")
def off(model):
    return relative(model, "city")


def rows(model, level="city"):
    """The figures of a level, with whether each is second-hand."""
    held = model.tables[level].figures[level]
    second = held["source_id"].map(model.known.sources["second_hand"]).astype(bool)
    return held.assign(second=second.to_numpy())


def test_an_exact_figure_is_off_by_one_percent_and_a_second_hand_one_by_two(model, off):
    held = rows(model)
    held = held[held["unit"] != SAMPLED]
    seen = set()
    for (place, name), row in held.iterrows():
        if name not in off or place not in off.index:
            continue
        usual = BY_QUALITY[row["quality"] or "exact"]
        expected = usual * (SECOND_HAND if row["second"] else 1)
        assert off.at[place, name] == pytest.approx(expected)
        seen.add((row["quality"] or "exact", bool(row["second"])))
    assert BY_QUALITY["exact"] == 0.01
    assert {("exact", False), ("exact", True)} <= seen


def test_a_sampled_count_is_off_the_more_the_fewer_were_counted(model, off):
    held = rows(model)
    held = held[(held["unit"] == SAMPLED) & ~held["second"]]
    name = "employed"
    counted = held.xs(name, level="indicator")["value"].clip(lower=1)
    expected = np.sqrt(BY_QUALITY["exact"] ** 2 + (1 - SAMPLE) / counted)
    np.testing.assert_allclose(off.loc[counted.index, name], expected)
    order = counted.sort_values().index
    assert off.loc[order, name].is_monotonic_decreasing
    assert off[name].min() > BY_QUALITY["exact"]


@pytest.mark.parametrize("level", LEVELS)
def test_there_is_an_error_where_there_is_a_figure(model, level):
    values, found = own_index.figures(model, level), relative(model, level)
    assert list(found) == list(values) and list(found.index) == list(values.index)
    assert found.notna().to_numpy().sum() > 1000
    # Where a list is complete those not on it are 0: no figure stands in it.
    assert values[found.notna()].notna().sum().sum() == found.notna().sum().sum()
    unsaid = (found.isna() & values.notna()).to_numpy()
    assert (values.to_numpy()[unsaid] == 0).all()
    if level == "district":
        city = relative(model, "city")["wage"]
        parents = model.facts.places.loc["district", "parent"].reindex(found.index)
        np.testing.assert_array_equal(found["city:wage"], city.reindex(parents))


def test_the_error_of_a_column_as_printed_by_hand(model):
    index = own_index.rank(model, OwnLens()).index
    found = errors(model, index, "city")
    values = own_index.figures(model, "city")["wage"]
    off = relative(model, "city")["wage"]
    expected = values * off / (values.max() - values.min())
    np.testing.assert_allclose(found["wage"], expected.fillna(0))
    assert (found.loc[values.isna(), "wage"] == 0).all() and values.isna().any()
    assert list(found) == list(index.tree.leaves) and found.notna().all().all()
    assert (found >= 0).all().all() and found.max().max() < 1


def test_the_error_per_head_and_of_a_logged_total_by_hand(model):
    index = own_index.rank(model, OwnLens()).index
    values, off = own_index.figures(model, "city"), relative(model, "city")
    assert index.tree.table.at["gdp", "per_head"] == "resident_population"
    head = values["gdp"] / values["resident_population"]
    expected = head * off["gdp"] / (head.max() - head.min())
    found = errors(model, index, "city")["gdp"]
    np.testing.assert_allclose(found, expected.fillna(0), atol=1e-12)
    total = own_index.rank(model, OwnLens(totals=("gdp",))).index
    logged = np.log1p(values["gdp"])
    moved = np.log1p(values["gdp"] * (1 + off["gdp"])) - logged
    expected = moved / (logged.max() - logged.min())
    found = errors(model, total, "city")["gdp"]
    np.testing.assert_allclose(found, expected.fillna(0), atol=1e-12)


def test_errors_are_on_the_scale_of_the_method(model):
    plain = own_index.rank(model, OwnLens()).index
    scored = own_index.rank(model, OwnLens(method=Method(normalise="z_score"))).index
    one, other = (errors(model, index, "city") for index in (plain, scored))
    wide = scored.normal.max() - scored.normal.min()
    pd.testing.assert_frame_equal(other, one * wide[one.columns])


def test_a_base_of_others_moves_its_own_column_only(model, monkeypatch):
    index = own_index.rank(model, OwnLens()).index
    real = relative(model, "city")
    before = errors(model, index, "city")
    base = "resident_population"
    assert base in index.tree.leaves
    shared = index.tree.table.index[index.tree.table["per_head"] == base]
    assert len(shared) > 3
    monkeypatch.setattr(
        own_doubt, "relative", lambda *_: real.assign(**{base: 10 * real[base]})
    )
    after = errors(model, index, "city")
    others = [name for name in before if name != base]
    pd.testing.assert_frame_equal(before[others], after[others], check_exact=True)
    assert (after[base] > before[base])[before[base] > 0].all()


def test_an_ideal_and_a_constant_have_errors_too(model):
    lens = OwnLens(ideals={"wage": 100000})
    found = errors(model, own_index.rank(model, lens).index, "city")["wage"]
    values = own_index.figures(model, "city")["wage"]
    far, off = (values - 100000).abs(), relative(model, "city")["wage"]
    moved = ((values * (1 + off) - 100000).abs() - far).abs()
    expected = moved / (far.max() - far.min())
    np.testing.assert_allclose(found, expected.fillna(0), atol=1e-12)


def test_draws_rank_the_places_that_pass_and_no_other(ours, drawn):
    assert list(drawn.places) == list(ours.table["place"])
    count = len(ours.table)
    assert 5 < count < 60
    expected = np.arange(1, count + 1)
    assert (np.sort(drawn.ranks, axis=1) == expected).all()
    assert drawn.median.corr(ours.table.set_index("place")["rank"]) > 0.9


def test_two_draws_are_the_same(model, ours, drawn):
    again = own_doubt.draws(model, ours)
    np.testing.assert_array_equal(again.ranks, drawn.ranks)
    np.testing.assert_array_equal(again.weights, drawn.weights)
    other = own_doubt.draws(model, ours, any_weights=True)
    assert other.methods == [LENS.method] and len(drawn.methods) > 4
    assert (other.ranks != drawn.ranks).any()


def test_some_places_have_the_order_they_had(drawn):
    chosen = drawn.places[[7, 2, 11]]
    some = drawn.among(chosen)
    assert list(some.places) == list(chosen)
    assert (np.sort(some.ranks, axis=1) == [1, 2, 3]).all()
    before = drawn.ranks[:, [7, 2, 11]]
    np.testing.assert_array_equal(some.ranks.argsort(axis=1), before.argsort(axis=1))
    np.testing.assert_array_equal(some.weights, drawn.weights)


def test_chances_are_the_shares_of_the_draws(drawn):
    whole = drawn.acceptability
    found = drawn.chances(drawn.places[[4, 1]], 6)
    assert list(found) == [1, 2, 3, 4, 5, 6]
    pd.testing.assert_frame_equal(found, whole.loc[found.index, :6], check_names=False)
    every = drawn.chances(drawn.places, 10_000)
    np.testing.assert_allclose(every.sum(axis=1), 1)
    np.testing.assert_allclose(every.sum(axis=0), 1)


def test_an_index_of_some_places_keeps_their_scores(ours):
    places = ours.table["place"].iloc[[3, 0, 8]]
    some = ours.index.among(places)
    assert list(some.score.index) == list(places)
    for name in ("normal", "filled", "nodes"):
        whole = getattr(ours.index, name).loc[list(places)]
        pd.testing.assert_frame_equal(getattr(some, name), whole, check_exact=True)
    assert list(some.rank) == [2, 1, 3]
    assert some.shares is ours.index.shares and some.tree is ours.index.tree


def test_reversals_tell_of_every_place(model, monkeypatch):
    # The places are few here: one index is computed for each that is left out.
    values = own_index.figures(model, "city").iloc[:12]
    monkeypatch.setattr(own_index, "figures", lambda *_: values)
    monkeypatch.setattr(own_doubt, "figures", lambda *_: values)
    found = own_doubt.reversals(model, own_index.rank(model, OwnLens()))
    assert list(found.index) == list(values.index)
    assert (found["moved"] >= 0).all() and "moved" in found


def test_drivers_are_of_the_mean_shift(model, ours):
    found = own_doubt.drivers(model, ours)
    assert {"weights", "normalise", "missing"} <= set(found["factor"])
    assert (found["first"] <= found["total"] + 0.1).all()
    assert found["total"].between(-0.05, 1.3).all()
