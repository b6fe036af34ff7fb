import pytest

from app.ui.words import LANGS, words
from tests.app_pages import asked, opener, sound


@pytest.fixture
def visit(model, monkeypatch):
    return opener("recommend", model, monkeypatch)


@pytest.mark.parametrize("lang", LANGS)
def test_every_segment_stands_in_the_card_of_its_layer(visit, facts, lang):
    page = visit(segment="drones", lang=lang)
    cards = [one for one in page.pills if str(one.key).startswith("cards-")]
    layers = facts.segments.groupby("layer", sort=False)[f"name_{lang}"].agg(list)
    held = {one.label: list(one.options) for one in cards}
    assert held == {
        words(lang)[f"common.layer_{layer}"]: names for layer, names in layers.items()
    }
    picked = {one.key: one.value for one in cards if one.value}
    assert picked == {"cards-terminals": "drones"}


def test_a_card_chooses_its_segment_and_a_second_click_keeps_it(visit):
    page = visit(segment="drones")
    sound(page.pills(key="cards-foundation").set_value("ai_chips").run())
    assert asked(page)["segment"] == "ai_chips"
    assert page.selectbox(key="segment").value == "ai_chips"
    assert page.pills(key="cards-terminals").value is None
    sound(page.pills(key="cards-foundation").set_value(None).run())
    assert asked(page)["segment"] == "ai_chips"
    assert page.pills(key="cards-foundation").value == "ai_chips"
