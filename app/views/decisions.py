"""决策 Decisions: shortlist, ranks changed by hand, and history; as a file too."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.commands import overriding
from app.commands.errors import message
from app.export import tables
from app.ui import (
    cache,
    columns,
    compare_state,
    override_state,
    override_tables,
    shortlist,
    shortlist_state,
    state,
)
from app.ui.columns import plain
from app.ui.shortlist import DecisionError, Decisions, Item
from app.ui.words import LANGS, t
from app.views import controls, pages
from app.views import shortlist as shortlist_view
from data.importers import cells
from data.schema import LEVELS
from model import overrides as ov
from model.overrides import OverrideError, Overrides
from model.score import Model

HEIGHT, ROW = 520, 35
REMOVED = "decide_removed"
MOST_UPLOAD = shortlist.MOST_BYTES // 1_000_000
WIDTHS = {
    **{"segment": 110, "level": 60, "place": 140, "kind": 110, "rank": 92},
    **{"shown_rank": 92, "reason": 280, "initials": 64, "date": 92, "idle": 130},
}


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("decide.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("decide.lead", lang))
    held = shortlist_state.hold()
    shortlist_view.section(model, held, lang)
    links(model, held.shortlist, lang)
    st.header(t("shortlist.changes", lang), anchor=False)
    if held.overrides.items:
        save(changes(model, held.overrides, lang), lang)
    else:
        st.info(t("decide.empty", lang))
    shortlist_view.history(model, lang)
    files(model, held, lang)


def links(model: Model, items: tuple[Item, ...], lang: str) -> None:
    """Offer each segment's places side by side, or the first one's page."""
    groups: dict[tuple[str, str], list[str]] = {}
    for one in items:
        groups.setdefault((one.segment, one.level), []).append(one.place)
    bar = st.container(horizontal=True)
    for (segment, level), places in groups.items():
        asked = {"segment": segment, "level": level}
        if lang != LANGS[0]:
            asked["lang"] = lang
        name = plain(columns.named(model.facts.segments.loc[segment], lang))
        said = {"name": name, "level": t(f"common.level_{level}", lang)}
        first = places[: compare_state.MOST]
        if len(first) >= compare_state.LEAST:
            bar.page_link(
                pages.page("compare", lang),
                label=t("shortlist.compare", lang, count=len(first), **said),
                icon=":material/compare_arrows:",
                query_params={**asked, "places": ",".join(first)},
            )
        bar.page_link(
            pages.page("recommend", lang),
            label=t("shortlist.list", lang, **said),
            icon=":material/format_list_numbered:",
            query_params={**asked, "place": places[0]},
        )


def changes(model: Model, held: Overrides, lang: str) -> pd.DataFrame:
    """Draw every override with the model's rank and the one shown; return the table."""
    facts, items = model.facts, held.items
    with st.spinner(t("decide.checking", lang)):
        listed = overriding.listed(model, held, cache.ranking)
    names = {level: cache.names(facts, level, lang) for level in LEVELS}
    segments = dict(facts.segments[f"name_{lang}"])
    rows = override_tables.decisions(listed, items, segments, names, lang)
    st.markdown(f"**{t('decide.count', lang, count=len(items))}**")
    idle = int((listed["idle"] != "").sum())
    if idle:
        st.warning(t("decide.idle_note", lang, count=idle))
    headings = columns.labels(list(rows), lang, "decide")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        height=HEIGHT if len(rows) > HEIGHT // ROW - 1 else "auto",
        column_config={
            headings[name]: st.column_config.Column(width=width)
            for name, width in WIDTHS.items()
        },
        alt=t("decide.alt_table", lang),
    )
    remove(rows, held, lang)
    return rows.rename(columns=headings)


def remove(rows: pd.DataFrame, held: Overrides, lang: str) -> None:
    """Draw the choice of overrides to let go of."""
    said = [
        columns.GAP.join((row.segment, row.place, row.kind))
        for row in rows.itertuples()
    ]
    # By what they are, so that none is taken for another after a change.
    labels = dict(zip(held.items, said, strict=True))
    short = {ov.to_short(Overrides((one,))): one for one in held.items}
    picked = st.multiselect(
        t("decide.choose_removed", lang),
        list(short),
        format_func=lambda text: labels[short[text]],
        key=REMOVED,
        placeholder=t("decide.choose_hint", lang),
    )
    if picked:
        st.button(
            t("decide.remove_chosen", lang, count=len(picked)),
            key="decide_remove",
            on_click=override_state.remove,
            args=tuple(short[text] for text in picked),
        )


def save(table: pd.DataFrame, lang: str) -> None:
    """Offer the overrides alone, as files for the command line and for people."""
    reason = t("decide.col_reason", lang)
    bar = st.container(horizontal=True)
    bar.download_button(
        t("decide.save", lang),
        override_state.save(),
        file_name="siteselect_overrides.json",
        mime="application/json",
        on_click="ignore",
        help=t("shortlist.save_changes_help", lang),
    )
    bar.download_button(
        t("decide.save_csv", lang),
        tables.csv(table.assign(**{reason: table[reason].map(cells.guard)})),
        file_name="siteselect_overrides.csv",
        mime="text/csv",
        on_click="ignore",
    )


def files(model: Model, held: Decisions, lang: str) -> None:
    """Offer all decisions as a file, and take one, of overrides alone too."""
    st.header(t("decide.files", lang), anchor=False)
    if held.shortlist or held.overrides.items or held.history:
        st.caption(t("decide.private", lang))
        st.download_button(
            t("shortlist.save", lang),
            shortlist.to_json(held),
            file_name="siteselect_decisions.json",
            mime="application/json",
            on_click="ignore",
            type="primary",
        )
    times = st.session_state.get(override_state.TAKEN, 0)
    brought = st.file_uploader(
        t("decide.open", lang),
        type=["json"],
        key=f"overrides_file_{times}",
        max_upload_size=MOST_UPLOAD,
    )
    if error := override_state.failed():
        refused(error, lang)
    elif (counts := st.session_state.pop(override_state.DONE, None)) is not None:
        places, changed = counts
        st.success(t("shortlist.taken", lang, places=places, changes=changed))
    if brought is not None:
        offer(model, brought.getvalue(), held, lang)


def offer(model: Model, content: bytes, held: Decisions, lang: str) -> None:
    """Say what a file holds, and ask what to do with it."""
    try:
        inside = shortlist.from_json(content)
        shortlist.check(inside, model.facts)
    except (DecisionError, OverrideError) as error:
        refused(error, lang)
        return
    counts = {"places": len(inside.shortlist), "changes": len(inside.overrides.items)}
    st.markdown(t("shortlist.file_holds", lang, **counts))
    choices = [("take", True)]
    if held.shortlist or held.overrides.items:
        st.caption(
            t(
                "shortlist.file_or",
                lang,
                places=len(held.shortlist),
                changes=len(held.overrides.items),
            )
        )
        choices = [("take_add", False), ("take_replace", True)]
    bar = st.container(horizontal=True)
    for name, replace in choices:
        bar.button(
            t(f"decide.{name}", lang),
            key=f"decide_{name}",
            on_click=shortlist_state.take,
            args=(content, replace, model.facts),
        )


def refused(error: Exception, lang: str) -> None:
    """Say why a change or a file was not taken."""
    if isinstance(error, DecisionError):
        why = t(f"shortlist.fault_{error.kind}", lang, name=error.name)
    else:
        why = message(error, lang)
    st.error(plain(t("decide.refused", lang, why=why)))
