"""Pictures of how well the ranking did: lifts with intervals, segment by segment."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, INK, QUIET, axis, whole
from app.ui.evidence_tables import signed
from app.ui.words import t

# Heights of a row with an interval, and of one with two dots.
TALL, ROW = 40, 26
# What an interval says, by colour and by shape.
LOOKS = {
    "better": (ACCENT, "triangle-up"),
    "same": (QUIET, "circle"),
    "worse": (AGAINST, "triangle-down"),
}
WHOSE = {"ours": (ACCENT, "circle"), "best": (QUIET, "diamond")}


def reach(tables: list[pd.DataFrame]) -> tuple[float, float]:
    """Return the span that holds every interval, 0, and the figures beside them."""
    ends = pd.concat([table[["low", "high"]] for table in tables])
    low, high = min(float(ends["low"].min()), 0.0), max(float(ends["high"].max()), 0.0)
    length = max(high - low, 0.01)
    return low - 0.04 * length, high + 0.2 * length


def lifts(
    table: pd.DataFrame,
    span: tuple[float, float],
    lang: str,
    ground: str = "light",
) -> alt.LayerChart:
    """Draw each task's lift over the best simple rule as a dot in its interval.

    Parameters
    ----------
    table : DataFrame
        ``name, rule, ours, best, value, low, high, verdict``.
    span : tuple of float
        The scale's ends (see :func:`reach`).
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    words = {name: t(f"evidence.verdict_{name}", lang) for name in LOOKS}
    table = table.assign(
        says=table["verdict"].map(words), text=table["value"].map(signed)
    )
    base = alt.Chart(table).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=_axis(ground, labelLimit=170)),
        color=_scaled(alt.Color, words, LOOKS, 0),
        tooltip=[
            alt.Tooltip("name:N", title=t("evidence.col_task", lang)),
            alt.Tooltip("rule:N", title=t("evidence.col_rule", lang)),
            alt.Tooltip("ours:Q", title=t("evidence.row_model", lang), format=".3f"),
            alt.Tooltip("best:Q", title=t("evidence.col_best", lang), format=".3f"),
            alt.Tooltip("text:N", title=t("evidence.axis_lift", lang)),
            alt.Tooltip("low:Q", title=t("evidence.col_low", lang), format="+.3f"),
            alt.Tooltip("high:Q", title=t("evidence.col_high", lang), format="+.3f"),
            alt.Tooltip("says:N", title=t("evidence.col_says", lang)),
        ],
    )
    x = alt.X(
        "low:Q",
        title=t("evidence.axis_lift", lang),
        scale=alt.Scale(domain=list(span), nice=False),
        axis=_axis(ground, format="+.2f", tickCount=5),
    )
    bar = base.mark_rule(strokeWidth=7, opacity=0.35).encode(x=x, x2="high:Q")
    dot = base.mark_point(filled=True, size=110, opacity=1).encode(
        x="value:Q", shape=_scaled(alt.Shape, words, LOOKS, 1)
    )
    said = base.mark_text(align="left", dx=6, fontSize=12).encode(
        x="high:Q", text="text:N", color=alt.value(INK[ground])
    )
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0.0]}))
        .mark_rule(color=INK[ground], strokeDash=[4, 3])
        .encode(x="zero:Q")
    )
    return whole(zero + bar + dot + said, TALL * len(table) + 60)


def segments(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw each segment's figure beside that of the best simple rule.

    Parameters
    ----------
    table : DataFrame
        ``name, positives, ours, best, value``, the uppermost first.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    titles = {
        "ours": t("evidence.row_model", lang),
        "best": t("evidence.col_best", lang),
    }
    order = list(table["name"])
    table = table.assign(text=table["value"].map(signed))
    y = alt.Y("name:N", sort=order, title=None, axis=_axis(ground, labelLimit=170))
    scale = alt.Scale(zero=False, nice=False, padding=12)
    ticks = _axis(ground, format=".2f", tickCount=6)
    title = t("evidence.axis_score", lang)
    long = table.melt(["name", "positives", "text"], ["ours", "best"], "whose", "score")
    long["title"] = long["whose"].map(titles)
    line = (
        alt.Chart(table)
        .mark_rule(color=QUIET, strokeWidth=2, opacity=0.6)
        .encode(y=y, x=alt.X("ours:Q", title=title, scale=scale, axis=ticks), x2="best")
    )
    dots = (
        alt.Chart(long)
        .mark_point(filled=True, size=80, opacity=1)
        .encode(
            y=y,
            x=alt.X("score:Q", title=title, scale=scale, axis=ticks),
            color=_scaled(alt.Color, titles, WHOSE, 0),
            shape=_scaled(alt.Shape, titles, WHOSE, 1),
            tooltip=[
                alt.Tooltip("name:N", title=t("evidence.col_segment", lang)),
                alt.Tooltip("title:N", title=t("evidence.col_ranking", lang)),
                alt.Tooltip("score:Q", title=title, format=".3f"),
                alt.Tooltip("text:N", title=t("evidence.axis_lift", lang)),
                alt.Tooltip("positives:Q", title=t("evidence.col_positives", lang)),
            ],
        )
    )
    return whole(line + dots, ROW * len(table) + 70)


def _scaled(
    channel: Any,
    titles: dict[str, str],
    looks: dict[str, tuple[str, str]],
    part: int,
) -> Any:
    """Return a channel of the words on a scale of fixed looks.

    The captions say what the shapes mean: a legend would be cut on a phone.
    """
    name = "says" if "same" in titles else "title"
    return channel(
        f"{name}:N",
        sort=list(titles.values()),
        scale=alt.Scale(
            domain=list(titles.values()),
            range=[looks[key][part] for key in titles],
        ),
        legend=None,
    )


def _axis(ground: str, **more: Any) -> alt.Axis:
    return axis(ground, **{"labelFlush": False, **more})
