"""Facts without a city, a segment or a source, and what the ranking is worth then."""

import numpy as np
import pandas as pd
import pytest

from data.tables import BY_NAME
from features import assemble, at
from model import leave_out as lo
from model import task
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker

ORIGIN = "2024-06"
SZ = "440300"
SMALL = SiteRanker(fundamentals=Fundamentals(seeds=1, n_estimators=20))


def unchanged(facts, fewer, names):
    for name in names:
        pd.testing.assert_frame_equal(facts[name], fewer[name])


def test_a_city_goes_with_its_districts_from_every_table(facts):
    before = {name: len(rows) for name, rows in facts.tables.items()}
    fewer = lo.without(facts, city=SZ)
    places = facts["places"]
    gone = {SZ, *places.loc[places["parent"] == SZ, "place"]}
    assert len(gone) > 5
    for name, rows in fewer.tables.items():
        if "place" in rows:
            assert gone.isdisjoint(rows["place"]), name
            kept = facts[name][~facts[name]["place"].isin(gone)]
            assert len(rows) == len(kept), name
    assert gone.isdisjoint(fewer.outcomes["place"])
    assert gone.isdisjoint(fewer.firms["place"])
    for level in ("city", "district"):
        table = assemble(at(fewer, ORIGIN), level)
        assert gone.isdisjoint(table.history.places)
    assert before == {name: len(rows) for name, rows in facts.tables.items()}
    assert fewer.fingerprint != facts.fingerprint


def test_a_segment_goes_from_lists_too_and_the_others_stay(facts):
    fewer = lo.without(facts, segment="nlp")
    assert "nlp" in fewer.segments.index
    assert "nlp" not in set(fewer.outcomes["segment"])
    assert "nlp" not in set(fewer["strengths"]["segment"])
    for rows in fewer.tables.values():
        if "segments" in rows:
            assert not rows["segments"].str.split("|").map(lambda i: "nlp" in i).any()
    others = facts.outcomes[facts.outcomes["segment"] != "nlp"]
    pd.testing.assert_frame_equal(
        fewer.outcomes.reset_index(drop=True), others.reset_index(drop=True)
    )
    unchanged(facts, fewer, ["observations", "places", "segments"])


@pytest.mark.parametrize(
    "source", ["cac_filings", "listed_firms", "ieee_ra", "hsmap2022"]
)
def test_a_source_goes_from_every_table_but_the_list_of_sources(facts, source):
    fewer = lo.without(facts, source=source)
    for name, rows in fewer.tables.items():
        if name == "sources":
            continue
        if BY_NAME[name].source_id == source:
            assert rows.empty
        elif "source_id" in rows:
            assert source not in set(rows["source_id"])
    assert source not in set(fewer.outcomes["source_id"])
    unchanged(facts, fewer, ["sources", "segments", "indicators"])


def test_until_keeps_what_was_dated_by_then(facts):
    earlier = lo.until(facts, "2023-12")
    whole = facts.outcomes
    wanted = whole[whole["month"] <= "2023-12"].reset_index(drop=True)
    pd.testing.assert_frame_equal(earlier.outcomes.reset_index(drop=True), wanted)


def test_folds_hold_every_city_once(facts):
    for level in ("city", "district"):
        table = assemble(at(facts, ORIGIN), level)
        happened = task.outcomes_after(facts, level, ORIGIN)
        folds = lo.folds_of_cities(table, happened, facts)
        codes = [code for fold in folds for code in fold]
        assert len(codes) == len(set(codes)) > 300
        assert all(len(fold) == 1 for fold in folds[:-1])
        assert len(folds[-1]) > 100


def test_the_quick_ranker_averages_nothing():
    made = lo.quick()
    seeds = [v for k, v in made.get_params().items() if k.endswith("seeds")]
    assert set(seeds) <= {1}
    kept = lo.quick(SiteRanker(weight=0.5, fundamentals=Fundamentals(random_state=7)))
    assert kept.weight == 0.5 and kept.fundamentals.random_state == 7


def test_standardised_scores_compare_between_models():
    scores = np.random.default_rng(0).normal(3.0, [[2.0], [5.0]], (2, 100))
    found = lo.standardised(np.vstack([scores, np.ones((1, 100))]))
    assert found.mean(axis=1) == pytest.approx(np.zeros(3))
    assert found.std(axis=1) == pytest.approx([1.0, 1.0, 0.0])


@pytest.fixture
def few(monkeypatch):
    """Cut the folds to a few."""

    def cut(kind):
        if kind == "city":
            whole = lo.folds_of_cities

            def folds(*given):
                first, second, *rest = whole(*given)
                return [first, tuple(code for fold in (second, *rest) for code in fold)]

            monkeypatch.setattr(lo, "folds_of_cities", folds)
        elif kind == "segment":
            monkeypatch.setattr(lo, "taught", lambda happened: [6])
        else:
            names = ["cac_filings", "census2010", "yearbook2024"]
            monkeypatch.setattr(lo, "sources_of", lambda *_: names)

    return cut


@pytest.mark.parametrize("kind", lo.KINDS)
def test_each_kind_is_judged_next_to_the_model_that_held_nothing_out(facts, few, kind):
    few(kind)
    steps = []

    def progress(these, label, total):
        steps.append((label, total))
        return these

    result = lo.leave_out(facts, kind, "city", ORIGIN, ranker=SMALL, progress=progress)
    assert (result["level"], result["as_of"]) == ("city", ORIGIN)
    assert result["leave_out"] == kind and steps
    tasks = {"all", "new", "beyond_top5"} | ({"fit"} if kind == "city" else set())
    assert set(result["tasks"]) == tasks
    for judged in result["tasks"].values():
        for metric, change in judged["change"].items():
            gap = judged["held_out"][metric] - judged["model"][metric]
            assert change["value"] == pytest.approx(gap)
            assert change["low"] <= change["high"]
            best = judged["baselines"][judged["best_baseline"][metric]][metric]
            lift = judged["held_out_lift"][metric]["value"]
            assert lift == pytest.approx(judged["held_out"][metric] - best)
    if kind == "source":
        filings, census, yearbook = result["sources"]
        assert filings["trained"] and filings["tasks"]["all"]["change"]
        assert filings["tasks"]["all"]["change"]["ndcg@20"]["value"] < 0
        assert census["known"] and set(census["tasks"]) == tasks
        # Published in 2024-12, after the origin.
        assert not yearbook["known"] and "tasks" not in yearbook
    if kind == "segment":
        assert result["folds"] == ["nlp"]
        changed = {
            row["segment"]
            for row in result["by_segment"]
            if row["model"] != row["held_out"]
        }
        assert changed == {"nlp"}


def test_a_source_without_which_nothing_can_be_learned_is_said_to_be_one(
    facts, few, monkeypatch
):
    few("source")
    teach = lo.train_on

    def needs_filings(given, *rest):
        if given["filings"].empty:
            raise ValueError("no segment has enough places with an outcome")
        return teach(given, *rest)

    monkeypatch.setattr(lo, "train_on", needs_filings)
    monkeypatch.setattr(lo, "sources_of", lambda *_: ["cac_filings"])
    result = lo.leave_out(facts, "source", "city", ORIGIN, ranker=SMALL)
    (filings,) = result["sources"]
    assert filings["known"] and not filings["trained"] and "tasks" not in filings
