"""Nothing dated after the month reaches a feature, a scale or a prior."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import Facts
from data.catalog import year_ends
from features import assemble, at, shift
from features.as_of import known_from
from model import presence
from model.ranker import train, training_set

MONTH = "2024-06"


def changed(facts, **tables):
    """Return facts with some tables replaced."""
    return Facts(facts.root, "changed", {**facts.tables, **tables})


def same(first, second):
    pd.testing.assert_frame_equal(first.place, second.place)
    pd.testing.assert_frame_equal(first.lean, second.lean)
    for name in ("total", "recent", "activity", "mix", "new_firms"):
        np.testing.assert_array_equal(
            getattr(first.history, name), getattr(second.history, name)
        )
    for name, term in presence.terms(first).items():
        np.testing.assert_array_equal(term, presence.terms(second)[name])
    np.testing.assert_array_equal(presence.mix(first), presence.mix(second))


def with_another_future(facts):
    """Return facts in which everything after the month is different."""
    filings = facts["filings"].copy()
    later = filings["month"] > MONTH
    filings.loc[later, "place"] = "110108"
    filings.loc[later, "segments"] = "drones|ai_chips"
    hardware = facts["hardware_firms"].copy()
    hardware.loc[hardware["year"] >= "2024", "segment"] = "sensors"
    observations = facts["observations"].copy()
    hidden = known_from(observations, facts.sources) > MONTH
    assert hidden.sum() > 5000
    observations.loc[hidden, "value"] *= 7
    return changed(
        facts, filings=filings, hardware_firms=hardware, observations=observations
    )


@pytest.mark.parametrize("level", ["city", "district"])
def test_another_future_changes_no_feature_scale_or_prior(facts, level):
    other = with_another_future(facts)
    same(assemble(at(facts, MONTH), level), assemble(at(other, MONTH), level))


def test_another_future_changes_no_training_label_and_no_score(facts):
    other = with_another_future(facts)
    ours, theirs = (training_set(f, "city", MONTH) for f in (facts, other))
    for mine, yours in zip(ours[1], theirs[1], strict=True):
        np.testing.assert_array_equal(mine, yours)
    scores = [
        train(f, "city", MONTH).predict(assemble(at(f, MONTH), "city"))
        for f in (facts, other)
    ]
    np.testing.assert_array_equal(*scores)


def test_a_fact_shifted_to_a_later_month_leaves_the_earlier_features(facts):
    filings = facts["filings"].copy()
    row = filings.index[filings["month"] == "2024-06"][0]
    filings.loc[row, "month"] = "2024-08"
    moved = at(changed(facts, filings=filings), MONTH)
    gone = at(changed(facts, filings=facts["filings"].drop(row)), MONTH)
    same(assemble(moved, "district"), assemble(gone, "district"))
    before = at(facts, "2024-05")
    same(
        assemble(at(changed(facts, filings=filings), "2024-05"), "district"),
        assemble(before, "district"),
    )


def test_a_later_publication_hides_a_figure(facts):
    sources = facts["sources"].copy()
    sources.loc[sources["source_id"] == "yearbook2024", "published"] = "2025-03"
    known = at(changed(facts, sources=sources), "2025-02")
    assert "yearbook2024" not in set(known.observations["source_id"])
    assert "yearbook2024" in set(at(facts, "2025-02").observations["source_id"])


def test_publication_counts_and_not_the_period_described(facts):
    known = at(facts, "2024-11").observations
    assert not (known["source_id"] == "yearbook2024").any()
    assert (at(facts, "2024-12").observations["source_id"] == "yearbook2024").any()


def test_without_a_publication_month_the_stated_lag_counts():
    observations = pd.DataFrame(
        {"source_id": ["a", "a", "b"], "period": ["2020", "2021-03", "2020"]}
    ).assign(published="")
    sources = pd.DataFrame(
        {"published": ["", "2022-05"], "lag_months": [15, None]}, index=["a", "b"]
    )
    months = known_from(observations, sources)
    assert months.tolist() == ["2022-03", "2022-06", "2022-05"]
    own = observations.assign(published=["2021-01", "", "2023-02"])
    assert known_from(own, sources).tolist() == ["2021-01", "2022-06", "2023-02"]


def test_the_guard_lets_every_dated_table_through_only_up_to_the_month(facts):
    known = at(facts, MONTH)
    assert known.outcomes["month"].max() <= MONTH
    assert known.firms["month"].max() <= MONTH
    assert (known_from(known.observations, facts.sources) <= MONTH).all()
    dated = {f.name for f in dataclasses.fields(known)}
    assert dated == {
        *("as_of", "places", "segments", "indicators", "sources"),
        *("observations", "outcomes", "firms", "strengths", "zones"),
    }


@given(
    st.dates(min_value=pd.Timestamp("1990-01-01").date()).map(lambda d: d.isoformat()),
    st.integers(-60, 60),
)
def test_shift_goes_there_and_back(day, months):
    month = day[:7]
    assert shift(shift(month, months), -months) == month
    assert (shift(month, months) > month) == (months > 0)


def test_a_year_ends_with_its_december():
    assert year_ends(pd.Series(["2020", "2021-04"])).tolist() == ["2020-12", "2021-04"]


def test_what_an_undated_report_says_is_never_known(facts):
    sources = facts["sources"].copy()
    sources.loc[sources["source_id"] == "jiazi2020", "published"] = ""
    known = at(changed(facts, sources=sources), "2025-12")
    for table in (known.strengths, known.zones):
        assert len(table) and "jiazi2020" not in set(table["source_id"])
