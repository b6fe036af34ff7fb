"""Figures that a visitor brings: what becomes of each, and what moves with them.

All of it is held in the visitor's session: nothing here may go into a shared cache.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st

from app.ui import uploaded
from app.ui.what_if_planned import assumed
from data import DataError, Facts
from data.importers.result import Result
from data.schema import LEVELS, OWN_DATA
from features import Known
from features.as_of import known_from
from features.transform import latest
from model.assumptions import Assumption, AssumptionError, checked
from model.score import Model, ranking, with_ranges
from model.what_if import refusal, share_limits, supposed, transported
from model.wording import Text

HELD, MOVES, TIMES = "bring_held", "bring_moves", "bring_times"
# How many places move in each segment of a level, once asked.
COUNTS = "bring_counts"
# Rankings kept for a visitor who goes to and fro between them.
KEPT = 8
# What becomes of a figure: the first three are those that count or change nothing.
STATES = ("new", "replaces", "same", "refused", "older", "twice", "planned")
COUNTED = ("new", "replaces")
# Where the place is chosen whose present figures are to be had as a file.
OF = "bring_of"
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
    assumed : tuple of Assumption
        The figures that count.
    """

    name: str
    result: Result
    figures: pd.DataFrame
    assumed: tuple[Assumption, ...]

    def places(self, level: str, facts: Facts) -> set[str]:
        """Return the places of a level that a figure which counts speaks of.

        A city's figures are also its districts'.
        """
        mine = {one.place for one in self.assumed if one.level == level}
        if level != "city":
            cities = {one.place for one in self.assumed if one.level == "city"}
            parents = facts.places.loc[level, "parent"]
            mine |= set(parents.index[parents.isin(list(cities))])
        return mine


def held() -> Brought | DataError | None:
    """Return what this visitor brought, or why it could not be read."""
    return st.session_state.get(HELD)


def drop() -> None:
    """Let go of what was brought."""
    for name in (HELD, MOVES, COUNTS):
        st.session_state.pop(name, None)


def clear() -> None:
    """Let go of what was brought, and of the file: the next uploader is empty."""
    drop()
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1


def of(level: str, place: str) -> str:
    """Name a place of either level in the list of all."""
    return f"{level}:{place}" if place else ""


def choose_of() -> None:
    """Write the place chosen in the list of all to the URL, with its level."""
    if chosen := st.session_state[OF]:
        st.query_params["level"], st.query_params["place"] = chosen.split(":")
    elif "place" in st.query_params:
        del st.query_params["place"]


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
    return Brought(name, result, figures, tuple(assumed(counted)))


def judged(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """Say of each figure what becomes of it (see :class:`Brought`).

    As among the facts, the newest figure of a place counts, one read in the source
    before any second-hand one. Of one period the figure brought counts.
    """
    rows = rows.reset_index(drop=True).assign(value=lambda t: t["value"].astype(float))
    rows = rows.join(_taken(model, rows))
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


def _taken(model: Model, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figure that the ranking takes now in place of each."""
    blank = {"known": np.nan, "known_period": "", "known_source": ""}
    parts = [pd.DataFrame(blank, index=rows.index[:0])]
    for level, mine in rows.groupby("level"):
        table = model.tables[str(level)]
        values, figures = table.values[str(level)], table.figures[str(level)]
        at = values.index.get_indexer(mine["place"])
        column = values.columns.get_indexer(mine["indicator"])
        there = (at >= 0) & (column >= 0)
        value = np.where(there, values.to_numpy()[at, column], np.nan)
        keys = pd.MultiIndex.from_frame(mine[["place", "indicator"]])
        cited = figures[["period", "source_id"]].reindex(keys).fillna("")
        made = {"known": value, "known_period": cited["period"].to_numpy()}
        made["known_source"] = cited["source_id"].to_numpy()
        parts.append(pd.DataFrame(made, index=mine.index))
    return pd.concat(parts).reindex(rows.index)


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
    blank = {"second_hand": False, "published": "", "lag_months": 0}
    mine = mine.fillna({**blank, "licence_received": OWN_DATA})
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
    for at, one in zip(rows.index, assumed(rows), strict=True):
        try:
            if one.place not in model.tables[one.level].history.places:
                raise AssumptionError("place", one.place)
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
        names = model.facts.indicators.loc[name, ["name_zh", "name_en"]]
        zh, en = (refusal(AssumptionError("share", str(said))) for said in names)
        found |= dict.fromkeys(bad.index, Text(zh.zh, en.en))
    return found


def moved(model: Model, held: Brought, segment: str, level: str) -> pd.DataFrame:
    """Return the moves of a ranking, made once for this visitor."""
    kept = st.session_state.setdefault(MOVES, {})
    if (segment, level) not in kept:
        for name in list(kept)[: len(kept) + 1 - KEPT]:
            del kept[name]
        kept[segment, level] = moves(model, held, segment, level)
    return kept[segment, level]


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
    after = ranking(supposed(model, held.assumed), segment, level)
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


def counts(
    model: Model, held: Brought, level: str, segments: Iterable[str]
) -> dict[str, int]:
    """Return how many places of a level move in each of some segments, most first.

    Those where nobody moves are left out. Made once for this visitor.
    """
    kept = st.session_state.setdefault(COUNTS, {})
    if level not in kept:
        found = {}
        for segment in segments:
            table = moves(model, held, segment, level)
            found[segment] = int((table["moved"] != 0).sum())
        order = sorted(found.items(), key=lambda pair: -pair[1])
        kept[level] = {segment: many for segment, many in order if many}
    return kept[level]


def read(model: Model, figures: pd.DataFrame, level: str) -> pd.Series:
    """Return which figures the ranking of a level reads."""
    lineage = model.tables[level].lineage
    pairs = set(zip(lineage["level"], lineage["indicator"], strict=True))
    mine = zip(figures["level"], figures["indicator"], strict=True)
    return pd.Series([pair in pairs for pair in mine], index=figures.index, dtype=bool)
