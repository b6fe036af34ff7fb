"""地图 Map: where the places that suit a segment lie, by city or by district."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.ui import (
    atlas_chart,
    atlas_geometry,
    atlas_state,
    atlas_tables,
    cache,
    columns,
    state,
)
from app.ui.atlas_state import Asked
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import LANGS, t
from app.views import controls, detail, override, pages, pick, recommend
from model.score import Model


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("map.heading", lang), lang)
    if model is None:
        return
    st.markdown(t(f"map.lead_{state.ground()}", lang, as_of=model.as_of))
    asked, notes = atlas_state.read(st.query_params.to_dict(), model)
    chosen = asked.chosen
    for note in notes:
        st.warning(controls.replaced(model.facts, note, lang))
    whole = cache.ranking(model, chosen.segment, chosen.level)
    ranking = recommend.filtered(model, whole, chosen)
    choices(model, ranking, asked, lang)
    grade = str(whole["confidence"].iloc[0])
    recommend.confidence(grade, lang)
    if not grade:
        return
    left, right = st.columns([8, 5], gap="medium")
    with left:
        drawn(model, ranking, asked, lang)
    with right:
        if chosen.place:
            about(model, ranking, chosen, lang)
        else:
            st.info(t("map.hint", lang))
        first(model, ranking, chosen, lang)


def choices(model: Model, ranking: pd.DataFrame, asked: Asked, lang: str) -> None:
    """Draw what can be asked: segment, level, province, place, and the zones."""
    facts, chosen = model.facts, asked.chosen
    state.fill(
        {
            **{key: getattr(chosen, key) for key in ("segment", "level", "place")},
            **{"within": chosen.within, "zones": asked.zones},
        }
    )
    segment, level, within, place = st.columns([6, 4, 5, 6])
    controls.which(
        segment, level, facts, lang, state.change_level, facts, "level", "place"
    )
    if chosen.level == "district":
        within.selectbox(
            t("map.param_within", lang),
            atlas_state.provinces(facts),
            format_func=cache.area_names(facts, lang).__getitem__,
            key="within",
            filter_mode="contains",
            on_change=atlas_state.change_province,
        )
    names = cache.names(facts, chosen.level, lang)
    ranks = dict(zip(ranking["place"], ranking["rank"], strict=True))
    (place if chosen.level == "district" else within).selectbox(
        t("recommend.choose", lang, shown=len(ranks)),
        list(ranks),
        index=None,
        format_func=lambda code: f"{ranks[code]}. {names[code]}",
        key="place",
        placeholder=t("map.choose_hint", lang),
        filter_mode="contains",
        on_change=state.write,
        args=("place",),
    )
    if asked.example:
        name = plain(cache.area_names(facts, lang)[chosen.within])
        st.caption(t("map.example", lang, name=name))


def drawn(model: Model, ranking: pd.DataFrame, asked: Asked, lang: str) -> None:
    """Draw the map, what it leaves out, and where its outlines come from."""
    facts, chosen = model.facts, asked.chosen
    view = (chosen.level, chosen.within)
    areas = atlas_geometry.areas(*view)
    # An outline may also be a county that its province runs itself.
    names = cache.names(facts, "district", lang) | cache.names(
        facts, chosen.level, lang
    )
    table = atlas_tables.joined(ranking, areas, names, chosen.place, lang)
    spots = None
    if asked.zones:
        places = pd.Index(ranking["place"])
        spots = atlas_tables.zones(facts, chosen.level, places, lang)
    key = atlas_state.PICTURE.key("-".join(view), chosen.place)
    codes = frozenset(ranking["place"])
    # Neither key nor text names the segment: its ranks alone are sent, and the browser
    # keeps the outlines it has drawn.
    st.altair_chart(
        atlas_chart.chart(
            *view,
            table,
            atlas_tables.classes(len(ranking), lang),
            spots,
            lang,
            state.ground(),
        ),
        key=key,
        on_select=lambda: atlas_state.PICTURE.choose(key, codes),
        alt=t(f"map.alt_{chosen.level}", lang, count=len(areas)),
    )
    source(model, lang)
    st.toggle(
        t("map.zones", lang),
        key="zones",
        help=t("map.zones_help", lang),
        on_change=state.write,
        args=("zones",),
    )
    if spots is not None:
        many = int(spots["count"].sum())
        said = "map.zones_note" if many else "map.zones_none"
        st.caption(t(said, lang, many=many, places=len(spots)))
    if missing := atlas_tables.undrawn(ranking, areas):
        said = t("common.list_gap", lang).join(names[code] for code in missing)
        st.caption(plain(t("map.undrawn", lang, count=len(missing), names=said)))


def source(model: Model, lang: str) -> None:
    """Print the source of the outlines; it stands under every map."""
    row = model.facts.sources.loc[["tianditu2024"]]
    told = {
        name: columns.in_language(row, name, lang).iloc[0]
        for name in ("producer", "title")
    }
    st.caption(plain(t("map.source", lang, **told)))


def about(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Say where the chosen place stands, what speaks most for it, and more."""
    name = cache.names(model.facts, chosen.level, lang)[chosen.place]
    bar = st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    )
    bar.header(plain(name), anchor=False, width="content")
    bar.button(
        t("detail.close", lang),
        key="close",
        on_click=state.close,
        args=("place", "place"),
    )
    detail.standing(model, ranking, chosen, lang)
    reasons = cache.reasons(model, chosen.segment, chosen.level, [chosen.place])
    if found := reasons[chosen.place]:
        text = plain(str(found[0][f"text_{lang}"]))
        st.markdown(t("map.reason", lang, text=text))
    asked = {key: getattr(chosen, key) for key in ("segment", "level", "place")}
    if chosen.level == "district":
        asked["within"] = chosen.within
    if lang != LANGS[0]:
        asked["lang"] = lang
    st.page_link(
        pages.page("recommend", lang),
        label=t("map.link", lang),
        icon=":material/format_list_numbered:",
        query_params=asked,
    )


def first(model: Model, ranking: pd.DataFrame, chosen: State, lang: str) -> None:
    """Draw the first places as a table: what the colours say, without colour."""
    names = cache.short_names(model.facts, chosen.level, lang)
    rows = atlas_tables.first(ranking, names, lang)
    codes = tuple(rows.index)
    st.header(t("map.first", lang, count=len(rows)), anchor=False)
    headings = columns.labels(list(rows), lang, "map")
    rank, score = (
        st.column_config.NumberColumn(width=52),
        st.column_config.NumberColumn(format="%.1f", help=t("map.help_score", lang)),
    )
    pick.table(
        rows[["rank", "place", "range", "score"]].rename(columns=headings),
        "first",
        codes,
        chosen.place,
        lambda key, codes: state.choose(key, codes, "place", "place"),
        column_config={headings["rank"]: rank, headings["score"]: score},
        alt=t("map.alt_first", lang),
    )
    override.noted(
        ((names[code], chosen.segment, chosen.level, code) for code in codes), lang
    )
