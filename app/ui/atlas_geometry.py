"""The outlines that the map draws: which there are, and where the browser finds them.

The files are served beside the app and fetched by the browser, once; the server
knows only which areas each holds. They are no facts: nothing is ranked by them.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "static" / "geo"
# Where Streamlit serves that folder, beside every page; never at another host.
ADDRESS = "app/static/geo"
# What the files call the collection of what they draw.
FEATURE = "drawn"


@lru_cache(maxsize=1)
def _index() -> dict[str, Any]:
    index: dict[str, Any] = json.loads((FOLDER / "index.json").read_text("utf-8"))
    return index


def name(level: str, province: str) -> str:
    """Return which file holds the areas of a view: the cities, or a province's."""
    return "city" if level == "city" else province


def areas(level: str, province: str) -> dict[str, str]:
    """Return the Chinese name of each area of a view, by code."""
    found: dict[str, str] = _index()[name(level, province)]["areas"]
    return found


def box(level: str, province: str) -> list[float]:
    """Return west, south, east and north of a view, in degrees."""
    found: list[float] = _index()[name(level, province)]["box"]
    return found


def address(level: str, province: str) -> str:
    """Return the address of a view's areas, relative to the page."""
    return f"{ADDRESS}/{name(level, province)}.json"


def lines(level: str) -> str:
    """Return the address of the boundary lines of a level, relative to the page."""
    return f"{ADDRESS}/lines-{level}.json"
