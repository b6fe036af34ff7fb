"""对比 Compare: a few places side by side, who is ahead, and how sure that is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import (
    cache,
    charts,
    columns,
    compare_charts,
    compare_state,
    compare_tables,
    heat,
    state,
    why_answers,
)
from app.ui.columns import plain
from app.ui.compare_state import BOX, FIRST, LEAST, MOST, OTHER, Asked, Note
from app.ui.state import State
from app.ui.words import LANGS, t
from app.views import controls, override, pages, why
from data.schema import PILLARS
from model.score import Model
from model.wording import number

HEIGHT = 480
# Widths of columns, so that five places fit.
WIDE, CELL = {"zh": 240, "en": 280}, 150


def link(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw a link to this page about a place and what it is compared with."""
    order = list(ranking["place"])
    if chosen.place not in order:
        order = list(cache.ranking(model, chosen.segment, chosen.level)["place"])
    if chosen.place not in order:
        return
    places = compare_state.beginning(order, chosen.place, chosen.versus)
    asked = {"segment": chosen.segment, "level": chosen.level}
    asked["places"] = ",".join(places)
    if lang != LANGS[0]:
        asked["lang"] = lang
    st.page_link(
        pages.page("compare", lang),
        label=t("compare.link", lang),
        icon=":material/compare_arrows:",
        query_params=asked,
    )


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("compare.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("compare.lead", lang, as_of=model.as_of))
    asked = compare_state.read(model)
    notes(model, asked, lang)
    choices(model, asked, lang)
    about = asked.segment, asked.level
    grade = str(cache.ranking(model, *about)["confidence"].iloc[0])
    if grade != "A":
        st.warning(t(f"recommend.confidence_{grade or 'none'}", lang))
    if len(asked.places) < LEAST:
        few(model, asked, lang)
        return
    rows = compare_tables.standings(model, *about, asked.places)
    names = compare_tables.called(model.facts, asked.level, list(rows.index), lang)
    # Without evidence there is no order: only the figures can be compared.
    if grade:
        ranked(model, asked, rows, names, lang)
    figures(model, asked, names, lang)


def notes(model: Model, asked: Asked, lang: str) -> None:
    """Say what of the link could not be used."""
    lines = [controls.replaced(model.facts, note, lang) for note in asked.replaced]
    lines += [left_out(note, lang) for note in asked.notes]
    if lines:
        st.warning("  \n".join(lines))


def few(model: Model, asked: Asked, lang: str) -> None:
    """Say how many places there must be; of one that it lacks another."""
    said = t("compare.too_few", lang, least=LEAST, most=MOST)
    for code in asked.places:
        name = cache.names(model.facts, asked.level, lang)[code]
        said = t("compare.one_more", lang, name=plain(name))
    st.info(said)


def left_out(note: Note, lang: str) -> str:
    """Say which place of the link is left out, and why."""
    why = t(f"compare.why_{note.kind}", lang, most=MOST)
    return t("compare.left_out", lang, value=plain(note.value[:80]), why=why)


def choices(model: Model, asked: Asked, lang: str) -> None:
    """Draw what can be asked: segment, level, and the places."""
    facts = model.facts
    state.fill({"segment": asked.segment, "level": asked.level})
    # An example is not a choice: what is typed first does not join it.
    st.session_state[BOX] = [] if asked.example else list(asked.places)
    segment, level, places = st.columns([6, 4, 10])
    controls.which(segment, level, facts, lang, compare_state.change_level, facts)
    ranking = cache.ranking(model, asked.segment, asked.level)
    ranks = dict(zip(ranking["place"], ranking["rank"], strict=True))
    names = cache.names(facts, asked.level, lang)
    places.multiselect(
        t(f"compare.places_{asked.level}", lang, most=MOST),
        list(ranks),
        format_func=lambda code: f"{ranks[code]}. {names[code]}",
        key=BOX,
        max_selections=MOST,
        placeholder=t("compare.places_hint", lang),
        filter_mode="contains",
        select_all=False,
        wrap=True,
        on_change=compare_state.set_places,
        help=t("compare.places_help", lang),
    )
    # Below the box, which would lose the keyboard if it moved up.
    if asked.example:
        st.info(t("compare.example", lang, count=len(asked.places)))


def ranked(
    model: Model, asked: Asked, rows: pd.DataFrame, names: dict[str, str], lang: str
) -> None:
    """Draw all that rests on the ranking: the answer, the ranks, and why."""
    codes, about = list(rows.index), (asked.segment, asked.level)
    spot = st.container()
    with st.spinner(t("compare.working", lang)):
        found = compare_tables.accounts(model, *about, codes)
    first, other = compare_state.pair(codes)
    held = compare_tables.chances(model, *about, codes)
    with spot:
        answer(model, asked, rows, (codes[0], codes[1]), held, names, lang)
    cards(model, asked, rows, found, names, lang)
    left, right = st.columns([4, 8], gap="large")
    with left:
        st.subheader(t("compare.ranges", lang), anchor=False)
        st.altair_chart(
            compare_charts.ranges(
                compare_tables.ranges(rows, names, lang), lang, state.ground()
            ),
            alt=t("compare.alt_ranges", lang),
        )
        st.caption(t("compare.ranges_note", lang))
    with right:
        st.subheader(t("compare.matrix", lang), anchor=False)
        matrix(held, names, lang)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(t("compare.pillars", lang), anchor=False)
        st.altair_chart(
            compare_charts.pillars(
                compare_tables.pillars(found, names, lang), lang, state.ground()
            ),
            alt=t("compare.alt_pillars", lang),
        )
        st.caption(t("detail.pillars_note", lang))
    with right:
        st.subheader(t("compare.why", lang), anchor=False)
        chooser(names, first, other, lang)
        why.apart(model, *about, (first, other), lang)
    events(model, asked, names, lang)


def answer(
    model: Model,
    asked: Asked,
    rows: pd.DataFrame,
    best: tuple[str, str],
    held: pd.DataFrame | None,
    names: dict[str, str],
    lang: str,
) -> None:
    """Say who is ahead, how sure that is, by how much, and what decides it."""
    gap = why_answers.versus(model, asked.segment, asked.level, *best)
    ranks = {str(code): int(rank) for code, rank in rows["rank"].items()}
    with st.container(border=True):
        segment = columns.named(model.facts.segments.loc[asked.segment], lang)
        said = compare_tables.headline(gap, segment, names, lang)
        st.markdown(f"## {plain(said)}")
        st.markdown(plain(compare_tables.decided(gap, ranks, names, lang)))
        if gap["drivers"]:
            why.told(model, gap["drivers"][0], t("compare.most", lang), lang)
        if held is not None and len(rows) > LEAST:
            st.markdown(plain(compare_tables.first_of(held, rows, names, lang)))
        if (drawn := model.drawn(asked.segment, asked.level)) is not None:
            st.caption(t("compare.resampled", lang, draws=len(drawn.ranks)))


def cards(
    model: Model,
    asked: Asked,
    rows: pd.DataFrame,
    found: dict[str, dict[str, Any]],
    names: dict[str, str],
    lang: str,
) -> None:
    """Draw where each place stands, its strongest reason and its main weakness."""
    total = len(cache.ranking(model, asked.segment, asked.level))
    for spot, (code, row) in zip(st.columns(len(rows)), rows.iterrows(), strict=True):
        with spot.container(border=True, height="stretch"):
            card(model, asked, str(code), row, found[str(code)], total, names, lang)


def card(
    model: Model,
    asked: Asked,
    code: str,
    row: pd.Series,
    found: dict[str, Any],
    total: int,
    names: dict[str, str],
    lang: str,
) -> None:
    """Draw where a place stands, its strongest reason and its main weakness."""
    st.markdown(f"**{plain(names[code])}**")
    st.metric(t("compare.rank_of", lang, total=number(total, lang)), f"{row['rank']}")
    override.noted([(names[code], *asked.about(code))], lang)
    lines = []
    if row["rank_low"] is not None:
        span = columns.span(row["rank_low"], row["rank_high"], lang)
        lines.append(t("compare.card_range", lang, span=span))
        top = columns.chance(row["chance_top5"])
        lines.append(t("compare.card_top", lang, top=top))
    stands = columns.above(row["score_100"], asked.level, lang)
    lines.append(stands[0].upper() + stands[1:])
    two = {name: row[f"{name}_rank"] for name in ("presence", "fundamentals")}
    lines.append(t("compare.card_two", lang, **two))
    st.markdown("  \n".join(lines))
    why.heading("strongest", lang)
    if found["reasons"]:
        why.told(model, found["reasons"][0], "", lang, narrow=True)
    else:
        st.markdown(t("why.no_reason", lang))
    why.heading("weakness", lang)
    if found["weakness"] is None:
        st.markdown(t("why.no_weakness", lang))
    else:
        why.told(model, found["weakness"], "", lang, narrow=True)


def matrix(held: pd.DataFrame | None, names: dict[str, str], lang: str) -> None:
    """Draw the chance of each place to be above each other."""
    if held is None:
        st.info(t("recommend.range_unknown", lang))
        return
    ground = state.ground()
    place = t("compare.col_place", lang)
    looks = held.map(lambda share: shade(share, ground))
    text = held.map(lambda share: "—" if pd.isna(share) else columns.chance(share))
    looks, text = (
        one.rename(index=names, columns=names).rename_axis(index=place)
        for one in (looks, text)
    )
    st.dataframe(
        text.style.apply(lambda _: looks, axis=None),
        key="compare-matrix",
        column_config={
            name: st.column_config.TextColumn(
                width=columns.fitted([name, columns.chance(1)]), alignment="center"
            )
            for name in names.values()
        },
        alt=t("compare.alt_matrix", lang),
    )
    st.caption(t("compare.matrix_note", lang))


def shade(share: float, ground: str) -> str:
    """Return the look of a cell: the more likely, the stronger; nothing for itself."""
    if share != share:
        return ""
    weak, strong = heat.RANGES[ground]
    mixed = "".join(
        f"{round(int(one, 16) + share * (int(other, 16) - int(one, 16))):02x}"
        for one, other in zip(_split(weak), _split(strong), strict=True)
    )
    ink = (heat.ON_STRONG if share > heat.STRONG[ground] else charts.DEEP)[ground]
    return f"background-color: #{mixed}; color: {ink}"


def _split(colour: str) -> list[str]:
    return [colour[at : at + 2] for at in (1, 3, 5)]


def chooser(names: dict[str, str], first: str, other: str, lang: str) -> None:
    """Draw the choice of the two that are set against each other."""
    st.session_state[FIRST], st.session_state[OTHER] = first, other
    if len(names) == LEAST:
        return
    bar = st.columns(2)
    for spot, key in zip(bar, (FIRST, OTHER), strict=True):
        spot.selectbox(
            t(f"compare.{key.removeprefix('compare-')}", lang),
            list(names),
            format_func=names.__getitem__,
            key=key,
            on_change=compare_state.set_pair,
            args=(first, other),
        )


def events(model: Model, asked: Asked, names: dict[str, str], lang: str) -> None:
    """Draw the events of the segment each year, a small line for each place."""
    st.header(t("compare.events", lang), anchor=False)
    counts = compare_tables.years(model, asked.segment, asked.level, list(names))
    most = float(counts.to_numpy().max())
    if not most:
        st.caption(t("compare.events_none", lang, as_of=model.as_of))
        return
    st.caption(t("compare.events_note", lang, as_of=model.as_of))
    for turn, (spot, code) in enumerate(
        zip(st.columns(len(names)), names, strict=True)
    ):
        line, total = counts[code], number(float(counts[code].sum()), lang)
        said = t("compare.events_of", lang, name=plain(names[code]), total=total)
        with spot:
            st.markdown(said)
            st.altair_chart(
                compare_charts.years(line, most, turn, lang, state.ground()),
                alt=t("compare.alt_events", lang, name=names[code], total=total),
            )


def figures(model: Model, asked: Asked, names: dict[str, str], lang: str) -> None:
    """Draw the figures that the ranking reads, those furthest apart first."""
    st.header(t("compare.figures", lang), anchor=False)
    with st.spinner(t("compare.working_figures", lang)):
        table = compare_tables.figures(model, asked.level, list(names))
    there = [name for name in PILLARS if (table["pillar"] == name).any()]
    kept = st.pills(
        t("detail.col_pillar", lang),
        there,
        selection_mode="multi",
        format_func=lambda name: t(f"common.pillar_{name}", lang),
        key="compare-pillars",
        label_visibility="collapsed",
    )
    chosen = table[table["pillar"].isin(kept)] if kept else table
    rows = compare_tables.shown(model, chosen, asked.level, names, lang)
    st.caption(t("compare.figures_note", lang, many=len(rows)))
    labels = {name: t(f"compare.col_{name}", lang) for name in ("pillar", "indicator")}
    column, bar = st.column_config.Column, st.column_config.ProgressColumn
    order = ["indicator", *names.values(), "apart", "pillar"]
    st.dataframe(
        rows[order],
        key=f"compare-figures-{asked.level}",
        hide_index=True,
        height=HEIGHT,
        column_config={
            "pillar": column(labels["pillar"], width=64),
            "indicator": column(
                labels["indicator"],
                width=columns.fitted(list(rows["indicator"]), WIDE[lang]),
                pinned=True,
            ),
            "apart": bar(
                t("compare.col_apart", lang),
                help=t("compare.help_apart", lang),
                format="%.0f",
                min_value=0,
                max_value=100,
                width=90,
            ),
            **{name: column(width=CELL) for name in names.values()},
        },
        alt=t("compare.alt_figures", lang),
    )
    st.download_button(
        t("compare.download", lang, rows=len(table)),
        lambda: tables.csv(
            compare_tables.whole(model, table, asked.level, names, lang)
        ),
        file_name=f"siteselect_compare_{asked.level}.csv",
        mime="text/csv",
        on_click="ignore",
    )
