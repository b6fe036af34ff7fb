"""Figures, units and reasons in words, Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

# unit -> (factor to the base unit, base unit in Chinese, in English)
UNITS: dict[str, tuple[float, str, str]] = {
    "人": (1, "人", "people"),
    "万人": (1e4, "人", "people"),
    "人(抽样)": (1, "人", "people"),
    "亿元": (1e8, "元", "CNY"),
    "万元": (1e4, "元", "CNY"),
    "元": (1, "元", "CNY"),
    "元/月": (1, "元/月", "CNY a month"),
    "万千瓦时": (1e4, "千瓦时", "kWh"),
    "个": (1, "个", ""),
    "家": (1, "家", "firms"),
    "所": (1, "所", ""),
    "件": (1, "件", ""),
    "篇": (1, "篇", "papers"),
    "张": (1, "张", ""),
    "%": (1, "%", "%"),
    "年": (1, "年", "years"),
    "微克/立方米": (1, "微克/立方米", "µg/m³"),
    "万平方米": (1e4, "平方米", "m²"),
    "万人次": (1e4, "人次", "passengers"),
    "万户": (1e4, "户", "subscribers"),
    "公里": (1, "公里", "km"),
    "TFlop/s": (1, "TFlop/s", "TFlop/s"),
    "是/否": (1, "", ""),
}
# Figures of the census long form count one person in ten.
SAMPLED = ("人(抽样)",)
SAMPLE_FACTOR = 10


@dataclass(frozen=True)
class Text:
    """The same words in both languages."""

    zh: str
    en: str


def significant(value: float, digits: int = 4) -> str:
    """Write a number to some significant digits, never with an exponent."""
    rounded = float(f"{value:.{digits}g}")
    text = f"{rounded:,.10f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def number(value: float, lang: str) -> str:
    """Write a number as people do: 万 and 亿 in Chinese, thousands in English."""
    steps = (
        ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
        if lang == "zh"
        else ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
    )
    for size, word in steps:
        if abs(value) >= size:
            return f"{significant(value / size)}{word}"
    if value == int(value):
        return f"{int(value):,}"
    return significant(value)


def quantity(value: float, unit: str) -> Text:
    """Write a figure with its unit, in the base unit."""
    factor, zh, en = UNITS.get(unit, (1, unit, unit))
    if unit == "是/否":
        return Text("有", "yes") if value else Text("无", "no")
    gap = "" if en in ("", "%") else " "
    return Text(
        f"{number(value * factor, 'zh')}{zh}",
        f"{number(value * factor, 'en')}{gap}{en}",
    )


def ratio(value: float, unit: str, base: str) -> tuple[float, str, Text]:
    """Write a figure over its denominator: a share, per head, or per 10,000 people.

    Parameters
    ----------
    value : float
        The figure divided by its denominator, both as printed.
    unit, base : str
        Their units.

    Returns
    -------
    value : float
    unit : str
        In Chinese.
    text : Text
    """
    factor, zh, en = UNITS.get(unit, (1, unit, unit))
    under, _, _ = UNITS.get(base, (1, base, base))
    plain = value * factor / under
    if unit in SAMPLED and base not in SAMPLED:
        plain *= SAMPLE_FACTOR
    if zh == "人":
        share = plain * 100
        return (
            share,
            "%",
            Text(f"占{significant(share, 3)}%", f"{significant(share, 3)}%"),
        )
    if zh in ("元", "千瓦时"):
        text = Text(
            f"人均{number(plain, 'zh')}{zh}", f"{en} {number(plain, 'en')} a head"
        )
        return plain, f"{zh}/人", text
    per = plain * 1e4
    text = Text(
        f"每万人{significant(per, 3)}{zh}", f"{significant(per, 3)} per 10,000 people"
    )
    return per, f"{zh}/万人", text


def figure(value: float | None) -> str:
    """Return a metric with three places."""
    return "-" if value is None else f"{value:.3f}"


def signed(value: float) -> str:
    """Write a part of a score with its sign; what rounds to nothing has none."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else text


def with_interval(lift: dict[str, float]) -> str:
    """Return a difference with its 95% interval."""
    return f"{lift['value']:+.3f} [{lift['low']:+.3f}, {lift['high']:+.3f}]"


def per_cent(value: float | None, form: str = "+.1f") -> str:
    """Return a share in per cent."""
    return "-" if value is None else f"{100 * value:{form}}%"
