"""The page of scenarios in a browser."""

import io
from pathlib import Path

import pandas as pd
import pytest

from tests.browsing import TRAINING_MS, asked_for, settle

pytestmark = pytest.mark.browser


def scenario_ready(page):
    """Wait until the page stands; the first visit trains."""
    page.get_by_test_id("stMultiSelect").first.wait_for(timeout=TRAINING_MS)
    settle(page)


def test_a_link_with_assumptions_is_marked_and_downloads(visitor, server):
    visitor.goto(
        f"{server}/what-if?segment=ai_healthcare&place=370100&lang=en"
        "&if=ai_papers:389,<b>:1"
    )
    scenario_ready(visitor)
    visitor.get_by_test_id("stMetric").first.wait_for(timeout=30_000)
    said = visitor.locator("body").inner_text()
    assert "This rests on assumptions" in said and "Rank (assumed)" in said
    assert "<b>:1" in said and "--set ai_papers=389" in said
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Download all ranks").click()
    content = Path(download.value.path()).read_bytes()
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert len(back) == 337 and set(back["basis"]) == {"assumption"}

    box = visitor.get_by_test_id("stNumberInput").first.locator("input")
    box.fill("500")
    box.press("Enter")
    visitor.wait_for_url("**if=ai_papers%3A500*", timeout=20_000)
    settle(visitor)
    # An empty box is a figure unknown.
    box.fill("")
    box.press("Enter")
    visitor.wait_for_url("**if=ai_papers%3Aunknown*", timeout=20_000)
    settle(visitor)
    assert not visitor.get_by_test_id("stException").count()


def test_a_path_is_taken_over_from_the_panel_of_a_place(visitor, server):
    visitor.goto(f"{server}/?place=370100&lang=en")
    link = visitor.get_by_role("link", name="Scenarios for this place")
    link.wait_for(timeout=TRAINING_MS)
    settle(visitor)
    link.click()
    visitor.wait_for_url("**/what-if?*", timeout=20_000)
    scenario_ready(visitor)
    asked = {"segment": "ai_healthcare", "level": "city", "place": "370100"}
    assert asked_for(visitor) == {**asked, "lang": "en"}
    visitor.get_by_text("Path to the shortlist", exact=True).click()
    visitor.get_by_role("button", name="Take these steps over").click(timeout=30_000)
    visitor.wait_for_url("**if=*", timeout=20_000)
    settle(visitor)
    assert asked_for(visitor)["scenario"] == "what_if"
    assert visitor.get_by_test_id("stNumberInput").count()


@pytest.mark.parametrize("section", ["what_if&if=ai_papers:389", "path", "worth"])
def test_the_page_fits_a_phone(browser, server, section):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/what-if?lang=en&scenario={section}")
    page.get_by_test_id("stSelectbox").first.wait_for(timeout=TRAINING_MS)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.get_by_test_id("stException").count()
    context.close()
