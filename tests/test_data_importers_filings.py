"""Tests of the importer of official algorithm filings (all texts are invented)."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.importers.filings import (
    RULES_PATH,
    assign_segments,
    load_rules,
    read_filings,
)

SEGMENTS = {
    *("ai_chips", "sensors", "big_data", "cloud_computing"),
    *("computer_vision", "speech", "nlp", "hci"),
    *("service_robots", "industrial_robots", "smart_vehicles", "drones"),
    *("smart_hardware", "smart_customer_service", "smart_home"),
    *("ai_healthcare", "ai_education", "ai_finance", "ai_manufacturing"),
    *("ai_security", "ai_entertainment", "ai_transport", "ai_media", "ai_retail"),
}
HERE = Path(__file__).resolve().parent
# 200 filings read by hand, and 240 others read after the rules were made.
SAMPLES = [
    HERE / "fixtures" / name
    for name in ("filing_segments_labelled.csv", "filing_segments_second_reading.csv")
]
SHIPPED = HERE.parent / "data" / "outcomes" / "filings.csv"


def assign(
    purpose: str | None = "",
    product: str | None = "",
    algorithm: str | None = "",
    firm: str | None = "",
) -> tuple[str, ...]:
    row = {"algorithm": algorithm, "product": product, "purpose": purpose, "firm": firm}
    return tuple(assign_segments(pd.DataFrame([row])).iloc[0])


EXAMPLES = [
    # No domain: the technology leads.
    ("用于写信，按用户的提纲，输出信件文本", "小笺(APP)", ("nlp",)),
    ("用于画画，按用户的一句话，输出一幅图像", "彩笔(APP)", ("computer_vision",)),
    ("用于配音，按用户的稿子，输出女声音频", "声谷(网站)", ("speech",)),
    ("用于主持，按用户的稿子，输出数字人视频", "某站", ("hci", "computer_vision")),
    ("用于数据分析，按用户的表格，输出结论", "某站", ("big_data",)),
    ("用于低代码搭建应用", "某站", ("cloud_computing",)),
    # A domain leads, its technology follows.
    ("用于医院导诊，按病人的问题，输出回答文本", "某站", ("ai_healthcare", "nlp")),
    ("用于课堂，按老师的要求，输出教案文本", "某站", ("ai_education", "nlp")),
    ("用于银行柜台，按客户的问题，输出回答文本", "某站", ("ai_finance", "nlp")),
    ("用于工厂产线，按工人的问题，输出回答文本", "某站", ("ai_manufacturing", "nlp")),
    ("用于报社编新闻，按线索，输出稿件文本", "某站", ("ai_media", "nlp")),
    ("用于手工游戏，按玩家的话，输出回复文本", "某站", ("ai_entertainment", "nlp")),
    ("用于网店，按商品照片，输出商品图片", "某站", ("ai_retail", "computer_vision")),
    ("用于座舱，按车主的话，输出回复文本", "某站", ("smart_vehicles", "nlp")),
    ("用于客服，按来电，输出回复文本", "某站", ("smart_customer_service", "nlp")),
    # Ranking and dispatch have a domain but no technology.
    ("应用于派单场景，把乘客的订单分给附近司机", "某出行", ("ai_transport",)),
    ("应用于商品推荐场景，给出可能想买的商品", "某商城", ("ai_retail",)),
    ("应用于内容过滤场景，找出违法违规的视频", "某站", ("ai_security",)),
    # Law is none of the 24 segments.
    ("用于法律咨询，按用户的问题，输出回答文本", "某站", ("nlp",)),
]


@pytest.mark.parametrize(("purpose", "product", "expected"), EXAMPLES)
def test_example_texts(purpose: str, product: str, expected: tuple[str, ...]) -> None:
    assert assign(purpose, product) == expected


@pytest.mark.parametrize(
    ("product", "segment"),
    [
        ("全屋家电管家(APP)", "smart_home"),
        ("儿童智能手表(智能硬件)", "smart_hardware"),
        ("楼宇配送机器人(其他)", "service_robots"),
        ("车间机械臂系统(其他)", "industrial_robots"),
        ("植保无人机平台(网站)", "drones"),
        ("芯片选型助手(网站)", "ai_chips"),
        ("雷达回波助手(网站)", "sensors"),
    ],
)
def test_product_names(product: str, segment: str) -> None:
    assert segment in assign("用于问答，按问题，输出回答文本", product)


def test_what_is_handed_in_is_no_technology() -> None:
    given_only = "应用于文本生成场景，根据用户输入的图像和音频及文本，生成文本内容。"
    assert assign(given_only) == ("nlp",)


def test_picture_alone_handed_in_needs_sight() -> None:
    assert set(assign("用于解读，根据用户上传的图片，生成说明文本")) == {
        "nlp",
        "computer_vision",
    }


def test_firm_counts_only_without_stronger_evidence() -> None:
    bank = "某某银行股份有限公司"
    assert "ai_finance" in assign("用于写信，输出文本", firm=bank)
    assert "ai_finance" not in assign("用于医院，输出文本", firm=bank)


def test_erased_phrase_is_no_domain() -> None:
    assert "ai_education" not in assign("用于深度学习，输出文本")


def test_missing_and_empty_text() -> None:
    assert assign(None, "--", None, None) == ()
    assert assign_segments(pd.DataFrame({"purpose": ["输出文本"]})).iloc[0] == ("nlp",)
    assert len(assign_segments(pd.DataFrame({"purpose": []}))) == 0


def test_rule_file_names_exactly_the_segments() -> None:
    rules = load_rules()
    assert {segment.name for segment in rules.segments} == SEGMENTS
    assert load_rules() is rules
    keys = {"kind", "beside", "words", "titles", "brands", "firms", "hints"}
    keys |= {"makes", "input_only", "fallback", "erase", "exclude"}
    tables = tomllib.loads(RULES_PATH.read_text(encoding="utf-8"))["segments"]
    for table in tables.values():
        assert set(table) <= keys
        assert table["kind"] in {"domain", "technology"}


TEXT = st.none() | st.text(max_size=60) | st.sampled_from([e[0] for e in EXAMPLES])


@settings(deadline=None, max_examples=50)
@given(TEXT, TEXT, TEXT, TEXT)
def test_any_text(
    purpose: str | None, product: str | None, algorithm: str | None, firm: str | None
) -> None:
    found = assign(purpose, product, algorithm, firm)
    assert found == assign(purpose, product, algorithm, firm)
    assert len(found) == len(set(found))
    assert set(found) <= SEGMENTS


def test_rows_do_not_depend_on_each_other() -> None:
    frame = pd.DataFrame(EXAMPLES, columns=["purpose", "product", "expected"])
    frame.index = pd.Index([7] * len(frame))
    assert assign_segments(frame).tolist() == frame["expected"].tolist()


def raw_row(code: str, date: str, serial: str = "000001", **other: str) -> dict:
    row = {
        "announcementDate": date,
        "algorithmName": "某算法",
        "role": "",
        "entityName": "某公司",
        "product": "小笺(APP)",
        "purpose": "用于写信，按用户的提纲，输出信件文本",
        "recordNumber": f"网信算备{code}{serial}号",
    }
    return row | other


def test_read_filings() -> None:
    frame = pd.DataFrame(
        [
            raw_row("441901", "2024-05-02", role="深度合成-服务技术支持者"),
            raw_row("110105", "2024-04", product=" -- "),
            raw_row("442001", "2024-04-11", role="深度合成-服务提供者"),
            raw_row("406301", "2024-04-11"),
        ]
    )
    known = {"110105", "441900", "442000"}
    table, rejects = read_filings(frame, known)
    columns = ["record_number", "month", "place", "firm", "product", "role", "segments"]
    assert list(table.columns) == columns
    assert table["place"].tolist() == ["110105", "442000", "441900"]
    assert table["month"].tolist() == ["2024-04", "2024-04", "2024-05"]
    assert table["role"].tolist() == ["", "provider", "supporter"]
    assert table["product"].tolist() == ["", "小笺(APP)", "小笺(APP)"]
    assert table["segments"].tolist() == ["nlp"] * 3
    assert rejects["place"].tolist() == ["406301"]
    assert rejects["reason"].tolist() == ["unknown district code"]


def test_first_announcement_wins() -> None:
    rows = [
        raw_row("110105", "2024-06-01", product="新名"),
        raw_row("110105", "2023-01-09", product="旧名"),
        raw_row("110105", "2025-01-09", serial="000002"),
    ]
    table, rejects = read_filings(pd.DataFrame(rows))
    assert table["product"].tolist() == ["旧名", "小笺(APP)"]
    assert rejects.empty


def test_segments_are_joined() -> None:
    row = raw_row("110105", "2024-06", purpose="用于医院，输出文本和图像")
    table, _ = read_filings(pd.DataFrame([row]))
    assert table["segments"].tolist() == ["ai_healthcare|nlp|computer_vision"]


def test_malformed_rows_are_rejected_with_a_reason() -> None:
    frame = pd.DataFrame(
        [raw_row("1101", "2024-06", serial="A"), raw_row("110105", "unknown")]
    )
    table, rejects = read_filings(frame)
    assert table.empty
    assert set(rejects["reason"]) == {"no district code", "no month"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_shipped_filings_agree_with_hand_read_samples(path: Path) -> None:
    sample = pd.read_csv(path, dtype=str, keep_default_na=False)
    shipped = pd.read_csv(SHIPPED, dtype=str, keep_default_na=False)
    both = sample.merge(
        shipped[["record_number", "segments"]],
        left_on="recordNumber",
        right_on="record_number",
        validate="one_to_one",
    )
    assert len(both) >= 0.95 * len(sample)
    hits = wrong = missed = covered = named = 0
    for row in both.itertuples():
        truth = {str(row.primary), *str(row.also).split("|")} - {"", "other"}
        found = set(str(row.segments).split("|")) - {""}
        hits += len(truth & found)
        wrong += len(found - truth)
        missed += len(truth - found)
        named += int(str(row.primary) != "other")
        covered += int(str(row.primary) in found)
    assert 2 * hits / (2 * hits + wrong + missed) >= 0.78
    assert covered / named >= 0.88
