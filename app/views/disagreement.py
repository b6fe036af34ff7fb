"""出处不一 Conflicts: figures that answer one question differently, side by side."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd
import streamlit as st

from app.ui import cache, catalogue, columns, state
from app.ui.columns import plain
from app.ui.facts_state import ALL, KEYS, Asked
from app.ui.words import t
from app.views import pick
from data import Facts

HEIGHT = 520
# Columns shown, and their widths.
FEW = {"place": 130, "question": 120, "values": 180}


def section(facts: Facts, asked: Asked, lang: str) -> None:
    """Draw the sets of figures that disagree, and the one picked side by side."""
    disagreeing = cache.conflicts(facts)
    if disagreeing.empty:
        st.info(t("data.no_conflicts", lang))
        return
    names = catalogue.questions(facts, disagreeing, lang)
    known = asked.question in (ALL, *names)
    if not known or (asked.group and asked.group not in set(disagreeing["group"])):
        st.warning(t("data.bad_conflict", lang))
    question = asked.question if known else ALL
    filters(facts, disagreeing, names, asked, question, lang)
    table = catalogue.groups(facts, disagreeing, lang, asked.place, question)
    if table.empty:
        st.info(t("data.no_conflicts_here", lang))
        return
    st.caption(t("data.conflicts_note", lang, many=len(table)))
    chosen = asked.group if asked.group in table.index else str(table.index[0])
    left, right = st.columns([5, 8], gap="medium")
    with left:
        headings = columns.labels(list(table), lang, "data")
        pick.listed(
            table.rename(columns=headings),
            "group",
            chosen,
            t("data.alt_conflicts", lang),
            height=HEIGHT if len(table) > 12 else "auto",
            row_height=columns.TALL_ROW,
            column_order=[headings[name] for name in FEW],
            column_config={
                headings[name]: st.column_config.Column(width=width)
                for name, width in FEW.items()
            },
        )
    with right:
        answers(facts, disagreeing, table.loc[chosen], chosen, lang)


def filters(
    facts: Facts,
    disagreeing: pd.DataFrame,
    names: dict[str, str],
    asked: Asked,
    question: str,
    lang: str,
) -> None:
    """Draw the choice of a place and of a question."""
    spoken = disagreeing.drop_duplicates(["level", "place"])
    areas = columns.area_names(facts, lang)
    places = {row.place: areas[row.level, row.place] for row in spoken.itertuples()}
    if asked.place:
        places.setdefault(asked.place, _name(areas, asked.place))
    st.session_state["question"] = question
    left, right = st.columns(2)
    left.selectbox(
        t("data.param_place", lang),
        list(places),
        index=None,
        format_func=lambda code: places[code],
        key="place",
        placeholder=t("data.any_place", lang),
        filter_mode="contains",
        on_change=state.write,
        args=KEYS,
    )
    right.selectbox(
        t("data.param_question", lang),
        [ALL, *names],
        format_func=lambda name: names.get(name, t("data.all", lang)),
        key="question",
        on_change=state.write,
        args=KEYS,
    )


def _name(areas: dict[tuple[str, str], str], place: str) -> str:
    return next(name for (_, code), name in areas.items() if code == place)


def answers(
    facts: Facts, disagreeing: pd.DataFrame, row: pd.Series, group: str, lang: str
) -> None:
    """Draw each answer of a set with what it counts."""
    title = f"{row['place']}{columns.GAP}{row['question']}"
    st.subheader(plain(title), anchor=False)
    st.caption(row["kind"])
    told = catalogue.side_by_side(facts, disagreeing, group, lang).to_dict("records")
    for start in range(0, len(told), 2):
        for spot, entry in zip(st.columns(2), told[start : start + 2], strict=False):
            with spot.container(border=True, height="stretch"):
                answer(entry, lang)


def answer(entry: dict[Hashable, str], lang: str) -> None:
    """Draw one answer: the figure, what it counts, and where it stands."""
    what = [entry["indicator"], entry["period"], entry["quality"]]
    st.markdown(
        t(
            "data.answer",
            lang,
            value=plain(entry["value"]),
            what=plain(columns.GAP.join(filter(None, what))),
        )
    )
    pick.details(
        lang,
        tight=True,
        caveat=entry["caveat"],
        selection=entry["selection"],
        note=entry["note"],
        source=columns.GAP.join([entry["source"], entry["locator"]]),
    )
