"""What if: the figures assumed, and the ranking as it would be then."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.commands.errors import message
from app.commands.folder import VARIABLE
from app.commands.what_if import command_line
from app.export import tables
from app.ui import (
    cache,
    charts,
    columns,
    override_state,
    state,
    what_if_charts,
    what_if_tables,
)
from app.ui.columns import plain
from app.ui.what_if_state import Asked
from app.ui.words import t
from app.views import what_if_assume
from model import explain
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
                    what_if, model, *asked.about(), asked.assumed, large=True
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
    split = cache.parts(model, asked.segment, asked.level)
    made = explain.by_pillar(model, split).loc[asked.place]
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
    st.markdown(f"**{t('scenario.sides', lang)}**")
    st.altair_chart(
        what_if_charts.pillars(found.pillars, lang, state.ground()),
        alt=t("scenario.alt_pillars", lang),
    )
    for spot, when in zip(
        st.columns(2, gap="medium"), ("before", "after"), strict=True
    ):
        lines = what_if_tables.reasons(found, when, lang)
        spot.markdown(f"**{t(f'scenario.reasons_{when}', lang)}**")
        spot.markdown("\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1)))
    others(model, asked, found, lang)
    reproduced(lang, command(asked, asked.assumed))


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


def reproduced(lang: str, *lines: str) -> None:
    """Draw the commands that give the same."""
    st.caption(t("scenario.command", lang))
    st.code("\n".join(lines), language=None, wrap_lines=True)


def command(asked: Asked, assumed: Sequence[Assumption]) -> str:
    """Return the command that makes the assumptions."""
    return command_line(*asked.about(), assumed, os.environ.get(VARIABLE))


def of_top(name: str, asked: Asked) -> str:
    """Return the command that asks the same of the first so many places."""
    words = ["siteselect", name, "--segment", asked.segment, "--place", asked.place]
    words += ["--level", asked.level, "--top", str(asked.top)]
    folder = os.environ.get(VARIABLE)
    return shlex.join([*words, *(["--data", folder] if folder else [])])


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
    st.caption(t("scenario.others_moved", lang, moved=moved, total=len(found.places)))

    def content() -> bytes:
        table = what_if_tables.file(found, asked, model.facts)
        about = [(asked.segment, asked.level, place) for place in table["place"]]
        return tables.csv(override_state.marked(table, about, "override", lang))

    st.download_button(
        t("scenario.download", lang, rows=len(found.places)),
        content,
        file_name=f"siteselect_assumption_{'_'.join(asked.about())}.csv",
        mime="text/csv",
        on_click="ignore",
    )
