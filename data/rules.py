"""Every rule a fact must keep, each a small function from a table to its problems."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import pandas as pd

from data import schema, tables
from data.messages import say
from data.schema import Column, Table

Said = tuple[str, str]  # a message in Chinese and in English
Rows = Iterator[tuple[int, str, Said]]  # row position, column, message
Context = dict[str, pd.DataFrame]
Rule = Callable[[pd.DataFrame, Table, Context], Rows]

# Names and titles are cited as they are, whatever they hold.
CITED = ("title", "product", "firm", "name")
LONGEST_TEXT = 200
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
# Under this name a context holds the text of the table being checked.
TEXTS = "texts"
PATTERNS = {
    "code": r"\d{6}",
    "month": r"(19|20)\d\d-(0[1-9]|1[0-2])",
    "year": r"(19|20)\d\d",
    "period": r"(19|20)\d\d(-(0[1-9]|1[0-2]))?",
    "day": r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?",
    "id": r"[a-z0-9_]+",
}


def _text(cells: pd.Series) -> pd.Series:
    if isinstance(cells.dtype, pd.StringDtype):
        return cells.fillna("nan")
    return cells.map(lambda v: "" if v is None else str(v))


def _checked(table: Table, context: Context) -> Iterator[tuple[Column, pd.Series]]:
    """Give the columns that are there with their cells as text."""
    texts = context[TEXTS]
    for column in table.columns:
        if column.name in texts:
            yield column, texts[column.name]


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
    for column, text in _checked(table, context):
        if column.required:
            for row in _positions(text.isin(["", "nan"])):
                yield row, column.name, say("empty")


def kind(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Every cell is written as its column asks (code, month, period, id)."""
    for column, text in _checked(table, context):
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
    if not isinstance(value, list):
        return False
    if not allowed:
        return all(isinstance(item, str) for item in value)
    return bool(value) and set(map(str, value)) <= {*allowed}


def number(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Every number is a finite number inside its column's bounds."""
    for column, text in _checked(table, context):
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
    for column, text in _checked(table, context):
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
    """Find every place, zone, indicator, source or segment that is named."""
    for column, text in _checked(table, context):
        if not column.refers:
            continue
        fixed = pd.Series(column.level, index=frame.index)
        level = frame["level"].astype(str) if "level" in frame else fixed
        level = fixed if column.level else level
        if column.refers != "places":
            ids = set(context[column.refers][tables.BY_NAME[column.refers].key[0]])
            wrong = ~_within(text, column, ids)
        elif level.eq("").all():
            wrong = ~_within(text, column, set(context["places"]["place"]))
        elif column.kind == "ids":
            places = context["places"]
            codes = set(places.loc[places["level"] == column.level, "place"])
            wrong = ~_within(text, column, codes)
        else:
            known = pd.MultiIndex.from_arrays([level, text]).isin(_areas(context))
            wrong = ~pd.Series(known, index=text.index)
        for row in _positions(wrong & text.ne("")):
            value = text.iloc[row]
            said = say("unknown_reference", value=value, table=column.refers)
            yield row, column.name, said


def _within(text: pd.Series, column: Column, ids: set[str]) -> pd.Series:
    """Tell of each cell whether the id or ids it names are known."""
    parts = text.str.split("|") if column.kind == "ids" else text.map(lambda v: [v])
    return parts.map(ids.issuperset).astype(bool)


def _areas(context: Context) -> pd.MultiIndex:
    """Return every (level, code) that a fact may speak of."""
    places = context["places"][["level", "place"]]
    provinces = pd.DataFrame({"place": context["provinces"]["province"]})
    nation = pd.DataFrame({"level": ["nation"], "place": [schema.NATION]})
    known = pd.concat([places, provinces.assign(level="province"), nation])
    return pd.MultiIndex.from_frame(known[["level", "place"]].astype(str))


def observation(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Hold a figure to its indicator's unit, level and range."""
    held = (tables.OBSERVATIONS, tables.AREA_FIGURES)
    needed = {"indicator", "unit", "value", "level"}
    if table not in held or not needed <= set(frame):
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
    there = frame["level"]
    if "zone" in frame:
        there = there.mask(frame["zone"].fillna("").ne(""), "zone")
    for row, (level, levels) in enumerate(zip(there, named["levels"], strict=True)):
        if isinstance(levels, list) and level not in levels:
            yield row, "level", say("wrong_level", levels=", ".join(map(str, levels)))


def dated(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Hold every source to a month of publication or a lag.

    Without either nobody could say from when its figures were known.
    """
    if table is not tables.SOURCES or "lag_months" not in frame:
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
    if table is not tables.PLACES or not set(table.names) <= set(frame):
        return
    known = context["places"]
    cities = set(known.loc[known["level"] == "city", "place"])
    district = frame["level"] == "district"
    wrong = (
        district
        & ~frame["parent"].isin(cities)
        & (frame["parent"] != frame["province"])
    )
    for row in _positions(wrong):
        yield row, "parent", say("no_parent", value=frame["parent"].iloc[row])


def told(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Hold a published ranking's row to a rank, a tier or a score."""
    told_by = ["rank", "tier", "score"]
    if table is not tables.RANKINGS or not set(told_by) <= set(frame):
        return
    nothing = frame[told_by].map(lambda value: str(value) in ("", "nan")).all(axis=1)
    for row in _positions(nothing):
        yield row, "rank", say("nothing_told")


def ordered(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Find no policy that ends before it begins or was issued."""
    spans = {"issued", "valid_from", "valid_until"}
    if table is not tables.POLICIES or not spans <= set(frame):
        return
    end = frame["valid_until"].astype(str)
    for start in ("issued", "valid_from"):
        begin = frame[start].astype(str)
        # A year and a month are compared by the year alone.
        size = pd.concat([begin.str.len(), end.str.len()], axis=1).min(axis=1)
        pairs = zip(begin, end, size, strict=True)
        late = [bool(b and e and e[:n] < b[:n]) for b, e, n in pairs]
        for row in _positions(pd.Series(late)):
            values = {"begin": begin.iloc[row], "end": end.iloc[row]}
            yield row, "valid_until", say("ends_early", **values)


def printable(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Find no control character: a terminal or a spreadsheet would obey it."""
    for column, text in _checked(table, context):
        for row in _positions(text.str.contains(CONTROL)):
            yield row, column.name, say("control")


def no_sentence(frame: pd.DataFrame, table: Table, context: Context) -> Rows:
    """Find no sentence in a cell of a CSV file: facts are kept, wording is not."""
    if not table.path.endswith(".csv"):
        return
    for column, text in _checked(table, context):
        if column.kind == "text" and column.name not in CITED:
            wrong = text.str.contains("[。！？]") | (text.str.len() > LONGEST_TEXT)
            for row in _positions(wrong):
                yield row, column.name, say("sentence", most=LONGEST_TEXT)


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
    told,
    ordered,
    printable,
    no_sentence,
)


def check_frame(
    frame: pd.DataFrame, table: Table, context: Context
) -> list[tuple[int, str, str, Said]]:
    """Apply every rule to one table.

    Returns
    -------
    list of (row position, column, rule, message)
        Row position -1 stands for the header.
    """
    known = [column.name for column in table.columns if column.name in frame]
    # Made once for all rules: it is most of the work.
    texts = pd.DataFrame({name: _text(frame[name]) for name in known}, frame.index)
    context = {**context, TEXTS: texts}
    return [
        (row, column, rule.__name__, message)
        for rule in RULES
        for row, column, message in rule(frame, table, context)
    ]
