"""The ranking by a lens of the user's own, and where the learned one differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data.schema import LEVELS, PILLARS, REGIONS
from features import transform
from model import composite, explain, influence, own_lens, score
from model.composite import ROOT, CompositeError, Index
from model.evidence import citations, holder
from model.own_lens import CITY, EVERYWHERE, PARTS, Note, OwnLens, OwnLensError
from model.score import Model

# The reports that put cities in tiers, best first, and what they call it.
TIER_LISTS = (("jiazi2020", "tier"), ("gemdale2021", "tier_20cities"))
HELD = {"pilot_zone": "ai_pilot_zone", "supercomputing": "supercomputing_centre"}
CEILING = "ceiling:"
COLUMNS = ["rank", "place", "name_zh", "name_en", "level", "parent", "score", "imputed"]
# How far down a list is still read; and indicators told of a place.
FIRST, TOLD = 50, 3
# Of fewer places, what a weight does to their order says nothing.
FEWEST = 5


def figure_levels(level: str) -> dict[str, str]:
    """Return whose figures a place of a level has, by the prefix of the ids."""
    return {"": level} if level == LEVELS[0] else {"": level, CITY: LEVELS[0]}


def figures(model: Model, level: str) -> pd.DataFrame:
    """Return every indicator's figures as printed, a city's passed to its districts.

    Returns
    -------
    DataFrame of shape (P, C)
        Places x ids, NaN where not observed; all of it known at ``model.as_of``.
    """
    table = model.tables[level]
    own = table.values[level]
    if level == LEVELS[0]:
        return own
    codes = table.city.places.to_numpy()[table.parent] if table.city else []
    parents = pd.Series(codes, index=own.index).where(table.parent >= 0)
    passed = table.values[LEVELS[0]].reindex(parents).set_axis(own.index)
    return pd.concat([own, passed.add_prefix(CITY)], axis=1)


def indicators(model: Model, level: str) -> pd.DataFrame:
    """Return the table of an index of a level's indicators, grouped by pillar.

    Every indicator with a direction that enough places have a figure of at
    ``model.as_of``; for districts the city's as well (``city:wage``). Counts and
    amounts are per head where the catalogue names a denominator, else logged.

    Returns
    -------
    DataFrame
        For :class:`model.composite.Tree`, the pillars first.
    """
    entries = model.facts.indicators
    rows: dict[str, dict[str, Any]] = {}
    for prefix, held in figure_levels(level).items():
        broad = transform.broad(model.tables[level].values[held])
        for name in broad.columns[entries["direction"][broad.columns] != 0]:
            entry = entries.loc[name]
            summed = entry["measure"] in ("count", "amount")
            per = summed and entry["denominator"] in broad
            rows[prefix + name] = {
                "parent": entry["pillar"],
                "direction": float(np.sign(entry["direction"])),
                "unit": entry["unit"],
                "per_head": prefix + entry["denominator"] if per else "",
                "treat": "log" if summed and not per else "",
            }
    there = {row["parent"] for row in rows.values()}
    pillar = {"parent": ROOT, "direction": 1.0, "unit": "", "per_head": "", "treat": ""}
    top = {name: pillar for name in PILLARS if name in there}
    table = pd.DataFrame.from_dict(top | rows, orient="index", columns=[*pillar])
    return table.assign(weight=1.0, ideal=np.nan)


def chosen(table: pd.DataFrame, lens: OwnLens) -> pd.DataFrame:
    """Return the rows of :func:`indicators` that count in a lens, as it wants them.

    Raises
    ------
    OwnLensError
        When nothing is left to count.
    """
    weight = pd.Series({**lens.pillars, **lens.indicators})
    table = table.assign(weight=weight.reindex(table.index).fillna(1.0))
    table["ideal"] = pd.Series(lens.ideals, dtype=float).reindex(table.index)
    whole = table.index.isin(lens.totals) & (table["per_head"] != "").to_numpy()
    table.loc[whole, ["per_head", "treat"]] = ["", "log"]
    table.loc[table["ideal"].notna(), ["per_head", "treat"]] = ""
    top = table[(table["parent"] == ROOT) & (table["weight"] > 0)]
    leaves = table[table["parent"].isin(top.index) & (table["weight"] > 0)]
    if leaves.empty:
        raise OwnLensError("no_weight", "indicators")
    return pd.concat([top[top.index.isin(leaves["parent"])], leaves])


def fitted(lens: OwnLens, model: Model) -> tuple[OwnLens, list[Note]]:
    """Return a lens without what the facts do not have, and what was left out.

    An indicator may be named as at the other level: a district's ``wage`` is its
    city's where districts have none, a city's ``city:wage`` its own.
    """
    notes: list[Note] = []
    table, values = indicators(model, lens.level), figures(model, lens.level)
    weighable = {*table.index[table["parent"] != ROOT]}
    cappable = {*values.columns[values.notna().any()]}
    areas = {*REGIONS, *model.facts["provinces"]["province"], EVERYWHERE}
    areas |= {*model.facts.places.loc[LEVELS[0]].index}
    codes = {*model.facts["places"]["place"]}

    def known(part: str, asked: Iterable[str], offered: set[str]) -> dict[str, str]:
        kept: dict[str, str] = {}
        # A name offered as it stands comes before one that only means it.
        for name in sorted(asked, key=lambda name: (name not in offered, name)):
            bare = name.removeprefix(CITY)
            other = bare if lens.level == LEVELS[0] else CITY + name
            found = name if name in offered else other
            if found in offered and found not in kept:
                kept[found] = name
            else:
                kind = "twice" if found in offered else "unknown"
                notes.append(Note(PARTS[part].param, own_lens.told(name), kind))
        return kept

    def valued(part: str, offered: set[str]) -> dict[str, float]:
        asked = getattr(lens, part)
        return {id_: asked[name] for id_, name in known(part, asked, offered).items()}

    fit = replace(
        lens,
        within=next(iter(known("within", [lens.within or EVERYWHERE], areas)), ""),
        indicators=valued("indicators", weighable),
        ideals=valued("ideals", weighable),
        totals=tuple(known("totals", lens.totals, weighable)),
        ceilings=valued("ceilings", cappable),
        exclude=tuple(known("exclude", lens.exclude, codes)),
    )
    return fit, notes


def from_params(params: Mapping[str, str], model: Model) -> tuple[OwnLens, list[Note]]:
    """Read a lens and notes from a URL, as far as the facts have what it names."""
    lens, notes = own_lens.read_params(params)
    lens, unknown = fitted(lens, model)
    return lens, notes + unknown


@dataclass(frozen=True)
class OwnRanking:
    """The ranking by a lens.

    Attributes
    ----------
    lens : OwnLens
    index : Index
        Of every place of the level, whether it passes the filters or not.
    table : DataFrame
        Places that pass, best first: ``COLUMNS`` (``imputed``: share of the score
        that rests on no figure) and each pillar's score, NaN where it is left out.
    removed : DataFrame
        By filter (a field of the lens, or ``ceiling:<id>``), how many of all places
        fail it (``removed``), for want of a figure (``no_figure``), and no other
        filter (``alone``).
    """

    lens: OwnLens
    index: Index
    table: pd.DataFrame
    removed: pd.DataFrame

    @property
    def shown(self) -> Index:
        """The index of the places that pass; of all where too few do."""
        passed = len(self.table) >= FEWEST
        return self.index.among(self.table["place"]) if passed else self.index


def rank(model: Model, lens: OwnLens) -> OwnRanking:
    """Rank the places of a lens's level by it.

    Scores are scaled over all places of the level, those that the filters leave out
    as well, and only ranks are counted among the rest: no filter changes the score
    of a place that stays. A score runs from 0 to 100; under ``z_score`` 50 is the
    mean of all places, ten points a standard deviation, and there are no ends.

    Raises
    ------
    OwnLensError
        When the lens names what the facts do not have (see :func:`fitted`), nothing
        counts, or the figures do not suit the method.
    """
    lens, notes = fitted(lens, model)
    if notes:
        raise OwnLensError("unknown", notes[0].value)
    table = chosen(indicators(model, lens.level), lens)
    try:
        index = composite.build(figures(model, lens.level), table, lens.method)
    except CompositeError as error:
        raise OwnLensError("index", f"{error.kind} {error.name}".strip()) from None
    places = model.facts.places.loc[lens.level].loc[index.score.index]
    factor, base = points(index)
    held = places[["place", "name_zh", "name_en", "level", "parent"]].assign(
        rank=index.rank, score=index.score * factor + base, imputed=index.imputed
    )[COLUMNS]
    pillars = index.nodes.reindex(columns=PILLARS) * factor + base
    failed, unknown = _failures(model, lens, places)
    kept = held.join(pillars)[~failed.any(axis=1)].sort_values("rank")
    kept["rank"] = np.arange(1, len(kept) + 1)
    alone = failed[failed.sum(axis=1) == 1]
    counted = {"removed": failed, "no_figure": unknown, "alone": alone}
    removed = pd.DataFrame({key: one.sum() for key, one in counted.items()}, dtype=int)
    return OwnRanking(lens, index, kept.reset_index(drop=True), removed)


def points(index: Index) -> tuple[float, float]:
    """Return what a score of an index is multiplied with, and what is added."""
    return (10.0, 50.0) if index.method.normalise == "z_score" else (100.0, 0.0)


def _failures(
    model: Model, lens: OwnLens, places: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which places fail each filter, and which of them for want of a figure."""
    values = figures(model, lens.level)
    most: dict[str, tuple[pd.Series, float]] = {}
    if lens.tier:
        most["tier"] = tiers(model, places), lens.tier
    for name, asked in zip(HELD, (lens.pilot_zone, lens.supercomputing), strict=True):
        if asked:
            own_or_city = [HELD[name], CITY + HELD[name]]
            most[name] = -values.reindex(columns=own_or_city).max(axis=1), -1.0
    most |= {CEILING + name: (values[name], c) for name, c in lens.ceilings.items()}
    failed = {name: ~(figure <= bound) for name, (figure, bound) in most.items()}
    unknown = {name: figure.isna() for name, (figure, _) in most.items()}
    if lens.within:
        failed["within"] = ~score.within(model.facts, places, lens.within)
    if lens.exclude:
        failed["exclude"] = places[["place", "parent"]].isin(lens.exclude).any(axis=1)
    frame = pd.DataFrame(failed, index=places.index, dtype=bool)
    return frame, frame & pd.DataFrame(unknown).reindex_like(frame).eq(True)


def tiers(model: Model, places: pd.DataFrame) -> pd.Series:
    """Return the best tier that the reports put each place or its city in.

    Infinite for one that no report names; NaN where none was published by
    ``model.as_of``.
    """
    lists = model.facts["rankings"]
    published = model.facts.sources["published"]
    dated = lists["source_id"].map(published).fillna("")
    asked = pd.MultiIndex.from_frame(lists[["source_id", "ranking"]]).isin(TIER_LISTS)
    lists = lists[asked & (dated != "") & (dated <= model.as_of)]
    if lists.empty:
        return pd.Series(np.nan, index=places.index)
    best = lists.groupby(["level", "place"])["tier"].min()
    own = pd.MultiIndex.from_frame(places[["level", "place"]])
    city = pd.MultiIndex.from_product([LEVELS[:1], places["parent"]])
    found = np.fmin(best.reindex(own).to_numpy(), best.reindex(city).to_numpy())
    return pd.Series(found, index=places.index).fillna(np.inf)


def contributions(index: Index) -> pd.DataFrame:
    """Split what each place scores above or below the mean place by indicator.

    In points: a row sums to the place's score less the mean of all places.
    """
    split = influence.contributions(index)
    return (split - split.mean()) * points(index)[0]


def cited(model: Model, level: str, name: str, place: str) -> dict[str, Any]:
    """Return the figure of an indicator of a place, and where it was read.

    Returns
    -------
    dict
        ``indicator``, ``place`` (whose figure it is: its own or its city's), ``value``
        (None if missing), ``unit, period, source_id, locator``.
    """
    indicator = name.removeprefix(CITY)
    held = level if indicator == name else LEVELS[0]
    whose = holder(model, held, level, place)
    value = model.tables[level].values[held][indicator].get(whose, np.nan)
    source = {"source_id": "", "period": "", "locator": ""}
    if not np.isnan(value):
        source = citations(model, held, whose, [indicator])[0]
    return {
        "indicator": indicator,
        "place": whose,
        "value": None if np.isnan(value) else float(value),
        "unit": str(model.facts.indicators.at[indicator, "unit"]),
        **source,
    }


def _reasons(
    model: Model, ours: OwnRanking, split: pd.Series, low: bool
) -> list[dict[str, Any]]:
    """Return the indicators that bring a place up (or down) most, with figures."""
    told_of = split.sort_values(ascending=low, kind="stable")[:TOLD]
    rows = ours.index.tree.table.loc[told_of.index]
    level, place = ours.lens.level, str(split.name)
    return [
        {
            "id": name,
            "pillar": parent,
            "contribution": float(told_of[name]),
            **cited(model, level, name, place),
            "per_head": cited(model, level, base, place) if base else None,
        }
        for name, parent, base in rows[["parent", "per_head"]].itertuples(name=None)
    ]


def disagreements(
    model: Model, lens: OwnLens, segment: str, most: int = 10
) -> pd.DataFrame:
    """Return the places on which a lens and the learned ranking differ most, and why.

    Ranks are counted among the places that pass the lens's filters. How far they lie
    apart is the log of one over the other: the third of one list that is the 300th
    of the other differs more than the 300th that is the 600th. So this finds places
    high in one list; those among the first ``FIRST`` of neither are left out.

    Returns
    -------
    DataFrame
        Largest difference first: ``place, name_zh, name_en, level, parent, own_rank,
        learned_rank, gap`` (above 0 where the lens ranks the place higher),
        ``own_score, imputed, above_mean`` (the score less the mean of all places of
        the level), ``own`` (the ``TOLD`` indicators that bring the place up most, or
        down where the gap is below 0: ``id, pillar, contribution`` to ``above_mean``,
        the figure as :func:`cited`, and ``per_head``: that of the denominator or
        None), ``own_rest`` (the other indicators together), ``learned_score`` and
        ``learned`` (what presence and each pillar contribute to it, see
        :func:`model.explain.by_pillar`).
    """
    ours = rank(model, lens)
    whole = score.ranking(model, segment, lens.level)
    learned = score.keep(whole, whole["place"].isin(ours.table["place"]))
    theirs = learned.set_index("place")[["rank", "score"]].add_prefix("learned_")
    table = ours.table.drop(columns=[*PILLARS]).set_index("place", drop=False)
    table = table.rename(columns={"rank": "own_rank", "score": "own_score"})
    table = table.join(theirs)
    table["gap"] = np.log(table["learned_rank"] / table["own_rank"])
    high = table[["own_rank", "learned_rank"]].min(axis=1) <= FIRST
    table = table[high & (table["gap"] != 0)]
    table = table.sort_values("gap", key=lambda gap: -gap.abs(), kind="stable")[:most]
    split = contributions(ours.index)
    pillars = explain.by_pillar(model, explain.parts(model, segment, lens.level))
    factor, base = points(ours.index)
    own = [
        _reasons(model, ours, split.loc[place], gap < 0)
        for place, gap in table["gap"].items()
    ]
    above = table["own_score"] - (ours.index.score.mean() * factor + base)
    return table.assign(
        above_mean=above,
        own=pd.Series(own, index=table.index, dtype=object),
        own_rest=above - [sum(one["contribution"] for one in place) for place in own],
        learned=pd.Series(pillars.loc[table.index].to_dict("index"), dtype=object),
    ).reset_index(drop=True)
