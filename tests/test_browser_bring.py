"""The page of one's own data in a browser: a file is opened, and moves ranks."""

import io
from pathlib import Path

import pandas as pd
import pytest

from tests.bring_page import JINAN, xlsx
from tests.browsing import TRAINING_MS, settle

pytestmark = pytest.mark.browser
ROWS = (
    (JINAN, "ai_papers", 389, "篇", 2025),
    (JINAN, "<b>wage</b>", 5, "元", 2025),
)


def opened(page, server, path, words="segment=ai_healthcare&lang=en"):
    page.goto(f"{server}/bring?{words}")
    box = page.get_by_test_id("stFileUploader")
    box.wait_for(timeout=TRAINING_MS)
    settle(page)
    box.locator("input[type=file]").set_input_files(str(path))
    page.get_by_test_id("stVegaLiteChart").wait_for(timeout=30_000)
    settle(page)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "济南 2025.xlsx"
    path.write_bytes(xlsx(*ROWS))
    return path


def test_a_file_shows_its_bad_row_and_its_moves_and_downloads(visitor, server, file):
    opened(visitor, server, file)
    said = visitor.locator("body").inner_text()
    assert "Rows that cannot be used: 1" in said and "济南 2025.xlsx" in said
    assert "▶ Jinan: from 12 to 10 (+2)" in said
    # Cells are drawn, and stand in the page for those who cannot see them.
    cells = visitor.get_by_test_id("stDataFrame").first.locator("td, th")
    shown = " ".join(cells.all_inner_texts())
    assert "indicator <b>wage</b> is not known" in shown and " 3 " in f" {shown} "
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Download all ranks").click()
    content = Path(download.value.path()).read_bytes()
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    row = back.set_index("place").loc[JINAN]
    assert (row["rank_before"], row["rank_after"]) == ("12", "10")
    assert len(back) == 337 and set(back["basis"]) == {"assumption"}

    # It is held while the visitor looks at other pages, and gone when let go.
    visitor.get_by_role("link", name="Data", exact=True).click()
    visitor.wait_for_url("**/data?*", timeout=20_000)
    settle(visitor)
    visitor.get_by_role("link", name="Your data", exact=True).click()
    visitor.wait_for_url("**/bring?*", timeout=20_000)
    visitor.get_by_test_id("stVegaLiteChart").wait_for(timeout=30_000)
    settle(visitor)
    visitor.get_by_role("button", name="Take another file").click()
    settle(visitor)
    assert not visitor.get_by_test_id("stVegaLiteChart").count()
    assert not visitor.get_by_test_id("stException").count()


def test_the_page_fits_a_phone(browser, server, file):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    opened(page, server, file)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.get_by_test_id("stException").count()
    context.close()
