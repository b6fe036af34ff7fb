"""Reads the files of facts into tables, and joins a value to its source."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
import warnings
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from io import StringIO
from pathlib import Path

import pandas as pd

from data import schema
from data.messages import say
from data.schema import DataError, Problem, Table

EMBEDDED = Path(__file__).resolve().parent
OUTCOME_COLUMNS = [
    "place",
    "level",
    "segment",
    "month",
    "event",
    "count",
    "source_id",
]


@dataclass(frozen=True)
class Facts:
    """All facts of one folder, as tables.

    ``tables`` holds the files as they are; the properties join them into what the
    rest of the project asks for. Text is never missing (an empty string), numbers
    are float with NaN for missing.
    """

    root: Path
    fingerprint: str
    tables: dict[str, pd.DataFrame] = field(repr=False)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the table called ``name`` (see :mod:`data.schema`)."""
        return self.tables[name]

    @cached_property
    def places(self) -> pd.DataFrame:
        """Places indexed by (level, place), with latest census ``population``."""
        places = self["places"].set_index(["level", "place"], drop=False)
        places.index.names = ["_level", "_place"]
        census = self["observations"].query("indicator == 'population'")
        latest = census.sort_values("period").groupby(["level", "place"]).last()
        return places.assign(
            population=latest["value"].reindex(places.index),
            population_period=latest["period"].reindex(places.index).fillna(""),
        )

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Segments indexed by id, in the reports' order."""
        return self["segments"].set_index("segment", drop=False)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators indexed by id."""
        return self["indicators"].set_index("indicator", drop=False)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Sources indexed by id."""
        return self["sources"].set_index("source_id", drop=False)

    @cached_property
    def observations(self) -> pd.DataFrame:
        """Observations, each with its ``pillar``."""
        table = self["observations"]
        return table.assign(pillar=table["indicator"].map(self.indicators["pillar"]))

    @cached_property
    def firms(self) -> pd.DataFrame:
        """One row for each dated event of a firm in a segment.

        Returns
        -------
        DataFrame
            The columns of an outcome plus ``firm``, ``product`` and ``locator``.
            A year without a month stands at its December: known when the year is
            over. Events of a district count for their city too (see ``outcomes``).
        """
        filings = self["filings"].assign(
            level="district", event="filing", source_id="cac_filings"
        )
        filings = filings.rename(columns={"record_number": "locator"})
        listed = self["listed_firms"].assign(
            level="city", event="listing", source_id="listed_firms", product=""
        )
        listed["month"] = listed["year"] + "-12"
        listed = listed.rename(columns={"short_name": "firm", "ts_code": "locator"})
        hardware = self["hardware_firms"].assign(product="")
        hardware["month"] = hardware["year"] + "-12"
        hardware = hardware.rename(columns={"segment": "segments"})
        columns = [
            *("place", "level", "segments", "month", "event", "firm", "product"),
            *("source_id", "locator"),
        ]
        table = pd.concat(
            [part[columns] for part in (filings, listed, hardware)], ignore_index=True
        )
        table = table.assign(segment=table["segments"].str.split("|"))
        table = table.explode("segment").drop(columns="segments")
        return table[table["segment"] != ""].reset_index(drop=True)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Dated outcomes at both levels: a district's events count for its city.

        Returns
        -------
        DataFrame
            ``place, level, segment, month, event, count, source_id``, sorted.
        """
        keys = OUTCOME_COLUMNS[:5] + ["source_id"]
        single = self.firms.assign(count=1.0)
        return sum_up(single, self.places)[[*keys[:5], "count", "source_id"]]


def sum_up(outcomes: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Sum outcome counts by place and month, districts into their city as well.

    Parameters
    ----------
    outcomes : DataFrame
        Columns of an outcome; rows need not be unique.
    places : DataFrame
        Places indexed by (level, place) with ``parent``.

    Returns
    -------
    DataFrame
        One row for each place, level, segment, month, event and source.
    """
    districts = outcomes[outcomes["level"] == "district"]
    parents = places.loc["district", "parent"]
    cities = districts.assign(place=districts["place"].map(parents), level="city")
    cities = cities[cities["place"].isin(places.loc["city"].index)]
    both = pd.concat([outcomes, cities], ignore_index=True)
    keys = ["level", "place", "segment", "month", "event", "source_id"]
    return both.groupby(keys, as_index=False)["count"].sum()


def files(root: Path, table: Table) -> list[Path]:
    """Return the files of ``table`` under ``root``, in name order."""
    return sorted(root.glob(table.path))


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
        return content.decode("utf-8-sig")
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
    twice = [column for column, n in Counter(_header(text)).items() if n > 1]
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
    return pd.DataFrame(rows)


def read_raw(root: Path, path: Path, table: Table) -> pd.DataFrame:
    """Read one file of ``table`` with its cells as they stand."""
    name = path.relative_to(root).as_posix()
    if path.suffix == ".toml":
        return read_toml(path, table, name)
    return read_csv(path, name)


def _scalar(value: object) -> object:
    """Return the value itself, or its text when it is a TOML list, date or flag."""
    return value if isinstance(value, str | int | float | None) else str(value)


def _typed(frame: pd.DataFrame, table: Table, file: str) -> pd.DataFrame:
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


def _read(root: Path, table: Table) -> pd.DataFrame:
    parts = [
        _typed(read_raw(root, path, table), table, path.relative_to(root).as_posix())
        for path in files(root, table)
    ]
    if not parts:
        if table.optional:
            return pd.DataFrame(columns=list(table.names))
        values = {"path": table.path, "root": root.name}
        raise failure(table.path, 1, "file", "file_missing", **values)
    return pd.concat(parts, ignore_index=True)


def fingerprint(root: Path) -> str:
    """Return a SHA-256 over the names and bytes of every file of facts."""
    digest = hashlib.sha256()
    for table in schema.TABLES:
        for path in files(root, table):
            digest.update(path.relative_to(root).as_posix().encode())
            # Line ends may differ between checkouts; the facts do not.
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


@lru_cache(maxsize=4)
def load(root: Path = EMBEDDED) -> Facts:
    """Load the facts of a folder (by default the embedded ones).

    Raises
    ------
    DataError
        When a file or column is missing, or a number is no number. The full
        check is :func:`data.validate.check`.
    """
    tables = {table.name: _read(root, table) for table in schema.TABLES}
    return Facts(root, fingerprint(root), tables)
