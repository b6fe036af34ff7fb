"""The first visit's help on 选址: folded beside the other boxes, easy to find."""

import re

import pytest

from app.ui.words import LANGS, t
from app.views import tour
from tests.app_pages import opener

CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def visit(model, monkeypatch):
    """Open 选址 with some parameters in its URL."""
    return opener("recommend", model, monkeypatch)


def block(page, lang="zh"):
    (found,) = [e for e in page.expander if e.label == t("tour.title", lang)]
    return found


@pytest.mark.parametrize(
    "params", [{}, {"lang": "en"}, {"segment": "drones"}, {"place": "440300"}]
)
def test_it_is_folded_away_so_that_the_answer_is_seen_first(visit, params):
    page = visit(**params)
    assert not block(page, params.get("lang", "zh")).proto.expanded


def test_what_is_opened_takes_the_whole_width(visit):
    row = len(visit().columns)
    page = visit()
    page.session_state[tour.KEY] = True
    page.run()
    assert not page.exception and len(page.columns) == row - 3


@pytest.mark.parametrize("lang", LANGS)
def test_the_steps_name_controls_that_are_there(visit, lang):
    page = visit(lang=lang)
    (steps,) = block(page, lang).markdown
    lines = steps.value.splitlines()
    assert len(lines) == len(tour.STEPS)
    assert bool(CHINESE.search(steps.value)) == (lang == "zh")
    labels = {e.label for e in (*page.selectbox, *page.segmented_control)}
    labels |= {t(tour.NAMED["place"], lang)}
    for name in ("segment", "level", "within"):
        label = t(tour.NAMED[name], lang)
        assert label in labels and label in lines[0]


@pytest.mark.parametrize("lang", LANGS)
def test_it_links_to_the_other_pages_in_the_same_language(visit, lang):
    page = visit(lang=lang)
    links = {e.proto.page: e.proto for e in block(page, lang).get("page_link")}
    others = {"map", "fit", "what-if", "compare", "my-lens", "lenses", "data", "bring"}
    assert set(links) == {*others, "evidence"}
    asked = set(links["evidence"].query_string.split("&"))
    assert "proof=method" in asked
    for link in links.values():
        assert ("lang=en" in link.query_string) == (lang == "en")
