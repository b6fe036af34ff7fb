"""Figures assumed in place of those known, to see what the ranking would be then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from data.catalog import year_ends
from data.schema import LEVELS
from features.as_of import Known

# Whose word an assumption is, and its period: after every other.
SOURCE, PERIOD = "assumption", "9999"


class AssumptionError(ValueError):
    """An assumption that cannot be made: ``kind`` says why, ``name`` of what.

    Kinds: ``indicator`` (not of this level), ``place`` (not ranked), ``number`` (no
    finite number), ``range`` (outside what the indicator can be), ``twice``.
    """

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name
        super().__init__(f"{kind} {name}")


@dataclass(frozen=True)
class Assumption:
    """One figure of one place that is taken to be otherwise.

    Attributes
    ----------
    level : {"city", "district"}
    place, indicator : str
    value : float
        In the indicator's own unit; NaN hides the figure.
    """

    level: str
    place: str
    indicator: str
    value: float


def checked(known: Known, assumed: Sequence[Assumption]) -> None:
    """Raise :class:`AssumptionError` unless every assumption can be made."""
    seen = set()
    for one in assumed:
        key = (one.level, one.place, one.indicator)
        if key in seen:
            raise AssumptionError("twice", one.indicator)
        seen.add(key)
        if one.level not in LEVELS or key[:2] not in known.places.index:
            raise AssumptionError("place", one.place)
        if one.indicator not in known.indicators.index:
            raise AssumptionError("indicator", one.indicator)
        entry = known.indicators.loc[one.indicator]
        if one.level not in entry["levels"]:
            raise AssumptionError("indicator", one.indicator)
        if np.isinf(one.value):
            raise AssumptionError("number", str(one.value))
        low, high = bounds(entry)
        # A flag is there or not: half of one is nothing.
        half = entry["measure"] == "flag" and one.value not in (0.0, 1.0)
        if one.value < low or one.value > high or (half and not np.isnan(one.value)):
            most = f"{high:g}" if np.isfinite(high) else ""
            can_be = "0, 1" if half else f"{low:g}..{most}"
            raise AssumptionError("range", f"{one.indicator} {can_be} {entry['unit']}")


def bounds(entry: pd.Series) -> tuple[float, float]:
    """Return the least and most an indicator can be; a share lies within 0 to 100."""
    low = entry["low"] if pd.notna(entry["low"]) else -np.inf
    high = entry["high"] if pd.notna(entry["high"]) else np.inf
    if entry["measure"] in ("count", "amount"):
        low = max(low, 0.0)
    if entry["measure"] == "flag":
        low, high = 0.0, 1.0
    if entry["unit"] == "%":
        high = min(high, 100.0)
    return float(low), float(high)


def assume(known: Known, assumed: Sequence[Assumption]) -> Known:
    """Return what is known with some figures as they are assumed.

    Everything computed from figures goes through them: shares, scales, what each
    segment's places are like.

    Raises
    ------
    AssumptionError
        When one cannot be made (see :func:`checked`).
    """
    checked(known, assumed)
    if not assumed:
        return known
    keys = ["level", "place", "indicator"]
    table = pd.DataFrame([vars(one) for one in assumed])
    gone = pd.MultiIndex.from_frame(known.observations[keys]).isin(
        pd.MultiIndex.from_frame(table[keys])
    )
    kept = known.observations[~gone]
    entries = known.indicators.loc[table["indicator"]]
    rows = table.assign(
        period=PERIOD,
        unit=entries["unit"].to_numpy(),
        pillar=entries["pillar"].to_numpy(),
        source_id=SOURCE,
        quality="exact",
        published=known.as_of,
    ).dropna(subset="value")
    rows = rows.reindex(columns=kept.columns, fill_value="")
    sources = known.sources
    if SOURCE not in sources.index:
        blank = sources.iloc[[0]].map(
            lambda value: "" if isinstance(value, str) else value
        )
        blank = blank.assign(source_id=SOURCE, second_hand=False)
        sources = pd.concat([sources, blank.set_axis([SOURCE])])
    observations = pd.concat([kept, rows], ignore_index=True)
    return replace(known, observations=observations, sources=sources)


def planned(rows: pd.DataFrame, level: str, place: str) -> pd.DataFrame:
    """Return the planned figures of a place, of each indicator the one furthest ahead.

    They are to be assumed, never features: also those announced after the month the
    model knows, and those for years to come, which :func:`features.at` leaves out.

    Parameters
    ----------
    rows : DataFrame
        Observations, of whatever month.
    level, place : str

    Returns
    -------
    DataFrame
        Rows and ``over``: whether there is a figure of a later time than the plan,
        which then says nothing of what may come.
    """
    rows = rows[(rows["level"] == level) & (rows["place"] == place)]
    rows = rows.assign(end=year_ends(rows["period"].astype(str)).astype(str))
    plan = (rows["status"] == "planned").to_numpy()
    latest = rows[~plan].groupby("indicator")["end"].max()
    plans = rows[plan].sort_values(["indicator", "end", "source_id"], kind="stable")
    plans = plans.drop_duplicates("indicator", keep="last")
    over = plans["indicator"].map(latest).fillna("") > plans["end"]
    return plans.drop(columns="end").assign(over=over).reset_index(drop=True)
