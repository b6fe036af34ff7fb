"""Outcomes that a user brings: places, segments, months and events as people write."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import load
from data.importers import columns, outcomes, sheets
from data.importers.names import MOST_SUGGESTED

HEAD = "地区,细分领域,月份,事件,数量"


def imported(tmp_path, text, head=HEAD, **more):
    path = tmp_path / "mine.csv"
    path.write_text(f"{head}\n{text}\n", encoding="utf-8")
    context = context_of_user()
    sheet = sheets.read([path], outcomes.known(context), outcomes.needed(context))
    return outcomes.read(sheet, context, more.get("source", "user"))


def context_of_user():
    context = dict(load().tables)
    mine = pd.DataFrame([{"source_id": "user", "covers_to": ""}])
    context["sources"] = pd.concat([context["sources"], mine], ignore_index=True)
    return context


def rows(result):
    return result.tables["outcomes"].astype(str).to_numpy().tolist()


def test_a_row_in_chinese_is_a_row_of_the_table(tmp_path):
    result = imported(tmp_path, "北京市海淀区,自然语言处理,2024年5月,成立,３")
    assert rows(result) == [
        ["110108", "district", "nlp", "2024-05", "founding", "3", "user"]
    ]
    assert (result.rows, result.accepted, result.rejected) == (1, 1, [])


def test_ids_and_english_names_are_taken_too(tmp_path):
    result = imported(
        tmp_path,
        "440300,city,AI chips,2023,listing,cac_filings",
        "place,level,segment,year,event,source_id",
    )
    assert rows(result) == [
        ["440300", "city", "ai_chips", "2023", "listing", "1", "cac_filings"]
    ]


def test_the_heading_tells_the_level_and_parts_make_a_place(tmp_path):
    head = "省份,城市,区县,领域,年份,月份,事件"
    result = imported(
        tmp_path,
        "吉林省,吉林市,,nlp,2024,5,备案\n江苏省,南京市,鼓楼区,nlp,2024,12月,备案",
        head,
    )
    assert [row[:4] for row in rows(result)] == [
        ["220200", "city", "nlp", "2024-05"],
        ["320106", "district", "nlp", "2024-12"],
    ]
    result = imported(tmp_path, "西安,nlp,2024,备案", "城市,领域,年份,事件")
    assert rows(result)[0][:2] == ["610100", "city"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("鼓楼区,nlp,2024-05,成立,1", "several places"),
        ("110199,nlp,2024-05,成立,1", "no place 110199"),
        ("海淀区,机器狗,2024-05,成立,1", "segment 机器狗"),
        ("海淀区,nlp,2024-13,成立,1", "2024-13 is not a year or month"),
        ("海淀区,nlp,2024-05,开张,1", "event 开张"),
        ("海淀区,nlp,2024-05,成立,1万", "1万 is not a number"),
        ("海淀区,nlp,2024-05,成立,12%", "12% is not a number"),
        ("海淀区,nlp,2024-05,成立,-1", "-1 is outside"),
        ("海淀区,nlp,2024-05,成立,1\n昆山,nlp,2024-05,成立,—", "count is empty"),
        (",nlp,2024-05,成立,1", "empty"),
        ("海淀区,,2024-05,成立,1", "segment is empty"),
        ("海淀区,nlp,,成立,1", "period is empty"),
        ("海淀区,nlp,2024-05,成立,1,2", "more than the header"),
        ("330103,nlp,2024-05,成立,1", "merged into 330105"),
        ("广东省,nlp,2024-05,成立,1", "is a province"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_its_number(tmp_path, row, said):
    result = imported(tmp_path, f"昆山市,nlp,2024-01,成立,1\n{row}")
    (finding,) = result.rejected
    assert finding.row == 2 + len(row.splitlines())
    assert said in finding.reason_en and finding.reason_zh
    assert len(rows(result)) == result.accepted == result.rows - 1


def test_suggestions_come_with_a_rejected_row(tmp_path):
    result = imported(tmp_path, "海殿区,自然语音处理,2024-05,成立,1")
    (finding,) = result.rejected
    assert "110108 北京市海淀区" in finding.suggestions
    assert "自然语言处理" in finding.suggestions


def test_an_unknown_source_is_rejected(tmp_path):
    result = imported(tmp_path, "海淀区,nlp,2024,成立,x", HEAD[:-2] + "出处")
    assert "x is not in sources" in result.rejected[0].reason_en


def test_filings_after_the_last_list_are_rejected(tmp_path):
    row = "海淀区,nlp,2031-05,备案,cac_filings"
    result = imported(tmp_path, row, HEAD[:-2] + "出处")
    assert "after" in result.rejected[0].reason_en


def test_a_row_twice_counts_once_and_contradictions_are_both_rejected(tmp_path):
    result = imported(
        tmp_path,
        "海淀区,nlp,2024-05,成立,2\n110108,自然语言处理,2024/5,founding,2\n"
        "昆山,nlp,2024-05,成立,1\n昆山市,nlp,2024-05,成立,4\n昆山市,nlp,2024-05,成立,4",
    )
    assert len(rows(result)) == 1 and rows(result)[0][5] == "2"
    assert [remark.row for remark in result.remarks] == [3]
    assert [finding.row for finding in result.rejected] == [4, 5, 6]
    assert all("contradicts" in finding.reason_en for finding in result.rejected)


def test_a_code_and_a_name_beside_it_must_agree(tmp_path):
    head = "行政区划代码,地区,细分领域,月份,事件"
    result = imported(
        tmp_path, "110108,海淀,nlp,2024-05,成立\n110108,朝阳区,nlp,2024-06,成立", head
    )
    assert len(rows(result)) == 1
    assert "110108 is 北京市海淀区 and not 朝阳区" in result.rejected[0].reason_en


def test_a_code_given_up_is_written_as_its_new_one(tmp_path):
    result = imported(tmp_path, "110228,nlp,2014,成立,1")
    assert rows(result)[0][0] == "110118"
    assert "110228" in result.remarks[0].reason_zh


@pytest.mark.parametrize("head", [HEAD, HEAD.replace("月份", "年份")])
@pytest.mark.parametrize("said", ["20231", "20243", "12345", "60000"])
def test_a_year_mistyped_is_no_date_of_the_fifties(tmp_path, head, said):
    result = imported(tmp_path, f"海淀区,nlp,{said},成立,1", head)
    assert f"{said} is not a year or month" in result.rejected[0].reason_en


def test_a_day_as_excel_counts_is_read_with_a_remark_but_is_no_year(tmp_path):
    result = imported(tmp_path, "海淀区,nlp,45292,成立,1")
    assert rows(result)[0][3] == "2024-01"
    assert "45292" in result.remarks[0].reason_en
    for heading in ("年份", "year", "数据年份"):
        head = HEAD.replace("月份", heading)
        result = imported(tmp_path, "海淀区,nlp,45292,成立,1", head)
        assert "45292 is not a year" in result.rejected[0].reason_en


def test_what_has_not_happened_is_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "latest_month", lambda: "2025-06")
    months = ["2025-05", "2025-06", "2025", "2025-07", "2026", "2031-01"]
    text = "\n".join(f"海淀区,nlp,{month},成立,1" for month in months)
    result = imported(tmp_path, text)
    assert [row[3] for row in rows(result)] == months[:3]
    assert len(result.rejected) == 3
    assert "2025-07 is after 2025-06" in result.rejected[0].reason_en


def test_suggestions_are_sought_for_some_words_only(tmp_path, monkeypatch):
    sought = []
    monkeypatch.setattr(
        columns.difflib,
        "get_close_matches",
        lambda word, among, **_: [word] if among and not sought.append(word) else [],
    )
    text = "\n".join(f"海淀区,no{i},2024,成立,1" for i in range(MOST_SUGGESTED + 20))
    result = imported(tmp_path, text)
    assert len(result.rejected) == MOST_SUGGESTED + 20
    assert len(sought) == MOST_SUGGESTED
    assert result.rejected[0].suggestions and not result.rejected[-1].suggestions


CELL = st.text(max_size=8) | st.sampled_from(
    ["110108", "海淀区", "nlp", "2024", "成立"]
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), min_size=1, max_size=5))
def test_every_row_is_accepted_or_rejected(cells):
    frame = pd.DataFrame(cells, columns=["place", "segment", "month", "event", "count"])
    where = pd.DataFrame({"file": "a", "table": "", "row": range(2, 2 + len(frame))})
    sheet = sheets.Sheet(frame, where, {})
    result = outcomes.read(sheet, context_of_user(), "user")
    left = {finding.row for finding in result.rejected}
    kept = {int(i) + 2 for i in result.tables["outcomes"].index}
    assert not left & kept
    assert result.accepted == len(frame) - len(left) >= len(kept)
