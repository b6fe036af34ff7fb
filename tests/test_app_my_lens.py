import re
from pathlib import Path

import numpy as np
import pytest

from app.ui import cache, columns, my_lens_state, my_lens_tables
from app.ui.words import LANGS, words
from data.schema import LEVELS, PILLARS
from model import own_index
from model.composite import ROOT
from model.own_lens import OwnLens
from tests.app_pages import asked, opened, opener, sound, table_of, texts

CHINESE = re.compile("[\u3400-\u9fff]")
ROOT_FOLDER = Path(__file__).resolve().parent.parent
ZH = words("zh")
# Shanghai, Jiangsu, Zhejiang, Anhui.
DELTA = {"310000", "320000", "330000", "340000"}


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with some parameters in its URL."""
    return opener("my_lens", model, monkeypatch)


def ranked(page, lang="zh"):
    """The ranked table, headings as ids, indexed by place."""
    heading = words(lang)["mine.col_learned"]
    found = table_of(page, heading)
    names = {name: words(lang)[f"mine.col_{name}"] for name in my_lens_tables.RANKS}
    return found.rename(columns={text: name for name, text in names.items()})


def labels(page):
    kinds = (page.slider, page.selectbox, page.toggle, page.multiselect, page.button)
    more = (page.number_input, page.expander, page.download_button, page.file_uploader)
    named = [e.label for kind in (*kinds, *more) for e in kind]
    return named + [option for e in page.selectbox for option in e.options]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("view", my_lens_state.SECTIONS)
def test_every_view_opens(visit, view, level, lang):
    page = visit(view=view, level=level, lang=lang, segment="drones")
    assert not page.error and not page.warning
    assert page.title[0].value == words(lang)["mine.heading"]
    assert page.segmented_control(key="view").value == view
    assert [s.value for s in page.slider] == [1.0] * len(PILLARS)
    said = " ".join([*texts(page), *labels(page)])
    assert not re.search(r"[{}]|\bnan\b|None", said)
    if lang == "en":
        assert not CHINESE.findall(said)
        for drawn in page.dataframe:
            cells = [*drawn.value, *drawn.value.to_numpy().ravel()]
            assert not CHINESE.findall(" ".join(map(str, cells)))


def test_the_ranking_is_that_of_the_model_beside_the_learned_one(visit, model):
    params = {"own_w": "talent:3,cost:0", "own_super": "1"}
    shown = ranked(visit(**params, segment="drones"))
    lens = OwnLens(pillars={"talent": 3, "cost": 0}, supercomputing=True)
    table = own_index.rank(model, lens).table.set_index("place")
    assert list(shown.index) == list(table.index)
    assert list(shown["rank"]) == list(range(1, len(table) + 1))
    np.testing.assert_allclose(shown["score"], table["score"], atol=0.05)
    # The learned rank is counted anew among the same places.
    whole = cache.ranking(model, "drones", "city").set_index("place")["rank"]
    assert list(shown["learned"]) == list(whole[shown.index].rank().astype(int))
    assert list(shown["apart"]) == list(shown["learned"] - shown["rank"])
    low, high = (shown["range"].str.findall(r"\d+").str[i].astype(int) for i in (0, -1))
    assert (low <= high).all() and (low >= 1).all() and high.max() <= len(shown)


def test_a_slider_rewrites_the_url_and_ranks_again(visit):
    page = visit(segment="drones")
    before = ranked(page)
    sound(page.slider(key="own_w_cost").set_value(5.0).run())
    assert asked(page) == {"own_w": "cost:5", "segment": "drones"}
    after = ranked(page)
    assert list(after.index) != list(before.index)
    assert page.slider(key="own_w_cost").value == 5.0
    sound(page.slider(key="own_w_cost").set_value(1.0).run())
    assert asked(page) == {"segment": "drones"}
    assert list(ranked(page).index) == list(before.index)


def test_a_slider_reaches_what_a_link_asks_for(visit):
    page = visit(own_w="talent:40")
    assert page.slider(key="own_w_talent").value == 40 == page.slider[0].max


def test_all_sides_at_0_are_refused_with_a_message(visit):
    alone = ",".join(f"{name}:{int(name == 'talent')}" for name in PILLARS)
    page = visit(own_w=alone)
    kept = asked(page)
    sound(page.slider(key="own_w_talent").set_value(0.0).run())
    assert ZH["mine.fault_no_weight"] in page.warning[0].value
    assert asked(page) == kept and page.slider(key="own_w_talent").value == 1.0
    assert not sound(page.run()).warning
    nothing = visit(own_w=alone.replace("talent:1", "talent:0"))
    assert columns.plain(ZH["mine.note_no_weight"]) in nothing.warning[0].value
    assert len(ranked(nothing)) == 337


def test_indicators_all_at_0_are_said_and_can_be_taken_back(visit, model):
    table = own_index.indicators(model, "city")
    none = ",".join(f"{name}:0" for name in table.index[table["parent"] != ROOT])
    page = visit(own_i=none)
    assert ZH["mine.fault_no_weight"] in page.error[0].value
    assert not page.dataframe
    sound(page.button[0].click().run())
    assert asked(page) == {} and len(ranked(page)) == 337


def counts(page):
    """What the page says each filter leaves out, and how many are left."""
    said = next(c.value for c in page.caption if "个地方里剩" in c.value)
    total, left = map(int, re.match(r"(\d+) 个地方里剩 (\d+) 个", said).groups())
    return total, left, [int(n) for n in re.findall(r"去掉 (\d+) 个", said)]


@pytest.mark.parametrize("level", LEVELS)
def test_filters_leave_out_the_right_places_and_say_how_many(
    visit, model, level, monkeypatch
):
    # Filters change no draw, only who is left among the places.
    whole = cache.own_draws(model, OwnLens(level=level))

    def among(_, lens):
        return whole.among(cache.own(model, lens).table["place"])

    monkeypatch.setattr(cache, "own_draws", among)
    places = model.facts.places.loc[level]
    wage = "wage" if level == "city" else "city:wage"
    figures = own_index.figures(model, level)
    page = visit(level=level)
    base = {"level": level} if level == "district" else {}

    def now(**more):
        assert asked(page) == {**base, **more}
        shown = set(ranked(page).index)
        total, left, out = counts(page)
        assert total == len(places) and left == len(shown)
        return shown, out

    sound(page.selectbox(key="mine_within").set_value("yangtze_delta").run())
    shown, out = now(within="yangtze_delta")
    assert set(places.loc[sorted(shown), "province"]) == DELTA
    assert len(shown) == places["province"].isin(DELTA).sum()
    assert out == [len(places) - len(shown)]
    sound(page.selectbox(key="mine_within").set_value("all").run())

    sound(page.toggle(key="mine_supercomputing").set_value(True).run())
    shown, out = now(own_super="1")
    held = model.tables["city"].values["city"]["supercomputing_centre"]
    cities = set(held.index[held > 0])
    if level == "city":
        assert shown == cities
    else:
        assert cities <= {*places.loc[sorted(shown), "parent"], *shown}
    sound(page.toggle(key="mine_supercomputing").set_value(False).run())

    sound(page.multiselect(key="mine_ceilings").set_value([wage]).run())
    median = float(figures[wage].median())
    assert page.number_input(key=f"mine_most_{wage}").value == median
    sound(page.number_input(key=f"mine_most_{wage}").set_value(90000.0).run())
    shown, out = now(own_max=f"{wage}:90000")
    assert shown == set(figures.index[figures[wage] <= 90000])
    unknown = int(figures[wage].isna().sum())
    assert f"其中 {unknown} 个没有数字" in " ".join(texts(page))
    sound(page.multiselect(key="mine_ceilings").set_value([]).run())

    sound(page.multiselect(key="mine_exclude").set_value(["440300"]).run())
    shown, out = now(own_not="440300")
    gone = {place for place in places.index if place not in shown}
    assert out == [len(gone)]
    parents = places["parent"] == "440300"
    assert gone == ({"440300"} if level == "city" else set(places.index[parents]))
    sound(page.selectbox(key="mine_tier").set_value(1).run())
    shown, out = now(own_not="440300", own_tier="1")
    assert len(out) == 2 and "440300" not in shown
    first = {"110000", "310000", "330100"}
    assert (shown if level == "city" else set(places.loc[sorted(shown), "parent"])) == (
        first
    )


def test_conditions_that_nobody_meets_are_said(visit):
    page = visit(own_max="wage:1", own_super="1")
    assert page.info[0].value == ZH["mine.nobody"] and not page.dataframe
    total, left, out = counts(page)
    assert (total, left) == (337, 0) and len(out) == 2
    assert visit(own_max="wage:1", view="weights").data_editor


def test_the_level_and_the_method_are_written(visit):
    page = visit(view="weights", own_w="talent:2")
    sound(page.selectbox(key="mine_normalise").set_value("rank").run())
    sound(page.selectbox(key="mine_across").set_value("geometric").run())
    sound(page.selectbox(key="mine_level").set_value("district").run())
    expected = {"own_norm": "rank", "own_across": "geometric", "level": "district"}
    assert asked(page) == {**expected, "own_w": "talent:2", "view": "weights"}
    sound(page.selectbox(key="mine_normalise").set_value("z_score").run())
    assert ZH["mine.fault_method"] in page.warning[0].value
    assert asked(page)["own_norm"] == "rank"


def warned(page):
    """The note of each indicator in the table of weights."""
    return page.data_editor[0].value["warning"].fillna("").to_dict()


def test_an_indicator_the_same_for_all_who_are_left_is_warned_of(visit):
    page = visit(view="weights", own_zone="1")
    said = warned(page)["ai_pilot_zone"]
    assert ZH["mine.warn_constant"] in said and ZH["mine.warn_dead"] in said
    assert any(ZH["mine.warn_constant"] in c.value for c in page.caption)


def test_missing_and_doubled_indicators_are_warned_of(visit, monkeypatch):
    real = own_index.figures

    def spoilt(model, level):
        values = real(model, level).copy()
        values["wage"], values["pm25"] = np.nan, 7.0
        values["loans"] = values["deposits"] * 2
        return values

    monkeypatch.setattr(own_index, "figures", spoilt)
    cache._own.clear()
    try:
        page = visit(view="weights")
    finally:
        cache._own.clear()
    said = warned(page)
    assert said["wage"].startswith(ZH["mine.warn_missing"])
    assert said["pm25"].startswith(ZH["mine.warn_constant"])
    for one, other in (("loans", "deposits"), ("deposits", "loans")):
        name = my_lens_tables.name_of(cache.facts("zh"), other, "zh")
        assert name in said[one] and said[one].endswith("算了两遍")
    told = " ".join(c.value for c in page.caption if c.value.startswith("**"))
    for key in ("constant", "missing"):
        assert ZH[f"mine.warn_{key}"] in told


def test_the_table_of_weights_holds_the_lens(visit, model):
    page = visit(
        view="weights", own_i="wage:0,gdp:2", own_ideal="wage:90000", own_total="gdp"
    )
    held = page.data_editor[0].value
    table = own_index.indicators(model, "city")
    assert list(held.index) == list(table.index[table["parent"] != ROOT])
    assert held.at["gdp", "weight"] == 2 and held.at["gdp", "total"]
    assert held.at["wage", "weight"] == 0 and held.at["wage", "ideal"] == 90000
    assert held["nominal"].sum() == pytest.approx(100, abs=2)
    assert held["real"].sum() == pytest.approx(100, abs=2)


def test_an_edit_of_the_table_is_written_to_the_url(visit):
    # What an edit comes back as: the row's position and the column's own name.
    shown = visit(view="weights").data_editor[0].value
    assert {"weight", "ideal", "total"} <= set(shown)

    def edit():
        import streamlit as st

        from app.ui import my_lens_state
        from model.own_lens import OwnLens

        lens = OwnLens(indicators={"gdp": 2}, ideals={"gdp": 5}, totals=("pm25",))
        rows = {"0": {"weight": 0}, "1": {"weight": None, "ideal": None}}
        rows |= {"2": {"ideal": 4.5, "total": True}, "3": {"total": False}}
        st.session_state["table"] = {"edited_rows": rows}
        names = ("wage", "gdp", "loans", "pm25")
        my_lens_state.set_indicators(lens, "table", names)

    page = opened(edit)
    expected = {"own_i": "wage:0", "own_ideal": "loans:4.5", "own_total": "loans"}
    assert asked(page) == expected
