"""Speed of the app beside bare Streamlit pages, in a real browser, in one run.

Run with ``PYTHONPATH=. python tests/bench/bench_app.py``; needs Debian's Chromium.
Three servers: the app with a trained model, a page that only draws the same ranked
table, rows to be chosen, and ``streamlit hello``. Printed are the medians in seconds,
and their ratios:

- segment change: from the click on another segment until the new table stands, and
  until it is painted for the last time;
- visitors: from asking for a segment until the server has sent its table, and the
  whole page, when ten visitors ask once a second, and when one does;
- first page: from the command that starts the server, and from its port being open,
  until the first heading and until the ranked table.

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

from app.ui import cache, columns
from app.views.recommend import TABLE_HEIGHT, TALL_ROW, WIDE
from data import load
from model import training, trend
from model.score import ranking
from tests.bench import visiting
from tests.browsing import CHROMIUM, ROOT, SWITCHES, wait_for

SEGMENTS = ("ai_healthcare", "drones", "nlp", "sensors")
SHOWN, CHANGES, STARTS = 20, 12, 3
VISITORS, ACTS = 10, 10
SETTLED = 15.0
PORT = 8720
# When the option was clicked, and when the canvas of a table was painted: that of a
# new table for the first time (all its rows at once), and any for the last (the boxes
# to choose rows by fade in).
WATCH = """() => {
  for (const name of ["fillText", "drawImage"]) {
    const bare = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      if (!this.canvas.isConnected || this.canvas.closest("[data-testid=stDataFrame]"))
      {
        window.drawnAt = performance.now();
        if (!window.old?.has(this.canvas)) window.standsAt ||= window.drawnAt;
      }
      return bare.apply(this, given);
    };
  }
  document.addEventListener("pointerdown", () => {
    window.askedAt = performance.now(); window.drawnAt = window.standsAt = 0;
    window.old = new Set(document.querySelectorAll("canvas"));
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
    on_select="rerun", selection_mode=["single-row", "single-cell"],
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
        tables[name] = columns.ranked(table, reasons, names, came, (), "zh")
    held = folder / "tables.pickle"
    held.write_bytes(pickle.dumps(tables))
    page = folder / "table.py"
    said = {"path": str(held), "order": WIDE}
    size = {"height": TABLE_HEIGHT, "row": TALL_ROW["zh"]}
    page.write_text(PAGE.format(**said, **size), "utf-8")
    return page


async def change(page: Page, name: str) -> list[float]:
    """Choose another segment; return the seconds until its table stands, and rests."""
    await page.get_by_role("combobox").first.click()
    await page.get_by_role("option", name=name).first.click()
    await page.wait_for_function(
        "window.drawnAt > 0 && performance.now() - window.drawnAt > 400", timeout=60_000
    )
    times = "[window.standsAt, window.drawnAt].map(at => (at - window.askedAt) / 1000)"
    return list(await page.evaluate(times))


async def visit(browser: Browser, address: str) -> Page:
    """Open a page and wait until its table stands."""
    page = await (await browser.new_context()).new_page()
    await page.goto(address)
    await page.get_by_test_id("stDataFrame").first.wait_for(timeout=120_000)
    await page.wait_for_timeout(1_500)
    await page.evaluate(WATCH)
    return page


async def changes(page: Page, names: list[str], count: int) -> list[float]:
    """Return the seconds of some changes of segment, the medians."""
    found = [
        await change(page, names[(number + 1) % len(names)]) for number in range(count)
    ]
    return [statistics.median(took) for took in zip(*found, strict=True)]


async def first(
    browser: Browser, words: list[str], port: int, last: str
) -> list[float]:
    """Return the seconds from the command to each stage, the medians.

    Stages are the open port, the first heading, and what ``last`` selects.
    """
    found = []
    for number in range(STARTS):
        start = time.monotonic()
        with server(words, port + number) as address:
            stages = [time.monotonic() - start]
            page = await (await browser.new_context()).new_page()
            await page.goto(address)
            for selector in ("h1", last):
                await page.locator(selector).first.wait_for(timeout=120_000)
                stages.append(time.monotonic() - start)
            found.append(stages)
            await page.context.close()
    return [statistics.median(stage) for stage in zip(*found, strict=True)]


def told_first(ours: list[float], theirs: list[float]) -> None:
    """Print the stages of the first page, from the command and from the port."""
    port, beside = ours[0], theirs[0]
    told("port open", port, "streamlit hello", beside)
    for name, at, hello in zip(("heading", "table"), ours[1:], theirs[1:], strict=True):
        told(f"first {name} from the command", at, "streamlit hello", hello)
        told(f"first {name} from the port", at - port, "hello", hello - beside)


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
            # What the server does by itself after its start is over by then.
            await visit(browser, app)
            await asyncio.sleep(SETTLED)
            for name, address in (("app", app), ("table alone", table)):
                page = await visit(browser, address)
                # What is computed once for all visitors is not timed.
                await changes(page, wanted, len(wanted))
                median[name] = await changes(page, wanted, CHANGES)
                await page.context.close()
            both = zip(median["app"], median["table alone"], strict=True)
            for name, (here, alone) in zip(("stands", "rests"), both, strict=True):
                told(f"segment change, table {name}", here, "table alone", alone)
            one, ten = [
                await visiting.together(app, many, list(SEGMENTS), ACTS)
                for many in (1, VISITORS)
            ]
            for number, name in enumerate(("table", "page")):
                single, all_ = (
                    statistics.median(took[number] for took in some)
                    for some in (one, ten)
                )
                told(f"{name} sent to {VISITORS} visitors", all_, "to one", single)
        hello = await first(browser, bare("hello"), PORT + 20, "h1")
        table = "[data-testid=stDataFrame] canvas"
        told_first(await first(browser, ours(), PORT + 10, table), hello)
        await browser.close()


def told(name: str, value: float, beside: str, other: float) -> None:
    """Print a measurement beside its reference."""
    print(f"{name}: {value:.3f} s; {beside} {other:.3f} s ({value / other:.2f}x)")


def main() -> None:
    """Print every measurement."""
    with tempfile.TemporaryDirectory() as folder:
        # As on a user's machine, Python keeps what it compiled.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
