import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from features.relatedness import density, proximity, specialised

# Two segments that share a place, one that stands alone.
COUNTS = np.array([[4.0, 0, 0], [4, 0, 0], [0, 2, 6]])


def test_specialised_is_more_than_the_country_has():
    assert specialised(COUNTS).tolist() == [
        [True, False, False],
        [True, False, False],
        [False, True, True],
    ]


def test_proximity_by_hand():
    assert proximity(COUNTS).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_proximity_takes_the_smaller_conditional_probability():
    counts = np.array([[2.0, 2, 0, 0], [3, 0, 0, 0], [0, 0, 5, 5]])
    x = specialised(counts)
    assert x.sum(axis=1).tolist() == [2, 1, 2]
    assert proximity(counts)[0, 1] == pytest.approx(0.5)


def test_density_weighs_activity_by_proximity():
    expected = np.log1p(4)
    assert density(COUNTS)[0, 0] == pytest.approx(expected)
    assert density(COUNTS, leave_own=True)[0, 0] == pytest.approx(expected)
    assert density(COUNTS, leave_own=True)[2].tolist() == [0, 0, 0]


grids = arrays(np.float64, (4, 6), elements=st.integers(0, 50).map(float))


@given(grids)
def test_proximity_is_symmetric_and_between_0_and_1(counts):
    phi = proximity(counts)
    assert np.allclose(phi, phi.T)
    assert ((phi >= 0) & (phi <= 1)).all()


@given(grids)
def test_density_never_leaves_the_range_of_activity(counts):
    found = density(counts)
    assert np.isfinite(found).all()
    assert (found <= np.log1p(counts).max() + 1e-9).all()
