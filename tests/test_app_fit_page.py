import io
import re

import pandas as pd
import pytest

from app.export import tables
from app.ui import columns, fit_charts, fit_state, fit_tables
from app.ui.words import LANGS, t, words
from data.schema import LEVELS
from model.board import Board
from model.park import Park, fit
from tests.app_pages import asked, opener, sound, table_of, texts

CHINESE = re.compile("[\u3400-\u9fff]")
PLACES = {"district": "340104", "city": "340100"}
ZH = words("zh")


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with some parameters in its URL."""
    return opener("fit", model, monkeypatch)


@pytest.fixture(scope="module")
def parks(model):
    return {level: Park(Board(model, level)) for level in LEVELS}


@pytest.fixture(scope="module")
def answers(parks):
    """The segments of the example places, as the model has them."""
    return {level: fit(parks[level], place) for level, place in PLACES.items()}


def said(page):
    return " ".join(texts(page))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_page_opens_at_the_first_segment(visit, answers, level, lang):
    page = visit(place=PLACES[level], level=level, lang=lang)
    assert not page.error and not page.warning
    assert page.title[0].value == words(lang)["park.heading"]
    first = answers[level][0]
    assert page.selectbox(key="segment").value == first["segment"]
    assert page.selectbox(key="rival").value == first["rivals"][0]["place"]
    assert columns.plain(f"1. {first[f'name_{lang}']}") in said(page)
    rows = table_of(page, "place_rank")
    assert list(rows["segment"]) == [one[f"name_{lang}"] for one in answers[level]]
    assert list(rows["rank"]) == list(range(1, len(rows) + 1))
    assert rows["share"].sum() == pytest.approx(100, abs=1e-3)
    text = said(page)
    assert not re.search(r"[{}]|\bnan\b|None", text)
    for step in ("suits", "succeeds", "worth"):
        assert words(lang)[f"park.step_{step}"] in text
        for one in first["steps"][step]:
            bare = fit_tables.said(one[f"text_{lang}"], lang).text
            assert columns.plain(bare) in text
    # Sources by their titles, not by their ids.
    assert not re.search(r"cac\\?_filings|census2020", text)
    if lang == "en":
        assert not CHINESE.findall(text)


@pytest.mark.parametrize("params", [{}, {"level": "city"}, {"level": "district"}])
def test_an_example_is_said_to_be_one(visit, params):
    page = visit(**params)
    place = PLACES[params.get("level", "district")]
    assert page.selectbox(key="place").value == place
    example = ZH["park.example"].partition("**")[0]
    assert page.info[0].value.startswith(example)
    # Looking at another segment does not make the example somebody's choice.
    sound(page.selectbox(key="segment").set_value("drones").run())
    assert asked(page) == {**params, "segment": "drones"}
    assert page.info[0].value.startswith(example)
    other = {"340100": "340200", "340104": "340103"}[place]
    sound(page.selectbox(key="place").set_value(other).run())
    assert asked(page)["place"] == other
    assert not any(one.value.startswith(example) for one in page.info)


def test_a_choice_is_written_and_drops_the_rival_of_another(visit, answers):
    first, other = answers["district"][0], answers["district"][4]
    rival = first["rivals"][2]["place"]
    page = visit(place="340104")
    sound(page.selectbox(key="rival").set_value(rival).run())
    assert asked(page) == {"place": "340104", "rival": rival}
    sound(page.selectbox(key="segment").set_value(other["segment"]).run())
    assert asked(page) == {"place": "340104", "segment": other["segment"]}
    assert page.selectbox(key="rival").value == other["rivals"][0]["place"]
    sound(page.selectbox(key="place").set_value("440305").run())
    known = {"level": "district", "place": "440305", "segment": other["segment"]}
    assert asked(page) == known
    sound(page.segmented_control(key="level").set_value("city").run())
    assert asked(page) == known | {"level": "city", "place": "440300"}
    assert not page.warning


def test_a_level_is_that_of_the_place_when_none_is_asked_for(visit):
    assert visit(place="440300").segmented_control(key="level").value == "city"
    assert visit(place="440305").segmented_control(key="level").value == "district"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("params", "used"),
    [
        ({"place": "999999"}, "340104"),
        ({"place": "340104", "level": "city"}, "340100"),
        ({"place": "340100", "level": "district"}, None),
        ({"place": "合肥市", "level": "city"}, "340100"),
        ({"level": "village"}, "340104"),
        ({"segment": "no_such_thing"}, "340104"),
        ({"rival": "110108"}, "340104"),
    ],
)
def test_what_a_link_asks_for_and_is_not_there_is_noted(
    visit, facts, params, used, lang
):
    page = visit(**params, lang=lang)
    assert len(page.warning) == 1 and not page.error
    place = page.selectbox(key="place").value
    if used is None:
        # The most populous of the city's districts.
        inside = facts.places.loc["district"].query("parent == '340100'")
        used = inside["population"].astype(float).idxmax()
    assert place == used
    bad = next(v for k, v in params.items() if k != "level" or v == "village")
    assert columns.plain(bad) in page.warning[0].value


@pytest.mark.parametrize("lang", LANGS)
def test_the_parts_of_every_gap_sum_to_it(answers, lang):
    for entry in (one for level in LEVELS for one in answers[level]):
        for rival in entry["rivals"]:
            rows = fit_tables.gap(rival, lang)
            parts = rows[rows["kind"] != "whole"]
            assert parts["value"].sum() == pytest.approx(rival["gap"], abs=1e-6)
            assert (parts["kind"] == "presence").sum() == 4
            assert rows["name"].is_unique
            assert rows.iloc[-1]["value"] == rival["gap"]


def test_the_chart_of_a_gap_shows_every_part_and_no_signed_nothing(answers):
    rival = answers["district"][0]["rivals"][0]
    rows = fit_tables.gap(rival, "zh")
    rows.loc[0, "value"] = -0.001
    (data,) = [
        held
        for held in fit_charts.gap(rows, "zh").to_dict()["datasets"].values()
        if len(held) > 1
    ]
    assert [one["name"] for one in data] == list(rows["name"])
    assert data[0]["text"] == "0.00"
    assert data[-1]["text"] == f"{rival['gap']:+.2f}"


def test_the_chosen_rival_is_shown_with_its_points(visit, answers):
    entry = answers["district"][1]
    rival = entry["rivals"][-1]
    page = visit(place="340104", segment=entry["segment"], rival=rival["place"])
    assert not page.warning
    text = said(page)
    assert columns.plain(rival["name_zh"]) in text
    assert f"{rival['gap']:+.2f}" in text
    for point in rival["points_zh"]:
        assert columns.plain(fit_tables.said(point, "zh").text) in text
    shown = table_of(page, "rival")
    assert list(shown["rival"]) == [one["name_zh"] for one in entry["rivals"]]
    assert list(shown["rival_rank"]) == [one["rank"] for one in entry["rivals"]]


def test_likeness_counts_those_that_are_more_alike(parks):
    park = parks["city"]
    distance = pd.Series(
        park.board.profile.distances("340100"), park.board.profile.places
    ).drop("340100")
    order = list(distance.sort_values(kind="stable").index)
    few = [order[0], order[4], order[-1]]
    found = fit_tables.likeness(park, "340100", few)
    assert found == [1 + int((distance < distance[one]).sum()) for one in few]
    assert found[0] == 1 and found[-1] <= len(order)


def test_statements_are_taken_apart_alike_in_both_languages(facts, answers):
    marks = set()
    for entry in (one for level in LEVELS for one in answers[level]):
        for one in (one for step in entry["steps"].values() for one in step):
            zh, en = (fit_tables.said(one[f"text_{lang}"], lang) for lang in LANGS)
            assert list(zh.sources) == list(en.sources) == one["sources"]
            assert zh.mark == en.mark and "〔" not in zh.text
            assert not en.text.endswith("]") and en.text[:1] == en.text[:1].upper()
            marks.add(zh.mark)
        for rival in entry["rivals"]:
            for pair in zip(rival["points_zh"], rival["points_en"], strict=True):
                both = map(fit_tables.said, pair, LANGS)
                assert {one.mark for one in both} in ({"ahead"}, {"behind"})
    assert {"", "ahead", "behind", "unlike"} <= marks <= {"", *fit_tables.MARKS}
    assert {*fit_tables.MARKS} == {
        name[10:] for name in words("zh") if name.startswith("park.mark_")
    }


def test_what_speaks_against_a_place_is_marked(visit, answers):
    entry = answers["district"][0]
    suits = [one["text_zh"] for one in entry["steps"]["suits"]]
    assert any(text.startswith("不同：") for text in suits)
    text = said(visit(place="340104"))
    assert f"badge[{ZH['park.mark_unlike']}]" in text
    assert ZH["park.unlike_note"] in text and "不同：" not in text


def test_many_sources_are_cut_and_told_on_pointing(visit, answers, facts):
    one = next(
        one
        for one in answers["district"][0]["steps"]["suits"]
        if len(one["sources"]) > 3
    )
    titles = columns.titles(facts, "zh")
    whole = fit_tables.cited(tuple(one["sources"]), titles)
    page = visit(place="340104")
    helped = [c.help for c in page.caption if c.help]
    joined = columns.plain(t("common.list_gap", "zh").join(whole))
    assert joined in helped


@pytest.mark.parametrize("level", LEVELS)
def test_firms_are_counted_whole_and_listed(visit, parks, answers, facts, level):
    entry = answers[level][0]
    counted = fit_tables.counts(parks[level], entry["segment"], PLACES[level])
    assert ("same_city" in counted) == (level == "district")
    for kind, count in counted.items():
        listed = sum(firm["near"] == kind for firm in entry["firms"])
        assert listed == min(count, 20)
    page = visit(place=PLACES[level], level=level)
    assert [int(one.value) for one in page.metric] == list(counted.values())
    shown = table_of(page, ZH["park.col_firm"])
    assert list(shown[ZH["park.col_firm"]]) == [f["firm"] for f in entry["firms"]]
    assert set(shown[ZH["park.col_source"]]) <= set(columns.titles(facts, "zh"))


def test_no_firm_is_said(visit, answers):
    entry = next(one for one in answers["district"] if not one["firms"])
    page = visit(place="340104", segment=entry["segment"])
    assert t("park.no_firms", "zh", as_of="2025-12") in said(page)


@pytest.mark.parametrize("lang", LANGS)
def test_twins_are_history_beside_the_place_itself(visit, model, lang):
    page = visit(place="340104", segment="smart_hardware", lang=lang)
    found = fit_state.twins(model, "district", "smart_hardware", "340104")
    assert len(found) > 1
    shown = table_of(page, "twin")
    assert list(shown["before"]) == [twin.before for twin in found]
    for end in found[0].after:
        assert list(shown[end]) == [twin.after[end] for twin in found]
    assert {"zh": "历史，不是预测", "en": "history, not a forecast"}[lang] in said(page)
    names = {one.place: one.place for one in found} | {"340104": "340104"}
    years = fit_tables.years(found, "340104", names, lang)
    assert len(years) == (1 + len(found)) * len(found[0].after)
    here = years[years["name"] == t("park.twin_here", lang, place="340104")]
    assert list(here["count"]) == list(found[0].after_here.values())
    drawn = fit_charts.years(years, lang).to_dict()
    assert len(next(iter(drawn["datasets"].values()))) == len(years)


def test_a_place_without_twins_is_told_why(visit):
    page = visit(place="340104", segment="nlp")
    (why,) = [one.value for one in page.info]
    assert "都不够像它" in why


def test_where_there_are_twins_is_said_when_there_are_none(visit, model, answers):
    page = visit(place="340104", segment="nlp")
    having = [
        one["name_zh"]
        for one in answers["district"]
        if fit_state.twins(model, "district", one["segment"], "340104")
    ]
    assert 0 < len(having) < len(answers["district"])
    names = columns.plain("、".join(having))
    assert t("park.twins_elsewhere", "zh", names=names) in said(page)


def test_a_year_is_named_by_itself_or_by_its_months():
    assert fit_tables.year("2024-12") == "2024"
    assert fit_tables.year("2025-06") == "2024-07..2025-06"


@pytest.mark.parametrize("lang", LANGS)
def test_the_file_holds_every_segment_and_runs_nothing(answers, facts, lang):
    titles = columns.titles(facts, lang)
    found = [dict(one) for one in answers["city"]]
    found[0][f"name_{lang}"] = "=1+1"
    content = tables.csv(fit_tables.whole(found, titles, lang))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    names = words(lang)
    assert len(back) == len(found) and back.notna().all().all()
    assert back.loc[0, names["park.csv_name"]] == "'=1+1"
    for step in ("suits", "succeeds", "worth"):
        first = found[1]["steps"][step][0][f"text_{lang}"]
        assert back.loc[1, names[f"park.csv_{step}"]].startswith(first)
    assert (
        found[2]["rivals"][4][f"name_{lang}"] in back.loc[2, names["park.csv_rivals"]]
    )
    for source in found[3]["steps"]["worth"][0]["sources"]:
        assert titles[source] in back.loc[3, names["park.csv_sources"]]


def test_the_panel_of_a_place_leads_here(model, monkeypatch):
    visit = opener("recommend", model, monkeypatch)
    links = visit(place="340100", lang="en").get("page_link")
    (link,) = [one for one in links if one.proto.label == words("en")["park.link"]]
    assert link.proto.page == "fit"
    kept = set(link.proto.query_string.split("&"))
    assert kept == {"place=340100", "lang=en", "level=city"}
