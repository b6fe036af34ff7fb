"""The URL is the state: what it asks for, and how a choice is written back to it.

A widget bound by ``bind="query-params"`` writes its label, so a link would change
with the language. Here the URL holds ids and codes, each run sets the widgets from
it, and a change of a widget rewrites it.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from app.ui.words import LANGS
from data import Facts
from data.schema import LEVELS, REGIONS

TOPS = (20, 50, 100)
EVERYWHERE = "all"
KEYS = (
    *("segment", "level", "within", "top", "place", "own", "versus"),
    *("ahead", "new"),
)
YES = "1"


@dataclass(frozen=True)
class State:
    """What the page shows; the defaults are the first visit's."""

    segment: str = "ai_healthcare"
    level: str = "city"
    within: str = EVERYWHERE
    top: int = TOPS[0]
    place: str = ""
    # Whether a district's panel leaves out what its city has.
    own: bool = False
    # The place it is compared with; the one ranked just above when nobody chose.
    versus: str = ""
    # Only opportunities; only places without an event of the segment so far.
    ahead: bool = False
    new: bool = False


@dataclass(frozen=True)
class Note:
    """A value of the URL that could not be used, and what stands in its place."""

    name: str
    value: str
    used: str


def language() -> str:
    """Return the page's language: the URL's, or Chinese."""
    asked = st.query_params.get("lang", LANGS[0])
    return asked if asked in LANGS else LANGS[0]


def ground() -> str:
    """Return whether the page is drawn on a light or a dark ground."""
    return "dark" if st.context.theme.type == "dark" else "light"


def nearest(value: str, names: Mapping[str, str], default: str) -> str:
    """Return what the most similar name stands for, or the default.

    Parameters
    ----------
    value : str
        What was asked for.
    names : mapping
        Names people may write, to the id each stands for.
    default : str
        When nothing is similar.
    """
    lowered = {name.casefold(): known for name, known in names.items()}
    found = difflib.get_close_matches(value.casefold(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else default


def pick(
    params: Mapping[str, str],
    name: str,
    known: Mapping[str, str],
    default: str,
    notes: list[Note],
) -> str:
    """Return what a parameter asks for, or the nearest thing known and a note.

    Parameters
    ----------
    params : mapping
        The URL's parameters.
    name : str
        The one asked about.
    known : mapping
        Names people may write, to the id each stands for.
    default : str
        Without the parameter, or with nothing similar.
    notes : list of Note
        Gets one more where the value had to be replaced.
    """
    asked = params.get(name, "")
    if not asked or known.get(asked) == asked:
        return asked or default
    used = nearest(asked, known, default)
    notes.append(Note(name, asked, used))
    return used


def areas(facts: Facts) -> list[str]:
    """Return the areas on offer: everywhere, the reports' regions, the provinces."""
    return [EVERYWHERE, *REGIONS, *facts["provinces"]["province"]]


def read(params: Mapping[str, str], facts: Facts) -> tuple[State, list[Note]]:
    """Turn the URL's parameters into a valid state.

    Returns
    -------
    state : State
        Always valid.
    notes : list of Note
        One for each value that had to be replaced.
    """
    first = State()
    notes: list[Note] = []
    segments = facts.segments
    names = {
        **dict(zip(segments["name_en"], segments.index, strict=True)),
        **dict(zip(segments["name_zh"], segments.index, strict=True)),
        **{name: name for name in segments.index},
    }
    levels = {name: name for name in LEVELS}
    provinces = facts["provinces"]
    places = {name: name for name in areas(facts)}
    for column in ("name_en", "short_zh", "name_zh"):
        places |= dict(zip(provinces[column], provinces["province"], strict=True))
    cities = {code: code for code in facts.places.loc["city"].index}

    def picked(name: str, known: Mapping[str, str], default: str) -> str:
        return pick(params, name, known, default, notes)

    within = params.get("within", "")
    state = State(
        segment=picked("segment", names, first.segment),
        level=picked("level", levels, first.level),
        within=within if within in cities else picked("within", places, first.within),
        top=_top(params.get("top", ""), notes),
        own=params.get("own") == YES,
        ahead=params.get("ahead") == YES,
        new=params.get("new") == YES,
    )
    for name in ("ahead", "new"):
        if params.get(name) not in (None, "", YES):
            notes.append(Note(name, params[name], ""))
    asked = params.get("place", "")
    place = at_level(facts, asked, state.level)
    if asked != place:
        notes.append(Note("place", asked, place))
    if params.get("lang", LANGS[0]) not in LANGS:
        notes.append(Note("lang", params["lang"], LANGS[0]))
    asked = params.get("versus", "") if place else ""
    versus = at_level(facts, asked, state.level)
    if asked != versus:
        notes.append(Note("versus", asked, versus))
    versus = "" if versus == place else versus
    return replace(state, place=place, versus=versus), notes


def _top(asked: str, notes: list[Note]) -> int:
    """Return the offered length nearest to the one asked for."""
    if not asked:
        return TOPS[0]
    number = int(asked) if asked.isascii() and asked.isdigit() else TOPS[0]
    used = min(TOPS, key=lambda top: abs(top - number))
    if str(used) != asked:
        notes.append(Note("top", asked, str(used)))
    return used


def at_level(facts: Facts, place: str, level: str) -> str:
    """Return the place itself, a district's city at city level, or nothing."""
    if (level, place) in facts.places.index:
        return place
    if level == "city" and ("district", place) in facts.places.index:
        parent = str(facts.places.at[("district", place), "parent"])
        return parent if (level, parent) in facts.places.index else ""
    return ""


def fill(values: Mapping[str, object]) -> None:
    """Set the widgets from the state, before they are drawn."""
    for key, value in values.items():
        st.session_state[key] = None if value == "" else value


def write(*keys: str) -> None:
    """Write the choices of a page's widgets to the URL (the callback of each).

    Other parameters, such as another page's or Streamlit's own, are left alone.
    """
    for key in keys or KEYS:
        value = st.session_state.get(key)
        if value:
            st.query_params[key] = YES if value is True else str(value)
        elif key in st.query_params:
            del st.query_params[key]


def change_level(facts: Facts, *keys: str) -> None:
    """Write a change of level: a district that is chosen gives way to its city."""
    level = st.session_state.get("level") or LEVELS[0]
    for name in ("place", "versus"):
        code = st.session_state.get(name) or ""
        st.session_state[name] = at_level(facts, code, level) or None
    write(*keys)


def order(codes: Iterable[str]) -> str:
    """Return a text that names a list of codes in its order."""
    return hashlib.sha256("\n".join(codes).encode()).hexdigest()[:12]


def choose(
    table_key: str, codes: tuple[str, ...], name: str = "place", *keys: str
) -> None:
    """Write what stands in the row a person clicked; by its code, never by its row."""
    picked = st.session_state[table_key]["selection"]
    old = st.query_params.get(name, "")
    rows = [cell[0] for cell in picked.get("cells", [])] or list(picked["rows"])
    code = codes[rows[0]] if rows and rows[0] < len(codes) else ""
    # A second click on the chosen row's box empties the selection: close it.
    st.session_state[name] = code or None
    if code != old:
        write(*keys)


def compare(box: str) -> None:
    """Write the place that was chosen in a box to compare with."""
    st.session_state["versus"] = st.session_state[box]
    write("versus")


def close(name: str = "place", *keys: str) -> None:
    """Leave what was chosen, and what it is compared with."""
    st.session_state[name] = None
    if name == "place":
        st.session_state["versus"] = None
    write(*keys)
