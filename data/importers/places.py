"""Places that a user adds or corrects."""

from __future__ import annotations

import pandas as pd

from data import tables
from data.importers import cells, headings
from data.importers.columns import at, by_value, once, text, words
from data.importers.names import Gazetteer, gazetteer
from data.importers.outcomes import written
from data.importers.result import Book, Result
from data.importers.sheets import Known, Needed, Sheet
from data.messages import say
from data.rules import Context

COLUMNS = (
    *("code", "name_zh", "name_en", "level", "parent", "province", "lon", "lat"),
)


def known(context: Context) -> Known:
    """Return what finds the column a heading means; ``place`` is the code here."""
    return headings.known(COLUMNS, {"place": "code"})


def needed(context: Context) -> Needed:
    """Return what a table must have."""
    return (("code",), ("name_zh",))


def read(sheet: Sheet, context: Context) -> Result:
    """Turn a user's table into rows of the table of places.

    A place that is known already keeps what the table does not say; a new one needs
    all of it, the English name too. Its province follows from its code.

    Parameters
    ----------
    sheet : Sheet
    context : dict of DataFrame
        The facts with the places there are.

    Returns
    -------
    Result
        ``tables["places"]`` and what was rejected.
    """
    book = Book(sheet)
    index = gazetteer(context)
    known_places = context["places"].set_index(["level", "place"])
    table = pd.DataFrame({"place": _codes(book, index)})
    table["level"] = _levels(book, table["place"], index)
    before = known_places.reindex(pd.MultiIndex.from_frame(table[["level", "place"]]))
    for name in ("name_zh", "name_en", "parent", "province", "lon", "lat"):
        said = text(book, name)
        if name == "parent":
            said = _parents(book, said, index)
        elif name in ("lon", "lat"):
            said = _numbers(book, said)
        old = before[name].map(lambda v: "" if pd.isna(v) else str(v)).to_numpy()
        table[name] = said.where(said.ne(""), pd.Series(old, index=said.index))
    own = table["place"].str[:2] + "0000"
    table["province"] = table["province"].where(table["province"].ne(""), own)
    for name in ("province", "parent"):
        other = table[name].ne("") & (table[name].str[:2] != table["place"].str[:2])
        for value, rows in by_value(table[name], other & table["place"].ne("")):
            place = table.at[rows[0], "place"]
            book.reject(rows, say("not_of_province", value=value, place=place))
    # A place stands with its parent among all others, as it will be read.
    table = table[list(tables.PLACES.names)]
    once(book, table[book.valid()], ["level", "place"], list(tables.PLACES.names[2:]))
    mine = table[book.valid()]
    keys = pd.MultiIndex.from_frame(mine[["level", "place"]])
    rest = context["places"][list(tables.PLACES.names)]
    rest = rest[~pd.MultiIndex.from_frame(rest[["level", "place"]]).isin(keys)]
    rest = rest.set_axis(range(-len(rest), 0), axis=0)
    book.check(pd.concat([rest, mine]), tables.PLACES, context)
    return book.result({"places": table})


def _codes(book: Book, index: Gazetteer) -> pd.Series:
    """Return the codes; one given up for another is rejected."""
    said = text(book, "code")
    book.reject(at(said.eq("")), say("no_value", column=headings.both("place")))
    read = cells.each(said, lambda cell: cells.code(cell) or "")
    for value, rows in by_value(said, said.ne("") & read.eq("")):
        book.reject(rows, say("not_code", value=value))
    for value, rows in by_value(read, read.isin(index.gone)):
        new = index.gone[value][0]
        label = f"{new} {index.labels.get(('district', new), '')}".strip()
        book.reject(rows, say("place_gone", old=value, new=label), [label])
    return read


def _levels(book: Book, codes: pd.Series, index: Gazetteer) -> pd.Series:
    """Return the level: as stated, as the place has it, or as the code is made."""
    stated = words(book, "level", headings.words("level"), required=False)

    def of(code: str) -> str:
        levels = index.by_code.get(code)
        return levels[0] if levels else ("city" if code.endswith("00") else "district")

    return stated.where(stated.ne(""), cells.each(codes, of))


def _parents(book: Book, said: pd.Series, index: Gazetteer) -> pd.Series:
    """Return the parents' codes, given as a code or as the name of a city."""

    def of(cell: str) -> str:
        return cell and (cells.code(cell) or index.match(cell, "city").place)

    read = cells.each(said, of)
    for value, rows in by_value(said, said.ne("") & read.eq("")):
        match = index.match(value, "city")
        book.reject(rows, match.reason or say("empty"), match.suggestions)
    return read


def _numbers(book: Book, said: pd.Series) -> pd.Series:
    read = cells.each(said, cells.number)
    wrong = said.ne("") & read.map(lambda pair: pair is None or pair[1] != "")
    for value, rows in by_value(said, wrong):
        book.reject(rows, say("not_number", value=value))
    return read.map(lambda pair: written(pair[0]) if pair else "")
