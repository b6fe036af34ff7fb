"""clock: which policies of a place run, end soon or are over."""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from app.commands import output
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from app.commands.places import level_of
from model import score as scoring
from model.policy_clock import clock as ask
from model.policy_periods import STATES, check_month

FIRST, LAST = "2000-01", "2099-12"


def clock(args: argparse.Namespace) -> None:
    """Print the policies of a place by state, and what the score has of them."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    if args.segment is not None:
        scoring.check_segment(facts, args.segment)
    level = level_of(facts, args.place, getattr(args, "level", None))
    today = None if args.today is None else month(args.today)
    model = ready(facts, progress=output.progress)
    answer = ask(model, args.place, level, args.segment, today)
    if args.json:
        output.print_json(answer)
        return
    _print(answer, args.lang)


def month(value: str) -> str:
    """Return a month that can be asked for.

    Raises
    ------
    UserError
        When it is no month, or too far from us.
    """
    try:
        check_month(value)
    except ValueError:
        raise UserError("month_form", value=value) from None
    if not FIRST <= value <= LAST:
        raise UserError("month_range", value=value, first=FIRST, last=LAST)
    return value


def _print(answer: dict[str, Any], lang: str) -> None:
    print(answer[f"text_{lang}"])
    for state in STATES:
        listed = [one for one in answer["policies"] if one["state"] == state]
        if not listed:
            continue
        print(f"\n{listed[0][f'state_{lang}']} ({len(listed)})")
        columns = {
            "issued": [one["issued"] or "-" for one in listed],
            "from": [one["from"] or "-" for one in listed],
            "until": [one["until"] or "-" for one in listed],
            "place": [one["place"] for one in listed],
            "title": [one["title"] for one in listed],
            "source": [
                "|".join(dict.fromkeys(cited["source_id"] for cited in one["sources"]))
                for one in listed
            ],
        }
        output.print_table(pd.DataFrame(columns))
    print()
    for note in answer["notes"]:
        print(f"- {note[f'text_{lang}']}")
