"""Builds strengths.csv: what the five reports say of places and segments."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from data import schema
from data.build.outcomes import city_codes
from data.catalog import read_csv, read_toml

HEADING = re.compile(
    r"^(#+ |第.{1,3}[章节]|[（(]?[一二三四五六七八九十]+[)）、]|\d+(\.\d+)* )"
)


def heading_of(quote: str, text: str) -> str:
    """Return the nearest heading above ``quote`` in a report's text, or ``""``."""
    at = text.find(quote)
    for line in reversed(text[: max(at, 0)].splitlines()):
        line = line.strip()
        if len(line) <= 30 and HEADING.match(line) and "。" not in line:
            return line.lstrip("# ").strip()
    return ""


def resolve(row: pd.Series, places: pd.DataFrame, cities: dict[str, str]) -> str:
    """Return the code of the city or district a row speaks of, or ``""``."""
    city = cities.get(row["location"] if row["level"] == "city" else row["parent"], "")
    if row["level"] != "district":
        return city
    within = places[(places["level"] == "district") & (places["parent"] == city)]
    match = within[within["name_zh"] == row["location"]]
    return str(match["place"].iloc[0]) if len(match) == 1 else ""


def build(raw: Path, out: Path) -> None:
    """Write ``strengths.csv``; rows of provinces and regions have no place code."""
    table = read_csv(raw / "facts/reports/segment_strengths.csv")
    places = read_csv(out / "places.csv")
    segments = read_toml(out / "segments.toml", schema.SEGMENTS)
    ids = dict(zip(segments["name_zh"], segments["segment"], strict=True))
    table = table[table["level"].isin(["city", "district", "zone"])].copy()
    cities = city_codes(places)
    table["place"] = [resolve(row, places, cities) for _, row in table.iterrows()]
    unresolved = table["level"].eq("district") & table["place"].eq("")
    # A district named by an old or informal name stays with its city, as a zone.
    table.loc[unresolved, "level"] = "zone"
    table.loc[unresolved, "place"] = table.loc[unresolved, "parent"].map(cities)
    texts = {
        path.stem: path.read_text(encoding="utf-8")
        for path in (raw / "seeds").glob("*.txt")
    }
    strengths = pd.DataFrame(
        {
            "source_id": table["source"],
            "place": table["place"],
            "level": table["level"].replace("zone", "city"),
            "zone": table["location"].where(table["level"] == "zone", ""),
            "segment": table["segment"].map(ids),
            "grade": table["grade"],
            "locator": [
                heading_of(quote, texts[source]) or f"正文：{location}"
                for quote, source, location in zip(
                    table["quote"], table["source"], table["location"], strict=True
                )
            ],
            "note": "",
        }
    )
    strengths = strengths[strengths["place"].fillna("").ne("")]
    strengths = strengths.dropna(subset=["segment"])
    key = list(schema.STRENGTHS.key)
    strengths = strengths.sort_values([*key, "grade"]).drop_duplicates(key, keep="last")
    strengths[list(schema.STRENGTHS.names)].to_csv(out / "strengths.csv", index=False)
