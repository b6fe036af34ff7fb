"""Reads the table of a user's file, CSV, XLSX or DOCX, with the number of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from data.importers import cells
from data.importers.grids import (
    HEADER_WITHIN,
    MOST_ROWS,
    Grid,
    Progress,
    grids,
    quiet,
)
from data.messages import say
from data.reading import failure

NOTE = (
    *("注", "备注", "说明", "附注", "资料来源", "数据来源", "来源", "单位", "制表"),
    *("填表", "审核", "note", "source", "*", "※"),
)
TOTALS = {"合计", "总计", "小计", "共计", "total", "sum", "subtotal"}

# What marks the example rows of our templates.
EXAMPLES = frozenset(("示例，请删去这一行", "example, delete this row"))
# The name of a column that is known and left out.
IGNORED = "ignored"
# Before the id of an indicator that has a column of its own.
WIDE = "="

# Says which column a heading means, None when it means none.
Known = Callable[[str], str | None]
# For each thing needed, the columns of which one will do.
Needed = Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class Sheet:
    """The rows of a user's table under our column names, every cell text.

    ``where`` says for each row its ``file``, ``table`` (sheet or number of a table,
    empty when there is one), ``row`` number in the file, and ``above``, the title.
    ``too_long`` are the rows with more cells than the header.
    """

    frame: pd.DataFrame
    where: pd.DataFrame
    headings: dict[str, str]
    too_long: dict[int, int] = field(default_factory=dict)
    remarks: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Header:
    row: int
    depth: int
    headings: list[str]
    columns: list[str | None]

    def lacks(self, needed: Needed) -> tuple[str, ...] | None:
        """Return the first thing needed that is not there."""
        have = set(self.columns)
        return next((names for names in needed if not have & set(names)), None)

    def found(self) -> int:
        return len(set(self.columns) - {None})


def read(
    paths: Iterable[Path], known: Known, needed: Needed, progress: Progress = quiet
) -> Sheet:
    """Read every table of the files whose header fits.

    Titles above a header, headers repeated on each page, notes and totals below are
    left out; everything else is a row.

    Parameters
    ----------
    paths : iterable of Path
    known : callable
        Turns a heading into the name of a column.
    needed : sequence of tuple of str
        Columns that must be there; of each tuple one will do.
    progress : callable, optional
        Wraps the rows of long sheets to show how far the reading is.

    Raises
    ------
    DataError
        When a file cannot be read, holds no table that fits, or no rows.
    """
    parts: list[_Part] = []
    for path in paths:
        parts += _parts(path, grids(path, progress), known, needed)
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    where = pd.concat([part.where for part in parts], ignore_index=True)
    frame = frame.fillna("")
    before = 0
    too_long: dict[int, int] = {}
    remarks: list[tuple[str, str]] = []
    for part in parts:
        too_long |= {before + row: size for row, size in part.too_long.items()}
        remarks += part.remarks
        before += len(part.frame)
    if before > MOST_ROWS:
        name = where["file"].iloc[-1]
        raise failure(name, 1, "size", "too_many_rows", most=MOST_ROWS)
    headings = {k: v for part in reversed(parts) for k, v in part.headings.items()}
    return Sheet(frame, where, headings, too_long, remarks)


@dataclass(frozen=True)
class _Part:
    frame: pd.DataFrame
    where: pd.DataFrame
    headings: dict[str, str]
    too_long: dict[int, int]
    remarks: list[tuple[str, str]]


def _parts(path: Path, found: list[Grid], known: Known, needed: Needed) -> list[_Part]:
    """Return the tables of one file that fit, or say what the best of them lacks."""
    kept: list[tuple[Grid, _Header]] = []
    best: tuple[Grid, _Header] | None = None
    left: list[str] = []
    for grid in found:
        header = _header(grid, known)
        if header and not header.lacks(needed):
            kept.append((grid, header))
        elif not header and _continues(grid, kept):
            # A document may break its table without repeating the header.
            before = kept[-1][1]
            kept.append((grid, _Header(-1, 1, before.headings, before.columns)))
        else:
            left.append(grid.table)
            if header and (best is None or header.found() > best[1].found()):
                best = (grid, header)
    if not kept:
        raise _unfit(path, found, best, needed)
    several = len(kept) > 1 or (len(found) > 1 and path.suffix.lower() == ".docx")
    parts = [_part(grid, header, several) for grid, header in kept]
    if not sum(len(part.frame) for part in parts):
        raise failure(path.name, kept[0][1].row + 1, "format", "no_rows")
    if left:
        names = ", ".join(left)
        parts[0].remarks.append(say("tables_left", file=path.name, tables=names))
    return parts


def _unfit(
    path: Path, found: list[Grid], best: tuple[Grid, _Header] | None, needed: Needed
) -> Exception:
    if best is None:
        wanted = ", ".join(names[0] for names in needed)
        return failure(path.name, 1, "columns", "no_header", wanted=wanted)
    grid, header = best
    lacks = header.lacks(needed) or ()
    names = " / ".join(name for name in lacks if not name.startswith(WIDE))
    have = ", ".join(filter(None, header.headings))
    line = grid.numbers[header.row]
    values = {"column": names, "have": have}
    return failure(path.name, line, "columns", "column_missing", names, **values)


def _continues(grid: Grid, kept: list[tuple[Grid, _Header]]) -> bool:
    if not kept or not grid.pages or not grid.rows:
        return False
    return len(grid.rows[0]) == len(kept[-1][1].columns)


def _header(grid: Grid, known: Known) -> _Header | None:
    """Find the row, or the pair of rows, with most known headings."""
    best: _Header | None = None
    for row in range(min(len(grid.rows), HEADER_WITHIN)):
        for depth in (1, 2):
            headings = _headings(grid.rows[row : row + depth])
            header = _Header(row, depth, headings, [known(text) for text in headings])
            least = best.found() if best else 1
            if len(headings) and header.found() > least:
                best = header
    return best


def _headings(rows: list[list[str]]) -> list[str]:
    """Join header rows: of merged cells the lower one that says something counts."""
    width = max((len(row) for row in rows), default=0)
    padded = [row + [""] * (width - len(row)) for row in rows]
    if len(padded) < 2:
        return padded[0] if padded else []
    return [low or high for high, low in zip(*padded, strict=True)]


def _part(grid: Grid, header: _Header, several: bool) -> _Part:
    """Cut a grid into its rows of data under our names."""
    width = len(header.columns)
    first = header.row + header.depth if header.row >= 0 else 0
    above = dict.fromkeys(text for row in grid.rows[:first] for text in row if text)
    heads = grid.rows[max(header.row, 0) : first]
    rows: list[list[str]] = []
    numbers: list[int] = []
    skipped: list[int] = []
    too_long: dict[int, int] = {}
    for number, row in zip(grid.numbers[first:], grid.rows[first:], strict=True):
        said = [text for text in row if text]
        if not said:
            continue
        if row in heads or _aside(said, above, width):
            skipped.append(number)
            continue
        if any(row[width:]):
            too_long[len(rows)] = len(row)
        rows.append([*row[:width], *[""] * (width - len(row))])
        numbers.append(number)
    raw = pd.DataFrame(rows, columns=range(width), dtype=object)
    frame, headings = _named(grid, header, raw)
    where = pd.DataFrame(
        {"file": grid.file, "table": grid.table if several else "", "row": numbers}
    )
    where["above"] = "\n".join([grid.above, *above])
    remarks = list(grid.remarks)
    unused = [
        heading
        for heading, column in zip(header.headings, header.columns, strict=True)
        if heading and column is None
    ]
    if unused:
        names = ", ".join(dict.fromkeys(unused))
        remarks.append(say("columns_unused", file=grid.file, columns=names))
    examples = [
        number
        for number, row in zip(grid.numbers, grid.rows, strict=True)
        if not EXAMPLES.isdisjoint(row)
    ]
    if examples:
        named = ", ".join(map(str, examples))
        remarks.append(say("rows_example", file=grid.file, rows=named))
    if skipped:
        shown = ", ".join(map(str, skipped[:10])) + ("..." if skipped[10:] else "")
        remarks.append(say("rows_skipped", file=grid.file, rows=shown))
    return _Part(frame, where, headings, too_long, remarks)


def _aside(said: list[str], above: Iterable[str], width: int) -> bool:
    """Return whether a row is a repeated title, a note or a total, and no data."""
    one = set(said)
    if len(one) == 1 and width > 2:
        text = said[0]
        lead = cells.plain(text).lstrip("([【")
        return text in above or lead.startswith(NOTE)
    return cells.plain(said[0]).strip(":") in TOTALS


def _named(
    grid: Grid, header: _Header, raw: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Give the columns our names; two of one name must not disagree."""
    columns: dict[str, pd.Series] = {}
    headings: dict[str, str] = {}
    for position, name in enumerate(header.columns):
        if name in (None, IGNORED):
            continue
        column = raw[position]
        if name in columns:
            both = columns[name].ne("") & column.ne("") & columns[name].ne(column)
            if both.any():
                line = grid.numbers[max(header.row, 0)]
                heading = header.headings[position]
                values = {"column": f"{headings[name]} / {heading}"}
                raise failure(grid.file, line, "columns", "column_twice", **values)
            column = columns[name].where(columns[name].ne(""), column)
        columns[name] = column
        headings.setdefault(name, header.headings[position])
    return pd.DataFrame(columns), headings
