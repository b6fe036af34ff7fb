"""The chosen place: where it stands, why, and every figure and firm behind it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import cache, columns, figures, local, override_state, state
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from app.views import compare, fit, moved, override, policies, what_if, why
from data import Facts
from model.score import Model
from model.wording import number

FIRMS_SHOWN = 200
FIGURES_HEIGHT = 420
# Shown first; the rest of a figure's columns are for the file.
FIGURE_COLUMNS = [
    *("indicator", "value", "period", "standing", "quality", "whose", "used"),
    *("source", "locator", "published", "pillar", "note"),
]
TABS = ("why", "moved", "data", "history", "policies", "reports", "firms", "missing")


def panel(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw the panel of the chosen place."""
    facts = model.facts
    heading(facts, chosen, lang)
    compare.link(model, ranking, chosen, lang)
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
        known(model, chosen, lang)
    with past:
        history(facts, chosen, lang)
    with clock:
        policies.section(model, chosen, lang)
    with reports:
        said(facts, chosen, lang)
    with firms:
        behind(model, chosen, lang)
    with absent:
        missing(model, chosen, lang)


def heading(facts: Facts, chosen: State, lang: str) -> None:
    """Draw the name of the place, what it belongs to, its people, and a way out."""
    row = facts.places.loc[(chosen.level, chosen.place)]
    bar = st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    )
    name = cache.names(facts, chosen.level, lang)[chosen.place]
    bar.subheader(plain(name), anchor=False, width="content")
    what_if.link(bar, chosen.segment, chosen.level, chosen.place, lang)
    bar.button(t("detail.close", lang), key="close", on_click=state.close)
    people = t("detail.population_unknown", lang)
    if row["population"] == row["population"]:
        people = t(
            "detail.population",
            lang,
            people=number(float(row["population"]), lang),
            year=row["population_period"],
        )
    st.caption(t("detail.code", lang, code=chosen.place, people=people))
    st.page_link(
        st.Page(fit.page, url_path="fit"),
        label=t("park.link", lang),
        icon=":material/category:",
        query_params={**st.query_params.to_dict(), "level": chosen.level},
    )


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
            level=t(f"common.level_{chosen.level}", lang).lower(),
            below=f"{row['score_100']:.1f}",
            presence=row["presence_rank"],
            fundamentals=row["fundamentals_rank"],
        )
    )
    override.line(row, chosen, lang)
    if row["rank_low"] is not None:
        st.markdown(ranges(ranking, row, lang))
    ahead = int(columns.opportunity(mine).iloc[0])
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
    return said + t("detail.tied", lang, others=others, group=columns.dashed(group))


def known(model: Model, chosen: State, lang: str) -> None:
    """Draw every figure known of the place, used or not, with its source."""
    table = cache.figures(model, chosen.level, chosen.place, lang)
    if chosen.own:
        table = table[table["own"]]
    table = table.drop(columns="own")
    st.caption(t("detail.figures_note", lang, many=len(table), as_of=model.as_of))
    headings = columns.labels(list(table), lang)
    alone = table["whose"].nunique() < 2
    shown = [name for name in FIGURE_COLUMNS if name != "whose" or not alone]
    st.dataframe(
        table[shown].rename(columns=headings),
        key=f"figures-{chosen.level}-{chosen.place}",
        hide_index=True,
        height=FIGURES_HEIGHT if len(table) > 10 else "auto",
        column_config=columns.widths(headings, lang),
        alt=t("detail.alt_figures", lang),
    )
    st.download_button(
        t("detail.download", lang),
        lambda: tables.csv(table.rename(columns=headings)),
        file_name=f"siteselect_{chosen.place}.csv",
        mime="text/csv",
        on_click="ignore",
    )


def missing(model: Model, chosen: State, lang: str) -> None:
    """Say which indicators have no figure for the place, and why."""
    table = figures.missing(model.facts, chosen.level, chosen.place, lang)
    rare = int((~table["broad"]).sum())
    table = table[table["broad"]].drop(columns="broad")
    if table.empty:
        st.caption(t("detail.nothing_missing", lang))
        return
    st.caption(t("detail.missing_note", lang, many=len(table), rare=rare))
    st.dataframe(
        table.rename(columns=columns.labels(list(table), lang)),
        key=f"missing-{chosen.level}-{chosen.place}",
        hide_index=True,
        alt=t("detail.tab_missing", lang),
    )


def history(facts: Facts, chosen: State, lang: str) -> None:
    """List the place's zones, platforms, policies and designations in time order."""
    today = date.today().strftime("%Y-%m")
    table = local.history(
        facts, chosen.level, chosen.place, lang, today, own=chosen.own
    )
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
    headings = columns.labels(list(table), lang)
    st.dataframe(
        table.rename(columns=headings),
        key=f"history-{chosen.level}-{chosen.place}",
        hide_index=True,
        height=FIGURES_HEIGHT if len(table) > 10 else "auto",
        column_config=columns.widths(headings, lang),
        alt=t("detail.alt_history", lang),
    )


def said(facts: Facts, chosen: State, lang: str) -> None:
    """List the ranks, tiers, ratings and strengths that reports give the place."""
    table = local.said_by_reports(
        facts, chosen.level, chosen.place, lang, own=chosen.own
    )
    if table.empty:
        st.caption(t("detail.no_reports", lang))
        return
    st.caption(t("detail.reports_note", lang, many=len(table)))
    headings = columns.labels(list(table), lang)
    st.dataframe(
        table.rename(columns=headings),
        key=f"reports-{chosen.level}-{chosen.place}",
        hide_index=True,
        height=FIGURES_HEIGHT if len(table) > 10 else "auto",
        column_config=columns.widths(headings, lang),
        alt=t("detail.alt_reports", lang),
    )


def behind(model: Model, chosen: State, lang: str) -> None:
    """List the firms whose dated events the place's counts are made of."""
    facts, segment = model.facts, chosen.segment
    table = figures.firms(facts, segment, chosen.level, chosen.place, lang)
    named = plain(columns.named(facts.segments.loc[segment], lang))
    count, listed, later = figures.counted(
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
        column_config=columns.widths(headings, lang),
        alt=t("detail.tab_firms", lang),
    )
