"""What a visitor decided: a shortlist, ranks changed by hand, and when each was done.

All of it is one file, in ids and codes. A file of overrides alone is read as well, so
that what was saved before there was a shortlist still opens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from data import Facts
from data.schema import LEVELS
from model import overrides as ov
from model.overrides import Overrides, cleaned
from model.own_lens import AREA, CODE, shaped, told
from model.saved import parsed

FORMAT, VERSION = "siteselect-decisions", 1
MOST_BYTES, MOST_ITEMS, MOST_EVENTS = 8_000_000, 200, 1_000
MOST_NOTE, MOST_RANK, MOST_SCORE = 500, 10_000, 1e6
KINDS = ("added", "removed", "noted", "overridden", "restored", "opened")


class DecisionError(ValueError):
    """A file of decisions that cannot be used: ``kind`` says why, ``name`` of what.

    Kinds: ``too_big, not_json, format, version, unknown_key, missing, twice, type``;
    of an entry: ``segment, level, place, number, month, time, note, kind``; of all:
    ``too_many, twice_place``.
    """

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind, self.name = kind, told(cleaned(name))
        super().__init__(f"{kind} {self.name}".strip())


@dataclass(frozen=True)
class Item:
    """A place on the shortlist, with where it stood when it was added.

    Attributes
    ----------
    segment, level, place : str
    rank, rank_low, rank_high : int
        The model's rank in the whole list, and its range; 0 without one.
    score : float
        The model's.
    as_of : str
        Last month the ranking knew, ``YYYY-MM``.
    added : str
        Date and time, ``YYYY-MM-DDTHH:MM``.
    note : str
        At most 500 characters, cleaned of control signs.
    """

    segment: str
    level: str
    place: str
    rank: int
    rank_low: int
    rank_high: int
    score: float
    as_of: str
    added: str
    note: str = ""

    def __post_init__(self) -> None:
        _typed(self)
        object.__setattr__(self, "note", cleaned(self.note))
        ranks = (self.rank, self.rank_low, self.rank_high)
        _sound(
            self,
            segment=shaped(AREA, self.segment),
            level=self.level in LEVELS,
            place=shaped(CODE, self.place),
            number=all(0 <= rank <= MOST_RANK for rank in ranks)
            and abs(self.score) <= MOST_SCORE,
            month=_is_time(self.as_of, "%Y-%m"),
            time=_is_time(self.added, "%Y-%m-%dT%H:%M"),
            note=len(self.note) <= MOST_NOTE,
        )

    @property
    def about(self) -> tuple[str, str, str]:
        """Segment, level and place."""
        return self.segment, self.level, self.place


@dataclass(frozen=True)
class Event:
    """Something a visitor did.

    Attributes
    ----------
    time : str
        Date and time, ``YYYY-MM-DDTHH:MM``.
    kind : str
        One of ``KINDS``.
    segment, level, place : str
        What it was done to; empty where a file was opened.
    detail : str
        More, as people wrote it or as a number; at most 500 characters.
    """

    time: str
    kind: str
    segment: str = ""
    level: str = ""
    place: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        _typed(self)
        object.__setattr__(self, "detail", cleaned(self.detail))
        _sound(
            self,
            time=_is_time(self.time, "%Y-%m-%dT%H:%M"),
            kind=self.kind in KINDS,
            segment=not self.segment or shaped(AREA, self.segment),
            level=self.level in ("", *LEVELS),
            place=not self.place or shaped(CODE, self.place),
            note=len(self.detail) <= MOST_NOTE,
        )


def _typed(entry: Item | Event) -> None:
    kinds = {"int": (int,), "float": (int, float), "str": (str,)}
    for one in fields(entry):
        if type(getattr(entry, one.name)) not in kinds[str(one.type)]:
            raise DecisionError("type", one.name)


def _sound(entry: Item | Event, **right: bool) -> None:
    for name, good in right.items():
        if not good:
            raise DecisionError(name, str(getattr(entry, name, "")))


def _is_time(text: str, pattern: str) -> bool:
    try:
        return datetime.strptime(text, pattern).strftime(pattern) == text
    except ValueError:
        return False


@dataclass(frozen=True)
class Decisions:
    """All that a visitor decided.

    Attributes
    ----------
    shortlist : tuple of Item
        In the visitor's order; a place stands once for each segment.
    overrides : Overrides
    history : tuple of Event
        Oldest first; of too many the newest are kept.

    Raises
    ------
    DecisionError
        ``twice_place`` or ``too_many``.
    """

    shortlist: tuple[Item, ...] = ()
    overrides: Overrides = field(default_factory=Overrides)
    history: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        if len(self.shortlist) > MOST_ITEMS:
            raise DecisionError("too_many", str(MOST_ITEMS))
        seen: set[tuple[str, str, str]] = set()
        for one in self.shortlist:
            if one.about in seen:
                raise DecisionError("twice_place", one.place)
            seen.add(one.about)
        ordered = sorted(self.history, key=lambda one: one.time)
        object.__setattr__(self, "history", tuple(ordered[-MOST_EVENTS:]))

    def without(self, about: Iterable[tuple[str, str, str]]) -> Decisions:
        """Return these without some places on the shortlist."""
        gone = set(about)
        kept = tuple(one for one in self.shortlist if one.about not in gone)
        return replace(self, shortlist=kept)

    def joined(self, other: Decisions) -> Decisions:
        """Return these with another's shortlist and history; the other's entry counts.

        Overrides stay: they have rules of their own.
        """
        mine = self.without(one.about for one in other.shortlist)
        # An event that both have is one event.
        history = tuple(dict.fromkeys((*self.history, *other.history)))
        return replace(
            self, shortlist=(*mine.shortlist, *other.shortlist), history=history
        )


def to_json(decisions: Decisions) -> str:
    """Write decisions as a file."""
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "shortlist": [asdict(one) for one in decisions.shortlist],
        "overrides": [asdict(one) for one in decisions.overrides.items],
        "history": [asdict(one) for one in decisions.history],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str | bytes) -> Decisions:
    """Read decisions from a file, or overrides from one that holds them alone.

    Raises
    ------
    DecisionError, OverrideError
        When it is no such file, or holds what cannot be.
    """
    read = parsed(text, MOST_BYTES, DecisionError)
    if isinstance(read, dict) and read.get("format") == ov.FORMAT:
        return Decisions(overrides=ov.from_json(text))
    if not isinstance(read, dict) or read.pop("format", None) != FORMAT:
        raise DecisionError("format", FORMAT)
    version = read.pop("version", None)
    if type(version) is not int or version != VERSION:
        raise DecisionError("version", str(version) if type(version) is int else "")
    parts = {}
    for name in ("shortlist", "overrides", "history"):
        parts[name] = read.pop(name, None)
        if not isinstance(parts[name], list):
            kind = "missing" if parts[name] is None else "type"
            raise DecisionError(kind, name)
    for name in read:
        raise DecisionError("unknown_key", name)
    changed = {
        "format": ov.FORMAT,
        "version": ov.VERSION,
        "overrides": parts["overrides"],
    }
    return Decisions(
        tuple(_made(Item, one, "shortlist") for one in parts["shortlist"]),
        ov.from_json(json.dumps(changed, ensure_ascii=False)),
        tuple(_made(Event, one, "history") for one in parts["history"]),
    )


def _made(kind: type[Any], entry: object, part: str) -> Any:
    """Return an entry of a file with every name it must have, and no other."""
    if not isinstance(entry, dict):
        raise DecisionError("type", part)
    names = [one.name for one in fields(kind)]
    for name in entry:
        if name not in names:
            raise DecisionError("unknown_key", name)
    for name in names:
        if name not in entry:
            raise DecisionError("missing", name)
    return kind(**entry)


def check(decisions: Decisions, facts: Facts) -> None:
    """Refuse a shortlist or history of what there is not.

    Overrides of it are idle and say so.

    Raises
    ------
    DecisionError
        ``segment`` or ``place``.
    """
    entries: list[Item | Event] = [*decisions.shortlist, *decisions.history]
    for one in entries:
        if one.segment and one.segment not in facts.segments.index:
            raise DecisionError("segment", one.segment)
        if one.place and (one.level, one.place) not in facts.places.index:
            raise DecisionError("place", one.place)
