"""From a feature back to its indicator, pillar, figure and source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd


@dataclass(frozen=True)
class Origin:
    """Where a feature comes from.

    Attributes
    ----------
    indicator : str
        Indicator id.
    kind : str
        ``size``, ``share``, ``rate``, ``flag`` or ``observed``.
    level : str
        Level of the place whose figure it is: the place's own, or ``city``.
    lean : bool
        Whether it is the interaction of the figure with what the segment leans to.
    """

    indicator: str
    kind: str
    level: str
    lean: bool


@lru_cache(maxsize=4_096)
def origin(feature: str, level: str) -> Origin:
    """Return where ``feature`` of a place of ``level`` comes from.

    Feature names read ``[lean:][city:]kind:indicator``.
    """
    rest = feature.removeprefix("lean:")
    own = rest.removeprefix("city:")
    kind, indicator = own.split(":")
    return Origin(
        indicator=indicator,
        kind=kind,
        level="city" if rest.startswith("city:") else level,
        lean=feature.startswith("lean:"),
    )


def catalogue(
    features: list[str], level: str, indicators: pd.DataFrame
) -> pd.DataFrame:
    """Return the origin, pillar and direction of each feature.

    Returns
    -------
    DataFrame
        Indexed by feature: ``indicator, kind, level, lean, pillar, direction``.
    """
    table = pd.DataFrame(
        [origin(name, level) for name in features],
        index=pd.Index(features, name="feature"),
        columns=["indicator", "kind", "level", "lean"],
    )
    entries = indicators.loc[table["indicator"]]
    return table.assign(
        pillar=entries["pillar"].to_numpy(), direction=entries["direction"].to_numpy()
    )
