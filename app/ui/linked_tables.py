"""What the linked picture draws: a list's places, its grid, and where its map ends."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from app.ui import atlas_geometry, atlas_tables, columns
from app.ui.charts import labels
from data import Facts

# Degrees around the places of an area, and the least that is shown of the country.
MARGIN, LEAST = 0.6, 3.0
# Where the axes of ranks begin, and what may stand on them.
FIRST = 0.8
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
FIELDS = [
    *("code", "name", "rank", "score", "presence_rank", "fundamentals_rank"),
    *("group", "opportunity", "lon", "lat", "label"),
]


def points(
    facts: Facts,
    ranking: pd.DataFrame,
    names: pd.Series,
    few: Collection[str],
    top: int,
    lang: str,
) -> pd.DataFrame:
    """Return a row for each place of a list, with what the picture draws of it.

    Parameters
    ----------
    facts : Facts
    ranking : DataFrame
        All places of the list; of one level.
    names : Series of str
        Short name of each row.
    few : collection of str
        Places that most figures are missing of.
    top : int
        How many of them may be labelled.
    lang : {"zh", "en"}
    """
    index = pd.MultiIndex.from_frame(ranking[["level", "place"]])
    spots = facts.places.loc[index, ["lon", "lat"]]
    ends = [0, *atlas_tables.ends(len(ranking))]
    table = pd.DataFrame(
        {
            "code": ranking["place"],
            "name": names,
            **{name: ranking[name] for name in FIELDS[2:6]},
            "group": pd.cut(
                ranking["rank"], ends, labels=atlas_tables.classes(len(ranking), lang)
            ).astype(str),
            "opportunity": columns.opportunity(ranking, few) > 0,
            "lon": spots["lon"].to_numpy(),
            "lat": spots["lat"].to_numpy(),
        }
    )
    ranks = table[["presence_rank", "fundamentals_rank"]].head(top)
    spot = 1 - np.log(ranks) / np.log(last(ranking))
    # Half of the picture: a label takes twice the share.
    said = labels(
        table["name"].head(top),
        spot["presence_rank"] / 2,
        spot["fundamentals_rank"],
        table["opportunity"].head(top),
        lang,
    )
    table["label"] = [*said, *[""] * (len(table) - len(said))]
    return table[FIELDS]


def last(ranking: pd.DataFrame) -> float:
    """Return where the axes of ranks end."""
    return float(max(len(ranking) * 1.25, 2))


def ticks(last: float) -> list[int]:
    """Return which ranks stand on the axes."""
    return [n for n in TICKS if n <= last]


def lines(last: float) -> pd.DataFrame:
    """Return the grid of the ranks, and the line on which both are even."""
    rows: list[tuple[float, float, float, float, bool]]
    rows = [(n, last, n, FIRST, False) for n in ticks(last)]
    rows += [(last, n, FIRST, n, False) for n in ticks(last)]
    rows += [(last, last, FIRST, FIRST, True)]
    return pd.DataFrame(rows, columns=["x", "y", "x2", "y2", "even"])


def box(table: pd.DataFrame, everywhere: bool) -> list[float]:
    """Return west, south, east and north of what the map shows, in degrees."""
    if everywhere:
        return atlas_geometry.box("city", "")
    sides = []
    for name in ("lon", "lat"):
        low, high = float(table[name].min()), float(table[name].max())
        more = max(LEAST - (high - low), 0) / 2 + MARGIN
        sides.append((low - more, high + more))
    (west, east), (south, north) = sides
    return [west, south, east, north]
