"""Builds rankings, ratings, firm_shares, platforms and strengths from the reports."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from data import tables
from data.build import reports
from data.build.reports import Gazetteer
from data.reading import read_csv, read_toml
from data.schema import Table

KINDS = {
    "state key lab": "state_key_lab",
    "ministry lab": "ministry_lab",
    "provincial lab": "provincial_lab",
    "research institute": "research_institute",
    "corporate lab": "corporate_lab",
    "university AI school": "university_school",
    "university AI major": "university_major",
    "national open platform": "open_platform",
    "supercomputing": "supercomputing",
    "pilot zone": "pilot_zone",
    "pioneer zone": "pioneer_zone",
    "incubator": "incubator",
    "fund": "fund",
}
NUMBER = re.compile(r"(<=|>=|<|>)?(\d+(?:\.\d+)?)")


def number(text: str) -> tuple[str, str]:
    """Split a printed number into digits and quality: ``<=10`` is under 10."""
    match = NUMBER.fullmatch(text)
    if not match:
        return "", ""
    sign = (match[1] or "")[:1]
    return match[2], {"<": "under", ">": "over", "": "exact"}[sign]


def rankings(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return published ranks, tiers and scores."""
    rows = []
    for row in table.to_dict("records"):
        level, place = book.area(row["location"])
        zone = ""
        if not place:
            zone, level, place = _known_zone(row["location"], book)
        tier = row["rank"][1:] if row["rank"].startswith("T") else ""
        rank, rank_quality = ("", "") if tier else number(row["rank"])
        score, score_quality = number(row["score"])
        told = {"rank": rank, "rank_quality": rank_quality, "tier": tier}
        told |= {"score": score, "score_quality": score_quality, "zone": zone}
        rows.append({**row, **told, "level": level, "place": place})
    return _shaped(pd.DataFrame(rows), tables.RANKINGS)


def _known_zone(name: str, book: Gazetteer) -> tuple[str, str, str]:
    """Return id, level and place of a zone named without its city."""
    found = book.zones[book.zones["name_zh"] == name]
    if found.empty:
        return "", "", ""
    first = found.iloc[0]
    return str(first["zone"]), str(first["level"]), str(first["place"])


def ratings(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return the ratings of cities in words."""
    level, place = _areas(table["city"], book)
    return _shaped(table.assign(level=level, place=place), tables.RATINGS_TABLE)


def firm_shares(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return shares of firms by district, layer or stage."""
    level, place = _areas(table["city"], book)
    members = []
    for category, code in zip(table["category"], place, strict=True):
        parts = re.split(r"[+、]", category)
        found = [book.district(part, code) for part in parts]
        members.append("|".join(filter(None, found)))
    quality = table["qualifier"].replace("", "exact")
    shaped = table.assign(level=level, place=place, members=members, quality=quality)
    return _shaped(shaped.rename(columns={"year": "period"}), tables.FIRM_SHARES)


def platforms(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return laboratories, schools, funds and other platforms with their owners."""
    level, place = _areas(table["city"], book)
    chinese = read_csv(reports.HERE / "notes_zh.csv").set_index("note")["zh"]
    period = table["year"].str.replace(".", "-").str[:7]
    shaped = table.assign(
        level=level,
        place=place,
        kind=table["kind"].map(KINDS),
        owner=table["org"],
        period=period,
        note=table["note"].map(chinese).fillna(table["note"]),
    )
    return _shaped(shaped, tables.PLATFORMS)


def strengths(table: pd.DataFrame, book: Gazetteer, out: Path) -> pd.DataFrame:
    """Return what reports say of places and segments, the highest grade of each."""
    segments = read_toml(out / "segments.toml", tables.SEGMENTS)
    ids = dict(zip(segments["name_zh"], segments["segment"], strict=True))
    rows = []
    for row in table.to_dict("records"):
        zone = ""
        if row["level"] in ("city", "province") or row["level"] == "region":
            level, place = book.area(row["location"])
        else:
            level, place, name = book.where(row["parent"], row["location"])
            zone = book.zone_id(name, place)
        rows.append({**row, "level": level, "place": place, "zone": zone})
    shaped = pd.DataFrame(rows).assign(note="")
    shaped["segment"] = shaped["segment"].map(ids)
    shaped = _shaped(shaped.dropna(subset=["segment"]), tables.STRENGTHS, "grade")
    known = book.zones.drop_duplicates("zone").set_index("zone")
    zoned = shaped["zone"].isin(known.index)
    for column in ("level", "place"):
        exact = shaped.loc[zoned, "zone"].map(known[column])
        shaped.loc[zoned, column] = exact
    return shaped


def _areas(names: pd.Series, book: Gazetteer) -> tuple[list[str], list[str]]:
    found = [book.area(name) for name in names]
    return [level for level, _ in found], [place for _, place in found]


def _shaped(table: pd.DataFrame, target: Table, by: str = "") -> pd.DataFrame:
    """Return the rows with a code in the target's columns, one for each key."""
    key = list(target.key)
    named = table.rename(columns={"source": "source_id"})
    blank = {name: "" for name in target.names if name not in named}
    named = named.assign(**blank)
    named = named[named["place"].ne("")]
    named = named.sort_values([*key, *([by] if by else [])], kind="stable")
    return named.drop_duplicates(key, keep="last")[list(target.names)]


def refused(raw: Path, out: Path) -> pd.DataFrame:
    """Return the rows of these tables that have no code: regions, foreign places."""
    book = Gazetteer(out)
    lost = []
    for name, column in (
        ("rankings", "location"),
        ("city_ratings", "city"),
        ("firm_shares", "city"),
        ("platforms", "city"),
    ):
        table = reports.read(raw, name)
        rows = [not book.area(place)[1] for place in table[column]]
        told = table.loc[rows, [column, "source", "locator"]]
        lost.append(told.rename(columns={column: "name"}).assign(table=name))
    return pd.concat(lost, ignore_index=True)


def build(raw: Path, out: Path) -> None:
    """Write rankings, ratings, firm_shares, platforms and strengths."""
    book = Gazetteer(out)
    made = {
        "rankings": rankings(reports.read(raw, "rankings"), book),
        "ratings": ratings(reports.read(raw, "city_ratings"), book),
        "firm_shares": firm_shares(reports.read(raw, "firm_shares"), book),
        "platforms": platforms(reports.read(raw, "platforms"), book),
        "strengths": strengths(reports.read(raw, "segment_strengths"), book, out),
    }
    for name, table in made.items():
        table.to_csv(out / f"{name}.csv", index=False)
