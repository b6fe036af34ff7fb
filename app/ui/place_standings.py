"""How far up a place stands among all of its level, by indicator and by pillar."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from app.ui import cache
from data.schema import PILLARS
from model.score import Model


@dataclass(frozen=True)
class Standings:
    """Percentiles from 0 to 100, places x columns; NaN without a figure.

    A percentile is the share of the other places with a less favourable figure, half
    of those with the same: the median stands at 50, the best at 100 where no other
    has the same.

    Attributes
    ----------
    themes : DataFrame
        Of each indicator the ranking reads (``level:indicator``), a district's city's
        among the cities. An indicator that speaks neither for nor against a place
        counts from the highest.
    pillars : DataFrame
        Of the mean of a pillar's indicators that speak for or against.
    """

    themes: pd.DataFrame
    pillars: pd.DataFrame


def standings(model: Model, level: str) -> Standings:
    """Return the standings of every place of a level, computed once for everyone."""
    found: Standings = cache.shared(_standings, model, level, large=True)
    return found


def _standings(model: Model, level: str) -> Standings:
    table = model.tables[level]
    places, direction = table.history.places, model.facts.indicators["direction"]
    pairs = table.lineage[["level", "indicator"]].drop_duplicates()
    parts = []
    for whose, rows in pairs.groupby("level", sort=False):
        names = list(rows["indicator"])
        values = table.values[whose][names]
        against = [name for name in names if direction[name] < 0]
        found = percentiles(values.assign(**{n: -values[n] for n in against}))
        if whose != level:
            cities = model.facts.places.loc[level, "parent"].reindex(places)
            found = found.reindex(cities).set_axis(places)
        found = found.reindex(places)
        parts.append(found.set_axis([f"{whose}:{name}" for name in names], axis=1))
    themes = pd.concat(parts, axis=1)
    told = [name for name in themes if direction[name.split(":")[1]]]
    means = {
        one: themes[[name for name in told if pillar(model, name) == one]].mean(axis=1)
        for one in PILLARS
        if any(pillar(model, name) == one for name in told)
    }
    return Standings(themes, percentiles(pd.DataFrame(means)))


def percentiles(values: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the others below each value, half of its equals, in percent.

    A column with a single value says nothing.
    """
    others = values.count() - 1
    return 100 * (values.rank() - 1) / others.where(others > 0)


def pillar(model: Model, theme: str) -> str:
    """Return the pillar of an indicator."""
    return model.entries[theme.split(":")[1]][2]


def presence(model: Model, segment: str, level: str) -> pd.Series:
    """Return the percentile of every place's presence in a segment."""
    whole = cache.ranking(model, segment, level).set_index("place")
    return percentiles(-whole[["presence_rank"]])["presence_rank"]
