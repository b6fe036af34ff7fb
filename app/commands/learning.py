"""train and evaluate: the model, and how well it ranks."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from app.commands import held_out, judgement, output, promotion
from app.commands.errors import UserError
from app.commands.folder import load_facts
from data import DataError, Facts
from data.schema import LEVELS
from data.validate import check
from features import shift
from model import ahead, champion, recipe, store, task, training
from model.evaluate import ORIGINS
from model.evaluate import evaluate as judge
from model.leave_out import leave_out
from model.manifest import MANIFEST_FILE
from model.ranker import SiteRanker


def month(value: str, facts: Facts, after: str, before: str) -> str:
    """Return a month that the outcomes cover.

    Raises
    ------
    UserError
        When it is not a month, or outside what can be trained or judged on.
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", value):
        raise UserError("month_form", value=value)
    if not after <= value <= before:
        raise UserError("month_range", value=value, first=after, last=before)
    return value


def train(args: argparse.Namespace) -> None:
    """Train both levels, judge them, and store the model that is not worse."""
    facts = load_facts(args.data)
    folder = Path(args.out) if args.out is not None else store.folder(facts)
    if args.back:
        back(folder, facts, args)
        return
    problems = check()
    if problems:
        raise DataError(problems)
    last = task.last_month(facts)
    first = shift(task.FIRST_QUARTERLY, 2 * task.HORIZON)
    as_of = month(args.as_of, facts, first, last) if args.as_of is not None else last
    model = training.train_all(
        facts,
        folder,
        as_of,
        chosen(args),
        args.resamples,
        champion.ASKED if args.promote else "",
        output.progress,
    )
    ahead.keep(folder, model, output.progress)
    judged: Any = model.manifest["metrics"]
    judgement.show(judged, facts, args)
    promotion.say(model, folder, args.lang)


def chosen(args: argparse.Namespace) -> SiteRanker:
    """Return the shipped recipe with what the options set."""
    options = {
        "weight": args.weight,
        "fundamentals__n_estimators": args.trees,
        "fundamentals__num_leaves": args.leaves,
        "fundamentals__random_state": args.seed,
        "fundamentals__num_threads": args.threads,
    }
    return recipe.shipped(
        **{name: value for name, value in options.items() if value is not None}
    )


def back(folder: Path, facts: Facts, args: argparse.Namespace) -> None:
    """Put the previous model in use again.

    Raises
    ------
    UserError
        When there is none, or other options are given.
    """
    if args.promote or args.as_of is not None:
        raise UserError("back_alone")
    if not (folder / store.PREVIOUS / MANIFEST_FILE).is_file():
        raise UserError("no_previous", path=folder / store.PREVIOUS)
    model = store.back(folder, facts)
    output.note(args.lang, "train_back", as_of=model.as_of, path=folder)


def evaluate(args: argparse.Namespace) -> None:
    """Train at rolling origins and judge on the months after each."""
    facts = load_facts(args.data)
    if args.origins is not None and args.origin is not None:
        raise UserError("origins_twice")
    last = shift(task.last_month(facts), -task.HORIZON)
    first = shift(task.FIRST_QUARTERLY, task.HORIZON)
    given = args.origins if args.origin is None else args.origin
    usual = ORIGINS[-1:] if args.leave_out else ORIGINS
    origins = list(usual) if given is None else given.split(",")
    origins = [month(origin, facts, first, last) for origin in origins]
    levels = (args.level,) if args.level else LEVELS
    if args.leave_out is None:
        results = judge(facts, tuple(origins), levels, progress=output.progress)
        judgement.show(results, facts, args)
        return
    results = [
        leave_out(facts, args.leave_out, level, origin, progress=output.progress)
        for level in levels
        for origin in origins
    ]
    held_out.show(results, facts, args)
