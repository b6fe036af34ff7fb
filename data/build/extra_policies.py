"""Builds policies.csv and designations.csv from the reports and from facts/extra.

A policy that a report and a page both name stands in two rows, one for each source.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from data import tables
from data.build import extra_text, refused, reports
from data.build.extra import OFFICIAL, place_of, zone_of
from data.build.observations import renumber
from data.build.reports import Gazetteer
from data.build.topics import segments_of
from data.reading import read_csv
from data.schema import Table

NOT_LATER = re.compile(r"<=(\d{4}(?:-\d{2})?)")
CONCLUDED = re.compile("年份据|年份见|页面无日期|据题名")
DRAFT = re.compile("征求意见|送审稿")
# Areas over several places, and the units of the code list that stand for them.
REGIONS = {
    "京津冀": ("北京", "天津", "河北"),
    "粤港澳大湾区": ("广东",),
}
# What a list's own name says of its extent or standing, told apart as a note.
CAVEATS = {
    r"，?节选": "名单节选",
    r"，?拟认定": "公示的拟认定名单",
    r"初步确定，未见正式文件": "初步确定，未见正式文件",
    r"，莞深共建": "莞深共建",
}
JOINT = {
    "杭州": "与桐乡、德清为联合体",
    "桐乡市": "与杭州、德清为联合体",
    "德清县": "与杭州、桐乡为联合体",
    "海口": "与三亚、琼海为联合体",
    "三亚": "与海口、琼海为联合体",
    "琼海市": "与海口、三亚为联合体",
}
# Names that the list of 53 high-tech zones prints otherwise, and sources whose words
# are more than publisher, title and date.
PRINTED = {"海口": "原文作海南", "襄阳": "原文作襄樊", "宝鸡": "原文缺字，按宝鸡计"}
CITED_AS = {
    r"^feifmx": "报道 2025-03-04",
    r"国务院批复）": "国务院批复 2015-02-05，据报道",
    r"^维基": "2010年国家级经开区评价前十，据百科",
    r"^《中国辞典》": "《中国辞典》词条",
    r"武汉4个": "发展改革委通知，据报道",
    r"^jqman": "苏州市“十五五”规划建议，据报道",
    r"^36氪2025-10；": "36氪 2025-10",
    r"^ITBEAR": "ITBEAR 2025-05-12",
}
INFERRED = ("宝汉天", "金白兰武", "榆鄂宁")
CROSS = re.compile("^(青烟威|成德绵自凉|广深佛惠莞中|环杭州湾)|（(成德|成渝)）")

# Amounts in brackets are in a column of their own; a bracket with a day stays.
SUBSIDY = re.compile(r"[（(](?![^（()）]*20\d\d-)[^（()）]*最高[^（()）]*[）)]")


def dated(text: str, source: str = "") -> tuple[str, str]:
    """Return a period and its quality: ``<=2024-08`` is under, none is empty.

    ``planned`` and other words are no period; a year that the page does not print
    but that was concluded from it is about right.
    """
    early = NOT_LATER.fullmatch(text)
    if early:
        return early[1], "under"
    if not re.fullmatch(r"\d{4}(-\d{2})?", text):
        return "", ""
    return text, "about" if CONCLUDED.search(source) else "exact"


def status(title: str, source: str) -> str:
    """Return whether a policy is a draft or only announced."""
    if DRAFT.search(title):
        return "draft"
    return "announced" if "将发布" in source else ""


def located(row: dict[str, str], book: Gazetteer) -> dict[str, str]:
    """Return level, place and zone of a row of facts/extra."""
    above = re.search(r"（上级：([^）]*)）", row["source"])
    parent = row.get("parent", "") or (above[1] if above else "")
    codes = set(book.districts["place"]) - set(book.cities.values())
    return place_of({**row, "parent": parent}, book, codes)


def kind(row: dict[str, str], press: str) -> str:
    """Return the source of a row: the officials' own pages, or the press."""
    return OFFICIAL if row["quality"] == "official" else press


def cited(source: str) -> str:
    """Return publisher, title and date of a page of designations."""
    for pattern, said in CITED_AS.items():
        if re.search(pattern, source):
            return said
    source = re.sub(r"（上级：[^）]*）|；名单见.*|（名单节选.*", "", source)
    source = re.sub(r"（(文中称|页面|原文)[^）]*）|；保定晚报称.*", "", source)
    return extra_text.locator(source)


def publisher(source: str) -> str:
    """Return who published a policy's page, and its day: the row has the title.

    Remarks in brackets, hosts of reposts and words about the text's extent go.
    """
    days = []
    for part in re.split("[;；/]", source):
        day = re.search(r"20\d\d-\d\d(-\d\d)?", part)
        days.append(day[0] if day else "")
        part = re.sub(r"[(（][^()（）]*[)）]|20\d\d-\d\d(-\d\d)?|称?“将发布”", "", part)
        part = re.sub(r"[(（].*|“[^”]*(最高|发布)[^”]*”?", "", part)
        part = re.sub(r"转载站?|全文见?|征求意见通告|意见征集|回顾|日期?$", "", part)
        name = re.sub(r"\b[a-z][a-z.-]+\b", "", part).strip(" 、，,/")
        if len(name) > 1:
            return f"{name} {days[-1]}".strip()
    return f"政策原文，据转载 {next(filter(None, days), '')}".strip()


def policies_of_extra(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return the policies found on public pages."""
    rows = []
    for row in table.to_dict("records"):
        issued, quality = dated(row["issued"], row["source"])
        told = {"issued": issued, "issued_quality": quality}
        rows.append(
            {
                **row,
                **located(row, book),
                **told,
                "topics": row["segments"].replace(";", "、"),
                "max_subsidy": row["max_subsidy_wan"],
                "status": status(row["title"], row["source"]),
                "source_id": kind(row, "web_policies"),
                "locator": publisher(SUBSIDY.sub("", row["source"])),
            }
        )
    found = pd.DataFrame(rows)
    found["segments"] = segments_of(found["topics"] + " " + found["title"])
    return _shaped(found, tables.POLICIES)


def policies_of_reports(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return the policies that the reports list."""
    rows = []
    for row in table.to_dict("records"):
        level, place, zone = book.where(row["city"], row["district"])
        issued, quality = dated(row["date"])
        where = {"level": level, "place": place, "zone": ""}
        if zone:
            where = {**where, **zone_of(zone, row["city"], book)}
        rows.append(
            {
                **where,
                "issued": issued,
                "issued_quality": quality,
                "title": re.sub(r"\s+", " ", row["title"]),
                "source_id": row["source"],
                "locator": " ".join(row["locator"].split()),
            }
        )
    found = pd.DataFrame(rows)
    found["segments"] = segments_of(found["title"])
    return _shaped(found, tables.POLICIES)


def designations(table: pd.DataFrame, book: Gazetteer) -> pd.DataFrame:
    """Return pilots, bases and clusters; ``reason`` where one is not yet granted."""
    rows = []
    for row in table.to_dict("records"):
        period, quality = dated(row["period"], row["source"])
        name, notes = plain_name(row["designation"])
        field, more = plain_field(row["field"])
        notes += [*more, *_remarks(row, notes)]
        told = {
            **row,
            "designation": name,
            "field": field,
            "period": period,
            "period_quality": quality,
            "source_id": kind(row, "web_designations"),
            "locator": cited(row["source"]),
            "reason": "only planned" if row["period"] == "planned" else "",
        }
        for where, joint in _places(row, book):
            rows.append({**told, **where, "note": "；".join([*notes, *joint])})
    found = pd.DataFrame(rows)
    # Every advanced cluster has manufacturing in its name: its field tells which.
    named = found["designation"].str.replace("先进制造业集群", "")
    found["segments"] = segments_of(found["field"] + " " + named)
    return _shaped(found, tables.DESIGNATIONS, "reason")


def _remarks(row: dict[str, str], had: list[str]) -> list[str]:
    """Return what a row's place and source add to its notes."""
    found = []
    if "联合体" in row["designation"] and row["place"] in JOINT:
        found.append(JOINT[row["place"]])
    if "53家" in row["designation"] and row["place"] in PRINTED:
        found.append(PRINTED[row["place"]])
    if "名单节选" in row["source"] and "名单节选" not in had:
        found.append("名单节选")
    return found


def _places(
    row: dict[str, str], book: Gazetteer
) -> list[tuple[dict[str, str], list[str]]]:
    """Return where a designation holds, with a note when its area is a region."""
    if row["level"] != "region":
        return [(located(row, book), [])]
    found = []
    for name in REGIONS.get(row["place"], ()):
        level, place = book.area(name)
        where = {"level": level, "place": place, "zone": ""}
        found.append((where, [f"{row['place']}共有"]))
    return found


def plain_name(text: str) -> tuple[str, list[str]]:
    """Return a list's name without remarks on its extent, and those as notes."""
    notes: list[str] = []
    for pattern, note in CAVEATS.items():
        changed = re.sub(pattern, "", text)
        if changed != text:
            text, notes = changed, [*notes, note]
    return text.replace("（）", ""), notes


def plain_field(text: str) -> tuple[str, list[str]]:
    """Return a field without the cities that share it, and what to note of them."""
    if text.startswith(INFERRED):
        return text, ["跨市集群，成员由简称推断"]
    if CROSS.search(text):
        return re.sub("（[^）]*）$", "", text), ["跨市集群，按简称列到各市"]
    return text, []


def _shaped(table: pd.DataFrame, shape: Table, *more: str) -> pd.DataFrame:
    names = [*shape.names, *more]
    key = list(shape.key)
    table = table.reindex(columns=names, fill_value="").fillna("")
    return table.drop_duplicates(key).sort_values(key, kind="stable")


def build_policies(raw: Path, out: Path) -> None:
    """Write ``policies.csv``; what names no known place is refused."""
    book = Gazetteer(out)
    own = policies_of_extra(read_csv(raw / "facts/extra/policies.csv"), book)
    told = policies_of_reports(reports.read(raw, "policies"), book)
    table = pd.concat([told, own], ignore_index=True)
    table = renumber(table, read_csv(out / "place_changes.csv"))
    table = table.sort_values(list(tables.POLICIES.key), kind="stable")
    known = table["place"].str.fullmatch(r"\d{6}") & table["level"].ne("zone")
    gone = table[~known]
    gone = gone.assign(note=gone["title"], period=gone["issued"])
    refused.record(out, "policies", gone.assign(reason="no place or zone found"))
    table[known].to_csv(out / "policies.csv", index=False)


def build_designations(raw: Path, out: Path) -> None:
    """Write ``designations.csv``; what is only planned is refused."""
    table = designations(read_csv(raw / "facts/extra/designations.csv"), Gazetteer(out))
    table = renumber(table, read_csv(out / "place_changes.csv"))
    table = table.sort_values(list(tables.DESIGNATIONS.key), kind="stable")
    known = table["place"].str.fullmatch(r"\d{6}") & table["level"].ne("zone")
    table.loc[~known & table["reason"].eq(""), "reason"] = "no place or zone found"
    gone = table[table["reason"].ne("")]
    refused.record(out, "designations", gone.assign(note=gone["designation"]))
    kept = table[table["reason"].eq("")]
    kept[list(tables.DESIGNATIONS.names)].to_csv(out / "designations.csv", index=False)
