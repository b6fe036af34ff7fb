import json
from dataclasses import replace

import numpy as np
import pytest

from app.commands import twins as command
from app.ui.words import LANGS, t
from data.schema import LEVELS
from model.twins import Earlier, twins

ENTRY = {
    *("place", "month", "distance", "near", "before", "before_here", "after"),
    *("after_here", "sources", "name_zh", "name_en", "text_zh", "text_en"),
}


@pytest.fixture(scope="module")
def earlier(model):
    return {level: Earlier.of(model, level) for level in LEVELS}


@pytest.mark.parametrize(
    ("level", "place", "segment"),
    [("district", "340104", "smart_hardware"), ("city", "320300", "smart_hardware")],
)
def test_json_is_what_the_model_says(run, earlier, level, place, segment):
    code, out, err = run("twins", "--place", place, "--segment", segment, "--json")
    assert (code, err) == (0, "")
    said = json.loads(out)
    found = twins(earlier[level], segment, place)
    assert found and [one["place"] for one in said["twins"]] == [t.place for t in found]
    assert (said["level"], said["month"], said["until"]) == (
        level,
        "2023-12",
        "2025-12",
    )
    for entry, twin in zip(said["twins"], found, strict=True):
        assert entry.keys() == ENTRY
        assert entry["distance"] == pytest.approx(twin.distance)
        assert (entry["before"], entry["after"]) == (twin.before, twin.after)
        assert entry["text_en"] == twin.text.en and entry["sources"] == twin.sources
    assert "不是预测" in said["note_zh"] and "not a forecast" in said["note_en"]


@pytest.mark.parametrize("lang", LANGS)
def test_text_is_for_people_and_has_the_place_itself_first(run, earlier, lang):
    words = ("--segment", "smart_hardware", "--lang", lang)
    code, out, _ = run("twins", "--place", "340104", *words)
    assert code == 0 and "None" not in out and "nan" not in out
    lines = out.splitlines()
    assert lines[1].split()[-3:] == ["..2023-12", "2024-12", "2025-12"]
    assert lines[2].startswith("340104")
    found = twins(earlier["district"], "smart_hardware", "340104")
    for twin, line in zip(found, lines[3:], strict=False):
        assert line.startswith(twin.place)
        assert getattr(twin.text, lang) in out
    assert t("park.history", lang, month="2023-12", until="2025-12") == lines[-1]


def test_another_month_gives_other_years(run):
    words = ("--segment", "smart_hardware", "--before", "2022-12", "--json")
    _, out, _ = run("twins", "--place", "340104", *words)
    for entry in json.loads(out)["twins"]:
        assert list(entry["after"]) == ["2023-12", "2024-12", "2025-12"]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "before", ["2030-01", "2025-01", "2001-01", "2024-13", "yesterday", ""]
)
def test_a_month_that_cannot_be_is_one_message_before_any_training(
    run, monkeypatch, before, lang
):
    monkeypatch.setattr(command, "ready", lambda *a, **k: pytest.fail("trained"))
    words = ("--segment", "nlp", "--before", before, "--lang", lang)
    code, out, err = run("twins", "--place", "340104", *words)
    assert code == 2 and not out and err.count("\n") == 1
    assert before in err and ("2024-12" in err)


@pytest.mark.parametrize(
    "words",
    [
        ("--place", "999999", "--segment", "nlp"),
        ("--place", "340104", "--segment", "no_such"),
        ("--place", "340104", "--segment", "nlp", "--level", "city"),
    ],
)
def test_unknown_names_are_one_message(run, words):
    code, out, err = run("twins", *words)
    assert code == 2 and not out and err.count("\n") == 1


@pytest.mark.parametrize("lang", LANGS)
def test_no_twin_is_said_with_the_reason(run, earlier, lang):
    code, out, _ = run("twins", "--place", "340104", "--segment", "nlp", "--lang", lang)
    why, values = command.why_none(earlier["district"], "nlp", "340104")
    assert code == 0 and why == "far"
    said = out.splitlines()[-1]
    assert str(values["count"]) in said and str(values["distance"]) in said
    assert float(values["distance"]) > float(values["near"])


def test_the_reasons_are_those_of_the_model(model, earlier):
    one = earlier["city"]

    def why(held, segment="nlp", place="340100"):
        assert twins(held, segment, place) == []
        return command.why_none(held, segment, place)[0]

    assert why(Earlier.of(model, "city", "2020-12")) == "month"
    assert why(Earlier.of(model, "city", "2025-06")) == "year"
    assert why(one, place="110000") == "first"
    bare = Earlier(one.facts, one.level, one.month, one.until)
    observed = np.zeros_like(one.profile.observed)
    bare.__dict__["table"] = one.table
    bare.__dict__["profile"] = replace(one.profile, observed=observed)
    assert why(bare) == "place"


@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_has_words_with_its_figures(model, earlier, lang):
    for level in LEVELS:
        held = earlier[level]
        for place in map(str, held.table.history.places[::67]):
            for segment in model.facts.segments.index[::5]:
                found = twins(held, segment, place)
                note = command.note(held, segment, place, found, lang)
                assert note and not any(sign in note for sign in "{}")
                assert held.month in note
