"""A picture of who moves: the rank of each place before and after."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, INK, QUIET
from app.ui.words import t

ROW = 26
LABEL = 170
TICKS = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]
# Shapes and colours of the scenario page: orange stands for what is assumed.
WHEN = {"before": (ACCENT, "circle"), "after": (AGAINST, "diamond")}


def movers(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw each place's way from one rank to the other.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.ui.bring_tables.picture`.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    titles = {name: t(f"bring.{name}", lang) for name in WHEN}
    said = [f"{before} → {after}" for before, after in _pairs(table)]
    rows = table.assign(said=said, right=table[["before", "after"]].max(axis=1))
    y = alt.Y(
        "name:N",
        title=None,
        sort=list(rows["name"]),
        axis=alt.Axis(labelLimit=LABEL, labelOverlap=False, labelColor=INK[ground]),
    )
    last = float(rows["right"].max())
    # Room to the right of the last mark for its ranks.
    scale = alt.Scale(type="symlog", constant=5, domain=[1, last * 1.5 + 8], nice=False)
    axis = alt.Axis(
        format="d",
        values=[tick for tick in TICKS if tick <= last],
        labelColor=INK[ground],
        titleColor=INK[ground],
    )
    tips = [
        alt.Tooltip("name:N", title=t("bring.col_place", lang)),
        alt.Tooltip("said:N", title=t("bring.axis_rank", lang)),
    ]
    x = alt.X("before:Q", title=t("bring.axis_rank", lang), scale=scale, axis=axis)
    way = (
        alt.Chart(rows)
        .mark_rule(strokeWidth=2, color=QUIET)
        .encode(y=y, x=x, x2="after:Q", tooltip=tips)
    )
    long = rows.melt(
        ["name", "said"], list(WHEN), var_name="when", value_name="rank"
    ).assign(title=lambda made: made["when"].map(titles))
    order = list(titles.values())
    colours, shapes = zip(*WHEN.values(), strict=True)
    dots = (
        alt.Chart(long)
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            y=y,
            x=alt.X("rank:Q", scale=scale),
            tooltip=tips,
            color=alt.Color(
                "title:N",
                sort=order,
                scale=alt.Scale(domain=order, range=list(colours)),
                legend=alt.Legend(title=None, orient="top", labelColor=INK[ground]),
            ),
            shape=alt.Shape(
                "title:N",
                sort=order,
                scale=alt.Scale(domain=order, range=list(shapes)),
            ),
        )
    )
    text = (
        alt.Chart(rows)
        .mark_text(align="left", dx=10, color=INK[ground])
        .encode(y=y, x=alt.X("right:Q", scale=scale), text="said:N")
    )
    chart = (way + dots + text).properties(height=ROW * len(rows) + 90)
    return chart.configure_view(strokeWidth=0)


def _pairs(table: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(table["before"], table["after"], strict=True))
