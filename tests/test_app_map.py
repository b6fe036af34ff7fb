"""The map: each place drawn once by its code, and the URL as its state."""

import json
import re
from collections import Counter

import pandas as pd
import pyarrow as pa
import pytest

from app.ui import (
    atlas_chart,
    atlas_geometry,
    atlas_state,
    atlas_tables,
    cache,
    columns,
)
from app.ui.words import LANGS, words
from data.schema import LEVELS
from model import score
from tests.app_pages import asked, opener

CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def visit(model, monkeypatch):
    return opener("atlas", model, monkeypatch)


def said(page):
    kinds = (page.title, page.header, page.markdown, page.caption)
    kinds += (page.warning, page.info)
    return "\n".join(element.value for kind in kinds for element in kind)


def drawn(page):
    """The chart's specification, and the tables sent with it."""
    (chart,) = page.get("vega_lite_chart")
    tables = [
        pa.ipc.open_stream(one.data.data).read_pandas() for one in chart.proto.datasets
    ]
    return json.loads(chart.proto.spec), tables


def shapes(name):
    path = atlas_geometry.FOLDER / f"{name}.json"
    held = json.loads(path.read_text("utf-8"))
    return held["objects"][atlas_geometry.FEATURE]["geometries"]


def codes(name):
    return [one["properties"]["code"] for one in shapes(name)]


def test_every_city_has_exactly_one_outline(facts):
    held = Counter(codes("city"))
    assert set(held.values()) == {1}
    assert not set(facts.places.loc["city"].index) - set(held)


def test_every_district_has_exactly_one_outline(facts):
    places = facts.places.loc["district"]
    held = Counter()
    for province in atlas_state.provinces(facts):
        found = codes(province)
        held.update(found)
        assert {code[:2] for code in found} == {province[:2]}
        assert list(atlas_geometry.areas("district", province)) == found
    assert set(held.values()) == {1}
    assert not set(places.index) - set(held)


def test_the_whole_territory_is_drawn():
    """Taiwan, Hong Kong and Macao, and the lines without a code are kept."""
    held = {code[:2] for code in codes("city")}
    assert {"71", "81", "82"} <= held and len(held) == 34
    for level, count in (("city", 13), ("district", 7)):
        lines = shapes(f"lines-{level}")
        assert len(lines) == count
        assert {one["type"] for one in lines} == {"MultiLineString"}
        assert {one["properties"]["code"] for one in lines} == {""}
    west, south, east, north = atlas_geometry.box("city", "all")
    assert west < 73.6 and south < 3.5 and east > 135 and north > 53.5


def test_the_licence_and_the_source_stand_with_the_outlines():
    licence = (atlas_geometry.FOLDER / "LICENSE.txt").read_text("utf-8")
    assert "MIT License" in licence and "JayMuShui" in licence
    readme = (atlas_geometry.FOLDER / "README.md").read_text("utf-8")
    assert "天地图" in readme and "JayMuShui" in readme


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
def test_a_map_of_each_level(visit, model, level, lang):
    page = visit(segment="drones", level=level, within="440000", lang=lang)
    spec, (table,) = drawn(page)
    inside = "all" if level == "city" else "440000"
    found = atlas_geometry.areas(level, inside)
    assert list(table["code"]) == list(found)
    whole = score.ranking(model, "drones", level)
    if level == "district":
        held = score.within(model.facts, whole, "440000")
        whole = score.keep(whole, held, model.drawn("drones", level))
    ranks = whole.set_index("place")
    groups = atlas_tables.classes(len(whole), lang)
    ends = atlas_tables.ends(len(whole))
    unranked = words(lang)["map.unranked"]
    names = whole.set_index("place")[f"name_{lang}"]
    for row in table.itertuples():
        if row.code not in ranks.index:
            assert (row.rank, row.group, row.range) == (unranked, unranked, "—")
            continue
        rank = ranks.at[row.code, "rank"]
        assert str(rank) in row.rank
        assert rank <= ends[groups.index(row.group)]
        share = columns.below(ranks.at[row.code, "score_100"])
        assert row.score == f"{share:.1f}"
        assert row.name.startswith(names[row.code])
    assert set(table.loc[table["group"] != unranked, "code"]) == set(ranks.index)
    assert spec["projection"]["type"] == "identity" and spec["projection"]["reflectY"]
    said_source = [one.value for one in page.caption if "JayMuShui" in one.value]
    assert len(said_source) == 1 and "MIT" in said_source[0]
    if lang == "en":
        assert not CHINESE.search(said(page))


def test_a_spec_names_the_outlines_and_holds_none(visit):
    spec, _ = drawn(visit(segment="drones"))
    text = json.dumps(spec)
    assert "app/static/geo/city.json" in text and "lines-city.json" in text
    assert "://" not in text.replace(spec.get("$schema", ""), "")
    assert len(text) < 20_000


def test_another_segment_leaves_the_drawing_and_changes_the_ranks(visit):
    """What makes the browser draw anew does not hold the segment."""
    one, (ranks,) = drawn(visit(segment="drones"))
    other, (others,) = drawn(visit(segment="speech"))

    def without_name(spec, table):
        named = [one["from"]["data"]["name"] for one in _lookups(spec)]
        assert len(set(named)) == 1 and len(table)
        return json.dumps(spec).replace(named[0], "table")

    assert without_name(one, ranks) == without_name(other, others)
    assert not ranks.equals(others)


def _lookups(spec):
    for layer in spec["layer"]:
        for step in layer.get("transform", spec.get("transform", [])):
            if "lookup" in step:
                yield step


def test_what_a_link_gets_wrong_is_said(visit):
    page = visit(segment="drone", level="citty", place="999999", lang="en")
    notes = [one.value for one in page.warning]
    assert sum("is not known" in note for note in notes) == 3
    assert asked(page)["segment"] == "drone"
    assert drawn(page)


def test_a_map_of_districts_without_a_province_says_which_it_shows(visit):
    page = visit(level="district")
    assert page.selectbox(key="within").value == "110000"
    assert any("北京" in one.value for one in page.caption)
    # A city, or the place itself, tells the province.
    page = visit(level="district", within="330100")
    assert page.selectbox(key="within").value == "330000"
    page = visit(level="district", place="440305")
    assert page.selectbox(key="within").value == "440000"


def test_a_place_is_outlined_and_described(visit, model):
    page = visit(segment="drones", place="330100")
    _, (table,) = drawn(page)
    assert list(table.loc[table["chosen"], "code"]) == ["330100"]
    stand = score.ranking(model, "drones", "city").set_index("place").loc["330100"]
    text = said(page)
    assert f"第 **{stand['rank']}** 名" in text and "最主要的理由" in text
    page.button(key="close").click().run()
    assert "place" not in asked(page) and not page.exception
    _, (table,) = drawn(page)
    assert not table["chosen"].any()


def test_another_province_leaves_the_place_of_the_first(visit):
    page = visit(level="district", within="440000", place="440305")
    page.selectbox(key="within").set_value("330000").run()
    assert asked(page)["within"] == "330000" and "place" not in asked(page)
    page.selectbox(key="place").set_value("330108").run()
    assert asked(page)["place"] == "330108" and not page.exception
    page.segmented_control(key="level").set_value("city").run()
    assert asked(page)["place"] == "330100" and not page.exception


def test_places_without_an_outline_are_named(visit, monkeypatch):
    assert not any("同代码" in one.value for one in visit().caption)
    areas = atlas_geometry.areas("city", "all")
    fewer = {code: name for code, name in areas.items() if code != "330100"}
    monkeypatch.setattr(atlas_geometry, "areas", lambda *view: fewer)
    missing = [one.value for one in visit().caption if "图上没有：" in one.value]
    assert len(missing) == 1 and "杭州市" in missing[0] and "1个" in missing[0]


def test_zones_are_told_by_their_place(visit, facts):
    page = visit(zones="1")
    _, tables = drawn(page)
    spots = next(table for table in tables if "lon" in table)
    assert spots["count"].sum() == facts["zones"]["zone"].nunique()
    assert not spots["code"].duplicated().any()
    districts = atlas_tables.zones(
        facts, "district", facts.places.loc["district"].index, "zh"
    )
    only = facts["zones"].drop_duplicates("zone")["level"] == "district"
    assert districts["count"].sum() == only.sum()
    none = visit(zones="1", level="district", within="460000", lang="en")
    assert words("en")["map.zones_none"] in said(none)
    page.toggle(key="zones").set_value(False).run()
    assert "zones" not in asked(page) and len(drawn(page)[1]) == 1


def test_a_segment_without_evidence_is_not_drawn(visit, model, monkeypatch):
    bare = score.ranking(model, "drones", "city").assign(confidence="")
    monkeypatch.setattr(cache, "ranking", lambda *asked: bare)
    page = visit(segment="drones")
    assert not page.get("vega_lite_chart")
    assert words("zh")["recommend.confidence_none"] in said(page)


@pytest.mark.parametrize("count", [1, 2, 3, 16, 124, 337])
def test_classes_hold_every_rank_once(count):
    ends = atlas_tables.ends(count)
    assert ends == sorted(set(ends)) and ends[-1] == count
    assert len(atlas_tables.classes(count, "en")) == len(ends)
    ranks = pd.cut(pd.Series(range(1, count + 1)), [0, *ends])
    assert ranks.notna().all()


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_scale_is_told_apart_without_colour(ground):
    """Each class is lighter (or darker) than the one before, by enough to see."""

    def light(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [
            part / 12.92 if part <= 0.04 else ((part + 0.055) / 1.055) ** 2.4
            for part in parts
        ]
        weighed = zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        return sum(weight * part for weight, part in weighed)

    scale = [light(colour) for colour in atlas_chart.SCALE[ground]]
    if ground == "dark":
        scale = [-value for value in scale]
    assert scale == sorted(scale)
    lights = [abs(value) for value in scale]
    for one, other in zip(lights, lights[1:], strict=False):
        high, low = max(one, other), min(one, other)
        assert (high + 0.05) / (low + 0.05) > 1.3


@pytest.fixture
def session(monkeypatch):
    """What Streamlit holds of a visit, and what is written to the URL."""
    held, written = {}, []
    monkeypatch.setattr(atlas_state.st, "session_state", held)
    monkeypatch.setattr(atlas_state.state, "write", lambda *keys: written.append(keys))
    return held, written


def selection(**codes):
    return {"selection": {name: [{"code": code}] for name, code in codes.items()}}


def test_a_click_is_told_by_code_and_an_unranked_area_is_left(session):
    held, written = session
    known = frozenset({"330100", "310000"})
    held["chart"] = selection(picked="330100")
    atlas_state.PICTURE.choose("chart", known)
    assert held["place"] == "330100" and written == [("place",)]
    # A point of zones lies over its area and chooses the same.
    held["chart"] = selection(picked="330100", zoned="310000")
    atlas_state.PICTURE.choose("chart", known)
    assert held["place"] == "310000" and len(written) == 2
    for left in (selection(picked="710009"), {"selection": {"picked": []}}):
        held["chart"] = left
        atlas_state.PICTURE.choose("chart", known)
    assert held["place"] == "310000" and len(written) == 2


def test_a_chart_begins_anew_once_its_selection_is_outdated(session):
    session[0]["atlas-city-0"] = selection(picked="330100")
    assert atlas_state.PICTURE.key("city", "330100") == "atlas-city-0"
    assert atlas_state.PICTURE.key("city", "310000") == "atlas-city-1"
    assert atlas_state.PICTURE.key("city", "310000") == "atlas-city-1"
