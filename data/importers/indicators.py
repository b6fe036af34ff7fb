"""Figures that a user brings, one to a row or one indicator to a column."""

from __future__ import annotations

import re
from decimal import Decimal

import pandas as pd

from data import tables
from data.importers import cells, headings
from data.importers.columns import (
    PLACE,
    PLACE_NEEDED,
    WHEN,
    at,
    by_value,
    dates,
    not_ahead,
    once,
    periods,
    places,
    text,
    words,
)
from data.importers.names import gazetteer
from data.importers.outcomes import named, written
from data.importers.result import Book, Result
from data.importers.sheets import IGNORED, WIDE, Known, Needed, Sheet
from data.messages import say
from data.reading import failure
from data.rules import Context
from data.schema import DataError

FIGURE = ("indicator", "value", "unit", "source_id", "locator", "quality")
COLUMNS = (*PLACE, *WHEN, *FIGURE, "status", "published", "note")
# The part of a file's, a sheet's or a column's name that a locator holds.
LONGEST_NAME = 50


def known(context: Context) -> Known:
    """Return what finds the column a heading means: ours, or an indicator's own.

    Our own export names the indicator beside its id; those columns are left out.
    """
    find = headings.known(COLUMNS, {"name_zh": IGNORED, "name_en": IGNORED})
    ids = named(context["indicators"], "indicator")

    def column(heading: str) -> str | None:
        for said in (heading, headings.without_bracket(heading)[0]):
            if (name := cells.plain(said)) in ids:
                return WIDE + ids[name]
        return find(heading)

    return column


def needed(context: Context) -> Needed:
    """Return what a table must have: a column of values or one of an indicator."""
    wide = [WIDE + name for name in context["indicators"]["indicator"]]
    return (PLACE_NEEDED, ("value", *wide))


def read(sheet: Sheet, context: Context, source: str, period: str = "") -> Result:
    """Turn a user's table into observations.

    Parameters
    ----------
    sheet : Sheet
    context : dict of DataFrame
        The facts that ids and places are looked up in.
    source : str
        The source of rows that name none.
    period : str, optional
        The year or month of rows that say none.

    Returns
    -------
    Result
        ``tables["observations"]`` and what was rejected.
    """
    columns = set(sheet.frame)
    wide = [name for name in sheet.frame if name.startswith(WIDE)]
    if "indicator" not in columns and not wide:
        raise _lacks(sheet, "columns", "column_missing", "indicator")
    if not columns & set(WHEN) and not period:
        raise _lacks(sheet, "period", "no_period", "period")
    if wide:
        sheet = _long(sheet, wide, context["indicators"])
    book = Book(sheet)
    catalogue = context["indicators"]
    table = places(book, gazetteer(context))
    names = [*catalogue["indicator"], *catalogue["name_zh"], *catalogue["name_en"]]
    ids = named(catalogue, "indicator")
    table["indicator"] = words(book, "indicator", ids, names)
    table["period"] = periods(book, period)
    units = dict(zip(catalogue["indicator"], catalogue["unit"], strict=True))
    table["unit"] = cells.each(table["indicator"], lambda name: units.get(name, ""))
    table["value"] = _values(book, table["unit"])
    table["source_id"] = text(book, "source_id").replace("", source)
    table["locator"] = text(book, "locator")
    qualities = headings.words("quality")
    quality = words(book, "quality", qualities, required=False)
    table["quality"] = quality.replace("", "exact")
    statuses = headings.words("status")
    table["status"] = words(book, "status", statuses, required=False)
    not_ahead(book, table["period"], table["status"].ne("planned"))
    published = text(book, "published")
    months = dates(book, published, published.ne(""))
    table["published"] = months.where(months.ne(""), published)
    table["note"] = text(book, "note")
    # Without a locator of the user's own two rows of one key are the same figure.
    key = list(tables.OBSERVATIONS.key)
    once(book, table[book.valid()], key, ["value", "quality", "status", "note"])
    own = _locators(sheet)
    table["locator"] = table["locator"].where(table["locator"].ne(""), own)
    table = table[list(tables.OBSERVATIONS.names)]
    book.check(table[book.valid()], tables.OBSERVATIONS, context)
    return book.result({"observations": table})


def _lacks(sheet: Sheet, rule: str, key: str, column: str) -> DataError:
    file = sheet.where["file"].iloc[0]
    have = ", ".join(sheet.headings.values())
    return failure(file, 1, rule, key, column, column=column, have=have)


def _locators(sheet: Sheet) -> pd.Series:
    """Say where a figure stands in the user's file."""
    where = sheet.where
    table = where["table"].map(lambda name: f", {_short(name)}" if name else "")
    said = where["file"].map(_short) + table + ", row " + where["row"].astype(str)
    if "column" not in where:
        return said
    return said + where["column"].map(lambda name: f", {_short(name)}")


def _short(name: str) -> str:
    """Return a name that no locator is too long with, nor like a sentence."""
    one = re.sub("[。！？]", " ", name)
    half = LONGEST_NAME // 2
    return one if len(one) <= LONGEST_NAME else f"{one[:half]}…{one[1 - half :]}"


def _long(sheet: Sheet, wide: list[str], catalogue: pd.DataFrame) -> Sheet:
    """Turn a column for each indicator into a row for each figure that is there."""
    base = [name for name in sheet.frame if name not in (*wide, "unit")]
    units = dict(zip(catalogue["indicator"], catalogue["unit"], strict=True))
    names = set(named(catalogue, "indicator"))
    parts, wheres, assumed = [], [], []
    for column in wide:
        heading, indicator = sheet.headings[column], column.removeprefix(WIDE)
        unit = headings.without_bracket(heading)[1]
        if cells.plain(heading) in names:
            # The whole heading is a name, its bracket no unit.
            unit = units[indicator]
            assumed.append(heading)
        part = sheet.frame[base].assign(
            indicator=indicator, value=sheet.frame[column], unit=unit
        )
        there = ~cells.each(part["value"], cells.missing).astype(bool)
        parts.append(part[there])
        wheres.append(sheet.where.assign(column=heading)[there])
    if not any(len(part) for part in parts):
        raise failure(sheet.where["file"].iloc[0], 1, "format", "no_rows")
    frame = pd.concat(parts).sort_index(kind="stable")
    where = pd.concat(wheres).sort_index(kind="stable")
    too_long = {
        position: sheet.too_long[row]
        for position, row in enumerate(frame.index)
        if row in sheet.too_long
    }
    remarks = list(sheet.remarks)
    if assumed:
        remarks.append(say("unit_assumed", columns=", ".join(assumed)))
    frame, where = frame.reset_index(drop=True), where.reset_index(drop=True)
    return Sheet(frame, where, sheet.headings, too_long, remarks)


def _values(book: Book, wanted: pd.Series) -> pd.Series:
    """Return values in the unit wanted; a unit that cannot be that is rejected."""
    said, unit = text(book, "value"), text(book, "unit")
    read = cells.each(said, cells.number)
    book.reject(at(said.eq("")), say("no_value", column=headings.both("value")))
    unread = read.isna()
    for value, rows in by_value(said, said.ne("") & unread):
        book.reject(rows, say("value_in_words", value=value))
    percent = read.map(lambda pair: pair is not None and pair[1] == "%")
    # A percent sign is a unit: alone it will do, and it must not contradict one.
    unit = unit.where(~(percent & unit.eq("")), "%")
    asked = pd.DataFrame({"unit": unit, "wanted": wanted, "percent": percent})
    asked = asked[~unread & wanted.ne("")]
    times = pd.Series(Decimal(1), index=said.index, dtype=object)
    groups = asked.groupby(["unit", "wanted", "percent"], sort=False).groups
    for (given, right, signed), rows in groups.items():
        by = cells.factor(given, right)
        if by is None or (signed and right != "%"):
            shown = given if by is None else "%"
            book.reject(rows, say("unit_wanted", value=shown, wanted=right))
        elif by != 1:
            times.loc[rows] = by
            values = {"count": len(rows), "unit": given, "wanted": right}
            book.general.append(say("unit_converted", **values))
    return pd.Series(
        [
            written(pair[0] * by) if pair else ""
            for pair, by in zip(read, times, strict=True)
        ],
        index=said.index,
        dtype=object,
    )
