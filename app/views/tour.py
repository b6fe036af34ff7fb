"""The first visit's help on 选址: what to do here, in five steps, folded away."""

from __future__ import annotations

import streamlit as st

from app.ui.words import LANGS, t
from app.views import pages

STEPS = range(1, 6)
KEY = "tour"
# The controls and columns that the steps speak of, by the words they bear.
NAMED = {
    "segment": "recommend.param_segment",
    "level": "recommend.param_level",
    "within": "recommend.param_within",
    "rank": "recommend.col_rank",
    "range": "recommend.col_range",
    "ties": "recommend.col_ties",
    "ahead": "recommend.col_ahead",
    "place": "recommend.col_place",
    "fit": "park.nav",
    "what_if": "scenario.nav",
    "compare": "compare.nav",
    "map": "map.nav",
    "mine": "mine.nav",
    "lenses": "lens.nav",
    "bring": "bring.nav",
    "data": "app.nav_data",
    "evidence": "evidence.nav",
}


def tour(lang: str) -> None:
    """Draw the steps, folded: the answer is on the first screen, not its manual."""
    named = {name: t(key, lang) for name, key in NAMED.items()}
    with st.expander(
        t("tour.title", lang), icon=":material/school:", key=KEY, on_change="rerun"
    ):
        st.markdown(
            "\n".join(f"{n}. {t(f'tour.step_{n}', lang, **named)}" for n in STEPS)
        )
        bar = pages.links(lang)
        asked = {"proof": "method"} | ({"lang": lang} if lang != LANGS[0] else {})
        bar.page_link(
            pages.page("evidence", lang),
            label=t("tour.method", lang),
            icon=":material/menu_book:",
            query_params=asked,
        )
