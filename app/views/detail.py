"""The chosen place: where it stands, why, and every figure and firm behind it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import cache, charts, columns, figures, state
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from data import Facts
from model.score import Model
from model.wording import number

FIRMS_SHOWN = 200
FIGURES_HEIGHT = 420
# Shown first; the rest of a figure's columns are for the file.
FIGURE_COLUMNS = [
    *("indicator", "value", "period", "standing", "whose", "pillar"),
    *("used", "quality", "source", "locator"),
]


def panel(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw the panel of the chosen place."""
    facts = model.facts
    heading(facts, chosen, lang)
    standing(model, ranking, chosen, lang)
    why, data, absent, firms = st.tabs(
        [t(f"detail.tab_{name}", lang) for name in ("why", "data", "missing", "firms")]
    )
    with why:
        reasons(model, chosen, lang)
    with data:
        known(model, chosen, lang)
    with absent:
        missing(model, chosen, lang)
    with firms:
        behind(facts, chosen, lang)


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


def standing(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Say the place's rank, score and the two ranks behind it."""
    mine = ranking[ranking["place"] == chosen.place]
    outside = mine.empty
    if outside:
        st.info(t("detail.outside", lang))
        ranking = cache.ranking(model, chosen.segment, chosen.level)
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
    ahead = int(columns.opportunity(mine).iloc[0])
    if ahead:
        st.success(t("detail.opportunity", lang, ahead=ahead))


def reasons(model: Model, chosen: State, lang: str) -> None:
    """Draw what the score is made of, and the strongest reasons with their sources."""
    pillars = cache.pillars(model, chosen.segment, chosen.level)
    if chosen.place not in pillars.index:
        st.info(t("detail.not_ranked", lang))
        return
    st.altair_chart(
        charts.pillars(pillars.loc[chosen.place], lang, state.ground()),
        alt=t("detail.alt_pillars", lang),
    )
    st.caption(t("detail.pillars_note", lang))
    said = cache.reasons(model, chosen.segment, chosen.level, [chosen.place])
    titles = model.facts.sources["title"]
    for position, reason in enumerate(said[chosen.place], start=1):
        pillar = t(f"common.pillar_{reason['pillar']}", lang)
        st.markdown(
            t(
                "detail.reason",
                lang,
                position=position,
                text=plain(reason[f"text_{lang}"]),
                pillar=pillar,
                contribution=f"{reason['contribution']:+.2f}",
            )
        )
        named = t("common.list_gap", lang).join(titles[s] for s in reason["sources"])
        st.caption(t("detail.source", lang, titles=plain(named)))


def known(model: Model, chosen: State, lang: str) -> None:
    """Draw every figure known of the place, used or not, with its source."""
    table = cache.figures(model, chosen.level, chosen.place, lang)
    st.caption(t("detail.figures_note", lang, many=len(table), as_of=model.as_of))
    headings = columns.labels([*FIGURE_COLUMNS, "number", "unit"], lang)
    st.dataframe(
        table[FIGURE_COLUMNS].rename(columns=headings),
        key=f"figures-{chosen.level}-{chosen.place}",
        hide_index=True,
        height=FIGURES_HEIGHT if len(table) > 10 else "auto",
        column_config=columns.figures_config(headings),
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
    if table.empty:
        st.caption(t("detail.nothing_missing", lang))
        return
    st.caption(t("detail.missing_note", lang, many=len(table)))
    st.dataframe(
        table.rename(columns=columns.labels(list(table), lang)),
        key=f"missing-{chosen.level}-{chosen.place}",
        hide_index=True,
        alt=t("detail.tab_missing", lang),
    )


def behind(facts: Facts, chosen: State, lang: str) -> None:
    """List the firms whose dated events the place's counts are made of."""
    table = figures.firms(facts, chosen.segment, chosen.level, chosen.place, lang)
    segment = plain(columns.named(facts.segments.loc[chosen.segment], lang))
    if table.empty:
        st.caption(t("detail.no_firms", lang, segment=segment))
        return
    shown = min(len(table), FIRMS_SHOWN)
    key = "detail.firms_note" if shown == len(table) else "detail.firms_cut"
    st.caption(
        t(key, lang, many=number(len(table), lang), shown=shown, segment=segment)
    )
    st.dataframe(
        table.head(FIRMS_SHOWN).rename(columns=columns.labels(list(table), lang)),
        key=f"firms-{chosen.segment}-{chosen.level}-{chosen.place}",
        hide_index=True,
        alt=t("detail.tab_firms", lang),
    )
