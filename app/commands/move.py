"""move: why a place's rank is another than it was, or than by another lens."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from app.commands import output
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from app.commands.learning import month
from app.commands.own_lens import read
from app.commands.places import level_of
from data import EMBEDDED, DataError, Facts, load
from data.reading import files
from data.tables import TABLES
from data.validate import check
from model import score as scoring
from model import store, task
from model.rank_move import Moves, lens_moves, moves
from model.rank_states import LensState, State
from model.score import Model
from model.wording import Text

# What is held the same on both sides of a comparison.
NOTES = {
    "since": Text(
        "（以现在训练出的模型排当时已知的数据，不是当时发布的榜单。）",
        "(Today's trained model on what was known then, not the list of that day.)",
    ),
    "data_before": Text(
        "（两份事实都由在用的模型来排；在以前的事实上训练，排序可能不同。）",
        "(The model in use ranks both versions of the facts; one trained on the earlier"
        " facts might rank otherwise.)",
    ),
    "model_before": Text(
        "（两个模型都排在用的事实，各自只用到它所知的最后一月。）",
        "(Both models rank the facts in use, each as known at its own last month.)",
    ),
    "lens": Text(
        "（两个标准都排在用的事实。）", "(Both lenses rank the facts in use.)"
    ),
}
OTHER_FACTS = Text(
    "（以前的模型是在另一份事实上训练的。）",
    "(The earlier model was trained on other facts.)",
)
CAUSES = ["cause", "score", "rank"]
# Why an earlier model is refused, by what the store says.
REFUSED = {
    "missing": "move_model_missing",
    **dict.fromkeys(("code", "libraries", "format"), "move_model_version"),
}


def move(args: argparse.Namespace) -> None:
    """Print why a place's rank is another than it was.

    Raises
    ------
    UserError
        When not exactly one comparison is asked for, or what it needs cannot be used.
    """
    kind = comparison(args)
    found, note = COMPARE[kind](args)
    answer = {"compared": kind, **found.of(args.place)}
    if args.json:
        output.print_json({**answer, "note_zh": note.zh, "note_en": note.en})
        return
    print(answer[f"text_{args.lang}"])
    print(getattr(note, args.lang))
    differ = [one for one in answer["causes"] if one["cause"] in answer["differ"]]
    if differ:
        output.print_table(pd.DataFrame(differ)[CAUSES])
    for one in answer["details"]:
        print(f"  {one['cause']}  {one[f'text_{args.lang}']}")


def comparison(args: argparse.Namespace) -> str:
    """Return which comparison is asked for.

    Raises
    ------
    UserError
        When it is none or several, or lacks what it needs.
    """
    by_lens = args.lens is not None or args.lens_before is not None
    given = {name: getattr(args, name) is not None for name in NOTES} | {
        "lens": by_lens
    }
    asked = [name for name, there in given.items() if there]
    if len(asked) != 1:
        raise UserError("move_one")
    if by_lens and (args.lens is None or args.lens_before is None):
        raise UserError("move_two_lenses")
    if by_lens and args.segment is not None:
        raise UserError("move_lens_segment")
    if not by_lens and args.segment is None:
        raise UserError("move_segment")
    return asked[0]


def asked(args: argparse.Namespace) -> tuple[Facts, str]:
    """Return the facts in use and the level, before a first training."""
    facts = load_facts(args.data)
    scoring.check_segment(facts, args.segment)
    return facts, level_of(facts, args.place, args.level)


def since(args: argparse.Namespace) -> tuple[Moves, Text]:
    """Compare what was known at a month with what is known now."""
    facts, level = asked(args)
    last = task.last_month(facts)
    # Before the first month that the level's ranker learns from, it knows nothing.
    first = min(task.training_cutoffs(last, level))[0]
    month(args.since, facts, first, last)
    now = ready(facts, progress=output.progress)
    then = month(args.since, facts, first, now.as_of)
    before = State(replace(now, as_of=then, draws={}))
    return moves(before, State(now), args.segment, level), NOTES["since"]


def data_before(args: argparse.Namespace) -> tuple[Moves, Text]:
    """Compare another version of the facts with those in use."""
    facts, level = asked(args)
    other = version(Path(args.data_before))
    scoring.check_segment(other, args.segment)
    now = ready(facts, progress=output.progress)
    before = State(replace(now, facts=other, draws={}))
    return moves(before, State(now), args.segment, level), NOTES["data_before"]


def version(folder: Path) -> Facts:
    """Load a whole folder of facts as it is, any other over the embedded ones.

    Raises
    ------
    DataError
        When the folder is not there, or a row of it breaks a rule.
    """
    root = folder.resolve()
    ours = [table for table in TABLES if files(EMBEDDED, table)]
    if not all(files(root, table) for table in ours):
        return load_facts(str(folder))
    problems = check(root)
    if problems:
        raise DataError(problems)
    return load(root)


def model_before(args: argparse.Namespace) -> tuple[Moves, Text]:
    """Compare the model of another folder with the one in use."""
    facts, level = asked(args)
    earlier = stored(Path(args.model_before), facts)
    now = ready(facts, progress=output.progress)
    note = NOTES["model_before"]
    if earlier.manifest["facts"] != facts.fingerprint:
        note = Text(note.zh + OTHER_FACTS.zh, f"{note.en} {OTHER_FACTS.en}")
    return moves(State(earlier), State(now), args.segment, level), note


def stored(folder: Path, facts: Facts) -> Model:
    """Load a model that may have learned from other facts, to rank these.

    Raises
    ------
    UserError
        When its files, code or libraries are not those it can be run with.
    """
    try:
        return store.load(folder, facts, same_facts=False)
    except store.RefusedModelError as refused:
        key = REFUSED.get(refused.reason, "move_model_broken")
        detail = refused.detail or refused.reason
        raise UserError(key, path=refused.path, detail=detail) from None


def lens(args: argparse.Namespace) -> tuple[Moves, Text]:
    """Compare two lenses of the user's own.

    Raises
    ------
    UserError
        When they are of different levels, or the place is of the other.
    """
    before, after = (read(Path(name)) for name in (args.lens_before, args.lens))
    levels = {before.level, after.level, args.level or after.level}
    if len(levels) > 1:
        raise UserError("move_levels")
    facts = load_facts(args.data)
    if (after.level, args.place) not in facts.places.index:
        level_of(facts, args.place, None)
        raise UserError("move_place_level", place=args.place, level=after.level)
    model = ready(facts, progress=output.progress)
    found = lens_moves(LensState(model, before), LensState(model, after))
    return found, NOTES["lens"]


COMPARE: dict[str, Callable[[argparse.Namespace], tuple[Moves, Text]]] = {
    "since": since,
    "data_before": data_before,
    "model_before": model_before,
    "lens": lens,
}
