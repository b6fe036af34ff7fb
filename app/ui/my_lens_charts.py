"""Pictures of the user's own lens: shares, ranges, chances, what drives the ranks."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, DEEP, INK, LINED, QUIET, axis, whole
from app.ui.words import t

ROW = 24


def shares(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw what each pillar should weigh and what it does, side by side.

    Parameters
    ----------
    table : DataFrame
        ``name, nominal, real`` in percent.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    titles = {name: t(f"mine.col_{name}", lang) for name in ("nominal", "real")}
    long = table.melt("name", list(titles), var_name="kind", value_name="share")
    long["title"] = long["kind"].map(titles)
    long["said"] = long["share"].map("{:.0f}%".format)
    base = alt.Chart(long).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=axis(ground, labelLimit=160)),
        yOffset=alt.YOffset("title:N", sort=list(titles.values())),
        x=alt.X("share:Q", title=t("mine.axis_share", lang), axis=axis(ground)),
        tooltip=[
            alt.Tooltip("name:N", title=t("mine.col_item", lang)),
            alt.Tooltip("title:N", title=t("mine.col_kind", lang)),
            alt.Tooltip("said:N", title=t("mine.axis_share", lang)),
        ],
    )
    colour = alt.Color(
        "title:N",
        sort=list(titles.values()),
        scale=alt.Scale(domain=list(titles.values()), range=[QUIET, ACCENT]),
        legend=alt.Legend(title=None, orient="top", labelColor=INK[ground]),
    )
    bars = base.mark_bar(height={"band": 0.9}).encode(color=colour)
    text = base.mark_text(align="left", dx=4, color=INK[ground]).encode(text="said:N")
    return whole(bars + text, 2 * ROW * len(table) + 40)


def ranges(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw each place's rank and the ranks that nine draws of ten lie between.

    Parameters
    ----------
    table : DataFrame
        ``name, rank, median, low, high``, best first.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=axis(ground, labelLimit=160)),
        tooltip=[
            alt.Tooltip("name:N", title=t("mine.col_place", lang)),
            alt.Tooltip("rank:Q", title=t("mine.col_rank", lang)),
            alt.Tooltip("median:Q", title=t("mine.col_median", lang)),
            alt.Tooltip("low:Q", title=t("mine.col_low", lang)),
            alt.Tooltip("high:Q", title=t("mine.col_high", lang)),
        ],
    )
    x = alt.X(
        "low:Q",
        title=t("mine.axis_rank", lang),
        scale=alt.Scale(type="symlog", constant=5, domainMin=1, nice=False),
        axis=axis(ground, format="d", values=[1, 2, 3, 5, 10, 20, 50, 100, 200, 500]),
    )
    bar = base.mark_rule(strokeWidth=7, opacity=0.4, color=LINED[ground]).encode(
        x=x, x2="high:Q"
    )
    median = base.mark_tick(thickness=2, size=14, color=LINED[ground]).encode(
        x="median:Q"
    )
    dot = base.mark_point(filled=True, size=60, color=AGAINST, opacity=1).encode(
        x="rank:Q"
    )
    return whole(bar + median + dot, ROW * len(table) + 50)


def chances(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the chance of each place for each rank.

    Parameters
    ----------
    table : DataFrame
        ``name, rank, chance`` (0 to 1), places best first.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    table = table.assign(
        said=[f"{100 * c:.0f}" if c >= 0.005 else "" for c in table["chance"]]
    )
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=axis(ground, labelLimit=160)),
        x=alt.X(
            "rank:O",
            title=t("mine.axis_rank", lang),
            axis=axis(ground, labelAngle=0),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("mine.col_place", lang)),
            alt.Tooltip("rank:O", title=t("mine.col_rank", lang)),
            alt.Tooltip("chance:Q", title=t("mine.col_chance", lang), format=".0%"),
        ],
    )
    cells = base.mark_rect().encode(
        opacity=alt.Opacity(
            "chance:Q", scale=alt.Scale(domain=[0, 1], range=[0.03, 1]), legend=None
        ),
        color=alt.value(ACCENT),
    )
    text = base.mark_text(fontSize=11, color=DEEP[ground]).encode(text="said:N")
    return whole(cells + text, ROW * table["name"].nunique() + 50)


def drivers(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the Sobol indices of each choice: by itself, and with the others.

    Parameters
    ----------
    table : DataFrame
        ``name, first, first_low, first_high, total, total_low, total_high``.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    kinds = ("first", "total")
    titles = {kind: t(f"mine.sobol_{kind}", lang) for kind in kinds}
    long = pd.concat(
        [
            pd.DataFrame(
                {
                    "name": table["name"],
                    "title": titles[kind],
                    "value": table[kind],
                    "low": table[f"{kind}_low"],
                    "high": table[f"{kind}_high"],
                }
            )
            for kind in kinds
        ]
    )
    order = list(table.sort_values("total", ascending=False)["name"])
    base = alt.Chart(long).encode(
        y=alt.Y("name:N", title=None, sort=order, axis=axis(ground, labelLimit=160)),
        yOffset=alt.YOffset("title:N", sort=list(titles.values())),
        tooltip=[
            alt.Tooltip("name:N", title=t("mine.col_factor", lang)),
            alt.Tooltip("title:N", title=t("mine.col_kind", lang)),
            alt.Tooltip("value:Q", title=t("mine.axis_sobol", lang), format=".0%"),
            alt.Tooltip("low:Q", title=t("mine.col_from", lang), format=".0%"),
            alt.Tooltip("high:Q", title=t("mine.col_to", lang), format=".0%"),
        ],
    )
    colour = alt.Color(
        "title:N",
        sort=list(titles.values()),
        scale=alt.Scale(domain=list(titles.values()), range=[ACCENT, QUIET]),
        legend=alt.Legend(title=None, orient="top", labelColor=INK[ground]),
    )
    title = t("mine.axis_sobol", lang)
    x = alt.X("value:Q", title=title, axis=axis(ground, format="%"))
    bars = base.mark_bar(height={"band": 0.9}).encode(x=x, color=colour)
    ends = base.mark_rule(color=INK[ground]).encode(x="low:Q", x2="high:Q")
    return whole(bars + ends, 2 * ROW * len(table) + 50)
