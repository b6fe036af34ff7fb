"""Turns the five reports' figures into rows of observations and area_figures.

``report_figures.toml`` says what the table of figures leaves unsaid: the members of
a group, the part of a zone, which fund or whom a grant is for.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from data import schema, tables
from data.build import reports
from data.build.reports import Gazetteer
from data.reading import files, read_csv, read_raw

PREFIX = "reports:"
PLANNED = re.compile(r"_(target|forecast)(_3y)?$")
# The same unit in the reports' table and in our catalogue.
UNIT_NAMES = {
    "km": "公里",
    "km2": "平方公里",
    "m2": "平方米",
    "万元/m2": "万元/平方米",
}
COUNTED_BY = frozenset("家个所项条位人栋幢笔起")
FACTORS = {
    ("公顷", "亩"): Fraction(15),
    ("平方米", "亩"): Fraction(3, 2000),
    ("亿元", "万元"): Fraction(10_000),
    ("亿美元", "万美元"): Fraction(10_000),
}
NO_YEAR = "年份未注明"


def converted(value: str, unit: str, wanted: str) -> tuple[str, str]:
    """Return a number in the catalogue's unit, and how it was printed if changed.

    Returns
    -------
    tuple of str
        Value and note; the value is ``""`` where there is no exact way.

    Examples
    --------
    >>> converted("77", "公顷", "亩")
    ('1155', '印作77公顷')
    """
    named = UNIT_NAMES.get(unit, unit)
    if named == wanted or {named, wanted} <= COUNTED_BY:
        return value, ""
    factor = FACTORS.get((named, wanted))
    if factor is None:
        return "", ""
    exact = Fraction(value) * factor
    digits = Decimal(exact.numerator) / Decimal(exact.denominator)
    return f"{digits.normalize():f}", f"印作{printed(value)}{named}"


def printed(value: str) -> str:
    """Return a number as the reports print it: whole tens of thousands with 万."""
    number = Decimal(value)
    round_one = number >= 100_000 and number % 10_000 == 0
    return f"{number / 10_000:f}万" if round_one else value


def range_notes(table: pd.DataFrame) -> pd.Series:
    """Return for each end of a printed range a note that names both ends.

    The ends are two rows of one line whose names end in ``_min`` and ``_max``.
    """
    ends = table[table["qualifier"].eq("range")]
    stem = ends["indicator"].str.replace(r"_(min|max)$", "", regex=True)
    notes = pd.Series("", index=table.index)
    for _, pair in ends.groupby([ends["source"], ends["line"], ends["location"], stem]):
        low, high = sorted(pair["value"], key=float)
        unit = pair["unit"].iloc[0]
        notes[pair.index] = f"区间{low}—{high}{UNIT_NAMES.get(unit, unit)}"
    return notes


@dataclass(frozen=True)
class Words:
    """What ``report_figures.toml`` and the catalogue say of the raw names."""

    indicators: pd.DataFrame
    told: dict[str, Any]

    @classmethod
    def of(cls, out: Path) -> Words:
        """Read both; ``out`` is the data folder."""
        parts = [
            read_raw(out, path, tables.INDICATORS)
            for path in files(out, tables.INDICATORS)
        ]
        catalogue = pd.concat(parts, ignore_index=True).set_index("indicator")
        text = (reports.HERE / "report_figures.toml").read_text(encoding="utf-8")
        return cls(catalogue, tomllib.loads(text))

    @cached_property
    def ids(self) -> dict[str, str]:
        """Our indicator for each raw name."""
        return {
            name.removeprefix(PREFIX): str(indicator)
            for indicator, names in self.indicators["source_name"].items()
            for name in names
            if name.startswith(PREFIX)
        }

    def planned(self, name: str) -> bool:
        """Tell whether a raw name speaks of what is not there yet."""
        return bool(PLANNED.search(name)) or name in self.told["planned"]

    def part(self, row: pd.Series) -> str:
        """Return the part of a zone that a raw row speaks of, or ``""``."""
        line = f"{row['source']}:{row['line']}"
        known = self.told["parts"].get(line, "")
        return str(self.told["scopes"].get(row["indicator"], known))

    def notes(self, row: pd.Series) -> list[str]:
        """Return what is to be said beside one raw row."""
        line = f"{row['source']}:{row['line']}:{row['indicator']}"
        notes = self.told["notes"].get(row["indicator"], "")
        return [note for note in (notes, self.told["lines"].get(line, "")) if note]


@dataclass(frozen=True)
class Where:
    """Finds the unit that a raw row speaks of."""

    book: Gazetteer
    groups: dict[str, list[str]]
    merged: pd.DataFrame

    @classmethod
    def of(cls, out: Path, groups: dict[str, list[str]]) -> Where:
        """Read the places, zones and former districts of the data folder."""
        changes = read_csv(out / "place_changes.csv")
        return cls(Gazetteer(out), groups, changes[changes["kind"].eq("merged")])

    @cached_property
    def zones(self) -> pd.DataFrame:
        """Level and place of each zone listed."""
        return self.book.zones.drop_duplicates("zone").set_index("zone")

    def find(self, row: pd.Series) -> dict[str, str]:
        """Return level, place, zone, scope and note, or the ``reason`` for none."""
        name = row["location"]
        if row["level"] == "group":
            if name not in self.groups:
                return {"reason": "no such group in report_figures.toml"}
            level, place, scope = self.groups[name]
            return {"level": level, "place": place, "scope": scope}
        if row["level"] == "zone":
            return self._zone(row)
        if row["level"] == "district":
            return self._district(name, row["parent"])
        level, place = self.book.area(name)
        if level != row["level"]:
            return {"reason": f"no such {row['level']}"}
        return {"level": level, "place": place}

    def _zone(self, row: pd.Series) -> dict[str, str]:
        _, place, name = self.book.where(row["parent"], row["location"])
        zone = self.book.zone_id(name, place) if place else ""
        if zone not in self.zones.index:
            return {"reason": "no such zone"}
        listed = self.zones.loc[zone]
        return {"level": listed["level"], "place": listed["place"], "zone": zone}

    def _district(self, name: str, city: str) -> dict[str, str]:
        level, place, _ = self.book.where(city, name)
        if level == "district":
            return {"level": level, "place": place}
        # A district that has become part of another is found there.
        former = self.merged[self.merged["name_old"].eq(name)]
        former = former[former["new"].map(reports.city_of).eq(place)]
        if len(former) != 1:
            return {"reason": "no such district"}
        there = {"level": "district", "place": str(former["new"].iloc[0])}
        return {**there, "note": f"原{name}"}


def figure(row: pd.Series, words: Words, where: Where) -> dict[str, str]:
    """Return one raw row in the columns of area_figures, with a ``reason`` if lost.

    Parameters
    ----------
    row : Series
        A raw row with ``range_note``.
    words, where : Words, Where
        The vocabularies.
    """
    name = row["indicator"]
    found = where.find(row)
    kept = {"scope": "", "zone": "", "level": "", "place": "", "reason": "", **found}
    target = words.ids.get(name, "")
    unit = str(words.indicators["unit"].get(target, ""))
    value, as_printed = converted(row["value"], row["unit"], unit)
    low = name.endswith("_min")
    ranged = row["qualifier"] == "range"
    quality = ("over" if low else "under") if ranged else row["qualifier"]
    # Both ends of a range stand on one line: the locator tells them apart.
    end = ("（下限）" if low else "（上限）") if ranged else ""
    period = row["year"] or row["source"][-4:]
    notes = [
        kept.pop("note", ""),
        *words.notes(row),
        row["range_note"],
        as_printed,
        "" if row["year"] else NO_YEAR,
    ]
    if not target:
        kept["reason"] = "no indicator of this name"
    elif not value:
        kept["reason"] = f"{row['unit']} is not {unit}"
    elif quality not in schema.QUALITIES:
        kept["reason"] = "no such qualifier"
    return {
        **kept,
        "scope": "，".join(filter(None, [kept["scope"], words.part(row)])),
        "indicator": target,
        "period": period,
        "value": value,
        "unit": unit,
        "source_id": row["source"],
        "locator": row["locator"] + end,
        "quality": quality,
        "status": "planned" if words.planned(name) else "",
        "published": "",
        "note": "；".join(filter(None, notes)),
    }


def figures(raw: Path, out: Path) -> pd.DataFrame:
    """Return every figure of the reports; ``reason`` says why one cannot be kept.

    Parameters
    ----------
    raw : Path
        Folder with ``facts/reports`` and ``seeds``.
    out : Path
        The data folder, which already holds places, zones and the catalogue.
    """
    table = reports.read(raw, "indicators")
    table = table.assign(range_note=range_notes(table))
    words = Words.of(out)
    where = Where.of(out, words.told["groups"])
    made = pd.DataFrame([figure(row, words, where) for _, row in table.iterrows()])
    key = list(tables.AREA_FIGURES.key)
    made = made.sort_values([*key, "value"], kind="stable", ignore_index=True)
    twice = made.duplicated(key) & made["reason"].eq("")
    made.loc[twice, "reason"] = "same figure as the row before"
    return made


def _of_place(table: pd.DataFrame) -> pd.Series:
    """Tell the rows that speak of one whole city or district."""
    whole = table["zone"].eq("") & table["scope"].eq("")
    return table["level"].isin(schema.LEVELS) & whole


def observations(raw: Path, out: Path) -> pd.DataFrame:
    """Return the reports' figures of cities and districts."""
    table = figures(raw, out)
    kept = table[_of_place(table) & table["reason"].eq("")]
    return kept[list(tables.OBSERVATIONS.names)].reset_index(drop=True)


def area_figures(raw: Path, out: Path) -> pd.DataFrame:
    """Return the reports' figures of zones, provinces, the nation and groups."""
    table = figures(raw, out)
    kept = table[~_of_place(table) & table["reason"].eq("")]
    return kept[list(tables.AREA_FIGURES.names)].reset_index(drop=True)


def refused(raw: Path, out: Path) -> pd.DataFrame:
    """Return the figures that cannot be kept, each with its reason."""
    table = figures(raw, out)
    lost = table[table["reason"].ne("")]
    return lost[[*tables.AREA_FIGURES.names, "reason"]].reset_index(drop=True)
