"""The model in use on the page 验证: its ranges, its origin, its card."""

from __future__ import annotations

import streamlit as st

from app.ui import cache, columns, evidence_tables
from app.ui.columns import plain
from app.ui.words import t
from model import card, champion, store
from model.intervals import APART, COVERAGE
from model.score import Model


def ranges(model: Model, lang: str) -> None:
    """Say how ranges of ranks were calibrated, and what is not known of them."""
    # Loads libraries that no other page needs at once.
    from model import resample

    st.header(t("evidence.ranges", lang), anchor="ranges")
    if not model.draws:
        st.markdown(t("recommend.range_unknown", lang))
        return
    factors = t("common.list_gap", lang).join(
        t(
            "evidence.factor",
            lang,
            level=t(f"common.level_{level}", lang),
            draws=ranks.shape[1],
            factor=f"{resample.SPREAD[level]:.2f}",
        )
        for level, ranks in model.draws.items()
    )
    said = {"share": f"{COVERAGE:.0%}", "apart": f"{APART:.0%}", "factors": factors}
    st.markdown(t("evidence.ranges_said", lang, **said))
    st.caption(t("evidence.ranges_unproved", lang, share=f"{COVERAGE:.0%}"))


def section(model: Model, lang: str) -> None:
    """Draw where the model in use is from, how it came into use, and its card."""
    st.header(t("evidence.model", lang), anchor="model")
    held = evidence_tables.manifest(model)
    gap = t("common.list_gap", lang)
    versions = gap.join(f"{name} {one}" for name, one in held["libraries"].items())
    said = {"as_of": model.as_of, "python": held.get("python", "-")}
    said |= {"libraries": versions, "seed": held.get("seed", "-")}
    st.markdown(plain(t("evidence.model_said", lang, **said)))
    promotion(model, lang)
    with st.expander(t("evidence.checksums", lang)):
        rows = evidence_tables.checksums(model, lang)
        st.dataframe(
            rows.rename(columns=columns.labels(list(rows), lang, "evidence")),
            hide_index=True,
            alt=t("evidence.checksums", lang),
        )
    text = cache.shared(card.render, model, lang)
    with st.expander(t("evidence.card", lang)):
        # The page has its own title; the card's parts stand below it.
        parts = text.replace("\n## ", "\n#### ").replace("# ", "### ", 1)
        # Its tables are wider than a phone: they scroll here, not the whole page.
        st.container(horizontal=True, wrap=False).markdown(parts)
    st.download_button(
        t("evidence.card_download", lang),
        text.encode(),
        file_name=f"siteselect_{store.CARDS[lang]}",
        mime="text/markdown",
        on_click="ignore",
    )


def promotion(model: Model, lang: str) -> None:
    """Say why this model is the one in use, and how it compared with the last."""
    said = evidence_tables.manifest(model).get("promotion", {})
    reason = said.get("reason", champion.FIRST)
    st.markdown(t(f"evidence.because_{reason}", lang))
    rows = evidence_tables.differences(model, lang)
    if rows.empty:
        return
    before = {"file": said["champion"]["file"], "as_of": said["champion"]["as_of"]}
    st.caption(plain(t("evidence.compared", lang, **before, origin=said["origin"])))
    headings = columns.labels(list(rows), lang, "evidence")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        column_config={
            headings[name]: st.column_config.NumberColumn(format="%.3f")
            for name in ("champion", "challenger")
        },
        alt=t("evidence.alt_compared", lang),
    )
