"""Overrides of one visit: held in the visitor's session, saved to and read from files.

Nothing here is shared: two visitors, or two windows of one, do not see each other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from app.commands import overriding
from app.commands.errors import UserError
from app.ui import history_state
from model import overrides as ov
from model.overrides import Override, OverrideError, Overrides

HELD, INITIALS, FAILED = "overrides", "override_by", "override_failed"
# How many files were taken: the next uploader is a new, empty one.
TAKEN, DONE = "overrides_taken", "overrides_done"
# The parameter that asks for the model's own order.
MODEL_ORDER = "model_order"
# What people choose.
CHOICES = ("pin", "up", "down", "exclude")
PARTS = ("kind", "number", "reason", "initials")


def hold() -> Overrides:
    """Return all overrides of this visit."""
    text = st.session_state.get(HELD)
    return Overrides() if text is None else ov.from_short(text)


def keep(held: Overrides) -> None:
    """Hold these from now on."""
    st.session_state[HELD] = ov.to_short(held)


def in_effect(segment: str, level: str) -> dict[str, Override]:
    """Return the override of each place that counts in a ranking."""
    return ov.in_effect(hold().of(segment, level))


def mark(segment: str, level: str, place: str, lang: str) -> str:
    """Say the override of a place, to stand next to its rank; nothing without one.

    Plain text that a visitor wrote: :func:`app.ui.columns.plain` before Markdown.
    """
    one = in_effect(segment, level).get(place)
    return "" if one is None else overriding.said(one, lang)


def marked(
    table: pd.DataFrame, about: Sequence[tuple[str, str, str]], heading: str, lang: str
) -> pd.DataFrame:
    """Add to a table for a file what was changed by hand of the rank of each row.

    Parameters
    ----------
    table : DataFrame
    about : sequence of tuple
        Segment, level and place of each row.
    heading : str
        Of the column, which is left out when nothing was changed.
    lang : {"zh", "en"}
    """
    effects = {ranking: in_effect(*ranking) for ranking in {one[:2] for one in about}}
    held = [effects[one[:2]].get(one[2]) for one in about]
    said = ["" if one is None else overriding.said(one, lang) for one in held]
    return table.assign(**{heading: said}) if any(said) else table


def applied(ranking: pd.DataFrame, segment: str, level: str) -> pd.DataFrame:
    """Return a ranking, all of it or part, as this visitor changed it.

    Without an override of the ranking it is returned as it is, without new columns.
    """
    ours = hold().of(segment, level)
    return ov.apply(ranking, ours) if ours.items else ranking


def add(one: Override, ranking: pd.DataFrame) -> None:
    """Hold one more, in place of any other of its place.

    Parameters
    ----------
    one : Override
    ranking : DataFrame
        The whole ranking that it changes.

    Raises
    ------
    UserError, OverrideError
        When it cannot count; all stay as they were.
    """
    keep(hold().added(overriding.checked(one, ranking)))


def remove(*items: Override) -> None:
    """Let go of overrides."""
    gone = set(items)
    keep(Overrides(tuple(one for one in hold().items if one not in gone)))
    for one in items:
        history_state.noted("restored", (one.segment, one.level, one.place))


def clear(one: Override) -> None:
    """Let go of every override of a place in its ranking."""
    keep(hold().without(one))
    history_state.noted("restored", (one.segment, one.level, one.place))


def save() -> str:
    """Return all as a file."""
    return ov.to_json(hold())


def join(brought: Overrides, replace: bool) -> None:
    """Hold these instead of what is held, or beside it.

    Beside it, these of a place stand in place of those held.

    Raises
    ------
    OverrideError
        When they do not go with what is held; all stay.
    """
    theirs = {(one.segment, one.level, one.place) for one in brought.items}
    mine = () if replace else hold().items
    left = [one for one in mine if (one.segment, one.level, one.place) not in theirs]
    keep(Overrides((*left, *brought.items)))


def key(part: str, segment: str, level: str, place: str) -> str:
    """Return the key of a widget of the form: one for each ranking and place."""
    return f"override-{part}-{segment}-{level}-{place}"


def submit(segment: str, level: str, place: str, ranking: pd.DataFrame) -> None:
    """Take the form's override (its button's callback)."""
    chosen, number, reason, initials = (
        st.session_state.get(key(part, segment, level, place)) for part in PARTS
    )
    steps = 0 if chosen == "exclude" else int(number or 0)
    kind = "move" if chosen in ("up", "down") else str(chosen)
    st.session_state[INITIALS] = initials or ""
    try:
        one = Override(
            segment=segment,
            level=level,
            place=place,
            kind=kind,
            number=-steps if chosen == "down" else steps,
            reason=reason or "",
            initials=initials or "",
            date=date.today().isoformat(),
        )
        add(one, ranking)
    except (UserError, OverrideError) as error:
        st.session_state[FAILED] = error
        return
    st.session_state[key("open", segment, level, place)] = False
    said = f"{one.kind} {one.number} {one.reason}"
    history_state.noted("overridden", (segment, level, place), said)


def failed() -> Exception | None:
    """Return, once, why the last change was not taken."""
    return st.session_state.pop(FAILED, None)
