"""The page of one place in a browser: by link, from the panel, and on a phone."""

import pytest

from tests.browsing import TRAINING_MS, asked_for, settle

pytestmark = pytest.mark.browser
CITY, DISTRICT = "340100", "330110"


def whole(page):
    """Wait until the page stands to its last part; the first visit trains."""
    page.get_by_test_id("stTabs").wait_for(timeout=TRAINING_MS)
    settle(page)


def sound(page):
    assert not page.get_by_test_id("stException").count()


def test_a_link_opens_a_place_and_another_is_typed(visitor, server):
    visitor.goto(f"{server}/place?place={DISTRICT}&segment=drones&lang=en")
    whole(visitor)
    assert visitor.title().startswith("Place")
    visitor.get_by_role("heading", name="Yuhang District").wait_for()
    assert visitor.locator(".vega-embed svg").count() == 3
    kept = asked_for(visitor)
    visitor.reload()
    whole(visitor)
    assert asked_for(visitor) == kept
    visitor.get_by_role("heading", name="Yuhang District").wait_for()

    # By its code, of the other level.
    visitor.get_by_role("combobox").first.fill(CITY)
    visitor.get_by_role("option", name="Hefei").first.click()
    visitor.wait_for_url(f"**place={CITY}*", timeout=20_000)
    whole(visitor)
    visitor.get_by_role("heading", name="Hefei").wait_for()
    assert asked_for(visitor) == {**kept, "place": CITY, "level": "city"}
    visitor.get_by_role("radio", name="Capital", exact=True).click()
    visitor.wait_for_url("**pillar=capital*", timeout=20_000)
    whole(visitor)
    sound(visitor)


def test_a_click_on_a_row_chooses_the_segment(visitor, server):
    visitor.goto(f"{server}/place?place={CITY}&segment=ai_chips")
    whole(visitor)
    table = visitor.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    # The name in the first row, right of its checkbox.
    visitor.mouse.click(box["x"] + 80, box["y"] + 50)
    visitor.wait_for_url(lambda url: "segment=ai_chips" not in url, timeout=20_000)
    whole(visitor)
    chosen = asked_for(visitor)
    assert chosen["place"] == CITY and chosen["segment"]
    sound(visitor)


@pytest.mark.parametrize(
    ("label", "address"),
    [
        ("See why, on the page Recommend", "/?"),
        ("Compare side by side with others", "/compare?"),
        ("Segments that suit it", "/fit?"),
        ("Scenarios for this place", "/what-if?"),
    ],
)
def test_the_links_carry_the_place_and_the_segment(visitor, server, label, address):
    visitor.goto(f"{server}/place?place={DISTRICT}&segment=ai_chips&lang=en")
    whole(visitor)
    visitor.get_by_role("link", name=label, exact=True).click()
    visitor.wait_for_url(
        lambda url: url.startswith(f"{server}{address}"), timeout=20_000
    )
    settle(visitor)
    carried = asked_for(visitor)
    assert carried["segment"] == "ai_chips" and carried["level"] == "district"
    assert carried["lang"] == "en"
    assert DISTRICT in (carried.get("place"), carried.get("places", "").split(",")[0])
    sound(visitor)


def test_the_panel_of_a_place_leads_here(visitor, server):
    visitor.goto(f"{server}/?segment=ai_chips&level=district&place={DISTRICT}")
    link = visitor.get_by_role("link", name="看整个地点")
    link.wait_for(timeout=TRAINING_MS)
    settle(visitor)
    link.click()
    visitor.wait_for_url("**/place?*", timeout=20_000)
    whole(visitor)
    visitor.get_by_role("heading", name="余杭区").wait_for()
    asked = {"segment": "ai_chips", "level": "district", "place": DISTRICT}
    assert asked_for(visitor) == asked
    sound(visitor)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_on_either_ground(browser, server, scheme):
    size = {"width": 390, "height": 844}
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server}/place?place={CITY}&segment=ai_healthcare&lang=en")
    whole(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for chart in page.locator(".vega-embed svg").all():
        drawn = chart.bounding_box()
        assert drawn["x"] >= 0 and drawn["x"] + drawn["width"] <= 390
    sound(page)
    context.close()
