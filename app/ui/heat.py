"""Heat maps of the data page: how much is held, and how new it is."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.ui.charts import DEEP, INK
from app.ui.words import t

# From the ground of the theme to the accent; a number stands in every cell.
RANGES = {"light": ["#eef4f4", "#0b6e75"], "dark": ["#1f2728", "#57b8bd"]}
ON_STRONG = {"light": "#ffffff", "dark": "#0b1213"}
# Beyond which share of the way to the accent that text is read more easily.
STRONG = {"light": 0.8, "dark": 0.57}
PICK = "province"


def coverage(
    table: pd.DataFrame, chosen: str, lang: str, ground: str = "light"
) -> alt.LayerChart:
    """Draw the mean coverage of each province by pillar; a click picks a province.

    Parameters
    ----------
    table : DataFrame
        ``province, name, pillar, share, text, places``, in the order drawn.
    chosen : str
        Code of the province to frame, or nothing.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    pick = alt.selection_point(name=PICK, fields=[PICK], on="click", clear=False)
    base = _base(
        table,
        x=alt.X("pillar:N", sort=None, title=None, axis=_top()),
        y=alt.Y("name:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("name:N", title=t("data.col_province", lang)),
            alt.Tooltip("pillar:N", title=t("data.col_pillar", lang)),
            alt.Tooltip("text:N", title=t("data.col_coverage", lang)),
            alt.Tooltip("places:Q", title=t("data.col_places", lang)),
        ],
    )
    cells = (
        base.mark_rect(cursor="pointer")
        .encode(
            color=_color("share", [0, 1], ground),
            stroke=alt.condition(
                alt.datum.province == chosen,
                alt.value(INK[ground]),
                alt.value("transparent"),
            ),
            strokeWidth=alt.value(1.5),
        )
        .add_params(pick)
    )
    return _finish(
        cells + _numbers(base, "text", "share", STRONG[ground], ground), ground, 20
    )


def freshness(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw how many indicators of each pillar have their newest figure of each year.

    Parameters
    ----------
    table : DataFrame
        ``pillar`` (name), ``year``, ``indicators`` (how many), ``names``.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    most = int(table["indicators"].max())
    base = _base(
        table,
        x=alt.X("year:O", title=t("data.axis_year", lang), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("pillar:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("pillar:N", title=t("data.col_pillar", lang)),
            alt.Tooltip("year:N", title=t("data.axis_year", lang)),
            alt.Tooltip("names:N", title=t("data.col_indicators", lang)),
        ],
    )
    cells = base.mark_rect().encode(color=_color("indicators", [0, most], ground))
    numbers = _numbers(base, "indicators", "indicators", STRONG[ground] * most, ground)
    return _finish(cells + numbers, ground, 30)


def _base(
    table: pd.DataFrame, x: alt.X, y: alt.Y, tooltip: list[alt.Tooltip]
) -> alt.Chart:
    return alt.Chart(table).encode(x=x, y=y, tooltip=tooltip)


def _top() -> alt.Axis:
    return alt.Axis(orient="top", labelAngle=0, labelLimit=90)


def _color(field: str, domain: list[int], ground: str) -> alt.Color:
    scale = alt.Scale(domain=domain, range=RANGES[ground])
    return alt.Color(f"{field}:Q", scale=scale, legend=None)


def _numbers(
    base: alt.Chart, text: str, value: str, strong: float, ground: str
) -> alt.Chart:
    """Write the number in each cell, in an ink that its colour lets read."""
    return base.mark_text(fontSize=11).encode(
        text=f"{text}:N",
        color=alt.condition(
            alt.datum[value] > strong,
            alt.value(ON_STRONG[ground]),
            alt.value(DEEP[ground]),
        ),
    )


def _finish(chart: alt.LayerChart, ground: str, row: int) -> alt.LayerChart:
    return (
        chart.properties(height=alt.Step(row))
        .configure_axis(
            labelColor=INK[ground],
            titleColor=INK[ground],
            grid=False,
            domain=False,
            ticks=False,
            labelOverlap=False,
            labelFlush=False,
        )
        .configure_view(strokeWidth=0)
    )
