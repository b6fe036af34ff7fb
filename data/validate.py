"""Checking a folder of facts: every rule on every row, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from data import catalog, tables
from data.messages import say
from data.reading import failure, files, read_raw
from data.rules import Context, check_frame
from data.schema import DataError, Problem, Table
from data.tables import TABLES


def _lines(path: Path, frame: pd.DataFrame, table: Table) -> Callable[[int], int]:
    """Return a function from row position to line number in the file.

    A quoted cell may span lines, and a TOML entry starts at its ``[id]``.
    """
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if path.suffix == ".toml":
        heads = {
            line.strip("[]\r "): number
            for number, line in enumerate(text.splitlines(), 1)
            if line.startswith("[")
        }
        return lambda row: heads.get(str(frame[table.key[0]].iloc[row]), 1)
    line_of = [int(position) + 2 for position in frame.index]
    spans = frame.map(lambda cell: str(cell).count("\n")).sum(axis=1).cumsum()
    before = [0, *spans.tolist()]
    return lambda row: line_of[row] + before[row]


def check(root: Path = catalog.EMBEDDED) -> list[Problem]:
    """Check every file of facts below ``root``.

    Tables that the folder does not hold are taken from the embedded facts, so that
    a user's folder may hold only what it adds.

    Returns
    -------
    list of Problem
        Empty when every rule is kept.

    Raises
    ------
    DataError
        When the folder is not there or holds no file of facts.
    """
    if not root.is_dir():
        raise failure(str(root), 1, "folder", "folder_missing")
    problems: list[Problem] = []
    read: list[tuple[Path, pd.DataFrame, Table]] = []
    for table in TABLES:
        for path in files(root, table):
            try:
                read.append((path, read_raw(root, path, table), table))
            except DataError as error:
                problems += error.problems
    if not read and not problems:
        raise failure(str(root), 1, "folder", "folder_empty")
    context = _context(root, read)
    for path, frame, table in read:
        found = check_frame(frame, table, context)
        line = _lines(path, frame, table) if found else (lambda row: 1)
        file = path.relative_to(root).as_posix()
        problems += [
            Problem(file, line(row) if row >= 0 else 1, column, rule, *said)
            for row, column, rule, said in found
        ]
    return problems + _twice_across_files(root, read)


def _context(root: Path, read: list[tuple[Path, pd.DataFrame, Table]]) -> Context:
    """Gather the tables that others refer to.

    A folder with every table that must be there speaks for itself; any other adds
    to the embedded facts.
    """
    refers = {column.refers for table in TABLES for column in table.columns}
    names = refers - {""}
    context: Context = {}
    for _, frame, table in read:
        if table.name in names and set(table.key) <= set(frame):
            before = [context[table.name]] if table.name in context else []
            context[table.name] = pd.concat([*before, frame], ignore_index=True)
    whole = {table.name for table in TABLES if not table.optional}
    if root != catalog.EMBEDDED and not whole <= {table.name for *_, table in read}:
        for name in names:
            key = list(tables.BY_NAME[name].key)
            both = [catalog.load()[name], *([context[name]] if name in context else [])]
            context[name] = pd.concat(both, ignore_index=True)
            context[name] = context[name].drop_duplicates(key, keep="last")
    for name in names - set(context):
        context[name] = pd.DataFrame(columns=list(tables.BY_NAME[name].names))
    needed = {"indicator", *tables.INDICATORS.defaults, "unit", "levels"}
    if not needed <= set(context["indicators"]):
        context["indicators"] = catalog.load()["indicators"]
    return context


def _twice_across_files(
    root: Path, read: list[tuple[Path, pd.DataFrame, Table]]
) -> list[Problem]:
    """Find keys that stand in two files of one table (observations by pillar)."""
    seen: dict[tuple[str, ...], str] = {}
    problems = []
    for path, frame, table in read:
        if "*" not in table.path or not set(table.key) <= set(frame):
            continue
        file = path.relative_to(root).as_posix()
        rows = frame[list(table.key)].itertuples(index=False, name=None)
        for row, key in zip(frame.index, rows, strict=True):
            other = seen.setdefault(key, file)
            if other != file:
                said = say("twice_elsewhere", key=", ".join(key), other=other)
                problems.append(Problem(file, int(row) + 2, "", "unique", *said))
    return problems
