"""What is computed ahead says what would be computed, and is never another's."""

import pickle
import shutil
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from data.schema import LEVELS
from model import ahead, explain, reasons, score, thin, trend
from model.assumptions import Assumption

HEAVY = ("sklearn", "lightgbm", "scipy.stats", "joblib", "altair")


@pytest.fixture(scope="module")
def home(model_home, model, tmp_path_factory):
    """A folder with the model in use and its answers."""
    folder = tmp_path_factory.mktemp("ahead") / "home"
    shutil.copytree(model_home, folder, ignore=shutil.ignore_patterns("ahead*"))
    ahead.keep(folder, model)
    return folder


@pytest.fixture
def at(home, tmp_path, monkeypatch):
    """A copy of that folder that is in use and may be spoilt."""
    folder = tmp_path / "home"
    shutil.copytree(home, folder)
    monkeypatch.setenv("SITESELECT_HOME", str(folder))
    return folder


def test_answers_are_those_that_would_be_computed(at, model):
    held = ahead.at_hand()
    bare = replace(model)
    assert not bare.ahead
    for level in LEVELS:
        for segment in model.facts.segments.index:
            table = score.ranking(bare, segment, level)
            pd.testing.assert_frame_equal(score.ranking(held, segment, level), table)
            came = trend.quarters(bare, segment, level)
            assert trend.quarters(held, segment, level) == came
    for segment in ("nlp", "drones"):
        parts = explain.parts(bare, segment, "district")
        few = thin.thin(bare, segment, "district")
        assert thin.thin(held, segment, "district") == few
        places = [
            key[3] for key in held.ahead if key[:3] == ("reasons", segment, level)
        ]
        assert len(places) == ahead.FIRST
        for place in places:
            told = held.ahead["reasons", segment, "district", place]
            assert told == reasons.reasons(bare, parts, place)


def test_the_rest_is_computed_as_ever(at, model):
    held = ahead.at_hand()
    assert held.facts.fingerprint == model.facts.fingerprint
    assert held.manifest == model.manifest
    ours, theirs = (one.scores("sensors", "city").score for one in (held, model))
    assert (ours == theirs).all()
    assert (held.draws["city"] == model.draws["city"]).all()


def test_a_changed_copy_has_no_answers_of_the_other(at):
    held = ahead.at_hand()
    figure = Assumption("city", "110000", "ai_papers", 1.0)
    assert held.ahead and not replace(held, assumed=(figure,)).ahead
    assert (
        score.ranking(held, "nlp", "city") is not held.ahead["ranking", "nlp", "city"]
    )


def spoil(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


class Loud:
    def __reduce__(self):
        return (pytest.fail, ("was unpickled",))


def test_a_damaged_or_foreign_file_is_never_unpickled(at):
    path = at / ahead.FILE
    spoil(path)
    assert ahead.at_hand() is None
    path.write_bytes(b'{"key": "", "sha256": ""}\n' + pickle.dumps(Loud()))
    assert ahead.at_hand() is None
    path.write_bytes(pickle.dumps(Loud()))
    assert ahead.at_hand() is None
    path.unlink()
    assert ahead.at_hand() is None


def test_another_model_or_a_damaged_one_has_no_answers(at, monkeypatch):
    monkeypatch.setattr(ahead, "code", lambda: "0" * 64)
    assert ahead.at_hand() is None
    monkeypatch.undo()
    monkeypatch.setenv("SITESELECT_HOME", str(at))
    monkeypatch.setattr(ahead, "version", lambda name: "0")
    assert ahead.at_hand() is None
    monkeypatch.undo()
    monkeypatch.setenv("SITESELECT_HOME", str(at))
    assert ahead.at_hand() is not None
    spoil(next(at.glob("draws-city-*.npy")))
    assert ahead.at_hand() is None


def test_only_the_model_in_use_keeps_answers(at, model):
    path = at / ahead.FILE
    path.unlink()
    other = replace(model, manifest={**model.manifest, "seed": 99})
    ahead.keep(at, other)
    figure = Assumption("city", "110000", "ai_papers", 1.0)
    ahead.keep(at, replace(model, assumed=(figure,)))
    assert not path.exists()


def test_answers_load_without_what_learns(at):
    said = f"""
import sys
from model import ahead, score
model = ahead.at_hand()
score.ranking(model, "nlp", "city")
assert not [name for name in {HEAVY!r} if name in sys.modules], sys.modules
assert len(model.rankers["city"].fundamentals_.boosters_) > 0
"""
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
