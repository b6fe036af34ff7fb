import io
from pathlib import Path

import pandas as pd
import pytest

from tests.browsing import asked_for, opened, ready, serving, settle

pytestmark = pytest.mark.browser
HEADER, ROW = 35, 72


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server without a model: the first visit trains one."""
    with serving(tmp_path_factory.mktemp("empty_home")) as address:
        yield address


def pick_segment(page, name):
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name=name).click()
    settle(page)


def test_a_person_ranks_opens_a_place_downloads_and_switches(visitor, server):
    visitor.goto(server)
    ready(visitor)

    pick_segment(visitor, "应用终端 · 无人机")
    assert asked_for(visitor)["segment"] == "drones"

    table = visitor.get_by_test_id("stDataFrame").first.bounding_box()
    visitor.mouse.click(table["x"] + 150, table["y"] + HEADER + 2.5 * ROW)
    visitor.wait_for_url("**place=*", timeout=10_000)
    settle(visitor)
    place = asked_for(visitor)["place"]

    # The chosen place is the same place whatever its new rank.
    pick_segment(visitor, "行业方案 · AI+教育")
    assert asked_for(visitor)["place"] == place
    visitor.get_by_text(f"代码 {place}").wait_for()

    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="下载榜单").click()
    content = Path(download.value.path()).read_bytes()
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert place in set(back["代码"]) and back["理由1"][:20].notna().all()

    visitor.get_by_text("English", exact=True).click()
    visitor.get_by_text("Where should an AI firm go?").wait_for()
    settle(visitor)
    assert asked_for(visitor)["lang"] == "en"
    assert asked_for(visitor)["place"] == place
    assert visitor.get_by_role("button", name="Close").is_visible()


def test_a_deep_link_restores_everything(visitor, server):
    visitor.goto(
        f"{server}/?segment=smart_vehicles&level=district&within=yangtze_delta"
        "&top=50&place=320583&lang=en"
    )
    ready(visitor)
    visitor.get_by_text("Code 320583").wait_for()
    shown = visitor.get_by_test_id("stSelectbox").locator("input")
    values = [shown.nth(i).input_value() for i in range(shown.count())]
    text = " ".join([*values, visitor.locator("body").inner_text()])
    for wanted in ("Smart vehicles", "Yangtze Delta", "Kunshan"):
        assert wanted in text
    pressed = visitor.locator("[aria-checked=true], [aria-pressed=true]")
    assert {"English", "Districts", "50"} <= set(pressed.all_inner_texts())


def test_back_returns_to_the_state_before(visitor, server):
    visitor.goto(server)
    ready(visitor)
    pick_segment(visitor, "应用终端 · 无人机")
    pick_segment(visitor, "基础层 · AI芯片")
    visitor.go_back()
    visitor.wait_for_url("**segment=drones*")
    settle(visitor)
    assert "无人机" in visitor.locator("body").inner_text() or any(
        "无人机" in box.input_value()
        for box in visitor.get_by_test_id("stSelectbox").locator("input").all()
    )


def test_the_page_fits_a_phone(browser, server):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/?place=330100")
    ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_the_data_page_searches_downloads_and_switches_language(visitor, server):
    visitor.goto(f"{server}/data")
    opened(visitor)
    assert visitor.title().startswith("数据")
    box = visitor.get_by_test_id("stTextInput").locator("input")
    box.fill("北京 常住人口")
    box.press("Enter")
    visitor.wait_for_url("**q=*", timeout=10_000)
    settle(visitor)
    assert asked_for(visitor)["q"] == "北京 常住人口"
    visitor.get_by_test_id("stDataFrame").wait_for(timeout=30_000)

    with visitor.expect_download() as download:
        visitor.get_by_role("button", name="下载 CSV").click()
    content = Path(download.value.path()).read_bytes()
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig", dtype=str)
    assert back.loc[0, "代码"] == "110000" and back["出处位置"].notna().all()

    visitor.get_by_text("English", exact=True).click()
    visitor.get_by_text("Data and sources").wait_for()
    settle(visitor)
    kept = asked_for(visitor)
    assert kept["lang"] == "en" and kept["q"] == "北京 常住人口"
    assert visitor.title().startswith("Data")


def test_switching_pages_keeps_language_and_place(visitor, server):
    visitor.goto(f"{server}/?lang=en&place=330100&segment=drones")
    ready(visitor)
    visitor.locator(".st-key-menu").get_by_text("Data", exact=True).click()
    visitor.wait_for_url("**/data?*", timeout=10_000)
    opened(visitor)
    visitor.get_by_text("Data and sources").wait_for()
    kept = asked_for(visitor)
    assert (kept["lang"], kept["place"]) == ("en", "330100")

    visitor.get_by_text("Coverage", exact=True).click()
    settle(visitor)
    assert asked_for(visitor)["section"] == "coverage"
    visitor.get_by_role("heading", name="Hangzhou").wait_for()

    visitor.locator(".st-key-menu").get_by_text("Recommend", exact=True).click()
    visitor.get_by_text("Where should an AI firm go?").wait_for()
    ready(visitor)
    kept = asked_for(visitor)
    assert (kept["segment"], kept["place"]) == ("drones", "330100")
    visitor.get_by_text("Code 330100").wait_for()


def test_a_click_on_the_heat_map_narrows_the_list(visitor, server):
    visitor.goto(f"{server}/data?section=coverage")
    opened(visitor)
    cells = visitor.locator("[data-testid=stVegaLiteChart] canvas, .vega-embed svg")
    spot = cells.first.bounding_box()
    visitor.mouse.click(spot["x"] + spot["width"] * 0.6, spot["y"] + 80)
    visitor.wait_for_url("**within=*", timeout=10_000)
    assert len(asked_for(visitor)["within"]) == 6


@pytest.mark.parametrize(
    "section",
    ["search&q=上海", "indicators", "coverage", "conflicts", "sources", "own"],
)
def test_the_data_page_fits_a_phone(browser, server, section):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/data?section={section}")
    opened(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.get_by_test_id("stException").count()
    context.close()
