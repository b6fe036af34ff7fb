"""Figures that a user brings: units, wide tables, and our own export back again."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import DataError, load
from data.importers import columns, indicators, sheets
from data.tables import OBSERVATIONS

HEAD = "地区,指标,年份,数值,单位"


def context_of_user():
    context = dict(load().tables)
    mine = pd.DataFrame([{"source_id": "user", "covers_to": ""}])
    context["sources"] = pd.concat([context["sources"], mine], ignore_index=True)
    return context


def imported(tmp_path, text, head=HEAD, period="", name="mine.csv"):
    path = tmp_path / name
    path.write_text(f"{head}\n{text}\n", encoding="utf-8")
    context = context_of_user()
    known, needed = indicators.known(context), indicators.needed(context)
    sheet = sheets.read([path], known, needed)
    return indicators.read(sheet, context, "user", period)


def figures(result):
    return result.tables["observations"]


def test_a_row_in_chinese_is_an_observation(tmp_path):
    result = imported(tmp_path, '深圳市,地区生产总值,2023年,"34,606.40",亿元')
    (row,) = figures(result).to_dict("records")
    assert (row["place"], row["level"], row["indicator"]) == ("440300", "city", "gdp")
    assert (row["period"], row["value"], row["unit"]) == ("2023", "34606.4", "亿元")
    assert (row["source_id"], row["quality"]) == ("user", "exact")
    assert row["locator"] == "mine.csv, row 2"


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("440300,deposits,2023,1.1,亿元", "11000"),
        ("440300,deposits,2023,11000,万元", "11000"),
        ("440300,population,2020,1756.01,万人", "17560100"),
        ("440300,gdp_growth,2023,6.0%,", "6"),
        ("440300,gdp_growth,2023,6.0%,%", "6"),
        ("440300,gdp_growth,2023,６．０,％", "6"),
    ],
)
def test_units_are_converted_where_nothing_else_can_be_meant(tmp_path, row, value):
    result = imported(tmp_path, row)
    assert result.rejected == []
    assert figures(result)["value"].tolist() == [value]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("440300,deposits,2023,5,", "it should be '万元'"),
        ("440300,deposits,2023,5,万美元", "it should be '万元'"),
        ("440300,deposits,2023,5%,万元", "it should be '万元'"),
        ("440300,gdp_growth,2023,0.06,比例", "it should be '%'"),
        ("440300,deposits,2023,5万,万元", "5万 is not a number"),
        ("440300,deposits,2023,—,万元", "value is empty"),
        ("440300,gdp_growth,2023,900,%", "outside"),
        ("110108,gdp,2023,5,亿元", "level"),
        ("440300,gdpp,2023,5,亿元", "indicator gdpp"),
        ("440300,gdp,2023-13,5,亿元", "2023-13"),
    ],
)
def test_figures_that_cannot_be_sure_are_rejected(tmp_path, row, said):
    result = imported(tmp_path, row)
    assert said in result.rejected[0].reason_en
    assert figures(result).empty


def test_qualifiers_survive(tmp_path):
    result = imported(tmp_path, "440300,gdp,2023,35000,亿元,约", HEAD + ",质量")
    assert figures(result)["quality"].tolist() == ["about"]


def test_a_wide_table_is_a_figure_for_each_cell_that_says_one(tmp_path):
    head = "城市,地区生产总值（亿元）,常住人口（人口普查）,本科及以上人口(万人),备注"
    text = "深圳,34606.4,17560061,507.9,x\n广州,30355.7,—,510.6,\n东莞,,1,2万,"
    result = imported(tmp_path, text, head, "2023")
    table = figures(result).set_index(["place", "indicator"])["value"]
    assert table["440300", "gdp"] == "34606.4"
    assert table["440300", "bachelor_plus"] == "5079000"
    assert table["440100", "bachelor_plus"] == "5106000"
    assert ("440100", "population") not in table.index
    (finding,) = result.rejected
    assert finding.row == 4 and "本科及以上人口" in finding.reason_zh
    assert any("常住人口" in zh for zh, _ in result.general)


def test_a_table_without_a_period_needs_one(tmp_path):
    with pytest.raises(DataError, match="--period"):
        imported(tmp_path, "深圳,5", "城市,地区生产总值")
    with pytest.raises(DataError, match="indicator"):
        imported(tmp_path, "深圳,5,2023", "城市,数值,年份")


def test_rows_of_one_key_are_the_same_or_contradict(tmp_path):
    row = "深圳市,gdp,2023,34606.4,亿元"
    same = imported(tmp_path, f"{row}\n{row}")
    assert len(figures(same)) == 1 and same.remarks[0].row == 3
    other = imported(tmp_path, f"{row}\n深圳市,gdp,2023,30000,亿元")
    assert [finding.row for finding in other.rejected] == [2, 3]


def test_a_future_figure_must_be_planned(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "latest_month", lambda: "2025-06")
    text = "深圳,gdp,2030,40000,亿元,规划\n深圳,gdp,2026,40000,亿元,"
    result = imported(tmp_path, text, HEAD + ",状态")
    assert figures(result)["period"].tolist() == ["2030"]
    (finding,) = result.rejected
    assert finding.row == 3 and "2026 is after 2025-06" in finding.reason_en


def test_a_missing_value_column_is_said_in_one_short_line(tmp_path):
    with pytest.raises(DataError) as caught:
        imported(tmp_path, "深圳,gdp,2023", "城市,指标,年份")
    (problem,) = caught.value.problems
    assert "column value is missing" in problem.message
    assert "城市, 指标, 年份" in problem.message
    assert "=" not in problem.message and problem.column == "value"


@pytest.mark.parametrize("name", ["长" * 70 + ".csv", "好。真的！.csv"])
def test_a_locator_keeps_the_rules_whatever_the_file_is_called(tmp_path, name):
    head = f"城市,地区生产总值（亿元{' ' * 200}）"
    for row, heading in (("深圳,gdp,2023,5,亿元", HEAD), ("深圳,5", head)):
        result = imported(tmp_path, row, heading, "2023", name)
        (locator,) = figures(result)["locator"]
        assert not result.rejected and len(locator) <= 200
        assert locator.startswith(name[:1]) and ", row 2" in locator


def back(frame):
    """Read a table again as the importer does."""
    where = pd.DataFrame({"file": "a", "table": "", "row": range(2, 2 + len(frame))})
    sheet = sheets.Sheet(frame.astype(str), where, {})
    result = indicators.read(sheet, context_of_user(), "user")
    assert result.rejected == [] and result.remarks == []
    return figures(result)


def same(read, given):
    assert len(read) == len(given)
    for name in OBSERVATIONS.names:
        if name == "value":
            assert (read[name].astype(float).to_numpy() == given[name]).all()
        else:
            assert (read[name].to_numpy() == given[name].to_numpy()).all(), name


def test_the_whole_fact_base_comes_back_as_it_was(facts, tmp_path):
    given = facts["observations"]
    path = tmp_path / "export.csv"
    named = given.assign(name_zh="x", name_en="y")
    named.to_csv(path, index=False)
    context = context_of_user()
    known, needed = indicators.known(context), indicators.needed(context)
    result = indicators.read(sheets.read([path], known, needed), context, "user")
    assert result.rejected == [] and result.remarks == []
    same(figures(result), given)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_any_table_of_ours_comes_back_as_it_was(data):
    facts = load()
    some = facts["observations"].iloc[
        data.draw(st.lists(st.integers(0, 5000), min_size=1, max_size=5, unique=True))
    ]
    held = facts.indicators.loc[some["indicator"], ["low", "high"]]
    low, high = held["low"].fillna(-1e12), held["high"].fillna(1e12)
    shares = data.draw(
        st.lists(st.floats(0, 1), min_size=len(some), max_size=len(some))
    )
    value = [
        min(max(a + share * (b - a), a), b)
        for share, a, b in zip(shares, low, high, strict=True)
    ]
    given = some.assign(value=value)
    same(back(given), given)
