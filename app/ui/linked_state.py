"""The linked picture: what is sent for a list, and the place a person clicks in it."""

from __future__ import annotations

from typing import Any

import pandas as pd
from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes

from app.ui import (
    cache,
    filter_state,
    linked_charts,
    linked_tables,
    override_tables,
    state,
)
from app.ui.filter_state import Asked
from app.ui.linked_charts import CHOSEN, LINES, ON_MAP, ON_RANKS, PLACES
from app.ui.picture_state import Picture
from model.score import Model

PICTURE = Picture("linked", (ON_MAP, ON_RANKS))

Built = tuple[dict[str, Any], pd.DataFrame, dict[str, bytes]]


def built(
    model: Model,
    segment: str,
    level: str,
    within: str,
    asked: Asked,
    top: int,
    lang: str,
    ground: str,
) -> Built:
    """Return the picture of a list: specification, its places, and these as sent."""
    ranking = filter_state.listed(model, segment, level, within, asked)
    return made(model, segment, ranking, level, within, top, lang, ground)


def made(
    model: Model,
    segment: str,
    ranking: pd.DataFrame,
    level: str,
    within: str,
    top: int,
    lang: str,
    ground: str,
) -> Built:
    """Return the picture of a ranking, as :func:`built`."""
    names = override_tables.marked(ranking, lang)
    few = cache.thin(model, segment, level)
    table = linked_tables.points(model.facts, ranking, names, few, top, lang)
    province = ""
    if within != state.EVERYWHERE:
        provinces = model.facts.places.loc[level].loc[table["code"], "province"]
        province = str(provinces.iloc[0]) if provinces.nunique() == 1 else ""
    spec = linked_charts.spec(
        linked_tables.box(table, within == state.EVERYWHERE),
        province,
        len(table),
        linked_tables.last(ranking),
        lang,
        ground,
    )
    lines = linked_tables.lines(linked_tables.last(ranking))
    return spec, table, {PLACES: sent(table), LINES: sent(lines)}


def sent(table: pd.DataFrame) -> bytes:
    """Return a table as the browser gets it."""
    return convert_pandas_df_to_arrow_bytes(table)


def drawn(picture: Built, place: str) -> dict[str, Any]:
    """Return the specification with its data, the chosen place among them."""
    spec, table, data = picture
    chosen = sent(table[table["code"] == place])
    return {**spec, "datasets": {**data, CHOSEN: chosen}}
