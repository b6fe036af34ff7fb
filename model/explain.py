"""Why a place ranks where it does: parts that sum to its score, with their figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from features.lineage import origin
from model import presence
from model.evidence import PRESENCE, describe, pillar_of
from model.score import RANGES, Model, UnknownNameError, ranking


@dataclass(frozen=True)
class Parts:
    """Every candidate's score for one segment, in parts.

    Attributes
    ----------
    segment, level : str
    table : DataFrame of shape (P, presence terms + features)
        Contributions by place; each column is centred on the candidates' mean, so
        a row sums to the score, which is 0 for the average candidate.
    """

    segment: str
    level: str
    table: pd.DataFrame

    @cached_property
    def themes(self) -> dict[str, list[str]]:
        """Features that speak of one thing: a presence term, or an indicator."""
        found: dict[str, list[str]] = {}
        for name in self.table:
            key = name
            if not name.startswith(PRESENCE):
                source = origin(name, self.level)
                key = f"{source.level}:{source.indicator}"
            found.setdefault(key, []).append(name)
        return found

    @cached_property
    def by_theme(self) -> pd.DataFrame:
        """Contributions summed by theme, for every candidate."""
        return pd.DataFrame(
            {key: self.table[names].sum(axis=1) for key, names in self.themes.items()}
        )


def parts(model: Model, segment: str, level: str) -> Parts:
    """Split the score of every candidate into presence terms and features."""
    scores = model.scores(segment, level)
    table = model.tables[level]
    row = table.history.segments.get_loc(segment)
    there = {
        f"{PRESENCE}:{name}": values[row]
        for name, values in presence.terms(table).items()
    }
    learned = model.rankers[level].fundamentals_
    places = table.history.places
    raw = learned.contributions(table, segment, np.arange(len(places)))[:, :-1]
    centred = (raw - raw.mean(axis=0)) * scores.factor
    frame = pd.concat(
        [
            pd.DataFrame(there, index=places),
            pd.DataFrame(centred, index=places, columns=learned.columns_),
        ],
        axis=1,
    )
    return Parts(segment, level, frame)


def by_pillar(model: Model, split: Parts) -> pd.DataFrame:
    """Sum contributions by pillar, for every candidate."""
    pillars = [pillar_of(model, name, split.level) for name in split.table]
    return split.table.T.groupby(pillars).sum().T


def explain(
    model: Model, segment: str, place: str, level: str, versus: str | None = None
) -> dict[str, Any]:
    """Explain a place's score, and its gap to another place's.

    Returns
    -------
    dict
        As in the contract of ``siteselect explain --json``: ``base_value`` plus
        the contributions is the score. With ``versus`` also ``chance_above``: the
        share of resamples with the place above the other, None without resamples.

    Raises
    ------
    UnknownNameError
        When a place is not ranked at this level.
    """
    split = parts(model, segment, level)
    for code in filter(None, (place, versus)):
        if code not in split.table.index:
            raise UnknownNameError("place", code, list(split.table.index))
    table = ranking(model, segment, level).set_index("place")
    pillars = by_pillar(model, split)
    row = split.table.loc[place]
    features = [
        {
            "feature": name,
            "contribution": float(row[name]),
            **describe(model, name, segment, level, place),
        }
        for name in row.abs().sort_values(ascending=False, kind="stable").index
    ]
    answer: dict[str, Any] = {
        "segment": segment,
        "place": place,
        "level": level,
        "as_of": model.as_of,
        "score": float(table.at[place, "score"]),
        "rank": int(table.at[place, "rank"]),
        **_range(table.loc[place]),
        "base_value": 0.0,
        "pillars": _contributions(pillars.loc[place], "pillar"),
        "features": features,
    }
    if versus:
        answer["versus"] = versus
        answer["difference"] = {
            "score_gap": float(table.at[place, "score"] - table.at[versus, "score"]),
            "pillars": _contributions(
                pillars.loc[place] - pillars.loc[versus], "pillar"
            ),
            "features": _contributions(row - split.table.loc[versus], "feature"),
        }
        drawn = model.drawn(segment, level)
        answer["chance_above"] = drawn and drawn.chance_above(place, versus)
    return answer


def _range(row: pd.Series) -> dict[str, Any]:
    """Return the range of a place's rank, its tie group and chance of the top five."""
    if row["rank_low"] is None:
        return dict.fromkeys(RANGES)
    return {
        "rank_low": int(row["rank_low"]),
        "rank_high": int(row["rank_high"]),
        "tie_group": row["tie_group"],
        "chance_top5": float(row["chance_top5"]),
    }


def _contributions(values: pd.Series, name: str) -> list[dict[str, Any]]:
    ordered = values.reindex(
        values.abs().sort_values(ascending=False, kind="stable").index
    )
    return [{name: key, "contribution": float(value)} for key, value in ordered.items()]
