"""地点 Place: one city or district seen whole, for someone who knows nothing of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.commands import twins as command
from app.ui import (
    cache,
    columns,
    compare_tables,
    fit_state,
    place_charts,
    place_state,
    place_tables,
    place_twins,
    state,
)
from app.ui.columns import plain
from app.ui.place_state import BOX, Asked
from app.ui.state import Note, State
from app.ui.words import LANGS, t
from app.views import (
    compare,
    controls,
    known,
    override,
    pages,
    place_past,
    what_if,
)
from data.schema import LEVELS, PILLARS
from model.score import Model
from model.twins import Twin

HEIGHT = 470
# Lines of words are broken in a row as high as this: three of them fit.
# Of a row that tells its sources in several lines, and how wide they are.
TALL_ROW, SOURCES = {"zh": 80, "en": 124}, 345
TABS = ("data", "reports", "missing")


def link(spot: DeltaGenerator, segment: str, level: str, code: str, lang: str) -> None:
    """Draw a link to this page about a place."""
    spot.page_link(
        pages.page("place", lang),
        label=t("place.link", lang),
        icon=":material/location_city:",
        query_params=carried(segment, level, code, lang),
    )


def carried(segment: str, level: str, code: str, lang: str) -> dict[str, str]:
    """Return the parameters of a link about a place and a segment."""
    asked = {"segment": segment, "level": level, "place": code}
    return asked if lang == LANGS[0] else {**asked, "lang": lang}


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("place.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("place.lead", lang, as_of=model.as_of))
    asked, notes = place_state.read(st.query_params.to_dict(), model.facts)
    name = cache.names(model.facts, asked.level, lang)[asked.place]
    with st.spinner(t("place.working", lang)):
        about = (asked.level, asked.place)
        table = cache.shared(place_tables.strengths, model, *about)
    chosen = State(
        segment=asked.segment or best(table), level=asked.level, place=asked.place
    )
    said(model, asked, name, notes, lang)
    chooser(model, chosen, asked, lang)
    heading(model, table, chosen, name, lang)
    if not table.empty:
        strengths(model, table, chosen, lang)
        profile(model, asked, chosen, lang)
    place_past.history(model, chosen, lang)
    place_past.firms(model, chosen, lang)
    everything(model, chosen, lang)


def best(table: pd.DataFrame) -> str:
    """Return the segment that a place is strongest at."""
    return State().segment if table.empty else str(table["segment"].iloc[0])


def said(model: Model, asked: Asked, name: str, notes: list[Note], lang: str) -> None:
    """Say what of the link was not known, and that an example is one."""
    lines = []
    for note in notes:
        if note.name == "pillar":
            used = t("place.all_pillars", lang)
            if note.used:
                used = t(f"common.pillar_{note.used}", lang)
            words = {"name": t("detail.col_pillar", lang), "used": used}
            value = plain(note.value[:80])
            lines.append(t("recommend.bad_value", lang, value=value, **words))
        else:
            lines.append(controls.replaced(model.facts, note, lang))
    if lines:
        st.warning("  \n".join(lines))
    if asked.example:
        st.info(t("place.example", lang, place=plain(name)))


def chooser(model: Model, chosen: State, asked: Asked, lang: str) -> None:
    """Draw what can be asked: a place of either level, and a segment."""
    facts = model.facts
    named = {
        place_state.boxed(level, code): f"{name} · {code}"
        for level in LEVELS
        for code, name in cache.names(facts, level, lang).items()
    }
    own = place_state.boxed(chosen.level, chosen.place)
    state.fill({BOX: own, "segment": chosen.segment, "pillar": asked.pillar})
    place, segment = st.columns([8, 6])
    place.selectbox(
        t("place.param_place", lang, count=f"{len(named):,}"),
        list(named),
        format_func=named.__getitem__,
        key=BOX,
        filter_mode="contains",
        on_change=place_state.choose,
    )
    segment.selectbox(
        t("place.param_segment", lang),
        list(facts.segments.index),
        format_func=lambda one: columns.named(facts.segments.loc[one], lang),
        key="segment",
        filter_mode="contains",
        on_change=state.write,
        args=("segment",),
    )


def heading(
    model: Model, table: pd.DataFrame, chosen: State, name: str, lang: str
) -> None:
    """Draw the place's name and people, what it is strongest at, and where to go on."""
    st.header(plain(name), anchor=False)
    known.people(model.facts, chosen.level, chosen.place, lang)
    short = columns.named(model.facts.places.loc[(chosen.level, chosen.place)], lang)
    if table.empty:
        st.info(t("detail.not_ranked", lang))
    else:
        st.markdown(plain(place_tables.summary(model, table, short, lang)))
    asked = carried(chosen.segment, chosen.level, chosen.place, lang)
    bar = st.container(horizontal=True, gap="small")
    bar.page_link(
        pages.page("recommend", lang),
        label=t("place.to_recommend", lang),
        icon=":material/format_list_numbered:",
        query_params=asked,
    )
    with bar:
        ranking = cache.ranking(model, chosen.segment, chosen.level)
        compare.link(model, ranking, chosen, lang)
    bar.page_link(
        pages.page("fit", lang),
        label=t("park.link", lang),
        icon=":material/category:",
        query_params=asked,
    )
    what_if.link(bar, chosen.segment, chosen.level, chosen.place, lang)


def strengths(model: Model, table: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw where the place stands in every segment; a click on a row chooses one."""
    st.subheader(t("place.strengths", lang), anchor=False)
    held = place_tables.ranked(table)
    names = model.facts.segments[f"name_{lang}"]
    bare = [names[one] for one in names.index if one not in set(held["segment"])]
    if not held.empty:
        total = f"{held['total'].iloc[0]:,}"
        st.caption(t("place.strengths_note", lang, total=total))
        left, right = st.columns([1, 2], gap="medium")
        with left:
            about = (chosen.level, chosen.place, chosen.segment, lang, state.ground())
            st.altair_chart(
                cache.shared(_strengths, model, *about),
                alt=t("place.alt_strengths", lang),
            )
        with right:
            codes = tuple(held["segment"])
            place_past.clickable(
                place_tables.shown(model, table, lang),
                "place-segments",
                codes,
                chosen.segment,
                column_config=place_tables.shown_config(lang),
                height="content",
                row_height=place_charts.ROW,
                alt=t("place.alt_segments", lang),
            )
        override.noted(
            ((names[one], one, chosen.level, chosen.place) for one in codes), lang
        )
    if bare:
        gap = t("common.list_gap", lang)
        st.caption(t("place.no_evidence", lang, names=plain(gap.join(bare))))


def _strengths(model: Model, level: str, place: str, *more: str) -> object:
    """Return the picture of a place's segments; it is slow to build."""
    segment, lang, ground = more
    table = cache.shared(place_tables.strengths, model, level, place)
    rows = place_tables.picture(model, table, segment, lang)
    return place_charts.strengths(rows, lang, ground)


def profile(model: Model, asked: Asked, chosen: State, lang: str) -> None:
    """Draw where the place stands by pillar, beside the leader and its twins."""
    segment = plain(columns.named(model.facts.segments.loc[chosen.segment], lang))
    st.subheader(t("place.profile", lang, segment=segment), anchor=False)
    about = (chosen.segment, chosen.level, chosen.place)
    grade = str(cache.ranking(model, *about[:2])["confidence"].iloc[0])
    if grade != "A":
        st.warning(t(f"recommend.confidence_{grade or 'none'}", lang))
    with st.spinner(t("park.working_twins", lang)):
        found = fit_state.twins(model, about[1], about[0], about[2])
        names = called(model, *about, found, lang)
    st.pills(
        t("place.pillars", lang),
        PILLARS,
        format_func=lambda one: t(f"common.pillar_{one}", lang),
        key="pillar",
        on_change=state.write,
        args=("pillar",),
    )
    drawn = (*about, asked.pillar, lang, state.ground())
    chart = cache.shared(_profile, model, *drawn)
    if chart is not None:
        st.altair_chart(chart, alt=t("place.alt_profile", lang))
    note = "place.indicators_note" if asked.pillar else "place.profile_note"
    st.caption(t(note, lang))
    table = cache.shared(_figures, model, *about, asked.pillar, lang)
    headings = {
        name: t(f"{of}.col_{name}", lang)
        for of, name in (
            *((("detail", "indicator")), ("place", "place"), ("place", "percentile")),
            *(("detail", name) for name in ("value", "period", "source", "locator")),
            *(("detail", name) for name in ("unit", "pillar")),
        )
    }
    st.dataframe(
        table[list(headings)].rename(columns=headings),
        key=f"place-figures-{chosen.level}-{chosen.place}",
        hide_index=True,
        height=HEIGHT if len(table) > 12 else "auto",
        column_config={
            **columns.widths(headings, lang, table),
            headings["percentile"]: st.column_config.NumberColumn(
                format="%.1f", width=80, help=t("place.help_percentile", lang)
            ),
        },
        alt=t("place.alt_figures", lang),
    )
    st.caption(t("place.figures_note", lang, many=len(table)))
    twins(model, chosen, found, list(names), lang)


def called(
    model: Model, segment: str, level: str, place: str, found: list[Twin], lang: str
) -> dict[str, str]:
    """Return the places of the profile, each with what it is there for."""
    roles = place_twins.beside(model, segment, level, place, found)
    names = compare_tables.called(model.facts, level, list(roles), lang)
    return {
        code: t(f"place.role_{roles[code]}", lang, place=name)
        for code, name in names.items()
    }


def _profile(
    model: Model, segment: str, level: str, place: str, *more: str
) -> object | None:
    """Return the picture of the profile, or nothing without a figure."""
    pillar, lang, ground = more
    found = fit_state.twins(model, level, segment, place)
    names = called(model, segment, level, place, found, lang)
    if pillar:
        rows = place_tables.indicators(model, pillar, level, names, lang)
    else:
        rows = place_tables.pillars(model, segment, level, names, lang)
    return None if rows.empty else place_charts.profile(rows, lang, ground)


def _figures(
    model: Model, segment: str, level: str, place: str, *more: str
) -> pd.DataFrame:
    pillar, lang = more
    found = fit_state.twins(model, level, segment, place)
    names = called(model, segment, level, place, found, lang)
    return place_tables.figures(model, level, names, pillar, lang)


def twins(
    model: Model, chosen: State, found: list[Twin], beside: list[str], lang: str
) -> None:
    """List the twins with why they are alike, or say why there are none."""
    st.markdown(f"**{t('place.twins', lang)}**")
    earlier = fit_state.earlier(model, chosen.level)
    st.caption(plain(command.note(earlier, chosen.segment, chosen.place, found, lang)))
    if found:
        table = place_twins.table(model, chosen.level, chosen.place, found, lang)
        headings = {
            name: t(
                f"{'park' if name in ('twin', 'distance', 'before') else 'place'}"
                f".col_{name}",
                lang,
                **({"month": earlier.month} if name == "before" else {}),
            )
            for name in table
        }
        st.dataframe(
            table.rename(columns=headings),
            hide_index=True,
            height="content",
            row_height=TALL_ROW[lang],
            column_config={
                **{
                    headings[name]: st.column_config.Column(
                        width=columns.fitted([headings[name], *table[name]])
                    )
                    for name in ("twin", "before", "after")
                },
                headings["why"]: st.column_config.Column(width=320),
                headings["source"]: st.column_config.Column(width=SOURCES),
                headings["distance"]: st.column_config.NumberColumn(
                    format="%.2f", width=76, help=t("park.help_distance", lang)
                ),
            },
            alt=t("place.alt_twins", lang),
        )
    if len(beside) > 1:
        asked = carried(chosen.segment, chosen.level, chosen.place, lang)
        st.page_link(
            pages.page("compare", lang),
            label=t("place.to_compare", lang),
            icon=":material/compare_arrows:",
            query_params={**asked, "places": ",".join(beside)},
        )


def everything(model: Model, chosen: State, lang: str) -> None:
    """Draw every figure known, what reports say, and what is missing."""
    st.subheader(t("place.everything", lang), anchor=False)
    drawn = (
        lambda: known.figures(model, chosen, lang),
        lambda: known.reports(model.facts, chosen, lang),
        lambda: known.missing(model, chosen, lang),
    )
    # Only the one that is open is computed.
    tabs = st.tabs(
        [t(f"detail.tab_{name}", lang) for name in TABS],
        key=f"place-tabs-{lang}",
        on_change="rerun",
    )
    for tab, draw in zip(tabs, drawn, strict=True):
        if tab.open:
            with tab:
                draw()
