import io
import math
import re

import numpy as np
import pandas as pd
import pytest

from app.commands import what_if as command
from app.ui import cache, columns, what_if_planned, what_if_state, what_if_tables
from app.ui.what_if_state import Asked
from app.ui.words import LANGS, words
from app.views import own, what_if_answer
from data.schema import LEVELS
from model import score
from model.assumptions import Assumption
from model.score import ranking
from model.what_if import figure_of, what_if
from tests import app_pages
from tests.app_pages import asked, sound, texts
from tests.what_if_page import (
    CITY,
    DISTRICT,
    EN,
    JINAN,
    MINHANG,
    SHANGHAI,
    ZH,
    labels,
    metrics,
    opener,
    scene,
)

CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with some parameters in its URL."""
    return opener(model, monkeypatch)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("section", what_if_state.SECTIONS)
def test_every_section_opens_on_an_example(visit, model, section, level, lang):
    page = visit(scenario=section, level=level, lang=lang, segment="drones")
    assert not page.error
    assert page.title[0].value == words(lang)["scenario.heading"]
    place = ranking(model, "drones", level)["place"].iloc[11]
    assert page.selectbox(key="place").value == place
    name = cache.names(model.facts, level, lang)[place]
    example = words(lang)["scenario.example"].format(name=columns.plain(name), rank=12)
    assert example in [c.value for c in page.caption]
    said = " ".join(map(str, [*texts(page), *labels(page)]))
    assert not re.search(r"[{}]|\bnan\b|None", said)
    if lang == "en":
        assert not CHINESE.findall(said)
        for drawn in page.dataframe:
            cells = [*drawn.value, *drawn.value.to_numpy().ravel()]
            assert not CHINESE.findall(" ".join(map(str, cells)))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("params", "text", "assumed"),
    [
        (CITY, "ai_papers:389", [("city", JINAN, "ai_papers", 389.0)]),
        (
            CITY,
            "ai_papers:389.25,wage:unknown",
            [("city", JINAN, "ai_papers", 389.25), ("city", JINAN, "wage", math.nan)],
        ),
        (
            DISTRICT,
            "bachelor_plus:1060039,city:gdp:59000.5",
            [
                ("district", MINHANG, "bachelor_plus", 1060039.0),
                ("city", SHANGHAI, "gdp", 59000.5),
            ],
        ),
    ],
)
def test_the_url_moves_the_rank_as_the_model_does(
    visit, model, params, text, assumed, lang
):
    page = visit(text, lang=lang, **params)
    made = [Assumption(*one) for one in assumed]
    level, place = params.get("level", "city"), params["place"]
    found = what_if(model, params["segment"], level, place, made)
    row = found.places.loc[place]
    shown = metrics(page, lang)
    assert shown["rank"][0] == f"#{row['rank_after']}"
    assert f"#{row['rank_before']}" in shown["rank"][1]
    assert shown["range"][0] == f"{row['low_after']}–{row['high_after']}"
    assert f"{row['low_before']}–{row['high_before']}" in shown["range"][1]
    assert shown["score"][0] == f"{row['score_after']:.2f}"
    # The whole answer is marked: a banner, the numbers' names, the table, the file.
    mark = words(lang)["scenario.badge"]
    note = found.note.zh if lang == "zh" else found.note.en
    assert f"{mark} {columns.plain(note)}" in [w.value for w in page.warning]
    rows = page.dataframe[-1].value
    assert set(rows[words(lang)["scenario.col_basis"]]) == {
        words(lang)["scenario.mark"]
    }
    first = found.places.sort_values("rank_after").head(10)
    assert list(rows.index[:10]) == list(first.index) and place in rows.index
    line = command.command_line(params["segment"], level, place, made)
    assert page.code[0].value == line
    for when in ("before", "after"):
        for reason in getattr(found, f"reasons_{when}"):
            text = columns.plain(reason[f"text_{lang}"])
            assert any(text in m.value for m in page.markdown)
    held = [what_if_state.key(one, level) for one in made]
    assert page.multiselect[0].value == held


def test_the_chance_of_the_first_five_before_is_that_of_the_ranking(model):
    place = ranking(model, "drones", "city")["place"].iloc[4]
    papers = figure_of(model, "city", place, "ai_papers")
    table = ranking(model, "drones", "city").set_index("place")["chance_top5"]
    found = what_if(model, "drones", "city", place, [])
    before, after = what_if_tables.chances(model, found)
    assert before == after == pytest.approx(table[place], abs=1e-3)
    fewer = [Assumption("city", place, "ai_papers", papers / 50)]
    fewer += [Assumption("city", place, "bachelor_plus", 1_000.0)]
    less = what_if(model, "drones", "city", place, fewer)
    assert less.places.at[place, "moved"] < 0
    assert what_if_tables.chances(model, less)[1] < before


def test_the_file_says_of_every_row_what_it_rests_on(model):
    assumed = (Assumption("city", JINAN, "ai_papers", 389.0),)
    found = what_if(model, "ai_healthcare", "city", JINAN, assumed)
    here = Asked("ai_healthcare", "city", JINAN, "", False, "what_if", 10, assumed)
    content = what_if_answer.tables.csv(what_if_tables.file(found, here, model.facts))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype={"place": str})
    assert set(back["basis"]) == {"assumption"} and len(back) == 337
    assert set(back["assumed"]) == {"ai_papers:389"}
    assert back["rank_after"].is_monotonic_increasing
    held = back.set_index("place")
    assert held.at[JINAN, "rank_after"] == found.places.at[JINAN, "rank_after"]
    assert held.at[JINAN, "low_after"] == found.places.at[JINAN, "low_after"]


def test_a_figure_is_chosen_changed_emptied_and_dropped(visit, model):
    page = visit(segment="ai_healthcare")
    assert not page.metric and page.info
    sound(page.multiselect[0].set_value(["ai_papers"]).run())
    known = figure_of(model, "city", JINAN, "ai_papers")
    # The place is written too: another day's example may be another place.
    assert asked(page) == {**CITY, "if": f"ai_papers:{known:.0f}"}
    assert metrics(page)["rank"][0] == "#12"
    sound(page.number_input[0].set_value(389.0).run())
    assert asked(page) == {**CITY, "if": "ai_papers:389"}
    assert metrics(page)["rank"][0] == "#10"
    sound(page.number_input[0].set_value(None).run())
    assert asked(page)["if"] == "ai_papers:unknown"
    unknown = f"{ZH['scenario.badge']} {ZH['scenario.unknown']}"
    assert any(caption.value.endswith(unknown) for caption in page.caption)
    sound(page.button[0].click().run())
    assert asked(page) == CITY and not page.metric


def test_a_flag_is_had_or_not_or_unknown(visit, model):
    page = visit("ai_pilot_zone:1", **CITY)
    box = next(s for s in page.selectbox if s.key.endswith("ai_pilot_zone"))
    assert box.value == 1.0 and not page.number_input
    sound(box.set_value(0.0).run())
    assert asked(page)["if"] == "ai_pilot_zone:0"
    box = next(s for s in page.selectbox if s.key.endswith("ai_pilot_zone"))
    sound(box.set_value(None).run())
    assert asked(page)["if"] == "ai_pilot_zone:unknown"


def test_what_cannot_be_is_refused_in_words_and_not_taken(visit):
    page = visit("renter_share:30", **CITY, lang="en")
    sound(page.number_input[0].set_value(130.0).run())
    assert "Not taken: outside what can be" in page.warning[0].value
    assert asked(page)["if"] == "renter_share:30"
    assert page.number_input[0].value == 30.0
    assert not sound(page.run()).warning[0].value.startswith("Not taken")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("params", "text", "kept", "why"),
    [
        (CITY, "pm25:-5,ai_papers:389", ["ai_papers"], "range"),
        (CITY, "ai_papers:389,ai_papers:500", ["ai_papers"], "twice"),
        (CITY, "no_such:3,ai_papers:389", ["ai_papers"], "indicator"),
        (DISTRICT, "wage:90000", [], "indicator"),
        (DISTRICT, "bachelor_plus:9e9", [], "share"),
        (DISTRICT, "bachelor_plus:2900000", [], "share"),
    ],
)
def test_impossible_values_of_a_link_are_left_out_with_the_reason(
    visit, params, text, kept, why, lang
):
    from model.what_if import REFUSALS

    page = visit(text, lang=lang, **params)
    assert page.multiselect[0].value == kept
    said = REFUSALS[why].zh if lang == "zh" else REFUSALS[why].en
    whole = page.warning[0].value.replace("\\", "")
    assert max(said.split("{name}"), key=len) in whole


HOSTILE = [
    *("<script>alert(1)</script>:3", "ai_papers:nan", "ai_papers:inf", ":", ",,,"),
    *("ai_papers", "ai_papers:", ":5", "ai_papers:1e999", "city:city:gdp:3", "city::"),
    *("ai_papers:５", "ai_papers:1_000", "ai_papers:0x10", "__class__:1", "a" * 9_000),
    ",".join(f"x{n}:1" for n in range(500)),
    ",".join(["ai_papers:389"] * 60),
    *("ai_papers:389\x00", "[x](http://a.b):1", "compute_new_planned:1e15", "gdp:-0"),
    *("ai_papers:-1", "wage:1e-300", "%s%d{0}:1", "{lang}:1", "=cmd|' /C calc'!A0:1"),
]


@pytest.mark.parametrize("params", [CITY, DISTRICT], ids=["city", "district"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_assumptions_never_raise(model, text, params):
    here = scene(model, **params)
    kept, notes = what_if_state.parse(model, text, here.level, here.place, here.city)
    assert what_if_state.fault(model, here.level, here.place, kept) is None
    assert len(kept) <= what_if_state.MOST and (kept or notes or not text.strip(","))
    assert all(np.isfinite(one.value) for one in kept)
    again, more = what_if_state.parse(
        model,
        what_if_state.as_text(kept, here.level),
        *(here.level, here.place, here.city),
    )
    assert again == kept and not more


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_links_are_shown_as_text(visit, lang):
    text = ",".join(part for part in HOSTILE if len(part) < 60)
    page = visit(text, lang=lang, scenario="<b>", k="7", **CITY)
    said = page.warning[0].value
    assert r"\<script\>" in said and "<script>" not in said
    assert r"\[x\]\(http" in said and len(said) < 8_000
    assert page.segmented_control(key="scenario").value == "what_if"


def test_a_part_and_its_whole_may_change_together(model):
    here = scene(model, **DISTRICT)
    parts = (here.level, here.place, here.city)
    alone, notes = what_if_state.parse(model, "bachelor_plus:2900000", *parts)
    assert not alone and notes
    both = "bachelor_plus:2900000,population:6000000"
    kept, notes = what_if_state.parse(model, both, *parts)
    assert len(kept) == 2 and not notes


def test_every_digit_of_an_assumption_is_kept(model):
    here = scene(model, **DISTRICT)
    made = [
        Assumption("district", MINHANG, "bachelor_plus", 0.1 + 700_000.2),
        Assumption("city", SHANGHAI, "gdp", 50000 / 3),
    ]
    text = what_if_state.as_text(made, "district")
    parts = (here.level, here.place, here.city)
    assert what_if_state.parse(model, text, *parts)[0] == made


def test_another_place_drops_what_was_assumed_of_the_old_one(visit):
    page = visit("ai_papers:389", **CITY)
    sound(page.selectbox(key="place").set_value("340100").run())
    assert asked(page) == {**CITY, "place": "340100"}
    page = visit("ai_papers:389", **CITY)
    sound(page.segmented_control(key="level").set_value("district").run())
    assert asked(page) == {"segment": CITY["segment"], "level": "district"}
    page = visit("ai_papers:389", **CITY)
    sound(page.selectbox(key="segment").set_value("drones").run())
    assert asked(page) == {**CITY, "segment": "drones", "if": "ai_papers:389"}


def test_an_example_gives_way_to_that_of_another_level(visit):
    page = visit(level="district", segment="drones")
    sound(page.segmented_control(key="level").set_value("city").run())
    assert asked(page) == {"segment": "drones", "level": "city"}


def test_planned_figures_of_the_facts_are_offered(visit, model):
    page = visit(**CITY)
    rows = page.dataframe[0].value
    assert list(rows[ZH["scenario.col_period"]]) == ["2025", "2025", "2026-12"]
    assert set(rows[ZH["scenario.col_read"]]) == {ZH["scenario.read_false"]}
    assert ZH["scenario.planned_unread"] in texts(page)
    use = ZH["scenario.planned_use"]
    sound(next(b for b in page.button if b.label == use).click().run())
    text = asked(page)["if"]
    assert "compute_total:10000" in text.split(",") and text.count(":") == 3
    # The ranking does not read them, as the page has said.
    assert metrics(page)["rank"][0] == "#12"
    without = visit(segment="drones", place="340400")
    assert not any(b.label == use for b in without.button)


def test_plans_gone_by_are_not_offered(model):
    here, rows = scene(model, **CITY), model.facts.observations
    held = what_if_planned.planned(model, here, rows)
    assert len(held) == 3 and not held["read"].any()
    mine = (rows["place"] == JINAN) & (rows["indicator"] == "ai_papers")
    one = rows[mine].tail(1).assign(status="planned", value=400.0)
    for period, offered in (("2019", False), ("2030", True)):
        more = pd.concat([rows, one.assign(period=period)])
        table = what_if_planned.planned(model, here, more).set_index("indicator")
        assert ("ai_papers" in table.index) == offered
    assert bool(table.at["ai_papers", "read"])


FILE = """place,indicator,value,unit,period,status,source_id
370100,ai_papers,200,篇,2027,planned,
370100,ai_papers,389,篇,2028,planned,
370100,wage,很高,元,2028,planned,
440300,ai_papers,500,篇,2028,planned,
370100,no_such,1,篇,2028,planned,
370100,wage,130000,元,2025,,
"""


def test_a_file_of_planned_figures_is_read_as_import_reads_it(model):
    here = scene(model, **CITY)
    content = FILE.encode()
    made, others, said = what_if_planned.brought(model, here, content, ".csv", "en")
    assert made == [Assumption("city", JINAN, "ai_papers", 389.0)]
    assert others == 3 and len(said) == 2
    assert said[0].startswith("planned.csv:4: ") and "no_such" in said[1]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_plans_of_a_file_gone_by_are_not_taken(model, suffix):
    # The examples of the template are such figures.
    content = own.template(model.facts, "indicators", "zh", suffix)
    here = Asked("drones", "city", "330100", "", False, "what_if", 10)
    made, others, said = what_if_planned.brought(model, here, content, suffix, "zh")
    assert not made and others == 2 and any("示例" in line for line in said)


def test_a_file_is_taken_and_what_is_wrong_with_it_is_said(visit):
    page = visit(**CITY)
    sound(page.file_uploader[0].upload("计划.csv", FILE.encode(), "text/csv").run())
    assert asked(page)["if"] == "ai_papers:389"
    assert metrics(page)["rank"][0] == "#10"
    opened = next(e for e in page.expander if e.label == ZH["scenario.file"])
    assert opened.proto.expanded
    done = ZH["scenario.file_done"].format(taken=1, others=3)
    assert done in [s.value for s in page.success]
    said = next(w.value for w in page.warning if "planned" in w.value)
    assert "no\\_such" in said
    much = FILE.splitlines()[0] + "\n370100,bachelor_plus,99000000,人,2028,planned,\n"
    refused = sound(
        page.file_uploader[0].upload("a.csv", much.encode(), "text/csv").run()
    )
    assert any(w.value.startswith("没有采用") for w in refused.warning)
    none = ZH["scenario.file_done"].format(taken=0, others=0)
    assert none in [i.value for i in refused.info]
    assert asked(refused)["if"] == "ai_papers:389"
    bad = sound(page.file_uploader[0].upload("x.xlsx", b"<html>", "text/csv").run())
    assert bad.error and asked(bad)["if"] == "ai_papers:389"


def test_the_panel_of_a_place_leads_here(model, monkeypatch):
    page = app_pages.opener("recommend", model, monkeypatch)(**DISTRICT, lang="en")
    links = [e.proto for e in page.get("page_link")]
    (link,) = [one for one in links if one.label == EN["scenario.link"]]
    assert link.page == "what-if"
    asked_for = dict(part.split("=") for part in link.query_string.split("&"))
    assert asked_for == {**DISTRICT, "lang": "en"}


def test_without_evidence_there_is_nothing_to_try(visit, monkeypatch):
    monkeypatch.setattr(score, "confidence", lambda model, segment: "")
    cache._small.clear()
    try:
        page = visit(**CITY)
    finally:
        cache._small.clear()
    assert ZH["recommend.confidence_none"] in page.warning[0].value
    assert not page.multiselect
