"""Figures -> columns a model can use: newest known, per head, logged, observed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.overview import BROAD
from data.schema import OWN_DATA
from features.as_of import Known


def latest(known: Known, level: str) -> pd.DataFrame:
    """Return the newest known figure of each place and indicator of a level.

    A figure read in the source itself comes before any second-hand one, even a newer
    one: places are compared by the same source as far as it goes. The others stay in
    the facts, shown beside it. Of one period, a user's own figure counts. What is
    only planned is no figure.

    Returns
    -------
    DataFrame
        Observation rows indexed by (place, indicator), one each.
    """
    here = known.observations[known.observations["level"] == level]
    here = here[here["status"] != "planned"]
    second = here["source_id"].map(known.sources["second_hand"]).astype(bool)
    own = here["source_id"].map(known.sources["licence_received"]) == OWN_DATA
    order = here.assign(_direct=~second.to_numpy(), _own=own.to_numpy()).sort_values(
        ["_direct", "period", "_own", "source_id"], kind="stable"
    )
    newest = order.drop_duplicates(["place", "indicator"], keep="last")
    return newest.set_index(["place", "indicator"]).drop(columns=["_direct", "_own"])


def wide(
    figures: pd.DataFrame, known: Known, level: str, places: pd.Index
) -> pd.DataFrame:
    """Return one column for each indicator of the level, NaN where not observed.

    An indicator whose source names every place that has it is zero elsewhere, from
    the first month that source is known.
    """
    table = figures["value"].unstack().reindex(places)
    entries = known.indicators
    offered = entries.index[entries["levels"].map(lambda levels: level in levels)]
    table = table.reindex(columns=offered)
    seen = table.notna().mean()
    complete = entries.loc[offered, "complete"].astype(bool) & (seen > 0)
    table.loc[:, complete] = table.loc[:, complete].fillna(0.0)
    return table.astype(float)


def broad(table: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators that enough places have a figure of.

    Of the others, whether anybody wrote about a place would be all a column says.
    """
    return table.loc[:, table.notna().mean() >= BROAD]


def columns(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Return the model's columns of one level's indicators.

    ``size:x`` is a logged count or amount, ``share:x`` the logged figure over its
    denominator, ``rate:x`` and ``flag:x`` the figure as printed, ``observed:x``
    says whether there is one (only where some places have none).

    Returns
    -------
    DataFrame
        Places x columns, float.
    """
    out: dict[str, pd.Series] = {}
    for name in table:
        entry = known.indicators.loc[name]
        value = table[name]
        if entry["measure"] in ("count", "amount"):
            out[f"size:{name}"] = np.log1p(value)
            if entry["denominator"] in table:
                base = table[entry["denominator"]]
                out[f"share:{name}"] = np.log((value + 1e-9) / base.where(base > 0))
                out[f"share:{name}"] = out[f"share:{name}"].where(value > 0)
        else:
            out[f"{entry['measure']}:{name}"] = value
        if 0 < value.notna().mean() < 1:
            out[f"observed:{name}"] = value.notna().astype(float)
    return pd.DataFrame(out, index=table.index)


def standardise(table: pd.DataFrame) -> pd.DataFrame:
    """Return z-scores over the candidates, 0 where not observed."""
    spread = table.std(ddof=0).replace(0.0, np.nan)
    return ((table - table.mean()) / spread).clip(-4, 4).fillna(0.0)
