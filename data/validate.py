"""Every rule a fact must keep, each a small function from a table to its problems."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from data import catalog, schema
from data.messages import say
from data.schema import Column, DataError, Problem, Table

Said = tuple[str, str]  # a message in Chinese and in English
Rows = Iterator[tuple[int, str, Said]]  # row position, column, message
Context = dict[str, pd.DataFrame]
Rule = Callable[[pd.DataFrame, Table, Context], Rows]

PATTERNS = {
    "code": r"\d{6}",
    "month": r"(19|20)\d\d-(0[1-9]|1[0-2])",
    "year": r"(19|20)\d\d",
    "period": r"(19|20)\d\d(-(0[1-9]|1[0-2]))?",
    "id": r"[a-z0-9_]+",
}


def _text(frame: pd.DataFrame, column: Column) -> pd.Series:
    return frame[column.name].map(lambda v: "" if v is None else str(v))


def _checked(frame: pd.DataFrame, table: Table) -> Iterator[tuple[Column, pd.Series]]:
    for column in table.columns:
        if column.name in frame:
            yield column, _text(frame, column)


def _positions(mask: pd.Series) -> list[int]:
    return [int(i) for i in mask.to_numpy().nonzero()[0]]


def columns(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Find every required column, and no other than those of the table."""
    for column in table.columns:
        if column.required and column.name not in frame:
            have = ", ".join(map(str, frame.columns))
            yield -1, column.name, say("column_missing", column=column.name, have=have)
    known = ", ".join(table.names)
    for name in map(str, frame.columns):
        if name not in table.names:
            yield -1, name, say("column_unknown", column=name, known=known)


def required(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """No required cell is empty."""
    for column, text in _checked(frame, table):
        if column.required:
            for row in _positions(text.isin(["", "nan"])):
                yield row, column.name, say("empty")


def kind(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Every cell is written as its column asks (code, month, period, id)."""
    for column, text in _checked(frame, table):
        if column.kind in PATTERNS:
            wrong = text.ne("") & ~text.str.fullmatch(PATTERNS[column.kind])
            for row in _positions(wrong):
                said = say(f"not_{column.kind}", value=text.iloc[row])
                yield row, column.name, said


def toml_types(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Hold flags, lists and numbers of a TOML file to their types."""
    for column in table.columns:
        if column.name not in frame or not table.path.endswith(".toml"):
            continue
        for row, value in enumerate(frame[column.name]):
            if _missing(value):
                continue
            if column.kind == "flag" and not isinstance(value, bool):
                yield row, column.name, say("not_flag", value=value)
            elif column.kind == "choices" and not _chosen(value, column.allowed):
                choices = ", ".join(f'"{choice}"' for choice in column.allowed)
                yield row, column.name, say("not_choices", value=value, choices=choices)
            elif column.kind == "number" and not _is_number(value):
                yield row, column.name, say("not_number", value=repr(value))


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _chosen(value: object, allowed: tuple[str, ...]) -> bool:
    """Return whether a value is a list of one or more of the allowed words."""
    return (
        isinstance(value, list) and bool(value) and set(map(str, value)) <= {*allowed}
    )


def number(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Every number is a finite number inside its column's bounds."""
    for column, text in _checked(frame, table):
        if column.kind != "number":
            continue
        value = pd.to_numeric(text, errors="coerce")
        given = ~text.isin(["", "nan"])
        wrong = given & (value.isna() | value.abs().eq(float("inf")))
        for row in _positions(wrong):
            yield row, column.name, say("not_number", value=text.iloc[row])
        low = -math.inf if column.low is None else column.low
        high = math.inf if column.high is None else column.high
        for row in _positions(given & ~wrong & ((value < low) | (value > high))):
            yield row, column.name, _outside(text.iloc[row], low, high)
        for row in _positions(given & ~wrong & column.whole & (value % 1 != 0)):
            yield row, column.name, say("not_whole", value=text.iloc[row])


def _outside(value: object, low: float, high: float) -> Said:
    bounds = f"{low:g} – {high:g}"
    if not math.isfinite(high):
        bounds = f">= {low:g}"
    elif not math.isfinite(low):
        bounds = f"<= {high:g}"
    return say("out_of_bounds", value=value, bounds=bounds)


def allowed(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Keep a column with a fixed vocabulary to it."""
    for column, text in _checked(frame, table):
        if column.allowed and column.kind != "choices":
            wrong = ~text.isin(column.allowed) & text.ne("")
            for row in _positions(wrong):
                choices = ", ".join(filter(None, column.allowed))
                said = say("not_allowed", value=text.iloc[row], choices=choices)
                yield row, column.name, said


def unique(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """No two rows share a key."""
    key = [name for name in table.key if name in frame]
    if len(key) == len(table.key):
        for row in _positions(frame.duplicated(key)):
            values = ", ".join(str(frame[name].iloc[row]) for name in key)
            yield row, "", say("twice", key=values)


def references(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Find every place, indicator, source or segment that is named."""
    for column, text in _checked(frame, table):
        if not column.refers or column.refers not in context:
            continue
        target = context[column.refers]
        if column.refers == "places" and (column.level or "level" in frame):
            have = pd.MultiIndex.from_frame(target[["level", "place"]])
            fixed = pd.Series(column.level, index=frame.index)
            level = fixed if column.level else frame["level"].astype(str)
            known = pd.MultiIndex.from_arrays([level, text]).isin(have)
            wrong = text.ne("") & ~pd.Series(known, index=text.index)
        else:
            key = "place" if column.refers == "places" else ""
            key = key or next(
                t.key[0] for t in schema.TABLES if t.name == column.refers
            )
            ids = set(target[key])
            parts = (
                text.str.split("|") if column.kind == "ids" else text.map(lambda v: [v])
            )
            wrong = text.ne("") & ~parts.map(ids.issuperset)
        for row in _positions(wrong):
            value = text.iloc[row]
            said = say("unknown_reference", value=value, table=column.refers)
            yield row, column.name, said


def observation(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Hold a figure to its indicator's unit, level and range."""
    if table is not schema.OBSERVATIONS or not set(table.names) <= set(frame):
        return
    catalogue = context["indicators"].set_index("indicator")
    known = frame["indicator"].isin(catalogue.index)
    named = catalogue.reindex(frame["indicator"])
    unit = frame["unit"].to_numpy() != named["unit"].to_numpy()
    for row in _positions(pd.Series(unit & known.to_numpy())):
        wanted = named["unit"].iloc[row]
        yield (
            row,
            "unit",
            say("wrong_unit", value=frame["unit"].iloc[row], wanted=wanted),
        )
    value = pd.to_numeric(frame["value"], errors="coerce").to_numpy()
    bounds = [pd.to_numeric(named[c], errors="coerce") for c in ("low", "high")]
    low = bounds[0].fillna(-math.inf).to_numpy()
    high = bounds[1].fillna(math.inf).to_numpy()
    for row in _positions(pd.Series((value < low) | (value > high))):
        yield row, "value", _outside(frame["value"].iloc[row], low[row], high[row])
    for row, (level, levels) in enumerate(
        zip(frame["level"], named["levels"], strict=True)
    ):
        if _chosen(levels, schema.LEVELS) and level not in levels:
            yield row, "level", say("wrong_level", levels=", ".join(levels))


def dated(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Hold every source to a month of publication or a lag.

    Without either nobody could say from when its figures were known.
    """
    if table is not schema.SOURCES or "lag_months" not in frame:
        return
    undated = frame["published"].eq("") & frame["lag_months"].map(_missing)
    for row in _positions(undated):
        yield row, "published", say("no_date")


def covered(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Find no outcome after the last month that its source covers."""
    period = "month" if "month" in frame else "year"
    if not table.path.startswith("outcomes/") or period not in frame:
        return
    one = pd.Series(table.source_id, index=frame.index)
    source = frame.get("source_id", one)
    covers = context["sources"].set_index("source_id")["covers_to"]
    last = source.map(covers).fillna("").astype(str)
    when = frame[period].astype(str)
    after = last.ne("") & (when > last.str[: 7 if period == "month" else 4])
    for row in _positions(after):
        yield (
            row,
            period,
            say("after_source", value=when.iloc[row], last=last.iloc[row]),
        )


def parents(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Find a district's parent among the cities, or its province."""
    if table is not schema.PLACES or not set(table.names) <= set(frame):
        return
    cities = set(frame.loc[frame["level"] == "city", "place"])
    district = frame["level"] == "district"
    wrong = (
        district
        & ~frame["parent"].isin(cities)
        & (frame["parent"] != frame["province"])
    )
    for row in _positions(wrong):
        yield row, "parent", say("no_parent", value=frame["parent"].iloc[row])


RULES: tuple[Rule, ...] = (
    columns,
    required,
    kind,
    toml_types,
    number,
    allowed,
    unique,
    references,
    observation,
    dated,
    covered,
    parents,
)


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


def check_frame(
    frame: pd.DataFrame, table: Table, context: Context
) -> list[tuple[int, str, str, Said]]:
    """Apply every rule to one table.

    Returns
    -------
    list of (row position, column, rule, message)
        Row position -1 stands for the header.
    """
    return [
        (row, column, rule.__name__, message)
        for rule in RULES
        for row, column, message in rule(frame, table, context)
    ]


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
        raise catalog.failure(str(root), 1, "folder", "folder_missing")
    problems: list[Problem] = []
    read: list[tuple[Path, pd.DataFrame, Table]] = []
    for table in schema.TABLES:
        for path in catalog.files(root, table):
            try:
                read.append((path, catalog.read_raw(root, path, table), table))
            except DataError as error:
                problems += error.problems
    if not read and not problems:
        raise catalog.failure(str(root), 1, "folder", "folder_empty")
    context = _context(root, read)
    for path, frame, table in read:
        line = _lines(path, frame, table)
        file = path.relative_to(root).as_posix()
        problems += [
            Problem(file, line(row) if row >= 0 else 1, column, rule, *said)
            for row, column, rule, said in check_frame(frame, table, context)
        ]
    return problems + _twice_across_files(root, read)


def _context(root: Path, read: list[tuple[Path, pd.DataFrame, Table]]) -> Context:
    """Gather the tables that others refer to, from the folder or the embedded facts."""
    names = ("provinces", "places", "segments", "indicators", "sources")
    context = {
        table.name: frame
        for _, frame, table in read
        if table.name in names and set(table.key) <= set(frame)
    }
    if root != catalog.EMBEDDED:
        embedded = catalog.load()
        context = {**{name: embedded[name] for name in names}, **context}
    if not {"indicator", *schema.INDICATORS.defaults, "unit", "levels"} <= set(
        context["indicators"]
    ):
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
