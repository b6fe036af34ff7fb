"""The chosen place: where it stands, why, and what is known of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.ui import cache, columns, figures, override_state, state
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from app.views import (
    compare,
    known,
    moved,
    override,
    pages,
    place,
    policies,
    what_if,
    why,
)
from data import Facts
from model.score import Model
from model.wording import number

TABS = ("why", "moved", "data", "history", "policies", "reports", "firms", "missing")


def panel(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw the panel of the chosen place."""
    facts = model.facts
    heading(facts, chosen, lang)
    ways(model, ranking, chosen, lang)
    standing(model, ranking, chosen, lang)
    override.control(model, chosen, lang)
    if len(figures.held_by(facts, chosen.level, chosen.place)) > 1:
        st.toggle(
            t("detail.own_only", lang),
            key="own",
            help=t("detail.own_help", lang),
            on_change=state.write,
        )
    reasons, changes, data, past, clock, reports, firms, absent = st.tabs(
        [t(f"detail.tab_{name}", lang) for name in TABS]
    )
    with reasons:
        why.section(model, ranking, chosen, lang)
    with changes:
        moved.section(model, chosen, lang)
    with data:
        known.figures(model, chosen, lang)
    with past:
        known.history(model, chosen, lang)
    with clock:
        policies.section(model, chosen, lang)
    with reports:
        known.reports(facts, chosen, lang)
    with firms:
        known.firms(model, chosen, lang)
    with absent:
        known.missing(model, chosen, lang)


def heading(facts: Facts, chosen: State, lang: str) -> None:
    """Draw the name of the place, what it belongs to, its people, and a way out."""
    bar = st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    )
    name = cache.names(facts, chosen.level, lang)[chosen.place]
    bar.header(plain(name), anchor=False, width="content")
    bar.button(t("detail.close", lang), key="close", on_click=state.close)
    known.people(facts, chosen.level, chosen.place, lang)


def ways(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw the links to the other pages about the chosen place."""
    about = (chosen.segment, chosen.level, chosen.place, lang)
    bar = st.container(horizontal=True, gap="small")
    place.link(bar, *about)
    with bar:
        compare.link(model, ranking, chosen, lang)
    bar.page_link(
        pages.page("fit", lang),
        label=t("park.link", lang),
        icon=":material/category:",
        query_params={**st.query_params.to_dict(), "level": chosen.level},
    )
    what_if.link(bar, *about)


def standing(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Say the place's rank, score and the two ranks behind it."""
    mine = ranking[ranking["place"] == chosen.place]
    outside = mine.empty
    if outside:
        st.info(t("detail.outside", lang))
        whole = cache.ranking(model, chosen.segment, chosen.level)
        ranking = override_state.applied(whole, chosen.segment, chosen.level)
        mine = ranking[ranking["place"] == chosen.place]
    if mine.empty:
        return
    row = mine.iloc[0]
    segment = columns.named(model.facts.segments.loc[chosen.segment], lang)
    st.markdown(
        t(
            "detail.standing",
            lang,
            segment=plain(segment),
            rank=row["rank"],
            total=number(len(ranking), lang),
            score=f"{row['score']:.2f}",
            above=columns.above(row["score_100"], chosen.level, lang),
            presence=row["presence_rank"],
            fundamentals=row["fundamentals_rank"],
        )
    )
    override.line(row, chosen, lang)
    if row["rank_low"] is not None:
        st.markdown(ranges(ranking, row, lang))
    few = cache.thin(model, chosen.segment, chosen.level)
    ahead = int(columns.opportunity(mine, few).iloc[0])
    if ahead:
        st.success(t("detail.opportunity", lang, ahead=ahead))


def ranges(ranking: pd.DataFrame, row: pd.Series, lang: str) -> str:
    """Say the range of a place's rank, its chance of the top five, and its ties."""
    said = t(
        "detail.range",
        lang,
        span=columns.span(row["rank_low"], row["rank_high"], lang),
        top=columns.chance(row["chance_top5"]),
    )
    group = row["tie_group"]
    if group is None:
        return said
    others = int((ranking["tie_group"] == group).sum()) - 1
    return said + t(
        "detail.tied" if others > 1 else "detail.tied_one",
        lang,
        others=others,
        group=columns.dashed(group),
    )
