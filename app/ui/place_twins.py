"""Who the page of one place sets it beside: the leader of a segment, and its twins."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from app.ui import cache, fit_state
from app.ui.words import t
from features import transform
from features.lineage import origin
from model.score import Model
from model.twins import Earlier, Twin

# As many as can be told apart beside the place and the leader.
SHOWN = 3
# So many columns are named on either side of the average.
NAMED = 2
BRACKETS = r"\s*[(（][^()（）]*[)）]$"


def beside(
    model: Model, segment: str, level: str, place: str, twins: Sequence[Twin]
) -> dict[str, str]:
    """Return whom a place is set beside, and what each is there for.

    Returns
    -------
    dict
        By code: ``own``, the place itself, or ``own_leader`` where it leads the
        segment; ``leader``, or ``second`` for a leader; and ``twin``.
    """
    first, second = cache.ranking(model, segment, level)["place"].head(2)
    roles = {place: "own"}
    if led(model, segment, level):
        leads = place == first
        roles[place] = "own_leader" if leads else "own"
        roles[str(second if leads else first)] = "second" if leads else "leader"
    for twin in twins[:SHOWN]:
        roles.setdefault(twin.place, "twin")
    return roles


def led(model: Model, segment: str, level: str) -> bool:
    """Return whether a segment has a leader: not without enough evidence."""
    return bool(cache.ranking(model, segment, level)["confidence"].iloc[0])


def alike(
    model: Model, level: str, place: str, other: str
) -> tuple[list[str], list[str]]:
    """Return in what two places were alike: both far above average, and both below.

    Returns
    -------
    above, below : list of str
        Ids of the indicators of the columns that a likeness is measured by
        (:class:`model.twins.Profile`), those furthest from the average at both first.
    """
    earlier = fit_state.earlier(model, level)
    z = cache.shared(_columns, model, level, large=True)
    seen = earlier.table.place.loc[[place, other], z.columns].notna().all()
    pair = z.loc[[place, other], seen]
    return (
        _both(pair.min(), level),
        _both(-pair.max(), level),
    )


def _columns(model: Model, level: str) -> pd.DataFrame:
    """Return the columns of composition of every place, in standard deviations."""
    earlier: Earlier = fit_state.earlier(model, level)
    table = earlier.table
    return transform.standardise(table.place[table.lean.columns])


def _both(least: pd.Series, level: str) -> list[str]:
    """Return the indicators of the columns at which both places are far to a side."""
    far = least[least > 0].sort_values(ascending=False, kind="stable")
    return [origin(str(name), level).indicator for name in far.index[:NAMED]]


def why(model: Model, level: str, place: str, other: str, lang: str) -> str:
    """Say in what two places were alike, a line for each indicator."""
    # How a figure was counted does not matter here.
    names = model.facts.indicators[f"name_{lang}"].str.replace(BRACKETS, "", regex=True)
    sides = zip("↑↓", alike(model, level, place, other), strict=True)
    said = [f"{arrow}{names[one]}" for arrow, found in sides for one in found]
    return "\n".join(said) or t("place.alike_average", lang)


def table(
    model: Model,
    level: str,
    place: str,
    twins: Sequence[Twin],
    lang: str,
) -> pd.DataFrame:
    """Return the twins of a place as shown.

    Returns
    -------
    DataFrame
        Text columns ``twin, why, before, after, source``, and ``distance``.
    """
    names = cache.names(model.facts, level, lang)
    titles = model.facts.sources["title" if lang == "zh" else "title_en"]
    gap = t("common.list_gap", lang)
    return pd.DataFrame(
        [
            {
                "twin": names[twin.place],
                "why": why(model, level, place, twin.place, lang),
                "distance": twin.distance,
                "before": f"{twin.before:.0f}",
                "after": gap.join(
                    t("place.after", lang, year=end[:4], count=f"{count:.0f}")
                    for end, count in twin.after.items()
                ),
                "source": gap.join(str(titles[one]) for one in twin.sources),
            }
            for twin in twins
        ]
    )
