"""Per head, outliers, scales and gaps by hand, scales against scikit-criteria."""

import numpy as np
import pandas as pd
import pytest
import skcriteria
from hypothesis import given, settings
from hypothesis import strategies as st
from skcriteria.agg import simple
from skcriteria.preprocessing.invert_objectives import InvertMinimize, NegateMinimize
from skcriteria.preprocessing.scalers import MaxAbsScaler, MinMaxScaler, StandarScaler

from model import scaling
from model.composite import Method, Tree, build
from model.scaling import CompositeError

NAN = np.nan
SIZES = [(297, 30, 0), (12, 5, 1), (6, 3, 2), (3, 2, 3)]


def rows(names: str, **columns: object) -> pd.DataFrame:
    """Return the rows of indicators ``names``, ``treat`` set as ``build`` sets it."""
    table = Tree(pd.DataFrame(columns, index=list(names))).table
    return table.assign(treat=table["treat"].replace("", "none"))


def frame(**columns: list) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=float)


def normal(values: list, how: str, **columns: object) -> list:
    return scaling.normalise(frame(a=values), rows("a", **columns), how)["a"].tolist()


def test_a_figure_per_head_is_divided_by_its_denominator() -> None:
    figures = frame(a=[10, 10, 10, NAN], people=[2, 0, NAN, 5])
    found = scaling.treated(figures, rows("a", per_head="people"))["a"]
    assert found.tolist() == pytest.approx([5, NAN, NAN, NAN], nan_ok=True)


def test_an_ideal_figure_is_the_best_from_either_side() -> None:
    figures = frame(a=[4, 5, 7, NAN])
    for direction in (1, -1):
        table = rows("a", ideal=5.0, direction=direction)
        values = scaling.treated(figures, table)
        assert values["a"].tolist() == pytest.approx([-1, 0, -2, NAN], nan_ok=True)
        for how in ("min_max", "best"):
            scaled = scaling.normalise(values, table, how)["a"].tolist()
            assert scaled == pytest.approx([0.5, 1, 0, NAN], nan_ok=True)


def test_an_ideal_per_head_is_compared_with_the_figure_per_head() -> None:
    figures = frame(a=[10, 30], people=[2, 2])
    found = scaling.treated(figures, rows("a", per_head="people", ideal=6.0))["a"]
    assert found.tolist() == [-1, -9]


def test_log_is_that_of_one_plus_the_figure_and_mirrored_below_0() -> None:
    found = scaling.treat(pd.Series([0, np.e - 1, 1 - np.e, NAN]), "log")
    assert found.tolist() == pytest.approx([0, 1, -1, NAN], nan_ok=True)


def test_what_a_row_asks_for_comes_before_the_method() -> None:
    figures = frame(a=[0, 1, 3], b=[0, 1, 3], c=[0, 1, 3])
    table = pd.DataFrame({"treat": ["", "none", "log"]}, index=[*"abc"])
    found = build(figures, table, Method(outliers="log")).normal.loc[1]
    assert found.tolist() == pytest.approx([1 / 2, 1 / 3, 1 / 2])


# COINr's own tests: 1..10 and 100, and 1..20 with 100 and 200.
@pytest.mark.parametrize(
    ("values", "pulled"),
    [
        ([*range(1, 11), 100], [*range(1, 11), 10]),
        ([*range(1, 11), -100], [*range(1, 11), 1]),
        ([*range(1, 21), 100, 200], [*range(1, 21), 20, 20]),
        ([*range(1, 11), 100, NAN], [*range(1, 11), 10, NAN]),
        ([*range(1, 11), 12], [*range(1, 11), 12]),
    ],
)
def test_winsorising_pulls_outliers_in_to_the_next_figure(
    values: list, pulled: list
) -> None:
    found = scaling.treat(pd.Series(values, dtype=float), "winsorise")
    assert found.tolist() == pytest.approx(pulled, nan_ok=True)


def test_skew_and_kurtosis_are_those_of_a_sample() -> None:
    # Skew of the sample 2.19 and excess kurtosis 5.6, of the figures 1.79 and 2.4.
    found = scaling.treat(pd.Series([1.0, 2, 3, 4, 5, 6, 7, 19]), "winsorise")
    assert found.max() == 7


def test_no_more_than_five_figures_are_pulled_in() -> None:
    values = pd.Series([*np.arange(200) / 200, *(10.0 ** np.arange(2, 12))])
    found = scaling.treat(values, "winsorise")
    assert (found != values).sum() == 5
    assert found.max() == values.sort_values().iloc[-6]


def test_figures_that_tie_count_one_each_among_the_five() -> None:
    values = pd.Series([*np.arange(200) / 200, 1e6, 1e7, *[1e9] * 4, 1e12])
    found = scaling.treat(values, "winsorise")
    assert (found != values).sum() == 5
    assert found.max() == 1e7


def test_only_two_different_figures_are_left_as_they_are() -> None:
    values = pd.Series([0.0] * 50 + [1.0])
    assert scaling.treat(values, "winsorise").equals(values)


@pytest.mark.parametrize(
    ("how", "more", "less"),
    [
        ("min_max", [0, 0.25, 1, NAN], [1, 0.75, 0, NAN]),
        ("rank", [0, 0.5, 1, NAN], [1, 0.5, 0, NAN]),
        ("best", [0.2, 0.4, 1, NAN], [1, 0.5, 0.2, NAN]),
        (
            "z_score",
            np.array([-5, -2, 7, NAN]) / np.sqrt(26),
            np.array([5, 2, -7, NAN]) / np.sqrt(26),
        ),
    ],
)
def test_each_normalisation_by_hand(how: str, more: list, less: list) -> None:
    values = [1, 2, 5, NAN]
    assert normal(values, how) == pytest.approx(more, nan_ok=True)
    assert normal(values, how, direction=-1) == pytest.approx(less, nan_ok=True)


def test_equal_figures_share_the_middle_of_their_ranks() -> None:
    assert normal([1, 2, 2, 9], "rank") == pytest.approx([0, 0.5, 0.5, 1])


def test_goalposts_hold_whatever_places_there_are() -> None:
    posts = {"low": 10.0, "high": 20.0}
    values = [5, 10, 12, 20, 30, NAN]
    up = [0, 0, 0.2, 1, 1, NAN]
    down = [1, 1, 0.8, 0, 0, NAN]
    assert normal(values, "goalposts", **posts) == pytest.approx(up, nan_ok=True)
    found = normal(values, "goalposts", direction=-1, **posts)
    assert found == pytest.approx(down, nan_ok=True)
    assert normal([12], "goalposts", **posts) == pytest.approx([0.2])


def test_goalposts_of_a_logged_figure_are_logged_as_well() -> None:
    table = rows("a", low=0.0, high=99.0, treat="log")
    values = scaling.treated(frame(a=[0, 9, 99, 500]), table)
    found = scaling.normalise(values, table, "goalposts")["a"]
    assert found.tolist() == pytest.approx([0, 0.5, 1, 1])


@pytest.mark.parametrize("how", ["min_max", "z_score", "rank"])
@pytest.mark.parametrize("figure", [0.1, 0.0, -7.3])
def test_a_column_that_is_the_same_everywhere_becomes_0(
    how: str, figure: float
) -> None:
    found = normal([figure] * 6 + [NAN], how)
    assert found == pytest.approx([0] * 6 + [NAN], nan_ok=True)


@pytest.mark.parametrize("direction", [1, -1])
def test_where_all_are_the_same_all_are_the_best(direction: int) -> None:
    found = normal([0.1, 0.1, NAN], "best", direction=direction)
    assert found == pytest.approx([1, 1, NAN], nan_ok=True)


@pytest.mark.parametrize(("count", "columns", "seed"), SIZES)
@pytest.mark.parametrize(
    ("normalise", "within", "steps"),
    [
        ("min_max", "arithmetic", (NegateMinimize(), MinMaxScaler("matrix"))),
        ("z_score", "arithmetic", (NegateMinimize(), StandarScaler("matrix"))),
        ("best", "arithmetic", (InvertMinimize(), MaxAbsScaler("matrix"))),
        ("best", "geometric", (InvertMinimize(), MaxAbsScaler("matrix"))),
    ],
)
def test_scores_and_ranks_equal_those_of_scikit_criteria(
    normalise: str, within: str, steps: tuple, count: int, columns: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.lognormal(size=(count, columns))
    sign, weight = rng.choice([1, -1], columns), rng.random(columns)
    theirs = skcriteria.mkdm(matrix, sign, weights=weight / weight.sum())
    for step in steps:
        theirs = step.transform(theirs)
    # The bare functions: the class of the sum takes no z-scores, as they go below 0.
    sums = within == "arithmetic"
    rank, score = (simple.wsm if sums else simple.wpm)(
        theirs.matrix.to_numpy(), theirs.weights.to_numpy()
    )
    names = [f"c{number}" for number in range(columns)]
    table = pd.DataFrame({"direction": sign, "weight": weight}, index=names)
    method = Method(normalise=normalise, within=within)
    ours = build(pd.DataFrame(matrix, columns=names), table, method)
    expected = score if sums else 10.0**score
    assert ours.score.to_numpy() == pytest.approx(expected, abs=1e-9)
    assert ours.rank.tolist() == rank.tolist()


@pytest.mark.parametrize(
    ("how", "first", "second"),
    [
        ("mean", [0, 1, 0.5, 0.5], [0.1, 0.5, 0.6, 0.4]),
        ("median", [0, 1, 0.5, 0.5], [0.1, 0.5, 0.6, 0.5]),
        ("worst", [0, 1, 0.5, 0], [0.1, 0.5, 0.6, 0.1]),
        ("reweigh", [0, 1, 0.5, NAN], [0.1, 0.5, 0.6, NAN]),
    ],
)
def test_each_way_to_fill_a_gap_by_hand(how: str, first: list, second: list) -> None:
    gaps = frame(a=[0, 1, 0.5, NAN], b=[0.1, 0.5, 0.6, NAN])
    found = scaling.fill(gaps, how)
    assert found["a"].tolist() == pytest.approx(first, nan_ok=True)
    assert found["b"].tolist() == pytest.approx(second, nan_ok=True)


@pytest.mark.parametrize("how", ["mean", "median", "worst"])
def test_an_indicator_without_any_figure_becomes_0(how: str) -> None:
    assert scaling.fill(frame(a=[NAN, NAN]), how)["a"].tolist() == [0, 0]


FIGURES = st.lists(st.integers(-1000, 1000), min_size=3, max_size=12)


@settings(deadline=None, max_examples=50)
@given(
    FIGURES,
    st.integers(1, 1000),
    st.integers(-1000, 1000),
    st.sampled_from(["min_max", "z_score", "rank"]),
    st.sampled_from([1, -1]),
)
def test_the_unit_of_a_column_does_not_matter(
    values: list, times: int, plus: int, how: str, direction: int
) -> None:
    other = [times * value + plus for value in values]
    found = normal(other, how, direction=direction)
    assert found == pytest.approx(normal(values, how, direction=direction), abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(FIGURES, st.sampled_from(["none", "log", "winsorise"]))
def test_no_treatment_turns_two_figures_round(values: list, how: str) -> None:
    before = pd.Series(values, dtype=float)
    after = scaling.treat(before, how)
    assert (after[before.argsort()].diff().dropna() >= 0).all()


@pytest.mark.parametrize(
    ("columns", "how", "kind"),
    [
        ({"low": 1.0}, "goalposts", "no_goalposts"),
        ({"high": 1.0}, "goalposts", "no_goalposts"),
        ({"low": 1.0, "high": 1.0}, "goalposts", "no_goalposts"),
        ({"low": 2.0, "high": 1.0}, "goalposts", "no_goalposts"),
        ({"low": 0.0, "high": np.inf}, "goalposts", "no_goalposts"),
        ({"low": -np.inf, "high": 0.0}, "goalposts", "no_goalposts"),
        ({"low": 0.0, "high": 1.0, "ideal": 0.5}, "goalposts", "no_goalposts"),
        ({}, "best", "needs_positive"),
    ],
)
def test_a_scale_that_cannot_be_set_is_refused(
    columns: dict, how: str, kind: str
) -> None:
    with pytest.raises(CompositeError) as caught:
        normal([-1, 1, 2], how, **columns)
    assert (caught.value.kind, caught.value.name) == (kind, "a")


def test_the_inverse_of_0_is_refused() -> None:
    with pytest.raises(CompositeError, match="needs_positive a"):
        normal([0, 1, 2], "best", direction=-1)
    assert normal([0, 1, 2], "best") == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("figures", "columns", "said"),
    [
        ({"b": [1.0]}, {}, "no_figures a"),
        ({"a": [1.0]}, {"per_head": "people"}, "no_figures people"),
        ({"a": [1.0]}, {"treat": "cut"}, "unknown_method treat=cut"),
        ({"a": [np.inf]}, {}, "infinite a"),
        ({"a": [1.0], "people": [np.inf]}, {"per_head": "people"}, "infinite a"),
        ({"a": [1.0]}, {"ideal": np.inf}, "infinite a"),
    ],
)
def test_figures_that_do_not_fit_the_table_are_refused(
    figures: dict, columns: dict, said: str
) -> None:
    with pytest.raises(CompositeError) as caught:
        scaling.treated(frame(**figures), rows("a", **columns))
    assert str(caught.value) == said
