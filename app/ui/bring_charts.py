"""A picture of who moves, and how far."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, INK, LABEL, QUIET
from app.ui.words import t

ROW = 26
# Room beside a bar for its ranks, as a share of the picture.
ROOM = 0.45


def movers(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the ranks each place wins or loses, beside them from where to where.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.ui.bring_tables.picture`.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    pairs = zip(table["before"], table["after"], strict=True)
    moved = table["before"] - table["after"]
    rows = table.assign(moved=moved, said=[f"{old} → {new}" for old, new in pairs])
    low, high = min(int(moved.min()), 0), max(int(moved.max()), 0)
    room = ROOM * (high - low)
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "name:N",
            title=None,
            sort=list(rows["name"]),
            axis=alt.Axis(labelLimit=LABEL, labelOverlap=False),
        ),
        x=alt.X(
            "moved:Q",
            title=t("bring.axis_moved", lang),
            scale=alt.Scale(
                domain=[low - room * (low < 0), high + room * (high > 0)], nice=False
            ),
            axis=alt.Axis(
                labelExpr="datum.value ? format(datum.value, '+d') : '0'",
                tickMinStep=1,
                tickCount=6,
            ),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("bring.col_place", lang)),
            alt.Tooltip("said:N", title=t("bring.axis_rank", lang)),
        ],
    )
    won = alt.datum.moved > 0
    bars = base.mark_bar(height={"band": 0.65}).encode(
        color=alt.condition(won, alt.value(ACCENT), alt.value(AGAINST))
    )
    right = base.transform_filter(won).mark_text(align="left", dx=5, color=INK[ground])
    left = base.transform_filter(alt.datum.moved < 0).mark_text(
        align="right", dx=-5, color=INK[ground]
    )
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0]}))
        .mark_rule(color=QUIET)
        .encode(x=alt.X("zero:Q"))
    )
    chart = bars + right.encode(text="said:N") + left.encode(text="said:N") + zero
    chart = chart.properties(height=ROW * len(rows) + 60)
    drawn = chart.configure_view(strokeWidth=0)
    return drawn.configure_axis(labelColor=INK[ground], titleColor=INK[ground])
