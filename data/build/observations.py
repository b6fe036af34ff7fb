"""Builds observations/*.csv from the two collections of figures."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from data import schema
from data.catalog import read_csv, read_toml

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
}
FIGURE_SOURCES = {
    "ai_papers_venue": "papers",
    "robotics_papers_venue": "papers",
    "ic_design_sales": "iccad2023",
    "av_test_licences": "test_licences2019",
    "backbone_interconnect_point": "backbone",
    "housing_fund_base_upper": "housing_fund",
    "min_wage_monthly": "minimum_wage",
}
QUALIFIERS = {"exact": "exact", "about": "about", "over": "over", "under": "under"}


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
    text = re.sub(r"https?://\S+|\((find_string|read_file) id \d+\)", "", text)
    text = re.sub(r"^(github|pypi):\S+?:(?=\S)", "", text)
    text = re.sub(r"^(github|pypi):\S+\s*", "", text)
    text = text.split(" (MPL")[0].rsplit("/", 1)[-1]
    table = re.sub(r"#row(\d+)$", r", row \1", re.sub(r"#col", ", column ", text))
    return table.strip(" ();；,") or "whole list"


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
    period = raw["locator"].str.extract(r"created (\d{4}-\d{2})")[0]
    return pd.DataFrame(
        {
            "place": raw["adcode"],
            "level": raw["level"],
            "indicator": raw["indicator"],
            "period": period.fillna(raw["year"]),
            "value": raw["value"].str.replace(r"\.0$", "", regex=True),
            "unit": raw["unit"],
            "source_id": raw["source"].map(source_id),
            "locator": raw["locator"].map(locator),
            "quality": "exact",
            "note": "",
        }
    )


def from_figures(path: Path, indicators: pd.DataFrame) -> pd.DataFrame:
    """Turn the second collection into observations; paper counts sum over venues."""
    raw = read_csv(path)
    wanted = {
        name.removeprefix("figures:"): target
        for name, target in names_to_ids(indicators).items()
        if name.startswith("figures:")
    }
    raw = raw[raw["indicator"].isin(wanted) & raw["level"].isin(schema.LEVELS)]
    raw = raw[raw["code"].ne("") & raw["period"].str.match(r"\d{4}(-\d{2})?$")]
    unicorn = "gei_unicorns" + raw["period"].where(raw["period"].isin(["2020", "2021"]))
    table = pd.DataFrame(
        {
            "place": raw["code"],
            "level": raw["level"],
            "indicator": raw["indicator"].map(wanted),
            "period": raw["period"],
            "value": raw["value"],
            "unit": raw["unit"].replace("flag", "是/否"),
            "source_id": raw["indicator"]
            .map(FIGURE_SOURCES)
            .fillna(unicorn.where(raw["indicator"].eq("unicorn_count_gei")))
            .fillna(""),
            "locator": raw["source"].map(locator),
            "quality": raw["qualifier"].map(QUALIFIERS).fillna("exact"),
            "note": "",
        }
    )
    return sum_venues(table, raw["address"])


def sum_venues(table: pd.DataFrame, address: pd.Series) -> pd.DataFrame:
    """Sum paper counts of one city and year over venues, naming the venues."""
    papers = table["source_id"].eq("papers")
    venues = address[papers].str.extract(r"(\w+?)(?:\d{4})?\.json")[0].str.lower()
    counted = table[papers].assign(
        locator=venues.fillna("venue"), value=table.loc[papers, "value"].astype(float)
    )
    keys = ["place", "level", "indicator", "period", "unit", "source_id"]
    summed = counted.groupby(keys, as_index=False).agg(
        value=("value", "sum"),
        locator=("locator", lambda names: "+".join(sorted(set(names)))),
    )
    summed["value"] = summed["value"].map(lambda value: f"{value:g}")
    summed = summed.assign(quality="exact", note="sum over the venues named")
    return pd.concat([table[~papers], summed], ignore_index=True)


def refuse(
    table: pd.DataFrame, indicators: pd.DataFrame, places: pd.DataFrame
) -> pd.Series:
    """Return for each row why it cannot be kept, or ``""``."""
    by_id = indicators.set_index("indicator")
    value = pd.to_numeric(table["value"], errors="coerce")
    low = table["indicator"].map(by_id["low"]).astype(float)
    high = table["indicator"].map(by_id["high"]).astype(float)
    known = pd.MultiIndex.from_frame(places[["level", "place"]])
    here = pd.MultiIndex.from_frame(table[["level", "place"]]).isin(known)
    levels = table["indicator"].map(by_id["levels"])
    at_level = [
        level in offered for level, offered in zip(table["level"], levels, strict=True)
    ]
    unit = table["unit"].ne(table["indicator"].map(by_id["unit"]))
    reason = pd.Series("", index=table.index)
    reason[unit] = "unit differs"
    reason[value.isna()] = "no number"
    reason[(value < low) | (value > high)] = "outside the indicator's range"
    reason[~pd.Series(at_level, index=table.index)] = "not an indicator of this level"
    reason[table["source_id"].eq("")] = "no source"
    reason[~here] = "no such place in the code list of 2023"
    return reason


def renumber(table: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Give figures of renamed districts their code of today, with a note."""
    same = changes[changes["kind"] == "renumbered"]
    new = table["place"].map(dict(zip(same["old"], same["new"], strict=True)))
    moved = new.notna() & table["level"].eq("district")
    note = "published under code " + table["place"]
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
        The data folder, which already holds places and catalogues.
    """
    indicators = read_toml(out / "indicators.toml", schema.INDICATORS)
    places = read_csv(out / "places.csv")
    table = pd.concat(
        [
            from_long(raw / "facts/indicators_long.csv.gz", indicators),
            from_figures(raw / "facts/extra/figures.csv", indicators),
        ],
        ignore_index=True,
    )
    table = renumber(table, read_csv(out / "place_changes.csv"))
    key = list(schema.OBSERVATIONS.key)
    table = table.drop_duplicates().sort_values([*key, "value"], kind="stable")
    reason = refuse(table, indicators, places)
    twice = table.duplicated(key) & reason.eq("")
    reason[twice] = "same place, indicator, period and source as the row before"
    kept = table[reason.eq("")]
    pillar = kept["indicator"].map(indicators.set_index("indicator")["pillar"])
    columns = list(schema.OBSERVATIONS.names)
    for name, part in kept.groupby(pillar):
        part[columns].to_csv(out / f"observations/{name}.csv", index=False)
    refused = table.assign(reason=reason)[reason.ne("")]
    refused[[*columns, "reason"]].to_csv(out / "observations_refused.csv", index=False)
