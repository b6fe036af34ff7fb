"""Pictures of one place: its segments, its profile beside others, what came when."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.ui.charts import AGAINST, INK, LINED, QUIET, axis, whole, wrapped
from app.ui.compare_charts import FEW, SERIES, TICKS
from app.ui.words import t

ROW, MARGIN = 25, 56
# Each place has a lane of its own, so that none hides another.
LANE, LEAST_ROW, TWO_LINES = 9, 34, 44
# Room for the words after a range, as a share of the axis.
ROOM = 0.56
# Room of a row's name, in pixels; a phone has no more.
NAME = 155
# The longest name of a segment is shown whole.
WHOLE = 180
MEDIAN = 50
# The place itself is a large diamond: it is told from the others without colour.
SHAPES = ("diamond", "triangle-up", "circle", "square", "cross")


def strengths(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the rank of a place in each segment with its range, on one axis.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.ui.place_tables.picture`.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    low, high = int(table["low"].min()), int(table["high"].max())
    reach = max(high / low, 2.0)
    domain = [low / reach**0.06, high * reach**ROOM]
    scale = alt.Scale(type="log", domain=domain, nice=False)
    ticks = [n for n in TICKS if low <= n <= high]
    if len(ticks) < FEW:
        ticks = sorted({low, *ticks, high})
    colour = alt.condition(
        alt.datum.chosen, alt.value(AGAINST), alt.value(LINED[ground])
    )
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=axis(ground, labelLimit=WHOLE)),
        color=colour,
        tooltip=[
            alt.Tooltip("name:N", title=t("park.col_segment", lang)),
            alt.Tooltip("rank:Q", title=t("recommend.col_rank", lang)),
            alt.Tooltip("said:N", title=t("recommend.col_range", lang)),
        ],
    )
    x = alt.X(
        "low:Q",
        title=t("place.axis_rank", lang),
        scale=scale,
        axis=axis(ground, format="d", values=ticks),
    )
    bars = base.mark_rule(strokeWidth=7, opacity=0.4, strokeCap="round").encode(
        x=x, x2="high:Q"
    )
    dots = base.mark_point(filled=True, size=75, opacity=1).encode(
        x=alt.X("rank:Q", scale=scale),
        shape=alt.Shape(
            "ahead:N",
            scale=alt.Scale(domain=[False, True], range=["circle", "triangle-up"]),
            legend=None,
        ),
    )
    text = base.mark_text(align="left", dx=7, fontSize=11).encode(
        x=alt.X("high:Q", scale=scale), text="text:N", color=alt.value(INK[ground])
    )
    return whole(bars + dots + text, ROW * len(table) + MARGIN)


def profile(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw how far up each place stands in every row, with the median between.

    Parameters
    ----------
    table : DataFrame
        ``row, name, value``, the place itself first.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    names, full = list(dict.fromkeys(table["name"])), list(dict.fromkeys(table["row"]))
    lines = pd.Series({row: wrapped(row) for row in full})
    # Two names that begin alike stay whole: each has a row of its own.
    short = lines.where(~lines.duplicated(keep=False), lines.index).to_dict()
    rows = list(short.values())
    table = table.assign(
        label=table["row"].map(short),
        said=[f"{int(10 * value) / 10:.1f}" for value in table["value"]],
    )
    scale = alt.Scale(domain=[0, 100], nice=False)
    base = alt.Chart(table).encode(
        y=alt.Y(
            "label:N",
            title=None,
            sort=rows,
            scale=alt.Scale(domain=rows),
            axis=axis(
                ground,
                labelLimit=NAME,
                grid=True,
                labelOverlap=False,
                labelExpr="split(datum.label, '\\n')",
            ),
        ),
        yOffset=alt.YOffset("name:N", sort=names, scale=alt.Scale(domain=names)),
        x=alt.X(
            "value:Q",
            title=t("place.axis_percentile", lang),
            scale=scale,
            axis=axis(ground, values=[0, 25, MEDIAN, 75, 100], format="d"),
        ),
        tooltip=[
            alt.Tooltip("row:N", title=t("detail.col_indicator", lang)),
            alt.Tooltip("name:N", title=t("place.col_place", lang)),
            alt.Tooltip("said:N", title=t("place.col_percentile", lang)),
        ],
    )
    legend = alt.Legend(
        title=None, orient="top", columns=1, labelLimit=190, labelColor=INK[ground]
    )
    mine = alt.datum.name == names[0]
    dots = base.mark_point(filled=True, opacity=0.95).encode(
        color=alt.Color(
            "name:N",
            scale=alt.Scale(domain=names, range=[*SERIES[: len(names)]]),
            legend=legend,
        ),
        shape=alt.Shape(
            "name:N",
            scale=alt.Scale(domain=names, range=[*SHAPES[: len(names)]]),
            legend=legend,
        ),
        size=alt.condition(mine, alt.value(190), alt.value(75)),
    )
    middle = pd.DataFrame({"at": [MEDIAN], "said": [t("place.median", lang)]})
    rule = (
        alt.Chart(middle)
        .mark_rule(color=QUIET, strokeDash=[4, 4])
        .encode(x=alt.X("at:Q", scale=scale))
    )
    said = (
        alt.Chart(middle)
        .mark_text(align="left", dx=4, baseline="bottom", dy=-2, color=INK[ground])
        .encode(x=alt.X("at:Q", scale=scale), y=alt.value(0), text="said:N")
    )
    least = TWO_LINES if any("\n" in row for row in rows) else LEAST_ROW
    row = max(LANE * len(names) + 8, least)
    height = row * len(rows) + MARGIN + 18 * len(names)
    return whole(rule + dots + said, height)


def timeline(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw how many entries of each kind are of each year.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.ui.place_tables.marks`.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    kinds = list(dict.fromkeys(table["kind"]))
    first, last = int(table["year"].min()), int(table["year"].max())
    scale = alt.Scale(domain=[first - 0.6, last + 0.6], nice=False, zero=False)
    most = int(table["count"].max())
    base = alt.Chart(table).encode(
        y=alt.Y("kind:N", title=None, sort=kinds, axis=axis(ground, grid=True)),
        x=alt.X(
            "year:Q",
            title=None,
            scale=scale,
            axis=axis(ground, format="d", tickMinStep=1, tickCount=8, grid=False),
        ),
        tooltip=[
            alt.Tooltip("year:Q", title=t("park.col_year", lang)),
            alt.Tooltip("kind:N", title=t("detail.kinds", lang)),
            alt.Tooltip("count:Q", title=t("place.col_count", lang)),
            alt.Tooltip("names:N", title=t("detail.col_name", lang)),
        ],
    )
    dots = base.mark_circle(opacity=0.85).encode(
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=kinds, range=[*SERIES[: len(kinds)]]),
            legend=None,
        ),
        # The room of a dot says how many.
        size=alt.Size(
            "count:Q",
            scale=alt.Scale(domain=[1, max(most, 2)], range=[90, 620]),
            legend=None,
        ),
    )
    text = (
        base.transform_filter(alt.datum.count > 1)
        .mark_text(color=INK[ground], dy=-18, fontSize=11)
        .encode(text="count:Q")
    )
    return whole(dots + text, 46 * len(kinds) + 50)
