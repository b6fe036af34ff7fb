"""推演 Scenarios: what if a figure were otherwise, what would do, what to find out."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.ui import cache, state, what_if_state
from app.ui.columns import plain
from app.ui.what_if_state import SECTIONS, Asked, Note
from app.ui.words import LANGS, t
from app.views import (
    controls,
    override,
    pages,
    what_if_answer,
    what_if_path,
    what_if_worth,
)
from model.score import Model

DRAWN = {
    "what_if": what_if_answer.section,
    "path": what_if_path.section,
    "worth": what_if_worth.section,
}


def link(spot: DeltaGenerator, segment: str, level: str, place: str, lang: str) -> None:
    """Draw a link to this page about a place."""
    asked = {"segment": segment, "level": level, "place": place}
    if lang != LANGS[0]:
        asked["lang"] = lang
    spot.page_link(
        pages.page("what-if", lang),
        label=t("scenario.link", lang),
        icon=":material/tune:",
        query_params=asked,
    )


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("scenario.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("scenario.lead", lang, as_of=model.as_of))
    asked = what_if_state.read(model)
    notes(model, asked, lang)
    choices(model, asked, lang)
    if not cache.ranking(model, asked.segment, asked.level)["confidence"].iloc[0]:
        st.warning(t("recommend.confidence_none", lang))
        return
    DRAWN[asked.section](model, asked, lang)


def notes(model: Model, asked: Asked, lang: str) -> None:
    """Say what of the link, or of the last change, could not be used."""
    lines = []
    for note in asked.replaced:
        if note.name in (what_if_state.SECTION, what_if_state.TOP):
            used = note.used
            if note.name == what_if_state.SECTION:
                used = t(f"scenario.section_{used}", lang)
            said = {"name": t(f"scenario.param_{note.name}", lang), "used": plain(used)}
            value = plain(note.value)
            lines.append(t("recommend.bad_value", lang, value=value, **said))
        else:
            lines.append(controls.replaced(model.facts, note, lang))
    lines += [left_out(note, lang) for note in asked.notes]
    if refused := what_if_state.refused():
        lines.append(t("scenario.refused", lang, why=why(refused, lang)))
    if lines:
        st.warning("  \n".join(lines))


def left_out(note: Note, lang: str) -> str:
    """Say which assumption of the link is left out, and why."""
    value = plain(note.value[:80])
    return t("scenario.left_out", lang, value=value, why=why(note, lang))


def why(note: Note, lang: str) -> str:
    """Say why an assumption is not made."""
    if note.why is not None:
        return plain(note.why.zh if lang == "zh" else note.why.en)
    return t(f"scenario.why_{note.kind}", lang, most=what_if_state.MOST)


def choices(model: Model, asked: Asked, lang: str) -> None:
    """Draw what can be asked: segment, level, place, and which of the questions."""
    facts = model.facts
    shown = {"segment": asked.segment, "level": asked.level, "place": asked.place}
    state.fill({**shown, what_if_state.SECTION: asked.section})
    segment, level, place = st.columns([6, 4, 8])
    controls.which(
        segment,
        level,
        facts,
        lang,
        what_if_state.moved,
        what_if_state.change_level,
        facts,
    )
    ranking = cache.ranking(model, asked.segment, asked.level)
    ranks = dict(zip(ranking["place"], ranking["rank"], strict=True))
    names = cache.names(facts, asked.level, lang)
    place.selectbox(
        t("scenario.place", lang),
        list(ranks),
        format_func=lambda code: f"{ranks[code]}. {names[code]}",
        key="place",
        filter_mode="contains",
        on_change=what_if_state.moved,
        args=(state.write, "place"),
    )
    if asked.example:
        name = plain(names[asked.place])
        st.caption(t("scenario.example", lang, name=name, rank=ranks[asked.place]))
    override.noted([(names[asked.place], *asked.about())], lang)
    st.segmented_control(
        t("scenario.param_scenario", lang),
        SECTIONS,
        format_func=lambda name: t(f"scenario.section_{name}", lang),
        key=what_if_state.SECTION,
        required=True,
        on_change=state.write,
        args=(what_if_state.SECTION,),
        label_visibility="collapsed",
    )
