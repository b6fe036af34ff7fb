"""The sheets of an XLSX workbook as they stand."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from data.importers.cells import clean
from data.importers.grids import (
    LAST_ROW,
    LEGEND,
    MOST_CELL,
    MOST_COLUMNS,
    Grid,
    Progress,
    Rows,
    grown,
    too_many,
)
from data.reading import failure

_PERCENT = rb"numFmtId=.(9|10)\b|%"
_FORMULA = rb"<f[ >/]"
_FAR_RIGHT = rb"\br=[\"'][A-Za-z]{3}"


def read(path: Path, content: bytes, progress: Progress) -> list[Grid]:
    """Return every visible sheet of a workbook as a grid."""
    # A cell far to the right would make each of its rows as wide.
    if _has(content, _FAR_RIGHT):
        values = {"columns": "> 700", "most": MOST_COLUMNS}
        raise failure(path.name, 1, "size", "too_many_columns", **values)
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    percents = _has(content, _PERCENT, "xl/styles")
    formulas = None
    if _has(content, _FORMULA):
        formulas = load_workbook(BytesIO(content), read_only=True)
    found = []
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and sheet.title != LEGEND:
            same = formulas[sheet.title] if formulas else None
            rows, numbers = _sheet_rows(path.name, sheet, same, percents, progress)
            found.append(Grid(path.name, sheet.title, rows, numbers, sheet.title))
    return found


def _has(content: bytes, pattern: bytes, part: str = "xl/worksheets/") -> bool:
    """Return whether parts of a workbook hold a pattern of at most twenty bytes."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith(part):
                continue
            last = b""
            with archive.open(name) as file:
                while block := file.read(1 << 20):
                    if re.search(pattern, last + block):
                        return True
                    last = block[-20:]
    return False


def _sheet_rows(
    name: str, sheet: Any, formulas: Any, percents: bool, progress: Progress
) -> Rows:
    """Read a sheet's rows that say anything, with their numbers in Excel."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    cells = _cells(sheet, formulas, percents)
    for number, texts in enumerate(progress(cells, name, sheet.max_row or 0), 1):
        if number > LAST_ROW:
            raise too_many(name, number)
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            grown(name, number, rows, texts)
            numbers.append(number)
    return rows, numbers


def _cells(sheet: Any, formulas: Any, percents: bool) -> Iterator[list[str]]:
    """Yield the texts of each row, a formula where no value of it is stored.

    Without a value it must not read as an empty cell.
    """
    # The size that a sheet claims may be wrong.
    sheet.reset_dimensions()
    if percents:
        rows = ([_shown(cell) for cell in row] for row in sheet.iter_rows())
    else:
        # Values alone are read a third faster than cells with their formats.
        values = sheet.iter_rows(values_only=True)
        rows = ([_text(value) for value in row] for row in values)
    if formulas is None:
        yield from rows
        return
    formulas.reset_dimensions()
    for texts, row in zip(rows, formulas.iter_rows(values_only=True), strict=False):
        yield [
            text or ("" if value is None else str(value))
            for text, value in zip(texts, row, strict=False)
        ]


def _shown(cell: Any) -> str:
    """Write a cell as its reader sees it: 0.07 in the format of a percentage is 7%."""
    value = cell.value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and "%" in cell.number_format:
        # A hundred times 0.07 is 7.000000000000001.
        return f"{value * 100:.15g}%"
    return _text(value)


def _text(value: Any) -> str:
    """Write a value in full."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value[:MOST_CELL])
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return str(value).removesuffix(".0")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return clean(str(value))
