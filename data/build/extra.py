"""Reads the figures of facts/extra: found on public pages, some planned or second-hand.

``extra.toml`` says from which group of pages a raw indicator comes, ``extra_rows.csv``
what single rows need, ``extra_locators.csv`` how an awkward source is cited. A raw
indicator belongs to every catalogue entry whose ``source_name`` lists it as
``figures:<name>``; unit and level decide where several do.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from data.build import extra_text
from data.build.reports import Gazetteer, city_of
from data.reading import read_csv
from data.schema import LEVELS

HERE = Path(__file__).parent
PREFIX = "figures:"
COLUMNS = [
    *("place", "level", "zone", "scope", "indicator", "period", "value", "unit"),
    *("source_id", "locator", "quality", "status", "published", "note", "reason"),
]
# Sources read from the first day on: their locators and months stay as they were.
FIRST = (
    *("papers", "iccad2023", "backbone", "housing_fund", "minimum_wage"),
    *("gei_unicorns2020", "gei_unicorns2021", "test_licences2019"),
)
OFFICIAL = "official_notices"
VENUE = re.compile(r"(\w+?)(?:\d{4})?\.json")
# When the meetings were held, 2018 to 2025; the others every year.
HELD = {
    "iccv": (2019, 2021, 2023, 2025),
    "coling": (2018, 2020, 2022, 2024, 2025),
    "naacl": (2018, 2019, 2021, 2022, 2024, 2025),
    "colm": (2024, 2025),
}
# Zones whose collected rows name no city: the city that the code list puts them in.
ZONE_CITIES = {"雄安新区": "保定"}
Rows = list[dict[str, str]]


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """Return ``extra.toml``."""
    return tomllib.loads((HERE / "extra.toml").read_text(encoding="utf-8"))


def corrected(raw: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return the raw rows, numbered from 1, with single cells set.

    ``changes`` has ``row``, ``column``, ``value`` and ``why``; besides the raw columns
    ``status``, ``published`` and ``reason`` (why a row is refused) can be set.
    """
    empty = dict.fromkeys(("status", "published", "reason"), "")
    table = raw.assign(**empty)
    table.index = pd.RangeIndex(1, len(table) + 1)
    for change in changes.itertuples():
        if int(str(change.row)) not in table.index or change.column not in table:
            raise ValueError(f"no row {change.row} or column {change.column}")
        table.loc[int(str(change.row)), str(change.column)] = change.value
    return table


def entries_of(indicators: pd.DataFrame) -> dict[str, Rows]:
    """Return the catalogue entries that each raw indicator may belong to."""
    found: dict[str, Rows] = {}
    for entry in indicators.to_dict("records"):
        for name in entry["source_name"]:
            if str(name).startswith(PREFIX):
                found.setdefault(str(name).removeprefix(PREFIX), []).append(entry)
    return found


def entry_for(row: dict[str, str], entries: dict[str, Rows]) -> dict[str, str]:
    """Return the entry whose unit and level a row has, else the likest; else none."""
    offered = entries.get(row["indicator"], [])
    ranked = sorted(
        offered,
        key=lambda entry: (
            (entry["unit"] != row["unit"]) + (row["level"] not in entry["levels"])
        ),
    )
    return ranked[0] if ranked else {}


def unit_of(indicator: str, unit: str) -> str:
    """Return the unit as the catalogue writes it."""
    return rules()["unit_of"].get(indicator, rules()["units"].get(unit, unit))


def quality_of(qualifier: str, *words: str) -> str:
    """Return the quality of a value from its qualifier; a target's from its words."""
    starts = {"over": "over", "about": "about", "nearly": "about", "under": "under"}
    word = re.match(r"[a-z]+", qualifier)
    if qualifier != "planned" or not any(words):
        return starts.get(word[0] if word else "", "exact")
    told = " ".join(words)
    if re.search(r"超过|超\d|超$|超[)）]|不低于|以上|突破|\bover\b", told):
        return "over"
    if re.search(r"最高|不超过|\bup to\b", told):
        return "under"
    return "about" if re.search(r"约|~|近\d", told) else "exact"


def group_of(row: dict[str, str]) -> str:
    """Return the source of a row: a group of pages of one topic and kind."""
    single = rules()["sources_by_period"].get(f"{row['indicator']} {row['period']}")
    if single:
        return str(single)
    groups = rules()["sources"].items()
    group = next((name for name, raw in groups if row["indicator"] in raw), "")
    official = row["quality"] == "official" and group not in FIRST
    return OFFICIAL if official else group


@lru_cache(maxsize=1)
def _cited() -> dict[str, str]:
    table = read_csv(HERE / "extra_locators.csv")
    return dict(zip(table["source"], table["locator"], strict=True))


FILE = re.compile(r"\.(csv|json|xlsx?|tsv|txt|html?)\b")
# What a whole list is cited by, and the lists whose rows were counted by place.
WHOLE = "名单全文"
FILES = {
    "univ_supp.json": "高校主校区汇总表",
    "smart_factory_city_industry_year.csv": "按城市、行业和年份汇总的名单",
}


def plain_locator(text: str) -> str:
    """Return the title of a list or notice without addresses and signs of a sentence.

    Hosts and repository addresses go: reposts are named in ``sources.toml``.
    """
    text = re.sub(r"https?://\S+|\((find_string|read_file) id \d+\)", "", text)
    text = re.sub(r"^(github|pypi):\S+?:(?=\S)", "", text)
    text = re.sub(r"^(github|pypi):\S+\s*", "", text)
    text = text.split(" (MPL")[0]
    # A path, not a title with a stroke in it.
    text = text.rsplit("/", 1)[-1] if FILE.search(text) else text
    text = re.sub(r"#row(\d+)$", r", row \1", re.sub(r"#col", ", column ", text))
    text = re.sub(r"\(pages corpus\)", "", FILES.get(text, text))
    text = re.sub("[。！？]+", " ", text).strip(" ;；,")
    # A bracket that is opened is closed, and none is closed that was not opened.
    if text.count(")") > text.count("("):
        text = text.rstrip(")")
    if text.count("(") > text.count(")"):
        text = f"{text})" if text[-1] != "(" else text.rstrip("(")
    return text.strip() or WHOLE


def place_of(row: dict[str, str], book: Gazetteer, codes: set[str]) -> dict[str, str]:
    """Return level, place and zone of a row.

    A city among ``codes`` (units directly under a province) stands with the
    districts; a district without a code of today is looked up in its city, never
    alone.
    """
    level, place = row["level"], row["code"]
    if level == "zone":
        return zone_of(row["place"], row["parent"], book)
    if level == "city" and place in codes:
        level = "district"
    if level == "district" and place not in set(book.districts["place"]):
        city = city_of(place) if place else book.area(row["parent"])[1]
        place = book.district(row["place"], city) or place
    return {"level": level, "place": place, "zone": ""}


def zone_of(name: str, city: str, book: Gazetteer) -> dict[str, str]:
    """Return level, place and id of a zone that zones.csv lists; else its name."""
    code = book.area(ZONE_CITIES.get(name, city))[1]
    zone = book.zone_id(name, code) if code else ""
    known = book.zones[book.zones["zone"] == zone]
    if known.empty:
        return {"level": "zone", "place": name, "zone": ""}
    at = known.iloc[0]
    return {"level": str(at["level"]), "place": str(at["place"]), "zone": zone}


def figures(raw: Path, out: Path, indicators: pd.DataFrame) -> pd.DataFrame:
    """Return every row of figures.csv; ``reason`` says why one cannot be kept.

    Parameters
    ----------
    raw : Path
        Folder of the collected tables.
    out : Path
        The data folder, with places and zones.
    indicators : DataFrame
        The catalogue.
    """
    table = read_csv(raw / "facts/extra/figures.csv")
    table = corrected(table, read_csv(HERE / "extra_rows.csv"))
    return shaped(table, indicators, Gazetteer(out))


def shaped(
    table: pd.DataFrame, indicators: pd.DataFrame, book: Gazetteer
) -> pd.DataFrame:
    """Turn corrected raw rows into figures of places, zones, provinces, the nation."""
    entries = entries_of(indicators)
    codes = set(book.districts["place"]) - set(book.cities.values())
    table = named_once(table)
    table["unit"] = [
        unit_of(*pair) for pair in zip(table["indicator"], table["unit"], strict=True)
    ]
    found = [entry_for(row, entries) for row in table.to_dict("records")]
    table["target"] = [entry.get("indicator", "") for entry in found]
    named = [entry.get("name_zh", "") for entry in found]
    # Where one entry gathers several names, the row's own name is part of its scope.
    several = table.groupby("target")["name_zh"].transform("nunique") > 1
    own = table["name_zh"].where(several & (table["name_zh"] != named), "")
    pairs = zip(table.to_dict("records"), own, strict=True)
    rows = [_figure(row, book, codes, name) for row, name in pairs]
    return sum_venues(pd.DataFrame(rows), table["address"])


def _figure(
    row: dict[str, str], book: Gazetteer, codes: set[str], name: str
) -> dict[str, str]:
    """Return one raw row in the columns of a figure."""
    source = group_of(row)
    when, beyond = extra_text.period(row["period"])
    planned = row["qualifier"] == "planned" or row["status"] == "planned"
    where = place_of(row, book, codes)
    first = source in FIRST and where["level"] in LEVELS and not where["zone"]
    month = row["published"] or extra_text.published(
        when, planned, row["source"], row["address"]
    )
    cited = _cited().get(row["source"], row["source"])
    told = "" if row["qualifier"] in ("exact", "planned") else row["qualifier"]
    told = re.sub(r"^(over|about|nearly)( \d+)?;?|^venue=.*", "", told)
    words = [beyond, re.sub("[“”]", "", name), told, row["note"]]
    reason = row["reason"] or ("" if row["target"] else "not in the catalogue")
    if not when:
        reason = reason or "no period"
    elif source != "papers" and first:
        words = []
    return {
        **where,
        "scope": "",
        "indicator": row["target"] or PREFIX + row["indicator"],
        "period": when,
        "value": row["value"],
        "unit": row["unit"],
        "source_id": source,
        "locator": plain_locator(row["source"])
        if first
        else extra_text.locator(cited, month),
        "quality": quality_of(
            row["qualifier"], row["name_zh"], row["source"], row["note"]
        ),
        "status": "planned" if planned else "",
        "published": "" if first else month,
        "note": extra_text.note(*words) if source != "papers" else "",
        "reason": reason,
    }


def named_once(table: pd.DataFrame) -> pd.DataFrame:
    """Count rows that name one institution each by place and period.

    The institutions go to the note. Where the list is only a part of the whole, the
    count is a lower bound; what two schools of a city share is counted once.
    """
    partial, whole = rules()["listed"]["partial"], rules()["listed"]["whole"]
    listed = table["indicator"].isin([*partial, *whole])
    item = table["qualifier"].str.extract(r"lab=([^;]+)")[0]
    item = item.fillna(table["qualifier"].str.extract(r"university=([^;]+)")[0])
    keys = ["indicator", "level", "code", "period"]
    rows = []
    for _, part in table[listed].assign(item=item).groupby(keys, sort=False):
        names = list(dict.fromkeys(part["item"]))
        one = part.iloc[0].copy()
        one["value"] = str(len(names))
        one["address"] = " ".join(dict.fromkeys(part["address"]))
        one["qualifier"] = "over" if one["indicator"] in partial else "exact"
        shown = "、".join(name.removesuffix("全国重点实验室") for name in names)
        one["note"] = extra_text.short(shown, extra_text.LONGEST_NOTE)
        rows.append(one.drop("item"))
    return pd.concat([table[~listed], pd.DataFrame(rows)])


def missing_venues(counted: pd.Series, year: str, known: set[str]) -> list[str]:
    """Return the venues held in a year for which no list was counted."""
    held = {name for name in known if int(year) in HELD.get(name, (int(year),))}
    return sorted(held - set(counted))


def sum_venues(table: pd.DataFrame, address: pd.Series) -> pd.DataFrame:
    """Sum paper counts of one city and year over venues, naming the venues.

    The note names the venues of that year whose lists are missing, so that years
    are not compared as if they were whole.
    """
    table.index = address.index
    papers = table["source_id"].eq("papers") & table["reason"].eq("")
    counted = table[papers].assign(
        locator=address[papers].str.extract(VENUE)[0].str.lower().fillna("venue"),
        value=table.loc[papers, "value"].astype(float),
    )
    notes = {}
    for indicator, part in counted.groupby("indicator"):
        known = set(part["locator"])
        for year, rows in part.groupby("period"):
            gone = missing_venues(rows["locator"], str(year), known)
            lacking = f"；缺名单：{' '.join(gone)}" if gone else ""
            notes[indicator, year] = f"sum over the venues named{lacking}"
    keys = ["place", "level", "indicator", "period", "unit", "source_id"]
    summed = counted.groupby(keys, as_index=False).agg(
        value=("value", "sum"),
        locator=("locator", lambda names: "+".join(sorted(set(names)))),
    )
    summed["value"] = summed["value"].map(lambda value: f"{value:g}")
    pairs = zip(summed["indicator"], summed["period"], strict=True)
    summed["note"] = [notes[pair] for pair in pairs]
    whole = pd.concat([table[~papers], summed.assign(quality="exact")])
    return told_apart(whole.reindex(columns=COLUMNS).fillna("").reset_index(drop=True))


def told_apart(table: pd.DataFrame) -> pd.DataFrame:
    """Let the locators of one page tell which figure of a place each row is.

    Two centres, or what is and what is planned, can stand on one page for one
    period: their locators get what their notes say, or the word for planned.
    """
    keys = ["level", "place", "zone", "indicator", "period", "source_id", "locator"]
    fine = table["reason"].eq("") & ~table["source_id"].isin(FIRST)
    same = table[fine].duplicated(keys, keep=False)
    told = table["note"].str.split("；").str[0].str.slice(0, 30)
    told = told.where(told.ne(""), table["status"].replace("planned", "计划"))
    locator = table["locator"] + " · " + told
    mixed = fine & same.reindex(table.index, fill_value=False) & told.ne("")
    return table.assign(locator=table["locator"].mask(mixed, locator))
