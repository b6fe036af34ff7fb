"""facts and check-data: figures with their sources, and what is wrong with a folder."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from app.commands import output
from app.commands.errors import UserError, one_line
from app.commands.folder import load_facts
from data import EMBEDDED, Facts
from data.reading import files, read_raw
from data.tables import TABLES
from data.validate import check
from model.score import UnknownNameError

COLUMNS = [
    *("place", "level", "indicator", "name_zh", "name_en", "period", "value", "unit"),
    *("quality", "source_id", "locator", "status", "published", "note"),
]
# What is asked for on the command line -> the table that knows it, and its column.
ASKED = {
    "place": ("places", "place"),
    "indicator": ("indicators", "indicator"),
    "source": ("sources", "source_id"),
}


def rows(facts: Facts, table: str, **asked: str | None) -> pd.DataFrame:
    """Return the rows of a table for a place, an indicator or a source.

    Parameters
    ----------
    facts : Facts
    table : str
        Name of a table of :mod:`data.tables`.
    **asked : str or None
        ``place``, ``indicator``, ``source``: only rows with that value.

    Raises
    ------
    UnknownNameError
        When what is asked for is not known.
    UserError
        When the table does not tell what is asked for.
    """
    found = facts[table]
    for kind, value in asked.items():
        if value is None:
            continue
        held, column = ASKED[kind]
        known = set(facts[held][column])
        if kind == "place":
            known |= set(facts["provinces"]["province"])
        if value not in known:
            raise UnknownNameError(kind, value, sorted(known))
        if column not in found:
            raise UserError("no_such_filter", table=table, column=column)
        found = found[found[column] == value]
    return found


def figures(facts: Facts, **asked: str | None) -> pd.DataFrame:
    """Return figures with the names of their indicators.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``; filtered as by :func:`rows`.
    """
    table = rows(facts, "observations", **asked)
    names = facts.indicators.loc[table["indicator"]]
    named = table.assign(
        name_zh=names["name_zh"].to_numpy(), name_en=names["name_en"].to_numpy()
    )
    return named[COLUMNS].sort_values(["level", "place", "indicator", "period"])


def facts(args: argparse.Namespace) -> None:
    """Print figures, or the rows of another table, with their sources."""
    held = load_facts(args.data)
    asked = {kind: getattr(args, kind) for kind in ASKED}
    if args.table != "observations":
        table = rows(held, args.table, **asked)
        output.write(table.to_dict("records"), table, args.format)
        return
    table = figures(held, **asked)
    short = ["name_en" if args.lang == "zh" else "name_zh", "published", "note"]
    shown = table.drop(columns=short) if args.format == "table" else table
    output.write(table.to_dict("records"), shown, args.format)


def counts(folder: Path) -> dict[str, int]:
    """Return how many rows of each kind of fact a folder holds."""
    return {
        table.name: sum(len(read_raw(folder, path, table)) for path in found)
        for table in TABLES
        if (found := files(folder, table))
    }


def check_data(args: argparse.Namespace) -> int:
    """List every problem of a folder of facts as file:line."""
    folder = EMBEDDED if args.folder is None else Path(args.folder)
    problems = check(folder)
    # A file that cannot be read at all is among the problems and is not counted.
    held = {} if any(p.rule == "format" for p in problems) else counts(folder)
    if args.json:
        listed = [asdict(problem) for problem in problems]
        output.print_json({"counts": held, "problems": listed})
    else:
        for problem in problems:
            print(one_line(problem.text(args.lang)))
        if held:
            output.print_table(pd.DataFrame(held.items(), columns=["table", "rows"]))
        output.note(args.lang, "checked", count=len(problems), path=folder.name)
    return 2 if problems else 0
