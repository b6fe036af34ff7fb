"""The shortlist: the button beside a chosen place, and the table on its page."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import (
    cache,
    columns,
    history_state,
    shortlist,
    shortlist_state,
    shortlist_tables,
)
from app.ui.columns import plain
from app.ui.shortlist import Decisions
from app.ui.state import State
from app.ui.words import t
from data.schema import LEVELS
from model.score import Model

HEIGHT, ROW = 420, 35
WIDTHS = {
    **{"order": 74, "segment": 130, "level": 64, "place": 170, "change": 180},
    **{"note": 260, "added": 122, "as_of": 76},
}
EDITED = ("order", "note", "remove")
HISTORY = {"time": 130, "what": 120, "about": 320, "detail": 420}


def control(model: Model, chosen: State, lang: str) -> None:
    """Draw the button that puts the chosen place on the shortlist, or takes it off."""
    about = (chosen.segment, chosen.level, chosen.place)
    if shortlist_state.standing(model, *about) is None:
        return
    key = "-".join(about)
    bar = st.container(horizontal=True, vertical_alignment="center")
    if held := shortlist_state.found(*about):
        bar.button(
            t("shortlist.leave", lang),
            key=f"shortlist-leave-{key}",
            icon=":material/bookmark_remove:",
            on_click=shortlist_state.remove,
            args=(about,),
        )
        said = t("shortlist.held", lang, rank=held.rank, as_of=held.as_of)
        bar.caption(said + (f"  \n{plain(held.note)}" if held.note else ""))
        return
    box = f"shortlist-note-{key}"
    bar.text_input(
        t("shortlist.note", lang),
        key=box,
        max_chars=shortlist.MOST_NOTE,
        placeholder=t("shortlist.note_hint", lang),
        label_visibility="collapsed",
    )
    bar.button(
        t("shortlist.add", lang),
        key=f"shortlist-add-{key}",
        icon=":material/bookmark_add:",
        on_click=shortlist_state.add_chosen,
        args=(model, *about, box),
    )


def section(model: Model, held: Decisions, lang: str) -> None:
    """Draw the shortlist, to be ordered, noted and compared."""
    st.header(t("shortlist.heading", lang), anchor=False)
    if not held.shortlist:
        st.info(t("shortlist.empty", lang))
        return
    st.caption(t("shortlist.lead", lang, count=len(held.shortlist)))
    names = {level: cache.names(model.facts, level, lang) for level in LEVELS}
    with st.spinner(t("shortlist.checking", lang)):
        standings = [
            shortlist_state.standing(model, *one.about) for one in held.shortlist
        ]
    rows = shortlist_tables.items(model, held.shortlist, standings, names, lang)
    editor(rows.copy(), held, lang)
    headings = columns.labels(list(rows), lang, "shortlist")
    st.download_button(
        t("shortlist.save_csv", lang),
        tables.csv(shortlist_tables.guarded(rows.rename(columns=headings))),
        file_name="siteselect_shortlist.csv",
        mime="text/csv",
        on_click="ignore",
    )


def editor(rows: pd.DataFrame, held: Decisions, lang: str) -> None:
    """Draw the table in which notes and order are changed, and places removed."""
    # Seen on a phone too, before the rest.
    rows.insert(1, "remove", False)
    # The columns keep their ids: an edit comes back under its column's name.
    headings = columns.labels(list(rows), lang, "shortlist")
    config = st.column_config
    # Another shortlist is another table: its edits are not made a second time.
    content = shortlist.to_json(Decisions(held.shortlist))
    key = f"shortlist-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    drawn = {
        name: config.Column(headings[name], width=width)
        for name, width in WIDTHS.items()
    }
    drawn["order"] = config.NumberColumn(
        headings["order"],
        help=t("shortlist.help_order", lang),
        min_value=1,
        max_value=len(rows),
        step=1,
        required=True,
        width=WIDTHS["order"],
        pinned=True,
    )
    drawn["note"] = config.TextColumn(
        headings["note"], max_chars=shortlist.MOST_NOTE, width=WIDTHS["note"]
    )
    drawn["remove"] = config.CheckboxColumn(
        headings["remove"], help=t("shortlist.help_remove", lang), width=70
    )
    for name in ("score_then", "score_now"):
        drawn[name] = config.NumberColumn(headings[name], format="%.2f")
    st.data_editor(
        rows,
        key=key,
        hide_index=True,
        height=HEIGHT if len(rows) > HEIGHT // ROW - 1 else "auto",
        column_config={**headings, **drawn},
        disabled=[name for name in rows if name not in EDITED],
        on_change=shortlist_state.edited,
        args=(key, tuple(one.about for one in held.shortlist)),
    )


def history(model: Model, lang: str) -> None:
    """List what was done in this visit, the newest first."""
    st.header(t("shortlist.history", lang), anchor=False)
    events = history_state.hold().history
    if not events:
        st.caption(t("shortlist.history_empty", lang))
        return
    names = {level: cache.names(model.facts, level, lang) for level in LEVELS}
    segments = dict(model.facts.segments[f"name_{lang}"])
    rows = shortlist_tables.history(events, segments, names, lang)
    headings = columns.labels(list(rows), lang, "shortlist")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        height=HEIGHT if len(rows) > HEIGHT // ROW - 1 else "auto",
        column_config={
            headings[name]: st.column_config.Column(width=width)
            for name, width in HISTORY.items()
        },
        alt=t("shortlist.alt_history", lang),
    )
