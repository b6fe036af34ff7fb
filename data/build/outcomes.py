"""Builds outcomes/*.csv from filings, listed firms and the lists of hardware firms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.build.observations import locator
from data.importers.filings import read_filings
from data.reading import read_csv, read_toml
from data.tables import HARDWARE_FIRMS, SEGMENTS

# What the collections call an event -> the event of our outcome contract.
EVENTS = {
    "listed_by_authority": "registration",
    "listed_by_authority_by": "registration",
    "licence": "licence",
    "founding": "founding",
    "landing": "landing",
    "named_in_list": "exhibit",
    "named_in_press": "exhibit",
}


def city_codes(places: pd.DataFrame) -> dict[str, str]:
    """Map a city's name, with and without 市, 地区, 盟 or 自治州, to its code."""
    cities = places[places["level"] == "city"]
    short = cities["name_zh"].str.replace("(市|地区|盟|.{0,6}自治州)$", "", regex=True)
    codes = dict(zip(short, cities["place"], strict=True))
    prefix = cities["name_zh"].str[:2]
    unique = ~prefix.duplicated(keep=False)
    pairs = zip(prefix[unique], cities["place"][unique], strict=True)
    return {
        **dict(pairs),
        **codes,
        **dict(zip(cities["name_zh"], cities["place"], strict=True)),
    }


def listed_firms(
    raw: pd.DataFrame, places: pd.DataFrame, segments: pd.DataFrame
) -> pd.DataFrame:
    """Return listed firms of grades A and B, with city code and segment ids."""
    ids = dict(zip(segments["name_zh"], segments["segment"], strict=True))
    firms = raw[raw["level"].isin(["A", "B"]) & raw["segment"].isin(ids)]
    both = firms["segment"] + ";" + firms["secondary"]
    listed = pd.DataFrame(
        {
            "ts_code": firms["ts_code"],
            "year": firms["list_year"],
            "place": firms["city"].map(city_codes(places)),
            "short_name": firms["short"],
            "segments": [
                "|".join(dict.fromkeys(ids[n] for n in names.split(";") if n in ids))
                for names in both
            ],
            "grade": firms["level"],
        }
    )
    return listed.dropna(subset=["place"]).sort_values(["year", "ts_code"])


def hardware_firms(raw: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Return firms of hardware lists with code, level, year, event and source."""
    known = pd.MultiIndex.from_frame(places[["level", "place"]])
    level = raw["code"].str[-2:].map(lambda end: "city" if end == "00" else "district")
    registry = raw["source"].eq("IEEE Registration Authority public listing")
    table = pd.DataFrame(
        {
            "firm": raw["firm"],
            "place": raw["code"],
            "level": level,
            "year": latest_year(raw["year"], raw["list"]),
            "event": raw["event"].map(EVENTS),
            "segment": raw["segment"],
            "source_id": registry.map({True: "ieee_ra", False: "hardware_lists"}),
            "locator": [
                block(text) if listed else locator(title)
                for text, title, listed in zip(
                    raw["address"], raw["source"], registry, strict=True
                )
            ],
            "grade": raw["quality"],
        }
    )
    here = pd.MultiIndex.from_frame(table[["level", "place"]]).isin(known)
    # Founding years come from lists without a date: which firms they name was not
    # known when the firms were founded.
    here &= raw["event"].ne("founding").to_numpy()
    table = table[here].drop_duplicates(list(HARDWARE_FIRMS.key))
    return table.sort_values(["year", "place", "firm", "segment", "event"])


def latest_year(year: pd.Series, seen: pd.Series) -> pd.Series:
    """Return the last year an event can have: the later end of a range of dates."""
    later = seen.str.extract(r"between \S+ and (\d{4})")[0]
    return year.where(later.isna() | (later < year), later)


def block(text: str) -> str:
    """Return the registry's address block named in a collected locator."""
    _, _, key = text.partition(" key ")
    return f"block {key.split(' ')[0]}" if key else locator(text)


def build(raw: Path, out: Path) -> None:
    """Write ``outcomes/{filings,listed_firms,hardware_firms}.csv``."""
    facts = raw / "facts"
    places = read_csv(out / "places.csv")
    districts = set(places.loc[places["level"] == "district", "place"])
    filings, _ = read_filings(
        read_csv(facts / "algorithm_filings_to_2025.csv"), districts
    )
    segments = read_toml(out / "segments.toml", SEGMENTS)
    tables = {
        "filings": filings,
        "listed_firms": listed_firms(
            read_csv(facts / "listed_firms_to_2022.csv"), places, segments
        ),
        "hardware_firms": hardware_firms(
            read_csv(facts / "extra/hardware_firms_to_2025.csv"), places
        ),
    }
    for name, table in tables.items():
        table.to_csv(out / f"outcomes/{name}.csv", index=False)
