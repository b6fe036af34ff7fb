import numpy as np
import pytest

from features import assemble, at
from model import baselines, ceiling, task
from model.evaluate import BLIND, BROAD_SEGMENTS, TASKS, blind, evaluate, judge
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker

PLACE_BASELINES = {
    *("population", "total", "total_12m", "new_firms_12m", "same_segment"),
    *("same_segment_12m", "density", "composite"),
}


@pytest.fixture(scope="module")
def results(facts):
    return evaluate(facts, ("2024-06", "2024-12"), ("city",))


def test_every_task_stands_next_to_every_baseline(results):
    assert [result["as_of"] for result in results] == ["2024-06", "2024-12"]
    for result in results:
        assert set(result["tasks"]) == set(TASKS) > set(task.TASKS)
        for name, judged in result["tasks"].items():
            fit = name.startswith("fit")
            metrics = {"ndcg@5"} if fit else {"ndcg@20", "recall@20"}
            assert set(judged["model"]) == metrics
            wanted = {"national_12m", "own_history", "city_history"}
            assert set(judged["baselines"]) == (
                wanted if fit else PLACE_BASELINES | {"gdp"}
            )
            for metric in metrics:
                scores = {n: b[metric] for n, b in judged["baselines"].items()}
                best = judged["best_baseline"][metric]
                assert scores[best] == max(scores.values())
                lift = judged["lift"][metric]
                gap = judged["model"][metric] - scores[best]
                assert lift["value"] == pytest.approx(gap)
                assert lift["low"] <= lift["high"]
                assert 0 <= judged["model"][metric] <= 1

                relative = judged["lift_relative"][metric]
                assert relative == pytest.approx(gap / scores[best])


def test_every_task_has_a_ceiling_and_halves(results):
    for result in results:
        for judged in result["tasks"].values():
            for metric, value in judged["model"].items():
                top, share = (
                    judged[key][metric] for key in ("ceiling", "share_of_room")
                )
                assert 0 < top <= 1
                name = judged["best_baseline"][metric]
                best = judged["baselines"][name][metric]
                assert (share is None) == (top - best < ceiling.LEAST_ROOM)
                if share is not None:
                    assert share == pytest.approx((value - best) / (top - best))
                half = judged["split_half"][metric]
                assert 0 < half["half"] < 1 and 0 < half["best_baseline"] < 1
                assert half["queries"] > 0


def test_the_model_stands_next_to_its_segment_blind_ranking(results):
    for result in results:
        for name, judged in result["tasks"].items():
            if name.startswith("fit"):
                assert "segment_blind" not in judged
                continue
            both = judged["segment_blind"], judged["segment_blind"]["other_segments"]
            for said in both:
                for metric, value in judged["model"].items():
                    lift = said["lift"][metric]
                    assert lift["value"] == pytest.approx(value - said[metric])
                    assert lift["low"] <= lift["high"]


def test_a_blind_ranking_is_the_same_for_all_segments_or_knows_only_the_others():
    scores = np.random.default_rng(0).normal(size=(4, 9))
    everywhere, others = (blind(scores)[name] for name in BLIND)
    assert (everywhere == everywhere[0]).all()
    assert everywhere[0] == pytest.approx(scores.mean(axis=0))
    assert others[2] == pytest.approx(scores[[0, 1, 3]].mean(axis=0))


def test_fit_narrow_leaves_the_broad_segments_out(results):
    for result in results:
        fit, narrow = (result["tasks"][name] for name in ("fit", "fit_narrow"))
        assert {entry["segment"] for entry in narrow["left_out"]} == {*BROAD_SEGMENTS}
        assert narrow["segments"] == fit["segments"] - len(BROAD_SEGMENTS)
        assert 0 < narrow["places"] < fit["places"]
        assert set(narrow) == set(fit)


def test_only_segments_with_enough_places_are_judged(facts, results):
    for result in results:
        judged = {}
        for row in result["by_segment"]:
            assert row["positives"] >= task.MIN_POSITIVE
            judged.setdefault(row["task"], set()).add(row["segment"])
        for name, segments in judged.items():
            said = result["tasks"][name]
            assert len(segments) == said["segments"]
            left = {entry["segment"] for entry in said["left_out"]}
            assert left | segments == set(facts.segments.index)
            assert not left & segments
            for entry in said["left_out"]:
                assert entry["positives"] < task.MIN_POSITIVE


def test_nothing_that_happened_is_said_to_be_nothing(facts):
    table = assemble(at(facts, "2024-12"), "city")
    nothing = np.zeros_like(table.history.total)
    ranker = SiteRanker(fundamentals=Fundamentals(seeds=1, n_estimators=5))
    ranker.fit([table], [table.history.recent])
    judged = judge(ranker, table, nothing, facts, 12, (nothing, nothing))
    assert judged["by_segment"] == []
    for said in judged["tasks"].values():
        assert said["model"] == said["ceiling"] == said["lift"] == {}
        assert said["split_half"] == said["share_of_room"] == {}


def test_baselines_are_what_they_say(facts):
    table = assemble(at(facts, "2024-12"), "district")
    scores = baselines.rankings(table)
    assert set(scores) == PLACE_BASELINES
    past = table.history
    assert (
        past.places[np.argmax(scores["total"][0])]
        == past.places[np.argmax(past.total.sum(axis=0))]
    )
    nlp = past.segments.get_loc("nlp")
    order = np.argsort(-scores["same_segment"][nlp], kind="stable")
    counts = past.total[nlp][order]
    assert (np.diff(counts) <= 0).all()
    # Among equal counts of the segment the total decides.
    zero = order[counts == 0]
    assert (np.diff(past.total.sum(axis=0)[zero]) <= 0).all()
