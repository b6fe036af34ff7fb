"""The shortlist: made beside a place, kept on its page, saved and opened again."""

import io
import json

import pandas as pd
import pytest

from app.ui import history_state, shortlist, shortlist_tables
from app.ui.shortlist import DecisionError, Decisions, Event, Item
from app.ui.words import LANGS, t
from model import overrides as ov
from model.overrides import Override, OverrideError, Overrides
from model.score import ranking
from tests.app_pages import sound, table_of, turn
from tests.decisions_page import LEVEL, PLACE, SEGMENT, add, held, listed, opener, said

NOTE = '=HYPERLINK("http://x") <b>看过</b> :red[z]'


def item(place=PLACE, **more):
    values = {"segment": SEGMENT, "level": LEVEL, "rank": 5, "rank_low": 3}
    values |= {"rank_high": 9, "score": 8.5, "as_of": "2025-12"}
    values |= {"added": "2026-01-05T09:30", "note": "看过", **more}
    return Item(place=place, **values)


def event(**more):
    about = {"segment": SEGMENT, "level": LEVEL, "place": PLACE}
    return Event(**{"time": "2026-01-05T09:30", "kind": "added", **about, **more})


def changed(place="110000"):
    return Override(SEGMENT, LEVEL, place, "pin", 2, "看过现场", "王明", "2026-01-05")


FULL = Decisions(
    (item(), item("110000"), item(segment="nlp")),
    Overrides((changed(),)),
    (event(), event(kind="opened", segment="", level="", place="", detail="1 2")),
)


def test_a_file_brings_back_all_there_is():
    assert shortlist.from_json(shortlist.to_json(FULL)) == FULL
    assert shortlist.from_json(shortlist.to_json(Decisions())) == Decisions()


def test_a_file_of_overrides_alone_still_opens():
    read = shortlist.from_json(ov.to_json(FULL.overrides))
    assert read == Decisions(overrides=FULL.overrides)


def spoiled(part, **values):
    whole = json.loads(shortlist.to_json(FULL))
    whole[part][0] |= values
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("", "not_json"),
        ("[" * 50_000, "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        ("[]", "format"),
        ('{"format": "siteselect-own-lens", "version": 1}', "format"),
        ('{"format": "siteselect-decisions", "version": 2}', "version"),
        ('{"format": "siteselect-decisions", "version": true}', "version"),
        ('{"format": "siteselect-decisions", "version": 1}', "missing"),
        ('{"format": "siteselect-decisions", "format": 1}', "twice"),
        (" " * (shortlist.MOST_BYTES + 1), "too_big"),
        (shortlist.to_json(FULL).replace('"history"', '"x"'), "missing"),
        (
            shortlist.to_json(FULL).replace('"version"', '"x": 1, "version"'),
            "unknown_key",
        ),
        (spoiled("shortlist", extra=1), "unknown_key"),
        (spoiled("shortlist", rank="5"), "type"),
        (spoiled("shortlist", rank=True), "type"),
        (spoiled("shortlist", rank=-1), "number"),
        (spoiled("shortlist", score=float("nan")), "number"),
        (spoiled("shortlist", score=10**400), "number"),
        (spoiled("shortlist", place="<b>"), "place"),
        (spoiled("shortlist", segment="A/B"), "segment"),
        (spoiled("shortlist", level="town"), "level"),
        (spoiled("shortlist", as_of="2025-13"), "month"),
        (spoiled("shortlist", added="2026-01-05"), "time"),
        (spoiled("shortlist", note="x" * 501), "note"),
        (spoiled("shortlist", place="110000"), "twice_place"),
        (spoiled("history", kind="rm"), "kind"),
        (spoiled("history", time="now"), "time"),
        (spoiled("history", detail=None), "type"),
    ],
)
def test_a_file_that_cannot_be_is_refused_and_says_why(content, kind):
    with pytest.raises(DecisionError) as error:
        shortlist.from_json(content)
    assert error.value.kind == kind
    for lang in LANGS:
        assert t(f"shortlist.fault_{kind}", lang, name="x")


def test_overrides_in_it_have_their_own_rules():
    with pytest.raises(OverrideError, match="reason"):
        shortlist.from_json(spoiled("overrides", reason=""))


@pytest.mark.parametrize(
    ("one", "kind"),
    [(item(segment="gone"), "segment"), (item("999999"), "place")],
)
def test_what_there_is_not_is_refused(facts, one, kind):
    shortlist.check(FULL, facts)
    with pytest.raises(DecisionError, match=kind):
        shortlist.check(Decisions((one,)), facts)
    about = dict(zip(("segment", "level", "place"), one.about, strict=True))
    with pytest.raises(DecisionError, match=kind):
        shortlist.check(Decisions(history=(event(**about),)), facts)


def test_too_many_are_refused_and_old_history_is_let_go():
    with pytest.raises(DecisionError, match="too_many"):
        Decisions(
            tuple(item(str(100_000 + n)) for n in range(shortlist.MOST_ITEMS + 1))
        )
    many = [
        event(time=f"20{n // 300 + 10}-01-05T09:{n % 60:02}")
        for n in range(shortlist.MOST_EVENTS + 5)
    ]
    kept = Decisions(history=tuple(many)).history
    assert len(kept) == shortlist.MOST_EVENTS
    assert kept == tuple(sorted(many, key=lambda one: one.time)[5:])


def test_the_fullest_file_can_be_opened():
    note = "𠮷" * shortlist.MOST_NOTE
    places = [str(200_000 + n) for n in range(ov.MOST_ITEMS)]
    whole = Decisions(
        tuple(item(place, note=note) for place in places[: shortlist.MOST_ITEMS]),
        Overrides(
            tuple(
                Override(SEGMENT, LEVEL, place, "exclude", 0, note, "王", "2026-01-05")
                for place in places
            )
        ),
        tuple(event(detail=note) for _ in range(shortlist.MOST_EVENTS)),
    )
    assert shortlist.from_json(shortlist.to_json(whole).encode()) == whole


@pytest.fixture
def visit(model, monkeypatch):
    return opener(model, monkeypatch)


def done(page, lang="zh"):
    heading = t("shortlist.col_what", lang)
    return table_of(page, heading)


@pytest.mark.parametrize("lang", LANGS)
def test_a_place_is_added_with_where_it_stands(visit, model, lang):
    page = add(visit(place=PLACE, lang=lang), PLACE, NOTE)
    row = ranking(model, SEGMENT, LEVEL).set_index("place").loc[PLACE]
    (one,) = held(page).shortlist
    assert one.about == (SEGMENT, LEVEL, PLACE) and one.note == NOTE
    assert (one.rank, one.rank_low, one.rank_high) == tuple(
        row[["rank", "rank_low", "rank_high"]]
    )
    assert one.score == pytest.approx(row["score"], abs=1e-6)
    assert one.as_of == model.as_of
    assert t("shortlist.held", lang, rank=one.rank, as_of=one.as_of) in said(page)
    assert not [m for m in page.markdown if m.allow_html]
    turn(page, at="decisions")
    table = listed(page)
    assert list(table["rank_then"]) == list(table["rank_now"]) == [row["rank"]]
    assert list(table["note"]) == [NOTE]
    assert list(table["change"]) == [t("shortlist.same", lang)]
    assert list(done(page, lang).iloc[:, 1]) == [t("shortlist.did_added", lang)]


def test_it_is_taken_off_where_it_was_added(visit):
    page = add(visit(place=PLACE), PLACE)
    key = f"shortlist-leave-{SEGMENT}-{LEVEL}-{PLACE}"
    sound(page.button(key=key).click().run())
    assert [one.kind for one in held(page).history] == ["added", "removed"]
    assert not held(page).shortlist
    assert "还没有候选地点" in said(turn(page, at="decisions"))
    assert list(done(page)["做了什么"]) == ["移出候选", "加入候选"]


def test_notes_order_and_removal(visit, monkeypatch):
    from app.ui import override_state, shortlist_state

    state = {}
    monkeypatch.setattr(history_state.st, "session_state", state)
    monkeypatch.setattr(override_state.st, "session_state", state)
    abc = tuple(item(place) for place in ("110000", "310000", "440300"))
    about = tuple(one.about for one in abc)

    def after(edits):
        history_state.keep(Decisions(abc))
        state["t"] = {"edited_rows": edits}
        shortlist_state.edited("t", about)
        now = history_state.hold()
        return [one.place for one in now.shortlist], now

    assert after({2: {"order": 1}})[0] == ["440300", "110000", "310000"]
    assert after({0: {"order": 3}})[0] == ["310000", "440300", "110000"]
    assert after({1: {"order": 2}})[0] == ["110000", "310000", "440300"]
    order, now = after({1: {"remove": True}})
    assert order == ["110000", "440300"]
    assert [one.kind for one in now.history] == ["removed"]
    order, now = after({1: {"note": "新\u200b的"}})
    assert now.shortlist[1].note == "新的" and now.history[0].kind == "noted"
    assert after({1: {"note": None}})[1].shortlist[1].note == ""
    order, now = after({1: {"note": "x" * 501}})
    assert now.shortlist == abc and isinstance(override_state.failed(), DecisionError)


def test_what_changed_since_is_said(model):
    row = ranking(model, SEGMENT, LEVEL).set_index("place").loc[PLACE]
    now = int(row["rank"])

    def change(rank, as_of=model.as_of, row=row):
        one = item(rank=rank, as_of=as_of)
        return shortlist_tables.changed(one, row, model.as_of, "zh")

    assert change(now) == "名次不变"
    assert change(now + 2) == "上升2位" and change(now - 1) == "下降1位"
    assert change(now, "2020-01") == f"名次不变（数据2020-01→{model.as_of}）"
    assert change(now, row=None) == "已不在榜上"


def bring(page, content):
    file = ("mine.json", content.encode(), "application/json")
    return sound(page.file_uploader[0].set_value(file).run())


@pytest.mark.parametrize("lang", LANGS)
def test_all_of_it_is_saved_and_opened_in_another_visit(visit, lang):
    page = visit(at="decisions", lang=lang)
    bring(page, shortlist.to_json(FULL))
    assert not held(page).shortlist
    sound(page.button(key="decide_take").click().run())
    now = held(page)
    assert now.shortlist == FULL.shortlist
    assert [one.kind for one in now.history] == ["added", "opened", "opened"]
    assert t("shortlist.taken", lang, places=3, changes=1) in page.success[0].value
    assert len(listed(page)) == 3
    # Added to what is there: the file's entry counts, nothing is there twice.
    other = Decisions((item(note="另一个"), item("310000")))
    bring(page, shortlist.to_json(other))
    sound(page.button(key="decide_take_add").click().run())
    assert [one.place for one in held(page).shortlist] == [
        *("110000", PLACE, PLACE, "310000")
    ]
    assert [one.note for one in held(page).shortlist][2] == "另一个"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "content",
    [
        "{}",
        shortlist.to_json(Decisions((item("999999"),))),
        shortlist.to_json(Decisions((item(segment="gone"),))),
        spoiled("overrides", kind="rm -rf"),
        spoiled("shortlist", note="x" * 501),
    ],
)
def test_a_hostile_file_is_refused_with_one_message(visit, lang, content):
    page = bring(visit(at="decisions", lang=lang), content)
    assert len(page.error) == 1 and held(page) == Decisions()
    assert not [b for b in page.button if str(b.key).startswith("decide_take")]


def test_two_visitors_do_not_see_each_others(visit):
    first, second = visit(place=PLACE), visit(place=PLACE)
    add(first, PLACE, "只有我知道")
    sound(second.run())
    assert not held(second).shortlist and "只有我知道" not in said(second)
    turn(second, at="decisions")
    assert "还没有候选地点" in said(second) and "还没有做过什么" in said(second)


def test_what_people_wrote_is_guarded_in_files(model):
    rows = shortlist_tables.items(
        model,
        (item(note=NOTE),),
        [None],
        {LEVEL: {PLACE: "成都市"}},
        "zh",
    )
    from app.export import tables

    content = tables.csv(shortlist_tables.guarded(rows))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert back["note"][0] == f"'{NOTE}"


def test_history_says_overrides_in_words():
    one = event(kind="overridden", detail="pin 3 看过 现场")
    assert shortlist_tables.detail(one, "zh") == "置顶至第3名：看过 现场"
    # What is not written so is shown as it is.
    odd = event(kind="overridden", detail="<b>")
    assert shortlist_tables.detail(odd, "zh") == "<b>"
    big = event(kind="overridden", detail="pin 99999 x")
    assert shortlist_tables.detail(big, "zh") == "pin 99999 x"


def test_the_links_compare_five_places_of_a_segment(visit, model):
    codes = list(ranking(model, SEGMENT, LEVEL)["place"].head(6))
    page = visit(at="decisions")
    bring(page, shortlist.to_json(Decisions(tuple(item(code) for code in codes))))
    sound(page.button(key="decide_take").click().run())
    links = [one.proto for one in page.get("page_link")]
    query = next(one.query_string for one in links if "places=" in one.query_string)
    assert query.split("places=")[1].split("&")[0].replace("%2C", ",") == ",".join(
        codes[:5]
    )
