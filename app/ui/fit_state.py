"""The page of a place's segments in the URL: what it asks for, what a change writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.ui import cache, state
from app.ui.state import Note
from data import Facts
from data.schema import LEVELS
from model import park as parks
from model import twins as alike
from model.board import Board
from model.park import Park
from model.score import Model
from model.twins import Earlier, Twin

# Shown before anyone has chosen: a place of middling rank, with firms and neighbours.
EXAMPLE = {"city": "340100", "district": "340104"}


@dataclass(frozen=True)
class Asked:
    """The place the page is about, and whether it is only the example."""

    level: str
    place: str
    example: bool


def read(params: Mapping[str, str], facts: Facts) -> tuple[Asked, list[Note]]:
    """Turn the URL's parameters into a valid place.

    Returns
    -------
    asked : Asked
        Always valid; a place without a level has its own.
    notes : list of Note
        One for each value that had to be replaced.
    """
    notes: list[Note] = []
    wanted = params.get("place", "")
    own = [level for level in LEVELS if (level, wanted) in facts.places.index]
    usual = own[0] if own else "district"
    levels = {name: name for name in LEVELS}
    level = state.pick(params, "level", levels, usual, notes)
    place = there(facts, wanted, level)
    used = place or EXAMPLE[level]
    if wanted and wanted != place:
        notes.append(Note("place", wanted, used))
    return Asked(level, used, not place), notes


def there(facts: Facts, place: str, level: str) -> str:
    """Return what a code or name stands for at a level, or nothing.

    A city's code stands for its most populous district, a district's for its city.
    """
    places = facts.places
    found = state.at_level(facts, place, level)
    if found or not place:
        return found
    if ("city", place) in places.index:
        inside = places.loc[level][(places.loc[level, "parent"] == place).to_numpy()]
        people = inside["population"].astype(float).fillna(0.0)
        return "" if inside.empty else str(people.idxmax())
    if place.isdigit():
        return ""
    names: dict[str, str] = {}
    for lang in ("zh", "en"):
        own = places.loc[level, f"name_{lang}"]
        names |= dict(zip(own, own.index, strict=True))
        full = cache.names(facts, level, lang)
        names |= {name: code for code, name in full.items()}
    return state.nearest(place, names, "")


def rival(params: Mapping[str, str], codes: list[str], notes: list[Note]) -> str:
    """Return the rival the URL asks for, or the first."""
    wanted = params.get("rival", "")
    if not wanted or wanted in codes:
        return wanted or codes[0]
    notes.append(Note("rival", wanted, codes[0]))
    return codes[0]


def change_level(facts: Facts) -> None:
    """Write a change of level; the example stays one, of the other level."""
    if "place" in st.query_params:
        level, place = st.session_state["level"], st.session_state["place"]
        st.session_state["place"] = there(facts, place, level) or None
        change("level", "place")
    else:
        change("level")


def change(*keys: str) -> None:
    """Write a choice that other rivals belong to."""
    st.session_state["rival"] = None
    state.write(*keys, "rival")


def choose(table_key: str, codes: tuple[str, ...]) -> None:
    """Open the segment of the row that was clicked; its rivals are others."""
    st.session_state["rival"] = None
    state.choose(table_key, codes, "segment", "segment", "rival")


def park(model: Model, level: str) -> Park:
    """Return what the answers of a level rest on, computed once for everyone."""
    found: Park = cache.shared(_park, model, level, large=True)
    return found


def _park(model: Model, level: str) -> Park:
    return Park(Board(model, level))


def fit(model: Model, level: str, place: str) -> list[dict[str, Any]]:
    """Return the segments of a place in order, each with its argument."""
    found: list[dict[str, Any]] = cache.shared(_fit, model, level, place, large=True)
    return found


def _fit(model: Model, level: str, place: str) -> list[dict[str, Any]]:
    return parks.fit(park(model, level), place)


def earlier(model: Model, level: str) -> Earlier:
    """Return what was known of a level at the month that twins are chosen by."""
    found: Earlier = cache.shared(Earlier.of, model, level, large=True)
    return found


def twins(model: Model, level: str, segment: str, place: str) -> list[Twin]:
    """Return the twins of a place for a segment."""
    found: list[Twin] = cache.shared(_twins, model, level, segment, place)
    return found


def _twins(model: Model, level: str, segment: str, place: str) -> list[Twin]:
    return alike.twins(earlier(model, level), segment, place)


def with_twins(
    model: Model, level: str, place: str, found: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the segments of a place in which it has twins."""
    return [e for e in found if twins(model, level, e["segment"], place)]
