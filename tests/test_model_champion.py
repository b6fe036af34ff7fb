"""The rule of promotion, on figures made up for it and on real cities."""

from dataclasses import replace

import numpy as np
import pytest

from model import champion, recipe, store
from model.champion import Champion, Difference
from model.store import RefusedModelError

EVEN = Difference("city", "all", 9, 0.5, 0.5, 0.0, -0.1, 0.1)
BELOW = replace(EVEN, value=-0.2, low=-0.3, high=-0.01)


def judged(figures, as_of="2024-12", level="city", name="all"):
    rows = [
        {"task": name, "segment": segment, "model": {"ndcg@20": value}}
        for segment, value in figures.items()
    ]
    return {
        "level": level,
        "as_of": as_of,
        "horizon_months": 12,
        "tasks": {},
        "by_segment": rows,
    }


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ([], champion.INCOMPARABLE),
        ([EVEN], champion.NOT_WORSE),
        ([replace(EVEN, value=-0.1, high=0.0)], champion.NOT_WORSE),
        ([EVEN, replace(EVEN, value=0.2, low=0.1, high=0.3)], champion.NOT_WORSE),
        ([EVEN, BELOW, EVEN], champion.WORSE),
    ],
)
def test_only_what_is_clearly_lower_somewhere_is_worse(found, reason):
    assert champion.verdict(found) == reason


def test_recorded_figures_are_compared_on_the_same_segments():
    before = [judged({"a": 0.5, "b": 0.7, "gone": 0.1})]
    now = [judged({"a": 0.4, "b": 0.5, "new": 0.9})]
    (found,) = champion.recorded(before, now)
    assert (found.level, found.task, found.segments) == ("city", "all", 2)
    assert found.champion == pytest.approx(0.6)
    assert found.challenger == pytest.approx(0.45)
    assert found.value == pytest.approx(-0.15)
    assert found.low == pytest.approx(-0.2) and found.high == pytest.approx(-0.1)
    assert champion.verdict([found]) == champion.WORSE


@pytest.mark.parametrize(
    "other",
    [
        {"as_of": "2024-06"},
        {"level": "district"},
        {"name": "beyond_top5"},
        {"name": "new"},
    ],
)
def test_figures_of_other_months_levels_and_tasks_are_not_compared(other):
    figures = {"a": 0.5, "b": 0.7}
    assert champion.recorded([judged(figures, **other)], [judged(figures)]) == []


def held(facts, changes=()):
    manifest = {
        "file": "model-000000000000.joblib",
        "as_of": "2025-12",
        "facts": facts.fingerprint,
        "code": "0" * 64,
        "metrics": [judged({"a": 0.5, "b": 0.7})],
    }
    return Champion({**manifest, **dict(changes)}, None)


WORSE_NOW = [judged({"a": 0.4, "b": 0.5})]


def test_the_first_model_is_promoted(facts):
    verdict = champion.challenge(facts, None, recipe.shipped(), WORSE_NOW)
    assert (verdict.promoted, verdict.reason) == (True, champion.FIRST)


def test_a_champion_of_other_code_is_compared_by_its_record(facts):
    verdict = champion.challenge(facts, held(facts), recipe.shipped(), WORSE_NOW)
    assert (verdict.promoted, verdict.reason) == (False, champion.WORSE)
    assert not verdict.places_resampled
    assert verdict.champion["code"] == "0" * 64


def test_records_of_other_facts_cannot_be_compared(facts):
    stranger = held(facts, {"facts": "0" * 64})
    verdict = champion.challenge(facts, stranger, recipe.shipped(), WORSE_NOW)
    assert (verdict.promoted, verdict.reason) == (True, champion.INCOMPARABLE)
    assert verdict.differences == []


def test_the_same_recipe_needs_no_second_run(facts, monkeypatch):
    monkeypatch.setattr(champion, "rerun", None)
    same = Champion(held(facts).manifest, recipe.shipped())
    threads = recipe.shipped(fundamentals__num_threads=2)
    verdict = champion.challenge(facts, same, threads, WORSE_NOW)
    assert (verdict.promoted, verdict.reason) == (True, champion.SAME)


@pytest.fixture(scope="module")
def tiny():
    return recipe.shipped(
        fundamentals__n_estimators=5, fundamentals__seeds=1, fundamentals__num_threads=1
    )


def test_a_much_worse_recipe_is_held_back_on_real_cities(facts, tiny):
    # The learned part of one tree alone knows little of a segment.
    worse = recipe.shipped(
        weight=100.0, fundamentals__n_estimators=1, fundamentals__seeds=1
    )
    same = Champion({**held(facts).manifest, "code": store.code()}, tiny)
    verdict = champion.challenge(facts, same, worse, [judged({})])
    assert (verdict.promoted, verdict.reason) == (False, champion.WORSE)
    assert verdict.places_resampled
    assert [(one.level, one.task) for one in verdict.differences] == [
        ("city", "all"),
        ("city", "new"),
    ]
    for one in verdict.differences:
        assert one.value == pytest.approx(one.challenger - one.champion)
        assert one.low <= one.value + 0.05 and one.segments >= 5
    assert verdict.noted()["differences"][0]["level"] == "city"


def test_a_recipe_survives_the_manifest(tiny):
    values = recipe.parameters(tiny)
    assert "fundamentals__num_threads" not in values
    assert recipe.parameters(recipe.from_parameters(values)) == values


@pytest.mark.parametrize(
    "changes",
    [
        {"weight": "1"},
        {"weight": np.inf},
        {"weight": True},
        {"fundamentals__n_estimators": -5},
        {"fundamentals__seeds": 1.5},
        {"fundamentals__objective": 3},
        {"more": 1},
    ],
    ids=str,
)
def test_a_recipe_of_other_names_or_kinds_is_refused(changes):
    values = {**recipe.parameters(recipe.shipped()), **changes}
    with pytest.raises(ValueError, match=next(iter(changes))):
        recipe.from_parameters(values)


def test_without_a_model_there_is_no_champion(tmp_path):
    assert champion.in_use(tmp_path) is None


def test_a_manifest_that_is_not_ours_stops_the_comparison(tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(RefusedModelError):
        champion.in_use(tmp_path)
