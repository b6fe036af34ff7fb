"""The map in a browser: what is drawn, a click on it, and how it fits."""

import pytest

from app.ui import atlas_geometry
from tests.browsing import TRAINING_MS, asked_for, settle

pytestmark = pytest.mark.browser
AREAS = ".vega-embed .mark-shape >> nth=0 >> path"
FILLS = """paths => paths.map(path =>
  [path.__data__.datum.code, path.getAttribute("fill")])"""
# Where a point of an outline is on the screen: one that nothing else covers.
SPOT = """(paths, code) => {
  const path = paths.find(one => one.__data__.datum.code === code);
  const box = path.getBoundingClientRect();
  for (let part = 1; part < 10; part++) {
    const x = box.x + box.width / 2, y = box.y + (box.height * part) / 10;
    if (document.elementFromPoint(x, y) === path) return [x, y];
  }
  return null;
}"""


def map_ready(page):
    page.locator(AREAS).first.wait_for(state="attached", timeout=TRAINING_MS)
    settle(page)


def fills(page):
    return dict(page.eval_on_selector_all(".vega-embed .mark-shape path", FILLS))


def click(page, code, marks=".mark-shape"):
    page.locator(".vega-embed").first.scroll_into_view_if_needed()
    spot = page.eval_on_selector_all(f".vega-embed {marks} path", SPOT, code)
    assert spot, code
    page.mouse.click(*spot)


def test_every_city_is_drawn_and_a_click_chooses_it(visitor, server):
    fetched = []
    visitor.on(
        "response", lambda got: fetched.append(got) if "/geo/" in got.url else None
    )
    visitor.goto(f"{server}/map?segment=drones")
    map_ready(visitor)
    assert visitor.title().startswith("地图")
    assert {got.url.rsplit("/", 1)[1] for got in fetched} == {
        *("city.json", "lines-city.json")
    }
    assert all(got.status == 200 for got in fetched)
    found = atlas_geometry.areas("city", "all")
    assert visitor.locator(AREAS).count() == len(found)
    before = fills(visitor)
    assert set(found) <= set(before)

    click(visitor, "510100")
    visitor.wait_for_url("**place=510100*", timeout=10_000)
    settle(visitor)
    visitor.get_by_role("heading", name="成都市").wait_for()
    # An area without a rank is left: the place stays.
    click(visitor, "710013")
    settle(visitor)
    assert asked_for(visitor)["place"] == "510100"
    # The same area again, after the place was chosen elsewhere.
    visitor.get_by_role("button", name="关闭").click()
    visitor.wait_for_url(lambda url: "place=" not in url, timeout=10_000)
    map_ready(visitor)
    click(visitor, "510100")
    visitor.wait_for_url("**place=510100*", timeout=10_000)
    settle(visitor)
    assert not visitor.get_by_test_id("stException").count()


def test_another_segment_colours_the_outlines_that_are_there(visitor, server):
    visitor.goto(f"{server}/map?segment=drones")
    map_ready(visitor)
    before = fills(visitor)
    visitor.get_by_role("combobox").first.click()
    visitor.get_by_role("option").nth(3).click()
    visitor.wait_for_url(lambda url: "segment=drones" not in url, timeout=10_000)
    map_ready(visitor)
    after = fills(visitor)
    assert set(after) == set(before) and after != before
    # Beijing leads both; the grey of Taiwan stays.
    assert after["710009"] == before["710009"]
    assert not visitor.get_by_test_id("stException").count()


def test_the_districts_of_a_province_on_a_dark_ground(browser, server):
    context = browser.new_context(
        viewport={"width": 1366, "height": 1000}, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(
        f"{server}/map?segment=drones&level=district&within=440000&lang=en&zones=1"
    )
    map_ready(page)
    assert page.locator(AREAS).count() == len(
        atlas_geometry.areas("district", "440000")
    )
    assert page.locator(".vega-embed .mark-symbol.role-mark path").count() > 10
    # The point of its zones lies over a district and chooses it too.
    click(page, "440106", marks=".mark-symbol.role-mark")
    page.wait_for_url("**place=440106*", timeout=10_000)
    settle(page)
    page.get_by_role("heading", name="Tianhe").wait_for()
    page.get_by_text("All reasons and figures").click()
    page.wait_for_url(lambda url: "/map" not in url, timeout=10_000)
    settle(page)
    kept = asked_for(page)
    assert kept["place"] == "440106" and kept["within"] == "440000"
    assert kept["segment"] == "drones" and kept["lang"] == "en"
    assert not page.get_by_test_id("stException").count()
    context.close()


@pytest.mark.parametrize(
    "path", ["map?place=330100&lang=en", "map?level=district&within=460000&zones=1"]
)
def test_the_map_fits_a_phone(browser, server, path):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/{path}")
    map_ready(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    drawn = page.locator(".vega-embed svg").first.bounding_box()
    assert drawn["x"] >= 0 and drawn["x"] + drawn["width"] <= 390
    assert not page.get_by_test_id("stException").count()
    context.close()
