"""A visit's shortlist, and what was done in it: held in the visitor's session."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from app.ui import shortlist
from app.ui.shortlist import Decisions, Event

HELD = "shortlist"


def hold() -> Decisions:
    """Return the shortlist and the history of this visit."""
    text = st.session_state.get(HELD)
    return Decisions() if text is None else shortlist.from_json(text)


def keep(held: Decisions) -> None:
    """Hold a shortlist and a history from now on; overrides are held elsewhere."""
    bare = Decisions(held.shortlist, history=held.history)
    st.session_state[HELD] = shortlist.to_json(bare)


def now() -> str:
    """Return date and time where the visitor is, to the minute."""
    zone = st.context.timezone
    when = datetime.now(ZoneInfo(zone) if zone else None)
    return when.strftime("%Y-%m-%dT%H:%M")


def noted(kind: str, about: tuple[str, str, str], detail: str = "") -> None:
    """Write something that was done into the history."""
    held = hold()
    event = Event(now(), kind, *about, detail=detail[: shortlist.MOST_NOTE])
    keep(replace(held, history=(*held.history, event)))
