import io
import re
import string
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from app.export import tables
from app.ui import cache, columns, figures, local, state
from app.ui.words import LANGS, words
from data import load, overview
from data.catalog import failure
from features.transform import broad
from model import store
from tests.app_pages import SECONDS, asked, table_of, turn

MAIN = Path(__file__).resolve().parent.parent / "app" / "main.py"


@pytest.fixture(scope="module")
def model(model_home):
    return store.load(model_home, load())


@pytest.fixture
def visit(model_home):
    """Open the app with some parameters in its URL."""

    def open_page(**params):
        return turn(AppTest.from_file(str(MAIN), default_timeout=SECONDS), **params)

    return open_page


def ranked(test):
    """The ranked table: the one with a score column."""
    return table_of(test, "score")


def spoken(test):
    """All text of the page's own elements."""
    kinds = (test.title, test.header, test.markdown, test.caption, test.warning)
    return " ".join(element.value for kind in kinds for element in kind)


def test_first_visit_is_chinese_with_twenty_cities_and_reasons(visit):
    page = visit()
    table = ranked(page)
    assert page.title[0].value == "AI产业选址"
    assert list(table["rank"]) == list(range(1, 21))
    assert table["score"].iloc[0] == 100
    assert all(re.search("①.*20[12]", text, re.S) for text in table["reasons"])
    assert "nDCG@20" in spoken(page)


def test_english_has_no_chinese_left(visit):
    page = visit(lang="en", segment="ai_chips", place="440300")
    assert page.title[0].value == "Where should an AI firm go?"
    left = re.findall(r"[\u4e00-\u9fff]+", " ".join(ranked(page)["place"]))
    assert not left
    # Titles of sources stay in the language they were published in.
    own = [e.value for e in (*page.header, *page.markdown)]
    assert not re.findall(r"[\u4e00-\u9fff]", " ".join(own))


def test_level_switch_shows_districts_with_their_city(visit):
    page = visit()
    page.segmented_control(key="level").set_value("district").run()
    assert asked(page)["level"] == "district"
    assert any("海淀区 · 北京市" in name for name in ranked(page)["place"])


def test_region_filter_counts_ranks_again(visit):
    page = visit()
    page.selectbox(key="within").set_value("pearl_delta").run()
    table = ranked(page)
    assert list(table["rank"]) == list(range(1, len(table) + 1))
    assert all("广东省" in name for name in table["place"])
    assert asked(page)["within"] == "pearl_delta"


def test_top_changes_the_number_of_rows(visit):
    assert len(ranked(visit(top="50"))) == 50


def test_a_place_of_few_figures_is_marked_and_said_to_be(visit):
    asked = {"segment": "ai_healthcare", "level": "district"}
    page = visit(**asked, within="460000")
    marked = [name for name in ranked(page)["place"] if name.startswith(columns.THIN)]
    assert any("三沙市" in name for name in marked)
    assert len(marked) < 5 and columns.THIN in spoken(page)
    # Its fundamentals are far ahead only because they are filled.
    assert not "".join(ranked(page).set_index("place")["ahead"][marked])
    listed = cache.ranking(cache.wait("zh"), asked["segment"], asked["level"])
    islands = listed[listed["place"] == "460300"]
    assert columns.opportunity(islands).item() > 0
    assert "大半没有数字" in spoken(visit(**asked, within="460300"))
    plain = visit(**asked, within="110000")
    assert columns.THIN not in spoken(plain) + "".join(ranked(plain)["place"])
    assert "大半没有数字" not in spoken(plain)


def test_unknown_values_are_named_and_replaced_by_the_nearest(visit):
    page = visit(segment="drone", level="x", within="guangdong", top="37", place="1")
    said = page.warning[0].value
    assert all(f"“{bad}”" in said for bad in ("drone", "guangdong", "37", "1"))
    assert page.selectbox(key="segment").value == "drones"
    assert page.selectbox(key="within").value == "440000"
    assert page.segmented_control(key="level").value == "city"
    assert page.segmented_control(key="top").value == 50
    assert page.selectbox(key="place").value is None


def test_chosen_place_stays_by_code_when_the_segment_changes(visit):
    page = visit(place="330100")
    page.selectbox(key="segment").set_value("industrial_robots").run()
    assert asked(page)["place"] == "330100"
    assert page.header[0].value.startswith("杭州市")


def test_a_district_gives_way_to_its_city_when_the_level_changes(visit):
    page = visit(level="district", place="330110")
    page.segmented_control(key="level").set_value("city").run()
    assert asked(page)["place"] == "330100"


def test_close_leaves_the_place(visit):
    page = visit(place="330100")
    page.button(key="close").click().run()
    assert "place" not in asked(page)
    assert page.selectbox(key="place").value is None


def test_a_place_outside_the_area_is_said_to_be_outside(visit):
    page = visit(place="330100", within="pearl_delta")
    assert "不在当前范围" in page.info[0].value


def test_too_little_evidence_is_said_and_not_ranked(visit, monkeypatch):
    real = cache.ranking
    monkeypatch.setattr(
        cache, "ranking", lambda *given: real(*given).assign(confidence="")
    )
    page = visit()
    assert "证据不足" in page.warning[0].value
    assert not [d for d in page.dataframe if "score" in d.value]


def test_refused_model_is_a_sentence(visit, monkeypatch):
    def refuse(lang):
        raise store.RefusedModelError(Path("x.joblib"), "hash")

    monkeypatch.setattr(cache, "wait", refuse)
    assert "x.joblib" in visit().error[0].value


def test_download_holds_the_whole_list(model):
    table = cache.ranking(model, "drones", "district")
    codes = list(table["place"][:3])
    reasons = cache.reasons(model, "drones", "district", codes)
    content = tables.csv(tables.ranked(model.facts, table, reasons, "zh"))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert len(back) == len(table)
    assert list(back["代码"]) == list(table["place"])
    assert back["理由3"][:3].notna().all() and back["理由1"][3:].isna().all()


@pytest.fixture(scope="module")
def disagreeing(model):
    return overview.conflicts(model.facts)


def test_figures_of_a_district_include_its_citys_marked(model, disagreeing):
    table = figures.figures(model, disagreeing, "district", "330110", "zh")
    assert set(table["whose"]) == {"本地", "所在城市"}
    rows = model.facts.observations
    mine = rows["place"].isin(["330110", "330100"])
    assert len(table) == mine.sum()
    assert (table["source"] != "").all() and (table["locator"] != "").all()


def test_figures_published_later_are_marked_as_not_used(model, disagreeing):
    seen = [
        figures.figures(model, disagreeing, "city", code, "zh")["used"]
        for code in ("110000", "330100", "440300")
    ]
    assert any(used.str.contains("未用于排名").any() for used in seen)


def test_every_figure_used_by_the_ranking_has_its_standing(model, disagreeing):
    table = figures.figures(model, disagreeing, "city", "330100", "zh")
    used = table["used"] == "是"
    assert used.any() and (table.loc[used, "standing"] != "").all()
    assert (table.loc[~used, "standing"] == "").all()
    offered = broad(model.tables["city"].values["city"]).columns
    rare = table["used"].str.contains("只有少数")
    names = model.facts.indicators.loc[offered, "name_zh"]
    assert not set(table.loc[rare, "indicator"]) & set(names)


def test_missing_and_known_figures_make_up_the_catalogue(model):
    absent = figures.missing(model.facts, "city", "330100", "zh")
    rows = model.facts.observations
    here = (rows["place"] == "330100") & (rows["level"] == "city")
    known = rows.loc[here, "indicator"].nunique()
    ranked = model.facts.indicators["levels"].map(
        lambda names: bool({"city", "district"} & set(names))
    )
    assert known + len(absent) == ranked.sum()


def test_one_toggle_leaves_out_what_the_city_has(visit):
    page = visit(level="district", place="330106", lang="zh")
    whose = table_of(page, "谁的数据")
    assert set(whose["谁的数据"]) == {"本地", "所在城市"}
    past = table_of(page, "有效期")
    page.toggle(key="own").set_value(True).run()
    assert asked(page)["own"] == "1"
    assert not [d for d in page.dataframe if "谁的数据" in d.value]
    alone = next((d.value for d in page.dataframe if "有效期" in d.value), past.head(0))
    assert len(alone) < len(past)
    assert not visit(place="330100").toggle


def test_the_history_is_filtered_by_kind(visit):
    page = visit(place="310000")
    pills = next(p for p in page.get("button_group") if "kinds" in (p.proto.id or ""))
    pills.set_value(["platform"]).run()
    past = table_of(page, "有效期")
    kinds = {text for key, text in words("zh").items() if key.startswith("platform.")}
    assert len(past) and set(past["类别"]) <= kinds


@pytest.mark.parametrize("level", ["city", "district"])
def test_a_place_that_no_report_names_has_no_rows(model, level):
    facts, named = model.facts, set(model.facts["rankings"]["place"])
    for table in ("ratings", "strengths", "firm_shares"):
        named |= set(facts[table]["place"])
    places = facts.places.loc[level]
    silent = places[~places["place"].isin(named) & ~places["parent"].isin(named)]
    for place in silent["place"][::50]:
        assert local.said_by_reports(facts, level, place, "zh").empty


def test_the_panel_shows_what_reports_say(visit):
    page = visit(place="310000")
    said = table_of(page, "说法")
    assert said["说法"].str.contains("第1名").any()
    assert (said[["来源", "出处位置"]] != "").all().all()


@pytest.mark.parametrize("level", ["city", "district"])
def test_reports_are_read_for_every_place(model, level):
    said = model.facts["rankings"]
    known = set(said.loc[said["level"] == level, "place"])
    places = model.facts.places.loc[level].index
    for place in [*places[::400], *sorted(known)[:5]]:
        table = local.said_by_reports(model.facts, level, place, "zh", own=True)
        assert table.notna().all(axis=None)
        assert place not in known or len(table)


def test_the_firms_are_said_to_equal_the_count(visit):
    page = visit(place="330100", segment="nlp")
    assert "与企业名单" in spoken(page)


def test_an_english_panel_names_sources_in_english(visit, model):
    page = visit(place="330100", lang="en")
    figures_shown = table_of(page, "In ranking")
    english = set(model.facts.sources["title_en"])
    assert set(figures_shown["Source"]) <= english


def test_firms_of_a_city_include_its_districts_newest_first(model):
    table = figures.firms(model.facts, "nlp", "city", "330100", "zh")
    assert table["month"].is_monotonic_decreasing
    assert "余杭区" in set(table["where"])


def test_opportunity_needs_a_wide_gap():
    table = pd.DataFrame(
        {
            "place": ["far", "near", "first", "unknown"],
            "presence_rank": [40, 12, 5, 40],
            "fundamentals_rank": [10, 9, 1, 10],
        }
    )
    assert list(columns.opportunity(table, {"unknown"})) == [30, 0, 0, 0]


def test_ranges_ties_and_chances_are_written_in_words():
    shown = pd.DataFrame(
        {
            "rank_low": [1, 2],
            "rank_high": [1, 14],
            "tie_group": pd.Series([None, "2-9"], dtype=object),
            "chance_top5": [0.999, 0.004],
        }
    )
    assert columns.spans(shown) == {
        "range": ["1", "2–14"],
        "ties": ["", "2–9"],
        "top5": [">99%", "<1%"],
    }
    assert columns.spans(shown.assign(rank_low=None)) == {}
    assert columns.span(3, 9, "zh") == "第3–9名" and columns.span(1, 1, "en") == "#1"


def test_the_page_shows_ranges_of_the_area(visit):
    page = visit(within="440000", place="440300")
    table = ranked(page)
    ends = table["range"].str.split("–", expand=True).astype(int)
    assert (ends[0] <= table["rank"]).all() and (table["rank"] <= ends[1]).all()
    assert ends[1].max() <= 21
    assert "90%把握" in spoken(page)


def test_relative_scores_of_a_weak_list_run_from_worst_to_best():
    assert list(columns.relative(pd.Series([-1.0, -3.0]))) == [100, 0]
    assert list(columns.relative(pd.Series([4.0, 1.0, -2.0]))) == [100, 25, 0]


def test_names_say_what_a_place_belongs_to():
    facts = load()
    cities = columns.full_names(facts, "city", "zh")
    assert cities["110000"] == "北京市" and cities["330100"] == "杭州市 · 浙江省"
    districts = columns.full_names(facts, "district", "en")
    assert districts["330110"].endswith("· Hangzhou")
    assert len(set(districts) & set(facts.places.loc["district"].index)) == len(
        districts
    )


def test_plain_shows_markdown_as_text():
    assert columns.plain("a*b [x](y) $1") == r"a\*b \[x\]\(y\) \$1"


def test_nearest_falls_back_to_the_default():
    assert state.nearest("zzzz", {"drones": "drones"}, "nlp") == "nlp"


def test_read_accepts_every_offered_state():
    facts = load()
    for area in [*state.areas(facts), "440300"]:
        chosen, notes = state.read({"within": area}, facts)
        assert chosen.within == area and not notes


def fields(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_both_languages_say_the_same_things():
    zh, en = (words(lang) for lang in LANGS)
    assert zh.keys() == en.keys()
    differ = [key for key in zh if fields(zh[key]) != fields(en[key])]
    assert not differ


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("failure", "mend"),
    [
        (store.RefusedModelError(Path("model.joblib"), "hash"), "siteselect train"),
        (failure("places.csv", 7, "format", "encoding", why="byte"), "CSV UTF-8"),
        (PermissionError(13, "denied", "/home/x"), "/home/x"),
    ],
    ids=["model", "facts", "folder"],
)
def test_what_keeps_the_ranking_away_is_said_with_its_mend(
    visit, monkeypatch, failure, mend, lang
):
    def refuse(_lang):
        raise failure

    monkeypatch.setattr(cache, "wait", refuse)
    test = visit(lang=lang)
    assert [mend in error.value for error in test.error] == [True]
    chinese = re.search("[\u4e00-\u9fff]", test.error[0].value)
    assert bool(chinese) == (lang == "zh")
