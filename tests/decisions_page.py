"""What the tests of the shortlist and of the overrides share: their two pages."""

from app.ui import history_state, shortlist
from app.ui.shortlist import Decisions
from tests import app_pages
from tests.app_pages import asked, sound, table_of

SEGMENT, LEVEL, PLACE = "drones", "city", "510100"


def show():
    import streamlit as st

    from app.views import decisions, recommend

    (decisions if st.query_params.get("at") == "decisions" else recommend).page()


def opener(model, monkeypatch):
    """Return what opens a visit of its own at one of the two pages."""
    return app_pages.opener(show, model, monkeypatch, segment=SEGMENT)


def said(page):
    kinds = (page.markdown, page.caption, page.info, page.warning, page.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def held(page):
    """The decisions of a visit."""
    if history_state.HELD not in page.session_state:
        return Decisions()
    return shortlist.from_json(page.session_state[history_state.HELD])


def add(page, place, note="", level=LEVEL):
    """Put a place on the shortlist."""
    key = f"{asked(page)['segment']}-{level}-{place}"
    page.text_input(key=f"shortlist-note-{key}").set_value(note)
    return sound(page.button(key=f"shortlist-add-{key}").click().run())


def listed(page):
    """The shortlist as it is shown."""
    return table_of(page, "rank_then")
