"""The segments as cards by layer of the industry: what there is to choose from."""

from __future__ import annotations

import streamlit as st

from app.ui import state
from app.ui.words import t
from data import Facts

KEY = "cards-{}"
# Whether they are looked at.
BOX = "cards-open"


def cards(facts: Facts, chosen: str, lang: str) -> None:
    """Draw every segment in the card of its layer; a click chooses it.

    Parameters
    ----------
    facts : Facts
    chosen : str
        Id of the segment shown.
    lang : {"zh", "en"}
    """
    names, layers = facts.segments[f"name_{lang}"], facts.segments["layer"]
    title = t("cards.all", lang, count=len(names))
    with st.expander(title, icon=":material/apps:", key=BOX, on_change="rerun"):
        order = list(dict.fromkeys(layers))
        for layer, spot in zip(order, st.columns(len(order)), strict=True):
            key, held = KEY.format(layer), list(names.index[layers == layer])
            # The URL decides what is chosen: each run marks it anew.
            st.session_state[key] = chosen if chosen in held else None
            spot.pills(
                t(f"common.layer_{layer}", lang),
                held,
                format_func=names.__getitem__,
                key=key,
                wrap=True,
                on_change=choose,
                args=(key,),
            )


def choose(key: str) -> None:
    """Take the segment of a card; a click on the chosen one changes nothing."""
    if picked := st.session_state[key]:
        st.session_state["segment"] = picked
        state.write()
