"""Planned figures of a place: those the facts hold, and those of a user's file."""

from __future__ import annotations

import pandas as pd

from app.commands.imports import folded, line
from app.commands.planned import as_plans
from app.ui import uploaded
from app.ui.what_if_state import Asked
from model import assumptions
from model.assumptions import Assumption
from model.score import Model


def planned(model: Model, asked: Asked, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the plans for the place and a district's city that are not gone by.

    Parameters
    ----------
    model : Model
    asked : Asked
    rows : DataFrame
        Observations, planned and known.

    Returns
    -------
    DataFrame
        Of each indicator the plan furthest ahead, and ``read``: whether the ranking
        reads the indicator.
    """
    owners = [(asked.level, asked.place)]
    if asked.city:
        owners.append(("city", asked.city))
    table = pd.concat(
        [assumptions.planned(rows, *owner) for owner in owners], ignore_index=True
    )
    table = table[~table["over"].astype(bool)].reset_index(drop=True)
    lineage = model.tables[asked.level].lineage
    seen = set(zip(lineage["level"], lineage["indicator"], strict=True))
    mine = zip(table["level"], table["indicator"], strict=True)
    return table.assign(read=[pair in seen for pair in mine])


def assumed(table: pd.DataFrame) -> list[Assumption]:
    """Return figures as assumptions."""
    return [
        Assumption(row.level, row.place, row.indicator, float(row.value))
        for row in table.itertuples()
    ]


def brought(
    model: Model, asked: Asked, content: bytes, suffix: str, lang: str
) -> tuple[list[Assumption], int, list[str]]:
    """Read a file of plans as ``what-if --planned`` does, but row by row.

    Parameters
    ----------
    model : Model
    asked : Asked
    content : bytes
    suffix : {".xlsx", ".csv"}
    lang : {"zh", "en"}

    Returns
    -------
    found : list of Assumption
        Of each indicator of the place and its city the plan furthest ahead.
    others : int
        Rows that are not used: of other places, no plans, gone by.
    said : list of str
        What is wrong with rows, and what was read otherwise than written.

    Raises
    ------
    DataError
        When it cannot be read, or holds no such table.
    """
    facts = model.facts
    # Not under the name it came with: plans are shown without their locator.
    found = uploaded.figures(facts, f"planned{suffix}", content, as_plans)
    rows = found.tables["observations"]
    known = facts.observations[facts.observations["status"] != "planned"]
    mine = planned(model, asked, pd.concat([known, rows], ignore_index=True))
    said = [line(finding, lang) for finding in found.rejected]
    said += [*(zh if lang == "zh" else en for zh, en in found.general)]
    said += folded(found.remarks, lang)
    return assumed(mine), len(rows) - len(mine), said
