"""The conditions of the ranked list: set beside the area, loosened if too many."""

from __future__ import annotations

import streamlit as st

from app.commands.errors import lens_fault
from app.ui import cache, filter_state, my_lens_state, state
from app.ui.columns import plain
from app.ui.filter_state import OF_LIST, Conditions
from app.ui.state import State
from app.ui.words import t
from app.views import my_lens_controls
from model.own_lens import PARTS
from model.score import Model

# Whether the conditions are looked at.
OPEN = "conditions-open"


def key(held: Conditions) -> str:
    """Return the key of the box; it holds whether the box is open."""
    return f"conditions-{held.count}"


def controls(model: Model, held: Conditions, lang: str) -> None:
    """Draw the conditions; those a person does not look at are not drawn."""
    count = held.count
    box = st.expander(
        t("filter.active" if count else "filter.title", lang, count=count),
        icon=":material/filter_alt:",
        # Its label says how many there are, and another label is another box: it
        # stays as open as the last one was.
        expanded=bool(st.session_state.get(OPEN)),
        key=key(held),
        on_change="rerun",
    )
    st.session_state[OPEN] = box.open
    if not box.open:
        return
    with box:
        st.caption(t("filter.note", lang))
        left, middle, right = st.columns(3)
        with left:
            for name in OF_LIST:
                st.toggle(
                    t(f"filter.{name}", lang),
                    key=name,
                    help=t(f"filter.{name}_help", lang),
                    on_change=state.write,
                    args=(name,),
                )
        with middle:
            my_lens_controls.having(held.lens, lang)
        my_lens_controls.tiers(right, held.lens, lang)
        my_lens_controls.ceilings(model, held.lens, lang)
        my_lens_controls.exclude(model, held.lens, lang)
        if refused := my_lens_state.refused():
            why = lens_fault(*refused, lang)
            st.warning(plain(t("mine.refused", lang, why=why)))
        if count:
            clear(lang)


def clear(lang: str) -> None:
    """Draw the button that leaves every condition."""
    st.button(
        t("filter.clear", lang),
        key="conditions-clear",
        icon=":material/filter_alt_off:",
        on_click=filter_state.clear,
    )


def nothing(model: Model, chosen: State, held: Conditions, lang: str) -> None:
    """Say that no place is left, and what to loosen for how many."""
    if not held.count:
        st.info(t("recommend.empty", lang))
        return
    about = (chosen.segment, chosen.level, chosen.within)
    left = cache.shared(filter_state.loosening, model, *about, held.asked)
    lines = [t("filter.nothing", lang)]
    for name, count in sorted(left.items(), key=lambda pair: -pair[1]):
        said = t(f"filter.{named(name)}", lang)
        lines.append("- " + t("filter.without", lang, name=said, count=count))
    if not left:
        lines.append("- " + t("filter.several", lang))
    st.info("\n".join(lines))
    clear(lang)


def named(name: str) -> str:
    """Return a condition's word: by its part of a lens, if it is one."""
    parts = {part.param: key for key, part in PARTS.items() if key != "within"}
    return parts.get(name, name)
