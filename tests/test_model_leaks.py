"""Nothing of the future, of the place's name or of the label reaches the ranking."""

from dataclasses import fields, replace

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest

from data import Facts
from features import assemble, at, shift
from model import baselines, task
from model.evaluate import candidates
from model.judging import PLACE_METRICS, Judged, segment_queries
from model.leave_out import quick, until, without
from model.ranker import train, training_set

ORIGIN = "2024-06"
LEVEL = "city"


@pytest.fixture(scope="module")
def table(facts):
    return assemble(at(facts, ORIGIN), LEVEL)


@pytest.fixture(scope="module")
def happened(facts):
    return task.outcomes_after(facts, LEVEL, ORIGIN)


@pytest.fixture(scope="module")
def taught(facts):
    """What a ranker of this origin learns from: tables and outcomes."""
    return training_set(facts, LEVEL, ORIGIN)


@pytest.fixture(scope="module")
def figures(facts, table, happened):
    """Return nDCG@20 of rankings of all places, averaged over segments."""

    def of(**scores):
        keep = candidates(table, facts)["all"]
        segments = table.history.segments
        queries, _ = segment_queries(keep, segments, happened, scores)
        judged = Judged(queries, PLACE_METRICS)
        return {name: judged.mean(name)["ndcg@20"] for name in scores}

    return of


def arrays(held):
    """Return the arrays among the fields of a table or a history."""
    values = {field.name: getattr(held, field.name) for field in fields(held)}
    return {k: v for k, v in values.items() if isinstance(v, np.ndarray)}


def same_table(one, other):
    """Return whether two feature tables are byte for byte the same."""
    for name in ("place", "lean", "lineage"):
        pd.testing.assert_frame_equal(
            getattr(one, name), getattr(other, name), check_exact=True
        )
    pairs = [(one, other), (one.history, other.history)]
    pairs += [(one.city, other.city)] if one.city is not None else []
    for left, right in pairs:
        first, second = arrays(left), arrays(right)
        assert set(first) == set(second) and first
        for name in first:
            assert first[name].tobytes() == second[name].tobytes(), name
    for segment in one.history.segments:
        assert one.array(segment).tobytes() == other.array(segment).tobytes()
    return True


def no_history(table):
    """Return a table of indicators alone: no outcome, no report's word of a segment."""
    past = table.history
    empty = replace(past, **{k: np.zeros_like(v) for k, v in arrays(past).items()})
    own = {k: np.zeros_like(v) for k, v in arrays(table).items() if k != "parent"}
    return replace(table, history=empty, **own)


def shuffled(outcomes, seed):
    """Give every segment's counts to other places, each its own way."""
    rng = np.random.default_rng(seed)
    return [rng.permuted(counts, axis=1) for counts in outcomes]


def test_shuffled_outcomes_teach_nothing(table, happened, taught, figures):
    tables, outcomes = taught
    bare = [no_history(one) for one in tables]
    here = no_history(table)
    true = quick().fit(bare, outcomes).predict(here)
    noise = [
        quick().fit(bare, shuffled(outcomes, seed)).predict(here) for seed in range(4)
    ]
    chance = np.random.default_rng(0).random((4, *true.shape))
    scores = {f"noise{i}": one for i, one in enumerate(noise)}
    scores |= {f"chance{i}": one for i, one in enumerate(chance)}
    found = figures(
        true=true, population=baselines.rankings(table)["population"], **scores
    )
    taught_by_noise = np.mean([found[f"noise{i}"] for i in range(4)])
    at_random = np.mean([found[f"chance{i}"] for i in range(4)])
    assert found["true"] > 0.5
    assert taught_by_noise < found["population"] / 2
    assert taught_by_noise < at_random + 0.25 * (found["true"] - at_random)


def test_place_ids_alone_do_not_beat_density(table, taught, figures):
    _, outcomes = taught
    density = baselines.rankings(table)["density"]
    counts = np.sum(outcomes, axis=0)
    segments, places = counts.shape
    rng = np.random.default_rng(0)
    found = {}
    for name, ids in {
        "code order": np.arange(places),
        "random id": rng.permutation(places),
    }.items():
        X = np.column_stack(
            [np.tile(ids, segments), np.repeat(np.arange(segments), places)]
        ).astype(float)
        told = {"objective": "poisson", "num_leaves": 7, "min_data_in_leaf": 20}
        told |= {"verbose": -1, "num_threads": 1, "seed": 0}
        booster = lgb.train(told, lgb.Dataset(X, counts.ravel()), num_boost_round=100)
        found[name] = booster.predict(X).reshape(segments, places)
    judged = figures(density=density, **found)
    assert judged["code order"] < judged["density"]
    assert judged["random id"] < judged["density"]


def test_outcomes_after_the_as_of_change_no_feature(facts, table):
    assert same_table(table, assemble(at(until(facts, ORIGIN), ORIGIN), LEVEL))


@pytest.mark.parametrize("level", ["city", "district"])
def test_the_source_of_the_outcomes_makes_no_indicator(facts, level):
    held = set(facts["observations"]["source_id"])
    whole = assemble(at(facts, ORIGIN), level)
    for source in sorted({*facts.outcomes["source_id"]} - held):
        fewer = assemble(at(without(facts, source=source), ORIGIN), level)
        pd.testing.assert_frame_equal(whole.place, fewer.place, check_exact=True)
        known = at(facts, ORIGIN).outcomes
        some = (known["level"] == level) & (known["source_id"] == source)
        counted = known.loc[some, "count"].sum()
        left = whole.history.total.sum() - fewer.history.total.sum()
        assert left == pytest.approx(counted)


def later(facts: Facts) -> Facts:
    """Return the facts with more of the future: figures, outcomes, firms."""
    when = shift(ORIGIN, 2)
    size = facts["observations"]["indicator"].isin(["gdp", "population"])
    figures = facts["observations"][size]
    figures = figures.assign(value=1e9, period="2023", published=when)
    filings = facts["filings"].head(300)
    numbers = [f"later{i}" for i in range(len(filings))]
    filings = filings.assign(record_number=numbers, month=when, firm="later")
    hardware = facts["hardware_firms"].head(200).assign(year=when[:4], firm="later")
    listed = facts["listed_firms"].head(50).assign(year=when[:4])
    listed["ts_code"] = [f"later{i}" for i in range(50)]
    counts = pd.DataFrame(
        {
            "place": "110108",
            "level": "district",
            "segment": list(facts.segments.index),
            "month": when,
            "event": "landing",
            "count": 99.0,
            "source_id": "listed_firms",
        }
    )
    more = {
        "observations": figures,
        "filings": filings,
        "hardware_firms": hardware,
        "listed_firms": listed,
        "outcomes": counts,
    }
    tables = {
        name: pd.concat([facts[name], rows], ignore_index=True)
        for name, rows in more.items()
    }
    return replace(facts, tables={**facts.tables, **tables})


@pytest.mark.parametrize("level", ["city", "district"])
def test_facts_of_the_future_change_nothing(facts, level):
    future = later(facts)
    assert future.outcomes["count"].sum() > facts.outcomes["count"].sum()
    one, other = (assemble(at(held, ORIGIN), level) for held in (facts, future))
    assert same_table(one, other)
    if level == "district":
        return
    first, second = (train(held, level, ORIGIN, quick()) for held in (facts, future))
    assert first.predict(one).tobytes() == second.predict(other).tobytes()
    wanted = first.predict_segments(one).tobytes()
    assert wanted == second.predict_segments(other).tobytes()
