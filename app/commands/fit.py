"""fit: the segments that suit a place, in order, and why (the side of the park)."""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from app.commands import output, overriding
from app.commands.folder import load_facts, ready
from app.commands.places import level_of
from model import park
from model.board import Board

RANGE = ["rank_low", "rank_high"]
PLACE_RANGE = ["place_rank_low", "place_rank_high"]
# With overrides: the place's rank as shown in the segment's ranking.
SHOWN = "place_shown_rank"


def fit(args: argparse.Namespace) -> None:
    """Print the segments of a place in order, each with its argument and rivals."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    level = level_of(facts, args.place, args.level)
    held = overriding.asked(args)
    model = ready(facts, progress=output.progress)
    found = park.fit(park.Park(Board(model, level)), args.place, args.top)
    for entry in found:
        if more := overriding.of_place(
            held, model, entry["segment"], level, args.place
        ):
            entry |= {SHOWN: more["shown_rank"], "override": more["override"]}
    if args.format == "table":
        _print(found, args.lang)
    else:
        rows = overriding.guarded(table(found, args.lang))
        output.write(found, rows, args.format)


def table(found: list[dict[str, Any]], lang: str) -> pd.DataFrame:
    """Return one row for each segment; the steps' texts and the rivals are joined."""
    rows = []
    for entry in found:
        row = {key: entry[key] for key in ("rank", *RANGE, "segment", f"name_{lang}")}
        row |= {key: entry[key] for key in ("place_rank", *PLACE_RANGE)}
        if "override" in entry:
            row |= {SHOWN: entry[SHOWN], **overriding.row(entry)}
        row |= {key: entry[key] for key in ("confidence", "score", "share")}
        for step, said in entry["steps"].items():
            row[step] = "; ".join(one[f"text_{lang}"] for one in said)
        row["rivals"] = "; ".join(one[f"name_{lang}"] for one in entry["rivals"])
        rows.append(row)
    # As objects, so that whole numbers stay whole beside empty cells.
    return pd.DataFrame(rows, dtype=object)


def _print(found: list[dict[str, Any]], lang: str) -> None:
    shown = table(found, lang).drop(columns=["suits", "succeeds", "worth", "rivals"])
    empty = [name for name in PLACE_RANGE if shown[name].isna().all()]
    output.print_table(shown.drop(columns=empty))
    for entry in found:
        print(f"\n{entry['rank']}. {entry[f'name_{lang}']} ({entry['segment']})")
        if "override" in entry:
            more = {"override": entry["override"], "shown_rank": entry[SHOWN]}
            for text in overriding.lines(more, entry["place_rank"], lang):
                print(f"  {text}")
        for said in entry["steps"].values():
            for one in said:
                print(f"  {one[f'text_{lang}']}")
        for rival in entry["rivals"]:
            print(f"  vs #{rival['rank']} {rival[f'name_{lang}']}: {rival['gap']:+.3f}")
            for text in rival[f"points_{lang}"]:
                print(f"    {text}")
