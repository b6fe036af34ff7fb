"""Ranks changed by hand in a browser: made, shown, saved, and opened again."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.browsing import asked_for, opened, ready, settle

pytestmark = pytest.mark.browser
PLACE, REASON = "441900", "=1+1 <b>实地看过</b>"


def downloaded(page, name):
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def first_row(page):
    """What the list's file has in the order shown, and its first row."""
    content = downloaded(page, "下载榜单")
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    return back, back.iloc[0]


def test_a_place_is_pinned_saved_and_opened_again(visitor, server):
    visitor.goto(f"{server}/?segment=drones&place={PLACE}")
    ready(visitor)
    table, _ = first_row(visitor)
    rank = table.set_index("代码").at[PLACE, "排名"]
    assert "显示名次" not in table and int(rank) > 1

    visitor.get_by_text("改动名次", exact=True).click()
    settle(visitor)
    submit = visitor.get_by_role("button", name="改动", exact=True)
    visitor.get_by_label("理由", exact=True).fill(REASON)
    submit.click()
    visitor.get_by_text("请写姓名缩写").wait_for()
    settle(visitor)
    visitor.get_by_label("姓名缩写", exact=True).fill("王明")
    submit.click()
    visitor.get_by_text("人工改动了1处名次").wait_for()
    settle(visitor)
    said = visitor.locator("body").inner_text()
    assert "人工置顶至第1名" in said and REASON in said
    assert f"显示为第1名，模型排第{rank}名" in said
    _, top = first_row(visitor)
    assert (top["代码"], top["排名"], top["显示名次"]) == (PLACE, rank, "1")
    assert top["改动理由"] == f"'{REASON}" and top["改动者"] == "王明"

    visitor.get_by_role("link", name="决策").click()
    visitor.wait_for_url("**/decisions*", timeout=10_000)
    settle(visitor)
    assert "共1处改动" in visitor.locator("body").inner_text()
    saved = downloaded(visitor, "只存改动")
    (kept,) = json.loads(saved)["overrides"]
    assert (kept["place"], kept["kind"], kept["reason"]) == (PLACE, "pin", REASON)

    # A reload is a new visit, which knows nothing of the old one.
    visitor.reload()
    opened(visitor)
    visitor.get_by_text("还没有改动").wait_for(timeout=30_000)
    brought = {"name": "mine.json", "mimeType": "application/json", "buffer": saved}
    visitor.locator("input[type=file]").set_input_files(brought)
    visitor.get_by_role("button", name="打开", exact=True).click()
    visitor.get_by_text("现在共有0个候选、1处改动").wait_for()
    settle(visitor)
    visitor.get_by_role("link", name="选址").click()
    ready(visitor)
    assert asked_for(visitor)["segment"] == "drones"
    _, top = first_row(visitor)
    assert (top["代码"], top["显示名次"]) == (PLACE, "1")
    assert not visitor.get_by_test_id("stException").count()
