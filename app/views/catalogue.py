"""指标 Indicators and 来源 Sources: the two catalogues, row by row."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.ui import catalogue as lists
from app.ui import columns, state
from app.ui.facts_state import ALL, CHOICES, KEYS, Asked
from app.ui.words import t
from app.views import pick, search
from data import Facts
from data.schema import LEVELS

HEIGHT = 560
NAME_WIDTH = 300
# With a row picked, the list makes room for its details.
FEW = {
    "indicator": ["indicator", "pillar", "last", "cities", "districts"],
    "source": ["title", "figures", "known"],
}


def indicators(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw the catalogue of indicators."""
    box, filtered, _ = st.columns([10, 5, 10])
    box.text_input(
        t("data.param_find", lang),
        key="find",
        type="search",
        placeholder=t("data.find_hint", lang),
        on_change=state.write,
        args=KEYS,
    )
    with filtered:
        pick.choice("pillar", CHOICES["pillar"], lang)
    table = lists.indicators(facts, lang)
    table = table[lists.named(facts, asked.find)[table.index]]
    if asked.pillar != ALL:
        table = table[facts.indicators.loc[table.index, "pillar"] == asked.pillar]
    if table.empty:
        st.info(t("data.search_nothing_alone", lang))
        return
    st.caption(t("data.indicators_note", lang, many=len(table)))
    left, right = pick.beside(asked.indicator)
    with left:
        _table(table, "indicator", asked.indicator, lang)
    if right:
        with right:
            indicator(facts, asked.indicator, lang)


def sources(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw the catalogue of sources."""
    table = lists.sources(facts, lang)
    st.caption(t("data.sources_note", lang, many=len(table)))
    left, right = pick.beside(asked.source)
    with left:
        _table(table, "source", asked.source, lang)
    if right:
        with right:
            source(facts, table.loc[asked.source], asked.source, lang)


def _table(table: pd.DataFrame, name: str, chosen: str, lang: str) -> None:
    headings = columns.labels(list(table), lang, "data")
    few = [headings[column] for column in FEW[name]]
    pick.listed(
        table.rename(columns=headings),
        name,
        chosen,
        t(f"data.alt_{name}s", lang),
        height=HEIGHT,
        column_order=few if chosen else list(headings.values()),
        column_config={
            **columns.widths(headings, lang),
            # Names are what is looked for here.
            headings[FEW[name][0]]: st.column_config.Column(width=NAME_WIDTH),
        },
    )


def indicator(facts: Facts, chosen: str, lang: str) -> None:
    """Draw what an indicator is, why it matters and who has it."""
    row = lists.indicators(facts, lang).loc[chosen]
    names = facts.indicators[f"name_{lang}"]
    base = facts.indicators.at[chosen, "denominator"]
    pick.heading(str(row["indicator"]), "indicator", lang)
    listed = bool(facts.indicators.at[chosen, "complete"])
    pick.details(
        lang,
        why=row["why"],
        caveat=row["caveat"],
        pillar=row["pillar"],
        unit=row["unit"],
        direction=row["direction"],
        denominator=names[base] if base else "",
        siblings=t("common.list_gap", lang).join(
            names[name] for name in lists.siblings(facts, chosen)
        ),
        held=_held(facts, row, lang),
        complete=t("data.complete", lang) if listed else "",
        periods=row["first"]
        if row["first"] == row["last"]
        else t("data.span", lang, first=row["first"], last=row["last"]),
        sources=row["sources"],
    )
    st.button(
        t("data.see_figures", lang, many=f"{row['figures']:,}"),
        on_click=search.look,
        args=(chosen,),
        disabled=not row["figures"],
    )


def _held(facts: Facts, row: pd.Series, lang: str) -> str:
    """Say how many places of each level have an indicator."""
    counts = {"city": row["cities"], "district": row["districts"]}
    said = [
        t(
            f"data.held_{level}",
            lang,
            many=f"{counts[level]:,}",
            total=f"{len(facts.places.loc[level]):,}",
        )
        for level in LEVELS
        if counts[level]
    ]
    others = row["figures"] if not said else 0
    if others:
        said.append(t("data.held_other", lang, many=f"{others:,}"))
    return t("common.list_gap", lang).join(said) or t("data.held_none", lang)


def source(facts: Facts, row: pd.Series, chosen: str, lang: str) -> None:
    """Draw what a source is, what it leaves out and how it may be used."""
    entry = facts.sources.loc[chosen]
    pick.heading(str(row["title"]), "source", lang)
    pick.details(
        lang,
        producer=row["producer"],
        selection=row["selection"],
        known=row["known"],
        covers=_covers(entry, lang),
        accessed=entry["accessed"],
        licence_received=row["licence_received"],
        licence_published=row["licence_published"],
        second=t("data.second_hand", lang) if entry["second_hand"] else "",
        holds=t(
            "data.holds",
            lang,
            figures=f"{row['figures']:,}",
            events=f"{row['events']:,}",
            others=f"{row['others']:,}",
        ),
        source_id=chosen,
    )
    st.button(
        t("data.see_figures", lang, many=f"{row['figures']:,}"),
        on_click=search.look,
        args=(chosen,),
        disabled=not row["figures"],
    )


def _covers(entry: pd.Series, lang: str) -> str:
    """Say which months a list of events covers."""
    first, last = entry["covers_from"], entry["covers_to"]
    if not (first and last):
        return str(first or last or "")
    return t("data.span", lang, first=first, last=last)
