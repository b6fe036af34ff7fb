"""The app's entry: page config and navigation, nothing else."""

from pathlib import Path

import streamlit as st

from app.ui import state
from app.ui.words import t
from app.views import recommend

lang = state.language()
st.set_page_config(
    page_title=t("app.title", lang),
    page_icon=str(Path(__file__).with_name("static") / "favicon.png"),
    layout="wide",
)
view = st.Page(recommend.page, title=t("app.nav_recommend", lang), default=True)
st.navigation([view], position="top").run()
