"""The conditions of the ranked list: what is left, how it is counted, and notes."""

import io

import pandas as pd
import pytest

from app.ui import columns, filter_state
from app.ui.words import LANGS, t
from model.own_index import rank
from model.own_lens import OwnLens
from model.score import keep, ranking, within
from model.thin import thin
from tests.app_pages import asked, table_of, turn
from tests.decisions_page import PLACE, SEGMENT, add, held, listed, opener, said


@pytest.fixture
def visit(model, monkeypatch):
    return opener(model, monkeypatch)


def wanted(model, level="city", area="all", **asked):
    """What the page should list, by another way than the page's."""
    whole = ranking(model, SEGMENT, level)
    kept = pd.Series(True, index=whole.index)
    if area != "all":
        kept &= within(model.facts, whole, area)
    if asked.pop("ahead", None):
        few = thin(model, SEGMENT, level)
        kept &= columns.opportunity(whole, few) > 0
    if asked.pop("new", None):
        events = model.known.outcomes
        events = events[(events["level"] == level) & (events["segment"] == SEGMENT)]
        kept &= ~whole["place"].isin(events["place"])
    if asked:
        own = rank(model, OwnLens(level=level, **asked)).table["place"]
        kept &= whole["place"].isin(own)
    return keep(whole, kept, model.drawn(SEGMENT, level))


def table(page):
    return table_of(page, "trend")


def names(model, rows, level="city", lang="zh"):
    full = columns.full_names(model.facts, level, lang)
    return [full[place] for place in rows["place"]]


@pytest.mark.parametrize(
    ("params", "asked"),
    [
        ({"ahead": "1"}, {"ahead": True}),
        ({"new": "1"}, {"new": True}),
        ({"own_zone": "1"}, {"pilot_zone": True}),
        ({"own_super": "1"}, {"supercomputing": True}),
        ({"own_tier": "2"}, {"tier": 2}),
        ({"own_not": "110000,310000"}, {"exclude": ("110000", "310000")}),
        ({"own_max": "wage:110000"}, {"ceilings": {"wage": 110000.0}}),
        ({"ahead": "1", "new": "1", "within": "440000"}, {"ahead": 1, "new": 1}),
        ({"own_w": "talent:3", "own_zone": "1"}, {"pilot_zone": True}),
        (
            {"level": "district", "own_zone": "1", "ahead": "1"},
            {"pilot_zone": True, "ahead": True},
        ),
    ],
)
def test_what_is_left_is_counted_from_one(visit, model, params, asked):
    level = params.get("level", "city")
    rows = wanted(model, level, params.get("within", "all"), **asked)
    whole = ranking(model, SEGMENT, level)
    assert 0 < len(rows) < len(whole)
    page = visit(**params)
    shown = table(page)
    assert list(shown["place"]) == names(model, rows.head(20), level)
    assert list(shown["rank"]) == list(range(1, min(len(rows), 20) + 1))
    assert list(shown["range"]) == [
        f"{low}–{high}" if low < high else f"{low}"
        for low, high in zip(
            rows["rank_low"].head(20), rows["rank_high"].head(20), strict=True
        )
    ]
    (chart,) = page.get("vega_lite_chart")[-1:]
    assert chart.proto.alt == t("linked.alt", "zh", shown=len(rows))
    conditions = len(params) - len({"within", "level", "own_w"} & set(params))
    title = t("filter.active", "zh", count=conditions)
    assert title in [one.label for one in page.expander]


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_left_says_what_to_loosen(visit, model, lang):
    page = visit(lang=lang, ahead="1", own_not="110000", within="110000", new="1")
    info = "\n".join(one.value for one in page.info)
    assert t("filter.nothing", lang) in info
    left = filter_state.loosening(
        model, SEGMENT, "city", "110000", (("ahead", "1"), ("new", "1"))
    )
    for name, count in left.items():
        rows = {"ahead": True, "new": True}
        area = "all" if name == "within" else "110000"
        rows.pop(name, None)
        assert count == len(wanted(model, "city", area, **rows)) > 0
    assert not [one for one in page.dataframe if "trend" in one.value]
    page.button(key="conditions-clear").click().run()
    assert not page.exception and len(table(page)) == 1
    assert "ahead" not in page.query_params and "own_not" not in page.query_params
    assert t("filter.title", lang) in [one.label for one in page.expander]


@pytest.mark.parametrize("lang", LANGS)
def test_bad_values_are_noted_and_left_out(visit, model, lang):
    page = visit(lang=lang, ahead="yes", new="<b>", own_tier="9", own_not="999999")
    (note,) = [one for one in page.warning if "yes" in one.value]
    assert len(note.value.split("\n")) == 4
    assert len(table(page)) == 20 and not [m for m in page.markdown if m.allow_html]
    assert t("filter.title", lang) in [one.label for one in page.expander]


def test_a_chosen_place_stays_and_one_left_out_is_said(visit, model):
    rows = wanted(model, new=True)
    stays = rows["place"].iloc[3]
    page = visit(place=stays, new="1")
    said_here = "\n".join(one.value for one in page.info)
    assert t("detail.outside", "zh") not in said_here
    turn(page, place=PLACE)
    assert t("detail.outside", "zh") in "\n".join(one.value for one in page.info)


def test_the_shortlist_holds_the_rank_among_all(visit, model):
    page = add(visit(place=PLACE, own_not="110000"), PLACE)
    whole = ranking(model, SEGMENT, "city").set_index("place")
    assert held(page).shortlist[0].rank == whole.at[PLACE, "rank"]
    assert "已在候选" in said(page)
    assert list(listed(turn(page, at="decisions"))["rank_now"]) == [
        whole.at[PLACE, "rank"]
    ]


def test_the_file_obeys_the_conditions(model):
    from app.export import tables

    asked = (("new", "1"), ("own_zone", "1"))
    rows = filter_state.listed(model, SEGMENT, "city", "all", asked)
    content = tables.csv(tables.ranked(model.facts, rows, {}, "zh"))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    same = wanted(model, new=True, pilot_zone=True)
    assert list(back["代码"]) == list(same["place"])


@pytest.mark.parametrize("lang", LANGS)
def test_a_condition_is_set_and_left_by_its_widget(visit, model, lang):
    page = visit(lang=lang)
    assert not [one for one in page.toggle if one.key == "new"]
    page.session_state["conditions-open"] = True
    page.session_state["conditions-0"] = True
    page.run()
    page.toggle(key="new").set_value(True).run()
    assert not page.exception and asked(page)["new"] == "1"
    # The box stays open although its label changed.
    page.toggle(key="mine_pilot_zone").set_value(True).run()
    assert asked(page)["own_zone"] == "1"
    rows = wanted(model, new=True, pilot_zone=True)
    assert list(table(page)["place"]) == names(model, rows.head(20), lang=lang)
    page.toggle(key="new").set_value(False).run()
    assert "new" not in asked(page) and not page.exception
    rows = wanted(model, pilot_zone=True)
    assert list(table(page)["place"]) == names(model, rows.head(20), lang=lang)
