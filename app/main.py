"""The app's entry: page config and navigation, nothing else."""

from pathlib import Path

import streamlit as st

from app.ui import state
from app.ui.words import t
from app.views import (
    atlas,
    bring,
    compare,
    decisions,
    evidence,
    facts,
    fit,
    lenses,
    my_lens,
    recommend,
    what_if,
)

LOCALE = {"zh": "zh-CN", "en": "en"}

lang = state.language()
pages = [
    st.Page(recommend.page, title=t("app.nav_recommend", lang), default=True),
    st.Page(atlas.page, title=t("map.nav", lang), url_path=atlas.ADDRESS),
    st.Page(fit.page, title=t("park.nav", lang), url_path="fit"),
    st.Page(what_if.page, title=t("scenario.nav", lang), url_path=what_if.ADDRESS),
    st.Page(compare.page, title=t("compare.nav", lang), url_path=compare.ADDRESS),
    st.Page(my_lens.page, title=t("mine.nav", lang), url_path="my-lens"),
    st.Page(lenses.page, title=t("lens.nav", lang), url_path="lenses"),
    st.Page(evidence.page, title=t("evidence.nav", lang), url_path=evidence.ADDRESS),
    st.Page(facts.page, title=t("app.nav_data", lang), url_path="data"),
    st.Page(bring.page, title=t("bring.nav", lang), url_path="bring"),
    st.Page(decisions.page, title=t("decide.nav", lang), url_path="decisions"),
]
# The links are drawn here: Streamlit's own menu would drop what the URL holds.
here = st.navigation(pages, position="hidden")
st.set_page_config(
    page_title=f"{here.title} · {t('app.title', lang)}",
    page_icon=str(Path(__file__).with_name("static") / "favicon.png"),
    layout="wide",
)
# The browser picks its Han glyphs, and a reader its voice, by the page's language.
st.html(
    f"<script>document.documentElement.lang = '{LOCALE[lang]}'</script>",
    unsafe_allow_javascript=True,
)
# One row that scrolls on a phone, rather than five rows above what was asked for.
menu = st.container(horizontal=True, wrap=False, gap="xsmall", key="menu")
for page in pages:
    menu.page_link(page, query_params=st.query_params.to_dict())
here.run()
