"""Why the chosen place's rank is another than it was at an earlier month."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.ui import cache, columns, moved_charts, moved_tables, state
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from model.rank_move import RANKED
from model.score import Model

# So that the sources come into sight.
WIDTHS = {
    **{"source_of_score": 170, "score": 70, "before": 120, "after": 120},
    **{"state": 146, "policy": 240, "holder": 112, "issued": 80, "span": 100},
}


def section(model: Model, chosen: State, lang: str) -> None:
    """Draw the choice of a month, and why the rank moved since."""
    month = choice(model, chosen.level, lang)
    if not month:
        st.caption(t("moved.choose", lang))
        return
    if chosen.place not in model.tables[chosen.level].history.places:
        st.info(t("detail.not_ranked", lang))
        return
    asked = (chosen.segment, chosen.level, chosen.place, month)
    with st.spinner(t("moved.working", lang)):
        answer = cache.shared(moved_tables.moved, model, *asked)
    st.markdown(plain(moved_tables.sentence(answer, lang)))
    if answer["status"] == RANKED:
        if answer[f"against_{lang}"]:
            st.markdown(plain(answer[f"against_{lang}"] + t("moved.stop", lang)))
        st.altair_chart(
            moved_charts.steps(moved_tables.steps(answer, lang), lang, state.ground()),
            alt=t("moved.alt_steps", lang),
        )
        st.caption(t("moved.steps_note", lang))
        table(moved_tables.details(model, answer, lang), "details", lang)
        table(moved_tables.causes(answer, lang), "causes", lang)
    st.caption(t("moved.note", lang, month=month))


def choice(model: Model, level: str, lang: str) -> str:
    """Draw the months on offer, and return the one the URL asks for, if any."""
    asked = st.query_params.get("since", "")
    offered, month = moved_tables.months(model, level, asked)
    if asked and not month:
        least = moved_tables.first(model, level)
        said = {"value": asked, "first": least, "last": model.as_of}
        st.warning(plain(t("moved.bad_month", lang, **said)))
    state.fill({"since": month})
    st.pills(
        t("moved.since", lang, now=model.as_of),
        offered,
        format_func=lambda one: moved_tables.ago(model, one, lang),
        key="since",
        on_change=state.write,
        args=("since",),
    )
    return month


def table(rows: pd.DataFrame, name: str, lang: str) -> None:
    """Draw a table whose headings are words of this part of the page."""
    headings = columns.labels(list(rows), lang, "moved")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        row_height=columns.TALL_ROW if name == "policies" else None,
        column_config={
            headings[column]: st.column_config.Column(width=WIDTHS[column])
            for column in rows
            if column in WIDTHS
        },
        alt=t(f"moved.alt_{name}", lang),
    )
