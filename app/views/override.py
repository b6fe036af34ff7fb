"""A rank changed by hand: the form in a place's panel, and what it did to the list."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import streamlit as st

from app.commands import overriding
from app.commands.errors import message
from app.ui import cache, override_state, state
from app.ui.columns import plain
from app.ui.override_state import CHOICES, INITIALS, MODEL_ORDER
from app.ui.override_tables import MARK
from app.ui.state import State
from app.ui.words import t
from model import overrides as ov
from model.overrides import MOST_INITIALS, MOST_REASON, Override
from model.score import Model

# So many of the places left out are named.
NAMED = 5


def ordered(ranking: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Say how many places were moved by hand; return them in the order wanted.

    Parameters
    ----------
    ranking : DataFrame
        As :func:`app.ui.override_state.applied` returns it.
    lang : {"zh", "en"}
    """
    if "shown_rank" not in ranking or ranking.empty:
        return ranking
    moved = ranking[ranking["override"] != ""]
    own = st.query_params.get(MODEL_ORDER) == state.YES
    st.session_state[MODEL_ORDER] = own
    bar = st.container(horizontal=True, vertical_alignment="center")
    bar.toggle(
        t("decide.model_order", lang),
        key=MODEL_ORDER,
        on_change=state.write,
        args=(MODEL_ORDER,),
    )
    said = t("decide.moved_model" if own else "decide.moved", lang, count=len(moved))
    out = moved.loc[moved["override"] == "exclude", f"name_{lang}"]
    if len(out):
        names = t("common.list_gap", lang).join(out.head(NAMED))
        if len(out) > NAMED:
            names = t("decide.moved_more", lang, names=names, count=len(out))
        gap = "" if lang == "zh" else " "
        said += gap + t("decide.moved_out", lang, names=names)
    bar.caption(f"{MARK} {plain(said)}")
    # An index of its own, so that rows stand in the order of the table.
    return ranking.sort_values("rank").reset_index(drop=True) if own else ranking


def line(row: pd.Series, chosen: State, lang: str) -> None:
    """Say next to a place's rank that it, or others, were moved by hand."""
    shown, rank = row.get("shown_rank"), row["rank"]
    said = override_state.mark(chosen.segment, chosen.level, chosen.place, lang)
    if said:
        place = t("decide.shown", lang, shown=shown, rank=rank)
        st.markdown(f"{MARK} {plain(said)}  \n{place}")
    elif shown is not None and shown != rank:
        st.markdown(t("decide.shifted", lang, shown=shown))


def noted(about: Iterable[tuple[str, str, str, str]], lang: str) -> None:
    """Say which of some ranks shown were changed by hand, a line for each.

    Parameters
    ----------
    about : iterable of tuple
        How people call it, and segment, level and place of the rank.
    lang : {"zh", "en"}
    """
    for name, segment, level, place in about:
        if said := override_state.mark(segment, level, place, lang):
            line = {"name": plain(name), "said": plain(said)}
            st.caption(f"{MARK} {t('decide.noted', lang, **line)}")


def control(model: Model, chosen: State, lang: str) -> None:
    """Draw the form that changes the rank of the chosen place."""
    ranking = cache.ranking(model, chosen.segment, chosen.level)
    if chosen.place not in set(ranking["place"]):
        return
    about = (chosen.segment, chosen.level, chosen.place)
    one = override_state.in_effect(*about[:2]).get(chosen.place)
    # Its state is kept, or a form that is refused would close and hide why.
    with st.expander(
        t("decide.control", lang),
        icon=":material/edit:",
        key=override_state.key("open", *about),
        on_change="rerun",
    ):
        st.caption(t("decide.control_note", lang))
        kind = st.segmented_control(
            t("decide.kind", lang),
            CHOICES,
            default=CHOICES[0] if one is None else overriding.direction(one),
            format_func=lambda name: t(f"decide.kind_{name}", lang),
            key=override_state.key("kind", *about),
            required=True,
        )
        with st.form(override_state.key("form", *about), border=False):
            form(one, str(kind), about, len(ranking), lang)
            st.form_submit_button(
                t("decide.submit", lang),
                key=override_state.key("submit", *about),
                type="primary",
                on_click=override_state.submit,
                args=(*about, ranking),
            )
        if error := override_state.failed():
            st.error(plain(t("decide.refused", lang, why=message(error, lang))))
        if one is not None:
            st.button(
                t("decide.remove", lang),
                key=override_state.key("remove", *about),
                on_click=override_state.clear,
                args=(one,),
            )


def form(
    one: Override | None,
    kind: str,
    about: tuple[str, str, str],
    count: int,
    lang: str,
) -> None:
    """Draw what a change needs: how far, why, and by whom."""
    left, right = st.columns(2)
    if kind != "exclude":
        left.number_input(
            t(f"decide.number_{kind}", lang, count=count),
            min_value=1,
            max_value=min(count, ov.MOST_STEPS),
            value=min(max(abs(one.number), 1), count) if one else 1,
            key=override_state.key("number", *about),
        )
    right.text_input(
        t("decide.initials", lang),
        value=st.session_state.get(INITIALS, ""),
        max_chars=MOST_INITIALS,
        placeholder=t("decide.initials_hint", lang),
        key=override_state.key("initials", *about),
    )
    st.text_area(
        t("decide.reason", lang),
        value=one.reason if one else "",
        max_chars=MOST_REASON,
        height=68,
        placeholder=t("decide.reason_hint", lang),
        key=override_state.key("reason", *about),
    )
