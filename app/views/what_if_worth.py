"""Worth finding out: the missing figures most likely to change the decision."""

from __future__ import annotations

import streamlit as st

from app.commands.errors import message
from app.ui import cache, columns, state, what_if_charts, what_if_tables
from app.ui.columns import plain
from app.ui.what_if_state import Asked
from app.ui.words import LANGS, t
from app.views import pages, what_if_answer, what_if_path
from model.score import Model, UnknownNameError
from model.unknowns import ALIKE, worth_finding_out


def section(model: Model, asked: Asked, lang: str) -> None:
    """Draw the section."""
    what_if_path.shortlist(asked, lang)
    with st.spinner(t("scenario.worth_working", lang)):
        try:
            table = cache.shared(worth_finding_out, model, *asked.about(), asked.top)
        except UnknownNameError as error:
            st.error(plain(message(error, lang, model.facts)))
            return
    ranking = cache.ranking(model, asked.segment, asked.level).set_index("place")
    rank = int(ranking.at[asked.place, "rank"])
    name = plain(cache.names(model.facts, asked.level, lang)[asked.place])
    said = {"name": name, "rank": rank, "k": asked.top}
    if table.empty:
        st.info(t("scenario.worth_complete", lang))
        return
    if table["flips"].any():
        key = "worth_inside" if rank <= asked.top else "worth_outside"
        st.markdown(t(f"scenario.{key}", lang, **said))
    else:
        st.info(t("scenario.worth_firm", lang, count=len(table), **said))
    note = t("scenario.worth_note", lang, alike=ALIKE)
    st.caption(f"{t('scenario.badge', lang)} {note}")
    rows = what_if_tables.worth(table, asked.level, model.facts, lang)
    shown = table.head(what_if_tables.WORTH_SHOWN)
    if table["flips"].any():
        picture = shown.assign(name=rows["indicator"].head(len(shown)))
        st.altair_chart(
            what_if_charts.flips(picture[picture["flips"] > 0], lang, state.ground()),
            alt=t("scenario.alt_flips", lang),
        )
        st.caption(t("scenario.flips_note", lang))
    headings = columns.labels(list(rows), lang, "scenario")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        column_config={headings["flips"]: st.column_config.NumberColumn(format="%d%%")},
        alt=t("scenario.alt_worth", lang),
    )
    what_if_answer.reproduced(lang, what_if_answer.of_top("find-out", asked))
    bring(lang)


def bring(lang: str) -> None:
    """Say how a figure found out is brought into the ranking."""
    st.markdown(t("scenario.bring", lang))
    lines = (t(f"data.own_{name}_code", lang) for name in ("import", "serve"))
    st.code("\n".join(lines), language=None, wrap_lines=True)
    asked = {"section": "own"}
    if lang != LANGS[0]:
        asked["lang"] = lang
    st.page_link(
        pages.page("data", lang),
        label=t("scenario.bring_link", lang),
        query_params=asked,
    )
