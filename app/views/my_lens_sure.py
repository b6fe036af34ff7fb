"""How firm a ranking of one's own is: chances, drivers, and what is counted twice."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from app.ui import cache, columns, my_lens_charts, my_lens_tables, state
from app.ui.columns import plain
from app.ui.words import t
from data.schema import LEVELS
from model import sensitivity
from model.own_index import OwnRanking
from model.score import Model

SHOWN, FIRST = 12, 6
LEFT_OUT = 12
# The same number of decimals in every row.
FORMATS = {"correlation": "%.2f", "share": "%.1f"}


def section(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw chances of ranks, central weights, drivers and overlaps."""
    chances(model, ours, lang)
    one, other = st.columns(2, gap="large")
    with one:
        drivers(model, ours, lang)
    with other:
        central(model, ours, lang)
    one, other = st.columns(2, gap="large")
    with one:
        leave_one_out(model, ours, lang)
    with other:
        overlaps(model, ours, lang)
    reversals(model, ours, lang)


def chances(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw the chance of each of the first places for each rank."""
    drawn = cache.own_draws(model, ours.lens)
    st.subheader(t("mine.chances_title", lang), anchor=False)
    st.caption(t("mine.chances_note", lang, draws=f"{len(drawn.ranks):,}"))
    names = cache.short_names(model.facts, ours.lens.level, lang)
    first = pd.Index(ours.table["place"].head(SHOWN))
    held = drawn.chances(first, SHOWN)
    held.index = first.map(names).rename("name")
    long = held.reset_index().melt("name", var_name="rank", value_name="chance")
    st.altair_chart(
        my_lens_charts.chances(long, lang, state.ground()),
        alt=t("mine.alt_chances", lang),
    )


def drivers(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw which choice moves the ranks most."""
    st.subheader(t("mine.sobol_title", lang), anchor=False)
    st.caption(t("mine.sobol_note", lang))
    with st.spinner(t("mine.sobol_working", lang)):
        found = cache.own_drivers(model, ours.lens)
    names = [t(f"mine.factor_{name}", lang) for name in found["factor"]]
    st.altair_chart(
        my_lens_charts.drivers(found.assign(name=names), lang, state.ground()),
        alt=t("mine.alt_sobol", lang),
    )


def central(model: Model, ours: OwnRanking, lang: str) -> None:
    """Say which weights put a place first, for those that any do."""
    st.subheader(t("mine.central_title", lang), anchor=False)
    drawn = cache.own_draws(model, ours.lens, any_weights=True)
    chance = drawn.chance_first(1).sort_values(ascending=False)
    st.caption(t("mine.central_note", lang, count=int((chance > 0).sum())))
    names = cache.short_names(model.facts, ours.lens.level, lang)
    for place, share in chance[chance > 0].head(FIRST).items():
        weights = my_lens_tables.central(drawn, ours.index, str(place))
        said = t("common.list_gap", lang).join(
            f"{t(f'common.pillar_{name}', lang)} {weight:.0f}%"
            for name, weight in weights.sort_values(ascending=False).items()
        )
        name = plain(names[str(place)])
        values = {"place": name, "chance": f"{share:.0%}", "weights": said}
        st.markdown(t("mine.central_line", lang, **values))


def leave_one_out(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw how the ranks shift without each indicator."""
    st.subheader(t("mine.leave_title", lang), anchor=False)
    st.caption(t("mine.leave_note", lang))
    found = sensitivity.leave_one_out(ours.index.among(ours.table["place"]))
    found = found.sort_values("mean", ascending=False).head(LEFT_OUT)
    names = cache.short_names(model.facts, ours.lens.level, lang)
    rows = pd.DataFrame(
        {
            "item": [
                my_lens_tables.name_of(model.facts, str(name), lang)
                for name in found.index
            ],
            "mean": found["mean"].round(1).to_numpy(),
            "largest": found["largest"].to_numpy(),
            "whose": found["place"].map(names).fillna("").to_numpy(),
            "first_10": found["first_10"].to_numpy(),
        }
    )
    _table(rows, lang, "mine.alt_leave_out")


def overlaps(model: Model, ours: OwnRanking, lang: str) -> None:
    """Draw the indicators that say much the same."""
    st.subheader(t("mine.overlap_title", lang), anchor=False)
    found = sensitivity.overlaps(ours.index)
    count = {
        "count": int((ours.index.nominal[ours.index.tree.leaves] > 0).sum()),
        "effective": sensitivity.effective_number(ours.index),
    }
    key = "mine.overlap_none" if found.empty else "mine.overlap_note"
    st.caption(t(key, lang, **count))
    if found.empty:
        return
    facts = model.facts
    rows = pd.DataFrame(
        {
            **{
                side: [my_lens_tables.name_of(facts, n, lang) for n in found[side]]
                for side in ("one", "other")
            },
            "correlation": found["correlation"].round(2),
            "share": (100 * found["share"]).round(1),
        }
    )
    _table(rows, lang, "mine.alt_overlap")


def _table(rows: pd.DataFrame, lang: str, alt: str) -> None:
    headings = columns.labels(list(rows), lang, "mine")
    st.dataframe(
        rows.rename(columns=headings),
        hide_index=True,
        column_config={
            headings[name]: st.column_config.NumberColumn(format=form)
            for name, form in FORMATS.items()
            if name in headings
        },
        alt=t(alt, lang),
    )


def reversals(model: Model, ours: OwnRanking, lang: str) -> None:
    """Say whether the order of the others stays when a place is left out."""
    st.subheader(t("mine.reversal_title", lang), anchor=False)
    if ours.index.keeps_order:
        st.caption(t("mine.reversal_kept", lang))
        return
    st.caption(t("mine.reversal_depends", lang))
    # One index for each place left out: seconds for cities, minutes for districts.
    if ours.lens.level != LEVELS[0] or not st.toggle(t("mine.reversal_try", lang)):
        return
    with st.spinner(t("mine.reversal_working", lang)):
        found = cache.own_reversals(model, ours.lens)
    moving = found[found["moved"] > 0]
    if moving.empty:
        st.caption(t("mine.reversal_none", lang))
        return
    worst = moving["moved"].idxmax()
    name = model.facts.places.at[(ours.lens.level, worst), f"name_{lang}"]
    counts = {"total": len(found), "count": len(moving)}
    counts["moved"] = int(moving["moved"].max())
    st.caption(plain(t("mine.reversal_some", lang, place=name, **counts)))
