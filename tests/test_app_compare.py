import re

import numpy as np
import pytest

from app.ui import (
    cache,
    columns,
    compare_state,
    compare_tables,
    heat,
    override_state,
    why_answers,
)
from app.ui.compare_state import BOX, FIRST, OTHER
from app.ui.words import LANGS, t, words
from app.views import compare
from data.schema import LEVELS
from model import score
from model.overrides import Override, Overrides
from tests.app_pages import asked, opener, sound, table_of, texts

CHINESE = re.compile("[\u3400-\u9fff]")
SEGMENT = "smart_vehicles"
PLACES = {
    "district": ["120114", "120111", "440305"],
    "city": ["120000", "440300", "340100", "340200"],
}
ZH = words("zh")


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with some parameters in its URL."""

    def open_page(of=model, **params):
        return opener("compare", of, monkeypatch)(**params)

    return open_page


def link(where, *codes, **more):
    return {"segment": SEGMENT, "places": ",".join(codes or PLACES[where]), **more}


def spoken(page):
    """All text of the page, as it was before it was escaped."""
    return re.sub(r"\\(.)", r"\1", " ".join(texts(page)))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_page_shows_the_places_of_a_link(visit, model, level, lang):
    page = visit(**link(level, lang=lang))
    assert not page.error and page.title[0].value == words(lang)["compare.heading"]
    assert page.segmented_control(key="level").value == level
    assert page.multiselect(key=BOX).value == PLACES[level]
    said = spoken(page)
    assert not re.search(r"[{}]|\bnan\b|None", said)
    whole = score.ranking(model, SEGMENT, level).set_index("place")
    rows = whole.loc[PLACES[level]].sort_values("rank")
    assert [int(one.value) for one in page.metric] == list(rows["rank"])
    for code, row in rows.iterrows():
        assert row[f"name_{lang}"] in said
        span = columns.span(row["rank_low"], row["rank_high"], lang)
        assert t("compare.card_range", lang, span=span) in said
        assert columns.above(row["score_100"], level, lang)[1:] in said
        top = columns.chance(row["chance_top5"])
        assert t("compare.card_top", lang, top=top) in said
        found = why_answers.account(model, SEGMENT, level, code)
        assert found["reasons"][0][f"said_{lang}"] in said
        if found["weakness"]:
            assert found["weakness"][f"said_{lang}"] in said
    if lang == "en":
        shown = table_of(page, "apart")
        assert not CHINESE.findall(" ".join(map(str, shown.to_numpy().ravel())))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("codes", [("120114", "120111"), ("120111", "120114")])
def test_two_places_are_answered_in_a_sentence(visit, model, codes, lang):
    page = visit(**link("district", *codes, lang=lang))
    gap = why_answers.versus(model, SEGMENT, "district", *codes)
    names = model.facts.places.loc["district", f"name_{lang}"]
    above, below = names[gap["above"]], names[gap["below"]]
    heads = [m.value for m in page.markdown if m.value.startswith("## ")]
    (head,) = (re.sub(r"\\(.)", r"\1", one) for one in heads)
    assert head.index(above) < head.index(below)
    assert columns.chance(gap["chance"]) in head
    said = spoken(page)
    assert f"{gap['gap']:.2f}" in said
    for one in why_answers.spoken(gap):
        assert f"{one[f'name_{lang}']} {one['contribution']:+.2f}" in said
    ranks = score.ranking(model, SEGMENT, "district").set_index("place")["rank"]
    for code, key in ((gap["above"], "rank"), (gap["below"], "other")):
        by = words(lang)["compare.by"]
        assert f"{{{key}}}" in by and str(ranks[code]) in said
    # Two are set against each other as they are: there is nothing to choose.
    assert not any(one.key == FIRST for one in page.selectbox)


@pytest.mark.parametrize("level", LEVELS)
def test_chances_complement_each_other(visit, model, level):
    codes = list(compare_tables.standings(model, SEGMENT, level, PLACES[level]).index)
    held = compare_tables.chances(model, SEGMENT, level, codes)
    whole = held.to_numpy()
    assert np.isnan(np.diag(whole)).all()
    off = ~np.eye(len(codes), dtype=bool)
    assert (whole + whole.T)[off] == pytest.approx(1.0)
    shown = next(
        d.value
        for d in visit(**link(level)).dataframe
        if list(d.value.index) == list(d.value.columns)
    )
    names = compare_tables.called(model.facts, level, codes, "zh")
    assert list(shown.index) == [names[code] for code in codes]
    said = [["—" if n != n else columns.chance(n) for n in row] for row in whole]
    assert shown.to_numpy().tolist() == said
    drawn = model.drawn(SEGMENT, level)
    first, second = drawn.places.get_indexer(codes[:2])
    share = np.mean(drawn.ranks[:, first] < drawn.ranks[:, second])
    assert held.iloc[0, 1] == pytest.approx(share)


def test_the_first_of_many_has_its_chances_against_the_others(visit, model):
    codes = list(compare_tables.standings(model, SEGMENT, "city", PLACES["city"]).index)
    held = compare_tables.chances(model, SEGMENT, "city", codes)
    said = spoken(visit(**link("city")))
    names = model.facts.places.loc["city", "name_zh"]
    for code in codes[1:]:
        assert f"{names[code]} {columns.chance(held.at[codes[0], code])}" in said


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_choice_the_first_three_are_an_example(visit, model, lang):
    page = visit(segment=SEGMENT, lang=lang)
    order = list(score.ranking(model, SEGMENT, "city")["place"])
    # The example is shown, not chosen: what is typed is compared alone.
    assert page.multiselect(key=BOX).value == []
    assert t("compare.example", lang, count=3) in [one.value for one in page.info]
    names = compare_tables.called(model.facts, "city", order[:3], lang)
    assert all(f"**{columns.plain(n)}**" in spoken(page) for n in names.values())
    assert not page.warning
    page.multiselect(key=BOX).set_value(order[:2] + [order[7]])
    sound(page.run())
    assert asked(page)["places"] == ",".join([*order[:2], order[7]])
    assert not page.info


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("codes", "kept", "kinds"),
    [
        (["120114", "999999", "120111"], ["120114", "120111"], ["unknown"]),
        (["120114", "120114", "120111"], ["120114", "120111"], ["double"]),
        (["120114", "120000", "120111"], ["120114", "120111"], ["level"]),
        (["<b>", "", "440305", "120111"], ["440305", "120111"], ["unknown"]),
        (
            ["120114", "120111", "440305", "110108", "310115", "330108"],
            ["120114", "120111", "440305", "110108", "310115"],
            ["many"],
        ),
    ],
)
def test_what_cannot_be_compared_is_noted_and_left_out(visit, codes, kept, kinds, lang):
    page = visit(**link("", *codes, level="district", lang=lang))
    assert page.multiselect(key=BOX).value == kept and len(page.metric) == len(kept)
    (warning,) = (one.value for one in page.warning)
    assert len(warning.split("  \n")) == len(kinds)
    for kind in kinds:
        assert t(f"compare.why_{kind}", lang, most=5) in warning
    assert "<b>" not in warning.replace("\\<b\\>", "")


def test_nothing_usable_is_an_example_and_one_place_is_too_few(visit, model):
    page = visit(**link("city", "999999", "xyz"))
    order = list(score.ranking(model, SEGMENT, "city")["place"])
    assert page.multiselect(key=BOX).value == [] and len(page.metric) == 3
    assert len(page.warning[0].value.split("  \n")) == 2 and page.info
    few = t("compare.too_few", "zh", least=2, most=5)
    one = "已选深圳市 · 广东省：再选一个就能比。"
    for places, said in (("440300", one), ("", few)):
        page = visit(segment=SEGMENT, places=places)
        assert [note.value for note in page.info] == [said] and not page.metric
    page.multiselect(key=BOX).set_value(order[4:6])
    assert len(sound(page.run()).metric) == 2
    page.multiselect(key=BOX).set_value([])
    assert asked(sound(page.run()))["places"] == "" and not page.metric


def test_another_level_and_other_bad_values_are_noted(visit):
    page = visit(segment="no_such_thing", level="village", versus="nowhere")
    said = page.warning[0].value
    assert "no\\_such\\_thing" in said and "village" in said and "nowhere" in said


def test_a_change_of_level_takes_districts_to_their_cities(visit, model):
    page = visit(**link("district"), place="440305", versus="120111")
    page.segmented_control(key="level").set_value("city")
    expected = {"segment": SEGMENT, "level": "city", "places": "120000,440300"}
    pair = {"place": "440300", "versus": "120000"}
    assert asked(sound(page.run())) == expected | pair
    assert page.multiselect(key=BOX).value == ["120000", "440300"]
    assert not page.warning
    page.segmented_control(key="level").set_value("district")
    assert asked(sound(page.run())) == {"segment": SEGMENT, "level": "district"}
    assert page.multiselect(key=BOX).value == [] and len(page.metric) == 3


def test_two_of_many_are_set_against_each_other(visit, model):
    codes = list(compare_tables.standings(model, SEGMENT, "city", PLACES["city"]).index)
    page = visit(**link("city"))
    shown = [page.selectbox(key=key).value for key in (FIRST, OTHER)]
    assert shown == codes[:2]
    page.selectbox(key=OTHER).set_value(codes[3])
    assert asked(sound(page.run()))["versus"] == codes[3]
    gap = why_answers.versus(model, SEGMENT, "city", codes[0], codes[3])
    assert gap["text_zh"] in spoken(page)
    # The same one twice: they change places.
    page.selectbox(key=FIRST).set_value(codes[3])
    sound(page.run())
    assert [page.selectbox(key=key).value for key in (FIRST, OTHER)] == [
        codes[3],
        codes[0],
    ]
    # One that is compared no more is let go of.
    page.multiselect(key=BOX).set_value(codes[:3])
    assert "place" not in asked(sound(page.run()))
    assert asked(page)["versus"] == codes[0]


def test_a_place_chosen_on_the_first_page_is_compared_here(visit, model):
    order = list(score.ranking(model, SEGMENT, "city")["place"])
    page = visit(segment=SEGMENT, place=order[6])
    assert page.multiselect(key=BOX).value == [order[6], order[5], order[7]]
    assert not page.info
    page = visit(segment=SEGMENT, place=order[6], versus=order[0])
    assert page.multiselect(key=BOX).value == [order[6], order[0]]
    assert compare_state.beginning(order, order[0]) == order[:2]
    assert compare_state.beginning(order, order[-1]) == [order[-1], order[-2]]


@pytest.mark.parametrize("level", LEVELS)
def test_the_years_are_the_events_known(visit, model, level):
    codes = PLACES[level]
    counts = compare_tables.years(model, SEGMENT, level, codes)
    past = model.tables[level].history
    row = past.segments.get_loc(SEGMENT)
    for code in codes:
        total = past.total[row, past.places.get_loc(code)]
        assert counts[code].sum() == pytest.approx(total)
    assert counts.index[-1] == model.as_of[:4] and counts.index.is_monotonic_increasing
    assert len(counts) == int(counts.index[-1]) - int(counts.index[0]) + 1
    said = spoken(visit(**link(level)))
    for code, name in compare_tables.called(model.facts, level, codes, "zh").items():
        total = f"{counts[code].sum():.0f}"
        assert t("compare.events_of", "zh", name=name, total=total) in said


def test_no_event_at_all_is_said(visit, model):
    said = spoken(visit(**link("district", "120114", "120111")))
    assert t("compare.events_none", "zh", as_of=model.as_of) in said


def test_the_more_likely_the_stronger_the_cell():
    for ground in ("light", "dark"):
        looks = [compare.shade(share, ground) for share in (0.0, 0.5, 1.0)]
        weak, strong = heat.RANGES[ground]
        assert weak in looks[0] and strong in looks[2] and len(set(looks)) == 3
        assert compare.shade(float("nan"), ground) == ""


def test_an_override_is_marked_beside_the_rank(visit, monkeypatch):
    about = {"segment": SEGMENT, "level": "district", "place": "120111"}
    more = {"reason": "实地看过", "initials": "LW", "date": "2026-01-05"}
    one = Override(**about, kind="move", number=3, **more)
    monkeypatch.setattr(override_state, "hold", lambda: Overrides((one,)))
    said = override_state.mark(SEGMENT, "district", "120111", "zh")
    assert said and said in spoken(visit(**link("district")))


def test_a_segment_without_evidence_has_figures_only(visit, model, monkeypatch):
    bare = score.ranking(model, SEGMENT, "city").assign(confidence="")
    monkeypatch.setattr(cache, "ranking", lambda *asked: bare)
    page = visit(**link("city"))
    assert page.warning[0].value == ZH["recommend.confidence_none"]
    assert not page.metric and len(table_of(page, "apart"))


def test_without_resamples_no_chance_is_said(visit, model):
    from dataclasses import replace

    bare = replace(model, draws={}, manifest={**model.manifest, "sha256": "no draws"})
    page = visit(of=bare, **link("district", "120114", "120111"))
    assert ZH["recommend.range_unknown"] in [one.value for one in page.info]
    assert ZH["compare.headline_unknown"].partition("；")[2] in spoken(page)


@pytest.mark.parametrize("lang", LANGS)
def test_the_panel_of_a_place_leads_here(model, monkeypatch, lang):
    order = list(score.ranking(model, SEGMENT, "city")["place"])
    visit = opener("recommend", model, monkeypatch)
    links = visit(segment=SEGMENT, place=order[4], lang=lang).get("page_link")
    label = words(lang)["compare.link"]
    (found,) = [one for one in links if one.proto.label == label]
    assert found.proto.page == "compare"
    codes = "%2C".join([order[4], order[3], order[5]])
    kept = {f"segment={SEGMENT}", "level=city", f"places={codes}"}
    kept |= {"lang=en"} if lang == "en" else set()
    assert set(found.proto.query_string.split("&")) == kept
