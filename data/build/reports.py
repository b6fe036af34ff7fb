"""Reads the tables of facts read out of the five reports, with their corrections.

``corrections/<table>.csv`` holds what a second reading changed: rows added, replaced
or dropped, each with the line of the report's text and the reason.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import pandas as pd
from pypinyin import lazy_pinyin

from data.reading import read_csv
from data.schema import NATION

HERE = Path(__file__).parent
NO_SIGNS = re.compile(r"[\s*#|`_\-—–~\"“”'‘’,，、。:：;；()（）<>《》【】\[\]….]")
SPLIT = re.compile(r"…+|\.{3,}|[/；;。，,：:]|\s{2,}")
HEADING = re.compile(
    r"^(#+ |第.{1,3}[篇章节]|[*（(]*[一二三四五六七八九十]+[)）、]"
    r"|\d(\.\d){1,2}(?:[ \t]|$))"
)
# A chapter's number on a line of its own, its title on the next; a table of contents
# has both on one line.
CHAPTER = re.compile(r"0\d")
# Signs that may stand in the name of a zone in one report and not in another.
ZONE_SIGNS = re.compile(r"[\s“”\"（）()·,，、]")
LONGEST_HEADING = 30
Index = tuple[str, list[int]]


def _bare(text: str) -> str:
    """Return a text without signs and spaces, full-width letters made plain."""
    return NO_SIGNS.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=8)
def _lines(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=8)
def _index(path: Path) -> Index:
    """Return the bare text of a report and the line of each of its characters."""
    bare = [_bare(line) for line in _lines(path)]
    numbers = [number for number, line in enumerate(bare, 1) for _ in line]
    return "".join(bare), numbers


def line_of(quote: str, path: Path) -> int:
    """Return the line of a report's text where a quote stands; 0 when it does not.

    A quote with gaps is found by its longest part that stands there once.
    """
    text, numbers = _index(path)
    whole = _bare(quote)
    at = text.find(whole) if len(whole) >= 4 else -1
    if at >= 0:
        return numbers[at]
    parts = sorted(map(_bare, SPLIT.split(quote)), key=len, reverse=True)
    once = [part for part in parts if len(part) >= 5 and text.count(part) == 1]
    return numbers[text.find(once[0])] if once else 0


def heading_above(line: int, path: Path) -> str:
    """Return the nearest heading at or above a line, or ``""``.

    What a heading goes on to say after its colon is the report's wording and left;
    a heading of the second order stands behind the one it belongs to.
    """
    lines = _lines(path)
    for at in range(min(line, len(lines)) - 1, -1, -1):
        head = re.split("[：:]", lines[at].strip())[0]
        if CHAPTER.fullmatch(head):
            return " ".join([head, next(filter(None, lines[at + 1 :]), "").strip()])
        if len(head) <= LONGEST_HEADING and HEADING.match(head) and "。" not in head:
            name = re.sub(r"[#*]+", "", head).strip().replace("\t", " ")
            above = _above(at, lines) if head.startswith("## ") else ""
            return " · ".join(filter(None, [above, name]))
    return ""


def _above(at: int, lines: tuple[str, ...]) -> str:
    """Return the nearest heading of the first order above a line."""
    firsts = [line for line in lines[:at] if line.startswith("# ")]
    return re.split("[：:]", firsts[-1].lstrip("# "))[0].strip() if firsts else ""


def locator(line: int, path: Path) -> str:
    """Return where a fact stands: the heading above, and ``L`` with the line."""
    return " · ".join(filter(None, [heading_above(line, path), f"L{line}"]))


def read(raw: Path, name: str) -> pd.DataFrame:
    """Return a table of the reports with the corrections of the second reading.

    Parameters
    ----------
    raw : Path
        Folder with ``facts/reports`` and ``seeds``.
    name : str
        Table: ``indicators``, ``zones``, ...

    Returns
    -------
    DataFrame
        The table's columns with ``line`` and ``locator`` in place of the quote.
    """
    table = read_csv(raw / f"facts/reports/{name}.csv")
    table.index = pd.RangeIndex(1, len(table) + 1)
    texts = {path.stem: path for path in (raw / "seeds").glob("*.txt")}
    quotes = table["quote" if "quote" in table else "note"]
    found = zip(quotes, table["source"], strict=True)
    table["line"] = [line_of(quote, texts[source]) for quote, source in found]
    if name == "platforms":
        # These rows hold no quote; their lines were looked up one by one.
        known = read_csv(HERE / "corrections/platform_lines.csv").astype(int)
        table.loc[known["row"], "line"] = known["line"].to_numpy()
    path = HERE / f"corrections/{name}.csv"
    if path.exists():
        table = corrected(table, read_csv(path))
    table["locator"] = [
        locator(int(line), texts[source])
        for line, source in zip(table["line"], table["source"], strict=True)
    ]
    return table.drop(columns="quote", errors="ignore")


def corrected(table: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return a table with rows dropped, replaced and added.

    Parameters
    ----------
    table : DataFrame
        Indexed by row number.
    changes : DataFrame
        ``action`` (add, replace, drop), ``row``, ``line``, ``why`` and the columns.
    """
    gone = changes.loc[changes["action"] != "add", "row"].astype(int)
    unknown = set(gone) - set(table.index)
    if unknown:
        raise ValueError(f"corrections of rows that are not there: {sorted(unknown)}")
    told = changes[changes["action"] != "drop"].drop(columns=["action", "row", "why"])
    told = told.assign(line=told["line"].astype(int))
    kept = table.drop(index=gone)
    return pd.concat([kept, told], ignore_index=True).fillna("")


class Gazetteer:
    """Names as the reports write them -> level, code and zone.

    Parameters
    ----------
    out : Path
        The data folder, which already holds places and provinces.
    """

    def __init__(self, out: Path) -> None:
        places = read_csv(out / "places.csv")
        provinces = read_csv(out / "provinces.csv")
        cities = places[places["level"] == "city"]
        self.cities = _short(cities["name_zh"], cities["place"])
        self.provinces = _short(provinces["name_zh"], provinces["province"])
        self.provinces |= _short(provinces["short_zh"], provinces["province"])
        self.districts = places[places["level"] == "district"]
        listed = out / "zones.csv"
        columns = ["zone", "name_zh", "level", "place"]
        empty = pd.DataFrame(columns=columns)
        self.zones = read_csv(listed)[columns] if listed.exists() else empty
        aliases = read_csv(HERE / "zone_aliases.csv")
        self.aliases = {
            (city, plain_zone(alias)): zone
            for city, alias, zone in zip(
                aliases["city"], aliases["alias"], aliases["zone"], strict=True
            )
        }

    def area(self, name: str) -> tuple[str, str]:
        """Return level and code of a city, a province or the nation; else empty."""
        if name in ("全国", "中国"):
            return "nation", NATION
        if name in self.cities:
            return "city", self.cities[name]
        if name in self.provinces:
            return "province", self.provinces[name]
        alone = self.districts[self.districts["name_zh"] == name]
        if len(alone) == 1:
            return "district", str(alone["place"].iloc[0])
        return "", ""

    def district(self, name: str, city: str) -> str:
        """Return the code of a district of a city by its full or short name."""
        within = self.districts[self.districts["parent"] == city]
        stem = re.sub("(新区|[区县市])$", "", name)
        full = within[within["name_zh"].isin([name, *(stem + s for s in "区县市")])]
        return str(full["place"].iloc[0]) if len(full) == 1 else ""

    def where(self, city: str, inside: str = "") -> tuple[str, str, str]:
        """Return level, code and the zone's name of ``inside`` (a part of ``city``).

        What is no district of the city is a zone of it.
        """
        level, code = self.area(city)
        if not inside or not code:
            return level, code, ""
        district = self.district(inside, code) if level == "city" else ""
        return ("district", district, "") if district else (level, code, inside)

    def zone(self, name: str, place: str) -> str:
        """Return the usual name of a zone, whatever a report calls it."""
        plain = plain_zone(name)
        return self.aliases.get((city_of(place), plain), name.strip())

    def zone_id(self, name: str, place: str) -> str:
        """Return the id of a zone: the city's code and the name in pinyin."""
        if not name:
            return ""
        city = city_of(place)
        spelled = "".join(lazy_pinyin(plain_zone(self.zone(name, city)))).lower()
        return f"{city}_{re.sub('[^a-z0-9]', '', spelled)[:48]}"


def city_of(place: str) -> str:
    """Return the code of the city that a code lies in."""
    municipal = place[:2] in ("11", "12", "31", "50")
    return place[:2] + "0000" if municipal else place[:4] + "00"


def plain_zone(name: str) -> str:
    """Return a zone's name without quotation marks, brackets and spaces."""
    return ZONE_SIGNS.sub("", unicodedata.normalize("NFKC", name))


def _short(names: pd.Series, codes: pd.Series) -> dict[str, str]:
    """Return code by full name and by the name without its last sign."""
    both = dict(zip(names, codes, strict=True))
    for name, code in list(both.items()):
        both.setdefault(
            re.sub("(特别行政区|自治区|自治州|地区|[省市盟])$", "", name), code
        )
    return both
