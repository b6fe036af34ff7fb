"""The model file and its manifest: written whole, checked before it is loaded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

from data import Facts
from data.files import replacing
from data.schema import LEVELS
from model.ranker import SiteRanker
from model.score import Model

MANIFEST_FILE = "manifest.json"
LIBRARIES = ("lightgbm", "scikit-learn", "numpy", "joblib")
FORMAT = 1
# Packages whose code makes a model what it is.
CODE = ("features", "model")


def _written_as(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value))


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


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
}


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


def home() -> Path:
    """Return the folder for models: ``SITESELECT_HOME`` or the user's cache."""
    chosen = os.environ.get("SITESELECT_HOME")
    if chosen:
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "siteselect"


def folder(facts: Facts) -> Path:
    """Return where the model of some facts lives: a user's folder has its own."""
    if facts.extra is None:
        return home()
    named = hashlib.sha256(str(facts.extra).encode()).hexdigest()[:12]
    return home() / f"data-{named}"


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


def save(
    folder: Path,
    rankers: dict[str, SiteRanker],
    facts: Facts,
    as_of: str,
    seed: int,
    metrics: list[dict[str, Any]],
) -> dict[str, Any]:
    """Write the model file, then the manifest that vouches for it.

    The file's name holds its hash, so that the manifest always names a whole file
    whichever of the two was written last.

    Returns
    -------
    dict
        The manifest.
    """
    buffer = io.BytesIO()
    joblib.dump({"rankers": rankers, "as_of": as_of}, buffer, compress=3)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = f"model-{digest[:12]}.joblib"
    manifest = {
        "format": FORMAT,
        "file": name,
        "sha256": digest,
        "facts": facts.fingerprint,
        "code": code(),
        "as_of": as_of,
        "seed": seed,
        "python": platform.python_version(),
        "libraries": libraries(),
        "metrics": metrics,
    }
    with replacing(folder / name) as draft:
        draft.write_bytes(content)
    with replacing(folder / MANIFEST_FILE) as draft:
        draft.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for old in folder.glob("model-*.joblib"):
        if old.name != name:
            old.unlink(missing_ok=True)
    return manifest


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
        wrong = [name for name, fits in WANTED.items() if not fits(manifest[name])]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        detail = f"{type(error).__name__} {str(error)[:80]}"
        raise RefusedModelError(path, "manifest", detail) from None
    if wrong:
        raise RefusedModelError(path, "manifest", f"{', '.join(wrong)}")
    if manifest["format"] != FORMAT:
        raise RefusedModelError(path, "format", f"{manifest['format']}, not {FORMAT}")
    return dict(manifest)


def load(folder: Path, facts: Facts) -> Model:
    """Load a model whose file, libraries and facts are those of its manifest.

    Raises
    ------
    RefusedModelError
        Before anything is unpickled, when any of them differs.
    """
    manifest = read_manifest(folder)
    path = folder / manifest["file"]
    if not path.is_file():
        raise RefusedModelError(path, "missing")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest["sha256"]:
        detail = f"{digest[:12]}, not {manifest['sha256'][:12]}"
        raise RefusedModelError(path, "hash", detail)
    for name, here in (
        ("libraries", libraries()),
        ("code", code()),
        ("facts", facts.fingerprint),
    ):
        if manifest[name] != here:
            raise RefusedModelError(path, name, f"{manifest[name]}, here {here}")
    held = _unpack(content, path)
    if held["as_of"] != manifest["as_of"]:
        detail = f"as_of {held['as_of']}, manifest {manifest['as_of']}"
        raise RefusedModelError(path, "content", detail)
    return Model(facts, held["rankers"], manifest["as_of"], manifest)


def _unpack(content: bytes, path: Path) -> dict[str, Any]:
    """Unpickle a vouched-for file and check that it holds what we write."""
    try:
        held = joblib.load(io.BytesIO(content))
        rankers = held["rankers"]
        ours = set(rankers) == set(LEVELS) and isinstance(held["as_of"], str)
        ours &= all(isinstance(ranker, SiteRanker) for ranker in rankers.values())
    except Exception as error:
        detail = f"{type(error).__name__} {str(error)[:80]}"
        raise RefusedModelError(path, "content", detail) from None
    if not ours:
        raise RefusedModelError(path, "content", "holds no rankers")
    return dict(held)
