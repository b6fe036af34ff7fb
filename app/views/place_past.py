"""What a place has had and has: zones, platforms and policies in time, and firms."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.ui import cache, charts, place_charts, place_tables, state
from app.ui.state import State
from app.ui.words import t
from app.views import known, pick, policies
from model.score import Model

HEIGHT = 300


def history(model: Model, chosen: State, lang: str) -> None:
    """Draw the zones, platforms and policies by year, and list them."""
    st.subheader(t("place.history", lang), anchor=False)
    asked = (chosen.level, chosen.place, lang, state.ground())
    chart = cache.shared(_timeline, model, *asked)
    if chart is not None:
        st.altair_chart(chart, alt=t("place.alt_timeline", lang))
        st.caption(t("place.timeline_note", lang))
    known.history(model, chosen, lang)
    clock = st.expander(
        t("place.clock", lang),
        icon=":material/schedule:",
        key=f"place-clock-{lang}",
        on_change="rerun",
    )
    # Only computed for those who ask.
    if clock.open:
        with clock:
            policies.section(model, chosen, lang)


def _timeline(model: Model, level: str, place: str, *more: str) -> object | None:
    """Return the picture of a place's history, or nothing without a date."""
    lang, ground = more
    entries = known.entries(model, State(level=level, place=place), lang)
    marks = place_tables.marks(entries, lang)
    return None if marks.empty else place_charts.timeline(marks, lang, ground)


def firms(model: Model, chosen: State, lang: str) -> None:
    """Draw the firm events of the last quarters by segment, and list the firms."""
    st.subheader(t("place.firms", lang), anchor=False)
    table: pd.DataFrame = cache.shared(
        place_tables.quarters, model, chosen.level, chosen.place
    )
    if table.empty:
        st.caption(t("place.no_events", lang, as_of=model.as_of))
    else:
        st.caption(t("place.firms_note", lang, as_of=model.as_of))
        rows = place_tables.events(table, model.facts, lang)
        headings = {name: t(f"place.col_{name}", lang) for name in rows}
        config = st.column_config
        clickable(
            rows.rename(columns=headings),
            "place-events",
            tuple(table.index),
            chosen.segment,
            column_config={
                headings["segment"]: config.TextColumn(width=150),
                headings["bars"]: config.BarChartColumn(
                    width=300,
                    y_min=0,
                    y_max=float(table.to_numpy().max()),
                    color=charts.ACCENT,
                ),
                headings["last"]: config.NumberColumn(width=90),
                headings["sum"]: config.NumberColumn(width=90),
            },
            height=HEIGHT if len(rows) > 7 else "auto",
            alt=t("place.alt_firms", lang),
        )
    known.firms(model, chosen, lang)


def clickable(
    rows: pd.DataFrame, name: str, codes: tuple[str, ...], chosen: str, **more: Any
) -> None:
    """Draw a table whose rows are segments: a click on one chooses it.

    Parameters
    ----------
    rows : DataFrame
    name : str
        Of the table.
    codes : tuple of str
        Segment of each row.
    chosen : str
        The segment whose row is marked, where it has one.
    **more
        For ``st.dataframe``.
    """
    pick.table(
        rows,
        name,
        codes,
        chosen,
        lambda key, codes: state.choose(key, codes, "segment", "segment"),
        **more,
    )
