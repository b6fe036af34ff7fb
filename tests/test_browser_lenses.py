"""The pages of the lenses in a browser: published rankings, and one's own."""

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from tests.browsing import TRAINING_MS, asked_for, opened, ready, settle

pytestmark = pytest.mark.browser
HEADER, ROW = 36, 35
LINES = "[data-testid=stVegaLiteChart] canvas, .vega-embed svg"


def text(page):
    return page.locator("body").inner_text()


def chosen(page):
    """What is pressed, and what stands in the boxes of a choice."""
    pressed = page.locator("[aria-checked=true], [aria-pressed=true]")
    boxes = page.get_by_test_id("stSelectbox").locator("input").all()
    return [*pressed.all_inner_texts(), *(box.input_value() for box in boxes)]


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.get_by_test_id("stException").count()


def lens_ready(page):
    """Wait until the page of one's own lens stands; the first visit trains."""
    page.get_by_test_id("stSlider").first.wait_for(timeout=TRAINING_MS)
    settle(page)


def test_a_published_ranking_stands_beside_ours(visitor, server):
    visitor.goto(f"{server}/lenses")
    opened(visitor)
    ready(visitor)
    assert visitor.title().startswith("榜单对照")
    visitor.locator(LINES).first.wait_for(timeout=30_000)
    assert not visitor.get_by_test_id("stException").count()

    visitor.get_by_text("新一代AI联盟/上奇 2021", exact=True).click()
    visitor.wait_for_url("**lens=aitisa2021*", timeout=10_000)
    settle(visitor)
    visitor.get_by_role("combobox").first.click()
    visitor.get_by_role("option").nth(3).click()
    visitor.wait_for_url("**ranking=*", timeout=10_000)
    settle(visitor)
    kept, shown = asked_for(visitor), chosen(visitor)
    visitor.reload()
    opened(visitor)
    ready(visitor)
    assert asked_for(visitor) == kept and chosen(visitor) == shown

    visitor.get_by_text("English", exact=True).click()
    visitor.get_by_text("Why they differ").wait_for()
    settle(visitor)
    assert asked_for(visitor) == {**kept, "lang": "en"}
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Download this comparison").click()
    content = Path(download.value.path()).read_bytes()
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert len(back) == 20 and "Beijing" in set(back["City"])


def test_a_weight_is_moved_by_keyboard_and_ranks_again(visitor, server):
    visitor.goto(f"{server}/my-lens")
    lens_ready(visitor)
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="下载这份排序").click()
    before = Path(download.value.path()).read_text("utf-8-sig")
    handle = visitor.get_by_role("slider").last
    handle.focus()
    for _ in range(6):
        visitor.keyboard.press("ArrowRight")
    visitor.wait_for_url("**own_w=cost%3A4*", timeout=20_000)
    settle(visitor)
    assert asked_for(visitor)["own_w"] == "cost:4"
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="下载这份排序").click()
    after = Path(download.value.path()).read_text("utf-8-sig")
    one, other = (pd.read_csv(io.StringIO(said)) for said in (before, after))
    assert len(one) == len(other) == 337
    assert list(one["地方"]) != list(other["地方"])
    assert not visitor.get_by_test_id("stException").count()


def test_a_weight_is_typed_into_the_table(visitor, server):
    visitor.goto(f"{server}/my-lens?view=weights&lang=en")
    lens_ready(visitor)
    table = visitor.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    spot = table.bounding_box()
    # The weight is the third column, after the side and the indicator.
    visitor.mouse.click(spot["x"] + 40, spot["y"] + HEADER + ROW / 2)
    for column in range(3):
        if column:
            visitor.keyboard.press("ArrowRight")
        visitor.locator(f"#glide-cell-{column}-0[aria-selected=true]").wait_for(
            state="attached"
        )
    visitor.keyboard.press("Enter")
    visitor.locator("#portal input").fill("3")
    visitor.keyboard.press("Enter")
    visitor.wait_for_url("**own_i=*", timeout=10_000)
    settle(visitor)
    assert asked_for(visitor)["own_i"].endswith(":3")
    assert not visitor.get_by_test_id("stException").count()


def test_a_link_restores_a_lens(visitor, server):
    visitor.goto(
        f"{server}/my-lens?lang=en&own_w=talent:3,cost:0&own_max=wage:110000"
        "&own_super=1&within=yangtze_delta&view=keep"
    )
    lens_ready(visitor)
    said = text(visitor)
    assert "What a place must have (3)" in said and "left out" in said
    sliders = visitor.get_by_role("slider").all()
    values = [float(one.input_value()) for one in sliders]
    assert values == [3, 1, 1, 1, 1, 0]
    assert "Yangtze Delta" in chosen(visitor) or "Yangtze Delta" in said
    kept = asked_for(visitor)
    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="Save to a file").click()
    held = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert held["pillars"]["talent"] == 3 and held["ceilings"] == {"wage": 110000}
    assert held["supercomputing"] is True and held["within"] == "yangtze_delta"

    visitor.get_by_text("Back to the beginning").click()
    visitor.wait_for_url(lambda url: "own_" not in url, timeout=10_000)
    settle(visitor)
    brought = {"name": "mine.json", "mimeType": "application/json"}
    content = json.dumps(held).encode()
    visitor.locator("input[type=file]").set_input_files({**brought, "buffer": content})
    visitor.wait_for_url("**own_w=*", timeout=20_000)
    settle(visitor)
    assert asked_for(visitor) == kept


@pytest.mark.parametrize(
    "path",
    [
        *("lenses?lens=aitisa2021", "lenses?lens=hsmap2022&lang=en"),
        *("my-lens?own_super=1&lang=en", "my-lens?view=weights&own_max=wage:99000"),
        *("my-lens?view=tipping&lang=en", "my-lens?view=sure&lang=en"),
        "my-lens?view=versus&lang=en",
    ],
)
def test_the_pages_fit_a_phone(browser, server, path):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/{path}")
    if path.startswith("my-lens"):
        lens_ready(page)
    else:
        ready(page)
    fits(page)
    context.close()
