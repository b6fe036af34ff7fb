"""What the page of one place shows: percentiles by hand, figures as they are held."""

import numpy as np
import pandas as pd
import pytest

from app.ui import (
    cache,
    columns,
    compare_tables,
    fit_state,
    local,
    place_charts,
    place_standings,
    place_state,
    place_tables,
    place_twins,
)
from app.ui.figures import qualified
from app.ui.words import LANGS, t
from data.schema import LEVELS, PILLARS
from model import score, trend

CITY, DISTRICT = "340100", "330110"
PLACES = {"city": CITY, "district": DISTRICT}


def test_a_percentile_is_the_share_of_the_others_below():
    values = pd.DataFrame(
        {
            "one": [5.0, 1.0, 3.0, 2.0, 4.0],
            # Half of those with the same value count as below.
            "tied": [0.0, 0.0, 0.0, 0.0, 9.0],
            "gaps": [np.nan, 1.0, 2.0, np.nan, 3.0],
            "alone": [np.nan, np.nan, 7.0, np.nan, np.nan],
        },
        index=list("abcde"),
    )
    found = place_standings.percentiles(values)
    assert list(found["one"]) == [100, 0, 50, 25, 75]
    assert list(found["tied"]) == [37.5, 37.5, 37.5, 37.5, 100]
    assert list(found["gaps"].dropna()) == [0, 50, 100]
    assert found["alone"].isna().all()


@pytest.mark.parametrize("level", LEVELS)
def test_the_median_stands_at_fifty(model, level):
    found = place_standings.standings(model, level)
    for table in (found.themes, found.pillars):
        assert list(table.index) == list(model.tables[level].history.places)
        told = table.stack().dropna()
        assert told.between(0, 100).all()
    assert set(found.pillars) == set(PILLARS)
    # Few places share the mean of a pillar: there the median is exact.
    assert found.pillars["talent"].median() == pytest.approx(50, abs=0.5)
    for segment in ("drones", "ai_chips"):
        presence = place_standings.presence(model, segment, level)
        assert presence.median() == pytest.approx(50, abs=0.1)
        first = score.ranking(model, segment, level).set_index("place")
        assert presence.idxmax() == first["presence_rank"].idxmin()


def test_a_high_cost_is_unfavourable_and_a_high_number_of_graduates_is_not(model):
    table = model.tables["city"].values["city"]
    themes = place_standings.standings(model, "city").themes
    assert model.facts.indicators.at["wage", "direction"] < 0
    assert themes["city:wage"].idxmin() == table["wage"].idxmax()
    assert model.facts.indicators.at["bachelor_plus", "direction"] > 0
    assert themes["city:bachelor_plus"].idxmax() == table["bachelor_plus"].idxmax()
    # By hand for one place.
    wages = table["wage"].dropna()
    dearer = (wages > wages[CITY]).sum() + ((wages == wages[CITY]).sum() - 1) / 2
    expected = 100 * dearer / (len(wages) - 1)
    assert themes.at[CITY, "city:wage"] == pytest.approx(expected)


def test_a_district_has_its_citys_standing_among_cities(model):
    city = place_standings.standings(model, "city").themes
    themes = place_standings.standings(model, "district").themes
    assert themes.at[DISTRICT, "city:unicorns"] == city.at["330100", "city:unicorns"]
    alone = model.facts.places.loc["district"]
    alone = alone.index[~alone["parent"].isin(model.facts.places.loc["city"].index)]
    assert (
        themes.loc[alone[0], "city:unicorns"] != themes.loc[alone[0], "city:unicorns"]
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("level", LEVELS)
def test_the_figures_shown_are_those_held_with_source_and_locator(model, level, lang):
    place = PLACES[level]
    table = place_tables.figures(model, level, {place: "here"}, "", lang)
    facts, names = model.facts, model.facts.indicators[f"name_{lang}"]
    titles = columns.titles(facts, lang)
    held = model.tables[level].figures[level]
    mine = held[held.index.get_level_values(0) == place]
    told = table.set_index("indicator")
    seen = 0
    for (_, indicator), row in mine.iterrows():
        if names[indicator] not in told.index:
            continue
        shown = told.loc[names[indicator]]
        if shown["value"].startswith("—"):
            continue
        seen += 1
        assert shown["period"] == row["period"]
        if row["unit"] != compare_tables.YES_NO:
            said = row[["value", "unit", "quality"]]
            assert shown["value"] == qualified(*said, lang)
        assert shown["source"] == titles[row["source_id"]]
        assert shown["locator"] == row["locator"]
        themes = place_standings.standings(model, level).themes
        exact = themes.at[place, f"{level}:{indicator}"]
        assert exact - 0.1 < shown["percentile"] <= exact
    assert seen >= 10
    known = ~table["value"].str.startswith("—")
    assert (table.loc[known, ["period", "source", "locator"]] != "").all(axis=None)
    assert table.loc[~known, "percentile"].isna().all()
    assert (table.loc[known, "unit"] != "").all()


def test_the_figures_of_a_pillar_stand_by_place_best_first(model):
    names = {CITY: "here", "110000": "first"}
    table = place_tables.figures(model, "city", names, "capital", "en")
    assert set(table["pillar"]) == {"Capital"}
    assert list(table["place"]) == ["here", "first"] * (len(table) // 2)
    own = table.loc[table["place"] == "here", "percentile"].dropna()
    assert own.is_monotonic_decreasing


@pytest.mark.parametrize("level", LEVELS)
def test_the_profile_is_drawn_from_the_standings(model, level):
    place = PLACES[level]
    first = score.ranking(model, "drones", level)["place"].iloc[0]
    names = {place: "here", first: "first"}
    rows = place_tables.pillars(model, "drones", level, names, "en")
    found = place_standings.standings(model, level).pillars
    here = rows[rows["name"] == "here"].set_index("row")["value"]
    for pillar in PILLARS:
        assert here[t(f"common.pillar_{pillar}", "en")] == found.at[place, pillar]
    presence = place_standings.presence(model, "drones", level)
    assert here["Presence: Drones"] == presence[place]
    assert here.is_monotonic_decreasing
    assert set(rows["name"]) == {"here", "first"}
    ones = place_tables.indicators(model, "talent", level, names, "en")
    assert ones["value"].notna().all() and ones["row"].nunique() > 5


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("lang", LANGS)
def test_no_two_indicators_share_a_name(model, level, lang):
    """They are rows of one picture."""
    from model.why import name_of

    themes = list(place_standings.standings(model, level).themes)
    names = [getattr(name_of(model, theme, level), lang) for theme in themes]
    assert len(set(names)) == len(names)


def test_the_summing_up_names_the_best_ranks(model):
    table = place_tables.strengths(model, "city", CITY)
    assert len(table) == len(model.facts.segments)
    text = place_tables.summary(model, table, "合肥市", "zh")
    best = table.iloc[0]
    name = model.facts.segments.at[best["segment"], "name_zh"]
    span = columns.span(best["rank_low"], best["rank_high"], "zh")
    assert f"{name}（第{best['rank']}名，范围{span}）" in text
    assert best["rank"] == min(
        score.ranking(model, one, "city").set_index("place").at[CITY, "rank"]
        for one in model.facts.segments.index
    )
    # Without resamples no range is claimed.
    bare = table.assign(rank_low=None, rank_high=None)
    text = place_tables.summary(model, bare, "Hefei", "en")
    assert "range" not in text and f"(#{best['rank']})" in text
    none = table.assign(known=False)
    assert "Hefei" in place_tables.summary(model, none, "Hefei", "en")
    assert place_tables.shown(model, none, "en").empty


def test_opportunities_are_named_with_their_number(model):
    table = place_tables.strengths(model, "city", CITY).assign(ahead=0)
    assert "ahead of presence" not in place_tables.summary(model, table, "x", "en")
    table.loc[[2, 5], "ahead"] = [6, 30]
    text = place_tables.summary(model, table, "x", "en")
    names = model.facts.segments["name_en"]
    two = [names[table["segment"][at]] for at in (5, 2)]
    assert f"ahead of presence in 2: {'; '.join(two)}." in text


def test_the_quarters_are_those_of_the_ranked_table(model):
    found = place_tables.quarters(model, "city", CITY)
    for segment in model.facts.segments.index:
        whole = trend.quarters(model, segment, "city")
        if segment in found.index:
            assert list(found.loc[segment]) == whole[CITY]
        else:
            assert CITY not in whole
    assert found.sum(axis=1).is_monotonic_decreasing
    shown = place_tables.events(found, model.facts, "en")
    assert list(shown["sum"]) == [sum(bars) for bars in shown["bars"]]
    assert list(shown["last"]) == [sum(bars[-4:]) for bars in shown["bars"]]
    assert place_tables.quarters(model, "district", "659012").empty


def test_the_marks_hold_every_dated_entry_once(facts):
    history = local.history(facts, "city", CITY, "en", "2026-11")
    marks = place_tables.marks(history, "en")
    dated = history["period"].str.contains(r"\d{4}")
    assert marks["count"].sum() == dated.sum() < len(history)
    assert not marks.duplicated(["year", "kind"]).any()
    rows = pd.DataFrame(
        {
            "kind": ["policy"] * 6 + ["zone"],
            "period": ["2024-05"] * 5 + ["by 2023-08", "no date"],
            "name": list("abcdefg"),
        }
    )
    found = place_tables.marks(rows, "en").set_index("year")
    assert found.at[2024, "count"] == 5 and found.at[2023, "count"] == 1
    assert found.at[2024, "names"] == "a; b; c; d and others, 5 in all"
    assert set(found["kind"]) == {"Policy"}
    assert place_tables.marks(rows.head(0), "en").empty


def test_why_two_places_are_alike_is_read_from_their_composition(model):
    earlier = fit_state.earlier(model, "city")
    held = earlier.table.place[earlier.table.lean.columns]
    found = fit_state.twins(model, "city", "ai_healthcare", CITY)
    for twin in found:
        above, below = place_twins.alike(model, "city", CITY, twin.place)
        assert above or below
        assert len(above) <= place_twins.NAMED >= len(below)
        for side, sign in ((above, 1), (below, -1)):
            for indicator in side:
                (name,) = [
                    one
                    for one in held
                    if one.split(":")[1] == indicator and "lean" not in one
                ]
                typical = held[name].median()
                for place in (CITY, twin.place):
                    assert sign * (held.at[place, name] - typical) > 0, name


def test_the_leader_and_three_twins_stand_beside_a_place(model):
    found = fit_state.twins(model, "city", "ai_healthcare", CITY)
    roles = place_twins.beside(model, "ai_healthcare", "city", CITY, found)
    first, second = cache.ranking(model, "ai_healthcare", "city")["place"].head(2)
    assert list(roles) == [CITY, first, *(one.place for one in found[:3])]
    assert list(roles.values()) == ["own", "leader", "twin", "twin", "twin"]
    # The leader is set beside the next best.
    roles = place_twins.beside(model, "ai_healthcare", "city", first, [])
    assert roles == {first: "own_leader", second: "second"}


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_pictures_hold_every_row(model, lang, ground):
    table = place_tables.strengths(model, "city", CITY)
    rows = place_tables.picture(model, table, "drones", lang)
    assert len(rows) == 24 and rows["chosen"].sum() == 1
    spec = place_charts.strengths(rows, lang, ground).to_dict()
    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < rows["low"].min() and rows["high"].max() < high
    names = {CITY: "a", "110000": "b"}
    for rows in (
        place_tables.pillars(model, "drones", "city", names, lang),
        place_tables.indicators(model, "talent", "city", names, lang),
    ):
        spec = place_charts.profile(rows, lang, ground).to_dict()
        (axis,) = {
            tuple(one["encoding"]["y"]["scale"]["domain"])
            for one in spec["layer"]
            if "label" in str(one["encoding"].get("y", ""))
        }
        assert len(axis) == rows["row"].nunique()
    history = local.history(model.facts, "city", CITY, lang, "2026-11")
    place_charts.timeline(place_tables.marks(history, lang), lang, ground).to_dict()


@pytest.mark.parametrize(
    ("score_100", "zh", "en"),
    [
        (100.0, "全国最高（各城市中）", "the highest of all cities"),
        (99.96, "高于全国99.9%的城市", "above 99.9% of all cities"),
        (99.7, "高于全国99.7%的城市", "above 99.7% of all cities"),
        (57.3, "高于全国57.3%的城市", "above 57.3% of all cities"),
        (0.0, "高于全国0.0%的城市", "above 0.0% of all cities"),
    ],
)
def test_nobody_but_the_first_is_above_all_others(score_100, zh, en):
    assert columns.above(score_100, "city", "zh") == zh
    assert columns.above(score_100, "city", "en") == en


@pytest.mark.parametrize("level", LEVELS)
def test_the_second_of_a_ranking_is_not_above_all(model, level):
    whole = score.ranking(model, "drones", level)
    said = [columns.above(one, level, "en") for one in whole["score_100"].head(3)]
    assert "highest" in said[0]
    assert not any("100" in one or "highest" in one for one in said[1:])


@pytest.mark.parametrize(
    ("wanted", "level", "expected"),
    [
        ("", "", ("city", "340100")),
        ("", "district", ("district", "340104")),
        ("330110", "city", ("district", "330110")),
        ("441900", "", ("city", "441900")),
        ("441900", "district", ("district", "441900")),
        ("330199", "district", ("city", "330100")),
        ("Hangzhou", "district", ("city", "330100")),
        ("余杭区", "", ("district", "330110")),
        ("000000", "", ("city", "340100")),
    ],
)
def test_a_code_or_name_finds_its_place(facts, wanted, level, expected):
    assert place_state.found(facts, wanted, level) == expected
