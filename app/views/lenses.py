"""榜单对照 Lenses: what five reports published, our computing, and why they differ."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import streamlit as st

from app.commands.errors import message
from app.export import tables
from app.ui import cache, columns, lens_answer, lens_chart, lens_tables, state
from app.ui.columns import plain
from app.ui.state import Note
from app.ui.words import t
from app.views import controls
from data import DataError, Facts
from model import lens_gaps, lenses
from model.lenses import Compared, Lens

KEYS = ("lens", "ranking")
HEIGHT = 570
# Fewer strengths are read sooner in a table.
GRID = 20


def page() -> None:
    """Draw the page; it does not need the model."""
    lang = state.language()
    controls.heading(t("lens.heading", lang), lang)
    try:
        facts = cache.facts(lang)
    except (DataError, OSError) as error:
        st.error(message(error, lang))
        return
    st.markdown(t("lens.lead", lang))
    notes: list[Note] = []
    name = asked(facts, "lens", lenses.names(facts), notes)
    with st.spinner(t("app.loading_facts", lang)):
        system, made = cache.lens(facts, name)
    ranking = asked(facts, "ranking", list(system.rankings.index), notes)
    for note in notes:
        values = {"name": t(f"lens.param_{note.name}", lang)}
        values |= {"value": plain(note.value), "used": plain(note.used)}
        st.warning(t("lens.bad_value", lang, **values))
    chosen(facts, system, lang)
    answer(facts, system, made, ranking, lang)
    about(facts, system, lang)
    figures(system, made, ranking, lang)
    compared(facts, system, made[ranking], lang)
    why(system, made, ranking, lang)
    indicators(facts, system, ranking, made[ranking], lang)
    more(facts, name, lang)


def asked(facts: Facts, name: str, known: list[str], notes: list[Note]) -> str:
    """Return what the URL asks for, the nearest to it, or the first."""
    ids = dict(zip(known, known, strict=True))
    value = state.pick(st.query_params.to_dict(), name, ids, known[0], notes)
    st.session_state[name] = value
    return value


def chosen(facts: Facts, system: Lens, lang: str) -> None:
    """Draw the choice of a report, and of one of its rankings."""
    entries = facts["lenses"].set_index("lens")
    st.segmented_control(
        t("lens.param_lens", lang),
        list(entries.index),
        format_func=lambda name: str(entries.at[name, f"name_{lang}"]),
        key="lens",
        required=True,
        on_change=change,
        label_visibility="collapsed",
    )
    if len(system.rankings) > 1:
        spot, _ = st.columns([1, 2])
        spot.selectbox(
            t("lens.param_ranking", lang),
            list(system.rankings.index),
            format_func=lambda name: str(system.rankings.at[name, f"name_{lang}"]),
            key="ranking",
            on_change=state.write,
            args=KEYS,
        )


def change() -> None:
    """Write another report to the URL; its rankings are others."""
    st.session_state["ranking"] = None
    state.write(*KEYS)


def answer(
    facts: Facts, system: Lens, made: dict[str, Compared], ranking: str, lang: str
) -> None:
    """Say where the published ranks and ours differ most, why, and how sure that is."""
    mine, lens = made[ranking], columns.named(system.entry, lang)
    if len(system.rankings) > 1:
        lens += columns.GAP + columns.named(system.rankings.loc[ranking], lang)
    found = lens_gaps.gaps(system, made, ranking)
    with st.container(border=True):
        if not found:
            exact = lens_tables.apart(mine.table).notna().any()
            none = "lens.most_none" if exact else "lens.most_unranked"
            st.markdown(plain(t(none, lang, lens=lens)))
        else:
            st.markdown(f"**{plain(lens_answer.headline(found, lens, lang))}**")
            said = [
                lens_answer.because(facts, system, mine, entry, lang)
                for entry in found[: lens_answer.NAMED]
            ]
            st.markdown("\n".join(f"- {plain(line)}" for line in said))
            st.markdown(plain(lens_answer.sure(system, mine, ranking, found, lang)))
        if model := cache.loaded():
            asked, _ = state.read(st.query_params.to_dict(), facts)
            learned = lens_tables.learned(model, asked.segment)
            segment = columns.named(facts.segments.loc[asked.segment], lang)
            other = lens_answer.learned_most(mine.table, learned, lens, segment, lang)
            if other:
                st.caption(plain(other))


def about(facts: Facts, system: Lens, lang: str) -> None:
    """Say how the system works, in our words, and what it keeps to itself."""
    st.markdown(plain(system.entry[f"method_{lang}"]))
    source = facts.sources.loc[[system.name]]
    told = {
        key: columns.in_language(source, key, lang).iloc[0]
        for key in ("producer", "title")
    }
    said = [
        system.entry[f"gaps_{lang}"],
        t("lens.source", lang, **told),
        t("lens.as_of", lang, as_of=system.entry["as_of"]),
    ]
    st.caption("  \n".join(plain(line) for line in said))


def figures(system: Lens, made: dict[str, Compared], ranking: str, lang: str) -> None:
    """Draw how much is held, how alike the orders are, and how many lie far apart."""
    node = system.rankings.at[ranking, "node"]
    strict, wide = lenses.coverage(system, made[ranking].held, node)
    found = lenses.correlation(made[ranking].table)
    left, middle, right = st.columns(3)
    left.metric(
        t("lens.held", lang),
        t("lens.held_value", lang, share=strict),
        t("lens.held_delta", lang, share=wide),
        delta_color="off",
        delta_arrow="off",
        help=t("lens.held_help", lang),
    )
    few = found["value"] is None
    middle.metric(
        t("lens.spearman", lang),
        t("lens.spearman_none" if few else "lens.spearman_value", lang, **found),
        t("lens.spearman_few" if few else "lens.spearman_delta", lang, **found),
        delta_color="off",
        delta_arrow="off",
        help=t("lens.spearman_help", lang),
    )
    right.metric(
        t("lens.apart", lang),
        int((lens_tables.apart(made[ranking].table).abs() >= lens_gaps.LEAST).sum()),
        help=t("lens.apart_help", lang),
    )


def compared(facts: Facts, system: Lens, made: Compared, lang: str) -> None:
    """Draw the published table with ours, and the two orders."""
    asked, _ = state.read(st.query_params.to_dict(), facts)
    model = cache.loaded()
    learned = lens_tables.learned(model, asked.segment) if model else None
    rows = lens_tables.ranks(made, learned, lang)
    segment = columns.named(facts.segments.loc[asked.segment], lang)
    lines = lens_tables.slope(made, lang)
    wide = len(lines) >= lenses.FEWEST
    left, right = st.columns([7, 5], gap="medium") if wide else (st.container(), None)
    with left:
        st.header(t("lens.table", lang), anchor=False)
        st.caption(t("lens.table_note", lang))
        helps = {
            "learned": t("lens.help_learned", lang, segment=segment),
            "range": t("lens.help_range", lang),
            "imputed": t("lens.help_imputed", lang),
            "recomputed_score": t("lens.help_recomputed_score", lang),
        }
        listed(
            rows,
            lang,
            t("lens.alt_table", lang),
            helps,
            height=min(HEIGHT, 38 + 35 * len(rows)),
        )
        st.download_button(
            t("lens.download", lang, rows=len(rows)),
            tables.csv(rows.rename(columns=columns.labels(list(rows), lang, "lens"))),
            file_name=f"siteselect_lens_{system.name}.csv",
            mime="text/csv",
            on_click="ignore",
        )
    if right is not None:
        with right:
            st.header(t("lens.slope", lang), anchor=False)
            st.caption(t("lens.slope_note", lang))
            st.altair_chart(
                lens_chart.slope(lines, lang, state.ground()),
                alt=t("lens.alt_slope", lang),
            )


def listed(
    rows: pd.DataFrame,
    lang: str,
    alt: str,
    helps: dict[str, str] | None = None,
    height: int | Literal["auto"] = "auto",
) -> None:
    """Draw a table with its headings in words."""
    headings = columns.labels(list(rows), lang, "lens")
    formats = {"imputed": "%d%%", "recomputed_score": "%.1f"}
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        height=height,
        placeholder="",
        alt=alt,
        column_config={
            headings[name]: st.column_config.NumberColumn(
                help=(helps or {}).get(name), format=formats.get(name)
            )
            if name in formats
            else st.column_config.Column(help=(helps or {}).get(name))
            for name in rows
        },
    )


def why(system: Lens, made: dict[str, Compared], ranking: str, lang: str) -> None:
    """Explain the cities that stand far apart."""
    st.header(t("lens.why", lang), anchor=False)
    found = lens_gaps.gaps(system, made, ranking)
    if not found:
        st.caption(t("lens.why_none", lang))
    for entry in found:
        name, text = plain(entry[f"name_{lang}"]), plain(entry[f"text_{lang}"])
        st.markdown(f"**{name}** {text}")


def indicators(
    facts: Facts, system: Lens, ranking: str, made: Compared, lang: str
) -> None:
    """Draw a ranking's indicators, and which of them are not to be had."""
    st.header(t("lens.indicators", lang), anchor=False)
    st.caption(t("lens.indicators_note", lang))
    rows = lens_tables.indicators(facts, system, ranking, made, lang)
    listed(rows, lang, t("lens.alt_indicators", lang))
    if names := lens_tables.missing(system, ranking, made, lang):
        gap = t("common.list_gap", lang)
        st.caption(plain(t("lens.missing_listed", lang, names=gap.join(names))))


def more(facts: Facts, name: str, lang: str) -> None:
    """Offer what else the report says of cities, districts and zones."""
    st.header(t("lens.more", lang), anchor=False)
    grid = lens_tables.strength_grid(facts, name, lang)
    if len(grid) >= GRID:
        st.caption(t("lens.grid_note", lang))
        names = facts.segments[f"name_{lang}"]
        st.altair_chart(
            lens_chart.grid(
                grid, names[names.isin(grid["segment"])], lang, state.ground()
            ),
            alt=t("lens.grid_note", lang),
        )
    for kind, table in lens_tables.MORE.items():
        rows = table(facts, name, lang)
        if not rows.empty:
            title = t(f"lens.more_{kind}", lang)
            with st.expander(f"{title} ({len(rows)})"):
                listed(rows, lang, title)
