"""The map as an Altair chart: outlines by address, ranks joined to them by code."""

from __future__ import annotations

import altair as alt
import pandas as pd

from app.ui import atlas_geometry
from app.ui.atlas_state import PICKED, ZONED
from app.ui.charts import AGAINST, INK
from app.ui.words import t

# One hue, evenly darker (or lighter on dark) towards the first: told apart without
# seeing colour. Best first.
SCALE = {
    "light": ["#073b40", "#12727b", "#4fa3a8", "#9accca", "#d9efec"],
    "dark": ["#d9fbf4", "#86d3d3", "#469da3", "#2b6a70", "#1f474b"],
}
UNRANKED = {"light": "#b4bbbd", "dark": "#565f62"}
# Apart from every class, and from the ring of the chosen place.
ZONES = "#e6a817"
EDGE = {"light": "#ffffff", "dark": "#14191a"}
# The map is as high as it is wide on a phone, and no higher than this.
HEIGHT = 560
# Part of the room that the map takes.
ROOM = 0.97
JOINED = ["name", "group", "rank", "range", "score", "chosen"]


def projection(box: list[float]) -> alt.Projection:
    """Return the plain projection of degrees that fits a box, north up.

    Nothing is left to be fitted by what is drawn, so that lines and points that
    reach beyond the box do not shrink it.
    """
    west, south, east, north = box
    scale = f"{ROOM} * min(width / {east - west}, height / {north - south})"
    middle = (west + east) / 2, (south + north) / 2
    place = (
        f"[width / 2 - {middle[0]} * ({scale}), height / 2 + {middle[1]} * ({scale})]"
    )
    return alt.Projection(
        type="identity",
        reflectY=True,
        scale=alt.ExprRef(scale),
        translate=alt.ExprRef(place),
    )


def data(address: str) -> alt.UrlData:
    """Return the data of a file of outlines, fetched by the browser."""
    shape = alt.TopoDataFormat(type="topojson", feature=atlas_geometry.FEATURE)
    return alt.UrlData(url=address, format=shape)


def chart(
    level: str,
    province: str,
    table: pd.DataFrame,
    groups: list[str],
    zones: pd.DataFrame | None,
    lang: str,
    ground: str = "light",
) -> alt.LayerChart:
    """Draw the outlines of a view, coloured by rank.

    Parameters
    ----------
    level : {"city", "district"}
    province : str
        Whose districts; unused for cities.
    table : DataFrame
        From :func:`app.ui.atlas_tables.joined`.
    groups : list of str
        Classes of ranks, best first.
    zones : DataFrame, optional
        From :func:`app.ui.atlas_tables.zones`.
    lang : {"zh", "en"}
    ground : {"light", "dark"}
        The theme it is drawn on.
    """
    joined = alt.LookupData(data=table, key="code", fields=JOINED)
    areas = (
        alt.Chart(data(atlas_geometry.address(level, province)))
        .transform_calculate(code="datum.properties.code")
        .transform_lookup(lookup="code", from_=joined)
    )
    colours = SCALE[ground][-len(groups) :] if len(groups) < 5 else SCALE[ground]
    fill = areas.mark_geoshape(stroke=EDGE[ground], strokeWidth=0.35, clip=True).encode(
        color=alt.Color(
            "group:N",
            title=None,
            scale=alt.Scale(
                domain=[*groups, t("map.unranked", lang)],
                range=[*colours, UNRANKED[ground]],
            ),
            legend=alt.Legend(
                orient="top",
                columns=3,
                labelColor=INK[ground],
                symbolType="square",
                symbolSize=150,
                symbolStrokeWidth=0,
            ),
        ),
        tooltip=[
            alt.Tooltip(f"{name}:N", title=t(f"map.col_{key}", lang))
            for name, key in (
                *(("name", "place"), ("rank", "rank")),
                *(("range", "range"), ("score", "score")),
            )
        ],
    )
    ring = areas.transform_filter(alt.datum.chosen).mark_geoshape(
        filled=False, stroke=AGAINST, strokeWidth=3, clip=True, aria=False
    )
    lines = alt.Chart(data(atlas_geometry.lines(level))).mark_geoshape(
        filled=False,
        stroke=INK[ground],
        strokeWidth=0.9,
        clip=True,
        tooltip=None,
        # Neither the lines nor the ring have anything to read out.
        aria=False,
    )
    height = alt.param(name="height", expr=f"min({HEIGHT}, 0.95 * width)")
    layers = [fill.add_params(clicked(PICKED)), lines, ring]
    if zones is not None:
        layers.append(dots(zones, lang))
    return (
        alt.layer(*layers)
        .properties(
            height=HEIGHT, projection=projection(atlas_geometry.box(level, province))
        )
        .add_params(height)
        .configure_view(strokeWidth=0)
    )


def clicked(name: str) -> alt.Parameter:
    """Return the selection of one mark, told by the code of its place."""
    return alt.selection_point(name=name, fields=["code"], toggle=False, clear=False)


def dots(zones: pd.DataFrame, lang: str) -> alt.Chart:
    """Draw a point for each place with zones, larger the more it has."""
    return (
        alt.Chart(zones)
        .mark_circle(color=ZONES, opacity=0.85, stroke="black", strokeWidth=0.8)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            size=alt.Size(
                "count:Q", legend=None, scale=alt.Scale(type="sqrt", range=[30, 260])
            ),
            tooltip=[
                alt.Tooltip("name:N", title=t("map.col_place", lang)),
                alt.Tooltip("count:Q", title=t("map.col_count", lang)),
                alt.Tooltip("zones:N", title=t("map.col_zones", lang)),
            ],
        )
        .add_params(clicked(ZONED))
    )
