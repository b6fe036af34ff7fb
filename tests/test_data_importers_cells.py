"""What one cell says: numbers, dates, units, and text that is no formula."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.importers import cells

NUMBERS = [
    ("1,234", 1234, ""),
    ("1 234 567", 1234567, ""),
    ("１２３．５％", 123.5, "%"),
    ("-5", -5, ""),
    ("−5", -5, ""),
    ("+0.50", 0.5, ""),
    ("1.04E+05", 104000, ""),
    ("25.3 %", 25.3, "%"),
    (".5", 0.5, ""),
]
NO_NUMBERS = [
    *(
        "",
        "-",
        ".",
        "12万",
        "1,23",
        "1,2345",
        "(5)",
        "10²",
        "5①",
        "約5",
        "0x1f",
        "1e999",
    ),
    *("1.2.3", "5家", "=1+1", "inf", "nan", "٣", "1,234,", "--5", "5%%"),
]


@pytest.mark.parametrize(("text", "value", "sign"), NUMBERS)
def test_numbers_as_people_write_them(text, value, sign):
    read = cells.number(text)
    assert read is not None
    assert (float(read[0]), read[1]) == (value, sign)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_none(text):
    assert cells.number(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_exactly_as_written(value):
    read = cells.number(repr(value))
    assert read is not None and float(read[0]) == value


@given(st.integers(0, 10**15), st.sampled_from([",", " ", "，", "\u00a0"]))
def test_thousands_are_read_however_they_are_parted(value, mark):
    assert cells.number(f"{value:,}".replace(",", mark)) == (Decimal(value), "")


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text):
    read = cells.number(text)
    assert read is None or read[0].is_finite()


PERIODS = [
    *(("2024", "2024"), ("2024年", "2024"), ("2024年5月", "2024-05")),
    *(
        ("2024年05月份", "2024-05"),
        ("２０２４年５月", "2024-05"),
        ("2024-05", "2024-05"),
    ),
    *(("2024/5/7", "2024-05"), ("2024.5", "2024-05"), ("2024.10", "2024-10")),
    *(("202405", "2024-05"), ("20240507", "2024-05")),
    *(("2024-05-07 00:00:00", "2024-05"), ("2024.0", "2024")),
    ("2024年5月7日", "2024-05"),
]
NO_PERIODS = [
    *("", "2024-13", "202413", "2024/2/30", "7/5/2024", "24-05", "May-24", "2024Q1"),
    *("2024-1/2", "2024.1", "110108", "12345", "20231", "45292", "1899", "2024年5-6月"),
]


@pytest.mark.parametrize(("text", "period"), PERIODS)
def test_periods_as_people_write_them(text, period):
    assert cells.period(text) == period


@pytest.mark.parametrize("text", NO_PERIODS)
def test_what_may_be_another_date_is_none(text):
    assert cells.period(text) is None


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2050, 12, 31)))
def test_excel_counts_days_from_1899(day):
    serial = (pd.Timestamp(day) - pd.Timestamp("1899-12-30")).days
    assert cells.serial(str(serial)) == cells.serial(f"{serial}.5") == f"{day:%Y-%m}"
    assert cells.period(str(serial)) is None
    assert cells.period(f"{day.year}年{day.month}月{day.day}日") == f"{day:%Y-%m}"


@pytest.mark.parametrize("text", ["20231", "20243", "36525", "55154", "4529", "x"])
def test_other_numbers_are_no_days_of_excel(text):
    assert cells.serial(text) is None


def test_a_parser_never_sees_a_missing_cell_and_no_cell_gets_anothers_value():
    column = pd.Series(["a", None, "b", float("nan")], index=[3, 1, 2, 0])
    assert cells.each(column, str.upper).tolist() == ["A", "", "B", ""]
    assert cells.each(pd.Series([float("nan")]), len).tolist() == [0]
    assert cells.each(pd.Series([], dtype=object), len).empty


@given(st.text(max_size=20) | st.from_regex(r"[0-9年月./-]{4,12}", fullmatch=True))
def test_any_text_is_a_period_or_none(text):
    read = cells.period(text)
    assert read is None or len(read) in (4, 7)


@pytest.mark.parametrize(
    ("unit", "wanted", "factor"),
    [
        ("亿元", "万元", 10_000),
        ("人", "万人", Decimal("0.0001")),
        ("亿千瓦时", "万千瓦时", 10_000),
        ("％", "%", 1),
        ("人（抽样）", "人(抽样)", 1),
        ("人", "人(抽样)", None),
        ("亿美元", "万元", None),
        ("百分点", "%", None),
        ("万", "亿", None),
        ("万", "万元", None),
        ("", "万元", None),
        ("公里", "万元", None),
    ],
)
def test_only_decimal_multiples_of_one_unit_are_converted(unit, wanted, factor):
    assert cells.factor(unit, wanted) == factor


@pytest.mark.parametrize("text", ["", "-", "—", "——", "…", "……", "/", "N/A", "无"])
def test_placeholders_are_missing(text):
    assert cells.missing(text)


@pytest.mark.parametrize("text", ["0", "0.0", "无锡市", "-1", "a"])
def test_a_zero_is_not_missing(text):
    assert not cells.missing(text)


@given(st.text(max_size=20) | st.sampled_from(["=1", "'=1", "''-", "@a", "'", "\t1"]))
def test_a_guarded_cell_is_no_formula_and_comes_back_as_it_was(text):
    guarded = cells.guard(text)
    assert not guarded.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cells.bare(guarded) == text


def test_lines_broken_in_a_cell_are_joined():
    assert cells.tidy(" 北京\n某某\r\n公司 ") == "北京某某公司"
    assert cells.tidy("Acme\nLtd\u200b") == "Acme Ltd"


@pytest.mark.parametrize("text", ["110108", "１１０１０８", "110108.0", "110108000000"])
def test_codes_as_sheets_hold_them(text):
    assert cells.code(text) == "110108"


@pytest.mark.parametrize("text", ["1101", "110108000001", "010108", "海淀", "1101081"])
def test_what_is_no_code_is_none(text):
    assert cells.code(text) is None
