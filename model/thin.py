"""Places so little known that their ranks rest on what is usual elsewhere."""

from __future__ import annotations

from model.evidence import PRESENCE, pillar_of
from model.explain import Parts, parts
from model.score import Model
from model.why import figures_of, weights

# Part of what indicators matter on average that has no figure.
MOST = 0.5


def thin(
    model: Model, segment: str, level: str, split: Parts | None = None
) -> frozenset[str]:
    """Return the places without a figure of most of what indicators matter.

    Parameters
    ----------
    model : Model
    segment, level : str
    split : Parts, optional
        From :func:`model.explain.parts`, where it is known already.
    """
    if (held := model.ahead.get(("thin", segment, level))) is not None:
        return frozenset(held)
    split = parts(model, segment, level) if split is None else split
    themes = [
        key
        for key, names in split.themes.items()
        if pillar_of(model, names[0], level) != PRESENCE
    ]
    unseen = figures_of(model, level, themes).isna()
    sizes = weights(split, unseen)
    without = (unseen * sizes).sum(axis=1)
    return frozenset(without.index[without > MOST * sizes.sum()])
