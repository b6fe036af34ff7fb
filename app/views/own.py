"""自带数据 Your own data: templates, and the two commands that bring it in."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import streamlit as st

from app.ui.facts_state import Asked
from app.ui.words import t
from data import Facts
from data.importers import templates

KINDS = ("indicators", "outcomes", "places", "filings")
MIME = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
}


def section(facts: Facts, asked: Asked, lang: str) -> None:
    """Say how to bring data of one's own, and offer the templates."""
    st.markdown(t("data.own_lead", lang))
    for kind in KINDS:
        row(facts, kind, t(f"data.own_{kind}", lang), lang)
    commands(lang)


def row(facts: Facts, kind: str, said: str, lang: str) -> None:
    """Say what a kind of file holds, and offer its templates."""
    spot = st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        border=True,
    )
    spot.markdown(said, width="content")
    files = spot.container(horizontal=True, width="content")
    for suffix, mime in MIME.items():
        files.download_button(
            suffix[1:].upper(),
            partial(template, facts, kind, lang, suffix),
            file_name=f"siteselect_{kind}{suffix}",
            mime=mime,
            key=f"template-{kind}{suffix}",
            help=t("data.own_template", lang),
            on_click="ignore",
        )


def commands(lang: str) -> None:
    """Show the two commands: the first imports, the second opens the app with it."""
    for name in ("import", "serve"):
        st.markdown(t(f"data.own_{name}", lang))
        st.code(t(f"data.own_{name}_code", lang), language=None, wrap_lines=True)


def template(facts: Facts, kind: str, lang: str, suffix: str) -> bytes:
    """Return a template as the command line writes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}{suffix}"
        templates.write(kind, facts.tables, lang, path, suffix)
        return path.read_bytes()
