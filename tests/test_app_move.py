"""The command ``move``: one comparison of four, with parts that sum to the move."""

import json
from copy import copy
from dataclasses import replace

import pandas as pd
import pytest

from app.ui.words import LANGS, t
from model import recipe, score, store
from model.composite import Method
from model.manifest import MANIFEST_FILE
from model.own_lens import OwnLens, to_json

PLACE = "440300"
ASKED = ("--segment", "drones", "--place", PLACE)
OBSERVATIONS = "observations/industry.csv"


def answered(run, *words):
    """The JSON answer, whose parts sum to the move."""
    code, out, err = run("move", *words, "--json")
    assert code == 0, err
    answer = json.loads(out)
    before, after = answer["before"], answer["after"]
    causes = answer["causes"]
    assert sum(one["rank"] for one in causes) == after["rank"] - before["rank"]
    total = sum(one["score"] for one in causes)
    assert total == pytest.approx(after["score"] - before["score"], abs=1e-9)
    for one in causes:
        if one["cause"] not in answer["differ"]:
            assert one["rank"] == one["score"] == 0
    assert answer["note_zh"] and answer["note_en"]
    return answer


def only(answer, cause):
    """Assert that one cause alone has the whole move of the score."""
    assert answer["differ"] == [cause]
    (part,) = (one for one in answer["causes"] if one["cause"] == cause)
    ends = answer["before"]["score"], answer["after"]["score"]
    assert part["score"] == pytest.approx(ends[1] - ends[0], abs=1e-12)
    assert part["score"]
    assert {one["cause"] for one in answer["details"]} == {cause}
    told = sum(one["score"] for one in answer["details"])
    assert told == pytest.approx(part["score"], abs=1e-7)


def spoilt(folder):
    """Make the newest turnover of a city's economy a hundredth; return its row."""
    path = folder / OBSERVATIONS
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    own = (rows["place"] == PLACE) & (rows["indicator"] == "gdp")
    newest = rows[own].sort_values("period").index[-1]
    rows.loc[newest, "value"] = str(float(rows.loc[newest, "value"]) / 100)
    rows.to_csv(path, index=False)
    return rows.loc[[newest]]


def test_a_month_is_compared_with_now(run, model):
    answer = answered(run, *ASKED, "--since", "2024-12")
    assert answer["compared"] == "since"
    only(answer, "data")
    now = score.ranking(model, "drones", "city").set_index("place")
    assert answer["after"]["rank"] == now.at[PLACE, "rank"]


def test_a_version_of_the_facts_is_compared_with_those_in_use(
    run, model, facts_copy, tmp_path
):
    row = spoilt(facts_copy)
    answer = answered(run, *ASKED, "--data-before", facts_copy)
    assert answer["compared"] == "data_before"
    only(answer, "data")
    now = score.ranking(model, "drones", "city").set_index("place")
    assert answer["after"]["rank"] == now.at[PLACE, "rank"]
    assert answer["before"]["as_of"] == answer["after"]["as_of"] == model.as_of
    changed = [one["source"] for one in answer["details"] if one["changed"]]
    assert changed == ["gdp"]
    # A folder that holds that row alone is laid over the embedded facts.
    (tmp_path / "mine").mkdir()
    row.to_csv(tmp_path / "mine" / "observations.csv", index=False)
    laid = answered(run, *ASKED, "--data-before", tmp_path / "mine")
    assert laid["causes"] == answer["causes"]


def test_the_same_facts_differ_in_nothing(run, facts_copy):
    answer = answered(run, *ASKED, "--data-before", facts_copy)
    assert answer["differ"] == answer["details"] == []


@pytest.fixture
def kept(model, tmp_path):
    """Store another model in a folder of its own, as ``previous/`` holds one."""

    def save(learned=None, facts=model.facts, **more):
        rankers = {level: copy(ranker) for level, ranker in model.rankers.items()}
        for ranker in rankers.values():
            for name, value in more.items():
                setattr(ranker, name, value)
            if learned:
                ranker.fundamentals_ = copy(ranker.fundamentals_)
                boosters = ranker.fundamentals_.boosters_
                ranker.fundamentals_.boosters_ = boosters[:learned]
        other = replace(model, facts=facts, rankers=rankers, draws={}, manifest={})
        store.save(tmp_path / "kept", other, recipe.shipped(), [])
        return tmp_path / "kept"

    return save


def test_another_model_is_compared_with_the_one_in_use(run, kept):
    answer = answered(run, *ASKED, "--model-before", kept(learned=1))
    assert answer["compared"] == "model_before"
    only(answer, "model")


def test_other_weights_of_a_model_are_another_cause(run, kept):
    only(answered(run, *ASKED, "--model-before", kept(weight=4.0)), "weights")
    answer = answered(run, *ASKED, "--model-before", kept(learned=1, weight=4.0))
    assert answer["differ"] == ["weights", "model"]


def test_a_model_of_other_facts_ranks_those_in_use_and_says_so(run, kept, model):
    other = replace(model.facts, fingerprint="0" * 64)
    answer = answered(run, *ASKED, "--model-before", kept(learned=1, facts=other))
    only(answer, "model")
    assert "trained on other facts" in answer["note_en"]
    assert "另一份事实" in answer["note_zh"]


def lens_file(folder, name, lens):
    path = folder / f"{name}.json"
    path.write_text(to_json(lens), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("cause", "more"),
    [
        ("weights", {"pillars": {"talent": 4.0}}),
        ("method", {"method": Method(normalise="rank")}),
    ],
)
def test_two_lenses_are_compared(run, tmp_path, cause, more):
    before = lens_file(tmp_path, "before", OwnLens())
    after = lens_file(tmp_path, "after", OwnLens(**more))
    asked = ("--place", PLACE, "--lens", after, "--lens-before", before)
    answer = answered(run, *asked)
    assert (answer["compared"], answer["segment"]) == ("lens", None)
    only(answer, cause)


@pytest.mark.parametrize("lang", LANGS)
def test_people_read_the_causes_and_what_is_held_the_same(run, kept, lang):
    asked = (*ASKED, "--model-before", kept(learned=1), "--lang", lang)
    code, out, err = run("move", *asked)
    assert code == 0, err
    assert ("模型" in out) == (lang == "zh") and ("lens" not in out)
    assert "\nmodel" in out and "None" not in out


MONTH = ("--since", "2024-12")


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (ASKED, "move_one"),
        ((*ASKED, *MONTH, "--data-before", "x"), "move_one"),
        ((*ASKED, *MONTH, "--lens", "x"), "move_one"),
        ((*ASKED, "--model-before", "x", "--data-before", "x"), "move_one"),
        (("--place", PLACE, "--lens", "x"), "move_two_lenses"),
        (("--place", PLACE, "--lens-before", "x"), "move_two_lenses"),
        ((*ASKED, "--lens", "x", "--lens-before", "x"), "move_lens_segment"),
        (("--place", PLACE, *MONTH), "move_segment"),
    ],
)
@pytest.mark.parametrize("lang", LANGS)
def test_exactly_one_whole_comparison_is_asked_for(run, words, key, lang):
    code, out, err = run("move", *words, "--lang", lang)
    assert (code, out, err.strip()) == (2, "", t(f"error.{key}", lang))


def refused(run, *words):
    """The one line that refuses, and nothing else."""
    code, out, err = run("move", *words, "--lang", "en")
    assert (code, out) == (2, "") and err.strip() and "Traceback" not in err
    assert "internal" not in err and len(err.strip().splitlines()) == 1
    return err


def test_a_folder_that_is_no_facts_is_refused(run, tmp_path, facts_copy):
    assert "gone" in refused(run, *ASKED, "--data-before", tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    assert "empty" in refused(run, *ASKED, "--data-before", tmp_path / "empty")
    path = facts_copy / OBSERVATIONS
    path.write_text(path.read_text("utf-8").replace(",亿元,", ",亿,", 1), "utf-8")
    assert OBSERVATIONS in refused(run, *ASKED, "--data-before", facts_copy)


def test_a_model_that_cannot_be_run_is_refused(run, kept, tmp_path):
    asked = (*ASKED, "--model-before")
    assert "no earlier model" in refused(run, *asked, tmp_path / "gone")
    folder = kept(learned=1)
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    for name, value in (("code", "0" * 64), ("libraries", {"numpy": "0.1"})):
        changed = json.dumps({**manifest, name: value})
        (folder / MANIFEST_FILE).write_text(changed)
        assert "another version" in refused(run, *asked, folder)
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest))
    with (folder / manifest["file"]).open("ab") as file:
        file.write(b"x")
    assert "cannot be used" in refused(run, *asked, folder)


def test_lenses_that_cannot_be_compared_are_refused(run, tmp_path):
    city = lens_file(tmp_path, "city", OwnLens())
    district = lens_file(tmp_path, "district", OwnLens(level="district"))
    pair = ("--lens", city, "--lens-before")
    assert "one level" in refused(run, "--place", PLACE, *pair, district)
    asked = ("--place", PLACE, *pair, city)
    assert "one level" in refused(run, *asked, "--level", "district")
    assert "no city" in refused(run, "--place", "440305", *pair, city)
    assert "999999" in refused(run, "--place", "999999", *pair, city)
    gone = tmp_path / "gone.json"
    assert "gone.json" in refused(run, "--place", PLACE, *pair, gone)
    gone.write_text("{}")
    assert "lens" in refused(run, "--place", PLACE, *pair, gone)


def test_a_district_is_compared_with_now(run, model):
    asked = ("--segment", "nlp", "--place", "110108", "--since", "2024-12")
    answer = answered(run, *asked)
    now = score.ranking(model, "nlp", "district").set_index("place")
    assert answer["after"]["rank"] == now.at["110108", "rank"]
    assert (answer["before"]["as_of"], answer["differ"]) == ("2024-12", ["data"])
    code, out, _ = run("move", *asked, "--lang", "zh")
    assert code == 0 and "海淀区" in out and answer["text_zh"] in out


@pytest.mark.parametrize(
    "more",
    [
        ("--since", "soon"),
        ("--since", "1999-01"),
        ("--since", "2024-12", "--level", "city"),
        ("--since", "2024-12", "--place", "999999"),
        ("--since", "2024-12", "--segment", "no_such"),
    ],
)
def test_what_it_cannot_use_is_said_in_one_line(run, more):
    code, out, err = run("move", "--segment", "nlp", "--place", "110108", *more)
    assert (code, out) == (2, "") and len(err.strip().splitlines()) == 1
