"""找数据 Search: any figure by its place, its indicator or its source."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import cache, catalogue, columns, facts_state, state
from app.ui.facts_state import ALL, CHOICES, KEYS, Asked
from app.ui.words import t
from app.views import pick
from data import Facts

SHOWN = 200
HEIGHT = 520
EXAMPLES = 5
COLUMNS = [
    *("place", "indicator", "value", "period", "quality", "source", "locator"),
    *("published", "pillar", "note"),
]
FILE = [
    *("code", "at", "place", "indicator_id", "indicator", "pillar", "value"),
    *("number", "unit", "period", "published", "quality", "source_id", "source"),
    *("locator", "note"),
]


def section(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw the box, its filters and what they find."""
    box, at, pillar, status = st.columns([10, 5, 5, 5])
    box.text_input(
        t("data.param_q", lang),
        key="q",
        type="search",
        max_chars=facts_state.LONGEST_QUERY,
        placeholder=t("data.q_hint", lang),
        help=t("data.q_help", lang),
        on_change=state.write,
        args=KEYS,
    )
    for spot, name in ((at, "at"), (pillar, "pillar"), (status, "status")):
        with spot:
            pick.choice(name, CHOICES[name], lang)
    filters = (asked.at, asked.pillar, asked.status)
    if not asked.q.strip() and set(filters) == {ALL}:
        st.caption(t("data.search_empty", lang))
        examples(lang)
        return
    rows = cache.index(facts).find(asked.q, *filters)
    if rows.empty:
        st.info(t("data.search_nothing", lang))
        examples(lang)
        return
    results(facts, rows, lang)


def examples(lang: str) -> None:
    """Offer things to look for."""
    bar = st.container(horizontal=True)
    for position in range(1, EXAMPLES + 1):
        text = t(f"data.example_{position}", lang)
        bar.button(text, key=f"example-{position}", on_click=look, args=(text,))


def look(text: str) -> None:
    """Look for something, with no filter in its way."""
    for name in ("at", "pillar", "status"):
        st.session_state[name] = ALL
    st.session_state["q"] = text
    st.session_state["section"] = "search"
    state.write(*KEYS)


def results(facts: Facts, rows: pd.DataFrame, lang: str) -> None:
    """Draw the figures found, and offer all of them as a file."""
    shown = catalogue.found(facts, rows.head(SHOWN), lang)
    cut = len(rows) > SHOWN
    st.caption(
        t(
            "data.search_cut" if cut else "data.search_found",
            lang,
            many=f"{len(rows):,}",
            shown=len(shown),
        )
    )
    headings = columns.labels(COLUMNS, lang, "data")
    st.dataframe(
        shown[COLUMNS].rename(columns=headings),
        key="found",
        hide_index=True,
        height=HEIGHT if len(shown) > 12 else "auto",
        column_config=columns.widths(headings, lang, shown),
        alt=t("data.alt_found", lang),
    )

    def content() -> bytes:
        whole = catalogue.found(facts, rows, lang)[FILE]
        return tables.csv(whole.rename(columns=columns.labels(FILE, lang, "data")))

    st.download_button(
        t("data.download", lang, many=f"{len(rows):,}"),
        content,
        file_name="siteselect_figures.csv",
        mime="text/csv",
        on_click="ignore",
    )
