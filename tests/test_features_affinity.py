import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from features import affinity
from features.affinity import Activity, Scales, affinities
from features.relatedness import density

SCALES = Scales(bandwidths=(10.0, 50.0), neighbours=2, dimensions=(2,), ridge=1.0)
COUNTS = np.array([[4.0, 0, 0, 1], [4, 0, 0, 0], [0, 2, 6, 0]])
# A degree of latitude is 111.195 km.
COORDINATES = np.array([[120.0, 30], [120, 31], [120, 33], [np.nan, np.nan]])


def activity(counts=COUNTS, **changes):
    whole = {
        "context": np.array([[0.0, 1, 0, 2]]),
        "families": (np.array([0, 0, 1]), np.array([0, 1, -1])),
        "context_families": (np.array([1]), np.array([0])),
        "coordinates": COORDINATES,
        "parent": np.array([0, 0, 1, -1]),
    }
    return Activity(counts, **(whole | changes))


def values(**changes):
    return affinities(activity(**changes), SCALES).values


def test_sizes_by_hand():
    found = values()
    assert np.expm1(found["place_total"][0]) == pytest.approx([8, 3, 6, 3])
    assert np.expm1(found["place_context"][2]) == pytest.approx([0, 1, 0, 2])
    assert np.expm1(found["segment_size"][:, 0]) == pytest.approx([5, 4, 8])
    assert found["segment_repeat"][:, 0].tolist() == [2.5, 4, 4]
    assert found["own_share"][0].tolist() == pytest.approx([0.8, 0, 0, 0.2])


def test_density_is_that_of_relatedness():
    found = values(context=None, context_families=())
    assert found["density"] == pytest.approx(density(COUNTS))
    leave_own = density(COUNTS, leave_own=True)
    assert found["density_others"] == pytest.approx(leave_own)


def test_family_of_a_place_by_hand():
    found = values()
    assert np.expm1(found["family_count@0"][1]) == pytest.approx([8, 0, 0, 1])
    assert np.expm1(found["family_others@0"][1]) == pytest.approx([4, 0, 0, 1])
    assert found["family_share@0"][2] == pytest.approx([0, 1, 1, 2 / 3])
    # 9 of 20 are of the family, 8 are in the place.
    lq = np.log(8.5 / (9 / 20 * 8 + 0.5))
    assert found["family_quotient@0"][0, 0] == pytest.approx(lq)


def test_a_segment_of_no_family_has_none_of_it():
    found = values()
    assert found["family_count@1"][2].tolist() == [0, 0, 0, 0]
    assert found["family_others@1"][2].tolist() == [0, 0, 0, 0]


def test_the_larger_place_is_counted_without_the_place_itself():
    found = values()
    assert np.expm1(found["parent_total"][0]) == pytest.approx([3, 8, 0, 0])
    assert found["parent_own"][0].tolist() == [0, 4, 0, 0]


def test_near_is_weighted_by_distance_and_leaves_the_place_out():
    found = values()
    weight = np.exp(-0.5 * (111.195 / 50) ** 2)
    assert found["near_own@50"][0, :2] == pytest.approx([0, 4 * weight], rel=1e-3)
    total = np.expm1(found["near_total@50"][0, 0])
    assert total == pytest.approx(3 * weight, rel=1e-2)
    assert found["near_own@10"][0] == pytest.approx([0, 0, 0, 0], abs=1e-9)


def test_own_distance_in_km_and_unknown_where_it_cannot_be_told():
    found = np.expm1(values()["own_distance"])
    assert found[0, 1] == pytest.approx(111.195, rel=1e-4)
    assert found[2, 0] == pytest.approx(111.195, rel=1e-4)
    assert np.isnan(found[0, 0]) and np.isnan(found[2, 3])


def test_ease_is_ridge_regression_on_the_other_items():
    users = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1], [1, 0, 0]])
    for table in (users, users.T):
        expected = np.empty(table.shape)
        for item in range(table.shape[1]):
            others = np.delete(table, item, axis=1)
            gram = others.T @ others + 2.0 * np.eye(others.shape[1])
            slope = np.linalg.solve(gram, others.T @ table[:, item])
            expected[:, item] = others @ slope
        assert affinity.ease(table, 2.0) == pytest.approx(expected)


def test_all_dimensions_filter_nothing():
    known = np.array([[3.0, 1, 0], [0, 1, 2]])
    found = dict(affinity.graph_filters(known, 2, (2, 1), "x"))
    assert found["low_pass@x 2"] == pytest.approx(known / np.sqrt([[4.0], [3.0]]))
    assert not np.allclose(found["low_pass@x 1"], found["low_pass@x 2"])


def test_linear_graph_filter_by_hand():
    known = np.array([[1.0, 1], [0, 1]])
    found = dict(affinity.graph_filters(known, 2, (), "x"))
    R = np.array([[1 / np.sqrt(2), 0.5], [0, 1 / np.sqrt(2)]])
    share = np.array([[1 / np.sqrt(2), 1 / np.sqrt(2)], [0, 1]])
    assert found["graph_filter@x"] == pytest.approx(share @ R.T @ R)


def test_nearest_keeps_the_likest_others():
    likeness = np.array([[9.0, 2, 1], [2, 9, 3], [1, 3, 9]])
    kept = affinity.nearest(likeness, 1)
    assert kept.tolist() == [[0, 2, 0], [0, 0, 3], [0, 3, 0]]


def test_percentiles_are_among_the_places_of_the_segment():
    found = affinities(activity(), SCALES)
    assert "rank:near_own@50" in found.columns
    column = found.array(0, ["place_total", "rank:place_total"])
    assert column[:, 1].tolist() == [1, 0.375, 0.75, 0.375]
    assert column.dtype == np.float32


def test_only_counts_are_needed():
    found = affinities(Activity(COUNTS), SCALES)
    assert not any("near" in name or "family" in name for name in found.columns)
    assert np.isfinite(found.array(0)).all()


grids = arrays(np.float64, (4, 6), elements=st.integers(0, 9).map(float))


@settings(deadline=None)
@given(grids, st.permutations(range(6)))
def test_the_order_of_places_changes_nothing(counts, order):
    order = list(order)
    rng = np.random.default_rng(0)
    where = rng.uniform(20, 21, (6, 2))
    parent = np.array([0, 0, 1, 1, 2, -1])
    families = (np.array([0, 1, 1, -1]),)
    # Eigenvectors of equal strength may be cut anywhere: keep none of them.
    scales = Scales((10.0,), neighbours=9, dimensions=(), ridge=1.0)
    one = Activity(counts, None, families, (), where, parent)
    two = Activity(counts[:, order], None, families, (), where[order], parent[order])
    first, second = affinities(one, scales).values, affinities(two, scales).values
    for name, value in first.items():
        assert np.allclose(value[:, order], second[name], atol=1e-4, equal_nan=True)


@settings(deadline=None)
@given(grids, st.integers(0, 5), st.integers(0, 9))
def test_what_leaves_own_out_does_not_see_it_at_the_place(counts, place, changed):
    other = counts.copy()
    other[0, place] = changed
    families = (np.array([0, 0, 1, 1]),)
    where = np.random.default_rng(0).uniform(20, 21, (6, 2))
    first, second = (
        affinities(Activity(c, None, families, (), where), SCALES).values
        for c in (counts, other)
    )
    for name in ("near_own@10", "near_own@50", "family_others@0"):
        assert first[name][0, place] == pytest.approx(second[name][0, place])


@settings(deadline=None)
@given(grids)
def test_every_value_is_a_number_but_unknown_distances(counts):
    where = np.random.default_rng(0).uniform(20, 21, (6, 2))
    found = affinities(Activity(counts, coordinates=where), SCALES).values
    for name, value in found.items():
        assert name == "own_distance" or np.isfinite(value).all(), name
