"""我的数据 Your data: a file of new figures, what it says, and which ranks it moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from app.commands.errors import message
from app.commands.imports import folded
from app.export import tables
from app.ui import (
    bring_charts,
    bring_state,
    bring_tables,
    cache,
    columns,
    override_state,
    state,
    uploaded,
)
from app.ui.bring_state import COUNTED, OF, STATES, Brought
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from app.views import controls, override, own
from data import DataError, Facts
from data.importers.result import Result
from data.schema import LEVELS
from model.score import Model

# Parameters of other pages that this one uses too.
SHARED = ("segment", "level")
# Places drawn in the picture, lines said of a file, rows of a table without scrolling.
MOST_DRAWN, MOST_SAID, MOST_HIGH = 15, 10, 14
ROW = 35
WIDTHS = {
    **{"row": 60, "sheet": 90, "reason": 520, "near": 200},
    **{"place": 150, "indicator": 190, "known": 250, "brought": 120, "period": 76},
    **{"becomes": 190, "read": 84, "source": 150},
    **{"rank_after": 90, "rank_before": 90, "moved": 70},
    **{"range_before": 110, "range_after": 120},
}


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("bring.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("bring.lead", lang))
    chosen, notes = state.read(st.query_params.to_dict(), model.facts)
    lines = [
        controls.replaced(model.facts, note, lang)
        for note in notes
        if note.name in (*SHARED, "lang")
    ]
    if lines:
        st.warning("  \n".join(lines))
    choose(model, chosen, lang)
    brought = bring_state.held()
    if isinstance(brought, DataError):
        st.error(plain(message(brought, lang)))
        st.markdown(t("bring.unread", lang))
    elif brought is not None:
        says(model, brought, chosen.level, lang)
        changes(model, brought, chosen.segment, chosen.level, lang)
    st.header(t("bring.keep", lang), anchor=False)
    st.markdown(t("bring.keep_lead", lang))
    own.commands(lang)


def choose(model: Model, chosen: State, lang: str) -> None:
    """Draw the first step: what to fill in, and the file."""
    st.header(t("bring.choose", lang), anchor=False)
    st.markdown(t("bring.choose_lead", lang))
    own.row(model.facts, "indicators", t("bring.template", lang), lang)
    present(model, chosen, lang)
    times = st.session_state.get(bring_state.TIMES, 0)
    given = st.file_uploader(
        t("bring.open", lang),
        type=[suffix[1:] for suffix in uploaded.SUFFIXES],
        key=f"bring_file_{times}",
        on_change=bring_state.drop,
        help=t("bring.open_help", lang),
    )
    st.caption(t("bring.private", lang))
    # After another page the box is empty and what was brought is still held.
    if given is not None and bring_state.held() is None:
        with st.spinner(t("bring.reading", lang)):
            bring_state.take(model, given.name, given.getvalue())


def present(model: Model, chosen: State, lang: str) -> None:
    """Offer the figures known of a place, to write new ones over them."""
    names = {
        bring_state.of(level, code): name
        for level in LEVELS
        for code, name in cache.names(model.facts, level, lang).items()
    }
    st.session_state[OF] = bring_state.of(chosen.level, chosen.place) or None
    with st.container(border=True):
        left, right = st.columns([7, 2], vertical_alignment="bottom")
        left.selectbox(
            t("bring.of", lang),
            list(names),
            index=None,
            format_func=names.__getitem__,
            key=OF,
            placeholder=t("bring.of_hint", lang),
            filter_mode="contains",
            on_change=bring_state.choose_of,
            help=t("bring.of_help", lang),
        )
        about = chosen.level, chosen.place
        right.download_button(
            t("bring.of_download", lang),
            lambda: bring_tables.present(model, *about, lang),
            file_name=f"siteselect_{'_'.join(about)}.xlsx",
            mime=own.MIME[".xlsx"],
            disabled=not chosen.place,
            on_click="ignore",
        )


def says(model: Model, held: Brought, level: str, lang: str) -> None:
    """Draw the second step: what of the file is taken, and what is not and why."""
    st.header(t("bring.says", lang), anchor=False)
    bar = st.container(
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    )
    bar.markdown(t("bring.file", lang, name=plain(held.name)), width="content")
    bar.button(t("bring.clear", lang), on_click=bring_state.clear)
    result, figures = held.result, held.figures
    counted = int(figures["state"].isin(COUNTED).sum())
    numbers(
        {
            "rows": result.rows,
            "accepted": result.accepted,
            "rejected": len(result.rejected),
            "counted": counted,
        },
        lang,
    )
    if result.rejected:
        refused(result, lang)
    aside(result, lang)
    if figures.empty:
        st.info(t("bring.none_accepted", lang))
        return
    st.markdown(f"**{t('bring.accepted', lang)}**")
    rows = bring_tables.accepted(model, held, level, lang)
    table(rows, "accepted", lang)
    cut(len(figures), lang)
    st.caption(tally(figures, lang))
    st.download_button(
        t("bring.download_ours", lang, rows=len(figures)),
        lambda: bring_tables.ours(held),
        file_name="siteselect_brought.csv",
        mime="text/csv",
        on_click="ignore",
    )


def numbers(values: Mapping[str, int | str], lang: str) -> None:
    """Draw some numbers side by side."""
    spots = st.container(horizontal=True)
    for name, value in values.items():
        spots.metric(t(f"bring.count_{name}", lang), value, border=True)


def refused(result: Result, lang: str) -> None:
    """Draw the rows that are not taken, each with its number and its reason."""
    st.warning(t("bring.rejected", lang, count=len(result.rejected)))
    table(bring_tables.rejected(result, lang), "rejected", lang)
    cut(len(result.rejected), lang)


def aside(result: Result, lang: str) -> None:
    """Say what holds for the whole file, and what was read otherwise than written."""
    said = [zh if lang == "zh" else en for zh, en in result.general]
    said += folded(result.remarks, lang)
    if not said:
        return
    shown = [plain(line) for line in said[:MOST_SAID]]
    if said[MOST_SAID:]:
        more = len(said) - MOST_SAID
        shown.append(t("scenario.file_more", lang, count=more))
    st.info(t("bring.noticed", lang) + "  \n" + "  \n".join(shown))


def cut(count: int, lang: str) -> None:
    """Say how many rows a long table leaves out."""
    if count > bring_tables.SHOWN:
        st.caption(t("bring.cut", lang, shown=bring_tables.SHOWN, rows=count))


def tally(figures: pd.DataFrame, lang: str) -> str:
    """Say how many figures become what, and how many would wait once imported."""
    counts = figures["state"].value_counts()
    parts = [
        t("bring.tally", lang, state=t(f"bring.state_{name}", lang), count=counts[name])
        for name in STATES
        if name in counts
    ]
    said = t("common.list_gap", lang).join(parts)
    if waits := int(figures["waits"].sum()):
        said += "  \n" + t("bring.waits", lang, count=waits)
    return said


def table(rows: pd.DataFrame, name: str, lang: str) -> None:
    """Draw a table of the page, long ones to scroll in."""
    headings = columns.labels(list(rows), lang, "bring")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        height=ROW * MOST_HIGH if len(rows) > MOST_HIGH else "content",
        column_config={
            headings[column]: st.column_config.Column(
                width=WIDTHS[column], alignment="left"
            )
            for column in rows
        },
        alt=t(f"bring.alt_{name}", lang),
    )


def changes(model: Model, held: Brought, segment: str, level: str, lang: str) -> None:
    """Draw the third step: who moves in a ranking with the figures brought."""
    st.header(t("bring.moves", lang), anchor=False)
    asked(model.facts, segment, level, lang)
    if not cache.ranking(model, segment, level)["confidence"].iloc[0]:
        st.warning(t("recommend.confidence_none", lang))
        return
    counted = held.figures[held.figures["state"].isin(COUNTED)]
    if counted.empty:
        st.info(t("bring.none_counted", lang))
        return
    about = (segment, level)
    reads = bring_state.read(model, counted, level)
    with st.spinner(t("bring.working", lang)):
        found = bring_state.moved(model, held, segment, level)
    st.warning(t("bring.assumed", lang, count=len(counted), read=int(reads.sum())))
    unread(model.facts, counted[~reads], level, lang)
    if not (found["moved"] != 0).any():
        st.info(t("bring.nobody" if reads.any() else "bring.none_read", lang))
        if reads.any():
            elsewhere(model, held, level, lang)
        return
    moved = int((found["moved"] != 0).sum())
    numbers(
        {
            "moved": f"{moved} / {len(found)}",
            "up": f"+{found['moved'].max()}",
            "down": f"{found['moved'].min():+d}",
        },
        lang,
    )
    short = cache.short_names(model.facts, level, lang)
    if lines := bring_tables.mine(found, short, lang):
        said = [t("bring.mine", lang), *map(plain, lines)]
        if more := int(found["mine"].sum()) - len(lines):
            said.append(t("bring.mine_more", lang, count=more))
        st.markdown("  \n".join(said))
    picture = bring_tables.picture(found, short, MOST_DRAWN)
    st.altair_chart(
        bring_charts.movers(picture, lang, state.ground()),
        alt=t("bring.alt_movers", lang),
    )
    st.caption(t("bring.drawn", lang, shown=len(picture), moved=moved))
    names = cache.names(model.facts, level, lang)
    table(bring_tables.moved(found, names, lang), "moved", lang)
    st.caption(t("bring.range_note", lang))
    override.noted([(names[code], *about, code) for code in found.index], lang)

    def content() -> bytes:
        rows = bring_tables.file(model, held, found, segment, level)
        places = [(*about, code) for code in found.index]
        return tables.csv(override_state.marked(rows, places, "override", lang))

    st.download_button(
        t("bring.download_moves", lang, rows=len(found)),
        content,
        file_name=f"siteselect_moves_{segment}_{level}.csv",
        mime="text/csv",
        on_click="ignore",
        type="primary",
    )


def elsewhere(model: Model, held: Brought, level: str, lang: str) -> None:
    """Offer to look in which segments of the level somebody moves, and say it."""
    known = level in st.session_state.get(bring_state.COUNTS, {})
    if not known and not st.button(
        t("bring.elsewhere", lang), icon=":material/search:"
    ):
        return
    spot = st.empty()

    names = model.facts.segments[f"name_{lang}"]
    many = len(names)

    def ranked() -> Iterable[str]:
        """Yield the segments that have ranks, with a bar that names each."""
        for done, segment in enumerate(names.index):
            said = t("bring.looking", lang, name=names[segment], at=done + 1, many=many)
            spot.progress(done / many, text=plain(said))
            if cache.ranking(model, segment, level)["confidence"].iloc[0]:
                yield segment

    found = bring_state.counts(model, held, level, ranked())
    spot.empty()
    listed = t("common.list_gap", lang).join(
        t("bring.elsewhere_one", lang, name=names[segment], count=count)
        for segment, count in found.items()
    )
    key = "bring.elsewhere_found" if found else "bring.elsewhere_none"
    at = t(f"common.level_{level}", lang)
    st.markdown(plain(t(key, lang, level=at, names=listed)))


def asked(facts: Facts, segment: str, level: str, lang: str) -> None:
    """Draw which ranking is looked at."""
    state.fill({"segment": segment, "level": level})
    left, right = st.columns([6, 4])
    controls.which(left, right, facts, lang, state.write, "level")


def unread(facts: Facts, rows: pd.DataFrame, level: str, lang: str) -> None:
    """Say which indicators brought the ranking does not read."""
    if rows.empty:
        return
    names = facts.indicators.loc[rows["indicator"].unique(), f"name_{lang}"]
    said = t("common.list_gap", lang).join(names)
    at = t(f"common.level_{level}", lang)
    st.caption(t("bring.unread_indicators", lang, level=at, names=plain(said)))
