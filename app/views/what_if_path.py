"""Path to the shortlist: the fewest steps into the first places, and their reach."""

from __future__ import annotations

import streamlit as st

from app.commands.errors import message
from app.ui import cache, columns, state, what_if_charts, what_if_state, what_if_tables
from app.ui.columns import plain
from app.ui.what_if_state import TOP, TOPS, Asked
from app.ui.words import t
from app.views import what_if_answer
from model.assumptions import Assumption
from model.path import Path, path_to_top
from model.score import Model, UnknownNameError


def shortlist(asked: Asked, lang: str) -> None:
    """Draw the choice of how many places are on the shortlist."""
    state.fill({TOP: str(asked.top)})
    st.segmented_control(
        t("scenario.param_k", lang),
        TOPS,
        key=TOP,
        required=True,
        on_change=state.write,
        args=(TOP,),
    )
    if asked.assumed:
        st.caption(t("scenario.from_known", lang))


def section(model: Model, asked: Asked, lang: str) -> None:
    """Draw the section."""
    shortlist(asked, lang)
    with st.spinner(t("scenario.path_working", lang)):
        try:
            found = cache.shared(path_to_top, model, *asked.about(), asked.top)
        except UnknownNameError as error:
            st.error(plain(message(error, lang, model.facts)))
            return
    status(found, lang)
    if found.status == "already":
        return
    if found.steps:
        taken(model, asked, found, lang)


def status(found: Path, lang: str) -> None:
    """Say what was found."""
    values = {"k": found.top, "now": found.rank_before, "then": found.rank_after}
    name = found.status
    if name == "none" and not found.steps:
        name = "nowhere"
    if name == "reached":
        name = f"reached_{found.search}"
    said = t(f"scenario.path_{name}", lang, count=len(found.steps), **values)
    (st.success if found.status == "already" else st.info)(said)


def taken(model: Model, asked: Asked, found: Path, lang: str) -> None:
    """Draw the steps, where they lead, and how to go on from them."""
    what_if_answer.marked(t("scenario.path_basis", lang), lang)
    spots = st.container(horizontal=True)
    ranks = f"#{found.rank_before}", f"#{found.rank_after}"
    moved = found.rank_before - found.rank_after
    what_if_answer.metric(spots, "rank", ranks, lang, moved)
    if found.range_before and found.range_after:
        spans = (
            what_if_tables.span(*found.range_before),
            what_if_tables.span(*found.range_after),
        )
        what_if_answer.metric(spots, "range", spans, lang)
    st.markdown(f"**{t('scenario.steps', lang)}**")
    st.altair_chart(
        what_if_charts.steps(what_if_tables.picture(found, lang), lang, state.ground()),
        alt=t("scenario.alt_steps", lang),
    )
    st.caption(t("scenario.steps_note", lang))
    rows = what_if_tables.steps(found, lang)
    st.dataframe(
        rows.rename(columns=columns.labels(list(rows), lang, "scenario")),
        hide_index=True,
        height="content",
        alt=t("scenario.alt_steps_table", lang),
    )
    assumed = [
        Assumption(found.level, found.place, one["indicator"], float(one["to"]))
        for one in found.steps
    ]
    st.button(
        t("scenario.take_over", lang),
        type="primary",
        on_click=what_if_state.take_over,
        args=(model, asked, assumed),
    )
    lines = what_if_answer.of_top("path", asked), what_if_answer.command(asked, assumed)
    what_if_answer.reproduced(lang, *lines)
