"""The shortlist and the history of a visit, as people read them."""

from __future__ import annotations

import re

import pandas as pd

from app.commands import overriding
from app.ui import columns
from app.ui.shortlist import Event, Item
from app.ui.words import t
from data.importers import cells
from model.overrides import Override, OverrideError
from model.score import Model

# What the history keeps of an override: its kind, its number, the reason.
OVERRIDE = re.compile(r"(pin|move|exclude) (-?\d+) (.*)")
SHORT = [
    *("order", "place", "segment", "level", "rank_then", "rank_now", "change"),
    *("note", "range_then", "range_now", "score_then", "score_now"),
    *("as_of", "added"),
]


def items(
    model: Model,
    shortlist: tuple[Item, ...],
    standings: list[pd.Series | None],
    names: dict[str, dict[str, str]],
    lang: str,
) -> pd.DataFrame:
    """Return the shortlist with the rank of each place then and now.

    Parameters
    ----------
    model : Model
    shortlist : tuple of Item
    standings : list of Series or None
        Each one's row of the ranking now; None where it is not ranked.
    names : dict
        Names by level and code.
    lang : {"zh", "en"}
    """
    segments = dict(model.facts.segments[f"name_{lang}"])
    rows = [
        {
            "order": at,
            "segment": segments[one.segment],
            "level": t(f"common.level_{one.level}", lang),
            "place": names[one.level][one.place],
            "rank_then": one.rank,
            "rank_now": None if row is None else int(row["rank"]),
            "change": changed(one, row, model.as_of, lang),
            "range_then": _span(one.rank_low, one.rank_high),
            "range_now": "—"
            if row is None
            else _span(row["rank_low"] or 0, row["rank_high"] or 0),
            "score_then": one.score,
            "score_now": None if row is None else float(row["score"]),
            "as_of": one.as_of,
            "added": one.added.replace("T", " "),
            "note": one.note,
        }
        for at, (one, row) in enumerate(zip(shortlist, standings, strict=True), 1)
    ]
    return pd.DataFrame(rows, columns=SHORT)


def _span(low: int, high: int) -> str:
    if not low:
        return "—"
    return f"{low}–{high}" if low != high else str(low)


def changed(one: Item, row: pd.Series | None, as_of: str, lang: str) -> str:
    """Say how a place's rank moved since it was added, and whether the data did."""
    if row is None:
        return t("shortlist.gone", lang)
    up = one.rank - int(row["rank"])
    said = t("shortlist.same", lang)
    if up:
        said = t(f"shortlist.{'up' if up > 0 else 'down'}", lang, steps=abs(up))
    if one.as_of != as_of:
        said += t("shortlist.newer", lang, then=one.as_of, now=as_of)
    return said


def history(
    events: tuple[Event, ...],
    segments: dict[str, str],
    names: dict[str, dict[str, str]],
    lang: str,
) -> pd.DataFrame:
    """Return what was done, the newest first."""
    rows = [
        {
            "time": one.time.replace("T", " "),
            "what": t(f"shortlist.did_{one.kind}", lang),
            "about": columns.GAP.join(
                (
                    segments[one.segment],
                    t(f"common.level_{one.level}", lang),
                    names[one.level][one.place],
                )
            )
            if one.place and one.segment
            else "",
            "detail": detail(one, lang),
        }
        for one in reversed(events)
    ]
    return pd.DataFrame(rows, columns=["time", "what", "about", "detail"])


def detail(one: Event, lang: str) -> str:
    """Return what more is known of an event, in plain text."""
    if one.kind == "overridden" and (found := OVERRIDE.fullmatch(one.detail)):
        kind, number, reason = found.groups()
        about = one.segment, one.level, one.place
        try:
            change = Override(*about, kind, int(number), "-", "A", "2000-01-01")
        except OverrideError:
            return one.detail
        what = overriding.what(change, lang)
        return t("shortlist.what_why", lang, what=what, why=reason)
    counts = one.detail.split()
    if one.kind == "opened" and len(counts) == 2:
        return t("shortlist.opened_with", lang, places=counts[0], changes=counts[1])
    return one.detail


def guarded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table for a file, in which no spreadsheet runs what people wrote."""
    texts = table.select_dtypes(include=["object", "string"]).columns
    return table.assign(**{name: table[name].map(_guard) for name in texts})


def _guard(value: object) -> object:
    return cells.guard(value) if isinstance(value, str) else value
