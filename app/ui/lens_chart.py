"""Pictures of published rankings and ours."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, INK, LINED
from app.ui.words import t

ROW = 22
# The longest name of a segment is shown whole.
LABEL = 180


def slope(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw two orders of the same places, joined by lines.

    Parameters
    ----------
    table : DataFrame
        From ``lens_tables.slope``: each place stands at its turn, labelled by its rank.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    sides = {"published": "axis_published", "recomputed": "axis_recomputed"}
    titles = {name: t(f"lens.{key}", lang) for name, key in sides.items()}
    long = pd.concat(
        [
            table[["place", "name", "far"]].assign(
                side=side, title=titles[side], rank=table[side], at=table[f"{side}_at"]
            )
            for side in sides
        ]
    )
    long["label"] = long["rank"].astype(str) + " " + long["name"]
    colour = alt.condition(alt.datum.far, alt.value(AGAINST), alt.value(ACCENT))
    base = alt.Chart(long).encode(
        x=alt.X(
            "title:N",
            title=None,
            sort=list(titles.values()),
            scale=alt.Scale(padding=0.75),
            axis=alt.Axis(
                orient="top",
                labelAngle=0,
                domain=False,
                ticks=False,
                labelColor=INK[ground],
            ),
        ),
        y=alt.Y("at:Q", scale=alt.Scale(reverse=True, nice=False), axis=None),
        tooltip=[
            alt.Tooltip("name:N", title=t("lens.col_place", lang)),
            alt.Tooltip("title:N", title=t("lens.param_ranking", lang)),
            alt.Tooltip("rank:Q", title=t("lens.col_rank", lang)),
        ],
    )
    lines = base.mark_line(strokeWidth=2, opacity=0.8).encode(
        detail="place:N", color=colour
    )
    dots = base.mark_point(filled=True, size=45, opacity=1).encode(color=colour)
    left = base.transform_filter(alt.datum.side == "published").mark_text(
        align="right", dx=-9, fontSize=12, color=INK[ground]
    )
    right = base.transform_filter(alt.datum.side == "recomputed").mark_text(
        align="left", dx=9, fontSize=12, color=INK[ground]
    )
    chart = lines + dots + left.encode(text="label:N") + right.encode(text="label:N")
    height = ROW * len(table) + 40
    return chart.properties(height=height).configure_view(strokeWidth=0)


def grid(
    table: pd.DataFrame, segments: pd.Series, lang: str, ground: str = "light"
) -> alt.Chart:
    """Draw which segments a report calls strong in which cities.

    Parameters
    ----------
    table : DataFrame
        ``name, segment, grade`` (1 to 3), places in the order to be drawn.
    segments : Series
        Their names in the order to be drawn.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    ink: dict[str, Any] = {"labelColor": INK[ground], "titleColor": INK[ground]}
    x = alt.Axis(
        orient="top",
        labelAngle=-55,
        labelOverlap=False,
        labelLimit=LABEL,
        domain=False,
        ticks=False,
        **ink,
    )
    y = alt.Axis(domain=False, ticks=False, labelLimit=160, **ink)
    return (
        alt.Chart(table)
        .mark_square(size=170)
        .encode(
            x=alt.X("segment:N", title=None, sort=list(segments), axis=x),
            y=alt.Y("name:N", title=None, sort=None, axis=y),
            color=alt.value(LINED[ground]),
            opacity=alt.Opacity(
                "grade:Q",
                scale=alt.Scale(domain=[0, 3], range=[0.1, 1]),
                legend=None,
            ),
            tooltip=[
                alt.Tooltip("name:N", title=t("lens.col_where", lang)),
                alt.Tooltip("segment:N", title=t("lens.col_segment", lang)),
                alt.Tooltip("grade:Q", title=t("lens.col_grade", lang)),
            ],
        )
        .properties(height=ROW * table["name"].nunique() + 140)
    )
