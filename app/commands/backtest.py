"""backtest: what was known at a month, judged on a file of outcomes."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import pandas as pd

from app.commands import imports, judgement, output
from app.commands.errors import UserError, one_line
from app.commands.folder import load_facts
from app.commands.learning import month
from app.ui.words import t
from data import Facts
from data.catalog import year_ends
from data.importers import outcomes, sheets
from data.importers.result import Finding
from data.rules import PATTERNS, Context
from features import shift
from model import task
from model.backtest import backtest as judge
from model.backtest import levels_of, months_judged

# A message names so many reasons, and so many rows of each.
MOST_REASONS, MOST_ROWS = 5, 10


class RowsError(Exception):
    """Rows of the file that cannot be used.

    Parameters
    ----------
    path : Path
    findings : list of Finding
    """

    def __init__(self, path: Path, findings: list[Finding]) -> None:
        self.path, self.findings = path, findings
        super().__init__(str(path))


def backtest(args: argparse.Namespace) -> int:
    """Train on what was known at a month and judge on the outcomes of a file."""
    facts = load_facts(args.data)
    first = shift(task.FIRST_QUARTERLY, task.HORIZON)
    as_of = month(args.as_of, facts, first, task.last_month(facts))
    try:
        rows = read(Path(args.outcomes), facts, as_of, args.lang)
    except RowsError as error:
        print(refusal(error, args.lang), file=sys.stderr)
        return 2
    levels = wanted(rows, args.level, args.outcomes)
    horizon = months_judged(rows, as_of, args.horizon)
    within(rows, as_of, horizon, args)
    results = judge(facts, rows, as_of, levels, horizon, progress=output.progress)
    judgement.show(results, facts, args)
    return 0


def read(path: Path, facts: Facts, as_of: str, lang: str) -> pd.DataFrame:
    """Return the outcomes of a file, all of them after the as-of.

    Raises
    ------
    RowsError
        When rows cannot be used, with all of them.
    UserError, DataError
        When the file is not there, or is no table of outcomes.
    """
    if path.is_dir():
        raise UserError("backtest_folder", path=path)
    if not path.is_file():
        raise UserError("no_file", path=path)
    context: Context = {name: facts[name] for name in imports.USED}
    sheet = sheets.read(
        [path], outcomes.known(context), outcomes.needed(context), output.progress
    )
    result = outcomes.read(sheet, of_any_source(context, sheet), "user")
    rows = result.tables["outcomes"]
    early = too_early(rows, as_of)
    wrong = [
        Finding(
            path.name, str(where["table"]), int(where["row"]), *_early(value, as_of)
        )
        for where, value in zip(
            sheet.where.loc[early.index].to_dict("records"), early, strict=True
        )
    ]
    if result.rejected or wrong:
        every = sorted([*result.rejected, *wrong], key=lambda found: found.row)
        raise RowsError(path, every)
    imports.told(result, lang)
    return rows.reset_index(drop=True)


def of_any_source(context: Context, sheet: sheets.Sheet) -> Context:
    """Return the context with every source of the file, however far it reaches.

    The file is judged on, not joined to the facts: its sources need no entry, and its
    months may come after the lists that the facts hold.
    """
    said = sheet.frame["source_id"] if "source_id" in sheet.frame else pd.Series()
    ids = [name for name in said.astype(str).unique() if _is_id(name)]
    known = context["sources"].assign(covers_to="")
    for name in sorted({*ids, "user"} - {*known["source_id"]}):
        mine = pd.DataFrame([{"source_id": name, "covers_to": ""}])
        known = pd.concat([known, mine], ignore_index=True)
    return {**context, "sources": known}


def _is_id(name: str) -> bool:
    return re.fullmatch(PATTERNS["id"], name) is not None


def too_early(rows: pd.DataFrame, as_of: str) -> pd.Series:
    """Return the months, or years, that begin by the as-of."""
    said = rows["month"].astype(str)
    begins = said.where(said.str.len() == 7, said + "-01")
    return said[begins <= as_of]


def _early(value: str, as_of: str) -> tuple[str, str]:
    """Say that a row is not after the as-of, in both languages."""
    zh, en = (
        t("error.backtest_early", lang, value=value, as_of=as_of)
        for lang in ("zh", "en")
    )
    return zh, en


def refusal(error: RowsError, lang: str) -> str:
    """Say in one line which rows cannot be used, and why, alike ones together."""
    rows: dict[str, list[int]] = {}
    for found in error.findings:
        said = found.reason_zh if lang == "zh" else found.reason_en
        if found.suggestions:
            said += " " + t("error.near", lang, names=", ".join(found.suggestions))
        rows.setdefault(said, []).append(found.row)
    reasons = [
        t("error.backtest_reason", lang, rows=_some(numbers), reason=reason)
        for reason, numbers in [*rows.items()][:MOST_REASONS]
    ]
    more = max(0, len(rows) - MOST_REASONS)
    if more:
        reasons.append(t("error.backtest_reasons", lang, count=more))
    values = {"path": error.path.name, "count": len(error.findings)}
    said = t("error.backtest_rows", lang, **values, reasons=" | ".join(reasons))
    return one_line(imports.printable(said))


def _some(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:MOST_ROWS]))
    return shown + (", ..." if len(numbers) > MOST_ROWS else "")


def wanted(rows: pd.DataFrame, level: str | None, path: str) -> tuple[str, ...]:
    """Return the levels to judge: those the file speaks of, or the one asked for."""
    levels = levels_of(rows)
    if level is None:
        return levels
    if level not in levels:
        raise UserError("backtest_level", path=path, level=level)
    return (level,)


def within(
    rows: pd.DataFrame, as_of: str, horizon: int, args: argparse.Namespace
) -> None:
    """Say how many rows come after the horizon; some must be in it.

    Raises
    ------
    UserError
        When there is nothing to judge on.
    """
    end = shift(as_of, horizon)
    inside = year_ends(rows["month"].astype(str)) <= end
    if not rows.loc[inside, "count"].astype(float).sum():
        first = shift(as_of, 1)
        raise UserError("backtest_nothing", path=args.outcomes, first=first, last=end)
    if not inside.all():
        count = int((~inside).sum())
        output.note(args.lang, "backtest_later", count=count, last=end)
