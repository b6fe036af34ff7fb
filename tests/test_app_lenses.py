import io
import re

import pandas as pd
import pytest

from app.export import tables
from app.ui import cache, columns, lens_tables
from app.ui.words import LANGS, words
from data import EMBEDDED
from data.catalog import failure
from model import lenses, score
from model.lens_gaps import LEAST
from tests.app_pages import asked, opened, table_of

CHINESE = re.compile("[\u3400-\u9fff]")
LENSES = ("ccid2018", "aitisa2021", "gemdale2021", "jiazi2020", "hsmap2022")
# Headings of what stays in the language it was published in: where a figure stands,
# names of zones, and what a report calls the parts of a whole.
AS_PUBLISHED = ("locator", "zone", "focus", "category", "sources", "where")


@pytest.fixture
def visit(monkeypatch):
    """Open the page with some parameters in its URL; no model is there."""
    monkeypatch.setattr(cache, "loaded", lambda: None)

    def open_page(**params):
        page = opened("lenses", **params)
        assert not page.error
        return page

    return open_page


@pytest.fixture(scope="module")
def made(facts):
    """Every system with its rankings."""
    systems = {name: lenses.lens(facts, name) for name in LENSES}
    return {name: (one, lenses.compared(facts, one)) for name, one in systems.items()}


@pytest.fixture(scope="module")
def printed():
    """The published ranks, scores and ratings as they stand in the files."""
    return pd.concat(
        pd.read_csv(EMBEDDED / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("rankings", "ratings")
    ).fillna("")


def table(page, lang, column="locator"):
    """The first table with a column, headings as ids; of ranks by default."""
    named = columns.labels([column], lang, "lens")[column]
    found = table_of(page, named)
    ids = {words(lang)[key]: key[9:] for key in words(lang) if "lens.col_" in key}
    return found.rename(columns=ids)


def explained(page):
    """Names of the cities that are explained: in bold, with more behind."""
    said = [element.value for element in page.markdown]
    return [found[1] for s in said if (found := re.match(r"\*\*(.+?)\*\*.", s))]


def own_words(page):
    """All text of the page but that of its tables."""
    kinds = (
        page.title,
        page.header,
        page.subheader,
        page.markdown,
        page.caption,
        page.warning,
    )
    named = (page.metric, page.selectbox, page.expander, page.download_button)
    said = [e.value for kind in kinds for e in kind]
    said += [e.label for kind in named for e in kind]
    said += [e.delta for e in page.metric] + [e.value for e in page.metric]
    said += [option for e in page.selectbox for option in e.options]
    return [text for text in said if text]


def rank_said(row, lang):
    if not row["rank"]:
        return ""
    under = {"zh": f"前{row['rank']}", "en": f"top {row['rank']}"}
    return under[lang] if row["rank_quality"] == "under" else row["rank"]


def same_as_printed(shown, rows, lang):
    """Hold a table shown against the rows of the file."""
    rows = rows.set_index("place")
    assert sorted(shown.index) == sorted(rows.index)
    for place, row in rows.iterrows():
        there = shown.loc[place].fillna("")
        assert there.get("rank", "") == rank_said(row, lang)
        assert there.get("tier", "") == (int(row["tier"]) if row["tier"] else "")
        assert there.get("dated", "") == row["dated"]
        assert there["locator"] == row["locator"]
        said = there.get("score", "")
        assert bool(said) == bool(row["score"])
        if said:
            figure = re.search(r"[\d.]+", said)[0]
            assert float(figure) == float(row["score"])
            assert (figure == said) == (row["score_quality"] != "over")
        rating = words(lang)[f"rating.is_{row['rating']}"] if row["rating"] else ""
        assert there.get("rating", "") == rating


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", LENSES)
def test_each_report_opens_with_what_it_published(visit, made, printed, name, lang):
    page = visit(lens=name, lang=lang)
    assert not page.warning
    system, rankings = made[name]
    ranking = system.rankings.index[0]
    rows = printed[printed["source_id"] == name]
    rows = rows[(rows["ranking"] == ranking) | (rows["dimension"] == ranking)]
    shown = table(page, lang)
    same_as_printed(shown, rows, lang)
    first = next(d.value for d in page.dataframe)
    assert words(lang)["lens.col_learned"] not in first
    names = rankings[ranking].table.set_index("place")[f"name_{lang}"]
    assert (shown["place"] == names[shown.index]).all()
    if lang == "en":
        assert not CHINESE.findall(" ".join(own_words(page)))
        kept = {words(lang)[f"lens.col_{column}"] for column in AS_PUBLISHED}
        for drawn in page.dataframe:
            for heading in set(drawn.value) - kept:
                cells = drawn.value[heading].astype(str)
                assert not cells.str.contains(CHINESE).any(), heading


@pytest.mark.parametrize("name", LENSES)
def test_every_ranking_shows_ranks_figures_and_explanations(visit, made, printed, name):
    system, rankings = made[name]
    page = visit(lens=name)
    for ranking, one in rankings.items():
        if len(rankings) > 1:
            page.selectbox(key="ranking").set_value(ranking).run()
            assert not page.exception
        rows = printed[printed["source_id"] == name]
        rows = rows[(rows["ranking"] == ranking) | (rows["dimension"] == ranking)]
        shown = table(page, "zh")
        same_as_printed(shown, rows, "zh")

        held, alike, apart = page.metric
        node = system.rankings.at[ranking, "node"]
        strict, wide = lenses.coverage(system, one.held, node)
        assert held.value == f"{strict:.0%}" and f"{wide:.0%}" in held.delta
        found = lenses.correlation(one.table)
        told = "—" if found["value"] is None else f"{found['value']:.2f}"
        assert alike.value == told and f"{found['n']} " in alike.delta

        far = shown["apart"].fillna(0).abs() >= LEAST if "apart" in shown else []
        names = list(shown.loc[far, "place"]) if "apart" in shown else []
        assert sorted(explained(page)) == sorted(names)
        assert apart.value == str(len(names))

        items = table(page, "zh", "item")
        assert len(items) == len(system.asked(node))


def test_apart_is_ours_less_the_published(visit):
    shown = table(visit(lens="ccid2018"), "zh")
    ours = shown["recomputed_rank"].astype(int)
    assert (shown["apart"] == ours - shown["rank"].astype(int)).all()
    assert sorted(ours) == list(range(1, len(shown) + 1))


def test_a_link_to_what_is_not_there_opens_the_nearest(visit):
    page = visit(lens="aitisa2012", ranking="enviroment", lang="en")
    assert page.segmented_control(key="lens").value == "aitisa2021"
    assert page.selectbox(key="ranking").value == "environment"
    report, ranking = (w.value for w in page.warning)
    assert "“aitisa2012”" in report and "“aitisa2021”" in report
    assert "“enviroment”" in ranking and "“environment”" in ranking


def test_nothing_like_it_opens_the_first_and_is_shown_as_it_is(visit):
    page = visit(lens="*<b>0*", ranking="knowledge")
    assert page.segmented_control(key="lens").value == LENSES[0]
    first = page.selectbox(key="ranking").value
    assert first == "total"
    assert columns.plain("*<b>0*") in page.warning[0].value
    assert "knowledge" in page.warning[1].value


def test_another_report_is_written_to_the_url_with_its_first_ranking(visit):
    page = visit(lens="aitisa2021", ranking="knowledge", segment="drones")
    page.segmented_control(key="lens").set_value("gemdale2021").run()
    assert not page.exception and not page.warning
    assert asked(page)["lens"] == "gemdale2021" and "ranking" not in asked(page)
    page.selectbox(key="ranking").set_value("investment_activity_top10").run()
    assert asked(page)["ranking"] == "investment_activity_top10"
    page.segmented_control(key="lang").set_value("en").run()
    assert not page.exception
    assert page.title[0].value == words("en")["lens.heading"]
    kept = {name: asked(page)[name] for name in ("lens", "ranking", "segment")}
    assert kept == {
        "lens": "gemdale2021",
        "ranking": "investment_activity_top10",
        "segment": "drones",
    }


def test_the_learned_rank_stands_beside_once_the_model_is_there(
    visit, monkeypatch, model
):
    monkeypatch.setattr(cache, "loaded", lambda: model)
    shown = table(visit(lens="ccid2018", segment="drones"), "zh")
    learned = score.ranking(model, "drones", "city").set_index("place")["rank"]
    assert (shown["learned"] == learned[shown.index]).all()


def test_the_download_is_the_table_and_runs_no_formula(visit, monkeypatch):
    written = []
    real, ranks = tables.csv, lens_tables.ranks

    def keep(frame):
        written.append(real(frame))
        return written[-1]

    monkeypatch.setattr(tables, "csv", keep)
    page = visit(lens="ccid2018")
    back = pd.read_csv(io.BytesIO(written[-1]), encoding="utf-8-sig", dtype=str)
    shown = page.dataframe[0].value
    assert list(back) == list(shown) and len(back) == len(shown) == 15
    assert f"（{len(shown)} 行）" in page.download_button[0].label
    monkeypatch.setattr(
        lens_tables, "ranks", lambda *given: ranks(*given).assign(locator="=1+1")
    )
    visit(lens="ccid2018")
    cells = pd.read_csv(io.BytesIO(written[-1]), encoding="utf-8-sig", dtype=str)
    for text in cells.fillna("").to_numpy().ravel():
        number = re.fullmatch(r"-?[\d.]+", text)
        assert number or not text.startswith(tables.FORMULA)


def test_a_page_without_facts_says_why(monkeypatch):
    def refuse(lang):
        raise failure("places.csv", 7, "format", "encoding", why="byte")

    monkeypatch.setattr(cache, "facts", refuse)
    assert "places.csv:7" in opened("lenses").error[0].value
