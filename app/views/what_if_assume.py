"""Where figures are assumed: one by one, as they are planned, or from a file."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from app.commands.errors import message
from app.ui import uploaded, what_if_planned, what_if_state, what_if_tables
from app.ui.columns import labels, plain
from app.ui.my_lens_tables import name_of
from app.ui.units import unit
from app.ui.what_if_state import Asked
from app.ui.words import t
from app.views import own
from data import DataError
from model.assumptions import Assumption
from model.score import Model

NAMES, FILE, BROUGHT = "if_names", "if_file", "if_brought"
# Lines said of the rows of a file.
MOST_SAID = 10


def editor(model: Model, asked: Asked, lang: str) -> None:
    """Draw which figures are assumed, each with the one known."""
    options = what_if_state.readable(model, asked)
    held = [what_if_state.key(one, asked.level) for one in asked.assumed]
    options += [name for name in held if name not in options]
    st.session_state[NAMES] = held
    st.multiselect(
        t("scenario.figures", lang),
        options,
        format_func=lambda name: option(model, name, lang),
        key=NAMES,
        placeholder=t("scenario.figures_hint", lang),
        filter_mode="contains",
        max_selections=what_if_state.MOST,
        on_change=what_if_state.set_names,
        args=(model, asked, NAMES),
        help=t("scenario.figures_help", lang, count=len(options)),
    )
    for one in asked.assumed:
        figure(model, asked, one, lang)
    if asked.assumed:
        st.button(
            t("scenario.clear", lang), on_click=what_if_state.clear, args=(asked,)
        )


def option(model: Model, name: str, lang: str) -> str:
    """Return how the list calls a figure: its pillar before its name."""
    pillar = model.facts.indicators.at[name.removeprefix(what_if_state.CITY), "pillar"]
    said = name_of(model.facts, name, lang)
    return f"{t(f'common.pillar_{pillar}', lang)} · {said}"


def figure(model: Model, asked: Asked, one: Assumption, lang: str) -> None:
    """Draw the box of one figure, and what is known in its place."""
    entry = model.facts.indicators.loc[one.indicator]
    name = what_if_state.key(one, asked.level)
    # Another place is another box.
    key = f"if_{asked.level}_{asked.place}_{name}"
    empty = bool(np.isnan(one.value))
    st.session_state[key] = None if empty else one.value
    said = plain(name_of(model.facts, name, lang))
    change: dict[str, Any] = {
        "on_change": what_if_state.set_value,
        "args": (model, asked, name, key),
    }
    with st.container(border=True):
        if entry["measure"] == "flag":
            st.selectbox(
                t("scenario.flag", lang, name=said),
                [1.0, 0.0],
                index=None,
                format_func=lambda value: t(f"scenario.flag_{value:.0f}", lang),
                key=key,
                placeholder=t("scenario.unknown", lang),
                **change,
            )
        else:
            counted = plain(unit(entry["unit"], lang))
            st.number_input(
                t("scenario.figure", lang, name=said, unit=counted),
                # Without a default the box can be emptied.
                value=None,
                key=key,
                format="%g",
                step=step(one.value),
                placeholder=t("scenario.unknown", lang),
                **change,
            )
        before = what_if_tables.known(model, one, lang)
        after = what_if_tables.said(one.value, str(entry["unit"]), lang)
        st.caption(f"{plain(before)}  \n{t('scenario.badge', lang)} {plain(after)}")


def step(value: float) -> float:
    """Return how far one press of a box's button goes: about a tenth."""
    if np.isnan(value) or value == 0:
        return 1.0
    return float(10.0 ** (np.floor(np.log10(abs(value))) - 1))


def planned(model: Model, asked: Asked, lang: str) -> None:
    """Offer the planned figures that the facts hold for the place."""
    table = what_if_planned.planned(model, asked, model.facts.observations)
    if table.empty:
        return
    with st.expander(t("scenario.planned", lang, count=len(table))):
        rows = what_if_tables.planned(table, asked, model.facts, lang)
        st.dataframe(
            rows.rename(columns=labels(list(rows), lang, "scenario")),
            hide_index=True,
            alt=t("scenario.alt_planned", lang),
        )
        none = not table["read"].any()
        key = "scenario.planned_unread" if none else "scenario.planned_note"
        st.caption(t(key, lang))
        st.button(
            t("scenario.planned_use", lang),
            on_click=what_if_state.take,
            args=(model, asked, what_if_planned.assumed(table)),
        )


def file(model: Model, asked: Asked, lang: str) -> None:
    """Take a file of planned figures, and offer one to fill in."""
    # What is said of a file is seen when boxes have come in above.
    held = st.session_state.get(FILE) is not None
    with st.expander(t("scenario.file", lang), expanded=held):
        st.markdown(t("scenario.file_note", lang))
        row = st.container(horizontal=True)
        for suffix, mime in own.MIME.items():
            row.download_button(
                t("scenario.template", lang, kind=suffix[1:].upper()),
                partial(own.template, model.facts, "indicators", lang, suffix),
                file_name=f"siteselect_planned{suffix}",
                mime=mime,
                on_click="ignore",
            )
        st.file_uploader(
            t("scenario.file_open", lang),
            type=[suffix[1:] for suffix in uploaded.SUFFIXES],
            key=FILE,
            on_change=opened,
            args=(model, asked, lang),
        )
        if held and BROUGHT in st.session_state:
            brought(lang)


def opened(model: Model, asked: Asked, lang: str) -> None:
    """Assume what the file just brought plans for the place."""
    st.session_state.pop(BROUGHT, None)
    given = st.session_state.get(FILE)
    if given is None:
        return
    suffix = uploaded.suffix(given.name)
    content = given.getvalue()
    with st.spinner(t("scenario.file_reading", lang)):
        try:
            mine, others, said = what_if_planned.brought(
                model, asked, content, suffix, lang
            )
        except DataError as error:
            st.session_state[BROUGHT] = (None, 0, [message(error, lang)])
            return
    if mine:
        what_if_state.take(model, asked, mine)
    taken = 0 if what_if_state.REFUSED in st.session_state else len(mine)
    st.session_state[BROUGHT] = (taken, others, said)


def brought(lang: str) -> None:
    """Say what was taken of the file, and what of it could not be used."""
    taken, others, said = st.session_state[BROUGHT]
    if taken is not None:
        told = t("scenario.file_done", lang, taken=taken, others=others)
        (st.success if taken else st.info)(told)
    shown = [plain(line) for line in said[:MOST_SAID]]
    if said[MOST_SAID:]:
        more = len(said) - MOST_SAID
        shown.append(t("scenario.file_more", lang, count=more))
    if shown:
        (st.error if taken is None else st.warning)("  \n".join(shown))
