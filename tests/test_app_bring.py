"""Your data: what a file says, what becomes of its figures, and who moves."""

import re

import pandas as pd
import pytest

from app.ui import bring_state, bring_tables, cache, override_state, uploaded
from app.ui.columns import plain
from app.ui.words import LANGS, words
from app.views import override, own
from data.importers import grids
from data.importers.outcomes import written
from data.schema import LEVELS
from model import overrides
from model.assumptions import Assumption
from model.overrides import Override, Overrides
from model.score import ranking
from model.what_if import what_if, whole
from tests.app_pages import asked, opener, sound, texts
from tests.bring_page import (
    HEAD,
    JINAN,
    MINHANG,
    PAPERS,
    SEGMENT,
    SHENZHEN,
    bring,
    brought,
    csv,
    read,
    xlsx,
)

ZH = words("zh")
CHINESE = re.compile("[\u3400-\u9fff]")
# What each row that is refused must say, in Chinese and in English.
BAD = [
    ((JINAN, "ai_papers", "很多", "篇", 2025), "不是数", "is not a number"),
    ((JINAN, "no_such", 5, "篇", 2025), "不认识", "is not known"),
    (("乌有市", "gdp", 5, "亿元", 2024), "没有这个地方", "there is no place"),
    ((JINAN, "gdp", 5, "美元", 2024), "不能换算", "cannot be converted"),
    ((JINAN, "gdp", 5, "亿元", "2031"), "晚于", "is after"),
    ((JINAN, "gdp", "=1+1", "亿元", 2024), "不是数", "is not a number"),
    ((JINAN, "<b>gdp</b>", 5, "亿元", 2024), "不认识", "is not known"),
]


@pytest.fixture
def visit(model, monkeypatch):
    return opener("bring", model, monkeypatch)


def table(page, lang, column):
    """The table of the page that has a column."""
    heading = words(lang)[f"bring.col_{column}"]
    (found,) = [one.value for one in page.dataframe if heading in one.value]
    return found.rename(
        columns={
            text: key.removeprefix("bring.col_")
            for key, text in words(lang).items()
            if key.startswith("bring.col_")
        }
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_opens_with_templates_and_the_commands(visit, lang):
    page = visit(lang=lang)
    assert page.title[0].value == words(lang)["bring.heading"]
    assert {b.label for b in page.download_button} == {
        *("XLSX", "CSV", words(lang)["bring.of_download"])
    }
    shown = [one.value for one in page.code]
    assert shown == [words(lang)[f"data.own_{n}_code"] for n in ("import", "serve")]
    assert not page.dataframe and not page.error


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
def test_a_file_moves_ranks_exactly_as_the_model_does(visit, model, level, lang):
    bachelors = model.tables["district"].values["district"]["bachelor_plus"]
    more = written(bachelors[MINHANG] * 1.1 // 1)
    rows = [PAPERS, (MINHANG, "bachelor_plus", more, "人", 2025)]
    page = bring(visit(segment=SEGMENT, level=level, lang=lang), csv(*rows))
    assert not page.error
    assumed = [
        Assumption("city", JINAN, "ai_papers", 389.0),
        Assumption("district", MINHANG, "bachelor_plus", float(more)),
    ]
    _, ranks = whole(model, SEGMENT, level, assumed)
    places = model.tables[level].history.places
    after = pd.Series(ranks, index=places)
    before = ranking(model, SEGMENT, level).set_index("place")["rank"][places]
    differ = after.index[(after != before)]
    assert len(differ) > 1
    shown = table(page, lang, "rank_after")
    moved = shown[shown["moved"] != ""]
    assert sorted(moved["rank_after"]) == sorted(after[differ])
    names = cache.names(model.facts, level, lang)
    for row in moved.itertuples():
        name = row.place.removeprefix(bring_tables.MARK)
        (code,) = [c for c in differ if names[c] == name and after[c] == row.rank_after]
        assert (row.rank_before, row.moved) == (
            before[code],
            f"{before[code] - after[code]:+d}",
        )
    at = page.metric
    assert f"{len(differ)} / {len(places)}" in [one.value for one in at]


def test_of_one_period_the_figure_brought_counts_at_once(visit, model):
    known = model.tables["city"].figures["city"].loc[(SHENZHEN, "gdp")]
    # Whatever the other source is called.
    assert known["source_id"] > "user"
    row = (SHENZHEN, "gdp", 40000, "亿元", known["period"])
    held = brought(model, row)
    assert list(held.figures["state"]) == ["replaces"]
    assert not held.figures["waits"].any()


def test_a_figure_of_a_period_to_come_counts_here_and_is_said_to_wait(visit, model):
    row = (SHENZHEN, "gdp", 40000, "亿元", "2026-06")
    held = brought(model, row)
    assert list(held.figures["state"]) == ["replaces"] and held.figures["waits"].all()
    page = bring(visit(), csv(row))
    said = ZH["bring.waits"].format(count=1)
    assert any(said in one for one in texts(page))


def test_parts_that_exceed_their_whole_are_refused_with_a_reason(model, visit):
    rows = [(MINHANG, "bachelor_plus", 99_000_000, "人", 2025), PAPERS]
    held = brought(model, *rows)
    assert list(held.figures["state"]) == ["refused", "replaces"]
    assert "100%" in held.figures["why_zh"].iloc[0]
    with pytest.raises(ValueError, match="share"):
        one = Assumption("district", MINHANG, "bachelor_plus", 99_000_000.0)
        what_if(model, SEGMENT, "district", MINHANG, [one])
    page = bring(visit(lang="en"), csv(*rows))
    shown = table(page, "en", "becomes")["becomes"]
    name = model.facts.indicators.at["bachelor_plus", "name_en"]
    assert any("100%" in one and name in one for one in shown)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("write", [csv, xlsx], ids=["csv", "xlsx"])
def test_each_bad_row_is_said_with_its_number_and_reason(visit, lang, write):
    rows = [PAPERS, *(row for row, *_ in BAD)]
    name = "新数字.xlsx" if write is xlsx else "新数字.csv"
    page = bring(visit(lang=lang, segment=SEGMENT), write(*rows), name)
    shown = table(page, lang, "reason")
    assert list(shown["row"]) == list(range(3, 3 + len(BAD)))
    for said, (_, zh, en) in zip(shown["reason"], BAD, strict=True):
        assert (zh if lang == "zh" else en) in said
    told = words(lang)["bring.rejected"].format(count=len(BAD))
    assert told in [one.value for one in page.warning]
    # The good row is used all the same.
    assert not table(page, lang, "rank_after").empty
    said = " ".join(texts(page))
    assert "<b>" not in said
    if lang == "en":
        accepted = table(page, lang, "becomes")
        assert not CHINESE.search(" ".join(map(str, accepted.to_numpy().ravel())))


HTML = b"<html><table><tr><td>1</td></tr></table></html>"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("file", "name", "rule"),
    [
        (b"", "a.csv", "empty"),
        (HTML, "a.xlsx", "html"),
        (b"%PDF-1.7 x", "a.csv", "pdf"),
        (b"\xd0\xcf\x11\xe0 x", "a.xlsx", "old"),
        (b"one,two\n1,2\n", "a.csv", "header"),
        (csv(), "a.csv", "rows"),
        (
            csv(PAPERS[:4], head=("place", "indicator", "value", "unit")),
            "b.csv",
            "when",
        ),
        (csv(("x",) * 301, head=("place", "value", *["x"] * 299)), "c.csv", "columns"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_clear_message(visit, file, name, rule, lang):
    page = bring(visit(lang=lang), file, name)
    (error,) = page.error
    assert plain(name) in error.value
    assert words(lang)["bring.unread"] in texts(page)
    assert not page.dataframe and not page.metric


def test_another_file_is_read_after_one_that_could_not_be(visit):
    page = bring(visit(), HTML)
    assert page.error
    page = bring(page, csv(PAPERS))
    assert not page.error and not table(page, "zh", "becomes").empty


def test_a_file_of_another_kind_is_refused(visit):
    # Streamlit refuses other endings before the page sees them.
    page = visit()
    assert page.file_uploader[0].proto.type == list(uploaded.SUFFIXES)
    page = bring(page, b"MZ\x00\x01\x00", "a\nb.csv")
    assert "file\\.csv" in page.error[0].value and not page.dataframe


def test_what_a_heading_says_cannot_become_markup(visit):
    hostile = "![x](http://x/y.png) :red[z] <i>"
    file = csv((*PAPERS, 1), head=(*HEAD, hostile))
    page = bring(visit(), file)
    (said,) = [one.value for one in page.info if ZH["bring.noticed"] in one.value]
    assert plain(hostile) in said and hostile not in said


def test_more_rows_than_the_importer_takes_are_refused(visit, monkeypatch):
    monkeypatch.setattr(grids, "MOST_ROWS", 3)
    monkeypatch.setattr(grids, "HEADER_WITHIN", 0)
    page = bring(visit(), csv(*[PAPERS] * 9))
    assert "3" in page.error[0].value and not page.dataframe


def test_where_nobody_moves_the_segments_that_move_are_found(visit, model, monkeypatch):
    ranked = [s for s in model.facts.segments.index if s != SEGMENT][:3]
    many = dict(zip(ranked, (3, 0, 7), strict=True))

    def moves(model, held, segment, level):
        return pd.DataFrame({"moved": [0] * 5 + [1] * many.get(segment, 0)})

    monkeypatch.setattr(bring_state, "moves", moves)
    page = bring(visit(segment=SEGMENT), csv(PAPERS))
    assert ZH["bring.nobody"] in [one.value for one in page.info]
    (look,) = [b for b in page.button if b.label == ZH["bring.elsewhere"]]
    look.click()
    sound(page.run())
    names = model.facts.segments["name_zh"]
    listed = f"{names[ranked[2]]}（7个地方）、{names[ranked[0]]}（3个地方）。"
    said = [re.sub(r"\\(.)", r"\1", one.value) for one in page.markdown]
    (found,) = [one for one in said if listed in one]
    assert names[ranked[1]] not in found
    # The answer stays while the visitor looks around, and goes with the file.
    sound(page.run())
    assert any("7个地方" in one.value for one in page.markdown)
    many.clear()
    page.button[0].click()
    page = bring(sound(page.run()), csv(PAPERS))
    (look,) = [b for b in page.button if b.label == ZH["bring.elsewhere"]]
    look.click()
    sound(page.run())
    none = ZH["bring.elsewhere_none"].format(level=ZH["common.level_city"])
    assert none in [re.sub(r"\\(.)", r"\1", one.value) for one in page.markdown]


def test_a_file_without_a_good_row_moves_nobody(visit):
    page = bring(visit(), csv(BAD[0][0]))
    assert ZH["bring.none_accepted"] in [one.value for one in page.info]
    assert ZH["bring.none_counted"] in [one.value for one in page.info]
    assert not page.error


def test_figures_that_the_ranking_does_not_read_are_named(visit, model):
    lineage = model.tables["city"].lineage
    seen = set(lineage["indicator"][lineage["level"] == "city"])
    entries = model.facts.indicators
    idle = [
        name
        for name in entries.index
        if "city" in entries.at[name, "levels"]
        and name not in seen
        and entries.at[name, "measure"] == "count"
    ]
    name = idle[0]
    row = (JINAN, name, 7, entries.at[name, "unit"], 2025)
    page = bring(visit(segment=SEGMENT), csv(row))
    said = " ".join(one.value for one in page.caption)
    assert plain(entries.at[name, "name_zh"]) in said
    assert ZH["bring.none_read"] in [one.value for one in page.info]
    page = bring(visit(segment=SEGMENT), csv(row, PAPERS))
    assert not table(page, "zh", "rank_after").empty


def test_two_visits_do_not_see_each_others_figures(visit, model, monkeypatch):
    keys = []
    shared = cache.shared

    def spied(function, one, *about, large=False):
        keys.append((one.assumed, about))
        return shared(function, one, *about, large=large)

    monkeypatch.setattr(cache, "shared", spied)
    mine, other = visit(segment=SEGMENT), visit(segment=SEGMENT)
    mine = bring(mine, csv(PAPERS))
    assert len(mine.dataframe) == 2
    other = sound(other.run())
    assert not other.dataframe and bring_state.HELD not in other.session_state
    third = visit(segment=SEGMENT)
    assert not third.dataframe
    # Nothing of a visitor's stands in a key of what all share.
    assert keys and all(assumed == () for assumed, _ in keys)
    assert JINAN not in repr([about for _, about in keys])
    # A later file of the other visit shows its own moves only.
    other = bring(other, csv((JINAN, "ai_papers", 1, "篇", 2025)))
    first, second = (table(one, "zh", "rank_after") for one in (mine, other))
    assert not first.equals(second)


def test_what_was_brought_is_let_go(visit):
    page = bring(visit(segment=SEGMENT), csv(PAPERS))
    (button,) = [b for b in page.button if b.label == ZH["bring.clear"]]
    page = sound(button.click().run())
    assert not page.dataframe and bring_state.HELD not in page.session_state
    page = bring(page, csv((JINAN, "ai_papers", 390, "篇", 2025)))
    assert page.dataframe


def test_another_ranking_is_asked_with_the_same_file(visit, model):
    page = bring(visit(segment=SEGMENT), csv(PAPERS))
    sound(page.selectbox(key="segment").select("drones").run())
    assert asked(page)["segment"] == "drones"
    held = page.session_state[bring_state.HELD]
    found = bring_state.moves(model, held, "drones", "city")
    shown = table(page, "zh", "rank_after")
    assert len(shown) == int(((found["moved"] != 0) | found["mine"]).sum())
    page.query_params["lang"] = "en"
    assert not table(sound(page.run()), "en", "rank_after").empty


@pytest.mark.parametrize("suffix", uploaded.SUFFIXES)
@pytest.mark.parametrize("lang", LANGS)
def test_the_template_is_read_as_it_is(visit, model, suffix, lang):
    file = own.template(model.facts, "indicators", lang, suffix)
    page = bring(visit(lang=lang), file, f"template{suffix}")
    assert not page.error
    # Its examples are figures known, or older ones.
    states = set(page.session_state[bring_state.HELD].figures["state"])
    assert states <= {"same", "older", "twice"}
    assert words(lang)["bring.none_counted"] in [one.value for one in page.info]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("level", "place"), [("city", JINAN), ("district", MINHANG)])
def test_the_present_figures_of_a_place_come_back_as_the_same(
    visit, model, level, place, lang
):
    file = bring_tables.present(model, level, place, lang)
    result = read(model, file, "a.xlsx")
    assert not result.rejected
    held = bring_state.brought(model, "a.xlsx", result)
    assert set(held.figures["state"]) == {"same"} and len(held.figures) > 5
    assert set(held.figures["source_id"]) == {"user"}
    page = visit(lang=lang, level=level, place=place)
    assert page.selectbox(key=bring_state.OF).value == f"{level}:{place}"


def test_a_place_chosen_for_its_figures_is_in_the_url(visit):
    page = visit()
    sound(page.selectbox(key=bring_state.OF).select(f"district:{MINHANG}").run())
    params = asked(page)
    assert (params["level"], params["place"]) == ("district", MINHANG)
    sound(page.selectbox(key=bring_state.OF).set_value(None).run())
    assert "place" not in asked(page)


def test_a_rank_changed_by_hand_is_said_beside_the_moves(visit):
    page = visit(segment=SEGMENT)
    about = {"segment": SEGMENT, "level": "city", "place": JINAN}
    one = Override(
        **about, kind="exclude", number=0, reason="x", initials="WM", date="2026-01-05"
    )
    page.session_state[override_state.HELD] = overrides.to_short(Overrides((one,)))
    page = bring(page, csv(PAPERS))
    said = override.MARK
    assert any(said in caption.value for caption in page.caption)
