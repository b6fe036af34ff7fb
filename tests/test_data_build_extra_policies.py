"""Policies and designations of facts/extra and of the reports."""

import pandas as pd
import pytest

from data import catalog
from data.build import extra_policies
from data.build.reports import Gazetteer


@pytest.fixture(scope="module")
def book():
    return Gazetteer(catalog.EMBEDDED)


@pytest.mark.parametrize(
    ("text", "source", "told"),
    [
        ("2024-08", "", ("2024-08", "exact")),
        ("<=2005-08", "", ("2005-08", "under")),
        ("<=2010", "", ("2010", "under")),
        ("2025", "全文(年份据题名)", ("2025", "about")),
        ("planned", "", ("", "")),
        ("", "", ("", "")),
    ],
)
def test_dates_of_policies_and_designations(text, source, told):
    assert extra_policies.dated(text, source) == told


def policy(**changes):
    """One raw policy."""
    row = {
        "place": "合肥",
        "code": "340100",
        "level": "city",
        "parent": "",
        "issued": "2024-08",
        "title": "机器人若干措施",
        "issuer": "合肥市人民政府",
        "segments": "机器人;算力",
        "max_subsidy_wan": "300",
        "valid_until": "2027",
        "source": "合肥日报2024-08-14全文(最高300万)",
        "address": "",
        "quality": "press",
    }
    return {**row, **changes}


def test_policies(book):
    rows = [
        policy(),
        policy(title="措施（征求意见稿）", quality="official"),
        policy(title="措施", source="发布会2023-10-11称“将发布”(算力补贴)"),
        policy(place="成都高新区", code="", level="zone", parent="成都", title="政策"),
    ]
    made = extra_policies.policies_of_extra(pd.DataFrame(rows), book)
    made = made.set_index("title")
    first = made.loc["机器人若干措施"]
    assert first["segments"] == "service_robots|industrial_robots"
    assert first["topics"] == "机器人、算力"
    assert (first["max_subsidy"], first["locator"]) == ("300", "合肥日报 2024-08-14")
    assert made.loc["措施（征求意见稿）", ["status", "source_id"]].tolist() == [
        "draft",
        "official_notices",
    ]
    assert made.loc["措施", "status"] == "announced"
    zone = made.loc["政策", ["level", "place", "zone"]].tolist()
    assert zone == ["city", "510100", "510100_chengdugaoxinqu"]


def test_policies_of_the_reports(book):
    columns = ["city", "district", "date", "title", "source", "locator"]
    rows = [
        ("苏州", "相城区", "", "智能制造 计划", "gemdale2021", "节\t一 · L1"),
        ("苏州", "苏州工业园区", "2017-03", "意见", "ccid2018", "L2"),
        ("浙江", "", "2017-12", "规划", "ccid2018", "L3"),
    ]
    table = pd.DataFrame(rows, columns=columns)
    made = extra_policies.policies_of_reports(table, book).set_index("title")
    assert made.loc["智能制造 计划", ["place", "issued", "locator"]].tolist() == [
        "320507",
        "",
        "节 一 · L1",
    ]
    assert made.loc["意见", "zone"] == "320500_suzhougongyeyuanqu"
    assert made.loc["规划", ["level", "place"]].tolist() == ["province", "330000"]


def designation(**changes):
    """One raw designation."""
    row = {
        "place": "沈阳",
        "code": "210100",
        "level": "city",
        "designation": "国家先进制造业集群",
        "field": "机器人",
        "period": "<=2025-03",
        "source": "沈阳市工信局2025-03-28发布会",
        "address": "",
        "quality": "press",
    }
    return {**row, **changes}


def test_designations(book):
    rows = [
        designation(),
        designation(place="京津冀", code="", level="region", field="京津冀集成电路"),
        designation(field="电子信息（成渝）", code="510100", place="成都"),
        designation(
            designation="试点城市（第二批，节选）", field="数字化转型", period=""
        ),
        designation(designation="中试基地", field="制造", period="planned"),
        designation(place="崇川区", code="320602", level="district", field="车联网"),
    ]
    made = extra_policies.designations(pd.DataFrame(rows), book)
    robots = made[made["field"] == "机器人"].iloc[0]
    # The word for manufacturing in the title is no field.
    assert robots["segments"] == "service_robots|industrial_robots"
    assert robots[["period", "period_quality"]].tolist() == ["2025-03", "under"]
    region = made[made["field"] == "京津冀集成电路"]
    assert set(region["place"]) == {"110000", "120000", "130000"}
    assert set(region["note"]) == {"京津冀共有"}
    assert made.loc[made["field"] == "电子信息", "note"].item().startswith("跨市集群")
    part = made[made["designation"] == "试点城市（第二批）"].iloc[0]
    assert part[["note", "period", "period_quality"]].tolist() == ["名单节选", "", ""]
    assert (
        made.loc[made["designation"] == "中试基地", "reason"].item() == "only planned"
    )
    # A district whose code has changed is found in its own city.
    assert made.loc[made["field"] == "车联网", "place"].item() == "320613"
