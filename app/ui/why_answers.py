"""Why a place stands where it does: answers that all visitors share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from app.ui import cache
from model import why, why_draws
from model.explanation import groups
from model.score import Model


def view(model: Model, segment: str, level: str) -> why.Cut:
    """Return every candidate's score cut into groups."""
    return cache.shared(_view, model, segment, level, large=True)


def _view(model: Model, segment: str, level: str) -> why.Cut:
    return why.cut(model, segment, level, cache.parts(model, segment, level))


def drawn(model: Model, segment: str, level: str) -> np.ndarray | None:
    """Return the resamples cut in the same way, where the model has any."""
    return cache.shared(_drawn, model, segment, level, large=True)


def _drawn(model: Model, segment: str, level: str) -> np.ndarray | None:
    return why_draws.resampled(model, view(model, segment, level))


def account(model: Model, segment: str, level: str, place: str) -> dict[str, Any]:
    """Return :func:`model.why.account` of a place, its groups one by one."""
    return cache.shared(_account, model, segment, level, place)


def _account(model: Model, segment: str, level: str, place: str) -> dict[str, Any]:
    asked = view(model, segment, level), drawn(model, segment, level)
    found = why.account(model, asked[0], place, asked[1])
    return {**found, "groups": groups(asked[0], [place], asked[1])}


def versus(
    model: Model, segment: str, level: str, place: str, other: str
) -> dict[str, Any]:
    """Return why one of two places is above the other."""
    return cache.shared(_versus, model, segment, level, *sorted((place, other)))


def _versus(
    model: Model, segment: str, level: str, place: str, other: str
) -> dict[str, Any]:
    cut, draws = view(model, segment, level), drawn(model, segment, level)
    return why.versus(model, cut, place, other, draws)


def parts_of(gap: dict[str, Any], rest: str, lang: str) -> pd.DataFrame:
    """Return what a gap is made of, ``name, value``: drivers, what is against, rest.

    Parameters
    ----------
    gap : dict
        From :func:`versus`.
    rest : str
        What all else is called.
    lang : {"zh", "en"}
    """
    rows = [(one[f"name_{lang}"], one["contribution"]) for one in spoken(gap)]
    return pd.DataFrame([*rows, (rest, gap["rest"])], columns=["name", "value"])


def spoken(gap: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the groups that are told of a gap, for the place above first."""
    return [*gap["drivers"], *filter(None, [gap["against"]])]
