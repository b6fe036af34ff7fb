"""The whole answer to why a place ranks where it does, and why above another."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.explain import explain, parts
from model.progress import Progress, silent
from model.score import Model
from model.why import STABLE, Cut, account, cut, steadiness, versus
from model.why_draws import resampled

TOLD = ("presence", "fundamentals", "reasons", "weakness", "unknown")
PAIR = ("above", "below", "drivers", "against", "rest", "text_zh", "text_en")


def groups(
    view: Cut, places: list[str], drawn: np.ndarray | None = None
) -> list[dict[str, Any]]:
    """Return every group's part in a score, or in the gap between two, largest first.

    Parameters
    ----------
    view : Cut
    places : list of str
        A place, or the place and the one it is compared with.
    drawn : ndarray, optional
        From :func:`model.why_draws.redrawn`.

    Returns
    -------
    list of dict
        ``group, name_zh, name_en, pillar, contribution, members, share, stable`` (the
        last two None without resamples). Contributions sum to the score or the gap.
    """
    rows, shares = view.table.loc[places], steadiness(view, drawn, places)
    values = rows.iloc[0] - rows.iloc[1:].sum()
    found = []
    for key in values.abs().sort_values(ascending=False, kind="stable").index:
        group, share = view.groups[key], shares.get(key)
        found.append(
            {
                **{"group": key, "name_zh": group.name.zh, "name_en": group.name.en},
                **{"pillar": group.pillar, "contribution": float(values[key])},
                **{"members": list(group.members), "share": share},
                "stable": None if share is None else share >= STABLE,
            }
        )
    return found


def whole(
    model: Model,
    segment: str,
    place: str,
    level: str,
    other: str | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Explain a place's score in features, groups and words, and its gap to another's.

    Returns
    -------
    dict
        As :func:`model.explain.explain`, and ``presence, fundamentals, reasons,
        weakness, unknown`` of :func:`model.why.account`, ``groups`` (see
        :func:`groups`); ``difference`` also has ``groups`` and ``above, below, drivers,
        against, rest, text_zh, text_en`` of :func:`model.why.versus`.
    """
    split = parts(model, segment, level)
    answer = explain(model, segment, place, level, other, split)
    view = cut(model, segment, level, split)
    drawn = resampled(model, view, progress)
    said = account(model, view, place, drawn)
    answer |= {name: said[name] for name in TOLD}
    answer["groups"] = groups(view, [place], drawn)
    if other:
        told = versus(model, view, place, other, drawn)
        gap = {name: told[name] for name in PAIR}
        gap["groups"] = groups(view, [place, other], drawn)
        answer["difference"] |= gap
    return answer
