"""Pictures of a scenario: before and after, steps within what others did, chances."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, INK, QUIET, whole
from app.ui.words import t

# Orange stands for what is assumed, on every picture of the page.
WHEN = {"before": ACCENT, "after": AGAINST}
ROW, STEP = 26, 84
TICKS = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]


def ranges(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw ranks and their 90% ranges before and after.

    Parameters
    ----------
    table : DataFrame
        ``when`` (``before``, ``after``), ``rank, low, high``.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    titles = {name: t(f"scenario.{name}", lang) for name in WHEN}
    table = table.assign(title=table["when"].map(titles))
    base = alt.Chart(table).encode(
        y=alt.Y("title:N", title=None, sort=list(titles.values()), axis=_axis(ground)),
        color=_colour(titles, ground, legend=False),
        tooltip=[
            alt.Tooltip("title:N", title=t("scenario.col_when", lang)),
            alt.Tooltip("rank:Q", title=t("scenario.col_rank", lang)),
            alt.Tooltip("low:Q", title=t("scenario.col_low", lang)),
            alt.Tooltip("high:Q", title=t("scenario.col_high", lang)),
        ],
    )
    scale = alt.Scale(type="symlog", constant=5, domainMin=1, nice=False)
    title = t("scenario.axis_rank", lang)
    axis = _axis(ground, format="d", values=TICKS)
    bar = base.mark_rule(strokeWidth=9, opacity=0.35).encode(
        x=alt.X("low:Q", title=title, scale=scale, axis=axis), x2="high:Q"
    )
    dot = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="rank:Q", shape=_shape(titles)
    )
    return whole(bar + dot, 2 * ROW + 100)


def pillars(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the contributions of the pillars before and after, side by side.

    Parameters
    ----------
    table : DataFrame
        Indexed by pillar: ``before, after``.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    titles = {name: t(f"scenario.{name}", lang) for name in WHEN}
    named = table.assign(
        name=[t(f"common.pillar_{name}", lang) for name in table.index]
    ).sort_values("after", ascending=False)
    long = named.melt("name", list(WHEN), var_name="when", value_name="value")
    long["title"] = long["when"].map(titles)
    # As they are written: no bar on the other side of a zero.
    long["value"] = long["value"].round(2).add(0.0)
    long["said"] = long["value"].map("{:+.2f}".format)
    reach = max(float(long["value"].abs().max()), 0.1)
    low = min(float(long["value"].min()), 0.0)
    domain = [low - 0.16 * reach * (low < 0), reach * 1.16]
    base = alt.Chart(long).encode(
        y=alt.Y("name:N", title=None, sort=list(named["name"]), axis=_axis(ground)),
        yOffset=alt.YOffset("title:N", sort=list(titles.values())),
        x=alt.X(
            "value:Q",
            title=t("scenario.axis_contribution", lang),
            scale=alt.Scale(domain=domain, nice=False),
            axis=_axis(ground),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("scenario.col_pillar", lang)),
            alt.Tooltip("title:N", title=t("scenario.col_when", lang)),
            alt.Tooltip("said:N", title=t("scenario.axis_contribution", lang)),
        ],
    )
    bars = base.mark_bar(height={"band": 0.85}).encode(color=_colour(titles, ground))
    text = [
        base.transform_filter(alt.datum.value >= 0)
        .mark_text(align="left", dx=4, color=INK[ground], fontSize=10)
        .encode(text="said:N"),
        base.transform_filter(alt.datum.value < 0)
        .mark_text(align="right", dx=-4, color=INK[ground], fontSize=10)
        .encode(text="said:N"),
    ]
    return whole(bars + text[0] + text[1], 36 * len(table) + 60)


def steps(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw each step of a path within the range that places alike came to.

    Parameters
    ----------
    table : DataFrame
        ``name, from, to, low, high``, and how they read (``from_said`` and so on).
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    width = (table["high"] - table["low"]).where(lambda gap: gap > 0, 1.0)
    at = {
        f"{end}_at": 100 * (table[end] - table["low"]) / width for end in ("from", "to")
    }
    table = table.assign(**at, zero=0.0, whole=100.0)
    tips = [
        alt.Tooltip("name:N", title=t("scenario.col_indicator", lang)),
        *(
            alt.Tooltip(f"{end}_said:N", title=t(f"scenario.col_{end}", lang))
            for end in ("from", "to", "low", "high")
        ),
    ]
    # Names stand above their bars: beside them they would leave a phone no room.
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", title=None, sort=list(table["name"]), axis=None),
        tooltip=tips,
    )
    x = alt.X(
        "zero:Q",
        title=t("scenario.axis_peers", lang),
        scale=alt.Scale(domain=[-2, 102], nice=False),
        axis=_axis(ground, values=[0, 25, 50, 75, 100]),
    )
    reach = base.mark_rule(strokeWidth=9, opacity=0.35, color=QUIET).encode(
        x=x, x2="whole:Q"
    )
    way = base.mark_rule(strokeWidth=3, color=AGAINST).encode(
        x=alt.X("from_at:Q"), x2="to_at:Q"
    )
    now = base.mark_point(filled=True, size=90, color=ACCENT, opacity=1).encode(
        x="from_at:Q"
    )
    then = base.mark_point(
        filled=True, size=120, color=AGAINST, opacity=1, shape="diamond"
    ).encode(x="to_at:Q")
    name = base.mark_text(dy=-32, align="left", color=INK[ground], fontSize=13).encode(
        x=alt.X("zero:Q"), text="name:N"
    )
    chart = reach + way + now + then + name
    for end, dy in (("from", -14), ("to", 16)):
        at_end = alt.datum[f"{end}_at"]
        # Inwards, so that no figure is cut at an edge.
        left = base.mark_text(dy=dy, align="left", color=INK[ground])
        right = base.mark_text(dy=dy, align="right", color=INK[ground])
        for text, inside in ((left, at_end <= 50), (right, at_end > 50)):
            chart += text.transform_filter(inside).encode(
                x=f"{end}_at:Q", text=f"{end}_said:N"
            )
    return whole(chart, STEP * len(table) + 100)


def flips(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw how often each missing figure would change the decision.

    Parameters
    ----------
    table : DataFrame
        ``name, flips, flips_low, flips_high`` (0 to 1).
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    base = alt.Chart(table).encode(
        y=alt.Y(
            "name:N",
            title=None,
            sort=list(table["name"]),
            axis=_axis(ground, labelLimit=200),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("scenario.col_indicator", lang)),
            alt.Tooltip("flips:Q", title=t("scenario.col_flips", lang), format=".0%"),
            alt.Tooltip(
                "flips_low:Q", title=t("scenario.col_at_least", lang), format=".0%"
            ),
            alt.Tooltip(
                "flips_high:Q", title=t("scenario.col_at_most", lang), format=".0%"
            ),
        ],
    )
    x = alt.X(
        "flips:Q",
        title=t("scenario.axis_flips", lang),
        scale=alt.Scale(domain=[0, 1]),
        axis=_axis(ground, format="%", values=[0, 0.25, 0.5, 0.75, 1]),
    )
    bars = base.mark_bar(height={"band": 0.6}, color=AGAINST).encode(x=x)
    ends = base.mark_rule(color=INK[ground]).encode(x="flips_low:Q", x2="flips_high:Q")
    return whole(bars + ends, ROW * len(table) + 90)


def _colour(titles: dict[str, str], ground: str, legend: bool = True) -> alt.Color:
    drawn = alt.Legend(title=None, orient="top", labelColor=INK[ground])
    return alt.Color(
        "title:N",
        sort=list(titles.values()),
        scale=alt.Scale(domain=list(titles.values()), range=list(WHEN.values())),
        legend=drawn if legend else None,
    )


def _shape(titles: dict[str, str]) -> alt.Shape:
    scale = alt.Scale(domain=list(titles.values()), range=["circle", "diamond"])
    return alt.Shape("title:N", scale=scale, legend=None)


def _axis(ground: str, **more: Any) -> alt.Axis:
    return alt.Axis(labelColor=INK[ground], titleColor=INK[ground], **more)
