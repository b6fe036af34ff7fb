"""Shared by all tests: the facts, a trained model, facts to spoil, and a browser."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from filelock import FileLock

from app import cli
from data import EMBEDDED, load
from data.reading import files
from data.tables import TABLES
from model import ahead, training
from tests.browsing import CHROMIUM, SWITCHES, serving


@pytest.fixture(scope="session")
def facts():
    return load()


@pytest.fixture(scope="session")
def model_home(request):
    """A folder with a trained model, which ``SITESELECT_HOME`` names.

    It is kept between runs; the store refuses one that other code or facts made.
    """
    folder = request.config.cache.mkdir("model")
    with FileLock(folder.with_suffix(".lock")):
        ahead.keep(folder, training.ready(load(), folder, resamples=20))
    patch = pytest.MonkeyPatch()
    patch.setenv("SITESELECT_HOME", str(folder))
    yield folder
    patch.undo()


@pytest.fixture(scope="session")
def model(facts, model_home):
    return training.ready(facts, model_home)


@pytest.fixture
def facts_copy(tmp_path):
    """A copy of the embedded facts that a test may spoil."""
    for table in TABLES:
        for path in files(EMBEDDED, table):
            target = tmp_path / "facts" / path.relative_to(EMBEDDED)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return tmp_path / "facts"


@pytest.fixture
def environment(model_home):
    """The environment of a command run in a process of its own."""
    root = str(Path(__file__).resolve().parent.parent)
    return {**os.environ, "SITESELECT_HOME": str(model_home), "PYTHONPATH": root}


@pytest.fixture
def run(model_home, capsys):
    """Run a command in this process; returns exit code, stdout and stderr."""

    def call(*words):
        capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="session")
def server(model_home):
    """The address of the real server, with a trained model."""
    with serving(model_home) as address:
        yield address


# Not for the session: its event loop would run under the tests that come after.
@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM.exists():
        pytest.fail(
            "The browser tests need Debian's Chromium: run `apt-get install chromium`,"
            " or leave them out with `-m 'not browser'`.",
            pytrace=False,
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=SWITCHES, headless=True
        )
        yield opened
        opened.close()


@pytest.fixture
def visitor(browser, server):
    """A page whose requests are all recorded, and must all go to the server."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 1000}, accept_downloads=True
    )
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda opened: asked.append(opened.url))
    yield page
    context.close()
    host = urlsplit(server).netloc
    outside = [
        url
        for url in asked
        if urlsplit(url).scheme not in ("data", "blob", "about")
        and urlsplit(url).netloc != host
    ]
    assert asked and not outside
