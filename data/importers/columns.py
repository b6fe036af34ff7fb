"""Columns that several imports share: place, time, words with a fixed meaning."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from data.importers import cells, headings
from data.importers.names import MOST_SUGGESTED, Gazetteer
from data.importers.result import Book
from data.messages import say

PLACE = ("code", "place", "province", "city", "district", "level")
PLACE_NEEDED = ("place", "code", "city", "district")
WHEN = ("period", "month", "year")

YEARS_AHEAD = 2


def text(book: Book, name: str) -> pd.Series:
    """Return a column as text, placeholders as empty; all empty when not there."""
    frame = book.sheet.frame
    if name not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    return cells.each(frame[name], lambda cell: "" if cells.missing(cell) else cell)


def at(mask: pd.Series) -> list[int]:
    """Return the positions where a mask holds."""
    return [int(row) for row in mask.index[mask.astype(bool)]]


def by_value(column: pd.Series, mask: pd.Series) -> Iterable[tuple[str, list[int]]]:
    """Yield each different cell among the rows of a mask, with its rows."""
    chosen = column[mask.astype(bool)]
    for value, rows in chosen.groupby(chosen, sort=False).groups.items():
        yield str(value), list(rows)


def words(
    book: Book,
    name: str,
    vocabulary: Mapping[str, str],
    shown: Iterable[str] = (),
    *,
    required: bool = True,
) -> pd.Series:
    """Turn a column of names into ids; what is not known is rejected.

    Parameters
    ----------
    book : Book
    name : str
        The column.
    vocabulary : mapping
        Ids by their names as compared (see :func:`data.importers.cells.plain`).
    shown : iterable of str, optional
        The names to suggest from; those of the vocabulary when not given.
    required : bool
        Whether an empty cell is rejected.
    """
    said = text(book, name)
    ids = cells.each(said, lambda cell: vocabulary.get(cells.plain(cell), ""))
    if required:
        book.reject(at(said.eq("")), say("no_value", column=headings.both(name)))
    choices = list(shown or dict.fromkeys([*vocabulary.values(), *vocabulary]))
    unknown = by_value(said, said.ne("") & ids.eq(""))
    for searches, (value, rows) in enumerate(unknown):
        # As for places: beyond so many the reason must do.
        search = choices if searches < MOST_SUGGESTED else ()
        near = difflib.get_close_matches(value, search, n=3, cutoff=0.5)
        book.reject(
            rows, say("not_known", column=headings.both(name), value=value), near
        )
    return ids


def places(book: Book, gazetteer: Gazetteer) -> pd.DataFrame:
    """Return ``place`` and ``level`` of every row, rejecting those without.

    A code decides; a name beside it must agree with it. Columns 省, 市 and 区县 make
    a name together, and the lowest of them tells the level.
    """
    levels = words(book, "level", headings.words("level"), required=False)
    codes, names = text(book, "code"), text(book, "place")
    split = {part: text(book, part) for part in ("province", "city", "district")}
    lowest = split["district"].ne("").map({True: "district", False: "city"})
    from_parts = split["city"].ne("") | split["district"].ne("")
    whole = split["province"] + "/" + split["city"] + "/" + split["district"]
    name = names.where(names.ne(""), whole.where(from_parts, "").astype(object))
    wanted = codes.where(codes.ne(""), name)
    use_parts = codes.eq("") & names.eq("") & from_parts & levels.eq("")
    levels = levels.where(~use_parts, lowest)
    asked = pd.DataFrame({"text": wanted, "level": levels, "name": name})
    asked["name"] = name.where(codes.ne(""), "")
    pairs = dict.fromkeys(zip(asked["text"], asked["level"], strict=True))
    matches = {pair: gazetteer.match(*pair) for pair in pairs}
    place = pd.Series("", index=asked.index, dtype=object)
    level = place.copy()
    groups = asked.groupby(["text", "level", "name"], sort=False).groups
    for (said, stated, beside), rows in groups.items():
        match = matches[said, stated]
        if match.reason:
            book.reject(rows, match.reason, match.suggestions)
            continue
        if match.remark:
            book.remark(rows, match.remark)
        elif not gazetteer.agrees((match.level, match.place), beside):
            label = gazetteer.labels[match.level, match.place]
            values = {"code": match.place, "name": label, "value": beside.strip("/")}
            book.reject(rows, say("place_disagrees", **values))
        place.loc[rows], level.loc[rows] = match.place, match.level
    return pd.DataFrame({"place": place, "level": level})


def periods(book: Book, fixed: str = "") -> pd.Series:
    """Return the year or month of every row from period, month and year.

    Parameters
    ----------
    book : Book
    fixed : str, optional
        The period of rows that say none.
    """
    said = text(book, "period")
    month, year = text(book, "month"), text(book, "year")
    said = said.where(said.ne(""), month)
    # 年份 2024 beside 月份 5 is 2024年5月.
    bare = month.str.fullmatch("0?[1-9]月?|1[0-2]月?") & year.ne("")
    joined = year.str.rstrip("年") + "年" + month.str.rstrip("月") + "月"
    said = said.where(~bare, joined)
    only_year = said.eq("")
    said = said.where(~only_year, year).mask(lambda text: text.eq(""), fixed)
    read = dates(book, said, ~only_year)
    differs = year.ne("") & month.ne("") & ~bare & read.ne("")
    differs &= read.str[:4] != cells.each(year, lambda c: cells.period(c) or "").str[:4]
    for value, rows in by_value(month, differs):
        other = year.loc[rows[0]]
        book.reject(rows, say("dates_differ", first=value, second=other))
    book.reject(at(said.eq("")), say("no_value", column=headings.both("period")))
    for value, rows in by_value(said, said.ne("") & read.eq("")):
        book.reject(rows, say("not_date", value=value))
    return read


def dates(book: Book, said: pd.Series, counted: pd.Series) -> pd.Series:
    """Return the year or month of each cell, empty where it is none.

    ``counted`` are the rows where a number may be Excel's count of days.
    """
    read = cells.each(said, lambda cell: cells.period(cell) or "")
    for value, rows in by_value(said, read.eq("") & counted):
        if month := cells.serial(value):
            read.loc[rows] = month
            book.remark(rows, say("read_as_date", value=value, month=month))
    return read


def latest_month() -> str:
    """Return the last month that can be meant; a machine's clock may be behind."""
    today = date.today()
    return f"{today.year + YEARS_AHEAD}-{today.month:02}"


def not_ahead(book: Book, when: pd.Series, mask: pd.Series | None = None) -> None:
    """Reject rows of a year or month so far ahead that it must be a slip."""
    last = latest_month()
    ahead = when > last if mask is None else mask & (when > last)
    for value, rows in by_value(when, ahead):
        book.reject(rows, say("ahead", value=value, last=last))


def once(book: Book, table: pd.DataFrame, key: list[str], values: list[str]) -> None:
    """Keep one of rows alike; reject all that share a key and disagree.

    ``table`` is indexed by positions in the sheet, without the rows rejected.
    """
    shared = table[table.duplicated(key, keep=False)]
    if shared.empty:
        return
    keys = [shared[name] for name in key]
    alike = pd.Series(True, index=shared.index)
    for name in values:
        alike &= shared[name].groupby(keys, sort=False).transform("nunique").eq(1)
    position = pd.Series(shared.index, index=shared.index)
    by_key = position.groupby(keys, sort=False)
    first, count = by_key.transform("first"), by_key.cumcount()
    second = position.where(count.eq(1)).groupby(keys, sort=False).transform("first")
    number = book.sheet.where["row"]
    for row in shared.index:
        if alike[row] and count[row]:
            book.drop(row, say("same_again", row=number[first[row]]))
        elif not alike[row]:
            other = int(first[row] if count[row] else second[row])
            said = ", ".join(str(shared.at[row, name]) for name in key)
            book.reject([row], say("contradicts", row=number[other], key=said))
