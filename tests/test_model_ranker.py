import numpy as np
import pytest

from features import assemble, at
from model import presence
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker, train, training_set


@pytest.fixture(scope="module")
def examples(facts):
    return training_set(facts, "city", "2024-06")


@pytest.fixture(scope="module")
def table(facts):
    return assemble(at(facts, "2024-06"), "city")


def fitted(examples, **parameters):
    return SiteRanker(fundamentals=Fundamentals(**parameters)).fit(*examples)


def test_same_data_and_seed_give_the_same_scores_on_one_thread_or_two(examples, table):
    scores = [
        fitted(examples, num_threads=threads).predict(table) for threads in (1, 2, 2)
    ]
    np.testing.assert_array_equal(scores[0], scores[1])
    np.testing.assert_array_equal(scores[1], scores[2])


def test_another_seed_is_another_model(examples, table):
    first, second = (
        fitted(examples, random_state=seed, seeds=1).predict(table) for seed in (0, 9)
    )
    assert not np.allclose(first, second)


def test_parameters_are_scikit_learns(examples):
    ranker = SiteRanker(weight=2.0, fundamentals=Fundamentals(num_leaves=3))
    assert ranker.get_params()["fundamentals__num_leaves"] == 3
    ranker.set_params(weight=1.0)
    assert ranker.weight == 1.0
    assert not hasattr(ranker, "fundamentals_")


def test_score_is_presence_plus_fundamentals_and_0_for_the_average(examples, table):
    ranker = fitted(examples)
    scores = ranker.scores(table, "ai_chips")
    assert scores.score.mean() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(scores.score, scores.presence + scores.fundamentals)
    assert scores.fundamentals.std() == pytest.approx(ranker.weight)


def test_presence_terms_are_centred_and_shares_sum_to_one(table):
    for term in presence.terms(table).values():
        np.testing.assert_allclose(term.mean(axis=1), 0, atol=1e-9)
    np.testing.assert_allclose(presence.mix(table).sum(axis=0), 1)


def test_rankings_differ_by_segment(examples, table):
    scores = fitted(examples).predict(table)
    tops = {
        name: set(np.argsort(-scores[table.history.segments.get_loc(name)])[:30])
        for name in ("ai_media", "ai_manufacturing", "drones", "smart_home")
    }
    for name, top in tops.items():
        assert all(top != other for key, other in tops.items() if key != name)


def test_contributions_sum_to_the_raw_score(examples, table):
    learned = fitted(examples).fundamentals_
    rows = np.arange(10)
    parts = learned.contributions(table, "nlp", rows)
    np.testing.assert_allclose(
        parts.sum(axis=1), learned.predict(table, "nlp")[rows], atol=1e-9
    )


def test_a_planted_signal_is_learned(examples):
    tables, outcomes = examples
    planted = [
        np.repeat(
            np.where(table.place["rate:schooling_years"] > 10.3, 3.0, 0.0)[None, :],
            outcome.shape[0],
            axis=0,
        )
        for table, outcome in zip(tables, outcomes, strict=True)
    ]
    learned = Fundamentals().fit(tables, planted)
    scores = learned.predict(tables[-1], "nlp")
    wanted = planted[-1][0] > 0
    assert scores[wanted].min() > scores[~wanted].max()


def test_nothing_to_learn_from_is_said(examples):
    tables, outcomes = examples
    with pytest.raises(ValueError, match="no segment"):
        Fundamentals().fit(tables, [np.zeros_like(o) for o in outcomes])


def test_train_reads_only_what_was_known(facts, table, examples):
    again = train(facts, "city", "2024-06")
    np.testing.assert_array_equal(again.predict(table), fitted(examples).predict(table))
