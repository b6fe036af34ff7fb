"""What the map's URL asks for: segment, level, province, place, and the zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from app.ui import state
from app.ui.picture_state import Picture
from app.ui.state import Note, State
from data import Facts
from model.score import Model

KEYS = ("segment", "level", "place", "zones")
# Names what a person clicked in the chart's selection: an area, or a point of zones,
# which lies over the area it belongs to.
PICKED, ZONED = "picked", "zoned"
PICTURE = Picture("atlas", (PICKED, ZONED), ("place",))


@dataclass(frozen=True)
class Asked:
    """What the map shows; ``chosen.within`` is the province of a map of districts."""

    chosen: State
    zones: bool
    # Whether the province was chosen for the visitor.
    example: bool


def provinces(facts: Facts) -> list[str]:
    """Return the provinces whose districts can be drawn."""
    return list(facts["provinces"]["province"])


def read(params: Mapping[str, str], model: Model) -> tuple[Asked, list[Note]]:
    """Turn the URL's parameters into a valid map."""
    facts = model.facts
    chosen, notes = state.read(params, facts)
    notes = [note for note in notes if note.name in (*KEYS, "within", "lang")]
    zones = params.get("zones") == state.YES
    if chosen.level == "city":
        # The cities are always drawn whole.
        notes = [note for note in notes if note.name != "within"]
        return Asked(replace(chosen, within=state.EVERYWHERE), zones, False), notes
    within = chosen.within
    known = provinces(facts)
    if within not in known:
        cities = facts.places.loc["city", "province"]
        spots = facts.places.loc["district", "province"]
        fallback = spots[chosen.place] if chosen.place else known[0]
        within = str(cities[within] if within in cities.index else fallback)
    example = chosen.within == state.EVERYWHERE and not chosen.place
    return Asked(replace(chosen, within=within), zones, example), notes


def change_province() -> None:
    """Write another province; a place of another one is left."""
    place = st.session_state.get("place") or ""
    if place[:2] != st.session_state["within"][:2]:
        st.session_state["place"] = None
    state.write("within", "place")
