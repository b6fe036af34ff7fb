"""The worked example of the handbook: the Technology Achievement Index.

OECD and JRC (2008), Handbook on Constructing Composite Indicators: figures of 23
countries in table A.2 (page 152; telephones and electricity logged there), schooling
normalised in table 15 (page 87), benefit-of-the-doubt weights and scores in table 19
(page 94), ranks in tables 23 (page 100), 38 (page 116) and 41 (page 134). Of the
linear index it prints no scores. The goalposts are those of Saisana, Saltelli and
Tarantola (2005), table 1 (JRSS A 168, page 313), which it rests on.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model.composite import Index, Method, build, mean

PRINTED = pd.read_csv(Path(__file__).parent / "fixtures_oecd_tai.csv", index_col=0)
HIGH = {
    "patents": 994,
    "royalties": 272.6,
    "internet": 232.4,
    "exports": 80.8,
    "telephones": np.log10(901),
    "electricity": np.log10(6969),
    "schooling": 12.0,
    "university": 27.4,
}
LOW = {"electricity": np.log10(22), "schooling": 0.8, "university": 0.1}
TAI = pd.DataFrame({"high": HIGH, "low": LOW}).fillna({"low": 0.0}).loc[[*HIGH]]
# Weights of a panel of experts (budget allocation): table 22, page 100.
PANEL = [0.11, 0.11, 0.11, 0.18, 0.10, 0.06, 0.15, 0.18]
# Exactly half a unit of the second place, as printed, with the binary fraction's rest.
HALF = 0.0050001


def tai(table: pd.DataFrame = TAI, **method: str) -> Index:
    return build(PRINTED, table, Method(**method))


def test_linear_ranks_are_those_printed() -> None:
    found = tai(normalise="goalposts").rank
    assert found.tolist() == PRINTED["rank_linear_equal"].tolist()


def test_linear_ranks_with_the_weights_of_a_panel_are_those_printed() -> None:
    found = tai(TAI.assign(weight=PANEL), normalise="goalposts").rank
    assert found.tolist() == PRINTED["rank_linear_bap"].tolist()


def test_linear_ranks_without_two_indicators_are_those_printed() -> None:
    found = tai(TAI.drop(["telephones", "electricity"]), normalise="goalposts").rank
    assert found.tolist() == PRINTED["rank_linear_equal_6_indicators"].tolist()


def test_geometric_ranks_are_those_printed() -> None:
    # A country's share of the best leaves the order of geometric means as it was.
    found = tai(normalise="best", within="geometric").rank
    assert found.tolist() == PRINTED["rank_geometric_equal"].tolist()


def test_one_high_figure_makes_up_for_less_in_a_geometric_mean() -> None:
    # Page 104: one country with 21, 1, 1 and 1, another with 6 throughout.
    parts = np.array([[21.0, 1, 1, 1], [6, 6, 6, 6]])
    equal = np.full(4, 1 / 4)
    found = mean(parts, equal, "geometric", lowest=0.0)
    assert found == pytest.approx([2.14, 6], abs=HALF)
    assert mean(parts, equal, "arithmetic") == pytest.approx([6, 6])


@pytest.mark.parametrize(
    ("how", "column"),
    [("min_max", "schooling_minmax"), ("best", "schooling_ratio_to_best")],
)
def test_normalised_schooling_is_that_printed(how: str, column: str) -> None:
    found = tai(normalise=how).normal["schooling"]
    assert found.to_numpy() == pytest.approx(PRINTED[column].to_numpy(), abs=HALF)


def test_standardised_schooling_is_that_printed() -> None:
    # The handbook divides by the deviation of a sample, the engine by that of all.
    found = tai(normalise="z_score").normal["schooling"] * np.sqrt(22 / 23)
    printed = PRINTED["schooling_zscore"].to_numpy()
    assert found.to_numpy() == pytest.approx(printed, abs=HALF)


def test_ranks_of_schooling_are_those_printed() -> None:
    # The handbook gives equal figures the lowest of their ranks, from 1 for the least.
    found = tai(normalise="rank").normal["schooling"].rank(method="min")
    assert found.tolist() == PRINTED["schooling_rank_ascending"].tolist()


@pytest.mark.parametrize("country", PRINTED.index)
def test_scores_with_weights_of_their_own_are_those_printed(country: str) -> None:
    weights = PRINTED.loc[country].filter(like="bod_weight_")
    found = tai(TAI.assign(weight=weights.to_numpy(float)))
    # Printed weights sum to more than 1: the engine's score is theirs over the sum.
    score = found.score[country] * weights.sum()
    # Each weight is off by half a unit of the second place at most, and the score too.
    off = HALF * (1 + found.normal.loc[country].sum())
    assert score == pytest.approx(PRINTED.loc[country, "bod_score"], abs=off)
