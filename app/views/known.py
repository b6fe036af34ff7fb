"""What is known of a place: its figures, zones and policies, reports and firms."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import cache, columns, local
from app.ui import figures as tables_of
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from data import Facts
from model.score import Model
from model.wording import number

FIRMS_SHOWN = 200
HEIGHT = 420
# Of a table with tall rows.
TALL = 36 + 8 * columns.TALL_ROW
# Shown first; the rest of a figure's columns are for the file.
FIGURE_COLUMNS = [
    *("indicator", "value", "period", "standing", "quality", "whose", "used"),
    *("source", "locator", "published", "pillar", "note"),
]


def people(facts: Facts, level: str, place: str, lang: str) -> None:
    """Say the code of a place, and how many live there."""
    row = facts.places.loc[(level, place)]
    said = t("detail.population_unknown", lang)
    if row["population"] == row["population"]:
        count = number(float(row["population"]), lang)
        year = row["population_period"]
        said = t("detail.population", lang, people=count, year=year)
    st.caption(t("detail.code", lang, code=place, people=said))


def figures(model: Model, chosen: State, lang: str) -> None:
    """Draw every figure known of the place, used or not, with its source."""
    table = cache.figures(model, chosen.level, chosen.place, lang)
    if chosen.own:
        table = table[table["own"]]
    table = table.drop(columns="own")
    st.caption(t("detail.figures_note", lang, many=len(table), as_of=model.as_of))
    headings = columns.labels(list(table), lang)
    alone = table["whose"].nunique() < 2
    shown = [name for name in FIGURE_COLUMNS if name != "whose" or not alone]
    listed(table[shown], "figures", chosen, lang)
    st.download_button(
        t("detail.download", lang),
        lambda: tables.csv(table.rename(columns=headings)),
        file_name=f"siteselect_{chosen.place}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def listed(
    table: pd.DataFrame, name: str, chosen: State, lang: str, tall: bool = False
) -> None:
    """Draw one of the place's tables; in tall rows long names break into lines."""
    headings = columns.labels(list(table), lang)
    most = columns.BROKEN if tall else columns.MOST
    height, rows = (TALL, 8) if tall else (HEIGHT, 10)
    st.dataframe(
        table.rename(columns=headings),
        key=f"{name}-{chosen.level}-{chosen.place}",
        hide_index=True,
        height=height if len(table) > rows else "auto",
        row_height=columns.TALL_ROW if tall else None,
        column_config=columns.widths(headings, lang, table, most),
        alt=t(f"detail.alt_{name}", lang),
    )


def missing(model: Model, chosen: State, lang: str) -> None:
    """Say which indicators have no figure for the place, and why."""
    table = tables_of.missing(model.facts, chosen.level, chosen.place, lang)
    rare = int((~table["broad"]).sum())
    table = table[table["broad"]].drop(columns="broad")
    if table.empty:
        st.caption(t("detail.nothing_missing", lang))
        return
    st.caption(t("detail.missing_note", lang, many=len(table), rare=rare))
    headings = columns.labels(list(table), lang)
    st.dataframe(
        table.rename(columns=headings),
        key=f"missing-{chosen.level}-{chosen.place}",
        hide_index=True,
        column_config=columns.widths(headings, lang, table),
        alt=t("detail.tab_missing", lang),
    )


def history(model: Model, chosen: State, lang: str) -> None:
    """List the place's zones, platforms, policies and designations in time order."""
    table = entries(model, chosen, lang)
    if table.empty:
        st.caption(t("detail.no_history", lang))
        return
    there = [kind for kind in local.KINDS if (table["kind"] == kind).any()]
    counts = table["kind"].value_counts()
    kinds = st.pills(
        t("detail.kinds", lang),
        there,
        selection_mode="multi",
        format_func=lambda kind: f"{t(f'detail.kind_{kind}', lang)} {counts[kind]}",
        key=f"kinds-{chosen.level}-{chosen.place}",
        label_visibility="collapsed",
    )
    if kinds:
        table = table[table["kind"].isin(kinds)]
    table = table.drop(columns="kind")
    undated = int((table["period"] == t("detail.undated", lang)).sum())
    st.caption(t("detail.history_note", lang, many=len(table), undated=undated))
    listed(table, "history", chosen, lang, tall=True)


def entries(model: Model, chosen: State, lang: str) -> pd.DataFrame:
    """Return :func:`app.ui.local.history` of a place, computed once for everyone."""
    today = date.today().strftime("%Y-%m")
    asked = (chosen.level, chosen.place, lang, today, chosen.own)
    found: pd.DataFrame = cache.shared(_entries, model, *asked)
    return found


def _entries(model: Model, *asked: Any) -> pd.DataFrame:
    return local.history(model.facts, *asked)


def reports(facts: Facts, chosen: State, lang: str) -> None:
    """List the ranks, tiers, ratings and strengths that reports give the place."""
    table = local.said_by_reports(
        facts, chosen.level, chosen.place, lang, own=chosen.own
    )
    if table.empty:
        st.caption(t("detail.no_reports", lang))
        return
    st.caption(t("detail.reports_note", lang, many=len(table)))
    listed(table, "reports", chosen, lang)


def firms(model: Model, chosen: State, lang: str) -> None:
    """List the firms whose dated events the place's counts are made of."""
    facts, segment = model.facts, chosen.segment
    table = tables_of.firms(facts, segment, chosen.level, chosen.place, lang)
    named = plain(columns.named(facts.segments.loc[segment], lang))
    count, listed, later = tables_of.counted(
        facts, segment, chosen.level, chosen.place, model.as_of
    )
    if table.empty and not count:
        st.caption(t("detail.no_firms", lang, segment=named))
        return
    tally = t(
        "detail.tally" if count == listed else "detail.tally_apart",
        lang,
        segment=named,
        as_of=model.as_of,
        count=number(count, lang),
        listed=number(listed, lang),
    )
    if later:
        tally += t("detail.later", lang, many=number(later, lang))
    st.caption(tally)
    shown = min(len(table), FIRMS_SHOWN)
    st.caption(
        t(
            "detail.firms_note" if shown == len(table) else "detail.firms_cut",
            lang,
            many=number(len(table), lang),
            shown=shown,
        )
    )
    headings = columns.labels(list(table), lang)
    st.dataframe(
        table.head(FIRMS_SHOWN).rename(columns=headings),
        key=f"firms-{segment}-{chosen.level}-{chosen.place}",
        hide_index=True,
        column_config=columns.widths(headings, lang, table.head(FIRMS_SHOWN)),
        alt=t("detail.tab_firms", lang),
    )
