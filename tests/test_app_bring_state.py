"""Your data: what becomes of the figures of a file, and who moves with them."""

import io
from dataclasses import replace

import pandas as pd
import pytest

from app.commands.folder import load_facts
from app.ui import bring_state, bring_tables, uploaded
from data.importers.outcomes import written
from features import at
from features.transform import latest
from model.assumptions import Assumption
from model.score import ranking
from model.what_if import supposed, what_if
from tests.bring_page import (
    JINAN,
    PAPERS,
    SEGMENT,
    SHANGHAI,
    SHENZHEN,
    brought,
    csv,
    read,
)


def test_moves_and_their_ranges_are_those_of_what_if(model):
    held = brought(model, PAPERS)
    found = bring_state.moves(model, held, SEGMENT, "city")
    one = Assumption("city", JINAN, "ai_papers", 389.0)
    same = what_if(model, SEGMENT, "city", JINAN, [one]).places
    shared = [name for name in same if name in found]
    assert len(shared) == 9
    assert list(found["rank_after"]) == sorted(found["rank_after"])
    pd.testing.assert_frame_equal(
        found[shared].sort_index(), same[shared].sort_index(), check_dtype=False
    )
    assert list(found.index[found["mine"]]) == [JINAN]
    assert found.loc[JINAN, "moved"] > 0


def test_many_places_at_once_are_ranked_once(model):
    values = model.tables["city"].values["city"]["resident_population"].dropna()
    rows = [
        (place, "resident_population", written(value * 0.9), "万人", 2025)
        for place, value in values.items()
    ]
    held = brought(model, *rows)
    counted = held.figures[held.figures["state"].isin(bring_state.COUNTED)]
    assert len(counted) == len(held.assumed) > 200
    found = bring_state.moves(model, held, SEGMENT, "city")
    same = ranking(supposed(model, held.assumed), SEGMENT, "city")
    assert list(found.index) == list(same["place"])
    assert (found["moved"] != 0).sum() > 1
    # A city's figures are also its districts'.
    assert held.places("city", model.facts) == set(counted["place"])
    parents = model.facts.places.loc["district", "parent"]
    districts = set(parents.index[parents.isin(counted["place"])])
    assert held.places("district", model.facts) == districts


def test_what_becomes_of_each_figure(model):
    figures = model.tables["city"].figures["city"]
    known = figures.loc[(SHENZHEN, "gdp")]
    held = brought(
        model,
        (SHENZHEN, "gdp", 40000, "亿元", 2025),
        (SHENZHEN, "gdp", 30000, "亿元", 2001),
        (JINAN, "gdp", 9000, "亿元", 1999),
        (SHANGHAI, "ai_papers", model_value(model, SHANGHAI, "ai_papers"), "篇", 2025),
        (JINAN, "ai_papers", 500, "篇", 2024),
        (JINAN, "ai_papers", 600, "篇", 2025),
    )
    rows = held.figures.set_index(["place", "indicator", "period"])
    states = dict(rows["state"])
    assert states == {
        (SHENZHEN, "gdp", "2025"): "replaces",
        (SHENZHEN, "gdp", "2001"): "twice",
        (JINAN, "gdp", "1999"): "older",
        (SHANGHAI, "ai_papers", "2025"): "same",
        (JINAN, "ai_papers", "2024"): "twice",
        (JINAN, "ai_papers", "2025"): "replaces",
    }
    first = rows.loc[(SHENZHEN, "gdp", "2025")]
    assert first["known"] == known["value"]
    assert (first["known_period"], first["known_source"]) == (
        known["period"],
        known["source_id"],
    )
    assert {(one.place, one.value) for one in held.assumed} == {
        (SHENZHEN, 40000.0),
        (JINAN, 600.0),
    }


def model_value(model, place, indicator):
    return written(model.tables["city"].values["city"].at[place, indicator])


def test_a_figure_of_a_period_to_come_waits_and_one_of_a_period_over_does_not(model):
    early = replace(model, as_of="2024-06", draws={})
    rows = [(JINAN, "gdp", 15000, "亿元", 2025), (JINAN, "ai_papers", 9, "篇", 2023)]
    figures = brought(early, *rows).figures
    assert list(figures["state"]) == ["replaces", "replaces"]
    assert list(figures["waits"]) == [True, False]


def test_what_counts_and_what_waits_is_what_the_facts_make_of_the_same_file(
    run, model, tmp_path
):
    rows = [
        (SHENZHEN, "gdp", 40000, "亿元", 2023),
        (JINAN, "gdp", 9000, "亿元", 1999),
        (JINAN, "ai_papers", 389, "篇", 2025),
        (JINAN, "resident_population", 990, "万人", 2025),
        (SHANGHAI, "wage", 250000, "元", 2025),
    ]
    file, folder = tmp_path / "new.csv", tmp_path / "mine"
    file.write_bytes(csv(*rows))
    code, _, _ = run("import", "indicators", file, "--out", folder)
    assert code == 0
    figures = brought(model, *rows).figures
    counts = figures["state"].isin(bring_state.COUNTED) & ~figures["waits"]
    newest = latest(at(load_facts(str(folder)), model.as_of), "city")
    for row, is_in in zip(figures.itertuples(), counts, strict=True):
        found = newest.loc[(row.place, row.indicator)]
        assert (found["source_id"] == "user") == is_in
        assert (found["value"] == row.value) == is_in
    assert 0 < counts.sum() < len(rows)


def test_planned_figures_are_no_facts(model):
    rows = (*PAPERS, "planned")
    file = csv(rows, head=("place", "indicator", "value", "unit", "period", "status"))
    held = bring_state.brought(model, "a.csv", read(model, file))
    assert list(held.figures["state"]) == ["planned"] and not held.assumed


def test_nothing_stays_on_the_disk(model, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read(model, csv(PAPERS))
    assert not list(tmp_path.iterdir())


def test_the_files_to_download_come_back_and_run_nothing(model):
    held = brought(model, PAPERS)
    again = uploaded.figures(model.facts, "b.csv", bring_tables.ours(held))
    assert not again.rejected
    names = ["place", "indicator", "period", "value", "unit", "locator"]
    old, new = (one.tables["observations"][names] for one in (held.result, again))
    pd.testing.assert_frame_equal(old, new)
    found = bring_state.moves(model, held, SEGMENT, "city")
    hostile = bring_state.Brought("=x().csv", held.result, held.figures, held.assumed)
    rows = bring_tables.file(model, hostile, found, SEGMENT, "city")
    assert set(rows["file"]) == {"'=x().csv"} and set(rows["basis"]) == {"assumption"}
    assert len(rows) == len(found) and set(rows["figures"]) == {1}
    back = pd.read_csv(io.BytesIO(rows.to_csv(index=False).encode()), dtype=str)
    assert list(back["place"]) == list(found.index)


def test_a_picture_shows_the_files_places_first_then_the_largest_moves(model):
    found = pd.DataFrame(
        {
            "rank_before": [10, 1, 2, 300, 5],
            "rank_after": [9, 2, 1, 310, 5],
            "moved": [1, -1, 1, -10, 0],
            "mine": [True, False, False, False, True],
        },
        index=list("abcde"),
    )
    names = {name: name for name in "abcde"}
    drawn = bring_tables.picture(found, names, 3)
    assert list(drawn["name"]) == ["c", "b", f"{bring_tables.MARK}a"]
    assert list(drawn["after"]) == [1, 2, 9]


@pytest.mark.parametrize("name", ["../../x.csv", "=cmd|x.csv", "a\nb.csv", "x" * 99])
def test_a_name_that_may_be_anything_is_not_used(name):
    assert uploaded.called(name) == "file.csv"
    assert uploaded.called("济南 2025（终稿）.XLSX") == "济南 2025（终稿）.XLSX"
