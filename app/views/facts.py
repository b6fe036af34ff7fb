"""数据 Data: every figure, what it means, where it comes from, and what is missing."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.commands.errors import message
from app.ui import cache, facts_state, state
from app.ui.columns import plain
from app.ui.facts_state import KEYS, SECTIONS, Asked
from app.ui.state import Note
from app.ui.words import t
from app.views import catalogue, controls, coverage, disagreement, own, pick, search
from data import DataError, Facts

Section = Callable[[Facts, Asked, str], None]
DRAWN: dict[str, Section] = {
    "search": search.section,
    "indicators": catalogue.indicators,
    "coverage": coverage.section,
    "conflicts": disagreement.section,
    "sources": catalogue.sources,
    "own": own.section,
}


def page() -> None:
    """Draw the page; it does not need the model."""
    lang = state.language()
    controls.heading(t("data.heading", lang), lang)
    try:
        facts = cache.facts(lang)
    except (DataError, OSError) as error:
        st.error(message(error, lang))
        return
    asked, notes = facts_state.read(st.query_params.to_dict(), facts)
    state.fill({name: getattr(asked, name) for name in KEYS})
    if notes:
        st.warning("  \n".join(replaced(facts, note, lang) for note in notes))
    st.markdown(lead(facts, lang))
    st.segmented_control(
        t("data.param_section", lang),
        SECTIONS,
        format_func=lambda name: t(f"data.section_{name}", lang),
        key="section",
        required=True,
        on_change=state.write,
        args=KEYS,
        label_visibility="collapsed",
    )
    DRAWN[asked.section](facts, asked, lang)


def lead(facts: Facts, lang: str) -> str:
    """Say how much there is."""
    figures = len(facts["observations"]) + len(facts["area_figures"])
    held = {"figures": figures, "events": len(facts.firms)}
    held |= {"indicators": len(facts.indicators), "sources": len(facts.sources)}
    held |= {"places": len(facts.places)}
    return t("data.lead", lang, **{k: f"{n:,}" for k, n in held.items()})


def replaced(facts: Facts, note: Note, lang: str) -> str:
    """Say which value of the link was not known, and what is shown instead."""
    shared = note.name in ("within", "place", "lang")
    if shared:
        return controls.replaced(facts, note, lang)
    used = t("data.nothing", lang)
    if note.used and note.name == "indicator":
        used = str(facts.indicators.at[note.used, f"name_{lang}"])
    elif note.used:
        used = note.used
        if note.name in facts_state.CHOICES:
            used = pick.option(note.name, note.used, lang)
    return t(
        "recommend.bad_value",
        lang,
        name=t(f"data.param_{note.name}", lang),
        value=plain(note.value),
        used=plain(used),
    )
