import io
import re
from functools import partial

import pandas as pd
import pytest

from app.ui import cache, catalogue, columns, facts_state
from app.ui.search import Index, folded
from app.ui.words import LANGS, words
from app.views import own, search
from data import overview
from data.catalog import failure
from tests.app_pages import asked, opened, table_of

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def visit():
    """Open the data page with some parameters in its URL; no model is there."""
    return partial(opened, "facts")


@pytest.fixture(scope="module")
def index(facts):
    return Index(facts)


def own_words(page):
    kinds = (page.title, page.subheader, page.markdown, page.caption, page.button)
    labels = [getattr(e, "label", "") or e.value for kind in kinds for e in kind]
    return " ".join(map(str, labels))


def test_the_first_visit_offers_examples_and_no_table(visit):
    page = visit()
    assert page.title[0].value == "数据与出处"
    assert not page.dataframe
    assert len([b for b in page.button if b.key.startswith("example")]) == 5


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("number", range(1, search.EXAMPLES + 1))
def test_every_example_finds_figures(index, lang, number):
    assert len(index.find(words(lang)[f"data.example_{number}"]))


def test_an_example_is_looked_for_when_clicked(visit):
    page = visit(pillar="cost", lang="zh")
    page.text_input(key="q").set_value("没有这个词").run()
    page.button(key="example-1").click().run()
    assert asked(page)["q"] == words("zh")["data.example_1"]
    assert page.selectbox(key="pillar").value == "all"
    assert all("北京" in name for name in table_of(page, "地点")["地点"])


def test_search_shows_value_period_source_and_locator(visit):
    page = visit(q="110108 本科及以上人口")
    rows = table_of(page, "数值")
    assert set(rows["地点"]) == {"海淀区 · 北京市"}
    assert list(rows["时间"]) == ["2020", "2010"]
    assert (rows[["数值", "来源", "出处位置"]] != "").all().all()


def test_search_says_when_nothing_is_found(visit):
    page = visit(q="zzzz 没有")
    assert "没有找到" in page.info[0].value and not page.dataframe


def test_typing_writes_the_url_and_a_filter_alone_is_enough(visit):
    page = visit()
    page.text_input(key="q").set_value("杭州").run()
    assert asked(page)["q"] == "杭州"
    alone = visit(pillar="cost", at="district")
    assert set(table_of(alone, "方面")["方面"]) == {"成本"}


@pytest.mark.parametrize(
    "query",
    ["北京 常住人口", "常住人口 北京", "北京常住人口", "ｂｅｉｊｉｎｇ population"],
)
def test_terms_in_any_order_or_run_together_find_the_place_first(index, query):
    found = index.find(query)
    assert found.iloc[0]["place"] == "110000"
    assert "population" in set(found["indicator"])
    places = index.facts.places.reset_index(drop=True).set_index(["level", "place"])
    provinces = {places.at[(r.level, r.place), "province"] for r in found.itertuples()}
    assert provinces == {"110000"}


def test_search_by_source_and_by_indicator_id(index):
    assert set(index.find("census2010")["source_id"]) == {"census2010"}
    assert set(index.find("中国2010年人口普查分县资料")["source_id"]) == {"census2010"}
    assert "bachelor_plus" in set(index.find("bachelor_plus")["indicator"])


def test_a_name_that_begins_with_the_term_comes_before_one_that_holds_it(index):
    found = index.find("hangzhou wage")["place"]
    assert found.iloc[0] == "330100" and "320400" in set(found)


def test_filters_narrow_the_search(index):
    everything = index.find("北京")
    for at in facts_state.AT:
        part = index.find("北京", at=at)
        assert len(part) <= len(everything)
        zone = part["zone"] != ""
        assert zone.all() if at == "zone" else (part["level"] == at).all()
    planned = index.find("", status="planned")
    assert (planned["status"] == "planned").all()
    actual = index.find("", status="actual")
    assert len(planned) + len(actual) == len(index.rows)
    second = index.find("", status="second_hand")
    assert index.facts.sources.loc[second["source_id"], "second_hand"].all()


def test_the_index_holds_every_figure_once(index, facts):
    figures_held = len(facts["observations"]) + len(facts["area_figures"])
    assert len(index.find("")) == figures_held
    assert folded("ＡＢ１") == "ab1"


def test_the_file_holds_what_the_search_found(index, facts):
    rows = index.find("杭州 工资")
    frame = catalogue.found(facts, rows, "en")[search.FILE]
    named = frame.rename(columns=columns.labels(search.FILE, "en", "data"))
    from app.export import tables

    back = pd.read_csv(io.BytesIO(tables.csv(named)), encoding="utf-8-sig", dtype=str)
    assert len(back) == len(rows)
    assert list(back["Source id"]) == list(rows["source_id"])
    assert list(back["Number as printed"].astype(float)) == list(rows["value"])


@pytest.mark.parametrize("section", facts_state.SECTIONS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_section_opens_in_both_languages(visit, section, lang):
    page = visit(section=section, lang=lang)
    assert not page.error and not page.warning
    assert page.segmented_control(key="section").value == section
    if lang == "en" and section not in ("conflicts", "own"):
        assert not CHINESE.findall(own_words(page))


def test_the_language_switch_keeps_the_rest_of_the_url(visit):
    page = visit(section="sources", source="census2020", segment="drones")
    page.segmented_control(key="lang").set_value("en").run()
    assert page.title[0].value == "Data and sources"
    kept = {name: asked(page)[name] for name in ("section", "source", "segment")}
    assert kept == {
        "section": "sources",
        "source": "census2020",
        "segment": "drones",
    }


def test_unknown_values_are_named_and_replaced(visit):
    page = visit(
        section="source", indicator="populatio", source="x", at="moon", level="x"
    )
    said = page.warning[0].value
    assert all(f"“{bad}”" in said for bad in ("source", "populatio", "x", "moon"))
    assert page.segmented_control(key="section").value == "sources"
    assert said.count("“x”") == 2
    assert "“atlantis”" in visit(within="atlantis").warning[0].value


def test_an_unknown_disagreement_is_said(visit):
    page = visit(section="conflicts", question="nonsense", group="none")
    assert "不存在" in page.warning[0].value
    assert page.selectbox(key="question").value == "all"


def test_a_page_without_facts_says_why(visit, monkeypatch):
    def refuse(lang):
        raise failure("places.csv", 7, "format", "encoding", why="byte")

    monkeypatch.setattr(cache, "facts", refuse)
    assert "places.csv:7" in visit().error[0].value


def test_an_indicator_shows_why_it_matters_and_who_has_it(visit, facts):
    page = visit(section="indicators", indicator="population", lang="en")
    said = own_words(page)
    why = facts.indicators.at["population", "why_en"]
    assert page.subheader[0].value.startswith("Resident population")
    assert columns.plain(why) in said
    assert "of 337 cities" in said
    page.button(key="close-indicator").click().run()
    assert "indicator" not in asked(page) and not page.subheader


def test_indicators_are_found_by_name_and_pillar(visit, facts):
    page = visit(section="indicators", find="人口 普查", pillar="industry")
    shown = table_of(page, "为什么重要")
    assert "常住人口（人口普查）" in set(shown["指标"])
    assert set(shown["方面"]) == {"产业"}
    assert all("人口" in name and "普查" in name for name in shown["指标"])


def test_sources_are_listed_with_their_licences(visit, facts):
    page = visit(section="sources")
    shown = table_of(page, "来源许可")
    assert len(shown) == len(facts.sources)
    assert shown["数据数"].sum() == len(overview.everything(facts))
    english = catalogue.sources(facts, "en")
    assert (
        english.at["census2020", "title"] == facts.sources.at["census2020", "title_en"]
    )
    assert not english["licence_received"].str.contains("[\u4e00-\u9fff]").any()


def test_licences_are_said_part_by_part():
    said = catalogue.licence("none stated; official statistics", "zh")
    assert said == "未声明；官方统计"
    assert catalogue.licence("a new one", "zh") == "a new one"


def test_every_licence_has_words(facts):
    printed = facts.sources[["licence_received", "licence_published"]]
    parts = {part for text in printed.to_numpy().ravel() for part in text.split("; ")}
    for lang in LANGS:
        assert not parts - {name[8:] for name in words(lang) if "licence." in name}


def test_when_a_source_was_known():
    row = pd.Series({"published": "", "lag_months": 15.0})
    assert catalogue.known(row, "zh") == "每期结束后15个月"
    assert catalogue.known(row.replace(15.0, 0.0), "en") == "in the same month"
    assert catalogue.known(row.replace(15.0, float("nan")), "zh").startswith("不详")
    row["published"] = "2024-12"
    assert catalogue.known(row, "en") == "2024-12"


def test_coverage_narrows_to_an_area_and_opens_a_place(visit, facts):
    page = visit(section="coverage", within="pearl_delta", place="440300")
    shown = table_of(page, "平均")
    assert all("广东省" in name for name in shown["地点"])
    assert page.subheader[0].value.startswith("深圳市")
    absent = table_of(page, "原因")
    assert set(absent["原因"]) <= {
        text for key, text in words("zh").items() if "detail.absent_" in key
    }
    page.segmented_control(key="level").set_value("district").run()
    assert asked(page)["level"] == "district" and "place" not in asked(page)


def test_a_province_is_drawn_with_the_mean_of_its_places(facts):
    covered = overview.coverage(facts, "city")
    drawn = catalogue.by_province(facts, covered, "city", "zh")
    one = drawn[(drawn["province"] == "330000") & (drawn["pillar"] == "成本")]
    places = facts.places.loc["city"]
    mine = covered.loc[places.index[places["province"] == "330000"], "cost"]
    assert one["share"].iloc[0] == pytest.approx(mine.mean())
    assert one["places"].iloc[0] == len(mine)


def test_conflicts_are_filtered_by_place_and_question(visit, facts):
    disagreeing = overview.conflicts(facts)
    question = disagreeing.loc[disagreeing["place"] == "110000", "question"].iloc[0]
    page = visit(section="conflicts", place="110000", question=question)
    shown = table_of(page, "各家数值")
    assert all("北京" in name for name in shown["地点"])
    page.selectbox(key="question").set_value("all").run()
    assert len(table_of(page, "各家数值")) >= len(shown)


def test_figures_that_disagree_stand_side_by_side_with_their_scope(facts):
    disagreeing = overview.conflicts(facts)
    group = disagreeing["group"].iloc[0]
    told = catalogue.side_by_side(facts, disagreeing, group, "zh")
    assert len(told) == (disagreeing["group"] == group).sum() > 1
    assert (told[["value", "indicator", "source", "selection"]] != "").all().all()


def test_every_set_that_disagrees_has_one_line(facts):
    disagreeing = overview.conflicts(facts)
    lines = catalogue.groups(facts, disagreeing, "zh", "", "all")
    assert set(lines.index) == set(disagreeing["group"])
    assert lines["figures"].is_monotonic_decreasing
    nothing = catalogue.groups(facts, disagreeing, "zh", "000001", "all")
    assert nothing.empty


@pytest.mark.parametrize("kind", own.KINDS)
@pytest.mark.parametrize("lang", LANGS)
def test_templates_open_as_tables(facts, kind, lang):
    sheet = pd.read_excel(io.BytesIO(own.template(facts, kind, lang, ".xlsx")))
    plain = pd.read_csv(io.BytesIO(own.template(facts, kind, lang, ".csv")))
    assert list(sheet) == list(plain) and len(sheet) == len(plain) > 0
