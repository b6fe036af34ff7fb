"""Build the table of all places: names, parents, points and changes of code.

Needs shapely and pypinyin, which are build-time dependencies only.  Run as
``python -m data.build.places RAW OUT``.
"""

import csv
import gzip
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin
from shapely.geometry import shape

from data.build.place_changes import (
    CHANGE_COLUMNS,
    census,
    change_rows,
    renumbered,
)

HERE = Path(__file__).parent
Row = dict[str, str]

# Hong Kong, Macao and Taiwan are left out: no figures are held for them.
EXCLUDED_PROVINCES = {"71", "81", "82"}
MUNICIPALITIES = {"110000", "120000", "310000", "500000"}

PLACE_COLUMNS = [
    "place",
    "level",
    "name_zh",
    "name_en",
    "parent",
    "province",
    "lon",
    "lat",
]
PROVINCE_COLUMNS = ["province", "name_zh", "name_en", "short_zh"]

# Characters that general dictionaries read otherwise than place names do.
CHARACTERS = {"都": "du", "长": "chang", "朝": "chao", "勒": "le", "什": "shi"}

PEOPLES = {
    "各族": "Various Nationalities", "满族": "Manchu", "蒙古族": "Mongol",
    "回族": "Hui", "藏族": "Tibetan", "苗族": "Miao", "彝族": "Yi",
    "壮族": "Zhuang", "布依族": "Buyei", "朝鲜族": "Korean", "侗族": "Dong",
    "瑶族": "Yao", "白族": "Bai", "土家族": "Tujia", "哈尼族": "Hani",
    "哈萨克族": "Kazakh", "傣族": "Dai", "黎族": "Li", "傈僳族": "Lisu",
    "佤族": "Wa", "畲族": "She", "拉祜族": "Lahu", "水族": "Sui",
    "东乡族": "Dongxiang", "纳西族": "Naxi", "景颇族": "Jingpo", "土族": "Tu",
    "达斡尔族": "Daur", "仫佬族": "Mulao", "羌族": "Qiang", "布朗族": "Blang",
    "撒拉族": "Salar", "毛南族": "Maonan", "仡佬族": "Gelao", "普米族": "Pumi",
    "怒族": "Nu", "保安族": "Bonan", "裕固族": "Yugur", "独龙族": "Derung",
}  # fmt: skip

SUFFIXES = {
    "自治州": "Autonomous Prefecture", "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner", "地区": "Prefecture", "盟": "League",
    "旗": "Banner", "县": "County", "区": "District", "市": "City", "省": "",
}  # fmt: skip


def parse_codes(text: str) -> dict[str, str]:
    """Return code -> full Chinese name from the official list.

    Parameters
    ----------
    text : str
        The list as published; names may carry ``*`` and inner spaces.
    """
    found = re.findall(r"^\s*(\d{6})[^\S\n]+(\S[^\n]*)$", text, flags=re.MULTILINE)
    names = {code: re.sub(r"[\s*]", "", name) for code, name in found}
    return {c: n for c, n in names.items() if c[:2] not in EXCLUDED_PROVINCES}


def city_codes(codes: Mapping[str, str]) -> list[str]:
    """Return the prefecture-level units and the municipalities."""
    return [
        c
        for c in codes
        if c in MUNICIPALITIES or (c.endswith("00") and not c.endswith("0000"))
    ]


def district_codes(codes: Mapping[str, str]) -> list[str]:
    """Return the county-level units, with each undivided city as its own district.

    Sansha counts as undivided: the list gives its two districts no code.
    """
    counties = [c for c in codes if not c.endswith("00")]
    divided = {c[:4] for c in counties}
    alone = [
        c for c in city_codes(codes) if c not in MUNICIPALITIES and c[:4] not in divided
    ]
    return sorted(counties + alone)


def parent_of(code: str, level: str, codes: Mapping[str, str]) -> str:
    """Return the code of the unit above ('' for a municipality)."""
    province = code[:2] + "0000"
    if level == "city":
        return "" if code in MUNICIPALITIES else province
    city = code[:4] + "00"
    return city if city in codes else province


def to_pinyin(core: str) -> str:
    """Return a Chinese core name in pinyin: one word, capital first, apostrophes."""
    syllables = [
        CHARACTERS.get(char, syllable)
        for char, syllable in zip(core, lazy_pinyin(core, v_to_u=True), strict=True)
    ]
    # Pinyin puts an apostrophe before an inner syllable that begins with a vowel.
    word = syllables[0] + "".join(
        f"'{s}" if s[0] in "aeo" else s for s in syllables[1:]
    )
    return word[0].upper() + word[1:]


def split_suffix(name_zh: str) -> tuple[str, str]:
    """Split a full name into core and administrative suffix ('' if none)."""
    for suffix in SUFFIXES:
        if name_zh.endswith(suffix) and len(name_zh) > len(suffix):
            return name_zh.removesuffix(suffix), suffix
    return name_zh, ""


def split_peoples(core: str) -> tuple[str, list[str]]:
    """Split the peoples' names (in English, in order) off the end of a core name."""
    peoples: list[str] = []
    by_length = sorted(PEOPLES, key=len, reverse=True)
    while match := next((p for p in by_length if core.endswith(p)), None):
        peoples.insert(0, PEOPLES[match])
        core = core.removesuffix(match)
    return core, peoples


def join_words(words: list[str]) -> str:
    """Join words as in English: 'A', 'A and B', 'A, B and C'."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + " and " + words[-1]


def english_name(name_zh: str, plain_city: bool) -> str:
    """Return the English name that the rules give.

    Parameters
    ----------
    name_zh : str
        Full official name.
    plain_city : bool
        True for a prefecture-level city, written without 'City'.
    """
    core, suffix = split_suffix(name_zh)
    core, peoples = split_peoples(core)
    kind = "" if plain_city and suffix == "市" else SUFFIXES.get(suffix, "")
    parts = [to_pinyin(core) if core else "", join_words(peoples), kind]
    return " ".join(part for part in parts if part)


def inner_point(geometry: Mapping[str, Any]) -> tuple[str, str]:
    """Return a point (lon, lat, 4 decimals) inside the largest part of a polygon."""
    whole = shape(geometry)
    largest = max(getattr(whole, "geoms", [whole]), key=lambda part: part.area)
    point = largest.centroid
    if not largest.contains(point):
        point = largest.representative_point()
    return f"{point.x:.4f}", f"{point.y:.4f}"


def map_points(features: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return points keyed by map code, and by 'province prefix + full name'."""
    points: dict[str, tuple[str, str]] = {}
    for feature in features:
        code = feature["properties"].get("gb", "").removeprefix("156")
        if not code or code[:2] in EXCLUDED_PROVINCES:
            continue
        point = inner_point(feature["geometry"])
        points[code] = point
        points[code[:2] + feature["properties"]["full_name"]] = point
    return points


def place_rows(
    codes: Mapping[str, str],
    english: Mapping[str, str],
    points: Mapping[str, Mapping[str, tuple[str, str]]],
) -> list[Row]:
    """Return the rows of the table of places, cities first, in order of code.

    Parameters
    ----------
    codes : Mapping
        Code -> full Chinese name.
    english : Mapping
        Code -> customary English name, where the rules do not give it.
    points : Mapping
        Level -> the result of `map_points` for that level.
    """
    rows = []
    for level, places in (
        ("city", sorted(city_codes(codes))),
        ("district", district_codes(codes)),
    ):
        for code in places:
            name = codes[code]
            by_code = points[level].get(code)
            # The map has not followed two new codes; there the name decides.
            lon, lat = by_code or points[level][code[:2] + name]
            name_en = english.get(code) or english_name(name, code.endswith("00"))
            parent, province = parent_of(code, level, codes), code[:2] + "0000"
            values = [code, level, name, name_en, parent, province, lon, lat]
            rows.append(dict(zip(PLACE_COLUMNS, values, strict=True)))
    return rows


def province_rows(codes: Mapping[str, str], english: Mapping[str, str]) -> list[Row]:
    """Return the rows of the table of provinces."""
    rows = []
    for code in sorted(c for c in codes if c.endswith("0000")):
        name = codes[code]
        short = name[: 3 if name.startswith(("内蒙古", "黑龙江")) else 2]
        name_en = english.get(code) or english_name(name, plain_city=True)
        values = [code, name, name_en, short]
        rows.append(dict(zip(PROVINCE_COLUMNS, values, strict=True)))
    return rows


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file as a list of rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    """Write rows as UTF-8 CSV with LF line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def build(raw: Path, out: Path) -> None:
    """Write places, provinces and place_changes.

    Parameters
    ----------
    raw : Path
        Folder with ``geo`` and ``facts``.
    out : Path
        Folder that receives the CSV files.
    """
    geo = raw / "geo"
    listing = geo / "chn-administrative-division-code-2023.txt"
    codes = parse_codes(listing.read_text(encoding="utf-8"))
    english = {r["place"]: r["name_en"] for r in read_rows(HERE / "english_names.csv")}
    points = {}
    for level, number in (("city", 2), ("district", 3)):
        text = (geo / f"chn-level-{number}.json").read_text(encoding="utf-8")
        points[level] = map_points(json.loads(text)["features"])
    # A city that is its own district may be on the map of cities alone.
    points["district"] = points["city"] | points["district"]
    facts = raw / "facts" / "indicators_long.csv.gz"
    with gzip.open(facts, "rt", encoding="utf-8", newline="") as file:
        table = census(csv.DictReader(file))
    known = read_rows(HERE / "known_changes.csv")
    lists = {row["old"]: row for row in read_rows(HERE / "code_lists.csv")}
    changes = change_rows(renumbered(table, codes), known, table, lists)
    places = place_rows(codes, english, points)
    write_rows(out / "places.csv", PLACE_COLUMNS, places)
    write_rows(out / "provinces.csv", PROVINCE_COLUMNS, province_rows(codes, english))
    write_rows(out / "place_changes.csv", CHANGE_COLUMNS, changes)
