"""验证 Evidence: how well the ranking has proved to be, and how it is made."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.export import tables
from app.ui import cache, columns, evidence_charts, evidence_tables, state
from app.ui.columns import plain
from app.ui.evidence_tables import Entry
from app.ui.state import Note
from app.ui.words import t
from app.views import controls, evidence_method, evidence_model
from features import shift
from model import task
from model.score import Model

PROOFS = ("how_well", "method")
# Levels stand side by side.
ACROSS = 2


def page() -> None:
    """Draw the page."""
    lang = state.language()
    model = controls.begin(t("evidence.heading", lang), lang)
    if model is None:
        return
    st.markdown(t("evidence.lead", lang))
    if asked("proof", PROOFS, lang) == "method":
        evidence_method.section(model, lang)
    else:
        how_well(model, lang)


def asked(name: str, known: tuple[str, ...], lang: str) -> str:
    """Draw a choice that the URL keeps, and return it."""
    notes: list[Note] = []
    ids = dict(zip(known, known, strict=True))
    value = state.pick(st.query_params.to_dict(), name, ids, known[0], notes)
    for note in notes:
        said = {"name": t(f"evidence.param_{name}", lang), "value": plain(note.value)}
        used = plain(option(name, value, lang))
        st.warning(t("lens.bad_value", lang, **said, used=used))
    st.session_state[name] = value
    st.segmented_control(
        t(f"evidence.param_{name}", lang),
        known,
        format_func=lambda one: option(name, one, lang),
        key=name,
        required=True,
        on_change=state.write,
        args=(name,),
        label_visibility="collapsed",
    )
    return value


def option(name: str, value: str, lang: str) -> str:
    """Return how a choice is called."""
    key = f"common.level_{value}" if name == "tested" else f"evidence.{name}_{value}"
    return t(key, lang)


def how_well(model: Model, lang: str) -> None:
    """Draw what the manifest holds of the model's tests, and the model itself."""
    entries = evidence_tables.judged(model)
    if entries:
        verdicts(entries, lang)
        against(entries, lang)
        with st.expander(t("evidence.every", lang)):
            every(entries, lang)
        by_segment(model, entries, lang)
    else:
        st.info(t("evidence.nothing", lang))
    grades(model, lang)
    evidence_model.ranges(model, lang)
    evidence_model.section(model, lang)


def verdicts(entries: list[Entry], lang: str) -> None:
    """Say how the tests were made, and how many were won, lost or neither."""
    for origin, months in dict.fromkeys(
        (entry["as_of"], entry["horizon_months"]) for entry in entries
    ):
        until = shift(origin, months)
        said = {"origin": origin, "months": months, "until": until}
        st.markdown(t("evidence.protocol", lang, **said))
    counts = evidence_tables.tally(entries, lang)
    st.markdown(f"**{t('evidence.in_all', lang, **counts)}**")
    # Side by side on a phone too.
    bar = st.container(horizontal=True)
    for name in ("better", "same", "worse"):
        bar.metric(
            t(f"evidence.verdict_{name}", lang).capitalize(),
            t("evidence.of", lang, some=counts[name], count=counts["count"]),
            help=t(f"evidence.help_{name}", lang),
            border=True,
            width="content",
        )
    st.caption(t("evidence.by_chance", lang))


def against(entries: list[Entry], lang: str) -> None:
    """Draw the model against the best simple rule: a picture and words a level."""
    st.header(t("evidence.against", lang), anchor="against")
    st.caption(t("evidence.against_note", lang))
    found = [evidence_tables.tasks(entry, lang) for entry in entries]
    span = evidence_charts.reach(told) if (told := [f for f in found if len(f)]) else ()
    for start in range(0, len(entries), ACROSS):
        spots = st.columns(ACROSS, gap="medium")
        pairs = zip(entries[start:], found[start:], spots, strict=False)
        for entry, table, spot in pairs:
            with spot:
                level(entry, table, span, lang)
    with st.expander(t("evidence.tasks", lang)):
        st.markdown(
            "\n".join(
                f"- **{t(f'evidence.task_{name}', lang)}**"
                f"{t('evidence.colon', lang)}{t(f'evidence.asks_{name}', lang)}"
                for name in dict.fromkeys(n for e in entries for n in e["tasks"])
            )
        )
        st.markdown(t("evidence.scoring", lang, least=task.MIN_POSITIVE))


def level(
    entry: Entry, table: pd.DataFrame, span: tuple[float, ...], lang: str
) -> None:
    """Draw a level's picture, and a sentence for each of its tasks."""
    name = t(f"common.level_{entry['level']}", lang)
    st.markdown(f"**{t('evidence.level', lang, level=name, origin=entry['as_of'])}**")
    if len(table):
        st.altair_chart(
            evidence_charts.lifts(table, (span[0], span[-1]), lang, state.ground()),
            alt=t("evidence.alt_lifts", lang, level=name),
        )
    # The same again for who cannot see the picture or wants the figures.
    lines = [f"- {sentence(row, lang)}" for row in table.to_dict("records")]
    lines += [
        f"- {t('evidence.unjudged', lang, task=t(f'evidence.task_{task_}', lang))}"
        for task_ in evidence_tables.unjudged(entry)
    ]
    with st.expander(t("evidence.in_words", lang)):
        st.markdown("\n".join(lines))


def sentence(row: dict[str, object] | pd.Series, lang: str) -> str:
    """Say a task's result in words; what the interval leaves open stays open."""
    said = t(
        "evidence.said",
        lang,
        task=row["name"],
        rule=row["rule"],
        verdict=t(f"evidence.verdict_{row['verdict']}", lang),
        ours=f"{row['ours']:.3f}",
        best=f"{row['best']:.3f}",
        **{
            key: evidence_tables.signed(float(str(row[key])))
            for key in ("value", "low", "high")
        },
    )
    top = row["ceiling"]
    if top is None or top != top:
        return said
    return said + t("evidence.said_ceiling", lang, ceiling=f"{top:.3f}")


def every(entries: list[Entry], lang: str) -> None:
    """Draw every ranking's figures, and offer them as a file."""
    st.caption(t("evidence.every_note", lang))
    for entry in entries:
        name = t(f"common.level_{entry['level']}", lang)
        st.markdown(
            f"**{t('evidence.level', lang, level=name, origin=entry['as_of'])}**"
        )
        rows = evidence_tables.beside(entry, lang)
        first, *others = list(rows)
        config = st.column_config
        st.dataframe(
            rows,
            hide_index=True,
            height=38 + 35 * len(rows),
            placeholder="",
            column_config={
                first: config.TextColumn(width=270),
                **{one: config.NumberColumn(format="%.3f") for one in others},
            },
            alt=t("evidence.alt_every", lang, level=name),
        )
    rows = evidence_tables.every(entries)
    st.download_button(
        t("evidence.download", lang, rows=len(rows)),
        tables.csv(rows.rename(columns=columns.labels(list(rows), lang, "evidence"))),
        file_name="siteselect_evidence.csv",
        mime="text/csv",
        on_click="ignore",
    )


def by_segment(model: Model, entries: list[Entry], lang: str) -> None:
    """Draw a task segment by segment, and which segments could not be judged."""
    st.header(t("evidence.by_segment", lang), anchor="segments")
    st.caption(t("evidence.by_segment_note", lang))
    bar = st.container(horizontal=True)
    with bar:
        # Not the other pages' level, which goes with a place.
        chosen = asked("tested", tuple({e["level"]: None for e in entries}), lang)
        # The newest months where several were judged.
        entry = max(
            (one for one in entries if one["level"] == chosen),
            key=lambda one: str(one["as_of"]),
        )
        offered = tuple(evidence_tables.by_segment(entry))
        name = asked("task", offered, lang) if offered else ""
    rows = evidence_tables.segments(model, entry, name, lang)
    if rows.empty:
        st.info(t("evidence.no_segments", lang))
        return
    says = rows["verdict"].value_counts()
    counts = {one: int(says.get(one, 0)) for one in ("better", "same", "worse")}
    st.markdown(
        t("evidence.segments_said", lang, count=len(rows), **counts)
        + t("evidence.segments_above", lang, above=int((rows["value"] > 0).sum()))
    )
    st.altair_chart(
        evidence_charts.segments(rows, lang, state.ground()),
        alt=t("evidence.alt_segments", lang, count=len(rows)),
    )
    if names := evidence_tables.left_out(model, entry, name, lang):
        gap = t("common.list_gap", lang)
        said = {"least": task.MIN_POSITIVE, "names": gap.join(names)}
        st.caption(plain(t("evidence.left_out", lang, **said)))


def grades(model: Model, lang: str) -> None:
    """Draw which segments have how much evidence, and what a grade means."""
    st.header(t("evidence.grades", lang), anchor="grades")
    found = cache.shared(evidence_tables.grades, model)
    names = model.facts.segments[f"name_{lang}"]
    gap = t("common.list_gap", lang)
    lines = []
    for grade, segments in found.items():
        means = t(f"recommend.confidence_{grade or 'none'}", lang)
        listed = gap.join(names[segment] for segment in segments)
        said = {"count": len(segments), "names": plain(listed)}
        lines.append(f"- **{means}** {t('evidence.graded', lang, **said)}")
    st.markdown("\n".join(lines))
