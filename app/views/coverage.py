"""覆盖 Coverage: how much is held of each place, and how new it is."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.ui import cache, catalogue, columns, figures, heat, state
from app.ui.facts_state import KEYS, Asked
from app.ui.words import t
from app.views import pick, search
from data import Facts, overview
from data.schema import LEVELS, PILLARS
from model import score

HEIGHT = 640


def section(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw coverage by province and by place, the place picked, and freshness."""
    choices(facts, asked, lang)
    covered = cache.coverage(facts, asked.level)
    st.caption(t("data.coverage_note", lang))
    left, right = st.columns([5, 7], gap="medium")
    with left:
        provinces(facts, covered, asked, lang)
    with right:
        places(facts, covered, asked, lang)
    freshness(facts, asked, lang)


def choices(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw the choice of level and area."""
    level, within, place = st.columns([4, 6, 8])
    level.segmented_control(
        t("data.param_level", lang),
        LEVELS,
        format_func=lambda name: pick.option("level", name, lang),
        key="level",
        required=True,
        on_change=state.change_level,
        args=(facts, *KEYS),
    )
    areas = state.areas(facts)
    within.selectbox(
        t("data.param_within", lang),
        areas if asked.within in areas else [*areas, asked.within],
        format_func=cache.area_names(facts, lang).__getitem__,
        key="within",
        filter_mode="contains",
        on_change=state.write,
        args=KEYS,
    )
    names = cache.names(facts, asked.level, lang)
    place.selectbox(
        t("data.param_place", lang),
        list(names),
        index=None,
        format_func=lambda code: names[code],
        key="place",
        placeholder=t("data.pick_place", lang),
        filter_mode="contains",
        on_change=state.write,
        args=KEYS,
    )


def provinces(facts: Facts, covered: pd.DataFrame, asked: Asked, lang: str) -> None:
    """Draw coverage by province; a click on one narrows the list of places to it."""
    table = catalogue.by_province(facts, covered, asked.level, lang)
    key = f"heat-{asked.level}"
    st.altair_chart(
        heat.coverage(table, asked.within, lang, state.ground()),
        key=key,
        on_select=lambda: narrow(key),
        selection_mode=heat.PICK,
        alt=t("data.alt_coverage", lang),
    )


def narrow(key: str) -> None:
    """Narrow the list to the province clicked; a second click widens it again."""
    picked = st.session_state[key]["selection"].get(heat.PICK) or []
    if not picked:
        return
    code = str(picked[0][heat.PICK])
    same = code == st.query_params.get("within", "")
    st.session_state["within"] = state.EVERYWHERE if same else code
    state.write(*KEYS)


def places(facts: Facts, covered: pd.DataFrame, asked: Asked, lang: str) -> None:
    """Draw the coverage of each place, and what the picked one lacks."""
    if asked.place:
        place(facts, asked, lang)
        st.divider()
    table = catalogue.coverage(facts, covered, asked.level, lang)
    if asked.within != state.EVERYWHERE:
        spots = facts.places.loc[asked.level].loc[table.index]
        inside = score.within(facts, spots.reset_index(drop=True), asked.within)
        table = table[inside.to_numpy()]
    if table.empty:
        st.info(t("recommend.empty", lang))
        return
    pillars = [name for name in PILLARS if name in table]
    headings = {"place": t("data.col_place", lang), "mean": t("data.col_mean", lang)}
    headings |= {name: t(f"common.pillar_{name}", lang) for name in pillars}
    share = st.column_config.ProgressColumn(
        format="%.0f%%", min_value=0, max_value=100, width=70
    )
    config = {headings[name]: share for name in ("mean", *pillars)}
    config[headings["place"]] = st.column_config.Column(
        width=150 if lang == "zh" else 200
    )
    pick.listed(
        table.rename(columns=headings),
        "place",
        asked.place,
        t("data.alt_places", lang),
        height=HEIGHT if len(table) > 16 else "auto",
        column_config=config,
    )


def place(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw what is missing of the picked place, and where to go from there."""
    name = cache.names(facts, asked.level, lang)[asked.place]
    pick.heading(name, "place", lang)
    absent = figures.missing(facts, asked.level, asked.place, lang)
    rare = int((~absent["broad"]).sum())
    absent = absent[absent["broad"]].drop(columns="broad")
    rows = facts.observations
    mine = (rows["place"] == asked.place) & (rows["level"] == asked.level)
    many = int(mine.sum())
    st.caption(t("data.place_note", lang, many=many, absent=len(absent), rare=rare))
    st.button(
        t("data.see_figures", lang, many=many),
        on_click=search.look,
        args=(asked.place,),
    )
    st.dataframe(
        absent.rename(columns=columns.labels(list(absent), lang)),
        key=f"absent-{asked.level}-{asked.place}",
        hide_index=True,
        alt=t("data.alt_absent", lang),
    )


def freshness(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw in which year the newest figures of each pillar stop."""
    table = catalogue.fresh(facts, overview.freshness(facts, asked.level), lang)
    st.subheader(t("data.freshness", lang), anchor=False)
    st.caption(t("data.freshness_note", lang))
    st.altair_chart(
        heat.freshness(table, lang, state.ground()), alt=t("data.alt_freshness", lang)
    )
