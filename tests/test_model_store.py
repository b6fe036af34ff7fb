import hashlib
import json
import pickle
from dataclasses import replace

import joblib
import numpy as np
import pytest

from data.files import replacing
from model import recipe, store, training
from model.store import RefusedModelError

RANKS = np.arange(24, dtype=np.uint16).reshape(2, 3, 4)


@pytest.fixture
def small(model):
    """A model with few draws."""
    return replace(model, draws={"city": RANKS, "district": RANKS + 1})


def save(folder, model, **more):
    return store.save(folder, model, recipe.shipped(), [], **more)


@pytest.fixture
def folder(small, tmp_path):
    save(tmp_path, small)
    return tmp_path


def file_of(folder):
    return folder / json.loads((folder / "manifest.json").read_text())["file"]


def refusal(folder, facts):
    with pytest.raises(RefusedModelError) as error:
        store.load(folder, facts)
    return error.value.reason


def test_a_stored_model_ranks_like_the_one_saved(folder, model, facts):
    again = store.load(folder, facts)
    assert again.as_of == model.as_of
    first = model.scores("nlp", "city").score
    assert (again.scores("nlp", "city").score == first).all()


def test_the_manifest_says_what_the_model_rests_on(model, facts):
    manifest = model.manifest
    assert manifest["facts"] == facts.fingerprint
    assert len(manifest["sha256"]) == 64
    assert manifest["libraries"].keys() >= {"lightgbm", "scikit-learn"}
    assert {entry["level"] for entry in manifest["metrics"]} == {"city", "district"}


def test_a_damaged_file_is_refused(folder, facts):
    path = file_of(folder)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert refusal(folder, facts) == "hash"


class Trap:
    """Unpickling this would create a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def test_a_foreign_pickle_is_refused_and_never_loaded(folder, facts, tmp_path):
    trap = tmp_path / "sprung"
    file_of(folder).write_bytes(pickle.dumps(Trap(trap)))
    assert refusal(folder, facts) == "hash"
    (folder / "manifest.json").unlink()
    assert refusal(folder, facts) == "missing"
    assert not trap.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "null", "\x00"])
def test_a_manifest_that_is_not_ours_is_refused(folder, facts, text):
    (folder / "manifest.json").write_text(text)
    assert refusal(folder, facts) == "manifest"


def edit(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_other_libraries_formats_and_facts_are_refused(folder, facts):
    edit(folder, libraries={"lightgbm": "0.1"})
    assert refusal(folder, facts) == "libraries"
    edit(folder, libraries=store.libraries(), code="0" * 64)
    assert refusal(folder, facts) == "code"
    edit(folder, code=store.code(), facts="0" * 64)
    assert refusal(folder, facts) == "facts"
    edit(folder, facts=facts.fingerprint, format=99)
    assert refusal(folder, facts) == "format"
    (folder / "manifest.json").write_text('{"format": 1}')
    assert refusal(folder, facts) == "format"


def test_a_manifest_cannot_point_outside_its_folder(folder, facts, tmp_path):
    outside = tmp_path.parent / "outside.joblib"
    joblib.dump({}, outside)
    edit(folder, file="../outside.joblib")
    assert refusal(folder, facts) == "manifest"


@pytest.mark.parametrize(
    "changes",
    [
        *({"sha256": value} for value in (5, None, {}, True, "ab")),
        *({"as_of": value} for value in (5, None, "", "x", "2024-13")),
        *({"file": value} for value in (None, 5, "", [], "/etc/passwd")),
        *({"format": value} for value in (None, "1", True)),
        *({"libraries": value} for value in (None, [], "x")),
        *({"recipe": value} for value in (None, [], {"weight": None}, {"weight": []})),
        *({"metrics": value} for value in (None, {}, [1], [{}], [{"level": "city"}])),
        *({"promotion": value} for value in (None, [])),
        *({"draws": value} for value in (None, [], {"town": {}}, {"city": {}})),
        {"draws": {"city": {"file": "../x.npy", "sha256": "0" * 64}}},
        {"draws": {"city": {"file": "draws-district-" + "0" * 12 + ".npy"}}},
    ],
    ids=str,
)
def test_a_manifest_of_the_wrong_types_is_refused(folder, facts, changes):
    edit(folder, **changes)
    assert refusal(folder, facts) == "manifest"


def test_a_manifest_that_never_ends_is_refused(folder, facts):
    (folder / "manifest.json").write_text("[" * 200_000)
    assert refusal(folder, facts) == "manifest"


@pytest.mark.parametrize("as_of", ["2019-01", "2099-01"])
def test_a_model_cannot_be_given_another_month(folder, facts, as_of):
    edit(folder, as_of=as_of)
    assert refusal(folder, facts) == "content"


@pytest.mark.parametrize(
    "held", [{}, [], {"rankers": {"city": 1, "district": 2}}, b"x"]
)
def test_a_vouched_file_that_holds_something_else_is_refused(folder, facts, held):
    path = folder / "holder"
    joblib.dump(held, path)
    content = b"junk" if held == b"x" else path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    name = f"model-{digest[:12]}.joblib"
    (folder / name).write_bytes(content)
    edit(folder, file=name, sha256=digest)
    assert refusal(folder, facts) == "content"


def test_a_corrupt_model_is_not_quietly_trained_over(folder, facts):
    file_of(folder).write_bytes(b"nonsense")
    with pytest.raises(RefusedModelError):
        training.ready(facts, folder)


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as draft:
        draft.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_saving_again_leaves_the_files_of_one_model(folder, small):
    assert len(list(folder.glob("*.npy"))) == 2
    save(folder, replace(small, as_of="2025-06", draws={}))
    assert len(list(folder.glob("*.joblib"))) == 1
    assert not list(folder.glob("*.npy"))


def test_draws_come_back_as_they_were(folder, facts):
    draws = store.load(folder, facts).draws
    assert draws["city"].dtype == np.uint16
    assert (draws["city"] == RANKS).all() and (draws["district"] == RANKS + 1).all()


def test_damaged_or_lost_draws_are_refused(folder, facts):
    path = next(folder.glob("draws-city-*.npy"))
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    assert refusal(folder, facts) == "hash"
    path.unlink()
    assert refusal(folder, facts) == "missing"


@pytest.mark.parametrize(
    "array", [np.array([{}]), np.zeros((2, 3, 4)), np.zeros(3, np.uint16), None]
)
def test_draws_that_are_something_else_are_refused(folder, facts, array):
    path = folder / "holder.npy"
    np.save(path, array, allow_pickle=True)
    content = b"junk" if array is None else path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    name = f"draws-city-{digest[:12]}.npy"
    (folder / name).write_bytes(content)
    edit(folder, draws={"city": {"file": name, "sha256": digest}})
    assert refusal(folder, facts) == "content"


@pytest.fixture
def another(small):
    """A model that is not the one in ``folder``."""
    return replace(small, as_of="2025-06", draws={"city": RANKS + 2})


def test_the_model_before_is_kept_aside_and_can_be_put_back(folder, facts, another):
    for name in store.CARDS.values():
        (folder / name).write_text("old")
    first = json.loads((folder / "manifest.json").read_text())
    save(folder, another, aside=True)
    for name in store.CARDS.values():
        (folder / name).write_text("new")
    assert store.load(folder, facts).as_of == "2025-06"
    for expected, words in ((first["as_of"], "old"), ("2025-06", "new")):
        back = store.back(folder, facts)
        assert back.as_of == store.load(folder, facts).as_of == expected
        assert {(folder / name).read_text() for name in store.CARDS.values()} == {words}
    assert store.load(folder / store.PREVIOUS, facts).manifest == first


def test_the_same_model_again_leaves_the_previous_one(folder, facts, small, another):
    save(folder, another, aside=True)
    save(folder, another, aside=True)
    assert store.load(folder / store.PREVIOUS, facts).as_of == small.as_of


def test_a_broken_model_is_not_kept_but_can_be_left(folder, facts, small, another):
    save(folder, another, aside=True)
    file_of(folder).write_bytes(b"nonsense")
    assert store.usable(folder) is None
    assert store.back(folder, facts).as_of == small.as_of
    assert store.load(folder, facts).as_of == small.as_of


def test_nothing_changes_when_the_previous_model_is_not_ours(folder, facts, another):
    save(folder, another, aside=True)
    file_of(folder / store.PREVIOUS).write_bytes(b"nonsense")
    with pytest.raises(RefusedModelError):
        store.back(folder, facts)
    assert store.load(folder, facts).as_of == "2025-06"


class Killed(BaseException):
    """Nothing catches it."""


def kill_at(monkeypatch, moment):
    """Let the work end just before or after its ``moment``-th file is in place."""
    done = iter(range(1000))
    whole = store.replacing

    def replacing_until(path):
        if next(done) == moment:
            raise Killed
        return whole(path)

    monkeypatch.setattr(store, "replacing", replacing_until)


@pytest.mark.parametrize("work", ["save", "back"])
def test_a_kill_at_any_moment_leaves_a_model(folder, facts, another, monkeypatch, work):
    save(folder, another, aside=True)
    ended = 0
    for moment in range(30):
        with monkeypatch.context() as patch:
            kill_at(patch, moment)
            try:
                if work == "save":
                    save(folder, replace(another, as_of="2025-09"), aside=True)
                else:
                    store.back(folder, facts)
                ended += 1
            except Killed:
                pass
        store.load(folder, facts)
        store.load(folder / store.PREVIOUS, facts)
    assert 0 < ended < 30
