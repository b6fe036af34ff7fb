"""Figures that a visitor brings: what becomes of each, and what moves with them.

All of it is held in the visitor's session: nothing here may go into a shared cache.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app.ui import uploaded
from data import DataError, Facts
from data.importers.result import Result
from data.schema import LEVELS
from features import Known
from features.as_of import known_from
from features.transform import latest
from model.assumptions import Assumption, AssumptionError, checked
from model.score import Model, ranking, with_ranges
from model.what_if import refusal, share_limits, supposed, transported
from model.wording import Text

HELD, TIMES = "bring_held", "bring_times"
# What becomes of a figure: the first three are those that count or change nothing.
STATES = ("new", "replaces", "same", "refused", "older", "twice", "planned")
COUNTED = ("new", "replaces")
# Before the source of a figure brought: of the same period it comes last.
MINE = "~"
KEY = ["level", "place", "indicator"]


@dataclass(frozen=True)
class Brought:
    """A visitor's file and what it would change.

    Attributes
    ----------
    name : str
        Of the file.
    result : Result
        As ``import indicators`` reads it.
    figures : DataFrame
        The accepted rows with ``state`` (one of ``STATES``), ``why_zh, why_en`` (where
        refused), the figure the ranking takes now (``known, known_period,
        known_source``), and ``waits``: whether, once imported, another figure would
        stand before it.
    then : Model
        The trained model with the figures that count as assumptions.
    """

    name: str
    result: Result
    figures: pd.DataFrame
    then: Model

    def places(self, level: str, facts: Facts) -> set[str]:
        """Return the places of a level that a figure which counts speaks of.

        A city's figures are also its districts'.
        """
        counted = self.figures[self.figures["state"].isin(COUNTED)]
        held = set(counted.loc[counted["level"] == level, "place"])
        if level != "city":
            parents = facts.places.loc[level, "parent"]
            cities = set(counted.loc[counted["level"] == "city", "place"])
            held |= set(parents.index[parents.isin(cities)])
        return held


def held() -> Brought | DataError | None:
    """Return what this visitor brought, or why it could not be read."""
    return st.session_state.get(HELD)


def drop() -> None:
    """Let go of what was brought."""
    st.session_state.pop(HELD, None)


def clear() -> None:
    """Let go of what was brought, and of the file: the next uploader is empty."""
    drop()
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


def take(model: Model, name: str, content: bytes) -> None:
    """Read a file and hold what it says, or why it cannot be read."""
    known_as = uploaded.called(name)
    try:
        result = uploaded.figures(model.facts, known_as, content)
    except DataError as error:
        st.session_state[HELD] = error
        return
    st.session_state[HELD] = brought(model, known_as, result)


def brought(model: Model, name: str, result: Result) -> Brought:
    """Judge the accepted figures of a file, and assume those that count."""
    figures = judged(model, result.tables["observations"])
    counted = figures[figures["state"].isin(COUNTED)]
    assumed = [
        Assumption(row.level, row.place, row.indicator, row.value)
        for row in counted.itertuples()
    ]
    return Brought(name, result, figures, supposed(model, assumed))


def judged(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """Say of each figure what becomes of it (see :class:`Brought`).

    As among the facts, the newest figure of a place counts, one read in the source
    before any second-hand one. Of one period the figure brought counts.
    """
    rows = rows.reset_index(drop=True).assign(value=lambda t: t["value"].astype(float))
    rows = rows.assign(**_taken(model, rows))
    actual = rows[rows["status"] != "planned"]
    first = _winners(model.known, actual, MINE)
    keys, newest = (pd.MultiIndex.from_frame(one[KEY]) for one in (actual, first))
    state = pd.Series("planned", index=rows.index, dtype=object)
    state[actual.index] = np.where(keys.isin(newest), "twice", "older")
    same = first["value"] == first["known"]
    found = np.where(first["known"].isna(), "new", np.where(same, "same", "replaces"))
    state[first.index] = found
    why = _refused(model, rows[state.isin(COUNTED)])
    state[list(why)] = "refused"
    said = {
        f"why_{lang}": [
            getattr(why[at], lang) if at in why else "" for at in rows.index
        ]
        for lang in ("zh", "en")
    }
    # Once imported nothing says that they are the newest word.
    facts = _winners(model.known, actual, "")
    waits = state.isin(COUNTED) & ~rows.index.isin(facts.index)
    return rows.assign(state=state, waits=waits, **said)


def _taken(model: Model, rows: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the figure that the ranking takes now in place of each."""
    found = []
    for level, place, indicator in rows[KEY].itertuples(index=False, name=None):
        table = model.tables[level]
        values, figures = table.values[level], table.figures[level]
        there = place in values.index and indicator in values.columns
        value = values.at[place, indicator] if there else np.nan
        period, source = "", ""
        if (place, indicator) in figures.index:
            period, source = figures.loc[(place, indicator), ["period", "source_id"]]
        found.append((value, period, source))
    names = ("known", "known_period", "known_source")
    return {name: [one[at] for one in found] for at, name in enumerate(names)}


def _winners(known: Known, rows: pd.DataFrame, mark: str) -> pd.DataFrame:
    """Return the figures brought that are the newest word, in their order.

    Parameters
    ----------
    known : Known
    rows : DataFrame
        Figures brought.
    mark : str
        Before their sources; without one they are as any fact, known in time.
    """
    names = pd.Index(rows["source_id"].unique())
    mine = known.sources.reindex(names)
    # The entry of the visitor's own table is made when it is imported.
    mine = mine.fillna({"second_hand": False, "published": "", "lag_months": 0})
    marked = rows.assign(source_id=mark + rows["source_id"], at=rows.index)
    mine = mine.set_axis(mark + names)
    mine = mine[~mine.index.isin(known.sources.index)]
    sources = pd.concat([known.sources, mine])
    if not mark:
        marked = marked[(known_from(marked, sources) <= known.as_of).to_numpy()]
    before = known.observations.assign(at=-1)
    both = pd.concat([before, marked.reindex(columns=list(before))], ignore_index=True)
    all_known = replace(known, observations=both, sources=sources)
    at = pd.concat([latest(all_known, level)["at"] for level in LEVELS])
    return rows.loc[sorted(at[at >= 0])]


def _refused(model: Model, rows: pd.DataFrame) -> dict[int, Text]:
    """Say which figures cannot be assumed, and why."""
    found = {}
    for at, row in zip(rows.index, rows.itertuples(), strict=True):
        one = Assumption(row.level, row.place, row.indicator, row.value)
        try:
            if row.place not in model.tables[row.level].history.places:
                raise AssumptionError("place", row.place)
            checked(model.known, [one])
        except AssumptionError as error:
            found[at] = refusal(error)
    for level in LEVELS:
        mine = rows[(rows["level"] == level) & ~rows.index.isin(list(found))]
        found |= _beyond(model, mine, level)
    return found


def _beyond(model: Model, rows: pd.DataFrame, level: str) -> dict[int, Text]:
    """Refuse the parts of a whole, and wholes, that would not fit each other."""
    found: dict[int, Text] = {}
    cells = rows.pivot(index="place", columns="indicator", values="value")
    values = model.tables[level].values[level].loc[cells.index].copy()
    values.update(cells)
    for name, (base, most) in share_limits(model, level).items():
        above = values[name].fillna(0) > most * values[base].fillna(np.inf)
        pair = rows["indicator"].isin([name, base])
        bad = rows[pair & rows["place"].isin(above.index[above])]
        why = refusal(AssumptionError("share", name))
        found |= dict.fromkeys(bad.index, why)
    return found


def moves(model: Model, held: Brought, segment: str, level: str) -> pd.DataFrame:
    """Rank a level with the figures brought, beside the present ranking.

    Returns
    -------
    DataFrame
        By place, in the new order: ``rank_before, rank_after, moved`` (ranks won),
        ``score_before, score_after, low_before, high_before, low_after, high_after``
        (see :func:`model.what_if.transported`), and ``mine``: whether a figure
        brought speaks of it.
    """
    before = ranking(model, segment, level).set_index("place")
    after = ranking(held.then, segment, level)
    if (drawn := model.drawn(segment, level)) is not None:
        ranks = after.set_index("place")["rank"]
        old, new = (one.reindex(drawn.places) for one in (before["rank"], ranks))
        after = with_ranges(after, transported(drawn, old.to_numpy(), new.to_numpy()))
    after = after.set_index("place")
    before = before.reindex(after.index)
    ends = {
        f"{end}_{when}": table[f"rank_{end}"]
        for when, table in (("before", before), ("after", after))
        for end in ("low", "high")
    }
    return pd.DataFrame(
        {
            "rank_before": before["rank"],
            "rank_after": after["rank"],
            "moved": before["rank"] - after["rank"],
            "score_before": before["score"],
            "score_after": after["score"],
            **ends,
            "mine": after.index.isin(list(held.places(level, model.facts))),
        }
    )


def read(model: Model, figures: pd.DataFrame, level: str) -> pd.Series:
    """Return which figures the ranking of a level reads."""
    lineage = model.tables[level].lineage
    pairs = set(zip(lineage["level"], lineage["indicator"], strict=True))
    mine = zip(figures["level"], figures["indicator"], strict=True)
    return pd.Series([pair in pairs for pair in mine], index=figures.index, dtype=bool)
