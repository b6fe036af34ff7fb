"""Overrides in the app: made in the panel, shown in the list, kept on their page."""

import io
import re

import pandas as pd
import pytest

from app.export import tables
from app.ui import columns, override_state
from app.ui.words import LANGS, t
from model import overrides as ov
from model.overrides import Override, Overrides
from model.score import keep, ranking, within
from tests.app_pages import asked, sound, table_of, turn
from tests.decisions_page import LEVEL, SEGMENT, opener, said

HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "<script>alert(1)</script> <b>x</b>",
    "![x](http://x/y.png) [a](http://x) :red[z] $1$",
    "{reason} {0} %s",
]


@pytest.fixture
def visit(model, monkeypatch):
    return opener(model, monkeypatch)


def one(place="110000", kind="exclude", number=0, **more):
    values = {"segment": SEGMENT, "level": LEVEL, "reason": "看过现场", **more}
    values = {"initials": "王明", "date": "2026-01-05", **values}
    return Override(place=place, kind=kind, number=number, **values)


def fill(page, place, kind="pin", number=1, reason="看过现场", by="AB", level=LEVEL):
    """Fill in the form of a place and submit it."""

    def key(part):
        return override_state.key(part, asked(page)["segment"], level, place)

    page.segmented_control(key=key("kind")).set_value(kind).run()
    if kind != "exclude":
        page.number_input(key=key("number")).set_value(number)
    page.text_area(key=key("reason")).set_value(reason)
    page.text_input(key=key("initials")).set_value(by)
    return sound(page.button(key=key("submit")).click().run())


def held(page):
    if override_state.HELD not in page.session_state:
        return Overrides()
    return ov.from_short(page.session_state[override_state.HELD])


def listed(page):
    return table_of(page, "score")


def decided(page):
    heading = t("decide.col_shown_rank", "zh")
    found = [d.value for d in page.dataframe if heading in d.value]
    return found[0] if found else None


def names(model, table):
    full = columns.full_names(model.facts, LEVEL, "zh")
    return [full[place] for place in table["place"]]


def test_without_overrides_the_list_has_no_more_columns(visit):
    page = visit()
    assert not {"shown_rank", "mark", "override"} & set(listed(page))
    assert not [one for one in page.toggle if one.key == override_state.MODEL_ORDER]


@pytest.mark.parametrize(
    ("kind", "number", "made"),
    [
        ("pin", 3, ("pin", 3)),
        ("up", 4, ("move", 4)),
        ("down", 2, ("move", -2)),
        ("exclude", 0, ("exclude", 0)),
    ],
)
def test_the_list_is_as_the_override_says(visit, model, kind, number, made):
    page = fill(visit(place="120000"), "120000", kind, number)
    (got,) = held(page).items
    assert (got.kind, got.number) == made
    assert (got.segment, got.level, got.place) == (SEGMENT, LEVEL, "120000")
    wanted = ov.apply(ranking(model, SEGMENT, LEVEL), held(page))
    table, top = listed(page), wanted.head(20)
    assert list(table["place"]) == names(model, top)
    assert list(table["rank"]) == list(top["rank"])
    assert list(table["shown_rank"]) == list(range(1, 21))
    marked = top["override"] != ""
    assert list(table["mark"] != "") == list(marked)
    assert all(re.search("看过现场.*|AB", text) for text in table["override"][marked])
    model_rank = wanted.set_index("place").loc["120000"]
    text = said(page)
    assert f"第 **{model_rank['rank']}** 名" in text
    assert t("decide.shown", "zh", rank=model_rank["rank"], shown=0)[-8:] in text
    assert "看过现场，AB，" in text and "人工改动了1处名次" in text
    assert ("已排除、列在最后：天津市" in text) == (kind == "exclude")


def test_the_models_own_order_is_one_switch_away(visit, model):
    page = fill(visit(place="120000"), "120000", "pin", 1)
    page.toggle(key=override_state.MODEL_ORDER).set_value(True).run()
    assert asked(sound(page))[override_state.MODEL_ORDER] == "1"
    table = listed(page)
    assert list(table["rank"]) == list(range(1, 21))
    assert table.loc[table["place"] == "天津市", "shown_rank"].item() == 1
    page.toggle(key=override_state.MODEL_ORDER).set_value(False).run()
    assert listed(sound(page))["place"].iloc[0] == "天津市"
    assert override_state.MODEL_ORDER not in asked(page)


def test_a_filter_comes_first(visit, model):
    page = fill(visit(place="441900", within="440000"), "441900", "pin", 1)
    table = ranking(model, SEGMENT, LEVEL)
    part = keep(table, within(model.facts, table, "440000"))
    wanted = ov.apply(part, held(page)).head(20)
    assert list(listed(page)["place"]) == names(model, wanted)
    # Elsewhere it is idle, and the panel counts in the whole country.
    turn(page, within="310000")
    assert "人工置顶至第1名" in said(page) and "不在当前范围" in said(page)
    assert "mark" in listed(page) and set(listed(page)["mark"]) == {""}


def test_another_segment_and_level_are_left_alone(visit):
    page = fill(visit(place="120000"), "120000", "pin", 1)
    assert "mark" not in listed(turn(page, segment="nlp"))
    turn(page, segment=SEGMENT, level="district", place="110108")
    assert "mark" not in listed(page)
    fill(page, "110108", "pin", 2, level="district")
    assert {(o.level, o.place) for o in held(page).items} == {
        ("city", "120000"),
        ("district", "110108"),
    }


def test_a_place_that_gave_way_says_so(visit):
    page = fill(visit(place="120000"), "120000", "pin", 1)
    assert "此地显示为第2名" in said(turn(page, place="110000"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("reason", "by", "fault"),
    [("", "AB", "reason"), ("  ", "AB", "reason"), ("x", "", "initials")],
)
def test_what_is_missing_is_said_in_words(visit, lang, reason, by, fault):
    page = fill(visit(place="120000", lang=lang), "120000", reason=reason, by=by)
    assert not held(page).items
    assert len(page.error) == 1
    assert columns.plain(t(f"decide.fault_{fault}", lang)) in page.error[0].value
    assert not sound(page.run()).error


def test_a_taken_rank_is_refused_and_initials_are_remembered(visit):
    page = fill(visit(place="120000"), "120000", "pin", 2, by="王明")
    turn(page, place="110000")
    key = override_state.key("initials", SEGMENT, LEVEL, "110000")
    assert page.text_input(key=key).value == "王明"
    fill(page, "110000", "pin", 2)
    assert "第 2 名" in page.error[0].value.replace("\\", "")
    assert [o.place for o in held(page).items] == ["120000"]


def test_the_change_of_a_place_is_changed_and_undone(visit):
    page = fill(visit(place="120000"), "120000", "pin", 2)
    fill(page, "120000", "down", 5)
    assert [(o.kind, o.number) for o in held(page).items] == [("move", -5)]
    key = override_state.key("remove", SEGMENT, LEVEL, "120000")
    sound(page.button(key=key).click().run())
    assert not held(page).items and "mark" not in listed(page)


def test_the_page_lists_what_was_made_and_lets_go_of_it(visit, model):
    page = visit(at="decisions")
    assert decided(page) is None and "还没有改动" in said(page)
    turn(page, at="", place="120000")
    fill(page, "120000", "pin", 2)
    fill(turn(page, place="110000"), "110000", "exclude")
    table = decided(turn(page, at="decisions"))
    shown = ov.apply(ranking(model, SEGMENT, LEVEL), held(page)).set_index("place")
    assert list(table["地点"]) == ["北京市", "天津市"]
    assert list(table["改动"]) == ["排除", "置顶至第2名"]
    for name, column in (("模型名次", "rank"), ("显示名次", "shown_rank")):
        assert list(table[name]) == list(shown.loc[["110000", "120000"], column])
    assert set(table["是否生效"]) == {"生效"}
    assert "北京市" in page.multiselect(key="decide_removed").options[0]
    page.multiselect(key="decide_removed").set_value([short(held(page).items[0])])
    sound(page.run())
    sound(page.button(key="decide_remove").click().run())
    assert [o.place for o in held(page).items] == ["120000"]
    page.multiselect(key="decide_removed").set_value([short(held(page).items[0])])
    sound(sound(page.run()).button(key="decide_remove").click().run())
    assert "还没有改动" in said(page)


def short(item):
    return ov.to_short(Overrides((item,)))


def bring(page, content, name="mine.json"):
    file = (name, content.encode() if isinstance(content, str) else content, "text")
    return sound(page.file_uploader[0].set_value(file).run())


def test_a_file_brings_everything_back(visit):
    page = fill(visit(place="120000"), "120000", "pin", 2)
    saved, before = ov.to_json(held(page)), held(page)
    other = visit(at="decisions")
    assert not held(other).items
    bring(other, saved)
    assert "1处改动" in said(other) and not held(other).items
    sound(other.button(key="decide_take").click().run())
    assert held(other) == before and len(decided(other)) == 1
    assert "1处改动" in other.success[0].value
    assert not sound(other.run()).success
    table = listed(turn(other, at=""))
    assert table["place"].iloc[1] == "天津市"


def test_a_file_is_added_or_takes_the_place(visit):
    mine = Overrides((one("120000", "pin", 2), one("110000")))
    theirs = Overrides((one("110000", "move", 1), one("310000")))
    for button, wanted in (
        ("decide_take_add", (one("120000", "pin", 2), *theirs.items)),
        ("decide_take_replace", theirs.items),
    ):
        page = visit(at="decisions")
        bring(page, ov.to_json(mine)).button(key="decide_take").click().run()
        sound(bring(page, ov.to_json(theirs)).button(key=button).click().run())
        assert held(page) == Overrides(tuple(wanted))


def test_a_file_that_does_not_go_with_mine_is_refused(visit):
    page = visit(at="decisions")
    bring(page, ov.to_json(Overrides((one("120000", "pin", 2),))))
    sound(page.button(key="decide_take").click().run())
    before = held(page)
    bring(page, ov.to_json(Overrides((one("110000", "pin", 2),))))
    sound(page.button(key="decide_take_add").click().run())
    assert "第 2 名" in page.error[0].value.replace("\\", "")
    assert held(page) == before


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "content",
    [
        "",
        "[" * 50_000,
        "{}",
        b"\xff\xfe\x00",
        '{"format": "siteselect-own-lens", "version": 1}',
        '{"format": "siteselect-overrides", "version": 9, "overrides": []}',
        ov.to_json(Overrides((one(),))).replace('"exclude"', '"rm -rf"'),
        ov.to_json(Overrides((one(),))).replace("看过现场", "x" * 501),
        ov.to_json(Overrides((one(),))).replace("看过现场", "\\n"),
        " " * (ov.MOST_BYTES + 1),
    ],
)
def test_a_file_that_is_none_is_said_in_words(visit, lang, content):
    page = bring(visit(at="decisions", lang=lang), content)
    assert len(page.error) == 1 and not held(page).items
    assert not [b for b in page.button if str(b.key).startswith("decide_take")]


def test_idle_ones_are_said_with_why(visit):
    page = visit(at="decisions")
    items = (
        one("120000"),
        one("120000", "pin", 1),
        one("999999"),
        one("110000", segment="gone"),
    )
    bring(page, ov.to_json(Overrides(items)))
    sound(page.button(key="decide_take").click().run())
    table = decided(page)
    assert list(table["是否生效"] == "生效").count(True) == 1
    assert "3处改动没有作用" in page.warning[0].value
    assert table["是否生效"].str.contains("不在这份榜单里").sum() == 2
    assert table["是否生效"].str.contains("另有改动优先").sum() == 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("reason", HOSTILE)
def test_hostile_reasons_are_text_and_guarded(visit, model, reason, lang):
    page = fill(visit(place="120000", lang=lang), "120000", "pin", 1, reason)
    (item,) = held(page).items
    assert item.reason == reason
    assert reason in listed(page)["override"].iloc[0]
    assert columns.plain(reason) in said(page)
    assert not [m for m in page.markdown if m.allow_html]
    made = ov.apply(ranking(model, SEGMENT, LEVEL), held(page))
    content = tables.csv(tables.ranked(model.facts, made, {}, lang))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    cell = back[t("common.csv_override_reason", lang)].iloc[0]
    assert cell == (f"'{reason}" if reason.startswith("=") else reason)
    turn(page, at="decisions")
    table = page.dataframe[0].value
    assert table[t("decide.col_reason", lang)].iloc[0] == reason


def test_two_visitors_do_not_see_each_others(visit):
    first, second = visit(place="120000"), visit(place="120000")
    fill(first, "120000", "pin", 1, "只有我知道")
    sound(second.run())
    assert held(first).items and not held(second).items
    assert "只有我知道" not in said(second) and "mark" not in listed(second)
    fill(second, "120000", "exclude", reason="另一人")
    sound(first.run())
    assert [o.kind for o in held(first).items] == ["pin"]
    assert "另一人" not in said(first)
    for page, text in ((first, "只有我知道"), (second, "另一人")):
        assert list(decided(turn(page, at="decisions"))["理由"]) == [text]
