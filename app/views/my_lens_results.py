"""What a lens of one's own gives: ranks, tipping points, and where it disagrees."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import cache, columns, my_lens_charts, my_lens_tables, state
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from app.views import pick, place
from model import score
from model import tipping as points
from model.composite import Index
from model.own_index import OwnRanking
from model.score import Model

SHOWN, HEIGHT = 20, 620
PAIRS = 10
EDGES = (3, 5, 10, 20)


def left(model: Model, ours: OwnRanking, lang: str) -> None:
    """Say how many places meet the conditions, and what each condition leaves out."""
    said = my_lens_tables.removed(ours, model.facts, lang)
    if said:
        gap = t("common.list_gap", lang)
        count = {"total": len(ours.index.score), "left": len(ours.table)}
        st.caption(plain(t("mine.left", lang, said=gap.join(said), **count)))


def segment(model: Model, lang: str) -> State:
    """Draw the choice of a segment to compare with; return what the URL asks for."""
    asked, _ = state.read(st.query_params.to_dict(), model.facts)
    st.session_state["segment"] = asked.segment
    spot, _ = st.columns([1, 2])
    spot.selectbox(
        t("mine.segment", lang),
        list(model.facts.segments.index),
        format_func=lambda name: columns.named(model.facts.segments.loc[name], lang),
        key="segment",
        filter_mode="contains",
        on_change=state.write,
        args=("segment",),
    )
    return asked


def ranks(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw the ranking, its ranges, and the learned ranks beside it."""
    chosen = segment(model, lang)
    drawn = cache.own_draws(model, ours.lens)
    whole = cache.ranking(model, chosen.segment, ours.lens.level)
    kept = score.keep(whole, whole["place"].isin(ours.table["place"]))
    names = cache.short_names(model.facts, ours.lens.level, lang)
    theirs = kept.set_index("place")["rank"]
    rows = my_lens_tables.ranks(ours, theirs, drawn, names, lang)
    one, other = st.columns([7, 5], gap="medium")
    with one:
        listed(rows, len(drawn.ranks), chosen.place, lang)
        about(rows, names, chosen, lang)
        headings = columns.labels(list(rows), lang, "mine")
        st.download_button(
            t("mine.download", lang, rows=len(rows)),
            lambda: tables.csv(rows.rename(columns=headings)),
            file_name=f"siteselect_lens_{ours.lens.level}.csv",
            mime="text/csv",
            on_click="ignore",
        )
    with other:
        st.markdown(f"**{t('mine.ranges_title', lang)}**")
        first = ours.table.head(SHOWN).set_index("place")
        held = drawn.range().loc[first.index]
        picture = pd.DataFrame(
            {
                "name": first.index.map(names),
                "rank": first["rank"],
                "median": drawn.median[first.index],
                "low": held["low"],
                "high": held["high"],
            }
        )
        st.altair_chart(
            my_lens_charts.ranges(picture, lang, state.ground()),
            alt=t("mine.alt_ranges", lang),
        )
        st.caption(t("mine.sure_note", lang, draws=f"{len(drawn.ranks):,}"))


def about(rows: pd.DataFrame, names: dict[str, str], chosen: State, lang: str) -> None:
    """Say where the chosen place stands, and link to all that is known of it."""
    if not chosen.place:
        st.caption(t("mine.choose_hint", lang))
        return
    said = {"name": names[chosen.place], "total": len(rows)}
    if chosen.place in rows.index:
        row = rows.loc[chosen.place]
        said |= {"rank": row["rank"], "learned": row["learned"]}
        st.markdown(plain(t("mine.chosen", lang, **said)))
    else:
        st.markdown(plain(t("mine.chosen_out", lang, **said)))
    bar = st.container(horizontal=True, vertical_alignment="center")
    place.link(bar, chosen.segment, chosen.level, chosen.place, lang)
    bar.button(
        t("detail.close", lang),
        key="mine-close",
        on_click=state.close,
        args=("place", "place"),
    )


def listed(rows: pd.DataFrame, draws: int, chosen: str, lang: str) -> None:
    """Draw the ranked table; the chosen place keeps its mark in another order."""
    headings = columns.labels(list(rows), lang, "mine")
    number = st.column_config.NumberColumn
    helped = {
        "range": t("mine.help_range", lang, draws=f"{draws:,}"),
        "learned": t("mine.help_learned", lang),
        "apart": t("mine.help_apart", lang),
    }
    config = {
        headings[name]: st.column_config.Column(help=text)
        for name, text in helped.items()
        if name in rows
    }
    config[headings["score"]] = number(format="%.1f", help=t("mine.help_score", lang))
    config[headings["imputed"]] = number(
        format="%d%%", help=t("mine.help_imputed", lang)
    )
    config[headings["top"]] = number(format="%d%%")
    pick.table(
        rows.rename(columns=headings),
        "mine",
        tuple(rows.index),
        chosen,
        lambda key, codes: state.choose(key, codes, "place", "place"),
        height=min(HEIGHT, 38 + 35 * len(rows)),
        column_config=config,
        alt=t("mine.alt_ranks", lang),
    )


def tipping(model: Model, ours: OwnRanking, lang: str) -> None:
    """Say at which weights neighbours change places, and who is first."""
    st.caption(t("mine.tipping_note", lang))
    index = ours.index.among(ours.table["place"])
    called = cache.short_names(model.facts, ours.lens.level, lang)
    names = {code: plain(called[code]) for code in ours.table["place"]}
    one, other = st.columns(2, gap="large")
    with one:
        st.subheader(t("mine.tipping_pairs", lang), anchor=False)
        found = points.neighbours(index, PAIRS + 1)
        sentences(found, index, names, model, lang)
    with other:
        k = st.segmented_control(
            t("mine.edge_k", lang), EDGES, default=EDGES[1], required=True
        )
        st.subheader(t("mine.tipping_edge", lang, k=k), anchor=False)
        found = points.edge(index, int(k or EDGES[1]))
        sentences(found[:PAIRS], index, names, model, lang)
        if found[PAIRS:]:
            with st.expander(t("mine.tip_more", lang, count=len(found) - PAIRS)):
                sentences(found[PAIRS:], index, names, model, lang)


def sentences(
    found: list[points.Tipping],
    index: Index,
    names: dict[str, str],
    model: Model,
    lang: str,
) -> None:
    """Say each tipping point in a line."""
    if not found:
        st.caption(t("mine.tip_none", lang))
    lines = [
        my_lens_tables.tipping(one, index, names, model.facts, lang) for one in found
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def versus(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw the places on which the lens and the learned ranking differ most."""
    chosen = segment(model, lang).segment
    said = plain(columns.named(model.facts.segments.loc[chosen], lang))
    st.caption(t("mine.versus_note", lang, segment=said))
    rows = cache.own_versus(model, ours.lens, chosen)
    if rows.empty:
        st.info(t("mine.versus_none", lang))
    titles = columns.titles(model.facts, lang)
    names = cache.short_names(model.facts, ours.lens.level, lang)
    for row in rows.to_dict("records"):
        place = plain(names[row["place"]])
        own, learned = my_lens_tables.because(row, model.facts, titles, lang)
        with st.container(border=True):
            ranked = {"own": row["own_rank"], "learned": row["learned_rank"]}
            st.markdown(t("mine.versus_line", lang, place=place, **ranked))
            key = "mine.versus_own_up" if row["gap"] > 0 else "mine.versus_own_down"
            st.caption(plain(t(key, lang)))
            st.markdown("\n".join(f"- {plain(line)}" for line in own))
            st.caption(plain(t("mine.versus_learned", lang, parts=learned)))
