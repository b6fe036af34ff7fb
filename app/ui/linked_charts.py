"""Scores, map and ranks of one list in one picture, linked in the browser.

The picture is a finished specification that names its data: what does not change is
built once for all visitors, and the chosen place is a table of one row. So a choice
redraws a ring and leaves the range that a person marked in the scores.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from app.ui import atlas_chart, atlas_geometry, atlas_tables
from app.ui.charts import ACCENT, AGAINST, INK, QUIET
from app.ui.linked_tables import FIRST, ticks
from app.ui.words import t

# Names of the data, of the range marked in the scores, and of what is clicked.
PLACES, CHOSEN, LINES, BRUSH = "places", "chosen", "lines", "scores"
ON_MAP, ON_RANKS = "on_map", "on_ranks"
HISTOGRAM, BODY = 96, 500
# The width of both parts, as the browser names it.
WIDTH = "width"
# The ground of the map: there, and no more.
LAND = {"light": "#f0f3f3", "dark": "#20292a"}
BORDER = {"light": "#d9e0e0", "dark": "#303c3d"}
# From this many pixels on map and ranks stand side by side, else one above the other.
WIDE = f"{WIDTH} > 640"
# Where the map ends and the ranks begin, as shares of the width or the height.
SPLIT, GAP = 0.5, 0.05
# Pixels left of the ranks for their axis and its title, and right for a name.
AXIS, NAME = 76, {"zh": 48, "en": 88}
# What dims a place outside the range that is marked.
DIM = 0.08
BINS = 60
# Beyond so many places the points are smaller.
MANY = 600


def projection(box: list[float]) -> alt.Projection:
    """Return the projection of degrees that fits a box into the map's part."""
    west, south, east, north = box
    width = f"({WIDE} ? {SPLIT} : 1) * {WIDTH}"
    height = f"({WIDE} ? 1 : {SPLIT - GAP}) * {BODY}"
    scale = (
        f"{atlas_chart.ROOM} * min({width} / {east - west}, {height} / {north - south})"
    )
    x, y = (west + east) / 2, (south + north) / 2
    spot = f"[{width} / 2 - {x} * ({scale}), {height} / 2 + {y} * ({scale})]"
    return alt.Projection(
        type="identity",
        reflectY=True,
        scale=alt.ExprRef(scale),
        translate=alt.ExprRef(spot),
    )


def spec(
    area: list[float],
    province: str,
    count: int,
    last: float,
    lang: str,
    ground: str,
) -> dict[str, Any]:
    """Return the picture of a list, its data named ``PLACES`` and ``CHOSEN``.

    Parameters
    ----------
    area : list of float
        From :func:`box`.
    province : str
        The one whose districts are the map's ground, or nothing: the country.
    count : int
        Places in the list.
    last : float
        Where the axes of ranks end.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    ink = {"labelColor": INK[ground], "titleColor": INK[ground]}
    brush = alt.param(name=BRUSH)
    body = alt.layer(
        *_map(province, count, brush, lang, ground),
        *_ranks(count, last, brush, lang, ground),
    ).properties(width=600, height=BODY, projection=projection(area))
    views = [
        view.to_dict(validate=False) for view in (_scores(brush, lang, ground), body)
    ]
    for view in views:
        del view["$schema"], view["config"]
    # Put together by hand: Altair gives a selection of one layer to others as well,
    # and other names to them.
    click = {"type": "point", "fields": ["code"], "toggle": False, "clear": False}
    selections = {
        BRUSH: {"type": "interval", "encodings": ["x"]},
        ON_MAP: click,
        ON_RANKS: click,
    }
    return {
        "vconcat": views,
        "spacing": 20,
        "resolve": {"scale": {"color": "independent"}},
        "params": [
            {"name": name, "select": select, "views": [_view(name)]}
            for name, select in selections.items()
        ],
        "config": {"view": {"strokeWidth": 0}, "axis": ink, "legend": ink},
    }


def _view(name: str) -> str:
    """Return the name of the marks from which a selection is made."""
    return f"{name}_marks"


def _size(count: int) -> int:
    return 46 if count <= MANY else 20


def _named(name: str) -> alt.Chart:
    return alt.Chart(alt.NamedData(name))


def _scores(brush: alt.Parameter, lang: str, ground: str) -> alt.TopLevelMixin:
    """Draw how many places have which score; a range of it can be marked."""
    x = alt.X(
        "score:Q",
        bin=alt.Bin(maxbins=BINS),
        title=t("linked.axis_score", lang),
        axis=alt.Axis(grid=False, tickCount=8, format="~g", labelBound=True),
    )
    bars = (
        _named(PLACES)
        .mark_bar(binSpacing=1)
        .encode(
            x=x,
            y=alt.Y("count():Q", axis=None, scale=alt.Scale(type="sqrt")),
            tooltip=[
                alt.Tooltip("count():Q", title=t("linked.count", lang)),
                alt.Tooltip(
                    "score:Q",
                    bin=alt.Bin(maxbins=BINS),
                    title=t("linked.axis_score", lang),
                ),
            ],
        )
    )
    mine = _named(CHOSEN).encode(x=alt.X("score:Q"))
    return alt.layer(
        bars.encode(color=alt.value(QUIET), opacity=alt.value(0.45)).properties(
            name=_view(BRUSH)
        ),
        bars.encode(color=alt.value(ACCENT)).transform_filter(brush),
        mine.mark_rule(color=AGAINST, strokeWidth=2, tooltip=None),
        mine.mark_text(
            color=AGAINST, fontWeight="bold", align="left", dx=5, tooltip=None
        ).encode(y=alt.value(6), text="name:N"),
    ).properties(width=600, height=HISTOGRAM)


def _marks(base: alt.Chart, brush: alt.Parameter, name: str) -> alt.Chart:
    """Draw each place as a dot, or a triangle where it is an opportunity."""
    return base.properties(name=_view(name)).encode(
        shape=alt.Shape(
            "opportunity:N",
            scale=alt.Scale(domain=[False, True], range=["circle", "triangle-up"]),
            legend=None,
        ),
        opacity=alt.condition(brush, alt.value(0.95), alt.value(DIM)),
        # The first lie above those behind them.
        order=alt.Order("rank:Q", sort="descending"),
    )


def _map(
    province: str, count: int, brush: alt.Parameter, lang: str, ground: str
) -> list[alt.Chart]:
    """Draw the outlines quietly, and every place by its class of ranks."""
    said = atlas_tables.classes(count, lang)
    colours = atlas_chart.SCALE[ground]
    address = atlas_geometry.address("district" if province else "city", province)
    silent: Any = {"clip": True, "tooltip": None, "aria": False}
    quiet = alt.Chart(atlas_chart.data(address)).mark_geoshape(
        fill=LAND[ground],
        stroke=BORDER[ground],
        strokeWidth=0.6 if province else 0.3,
        **silent,
    )
    coast = alt.Chart(atlas_chart.data(atlas_geometry.lines("city"))).mark_geoshape(
        filled=False, stroke=QUIET, strokeWidth=0.8, **silent
    )
    base = _named(PLACES).encode(longitude="lon:Q", latitude="lat:Q")
    dots = base.mark_point(
        filled=True, size=_size(count), stroke=INK[ground], strokeWidth=0.5
    ).encode(
        color=alt.Color(
            "group:N",
            title=None,
            scale=alt.Scale(domain=said, range=colours[-len(said) :]),
            legend=alt.Legend(
                orient="top",
                columns=3,
                symbolOpacity=1,
                symbolStrokeWidth=0.5,
            ),
        ),
        tooltip=_told(lang),
    )
    ring = (
        _named(CHOSEN)
        .mark_point(size=260, color=AGAINST, strokeWidth=3, filled=False, tooltip=None)
        .encode(longitude="lon:Q", latitude="lat:Q")
    )
    return [quiet, *([] if province else [coast]), _marks(dots, brush, ON_MAP), ring]


def _ranks(
    count: int, last: float, brush: alt.Parameter, lang: str, ground: str
) -> list[alt.Chart]:
    """Draw presence rank against fundamentals rank, with lines of our own.

    The part lies at the right, or below on a phone, so no grid of the whole fits it.
    """
    domain = [last, FIRST]
    titles = t("recommend.axis_presence", lang), t("recommend.axis_fundamentals", lang)
    axis: dict[str, Any] = {"values": ticks(last), "format": "d"}
    axis |= {"grid": False, "domain": False}
    left = f"({WIDE} ? {SPLIT} * {WIDTH} : 0) + {AXIS}"
    x_scale = alt.Scale(
        type="log",
        domain=domain,
        nice=False,
        rangeMin=alt.ExprRef(left),
        rangeMax=alt.ExprRef(f"{WIDTH} - {NAME[lang]}"),
    )
    y_scale = alt.Scale(
        type="log",
        domain=domain,
        nice=False,
        rangeMin=BODY,
        rangeMax=alt.ExprRef(f"{WIDE} ? 0 : {SPLIT + GAP} * {BODY}"),
    )
    x = alt.X(
        "presence_rank:Q",
        title=titles[0],
        scale=x_scale,
        axis=alt.Axis(**axis),
    )
    y = alt.Y(
        "fundamentals_rank:Q",
        title=titles[1],
        scale=y_scale,
        axis=alt.Axis(**axis, offset=alt.ExprRef(f"-({left})")),
    )
    base = _named(PLACES).encode(x=x, y=y)
    lines = _named(LINES).encode(
        x=alt.X("x:Q", scale=x_scale, title=titles[0]),
        y=alt.Y("y:Q", scale=y_scale, title=titles[1]),
        x2="x2:Q",
        y2="y2:Q",
    )
    grid = lines.transform_filter("!datum.even").mark_rule(
        color=QUIET, opacity=0.25, tooltip=None
    )
    even = lines.transform_filter("datum.even").mark_rule(
        color=QUIET, strokeDash=[4, 4], tooltip=None
    )
    dots = base.mark_point(filled=True, size=_size(count), color=ACCENT).encode(
        tooltip=_told(lang)
    )
    named = (
        base.transform_filter("datum.label != ''")
        .mark_text(align="left", dx=12, fontSize=11, color=INK[ground], tooltip=None)
        .encode(
            text="label:N",
            opacity=alt.condition(brush, alt.value(1), alt.value(DIM)),
        )
    )
    mine = _named(CHOSEN).encode(x=x, y=y)
    beside: dict[str, Any] = {"align": "left", "dx": 12, "fontWeight": "bold"}
    beside["tooltip"] = None
    return [
        grid,
        even,
        named,
        _marks(dots, brush, ON_RANKS),
        mine.mark_point(
            size=260, color=AGAINST, strokeWidth=3, filled=False, tooltip=None
        ),
        mine.mark_text(**beside, stroke=atlas_chart.EDGE[ground], strokeWidth=4).encode(
            text="name:N"
        ),
        mine.mark_text(**beside, color=AGAINST).encode(text="name:N"),
    ]


def _told(lang: str) -> list[alt.Tooltip]:
    def line(name: str, heading: str, form: str = "") -> alt.Tooltip:
        title = t(f"recommend.col_{heading}", lang)
        return alt.Tooltip(name, title=title, format=form)

    return [
        line("name:N", "place"),
        line("rank:Q", "rank"),
        line("score:Q", "score", ".2f"),
        line("presence_rank:Q", "presence_rank"),
        line("fundamentals_rank:Q", "fundamentals_rank"),
    ]
