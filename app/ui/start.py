"""What the server does before the first visitor comes: libraries, model, answers."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import threading
import time

from data.schema import LEVELS

# Seconds until the first page stands, if a visitor came with the server.
PATIENCE = 4.0
_imported = threading.Event()
_imported.set()


def begin() -> None:
    """Load the first page and the model, then the other pages, in a thread."""
    _imported.clear()
    threading.Thread(target=_work, daemon=True).start()


def imported() -> None:
    """Wait until the first page's libraries are there: one thread imports them."""
    _imported.wait()


def _work() -> None:
    try:
        from app.ui import cache
        from app.views import recommend  # noqa: F401
    finally:
        _imported.set()
    work = cache.loader()
    work.done.wait()
    _keep()
    rest()
    from app import views

    for module in pkgutil.iter_modules(views.__path__):
        importlib.import_module(f"{views.__name__}.{module.name}")
    work.thread.join()
    if work.model is not None:
        from app.ui import fit_state

        # The slowest first answers of pages about one place.
        for level in LEVELS:
            _ = fit_state.earlier(work.model, level).profile.near
    _keep()


def rest() -> None:
    """Let the first page go first: threads of one process work in turn."""
    time.sleep(PATIENCE)


def _keep() -> None:
    """Leave what is loaded out of the collection of garbage.

    Streamlit collects after every run of a page; looking at every object of the
    facts, the model and the libraries took three times as long as the page.
    """
    gc.freeze()
