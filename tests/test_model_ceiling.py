"""The noise ceiling against worlds whose true rates are known."""

import numpy as np
import pytest

from model import ceiling, metrics
from model.judging import DRAWS, FIT_METRICS, PLACE_METRICS, Judged, Query
from model.task import outcomes_after

PLACES, SEGMENTS = 400, 16
COPIES = np.ones((DRAWS, PLACES), int)


def query(name, counts, **scores):
    return Query(name, counts.astype(float), scores, COPIES, np.arange(len(counts)))


def world(seed, dispersion, flat=False):
    """Draw a world: queries whose rankings know the means, and the true rates."""
    rng = np.random.default_rng(seed)
    queries, rates = [], []
    for segment in range(SEGMENTS):
        rank = rng.permutation(PLACES)
        mean = np.ones(PLACES) if flat else 1.0 / (1.0 + rank)
        mean *= 60.0 * (1 + segment % 4) / mean.sum()
        spread = 1.0 if flat else rng.gamma(1 / dispersion, dispersion, PLACES)
        guess = rng.random((2, PLACES))
        noise = rng.normal(0, 0.3, PLACES)
        model, base = guess if flat else (-1.0 * rank, noise - np.log1p(rank))
        counts = rng.poisson(mean * spread)
        queries.append(query(f"s{segment}", counts, model=model, base=base))
        rates.append(mean * spread)
    return queries, rates


def oracle(rates, metric, k, seed=1):
    """Return what ranking by the true rates scores on years drawn from them."""
    rng = np.random.default_rng(seed)
    score = metrics.METRICS[metric]
    years = [(np.log2(1.0 + rng.poisson(r)), r) for r in rates for _ in range(10)]
    return np.nanmean([score(gains, r, k)[0] for gains, r in years])


@pytest.mark.parametrize("dispersion", [0.3, 1.5, 4.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_ceiling_is_near_what_the_true_rates_score(seed, dispersion):
    queries, rates = world(seed, dispersion)
    best = dict.fromkeys(PLACE_METRICS, "base")
    found = ceiling.estimate(queries, best, PLACE_METRICS)
    model = Judged(queries, PLACE_METRICS).mean("model")
    for label, how in PLACE_METRICS.items():
        true = oracle(rates, *how)
        assert found[label] == pytest.approx(true, abs=0.06)
        # Most of the room is found, too.
        assert found[label] - model[label] == pytest.approx(
            true - model[label], rel=0.5, abs=0.03
        )


@pytest.mark.parametrize("seed", [0, 1])
def test_constant_rates_leave_no_room(seed):
    queries, _ = world(seed, 1.0, flat=True)
    best = dict.fromkeys(PLACE_METRICS, "base")
    found = ceiling.estimate(queries, best, PLACE_METRICS)
    judged = Judged(queries, PLACE_METRICS)
    for label in PLACE_METRICS:
        highest = max(judged.mean("base")[label], judged.mean("model")[label])
        assert found[label] == pytest.approx(highest, abs=0.08)


def test_segments_of_a_place_have_a_ceiling_too():
    rng = np.random.default_rng(0)
    national = np.array([30.0, 12, 8, 5, 3, 2, 1, 1, 0.5, 0.5])
    queries, rates = [], []
    for place in range(60):
        own = national / national.sum() * rng.uniform(8, 60)
        own = own * rng.gamma(2.0, 0.5, len(own))
        counts = rng.poisson(own)
        queries.append(query(f"p{place}", counts, model=national, base=national))
        rates.append(own)
    best = dict.fromkeys(FIT_METRICS, "base")
    found = ceiling.estimate(queries, best, FIT_METRICS, ceiling.enough_outcomes)
    assert found["ndcg@5"] == pytest.approx(oracle(rates, "ndcg", 5), abs=0.04)


@pytest.mark.parametrize("dispersion", [0.2, 1.0, 3.0])
def test_dispersion_is_found_again(dispersion):
    rng = np.random.default_rng(0)
    means = rng.uniform(0.1, 20.0, 5000)
    counts = rng.poisson(means * rng.gamma(1 / dispersion, dispersion, len(means)))
    found = ceiling.fit_dispersion(counts, means)
    assert found == pytest.approx(dispersion, rel=0.15)
    assert ceiling.fit_dispersion(rng.poisson(means), means) < 0.05


def test_means_fall_with_the_joint_rank_and_keep_the_total():
    queries, _ = world(0, 1.0)
    for query, rates in zip(
        queries, ceiling.fit_rates(queries, ["model", "base"]), strict=True
    ):
        assert rates.mean.sum() == pytest.approx(query.counts.sum())
        assert (np.diff(rates.mean[np.argsort(rates.rank)]) <= 1e-9).all()


def test_the_same_seed_gives_the_same_ceiling_and_nothing_gives_none():
    queries, _ = world(0, 1.0)
    best = dict.fromkeys(PLACE_METRICS, "base")
    one, other = (ceiling.estimate(queries, best, PLACE_METRICS) for _ in range(2))
    assert one == other
    assert ceiling.estimate([], {}, PLACE_METRICS) == {}


def test_vectorised_metrics_are_those_of_the_evaluation():
    rng = np.random.default_rng(0)
    counts, scores = rng.poisson(0.4, (30, 50)), rng.random((30, 50))
    for metric, k in (("ndcg", 20), ("recall", 20), ("ndcg", 5), ("ndcg", 80)):
        found = ceiling._scored(counts, scores, metric, k)
        score = metrics.METRICS[metric]
        wanted = [
            score(np.log2(1.0 + c), s, k)[0]
            for c, s in zip(counts, scores, strict=True)
        ]
        assert found == pytest.approx(np.array(wanted))


def test_share_of_room():
    shares = ceiling.share_of_room(
        {"a": 0.6, "b": 0.6, "c": 0.6},
        {"a": 0.5, "b": 0.5, "c": 0.5},
        {"a": 0.7, "b": 0.5, "c": None},
    )
    assert shares == {"a": pytest.approx(0.5), "b": None, "c": None}


@pytest.mark.parametrize("level", ["city", "district"])
def test_halves_are_the_whole_and_share_no_firm(facts, level):
    first, second = ceiling.halves(facts)
    whole = outcomes_after(facts, level, "2024-06")
    parts = [outcomes_after(half, level, "2024-06") for half in (first, second)]
    assert (sum(parts) == whole).all()
    assert min(part.sum() for part in parts) > 0.3 * whole.sum()
    assert set(first.firms["firm"]).isdisjoint(second.firms["firm"])
