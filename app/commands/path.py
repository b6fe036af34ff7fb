"""path: the fewest figures whose change lifts a place into the top of a segment."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from app.commands import output
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from app.commands.scenario import indicator, of_whom
from app.commands.what_if import command_line, heading, ranked, raw
from app.ui.units import unit
from app.ui.words import t
from data import Facts
from model.assumptions import Assumption
from model.path import Path, path_to_top


def path(args: argparse.Namespace) -> None:
    """Print the steps into the top, and the command that reproduces them."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    segment, level, place = of_whom(facts, args, args.top)
    allowed = None if args.allow is None else allowable(facts, level, args.allow)
    model = ready(facts, progress=output.progress)
    with output.waiting(args.lang, "searching"):
        found = path_to_top(model, segment, level, place, args.top, allowed)
    command = command_of(found, args.data)
    if args.json:
        output.print_json(as_json(found, command))
        return
    print(heading(model, segment, level, place, args.lang))
    _print(found, command, args.lang)


def allowable(facts: Facts, level: str, said: str) -> list[str]:
    """Read ``--allow``: indicators of the level of which more, or less, is better.

    Raises
    ------
    UnknownNameError, UserError
        When one is none, or neither more nor less of it is better.
    """
    names = [name.strip() for name in said.split(",")]
    for name in names:
        indicator(facts, level, name)
        if not facts.indicators.at[name, "direction"]:
            raise UserError("allow_direction", name=name)
    return names


def command_of(found: Path, data: str | None = None) -> str | None:
    """Return the command that reproduces a path, None for one without steps."""
    if not found.steps:
        return None
    assumed = [
        Assumption(found.level, found.place, step["indicator"], step["to"])
        for step in found.steps
    ]
    return command_line(found.segment, found.level, found.place, assumed, data)


def as_json(found: Path, command: str | None) -> dict[str, Any]:
    """Return all that a path says, and its command."""
    plain = asdict(found)
    note = plain.pop("note")
    said = {f"note_{lang}": text for lang, text in note.items()}
    return {**plain, **said, "command": command}


def _print(found: Path, command: str | None, lang: str) -> None:
    print(getattr(found.note, lang))
    ranks = {
        when: ranked(
            getattr(found, f"rank_{when}"),
            *(getattr(found, f"range_{when}") or (None, None)),
        )
        for when in ("before", "after")
    }
    print(t("scenario.rank", lang, **ranks))
    if command is None:
        if found.status == "none":
            print(t("scenario.path_stuck", lang))
        return
    if found.range_after is not None:
        print(t("scenario.carried", lang))
    for number, step in enumerate(found.steps, 1):
        print(f"\n{number}. {step[f'text_{lang}']}")
        low, high = (raw(step[end]) for end in ("peer_low", "peer_high"))
        counted = unit(step["unit"], lang)
        print("   " + t("scenario.peers", lang, low=low, high=high, unit=counted))
        print(f"   {step[f'why_{lang}']}")
    if found.status == "reached":
        print("\n" + t(f"scenario.search_{found.search}", lang))
    print(f"\n{t('scenario.again', lang)}\n{command}")
