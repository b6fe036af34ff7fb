"""Pictures of a ranking: pure functions from a table to an Altair chart."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from app.ui.words import t

# Readable on white and on the dark theme's ground, and apart for colour-blind eyes;
# shape or position always says the same thing.
ACCENT = "#15858f"
AGAINST = "#c2602a"
QUIET = "#8a9699"
# The accent as a line or as a pale bar, which the dark ground would swallow.
LINED = {"light": ACCENT, "dark": "#6cc5ca"}
# Text, by the ground it stands on.
INK = {"light": "#3b484a", "dark": "#c9d3d3"}
# Text on a cell of a middling colour, which the ink above would be too faint for.
DEEP = {"light": "#0b1213", "dark": "#e6ecec"}
# Room of a label, as a share of the picture: a letter's width, a line's height.
LETTER = {"zh": 0.026, "en": 0.014}
LINE = 0.05
# The longest name beside a bar, in pixels.
LABEL = 130
# Lines of a longer name: letters that fit side by side (a Chinese one takes two).
LINE_WIDTH, LINES = 20, 2


def labels(
    names: pd.Series, x: pd.Series, y: pd.Series, first: pd.Series, lang: str
) -> list[str]:
    """Return each place's label, or nothing where it would cover an earlier one.

    Parameters
    ----------
    names : Series
        In the order in which they take room.
    x, y : Series
        Where each stands, from 0 to 1.
    first : Series of bool
        Those labelled before all others.
    lang : {"zh", "en"}
    """
    taken: list[tuple[float, float, float]] = []
    said = {}
    for at in [*names.index[first], *names.index[~first]]:
        left, line = float(x[at]), float(y[at])
        right = left + LETTER[lang] * (len(names[at]) + 1)
        free = all(
            right < start or end < left or abs(line - height) > LINE
            for start, end, height in taken
        )
        said[at] = names[at] if free else ""
        if free:
            taken.append((left, right, line))
    return [said[at] for at in names.index]


def pillars(row: pd.Series, lang: str, ground: str = "light") -> alt.LayerChart:
    """Draw a place's contributions by pillar; 0 is the average candidate.

    Parameters
    ----------
    row : Series
        Contribution of each pillar.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    names = [t(f"common.pillar_{name}", lang) for name in row.index]
    table = pd.DataFrame({"name": names, "value": row.to_numpy()})
    headings = t("detail.col_pillar", lang), t("detail.axis_contribution", lang)
    ordered = table.sort_values("value", ascending=False)
    return signed(ordered, headings, ground)


def wrapped(name: str) -> str:
    """Break a long name into lines; what does not fit is cut."""
    chinese = not name.isascii()
    width = LINE_WIDTH // 2 if chinese else LINE_WIDTH
    lines = textwrap.wrap(name, width, max_lines=LINES, placeholder="…")
    return "\n".join(lines)


def signed(
    table: pd.DataFrame, headings: tuple[str, str], ground: str, quiet: str = ""
) -> alt.LayerChart:
    """Draw parts of a whole as bars to both sides of 0, with their figures.

    Parameters
    ----------
    table : DataFrame
        ``name, value``, the uppermost bar first.
    headings : tuple of str
        What the names are, and what the values.
    ground : {"light", "dark"}
        The theme it is drawn on.
    quiet : str
        Name of a bar that is drawn in grey.
    """
    # A part too small to show is 0, neither plus nor minus 0.
    rounded = table["value"].round(2) + 0.0
    labels = [wrapped(name) for name in table["name"]]
    text = [f"{value:+.2f}" if value else "0.00" for value in rounded]
    table = table.assign(label=labels, text=text, right=rounded >= 0)
    low, high = min(table["value"].min(), 0.0), max(table["value"].max(), 0.0)
    # Room for the figures, also on a phone.
    room = 0.2 * max(high - low, 0.1)
    base = alt.Chart(table).encode(
        y=alt.Y(
            "label:N",
            sort=labels,
            title=None,
            axis=alt.Axis(
                labelLimit=LABEL,
                labelOverlap=False,
                labelExpr="split(datum.label, '\\n')",
            ),
        ),
        x=alt.X(
            "value:Q",
            title=headings[1],
            # The figures stand beside the bars: a few lines are enough.
            axis=alt.Axis(tickCount=6),
            scale=alt.Scale(domain=[low - room * (low < 0), high + room], nice=False),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=headings[0]),
            alt.Tooltip("text:N", title=headings[1]),
        ],
    )
    colour = alt.condition(alt.datum.value >= 0, alt.value(ACCENT), alt.value(AGAINST))
    told = base.transform_filter(alt.datum.name != quiet)
    bars = told.mark_bar(height={"band": 0.65}).encode(color=colour)
    if quiet:
        rest = base.transform_filter(alt.datum.name == quiet)
        bars += rest.mark_bar(height={"band": 0.65}, color=QUIET)
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
    texts = right.encode(text="text:N") + left.encode(text="text:N")
    chart = bars + texts + zero
    row = 44 if any("\n" in label for label in labels) else 34
    inked = chart.configure_axis(labelColor=INK[ground], titleColor=INK[ground])
    return inked.properties(height=row * len(table) + 40).configure_axisY(
        labelFlush=False
    )


def axis(ground: str, **more: Any) -> alt.Axis:
    """Return an axis that can be read on a ground."""
    return alt.Axis(labelColor=INK[ground], titleColor=INK[ground], **more)


def whole(chart: alt.LayerChart, height: int) -> alt.LayerChart:
    """Finish a picture: no frame, and a first name beside its row, not below it."""
    sized = chart.properties(height=height).configure_view(strokeWidth=0)
    return sized.configure_axisY(labelFlush=False)
