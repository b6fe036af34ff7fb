"""The linked picture in a browser: a click chooses, a range marks, choices stay."""

import pytest

from tests.browsing import asked_for, ready, settle

pytestmark = pytest.mark.browser
PICTURE = ".vega-embed:has(.mark-rect)"
POINTS = """(marks, on) => marks.map(mark => mark.__data__)
  .filter(item => item?.datum?.code && (item.mark.name || "").includes(on))
  .map(item => [item.datum.code, item.opacity])"""
# Where the point of a place is on the screen.
SPOT = """(marks, [on, code]) => {
  const mark = marks.find(one => one.__data__?.datum?.code === code
    && (one.__data__.mark.name || "").includes(on));
  if (!mark) return null;
  mark.scrollIntoView({block: "center"});
  const box = mark.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""
MARKS = f"{PICTURE} .mark-symbol path"


def drawn(page):
    page.locator(f"{PICTURE} .on_map_marks path").first.wait_for(state="attached")
    settle(page)


def shown(page, on):
    return dict(page.eval_on_selector_all(f"{PICTURE} .{on}_marks path", OPACITY))


OPACITY = "marks => marks.map(one => [one.__data__.datum.code, one.__data__.opacity])"


def click(page, on, code):
    spot = page.eval_on_selector_all(
        f"{PICTURE} .{on}_marks path",
        """(marks, code) => {
          const mark = marks.find(one => one.__data__.datum.code === code);
          mark.scrollIntoView({block: "center"});
          const box = mark.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }""",
        code,
    )
    page.mouse.click(*spot)


def marked(page):
    """Codes of the places that are not dimmed, on the map and by the ranks."""
    return [
        {code for code, seen in shown(page, on).items() if seen > 0.5}
        for on in ("on_map", "on_ranks")
    ]
