"""选址 Recommend: which places suit a segment, in what order, and why."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.export import tables
from app.ui import (
    answer,
    cache,
    columns,
    filter_state,
    override_state,
    override_tables,
    state,
)
from app.ui.filter_state import Asked
from app.ui.state import State
from app.ui.words import t
from app.views import (
    cards,
    controls,
    filters,
    footer,
    my_lens_controls,
    override,
    pick,
    shortlist,
    tour,
)
from model import score, trend
from model.score import Model
from model.wording import number

# Beside a place that is told of at length the table may be longer.
TABLE_HEIGHT, BESIDE = 520, 800
# A column that the table lacks is left out; the table's own menu shows the others.
NARROW = ["rank", "range", "place", "score"]
WIDE = ["rank", "range", "ties", "place", "score", "trend", "top5", "ahead", "reasons"]
# Seconds in which a browser draws the table: it would wait for what comes with it.
TABLE_FIRST = 0.06
# Three reasons, a line each; a long one in English breaks into two.
TALL_ROW = {"zh": 72, "en": 92}


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("app.heading", lang), lang)
    if model is None:
        return
    # Its own widgets are known while the page stands: a new one comes from the top.
    stands = "top" in st.session_state
    chosen, notes = state.read(st.query_params.to_dict(), model.facts)
    state.fill({key: getattr(chosen, key) for key in state.KEYS})
    held, left_out = filter_state.read(model, chosen)
    said = [controls.replaced(model.facts, note, lang) for note in notes]
    said += [my_lens_controls.left_out(note, lang) for note in left_out]
    whole = cache.ranking(model, chosen.segment, chosen.level)
    about = (chosen.segment, chosen.level, chosen.within)
    ranking = cache.shared(filter_state.listed, model, *about, held.asked)
    changed = override_state.applied(ranking, chosen.segment, chosen.level)
    shown = override.ordered(changed, lang)
    grade = str(whole["confidence"].iloc[0])
    # The table is what people wait for: it is drawn before what stands above it.
    head, body = st.container(), st.container()
    beside = None
    if grade and not ranking.empty:
        with body:
            beside = results(model, shown, chosen, lang)
        time.sleep(TABLE_FIRST if stands else 0)
    with head:
        st.markdown(t("recommend.lead", lang, as_of=model.as_of))
        if said:
            st.warning("  \n".join(said))
        controls.controls(model.facts, changed, chosen, lang)
        help_spot, filter_spot, card_spot = folded(held)
        confidence(grade, lang)
        if grade and ranking.empty:
            filters.nothing(model, chosen, held, lang)
        elif grade:
            area = cache.area_names(model.facts, lang)[chosen.within]
            st.markdown(answer.told(model, changed, chosen, area, lang))
    if beside is not None:
        with beside:
            place(model, shown, chosen, lang)
    with help_spot:
        tour.tour(lang)
    with filter_spot:
        filters.controls(model, held, lang)
    with card_spot:
        cards.cards(model.facts, chosen.segment, lang)
    if grade and not ranking.empty:
        time.sleep(0 if stands else TABLE_FIRST)
        pictures(model, shown, chosen, held.asked, lang)
    footer.footer(model, chosen.level, lang)


def folded(held: filter_state.Conditions) -> Sequence[DeltaGenerator]:
    """Return the spots of the help, conditions and cards: a row until one is opened.

    What is opened takes the whole width.
    """
    boxes = (tour.KEY, filters.key(held), cards.BOX)
    # Another count of conditions is another box, as open as the last one was.
    unset = {filters.key(held): st.session_state.get(filters.OPEN)}
    if any(st.session_state.get(box, unset.get(box)) for box in boxes):
        return [st.container() for _ in boxes]
    return st.columns(len(boxes))


def confidence(grade: str, lang: str) -> None:
    """Say in words what evidence the segment has; warn where it is thin."""
    said = t(f"recommend.confidence_{grade or 'none'}", lang)
    if grade == "A":
        st.caption(said)
    else:
        st.warning(said)


def filtered(model: Model, whole: pd.DataFrame, chosen: State) -> pd.DataFrame:
    """Return the ranking of an area, its ranks and ranges counted from 1."""
    if chosen.within == state.EVERYWHERE:
        return whole
    inside = score.within(model.facts, whole, chosen.within)
    return score.keep(whole, inside, model.drawn(chosen.segment, chosen.level))


def results(
    model: Model, ranking: pd.DataFrame, chosen: State, lang: str
) -> DeltaGenerator | None:
    """Draw the ranked table; return the spot beside it where a place is chosen."""
    codes = list(ranking["place"].head(chosen.top))
    if chosen.place:
        spot, beside = st.columns([5, 7], gap="medium")
        reasons: dict[str, list[dict[str, Any]]] = {code: [] for code in codes}
    else:
        spot, beside = st.container(), None
        reasons = cache.reasons(model, chosen.segment, chosen.level, codes)
    with spot:
        table(model, ranking, reasons, chosen, lang)
        download(model, ranking, codes, chosen, lang)
    return beside


def place(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw what is told of the chosen place."""
    shortlist.control(model, chosen, lang)
    # Loads libraries that the ranking itself does without.
    from app.views import detail

    detail.panel(model, ranking, chosen, lang)


def pictures(
    model: Model, ranking: pd.DataFrame, chosen: State, asked: Asked, lang: str
) -> None:
    """Draw the linked pictures."""
    # Their library is slow to load, and the browser slow to draw them.
    from app.views import linked

    linked.section(model, ranking, chosen, asked, lang)


def table(
    model: Model,
    ranking: pd.DataFrame,
    reasons: dict[str, list[dict[str, Any]]],
    chosen: State,
    lang: str,
) -> None:
    """Draw the ranked table and the chooser of a place beside it."""
    codes = tuple(reasons)
    names = cache.names(model.facts, chosen.level, lang)
    few = cache.thin(model, chosen.segment, chosen.level)
    marked = {code: columns.thinly(names[code]) for code in codes if code in few}
    came = cache.shared(trend.quarters, model, chosen.segment, chosen.level)
    rows = columns.ranked(ranking, reasons, names | marked, came, few, lang)
    shown = NARROW if chosen.place else WIDE
    config = columns.ranked_config(lang, one_line=bool(chosen.place))
    if "shown_rank" in ranking:
        held = override_state.in_effect(chosen.segment, chosen.level)
        rows = override_tables.beside(rows, ranking, held, lang)
        shown = override_tables.order(shown)
        config |= override_tables.config(lang)
    pick.table(
        rows,
        f"table-{'narrow' if chosen.place else 'wide'}",
        codes,
        chosen.place,
        state.choose,
        height=BESIDE if chosen.place else TABLE_HEIGHT,
        row_height=None if chosen.place else TALL_ROW[lang],
        column_order=shown,
        column_config=config,
        alt=t("recommend.alt_table", lang),
    )
    if marked:
        st.caption(t("recommend.thin", lang, mark=columns.THIN))


def download(
    model: Model,
    ranking: pd.DataFrame,
    codes: list[str],
    chosen: State,
    lang: str,
) -> None:
    """Offer the whole filtered list as a file, with the reasons of the rows shown."""

    def content() -> bytes:
        reasons = cache.reasons(model, chosen.segment, chosen.level, codes)
        return tables.csv(tables.ranked(model.facts, ranking, reasons, lang))

    st.download_button(
        t("recommend.download", lang, rows=number(len(ranking), lang)),
        content,
        file_name=f"siteselect_{chosen.segment}_{chosen.level}_{chosen.within}.csv",
        mime="text/csv",
        on_click="ignore",
        help=t("recommend.download_help", lang, shown=len(codes)),
    )
