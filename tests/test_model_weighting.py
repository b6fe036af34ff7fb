"""Weights that the figures suggest, by hand and against scikit-criteria."""

import numpy as np
import pytest
import skcriteria
from hypothesis import given, settings
from hypothesis import strategies as st
from skcriteria.preprocessing import weighters
from skcriteria.preprocessing.invert_objectives import NegateMinimize
from skcriteria.preprocessing.scalers import MinMaxScaler

from model import weighting

THEIRS = {
    "equal": weighters.EqualWeighter(),
    "entropy": weighters.EntropyWeighter(),
    "critic": weighters.CRITIC(),
}
SIZES = [(297, 30, 0), (12, 4, 1), (5, 2, 2), (3, 7, 3)]
DERIVED = ["entropy", "critic", "pca"]


def min_max(matrix: np.ndarray) -> np.ndarray:
    return (matrix - matrix.min(axis=0)) / np.ptp(matrix, axis=0)


@pytest.mark.parametrize("scheme", THEIRS)
@pytest.mark.parametrize(("places", "columns", "seed"), SIZES)
def test_weights_equal_those_of_scikit_criteria(
    scheme: str, places: int, columns: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.lognormal(size=(places, columns))
    sign = rng.choice([1, -1], columns)
    theirs = skcriteria.mkdm(matrix, sign)
    for step in (NegateMinimize(), MinMaxScaler("matrix"), THEIRS[scheme]):
        theirs = step.transform(theirs)
    found = weighting.shares(min_max(matrix * sign), scheme)
    assert found == pytest.approx(theirs.weights.to_numpy(), abs=1e-9)


def test_entropy_weights_by_hand() -> None:
    # Entropy 1 of an even column, 1/2 of one that two of four places share.
    scaled = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0], [1.01, 0, 0]])
    found = weighting.shares(scaled, "entropy")
    assert found == pytest.approx([0, 1 / 3, 2 / 3], abs=1e-4)


def test_critic_weights_by_hand() -> None:
    # The first two agree, the third is against both: conflicts 2, 2 and 4.
    scaled = np.array([[0, 0, 1], [1, 1, 0.0]])
    assert weighting.shares(scaled, "critic") == pytest.approx([1 / 4, 1 / 4, 1 / 2])


@pytest.mark.parametrize(("places", "columns", "seed"), SIZES)
def test_pca_weights_are_the_first_eigenvector_of_the_correlations(
    places: int, columns: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(places, columns)) + rng.normal(size=(places, 1))
    correlation = np.corrcoef(matrix, rowvar=False)
    first = np.linalg.eigh(correlation).eigenvectors[:, -1]
    found = weighting.shares(matrix, "pca")
    assert found == pytest.approx(first**2, abs=1e-9)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize("scheme", DERIVED)
@pytest.mark.parametrize("alive", [1, 3])
def test_a_column_that_is_the_same_everywhere_has_no_weight(
    scheme: str, alive: int
) -> None:
    scaled = np.random.default_rng(0).random((8, alive))
    found = weighting.shares(np.column_stack([scaled, np.full(8, 0.4)]), scheme)
    assert found[-1] == 0
    assert found[:-1] == pytest.approx(weighting.shares(scaled, scheme))


@pytest.mark.parametrize("scheme", weighting.SCHEMES)
def test_where_nothing_tells_places_apart_weights_are_equal(scheme: str) -> None:
    for scaled in (np.full((5, 4), 0.3), np.array([[0.1, 0.2, 0.3, 0.4]])):
        assert weighting.shares(scaled, scheme) == pytest.approx([0.25] * 4)
    assert weighting.shares(np.empty((0, 4)), scheme) == pytest.approx([0.25] * 4)


def test_columns_without_conflict_weigh_the_same() -> None:
    column = np.random.default_rng(1).random(9)
    scaled = np.column_stack([column, 3 * column + 1, 0.1 * column + 0.7])
    assert weighting.shares(scaled, "critic") == pytest.approx([1 / 3] * 3)


def test_entropy_refuses_figures_below_0() -> None:
    with pytest.raises(ValueError, match="entropy"):
        weighting.shares(np.array([[-1.0, 0], [1, 2]]), "entropy")


@settings(deadline=None, max_examples=50)
@given(
    st.integers(2, 12),
    st.integers(1, 6),
    st.integers(0, 999),
    st.sampled_from(weighting.SCHEMES),
)
def test_weights_are_shares_of_1(
    places: int, columns: int, seed: int, scheme: str
) -> None:
    scaled = np.random.default_rng(seed).integers(0, 4, (places, columns)) / 4
    found = weighting.shares(scaled, scheme)
    assert found.sum() == pytest.approx(1)
    assert (found >= -1e-12).all()
