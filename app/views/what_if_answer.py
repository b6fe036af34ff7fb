"""What if: the figures assumed, and the ranking as it would be then."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.commands.errors import message
from app.commands.folder import VARIABLE
from app.commands.what_if import command_line
from app.export import tables
from app.ui import cache, charts, columns, state, what_if_charts, what_if_tables
from app.ui.columns import plain
from app.ui.what_if_state import Asked
from app.ui.words import t
from app.views import what_if_assume
from model.assumptions import Assumption, AssumptionError
from model.score import Model, UnknownNameError
from model.what_if import WhatIf, refusal, what_if


def section(model: Model, asked: Asked, lang: str) -> None:
    """Draw the section."""
    left, right = st.columns([5, 8], gap="medium")
    with left:
        what_if_assume.editor(model, asked, lang)
        what_if_assume.planned(model, asked, lang)
        what_if_assume.file(model, asked, lang)
    with right:
        if not asked.assumed:
            nothing(model, asked, lang)
            return
        with st.spinner(t("scenario.working", lang)):
            try:
                found = cache.shared(
                    what_if, model, *asked.ranking(), asked.assumed, large=True
                )
            except AssumptionError as error:
                said = refusal(error)
                st.error(plain(said.zh if lang == "zh" else said.en))
                return
            except UnknownNameError as error:
                st.error(plain(message(error, lang, model.facts)))
                return
        answer(model, asked, found, lang)


def nothing(model: Model, asked: Asked, lang: str) -> None:
    """Say where the place stands as long as nothing is assumed."""
    ranking = cache.ranking(model, asked.segment, asked.level).set_index("place")
    row = ranking.loc[asked.place]
    name = plain(cache.names(model.facts, asked.level, lang)[asked.place])
    ends = what_if_tables.span(row["rank_low"], row["rank_high"])
    said = {"name": name, "rank": row["rank"], "total": len(ranking)}
    key = "scenario.nothing" if ends else "scenario.nothing_bare"
    st.info(t(key, lang, span=ends, **said))
    st.markdown(f"**{t('scenario.now_made', lang)}**")
    made = cache.pillars(model, asked.segment, asked.level).loc[asked.place]
    st.altair_chart(
        charts.pillars(made, lang, state.ground()), alt=t("detail.alt_pillars", lang)
    )
    st.caption(t("detail.pillars_note", lang))


def marked(note: str, lang: str) -> None:
    """Draw the banner that says that what follows is assumed."""
    st.warning(f"{t('scenario.badge', lang)} {plain(note)}")


def answer(model: Model, asked: Asked, found: WhatIf, lang: str) -> None:
    """Draw the place before and after, and who else moves."""
    marked(found.note.zh if lang == "zh" else found.note.en, lang)
    row = found.places.loc[asked.place]
    numbers(row, what_if_tables.chances(model, found), lang)
    before_after(row, lang)
    one, other = st.columns([7, 5], gap="medium")
    with one:
        st.markdown(f"**{t('scenario.pillars', lang)}**")
        st.altair_chart(
            what_if_charts.pillars(found.pillars, lang, state.ground()),
            alt=t("scenario.alt_pillars", lang),
        )
    with other:
        for when in ("before", "after"):
            said = what_if_tables.strongest(found, model.facts, when, lang)
            st.markdown(f"**{t(f'scenario.strong_{when}', lang)}**")
            st.markdown("\n".join(f"- {plain(line)}" for line in said))
    others(model, asked, found, lang)
    reproduced(asked, asked.assumed, lang)


def numbers(row: pd.Series, chances: tuple[float, float] | None, lang: str) -> None:
    """Draw rank, range, score and chance, each with what it was."""
    spots = st.container(horizontal=True)
    ranks = f"#{row['rank_before']}", f"#{row['rank_after']}"
    metric(spots, "rank", ranks, lang, int(row["moved"]))
    spans = (
        what_if_tables.span(row["low_before"], row["high_before"]),
        what_if_tables.span(row["low_after"], row["high_after"]),
    )
    if all(spans):
        metric(spots, "range", spans, lang)
    scores = f"{row['score_before']:.2f}", f"{row['score_after']:.2f}"
    metric(spots, "score", scores, lang)
    if chances is not None:
        said = columns.chance(chances[0]), columns.chance(chances[1])
        metric(spots, "chance", said, lang)


def metric(
    spots: DeltaGenerator, name: str, values: tuple[str, str], lang: str, moved: int = 0
) -> None:
    """Draw one number as it would be, and below it as it is.

    Parameters
    ----------
    spots : DeltaGenerator
    name : str
        Its heading: ``scenario.col_<name>``.
    values : tuple of str
        As it is, and as it would be.
    lang : {"zh", "en"}
    moved : int
        Ranks won, or lost below 0.
    """
    before, after = values
    key = "was" if not moved else "up" if moved > 0 else "down"
    said = t(f"scenario.{key}", lang, count=abs(moved), value=before)
    spots.metric(
        t("scenario.assumed_name", lang, name=t(f"scenario.col_{name}", lang)),
        after,
        # A sign before the text is what turns the arrow.
        delta=f"-{said}" if moved < 0 else said,
        delta_color="normal" if moved else "off",
        delta_arrow="auto" if moved else "off",
        border=True,
    )


def before_after(row: pd.Series, lang: str) -> None:
    """Draw both ranks in their ranges, where there are any."""
    if pd.isna(row["low_before"]):
        return
    picture = pd.DataFrame(
        [
            {
                "when": when,
                "rank": int(row[f"rank_{when}"]),
                "low": int(row[f"low_{when}"]),
                "high": int(row[f"high_{when}"]),
            }
            for when in ("before", "after")
        ]
    )
    st.altair_chart(
        what_if_charts.ranges(picture, lang, state.ground()),
        alt=t("scenario.alt_ranges", lang),
    )
    st.caption(t("scenario.range_note", lang))


def reproduced(asked: Asked, assumed: Sequence[Assumption], lang: str) -> None:
    """Draw the command that gives the same."""
    st.caption(t("scenario.command", lang))
    said = command_line(*asked.ranking(), assumed, os.environ.get(VARIABLE))
    st.code(said, language=None, wrap_lines=True)


def others(model: Model, asked: Asked, found: WhatIf, lang: str) -> None:
    """Draw the first places as they would be, and offer all of them as a file."""
    st.markdown(f"**{t('scenario.first', lang)}**")
    names = cache.names(model.facts, asked.level, lang)
    rows = what_if_tables.first(found, names, lang)
    st.dataframe(
        rows.rename(columns=columns.labels(list(rows), lang, "scenario")),
        hide_index=True,
        height="content",
        alt=t("scenario.alt_first", lang),
    )
    moved = int((found.places["moved"] != 0).drop(index=asked.place).sum())
    st.caption(t("scenario.others", lang, moved=moved, total=len(found.places)))
    st.download_button(
        t("scenario.download", lang, rows=len(found.places)),
        lambda: tables.csv(what_if_tables.file(found, asked, model.facts)),
        file_name=f"siteselect_assumption_{'_'.join(asked.ranking())}.csv",
        mime="text/csv",
        on_click="ignore",
    )
