"""Reading the files of facts: text, CSV and TOML, with the line of what is wrong."""

from __future__ import annotations

import csv
import re
import tomllib
import warnings
from collections import Counter
from io import StringIO
from pathlib import Path

import pandas as pd

from data.messages import say
from data.schema import DataError, Problem, Table

# The longest cell is no fault of the format; the rules speak of it.
csv.field_size_limit(2**31 - 1)


def files(root: Path, table: Table) -> list[Path]:
    """Return the files of ``table`` under ``root``, in name order."""
    found = set(root.glob(table.path))
    return sorted(found | set(root.glob(table.also) if table.also else ()))


def failure(
    file: str, line: int, rule: str, key: str, at: str = "", /, **values: object
) -> DataError:
    """Return the error of a file that cannot be read any further.

    Parameters
    ----------
    file, line, at : str, int, str
        Where: file, line and column.
    rule : str
        The rule broken.
    key : str
        Message, see :mod:`data.messages`.
    **values : object
        Its placeholders.
    """
    return DataError([Problem(file, line, at, rule, *say(key, **values))])


def _line_in(text: str) -> int:
    named = re.search(r"line (\d+)", text)
    return int(named[1]) if named else 1


def read_text(path: Path, name: str) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises
    ------
    DataError
        When it is not UTF-8, with the line of the first wrong byte.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        # Line ends of every system are read alike.
        return text.replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise failure(name, line, "format", "encoding", why=error.reason) from None


def read_csv(path: Path, name: str = "") -> pd.DataFrame:
    """Read a CSV file as text, every cell a string and an empty cell ``""``.

    Parameters
    ----------
    path : Path
    name : str, optional
        What the file is called in messages; its own name by default.

    Raises
    ------
    DataError
        When the file is not UTF-8 text or not a table.
    """
    name = name or path.name
    text = read_text(path, name)
    header = _header(text)
    twice = [column for column, n in Counter(header).items() if n > 1]
    if twice:
        raise failure(name, 1, "columns", "column_twice", twice[0], column=twice[0])
    try:
        with warnings.catch_warnings():
            # More cells than columns: pandas would drop them with a warning.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                StringIO(text),
                dtype=str,
                keep_default_na=False,
                index_col=False,
                skip_blank_lines=False,
            )
    except (
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        pd.errors.ParserWarning,
    ) as error:
        line = _wrong_line(text)
        raise failure(name, line, "format", "format", why=error) from None
    # The index keeps counting blank lines, so that it still tells the line.
    return frame[frame.fillna("").ne("").any(axis=1)]


def _header(text: str) -> list[str]:
    return next(csv.reader(StringIO(text)), [])


def _wrong_line(text: str) -> int:
    """Return the line of the first row that is too long, or of the last row."""
    rows = csv.reader(StringIO(text))
    columns = len(next(rows, []))
    start = begins = rows.line_num + 1
    for row in rows:
        start, begins = begins, rows.line_num + 1
        if len(row) > columns:
            break
    return start if columns else 1


def read_toml(path: Path, table: Table, name: str = "") -> pd.DataFrame:
    """Read a TOML file of ``[id]`` tables into one row for each id.

    Raises
    ------
    DataError
        When the file is not TOML, or an entry is not a table.
    """
    name = name or path.name
    try:
        entries = tomllib.loads(read_text(path, name))
    except tomllib.TOMLDecodeError as error:
        line = _line_in(str(error))
        raise failure(name, line, "format", "format", why=error) from None
    loose = [key for key, entry in entries.items() if not isinstance(entry, dict)]
    if loose:
        raise failure(name, 1, "format", "format", why=f"{loose[0]} = ...")
    id_column = table.key[0]
    rows = [{**table.defaults, id_column: k, **entry} for k, entry in entries.items()]
    return pd.DataFrame(rows, columns=None if rows else list(table.names))


def read_raw(root: Path, path: Path, table: Table) -> pd.DataFrame:
    """Read one file of ``table`` with its cells as they stand."""
    name = path.relative_to(root).as_posix()
    if path.suffix == ".toml":
        return read_toml(path, table, name)
    return read_csv(path, name)


def _scalar(value: object) -> object:
    """Return the value itself, or its text when it is a TOML list, date or flag."""
    return value if isinstance(value, str | int | float | None) else str(value)


def typed(frame: pd.DataFrame, table: Table, file: str) -> pd.DataFrame:
    """Turn number columns into floats and check that the columns are there."""
    have = ", ".join(map(str, frame.columns))
    for column in table.columns:
        name = column.name
        if name not in frame:
            if column.required:
                values = {"column": name, "have": have}
                raise failure(file, 1, "columns", "column_missing", name, **values)
            frame[name] = ""
        elif column.kind == "number":
            number = pd.to_numeric(frame[name].map(_scalar), errors="coerce")
            wrong = number.isna() & frame[name].notna() & frame[name].ne("")
            if wrong.any():
                row = frame.index[wrong.to_numpy().argmax()]
                value, line = frame.at[row, name], int(row) + 2
                raise failure(file, line, "number", "not_number", name, value=value)
            frame[name] = number.astype(float)
    return frame
