"""How the events of a segment came, quarter by quarter, at every place."""

from __future__ import annotations

import pandas as pd

from features import shift
from model.score import Model

# Three years: the filings began in the middle of 2022.
QUARTERS = 12


def quarters(model: Model, segment: str, level: str) -> dict[str, list[float]]:
    """Return the known firm events of a segment in the last quarters, oldest first.

    Quarters of three months that end with the model's month. A place without any is
    left out.
    """
    if (held := model.ahead.get(("quarters", segment, level))) is not None:
        return dict(held)
    rows = model.known.outcomes
    rows = rows[(rows["segment"] == segment) & (rows["level"] == level)]
    first = pd.Period(shift(model.as_of, 1 - 3 * QUARTERS), freq="M")
    rows = rows[rows["month"] >= str(first)]
    months = pd.PeriodIndex(rows["month"], freq="M")
    quarter = (months.year - first.year) * 12 + months.month - first.month
    table = pd.crosstab(
        rows["place"], quarter // 3, rows["count"], aggfunc="sum", dropna=False
    )
    whole = table.reindex(columns=range(QUARTERS)).fillna(0.0)
    return dict(zip(whole.index, whole.to_numpy().tolist(), strict=True))
