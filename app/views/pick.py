"""A table in which a row is picked; what is picked is kept by its code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui import facts_state, state
from app.ui.columns import plain
from app.ui.words import t


def table(
    rows: pd.DataFrame,
    name: str,
    codes: tuple[str, ...],
    chosen: str,
    choose: Callable[[str, tuple[str, ...]], None],
    **options: Any,
) -> None:
    """Draw a table whose rows can be clicked; the chosen one is marked.

    Parameters
    ----------
    rows : DataFrame
    name : str
        Of the table.
    codes : tuple of str
        What each row is about.
    chosen : str
        What is chosen now, or nothing; it may have no row.
    choose : callable
        Writes a choice, from the table's key and the codes, by
        :func:`app.ui.state.choose`.
    **options
        Of ``st.dataframe``.
    """
    # A new order is a new table: a row number never outlives the list it was for.
    key = f"{name}-{state.order(codes)}"
    position = [codes.index(chosen)] if chosen in codes else []
    st.session_state[key] = {
        "selection": {"rows": position, "columns": [], "cells": []}
    }
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        selection_mode=["single-row", "single-cell"],
        on_select=lambda: choose(key, codes),
        **options,
    )


def listed(
    rows: pd.DataFrame, name: str, chosen: str, alt: str, **options: Any
) -> None:
    """Draw a table of the data page whose index holds the codes.

    Parameters
    ----------
    rows : DataFrame
        As shown, indexed by what is picked.
    name : str
        The parameter a click writes.
    chosen : str
        What is picked now, or nothing.
    alt : str
        What the table is, for those who cannot see it.
    **options
        Of ``st.dataframe``.
    """
    table(
        rows,
        name,
        tuple(map(str, rows.index)),
        chosen,
        lambda key, codes: state.choose(key, codes, name, *facts_state.KEYS),
        alt=alt,
        **options,
    )


def details(lang: str, tight: bool = False, **said: str) -> None:
    """Say what is known of the thing picked, a line for each; empty ones are left out.

    Parameters
    ----------
    lang : {"zh", "en"}
    tight : bool
        Whether lines follow each other without a gap.
    **said : str
        By the name of its heading (``data.col_<name>``); shown as it is.
    """
    lines = [
        t("data.line", lang, name=t(f"data.col_{name}", lang), text=plain(text))
        for name, text in said.items()
        if text
    ]
    st.markdown(("  \n" if tight else "\n\n").join(lines))


def beside(chosen: str) -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """Return the room of a list, and of the details of what is picked in it."""
    if not chosen:
        return st.container(), None
    left, right = st.columns([7, 6], gap="medium")
    return left, right


def heading(title: str, name: str, lang: str) -> None:
    """Draw the name of the thing picked, and a way out."""
    bar = st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    )
    bar.subheader(plain(title), anchor=False, width="content")
    bar.button(
        t("detail.close", lang),
        key=f"close-{name}",
        on_click=state.close,
        args=(name, *facts_state.KEYS),
    )


def choice(name: str, options: tuple[str, ...], lang: str, **more: Any) -> None:
    """Draw a list to choose one of a few things from, all of them first."""
    st.selectbox(
        t(f"data.param_{name}", lang),
        options,
        format_func=lambda value: option(name, value, lang),
        key=name,
        on_change=state.write,
        args=facts_state.KEYS,
        **more,
    )


def option(name: str, value: str, lang: str) -> str:
    """Return how the page calls one of the values of a parameter."""
    if value == facts_state.ALL:
        return t("data.all", lang)
    section = {"pillar": "common.pillar", "level": "common.level"}
    return t(f"{section.get(name, f'data.{name}')}_{value}", lang)
