"""Every segment at every place: the tables that commands and the app show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import Facts
from data.schema import LEVELS, NAMED_PROVINCES, REGIONS
from features import FeatureTable, Known, assemble, at
from model import presence
from model.assumptions import Assumption, assume
from model.intervals import Drawn
from model.task import MIN_POSITIVE

if TYPE_CHECKING:
    # Libraries that learn load with the first ranker: pages open without them.
    from model.ranker import Scores, SiteRanker, Terms

COLUMNS = [
    *("rank", "place", "name_zh", "name_en", "level", "parent", "score", "score_100"),
    *("rank_low", "rank_high", "tie_group", "chance_top5", "confidence"),
    *("presence_rank", "fundamentals_rank"),
]
RANGES = ["rank_low", "rank_high", "tie_group", "chance_top5"]
COMPARE = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}
CLAUSE = re.compile(r"\s*([a-z0-9_]+)\s*(<=|>=|!=|<|>|=)\s*(-?\d+(?:\.\d+)?)\s*")


class UnknownNameError(ValueError):
    """A name that is not known; ``kind`` says of what, ``choices`` what there is."""

    def __init__(self, kind: str, value: str, choices: list[str]) -> None:
        self.kind, self.value, self.choices = kind, value, choices
        super().__init__(f"unknown {kind} {value!r}")


@dataclass
class Model:
    """A trained ranking together with the facts it ranks.

    Attributes
    ----------
    facts : Facts
    rankers : dict
        One fitted :class:`SiteRanker` for each level.
    as_of : str
        Last month the ranking knows.
    manifest : dict
        What :mod:`model.store` vouches for.
    draws : dict of ndarray of uint16, shape (S, R, P)
        Resampled ranks of each level (see :func:`model.resample.rank_draws`); none
        where the ranges were not measured.
    assumed : tuple of Assumption
        Figures taken to be otherwise than known; the ranks drawn are of those known.
    ahead : dict
        Answers computed before, by name and what was asked (see :mod:`model.ahead`).
    """

    facts: Facts
    rankers: Mapping[str, SiteRanker]
    as_of: str
    manifest: dict[str, object]
    draws: dict[str, np.ndarray] = field(default_factory=dict)
    assumed: tuple[Assumption, ...] = ()
    # A changed copy has none: it answers otherwise.
    ahead: dict[tuple[str, ...], Any] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    @cached_property
    def known(self) -> Known:
        """The facts known at ``as_of``, with the figures that are assumed."""
        return assume(at(self.facts, self.as_of), self.assumed)

    @cached_property
    def tables(self) -> dict[str, FeatureTable]:
        """The feature table of each level at ``as_of``."""
        return {level: assemble(self.known, level) for level in LEVELS}

    @cached_property
    def tally(self) -> dict[tuple[str, str], list[tuple[str, str, float, str]]]:
        """Known outcomes by (level, place): segment, source, count, last month."""
        keys = ["level", "place", "segment", "source_id"]
        grouped = self.known.outcomes.groupby(keys, sort=True)
        table = grouped.agg({"count": "sum", "month": "max"}).reset_index()
        found: dict[tuple[str, str], list[tuple[str, str, float, str]]] = {}
        for level, place, *rest in table.itertuples(index=False, name=None):
            found.setdefault((level, place), []).append(tuple(rest))
        return found

    @cached_property
    def busiest_year(self) -> dict[tuple[str, str], int]:
        """Places with an outcome in the year that had most, by (level, segment)."""
        outcomes = self.known.outcomes
        by_year = outcomes.groupby(["level", "segment", outcomes["month"].str[:4]])
        places = by_year["place"].nunique()
        return dict(places.groupby(level=["level", "segment"]).max())

    @cached_property
    def lean_shares(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Smoothed local and national share of each segment, by level."""
        return {
            level: presence.lean_shares(table) for level, table in self.tables.items()
        }

    @cached_property
    def terms(self) -> dict[str, Terms]:
        """The terms of presence, by level (see :func:`model.presence.terms`)."""
        return {level: presence.terms(table) for level, table in self.tables.items()}

    @cached_property
    def kin(self) -> dict[str, np.ndarray]:
        """Proximity of each segment to the others, by level."""
        return {level: presence.kinship(table) for level, table in self.tables.items()}

    @cached_property
    def statements(self) -> dict[str, list[tuple[str, str, str]]]:
        """Place, source and locator of what reports state, by segment.

        Strengths come first, then zones whose focus a segment is.
        """
        zones = self.known.zones.assign(
            segment=self.known.zones["segments"].str.split("|").map(set)
        )
        names = ["segment", "place", "source_id", "locator"]
        rows = pd.concat([self.known.strengths[names], zones.explode("segment")[names]])
        found: dict[str, list[tuple[str, str, str]]] = {}
        for segment, *rest in rows.itertuples(index=False, name=None):
            found.setdefault(segment, []).append(tuple(rest))
        return found

    @cached_property
    def entries(self) -> dict[str, tuple[str, str, str]]:
        """Unit, denominator and pillar of every indicator."""
        rows = self.facts.indicators[["unit", "denominator", "pillar"]].astype(str)
        return {key: tuple(rest) for key, *rest in rows.itertuples(name=None)}

    @cached_property
    def listed(self) -> dict[tuple[str, str], dict[str, str]]:
        """Citation of the list of an indicator, by level; filled as they are cited."""
        return {}

    @cached_property
    def standings(self) -> dict[str, pd.DataFrame]:
        """Rank of every place in each of its level's own columns, largest first."""
        return {
            level: table.place.filter(regex="^(size|share|rate):").rank(
                ascending=False, method="min"
            )
            for level, table in self.tables.items()
        }

    def scores(self, segment: str, level: str) -> Scores:
        """Score every place of a level for a segment.

        Raises
        ------
        UnknownNameError
            When the segment or level is not one of ours.
        """
        check_segment(self.facts, segment)
        if level not in LEVELS:
            raise UnknownNameError("level", level, list(LEVELS))
        ranker, table = self.rankers[level], self.tables[level]
        return ranker.scores(table, segment, self.terms[level])

    def drawn(self, segment: str, level: str) -> Drawn | None:
        """Return the resampled ranks of a segment's places, if there are any."""
        if level not in self.draws:
            return None
        past = self.tables[level].history
        row = past.segments.get_loc(segment)
        return Drawn(past.places, self.draws[level][row])


def check_segment(facts: Facts, segment: str) -> None:
    """Raise :class:`UnknownNameError` unless ``segment`` is one of ours."""
    if segment not in facts.segments.index:
        raise UnknownNameError("segment", segment, list(facts.segments.index))


def confidence(model: Model, segment: str) -> str:
    """Return what the ranking of a segment rests on.

    ``A``: at least five districts had an outcome of it within one year, ``B``: at
    least five cities had, ``C``: reports speak of it in at least five places,
    ``""``: not enough evidence to rank.
    """
    for level, grade in (("district", "A"), ("city", "B")):
        if model.busiest_year.get((level, segment), 0) >= MIN_POSITIVE:
            return grade
    said = model.known.strengths.query("segment == @segment")
    return "C" if said["place"].nunique() >= MIN_POSITIVE else ""


def _ranks(values: np.ndarray, places: pd.Index) -> np.ndarray:
    """Return ranks 1..n, best first, equal values in code order."""
    order = np.lexsort((places, -values))
    ranks = np.empty(len(values), int)
    ranks[order] = np.arange(1, len(values) + 1)
    return ranks


def ranking(model: Model, segment: str, level: str) -> pd.DataFrame:
    """Rank every place of a level for a segment.

    Returns
    -------
    DataFrame
        Best first, columns ``COLUMNS``. ``score_100`` is the share of candidates
        ranked below, in percent. ``rank_low`` and ``rank_high`` hold 90% of the
        resamples, ``tie_group`` names the ranks that cannot be told apart (empty for
        a place by itself); all of ``RANGES`` are empty without resamples.
    """
    if (held := model.ahead.get(("ranking", segment, level))) is not None:
        return held.copy()
    scores = model.scores(segment, level)
    places = model.tables[level].history.places
    table = model.facts.places.loc[level].loc[places]
    table = table[["place", "name_zh", "name_en", "level", "parent"]].assign(
        score=scores.score,
        rank=_ranks(scores.score, places),
        presence_rank=_ranks(scores.presence, places),
        fundamentals_rank=_ranks(scores.fundamentals, places),
        confidence=confidence(model, segment),
    )
    below = len(table) - table["rank"]
    table["score_100"] = (100 * below / max(len(table) - 1, 1)).round(2)
    table = table.sort_values("rank").reset_index(drop=True)
    return with_ranges(table, model.drawn(segment, level))[COLUMNS]


def stand(
    model: Model, scores: Scores, segment: str, level: str, place: str
) -> dict[str, Any]:
    """Return ``rank`` and ``RANGES`` of one place, as :func:`ranking` has them."""
    places = model.tables[level].history.places
    at, rank = places.get_loc(place), _ranks(scores.score, places)
    drawn = model.drawn(segment, level)
    if drawn is None:
        return {"rank": int(rank[at]), **dict.fromkeys(RANGES)}
    mine = Drawn(places[[at]], drawn.ranks[:, [at]])
    low, high = mine.ranges(rank[[at]])
    return {
        **{"rank": int(rank[at]), "rank_low": int(low[0]), "rank_high": int(high[0])},
        "tie_group": drawn.tie_groups(rank, until=int(rank[at]))[at],
        "chance_top5": float(mine.chance_top().round(4)[0]),
    }


def with_ranges(table: pd.DataFrame, drawn: Drawn | None) -> pd.DataFrame:
    """Add the ranges, tie groups and chances that places have among themselves.

    Parameters
    ----------
    table : DataFrame
        With ``place`` and ``rank``, each of 1..n once.
    drawn : Drawn or None
        Resampled ranks of these places, and of others.
    """
    if drawn is None or table.empty:
        return table.assign(**dict.fromkeys(RANGES))
    drawn, rank = drawn.among(table["place"]), table["rank"].to_numpy()
    low, high = drawn.ranges(rank)
    return table.assign(
        rank_low=low,
        rank_high=high,
        tie_group=pd.Series(drawn.tie_groups(rank), index=table.index, dtype=object),
        chance_top5=drawn.chance_top().round(4),
    )


def keep(
    table: pd.DataFrame, chosen: pd.Series, drawn: Drawn | None = None
) -> pd.DataFrame:
    """Keep some places of a ranking and count their ranks from 1 again.

    Parameters
    ----------
    table : DataFrame
        From :func:`ranking`.
    chosen : Series of bool
    drawn : Drawn, optional
        The segment's resamples (:meth:`Model.drawn`): ranges are those among the
        places kept. Without, there are none, as those of the whole no longer hold.
    """
    kept = table[chosen.to_numpy()].reset_index(drop=True)
    for name in ("rank", "presence_rank", "fundamentals_rank"):
        kept[name] = kept[name].rank(method="first").astype(int)
    return with_ranges(kept, drawn)


def provinces_of(facts: Facts, area: str) -> list[str]:
    """Return the provinces of a region or province; none for a city.

    Raises
    ------
    UnknownNameError
        When ``area`` is no region, province or city.
    """
    provinces = list(facts["provinces"]["province"])
    if area == "rest":
        return [code for code in provinces if code not in NAMED_PROVINCES]
    if area in REGIONS:
        return list(REGIONS[area])
    if area in provinces:
        return [area]
    if ("city", area) in facts.places.index:
        return []
    raise UnknownNameError("area", area, [*REGIONS, *provinces])


def within(facts: Facts, table: pd.DataFrame, area: str) -> pd.Series:
    """Return which places of a ranking lie in a region, province or city.

    Raises
    ------
    UnknownNameError
        When ``area`` is none of them.
    """
    provinces = provinces_of(facts, area)
    if not provinces:
        return (table["parent"] == area) | (table["place"] == area)
    index = pd.MultiIndex.from_frame(table[["level", "place"]])
    inside = facts.places.loc[index, "province"].isin(provinces)
    return pd.Series(inside.to_numpy(), index=table.index)


def clauses(facts: Facts, rule: str, level: str) -> list[tuple[str, str, float]]:
    """Read a rule such as ``wage<100000, population>=500000``.

    Returns
    -------
    list of (indicator, sign, bound)

    Raises
    ------
    UnknownNameError
        When a clause is not understood or names no indicator of the level.
    """
    offered = [
        row.indicator for row in facts.indicators.itertuples() if level in row.levels
    ]
    found = []
    for clause in rule.split(","):
        match = CLAUSE.fullmatch(clause)
        if not match:
            raise UnknownNameError("rule", clause.strip(), ["wage<100000", "gdp>=5000"])
        name, sign, bound = match.groups()
        if name not in offered:
            raise UnknownNameError("indicator", name, offered)
        found.append((name, sign, float(bound)))
    return found


def where(model: Model, table: pd.DataFrame, rule: str, level: str) -> pd.Series:
    """Return which places keep a rule (see :func:`clauses`).

    Each clause compares the newest known figure of an indicator with a number; a
    place without the figure does not keep the rule.
    """
    values = model.tables[level].values[level]
    kept = np.ones(len(table), bool)
    for name, sign, bound in clauses(model.facts, rule, level):
        figure = values[name].reindex(table["place"]).to_numpy()
        kept &= ~np.isnan(figure) & COMPARE[sign](figure, bound)
    return pd.Series(kept, index=table.index)


def batches(
    model: Model, segments: list[str], levels: list[str]
) -> Iterator[pd.DataFrame]:
    """Yield the whole ranking of each segment and level, block by block."""
    for level in levels:
        for segment in segments:
            table = ranking(model, segment, level)
            table.insert(0, "segment", segment)
            table.insert(1, "as_of", model.as_of)
            yield table
