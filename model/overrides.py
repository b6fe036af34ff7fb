"""Overrides of a ranking, each with a reason: pin a place, leave it out, or move it.

The model's own rank stays beside the rank shown. Overrides are written to a JSON file
and, in short, to text for a session, in ids and codes; reasons are text and no more.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

import pandas as pd

from data.files import replacing
from data.schema import LEVELS
from model.own_lens import AREA, CODE, shaped, told
from model.saved import parsed

FORMAT, VERSION = "siteselect-overrides", 1
MOST_BYTES, MOST_ITEMS = 4_000_000, 1_000
MOST_REASON, MOST_INITIALS, MOST_STEPS = 500, 8, 10_000
KINDS = ("exclude", "pin", "move")
COLUMNS = ["shown_rank", "override", "reason", "initials", "date"]
# What is taken out of a text: control, format, surrogate and unassigned signs.
DROPPED = ("Cc", "Cf", "Cs", "Cn")


class OverrideError(ValueError):
    """An override that cannot be used: ``kind`` says why, ``name`` of which part.

    Kinds of a file: ``too_big, not_json, format, version, unknown_key, missing, twice,
    type``; of an override: ``kind, segment, level, place, number, reason, initials,
    date``; of several: ``too_many``, ``twice_place`` (two of a kind for one place),
    ``twice_rank`` (two pins on one rank), ``mixed`` (of other segments or levels),
    ``other_level`` (than the ranking's).
    """

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind, self.name = kind, told(cleaned(name))
        super().__init__(f"{kind} {self.name}".strip())


def cleaned(text: str) -> str:
    """Return a text on one line, without control signs or spaces at its ends.

    Nothing else is changed: formulas and HTML stay the text they are. Whoever writes
    it to a sheet or a page guards it there (:func:`data.importers.cells.guard`).
    """
    kept = "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or unicodedata.category(sign) not in DROPPED
    )
    return " ".join(kept.split())


@dataclass(frozen=True)
class Override:
    """What a person changed of a ranking, and why.

    Attributes
    ----------
    segment, level, place : str
        The ranking, and the code of the place.
    kind : {"exclude", "pin", "move"}
    number : int
        The rank to pin to, from 1; the steps to move, up if positive and down if
        negative; 0 to exclude.
    reason : str
        1 to 500 characters, cleaned of control signs.
    initials : str
        1 to 8 letters of any script.
    date : str
        Day, ``YYYY-MM-DD``.

    Raises
    ------
    OverrideError
        When a value cannot be.
    """

    segment: str
    level: str
    place: str
    kind: str
    number: int
    reason: str
    initials: str
    date: str

    def __post_init__(self) -> None:
        for one in fields(self):
            wanted = int if one.name == "number" else str
            if type(getattr(self, one.name)) is not wanted:
                raise OverrideError("type", one.name)
        initials = unicodedata.normalize("NFC", cleaned(self.initials))
        object.__setattr__(self, "initials", initials)
        object.__setattr__(self, "reason", cleaned(self.reason))
        sound = {
            "kind": self.kind in KINDS,
            "segment": shaped(AREA, self.segment),
            "level": self.level in LEVELS,
            "place": shaped(CODE, self.place),
            "number": _counts(self.kind, self.number),
            "reason": 1 <= len(self.reason) <= MOST_REASON,
            "initials": initials.isalpha() and len(initials) <= MOST_INITIALS,
            "date": _is_day(self.date),
        }
        for name, right in sound.items():
            if not right:
                raise OverrideError(name, str(getattr(self, name)))


def _counts(kind: str, number: int) -> bool:
    """Return whether a number can go with a kind."""
    if kind == "pin":
        return 1 <= number <= MOST_STEPS
    if kind == "move":
        return 1 <= abs(number) <= MOST_STEPS
    return number == 0


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@dataclass(frozen=True)
class Overrides:
    """Overrides of any rankings, in one order whatever order they came in.

    A place may have one override of each kind in a ranking.

    Raises
    ------
    OverrideError
        ``twice_place``, ``twice_rank`` or ``too_many``.
    """

    items: tuple[Override, ...] = ()

    def __post_init__(self) -> None:
        if len(self.items) > MOST_ITEMS:
            raise OverrideError("too_many", str(MOST_ITEMS))
        places, ranks = set(), set()
        for one in self.items:
            ranking = (one.segment, one.level)
            if (*ranking, one.place, one.kind) in places:
                raise OverrideError("twice_place", one.place)
            places.add((*ranking, one.place, one.kind))
            if one.kind == "pin":
                if (*ranking, one.number) in ranks:
                    raise OverrideError("twice_rank", str(one.number))
                ranks.add((*ranking, one.number))
        object.__setattr__(self, "items", tuple(sorted(self.items, key=_order)))

    def of(self, segment: str, level: str) -> Overrides:
        """Return the overrides of one ranking."""
        return self._kept(lambda one: (one.segment, one.level) == (segment, level))

    def added(self, item: Override) -> Overrides:
        """Return these with one more, in place of all others of its place there."""
        return Overrides((*self.without(item).items, item))

    def without(self, item: Override) -> Overrides:
        """Return these without any of an override's place in its ranking."""
        same = (item.segment, item.level, item.place)
        return self._kept(lambda one: (one.segment, one.level, one.place) != same)

    def _kept(self, wanted: Callable[[Override], bool]) -> Overrides:
        return Overrides(tuple(one for one in self.items if wanted(one)))


def _order(one: Override) -> tuple[str, str, int, int, str]:
    return one.segment, one.level, KINDS.index(one.kind), one.number, one.place


def in_effect(overrides: Overrides) -> dict[str, Override]:
    """Return the override of each place that counts: exclude over pin over move.

    Raises
    ------
    OverrideError
        ``mixed``, when they are of several rankings.
    """
    if len({(one.segment, one.level) for one in overrides.items}) > 1:
        raise OverrideError("mixed", str(overrides.items[-1].segment))
    found: dict[str, Override] = {}
    for one in overrides.items:
        found.setdefault(one.place, one)
    return found


def apply(ranking: pd.DataFrame, overrides: Overrides) -> pd.DataFrame:
    """Return a ranking as a person has changed it, the model's own rank beside.

    First the excluded go to the end, in the model's order. Then the places that are
    left and not pinned are moved: steps count among them, all at once, from the
    model's order, no farther than the ends; of two that meet, the one the model ranks
    higher comes first. Then pins take their ranks, the smallest first; one beyond the
    last place left goes last there. So no move shifts a pin, and what order the
    overrides were made in does not matter. A place has one override in effect
    (:func:`in_effect`); those of places not in the ranking do nothing
    (:func:`idle` lists them).

    Parameters
    ----------
    ranking : DataFrame
        With ``place`` and ``rank``, each of 1..n once (:func:`model.score.ranking`, or
        some of it from :func:`model.score.keep`).
    overrides : Overrides
        Of this ranking's segment and level (:meth:`Overrides.of`).

    Returns
    -------
    DataFrame
        All rows and columns, in the order shown, and ``COLUMNS``: ``shown_rank`` from
        1, ``override`` (its kind), ``reason, initials, date``, empty without one.

    Raises
    ------
    OverrideError
        ``mixed``, ``other_level``.
    ValueError
        When the ranks are not 1..n.
    """
    if sorted(ranking["rank"]) != list(range(1, len(ranking) + 1)):
        raise ValueError("ranks are not 1..n")
    table = ranking.sort_values("rank").reset_index(drop=True)
    held = in_effect(overrides)
    if held and "level" in table:
        ours = next(iter(held.values())).level
        for other in set(table["level"]) - {ours}:
            raise OverrideError("other_level", str(other))
    rows = [held.get(place) for place in table["place"]]
    kinds = ["" if one is None else one.kind for one in rows]
    numbers = [0 if one is None else one.number for one in rows]
    every = range(len(rows))
    free = [at for at in every if kinds[at] in ("", "move")]
    moved = [
        (max(0, min(target - numbers[at], len(free) - 1)), at)
        for target, at in enumerate(free)
        if kinds[at] == "move"
    ]
    pins = [(numbers[at] - 1, at) for at in every if kinds[at] == "pin"]
    shown = _placed([at for at in free if not kinds[at]], moved)
    shown = _placed(shown, pins) + [at for at in every if kinds[at] == "exclude"]
    table = table.assign(
        override=pd.Series(kinds, dtype=object),
        **{
            name: pd.Series([getattr(one, name, "") for one in rows], dtype=object)
            for name in COLUMNS[2:]
        },
    )
    table = table.iloc[shown].reset_index(drop=True)
    table.insert(table.columns.get_loc("override"), "shown_rank", every)
    return table.assign(shown_rank=table["shown_rank"].astype(int) + 1)


def _placed(order: list[int], wanted: Iterable[tuple[int, int]]) -> list[int]:
    """Return rows with some more put where they are wanted, as far as there is room.

    Parameters
    ----------
    order : list of int
    wanted : iterable of (int, int)
        Position and row; those of one position stand in the order of their rows.
    """
    order, last = list(order), -1
    for target, row in sorted(wanted):
        last = min(max(target, last + 1), len(order))
        order.insert(last, row)
    return order


def idle(ranking: pd.DataFrame, overrides: Overrides) -> list[tuple[Override, str]]:
    """Return the overrides that do nothing to a ranking, and why.

    ``absent``: the place is not in it; ``overruled``: another of the place counts.
    """
    held, there = in_effect(overrides), set(ranking["place"])
    return [
        (one, "overruled" if one.place in there else "absent")
        for one in overrides.items
        if one.place not in there or held[one.place] is not one
    ]


def to_json(overrides: Overrides) -> str:
    """Write overrides as a file."""
    items = [asdict(one) for one in overrides.items]
    whole = {"format": FORMAT, "version": VERSION, "overrides": items}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str | bytes) -> Overrides:
    """Read overrides from a file.

    Raises
    ------
    OverrideError
        When it is no such file, or holds what cannot be.
    """
    read = parsed(text, MOST_BYTES, OverrideError)
    if not isinstance(read, dict) or read.pop("format", None) != FORMAT:
        raise OverrideError("format", FORMAT)
    _check_version(read.pop("version", None))
    items = read.pop("overrides", None)
    for name in read:
        raise OverrideError("unknown_key", name)
    if not isinstance(items, list):
        raise OverrideError("missing" if items is None else "type", "overrides")
    names = [one.name for one in fields(Override)]
    for item in items:
        if not isinstance(item, dict):
            raise OverrideError("type", "overrides")
        for name in item:
            if name not in names:
                raise OverrideError("unknown_key", name)
        for name in names:
            if name not in item:
                raise OverrideError("missing", name)
    return Overrides(tuple(Override(**item) for item in items))


def to_short(overrides: Overrides) -> str:
    """Write overrides for a session: a line of JSON, in lists."""
    items = [list(asdict(one).values()) for one in overrides.items]
    return json.dumps([VERSION, *items], ensure_ascii=False, separators=(",", ":"))


def from_short(text: str) -> Overrides:
    """Read what :func:`to_short` wrote.

    Raises
    ------
    OverrideError
        As :func:`from_json`.
    """
    read = parsed(text, MOST_BYTES, OverrideError)
    if not isinstance(read, list) or not read:
        raise OverrideError("format", FORMAT)
    _check_version(read[0])
    for item in read[1:]:
        if not isinstance(item, list) or len(item) != len(fields(Override)):
            raise OverrideError("type", "overrides")
    return Overrides(tuple(Override(*item) for item in read[1:]))


def _check_version(version: object) -> None:
    if type(version) is not int or version != VERSION:
        raise OverrideError("version", str(version) if type(version) is int else "")


def write(path: Path, overrides: Overrides) -> None:
    """Write overrides to a file: a kill at any moment leaves the old one or the new."""
    with replacing(path) as draft:
        draft.write_bytes(to_json(overrides).encode())


def read(path: Path) -> Overrides:
    """Read overrides from a file; none when there is no file.

    Raises
    ------
    OverrideError
        When it is no such file, or holds what cannot be.
    """
    if not path.exists():
        return Overrides()
    with path.open("rb") as file:
        return from_json(file.read(MOST_BYTES + 1))
