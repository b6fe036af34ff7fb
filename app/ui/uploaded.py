"""Files of figures that a visitor brings: read row by row, and kept nowhere."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from app.commands.imports import USED, with_source
from app.commands.planned import SOURCE
from data import Facts
from data.importers import indicators, sheets
from data.importers.result import Result
from data.importers.sheets import Sheet

SUFFIXES = (".xlsx", ".csv")
# A name that may stand in a folder of ours and in a locator.
SAFE = re.compile(r"[\w.（）() -]{1,60}")


def suffix(name: str) -> str:
    """Return what kind of file a name says it is."""
    return SUFFIXES[0] if name.lower().endswith(SUFFIXES[0]) else SUFFIXES[1]


def called(name: str) -> str:
    """Return a file's name, or one of ours where it may be anything."""
    ending = suffix(name)
    fits = name.lower().endswith(ending) and SAFE.fullmatch(name)
    return name if fits else f"file{ending}"


def figures(
    facts: Facts,
    name: str,
    content: bytes,
    change: Callable[[Sheet], Sheet] | None = None,
) -> Result:
    """Read a file as ``import indicators`` does.

    Parameters
    ----------
    facts : Facts
    name : str
        From :func:`called`.
    content : bytes
    change : callable, optional
        What is made of the sheet before its rows are judged.

    Raises
    ------
    DataError
        When it cannot be read, or holds no such table.
    """
    context = with_source({table: facts[table] for table in USED}, SOURCE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        sheet = sheets.read(
            [path], indicators.known(context), indicators.needed(context)
        )
    return indicators.read(change(sheet) if change else sheet, context, SOURCE)
