"""The pictures below the ranked table: scores, map and ranks, linked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.ui import cache, linked_state, state
from app.ui.filter_state import Asked
from app.ui.state import State
from app.ui.words import t
from model.score import Model


def section(
    model: Model, ranking: pd.DataFrame, chosen: State, asked: Asked, lang: str
) -> None:
    """Draw the pictures of a list; a range marked in one is marked in all.

    Parameters
    ----------
    model : Model
    ranking : DataFrame
        The list's places, in the order shown.
    chosen : State
    asked : tuple
        The list's conditions (:attr:`app.ui.filter_state.Conditions.asked`).
    lang : {"zh", "en"}
    """
    view = (chosen.level, chosen.within)
    ground = state.ground()
    look = (chosen.top, lang, ground)
    if "shown_rank" in ranking:
        picture = linked_state.made(
            model, chosen.segment, ranking, *view, chosen.top, lang, ground
        )
    else:
        picture = cache.shared(
            linked_state.built, model, chosen.segment, *view, asked, *look
        )
    shown = state.order(ranking["place"])
    key = linked_state.PICTURE.key(
        f"{chosen.segment}-{'-'.join(map(str, look))}-{shown}", chosen.place
    )
    codes = frozenset(ranking["place"])
    st.header(t("linked.heading", lang), anchor=False)
    st.caption(t("linked.note", lang))
    st.vega_lite_chart(
        linked_state.drawn(picture, chosen.place),
        key=key,
        on_select=lambda: linked_state.PICTURE.choose(key, codes),
        selection_mode=linked_state.PICTURE.marks,
        width="stretch",
        alt=t("linked.alt", lang, shown=len(codes)),
    )
