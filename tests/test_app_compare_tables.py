import io

import pandas as pd
import pytest

from app.export import tables
from app.ui import columns, compare_charts, compare_tables
from app.ui.words import LANGS, words
from data import overview
from data.schema import LEVELS
from model import score

SEGMENT = "smart_vehicles"
PLACES = {
    "district": ["120114", "120111", "440305"],
    "city": ["120000", "440300", "340100", "340200"],
}
ZH = words("zh")


@pytest.mark.parametrize(
    ("chance", "kind"),
    [(0.8, "apart"), (0.79, "close"), (0.5, "close"), (0.49, "against")],
)
def test_how_sure_an_order_is(chance, kind):
    assert compare_tables.verdict(chance) == kind
    assert compare_tables.verdict(None) == "unknown"
    gap = {"above": "a", "below": "b", "chance": chance}
    for lang in LANGS:
        said = compare_tables.headline(gap, "Sss", {"a": "Aaa", "b": "Bbb"}, lang)
        assert f"{chance:.0%}" in said and said.index("Aaa") < said.index("Bbb")


def test_what_decides_is_said_even_when_nothing_does():
    one = {"name_zh": "甲", "name_en": "one", "contribution": 0.3}
    two = {"name_zh": "乙", "name_en": "two", "contribution": -0.1}
    names, ranks = {"a": "Aaa", "b": "Bbb"}, {"a": 1, "b": 5}
    gap = {"above": "a", "below": "b", "gap": 0.2}
    said = compare_tables.decided(
        {**gap, "drivers": [one], "against": two}, ranks, names, "en"
    )
    assert "one +0.30" in said and "two -0.10 (in favour of Bbb)" in said
    said = compare_tables.decided(
        {**gap, "drivers": [], "against": None}, ranks, names, "zh"
    )
    assert said.endswith(ZH["compare.because_all"])


@pytest.mark.parametrize("level", LEVELS)
def test_the_bars_of_the_pillars_sum_to_the_scores(model, level):
    codes = PLACES[level]
    found = compare_tables.accounts(model, SEGMENT, level, codes)
    scores = score.ranking(model, SEGMENT, level).set_index("place")["score"]
    for lang in LANGS:
        names = compare_tables.called(model.facts, level, codes, lang)
        bars = compare_tables.pillars(found, names, lang)
        sums = bars.groupby("name")["value"].sum()
        for code in codes:
            assert sums[names[code]] == pytest.approx(scores[code], abs=1e-6)
        by = bars.groupby("pillar", sort=False)["value"]
        assert (by.max() - by.min()).is_monotonic_decreasing
        drawn = compare_charts.pillars(bars, lang).to_dict()
        held = max(drawn["datasets"].values(), key=len)
        assert [one["value"] for one in held] == list(bars["value"])


@pytest.mark.parametrize("level", LEVELS)
def test_the_figures_are_those_the_ranking_reads(model, level):
    codes = PLACES[level]
    found = compare_tables.figures(model, level, codes)
    lineage = model.tables[level].lineage[["level", "indicator"]].drop_duplicates()
    themes = set(lineage["level"] + ":" + lineage["indicator"])
    assert set(found["theme"]) == themes and len(found) == len(themes) * len(codes)
    there = found[found["why"] == ""]
    assert there["value"].notna().all() and (there["source_id"] != "").all()
    assert set(there["source_id"]) <= set(model.facts.sources.index)
    gone = found[found["why"] != ""]
    assert gone["value"].isna().all() and (gone["source_id"] == "").all()
    kinds = {*overview.ABSENCES, "later", "no_city"}
    assert set(gone["why"]) <= kinds and (len(gone) > 0) == (level == "district")
    row = there[there["theme"] == f"{level}:{there.iloc[0]['theme'].split(':')[1]}"]
    for one in row.itertuples():
        name = one.theme.split(":")[1]
        column = model.tables[level].values[level][name]
        assert one.value == column[one.place]
        assert one.standing == pytest.approx(column.rank(pct=True)[one.place])
    first = found.drop_duplicates("theme")
    assert first["apart"].dropna().is_monotonic_decreasing
    assert not first["apart"].head(first["apart"].notna().sum()).isna().any()


def test_a_figure_that_is_missing_says_why(model):
    codes = PLACES["district"]
    found = compare_tables.figures(model, "district", codes)
    names = compare_tables.called(model.facts, "district", codes, "zh")
    shown = compare_tables.shown(model, found, "district", names, "zh")
    assert shown["apart"].dropna().between(0, 100).all()
    cells = shown[list(names.values())].to_numpy().ravel()
    whys = found["why"].ne("").sum()
    assert sum(cell.startswith("— ") for cell in cells) == whys
    absent = overview.absent(model.facts, "district", codes[0])
    kinds = absent.set_index("indicator")["kind"]
    gone = found[(found["place"] == codes[0]) & (found["why"] != "")]
    for one in gone[gone["theme"].str.startswith("district:")].itertuples():
        assert one.why == kinds.get(one.theme.split(":")[1], "later")


@pytest.mark.parametrize("lang", LANGS)
def test_the_file_holds_every_figure_with_its_source(model, lang):
    codes = PLACES["city"]
    found = compare_tables.figures(model, "city", codes)
    names = compare_tables.called(model.facts, "city", codes, lang)
    names[codes[0]] = "=1+1"
    content = tables.csv(compare_tables.whole(model, found, "city", names, lang))
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    back = back.fillna("")
    known = words(lang)
    assert len(back) == len(found)
    assert set(back[known["compare.csv_place"]]) == {"'=1+1", *list(names.values())[1:]}
    value, why, source = (
        back[known[f"compare.csv_{name}"]] for name in ("value", "why", "source")
    )
    assert ((value == "") == (source == "")).all()
    assert ((value == "") == (why != "")).all()


def test_places_without_an_event_have_years_all_the_same(model):
    past = model.tables["district"].history
    row = past.segments.get_loc(SEGMENT)
    codes = list(past.places[past.total[row] == 0][:2])
    counts = compare_tables.years(model, SEGMENT, "district", codes)
    assert list(counts.index) == [model.as_of[:4]] and counts.sum().sum() == 0
    drawn = compare_charts.years(counts[codes[0]], 0.0, 0, "zh").to_dict()
    assert drawn["layer"]


def test_two_places_of_one_name_are_told_apart(model):
    places = model.facts.places.loc["district"]
    twice = places[places["name_zh"].duplicated(keep=False)].sort_values("name_zh")
    codes = list(twice.index[:2])
    names = compare_tables.called(model.facts, "district", [*codes, "120114"], "zh")
    assert len(set(names.values())) == 3 and columns.GAP in names[codes[0]]
    assert names["120114"] == "武清区"


def test_the_axis_of_ranks_holds_every_range():
    for low, high in ((1, 1), (3, 4), (68, 241), (1, 2847)):
        ends = {"low": [low], "high": [high]}
        rows = pd.DataFrame({"name": ["a"], "rank": [low], **ends, "said": [""]})
        drawn = compare_charts.ranges(rows, "zh").to_dict()
        x = drawn["layer"][0]["encoding"]["x"]
        first, last = x["scale"]["domain"]
        assert 0 < first < low <= high < last
        ticks = x["axis"]["values"]
        assert ticks and all(low <= one <= high for one in ticks)


def test_no_part_that_rounds_to_nothing_has_a_sign():
    rows = pd.DataFrame({"pillar": ["p"] * 3, "name": list("abc")})
    rows["value"] = [-0.001, 0.004, -0.2]
    drawn = compare_charts.pillars(rows, "en").to_dict()
    held = max(drawn["datasets"].values(), key=len)
    assert [one["said"] for one in held] == ["0.00", "0.00", "-0.20"]
    assert [one["right"] for one in held] == [True, True, False]
