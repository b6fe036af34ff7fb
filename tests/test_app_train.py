"""The command `train`: options, verdicts in words, and the way back."""

import json
from dataclasses import replace

import pytest

from app.ui.words import LANGS, words
from model import champion, recipe, store, training
from model.resample import DRAWS

DIFFERENCE = {
    **{"level": "city", "task": "new", "segments": 9, "champion": 0.5},
    **{"challenger": 0.4, "value": -0.1, "low": -0.2, "high": -0.05},
}


@pytest.fixture
def trains(monkeypatch, model):
    """Let ``train`` return a verdict without training; returns what it was given."""
    given = {}

    def answer(promoted, reason, champion=()):
        promotion = {
            **{"promoted": promoted, "reason": reason, "differences": [DIFFERENCE]},
            "champion": dict(champion),
        }
        manifest = {**model.manifest, "metrics": [], "promotion": promotion}

        def train_all(facts, folder, *args):
            given.update(folder=folder, args=args)
            return replace(model, manifest=manifest)

        monkeypatch.setattr(training, "train_all", train_all)
        return given

    return answer


@pytest.mark.parametrize("lang", LANGS)
def test_train_says_that_a_worse_model_is_not_used(run, trains, tmp_path, lang):
    named = {"facts": "0" * 64, "code": "0" * 64}
    trains(False, "worse", named)
    code, _, err = run("train", "--out", tmp_path, "--lang", lang)
    assert code == 0
    assert str(tmp_path / "challenger" / "card_zh.md") in err
    assert "--promote" in err and "-0.100 [-0.200, -0.050]" in err
    assert words(lang)["cli.note_train_stale"] in err


def test_train_says_where_a_promoted_model_is(run, trains, tmp_path):
    trains(True, "not_worse")
    code, out, err = run("train", "--out", tmp_path, "--lang", "en", "--json")
    assert (code, json.loads(out)) == (0, [])
    assert str(tmp_path / "card_en.md") in err and "challenger" not in err
    assert "previous/" in err


def test_the_recipe_comes_from_the_options(run, trains, tmp_path):
    given = trains(True, "asked")
    code, _, err = run(
        *("train", "--out", tmp_path, "--weight", 2, "--trees", 5, "--leaves", 3),
        *("--seed", 4, "--threads", 1, "--resamples", 7, "--promote"),
    )
    assert code == 0, err
    as_of, ranker, resamples, force, _ = given["args"]
    chosen = recipe.parameters(ranker)
    assert (as_of, resamples, force) == ("2025-12", 7, "asked")
    assert chosen["weight"] == 2.0 and chosen["fundamentals__random_state"] == 4
    assert chosen["fundamentals__n_estimators"] == 5
    assert chosen["fundamentals__num_leaves"] == 3
    assert ranker.fundamentals.num_threads == 1


def test_train_without_options_uses_the_shipped_recipe(run, trains, tmp_path):
    given = trains(True, "first")
    assert run("train", "--out", tmp_path)[0] == 0
    _, ranker, resamples, force, _ = given["args"]
    assert recipe.parameters(ranker) == recipe.parameters(recipe.shipped())
    assert (resamples, force) == (DRAWS, "")


def test_train_goes_back_to_the_model_before(run, model, tmp_path):
    before = replace(model, as_of="2025-06", draws={})
    store.save(tmp_path, before, recipe.shipped(), [])
    store.save(tmp_path, model, recipe.shipped(), [], aside=True)
    code, out, err = run("train", "--out", tmp_path, "--back", "--lang", "en")
    assert (code, out) == (0, "") and "2025-06" in err
    assert store.load(tmp_path, model.facts).as_of == "2025-06"


def test_every_verdict_has_words():
    reasons = {
        *(champion.FIRST, champion.SAME, champion.NOT_WORSE, champion.WORSE),
        *(champion.INCOMPARABLE, champion.ASKED, champion.STALE),
    }
    for lang in LANGS:
        assert {f"promotion.{reason}" for reason in reasons} <= set(words(lang))
