"""What a person sets in a lens of their own: weights, conditions, ideals, method."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.commands.errors import lens_fault
from app.ui import cache, columns, my_lens_state, my_lens_tables, state
from app.ui.columns import plain
from app.ui.my_lens_state import CEILINGS, STEP
from app.ui.units import unit
from app.ui.words import t, words
from data.schema import LEVELS, PILLARS
from model import own_index, own_lens
from model.own_index import OwnRanking
from model.own_lens import EVERYWHERE, PARTS, TIERS, Note, OwnLens, OwnLensError
from model.score import Model

METHODS = {name: PARTS[name].choices for name in own_lens.METHOD if name in PARTS}
SHOWN = [
    *("pillar", "item", "weight", "nominal", "real", "warning"),
    *("ideal", "unit", "total", "missing"),
]
HEIGHT, WIDE_ITEM, WIDE_NOTE = 520, 220, 230


def left_out(note: Note, lang: str) -> str:
    """Say what of the link could not be used."""
    value = f"{note.name}={note.value}"
    return plain(t(f"mine.note_{note.kind}", lang, value=value))


def pillars(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw a slider for each pillar, with what its weight does."""
    lens = ours.lens
    held = cache.own_influence(model, lens)
    st.markdown(
        f"**{t('mine.weights_title', lang)}**", help=t("mine.slider_help", lang)
    )
    most = my_lens_state.most_weight(lens)
    for spot, name in zip(st.columns(len(PILLARS)), PILLARS, strict=True):
        key = f"own_w_{name}"
        st.session_state[key] = float(lens.pillars[name])
        with spot:
            st.slider(
                t(f"common.pillar_{name}", lang),
                0.0,
                most,
                step=STEP,
                format="%.1f",
                key=key,
                on_change=my_lens_state.set_pillar,
                args=(lens, name),
            )
            share(held, name, lang)
    scheme = lens.method.weights
    if scheme != "given":
        said = t(f"mine.weights_{scheme}", lang)
        st.caption(t("mine.weights_by_method", lang, method=said))


def share(held: pd.DataFrame, name: str, lang: str) -> None:
    """Say what a pillar should weigh and what it does."""
    if name not in held.index:
        st.caption(t("mine.share_none", lang))
        return
    row = held.loc[name]
    parts = {key: f"{100 * row[key]:.0f}" for key in ("nominal", "real")}
    st.caption(t("mine.share_line", lang, **parts), help=t("mine.share_help", lang))
    said = [
        t(f"mine.warn_{one}", lang)
        for one in row["warnings"]
        if one in ("constant", "dead", "against", "overpowers")
    ]
    if said:
        gap = t("common.list_gap", lang)
        st.caption(f":orange[{plain(gap.join(said))}]")


def filters(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw the conditions a place must meet, open where there are any."""
    lens = ours.lens
    count = len(ours.removed)
    key = "mine.filters_active" if count else "mine.filters"
    with st.expander(t(key, lang, count=count), expanded=bool(count)):
        level, within, tier = st.columns(3)
        _choice(level, lens, "level", LEVELS, "common.level_{}", lang)
        areas = state.areas(model.facts)
        held = lens.within or EVERYWHERE
        st.session_state["mine_within"] = held
        within.selectbox(
            t("mine.within", lang),
            areas if held in areas else [*areas, held],
            format_func=cache.area_names(model.facts, lang).__getitem__,
            key="mine_within",
            filter_mode="contains",
            on_change=my_lens_state.set_part,
            args=(lens, "within", "mine_within"),
        )
        tiers(tier, lens, lang)
        having(lens, lang)
        ceilings(model, lens, lang)
        exclude(model, lens, lang)


def tiers(spot: DeltaGenerator, lens: OwnLens, lang: str) -> None:
    """Draw the worst of the reports' tiers that a place may be in."""
    st.session_state["mine_tier"] = lens.tier
    spot.selectbox(
        t("mine.tier", lang),
        TIERS,
        format_func=lambda number: t(f"mine.tier_{number}", lang),
        key="mine_tier",
        on_change=my_lens_state.set_part,
        args=(lens, "tier", "mine_tier"),
        help=t("mine.tier_help", lang),
    )


def having(lens: OwnLens, lang: str) -> None:
    """Draw what a place must hold."""
    for name in own_index.HELD:
        key = f"mine_{name}"
        st.session_state[key] = getattr(lens, name)
        st.toggle(
            t(f"mine.{name}", lang),
            key=key,
            on_change=my_lens_state.set_part,
            args=(lens, name, key),
        )


def ceilings(model: Model, lens: OwnLens, lang: str) -> None:
    """Draw which indicators have a ceiling, and where it lies."""
    values = cache.own_figures(model, lens.level)
    held = [name for name in values if values[name].notna().any()]
    usual = {name: float(values[name].median()) for name in held}
    ahead = [
        name
        for bare in CEILINGS
        for name in (bare, own_lens.CITY + bare)
        if name in usual
    ]
    st.session_state["mine_ceilings"] = list(lens.ceilings)
    st.multiselect(
        t("mine.ceilings", lang),
        [*ahead, *(name for name in held if name not in ahead)],
        format_func=lambda name: my_lens_tables.name_of(model.facts, name, lang),
        key="mine_ceilings",
        placeholder=t("mine.ceilings_hint", lang),
        on_change=my_lens_state.set_ceilings,
        args=(lens, "mine_ceilings", usual),
    )
    for name, most in lens.ceilings.items():
        key = f"mine_most_{name}"
        st.session_state[key] = float(most)
        entry = model.facts.indicators.loc[name.removeprefix(own_lens.CITY)]
        said = my_lens_tables.name_of(model.facts, name, lang)
        st.number_input(
            t("mine.ceiling", lang, name=said, unit=unit(entry["unit"], lang)),
            key=key,
            on_change=my_lens_state.set_ceiling,
            args=(lens, name, key),
        )


def exclude(model: Model, lens: OwnLens, lang: str) -> None:
    """Draw the places where the user already is."""
    names = {
        code: name
        for level in LEVELS[: LEVELS.index(lens.level) + 1]
        for code, name in cache.names(model.facts, level, lang).items()
    }
    st.session_state["mine_exclude"] = [c for c in lens.exclude if c in names]
    st.multiselect(
        t("mine.exclude", lang),
        list(names),
        format_func=names.__getitem__,
        key="mine_exclude",
        placeholder=t("mine.exclude_hint", lang),
        on_change=my_lens_state.set_part,
        args=(lens, "exclude", "mine_exclude"),
    )


def _choice(
    spot: DeltaGenerator,
    lens: OwnLens,
    name: str,
    choices: tuple[str, ...],
    words_of: str,
    lang: str,
) -> None:
    key = f"mine_{name}"
    st.session_state[key] = own_lens.parts(lens)[name]
    title = f"mine.{name}" if f"mine.{name}" in words(lang) else f"mine.method_{name}"
    spot.selectbox(
        t(title, lang),
        choices,
        format_func=lambda value: t(words_of.format(value), lang),
        key=key,
        on_change=my_lens_state.set_part,
        args=(lens, name, key),
    )


def method(lens: OwnLens, lang: str) -> None:
    """Draw how the index is computed."""
    spots = [*st.columns(3), *st.columns(3)]
    for spot, (name, choices) in zip(spots, METHODS.items(), strict=True):
        section = "mean" if name in ("mean", "across") else name
        _choice(spot, lens, name, choices, f"mine.{section}_{{}}", lang)


def indicators(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw every indicator's weight, ideal and real effect, to be changed in place."""
    lens = ours.lens
    held = cache.own_influence(model, lens)
    # The ranked list uses this module too, and has no time for pictures.
    from app.ui import my_lens_charts

    top = held.loc[[name for name in PILLARS if name in held.index]]
    picture = pd.DataFrame(
        {
            "name": [t(f"common.pillar_{name}", lang) for name in top.index],
            "nominal": 100 * top["nominal"].to_numpy(),
            "real": 100 * top["real"].to_numpy(),
        }
    )
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.altair_chart(
            my_lens_charts.shares(picture, lang, state.ground()),
            alt=t("mine.alt_shares", lang),
        )
    rows = my_lens_tables.weights(
        ours, own_index.indicators(model, lens.level), held, model.facts, lang
    )
    with right:
        st.markdown(f"**{t('mine.warnings_title', lang)}**")
        odd = rows[(rows["warning"] != "") & (rows["weight"] > 0)]
        for row in odd.itertuples():
            st.caption(f"**{plain(row.item)}** {plain(row.warning)}")
        if odd.empty:
            st.caption(t("mine.no_warnings", lang))
    st.subheader(t("mine.indicators", lang), anchor=False)
    st.caption(t("mine.indicators_note", lang))
    editor(rows, lens, lang)
    st.subheader(t("mine.method", lang), anchor=False)
    method(lens, lang)


def editor(rows: pd.DataFrame, lens: OwnLens, lang: str) -> None:
    """Draw the table in which weights and ideals are changed."""
    # The columns keep their ids: an edit comes back under its column's name.
    headings = columns.labels(SHOWN, lang, "mine")
    config, number = st.column_config, st.column_config.NumberColumn
    # Another lens is another table: its edits are not made a second time.
    key = f"mine_editor_{my_lens_state.key(lens)}"
    most = max(float(rows[["nominal", "real"]].to_numpy().max()), 1.0)
    drawn = {
        "weight": number(
            headings["weight"], min_value=0.0, max_value=1000.0, step=STEP
        ),
        "ideal": number(headings["ideal"]),
        "item": config.Column(headings["item"], width=WIDE_ITEM),
        "warning": config.Column(headings["warning"], width=WIDE_NOTE),
        "total": config.CheckboxColumn(headings["total"]),
        "nominal": config.ProgressColumn(
            headings["nominal"], format="%.1f%%", min_value=0, max_value=most
        ),
        "real": number(headings["real"], format="%.1f%%"),
        "missing": number(headings["missing"], format="%d%%"),
    }
    st.data_editor(
        rows[SHOWN],
        key=key,
        hide_index=True,
        height=HEIGHT,
        placeholder="",
        disabled=[n for n in SHOWN if n not in ("weight", "ideal", "total")],
        column_config={**headings, **drawn},
        on_change=my_lens_state.set_indicators,
        args=(lens, key, tuple(rows.index)),
    )


def keep(model: Model, ours: OwnRanking, lang: str) -> None:
    """Offer the lens as a file, and take one."""
    lens = ours.lens
    st.markdown(t("mine.keep_note", lang))
    st.download_button(
        t("mine.keep_save", lang),
        own_lens.to_json(lens),
        file_name="siteselect_lens.json",
        mime="application/json",
        on_click="ignore",
    )
    st.file_uploader(
        t("mine.keep_open", lang), type=["json"], key="mine_file", on_change=opened
    )
    if failure := st.session_state.pop("mine_file_failed", None):
        kind, name = failure
        st.error(plain(t("mine.refused", lang, why=lens_fault(kind, name, lang))))
    elif st.session_state.pop("mine_file_done", False):
        st.success(t("mine.keep_done", lang))
    st.button(t("mine.keep_reset", lang), on_click=my_lens_state.reset, args=(lens,))


def opened() -> None:
    """Take the lens of the file just brought."""
    brought = st.session_state.get("mine_file")
    if brought is None:
        return
    try:
        my_lens_state.write(own_lens.from_json(brought.getvalue()))
        st.session_state["mine_file_done"] = True
    except OwnLensError as error:
        st.session_state["mine_file_failed"] = (error.kind, error.name)
