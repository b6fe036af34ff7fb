"""Why the chosen place stands where it does, and why above or below another."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.ui import cache, charts, columns, state, why_answers
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from model.score import Model
from model.why import STABLE, TOP, name_of

TITLES = 3
BOX = "versus-box"


def section(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw what the score is made of, in words and figures, and the comparison."""
    whole = cache.ranking(model, chosen.segment, chosen.level)
    if chosen.place not in set(whole["place"]):
        st.info(t("detail.not_ranked", lang))
        return
    with st.spinner(t("why.computing", lang)):
        found = why_answers.account(model, chosen.segment, chosen.level, chosen.place)
    parts(found, lang)
    st.altair_chart(
        charts.pillars(pd.Series(found["pillars"]), lang, state.ground()),
        alt=t("detail.alt_pillars", lang),
    )
    st.caption(t("detail.pillars_note", lang))
    reasons(model, found, lang)
    grouped(model, chosen.level, found["groups"], lang)
    beside(model, ranking, whole, chosen, lang)


def parts(found: dict[str, Any], lang: str) -> None:
    """Draw the two parts of the score."""
    bar = st.container(horizontal=True, gap="large")
    for name in ("presence", "fundamentals"):
        bar.metric(
            t(f"why.{name}", lang),
            f"{found[name]:+.2f}",
            help=t(f"why.{name}_help", lang),
            width="content",
        )


def reasons(model: Model, found: dict[str, Any], lang: str) -> None:
    """Say the strongest reasons, the main weakness, and what is not known."""
    heading("reasons", lang, steady(found, lang))
    for position, entry in enumerate(found["reasons"], start=1):
        told(model, entry, f"**{position}.** ", lang)
    if not found["reasons"]:
        st.markdown(t("why.no_reason", lang))
    heading("weakness", lang)
    if found["weakness"] is None:
        st.markdown(t("why.no_weakness", lang))
    else:
        told(model, found["weakness"], "", lang)
    heading("unknown", lang)
    st.markdown(plain(found["unknown"][f"text_{lang}"]))


def steady(found: dict[str, Any], lang: str) -> str | None:
    """Return what a stable reason is; nothing where no resamples say it."""
    if all(one["stable"] is None for one in found["groups"]):
        return None
    return t("why.stable_means", lang, share=f"{STABLE:.0%}", top=TOP)


def heading(name: str, lang: str, hint: str | None = None) -> None:
    """Draw a small heading."""
    st.markdown(f"**{t(f'why.{name}', lang)}**", help=hint)


def told(
    model: Model, entry: dict[str, Any], lead: str, lang: str, narrow: bool = False
) -> None:
    """Say what a group does here, whether that is stable, and where it is from.

    Where there is little room, only that it is not stable is said, not how far.
    """
    said = f"{lead}{plain(entry[f'said_{lang}'])}"
    if entry["stable"] is False:
        shaky = t("why.shaky", lang, share=f"{entry['share']:.0%}", top=TOP)
        shaky = t("why.unstable", lang) if narrow else shaky
        said += f" :orange-badge[:material/warning: {shaky}]"
    st.markdown(said)
    names = dict.fromkeys(source["source_id"] for source in entry["sources"])
    if names:
        titles = columns.titles(model.facts, lang)
        listed = t("common.list_gap", lang).join(titles[s] for s in [*names][:TITLES])
        more = len(names) - TITLES
        if more > 0:
            listed = t("why.titles_more", lang, titles=listed, many=more)
        st.caption(t("detail.source", lang, titles=plain(listed)))


def grouped(model: Model, level: str, groups: list[dict[str, Any]], lang: str) -> None:
    """List every group with what it adds to the score."""
    gap = t("common.list_gap", lang)
    rows = pd.DataFrame(
        {
            "name": [one[f"name_{lang}"] for one in groups],
            "pillar": [t(f"common.pillar_{one['pillar']}", lang) for one in groups],
            "contribution": [one["contribution"] for one in groups],
            "share": [one["share"] for one in groups],
            "members": [
                gap.join(getattr(name_of(model, key, level), lang) for key in keys)
                for keys in (one["members"][1:] for one in groups)
            ],
        }
    )
    headings = columns.labels(list(rows), lang, "why")
    number, aid = st.column_config.NumberColumn, t("why.share_help", lang, top=TOP)
    config = {headings["contribution"]: number(format="%+.3f")}
    if rows["share"].isna().all():
        rows = rows.drop(columns="share")
    else:
        config[headings["share"]] = number(format="percent", help=aid)
    with st.expander(t("why.groups", lang, many=len(groups))):
        st.caption(t("why.groups_note", lang))
        st.dataframe(
            rows.rename(columns=headings),
            key=f"groups-{level}",
            hide_index=True,
            column_config=config,
            alt=t("why.alt_groups", lang),
        )


def beside(
    model: Model,
    ranking: pd.DataFrame,
    whole: pd.DataFrame,
    chosen: State,
    lang: str,
) -> None:
    """Draw a chooser of another place, and why one of the two is above the other."""
    heading("versus_title", lang)
    codes = list(ranking["place"])
    asked = {chosen.place, chosen.versus or chosen.place}
    if len(codes) < 2 or not asked <= set(codes):
        codes = list(whole["place"])
    names = cache.names(model.facts, chosen.level, lang)
    ranks = {code: rank for rank, code in enumerate(codes, start=1)}
    # The neighbour is only shown: the link holds what somebody chose.
    other = chosen.versus or codes[max(ranks[chosen.place] - 2, 0)]
    other = codes[1] if other == chosen.place else other
    st.session_state[BOX] = other
    st.selectbox(
        t("why.versus", lang),
        [code for code in codes if code != chosen.place],
        format_func=lambda code: f"{ranks[code]}. {names[code]}",
        key=BOX,
        filter_mode="contains",
        on_change=state.compare,
        args=(BOX,),
    )
    apart(model, chosen.segment, chosen.level, (chosen.place, other), lang)


def apart(
    model: Model, segment: str, level: str, pair: tuple[str, str], lang: str
) -> None:
    """Say and draw why one of two places is above the other."""
    gap = why_answers.versus(model, segment, level, *pair)
    st.markdown(plain(gap[f"text_{lang}"]))
    own = model.facts.places.loc[level, f"name_{lang}"]
    named = {key: own[gap[key]] for key in ("above", "below")}
    rest = t("why.part_rest", lang)
    headings = t("why.col_part", lang), t("why.axis_gap", lang, above=named["above"])
    bars = why_answers.parts_of(gap, rest, lang)
    st.altair_chart(
        charts.signed(bars, headings, state.ground(), rest),
        alt=t("why.alt_gap", lang, **named),
    )
    for entry in why_answers.spoken(gap):
        told(model, entry, "", lang)
