"""Builds area_figures.csv: figures of zones, provinces, the country and groups."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data import tables
from data.build import extra, report_figures, zones
from data.build.keep import catalogue, kept_and_refused
from data.reading import read_csv
from data.schema import NATION


def areas(out: Path) -> pd.DataFrame:
    """Return level and code of everything that a figure may speak of."""
    places = read_csv(out / "places.csv")[["level", "place"]]
    provinces = read_csv(out / "provinces.csv")["province"].rename("place").to_frame()
    nation = pd.DataFrame({"level": ["nation"], "place": [NATION]})
    parts = [places, provinces.assign(level="province"), nation]
    return pd.concat(parts, ignore_index=True)


def split(rows: pd.DataFrame, out: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that can be shipped, and those refused with their reason.

    Rows that lack columns of the table (``zone``, ``scope``, ``status`` ...) have
    none of it; ``reason`` may already tell why a row is refused.
    """
    columns = [*tables.AREA_FIGURES.names, "reason"]
    whole = rows.reindex(columns=columns, fill_value="").fillna("")
    whole = whole.reset_index(drop=True)
    indicators = catalogue(out)
    key = list(tables.AREA_FIGURES.key)
    return kept_and_refused(whole, indicators, areas(out), key)


def build_area_figures(frames: list[pd.DataFrame], out: Path) -> pd.DataFrame:
    """Write ``area_figures.csv`` from the rows of several origins.

    Parameters
    ----------
    frames : list of DataFrame
        Each with the columns of the table, as far as its rows have them.
    out : Path
        The data folder, which already holds places, zones and catalogues.

    Returns
    -------
    DataFrame
        The rows that were refused, with their ``reason``.
    """
    whole = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    kept, gone = split(whole, out)
    kept[list(tables.AREA_FIGURES.names)].to_csv(out / "area_figures.csv", index=False)
    return gone


def from_extra(raw: Path, out: Path) -> pd.DataFrame:
    """Return the rows of the second collection that are no place's observations."""
    found = extra.figures(raw, out, catalogue(out))
    place = found["level"].isin(("city", "district")) & found["zone"].eq("")
    return found[~place]


def build(raw: Path, out: Path) -> None:
    """Write ``area_figures.csv``; the observations' step records what is refused."""
    told = report_figures.area_figures(raw, out)
    build_area_figures([from_extra(raw, out), told], out)
    zones.qualify(out)
