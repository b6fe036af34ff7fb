"""The method in plain words on the page 验证: three minutes, and a glossary."""

from __future__ import annotations

import streamlit as st

from app.ui import columns, evidence_tables
from app.ui.columns import plain
from app.ui.words import t
from app.views import pages
from data.schema import LEVELS
from model.intervals import APART, COVERAGE
from model.score import Model

# The longest name of a list is shown, in pixels.
LIST = 520
PARTS = ("asks", "data", "parts", "ranges", "upside", "cannot", "published", "cite")
TERMS = (
    *("event", "presence", "related", "fundamentals", "score", "known"),
    *("range", "sure", "tied", "upside", "grade"),
    *("rule", "ndcg", "interval", "ceiling"),
)


def section(model: Model, lang: str) -> None:
    """Draw the method, part by part, and what each word means."""
    heads = {part: t(f"evidence.head_{part}", lang) for part in (*PARTS, "terms")}
    st.markdown(" · ".join(f"[{head}](#{part})" for part, head in heads.items()))
    values = figures(model, lang)
    for part in PARTS:
        st.header(heads[part], anchor=part)
        known = part != "ranges" or model.draws
        key = f"evidence.method_{part}" if known else "recommend.range_unknown"
        st.markdown(t(key, lang, **values))
        if part == "data":
            events(model, lang)
        elif part == "published":
            pages.links(lang)
        elif part == "cite":
            st.code(
                t("evidence.citation", lang, **values), language=None, wrap_lines=True
            )
    terms(heads["terms"], values, lang)


def terms(head: str, values: dict[str, str], lang: str) -> None:
    """Draw what each word means, with a place of its own to link to."""
    st.header(head, anchor="terms")
    names = {term: t(f"evidence.term_{term}", lang) for term in TERMS}
    st.markdown(" · ".join(f"[{name}](#term-{term})" for term, name in names.items()))
    left, right = st.columns(2, gap="medium")
    half = (len(TERMS) + 1) // 2
    for position, term in enumerate(TERMS):
        with left if position < half else right:
            st.subheader(names[term], anchor=f"term-{term}")
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
    headings = columns.labels(list(rows), lang, "evidence")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        column_config={
            headings["list"]: st.column_config.Column(
                width=columns.fitted(list(rows["list"]), LIST)
            ),
            **{
                headings[level]: st.column_config.NumberColumn(format="localized")
                for level in LEVELS
            },
        },
        alt=t("evidence.alt_outcomes", lang),
    )
    st.caption(plain(t("evidence.outcomes_note", lang)))
