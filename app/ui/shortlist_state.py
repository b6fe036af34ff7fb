"""The decisions of one visit, held in the visitor's session and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from app.ui import cache, history_state, override_state, shortlist
from app.ui.history_state import keep, noted, now
from app.ui.shortlist import DecisionError, Decisions, Item
from data import Facts
from model.overrides import OverrideError
from model.score import Model


def hold() -> Decisions:
    """Return all that was decided in this visit."""
    return replace(history_state.hold(), overrides=override_state.hold())


def found(segment: str, level: str, place: str) -> Item | None:
    """Return a place's entry on the shortlist."""
    about = (segment, level, place)
    return next((one for one in hold().shortlist if one.about == about), None)


def standing(model: Model, segment: str, level: str, place: str) -> pd.Series | None:
    """Return a place's row in the model's whole ranking."""
    ranking = cache.ranking(model, segment, level)
    mine = ranking[ranking["place"] == place]
    return None if mine.empty else mine.iloc[0]


def add(model: Model, segment: str, level: str, place: str, note: str) -> None:
    """Put a place on the shortlist, as it stands now (a button's callback)."""
    row = standing(model, segment, level, place)
    if row is None:
        return
    low, high = row["rank_low"], row["rank_high"]
    held = hold()
    try:
        item = Item(
            segment,
            level,
            place,
            rank=int(row["rank"]),
            rank_low=0 if low is None else int(low),
            rank_high=0 if high is None else int(high),
            score=round(float(row["score"]), 6),
            as_of=model.as_of,
            added=now(),
            note=note,
        )
        held = held.without([item.about])
        keep(replace(held, shortlist=(*held.shortlist, item)))
    except DecisionError as error:
        st.session_state[override_state.FAILED] = error
        return
    noted("added", item.about, item.note)


def add_chosen(model: Model, segment: str, level: str, place: str, box: str) -> None:
    """Put a place on the shortlist with the note of a box."""
    add(model, segment, level, place, st.session_state.get(box) or "")


def remove(*about: tuple[str, str, str]) -> None:
    """Take places off the shortlist."""
    keep(hold().without(about))
    for one in about:
        noted("removed", one)


def edited(key: str, about: tuple[tuple[str, str, str], ...]) -> None:
    """Take what was changed in the table: notes, order, and what is to go."""
    held = hold()
    items = {one.about: one for one in held.shortlist}
    order = {one: float(at) for at, one in enumerate(about, 1)}
    gone, told = [], []
    try:
        for row, edit in st.session_state[key]["edited_rows"].items():
            one = about[int(row)]
            if edit.get("remove"):
                gone.append(one)
            if "note" in edit:
                items[one] = replace(items[one], note=str(edit["note"] or ""))
                told.append(one)
            if edit.get("order"):
                # Before the one that has the number, or after it on the way down.
                wanted = float(edit["order"])
                order[one] = wanted + (0.5 if wanted > order[one] else -0.5)
        listed = sorted(items, key=lambda one: order[one])
        keep(replace(held, shortlist=tuple(items[one] for one in listed)))
    except DecisionError as error:
        st.session_state[override_state.FAILED] = error
        return
    for one in told:
        noted("noted", one, items[one].note)
    if gone:
        remove(*gone)


def take(content: bytes, replaces: bool, facts: Facts) -> None:
    """Take a file that was brought: all of it, or nothing (a button's callback)."""
    before = st.session_state.get(override_state.HELD)
    try:
        brought = shortlist.from_json(content)
        shortlist.check(brought, facts)
        held = Decisions() if replaces else hold()
        joined = held.joined(brought)
        override_state.join(brought.overrides, replaces)
        keep(joined)
    except (DecisionError, OverrideError) as error:
        st.session_state[override_state.HELD] = before
        st.session_state[override_state.FAILED] = error
        return
    done = hold()
    counts = (len(done.shortlist), len(done.overrides.items))
    noted("opened", ("", "", ""), f"{counts[0]} {counts[1]}")
    st.session_state[override_state.TAKEN] = (
        st.session_state.get(override_state.TAKEN, 0) + 1
    )
    st.session_state[override_state.DONE] = counts
