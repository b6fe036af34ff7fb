import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.wording import number, quantity, ratio


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (43760.7, "亿元", "4.376万亿元", "4.376 trillion CNY"),
        (13617.8, "亿元", "1.362万亿元", "1.362 trillion CNY"),
        (5280521, "万元", "528.1亿元", "52.81 billion CNY"),
        (1407458, "人", "140.7万人", "1.407 million people"),
        (19749, "人(抽样)", "1.975万人", "19,749 people"),
        (44.5, "%", "44.5%", "44.5%"),
        (1, "是/否", "有", "yes"),
        (0, "个", "0个", "0"),
    ],
)
def test_figures_are_written_as_people_do(value, unit, zh, en):
    assert (quantity(value, unit).zh, quantity(value, unit).en) == (zh, en)


def test_a_sample_over_the_whole_is_scaled_up_and_over_a_sample_is_not():
    share, unit, _ = ratio(1015007 / 21893095, "人(抽样)", "人")
    assert (round(share, 1), unit) == (46.4, "%")
    share, _, text = ratio(95576 / 1015007, "人(抽样)", "人(抽样)")
    assert round(share, 2) == 9.42 and text.zh == "占9.42%"


@pytest.mark.parametrize(
    ("value", "unit", "base", "expected", "wanted"),
    [
        (43760.7 / 2185.8, "亿元", "万人", 200204.5, "元/人"),
        (107875 / 2185.8, "件", "万人", 49.35, "件/万人"),
        (13577778 / 2185.8, "万千瓦时", "万人", 6211.8, "千瓦时/人"),
        (1407458 / 3133469, "人", "人", 44.92, "%"),
    ],
)
def test_ratios_are_per_head_per_ten_thousand_or_percent(
    value, unit, base, expected, wanted
):
    found, named, _ = ratio(value, unit, base)
    assert found == pytest.approx(expected, rel=1e-3) and named == wanted


@given(st.floats(-1e15, 1e15), st.sampled_from(["zh", "en"]))
def test_no_number_is_written_with_an_exponent(value, lang):
    assert "e" not in number(value, lang).replace(" million", "").replace(
        " billion", ""
    )
