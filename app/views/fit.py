"""产业定位 Segments for a place: what suits it, its rivals, what others became."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.commands import twins as command
from app.export import tables
from app.ui import (
    cache,
    columns,
    fit_answer,
    fit_charts,
    fit_state,
    fit_tables,
    override_state,
    state,
)
from app.ui.columns import plain
from app.ui.fit_state import Asked
from app.ui.state import Note
from app.ui.words import t
from app.views import controls, override, pick
from data.schema import LEVELS
from model.score import Model
from model.wording import signed

HEIGHT = 400
# Of a row that tells its sources in several lines.
TALL_ROW = {"zh": 112, "en": 174}
STEPS = ("suits", "succeeds", "worth")
# More sources than these are named when pointed at.
TITLES = 2
# Colours that the colour-blind can tell apart too; the word says the same.
BADGES = {"ahead": "blue", "behind": "orange", "against": "orange", "unlike": "gray"}


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("park.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("park.lead", lang, as_of=model.as_of))
    params = st.query_params.to_dict()
    asked, notes = fit_state.read(params, model.facts)
    name = cache.names(model.facts, asked.level, lang)[asked.place]
    spot = st.container()
    with st.spinner(t("park.working", lang, place=name)):
        found = fit_state.fit(model, asked.level, asked.place)
    entry = opened(params, found, notes)
    rival = others(params, entry, notes)
    state.fill({"level": asked.level, "place": asked.place})
    state.fill({"segment": entry["segment"], "rival": rival["place"]})
    with spot:
        said(model, asked, name, notes, lang)
        chooser(model, asked, found, lang)
        answer(model, found, name, lang)
    order(model, asked, found, entry, lang)
    argument(model, entry, lang)
    against(model, asked, entry, rival, lang)
    firms(model, asked, entry, lang)
    twins(model, asked, found, entry, lang)


def opened(
    params: dict[str, str], found: list[dict[str, Any]], notes: list[Note]
) -> dict[str, Any]:
    """Return the segment that the URL asks for, or the first."""
    names = {
        entry[f"name_{lang}"]: entry["segment"]
        for entry in found
        for lang in ("zh", "en")
    }
    ids = {entry["segment"]: entry["segment"] for entry in found}
    first = found[0]["segment"]
    chosen = state.pick(params, "segment", names | ids, first, notes)
    return next(entry for entry in found if entry["segment"] == chosen)


def others(
    params: dict[str, str], entry: dict[str, Any], notes: list[Note]
) -> dict[str, Any]:
    """Return the rival that the URL asks for, or the first."""
    codes = [other["place"] for other in entry["rivals"]]
    chosen = fit_state.rival(params, codes, notes)
    return entry["rivals"][codes.index(chosen)]


def said(model: Model, asked: Asked, name: str, notes: list[Note], lang: str) -> None:
    """Say what of the link was not known, and that an example is one."""
    for note in notes:
        if note.name == "rival":
            st.warning(t("park.bad_rival", lang, value=plain(note.value)))
        else:
            st.warning(controls.replaced(model.facts, note, lang))
    if asked.example:
        st.info(t("park.example", lang, place=plain(name)))


def chooser(model: Model, asked: Asked, found: list[dict[str, Any]], lang: str) -> None:
    """Draw what can be asked: level, place, and the segment to open."""
    facts = model.facts
    level, place, segment = st.columns([4, 8, 8])
    level.segmented_control(
        t("recommend.param_level", lang),
        LEVELS,
        format_func=lambda name: t(f"common.level_{name}", lang),
        key="level",
        required=True,
        on_change=fit_state.change_level,
        args=(facts,),
    )
    names = cache.names(facts, asked.level, lang)
    place.selectbox(
        t("park.param_place", lang, count=f"{len(names):,}"),
        list(names),
        format_func=names.__getitem__,
        key="place",
        filter_mode="contains",
        on_change=fit_state.change,
        args=("level", "place"),
        help=t("park.help_place", lang),
    )
    ranked = {entry["segment"]: entry for entry in found}
    segment.selectbox(
        t("park.param_segment", lang),
        list(ranked),
        format_func=lambda one: f"{ranked[one]['rank']}. {ranked[one][f'name_{lang}']}",
        key="segment",
        filter_mode="contains",
        on_change=fit_state.change,
        args=("segment",),
    )


def answer(model: Model, found: list[dict[str, Any]], name: str, lang: str) -> None:
    """Say what to attract, how sure that is, why, and who else does."""
    first, titles = found[0], columns.titles(model.facts, lang)
    lines = [
        fit_answer.standing(found, lang),
        fit_answer.sure(found, lang),
        fit_answer.because(first, titles, lang),
        fit_answer.rivals(first, lang),
    ]
    with st.container(border=True):
        st.markdown(f"**{plain(fit_answer.lead(found, name, lang))}**")
        st.markdown("  \n".join(map(plain, lines)))


def order(
    model: Model,
    asked: Asked,
    found: list[dict[str, Any]],
    entry: dict[str, Any],
    lang: str,
) -> None:
    """Draw the segments in order; a click on a row opens one."""
    name = cache.names(model.facts, asked.level, lang)[asked.place]
    st.header(t("park.order", lang, place=plain(name)), anchor=False)
    st.caption(t("park.order_note", lang))
    codes = tuple(one["segment"] for one in found)
    rows = fit_tables.segments(found, lang)
    pick.table(
        rows,
        "fit",
        codes,
        entry["segment"],
        fit_state.choose,
        column_config=fit_tables.order_config(lang),
        height=HEIGHT,
        alt=t("park.alt_order", lang),
    )
    override.noted(
        (
            (one[f"name_{lang}"], one["segment"], asked.level, asked.place)
            for one in found
        ),
        lang,
    )
    titles = columns.titles(model.facts, lang)
    about = [(one["segment"], asked.level, asked.place) for one in found]
    heading = t("common.csv_override", lang)
    st.download_button(
        t("park.download", lang, rows=len(found)),
        lambda: tables.csv(
            override_state.marked(
                fit_tables.whole(found, titles, lang), about, heading, lang
            )
        ),
        file_name=f"siteselect_fit_{asked.place}_{asked.level}.csv",
        mime="text/csv",
        on_click="ignore",
        help=t("park.download_help", lang),
    )


def argument(model: Model, entry: dict[str, Any], lang: str) -> None:
    """Draw the argument for the open segment in three steps."""
    st.header(plain(f"{entry['rank']}. {entry[f'name_{lang}']}"), anchor=False)
    grade = entry["confidence"] or "none"
    (st.caption if grade == "A" else st.warning)(
        t(f"recommend.confidence_{grade}", lang)
    )
    titles = columns.titles(model.facts, lang)
    for number, (step, spot) in enumerate(
        zip(STEPS, st.columns(3, gap="small"), strict=True), start=1
    ):
        with spot.container(border=True, height="stretch"):
            st.markdown(f"**{number} · {t(f'park.step_{step}', lang)}**")
            st.caption(t(f"park.step_{step}_note", lang))
            for one in entry["steps"][step]:
                statement(one[f"text_{lang}"], titles, lang)


def statement(text: str, titles: pd.Series, lang: str) -> None:
    """Draw a statement, whether it speaks for or against, and its sources."""
    one = fit_tables.said(text, lang)
    badge = ""
    if one.mark:
        badge = f":{BADGES[one.mark]}-badge[{t(f'park.mark_{one.mark}', lang)}] "
    spot = st.container(gap=None)
    spot.markdown(badge + plain(one.text))
    known = fit_tables.cited(one.sources, titles)
    gap = t("common.list_gap", lang)
    shown = gap.join(known[:TITLES])
    if one.mark == "unlike":
        spot.caption(t("park.unlike_note", lang))
    if len(known) > TITLES:
        more = {"titles": plain(shown), "many": len(known)}
        spot.caption(
            t("park.source_more", lang, **more),
            help=plain(gap.join(known)),
        )
    elif known:
        spot.caption(t("detail.source", lang, titles=plain(shown)))


def against(
    model: Model,
    asked: Asked,
    entry: dict[str, Any],
    rival: dict[str, Any],
    lang: str,
) -> None:
    """Draw the rivals, and what the gap to the chosen one is made of."""
    st.subheader(t("park.rivals", lang), anchor=False)
    st.caption(t("park.rivals_note", lang))
    park = fit_state.park(model, asked.level)
    codes = tuple(other["place"] for other in entry["rivals"])
    alike = fit_tables.likeness(park, asked.place, list(codes))
    total = len(model.facts.places.loc[asked.level]) - 1
    names = {other["place"]: other[f"name_{lang}"] for other in entry["rivals"]}
    left, right = st.columns(2, gap="medium")
    with left:
        pick.table(
            fit_tables.rivals(entry, alike, total, lang),
            f"rivals-{asked.place}-{entry['segment']}",
            codes,
            rival["place"],
            lambda key, codes: state.choose(key, codes, "rival", "rival"),
            column_config=fit_tables.rivals_config(lang),
            alt=t("park.alt_rivals", lang),
        )
        ranked = [(names[code], entry["segment"], asked.level, code) for code in codes]
        override.noted(ranked, lang)
        st.selectbox(
            t("park.param_rival", lang),
            list(codes),
            format_func=names.__getitem__,
            key="rival",
            on_change=state.write,
            args=("rival",),
        )
        titles = columns.titles(model.facts, lang)
        for text in rival[f"points_{lang}"]:
            statement(text, titles, lang)
        if not rival[f"points_{lang}"]:
            st.caption(t("park.no_points", lang))
    with right:
        pair = {
            "place": getattr(park.board.names[asked.place], lang),
            "rival": names[rival["place"]],
        }
        named = {key: plain(name) for key, name in pair.items()}
        gap = signed(rival["gap"])
        st.markdown(t("park.gap_of", lang, **named, gap=gap))
        st.altair_chart(
            fit_charts.gap(fit_tables.gap(rival, lang), lang, state.ground()),
            alt=t("park.alt_gap", lang, **pair),
        )
        st.caption(t("park.gap_note", lang))


def firms(model: Model, asked: Asked, entry: dict[str, Any], lang: str) -> None:
    """Draw the firms of the segment at the place and around it."""
    st.subheader(t("park.firms", lang), anchor=False)
    park = fit_state.park(model, asked.level)
    counted = fit_tables.counts(park, entry["segment"], asked.place)
    # Side by side on a phone too.
    bar = st.container(horizontal=True, gap="medium")
    for kind, count in counted.items():
        bar.metric(t(f"park.firms_{kind}", lang), count, width="content")
    if not entry["firms"]:
        st.caption(t("park.no_firms", lang, as_of=model.as_of))
        return
    st.caption(t("park.firms_note", lang, as_of=model.as_of))
    titles = columns.titles(model.facts, lang)
    table = fit_tables.firms(entry, titles, lang)
    headings = columns.labels(list(table), lang, "park")
    st.dataframe(
        table.rename(columns=headings),
        key=f"fit-firms-{asked.level}-{asked.place}-{entry['segment']}",
        hide_index=True,
        height=HEIGHT if len(table) > 10 else "auto",
        column_config=columns.widths(headings, lang, table),
        alt=t("park.firms", lang),
    )


def twins(
    model: Model,
    asked: Asked,
    segments: list[dict[str, Any]],
    entry: dict[str, Any],
    lang: str,
) -> None:
    """Draw the places that were like this one and had gone further, and what came."""
    st.subheader(t("park.twins", lang), anchor=False)
    with st.spinner(t("park.working_twins", lang)):
        earlier = fit_state.earlier(model, asked.level)
        found = fit_state.twins(model, asked.level, entry["segment"], asked.place)
    note = command.note(earlier, entry["segment"], asked.place, found, lang)
    if not found:
        st.info(plain(note))
        having = fit_state.with_twins(model, asked.level, asked.place, segments)
        if having:
            gap = t("common.list_gap", lang)
            listed = gap.join(one[f"name_{lang}"] for one in having)
            st.caption(t("park.twins_elsewhere", lang, names=plain(listed)))
        return
    st.markdown(plain(note))
    names = {code: getattr(name, lang) for code, name in earlier.names.items()}
    titles = columns.titles(model.facts, lang)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.altair_chart(
            fit_charts.years(
                fit_tables.years(found, asked.place, names, lang), lang, state.ground()
            ),
            alt=t("park.alt_twins", lang, place=names[asked.place]),
        )
    with right:
        st.dataframe(
            fit_tables.twins(found, names, titles, lang),
            hide_index=True,
            height="content",
            row_height=TALL_ROW[lang],
            column_config=fit_tables.twins_config(
                list(found[0].after), earlier.month, lang
            ),
            alt=t("park.twins", lang),
        )
        here = {"place": plain(names[asked.place]), "month": earlier.month}
        count = f"{found[0].before_here:.0f}"
        near = f"{found[0].near:.2f}"
        st.caption(t("park.twins_here", lang, **here, count=count, near=near))
