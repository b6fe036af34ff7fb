"""What the ranking is worth where it never saw the city, the segment or the source."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from data import Facts
from data.tables import BY_NAME
from features import FeatureTable, assemble, at
from model import baselines, task
from model.evaluate import against_baselines, candidates
from model.fundamentals import Fundamentals
from model.judging import (
    FIT_METRICS,
    PLACE_METRICS,
    Judged,
    place_queries,
    segment_queries,
)
from model.progress import Progress, silent
from model.ranker import SiteRanker, training_set

KINDS = ("city", "segment", "source")
# Ids in one cell are joined by this.
JOIN = "|"


def without(
    facts: Facts,
    *,
    city: str | Iterable[str] | None = None,
    segment: str | None = None,
    source: str | None = None,
) -> Facts:
    """Return the facts as if a city, a segment's outcomes or a source were not there.

    Parameters
    ----------
    facts : Facts
        Not changed.
    city : str or iterable of str, optional
        Cities that go with all their districts, out of every table, so that they are
        no candidates either.
    segment : str, optional
        Segment that no outcome, strength or other row is of; it stays in the list of
        segments.
    source : str, optional
        Source whose rows go, out of every table but the list of sources.
    """
    kept = dict(facts.tables)
    if city is not None:
        places = _with_districts(facts, [city] if isinstance(city, str) else city)
        kept = {name: _not_in(rows, "place", places) for name, rows in kept.items()}
    if segment is not None:
        kept = {
            name: rows if name == "segments" else _not_of_segment(rows, segment)
            for name, rows in kept.items()
        }
    if source is not None:
        kept = {
            name: rows.head(0)
            if BY_NAME[name].source_id == source
            else (rows if name == "sources" else _not_in(rows, "source_id", {source}))
            for name, rows in kept.items()
        }
    cities = [city] if isinstance(city, str) else sorted(city or ())
    return _changed(facts, kept, f"without {cities} {segment} {source}")


def until(facts: Facts, month: str) -> Facts:
    """Return the facts without the outcomes dated after a month."""
    kept = dict(facts.tables)
    for name in ("filings", "outcomes"):
        when = kept[name]["month"].astype(str)
        ends = when.where(when.str.len() == 7, when + "-12")
        kept[name] = kept[name][(ends <= month).to_numpy(bool)]
    for name in ("listed_firms", "hardware_firms"):
        years = kept[name]["year"].astype(str) + "-12"
        kept[name] = kept[name][(years <= month).to_numpy(bool)]
    return _changed(facts, kept, f"until {month}")


def _changed(facts: Facts, tables: dict[str, pd.DataFrame], how: str) -> Facts:
    """Return facts with other tables, and a fingerprint that says so."""
    mark = hashlib.sha256(f"{facts.fingerprint} {how}".encode()).hexdigest()
    return replace(facts, tables=tables, fingerprint=mark)


def _with_districts(facts: Facts, cities: Iterable[str]) -> set[str]:
    gone = {*cities}
    places = facts["places"]
    return gone | {*places.loc[places["parent"].isin(gone), "place"]}


def _not_in(rows: pd.DataFrame, column: str, values: set[str]) -> pd.DataFrame:
    if column not in rows:
        return rows
    return rows[~rows[column].isin(values).to_numpy()].reset_index(drop=True)


def _not_of_segment(rows: pd.DataFrame, segment: str) -> pd.DataFrame:
    """Drop the rows of a segment, and its id where a cell holds several."""
    rows = _not_in(rows, "segment", {segment})
    if "segments" not in rows:
        return rows
    held = rows["segments"].astype(str)
    ids = held[held.str.contains(segment, regex=False)].str.split(JOIN)
    fewer = ids.map(lambda these: JOIN.join(i for i in these if i != segment))
    return rows.assign(
        segments=rows["segments"].where(~rows.index.isin(ids.index), fewer)
    )


def quick(ranker: SiteRanker | None = None) -> SiteRanker:
    """Return the ranker with one booster in place of an average of several.

    Many are trained for one table; both sides of a comparison are of this kind.
    """
    made = clone(ranker or SiteRanker(fundamentals=Fundamentals()))
    seeds = [name for name in made.get_params() if name.split("__")[-1] == "seeds"]
    return made.set_params(**dict.fromkeys(seeds, 1))


def leave_out(
    facts: Facts,
    kind: str,
    level: str,
    as_of: str,
    horizon: int = task.HORIZON,
    ranker: SiteRanker | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Judge the ranking where a city, a segment or a source was held out.

    Parameters
    ----------
    facts : Facts
    kind : {"city", "segment", "source"}
        ``city``: one fold for each city with an outcome in the horizon, the others
        together in a last one. A fold's model is trained on facts without its cities
        and scores the whole table; they take their standardised scores from it and
        are ranked among all. ``segment``: the same by segment. ``source``: facts
        without the source for training and scoring, judged on all outcomes.
    level : {"city", "district"}
    as_of : str
        Origin.
    horizon : int
        Months judged.
    ranker : SiteRanker, optional
        By default :func:`quick`.
    progress : Progress

    Returns
    -------
    dict
        ``level, as_of, horizon_months, leave_out, folds, tasks``; each task as in
        :func:`model.evaluate.judge` (figures of the model that held nothing out),
        with ``held_out`` (figures), ``held_out_lift`` (over the best baseline) and
        ``change`` (against the model). For sources those three stand in ``sources``,
        one entry for each.
    """
    ranker = ranker if ranker is not None else quick()
    table = assemble(at(facts, as_of), level)
    happened = task.outcomes_after(facts, level, as_of, horizon)
    full = train_on(facts, level, as_of, ranker)
    run = _Run(facts, table, happened, ranker, full)
    found = {"city": _cities, "segment": _segments, "source": _sources}[kind](
        run, progress
    )
    said = {"level": level, "as_of": as_of, "horizon_months": horizon}
    return {**said, "leave_out": kind, **found}


def train_on(facts: Facts, level: str, as_of: str, ranker: SiteRanker) -> SiteRanker:
    """Train as :func:`model.ranker.train`, without cutoffs that have no figure left.

    Raises
    ------
    ValueError
        When there is nothing to learn from.
    """
    tables, outcomes = training_set(facts, level, as_of)
    some = [row for row, table in enumerate(tables) if table.columns]
    if not some:
        raise ValueError("no figure is left to learn from")
    return clone(ranker).fit([tables[i] for i in some], [outcomes[i] for i in some])


class _Run:
    """One level and origin, and the model that held nothing out."""

    def __init__(
        self,
        facts: Facts,
        table: FeatureTable,
        happened: np.ndarray,
        ranker: SiteRanker,
        full: SiteRanker,
    ) -> None:
        self.facts, self.table, self.happened = facts, table, happened
        self.ranker = ranker
        self.model = standardised(full.predict(table))
        self.fit = full.predict_segments(table)
        self.baselines = baselines.rankings(table)

    def train(self, facts: Facts) -> SiteRanker | None:
        """Train on changed facts; None where they teach nothing."""
        level, as_of = self.table.level, self.table.as_of
        try:
            return train_on(facts, level, as_of, self.ranker)
        except ValueError:
            return None

    def judged(
        self, held: np.ndarray, held_fit: np.ndarray | None = None
    ) -> dict[str, Any]:
        """Judge held-out scores beside the model and the baselines, task by task."""
        segments, names = self.table.history.segments, list(self.baselines)
        scores = {"model": self.model, "held_out": held, **self.baselines}
        tasks: dict[str, Any] = {}
        for name, keep in candidates(self.table, self.facts).items():
            queries, left_out = segment_queries(keep, segments, self.happened, scores)
            tasks[name] = _compared(Judged(queries, PLACE_METRICS), names)
            tasks[name]["left_out"] = left_out
        if held_fit is not None:
            known = baselines.segment_rankings(self.table)
            both = {"model": self.fit, "held_out": held_fit, **known}
            places = self.table.history.places
            judged = Judged(place_queries(places, self.happened, both), FIT_METRICS)
            tasks["fit"] = _compared(judged, list(known))
            tasks["fit"]["places"] = tasks["fit"]["segments"]
            tasks["fit"]["segments"] = len(segments)
        return tasks


def standardised(scores: np.ndarray) -> np.ndarray:
    """Return scores of shape (S, P) as z-scores over the places."""
    spread = scores.std(axis=1, keepdims=True)
    centred = scores - scores.mean(axis=1, keepdims=True)
    return centred / np.where(spread > 0, spread, 1.0)


def _compared(judged: Judged, names: list[str]) -> dict[str, Any]:
    """Return the figures against the baselines, and those of the held-out ranking."""
    said = against_baselines(judged, names)
    everywhere = dict.fromkeys(judged.wanted, "model")
    return {
        **said,
        "held_out": judged.mean("held_out"),
        "held_out_lift": judged.lift("held_out", said["best_baseline"]),
        "change": judged.lift("held_out", everywhere),
    }


def folds_of_cities(
    table: FeatureTable, happened: np.ndarray, facts: Facts
) -> list[tuple[str, ...]]:
    """Return one fold for each city with an outcome, and one with all the others."""
    city = _city_of(table, facts)
    some = pd.unique(city[happened.sum(axis=0) > 0])
    rest = tuple(sorted({*city} - {*some}))
    return [*((code,) for code in sorted(some)), *([rest] if rest else [])]


def _city_of(table: FeatureTable, facts: Facts) -> np.ndarray:
    """Return the city of each candidate."""
    places = table.history.places
    if table.level == "city":
        return places.to_numpy(object)
    parent = facts.places.loc["district", "parent"]
    return parent.reindex(places).to_numpy(object)


def _cities(run: _Run, progress: Progress) -> dict[str, Any]:
    folds = folds_of_cities(run.table, run.happened, run.facts)
    city = _city_of(run.table, run.facts)
    held, held_fit = np.zeros_like(run.model), np.zeros_like(run.fit)
    for codes in progress(folds, "leave out city", len(folds)):
        fitted = run.train(without(run.facts, city=codes))
        if fitted is None:
            continue
        own = np.isin(city, codes)
        held[:, own] = standardised(fitted.predict(run.table))[:, own]
        held_fit[:, own] = fitted.predict_segments(run.table)[:, own]
    return {
        "folds": [list(codes) for codes in folds],
        "tasks": run.judged(held, held_fit),
    }


def taught(happened: np.ndarray) -> list[int]:
    """Return the rows of the segments that had an outcome."""
    return [int(row) for row in np.flatnonzero(happened.sum(axis=1) > 0)]


def _segments(run: _Run, progress: Progress) -> dict[str, Any]:
    held = run.model.copy()
    rows = taught(run.happened)
    segments = run.table.history.segments
    for row in progress(rows, "leave out segment", len(rows)):
        fitted = run.train(without(run.facts, segment=segments[row]))
        held[row] = (
            0.0 if fitted is None else standardised(fitted.predict(run.table))[row]
        )
    tasks = run.judged(held)
    return {
        "folds": [segments[row] for row in rows],
        "tasks": tasks,
        "by_segment": _by_segment(run, held),
    }


def _by_segment(run: _Run, held: np.ndarray) -> list[dict[str, Any]]:
    """Return the figures of each segment with and without having been learned from."""
    found = []
    scores = {"model": run.model, "held_out": held}
    for name, keep in candidates(run.table, run.facts).items():
        segments = run.table.history.segments
        queries, _ = segment_queries(keep, segments, run.happened, scores)
        for query in queries:
            one = Judged([query], PLACE_METRICS)
            found.append(
                {
                    "task": name,
                    "segment": query.name,
                    "positives": query.positives,
                    "model": one.mean("model"),
                    "held_out": one.mean("held_out"),
                }
            )
    return found


def sources_of(facts: Facts, level: str) -> list[str]:
    """Return the sources that hold observations or outcomes of a level."""
    tables = (facts["observations"], facts.outcomes)
    held = (rows.loc[rows["level"] == level, "source_id"] for rows in tables)
    return sorted({*pd.concat(list(held))})


def is_known(facts: Facts, source: str, as_of: str) -> bool:
    """Return whether anything of a source was known at a month."""
    known = {**vars(at(facts, as_of)), "sources": None}
    return any(
        (rows["source_id"] == source).any()
        for rows in known.values()
        if isinstance(rows, pd.DataFrame) and "source_id" in rows
    )


def _sources(run: _Run, progress: Progress) -> dict[str, Any]:
    level, as_of = run.table.level, run.table.as_of
    names = sources_of(run.facts, level)
    entries = []
    for name in progress(names, "leave out source", len(names)):
        entry: dict[str, Any] = {"source_id": name, "known": False, "trained": True}
        if is_known(run.facts, name, as_of):
            entry["known"] = True
            fewer = without(run.facts, source=name)
            fitted = run.train(fewer)
            entry["trained"] = fitted is not None
            if fitted is not None:
                scores = fitted.predict(assemble(at(fewer, as_of), level))
                entry["tasks"] = _changes(run.judged(standardised(scores)))
        entries.append(entry)
    return {"folds": names, "tasks": run.judged(run.model), "sources": entries}


def _changes(tasks: dict[str, Any]) -> dict[str, Any]:
    """Return of each task only what holding out did to it."""
    kept = ("held_out", "held_out_lift", "change")
    return {name: {key: task[key] for key in kept} for name, task in tasks.items()}
