"""Published systems computed beside: by hand where that can be done."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from model import lenses
from model.lenses import (
    PUBLISHED,
    compared,
    correlation,
    coverage,
    held,
    lens,
    published,
    sample,
)
from model.score import UnknownNameError

# Core firms, deals, money (Gemdale's table of eight cities).
EIGHT = {
    "110000": (738, 570, 1416),
    "310000": (366, 242, 544),
    "440300": (400, 310, 778),
    "330100": (166, 134, 304),
    "320500": (66, 54, 206),
    "440100": (80, 49, 177),
    "320100": (90, 40, 134),
    "120000": (47, 10, 10),
}


@pytest.fixture(scope="module")
def made(facts):
    return {
        name: compared(facts, lens(facts, name))
        for name in ("ccid2018", "aitisa2021", "gemdale2021", "hsmap2022")
    }


def column(table, name):
    return table.set_index("place")[name].astype(float)


def with_figures(facts, indicator, places, period="2021"):
    """Return facts with a figure of an indicator for some cities."""
    rows = pd.DataFrame(
        {
            "place": places,
            "level": "city",
            "indicator": indicator,
            "period": period,
            "value": np.arange(1.0, len(places) + 1),
            "source_id": "aitisa2021",
            "quality": "exact",
        }
    )
    text = [name for name in facts["observations"] if name not in rows]
    numbers = facts["observations"].select_dtypes("number").columns
    rows = rows.assign(**{n: np.nan if n in numbers else "" for n in text})
    seen = pd.concat([facts["observations"], rows[facts["observations"].columns]])
    return replace(
        facts, tables={**facts.tables, "observations": seen.reset_index(drop=True)}
    )


def test_eight_cities_are_computed_as_by_hand(made):
    figures = np.array([*EIGHT.values()], float)
    low, high = figures.min(axis=0), figures.max(axis=0)
    by_hand = 100 * ((figures - low) / (high - low)).mean(axis=1)
    table = made["gemdale2021"]["tier_8cities"].table
    scores = column(table, "recomputed_score")[[*EIGHT]]
    np.testing.assert_allclose(scores, by_hand, atol=1e-9)
    ranks = column(table, "recomputed_rank")[[*EIGHT]]
    assert list(ranks) == list((-by_hand).argsort().argsort() + 1)
    assert (table["imputed"] == 0).all()


def test_groups_weigh_the_same_and_the_median_stands_in(facts, made):
    one = made["ccid2018"]["total"]
    figures = one.held.values
    assert figures.shape == (15, 10)
    assert figures.isna().any().any()
    scaled = (figures - figures.min()) / (figures.max() - figures.min())
    filled = scaled.fillna(scaled.median())
    groups = [["c01", "c02"], ["c03", "c04"], ["c05", "c06", "c07", "c08"]]
    groups += [["c09", "c10"]]
    by_hand = np.mean([filled[names].mean(axis=1) for names in groups], axis=0)
    found = column(one.table, "recomputed_score").reindex(figures.index)
    np.testing.assert_allclose(found, 100 * by_hand, atol=1e-9)


def test_the_share_without_figures_is_told(made):
    table = made["ccid2018"]["total"].table
    missing = made["ccid2018"]["total"].held.values.isna()
    sizes = {"c01": 2, "c02": 2, "c03": 2, "c04": 2, "c09": 2, "c10": 2}
    weight = pd.Series({n: 1 / 4 / sizes.get(n, 4) for n in missing.columns})
    expected = (missing * weight).sum(axis=1)
    found = column(table, "imputed").reindex(expected.index)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_ranks_are_those_of_the_scores(made):
    for rankings in made.values():
        for one in rankings.values():
            if one.index is None:
                assert one.table["recomputed_rank"].isna().all()
                continue
            score, rank = one.index.score, one.index.rank
            assert sorted(rank) == list(range(1, len(score) + 1))
            ordered = score[rank.sort_values().index]
            assert (ordered.diff().dropna() <= 0).all()


def test_a_rank_among_a_few_is_no_rank(made):
    for ranking, places in (("carrier_support", 4), ("industry_coverage", 8)):
        one = made["aitisa2021"][ranking]
        assert len(one.index.score) == places
        assert one.table["recomputed_score"].notna().any()
        assert one.table["recomputed_rank"].isna().all()
    funding = made["aitisa2021"]["capital_support"]
    assert len(funding.index.score) == 15
    assert funding.table["recomputed_rank"].notna().any()


def test_without_any_figure_nothing_is_computed(made):
    one = made["aitisa2021"]["organisation_environment"]
    assert one.index is None
    assert one.table[["recomputed_rank", "recomputed_score"]].isna().all(axis=None)
    assert correlation(one.table)["value"] is None


def test_a_county_keeps_its_published_rank_only(made):
    table = made["hsmap2022"]["pilot_zones"].table.set_index("place")
    assert table.at["330521", "rank"] == 7
    assert math.isnan(table.at["330521", "recomputed_score"])
    # The figures of another level are not those of a city of the same code.
    assert table.loc[table["level"] == "city", "recomputed_score"].notna().all()


def test_what_is_published_keeps_its_quality_and_order(facts):
    table = published(facts, "aitisa2021", "capital_support")
    assert list(table.columns) == PUBLISHED
    assert list(table["rank"]) == [1, 2, 4, 5, 6, 7, 10, 10]
    assert list(table["rank_quality"]) == ["exact"] * 6 + ["under"] * 2
    words = published(facts, "jiazi2020", "talent")["rating"]
    assert list(words) == ["strong"] * 5 + ["good"] * 3 + ["weak"] * 7
    tiers = published(facts, "gemdale2021", "tier_20cities")["tier"]
    assert list(tiers) == [1] * 4 + [2] * 11 + [3] * 5


def test_a_ranking_is_computed_over_the_systems_cities_or_its_own(facts):
    system = lens(facts, "gemdale2021")
    whole = sample(facts, system, "tier_20cities")
    assert len(whole) == 20
    assert set(sample(facts, system, "tier_8cities")) == set(EIGHT)
    system = lens(facts, "aitisa2021")
    assert len(sample(facts, system, "enterprise_scale")) == 20
    # 德清 is no city.
    assert len(sample(facts, lens(facts, "hsmap2022"), "pilot_zones")) == 17


@pytest.mark.parametrize(("places", "fit"), [(9, "none"), (10, "same"), (12, "same")])
def test_half_of_the_cities_make_an_indicator_held(facts, places, fit):
    system = lens(facts, "aitisa2021")
    cities = sample(facts, system, "total")
    more = with_figures(facts, "ai_associations", cities[:places])
    have = held(more, system, cities)
    assert have.status.at["a04", "fit"] == fit
    assert have.status.at["a04", "places"] == places
    before, wide = coverage(system, held(facts, system, cities))
    share, wider = coverage(system, have)
    assert share - before == pytest.approx((fit == "same") / 23)
    assert wider - wide == pytest.approx((fit == "same") / 23)


def test_the_thing_itself_comes_before_its_stand_in(facts):
    system = lens(facts, "aitisa2021")
    cities = sample(facts, system, "total")
    assert held(facts, system, cities).status.at["a17", "fit"] == "stand_in"
    more = with_figures(facts, "ai_firms", cities, "2021-06")
    have = held(more, system, cities)
    assert have.status.at["a17", "fit"] == "same"
    assert list(have.values["a17"]) == list(range(1, 21))


def test_what_is_newer_than_the_system_is_told(facts):
    system = lens(facts, "aitisa2021")
    have = held(facts, system, sample(facts, system, "total"))
    later = have.status["later"]
    assert not later[["a01", "a02", "a05", "a18", "a20"]].any()
    assert later[["a03", "a08", "a12", "a14", "a19"]].all()
    assert have.status.at["a02", "first"] == have.status.at["a02", "last"] == "2020"


def test_coverage_may_be_asked_of_a_group(facts):
    system = lens(facts, "aitisa2021")
    have = held(facts, system, sample(facts, system, "total"))
    # GDP of four; policies and science spending stand in.
    assert coverage(system, have, "environment") == (1 / 4, 3 / 4)
    # Supercomputing centres of six; money stands in.
    assert coverage(system, have, "resource") == (1 / 6, 2 / 6)


def test_an_unknown_system_names_the_choices(facts):
    with pytest.raises(UnknownNameError) as error:
        lens(facts, "nosuch")
    assert error.value.choices == lenses.names(facts)
    assert (error.value.kind, error.value.value) == ("lens", "nosuch")


def table(theirs, ours, quality=None):
    n = len(theirs)
    return pd.DataFrame(
        {
            "rank": np.array(theirs, float),
            "rank_quality": quality or ["exact"] * n,
            "tier": np.nan,
            "rating": "",
            "recomputed_score": np.array(ours, float),
        }
    )


def test_the_correlation_is_scipys_and_its_interval_bonett_and_wrights():
    theirs = list(range(1, 11))
    ours = [90, 95, 70, 80, 60, 50, 55, 40, 20, 30]
    found = correlation(table(theirs, ours))
    value = spearmanr(theirs, [-x for x in ours]).statistic
    assert found["value"] == pytest.approx(value, abs=1e-12)
    half = 1.959963984540054 * math.sqrt((1 + value**2 / 2) / (10 - 3))
    assert found["low"] == pytest.approx(math.tanh(math.atanh(value) - half))
    assert found["high"] == pytest.approx(math.tanh(math.atanh(value) + half))
    assert found["n"] == 10


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("n", [4, 5, 15])
def test_a_perfect_order_has_a_finite_interval(n, sign):
    found = correlation(table(range(1, n + 1), [-sign * k for k in range(n)]))
    assert found["value"] == pytest.approx(sign)
    assert -1 <= found["low"] < found["high"] <= 1
    assert found["low"] <= found["value"] <= found["high"]


def test_fewer_than_four_places_say_nothing():
    nothing = {"value": None, "low": None, "high": None}
    assert correlation(table([1, 2, 3], [3, 2, 1])) == {**nothing, "n": 3}
    assert correlation(table([1, 2, 3, 4], [4, 3, 2, np.nan])) == {**nothing, "n": 3}
    assert correlation(table([1, 1, 1, 1], [4, 3, 2, 1])) == {**nothing, "n": 4}
    assert correlation(table([1, 2, 3, 4], [4, 3, 2, 1]))["value"] == 1


def test_a_rank_within_the_first_few_is_not_counted():
    quality = ["exact"] * 4 + ["under"] * 2
    found = correlation(table([1, 2, 3, 4, 10, 10], [9, 8, 7, 6, 99, 98], quality))
    assert (found["value"], found["n"]) == (1, 4)


def test_names_come_in_the_order_of_the_file(facts):
    assert lenses.names(facts)[:2] == ["ccid2018", "aitisa2021"]
