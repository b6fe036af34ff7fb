"""The linked picture in a browser: a range marks, a click chooses, choices stay."""

import pytest

from tests.browsing import TRAINING_MS, asked_for, settle

pytestmark = pytest.mark.browser
PICTURE = ".vega-embed:has(.scores_brush_bg)"
HELD = """marks => marks.map(one => {
  const {datum, opacity} = one.__data__;
  return [datum.code, datum.score, opacity];
})"""
SPOT = """(marks, code) => {
  const mark = marks.find(one => one.__data__.datum.code === code);
  mark.scrollIntoView({block: "center"});
  const box = mark.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def points(on):
    return f"{PICTURE} .on_{on}_marks_marks path"


def drawn(page):
    page.locator(points("map")).first.wait_for(state="attached", timeout=TRAINING_MS)
    settle(page)


def scores(page, on):
    """Score of each place that is not dimmed, and of each that is, by code."""
    held = page.eval_on_selector_all(points(on), HELD)
    seen = {code: score for code, score, opacity in held if opacity > 0.5}
    dim = {code: score for code, score, opacity in held if opacity < 0.5}
    return seen, dim


def click(page, on, code):
    page.mouse.click(*page.eval_on_selector_all(points(on), SPOT, code))


def ringed(page):
    """The places ringed on the map and by the ranks, and marked in the scores."""
    found = page.locator(f"{PICTURE} .role-mark.mark-symbol:not([class*=on_]) path")
    told = page.locator(f"{PICTURE} .role-mark.mark-rule line")
    codes = found.evaluate_all("all => all.map(one => one.__data__.datum.code)")
    names = told.evaluate_all("all => all.map(one => one.__data__.datum.code)")
    return codes, [code for code in names if code]


def test_a_range_of_scores_is_shown_everywhere_and_a_click_chooses(visitor, server):
    sent = []
    visitor.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda frame: sent.append(frame)),
    )
    visitor.goto(f"{server}/?segment=drones")
    drawn(visitor)
    seen, dim = scores(visitor, "map")
    assert len(seen) > 300 and not dim

    area = visitor.locator(f"{PICTURE} .concat_0_group path.background").first
    area.scroll_into_view_if_needed()
    before, box = len(sent), area.bounding_box()
    middle = box["y"] + box["height"] / 2
    visitor.mouse.move(box["x"] + 0.4 * box["width"], middle)
    visitor.mouse.down()
    visitor.mouse.move(box["x"] + 0.7 * box["width"], middle, steps=5)
    visitor.mouse.move(box["x"] + box["width"] - 2, middle, steps=5)
    visitor.mouse.up()
    settle(visitor)
    seen, dim = scores(visitor, "map")
    assert 3 <= len(seen) <= 20 and len(dim) > 300
    assert min(seen.values()) > max(dim.values())
    assert scores(visitor, "ranks") == (seen, dim)
    # The server was not asked.
    assert len(sent) == before and "place" not in asked_for(visitor)

    place = next(code for code in seen if code != "110000")
    click(visitor, "map", place)
    visitor.wait_for_url(f"**place={place}*", timeout=10_000)
    drawn(visitor)
    assert ringed(visitor) == ([place, place], [place])
    # The range that was marked stays.
    assert scores(visitor, "map") == (seen, dim)
    click(visitor, "ranks", "110000")
    visitor.wait_for_url("**place=110000*", timeout=10_000)
    drawn(visitor)
    assert ringed(visitor) == (["110000", "110000"], ["110000"])
    visitor.get_by_role("heading", name="北京市").wait_for()
    assert not visitor.get_by_test_id("stException").count()


def test_a_click_is_told_again_after_another_way_of_choosing(visitor, server):
    visitor.goto(f"{server}/?segment=drones")
    drawn(visitor)
    click(visitor, "map", "510100")
    visitor.wait_for_url("**place=510100*", timeout=10_000)
    drawn(visitor)
    visitor.get_by_role("button", name="关闭").click()
    visitor.wait_for_url(lambda url: "place=" not in url, timeout=10_000)
    drawn(visitor)
    assert ringed(visitor) == ([], [])
    click(visitor, "map", "510100")
    visitor.wait_for_url("**place=510100*", timeout=10_000)
    drawn(visitor)
    # Another list: the place stays as long as it is in it.
    visitor.get_by_text("区县", exact=True).first.click()
    visitor.wait_for_url("**level=district*", timeout=10_000)
    settle(visitor)
    assert "place" not in asked_for(visitor)
    assert not visitor.get_by_test_id("stException").count()


@pytest.mark.parametrize("query", ["", "&level=district&within=440000&lang=en"])
def test_it_fits_a_phone(browser, server, query):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{server}/?segment=drones{query}")
    drawn(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(f"{PICTURE} svg").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert not page.get_by_test_id("stException").count()
    context.close()


def test_a_place_stays_as_long_as_the_conditions_leave_it(visitor, server):
    visitor.goto(f"{server}/?segment=drones")
    drawn(visitor)
    everywhere, _ = scores(visitor, "map")
    visitor.get_by_text("筛选", exact=True).click()
    settle(visitor)
    visitor.get_by_text("在国家人工智能试验区城市", exact=True).click()
    visitor.wait_for_url("**own_zone=1*", timeout=10_000)
    drawn(visitor)
    left, _ = scores(visitor, "map")
    assert set(left) < set(everywhere) and "510100" in left
    click(visitor, "ranks", "510100")
    visitor.wait_for_url("**place=510100*", timeout=10_000)
    drawn(visitor)
    assert ringed(visitor)[0] == ["510100", "510100"]
    # Sorting is the table's own matter, and another condition leaves the place in.
    visitor.get_by_text("在有国家超算中心的城市", exact=True).click()
    visitor.wait_for_url("**own_super=1*", timeout=10_000)
    drawn(visitor)
    assert ringed(visitor)[0] == ["510100", "510100"]
    fewer, _ = scores(visitor, "map")
    assert set(fewer) < set(left)

    # The link brings the same list back.
    link = visitor.url
    visitor.goto(link)
    drawn(visitor)
    assert scores(visitor, "map")[0] == fewer
    assert ringed(visitor)[0] == ["510100", "510100"]
    visitor.get_by_text("筛选（2项）", exact=True).wait_for()
    assert asked_for(visitor)["place"] == "510100"
    assert not visitor.get_by_test_id("stException").count()
