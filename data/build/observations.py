"""Builds observations/*.csv from the two collections of figures.

Rows that cannot be kept go to observations_refused.csv with the reason: also those
of the second collection that speak of provinces, zones and the country.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from data import tables
from data.build import area_figures, extra, refused, report_figures
from data.build.extra import WHOLE, plain_locator
from data.build.keep import catalogue, kept_and_refused
from data.reading import read_csv
from data.schema import LEVELS

# The collection's own source text -> our source id.
SOURCE_IDS = {
    r"第七次人口普查": "census2020",
    r"第六次人口普查": "census2010",
    r"统计年鉴(20\d\d)": r"yearbook\1",
    r"教育部 全国普通高等学校": "moe2025",
    r"univ_supp": "univ_campus2025",
    r"东数西算": "ndrc_clusters",
    r"国家超级计算中心": "supercomputing2023",
    r"TOP500": "top500",
    r"科技部试验区": "most_pilot_zones",
    r"工信部先导区": "miit_pioneer_zones",
    r"卓越级智能工厂": "smart_factories",
    r"仲量联行2021": "jll2021",
    r"仲量联行2024": "jll2024",
    r"airportsdata": "airports2026",
    r"深圳市人工智能产业协会": "web_ai_funding",
    r"时代周刊科创板": "web_listed",
}
UNITS = {"元/平方米/天": "元/㎡/天"}
# A day that stands in a collected locator: of the approval, or of the figures.
DAY = r"(?:created|announced|时代周刊,) (\d{4}-\d{2})"


def source_id(text: str) -> str:
    """Return our source id for the collection's source text, or ``""``."""
    for pattern, target in SOURCE_IDS.items():
        match = re.search(pattern, text)
        if match:
            return match.expand(target)
    return ""


def locator(text: str) -> str:
    """Keep of a collected locator what a reader can use: table or file, and row.

    Hosts and repository addresses go: reposts are named in ``sources.toml``.
    """
    approved = re.search(r"created (\d{4}-\d{2}-\d{2})", text)
    if approved:
        return f"批复函，{approved[1]}"
    if "NDRC 批复" in text:
        return "国家发展改革委批复，2021-12、2022-02"
    announced = re.search(r"announced (\d{4}-\d{2}-\d{2})", text)
    if announced:
        return f"名单，{announced[1]}公布"
    if "created nan" in text:
        return "名单，未注明日期"
    cited = re.search(r"转引时代周刊(, [\d-]+)", text)
    return f"时代周报{cited[1]}" if cited else plain_locator(text)


def names_to_ids(indicators: pd.DataFrame) -> dict[str, str]:
    """Map each name a source uses to our indicator id."""
    return {
        name: row.indicator
        for row in indicators.itertuples()
        for name in row.source_name
    }


def from_long(path: Path, indicators: pd.DataFrame) -> pd.DataFrame:
    """Turn the first collection into observations (places not yet checked)."""
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    raw["indicator"] = raw["indicator"].map(names_to_ids(indicators))
    raw = raw[raw["indicator"].notna()]
    period = raw["locator"].str.extract(DAY)[0]
    source = raw["source"].map(source_id)
    cited = raw["locator"].map(locator)
    # The office report of 2024 describes its first half.
    half = source.eq("jll2024") & raw["year"].eq("2024")
    # A page without table or row is named by its publisher.
    page = source.str.startswith("web_") & cited.eq(WHOLE)
    return pd.DataFrame(
        {
            "place": raw["adcode"],
            "level": raw["level"],
            "indicator": raw["indicator"],
            "period": period.fillna(raw["year"]).mask(half, "2024-06"),
            "value": raw["value"].str.replace(r"\.0$", "", regex=True),
            "unit": raw["unit"].replace(UNITS),
            "source_id": source,
            "locator": cited.mask(page, raw["source"]),
            "quality": "exact",
            "status": "",
            "published": "",
            "note": "",
            "reason": "",
        }
    )


def renumber(table: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Give figures of renamed districts their code of today, with a note."""
    same = changes[changes["kind"] == "renumbered"]
    new = table["place"].map(dict(zip(same["old"], same["new"], strict=True)))
    moved = new.notna() & table["level"].eq("district")
    note = "以原代码" + table["place"] + "公布"
    return table.assign(
        place=new.where(moved, table["place"]),
        note=note.where(moved, table["note"]),
    )


def build(raw: Path, out: Path) -> None:
    """Write ``observations/<pillar>.csv`` and ``observations_refused.csv``.

    Parameters
    ----------
    raw : Path
        Folder of the collected tables (``facts/`` below it).
    out : Path
        The data folder, which already holds places, zones and catalogues.
    """
    indicators = catalogue(out)
    places = read_csv(out / "places.csv")
    found = extra.figures(raw, out, indicators)
    ours = found["level"].isin(LEVELS) & found["zone"].eq("")
    long = from_long(raw / "facts/indicators_long.csv.gz", indicators)
    told = report_figures.observations(raw, out)
    told = told.reindex(columns=long.columns, fill_value="")
    parts = [long, found.loc[ours, long.columns], told]
    table = pd.concat(parts, ignore_index=True)
    table = renumber(table, read_csv(out / "place_changes.csv"))
    table = grounded(table, places)
    table = of_today(table, read_csv(Path(__file__).with_name("reused_codes.csv")))
    key = list(tables.OBSERVATIONS.key)
    kept, gone = kept_and_refused(table, indicators, places, key)
    pillar = kept["indicator"].map(indicators.set_index("indicator")["pillar"])
    columns = list(tables.OBSERVATIONS.names)
    for name, part in kept.groupby(pillar):
        part[columns].to_csv(out / f"observations/{name}.csv", index=False)
    _, elsewhere = area_figures.split(found[~ours], out)
    refused.record(out, "observations", pd.concat([gone, elsewhere]))


def of_today(table: pd.DataFrame, reused: pd.DataFrame) -> pd.DataFrame:
    """Refuse figures of a code from before it was given to another unit."""
    since = table["place"].map(dict(zip(reused["code"], reused["since"], strict=True)))
    old = since.notna() & (table["period"].str[:4] < since.fillna(""))
    return table.assign(reason=table["reason"].mask(old, "the code meant another unit"))


def grounded(table: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Put units directly under a province, given as cities, among the districts.

    A list that has both levels says the same of such a unit twice: the row that was
    a district's stays, and the other is refused as before.
    """
    districts = places.loc[places["level"] == "district", "place"]
    cities = places.loc[places["level"] == "city", "place"]
    lone = set(districts) - set(cities)
    moved = table["level"].eq("city") & table["place"].isin(lone)
    there = table.loc[table["level"] == "district", ["place", "indicator", "period"]]
    asked = table[["place", "indicator", "period"]]
    told = pd.MultiIndex.from_frame(asked).isin(pd.MultiIndex.from_frame(there))
    return table.assign(level=table["level"].mask(moved & ~told, "district"))
