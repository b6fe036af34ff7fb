"""Pictures of a move of ranks and of policies in time."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.ui.charts import ACCENT, AGAINST, INK, QUIET
from app.ui.words import t

# Height of a row, and of what stands above and below them.
ROW, BAR, MARGIN = 30, 42, 80
# Room for the words of a bar, as a share of the picture's width.
ROOM = 0.16
KINDS = ("end", "up", "down")


def steps(table: pd.DataFrame, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw the way from one score to another as steps that begin where the last ended.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.ui.moved_tables.steps`.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    signed = table["kind"] != "end"
    rows = table.assign(
        row=[f"{i:02d}" for i in range(len(table))],
        said=[
            f"{value:+.2f}" if sign else f"{value:.2f}"
            for value, sign in zip(table["value"], signed, strict=True)
        ],
        left=table[["start", "end"]].min(axis=1),
        right=table[["start", "end"]].max(axis=1),
    )
    low, high = float(rows["left"].min()), float(rows["right"].max())
    reach = max(high - low, 0.01)
    scale = alt.Scale(
        domain=[low - 0.02 * reach, high + ROOM * reach], nice=False, zero=False
    )
    names = dict(zip(rows["row"], rows["name"], strict=True))
    base = alt.Chart(rows).encode(
        y=alt.Y(
            "row:N",
            title=None,
            sort=list(names),
            scale=alt.Scale(domain=list(names)),
            axis=alt.Axis(
                labelLimit=190,
                labelExpr=f"{_lookup(names)}[datum.value]",
            ),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=t("moved.col_source_of_score", lang)),
            alt.Tooltip("said:N", title=t("moved.axis_score", lang)),
        ],
    )
    x = alt.X(
        "left:Q",
        title=t("moved.axis_score", lang),
        scale=scale,
        axis=alt.Axis(tickCount=5),
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=list(KINDS), range=[QUIET, ACCENT, AGAINST]),
        legend=None,
    )
    bars = (
        base.transform_filter(alt.datum.kind != "end")
        .mark_bar(height={"band": 0.6}, minBandSize=2)
        .encode(x=x, x2="right:Q", color=colour)
    )
    ends = (
        base.transform_filter(alt.datum.kind == "end")
        .mark_point(shape="diamond", filled=True, size=110, opacity=1)
        .encode(x=x, color=colour)
    )
    text = base.mark_text(align="left", dx=8, color=INK[ground]).encode(
        x=alt.X("right:Q", scale=scale), text="said:N"
    )
    return _whole(bars + ends + text, ROW * len(rows) + MARGIN, ground)


def timeline(
    table: pd.DataFrame, today: tuple[str, float], lang: str, ground: str = "light"
) -> alt.LayerChart:
    """Draw the stated period of each policy, under its title, and today.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.ui.moved_tables.bars`.
    today : tuple of (str, float)
        The month, and where it is in years.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
    """
    month, now = today
    rows = table.assign(row=[f"{i:02d}" for i in range(len(table))])
    low = min(float(rows["start"].min()), now) - 0.2
    high = max(float(rows["end"].max()), now) + 0.8
    states = [
        t(f"moved.state_{name}", lang)
        for name in ("running", "ends_within_a_year", "ended", "planned")
    ]
    held = [state for state in states if state in set(rows["state"])]
    colours = dict(zip(states, (ACCENT, AGAINST, QUIET, INK[ground]), strict=True))
    scale = alt.Scale(domain=[low, high], nice=False, zero=False)
    x = alt.X(
        "start:Q",
        title=None,
        scale=scale,
        axis=alt.Axis(format="d", tickMinStep=1, tickCount=8),
    )
    base = alt.Chart(rows).encode(
        y=alt.Y("row:N", title=None, sort=list(rows["row"]), axis=None),
        tooltip=[
            alt.Tooltip("title:N", title=t("moved.col_policy", lang)),
            alt.Tooltip("span:N", title=t("moved.col_span", lang)),
            alt.Tooltip("state:N", title=t("moved.col_state", lang)),
        ],
    )
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=held, range=[colours[state] for state in held]),
        legend=alt.Legend(title=None, orient="top", labelColor=INK[ground]),
    )
    bars = base.mark_bar(height=9, yOffset=8, minBandSize=3, cornerRadius=2).encode(
        x=x, x2="end:Q", color=colour
    )
    titles = base.mark_text(
        align="left", baseline="middle", dy=-9, limit=330, color=INK[ground]
    ).encode(x=alt.value(4), text="title:N")
    line = alt.Chart(pd.DataFrame({"now": [now], "said": [month]}))
    rule = line.mark_rule(strokeDash=[4, 3], color=INK[ground]).encode(
        x=alt.X("now:Q", scale=scale)
    )
    said = line.mark_text(
        align="right", baseline="bottom", dx=-4, fontWeight="bold", color=INK[ground]
    ).encode(x=alt.X("now:Q", scale=scale), y=alt.value(0), text="said:N")
    return _whole(bars + rule + titles + said, BAR * len(rows) + MARGIN, ground)


def _lookup(names: dict[str, str]) -> str:
    """Return names by key as a Vega expression: rows may have the same name."""
    quoted = (f"{key!r}: {_quoted(name)}" for key, name in names.items())
    return "{" + ", ".join(quoted) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _whole(chart: alt.LayerChart, height: int, ground: str) -> alt.LayerChart:
    drawn = chart.properties(height=height).configure_view(strokeWidth=0)
    return drawn.configure_axis(labelColor=INK[ground], titleColor=INK[ground])
