"""The page of a place's segments in a browser."""

import io
from pathlib import Path

import pandas as pd
import pytest

from tests.browsing import asked_for, ready, settle

pytestmark = pytest.mark.browser
HEADER, ROW = 35, 35


def click_row(page, table, row):
    table.scroll_into_view_if_needed()
    spot = table.bounding_box()
    page.mouse.click(spot["x"] + 140, spot["y"] + HEADER + (row + 0.5) * ROW)


def test_a_segment_and_a_rival_are_opened_by_their_rows(visitor, server):
    visitor.goto(f"{server}/fit?place=340104")
    ready(visitor)
    click_row(visitor, visitor.get_by_test_id("stDataFrame").nth(0), 4)
    visitor.wait_for_url("**segment=*", timeout=20_000)
    settle(visitor)
    segment = asked_for(visitor)["segment"]
    click_row(visitor, visitor.get_by_test_id("stDataFrame").nth(1), 3)
    visitor.wait_for_url("**rival=*", timeout=20_000)
    settle(visitor)
    kept = asked_for(visitor)
    assert kept["segment"] == segment and kept["place"] == "340104"

    boxes = visitor.get_by_test_id("stSelectbox").locator("input")
    shown = [box.input_value() for box in boxes.all()]
    visitor.reload()
    ready(visitor)
    assert asked_for(visitor) == kept
    assert [box.input_value() for box in boxes.all()] == shown
    assert shown[1].startswith("5. ")
    gap = visitor.get_by_text("的得分差：").first.inner_text()
    assert shown[2] in gap

    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="下载全部领域").click()
    content = Path(download.value.path()).read_bytes()
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert list(back["次序"]) == [str(rank + 1) for rank in range(len(back))]
    assert back.loc[4, "领域代码"] == segment and shown[2] in back.loc[4, "对手"]


def test_the_panel_of_a_place_leads_to_its_segments(visitor, server):
    visitor.goto(f"{server}/?lang=en&place=330100")
    ready(visitor)
    visitor.get_by_text("Segments that suit it").click()
    visitor.wait_for_url("**/fit?*", timeout=20_000)
    visitor.get_by_role("heading", name="Segments for a place").wait_for()
    ready(visitor)
    kept = asked_for(visitor)
    assert (kept["place"], kept["lang"], kept["level"]) == ("330100", "en", "city")
    assert not visitor.get_by_test_id("stException").count()


def test_the_page_fits_a_phone(browser, server):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/fit?place=340104&segment=smart_hardware&lang=en")
    ready(page)
    page.get_by_text("not a forecast").wait_for(timeout=30_000)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.get_by_test_id("stException").count()
    context.close()
