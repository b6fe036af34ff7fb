"""The scenario page in the URL: the place asked about, and the figures assumed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from app.commands.scenario import CITY, UNKNOWN
from app.ui import cache, state
from data import Facts
from data.schema import PILLARS
from model.assumptions import Assumption, AssumptionError
from model.evidence import holder
from model.score import Model
from model.what_if import figure_of, possible, refusal
from model.wording import Text

SECTIONS = ("what_if", "path", "worth")
TOPS = ("5", "10", "20", "50")
# Parameters: the figures assumed, the section, how many are on the shortlist.
FIGURES, SECTION, TOP = "if", "scenario", "k"
SHARED = ("segment", "level", "place")
# The example is the place of this rank: just outside the first ten.
EXAMPLE = 12
# More than anyone sets by hand; a longer link is cut.
MOST, LONGEST = 24, 2_000
# Where a change that cannot be waits to be said.
REFUSED = "scenario_refused"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)


@dataclass(frozen=True)
class Note:
    """A part of the link that is left out: the text, and why."""

    value: str
    why: Text | None = None
    kind: str = "refused"


@dataclass(frozen=True)
class Asked:
    """What the page shows.

    Attributes
    ----------
    segment, level, place : str
    city : str
        Whose figures a place may assume besides its own: a district's city.
    example : bool
        Whether nobody asked for the place.
    section : str
    top : int
    assumed : tuple of Assumption
        All of them can be made together.
    notes, replaced : list
        What of the link could not be used.
    """

    segment: str
    level: str
    place: str
    city: str
    example: bool
    section: str
    top: int
    assumed: tuple[Assumption, ...] = ()
    notes: list[Note] = field(default_factory=list)
    replaced: list[state.Note] = field(default_factory=list)

    def about(self) -> tuple[str, str, str]:
        """Return what an answer is about."""
        return self.segment, self.level, self.place


def read(model: Model) -> Asked:
    """Return what the URL asks for; what it cannot mean is noted."""
    params = st.query_params.to_dict()
    shared, replaced = state.read(params, model.facts)
    replaced = [note for note in replaced if note.name in (*SHARED, "lang")]
    ranked = cache.ranking(model, shared.segment, shared.level)["place"]
    place = shared.place
    if not place:
        place = str(ranked.iloc[min(EXAMPLE, len(ranked)) - 1])
    city = ""
    if shared.level != "city":
        city = holder(model, "city", shared.level, place)
    sections = {name: name for name in SECTIONS}
    tops = {name: name for name in TOPS}
    section = state.pick(params, SECTION, sections, SECTIONS[0], replaced)
    top = state.pick(params, TOP, tops, TOPS[1], replaced)
    text = params.get(FIGURES, "")
    assumed, notes = parse(model, text, shared.level, place, city)
    return Asked(
        segment=shared.segment,
        level=shared.level,
        place=place,
        city=city,
        example=not shared.place,
        section=section,
        top=int(top),
        assumed=tuple(assumed),
        notes=notes,
        replaced=replaced,
    )


def parse(
    model: Model, text: str, level: str, place: str, city: str
) -> tuple[list[Assumption], list[Note]]:
    """Return the assumptions of a link that can be made together, and the others.

    Parameters
    ----------
    model : Model
    text : str
        Such as ``wage:90000,city:gdp:5000,pm25:unknown``.
    level, place, city : str
        Whose figures they are.
    """
    notes = []
    if len(text) > LONGEST:
        notes.append(Note(text[LONGEST:], kind="many"))
    parts = [part.strip() for part in text[:LONGEST].split(",") if part.strip()]
    notes += [Note(part, kind="many") for part in parts[MOST:]]
    read: list[tuple[str, Assumption]] = []
    for part in parts[:MOST]:
        name, _, written = part.rpartition(":")
        value = number(written)
        if not name or value is None:
            notes.append(Note(part, kind="number" if name else "form"))
            continue
        owner = (level, place)
        if name.startswith(CITY) and level != "city":
            owner = ("city", city)
        name = name.removeprefix(CITY)
        read.append((part, Assumption(*owner, name, value)))
    whole = [one for _, one in read]
    # Together first: a part and its whole may change at once.
    if fault(model, level, place, whole) is None:
        return whole, notes
    kept: list[Assumption] = []
    for part, one in read:
        why = fault(model, level, place, [*kept, one])
        if why is None:
            kept.append(one)
        else:
            notes.append(Note(part, why))
    return kept, notes


def number(text: str) -> float | None:
    """Return a number as a link writes it, NaN for a figure unknown, or nothing."""
    if text == UNKNOWN:
        return float("nan")
    if not NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if np.isfinite(value) else None


def fault(
    model: Model, level: str, place: str, assumed: Sequence[Assumption]
) -> Text | None:
    """Say why assumptions cannot be made, nothing where they can."""
    try:
        possible(model, level, place, assumed)
    except AssumptionError as error:
        return refusal(error)
    return None


def as_text(assumed: Sequence[Assumption], level: str) -> str:
    """Write assumptions as they stand in the URL, every digit of them."""
    return ",".join(
        f"{key(one, level)}:"
        f"{UNKNOWN if np.isnan(one.value) else repr(one.value).removesuffix('.0')}"
        for one in assumed
    )


def key(one: Assumption, level: str) -> str:
    """Return how the URL names the figure of an assumption."""
    return one.indicator if one.level == level else CITY + one.indicator


def of_key(asked: Asked, name: str, value: float) -> Assumption:
    """Return the assumption that a name of the URL means."""
    if name.startswith(CITY):
        return Assumption("city", asked.city, name.removeprefix(CITY), value)
    return Assumption(asked.level, asked.place, name, value)


def readable(model: Model, asked: Asked) -> list[str]:
    """Return the figures that the ranking reads, as the URL names them, by pillar."""
    table = model.tables[asked.level].lineage
    pairs = table[["level", "indicator"]].drop_duplicates()
    pairs = pairs[(pairs["level"] == asked.level) | (asked.city != "")]
    entries = model.facts.indicators.loc[pairs["indicator"]]
    order = {name: at for at, name in enumerate(PILLARS)}
    rows = sorted(
        zip(
            [order.get(pillar, len(order)) for pillar in entries["pillar"]],
            pairs["level"] != asked.level,
            pairs["indicator"],
            strict=True,
        )
    )
    return [f"{CITY if of_city else ''}{name}" for _, of_city, name in rows]


def write(asked: Asked, assumed: Sequence[Assumption]) -> None:
    """Write assumptions to the URL, with the place they are about."""
    st.query_params["place"] = asked.place
    if assumed:
        st.query_params[FIGURES] = as_text(assumed, asked.level)
    elif FIGURES in st.query_params:
        del st.query_params[FIGURES]


def changed(model: Model, asked: Asked, assumed: Sequence[Assumption]) -> None:
    """Write what a widget assumes; what cannot be is not taken."""
    if len(assumed) > MOST:
        st.session_state[REFUSED] = Note("", kind="many")
    elif why := fault(model, asked.level, asked.place, assumed):
        st.session_state[REFUSED] = Note("", why)
    else:
        write(asked, assumed)


def refused() -> Note | None:
    """Return, once, why the last change was not taken."""
    return st.session_state.pop(REFUSED, None)


def set_names(model: Model, asked: Asked, widget: str) -> None:
    """Take which figures are assumed; a new one begins as it is known."""
    held = {key(one, asked.level): one for one in asked.assumed}
    new = []
    for name in st.session_state[widget]:
        blank = of_key(asked, name, float("nan"))
        known = figure_of(model, blank.level, blank.place, blank.indicator)
        new.append(held.get(name, of_key(asked, name, known)))
    changed(model, asked, new)


def set_value(model: Model, asked: Asked, name: str, widget: str) -> None:
    """Take one figure from its box; an empty box is a figure unknown."""
    value = st.session_state[widget]
    new = of_key(asked, name, float("nan") if value is None else float(value))
    changed(
        model,
        asked,
        [new if key(one, asked.level) == name else one for one in asked.assumed],
    )


def take(model: Model, asked: Asked, more: Sequence[Assumption]) -> None:
    """Take some more assumptions, in place of those about the same figures."""
    names = {key(one, asked.level) for one in more}
    kept = [one for one in asked.assumed if key(one, asked.level) not in names]
    changed(model, asked, [*kept, *more])


def take_over(model: Model, asked: Asked, steps: Sequence[Assumption]) -> None:
    """Assume the steps of a path, and no more, and show what they do."""
    changed(model, asked, steps)
    st.query_params[SECTION] = SECTIONS[0]


def clear(asked: Asked) -> None:
    """Assume nothing."""
    write(asked, ())


def moved(change: Callable[..., None], *args: object) -> None:
    """Go to another place: what was assumed of the old one is dropped."""
    change(*args)
    if FIGURES in st.query_params:
        del st.query_params[FIGURES]


def change_level(facts: Facts) -> None:
    """Go to another level; an example gives way to that level's own."""
    if "place" not in st.query_params:
        st.session_state["place"] = None
    state.change_level(facts, *SHARED)
