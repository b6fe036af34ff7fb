"""The linked picture: what it holds, what a click means, and that it is built once."""

import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st

from app.ui import columns, linked_state, linked_tables
from app.ui.words import LANGS, t
from model.score import keep, ranking, within
from model.thin import thin
from tests.app_pages import asked, opener

SEGMENT = "drones"


def frame(content):
    with pa.ipc.open_stream(content) as stream:
        return stream.read_all().to_pandas()


@pytest.fixture
def picture(model):
    def build(level="city", within="all", top=20, lang="zh", ground="light"):
        return linked_state.built(model, SEGMENT, level, within, (), top, lang, ground)

    return build


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize(
    ("level", "area"), [("city", "all"), ("city", "440000"), ("district", "440000")]
)
def test_every_place_of_the_list_is_in_it(model, picture, level, area, lang, ground):
    whole = ranking(model, SEGMENT, level)
    if area != "all":
        whole = keep(whole, within(model.facts, whole, area))
    spec, table, data = picture(level, area, lang=lang, ground=ground)
    sent = frame(data["places"])
    assert list(sent["code"]) == list(whole["place"]) == list(table["code"])
    assert list(sent["name"]) == list(whole[f"name_{lang}"])
    for name in ("rank", "presence_rank", "fundamentals_rank"):
        assert list(sent[name]) == list(whole[name])
    spots = model.facts.places.loc[level].loc[whole["place"]]
    assert sent["lon"].tolist() == spots["lon"].tolist()
    ahead = columns.opportunity(whole, thin(model, SEGMENT, level)) > 0
    assert list(sent["opportunity"]) == list(ahead) and ahead.any()
    # Every class of ranks that is drawn has its colour.
    colour = next(
        layer["encoding"]["color"]["scale"]
        for layer in spec["vconcat"][1]["layer"]
        if layer.get("name") == "on_map_marks"
    )
    assert set(sent["group"]) == set(colour["domain"])
    assert len(colour["domain"]) == len(colour["range"])
    assert set(sent["label"][20:]) == {""} and (sent["label"][:20] != "").any()
    # Nobody's own names stand in for those of the data.
    used = {
        view["data"]["name"]
        for part in spec["vconcat"]
        for view in part["layer"]
        if "name" in view["data"]
    }
    assert used == {"places", "chosen", "lines"}


def test_what_is_selected_is_on_marks_that_are_there(picture):
    spec, _, _ = picture()
    names = {
        layer["name"]
        for part in spec["vconcat"]
        for layer in part["layer"]
        if "name" in layer
    }
    assert {view for one in spec["params"] for view in one["views"]} == names
    assert [one["name"] for one in spec["params"]] == ["scores", "on_map", "on_ranks"]


def test_only_the_chosen_place_changes_what_is_sent(picture):
    built = picture()
    first = linked_state.drawn(built, "110000")
    other = linked_state.drawn(built, "510100")
    assert list(frame(first["datasets"]["chosen"])["code"]) == ["110000"]
    assert list(frame(other["datasets"]["chosen"])["code"]) == ["510100"]
    assert frame(linked_state.drawn(built, "")["datasets"]["chosen"]).empty
    for drawn in (first, other):
        del drawn["datasets"]["chosen"]
    assert first == other and "datasets" not in built[0]


def test_the_box_of_an_area_holds_its_places_and_is_never_a_point():
    spots = pd.DataFrame({"lon": [113.0, 114.5], "lat": [22.0, 22.1]})
    west, south, east, north = linked_tables.box(spots, everywhere=False)
    assert west < 113 and east > 114.5 and south < 22 and north > 22.1
    assert east - west >= linked_tables.LEAST and north - south >= linked_tables.LEAST


def test_a_click_is_taken_by_code_and_one_outside_the_list_is_left(monkeypatch):
    wrote = []
    monkeypatch.setattr(linked_state.state, "write", lambda: wrote.append(1))
    held = {"place": "110000"}
    monkeypatch.setattr(st, "session_state", held)
    codes = frozenset({"110000", "510100"})

    def click(**rows):
        held["k"] = {
            "selection": {name: [{"code": code}] for name, code in rows.items()}
        }
        linked_state.PICTURE.choose("k", codes)
        return held["place"]

    assert click(on_map="110000") == "110000" and not wrote
    assert click(on_map="510100") == "510100" and len(wrote) == 1
    # The map still holds its own when the ranks are clicked.
    assert click(on_map="510100", on_ranks="110000") == "110000"
    assert click(on_ranks="999999") == "110000" and len(wrote) == 2
    held["k"] = {"selection": {}}
    linked_state.PICTURE.choose("k", codes)
    assert held["place"] == "110000" and len(wrote) == 2


def test_an_outdated_selection_begins_a_new_picture(monkeypatch):
    held = {}
    monkeypatch.setattr(st, "session_state", held)
    key = linked_state.PICTURE.key("x", "")
    held[key] = {"selection": {"on_map": [{"code": "510100"}]}}
    assert linked_state.PICTURE.key("x", "510100") == key
    # Another was chosen in the table: a click on the first must be told again.
    other = linked_state.PICTURE.key("x", "110000")
    assert other != key and linked_state.PICTURE.key("x", "") == other


@pytest.fixture
def visit(model, monkeypatch):
    return opener("recommend", model, monkeypatch, segment=SEGMENT)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_draws_it_below_the_table(visit, model, lang):
    page = visit(lang=lang, place="510100")
    (chart,) = page.get("vega_lite_chart")[-1:]
    assert {one.name for one in chart.proto.datasets} == {"places", "chosen", "lines"}
    count = len(ranking(model, SEGMENT, "city"))
    assert chart.proto.alt == t("linked.alt", lang, shown=count)
    assert t("linked.heading", lang) in [one.value for one in page.header]
    assert list(chart.proto.selection_mode) == ["on_map", "on_ranks"]
    assert asked(page)["place"] == "510100"
