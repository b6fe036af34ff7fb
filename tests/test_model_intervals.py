import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from model.intervals import APART, Drawn, quantiles, ranks_of


@st.composite
def drawn(draw):
    """Resampled ranks of some places, and the ranks shown."""
    places = draw(st.integers(1, 12))
    count = draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    # Some worlds are all noise, in some the order is clear.
    centre = draw(st.sampled_from([0.0, 1.0, 20.0])) * np.arange(places)
    values = centre + rng.standard_normal((count, places))
    codes = pd.Index([f"{code:06d}" for code in range(places)])
    shown = ranks_of(centre[None] + rng.standard_normal(places))[0].astype(int)
    return Drawn(codes, ranks_of(values)), shown


@given(drawn())
def test_a_range_holds_the_median_and_the_rank_shown(case):
    ranks, shown = case
    low, high = ranks.ranges(shown)
    median = np.median(ranks.ranks, axis=0)
    assert (low <= median).all() and (median <= high).all()
    assert (low <= shown).all() and (shown <= high).all()
    assert (low >= 1).all() and (high <= len(shown)).all()


@given(drawn())
def test_a_range_holds_nine_tenths_of_the_draws(case):
    ranks, _ = case
    low, high = quantiles(ranks.ranks)
    within = np.mean((low <= ranks.ranks) & (ranks.ranks <= high), axis=0)
    assert (within >= 0.9 - 1e-9).all()


@given(drawn(), st.randoms(use_true_random=False))
def test_the_order_of_the_places_does_not_matter(case, random):
    ranks, shown = case
    order = list(range(len(shown)))
    random.shuffle(order)
    other = Drawn(ranks.places[order], ranks.ranks[:, order])
    for mine, same in zip(ranks.ranges(shown), other.ranges(shown[order]), strict=True):
        np.testing.assert_array_equal(mine[order], same)
    np.testing.assert_array_equal(ranks.chance_top()[order], other.chance_top())
    mine = ranks.tie_groups(shown)
    assert [mine[position] for position in order] == other.tie_groups(shown[order])


@given(drawn(), st.data())
def test_some_places_have_ranks_among_themselves(case, data):
    ranks, _ = case
    codes = list(ranks.places)
    chosen = data.draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
    fewer = ranks.among(pd.Index(chosen))
    for row in fewer.ranks:
        assert sorted(row) == list(range(1, len(chosen) + 1))
    for place in chosen:
        for other in chosen:
            assert fewer.chance_above(place, other) == ranks.chance_above(place, other)


@given(drawn())
def test_chances_of_both_orders_sum_to_one(case):
    ranks, _ = case
    first, last = ranks.places[0], ranks.places[-1]
    total = ranks.chance_above(first, last) + ranks.chance_above(last, first)
    assert total == (0 if first == last else 1)
    assert np.isclose(ranks.chance_top(3).sum(), min(3, len(ranks.places)))


@given(drawn())
def test_tie_groups_are_runs_that_their_first_is_not_surely_above(case):
    ranks, shown = case
    groups = dict(zip(shown, ranks.tie_groups(shown), strict=True))
    codes = ranks.places[np.argsort(shown)]
    start = 1
    while start <= len(shown):
        name = groups[start]
        end = start if name is None else int(name.split("-")[1])
        assert name is None or (end > start and name == f"{start}-{end}")
        assert {groups[rank] for rank in range(start, end + 1)} == {name}
        first = codes[start - 1]
        for rank in range(start + 1, end + 1):
            assert ranks.chance_above(first, codes[rank - 1]) < APART
        if end < len(shown):
            assert ranks.chance_above(first, codes[end]) >= APART
        start = end + 1


def test_long_tie_groups_go_on_beyond_a_block():
    rng = np.random.default_rng(0)
    ranks = Drawn(pd.Index(range(200)), ranks_of(rng.standard_normal((400, 200))))
    assert set(ranks.tie_groups(np.arange(1, 201))) == {"1-200"}


def test_equal_scores_rank_in_column_order():
    np.testing.assert_array_equal(ranks_of(np.zeros((1, 3))), [[1, 2, 3]])
