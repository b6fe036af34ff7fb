"""决策 Decisions: every rank this visitor changed by hand, and why; as a file too."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.commands import overriding
from app.commands.errors import message
from app.export import tables
from app.ui import cache, columns, override_state, override_tables, state
from app.ui.columns import plain
from app.ui.words import t
from app.views import controls
from data.importers import cells
from data.schema import LEVELS
from model import overrides as ov
from model.overrides import OverrideError, Overrides
from model.score import Model

HEIGHT, ROW = 520, 35
REMOVED = "decide_removed"
MOST_UPLOAD = ov.MOST_BYTES // 1_000_000
WIDTHS = {
    **{"segment": 110, "level": 60, "place": 140, "kind": 110, "rank": 92},
    **{"shown_rank": 92, "reason": 280, "initials": 64, "date": 92, "idle": 130},
}


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("decide.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("decide.lead", lang))
    held = override_state.hold()
    if held.items:
        table = changes(model, held, lang)
        st.subheader(t("decide.files", lang), anchor=False)
        save(table, lang)
    else:
        st.info(t("decide.empty", lang))
    files(held, lang)


def changes(model: Model, held: Overrides, lang: str) -> pd.DataFrame:
    """Draw every override with the model's rank and the one shown; return the table."""
    facts, items = model.facts, held.items
    with st.spinner(t("decide.checking", lang)):
        listed = overriding.listed(model, held, cache.ranking)
    names = {level: cache.names(facts, level, lang) for level in LEVELS}
    segments = dict(facts.segments[f"name_{lang}"])
    rows = override_tables.decisions(listed, items, segments, names, lang)
    st.markdown(f"**{t('decide.count', lang, count=len(items))}**")
    idle = int((listed["idle"] != "").sum())
    if idle:
        st.warning(t("decide.idle_note", lang, count=idle))
    headings = columns.labels(list(rows), lang, "decide")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        height=HEIGHT if len(rows) > HEIGHT // ROW - 1 else "auto",
        column_config={
            headings[name]: st.column_config.Column(width=width)
            for name, width in WIDTHS.items()
        },
        alt=t("decide.alt_table", lang),
    )
    remove(rows, held, lang)
    return rows.rename(columns=headings)


def remove(rows: pd.DataFrame, held: Overrides, lang: str) -> None:
    """Draw the choice of overrides to let go of."""
    said = [
        columns.GAP.join((row.segment, row.place, row.kind))
        for row in rows.itertuples()
    ]
    # By what they are, so that none is taken for another after a change.
    labels = dict(zip(held.items, said, strict=True))
    short = {ov.to_short(Overrides((one,))): one for one in held.items}
    picked = st.multiselect(
        t("decide.choose_removed", lang),
        list(short),
        format_func=lambda text: labels[short[text]],
        key=REMOVED,
        placeholder=t("decide.choose_hint", lang),
    )
    if picked:
        st.button(
            t("decide.remove_chosen", lang, count=len(picked)),
            key="decide_remove",
            on_click=override_state.remove,
            args=tuple(short[text] for text in picked),
        )


def save(table: pd.DataFrame, lang: str) -> None:
    """Say how long overrides last, and offer them as files."""
    st.caption(t("decide.private", lang))
    reason = t("decide.col_reason", lang)
    bar = st.container(horizontal=True)
    bar.download_button(
        t("decide.save", lang),
        override_state.save(),
        file_name="siteselect_overrides.json",
        mime="application/json",
        on_click="ignore",
        type="primary",
    )
    bar.download_button(
        t("decide.save_csv", lang),
        tables.csv(table.assign(**{reason: table[reason].map(cells.guard)})),
        file_name="siteselect_overrides.csv",
        mime="text/csv",
        on_click="ignore",
    )


def files(held: Overrides, lang: str) -> None:
    """Take a file of overrides."""
    times = st.session_state.get(override_state.TAKEN, 0)
    brought = st.file_uploader(
        t("decide.open", lang),
        type=["json"],
        key=f"overrides_file_{times}",
        max_upload_size=MOST_UPLOAD,
    )
    if error := override_state.failed():
        refused(error, lang)
    elif (count := st.session_state.pop(override_state.DONE, None)) is not None:
        st.success(t("decide.taken", lang, count=count))
    if brought is not None:
        offer(brought.getvalue(), held, lang)


def offer(content: bytes, held: Overrides, lang: str) -> None:
    """Say what a file holds, and ask what to do with it."""
    try:
        inside = ov.from_json(content)
    except OverrideError as error:
        refused(error, lang)
        return
    st.markdown(t("decide.file_holds", lang, count=len(inside.items)))
    choices = [("take", True)]
    if held.items:
        st.caption(t("decide.file_or", lang, held=len(held.items)))
        choices = [("take_add", False), ("take_replace", True)]
    bar = st.container(horizontal=True)
    for name, replace in choices:
        bar.button(
            t(f"decide.{name}", lang),
            key=f"decide_{name}",
            on_click=override_state.take,
            args=(content, replace),
        )


def refused(error: Exception, lang: str) -> None:
    """Say why a change or a file was not taken."""
    st.error(plain(t("decide.refused", lang, why=message(error, lang))))
