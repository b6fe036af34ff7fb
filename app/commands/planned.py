"""Planned figures to suppose: those that the facts hold, or those of a user's file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from app.commands import imports, output
from app.commands.backtest import RowsError
from app.commands.errors import UserError
from app.commands.scenario import Setting
from data import Facts
from data.importers import indicators, sheets
from data.importers.sheets import Sheet
from data.rules import Context
from model.assumptions import planned

# Whose word a file of plans is, where it does not say.
SOURCE = "user"


def of_facts(facts: Facts, level: str, place: str, lang: str) -> list[Setting]:
    """Return the plans that the facts hold for a place, without those gone by.

    Raises
    ------
    UserError
        When there are none.
    """
    rows = planned(facts.observations, level, place)
    if over := [*rows.loc[rows["over"], "indicator"]]:
        output.note(lang, "planned_over", names=", ".join(over))
    rows = rows[~rows["over"]]
    if rows.empty:
        raise UserError("planned_none", place=place)
    return _settings(rows)


def of_file(
    path: Path, facts: Facts, level: str, place: str, lang: str
) -> list[Setting]:
    """Return the plans of a file for a place, and say how many rows are not used.

    The file is in the format of ``import indicators``. Where it has a status, only
    rows that say planned are plans; where it has none, all are. Those of a district's
    city count too.

    Parameters
    ----------
    path : Path
    facts : Facts
    level, place : str
    lang : str

    Raises
    ------
    RowsError
        When rows cannot be used, with all of them.
    UserError, DataError
        When the file cannot be read, or holds no plan of the place.
    """
    if path.is_dir():
        raise UserError("backtest_folder", path=path)
    if not path.is_file():
        raise UserError("no_file", path=path)
    context: Context = {name: facts[name] for name in imports.USED}
    sheet = sheets.read(
        [path], indicators.known(context), indicators.needed(context), output.progress
    )
    result = indicators.read(
        as_plans(sheet), imports.with_source(context, SOURCE), SOURCE
    )
    if result.rejected:
        raise RowsError(path, result.rejected)
    rows = result.tables["observations"]
    plans = rows[rows["status"] == "planned"]
    keys = pd.MultiIndex.from_frame(plans[["level", "place"]])
    city = str(facts.places.at[(level, place), "parent"])
    mine = plans[keys.isin([(level, place), ("city", city)])]
    if mine.empty:
        raise UserError("planned_elsewhere", path=path, place=place)
    mine = mine.sort_values(["period", "source_id"], kind="stable")
    mine = mine.drop_duplicates(["level", "place", "indicator"], keep="last")
    imports.told(result, lang)
    if left := len(rows) - len(mine):
        output.note(lang, "planned_ignored", count=left, rows=len(rows))
    return _settings(mine.assign(value=mine["value"].astype(float)))


def as_plans(sheet: Sheet) -> Sheet:
    """Call every row planned when the file says of none whether it is."""
    if "status" in sheet.frame:
        return sheet
    frame = sheet.frame.assign(status="planned")
    return Sheet(frame, sheet.where, sheet.headings, sheet.too_long, sheet.remarks)


def _settings(rows: pd.DataFrame) -> list[Setting]:
    names = ["level", "place", "indicator", "value"]
    return [Setting(*row) for row in rows[names].itertuples(index=False, name=None)]
