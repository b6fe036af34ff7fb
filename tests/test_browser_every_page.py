"""Every page in both languages: quiet, whole, named, readable, within its screen."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.ui.words import LANGS, t
from app.views import pages
from model import card
from tests import every_page
from tests.browsing import asked_for, opened, settle

pytestmark = pytest.mark.browser
PLACE = "330100"
LOCALE = {"zh": "zh-CN", "en": "en"}


def address(server, name, lang, **asked):
    path = "" if name == pages.FIRST else name
    pairs = "".join(f"&{key}={value}" for key, value in asked.items())
    return f"{server}/{path}?lang={lang}{pairs}"


@pytest.fixture(scope="module")
def context(browser):
    """One context for all visits: Streamlit's own files are fetched once."""
    context = browser.new_context(viewport=every_page.WIDE)
    yield context
    context.close()


@pytest.fixture(scope="module")
def speech(facts, model):
    """What the page shows of the model itself is words too: its card and manifest."""
    own = json.dumps(model.manifest)
    return {
        lang: every_page.Speech(lang, facts, own, card.render(model, lang))
        for lang in LANGS
    }


def looked_at(page, speech):
    """Return what is wrong with the page as it stands, by kind."""
    return {
        "exceptions": page.get_by_test_id("stException").all_inner_texts(),
        "language": speech.leftovers(every_page.shown(page)),
        "unnamed": every_page.unnamed(page),
    }


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", pages.TITLES)
def test_a_page(context, server, speech, name, lang):
    with every_page.watched(context) as (page, seen):
        every_page.open_all(page, address(server, name, lang))
        assert page.evaluate("document.documentElement.lang") == LOCALE[lang]
        assert page.locator("h1").count() == 1
        wrong = {"first": looked_at(page, speech[lang])}
        if lang == "zh":
            drawn = every_page.fonts(page, "h1")
            assert drawn and any("CJK" in font for font in drawn)

        every_page.open_all(page, address(server, name, lang, place=PLACE))
        assert page.locator("h1").count() == 1
        wrong["with a place"] = looked_at(page, speech[lang])
        rules = () if lang == "en" else ("color-contrast",)
        wrong["rules"] = {"axe": every_page.violations(Axe(), page, *rules)}
        wrong["room"] = {"sideways": every_page.too_wide(page)}
    wrong["asked"] = {"outside": seen.outside(server), "errors": seen.errors}
    found = {
        (when, kind): what
        for when, kinds in wrong.items()
        for kind, what in kinds.items()
        if what
    }
    assert not found
    # The record is of all kinds: a page without these was not listened to.
    assert any(url.startswith("ws:") for url in seen.asked)
