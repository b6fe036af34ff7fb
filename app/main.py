"""The app's entry: page config and navigation, nothing else."""

from pathlib import Path

import streamlit as st

from app.ui import state
from app.ui.words import t
from app.views import pages

lang = state.language()
listed = [pages.page(name, lang) for name in pages.TITLES]
# The links are drawn here: Streamlit's own menu would drop what the URL holds.
here = st.navigation(listed, position="hidden")
st.set_page_config(
    page_title=f"{here.title} · {t('app.title', lang)}",
    page_icon=str(Path(__file__).with_name("static") / "favicon.png"),
    layout="wide",
)
menu = st.container(horizontal=True, key="menu")
for page in listed:
    menu.page_link(page, query_params=st.query_params.to_dict())
here.run()
