import re
from dataclasses import replace

import numpy as np
import pytest

from data.schema import LEVELS
from features.as_of import known_from
from model import twins
from model.score import Model, UnknownNameError
from model.twins import Earlier

PLACES = {"district": ["330110", "440306", "320583"], "city": ["340100", "320300"]}


@pytest.fixture(scope="module")
def earlier(model):
    return {level: Earlier.of(model, level) for level in LEVELS}


@pytest.fixture(scope="module")
def found(model, earlier):
    """Every twin of some places, by level, place and segment."""
    return {
        (level, place, segment): twins.twins(earlier[level], segment, place)
        for level in LEVELS
        for place in [
            *PLACES[level],
            *map(str, earlier[level].table.history.places[::41]),
        ]
        for segment in model.facts.segments.index
    }


def changed(facts, month):
    """Facts in which everything later than a month is another: an attack on it."""
    tables = dict(facts.tables)
    figures = tables["observations"]
    late = (known_from(figures, facts.sources) > month).to_numpy()
    values = figures["value"].to_numpy().copy()
    values[late] = np.random.default_rng(0).permutation(values[late]) * 7 + 1
    tables["observations"] = figures.assign(value=values)
    for name in ("strengths", "zones"):
        published = tables[name]["source_id"].map(facts.sources["published"])
        tables[name] = tables[name][(published <= month).to_numpy()]
    filings = tables["filings"]
    after = filings["month"] > month
    codes = filings["place"].to_numpy(object).copy()
    codes[after] = np.random.default_rng(1).permutation(codes[after])
    tables["filings"] = filings.assign(place=codes)
    return replace(facts, tables=tables, fingerprint="changed")


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_later_than_the_month_chooses_a_twin(model, earlier, found, level):
    one = earlier[level]
    other = Earlier(changed(model.facts, one.month), level, one.month, one.until)
    np.testing.assert_array_equal(one.profile.position, other.profile.position)
    assert one.profile.near == other.profile.near
    assert any((one.after[end] != other.after[end]).any() for end in one.after), (
        "the attack changed nothing"
    )
    for (at, place, segment), expected in found.items():
        if at == level:
            again = twins.twins(other, segment, place)
            assert [t.place for t in again] == [t.place for t in expected]
            assert [t.before for t in again] == [t.before for t in expected]


def test_twins_were_alike_and_had_gone_further(found, earlier):
    assert sum(map(bool, found.values())) > 50
    for (level, place, _), those in found.items():
        assert len(those) <= twins.TWINS
        assert [t.distance for t in those] == sorted(t.distance for t in those)
        for twin in those:
            assert twin.place != place
            assert twin.distance <= twin.near == earlier[level].profile.near
            assert twin.before >= twins.LEAST_EVENTS
            assert twin.before > twin.before_here


def test_what_came_afterwards_is_counted_by_year(model, found):
    rows = model.facts.outcomes
    filings = rows[rows["source_id"].isin(["cac_filings", "ieee_ra"])]
    for (level, _, segment), those in list(found.items())[:400]:
        for twin in those[:2]:
            assert list(twin.after) == ["2024-12", "2025-12"]
            mine = filings[
                (filings["level"] == level)
                & (filings["place"] == twin.place)
                & (filings["segment"] == segment)
            ]
            for end, count in twin.after.items():
                year = mine[mine["month"].str[:4] == end[:4]]
                assert count == year["count"].sum()


def test_texts_say_counts_years_and_sources(model, found):
    sources = set(model.facts.sources.index)
    for those in found.values():
        for twin in those:
            assert twin.sources and set(twin.sources) <= sources
            for text in (twin.text.zh, twin.text.en):
                assert "2023-12" in text and "2024" in text and "2025" in text
                assert all(source in text for source in twin.sources)
                assert not re.search(r"\bNone\b|\bnan\b|[{}]", text)


def test_no_twin_when_the_figures_of_the_month_do_not_describe_places(model):
    early = Earlier.of(model, "city", "2020-12")
    assert early.profile.columns < twins.LEAST_COLUMNS
    assert twins.twins(early, "big_data", "340100") == []


def test_no_twin_without_a_year_to_look_back_on(model):
    late = Earlier.of(model, "city", "2025-06")
    assert twins.twins(late, "nlp", "320300") == []


def test_no_twin_further_than_the_rule_allows(earlier):
    one = earlier["city"]
    strict = Earlier(one.facts, one.level, one.month, one.until)
    strict.__dict__["table"] = one.table
    profile = replace(one.profile)
    profile.__dict__["near"] = 0.0
    strict.__dict__["profile"] = profile
    assert twins.twins(strict, "nlp", "320300") == []


def test_the_near_distance_is_that_of_a_tenth_of_the_pairs(earlier):
    profile = earlier["city"].profile
    pairs = np.array([profile.distances(place) for place in profile.places])
    upper = pairs[np.triu_indices(len(pairs), 1)]
    assert np.mean(upper <= profile.near) == pytest.approx(twins.NEAREST, abs=0.002)


def test_the_model_s_month_is_the_last_of_what_happened(model):
    past = Model(model.facts, model.rankers, "2024-12", {})
    one = Earlier.of(past, "city")
    assert (one.month, one.until) == ("2022-12", "2024-12")
    assert list(one.after) == ["2023-12", "2024-12"]


def test_unknown_names_are_refused(earlier):
    with pytest.raises(UnknownNameError):
        twins.twins(earlier["city"], "no_such", "340100")
    with pytest.raises(UnknownNameError):
        twins.twins(earlier["city"], "nlp", "110108")
