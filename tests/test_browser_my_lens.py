"""A chosen place stays chosen whatever the weights or the order of the columns."""

import pytest

from tests.browsing import TRAINING_MS, asked_for, settle

pytestmark = pytest.mark.browser
HEADER, ROW = 35, 35


def table(page):
    """Return where the first table is, once it stands."""
    shown = page.get_by_test_id("stDataFrame").first
    shown.wait_for(timeout=TRAINING_MS)
    settle(page)
    shown.scroll_into_view_if_needed()
    return shown.bounding_box()


def names(page):
    """Names of the places in the rows drawn, from the table for screen readers."""
    rows = page.get_by_test_id("stDataFrame").first.locator("table[role=grid] tbody tr")
    cells = "all => all.map(row => [...row.children].map(cell => cell.textContent))"
    return rows.evaluate_all(cells)


def test_a_place_stays_chosen_when_the_weights_change(visitor, server, model):
    visitor.goto(f"{server}/my-lens?segment=drones")
    at = table(visitor)
    visitor.mouse.click(at["x"] + 200, at["y"] + HEADER + 2.5 * ROW)
    visitor.wait_for_url("**place=*", timeout=20_000)
    settle(visitor)
    place = asked_for(visitor)["place"]
    name = model.facts.places.at[("city", place), "name_zh"]
    said = visitor.get_by_text(f"已选{name}")
    assert "第3名" in said.inner_text()

    slider = visitor.get_by_role("slider").first
    slider.focus()
    slider.press("End")
    visitor.wait_for_url("**own_w=*", timeout=20_000)
    settle(visitor)
    assert asked_for(visitor)["place"] == place
    assert said.is_visible()

    visitor.reload()
    table(visitor)
    assert asked_for(visitor)["place"] == place and said.is_visible()
    visitor.get_by_role("button", name="关闭").click()
    settle(visitor)
    assert "place" not in asked_for(visitor) and not said.is_visible()


def test_a_place_stays_chosen_and_rows_choose_rightly_in_another_order(
    visitor, server, model
):
    visitor.goto(f"{server}/?segment=drones&place=110000")
    at = table(visitor)
    before = names(visitor)
    visitor.mouse.click(at["x"] + 220, at["y"] + HEADER / 2)
    settle(visitor)
    after = names(visitor)
    assert after[0] != before[0]
    assert asked_for(visitor)["place"] == "110000"

    visitor.mouse.click(at["x"] + 60, at["y"] + HEADER + 0.5 * ROW)
    visitor.wait_for_url(lambda url: "place=110000" not in url, timeout=20_000)
    settle(visitor)
    name = model.facts.places.at[("city", asked_for(visitor)["place"]), "name_zh"]
    assert any(name in cell for cell in after[0])
