"""train and evaluate: the model, and how well it ranks."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import pandas as pd

from app.commands import output
from app.commands.errors import UserError
from app.commands.folder import load_facts
from data import DataError, Facts
from data.schema import LEVELS
from data.validate import check
from features import shift
from model import store, task, training
from model.evaluate import ORIGINS
from model.evaluate import evaluate as judge


def month(value: str, facts: Facts, after: str, before: str) -> str:
    """Return a month that the outcomes cover.

    Raises
    ------
    UserError
        When it is not a month, or outside what can be trained or judged on.
    """
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        raise UserError("month_form", value=value)
    if not after <= value <= before:
        raise UserError("month_range", value=value, first=after, last=before)
    return value


def train(args: argparse.Namespace) -> None:
    """Train both levels, judge them and store the model."""
    facts = load_facts(args.data)
    problems = check()
    if problems:
        raise DataError(problems)
    last = training.last_month(facts)
    first = shift(task.FIRST_QUARTERLY, 2 * task.HORIZON)
    as_of = month(args.as_of, facts, first, last) if args.as_of is not None else last
    folder = Path(args.out) if args.out is not None else store.folder(facts)
    model = training.train_all(
        facts, folder, as_of, args.seed, args.threads, output.progress
    )
    output.note(args.lang, "train_done", as_of=as_of, path=folder)
    _print_judgement(model.manifest["metrics"], args)  # type: ignore[arg-type]


def evaluate(args: argparse.Namespace) -> None:
    """Train at rolling origins and judge on the months after each."""
    facts = load_facts(args.data)
    last = shift(training.last_month(facts), -task.HORIZON)
    first = shift(task.FIRST_QUARTERLY, task.HORIZON)
    origins = list(ORIGINS) if args.origins is None else args.origins.split(",")
    origins = [month(origin, facts, first, last) for origin in origins]
    levels = (args.level,) if args.level else LEVELS
    results = judge(facts, tuple(origins), levels, progress=output.progress)
    _print_judgement(results, args)


def _print_judgement(results: list[dict[str, Any]], args: argparse.Namespace) -> None:
    if args.json:
        output.print_json(results)
        return
    for result in results:
        print(f"\n{result['level']}  {result['as_of']}  +{result['horizon_months']}")
        output.print_table(judgement_table(result))


def judgement_table(result: dict[str, Any]) -> pd.DataFrame:
    """Return one row for the model and each baseline, one column for each task."""
    columns: dict[str, dict[str, str]] = {}
    for name, judged in result["tasks"].items():
        for metric in judged["model"]:
            best = judged["best_baseline"][metric]
            column = {"model": f"{judged['model'][metric]:.3f}"}
            for baseline, values in judged["baselines"].items():
                mark = "*" if baseline == best else ""
                column[baseline] = f"{values[metric]:.3f}{mark}"
            lift = judged["lift"][metric]
            low, high = lift["low"], lift["high"]
            column["lift over *"] = f"{lift['value']:+.3f} [{low:+.3f}, {high:+.3f}]"
            column["n"] = str(judged.get("places", judged["segments"]))
            columns[f"{name} {metric}"] = column
    table = pd.DataFrame(columns).fillna("")
    return table.rename_axis("ranking").reset_index()
