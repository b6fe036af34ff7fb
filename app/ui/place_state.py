"""The page of one place in the URL: the place, the segment it is seen for, a pillar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from app.ui import cache, fit_state, state
from app.ui.state import Note
from app.ui.words import LANGS
from data import Facts
from data.schema import LEVELS, PILLARS

KEYS = ("place", "level", "segment", "pillar")
# Name of the widget: a place and its level in one, as a few codes are at both.
BOX = "place-box"


@dataclass(frozen=True)
class Asked:
    """What the page shows.

    Attributes
    ----------
    level, place : str
    segment : str
        Empty where the link names none: the place's best one then.
    pillar : str
        Whose indicators are shown one by one; empty for all pillars.
    example : bool
        Whether nobody asked for the place.
    """

    level: str
    place: str
    segment: str
    pillar: str
    example: bool


def read(params: Mapping[str, str], facts: Facts) -> tuple[Asked, list[Note]]:
    """Turn the URL's parameters into a valid place.

    Returns
    -------
    asked : Asked
        Always valid; the level is that of the place.
    notes : list of Note
        One for each value that had to be replaced.
    """
    notes: list[Note] = []
    wanted = params.get("place", "")
    level, place = found(facts, wanted, params.get("level", ""))
    if wanted and place != wanted:
        notes.append(Note("place", wanted, place))
    segments = facts.segments
    names = {
        **dict(zip(segments["name_en"], segments.index, strict=True)),
        **dict(zip(segments["name_zh"], segments.index, strict=True)),
        **{name: name for name in segments.index},
    }
    segment = state.pick(params, "segment", names, state.State().segment, notes)
    pillars = {name: name for name in PILLARS}
    pillar = state.pick(params, "pillar", pillars, "", notes)
    chosen = segment if params.get("segment") else ""
    return Asked(level, place, chosen, pillar, not wanted), notes


def found(facts: Facts, wanted: str, level: str = "") -> tuple[str, str]:
    """Return the level and code of what was asked for, or of the nearest place.

    Parameters
    ----------
    facts : Facts
    wanted : str
        A code or a name; the example stands for nothing, and for nonsense.
    level : {"city", "district"}, optional
        Decides where a code or a name is at both.
    """
    first = level if level in LEVELS else LEVELS[0]
    order = [first, *(one for one in LEVELS if one != first)]
    if wanted.isdigit():
        # An unknown district gives way to its city.
        for code in (wanted, f"{wanted[:4]}00", f"{wanted[:2]}0000"):
            for one in order:
                if (one, code) in facts.places.index:
                    return one, code
    elif wanted:
        known = called(facts, order)
        if at := known.get(wanted) or state.nearest(wanted, known, ""):
            one, code = at.split(":")
            return one, code
    return first, fit_state.EXAMPLE[first]


def called(facts: Facts, order: Sequence[str]) -> dict[str, str]:
    """Return what people may call a place, to what the chooser calls it.

    Where two places share a name it is that of the first level of ``order``.
    """
    known: dict[str, str] = {}
    for level in order:
        for lang in LANGS:
            full = cache.names(facts, level, lang)
            own = facts.places.loc[level, f"name_{lang}"]
            for names in (dict(own), full):
                for code, name in names.items():
                    known.setdefault(name, boxed(level, str(code)))
    return known


def boxed(level: str, place: str) -> str:
    """Return what the chooser calls a place."""
    return f"{level}:{place}"


def choose() -> None:
    """Write the place that was chosen, with its level; other pages ask for both."""
    level, place = st.session_state[BOX].split(":")
    st.query_params["level"] = level
    st.query_params["place"] = place
