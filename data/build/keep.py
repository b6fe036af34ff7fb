"""Decides which collected figures are shipped, and says why the others are not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data import tables
from data.reading import files, read_csv, read_toml


def catalogue(out: Path) -> pd.DataFrame:
    """Return the indicators of the data folder, in file order."""
    paths = files(out, tables.INDICATORS)
    parts = [read_toml(path, tables.INDICATORS) for path in paths]
    return pd.concat(parts, ignore_index=True)


def chinese(notes: pd.Series) -> pd.Series:
    """Return notes with the collectors' English phrases put into Chinese."""
    phrases = read_csv(Path(__file__).with_name("notes_zh.csv"))
    known = dict(zip(phrases["note"], phrases["zh"], strict=True))

    def said(note: str) -> str:
        parts = map(str.strip, note.split("；"))
        return "；".join(known.get(part, part) for part in parts)

    return notes.map({note: said(note) for note in notes.unique()})


def refuse(
    table: pd.DataFrame, indicators: pd.DataFrame, places: pd.DataFrame
) -> pd.Series:
    """Return for each row why it cannot be kept, or ``""``."""
    by_id = indicators.set_index("indicator")
    value = pd.to_numeric(table["value"], errors="coerce")
    low = table["indicator"].map(by_id["low"]).astype(float)
    high = table["indicator"].map(by_id["high"]).astype(float)
    known = pd.MultiIndex.from_frame(places[["level", "place"]])
    here = pd.MultiIndex.from_frame(table[["level", "place"]]).isin(known)
    there = table["level"]
    if "zone" in table:
        there = there.mask(table["zone"].ne(""), "zone")
    levels = table["indicator"].map(by_id["levels"])
    at_level = [
        isinstance(offered, list) and level in offered
        for level, offered in zip(there, levels, strict=True)
    ]
    unit = table["unit"].ne(table["indicator"].map(by_id["unit"]))
    reason = pd.Series("", index=table.index)
    reason[unit] = "unit differs"
    reason[value.isna()] = "no number"
    reason[(value < low) | (value > high)] = "outside the indicator's range"
    reason[~pd.Series(at_level, index=table.index)] = "not an indicator of this level"
    reason[table["source_id"].eq("")] = "no source"
    reason[~here] = "no such place in the code list of 2023"
    return table["reason"].where(table["reason"].ne(""), reason)


def repeated(table: pd.DataFrame, key: list[str]) -> pd.Series:
    """Return why a row says nothing that a row before it does not say, or ``""``.

    Only rows that are kept otherwise are compared. Two pages of one source that give
    one figure of one period are one figure: the first locator stays.
    """
    same = ["value", "status", *(name for name in key if name != "locator")]
    reason = pd.Series("", index=table.index)
    # About, over or under says more than a figure copied without it.
    told = table.sort_values("quality", key=lambda q: q.eq("exact"), kind="stable")
    again = told.index[told.duplicated(same)]
    reason[again] = "same figure of the same source as the row before"
    twice = "same place, indicator, period and source as the row before"
    reason[table.duplicated(key)] = twice
    return reason


def kept_and_refused(
    table: pd.DataFrame, indicators: pd.DataFrame, places: pd.DataFrame, key: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split figures into those to be shipped and those refused, with the reason."""
    table = table.assign(note=chinese(table["note"])).drop_duplicates()
    table = table.sort_values([*key, "value"], kind="stable")
    table = table.assign(reason=refuse(table, indicators, places))
    fine = table[table["reason"].eq("")]
    table.loc[fine.index, "reason"] = repeated(fine, key)
    told = table["reason"].ne("")
    return table[~told], table[told]
