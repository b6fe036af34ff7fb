"""What a person can ask: the language and the controls of the ranking."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.commands.errors import message
from app.ui import cache, columns, override_tables, state
from app.ui.columns import plain
from app.ui.state import Note, State
from app.ui.words import LANGS, t
from data import DataError, Facts
from data.schema import LEVELS
from model.manifest import RefusedModelError
from model.score import Model


def begin(title: str, lang: str) -> Model | None:
    """Draw a page's head and return the model; say what keeps it from being loaded."""
    heading(title, lang)
    try:
        return cache.wait(lang)
    except (RefusedModelError, DataError, OSError) as error:
        st.error(message(error, lang))
        return None


def heading(title: str, lang: str) -> None:
    """Draw a page's title, and the language switch beside it."""
    bar = st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    )
    bar.title(title, anchor=False, width="content")
    st.session_state["lang"] = lang
    bar.segmented_control(
        t("app.language", lang),
        LANGS,
        format_func=lambda code: t(f"app.lang_{code}", lang),
        key="lang",
        required=True,
        on_change=state.write,
        args=("lang",),
        label_visibility="collapsed",
    )


def which(
    segment: DeltaGenerator,
    level: DeltaGenerator,
    facts: Facts,
    lang: str,
    change_level: Callable[..., None],
    *args: object,
) -> None:
    """Draw the choice of a ranking: its segment, and its level in another spot.

    ``change_level`` is called with ``args`` when another level is chosen.
    """
    segment.selectbox(
        t("recommend.param_segment", lang),
        list(facts.segments.index),
        format_func=cache.segment_names(facts, lang).__getitem__,
        key="segment",
        filter_mode="contains",
        on_change=state.write,
        args=("segment",),
    )
    level.segmented_control(
        t("recommend.param_level", lang),
        LEVELS,
        format_func=lambda name: t(f"common.level_{name}", lang),
        key="level",
        required=True,
        on_change=change_level,
        args=args,
    )


def controls(facts: Facts, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw what can be asked."""
    segment, pair, within, place = st.columns([6, 8, 6, 6])
    names = cache.segment_names(facts, lang)
    layers = {
        name: t(f"common.layer_{layer}", lang)
        for name, layer in facts.segments["layer"].items()
    }
    segment.selectbox(
        t("recommend.param_segment", lang),
        list(facts.segments.index),
        format_func=lambda name: f"{layers[name]}{columns.GAP}{names[name]}",
        key="segment",
        filter_mode="contains",
        on_change=state.write,
    )
    # Side by side on a phone too.
    both = pair.container(horizontal=True)
    both.segmented_control(
        t("recommend.param_level", lang),
        LEVELS,
        format_func=lambda name: t(f"common.level_{name}", lang),
        key="level",
        required=True,
        on_change=state.change_level,
        args=(facts,),
    )
    both.segmented_control(
        t("recommend.param_top", lang),
        state.TOPS,
        key="top",
        required=True,
        on_change=state.write,
    )
    areas = state.areas(facts)
    within.selectbox(
        t("recommend.param_within", lang),
        areas if chosen.within in areas else [*areas, chosen.within],
        format_func=cache.area_names(facts, lang).__getitem__,
        key="within",
        filter_mode="contains",
        on_change=state.write,
    )
    with place:
        chooser(facts, ranking, chosen, lang)


def chooser(facts: Facts, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw the list of every ranked place: reachable by keyboard and by typing."""
    names = cache.names(facts, chosen.level, lang)
    said = override_tables.choices(ranking, names, lang)
    options = list(said)
    if chosen.place and chosen.place not in said:
        options.append(chosen.place)

    st.selectbox(
        t("recommend.choose", lang, shown=f"{len(said):,}"),
        options,
        index=None,
        format_func=lambda code: said.get(code, names[code]),
        key="place",
        placeholder=t("recommend.choose_hint", lang),
        filter_mode="contains",
        on_change=state.write,
    )


def replaced(facts: Facts, note: Note, lang: str) -> str:
    """Say which value of the link was not known, and what is shown instead."""
    return t(
        "recommend.bad_value",
        lang,
        name=t(f"recommend.param_{note.name}", lang),
        value=plain(note.value),
        used=shown_name(facts, note.name, note.used, lang),
    )


def shown_name(facts: Facts, name: str, value: str, lang: str) -> str:
    """Return how the page calls a value of the state."""
    if name == "segment":
        return cache.segment_names(facts, lang)[value]
    if name == "level":
        return t(f"common.level_{value}", lang)
    if name == "within":
        return cache.area_names(facts, lang)[value]
    if name in ("place", "versus"):
        levels = [level for level in LEVELS if (level, value) in facts.places.index]
        if not levels:
            return t("recommend.no_place", lang)
        return cache.names(facts, levels[0], lang)[value]
    if name == "lang":
        return t(f"app.lang_{value}", lang)
    if name in ("ahead", "new"):
        return t("filter.off", lang)
    return value
