"""Overrides beside a ranking: read from a file, said in words, listed with ranks."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from app.commands import output
from app.commands.errors import UserError
from app.ui.words import t
from data import Facts
from data.importers import cells
from model import overrides as ov
from model import score as scoring
from model.overrides import Override, Overrides
from model.score import Model

# So many idle overrides are named on stderr, the rest are counted.
MOST_SAID = 10
LISTED = [
    *("segment", "level", "place", "name_zh", "name_en", "kind", "number"),
    *("rank", "shown_rank", "reason", "initials", "date", "idle"),
]
Ranking = Callable[[Model, str, str], pd.DataFrame]


def asked(args: argparse.Namespace) -> Overrides | None:
    """Return the overrides of the file asked for, None without one.

    Raises
    ------
    UserError, OverrideError
        When there is no such file; when it holds what cannot be.
    """
    path = getattr(args, "overrides", None)
    return None if path is None else read(Path(path))


def read(path: Path) -> Overrides:
    """Read overrides from a file that must be there."""
    if not path.exists():
        raise UserError("no_file", path=path)
    return ov.read(path)


def checked(one: Override, ranking: pd.DataFrame) -> Override:
    """Return an override that can count in a whole ranking.

    Raises
    ------
    UserError
        When the place is not ranked, or is pinned beyond the list.
    """
    if one.place not in set(ranking["place"]):
        raise UserError("override_unranked", place=one.place, level=one.level)
    if one.kind == "pin" and one.number > len(ranking):
        raise UserError("override_beyond", number=one.number, count=len(ranking))
    return one


def direction(one: Override) -> str:
    """Return what people choose: ``pin, up, down`` or ``exclude``."""
    if one.kind != "move":
        return one.kind
    return "up" if one.number > 0 else "down"


def what(one: Override, lang: str) -> str:
    """Say what was changed."""
    return t(f"decide.what_{direction(one)}", lang, number=abs(one.number))


def said(one: Override, lang: str) -> str:
    """Say an override with its reason, in one line of plain text."""
    why = {"reason": one.reason, "initials": one.initials, "date": one.date}
    return t("decide.said", lang, what=what(one, lang), **why)


def say_idle(ranking: pd.DataFrame, held: Overrides, lang: str) -> None:
    """Say on stderr which overrides of a ranking do nothing to it, and why."""
    idle = ov.idle(ranking, held)
    for one, why in idle[:MOST_SAID]:
        reason = t(f"decide.idle_{why}", lang)
        what = {"segment": one.segment, "place": one.place}
        output.note(lang, "override_idle", **what, why=reason)
    if len(idle) > MOST_SAID:
        output.note(lang, "override_idle_more", count=len(idle) - MOST_SAID)


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose reasons, if any, no spreadsheet runs as formulas."""
    if "reason" not in table:
        return table
    return table.assign(reason=table["reason"].map(cells.guard))


def of_place(
    held: Overrides | None, model: Model, segment: str, level: str, place: str
) -> dict[str, Any]:
    """Return what an answer about one place has more with overrides.

    Returns
    -------
    dict
        ``shown_rank`` and ``override`` (as in the file, None without one); empty when
        no overrides were asked for.
    """
    if held is None:
        return {}
    ours = held.of(segment, level)
    table = ov.apply(scoring.ranking(model, segment, level), ours)
    shown = table.set_index("place")["shown_rank"]
    one = ov.in_effect(ours).get(place)
    found = None if one is None else asdict(one)
    return {"shown_rank": int(shown[place]), "override": found}


def lines(answer: dict[str, Any], rank: int, lang: str) -> list[str]:
    """Say the override of an answer (:func:`of_place`), and the rank it is shown at."""
    one, shown = answer.get("override"), answer.get("shown_rank", rank)
    told = [said(Override(**one), lang)] if one else []
    if one or shown != rank:
        told.append(t("decide.shown", lang, shown=shown, rank=rank))
    return told


def row(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer's override as the columns of a ranking have it."""
    one = answer["override"]
    if one is None:
        return dict.fromkeys(ov.COLUMNS[1:], "")
    return {"override": one["kind"], **{name: one[name] for name in ov.COLUMNS[2:]}}


def listed(
    model: Model, held: Overrides, ranking: Ranking = scoring.ranking
) -> pd.DataFrame:
    """Return every override with the model's rank and the rank shown.

    Returns
    -------
    DataFrame
        Columns ``LISTED`` in the overrides' order: ``name_*`` empty and ranks missing
        where the place is not ranked; ``idle`` why it does nothing, or empty.
    """
    facts, rows = model.facts, []
    tables: dict[tuple[str, str], tuple[pd.DataFrame, dict[Override, str]]] = {}
    for one in held.items:
        key = (one.segment, one.level)
        if key not in tables:
            tables[key] = _shown(model, held.of(*key), *key, ranking)
        table, idle = tables[key]
        rows.append(
            {
                **asdict(one),
                **_names(facts, one),
                "rank": table["rank"].get(one.place),
                "shown_rank": table["shown_rank"].get(one.place),
                "idle": idle.get(one, ""),
            }
        )
    frame = pd.DataFrame(rows, columns=LISTED)
    return frame.astype({"rank": "Int64", "shown_rank": "Int64"})


def _shown(
    model: Model, ours: Overrides, segment: str, level: str, ranking: Ranking
) -> tuple[pd.DataFrame, dict[Override, str]]:
    """Return a ranking with overrides by place, and why some of them are idle."""
    if segment not in model.facts.segments.index:
        table = pd.DataFrame(columns=["place", "rank"], dtype=object)
    else:
        table = ranking(model, segment, level)
    shown = ov.apply(table, ours).set_index("place")
    return shown, dict(ov.idle(table, ours))


def _names(facts: Facts, one: Override) -> dict[str, str]:
    key = (one.level, one.place)
    there = key in facts.places.index
    return {
        name: str(facts.places.at[key, name]) if there else ""
        for name in ("name_zh", "name_en")
    }
