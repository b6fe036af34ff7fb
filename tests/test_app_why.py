import re
from dataclasses import replace

import pytest

from app.ui import state, why_answers
from app.ui.words import LANGS
from data.schema import LEVELS
from model import score
from tests.app_pages import asked, opener, sound, table_of

SEGMENT = "ai_healthcare"
PLACES = {"city": "340100", "district": "440305"}
BOX = "versus-box"


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with some parameters in its URL."""

    def open_page(of=model, **params):
        return opener("recommend", of, monkeypatch)(**params)

    return open_page


def spoken(page):
    """All text of the page, as it was before it was escaped."""
    texts = (e.value for kind in (page.markdown, page.caption) for e in kind)
    return re.sub(r"\\(.)", r"\1", " ".join(texts))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_tab_says_why(visit, model, level, lang):
    place = PLACES[level]
    page = visit(segment=SEGMENT, level=level, place=place, lang=lang)
    said = spoken(page)
    found = why_answers.account(model, SEGMENT, level, place)
    shown = [float(metric.value) for metric in page.metric[:2]]
    assert shown == [
        pytest.approx(found[name], abs=0.006) for name in ("presence", "fundamentals")
    ]
    told = [*found["reasons"], *filter(None, [found["weakness"]])]
    for entry in told:
        assert entry[f"said_{lang}"] in said
    assert found["unknown"][f"text_{lang}"] in said
    titles = model.facts.sources
    first = titles.loc[told[0]["sources"][0]["source_id"]]
    assert first["title" if lang == "zh" else "title_en"] in said
    gap = why_answers.versus(
        model, SEGMENT, level, place, page.selectbox(key=BOX).value
    )
    assert gap[f"text_{lang}"] in said
    shaky = [one for one in (*told, *why_answers.spoken(gap)) if not one["stable"]]
    assert said.count(":orange-badge") == len(shaky)
    names = {"zh": "贡献", "en": "Contribution"}
    groups = table_of(page, names[lang])
    assert groups[names[lang]].sum() == pytest.approx(found["score"], abs=1e-6)


def test_a_mark_says_what_is_not_stable(visit, model):
    view = why_answers.view(model, SEGMENT, "city")
    order = view.table.sum(axis=1).sort_values(ascending=False).index
    shaky = next(
        place
        for place in order
        if any(
            not reason["stable"]
            for reason in why_answers.account(model, SEGMENT, "city", place)["reasons"]
        )
    )
    page = visit(segment=SEGMENT, place=shaky)
    assert ":orange-badge[:material/warning: 不稳：" in spoken(page)
    helps = [element.help for element in page.markdown if element.help]
    assert any("重抽样" in text and "70%" in text for text in helps)


def test_without_resamples_nothing_is_marked(visit, model):
    bare = replace(model, draws={}, manifest={**model.manifest, "sha256": "bare"})
    said = spoken(visit(of=bare, segment=SEGMENT, place="340100"))
    assert "最强的两条理由" in said and ":orange-badge" not in said


def test_the_neighbour_above_is_compared_with_first(visit, model):
    order = list(score.ranking(model, SEGMENT, "city")["place"])
    page = visit(segment=SEGMENT, place=order[6])
    assert page.selectbox(key=BOX).value == order[5]
    page.selectbox(key="place").set_value(order[0])
    sound(page.run())
    assert page.selectbox(key=BOX).value == order[1]
    assert order[0] not in page.selectbox(key=BOX).options
    assert "versus" not in asked(page)


def test_the_choice_is_kept_in_the_url(visit, model):
    page = visit(segment=SEGMENT, place="340100")
    page.selectbox(key=BOX).set_value("330100")
    sound(page.run())
    assert asked(page)["versus"] == "330100"
    gap = why_answers.versus(model, SEGMENT, "city", "340100", "330100")
    assert gap["text_zh"] in spoken(page)
    page.selectbox(key="segment").set_value("drones")
    sound(page.run())
    assert page.selectbox(key=BOX).value == "330100"
    # The two change places; nothing is compared with itself.
    page.selectbox(key="place").set_value("330100")
    assert sound(page.run()).selectbox(key=BOX).value != "330100"
    page.button(key="close").click()
    assert "versus" not in asked(sound(page.run()))


def test_a_link_opens_the_comparison_in_an_area_and_beyond_it(visit):
    params = {"segment": SEGMENT, "place": "440300", "within": "pearl_delta"}
    page = visit(**params, versus="440100")
    assert page.selectbox(key=BOX).value == "440100"
    inside = len(page.selectbox(key=BOX).options)
    page = visit(**params, versus="110000")
    assert page.selectbox(key=BOX).value == "110000"
    assert len(page.selectbox(key=BOX).options) > inside
    # An area of one place is no list to compare within.
    page = visit(segment=SEGMENT, place="440300", within="440300")
    assert len(page.selectbox(key=BOX).options) > inside


def test_a_code_that_is_no_place_of_the_level_is_noted(visit, model):
    page = visit(segment=SEGMENT, place="340100", versus="999999")
    assert "“999999”" in page.warning[0].value
    page = visit(segment=SEGMENT, place="440305", level="district", versus="110000")
    assert "“110000”" in page.warning[0].value
    chosen, notes = state.read({"place": "340100", "versus": "440305"}, model.facts)
    assert chosen.versus == "440300"
    assert [(note.name, note.used) for note in notes] == [("versus", "440300")]
    assert state.read({"versus": "999999"}, model.facts) == (state.State(), [])


def test_a_change_of_level_takes_both_to_their_cities(visit):
    page = visit(segment=SEGMENT, level="district", place="440305", versus="110108")
    page.segmented_control(key="level").set_value("city")
    page = sound(page.run())
    assert asked(page)["place"] == "440300" and asked(page)["versus"] == "110000"
    assert not page.warning


@pytest.mark.parametrize("level", LEVELS)
def test_the_bars_sum_to_the_gap(model, level):
    order = list(score.ranking(model, SEGMENT, level)["place"])
    for other in order[1:60:7]:
        gap = why_answers.versus(model, SEGMENT, level, order[0], other)
        for lang in LANGS:
            bars = why_answers.parts_of(gap, "rest", lang)
            assert bars["value"].sum() == pytest.approx(gap["gap"], abs=1e-6)
            assert bars["name"].is_unique
