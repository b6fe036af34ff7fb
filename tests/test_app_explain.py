import json
import re

import pytest

from app.ui.words import LANGS
from model.explanation import whole

PAIR = ("--segment", "nlp", "--place", "340104", "--versus", "110108")
CONTRACT = {
    *("segment", "place", "as_of", "score", "rank", "rank_low", "rank_high"),
    *("base_value", "pillars", "features", "difference"),
    *("presence", "fundamentals", "groups", "reasons", "weakness", "unknown"),
}
GROUP = {
    *("group", "name_zh", "name_en", "pillar", "contribution", "members"),
    *("share", "stable"),
}
GAP = {
    *("score_gap", "pillars", "features", "groups", "drivers", "against", "rest"),
    *("text_zh", "text_en", "above", "below"),
}


def total(entries):
    return sum(entry["contribution"] for entry in entries)


def test_json_keeps_the_contract_and_adds_up(run):
    code, out, err = run("explain", *PAIR, "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "") and answer.keys() >= CONTRACT
    for name in ("features", "pillars", "groups"):
        summed = answer["base_value"] + total(answer[name])
        assert summed == pytest.approx(answer["score"], abs=1e-6)
    gap = answer["difference"]
    assert gap.keys() == GAP
    for name in ("features", "pillars", "groups"):
        assert total(gap[name]) == pytest.approx(gap["score_gap"], abs=1e-6)
    for group in (*answer["groups"], *gap["groups"]):
        assert group.keys() == GROUP
    assert {one["stable"] for one in answer["groups"]} <= {True, False}


@pytest.fixture(scope="module")
def answer(model):
    return whole(model, PAIR[1], PAIR[3], "district", PAIR[5])


@pytest.mark.parametrize("lang", LANGS)
def test_words_name_everything_and_no_id(run, answer, lang):
    code, out, err = run("explain", *PAIR, "--lang", lang)
    assert (code, err) == (0, "")
    for entry in (*answer["reasons"], *answer["difference"]["drivers"]):
        assert entry[f"text_{lang}"] in out
    assert answer["unknown"][f"text_{lang}"] in out
    assert answer["difference"][f"text_{lang}"] in out
    for number in (answer["presence"], answer["fundamentals"]):
        assert f"{number:+.3f}" in out
    assert f"{answer['rank_low']}–{answer['rank_high']}" in out
    marks = {"zh": ("[稳]", "[不稳]"), "en": ("[stable]", "[not stable]")}[lang]
    assert any(mark in out for mark in marks)
    assert not re.search(r"\b[a-z]+:[a-z]|\b[a-z]+_[a-z]+\b|None|nan", out)
    if lang == "en":
        assert not re.search("[\u4e00-\u9fff]", out)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--place", "110108", "--versus", "110108"), "110108"),
        (("--place", "110108", "--versus", "440300"), "440300"),
        (("--place", "110108", "--versus", "999999"), "999999"),
        (("--place", "440300", "--versus", "440305"), "440305"),
        (("--place", "999999", "--versus", "110108"), "999999"),
    ],
)
def test_two_places_that_cannot_be_compared_are_one_message(run, words, named, lang):
    code, out, err = run("explain", "--segment", "nlp", *words, "--lang", lang)
    assert (code, out) == (2, "") and named in err
    assert len(err.strip().splitlines()) == 1
