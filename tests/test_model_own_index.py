from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.schema import LEVELS, PILLARS
from features import as_of
from model import explain, score
from model.composite import ROOT, Method, Tree
from model.own_index import (
    COLUMNS,
    FIRST,
    TOLD,
    contributions,
    disagreements,
    figures,
    indicators,
    rank,
    tiers,
)
from model.own_lens import OwnLens
from model.score import Model

SEGMENT = "ai_healthcare"


def alone(table, name):
    """Weights that leave one indicator, and its pillar, all that counts."""
    pillar = table.at[name, "parent"]
    rest = table.index[(table["parent"] == pillar) & (table.index != name)]
    return {
        "pillars": {other: float(other == pillar) for other in PILLARS},
        "indicators": dict.fromkeys(rest, 0.0),
    }


@pytest.mark.parametrize("level", LEVELS)
def test_the_table_is_of_what_enough_places_have_a_figure_of(model, level):
    table, values = indicators(model, level), figures(model, level)
    tree = Tree(table)
    assert set(tree.children[ROOT]) == set(PILLARS)
    entries = model.facts.indicators
    own = model.tables[level].values
    for name in tree.leaves:
        entry = entries.loc[name.removeprefix("city:")]
        held = level if ":" not in name else "city"
        assert own[held][entry["indicator"]].notna().mean() >= 0.1
        assert table.at[name, "parent"] == entry["pillar"]
        assert table.at[name, "direction"] == entry["direction"] != 0
        assert table.at[name, "unit"] == entry["unit"]
        summed = entry["measure"] in ("count", "amount")
        per = table.at[name, "per_head"]
        assert per == "" or (summed and per.endswith(entry["denominator"]))
        assert (table.at[name, "treat"] == "log") == (summed and not per)
    assert list(values.index) == list(model.tables[level].history.places)
    named = set(table.index) - set(PILLARS)
    for held, prefix in zip(own, ("", "city:"), strict=False):
        share = own[held].notna().mean()
        sides = entries["direction"].reindex(share.index)
        for name in share.index[(share >= 0.1) & (sides != 0)]:
            assert prefix + name in named
    assert table.at["jobs_ict", "per_head"] == "employed"
    assert "office_vacancy" not in named and "renter_share" not in named


def test_a_district_has_the_figures_of_its_city(model):
    values = figures(model, "district")
    cities = model.tables["city"].values["city"]
    places = model.facts.places.loc["district"].loc[values.index]
    held = places["parent"].isin(cities.index)
    expected = cities["wage"].reindex(places["parent"]).to_numpy()
    np.testing.assert_array_equal(values["city:wage"], expected)
    assert not held.all() and values.loc[~held.to_numpy(), "city:wage"].isna().all()
    table = indicators(model, "district")
    assert table.at["city:gdp", "per_head"] == "city:resident_population"


def test_nothing_of_later_than_the_month_gets_in(facts, model):
    early = Model(facts, {}, "2021-06", {})
    later = as_of.known_from(facts.observations, facts.sources) > early.as_of
    trimmed = replace(
        facts,
        tables={
            **facts.tables,
            "observations": facts["observations"][~later.to_numpy()],
        },
    )
    without = Model(trimmed, {}, "2021-06", {})
    assert later.sum() > 1000
    assert len(indicators(early, "city")) < len(indicators(model, "city"))
    one, other = (rank(held, OwnLens()).table for held in (early, without))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize("level", LEVELS)
def test_a_ranking_is_in_order_and_from_0_to_100(model, level):
    ranked = rank(model, OwnLens(level=level))
    table = ranked.table
    assert list(table) == [*COLUMNS, *PILLARS]
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert set(table["place"]) == set(model.facts.places.loc[level].index)
    assert table["score"].is_monotonic_decreasing
    assert table["score"].between(0, 100).all() and table["score"].nunique() > 300
    assert table[[*PILLARS]].stack().between(0, 100).all()
    assert table["imputed"].between(0, 1).all() and table["imputed"].nunique() > 3
    np.testing.assert_allclose(table["score"], table[[*PILLARS]].mean(axis=1))
    assert ranked.removed.empty


def test_weights_move_the_score_as_they_say(model):
    lens = OwnLens(pillars={"talent": 3, "capital": 0})
    table = rank(model, lens).table
    share = pd.Series(lens.pillars) / 7
    np.testing.assert_allclose(table["score"], table[[*PILLARS]].fillna(0) @ share)
    assert table["capital"].isna().all()


def test_a_pillar_without_weights_is_dropped(model):
    table = indicators(model, "city")
    cost = dict.fromkeys(table.index[table["parent"] == "cost"], 0)
    by_indicator = rank(model, OwnLens(indicators=cost)).table
    by_pillar = rank(model, OwnLens(pillars={"cost": 0})).table
    pd.testing.assert_frame_equal(by_indicator, by_pillar)
    assert by_indicator["cost"].isna().all()
    assert by_indicator["talent"].notna().all()


def test_an_indicator_weight_of_0_changes_nothing_else(model):
    whole = rank(model, OwnLens()).index
    less = rank(model, OwnLens(indicators={"wage": 0})).index
    assert "wage" in whole.normal and "wage" not in less.normal
    pd.testing.assert_frame_equal(
        whole.normal.drop(columns="wage"), less.normal, check_exact=True
    )
    others = [name for name in PILLARS if name != "cost"]
    pd.testing.assert_frame_equal(
        whole.nodes[others], less.nodes[others], check_exact=True
    )
    pd.testing.assert_series_equal(
        less.nodes["cost"], less.filled["pm25"], check_names=False
    )


def test_a_total_is_logged_and_an_ideal_is_as_printed(model):
    values = figures(model, "city")
    known = values[["gdp", "resident_population"]].notna().all(axis=1)
    table = indicators(model, "city")
    only = alone(table, "gdp")
    gdp = values.loc[known, "gdp"]
    near = {"ideals": {"gdp": 5000}}
    for asked, expected in (
        ({}, -gdp / values.loc[known, "resident_population"]),
        ({"totals": ("gdp",)}, -gdp),
        (near, (gdp - 5000).abs()),
        ({**near, "totals": ("gdp",)}, (gdp - 5000).abs()),
    ):
        places = rank(model, OwnLens(**only, **asked)).table["place"]
        kept = list(places[places.map(known)])
        assert kept == list(expected.sort_values(kind="stable").index)
    logged = rank(model, OwnLens(**only, totals=("gdp",))).index.normal["gdp"]
    spread = np.log1p(gdp)
    expected = (spread - spread.min()) / (spread.max() - spread.min())
    np.testing.assert_allclose(logged[known], expected)


@pytest.mark.parametrize("ideal", [80000, 120000, 0, 10**6])
def test_the_nearest_to_an_ideal_comes_first(model, ideal):
    table = indicators(model, "city")
    lens = OwnLens(**alone(table, "wage"), ideals={"wage": ideal})
    ranked = rank(model, lens).table
    wage = figures(model, "city")["wage"]
    far = (ranked["place"].map(wage) - ideal).abs()
    assert far.iloc[0] == far.min() and ranked["score"].iloc[0] == 100
    assert far.dropna().is_monotonic_increasing
    assert (ranked["imputed"] == far.isna()).all() and far.isna().any()


FILTERED = {
    "within": {"within": "yangtze_delta"},
    "tier": {"tier": 2},
    "pilot_zone": {"pilot_zone": True},
    "supercomputing": {"supercomputing": True},
    "ceiling": {"ceilings": {"wage": 110000}},
    "exclude": {"exclude": ("440300",)},
    "all": {
        **{"within": "pearl_delta", "tier": 2, "pilot_zone": True},
        **{"supercomputing": True, "ceilings": {"wage": 150000}},
        **{"exclude": ("440300", "440106")},
    },
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("asked", FILTERED.values(), ids=FILTERED.keys())
def test_a_filter_never_changes_the_score_of_those_who_stay(model, level, asked):
    lens = OwnLens(level=level, pillars={"talent": 3})
    whole = rank(model, lens).table.set_index("place")
    ranked = rank(model, replace(lens, **asked))
    kept = ranked.table.set_index("place")
    assert 0 < len(kept) < len(whole)
    expected = whole.loc[whole.index.isin(kept.index)]
    pd.testing.assert_frame_equal(
        kept.drop(columns="rank"), expected.drop(columns="rank"), check_exact=True
    )
    assert kept["rank"].tolist() == list(range(1, len(kept) + 1))
    removed = ranked.removed
    assert len(removed) == len(asked)
    assert (removed[["no_figure", "alone"]].max(axis=1) <= removed["removed"]).all()
    if len(removed) == 1:
        assert removed["removed"].iloc[0] == len(whole) - len(kept)
        assert removed["alone"].iloc[0] == removed["removed"].iloc[0]


def test_alone_counts_what_would_come_back(model):
    lens = OwnLens(within="pearl_delta", tier=2, ceilings={"wage": 150000})
    ranked = rank(model, lens)
    for name, without in {
        "within": {"within": ""},
        "tier": {"tier": 0},
        "ceiling:wage": {"ceilings": {}},
    }.items():
        back = len(rank(model, replace(lens, **without)).table) - len(ranked.table)
        assert ranked.removed.at[name, "alone"] == back
    assert ranked.removed["alone"].sum() > 0


def test_a_ceiling_leaves_out_exactly_those_above(model):
    wage = figures(model, "city")["wage"]
    most = float(wage.dropna().sort_values().iloc[100])
    ranked = rank(model, OwnLens(ceilings={"wage": most}))
    assert set(ranked.table["place"]) == set(wage.index[wage <= most])
    assert len(ranked.table) == 101
    row = ranked.removed.loc["ceiling:wage"]
    assert row["no_figure"] == wage.isna().sum() > 0
    assert row["removed"] == (wage > most).sum() + wage.isna().sum()


def test_districts_have_the_ceiling_of_their_city_where_they_have_no_figure(model):
    values = figures(model, "district")
    lens = OwnLens(level="district", ceilings={"wage": 90000, "population": 300000})
    ranked = rank(model, lens)
    passes = (values["city:wage"] <= 90000) & (values["population"] <= 300000)
    assert set(ranked.table["place"]) == set(passes.index[passes])
    assert set(ranked.removed.index) == {"ceiling:city:wage", "ceiling:population"}


def test_where_the_user_already_is(model):
    for level in LEVELS:
        lens = OwnLens(level=level, exclude=("440300", "110108"))
        whole = rank(model, OwnLens(level=level)).table
        gone = whole[~whole["place"].isin(rank(model, lens).table["place"])]
        if level == "city":
            assert list(gone["place"]) == ["440300"]
        else:
            assert set(gone["parent"]) == {"440300", "110000"}
            assert (gone["parent"] == "110000").sum() == 1
            assert (
                (gone["parent"] == "440300").sum()
                == (whole["parent"] == "440300").sum()
                > 5
            )


@pytest.mark.parametrize("level", LEVELS)
def test_zones_and_centres_of_the_place_or_its_city(model, level):
    values = model.tables["city"].values["city"]
    for name, indicator, count in (
        ("pilot_zone", "ai_pilot_zone", 17),
        ("supercomputing", "supercomputing_centre", 12),
    ):
        cities = set(values.index[values[indicator] > 0])
        assert len(cities) == count
        ranked = rank(model, OwnLens(level=level, **{name: True}))
        kept = ranked.table
        if level == "city":
            assert set(kept["place"]) == cities
        else:
            own = figures(model, level).get(indicator, pd.Series(dtype=float))
            outside = kept[~kept["parent"].isin(cities)]
            assert set(outside["place"]) <= set(own.index[own > 0])
            assert cities <= {*kept["parent"], *kept["place"]}
        # Some districts belong to no city, whose centre it would be.
        listed = level == "city" or name == "pilot_zone"
        assert ranked.removed.at[name, "no_figure"] == (0 if listed else 32)


def test_the_best_tier_of_both_reports_counts(model):
    kept = {
        tier: set(rank(model, OwnLens(tier=tier)).table["place"]) for tier in (1, 2, 3)
    }
    assert kept[1] == {"110000", "310000", "330100", "440300"}
    # Chongqing, Changsha and Xi'an are second in the one, third in the other.
    assert {"500000", "430100", "610100"} <= kept[2] - kept[1]
    assert len(kept[2]) == 15 and len(kept[3]) == 20
    districts = rank(model, OwnLens(level="district", tier=1)).table
    assert set(districts["parent"]) == kept[1]


def test_tiers_published_later_are_not_known(facts):
    places = facts.places.loc["city"]
    before = tiers(Model(facts, {}, "2020-11", {}), places)
    assert before.isna().all()
    between = tiers(Model(facts, {}, "2021-06", {}), places)
    assert between["500000"] == 3 and between["370100"] == np.inf
    after = tiers(Model(facts, {}, "2021-12", {}), places)
    assert after["500000"] == 2 and after["370100"] == 2
    assert (after < np.inf).sum() == 20


METHODS = [
    Method(),
    Method(missing="reweigh"),
    Method(missing="worst", normalise="rank"),
    Method(normalise="z_score", outliers="winsorise"),
    Method(normalise="best", weights="entropy"),
    Method(across="geometric"),
    Method(within="geometric", across="geometric", missing="reweigh", weights="critic"),
]


@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("level", LEVELS)
def test_contributions_sum_to_the_difference_from_the_mean(model, level, method):
    lens = OwnLens(level=level, pillars={"talent": 5, "policy": 0}, method=method)
    ranked = rank(model, lens)
    split = contributions(ranked.index)
    table = ranked.table.set_index("place")["score"]
    difference = table - table.mean()
    gap = (split.sum(axis=1) - difference).abs()
    assert gap.max() < 1e-9 and difference.abs().max() > 10
    assert split.mean().abs().max() < 1e-9


@pytest.fixture(scope="module")
def differing(model):
    return {
        level: disagreements(model, OwnLens(level=level, pillars={"cost": 3}), SEGMENT)
        for level in LEVELS
    }


@pytest.mark.parametrize("level", LEVELS)
def test_disagreements_are_the_largest_and_in_order(model, differing, level):
    found = differing[level]
    lens = OwnLens(level=level, pillars={"cost": 3})
    own = rank(model, lens).table.set_index("place")["rank"]
    learned = score.ranking(model, SEGMENT, level).set_index("place")["rank"]
    gap = np.log(learned / own)
    gap = gap[(own <= FIRST) | (learned <= FIRST)].abs().sort_values(ascending=False)
    assert len(found) == 10
    np.testing.assert_allclose(found["gap"].abs(), gap.iloc[:10])
    assert (found["own_rank"] == found["place"].map(own)).all()
    assert (found["learned_rank"] == found["place"].map(learned)).all()
    assert ((found["gap"] > 0) == (found["own_rank"] < found["learned_rank"])).all()
    assert (found[["own_rank", "learned_rank"]].min(axis=1) <= FIRST).all()


@pytest.mark.parametrize("level", LEVELS)
def test_reasons_of_a_disagreement_sum_up_and_are_cited(model, differing, level):
    found = differing[level]
    ranked = rank(model, OwnLens(level=level, pillars={"cost": 3}))
    every, ours = ranked.table["score"], contributions(ranked.index)
    split = explain.by_pillar(model, explain.parts(model, SEGMENT, level))
    values = figures(model, level)
    for row in found.itertuples():
        assert len(row.own) == TOLD
        given = [reason["contribution"] for reason in row.own]
        assert sum(given) + row.own_rest == pytest.approx(row.above_mean, abs=1e-9)
        assert row.above_mean == pytest.approx(row.own_score - every.mean(), abs=1e-9)
        ordered = ours.loc[row.place].sort_values(ascending=row.gap < 0)
        np.testing.assert_allclose(given, ordered[:TOLD])
        for reason in row.own:
            value = values.at[row.place, reason["id"]]
            assert reason["value"] == (None if np.isnan(value) else value)
            assert bool(reason["source_id"]) == (not np.isnan(value))
            if reason["source_id"]:
                assert reason["source_id"] in model.facts.sources.index
                assert reason["unit"] and reason["period"] <= model.as_of
            assert reason["place"] in (row.place, row.parent)
            if reason["per_head"]:
                assert reason["per_head"]["unit"] and reason["per_head"]["value"] > 0
        assert row.learned == split.loc[row.place].to_dict()
        assert sum(row.learned.values()) == pytest.approx(row.learned_score)


def test_disagreements_are_among_the_places_that_pass(model):
    lens = OwnLens(within="yangtze_delta", exclude=("310000",))
    found = disagreements(model, lens, SEGMENT, most=100)
    kept = rank(model, lens).table
    assert set(found["place"]) <= set(kept["place"]) and len(found) < len(kept)
    assert found[["own_rank", "learned_rank"]].max().max() <= len(kept)
    table = score.ranking(model, SEGMENT, "city")
    again = score.keep(table, table["place"].isin(kept["place"]))
    learned = again.set_index("place")["rank"]
    assert (found["learned_rank"] == found["place"].map(learned)).all()
