"""The manifest of a model: what it vouches for, and what is refused."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data.schema import LEVELS

MANIFEST_FILE = "manifest.json"
FORMAT = 2
LIBRARIES = ("lightgbm", "scikit-learn", "numpy", "joblib")
# Packages whose code makes a model what it is.
CODE = ("features", "model")
# What reading a file that is none of ours can raise.
ERRORS = (
    *(ValueError, TypeError, KeyError, AttributeError),
    *(RecursionError, OverflowError),
)
# The metric by which a later model is compared with this one.
METRIC = "ndcg@20"


class RefusedModelError(Exception):
    """A model file that is not loaded.

    Parameters
    ----------
    path : Path
        The file refused.
    reason : str
        ``missing``, ``manifest``, ``hash``, ``content``, ``format``, ``libraries``,
        ``code`` or ``facts``.
    detail : str
        What was found and what was expected.
    """

    def __init__(self, path: Path, reason: str, detail: str = "") -> None:
        self.path, self.reason, self.detail = path, reason, detail
        super().__init__(f"{path}: refused ({reason}) {detail}".strip())


def libraries() -> dict[str, str]:
    """Return the versions that a model file depends on."""
    return {name: version(name) for name in LIBRARIES}


@lru_cache(maxsize=1)
def code() -> str:
    """Return a SHA-256 over the code that makes and reads models."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parent.parent
    for package in CODE:
        for path in sorted((root / package).glob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _written_as(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value))


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    )


def _recipe(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(held, str) or _number(held) for held in value.values()
    )


def _draws(value: Any) -> bool:
    """Return whether draws are named as ours are, those of a level by its name."""
    return isinstance(value, dict) and all(
        level in LEVELS
        and isinstance(held, dict)
        and set(held) == {"file", "sha256"}
        and _written_as(rf"draws-{level}-[0-9a-f]{{12}}\.npy")(held["file"])
        and _written_as("[0-9a-f]{64}")(held["sha256"])
        for level, held in value.items()
    )


def _metrics(value: Any) -> bool:
    """Return whether figures hold what a later model is compared with."""
    return isinstance(value, list) and all(
        isinstance(entry["tasks"], dict)
        and isinstance(entry["level"], str)
        and isinstance(entry["as_of"], str)
        and _whole(entry["horizon_months"])
        and all(
            isinstance(row["task"], str)
            and isinstance(row["segment"], str)
            and _number(row["model"][METRIC])
            for row in entry["by_segment"]
        )
        for entry in value
    )


# What a manifest of ours holds.
WANTED: dict[str, Callable[[Any], bool]] = {
    "format": _whole,
    "file": _written_as(r"model-[0-9a-f]{12}\.joblib"),
    "sha256": _written_as("[0-9a-f]{64}"),
    "facts": _written_as("[0-9a-f]{64}"),
    "code": _written_as("[0-9a-f]{64}"),
    "as_of": _written_as(r"\d{4}-(0[1-9]|1[0-2])"),
    "seed": _whole,
    "libraries": lambda value: isinstance(value, dict),
    "recipe": _recipe,
    "draws": _draws,
    "metrics": _metrics,
    "promotion": lambda value: isinstance(value, dict),
}


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of a model folder.

    Raises
    ------
    RefusedModelError
        When there is none, or it is not one of ours.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file():
        raise RefusedModelError(path, "missing")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        form = manifest["format"]
        if _whole(form) and form != FORMAT:
            raise RefusedModelError(path, "format", f"{form}, not {FORMAT}")
        wrong = [name for name, fits in WANTED.items() if not fits(manifest[name])]
    except ERRORS as error:
        detail = f"{type(error).__name__} {str(error)[:80]}"
        raise RefusedModelError(path, "manifest", detail) from None
    if wrong:
        raise RefusedModelError(path, "manifest", f"{', '.join(wrong)}")
    return dict(manifest)
