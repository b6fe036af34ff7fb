"""我的视角 My lens: a ranking by the user's own standards, and what it rests on."""

from __future__ import annotations

import streamlit as st

from app.commands.errors import lens_fault
from app.ui import cache, my_lens_state, state
from app.ui.columns import plain
from app.ui.my_lens_state import SECTIONS
from app.ui.words import t
from app.views import controls, my_lens_controls, my_lens_results, my_lens_sure
from model.own_lens import OwnLensError

DRAWN = {
    "ranks": my_lens_results.ranks,
    "weights": my_lens_controls.indicators,
    "tipping": my_lens_results.tipping,
    "sure": my_lens_sure.section,
    "versus": my_lens_results.versus,
    "keep": my_lens_controls.keep,
}
# Parameters of other pages that this one uses too.
SHARED = ("segment", "level", "within")


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("mine.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("mine.lead", lang, as_of=model.as_of))
    lens, notes = my_lens_state.read(model)
    for note in notes:
        st.warning(my_lens_controls.left_out(note, lang))
    _, replaced = state.read(st.query_params.to_dict(), model.facts)
    for other in replaced:
        if other.name in SHARED:
            st.warning(controls.replaced(model.facts, other, lang))
    if refused := my_lens_state.refused():
        st.warning(plain(t("mine.refused", lang, why=lens_fault(*refused, lang))))
    try:
        ours = cache.own(model, lens)
    except OwnLensError as error:
        why = lens_fault(error.kind, error.name, lang)
        st.error(plain(t("mine.refused", lang, why=why)))
        my_lens_controls.method(lens, lang)
        st.button(
            t("mine.keep_reset", lang), on_click=my_lens_state.reset, args=(lens,)
        )
        return
    my_lens_controls.pillars(model, ours, lang)
    my_lens_controls.filters(model, ours, lang)
    my_lens_results.left(model, ours, lang)
    section = chosen(lang)
    if ours.table.empty and section in ("ranks", "tipping", "sure", "versus"):
        st.info(t("mine.nobody", lang))
        return
    DRAWN[section](model, ours, lang)


def chosen(lang: str) -> str:
    """Draw the choice of what to see, and return it."""
    notes: list[state.Note] = []
    known = {name: name for name in SECTIONS}
    params = st.query_params.to_dict()
    section = state.pick(params, "view", known, SECTIONS[0], notes)
    for note in notes:
        used = t(f"mine.section_{section}", lang)
        said = {"name": t("mine.param_section", lang), "value": plain(note.value)}
        st.warning(t("lens.bad_value", lang, **said, used=plain(used)))
    st.session_state["view"] = section
    st.segmented_control(
        t("mine.param_section", lang),
        SECTIONS,
        format_func=lambda name: t(f"mine.section_{name}", lang),
        key="view",
        required=True,
        on_change=state.write,
        args=("view",),
        label_visibility="collapsed",
    )
    return section
