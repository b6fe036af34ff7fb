"""Pictures of places side by side: each place has its colour on all of them."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from app.ui.charts import INK, QUIET, axis, whole
from app.ui.words import t

# Okabe & Ito's, apart for colour-blind eyes; a name or a turn says the same thing.
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
ROW, BAR = 46, 19
# With fewer numbers on the axis, its ends are told too.
FEW = 3
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
YEARS_HEIGHT = 130
# Letters of a name of which three stand in a row of the legend.
SHORT = {"zh": 4, "en": 9}


def ranges(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the rank of each place and its range on one axis.

    Parameters
    ----------
    table : DataFrame
        ``name, rank, low, high, said``, best first.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    low, high = int(table["low"].min()), int(table["high"].max())
    ticks = [n for n in TICKS if low <= n <= high]
    if len(ticks) < FEW:
        ticks = sorted({low, *ticks, high})
    scale = alt.Scale(type="log", domain=[low / 1.25, high * 1.25], nice=False)
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=axis(ground, labelLimit=150)),
        color=_colour(list(table["name"])),
        tooltip=[
            alt.Tooltip("name:N", title=t("compare.col_place", lang)),
            alt.Tooltip("rank:Q", title=t("compare.rank", lang)),
            alt.Tooltip("said:N", title=t("compare.range", lang)),
        ],
    )
    x = alt.X(
        "low:Q",
        title=t("compare.axis_rank", lang),
        scale=scale,
        axis=axis(ground, format="d", values=ticks),
    )
    bar = base.mark_rule(strokeWidth=9, opacity=0.4, strokeCap="round").encode(
        x=x, x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=110, opacity=1).encode(
        x=alt.X("rank:Q", scale=scale)
    )
    text = base.mark_text(dy=-13, fontWeight="bold").encode(
        x=alt.X("rank:Q", scale=scale), text="rank:Q", color=alt.value(INK[ground])
    )
    return whole(bar + dot + text, ROW * len(table) + 60)


def pillars(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the parts of the places' scores, those of a pillar below each other.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.ui.compare_tables.pillars`.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    # A part too small to show is 0, not minus 0.
    rounded = table["value"].round(2) + 0.0
    said = [f"{value:+.2f}" if value else "0.00" for value in rounded]
    table = table.assign(said=said, right=rounded >= 0)
    names = list(dict.fromkeys(table["name"]))
    low, high = min(table["value"].min(), 0.0), max(table["value"].max(), 0.0)
    room = 0.2 * max(high - low, 0.1)
    domain = [low - room * (low < 0), high + room]
    base = alt.Chart(table).encode(
        y=alt.Y("pillar:N", title=None, sort=None, axis=axis(ground)),
        yOffset=alt.YOffset("name:N", sort=names, scale=alt.Scale(paddingInner=0.15)),
        x=alt.X(
            "value:Q",
            title=t("detail.axis_contribution", lang),
            scale=alt.Scale(domain=domain, nice=False),
            axis=axis(ground, tickCount=5),
        ),
        tooltip=[
            alt.Tooltip("pillar:N", title=t("detail.col_pillar", lang)),
            alt.Tooltip("name:N", title=t("compare.col_place", lang)),
            alt.Tooltip("said:N", title=t("detail.axis_contribution", lang)),
        ],
    )
    legend = alt.Legend(
        title=None,
        orient="top",
        # Short names stand in one row on a phone too.
        columns=3 if max(map(len, names)) <= SHORT[lang] else 2,
        labelLimit=150,
        labelColor=INK[ground],
        symbolType="square",
    )
    bars = base.mark_bar().encode(color=_colour(names, legend))
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
    text = right.encode(text="said:N") + left.encode(text="said:N")
    height = (BAR * len(names) + 8) * table["pillar"].nunique() + 90
    return whole(bars + text + zero, height)


def years(
    counts: pd.Series, most: float, turn: int, lang: str, ground: str = "light"
) -> alt.LayerChart:
    """Draw the events of a place each year as a small line.

    Parameters
    ----------
    counts : Series
        By year.
    most : float
        The largest count of any of the places: all have one scale.
    turn : int
        Which of the places it is, from 0: its colour.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    table = pd.DataFrame({"year": counts.index, "count": counts.to_numpy()})
    table["said"] = table["count"].map("{:.0f}".format)
    base = alt.Chart(table).encode(
        x=alt.X(
            "year:O",
            title=None,
            axis=axis(ground, labelAngle=0, labelOverlap=True, ticks=False),
        ),
        y=alt.Y(
            "count:Q",
            title=None,
            scale=alt.Scale(domain=[0, 1.25 * max(most, 1.0)], nice=False),
            axis=axis(ground, tickCount=3, tickMinStep=1, format="d"),
        ),
        tooltip=[
            alt.Tooltip("year:O", title=t("compare.col_year", lang)),
            alt.Tooltip("said:N", title=t("park.axis_events", lang)),
        ],
    )
    line = base.mark_line(color=SERIES[turn], strokeWidth=2)
    dots = base.mark_point(color=SERIES[turn], filled=True, size=35, opacity=1)
    marked = {table["count"].idxmax(), table.index[-1]}
    text = (
        base.transform_filter(
            alt.FieldOneOfPredicate("year", list(table.loc[list(marked), "year"]))
        )
        .mark_text(dy=-9, color=INK[ground])
        .encode(text="said:N")
    )
    return whole(line + dots + text, YEARS_HEIGHT)


def _colour(names: Sequence[str], legend: alt.Legend | None = None) -> alt.Color:
    scale = alt.Scale(domain=[*names], range=[*SERIES[: len(names)]])
    return alt.Color("name:N", scale=scale, legend=legend)
