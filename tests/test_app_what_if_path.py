"""The page of scenarios: paths to the shortlist, and what is worth finding out."""

import pytest

from app.ui import columns, what_if_state
from app.ui.words import LANGS, words
from model.assumptions import Assumption
from model.path import path_to_top
from model.score import ranking
from model.unknowns import worth_finding_out
from tests.app_pages import asked, sound
from tests.what_if_page import (
    CITY,
    DISTRICT,
    EN,
    JINAN,
    MINHANG,
    ZH,
    metrics,
    opener,
)

# A missing figure that changes whether the place is in the first twenty.
UNSURE = {"segment": "service_robots", "place": "350100", "k": "20"}


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with some parameters in its URL."""
    return opener(model, monkeypatch)


@pytest.mark.parametrize("lang", LANGS)
def test_a_path_is_that_of_the_model_and_can_be_taken_over(visit, model, lang):
    page = visit(scenario="path", lang=lang, **CITY)
    found = path_to_top(model, "ai_healthcare", "city", JINAN, 10)
    assert found.status == "reached" and found.steps
    shown = metrics(page, lang)
    assert shown["rank"][0] == f"#{found.rank_after}"
    low, high = found.range_after
    assert shown["range"][0] == f"{low}–{high}"
    rows = page.dataframe[0].value
    names = [step[f"name_{lang}"] for step in found.steps]
    assert list(rows[words(lang)["scenario.col_indicator"]]) == names
    basis = words(lang)["scenario.path_basis"]
    assert any(columns.plain(basis) in w.value for w in page.warning)
    line = "siteselect path --segment ai_healthcare --place 370100 --level city"
    assert page.code[0].value.startswith(f"{line} --top 10\nsiteselect what-if ")
    take = words(lang)["scenario.take_over"]
    sound(next(b for b in page.button if b.label == take).click().run())
    made = [
        Assumption("city", JINAN, step["indicator"], step["to"]) for step in found.steps
    ]
    text = what_if_state.as_text(made, "city")
    assert asked(page)["if"] == text and asked(page)["scenario"] == "what_if"
    assert metrics(page, lang)["rank"][0] == f"#{found.rank_after}"


def test_no_path_says_how_near_it_comes(visit, model):
    page = visit(scenario="path", lang="en", **DISTRICT)
    found = path_to_top(model, "drones", "district", MINHANG, 10)
    assert found.status == "none" and found.steps
    said = EN["scenario.path_none"].format(
        k=10, then=found.rank_after, now=found.rank_before
    )
    assert said in [i.value for i in page.info]
    sound(page.segmented_control(key="k").set_value("20").run())
    assert asked(page)["k"] == "20" and not page.dataframe
    already = EN["scenario.path_already"].format(k=20, now=found.rank_before)
    assert already in [s.value for s in page.success]


def test_no_step_at_all_is_said(visit, model):
    place = ranking(model, "drones", "district")["place"].iloc[10]
    found = path_to_top(model, "drones", "district", place, 10)
    assert found.status == "none" and not found.steps
    page = visit(scenario="path", segment="drones", level="district", place=place)
    assert ZH["scenario.path_nowhere"].format(k=10, now=11) in [
        i.value for i in page.info
    ]
    assert not page.dataframe and not page.button


def test_paths_start_from_what_is_known(visit):
    page = visit("ai_papers:20", scenario="path", **CITY)
    assert ZH["scenario.from_known"] in [c.value for c in page.caption]
    assert metrics(page)["rank"][1].endswith("#12")


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_worth_finding_out_is_that_of_the_model(visit, model, lang):
    page = visit(scenario="worth", lang=lang, **UNSURE)
    table = worth_finding_out(
        model, UNSURE["segment"], "city", UNSURE["place"], int(UNSURE["k"])
    )
    assert table["flips"].any()
    rows = page.dataframe[0].value
    assert list(rows[words(lang)["scenario.col_indicator"]]) == list(
        table[f"name_{lang}"]
    )
    shares = rows[words(lang)["scenario.col_flips"]]
    assert list(shares) == list((100 * table["flips"]).round(0))
    assert page.code[0].value == (
        "siteselect find-out --segment service_robots --place 350100 --level city"
        " --top 20"
    )
    assert page.code[1].value.startswith(words(lang)["data.own_import_code"])
    assert not page.info


def test_nothing_to_find_out_is_said(visit, model):
    page = visit(scenario="worth", **CITY)
    assert ZH["scenario.worth_complete"] in [i.value for i in page.info]
    firm = visit(scenario="worth", **DISTRICT)
    table = worth_finding_out(model, "drones", "district", MINHANG)
    assert len(table) and not table["flips"].any()
    assert len(firm.dataframe[0].value) == len(table)
    assert f"{len(table)} 个不知道的数字" in firm.info[0].value
