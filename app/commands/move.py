"""move: why a place's rank is another than it was."""

from __future__ import annotations

import argparse
from dataclasses import replace

import pandas as pd

from app.commands import output
from app.commands.folder import load_facts
from app.commands.learning import month
from app.commands.places import level_of
from model import score as scoring
from model import task, training
from model.rank_move import moves
from model.rank_states import State
from model.wording import Text

# What is compared: one ranker, two months.
NOTE = Text(
    "（以现在训练出的模型排当时已知的数据，不是当时发布的榜单。）",
    "(Today's trained model on what was known then, not the list of that day.)",
)
CAUSES = ["cause", "score", "rank"]


def move(args: argparse.Namespace) -> None:
    """Print why a place's rank moved between a month and now."""
    facts = load_facts(args.data)
    scoring.check_segment(facts, args.segment)
    level = level_of(facts, args.place, args.level)
    last = training.last_month(facts)
    # Before the first month that the level's ranker learns from, it knows nothing.
    first = min(task.training_cutoffs(last, level))[0]
    # Bad input is said before a first training, not after it.
    month(args.since, facts, first, last)
    now = training.ready(facts, progress=output.progress)
    since = month(args.since, facts, first, now.as_of)
    then = replace(now, as_of=since, draws={})
    answer = moves(State(then), State(now), args.segment, level).of(args.place)
    note = {"note_zh": NOTE.zh, "note_en": NOTE.en}
    if args.json:
        output.print_json({**answer, **note})
        return
    print(answer[f"text_{args.lang}"])
    print(note[f"note_{args.lang}"])
    differ = [one for one in answer["causes"] if one["cause"] in answer["differ"]]
    if differ:
        output.print_table(pd.DataFrame(differ)[CAUSES])
    for one in answer["details"]:
        print(f"  {one['cause']}  {one[f'text_{args.lang}']}")
