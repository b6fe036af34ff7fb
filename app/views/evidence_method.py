"""The method in plain words on the page 验证: three minutes, and a glossary."""

from __future__ import annotations

import streamlit as st

from app.ui import columns, evidence_tables
from app.ui.columns import plain
from app.ui.words import LANGS, t
from app.views import facts, fit, lenses, my_lens, what_if
from model.intervals import APART, COVERAGE
from model.score import Model

PARTS = ("asks", "data", "parts", "ranges", "upside", "cannot", "published", "cite")
TERMS = (
    *("event", "presence", "related", "fundamentals", "score", "known"),
    *("range", "sure", "tied", "upside", "grade"),
    *("rule", "ndcg", "interval", "ceiling"),
)
LINKS = {
    "fit": ("park.nav", fit.page),
    what_if.ADDRESS: ("scenario.nav", what_if.page),
    "my-lens": ("mine.nav", my_lens.page),
    "lenses": ("lens.nav", lenses.page),
    "data": ("app.nav_data", facts.page),
}


def section(model: Model, lang: str) -> None:
    """Draw the method, part by part, and what each word means."""
    heads = {part: t(f"evidence.head_{part}", lang) for part in (*PARTS, "terms")}
    st.markdown(" · ".join(f"[{head}](#{part})" for part, head in heads.items()))
    values = figures(model, lang)
    for part in PARTS:
        st.subheader(heads[part], anchor=part)
        known = part != "ranges" or model.draws
        key = f"evidence.method_{part}" if known else "recommend.range_unknown"
        st.markdown(t(key, lang, **values))
        if part == "data":
            events(model, lang)
        elif part == "published":
            links(lang)
        elif part == "cite":
            st.code(t("evidence.citation", lang, **values), language=None)
    st.subheader(heads["terms"], anchor="terms")
    left, right = st.columns(2, gap="medium")
    half = (len(TERMS) + 1) // 2
    for position, term in enumerate(TERMS):
        with left if position < half else right:
            st.markdown(f"##### {t(f'evidence.term_{term}', lang)}")
            st.markdown(t(f"evidence.means_{term}", lang, **values))


def figures(model: Model, lang: str) -> dict[str, str]:
    """Return every figure that the method speaks of, counted here."""
    held = model.manifest
    draws = max((ranks.shape[1] for ranks in model.draws.values()), default=0)
    return {
        **evidence_tables.counted(model),
        "as_of": model.as_of,
        "pillars": evidence_tables.pillars(model, lang),
        "draws": f"{draws:,}",
        "share": f"{COVERAGE:.0%}",
        "apart": f"{APART:.0%}",
        "ahead": str(columns.AHEAD),
        "reports": str(len(model.facts["lenses"])),
        "model": str(held["sha256"])[:12],
        "facts": model.facts.fingerprint[:12],
    }


def events(model: Model, lang: str) -> None:
    """Draw the lists of what really happened."""
    rows = evidence_tables.outcomes(model, lang)
    st.dataframe(
        rows.rename(columns=columns.labels(list(rows), lang, "evidence")),
        hide_index=True,
        alt=t("evidence.alt_outcomes", lang),
    )
    st.caption(plain(t("evidence.outcomes_note", lang)))


def links(lang: str) -> None:
    """Draw links to the pages that answer other questions."""
    bar = st.container(horizontal=True)
    asked = {"lang": lang} if lang != LANGS[0] else {}
    for address, (name, draw) in LINKS.items():
        title = t(name, lang)
        bar.page_link(
            st.Page(draw, title=title, url_path=address),
            label=title,
            query_params=asked,
        )
