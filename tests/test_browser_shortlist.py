"""The shortlist in a browser: made, saved, opened in another visit, and private."""

import json
from pathlib import Path

import pytest

from tests.browsing import asked_for, opened, ready, settle

pytestmark = pytest.mark.browser
PLACE, NOTE = "510100", "=1+1 <b>实地看过</b>"


def decisions(page):
    page.get_by_role("link", name="决策", exact=True).click()
    page.wait_for_url("**/decisions*", timeout=10_000)
    settle(page)


def text(page):
    return page.locator("body").inner_text()


def test_a_shortlist_is_kept_in_a_file_and_seen_by_nobody_else(browser, server):
    contexts = [browser.new_context(accept_downloads=True) for _ in range(2)]
    mine, theirs = (context.new_page() for context in contexts)
    for page in (mine, theirs):
        page.goto(f"{server}/?segment=drones&place={PLACE}")
        ready(page)
    mine.get_by_label("备注", exact=True).fill(NOTE)
    mine.get_by_role("button", name="加入候选").click()
    mine.get_by_text("已在候选").wait_for()
    settle(mine)
    assert NOTE in text(mine)
    decisions(mine)
    assert "共1个候选地点" in text(mine)
    with mine.expect_download() as download:
        mine.get_by_role("button", name="全部存成文件").click()
    saved = Path(download.value.path()).read_bytes()
    (item,) = json.loads(saved)["shortlist"]
    assert (item["segment"], item["place"], item["note"]) == ("drones", PLACE, NOTE)

    # Somebody else at the same server has none of it, until the file is opened.
    theirs.get_by_role("button", name="加入候选").wait_for()
    decisions(theirs)
    assert "还没有候选地点" in text(theirs) and "还没有做过什么" in text(theirs)
    brought = {"name": "mine.json", "mimeType": "application/json", "buffer": saved}
    theirs.locator("input[type=file]").set_input_files(brought)
    theirs.get_by_role("button", name="打开", exact=True).click()
    theirs.get_by_text("现在共有1个候选").wait_for()
    settle(theirs)
    assert "共1个候选地点" in text(theirs)
    theirs.get_by_role("link", name="回到榜单：无人机·城市").click()
    ready(theirs)
    assert asked_for(theirs)["place"] == PLACE
    theirs.get_by_role("button", name="移出候选").click()
    theirs.get_by_role("button", name="加入候选").wait_for()
    settle(theirs)

    # The first visitor's is still there; a reload is a new visit.
    mine.get_by_role("link", name="选址", exact=True).click()
    ready(mine)
    mine.get_by_role("button", name="移出候选").wait_for()
    mine.goto(f"{server}/decisions")
    opened(mine)
    mine.get_by_text("还没有候选地点").wait_for()
    for page in (mine, theirs):
        assert not page.get_by_test_id("stException").count()
    for context in contexts:
        context.close()
