"""Which policies of the chosen place run, end within a year, or are over."""

from __future__ import annotations

from datetime import date

import streamlit as st

from app.ui import cache, moved_charts, moved_tables, state
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from app.views.moved import table
from model.score import Model


def section(model: Model, chosen: State, lang: str) -> None:
    """Draw the policy clock of the chosen place for the chosen segment."""
    if chosen.place not in model.tables[chosen.level].history.places:
        st.info(t("detail.not_ranked", lang))
        return
    today = choice(model, lang)
    asked = (chosen.segment, chosen.level, chosen.place, today)
    with st.spinner(t("moved.clock_working", lang)):
        answer = cache.shared(moved_tables.clock, model, *asked)
    known, *rest = answer[f"sentences_{lang}"]
    if not answer["policies"]:
        left = answer["left_out"]
        st.info(t("moved.no_policies", lang, month=today))
        if left:
            st.caption(t("moved.left_out", lang, count=left))
    else:
        tally = st.container(horizontal=True)
        for name, count in moved_tables.counts(answer, lang).items():
            tally.metric(name, count, width="content")
        st.caption(plain(known))
        bars = moved_tables.bars(answer, lang)
        if bars.empty:
            st.caption(t("moved.no_bars", lang))
        else:
            now = (today, moved_tables.in_years(today))
            st.altair_chart(
                moved_charts.timeline(bars, now, lang, state.ground()),
                alt=t("moved.alt_timeline", lang),
            )
            undated = len(answer["policies"]) - len(bars)
            if undated:
                st.caption(t("moved.undated", lang, count=undated))
        table(moved_tables.policies(answer, lang), "policies", lang)
    for said in rest:
        st.markdown(plain(said.strip()))
    for note in answer["notes"]:
        st.caption(plain(note[f"text_{lang}"]))


def choice(model: Model, lang: str) -> str:
    """Draw the choice between this month and the model's own, and return it."""
    now = date.today().strftime("%Y-%m")
    known = dict.fromkeys((now, model.as_of))
    notes: list[state.Note] = []
    params = st.query_params.to_dict()
    today = state.pick(params, "today", {m: m for m in known}, now, notes)
    for note in notes:
        said = {"value": note.value, "used": note.used}
        st.warning(plain(t("moved.bad_today", lang, **said)))
    state.fill({"today": today})
    st.segmented_control(
        t("moved.today", lang),
        list(known),
        format_func=lambda one: t(
            "moved.today_now" if one == now else "moved.today_model", lang, month=one
        ),
        key="today",
        required=True,
        on_change=state.write,
        args=("today",),
    )
    return today
