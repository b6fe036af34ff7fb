"""override: a ranking changed by hand, with a reason, kept in a file."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from app.commands import output, overriding
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from app.commands.places import level_of
from model import overrides as ov
from model import score as scoring
from model.overrides import Override

DOES = ("pin", "up", "down", "exclude", "remove")
# What an override is about, and who says why.
ABOUT, WHY = ("segment", "place"), ("reason", "initials")


def override(args: argparse.Namespace) -> None:
    """List the overrides of a file, or add one, or remove one."""
    path = Path(args.file)
    kind = next((name for name in DOES if getattr(args, name)), "")
    given = [
        name
        for name in (*ABOUT, "level", *WHY, "date")
        if getattr(args, name) is not None
    ]
    if kind:
        change(path, kind, args)
    elif given:
        raise UserError("override_what", name=f"--{given[0]}")
    else:
        show(path, args)


def change(path: Path, kind: str, args: argparse.Namespace) -> None:
    """Add an override to the file, or remove the one of a place from it.

    Raises
    ------
    UserError, OverrideError, UnknownNameError
        When it cannot be; the file stays as it was.
    """
    needed = ABOUT if kind == "remove" else (*ABOUT, *WHY)
    missing = [f"--{name}" for name in needed if getattr(args, name) is None]
    if missing:
        raise UserError("override_needs", names=" ".join(missing))
    # Bad input is said before a first training, not after it.
    held = overriding.read(path) if kind == "remove" else ov.read(path)
    facts = load_facts(args.data)
    scoring.check_segment(facts, args.segment)
    level = level_of(facts, args.place, args.level)
    if kind == "remove":
        ours = held.of(args.segment, level).items
        found = [one for one in ours if one.place == args.place]
        if not found:
            what = {"place": args.place, "segment": args.segment}
            raise UserError("override_none", path=path, **what)
        ov.write(path, held.without(found[0]))
        output.note(args.lang, "override_removed", path=path)
        return
    one = made(kind, level, args)
    held = held.added(one)
    model = ready(facts, progress=output.progress)
    overriding.checked(one, scoring.ranking(model, one.segment, one.level))
    ov.write(path, held)
    answer = overriding.of_place(held, model, one.segment, one.level, one.place)
    ranked = scoring.ranking(model, one.segment, one.level).set_index("place")
    told = overriding.lines(answer, int(ranked.at[one.place, "rank"]), args.lang)
    output.note(args.lang, "override_done", said=" · ".join(told), path=path)


def made(kind: str, level: str, args: argparse.Namespace) -> Override:
    """Return the override that the options say."""
    number = 0 if kind == "exclude" else int(getattr(args, kind))
    return Override(
        segment=args.segment,
        level=level,
        place=args.place,
        kind="move" if kind in ("up", "down") else kind,
        number=-number if kind == "down" else number,
        reason=args.reason,
        initials=args.initials,
        date=args.date or date.today().isoformat(),
    )


def show(path: Path, args: argparse.Namespace) -> None:
    """Print every override of the file with the model's rank and the one shown."""
    held = overriding.read(path)
    model = ready(load_facts(args.data), progress=output.progress)
    table = overriding.listed(model, held)
    shown = overriding.guarded(table) if args.format == "csv" else table
    if args.format == "table":
        other = "name_en" if args.lang == "zh" else "name_zh"
        empty = [] if table["idle"].any() else ["idle"]
        # Blank where there is no rank.
        shown = table.drop(columns=[other, *empty]).astype(object)
        shown = shown.where(shown.notna(), None)
    output.write(table.to_dict("records"), shown, args.format)
