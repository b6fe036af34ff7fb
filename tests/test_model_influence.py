"""Influence: real shares add up, and what a weight does not do is said."""

import numpy as np
import pandas as pd
import pytest

from model.composite import AGGREGATIONS, FLOOR, ROOT, Index, Method, build
from model.influence import contributions, influence, rule, with_shares
from model.scaling import MISSING, NORMALISATIONS, CompositeError

COLUMNS = ["a", "b", "c", "d", "e"]


def nested(
    figures: pd.DataFrame, heavy: dict[str, float] | None = None, **method: str
) -> Index:
    """a, b in one group, c and another group of the rest in a second."""
    parent = dict.fromkeys(figures, "deep") | {"a": "one", "b": "one", "c": "two"}
    parent |= {"one": ROOT, "two": ROOT, "deep": "two"}
    table = pd.DataFrame({"parent": parent})
    table["weight"] = [float((heavy or {}).get(name, 1)) for name in table.index]
    table["low"], table["high"] = 0.0, 1.0
    return build(figures, table, Method(**method))


def random_figures(seed: int, places: int = 40, gaps: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.05, 1, (places, len(COLUMNS)))
    values[rng.random(values.shape) < gaps] = np.nan
    return pd.DataFrame(values, columns=COLUMNS)


def members(index: Index, table: pd.DataFrame, group: str) -> float:
    return table.loc[index.tree.children[group], "real"].sum()


def cases(rules: tuple[str, ...] = MISSING) -> list[dict[str, str]]:
    return [
        {"normalise": n, "missing": m, "within": w, "across": a}
        for n in NORMALISATIONS
        for m in rules
        for w in AGGREGATIONS
        for a in AGGREGATIONS
        if n != "z_score" or w == a == "arithmetic"
    ]


@pytest.mark.parametrize("method", cases(), ids=lambda m: "-".join(m.values()))
def test_shares_add_up_and_a_constant_has_none(method: dict[str, str]) -> None:
    figures = random_figures(1, gaps=0.2)
    figures["c"] = figures["c"].where(figures["c"].isna(), 0.3)
    index = nested(figures, {"b": 3.0, "one": 2.0}, **method)
    table = influence(index)
    assert list(table.index) == list(index.tree.table.index)
    assert list(table) == ["nominal", "real", "missing", "warnings"]
    assert table.loc[index.tree.leaves, "real"].sum() == pytest.approx(1, abs=1e-12)
    assert members(index, table, ROOT) == pytest.approx(1, abs=1e-12)
    for group in ("one", "two", "deep"):
        assert members(index, table, group) == pytest.approx(
            table.at[group, "real"], abs=1e-12
        )
    assert table.at["c", "real"] == 0.0
    assert {"constant", "dead"} <= set(table.at["c", "warnings"])
    assert "constant" not in table.at["a", "warnings"]


@pytest.mark.parametrize("method", cases(("mean", "reweigh")), ids=lambda m: str(m))
def test_contributions_add_up_to_the_score(method: dict[str, str]) -> None:
    index = nested(random_figures(2, gaps=0.3), **method)
    score = index.score
    how, lowest = rule(index, ROOT)
    if how == "geometric":
        score = np.log(lowest + (1 - lowest) * score)
    rest = score - contributions(index, logs=True).sum(axis=1)
    assert np.ptp(rest) < 1e-12


def test_arithmetic_shares_by_hand() -> None:
    index = nested(random_figures(3), {"one": 3.0})
    position = len(index.rank) - index.rank
    weights = {"a": 0.375, "b": 0.375, "c": 0.125, "d": 0.0625, "e": 0.0625}
    assert index.nominal[COLUMNS].to_dict() == pytest.approx(weights)
    pull = {name: (index.normal[name] * w).cov(position) for name, w in weights.items()}
    real = {name: part / sum(pull.values()) for name, part in pull.items()}
    assert influence(index)["real"][COLUMNS].to_dict() == pytest.approx(real)


def test_geometric_shares_by_hand() -> None:
    index = nested(random_figures(4), within="geometric", across="geometric")
    position = len(index.rank) - index.rank
    logs = np.log(FLOOR + (1 - FLOOR) * index.normal)
    pull = (logs * index.nominal[COLUMNS]).apply(lambda part: part.cov(position))
    real = (pull / pull.sum())[COLUMNS]
    assert influence(index)["real"][COLUMNS].to_dict() == pytest.approx(real.to_dict())


def test_a_gap_passes_its_weight_on() -> None:
    # One group, 'reweigh': a place's figures weigh what its own weights make them.
    figures = pd.DataFrame({"a": [0.9, 0.2, np.nan, 0.5], "b": [0.1, 0.4, 0.6, np.nan]})
    table = pd.DataFrame({"low": 0.0, "high": 1.0}, index=["a", "b"])
    index = build(figures, table, Method(normalise="goalposts", missing="reweigh"))
    level = index.score.mean()
    half = figures.notna().div(figures.notna().sum(axis=1), axis=0)
    expected = (half * (figures - level)).fillna(0)
    found = contributions(index)
    assert np.ptp(found - expected, axis=0).to_numpy() == pytest.approx(0, abs=1e-15)


def test_places_without_a_score_are_left_out() -> None:
    figures = random_figures(5)
    known = influence(nested(figures, missing="reweigh"))["real"]
    figures.loc[len(figures)] = np.nan
    table = influence(nested(figures, missing="reweigh"))
    pd.testing.assert_series_equal(table["real"], known)
    assert table["missing"].to_numpy() == pytest.approx(1 / len(figures))


def test_a_doubled_indicator_overlaps_on_both() -> None:
    figures = random_figures(6)
    figures["e"] = -(figures["a"] ** 3)
    table = influence(nested(figures))
    assert "overlap:e" in table.at["a", "warnings"]
    assert "overlap:a" in table.at["e", "warnings"]
    rest = table.loc[["b", "c", "d", "one", "two", "deep"], "warnings"].sum()
    assert not [warning for warning in rest if warning.startswith("overlap")]
    light = influence(nested(figures, {"e": 0.0}))
    assert "overlap:e" not in light.at["a", "warnings"]
    assert light.at["e", "warnings"] == ("no_weight",)
    assert light.at["e", "real"] == 0.0


def test_an_overlap_needs_places_in_common() -> None:
    figures = random_figures(7, places=20)
    figures["e"] = figures["a"].where(figures.index < 2)
    assert "overlap:e" not in influence(nested(figures)).at["a", "warnings"]


@pytest.mark.parametrize("missing", MISSING)
def test_a_missing_indicator_is_told(missing: str) -> None:
    figures = random_figures(8)
    figures["a"] = np.nan
    figures.loc[: len(figures) // 2, "d"] = np.nan
    table = influence(nested(figures, missing=missing))
    assert table.at["a", "real"] == 0.0
    assert table.at["a", "missing"] == 1.0
    assert table.at["a", "warnings"] == ("missing", "dead")
    assert table.at["one", "missing"] == pytest.approx(0.5)
    assert table.at["d", "missing"] > 0.5
    assert "mostly_missing" in table.at["d", "warnings"]
    assert "mostly_missing" not in table.at["b", "warnings"]
    figures["b"] = np.nan
    assert influence(nested(figures)).at["one", "warnings"] == ("missing", "dead")


def test_an_indicator_against_the_order_is_told() -> None:
    figures = random_figures(9)
    figures["c"] = -figures["a"] - figures["b"]
    table = influence(nested(figures, {"one": 4.0}))
    assert table.at["c", "real"] < -0.005
    assert "against" in table.at["c", "warnings"]


def test_one_that_alone_orders_the_places_overpowers() -> None:
    figures = random_figures(10) * [1, 0.02, 0.02, 0.02, 0.02]
    table = influence(nested(figures, normalise="goalposts"))
    assert table.at["a", "real"] > 0.9
    assert table.at["a", "warnings"] == ("overpowers",)
    assert "overpowers" not in table.at["b", "warnings"]


def test_figures_of_0_have_an_influence_in_logarithms() -> None:
    figures = random_figures(11)
    figures.loc[:5, "a"] = 0.0
    for across in AGGREGATIONS:
        index = nested(figures, normalise="best", within="geometric", across=across)
        real = influence(index)["real"]
        assert np.isfinite(real).all()
        assert real[COLUMNS].sum() == pytest.approx(1)
        assert real["a"] > 0.2


def test_rounding_gives_a_constant_no_influence() -> None:
    figures = random_figures(13, places=7).assign(a=0.1)
    index = nested(figures, normalise="goalposts", missing="reweigh")
    assert index.filled["a"].mean() != 0.1
    assert influence(index).at["a", "real"] == 0.0


def test_a_group_is_what_its_members_with_weight_are() -> None:
    figures = random_figures(14).assign(a=0.5)
    table = influence(nested(figures, {"b": 0.0}))
    assert table.at["one", "real"] == 0.0
    assert table.at["one", "warnings"] == ("constant", "dead")


@pytest.mark.parametrize("places", [1, 5])
def test_nothing_orders_the_places(places: int) -> None:
    figures = pd.DataFrame(0.5, range(places), COLUMNS)
    table = influence(nested(figures))
    assert (table["real"] == 0).all()
    assert all("constant" in warnings for warnings in table["warnings"])


@pytest.mark.parametrize("scheme", ["equal", "entropy", "critic", "pca"])
def test_a_scheme_keeps_its_shares_when_scored_again(scheme: str) -> None:
    index = nested(random_figures(12), weights=scheme)
    again = with_shares(index, index.shares)
    pd.testing.assert_frame_equal(again.nodes, index.nodes)
    assert influence(index)["nominal"].equals(index.nominal)


def test_random_trees_add_up() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        method = {
            "normalise": str(rng.choice(NORMALISATIONS)),
            "missing": str(rng.choice(MISSING)),
            "within": str(rng.choice(AGGREGATIONS)),
            "across": str(rng.choice(AGGREGATIONS)),
        }
        weights = {name: float(rng.integers(0, 4)) for name in COLUMNS[:1]}
        try:
            index = nested(
                random_figures(seed, 6, rng.uniform(0, 0.6)), weights, **method
            )
        except CompositeError as error:
            assert error.kind == "needs_positive"
            continue
        real = influence(index)["real"]
        assert real[COLUMNS].sum() == pytest.approx(1, abs=1e-9)
        assert real["one"] + real["two"] == pytest.approx(1, abs=1e-9)
