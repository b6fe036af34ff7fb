"""Dated outcomes that a user brings: filings, landings, foundings, by place."""

from __future__ import annotations

import pandas as pd

from data import tables
from data.importers import cells, headings
from data.importers.columns import (
    PLACE,
    PLACE_NEEDED,
    at,
    by_value,
    not_ahead,
    once,
    periods,
    places,
    text,
    words,
)
from data.importers.names import gazetteer
from data.importers.result import Book, Result
from data.importers.sheets import Known, Needed, Sheet
from data.messages import say
from data.rules import Context

COLUMNS = (*PLACE, "segment", "month", "year", "event", "count", "source_id")


def known(context: Context) -> Known:
    """Return what finds the column a heading means."""
    return headings.known(COLUMNS)


def needed(context: Context) -> Needed:
    """Return what a table must have."""
    return (PLACE_NEEDED, ("segment",), ("month", "year"), ("event",))


def named(catalogue: pd.DataFrame, key: str) -> dict[str, str]:
    """Return ids by id, Chinese and English name, as names are compared."""
    return {
        cells.plain(entry[name]): entry[key]
        for name in ("name_en", "name_zh", key)
        for entry in catalogue.to_dict("records")
    }


def counts(book: Book) -> pd.Series:
    """Return the count of every row: one each when the table counts nothing."""
    said = text(book, "count")
    if said.eq("").all():
        return pd.Series(1, index=said.index, dtype=object)
    read = cells.each(said, cells.number)
    book.reject(at(said.eq("")), say("no_value", column=headings.both("count")))
    wrong = said.ne("") & read.map(lambda pair: pair is None or pair[1] != "")
    for value, rows in by_value(said, wrong):
        book.reject(rows, say("value_in_words", value=value))
    return read.map(lambda pair: written(pair[0]) if pair else "")


def written(value: object) -> str:
    """Write a number as it is kept, without a useless ``.0``."""
    figure = float(value)  # type: ignore[arg-type]
    return (
        f"{figure:.0f}" if figure.is_integer() and abs(figure) < 1e15 else repr(figure)
    )


def read(sheet: Sheet, context: Context, source: str) -> Result:
    """Turn a user's table into rows of the outcome table.

    Parameters
    ----------
    sheet : Sheet
    context : dict of DataFrame
        The facts that ids and places are looked up in.
    source : str
        The source of rows that name none.

    Returns
    -------
    Result
        ``tables["outcomes"]`` and what was rejected.
    """
    book = Book(sheet)
    table = places(book, gazetteer(context))
    segments = context["segments"]
    names = [*segments["segment"], *segments["name_zh"], *segments["name_en"]]
    table["segment"] = words(book, "segment", named(segments, "segment"), names)
    table["month"] = periods(book)
    not_ahead(book, table["month"])
    events = headings.words("event")
    table["event"] = words(book, "event", events)
    table["count"] = counts(book)
    table["source_id"] = text(book, "source_id").replace("", source)
    key = list(tables.OUTCOMES.key)
    once(book, table[book.valid()], key, ["count"])
    book.check(table[book.valid()], tables.OUTCOMES, context)
    return book.result({"outcomes": table})
