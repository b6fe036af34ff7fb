import hashlib
import json
import pickle

import joblib
import pytest

from data.files import replacing
from model import store, training
from model.store import RefusedModelError


@pytest.fixture
def folder(model, tmp_path):
    store.save(tmp_path, model.rankers, model.facts, model.as_of, 0, [])
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


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1}', "null", "\x00"])
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


def test_saving_again_leaves_one_model_file(folder, model):
    store.save(folder, model.rankers, model.facts, model.as_of, 1, [])
    assert len(list(folder.glob("*.joblib"))) == 1
