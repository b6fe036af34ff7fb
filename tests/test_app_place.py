"""The page of one place: opened for both levels, in both languages, by any link."""

import random
import re

import pytest

from app.ui import cache, columns, override_state, place_state
from app.ui.words import LANGS, t, words
from data.schema import LEVELS, PILLARS
from model import overrides as ov
from model import score
from model.overrides import Override, Overrides
from model.twins import Earlier, twins
from tests.app_pages import asked, opener, sound, table_of

CHINESE = re.compile("[\u3400-\u9fff]")
ZH, EN = words("zh"), words("en")
CITY, DISTRICT = "340100", "330110"
# A new city that no census has counted, and that has no dated firm.
BARE = "659012"


@pytest.fixture
def visit(model, monkeypatch):
    return opener("place", model, monkeypatch)


def said(page):
    kinds = (page.header, page.subheader, page.markdown, page.caption)
    kinds += (page.warning, page.info)
    text = "\n".join(element.value for kind in kinds for element in kind)
    return text.replace("\\", "")


def link(page, label):
    (found,) = [one.proto for one in page.get("page_link") if one.proto.label == label]
    return found.page, dict(part.split("=") for part in found.query_string.split("&"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("place", [CITY, DISTRICT])
def test_a_place_is_seen_whole(visit, model, place, lang):
    page = visit(place=place, segment="ai_chips", lang=lang)
    level = place_state.found(model.facts, place)[0]
    assert page.header[0].value.startswith(
        columns.named(model.facts.places.loc[(level, place)], lang)
    )
    for name in ("strengths", "history", "firms", "everything"):
        assert t(f"place.{name}", lang) in said(page)
    assert len(page.get("vega_lite_chart")) == 3
    told = said(page)
    assert not page.warning and not page.info
    # Every segment once, by the rank it has in its own ranking.
    rows = table_of(page, "confidence").set_index("segment")
    for segment, name in model.facts.segments[f"name_{lang}"].items():
        whole = score.ranking(model, segment, level).set_index("place")
        row = whole.loc[place]
        assert rows.at[name, "rank"] == row["rank"]
        assert rows.at[name, "range"] == f"{row['rank_low']}–{row['rank_high']}"
        assert rows.at[name, "presence_rank"] == row["presence_rank"]
        assert rows.at[name, "fundamentals_rank"] == row["fundamentals_rank"]
    assert rows["rank"].is_monotonic_increasing
    assert rows.index[0] in told


@pytest.mark.parametrize("place", [CITY, DISTRICT, BARE])
def test_english_has_no_chinese_of_ours_left(visit, place):
    page = visit(place=place, lang="en")
    assert not CHINESE.search(said(page))
    headings = [name for d in page.dataframe for name in d.value]
    assert not CHINESE.search(" ".join(map(str, headings)))


@pytest.mark.parametrize("lang", LANGS)
def test_the_example_says_it_is_one(visit, lang):
    page = visit(lang=lang)
    assert t("place.example", lang, place="").split("**")[0] in page.info[0].value
    assert "place" not in asked(page)
    other = visit(level="district", lang=lang)
    assert other.selectbox(key=place_state.BOX).value == "district:340104"
    other.selectbox(key=place_state.BOX).set_value(f"city:{CITY}").run()
    assert asked(sound(other))["place"] == CITY and asked(other)["level"] == "city"
    assert not other.info


@pytest.mark.parametrize(
    ("wanted", "used"),
    [
        ("330199", "330100"),
        ("339999", "340100"),
        ("杭州市", "330100"),
        ("Yuhang District", "330110"),
        ("西湖区 · 杭州市", "330106"),
        ("<b>nowhere</b>", "340100"),
    ],
)
def test_an_unknown_place_is_noted_and_the_nearest_is_shown(visit, wanted, used):
    page = visit(place=wanted, segment="ai_chips", lang="en")
    (note,) = page.warning
    assert note.value.startswith("The link's place")
    assert page.selectbox(key=place_state.BOX).value.endswith(used)


def test_other_bad_values_are_noted(visit):
    page = visit(place=CITY, segment="drone", pillar="talents", lang="xx")
    lines = page.warning[0].value.split("  \n")
    assert len(lines) == 2 and "drone" in lines[0] and "talents" in lines[1]
    assert page.selectbox(key="segment").value == "drones"
    assert t("common.pillar_talent", "zh") in lines[1]


def test_the_level_is_that_of_the_code(visit):
    page = visit(place=DISTRICT, level="city", segment="ai_chips")
    assert page.selectbox(key=place_state.BOX).value == f"district:{DISTRICT}"
    assert not page.warning
    # A few codes are at both levels: there the link decides.
    for level in LEVELS:
        page = visit(place="441900", level=level)
        assert page.selectbox(key=place_state.BOX).value == f"{level}:441900"


def test_the_links_carry_the_place_and_the_segment(visit):
    page = visit(place=DISTRICT, segment="drones", lang="en")
    about = {"segment": "drones", "level": "district", "place": DISTRICT, "lang": "en"}
    assert link(page, EN["place.to_recommend"]) == ("", about)
    assert link(page, EN["park.link"]) == ("fit", about)
    assert link(page, EN["scenario.link"]) == ("what-if", about)
    target, carried = link(page, EN["compare.link"])
    assert target == "compare" and carried["segment"] == "drones"
    assert carried["places"].startswith(DISTRICT)
    target, carried = link(page, EN["place.to_compare"])
    assert target == "compare" and carried["places"].startswith(f"{DISTRICT}%2C")


@pytest.mark.parametrize("lang", LANGS)
def test_the_panel_of_a_place_leads_here(model, monkeypatch, lang):
    about = {"segment": "drones", "level": "district", "place": DISTRICT}
    about |= {"lang": "en"} if lang == "en" else {}
    page = opener("recommend", model, monkeypatch)(**about)
    assert link(page, t("place.link", lang)) == ("place", about)


def test_the_twins_stand_with_why_they_are_alike(visit, model):
    segment = "ai_healthcare"
    found = twins(Earlier.of(model, "city"), segment, CITY)
    assert len(found) > 3
    page = visit(place=CITY, segment=segment)
    shown = table_of(page, ZH["place.col_why"])
    names = cache.names(model.facts, "city", "zh")
    assert list(shown[ZH["park.col_twin"]]) == [names[one.place] for one in found]
    assert all(text[0] in "↑↓" for text in shown[ZH["place.col_why"]])
    _, carried = link(page, ZH["place.to_compare"])
    codes = carried["places"].split("%2C")
    leader = score.ranking(model, segment, "city")["place"].iloc[0]
    assert codes == [CITY, leader, *(one.place for one in found[:3])]
    # The figures of just these places are listed.
    whose = table_of(page, ZH["place.col_percentile"])[ZH["place.col_place"]]
    assert whose.nunique() == len(codes)


def test_without_twins_it_is_said_why(visit, model):
    order = score.ranking(model, "drones", "city")["place"]
    page = visit(place=order.iloc[0], segment="drones")
    assert "找不到" in said(page) and ZH["place.col_why"] not in str(page.dataframe)
    assert "（本地，榜首）" in " ".join(
        table_of(page, ZH["place.col_percentile"])[ZH["place.col_place"]]
    )


def test_a_pillar_shows_its_indicators_alone(visit):
    page = visit(place=CITY, lang="en")
    whole = table_of(page, "Percentile")
    assert set(whole["Pillar"]) == {EN[f"common.pillar_{one}"] for one in PILLARS}
    page.pills(key="pillar").set_value("capital").run()
    assert asked(sound(page))["pillar"] == "capital"
    assert set(table_of(page, "Percentile")["Pillar"]) == {"Capital"}
    assert EN["place.indicators_note"] in said(page)


def test_a_place_without_people_and_firms(visit, model):
    outcomes = model.known.outcomes
    assert outcomes[outcomes["place"] == BARE].empty
    page = visit(place=BARE)
    text = said(page)
    assert ZH["detail.population_unknown"] in text
    assert t("place.no_events", "zh", as_of=model.as_of) in text
    assert ZH["detail.no_history"] in text


def test_a_segment_without_evidence_is_named_and_not_ranked(visit, model, monkeypatch):
    real = score.ranking
    bare = "drones"

    def ranking(model, segment, level):
        table = real(model, segment, level)
        return table.assign(confidence="") if segment == bare else table

    monkeypatch.setattr(cache, "ranking", ranking)
    monkeypatch.setattr(
        cache, "shared", lambda call, model, *asked, large=False: call(model, *asked)
    )
    page = visit(place=CITY, segment=bare)
    name = model.facts.segments.at[bare, "name_zh"]
    assert name not in set(table_of(page, "confidence")["segment"])
    assert t("place.no_evidence", "zh", names=name) in said(page)
    assert [one.value for one in page.warning] == [ZH["recommend.confidence_none"]]
    # Nobody leads a segment that is not ranked.
    whose = set(table_of(page, ZH["place.col_percentile"])[ZH["place.col_place"]])
    assert not any("榜首" in one for one in whose)


def test_a_rank_changed_by_hand_is_noted(visit, model):
    name = model.facts.segments.at["drones", "name_zh"]
    one = Override(
        segment="drones",
        level="city",
        place=CITY,
        kind="pin",
        number=1,
        reason="看过*现场*",
        initials="AB",
        date="2026-11-01",
    )
    page = visit(place=CITY)
    page.session_state[override_state.HELD] = ov.to_short(Overrides((one,)))
    sound(page.run())
    (note,) = [one.value for one in page.caption if "看过" in one.value]
    assert name in note and "人工置顶" in note
    assert not any("看过" in one.value for one in visit(place=CITY).caption)


def test_a_place_that_is_not_ranked_still_shows_what_is_known(visit, model):
    from app.ui import place_tables

    with pytest.MonkeyPatch.context() as patch:
        none = place_tables.strengths(model, "city", CITY).head(0)
        patch.setattr(place_tables, "strengths", lambda *asked: none)
        patch.setattr(
            cache, "shared", lambda call, model, *a, large=False: call(model, *a)
        )
        page = visit(place=CITY)
    assert ZH["detail.not_ranked"] in said(page)
    assert ZH["place.history"] in said(page)


def test_the_tabs_and_the_clock_open_when_asked(visit):
    page = visit(place=CITY, lang="en")
    count = len(page.dataframe)
    page.session_state["place-clock-en"] = True
    page.run()
    assert sound(page).segmented_control(key="today") and len(page.dataframe) >= count


def test_the_file_of_all_figures_is_offered(visit, model):
    page = visit(place=CITY, lang="en")
    (button,) = page.get("download_button")
    assert button.proto.label == EN["detail.download"]


@pytest.mark.parametrize("level", LEVELS)
def test_any_place_opens(visit, model, level):
    """Twenty of each level, the least known among them."""
    places = list(model.facts.places.loc[level].index)
    for turn, place in enumerate(random.Random(7).sample(places, 20)):
        page = visit(
            place=place,
            level=level,
            lang=LANGS[turn % 2],
            **({"pillar": PILLARS[turn % 6]} if turn % 3 else {}),
        )
        assert page.header and table_of(page, "confidence") is not None
