from dataclasses import replace

import numpy as np
import pytest

from features import assemble, at
from model import presence, refit, resample
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker, training_set
from model.refit import Numbered, Refits, cities_of
from model.resample import Outcomes, spread_ranks

AS_OF = "2024-06"
DRAWS = 4


@pytest.fixture(scope="module")
def examples(facts):
    return training_set(facts, "city", AS_OF)


@pytest.fixture(scope="module")
def ranker(examples):
    return SiteRanker(fundamentals=Fundamentals(num_threads=2)).fit(*examples)


@pytest.fixture(scope="module")
def ranks(facts, ranker):
    return resample.rank_draws(facts, "city", AS_OF, ranker, DRAWS)


@pytest.fixture(scope="module")
def table(facts):
    return assemble(at(facts, AS_OF), "city")


@pytest.fixture(scope="module")
def districts(facts):
    return assemble(at(facts, AS_OF), "district")


def test_every_draw_ranks_every_place_of_every_segment_once(ranks, table):
    assert ranks.dtype == np.uint16
    assert ranks.shape == (
        len(table.history.segments),
        DRAWS,
        len(table.history.places),
    )
    every = np.arange(1, ranks.shape[2] + 1)
    assert (np.sort(ranks, axis=2) == every).all()


def test_the_same_seed_gives_the_same_draws_and_another_others(facts, ranker, ranks):
    again = resample.rank_draws(facts, "city", AS_OF, ranker, DRAWS)
    np.testing.assert_array_equal(ranks, again)
    other = resample.rank_draws(facts, "city", AS_OF, ranker, 1, seed=1)
    assert (other[:, 0] != ranks[:, 0]).any()


def test_draws_lie_around_the_shipped_ranking(facts, ranker, table, ranks):
    shipped = spread_ranks(
        ranker.predict(table), ranker.predict(table)[:, None, :], 1.0
    )[:, 0].astype(int)
    moved = np.abs(np.median(ranks, axis=1) - shipped)
    assert np.median(moved[shipped <= 20]) < 10
    assert (ranks.std(axis=1) > 0).mean() > 0.9


def test_a_factor_of_0_is_the_shipped_ranking():
    rng = np.random.default_rng(0)
    shipped, drawn = rng.standard_normal((2, 9)), rng.standard_normal((2, 3, 9))
    ranks = spread_ranks(shipped, drawn, 0.0)
    assert (ranks == ranks[:, :1]).all()
    np.testing.assert_array_equal(np.argsort(ranks[0, 0]), np.argsort(-shipped[0]))


def test_the_city_stays_with_its_row_whatever_the_columns(table):
    numbered = Numbered(table, np.arange(len(table.history.places)))
    columns = [numbered.columns[0], "unknown", *reversed(numbered.columns[1:])]
    got = numbered.array("nlp", columns)
    np.testing.assert_array_equal(got[:, 0], numbered.cities)
    np.testing.assert_array_equal(
        got[:, 2:], table.array("nlp", list(reversed(table.columns)))
    )


def test_a_refit_knows_which_rows_are_of_which_city(examples, ranker):
    refits = Refits(ranker.fundamentals_, *examples)
    assert refits.columns == ranker.fundamentals_.columns_
    weights = refits._weights(np.random.default_rng(0))
    first = refits.cities == refits.cities[0]
    assert len(set(weights[first])) == 1
    assert 0 < (weights == 0).mean() < 1


def test_hidden_indicators_are_not_used(examples, ranker, monkeypatch):
    monkeypatch.setattr(refit, "HIDDEN", 0.7)
    refits = Refits(ranker.fundamentals_, *examples)
    known = refits._known(np.random.default_rng(3))
    for name in set(refits.indicators):
        assert len(set(known[refits.indicators == name])) == 1
    monkeypatch.setattr(refits, "_known", lambda rng: known)
    used = refits.fit(np.random.default_rng(3)).feature_importance()
    assert used[known == 1].sum() > 0 and used[known == 0].sum() == 0


def test_districts_of_one_city_share_its_number(districts):
    number = cities_of(districts)
    orphans = districts.parent < 0
    assert (number[~orphans] == districts.parent[~orphans]).all()
    assert len(set(number[orphans])) == orphans.sum()
    assert set(number[orphans]).isdisjoint(number[~orphans])


@pytest.mark.parametrize("level", ["city", "district"])
def test_outcome_draws_lie_around_what_happened(facts, table, districts, level):
    held = table if level == "city" else districts
    outcomes = Outcomes(at(facts, AS_OF), held)
    rng = np.random.default_rng(0)
    draws = np.array([outcomes.here.draw(rng)[0] for _ in range(60)])
    total = held.history.total.sum()
    assert draws.sum(axis=(1, 2)).mean() == pytest.approx(total, rel=0.2)
    none = held.history.total == 0
    assert draws[:, none].max() > 0
    assert (draws == np.round(draws)).all()


def test_the_city_of_a_district_is_drawn_with_it(facts, districts):
    outcomes = Outcomes(at(facts, AS_OF), districts)
    total, _ = outcomes.here.draw(np.random.default_rng(0))
    inside = resample.by_city(total, districts.parent, len(districts.city.places))
    assert inside.sum() == pytest.approx(total[:, districts.parent >= 0].sum())
    rest = outcomes.above.shape
    assert (rest >= 0).all() and rest.sum() > 0


def test_without_doubt_a_draw_is_the_shipped_presence(facts, table, monkeypatch):
    monkeypatch.setattr(resample, "WEIGHT_SPREAD", 0.0)
    outcomes = Outcomes(at(facts, AS_OF), table)
    outcomes.said = []
    past = table.history
    outcomes.here.draw = lambda rng: (past.total, past.activity)
    np.testing.assert_allclose(
        outcomes.draw(np.random.default_rng(0)),
        np.sum(list(presence.terms(table).values()), axis=0),
    )


def test_each_report_is_disbelieved_in_turn(facts, table):
    outcomes = Outcomes(at(facts, AS_OF), table)
    assert len(outcomes.said) == len(set(at(facts, AS_OF).strengths["source_id"]))
    for words, _ in outcomes.said:
        assert (words <= table.said).all() and words.sum() < table.said.sum()


def test_facts_without_reports_are_drawn_too(facts, table):
    known = at(facts, AS_OF)
    silent = replace(
        known, strengths=known.strengths.head(0), zones=known.zones.head(0)
    )
    draw = Outcomes(silent, table).draw(np.random.default_rng(0))
    assert np.isfinite(draw).all()
