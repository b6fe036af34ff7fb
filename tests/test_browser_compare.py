"""The page of places side by side in a browser."""

import io
from pathlib import Path

import pandas as pd
import pytest

from tests.browsing import TRAINING_MS, asked_for, settle

pytestmark = pytest.mark.browser
LINK = "compare?segment=smart_vehicles&places=120114,120111"


def compared(page):
    """Wait until the page stands; the first visit trains."""
    page.get_by_test_id("stMultiSelect").first.wait_for(timeout=TRAINING_MS)
    page.get_by_test_id("stDownloadButton").wait_for(timeout=60_000)
    settle(page)


def test_a_link_is_opened_a_place_is_added_and_the_file_is_taken(visitor, server):
    visitor.goto(f"{server}/{LINK}&lang=en")
    compared(visitor)
    assert visitor.title().startswith("Compare")
    assert visitor.get_by_test_id("stMetric").count() == 2
    said = visitor.get_by_role("heading", level=2).first.inner_text()
    assert "Wuqing" in said and "Xiqing" in said and "of resamples" in said

    visitor.get_by_test_id("stMultiSelect").locator("input").fill("Binhai New Area")
    visitor.get_by_role("option", name="Binhai New Area").first.click()
    visitor.wait_for_url("**places=120114%2C120111%2C*", timeout=20_000)
    # While the list is open, the rest of the page is hidden from roles.
    visitor.mouse.click(5, 5)
    compared(visitor)
    assert visitor.get_by_test_id("stMetric").count() == 3
    kept = asked_for(visitor)
    with visitor.expect_download() as download:
        visitor.get_by_test_id("stDownloadButton").locator("button").click()
    content = Path(download.value.path()).read_bytes()
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert set(back["Code"]) == set(kept["places"].split(","))
    visitor.reload()
    compared(visitor)
    assert asked_for(visitor) == kept
    assert visitor.get_by_test_id("stMetric").count() == 3
    assert not visitor.get_by_test_id("stException").count()


def test_the_panel_of_a_place_leads_here(visitor, server):
    visitor.goto(f"{server}/?segment=smart_vehicles&place=330100&lang=en")
    link = visitor.get_by_role("link", name="Compare side by side with others")
    link.wait_for(timeout=TRAINING_MS)
    settle(visitor)
    link.click()
    visitor.wait_for_url("**/compare?*", timeout=20_000)
    compared(visitor)
    places = asked_for(visitor)["places"].split(",")
    assert places[0] == "330100"
    assert visitor.get_by_test_id("stMetric").count() == len(places) > 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_on_either_ground(browser, server, scheme):
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server}/{LINK},440305,110108,310115&lang=en")
    compared(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.get_by_test_id("stException").count()
    context.close()
