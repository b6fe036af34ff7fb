"""What one cell of a user's table says: pure functions from text to a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

import numpy as np
import pandas as pd

Value = TypeVar("Value")

# Full-width forms and the ideographic space become ASCII. Unicode's own folding
# (NFKC) would also turn 10² into 102 and 5① into 51.
_NARROW = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
_NARROW |= {0x3000: " ", 0xA0: " ", 0x2009: " ", 0x202F: " ", 0x2212: "-"}
_INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF))
_BREAK = re.compile(r"[ \t]*[\r\n\v\f\x85\u2028\u2029]+\s*")
_WIDE_BREAK = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n|\n(?=[\u3000-\u9fff])")

# A spreadsheet takes a cell that begins so for a formula; an apostrophe before it
# keeps it text.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")

PLACEHOLDERS = {
    *("", "-", "--", "---", "–", "—", "——", "―", "...", "…", "……", "/", "\\", "*"),
    *("n/a", "#n/a", "na", "nan", "null", "none", "nil", "无", "无数据", "暂无"),
    *("暂缺", "缺", "未公布", "不详"),
}

_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+"
_NUMBER = re.compile(
    rf"([+-]?)((?:{_GROUPED})?)((?:\.[0-9]*)?)((?:[eE][+-]?[0-9]{{1,3}})?) ?(%?)"
)
_YEAR, _MONTH, _DAY = r"((?:19|20)[0-9]{2})", r"(1[0-2]|0?[1-9])", r"([0-3]?[0-9])"
_CLOCK = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.0+)?)?)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}年?",
        rf"{_YEAR} ?年 ?{_MONTH} ?月?(?: ?份)?",
        rf"{_YEAR}([-/.]){_MONTH}",
        rf"{_YEAR} ?年 ?{_MONTH} ?月 ?{_DAY} ?日?{_CLOCK}",
        rf"{_YEAR}([-/.]){_MONTH}\2{_DAY}{_CLOCK}",
        rf"{_YEAR}(1[0-2]|0[1-9])",
        rf"{_YEAR}(1[0-2]|0[1-9])([0-3][0-9])",
    )
)
# Days since 1899-12-30, as Excel counts them. Other numbers of five digits are more
# likely years mistyped (20231) than dates of the 1950s.
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 36526, 55153  # 2000-01-01 to 2050-12-31

_MULTIPLES = {"千": 1_000, "万": 10_000, "亿": 100_000_000, "百": 100}


def narrow(text: str) -> str:
    """Return the text with full-width letters, digits and signs made ASCII."""
    return text.translate(_NARROW)


def tidy(text: str) -> str:
    """Return a cell's text without invisible characters, outer space and breaks.

    A line broken inside Chinese is joined, one inside Latin text keeps a space.
    """
    if text.isascii() and text.isalnum():
        return text
    one = _BREAK.sub("\n", text.translate(_INVISIBLE).strip())
    return _WIDE_BREAK.sub("", one).replace("\n", " ").replace("\x00", "")


@lru_cache(maxsize=1 << 16)
def clean(text: str) -> str:
    """Return a cell as it is read: tidy, and without the guard against formulas."""
    return bare(tidy(text))


def plain(text: str) -> str:
    """Return a name as names are compared: narrow, lower case, without spaces."""
    return "".join(narrow(text).casefold().split())


def missing(text: str) -> bool:
    """Return whether a cell says that there is no value (``-``, ``…``, ``N/A``)."""
    return plain(text) in PLACEHOLDERS


def guard(text: str) -> str:
    """Return text that no spreadsheet runs as a formula (see :func:`bare`)."""
    return f"'{text}" if _FORMULA.match(text) else text


def bare(text: str) -> str:
    """Return guarded text as it was: the inverse of :func:`guard`."""
    return text[1:] if _GUARDED.match(text) else text


def number(text: str) -> tuple[Decimal, str] | None:
    """Read a number exactly as written.

    Thousands separators must stand every three digits; a multiple such as 万 belongs
    in the unit, so a number with one is none.

    Returns
    -------
    tuple of Decimal and str, or None
        The number and ``"%"`` or ``""``; None when it is not one.
    """
    found = _NUMBER.fullmatch(narrow(text).strip())
    if not found:
        return None
    sign, whole, part, power, percent = found.groups()
    if not whole and part in ("", "."):
        return None
    digits = whole.replace(",", "").replace(" ", "")
    value = Decimal(f"{sign}{digits or 0}{part}{power}")
    # What a float cannot hold is no figure.
    return (value, percent) if float(value) not in (_INF, -_INF) else None


_INF = float("inf")


def period(text: str) -> str | None:
    """Read a year or month: ``YYYY`` or ``YYYY-MM``; None when it is neither.

    Days are checked and dropped. Excel's count of days is none (see :func:`serial`).
    """
    said = narrow(text).strip().removesuffix(".0")
    for pattern in _DATES:
        if found := pattern.fullmatch(said):
            # 2024.1 may be what a spreadsheet made of 2024.10.
            if re.fullmatch(r"[0-9]{4}\.1", said):
                return None
            return _period(*(int(part) for part in found.groups() if part.isdigit()))
    return None


def _period(year: int, month: int = 0, day: int = 1) -> str | None:
    if not month:
        return str(year)
    try:
        return f"{date(year, month, day):%Y-%m}"
    except ValueError:
        return None


def serial(text: str) -> str | None:
    """Read the month of a date as Excel counts it, from 2000 to 2050."""
    found = _SERIAL.fullmatch(narrow(text).strip())
    if not found or not _FIRST_SERIAL <= int(found[1]) <= _LAST_SERIAL:
        return None
    return f"{_EPOCH + timedelta(days=int(found[1])):%Y-%m}"


def code(text: str) -> str | None:
    """Read a six-digit division code, also as 110108.0 or with zeros to 12 digits."""
    said = plain(text).removesuffix(".0")
    found = re.fullmatch(r"([1-9][0-9]{5})(?:0{3}|0{6})?", said)
    return found[1] if found else None


def _split(unit: str) -> tuple[int, str]:
    """Return a unit's multiple and what it is a multiple of (万千瓦时 -> 瓦时)."""
    multiple, base = 1, plain(unit)
    while base[:1] in _MULTIPLES:
        multiple, base = multiple * _MULTIPLES[base[0]], base[1:]
    return multiple, base


def factor(unit: str, wanted: str) -> Decimal | None:
    """Return what turns a figure in one unit into another, None when nothing sure.

    Only decimal multiples of one Chinese unit are converted (亿元 to 万元).
    """
    if plain(unit) == plain(wanted):
        return Decimal(1)
    (given, base), (asked, other) = _split(unit), _split(wanted)
    if base != other or not base:
        return None
    return Decimal(given) / Decimal(asked)


def each(column: pd.Series, read: Callable[[str], Value]) -> pd.Series:
    """Apply a parser to a column, once for each different cell; no value is ``""``."""
    there = column.astype(object).where(column.notna(), "")
    codes, texts = pd.factorize(there)
    values = np.empty(len(texts), dtype=object)
    for position, text in enumerate(texts):
        values[position] = read(text)
    return pd.Series(values[codes], index=column.index, dtype=object)
