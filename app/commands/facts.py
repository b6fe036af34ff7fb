"""facts and check-data: figures with their sources, and what is wrong with a folder."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from app.commands import output
from data import EMBEDDED, Facts, load
from data.validate import check
from model.score import UnknownNameError

COLUMNS = [
    *("place", "level", "indicator", "name_zh", "name_en", "period", "value", "unit"),
    *("quality", "source_id", "locator"),
]


def figures(
    facts: Facts, place: str | None, indicator: str | None, source: str | None
) -> pd.DataFrame:
    """Return the figures of a place, an indicator or a source; all when not asked.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``; the names are those of the indicator.

    Raises
    ------
    UnknownNameError
        When what is asked for is not known.
    """
    table = facts.observations
    asked = (
        ("place", "place", place, set(facts["places"]["place"])),
        ("indicator", "indicator", indicator, set(facts.indicators.index)),
        ("source", "source_id", source, set(facts.sources.index)),
    )
    for kind, column, value, known in asked:
        if value is None:
            continue
        if value not in known:
            raise UnknownNameError(kind, value, sorted(known))
        table = table[table[column] == value]
    names = facts.indicators.loc[table["indicator"]]
    named = table.assign(
        name_zh=names["name_zh"].to_numpy(), name_en=names["name_en"].to_numpy()
    )
    return named[COLUMNS].sort_values(["level", "place", "indicator", "period"])


def facts(args: argparse.Namespace) -> None:
    """Print figures with unit, period, quality, source and locator."""
    table = figures(load(), args.place, args.indicator, args.source)
    short = table.drop(columns="name_en" if args.lang == "zh" else "name_zh")
    shown = short if args.format == "table" else table
    output.write(table.to_dict("records"), shown, args.format)


def check_data(args: argparse.Namespace) -> int:
    """List every problem of a folder of facts as file:line."""
    folder = EMBEDDED if args.folder is None else Path(args.folder)
    problems = check(folder)
    if args.json:
        output.print_json({"problems": [asdict(problem) for problem in problems]})
    else:
        for problem in problems:
            print(problem.text(args.lang))
        output.note(args.lang, "checked", count=len(problems), path=folder.name)
    return 2 if problems else 0
