"""The authority's lists of filings as they are published, and in sheets like them."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from data import tables
from data.importers import cells, headings
from data.importers.columns import at, by_value, dates, not_ahead, once, text
from data.importers.filings import CITY_CODES, FILING_COLUMNS, ROLES, read_filings
from data.importers.names import Gazetteer, gazetteer
from data.importers.result import Book, Result
from data.importers.sheets import Known, Needed, Sheet
from data.messages import say
from data.reading import failure
from data.rules import Context

SOURCE = tables.FILINGS.source_id
TEXTS = ("algorithm", "role", "firm", "product", "purpose")
COLUMNS = ("record_number", *TEXTS, "kind", "announced", "segments")
# The other way round: our own export holds ids.
ROLE_NAMES = {role: name for name, role in ROLES.items()}
NUMBER = re.compile(r"网信算备([0-9]{6})[0-9]{6,}号?")
_SENTENCE = re.compile("[。；！]")
_MONTH = re.compile(r"(20[0-9]{2})\s*年\s*(1[0-2]|0?[1-9])\s*月")


def known(context: Context) -> Known:
    """Return what finds the column a heading means."""
    return headings.known(COLUMNS, {"place": "place"})


def needed(context: Context) -> Needed:
    """Return what a list must have."""
    return (("record_number",), ("firm",))


def title_month(title: str) -> str:
    """Return the month that a list's title says, empty when not one alone.

    Lines that speak of 备案 come before others.
    """
    lines = cells.narrow(title).splitlines()
    for chosen in ([line for line in lines if "备案" in line], lines):
        found = {
            f"{year}-{int(month):02}"
            for line in chosen
            for year, month in _MONTH.findall(line)
        }
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def read(sheet: Sheet, context: Context, month: str = "") -> Result:
    """Turn a published list into filings, and those into outcomes.

    A table with a column ``segments`` and no purpose is filings as we write them:
    their segments and places are taken as they stand.

    Parameters
    ----------
    sheet : Sheet
    context : dict of DataFrame
        The facts: places, sources, and the ``filings`` already known.
    month : str, optional
        The list's month, for rows and titles that do not say it.

    Returns
    -------
    Result
        ``tables["filings"]`` and ``tables["outcomes"]``; the purpose is read for the
        segments and not kept.
    """
    _refuse_changes(sheet)
    book = Book(sheet)
    table = pd.DataFrame({name: text(book, name) for name in (*TEXTS, "segments")})
    table["role"] = table["role"].replace(ROLE_NAMES)
    table["given"] = _given(book, table)
    table["segments"] = table["segments"].where(table["given"], "")
    table["record_number"] = _record_numbers(book)
    codes = table["record_number"].str[4:10].replace(CITY_CODES)
    stated = text(book, "place").where(table["given"], "")
    wanted = stated.where(stated.ne(""), codes)
    table["place"] = _districts(book, wanted, gazetteer(context))
    table["month"] = _months(book, month)
    not_ahead(book, table["month"])
    book.reject(at(table["firm"].eq("")), say("no_value", column=headings.both("firm")))
    _announced(book, table, context["filings"])
    same = ["month", "firm", "product", "role", "segments"]
    once(book, table[book.valid()], ["record_number"], same)
    filings = _filings(table[book.valid()])
    last = filings["month"].max() if len(filings) else ""
    book.check(filings, tables.FILINGS, covering(context, last))
    filings = filings[book.valid()[filings.index]]
    without = int(filings["segments"].eq("").sum())
    if without:
        book.general.append(say("no_segments", count=without))
    return book.result({"filings": filings, "outcomes": outcomes(filings)})


def _refuse_changes(sheet: Sheet) -> None:
    """Refuse lists of filings cancelled or changed: they announce none."""
    for file, rows in sheet.where.groupby("file", sort=False):
        lines = [str(file), *"\n".join(rows["above"].unique()).splitlines()]
        # A sentence above a list may speak of both; a title and a heading do not.
        said = "\n".join(line for line in lines if not _SENTENCE.search(line))
        for word in ("注销", "变更"):
            if word in said and (word == "注销" or "新增" not in said):
                raise failure(str(file), 1, "format", "list_of_changes", word=word)


def _given(book: Book, table: pd.DataFrame) -> pd.Series:
    """Return which rows stand in a file that says segments and no purposes."""
    file = book.sheet.where["file"]
    said = table[["purpose", "segments"]].ne("").groupby(file).transform("any")
    # With one file the column is its own, even when every cell is empty.
    has = said["segments"] | ("segments" in book.sheet.frame and file.nunique() == 1)
    given = has & ~said["purpose"]
    for name in file[~given & table["segments"].ne("")].unique():
        unused = say("columns_unused", file=name, columns="segments")
        book.general.append(unused)
    return given


def _record_numbers(book: Book) -> pd.Series:
    def of(cell: str) -> str:
        number = "".join(cells.narrow(cell).split()).removesuffix("号") + "号"
        return number if NUMBER.fullmatch(number) else ""

    said = text(book, "record_number")
    read = cells.each(said, of)
    for value, rows in by_value(said, read.eq("")):
        book.reject(rows, say("no_record_number", value=value))
    return read


def _districts(book: Book, codes: pd.Series, index: Gazetteer) -> pd.Series:
    """Return the district that each code means."""
    place = pd.Series("", index=codes.index, dtype=object)
    for code, rows in by_value(codes, codes.ne("")):
        match = index.match(code, "district")
        if match.reason:
            book.reject(rows, match.reason, match.suggestions)
        if match.remark:
            book.remark(rows, match.remark)
        place.loc[rows] = match.place
    return place


def _months(book: Book, month: str) -> pd.Series:
    """Return the month of each row: its own, that of its list's title, or ``month``."""
    where = book.sheet.where
    said = text(book, "announced")
    read = dates(book, said, said.ne(""))
    read = read.where(read.str.len().eq(7), "")
    for value, rows in by_value(said, said.ne("") & read.eq("")):
        book.reject(rows, say("not_month", value=value))
    missing = said.eq("")
    before: dict[str, str] = {}
    groups = where[missing].groupby(["file", "table", "above"], sort=False).groups
    for (file, _, above), rows in groups.items():
        # A table without a title goes on with the list before it.
        titled = title_month(above) or before.get(file, "") or title_month(file)
        if month and titled and month != titled:
            values = {"found": titled, "month": month}
            raise failure(file, 1, "month", "list_months", **values)
        if not (titled or month):
            raise failure(file, 1, "month", "no_list_month")
        before[file] = titled or month
        read.loc[rows] = before[file]
    for file in before:
        months = sorted(set(read[missing & where["file"].eq(file)]))
        said_ = say("list_month", file=file, month=", ".join(months))
        book.general.append(said_)
    return read


def _announced(book: Book, table: pd.DataFrame, filings: pd.DataFrame) -> None:
    """Let the first announcement count, in this list or in those known already."""
    valid = table[book.valid()]
    least = valid.groupby("record_number")["month"].transform("min")
    for row in at(valid["month"] > least):
        values = {"value": table.at[row, "record_number"], "month": least[row]}
        book.drop(row, say("announced_before", **values))
    valid = table[book.valid()]
    first = dict(zip(filings["record_number"], filings["month"], strict=True))
    earlier = valid["record_number"].map(first).fillna("")
    for row in at(earlier.ne("") & (earlier < valid["month"])):
        values = {"value": table.at[row, "record_number"], "month": earlier[row]}
        book.remark([row], say("announced_before", **values))
        table.at[row, "month"] = earlier[row]


def _filings(table: pd.DataFrame) -> pd.DataFrame:
    """Return filings with their segments, indexed like ``table``."""
    if table.empty:
        return pd.DataFrame(columns=[*FILING_COLUMNS, "segments"])
    unique = table.drop_duplicates("record_number")
    raw = unique.rename(
        columns={"record_number": "recordNumber", "month": "announcementDate"}
    )
    filings, _ = read_filings(raw)
    filings.index = pd.Index(
        filings["record_number"].map(
            pd.Series(unique.index, index=unique["record_number"])
        )
    )
    mine = table.loc[filings.index]
    ids = mine["segments"].str.split("|").map(lambda parts: filter(None, parts))
    ids = ids.map(dict.fromkeys).map("|".join)
    filings["place"] = mine["place"]
    filings["segments"] = filings["segments"].where(~mine["given"], ids)
    return filings


def outcomes(filings: pd.DataFrame) -> pd.DataFrame:
    """Count filings by district, segment and month, in the outcome table's columns."""
    keys = ["place", "segment", "month"]
    segments = filings["segments"].str.split("|")
    rows = filings.assign(segment=segments).explode("segment")
    rows = rows[rows["segment"].fillna("") != ""]
    counted = rows.groupby(keys, as_index=False).size()
    counted = counted.rename(columns={"size": "count"})
    counted["count"] = counted["count"].astype(str)
    counted = counted.assign(level="district", event="filing", source_id=SOURCE)
    # A row of counts stands for many rows of the list, and for none alone.
    counted.index = pd.RangeIndex(-len(counted), 0)
    return counted[list(tables.OUTCOMES.names)]


def covering(context: Context, last: str) -> Context:
    """Return the context with the source of filings covering its lists to ``last``."""
    sources = context["sources"].copy()
    mine = sources["source_id"].eq(SOURCE) & (sources["covers_to"].fillna("") < last)
    sources.loc[mine, "covers_to"] = last
    return {**context, "sources": sources}


def gap(context: Context, result: Result) -> Result:
    """Say when lists are missing between those embedded and this one."""
    filings = result.tables["filings"]
    source = context["sources"].set_index("source_id")
    if filings.empty or SOURCE not in source.index:
        return result
    last, first = source.at[SOURCE, "covers_to"], filings["month"].min()
    if not last or pd.Period(first, "M") <= pd.Period(last, "M") + 1:
        return result
    said = say("list_gap", last=last, first=first)
    return replace(result, general=[*result.general, said])
