"""Speed of the app beside bare Streamlit pages, in a real browser, in one run.

Run with ``PYTHONPATH=. python tests/bench/bench_app.py``; needs Debian's Chromium.
Three servers: the app with a trained model, a page that only draws the same ranked
table, and ``streamlit hello``. Printed are the medians in seconds, and their ratios:

- segment change: from the click on another segment until the table's last paint;
- first page: from a fresh start of the server, its port open, to the first heading;
- visitors: the segment change of ten visitors who each act once a second, and of one.

Nothing is asserted, because machines differ.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from app.ui import cache, columns, trend
from app.views.recommend import TABLE_HEIGHT, TALL_ROW, WIDE
from data import load
from model import training
from model.score import ranking
from tests.browsing import CHROMIUM, ROOT, SWITCHES, wait_for

SEGMENTS = ("ai_healthcare", "drones", "nlp", "sensors")
SHOWN, CHANGES, STARTS = 20, 12, 3
VISITORS, ACTS = 10, 10
PORT = 8720
# When the option was clicked, and when a table's canvas was last painted.
WATCH = """() => {
  for (const name of ["fillText", "drawImage"]) {
    const bare = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (!this.canvas.isConnected || this.canvas.closest("[data-testid=stDataFrame]"))
        window.drawnAt = performance.now();
      return bare.apply(this, given);
    };
  }
  document.addEventListener("pointerdown", () => {
    window.askedAt = performance.now(); window.drawnAt = 0;
  }, true);
}"""
PAGE = """
import pickle, streamlit as st
from app.ui import columns
from app.ui.words import words
@st.cache_resource
def held():
    with open({path!r}, "rb") as file:
        return pickle.load(file)
st.set_page_config(layout="wide")
st.title("table")
names = list(held())
name = st.selectbox("segment", names)
st.dataframe(held()[name], key=name, height={height}, row_height={row},
    hide_index=True, column_order={order!r},
    column_config=columns.ranked_config("zh", one_line=False))
"""


@contextmanager
def server(words: list[str], port: int) -> Iterator[str]:
    """Run a server; it is up when its port answers."""
    process = subprocess.Popen(
        [*words, str(port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def ours() -> list[str]:
    """Return the command of the app."""
    return [sys.executable, "-m", "app.cli", "serve", "--port"]


def bare(script: str) -> list[str]:
    """Return the command of a page, or of ``hello``."""
    run = ["run", script] if script.endswith(".py") else [script]
    options = ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    return [sys.executable, "-m", "streamlit", *run, *options, "--server.port"]


def reference(folder: Path) -> Path:
    """Write the page that only draws the tables, computed before."""
    model = training.ready(load())
    tables = {}
    for segment in SEGMENTS:
        table = ranking(model, segment, "city")
        codes = list(table["place"].head(SHOWN))
        reasons = cache.reasons(model, segment, "city", codes)
        names = columns.full_names(model.facts, "city", "zh")
        came = trend.quarters(model, segment, "city")
        name = str(model.facts.segments.at[segment, "name_zh"])
        tables[name] = columns.ranked(table, reasons, names, came, "zh")
    held = folder / "tables.pickle"
    held.write_bytes(pickle.dumps(tables))
    page = folder / "table.py"
    said = {"path": str(held), "height": TABLE_HEIGHT, "row": TALL_ROW, "order": WIDE}
    page.write_text(PAGE.format(**said), "utf-8")
    return page


async def change(page: Page, name: str) -> float:
    """Choose another segment and return the seconds until its table stands."""
    await page.get_by_role("combobox").first.click()
    await page.get_by_role("option", name=name).first.click()
    await page.wait_for_function(
        "window.drawnAt > 0 && performance.now() - window.drawnAt > 400", timeout=60_000
    )
    return float(await page.evaluate("(window.drawnAt - window.askedAt) / 1000"))


async def visit(browser: Browser, address: str) -> Page:
    """Open a page and wait until its table stands."""
    page = await (await browser.new_context()).new_page()
    await page.goto(address)
    await page.get_by_test_id("stDataFrame").first.wait_for(timeout=120_000)
    await page.wait_for_timeout(1_500)
    await page.evaluate(WATCH)
    return page


async def changes(page: Page, names: list[str], count: int, every: float) -> list:
    """Return the seconds of some changes of segment, made once in ``every`` seconds."""
    found = []
    for number in range(count):
        start = time.monotonic()
        found.append(await change(page, names[(number + 1) % len(names)]))
        await asyncio.sleep(max(0.0, every - (time.monotonic() - start)))
    return found


async def first(browser: Browser, words: list[str], port: int) -> float:
    """Return the seconds from an open port to the first heading, the median."""
    found = []
    for number in range(STARTS):
        with server(words, port + number) as address:
            page = await (await browser.new_context()).new_page()
            start = time.monotonic()
            await page.goto(address)
            await page.locator("h1").first.wait_for(timeout=120_000)
            found.append(time.monotonic() - start)
            await page.context.close()
    return statistics.median(found)


async def measure(folder: Path) -> None:
    """Print every measurement."""
    script, names = reference(folder), load().segments["name_zh"]
    wanted = [str(names[segment]) for segment in SEGMENTS]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=SWITCHES
        )
        with server(ours(), PORT) as app, server(bare(str(script)), PORT + 1) as table:
            median = {}
            for name, address in (("app", app), ("table alone", table)):
                page = await visit(browser, address)
                # What is computed once for all visitors is not timed.
                await changes(page, wanted, len(wanted), 0.0)
                took = await changes(page, wanted, CHANGES, 0.0)
                median[name] = statistics.median(took)
            told("segment change", median["app"], "table alone", median["table alone"])
            page = await visit(browser, app)
            one = statistics.median(await changes(page, wanted, ACTS, 1.0))
            pages = [await visit(browser, app) for _ in range(VISITORS)]
            ten = await asyncio.gather(*(changes(p, wanted, ACTS, 1.0) for p in pages))
            told(f"{VISITORS} visitors", statistics.median(sum(ten, [])), "one", one)
        took = await first(browser, ours(), PORT + 10)
        hello = await first(browser, bare("hello"), PORT + 20)
        told("first page", took, "streamlit hello", hello)
        await browser.close()


def told(name: str, value: float, beside: str, other: float) -> None:
    """Print a measurement beside its reference."""
    print(f"{name}: {value:.3f} s; {beside} {other:.3f} s ({value / other:.2f}x)")


def main() -> None:
    """Print every measurement."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
