from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features import shift
from model import judging, task
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker, train
from tests.bench import opportunity, variants, variants_report
from tests.bench.variants_columns import Pairs, Scaled, with_base
from tests.bench.variants_judge import (
    BEST_EACH,
    BEST_SINGLE,
    Figures,
    best_baselines,
    difference,
    judgement,
    overlap,
)
from tests.bench.variants_learned import boosted
from tests.bench.variants_view import VARIANTS, Settings, View, joined

ORIGIN = "2023-06"
LEVEL = "city"
TINY = Settings(seeds=1, threads=2, trees=3)
# Every way a variant learns: tables, lessons, firms, parents, earlier origins.
GUARDED = (
    *("shipped", "lessons_mixed", "firm_entry", "half_life_6", "parent_effect"),
    *("residual_history", "affinity_binary", "ridge_and_residual", "blend"),
)


@pytest.fixture(scope="module", autouse=True)
def few():
    """Fewer yearly cutoffs and resamples: the tests are of the bench, not of skill."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task, "YEARLY", {"city": ("2021-12",), "district": ()})
        patch.setattr(judging, "DRAWS", 20)
        patch.setattr(opportunity, "DRAWS", 20)
        yield


@pytest.fixture(scope="module")
def view(facts):
    return View(facts, LEVEL, ORIGIN, TINY)


@pytest.fixture(scope="module")
def later_view(facts):
    """The view of facts whose filings after the origin are other ones, and more."""
    filings = facts["filings"]
    later = (filings["month"] > ORIGIN).to_numpy()
    moved = filings[later].assign(place=filings.loc[later, "place"].to_numpy()[::-1])
    twice = moved.assign(firm=moved["firm"] + " again")
    changed = pd.concat([filings[~later], moved, twice], ignore_index=True)
    tables = {**facts.tables, "filings": changed}
    return View(replace(facts, tables=tables), LEVEL, ORIGIN, TINY)


@pytest.mark.parametrize("name", VARIANTS)
def test_each_variant_scores_every_pair(view, name):
    scores = VARIANTS[name].make(view)
    assert scores.shape == view.table.history.total.shape
    assert np.isfinite(scores).all()


def test_later_outcomes_do_change(view, later_view):
    here, later = (
        task.outcomes_after(v.facts, LEVEL, ORIGIN) for v in (view, later_view)
    )
    assert (here != later).any()


@pytest.mark.parametrize("name", GUARDED)
def test_no_variant_reads_after_the_origin(view, later_view, name):
    make = VARIANTS[name].make
    np.testing.assert_array_equal(make(view), make(later_view))


def test_a_view_refuses_what_is_after_its_origin(view):
    with pytest.raises(ValueError, match="2023-07 is after 2023-06"):
        view.at("2023-07")
    with pytest.raises(ValueError, match="ends 2023-09, after 2023-06"):
        view.outcomes(ORIGIN, 3)


@pytest.mark.parametrize("months", [3, 6, 12])
@pytest.mark.parametrize("level", ["city", "district"])
def test_lessons_end_by_the_origin(facts, level, months):
    view = View(facts, level, "2024-03", TINY)
    cutoffs = view.cutoffs(months)
    assert cutoffs and all(shift(c, m) <= "2024-03" for c, m in cutoffs)
    if months == task.LESSON:
        assert cutoffs == task.training_cutoffs("2024-03", level)


def test_shipped_is_the_recipe_in_use(view):
    recipe = SiteRanker(fundamentals=Fundamentals(n_estimators=3, seeds=1))
    trained = train(view.facts, LEVEL, ORIGIN, recipe)
    np.testing.assert_array_equal(view.shipped, trained.predict(view.table))


def test_joined_is_presence_where_nothing_was_learned():
    there = np.array([[1.0, -1.0], [0.5, -0.5]])
    raw = np.array([[3.0, 3.0], [1.0, 3.0]])
    np.testing.assert_allclose(joined(there, raw), [[1.0, -1.0], [-0.5, 0.5]])


def test_trees_are_added_to_the_base(view):
    def flat(at):
        shape = at.table.history.total.shape
        values = {"nothing": np.tile(np.arange(shape[1]) % 2, (shape[0], 1))}
        part = Pairs(at.level, at.table.segments, values)
        return with_base(part, 100.0 * at.presence)

    scores = boosted(view, flat)
    # What trees of a column that says nothing add is small beside the base.
    assert np.abs(scores - 100.0 * view.presence).max() < 5.0


def test_scaled_columns_are_centred_and_missing_is_0():
    part = Pairs(LEVEL, ["a"], {"x": np.array([[1.0, 3.0, np.nan]])})
    np.testing.assert_allclose(Scaled(part).array("a")[:, 0], [-1.0, 1.0, 0.0])


def test_judgement_orders_good_and_bad_and_an_interval_holds_0_for_the_same(view):
    happened = task.outcomes_after(view.facts, LEVEL, ORIGIN, 12)
    rng = np.random.default_rng(0)
    found = judgement(
        view.table,
        view.facts,
        happened,
        {"right": happened, "random": rng.random(happened.shape)},
    )
    right, random = (found[name]["all"] for name in ("right", "random"))
    assert right.mean == pytest.approx(1.0)
    gain = difference([right, right], [random, random])
    assert 0 < gain["low"] < gain["value"] and gain["high"] < 1
    same = difference([right], [right])
    assert same == {"value": 0.0, "low": 0.0, "high": 0.0}


def figures(*points):
    values = np.array(points)
    return Figures(values, np.repeat(values[:, None], 4, axis=1))


def test_difference_weighs_origins_alike_and_leaves_out_what_was_not_judged():
    one = [figures(0.5, np.nan), figures(0.4, 0.8)]
    other = [figures(0.4, np.nan), figures(0.4, 0.4)]
    assert difference(one, other)["value"] == pytest.approx((0.1 + 0.2) / 2)


def test_best_baseline_of_each_origin_and_of_all():
    origins = [
        {"a": {"all": figures(0.5)}, "b": {"all": figures(0.4)}},
        {"a": {"all": figures(0.1)}, "b": {"all": figures(0.4)}},
    ]
    held = best_baselines(origins, ["a", "b"])
    assert [own[BEST_EACH]["all"].mean for own in held] == [0.5, 0.4]
    assert [own[BEST_SINGLE]["all"].mean for own in held] == [0.4, 0.4]


def test_overlap_is_1_for_one_list_and_0_for_lists_apart():
    ahead = np.repeat([1.0, 0.0], 20)
    assert overlap(np.array([ahead, ahead])) == 1.0
    assert overlap(np.array([ahead, -ahead])) == 0.0


def test_table_and_record(facts, monkeypatch, tmp_path):
    monkeypatch.setattr(variants, "CHOOSING", {ORIGIN: 12})
    monkeypatch.setattr(variants, "TEST", {"2023-03": 12})
    names = ["shipped", "segment_blind"]
    found = {
        origin: variants.at_origin(facts, LEVEL, origin, 12, names, TINY)
        for origin in (ORIGIN, "2023-03")
    }
    table = pd.DataFrame(variants.of_level(LEVEL, found, names))
    assert list(table["variant"])[:3] == ["shipped", BEST_EACH, BEST_SINGLE]
    blind = table.set_index("variant").loc["segment_blind"]
    assert blind["overlap_top20"] == 1.0
    assert blind["all_low"] <= blind["all_high"]
    assert {"test_new", "test_new_difference", "test_new_low"} <= {*table.columns}
    variants_report.write_csv(table, tmp_path / "out.csv")
    assert len(pd.read_csv(tmp_path / "out.csv")) == len(table)
    text = variants_report.markdown(table, choosing="x (12)", test="y (12)", seeds=1)
    assert "## City level" in text and "| segment_blind |" in text


def test_an_unknown_variant_is_refused(capsys):
    with pytest.raises(SystemExit):
        variants.parser().parse_args(["--only", "shipped,nothing"])
    assert "no variant nothing" in capsys.readouterr().err


@pytest.fixture
def case():
    """Two hundred places; those with good fundamentals gain twice what others do."""
    rng = np.random.default_rng(0)
    presence, fundamentals = rng.random(200), rng.random(200)
    happened = 10.0 + 10.0 * (fundamentals > 0.5)
    return opportunity.Case(presence, fundamentals, happened, np.arange(200))


def test_opportunities_are_compared_with_places_of_the_same_presence(case):
    assert np.bincount(case.bands).tolist() == [10] * opportunity.BANDS
    gained, wanted = opportunity.compare(case, np.ones((1, 200)))[
        "opportunity", "outcomes"
    ]
    assert gained[0] > 1.3 * wanted[0]


def test_what_is_expected_is_the_mean_of_the_rest_of_the_band():
    case = opportunity.Case(
        np.repeat([0.0, 1.0], 4), np.zeros(8), np.arange(8.0), np.arange(8)
    )
    far = np.array([True, False, False, False, True, True, True, True])
    found = opportunity.expected(case, case.happened, far, ~far, np.ones((1, 8)))
    # The second band has no other place, so it does not count.
    assert found[:, 0].tolist() == [0.0, 2.0]


def test_fifths_gain_the_more_the_larger_the_gap(case):
    found = opportunity.compare(case, np.ones((1, 200)))
    ratios = [
        (found[f"quintile {i}", "outcomes"][0] / found[f"quintile {i}", "outcomes"][1])
        for i in range(1, 6)
    ]
    assert ratios[0][0] < 1 < ratios[-1][0]


def test_opportunity_rows_are_pooled_over_origins(facts):
    rows = opportunity.measured(facts, LEVEL, {ORIGIN: 6}, TINY)
    table = pd.DataFrame(rows)
    assert {*table["origin"]} == {ORIGIN, "pooled"}
    key = ["bands", "task", "group", "measure"]
    one, both = (
        table[table["origin"] == origin].set_index(key)["ratio"]
        for origin in (ORIGIN, "pooled")
    )
    pd.testing.assert_series_equal(one, both)
