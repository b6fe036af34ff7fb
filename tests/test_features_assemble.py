import numpy as np
import pytest

from data.schema import LEVELS
from features import assemble, at
from features.lineage import origin


@pytest.fixture(scope="module", params=LEVELS)
def table(request, facts):
    return assemble(at(facts, "2024-12"), request.param)


def test_every_place_of_the_level_is_a_candidate(table, facts):
    assert set(table.history.places) == set(facts.places.loc[table.level].index)


def test_array_has_the_columns_it_names(table):
    array = table.array("nlp")
    assert array.shape == (len(table.history.places), len(table.columns))
    assert not np.isinf(array).any()
    some = [table.columns[-1], "size:never_heard_of", table.columns[0]]
    chosen = table.array("nlp", some)
    np.testing.assert_array_equal(chosen[:, 0], array[:, -1])
    assert np.isnan(chosen[:, 1]).all()
    np.testing.assert_array_equal(chosen[:, 2], array[:, 0])


def test_every_feature_leads_back_to_an_indicator_and_pillar(table, facts):
    assert set(table.lineage.index) == set(table.columns)
    assert table.lineage["indicator"].isin(facts.indicators.index).all()
    assert table.lineage["pillar"].notna().all()


def test_interactions_differ_by_segment(table):
    lean = [name for name in table.columns if name.startswith("lean:")]
    first, second = (table.array(name, lean) for name in ("ai_chips", "ai_media"))
    assert not np.allclose(first, second)


def test_no_feature_is_a_history_or_an_id(table):
    assert not [name for name in table.columns if "total" in name or "place" in name]


def test_city_history_sums_its_districts(facts):
    known = at(facts, "2024-12")
    district, city = assemble(known, "district"), assemble(known, "city")
    row = district.history.segments.get_loc("nlp")
    beijing = city.history.places.get_loc("110000")
    inside = district.parent == beijing
    summed = district.history.total[row, inside].sum()
    own = known.firms.query("place == '110000' and segment == 'nlp'")
    assert city.history.total[row, beijing] == summed + len(own)


def test_origin_reads_feature_names():
    found = origin("lean:city:share:patents_invention", "district")
    assert (found.indicator, found.kind) == ("patents_invention", "share")
    assert (found.level, found.lean) == ("city", True)
    assert origin("rate:wage", "city").level == "city"
