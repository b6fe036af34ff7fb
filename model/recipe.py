"""The recipe of a ranking: the parameters that decide what is learned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sklearn.base import BaseEstimator, clone

from model.fundamentals import Fundamentals
from model.ranker import SiteRanker

# They change how long training takes, not what comes out.
WITHOUT_EFFECT = ("fundamentals__num_threads",)

Parameters = dict[str, float | int | str]


def shipped(**chosen: Any) -> SiteRanker:
    """Return the recipe that this program ships, with some parameters chosen."""
    return SiteRanker(fundamentals=Fundamentals()).set_params(**chosen)


def parameters(ranker: SiteRanker) -> Parameters:
    """Return every parameter of a ranker that has an effect, by its name."""
    if ranker.fundamentals is None:
        ranker = clone(ranker).set_params(fundamentals=Fundamentals())
    return {
        name: value
        for name, value in sorted(ranker.get_params().items())
        if not isinstance(value, BaseEstimator) and name not in WITHOUT_EFFECT
    }


def from_parameters(values: Mapping[str, Any]) -> SiteRanker:
    """Return the ranker with the parameters of :func:`parameters`.

    Raises
    ------
    ValueError
        When the names or kinds of values are not those of this program.
    """
    known = parameters(shipped())
    wrong = set(values) ^ set(known)
    wrong |= {name for name in known if not _alike(values.get(name), known[name])}
    if wrong:
        raise ValueError(", ".join(sorted(wrong)))
    return shipped(**values)


def _alike(value: Any, known: float | int | str) -> bool:
    """Return whether a value is of the kind of a known one."""
    if isinstance(known, str):
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    whole = isinstance(value, int) or not isinstance(known, int)
    return whole and math.isfinite(value) and value >= 0
