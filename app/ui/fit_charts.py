"""Pictures of a place's segments: what a gap is made of, what became of twins."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, INK, QUIET, axis, whole
from app.ui.words import t
from model.wording import signed

ROW = 26


def gap(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the parts of a gap to a rival; to the right the place is ahead.

    Parameters
    ----------
    table : DataFrame
        ``name, value, kind``; ``kind`` is ``whole`` for the sum.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    table = table.assign(
        text=table["value"].map(signed), right=table["value"].round(2) >= 0
    )
    reach = max(float(table["value"].abs().max()), 0.1)
    low, high = min(table["value"].min(), 0.0), max(table["value"].max(), 0.0)
    domain = [low - 0.28 * reach * (low < 0), high + 0.28 * reach * (high > 0)]
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=axis(ground, labelLimit=170)),
        x=alt.X(
            "value:Q",
            title=t("park.axis_gap", lang),
            scale=alt.Scale(domain=domain, nice=False),
            axis=axis(ground, tickCount=6),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("park.col_part", lang)),
            alt.Tooltip("text:N", title=t("park.axis_gap", lang)),
        ],
    )
    bars = base.mark_bar(height={"band": 0.65}).encode(
        color=alt.condition(
            alt.datum.value >= 0, alt.value(ACCENT), alt.value(AGAINST)
        ),
        # The sum is no further part: an outline.
        fillOpacity=alt.condition(
            alt.datum.kind == "whole", alt.value(0.25), alt.value(1)
        ),
        stroke=alt.condition(
            alt.datum.value >= 0, alt.value(ACCENT), alt.value(AGAINST)
        ),
    )
    right = base.transform_filter(alt.datum.right).mark_text(
        align="left", dx=4, color=INK[ground]
    )
    left = base.transform_filter(~alt.datum.right).mark_text(
        align="right", dx=-4, color=INK[ground]
    )
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0.0]}))
        .mark_rule(color=QUIET)
        .encode(x=alt.X("zero:Q"))
    )
    text = right.encode(text="text:N") + left.encode(text="text:N")
    return whole(bars + text + zero, ROW * len(table) + 50)


def years(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the events in each year after the month, at the place and its twins.

    Parameters
    ----------
    table : DataFrame
        ``name, year, count``, the place itself first.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    names, order = list(dict.fromkeys(table["name"])), sorted(set(table["year"]))
    table = table.assign(
        text=table["count"].map("{:.0f}".format), mine=table["name"] == names[0]
    )
    # Later years stand out more, in any number of them.
    strength = [float(one) for one in np.linspace(1.0, 0.45, len(order))[::-1]]
    base = alt.Chart(table).encode(
        y=alt.Y(
            "name:N",
            title=None,
            sort=names,
            axis=axis(ground, labelLimit=190, labelOverlap=False),
        ),
        yOffset=alt.YOffset("year:N", sort=order),
        x=alt.X(
            "count:Q",
            title=t("park.axis_events", lang),
            axis=axis(ground, tickMinStep=1, format="d"),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("park.col_place", lang)),
            alt.Tooltip("year:N", title=t("park.col_year", lang)),
            alt.Tooltip("text:N", title=t("park.axis_events", lang)),
        ],
    )
    bars = base.mark_bar(height={"band": 0.85}).encode(
        color=alt.condition(alt.datum.mine, alt.value(AGAINST), alt.value(ACCENT)),
        opacity=alt.Opacity(
            "year:N",
            sort=order,
            scale=alt.Scale(domain=order, range=strength),
            legend=alt.Legend(
                title=None,
                orient="top",
                labelColor=INK[ground],
                symbolType="square",
                symbolFillColor=ACCENT,
                symbolStrokeColor=ACCENT,
            ),
        ),
    )
    text = base.mark_text(align="left", dx=4, color=INK[ground]).encode(text="text:N")
    return whole(bars + text, 20 * len(names) * len(order) + 120)
