"""The app's entry: page config and navigation, nothing else."""

from pathlib import Path

import streamlit as st

from app.ui import state
from app.ui.words import t
from app.views import pages

LOCALE = {"zh": "zh-CN", "en": "en"}
# Streamlit tints a focused page link too faintly to be found: the browser's own ring.
# It writes the chosen of a list in white, also on the pale accent of the dark theme.
STYLE = """<style>
[data-testid="stPageLink-NavLink"]:focus-visible {
  outline: auto;
  outline-offset: -2px;
}
[data-testid="stMultiSelect"] span:has(> span[title]),
[data-testid="stMultiSelect"] span[title] {
  color: light-dark(white, #10181a);
}
</style>"""

lang = state.language()
listed = [pages.page(name, lang) for name in pages.TITLES]
# The links are drawn here: Streamlit's own menu would drop what the URL holds.
here = st.navigation(listed, position="hidden")
st.set_page_config(
    page_title=f"{here.title} · {t('app.title', lang)}",
    page_icon=str(Path(__file__).with_name("static") / "favicon.png"),
    layout="wide",
)
# One row that scrolls on a phone, rather than five rows above what was asked for.
menu = st.container(horizontal=True, wrap=False, gap="xsmall", key="menu")
for page in listed:
    menu.page_link(page, query_params=st.query_params.to_dict())
st.html(STYLE)
here.run()
# The browser picks its Han glyphs, and a reader its voice, by the page's language.
# Where the menu scrolls it shows where one is.
entry = f'[href^="{here.url_path}"]' if here.url_path else ""
st.html(
    f"<script>document.documentElement.lang = '{LOCALE[lang]}';"
    f"document.querySelector('.st-key-menu a{entry}')"
    "?.scrollIntoView({inline: 'center', block: 'nearest'})</script>",
    unsafe_allow_javascript=True,
)
