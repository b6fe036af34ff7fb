import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import assemble, transform
from model import score
from model.assumptions import Assumption, assume
from model.score import UnknownNameError
from model.unknowns import (
    COLUMNS,
    MIN_ALIKE,
    Rescore,
    alike,
    missing,
    plausible,
    wilson,
    worth_finding_out,
)
from model.what_if import possible, ranked, whole

SEGMENT, CITY, DISTRICT = "ai_healthcare", "340100", "340104"
# The fast score leaves out what one place's figure does to the scales of all: it may
# differ from the whole pipeline by this much, where places score from -3 to 12.
TOLERANCE = 0.1


@pytest.fixture(scope="module")
def thin(model):
    """A city near the edge of the first ten, with some of its figures hidden."""
    names = ("wage", "students", "hightech_firms", "wage_bill", "patents_invention")
    hidden = [Assumption("city", CITY, name, np.nan) for name in names]
    return assemble(assume(model.known, hidden), "city")


@pytest.fixture(scope="module")
def found(model, thin):
    return worth_finding_out(model, SEGMENT, "city", CITY, table=thin)


@pytest.mark.parametrize(("level", "place"), [("city", CITY), ("district", DISTRICT)])
def test_nothing_changed_scores_the_same(model, level, place) -> None:
    fast = Rescore(model, SEGMENT, level, place)
    scores, ranks = fast.scores_and_ranks([{}, {}])
    table = score.ranking(model, SEGMENT, level).set_index("place")
    np.testing.assert_allclose(scores, table.at[place, "score"], atol=1e-9)
    assert (ranks == table.at[place, "rank"]).all()
    assert len(fast.scores_and_ranks([])[0]) == 0


@pytest.mark.parametrize("level", ["city", "district"])
def test_the_fast_score_is_that_of_the_whole_pipeline(model, level) -> None:
    rng = np.random.default_rng(0)
    same, off = [], []
    for at in range(4):
        segment = model.tables[level].segments[at]
        ranks = ranked(model.scores(segment, level).score)
        near = model.tables[level].history.places[(ranks > 5) & (ranks <= 25)]
        place = str(rng.choice(near))
        fast = Rescore(model, segment, level, place)
        whose = level if at % 2 or not fast.city else "city"
        values = transform.broad(fast.table.values[whose])
        name = str(rng.choice(values.columns))
        value = float(rng.choice(values[name].dropna()))
        one = Assumption(whose, place if whose == level else fast.city, name, value)
        scores, ranks = fast.scores_and_ranks([{(whose, name): value}])
        truly, rank = whole(model, segment, level, [one])
        off.append(abs(scores[0] - truly[fast.row]))
        same.append(ranks[0] == rank[fast.row])
    assert max(off) < TOLERANCE
    assert sum(same) >= 3


def test_a_city_figure_moves_its_other_districts_too(model) -> None:
    fast = Rescore(model, SEGMENT, "district", DISTRICT)
    raw, rows = fast._raw([{("city", "ai_papers"): 3000.0}])
    siblings = fast.table.history.places[rows]
    assert DISTRICT in siblings
    assert len(siblings) > 1
    assert (model.facts.places.loc["district"].loc[siblings, "parent"] == CITY).all()
    assert not np.array_equal(raw[0], fast.raw[rows])


def test_the_unknowns_are_told_in_order(model, found, thin) -> None:
    assert list(found.columns) == COLUMNS
    assert set(found["indicator"]) >= {"wage", "students", "patents_invention"}
    assert not found.duplicated(["figure_level", "indicator"]).any()
    assert found["flips"].is_monotonic_decreasing
    assert (found["flips_low"] <= found["flips"]).all()
    assert (found["flips"] <= found["flips_high"]).all()
    assert (found["rank_low"] <= found["rank_high"]).all()
    assert (found["draws"] >= MIN_ALIKE).all()
    assert set(zip(found["figure_level"], found["indicator"], strict=True)) <= set(
        missing(model, "city", CITY, thin)
    )


def test_flips_are_counted_as_they_are(model, found, thin) -> None:
    fast = Rescore(model, SEGMENT, "city", CITY, thin)
    for row in found.itertuples():
        key = (row.figure_level, row.indicator)
        values = plausible(fast, *key)
        ranks = fast.scores_and_ranks([{key: value} for value in values])[1]
        flips = (ranks <= 10) != (fast.rank <= 10)
        assert row.flips == pytest.approx(flips.mean())
        assert f"{int(flips.sum())} of {len(values)}" in row.text_en
        assert (row.value_low, row.value_high) == (min(values), max(values))


def test_every_value_tried_can_be(model) -> None:
    fast = Rescore(model, SEGMENT, "district", DISTRICT)
    values = plausible(fast, "district", "bachelor_plus")
    assert len(values) >= MIN_ALIKE
    for value in values:
        one = Assumption("district", DISTRICT, "bachelor_plus", value)
        possible(model, "district", DISTRICT, [one])


def test_what_no_place_of_its_kind_has_is_not_missing(model) -> None:
    names = {name for _, name in missing(model, "district", DISTRICT)}
    assert not names & {"gdp_county_city", "budget_revenue_county_city"}


def test_a_place_that_lacks_nothing_has_nothing_to_find_out(model) -> None:
    whole_city = next(
        place
        for place in model.tables["city"].history.places
        if not missing(model, "city", place)
    )
    assert worth_finding_out(model, SEGMENT, "city", whole_city).empty


def test_places_alike_leave_out_the_place_and_start_with_its_likes(model) -> None:
    near = alike(model.tables["city"], "310000")
    assert "310000" not in near
    assert near.is_unique
    assert set(near[:8]) & {"110000", "440300", "440100", "330100", "320500"}


def test_it_is_the_same_again(model, found, thin) -> None:
    again = worth_finding_out(model, SEGMENT, "city", CITY, table=thin)
    assert again.equals(found)


@pytest.mark.parametrize(
    ("segment", "level", "place", "top"),
    [
        ("no_such", "city", CITY, 10),
        (SEGMENT, "zone", CITY, 10),
        (SEGMENT, "city", "999900", 10),
        (SEGMENT, "city", CITY, 0),
        (SEGMENT, "city", CITY, 10_000),
    ],
)
def test_unknown_names_are_refused(model, segment, level, place, top) -> None:
    with pytest.raises(UnknownNameError):
        worth_finding_out(model, segment, level, place, top)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_of_a_share_holds_it(case) -> None:
    count, total = case
    low, high = wilson(count, total)
    assert 0 <= low <= count / total + 1e-12
    assert count / total - 1e-12 <= high <= 1
