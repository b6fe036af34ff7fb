"""What the server does before the first visitor comes: libraries, model, answers."""

from __future__ import annotations

import importlib
import pkgutil
import threading

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
    cache.loader().done.wait()
    from app import views

    for module in pkgutil.iter_modules(views.__path__):
        importlib.import_module(f"{views.__name__}.{module.name}")
