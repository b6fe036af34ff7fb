"""The pages: their order, names and addresses; a page's code loads when it is drawn."""

from __future__ import annotations

import importlib
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from app.ui import start
from app.ui.words import LANGS, t

# Module and address, in the menu's order, with the key of the name.
TITLES = {
    "recommend": "app.nav_recommend",
    "map": "map.nav",
    "place": "place.nav",
    "fit": "park.nav",
    "what-if": "scenario.nav",
    "compare": "compare.nav",
    "my-lens": "mine.nav",
    "lenses": "lens.nav",
    "evidence": "evidence.nav",
    "data": "app.nav_data",
    "bring": "bring.nav",
    "decisions": "decide.nav",
}
# Where the module is not called as the address.
MODULES = {"map": "atlas", "data": "facts"}
FIRST = "recommend"
# Those that answer other questions than the first.
OTHERS = ("map", "fit", "what-if", "compare", "my-lens", "lenses", "data", "bring")


def page(name: str, lang: str) -> StreamlitPage:
    """Return a page by its address, to draw it or to link to it."""
    first = name == FIRST
    return st.Page(
        _draw(name),
        title=t(TITLES[name], lang),
        url_path=None if first else name,
        default=first,
    )


def links(lang: str) -> DeltaGenerator:
    """Draw links to the pages that answer other questions; return their row."""
    bar = st.container(horizontal=True)
    asked = {"lang": lang} if lang != LANGS[0] else {}
    for name in OTHERS:
        bar.page_link(page(name, lang), query_params=asked)
    return bar


def _draw(name: str) -> Callable[[], None]:
    def draw() -> None:
        start.imported()
        module = MODULES.get(name, name.replace("-", "_"))
        importlib.import_module(f"app.views.{module}").page()

    # Streamlit tells the first page from others by its function's name.
    draw.__name__ = name.replace("-", "_")
    return draw
