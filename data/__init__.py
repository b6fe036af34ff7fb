"""Facts and their provenance; imports nothing of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data.schema import DataError, Problem

if TYPE_CHECKING:
    from data.catalog import EMBEDDED, Facts, load

__all__ = ["EMBEDDED", "DataError", "Facts", "Problem", "load"]


def __getattr__(name: str) -> Any:
    """Load the library of tables with the first use of facts, not before."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from data import catalog

    return getattr(catalog, name)
