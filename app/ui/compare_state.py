"""The page of places side by side in the URL: which places, and which two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from app.ui import cache, state
from data import Facts
from data.schema import LEVELS
from model.score import Model

PLACES, PLACE, VERSUS = "places", "place", "versus"
# One place is nothing to compare; six do not fit side by side.
LEAST, MOST = 2, 5
# Shown before anyone has chosen.
EXAMPLES = 3
# Names of the widgets.
BOX, FIRST, OTHER = "compare-places", "compare-first", "compare-other"
# Parameters of other pages that this one uses too.
SHARED = ("segment", "level", "lang")


@dataclass(frozen=True)
class Note:
    """A part of the link that is left out, and why.

    ``kind`` is ``unknown``, ``level``, ``double`` or ``many``.
    """

    value: str
    kind: str


@dataclass(frozen=True)
class Asked:
    """What the page shows.

    Attributes
    ----------
    segment, level : str
    places : tuple of str
        As they stand in the URL, at most ``MOST``.
    example : bool
        Whether nobody asked for them.
    notes, replaced : list
        What of the link could not be used.
    """

    segment: str
    level: str
    places: tuple[str, ...]
    example: bool
    notes: list[Note] = field(default_factory=list)
    replaced: list[state.Note] = field(default_factory=list)

    def about(self, place: str) -> tuple[str, str, str]:
        """Return what an answer about one of the places is about."""
        return self.segment, self.level, place


def read(model: Model) -> Asked:
    """Return what the URL asks for; what it cannot mean is noted."""
    facts, params = model.facts, st.query_params.to_dict()
    codes = [part.strip() for part in params.get(PLACES, "").split(",")]
    codes = [code for code in codes if code]
    if "level" not in params and (own := level_of(facts, codes)):
        params["level"] = own
    shared, replaced = state.read(params, facts)
    chosen, notes = kept(facts, codes, shared.level)
    for name in (PLACE, VERSUS):
        code = params.get(name, "")
        if code and not level_of(facts, [code]):
            notes.append(Note(code, "unknown"))
    example = False
    # Nothing in the list is somebody's choice; nothing usable is not.
    if not chosen and (codes or PLACES not in params):
        order = list(cache.ranking(model, shared.segment, shared.level)["place"])
        example = shared.place not in order
        chosen = order[:EXAMPLES]
        if not example:
            chosen = beginning(order, shared.place, shared.versus)
    return Asked(
        segment=shared.segment,
        level=shared.level,
        places=tuple(chosen),
        example=example,
        notes=notes,
        replaced=[note for note in replaced if note.name in SHARED],
    )


def level_of(facts: Facts, codes: Sequence[str]) -> str:
    """Return the level of the first code that is a place, or nothing."""
    for code in codes:
        for level in LEVELS:
            if (level, code) in facts.places.index:
                return level
    return ""


def kept(
    facts: Facts, codes: Sequence[str], level: str
) -> tuple[list[str], list[Note]]:
    """Return the codes that can be compared, and why the others cannot."""
    found: list[str] = []
    notes = []
    for code in codes:
        if not (own := level_of(facts, [code])):
            notes.append(Note(code, "unknown"))
        elif own != level:
            notes.append(Note(code, "level"))
        elif code in found:
            notes.append(Note(code, "double"))
        elif len(found) == MOST:
            notes.append(Note(code, "many"))
        else:
            found.append(code)
    return found, notes


def beginning(order: Sequence[str], place: str, versus: str = "") -> list[str]:
    """Return a place and what it is compared with: chosen, or its neighbours.

    Parameters
    ----------
    order : sequence of str
        Codes, best first; ``place`` is one of them.
    place : str
    versus : str
        Another place that was chosen, if any.
    """
    if versus:
        return [place, versus]
    at = order.index(place)
    return [place, *order[max(at - 1, 0) : at], *order[at + 1 : at + 2]]


def pair(order: Sequence[str]) -> tuple[str, str]:
    """Return the two places that are set against each other.

    Parameters
    ----------
    order : sequence of str
        The places compared, best first, at least two.

    Returns
    -------
    first, other : str
        Those that the URL asks for, as far as they are compared; else the best, and
        the next best.
    """
    first = st.query_params.get(PLACE, "")
    first = first if first in order else order[0]
    others = [code for code in order if code != first]
    other = st.query_params.get(VERSUS, "")
    return first, other if other in others else others[0]


def set_places() -> None:
    """Write the places chosen; a pair that is no longer among them is dropped."""
    codes = list(st.session_state[BOX])
    st.query_params[PLACES] = ",".join(codes)
    for name in (PLACE, VERSUS):
        if st.query_params.get(name, "") not in ("", *codes):
            del st.query_params[name]


def set_pair(first: str, other: str) -> None:
    """Write which two are set against each other; the same one twice changes places.

    Parameters
    ----------
    first, other : str
        Those shown before.
    """
    new, against = st.session_state[FIRST], st.session_state[OTHER]
    if new == against:
        against = first if new != first else other
    st.query_params[PLACE], st.query_params[VERSUS] = new, against


def change_level(facts: Facts) -> None:
    """Write a change of level: districts give way to their cities, once each."""
    level = st.session_state["level"]
    codes = st.query_params.get(PLACES, "").split(",")
    moved = dict.fromkeys(state.at_level(facts, code, level) for code in codes)
    there = [code for code in moved if code]
    st.query_params["level"] = level
    for name, code in (
        (PLACES, ",".join(there) if len(there) >= LEAST else ""),
        (PLACE, state.at_level(facts, st.query_params.get(PLACE, ""), level)),
        (VERSUS, state.at_level(facts, st.query_params.get(VERSUS, ""), level)),
    ):
        if code:
            st.query_params[name] = code
        elif name in st.query_params:
            del st.query_params[name]
