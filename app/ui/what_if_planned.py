"""Planned figures of a place: those the facts hold, and those of a user's file."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd

from app.commands.imports import USED, folded, line, with_source
from app.ui.what_if_state import Asked
from data.importers import indicators, sheets
from model.assumptions import Assumption
from model.score import Model

SOURCE = "user"
SUFFIXES = (".xlsx", ".csv")


def owners(asked: Asked) -> list[tuple[str, str]]:
    """Return whose figures may be assumed: the place's, and a district's city's."""
    own = [(asked.level, asked.place)]
    return [*own, ("city", asked.city)] if asked.city else own


def newest(rows: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """Return the newest figure of each indicator of the place and its city."""
    keys = ["level", "place", "indicator"]
    mine = pd.MultiIndex.from_frame(rows[keys[:2]]).isin(owners(asked))
    table = rows[mine].sort_values("period", kind="stable")
    return table.drop_duplicates(keys, keep="last").reset_index(drop=True)


def planned(model: Model, asked: Asked) -> pd.DataFrame:
    """Return the planned figures of the facts that are newer than what is known.

    Returns
    -------
    DataFrame
        Observations, and ``read``: whether the ranking reads the indicator.
    """
    rows = model.facts.observations
    table = newest(rows[rows["status"] == "planned"], asked)
    table = table[age(model, asked, table) > 0]
    lineage = model.tables[asked.level].lineage
    seen = set(zip(lineage["level"], lineage["indicator"], strict=True))
    read = [
        pair in seen for pair in zip(table["level"], table["indicator"], strict=True)
    ]
    return table.assign(read=read)


def age(model: Model, asked: Asked, table: pd.DataFrame) -> pd.Series:
    """Return by how many years figures are newer than those known; 1 without one."""
    known = model.tables[asked.level].figures
    years = []
    for row in table.itertuples():
        held, key = known[row.level], (row.place, row.indicator)
        before = held.loc[key, "period"][:4] if key in held.index else None
        years.append(int(row.period[:4]) - int(before) if before else 1)
    return pd.Series(years, index=table.index, dtype=int)


def assumptions(table: pd.DataFrame) -> list[Assumption]:
    """Return figures as assumptions."""
    return [
        Assumption(row.level, row.place, row.indicator, float(row.value))
        for row in table.itertuples()
    ]


def brought(
    model: Model, asked: Asked, content: bytes, suffix: str, lang: str
) -> tuple[list[Assumption], int, list[str]]:
    """Read a file of figures as ``import indicators`` does.

    Parameters
    ----------
    model : Model
    asked : Asked
    content : bytes
    suffix : {".xlsx", ".csv"}
    lang : {"zh", "en"}

    Returns
    -------
    assumed : list of Assumption
        The newest figure of each indicator of the place and its city, unless an
        older one than is known.
    others : int
        Figures of other places, and older ones.
    said : list of str
        What is wrong with rows, and what was read otherwise than written.

    Raises
    ------
    DataError
        When it cannot be read, or holds no such table.
    """
    context = with_source({name: model.facts[name] for name in USED}, SOURCE)
    with tempfile.TemporaryDirectory() as folder:
        # Not under the name it came with, which may be anything.
        path = Path(folder) / f"planned{suffix}"
        path.write_bytes(content)
        sheet = sheets.read(
            [path], indicators.known(context), indicators.needed(context)
        )
    found = indicators.read(sheet, context, SOURCE)
    rows = found.tables["observations"]
    mine = newest(rows, asked)
    mine = mine[age(model, asked, mine) >= 0]
    said = [line(finding, lang) for finding in found.rejected]
    said += [*(zh if lang == "zh" else en for zh, en in found.general)]
    said += folded(found.remarks, lang)
    return assumptions(mine), len(rows) - len(mine), said
