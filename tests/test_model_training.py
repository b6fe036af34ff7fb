"""What `train` leaves in its folder: promoted, held back, kept aside, stale."""

import json
from dataclasses import replace

import numpy as np
import pytest

from model import champion, recipe, store, training
from model.champion import Difference

DRAWS = np.ones((2, 3, 4), np.uint16)
EVEN = Difference("city", "all", 9, 0.5, 0.5, 0.0, -0.1, 0.1)
WORSE = replace(EVEN, value=-0.2, low=-0.3, high=-0.1)


@pytest.fixture
def quick(model, monkeypatch):
    """Training that takes the rankers, figures and draws of another model."""

    def trained(facts, level, as_of, ranker=None, progress=None):
        return model.rankers[level]

    monkeypatch.setattr(training, "train", trained)
    monkeypatch.setattr(
        training, "evaluate", lambda *_, **__: model.manifest["metrics"]
    )
    monkeypatch.setattr(training, "rank_draws", lambda *_, **__: DRAWS)
    monkeypatch.setattr(champion, "rerun", lambda *_: [EVEN])


@pytest.fixture
def folder(quick, facts, tmp_path):
    """A folder with a model in use."""
    model = training.train_all(facts, tmp_path, as_of="2025-06")
    assert model.manifest["promotion"]["reason"] == champion.FIRST
    return tmp_path


OTHER = {"weight": 2.0}


def train(facts, folder, **more):
    return training.train_all(facts, folder, chosen=recipe.shipped(**OTHER), **more)


def promotion(folder):
    said = json.loads((folder / "manifest.json").read_text())["promotion"]
    return said["promoted"], said["reason"]


def test_training_leaves_a_model_with_its_cards_and_draws(folder, facts):
    model = store.load(folder, facts)
    assert (model.draws["district"] == DRAWS).all()
    assert model.manifest["recipe"] == recipe.parameters(recipe.shipped())
    for name in store.CARDS.values():
        assert model.manifest["sha256"] in (folder / name).read_text("utf-8")


def test_no_resamples_no_draws(folder, facts):
    training.train_all(facts, folder, resamples=0)
    assert store.load(folder, facts).draws == {}


def test_what_is_not_worse_takes_the_place_of_the_one_in_use(folder, facts):
    train(facts, folder)
    model = store.load(folder, facts)
    assert model.manifest["recipe"]["weight"] == 2.0
    assert promotion(folder) == (True, champion.NOT_WORSE)
    before = store.load(folder / store.PREVIOUS, facts)
    assert before.as_of == "2025-06" and before.draws
    for name in store.CARDS.values():
        assert before.manifest["sha256"] in (folder / store.PREVIOUS / name).read_text(
            "utf-8"
        )


def test_what_is_worse_is_kept_but_not_used(folder, facts, monkeypatch):
    monkeypatch.setattr(champion, "rerun", lambda *_: [EVEN, WORSE])
    before = (folder / "manifest.json").read_bytes()
    train(facts, folder)
    assert (folder / "manifest.json").read_bytes() == before
    assert not (folder / store.PREVIOUS).exists()
    kept = store.load(folder / store.CHALLENGER, facts)
    assert kept.manifest["recipe"]["weight"] == 2.0
    assert kept.manifest["promotion"]["differences"][1]["high"] == WORSE.high
    assert promotion(folder / store.CHALLENGER) == (False, champion.WORSE)
    assert (folder / store.CHALLENGER / "card_en.md").is_file()


def test_what_is_worse_is_used_when_asked_for(folder, facts, monkeypatch):
    monkeypatch.setattr(champion, "rerun", lambda *_: [WORSE])
    train(facts, folder, force=champion.ASKED)
    assert store.load(folder, facts).manifest["recipe"]["weight"] == 2.0
    assert promotion(folder) == (True, champion.ASKED)
    assert store.load(folder / store.PREVIOUS, facts).as_of == "2025-06"


def edit(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_stale_model_is_trained_again_with_its_recipe(folder, facts, monkeypatch):
    train(facts, folder)
    edit(folder, facts="0" * 64)
    monkeypatch.setattr(champion, "rerun", None)
    model = training.ready(facts, folder)
    assert model.manifest["recipe"]["weight"] == 2.0
    assert promotion(folder) == (True, champion.STALE)


def test_a_model_of_other_code_is_trained_again_as_shipped(folder, facts):
    train(facts, folder)
    edit(folder, code="0" * 64)
    model = training.ready(facts, folder)
    assert model.manifest["recipe"] == recipe.parameters(recipe.shipped())
    assert store.load(folder, facts).manifest == model.manifest


def test_a_recipe_that_was_tampered_with_is_refused(folder, facts):
    edit(folder, recipe={"weight": 1.0})
    before = (folder / "manifest.json").read_bytes()
    with pytest.raises(store.RefusedModelError, match="recipe"):
        train(facts, folder)
    assert (folder / "manifest.json").read_bytes() == before


def test_a_broken_model_is_replaced_and_not_kept(folder, facts):
    next(folder.glob("*.joblib")).write_bytes(b"nonsense")
    train(facts, folder)
    assert promotion(folder) == (True, champion.FIRST)
    assert not (folder / store.PREVIOUS).exists()
