"""What the browser tests share: a server of our own, Chromium, and waiting for both."""

import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TRAINING_MS = 300_000


def wait_for(address):
    for _ in range(150):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not answer at {address} within 30 seconds")


def ready(page, timeout=TRAINING_MS):
    """Wait until the ranked table stands and the script has settled."""
    page.get_by_test_id("stDataFrame").first.wait_for(timeout=timeout)
    settle(page)


def settle(page):
    page.wait_for_function(
        "document.querySelector('[data-test-script-state]')"
        "?.getAttribute('data-test-script-state') === 'notRunning'",
        timeout=30_000,
    )
    page.wait_for_timeout(400)


def opened(page, timeout=60_000):
    """Wait until a page that needs no model stands and its script has settled."""
    page.locator("h1").wait_for(timeout=timeout)
    settle(page)


def asked_for(page):
    return {
        name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()
    }
