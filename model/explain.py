"""Why a place ranks where it does: parts that sum to its score, with their figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from features.lineage import origin
from model.evidence import PRESENCE, describe_all, pillars_of
from model.score import Model, UnknownNameError, stand

if TYPE_CHECKING:
    from model.ranker import Scores


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


def parts(
    model: Model, segment: str, level: str, scores: Scores | None = None
) -> Parts:
    """Split the score of every candidate into presence terms and features.

    Parameters
    ----------
    model : Model
    segment, level : str
    scores : Scores, optional
        Those of the model, where they are known already.
    """
    scores = model.scores(segment, level) if scores is None else scores
    table = model.tables[level]
    row = table.history.segments.get_loc(segment)
    terms = model.terms[level]
    learned = model.rankers[level].fundamentals_
    places = table.history.places
    raw = learned.contributions(table, segment, np.arange(len(places)))[:, :-1]
    whole = np.empty((len(places), len(terms) + raw.shape[1]))
    for position, values in enumerate(terms.values()):
        whole[:, position] = values[row]
    whole[:, len(terms) :] = (raw - raw.mean(axis=0)) * scores.factor
    names = [*(f"{PRESENCE}:{name}" for name in terms), *learned.columns_]
    frame = pd.DataFrame(whole, index=places, columns=names, copy=False)
    return Parts(segment, level, frame)


def by_pillar(model: Model, split: Parts) -> pd.DataFrame:
    """Sum contributions by pillar, for every candidate."""
    pillars = pillars_of(model, split.table, split.level)
    return split.table.T.groupby(pillars).sum().T


def explain(
    model: Model,
    segment: str,
    place: str,
    level: str,
    versus: str | None = None,
    split: Parts | None = None,
) -> dict[str, Any]:
    """Explain a place's score, and its gap to another place's.

    Parameters
    ----------
    model : Model
    segment, place, level : str
    versus : str, optional
        Another place.
    split : Parts, optional
        From :func:`parts`, where it is known already.

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
    scores = model.scores(segment, level)
    places = model.tables[level].history.places
    for code in filter(None, (place, versus)):
        if code not in places:
            raise UnknownNameError("place", code, list(places))
    split = parts(model, segment, level, scores) if split is None else split
    pillars = pillars_of(model, split.table.columns.tolist(), level)
    row, score = split.table.loc[place], scores.score
    ordered = _ordered(row)
    names, values = ordered.index.tolist(), ordered.tolist()
    described = describe_all(model, names, segment, level, place)
    answer: dict[str, Any] = {
        "segment": segment,
        "place": place,
        "level": level,
        "as_of": model.as_of,
        "score": float(score[places.get_loc(place)]),
        **stand(model, scores, segment, level, place),
        "base_value": 0.0,
        "pillars": _contributions(row.groupby(pillars).sum(), "pillar"),
        "features": [
            {"feature": name, "contribution": value, **entry}
            for name, value, entry in zip(names, values, described, strict=True)
        ],
    }
    if versus:
        gap = row - split.table.loc[versus]
        first, second = places.get_indexer([place, versus])
        answer["versus"] = versus
        answer["difference"] = {
            "score_gap": float(score[first] - score[second]),
            "pillars": _contributions(gap.groupby(pillars).sum(), "pillar"),
            "features": _contributions(gap, "feature"),
        }
        drawn = model.drawn(segment, level)
        answer["chance_above"] = drawn and drawn.chance_above(place, versus)
    return answer


def _ordered(values: pd.Series) -> pd.Series:
    """Sort contributions by size, the largest first."""
    return values.iloc[np.argsort(-values.abs().to_numpy(), kind="stable")]


def _contributions(values: pd.Series, name: str) -> list[dict[str, Any]]:
    ordered = _ordered(values).items()
    return [{name: key, "contribution": float(value)} for key, value in ordered]
