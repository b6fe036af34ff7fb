import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from model import metrics

GAINS = np.array([0.0, 3, 1, 0, 2])


def test_ndcg_by_hand():
    found = metrics.ndcg(GAINS, np.array([5.0, 4, 3, 2, 1]), 2)[0]
    best = 3 + 2 / np.log2(3)
    assert found == pytest.approx((3 / np.log2(3)) / best)


def test_recall_counts_hits_over_what_was_possible():
    scores = np.array([5.0, 4, 3, 2, 1])
    assert metrics.recall(GAINS, scores, 2)[0] == pytest.approx(1 / 2)
    assert metrics.recall(GAINS, scores, 4)[0] == pytest.approx(2 / 3)


@given(st.lists(st.integers(0, 9), min_size=3, max_size=30), st.integers(1, 30))
def test_ndcg_is_that_of_scikit_learn_without_ties(gains, k):
    gains = np.array(gains, float)
    scores = np.random.default_rng(0).permutation(len(gains)).astype(float)
    found = metrics.ndcg(gains, scores, k)[0]
    if gains.sum() == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(ndcg_score([gains], [scores], k=k))


@given(st.lists(st.integers(0, 4), min_size=4, max_size=12), st.integers(0, 999))
def test_a_resample_is_the_list_with_repeats(gains, seed):
    gains = np.array(gains, float)
    scores = np.random.default_rng(seed).permutation(len(gains)).astype(float)
    copies = metrics.resamples(len(gains), 1, seed)
    repeated = np.repeat(np.arange(len(gains)), copies[0])
    for name in metrics.METRICS.values():
        quick = name(gains, scores, 5, copies)[0]
        # Repeats of one place share a score: the order among them changes nothing.
        plain = name(gains[repeated], scores[repeated], 5)[0]
        assert quick == pytest.approx(plain, nan_ok=True)


def test_ties_do_not_favour_the_first_code():
    gains = np.r_[np.ones(50), np.zeros(950)]
    found = metrics.recall(gains, np.zeros(1000), 20)[0]
    assert found < 0.3


def test_interval_holds_the_lift_of_a_better_ranking():
    rng = np.random.default_rng(0)
    baseline = rng.normal(0.5, 0.05, (20, 200))
    low, high = metrics.lift_interval(baseline + 0.1, baseline)
    assert low == pytest.approx(0.1) and high == pytest.approx(0.1)
