"""The model card says what the manifest says, the same in both languages."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from model import card, champion, wording
from model.champion import Difference, Verdict

DIFFERENCE = Difference("city", "new", 9, 0.512, 0.431, -0.081, -0.153, -0.012)


@pytest.fixture(scope="module")
def cards(model):
    return {lang: card.render(model, lang) for lang in card.LANGS}


def holes(text):
    return sorted(part.split("}")[0] for part in text.split("{")[1:])


def test_both_languages_have_the_same_words_and_placeholders():
    zh, en = (card.words(lang) for lang in card.LANGS)
    assert list(zh) == list(en)
    for section in zh:
        assert list(zh[section]) == list(en[section])
        for key in zh[section]:
            assert holes(zh[section][key]) == holes(en[section][key])


def headings(text, lang):
    named = {words: key for key, words in card.words(lang)["heading"].items()}
    lines = [line for line in text.splitlines() if line.startswith("## ")]
    return [named[line.removeprefix("## ")] for line in lines]


def test_both_languages_have_the_same_parts(cards):
    zh, en = (headings(cards[lang], lang) for lang in card.LANGS)
    assert zh == en == list(card.words("en")["heading"])[1:]
    tables = [text.count("| --- |") for text in cards.values()]
    lines = [len(text.splitlines()) for text in cards.values()]
    assert tables[0] == tables[1] and lines[0] == lines[1]


def rows(text, lang, heading):
    """Return the cells of the first table under a heading, without its head."""
    part = text.split(f"## {card.words(lang)['heading'][heading]}\n")[1]
    blocks = part.split("\n## ")[0].split("\n\n")
    table = next(block.strip() for block in blocks if block.strip().startswith("|"))
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()[2:]
    ]


@pytest.mark.parametrize("lang", card.LANGS)
def test_its_figures_are_those_of_the_manifest(cards, model, lang):
    wanted = [
        (judged["model"][metric], judged["lift"][metric], judged["ceiling"].get(metric))
        for entry in model.manifest["metrics"]
        for judged in entry["tasks"].values()
        for metric in judged["model"]
    ]
    found = rows(cards[lang], lang, "figures")
    assert len(found) == len(wanted) >= 16
    for cells, (value, lift, ceiling) in zip(found, wanted, strict=True):
        assert cells[3] == wording.figure(value)
        assert cells[5] == wording.with_interval(lift)
        assert cells[6] == wording.figure(ceiling)


@pytest.mark.parametrize("lang", card.LANGS)
def test_every_segment_has_its_evidence_and_lifts(cards, model, lang):
    names = list(model.facts.segments[f"name_{lang}"])
    found = rows(cards[lang], lang, "segments")
    assert [cells[0] for cells in found] == names
    shown = {
        (row["segment"]): row["model"]["ndcg@20"] - row["best_baseline"]["ndcg@20"]
        for row in model.manifest["metrics"][0]["by_segment"]
        if row["task"] == "all"
    }
    for segment, cells in zip(model.facts.segments.index, found, strict=True):
        value = shown.get(segment)
        assert cells[2] == ("-" if value is None else f"{value:+.3f}")


@pytest.mark.parametrize("lang", card.LANGS)
def test_sources_recipe_and_checksums_are_named(cards, model, lang):
    text, manifest = cards[lang], model.manifest
    key = "title" if lang == "zh" else "title_en"
    for source in model.known.outcomes["source_id"].unique():
        assert model.facts.sources.at[source, key] in text
    found = dict(rows(text, lang, "recipe"))
    assert found == {key: str(value) for key, value in manifest["recipe"].items()}
    for name in ("sha256", "facts", "code", "file", "python"):
        assert manifest[name] in text
    assert model.as_of in text.splitlines()[0]


@pytest.mark.parametrize("lang", card.LANGS)
def test_ranges_are_named_when_there_are_any(model, lang):
    none = replace(model, draws={})
    assert card.words(lang)["text"]["no_ranges"] in card.render(none, lang)
    some = replace(model, draws={"city": np.zeros((2, 37, 3), np.uint16)})
    assert "37" in card.render(some, lang).split("## ")[7]


@pytest.mark.parametrize("lang", card.LANGS)
def test_a_comparison_is_shown_with_its_figures(model, lang):
    named = {"file": "model-0.joblib", "as_of": "2025-06", "facts": "", "code": ""}
    verdict = Verdict(False, champion.WORSE, "2024-12", True, [DIFFERENCE], named)
    manifest = {**model.manifest, "promotion": verdict.noted()}
    text = card.render(replace(model, manifest=manifest), lang)
    (cells,) = rows(text, lang, "champion")
    assert cells[2:] == [
        "0.512",
        "0.431",
        wording.with_interval(asdict(DIFFERENCE)),
        "9",
    ]
    assert "model-0.joblib" in text and card.words(lang)["reason"]["worse"] in text


def test_every_reason_and_ranking_has_words(model):
    reasons = {
        *(champion.FIRST, champion.SAME, champion.NOT_WORSE, champion.WORSE),
        *(champion.INCOMPARABLE, champion.ASKED, champion.STALE),
    }
    for lang in card.LANGS:
        words = card.words(lang)
        assert set(words["reason"]) == reasons
        for entry in model.manifest["metrics"]:
            for name, judged in entry["tasks"].items():
                assert name in words["task"]
                assert set(judged["baselines"]) <= set(words["ranking"])


def test_the_card_is_written_in_both_languages(model, cards, tmp_path):
    paths = card.write(tmp_path, model)
    assert [path.name for path in paths] == ["card_zh.md", "card_en.md"]
    assert [path.read_text("utf-8") for path in paths] == list(cards.values())
