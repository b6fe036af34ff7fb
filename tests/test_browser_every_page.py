"""Every page in both languages: quiet, whole, named, readable, within its screen."""

import json
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.ui.words import LANGS, t
from app.views import pages
from model import card
from tests import every_page
from tests.browsing import asked_for, opened

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


@pytest.mark.parametrize("lang", LANGS)
def test_the_menu_lists_every_page(visitor, server, lang):
    visitor.goto(address(server, "data", lang))
    opened(visitor)
    links = visitor.locator(".st-key-menu a")
    found = [
        (urlsplit(one.get_attribute("href")).path, one.inner_text())
        for one in links.all()
    ]
    assert found == [
        ("" if name == pages.FIRST else name, t(key, lang))
        for name, key in pages.TITLES.items()
    ]


@pytest.mark.parametrize("name", ["recommend", "what-if", "data", "bring"])
def test_the_keyboard_is_seen_on_its_way_through_a_page(visitor, server, name):
    visitor.goto(address(server, name, "zh"))
    opened(visitor)
    reached = {}
    for _ in range(3 * len(pages.TITLES)):
        visitor.keyboard.press("Tab")
        where = visitor.evaluate(every_page.WHERE)
        # A page that has just drawn anew may have lost a ring: the next link has it.
        if where and not reached.get(where):
            reached[where] = visitor.evaluate(every_page.FOCUS_SHOWS)
        if len(reached) == 3 and all(reached.values()):
            break
    assert reached == {"menu": True, "switch": True, "control": True}
    assert list(reached)[0] == "menu"


def test_the_menu_moves_by_keyboard_and_keeps_what_was_asked(visitor, server):
    visitor.goto(address(server, "data", "en", place=PLACE, segment="drones"))
    opened(visitor)
    wanted = t(pages.TITLES["bring"], "en")
    for _ in range(2 * len(pages.TITLES)):
        visitor.keyboard.press("Tab")
        if visitor.evaluate("document.activeElement.textContent.trim()") == wanted:
            break
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**/bring?*", timeout=20_000)
    opened(visitor)
    assert asked_for(visitor) == {"lang": "en", "place": PLACE, "segment": "drones"}
    assert visitor.title().startswith(wanted)


PLANT = """words => document.querySelector("[data-testid=stMain]").insertAdjacentHTML(
  "beforeend", words)"""


def test_what_is_looked_for_is_found_where_it_is_planted(context, server, speech):
    with every_page.watched(context) as (page, seen):
        page.route("http://elsewhere.invalid/*", lambda route: route.abort())
        page.goto(address(server, "data", "en"))
        opened(page)
        assert not seen.outside(server) and not seen.errors
        for words in (
            "<p>共20项数据未译</p><p>选址</p>",
            "<p>Loading your things</p><p>Recommend</p>",
            "<div data-testid='stTable'>bare</div>",
            "<button></button><div style='width: 900px'>wide</div>",
            "<img src='http://elsewhere.invalid/tile.png' alt='tile'>",
            "<h1 style='font-family: monospace'>plain</h1>",
        ):
            page.evaluate(PLANT, words)
        texts = every_page.shown(page)
        assert speech["en"].leftovers(texts) == ["共20项数据未译", "选址"]
        left = speech["zh"].leftovers(texts)
        assert {"Loading your things", "Recommend"} <= set(left)
        assert every_page.unnamed(page) == ["stTable: bare"]
        named = "".join(every_page.violations(Axe(), page))
        assert "light button-name" in named and "dark button-name" in named
        assert "at 390" in every_page.too_wide(page)[0]
        fonts = every_page.fonts(page, "h1[style]")
        assert fonts and not any("CJK" in font for font in fonts)
        with page.expect_event("pageerror"):
            page.evaluate("setTimeout(() => { throw new Error('planted') })")
        assert seen.outside(server) == ["http://elsewhere.invalid/tile.png"]
        assert any("elsewhere" in told or "FAILED" in told for told in seen.errors)
        assert any("planted" in told for told in seen.errors)
