"""What the browser tests share: a server of our own, Chromium, and waiting for both."""

import contextlib
import os
import socket
import subprocess
import sys
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
# A click is answered a little later than it is made, and an element whose code is on
# its way stands as a skeleton: the quiet must last, with nothing of the page changed
# and no question to the server open, and counts only while the browser draws its
# frames in time, which a busy one does not.
QUIET = """() => {
  const now = performance.now();
  if (!window.quiet) {
    window.quiet = {since: now, frame: now, changed: false, asked: false};
    new MutationObserver(() => window.quiet.changed = true).observe(document, {
      attributes: true, characterData: true, childList: true, subtree: true});
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (question) {
      window.quiet.asked = true;
      const answered = () => window.quiet.asked = false;
      this.addEventListener("message", answered, {once: true});
      send.call(this, question);
    };
  }
  const quiet = window.quiet;
  const app = document.querySelector("[data-test-script-state]");
  const runs = app?.getAttribute("data-test-script-state") !== "notRunning"
    || document.querySelector("[data-stale='true'], [data-testid=stSkeleton]");
  if (runs || quiet.asked || quiet.changed || now - quiet.frame > 200)
    quiet.since = now;
  quiet.changed = false;
  quiet.frame = now;
  return now - quiet.since > 600;
}"""


def wait_for(address):
    for _ in range(150):
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not answer at {address} within 30 seconds")


@contextlib.contextmanager
def serving(home):
    """Run the real server on a free port, with the models of a folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SITESELECT_HOME": str(home)}
    environment["PYTHONPATH"] = str(ROOT)
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
        cwd=home,
        env=environment,
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


def ready(page, timeout=TRAINING_MS):
    """Wait until the ranked table stands and the script has settled."""
    page.get_by_test_id("stDataFrame").first.wait_for(timeout=timeout)
    settle(page)


def settle(page):
    """Wait until the script has not run for a moment and nothing old is left."""
    page.evaluate("() => { if (window.quiet) window.quiet.changed = true }")
    page.wait_for_function(QUIET, timeout=60_000)


def opened(page, timeout=60_000):
    """Wait until a page that needs no model stands and its script has settled."""
    page.locator("h1").wait_for(timeout=timeout)
    settle(page)


def asked_for(page):
    return {
        name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()
    }
