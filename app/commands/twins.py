"""twins: places that were like a place and ahead of it, and what became of them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from app.commands import output
from app.commands.folder import load_facts, ready
from app.commands.learning import month
from app.commands.places import level_of
from app.ui.words import LANGS, t
from features import shift
from model import score as scoring
from model import task
from model.twins import (
    EARLIER,
    LEAST_COLUMNS,
    LEAST_EVENTS,
    LEAST_OBSERVED,
    Earlier,
    Twin,
)
from model.twins import twins as ask


def twins(args: argparse.Namespace) -> None:
    """Print the twins of a place for a segment."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    scoring.check_segment(facts, args.segment)
    level = level_of(facts, args.place, args.level)
    last = task.last_month(facts)
    first = min(task.training_cutoffs(last, level))[0]
    if args.before is not None:
        # A year after the month must be known.
        month(args.before, facts, first, shift(last, -12))
    model = ready(facts, progress=output.progress)
    before = args.before or shift(model.as_of, -EARLIER)
    month(before, facts, first, shift(model.as_of, -12))
    earlier = Earlier.of(model, level, before)
    said = answer(earlier, args.segment, args.place)
    if args.json:
        output.print_json(said)
    else:
        _print(earlier, said, args.lang)


def answer(earlier: Earlier, segment: str, place: str) -> dict[str, Any]:
    """Return the twins of a place as the contract of ``twins --json`` has it.

    Returns
    -------
    dict
        ``segment, place, level, month, until, name_zh, name_en, note_zh, note_en``,
        and ``twins``; the note says that it is history, or why there is none.
    """
    found = ask(earlier, segment, place)
    return {
        "segment": segment,
        "place": place,
        "level": earlier.level,
        "month": earlier.month,
        "until": earlier.until,
        **{f"name_{lang}": getattr(earlier.names[place], lang) for lang in LANGS},
        **{
            f"note_{lang}": note(earlier, segment, place, found, lang) for lang in LANGS
        },
        "twins": [_entry(earlier, twin) for twin in found],
    }


def _entry(earlier: Earlier, twin: Twin) -> dict[str, Any]:
    entry = asdict(twin)
    entry.pop("text")
    for lang in LANGS:
        entry[f"name_{lang}"] = getattr(earlier.names[twin.place], lang)
        entry[f"text_{lang}"] = getattr(twin.text, lang)
    return entry


def note(
    earlier: Earlier, segment: str, place: str, found: list[Twin], lang: str
) -> str:
    """Say that twins are history, or why a place has none."""
    if found:
        return t("park.history", lang, month=earlier.month, until=earlier.until)
    why, values = why_none(earlier, segment, place)
    name = getattr(earlier.names[place], lang)
    more = {"place": name, "month": earlier.month, "least": LEAST_EVENTS}
    return t(f"park.no_twin_{why}", lang, **more, **values)


def why_none(
    earlier: Earlier, segment: str, place: str
) -> tuple[str, dict[str, object]]:
    """Return why a place has no twin, and the figures of it.

    Returns
    -------
    why : {"month", "place", "year", "first", "far"}
        The month's figures describe no place, or not this one; no year after is
        known; none had gone further; of those that had none was alike.
    values : dict
        How many had gone further, how far the nearest of them is, and how near it
        would have to be.
    """
    profile, past = earlier.profile, earlier.table.history
    column = past.places.get_loc(place)
    if profile.columns < LEAST_COLUMNS:
        return "month", {}
    if profile.observed[column] < LEAST_OBSERVED:
        return "place", {}
    if not earlier.after:
        return "year", {}
    known = past.total[past.segments.get_loc(segment)]
    further = (known >= LEAST_EVENTS) & (known > known[column])
    distance = profile.distances(place)[further & (profile.observed >= LEAST_OBSERVED)]
    if not len(distance):
        return "first", {}
    return "far", {
        "count": len(distance),
        "distance": f"{np.min(distance):.2f}",
        "near": f"{profile.near:.2f}",
    }


def _print(earlier: Earlier, said: dict[str, Any], lang: str) -> None:
    segment = earlier.facts.segments.loc[said["segment"], f"name_{lang}"]
    print(t("park.twins_of", lang, place=said[f"name_{lang}"], segment=segment))
    if said["twins"]:
        mine = said["twins"][0]
        here = {"place": said["place"], "name": said[f"name_{lang}"], "distance": None}
        rows = [here | {"before": mine["before_here"], **mine["after_here"]}]
        for twin in said["twins"]:
            names = {"place": twin["place"], "name": twin[f"name_{lang}"]}
            known = {"distance": twin["distance"], "before": twin["before"]}
            rows.append(names | known | twin["after"])
        # As objects, so that the place's own empty distance stays empty.
        table = pd.DataFrame(rows, dtype=object)
        output.print_table(table.rename(columns={"before": f"..{said['month']}"}))
        for twin in said["twins"]:
            print(f"- {twin[f'text_{lang}']}")
    print(said[f"note_{lang}"])
