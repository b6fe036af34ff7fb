"""Builds zones.csv: named parks and areas, with what each report says of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data import tables
from data.build import reports
from data.build.reports import Gazetteer
from data.build.topics import segments_of
from data.reading import read_csv

# Tables of the reports beside ``zones`` that name zones, and where.
NAMED_IN = {
    "policies": ("city", "district"),
    "segment_strengths": ("parent", "location"),
    "indicators": ("parent", "location"),
}


def stated(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return the zones of the reports' own table, in the columns of zones.csv."""
    rows = []
    for row in table.itertuples():
        level, place, outer = book.where(row.city, row.district)
        if place:
            note = f"位于{outer}" if outer else ""
            rows.append((book.zone_id(row.zone, place), row.zone, level, place, note))
        else:
            rows.append(("", row.zone, "", "", ""))
    named = pd.DataFrame(rows, columns=["zone", "name_zh", "level", "place", "note"])
    return named.assign(
        area_km2=table["area_km2"].to_numpy(),
        floor_area_m2=table["floor_area_m2"].to_numpy(),
        focus=table["focus"].to_numpy(),
        segments=segments_of(table["zone"] + " " + table["focus"]).to_numpy(),
        source_id=table["source"].to_numpy(),
        locator=table["locator"].to_numpy(),
    )


def mentioned(raw: Path, book: Gazetteer) -> pd.DataFrame:
    """Return the zones that other tables of the reports speak of."""
    rows = []
    for name, (outer, inner) in NAMED_IN.items():
        for row in reports.read(raw, name).to_dict("records"):
            if not row[inner] or row.get("level", "zone") not in ("zone", "district"):
                continue
            level, place, zone = book.where(row[outer], row[inner])
            if place and zone:
                told = (row["source"], row["locator"])
                rows.append((book.zone_id(zone, place), zone, level, place, *told))
    columns = ["zone", "name_zh", "level", "place", "source_id", "locator"]
    return pd.DataFrame(rows, columns=columns)


def build(raw: Path, out: Path) -> None:
    """Write ``zones.csv``.

    A zone that only other tables name is listed once for each source; ``more_zones``
    lists those that the reports do not name at all.
    """
    book = Gazetteer(out)
    own = stated(reports.read(raw, "zones"), book)
    own = own[own["zone"] != ""]
    more = read_csv(reports.HERE / "more_zones.csv")
    more["zone"] = [
        book.zone_id(name, place)
        for name, place in zip(more["name_zh"], more["place"], strict=True)
    ]
    other = pd.concat([mentioned(raw, book), more], ignore_index=True)
    other = other.drop_duplicates(["zone", "source_id"])
    there = pd.MultiIndex.from_frame(own[["zone", "source_id"]])
    other = other[~pd.MultiIndex.from_frame(other[["zone", "source_id"]]).isin(there)]
    table = pd.concat([own, other], ignore_index=True).fillna("")
    # One zone has one name and one place: the most exact that any report gives.
    table["name_zh"] = [
        book.zone(name, place)
        for name, place in zip(table["name_zh"], table["place"], strict=True)
    ]
    exact = table.sort_values("level", ascending=False, kind="stable")
    first = exact.drop_duplicates("zone").set_index("zone")
    for column in ("name_zh", "level", "place"):
        table[column] = table["zone"].map(first[column])
    key = list(tables.ZONES.key)
    table = table.sort_values(key, kind="stable").drop_duplicates(key)
    table = table.assign(size_quality="", size_status="")
    table[list(tables.ZONES.names)].to_csv(out / "zones.csv", index=False)


def qualify(out: Path) -> None:
    """Say in ``zones.csv`` which sizes are about, over, under or planned.

    ``area_figures.csv`` has the same sizes as figures, with their quality.
    """
    table = read_csv(out / "zones.csv")
    figures = read_csv(out / "area_figures.csv")
    keys = [figures[name] for name in ("zone", "source_id")]
    sizes = figures.set_index([*keys, figures["value"].astype(float)])
    sizes = sizes[~sizes.index.duplicated()]
    for row in table.index:
        for size in ("area_km2", "floor_area_m2"):
            printed = table.at[row, size]
            key = (table.at[row, "zone"], table.at[row, "source_id"])
            found = (*key, float(printed or "nan"))
            if printed and found in sizes.index:
                table.at[row, "size_quality"] = sizes.at[found, "quality"]
                table.at[row, "size_status"] = sizes.at[found, "status"]
    table.to_csv(out / "zones.csv", index=False)
