"""Tables, CSV, JSON and progress bars on the command line."""

from __future__ import annotations

import json
import math
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from app.ui.words import t

if TYPE_CHECKING:
    import pandas as pd

# After so many seconds a user wonders whether anything happens.
PATIENCE = 2.0


def progress(steps: Iterable, label: str, total: int) -> Iterable:
    """Show a progress bar on stderr when it is a terminal."""
    return tqdm(
        steps,
        desc=label,
        total=total,
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
    )


def plain(value: Any) -> Any:
    """Turn numpy and missing values into what JSON knows."""
    # A server says that it starts before it loads this.
    import pandas as pd

    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def print_json(value: Any) -> None:
    """Print one JSON document, Chinese as it is written."""
    print(json.dumps(plain(value), ensure_ascii=False, allow_nan=False, indent=1))


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes (Chinese takes two)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def print_table(table: pd.DataFrame) -> None:
    """Print a table in columns aligned for Chinese and Latin text."""
    rows = [list(map(str, table.columns))]
    rows += [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            text + " " * (size - width(text))
            for text, size in zip(row, widths, strict=True)
        ]
        print("  ".join(cells).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return f"{value:.0f}" if value.is_integer() else f"{value:.3f}"
    return "" if value is None else str(value)


def write(rows: list[dict[str, Any]], table: pd.DataFrame, form: str) -> None:
    """Print a result as ``table``, ``csv`` or ``json``."""
    if form == "json":
        print_json(rows)
    elif form == "csv":
        print(table.to_csv(index=False), end="")
    else:
        print_table(table)


def note(lang: str, key: str, **values: object) -> None:
    """Print a line about what was done on stderr."""
    print(t(f"cli.note_{key}", lang, **values), file=sys.stderr)


@contextmanager
def waiting(lang: str, key: str) -> Iterator[None]:
    """Say on stderr what is being done when it takes long and stderr is a terminal.

    For what is one call with no steps to count.
    """
    timer = Timer(PATIENCE, note, (lang, key))
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
