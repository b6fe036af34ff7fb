import numpy as np
import pytest

from features import assemble, at
from model import baselines, task
from model.evaluate import evaluate

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
        assert set(result["tasks"]) == set(task.TASKS)
        for name, judged in result["tasks"].items():
            fit = name == "fit"
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


def test_only_segments_with_enough_places_are_judged(results):
    for row in results[0]["by_segment"]:
        assert row["positives"] >= task.MIN_POSITIVE


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
