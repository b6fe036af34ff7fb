"""The model file and its manifest: written whole, checked before it is loaded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
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

MODEL_FILE = "model.joblib"
MANIFEST_FILE = "manifest.json"
LIBRARIES = ("lightgbm", "scikit-learn", "numpy", "joblib")
FORMAT = 1
# Packages whose code makes a model what it is.
CODE = ("features", "model")
WANTED = {
    *("format", "file", "sha256", "facts", "code", "as_of", "seed", "libraries"),
}


class RefusedModelError(Exception):
    """A model file that is not loaded.

    Parameters
    ----------
    path : Path
        The file refused.
    reason : str
        ``missing``, ``manifest``, ``hash``, ``format``, ``library``, ``code`` or
        ``facts``.
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
    joblib.dump(rankers, buffer, compress=3)
    content = buffer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = f"{Path(MODEL_FILE).stem}-{digest[:12]}.joblib"
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
    for old in folder.glob(f"{Path(MODEL_FILE).stem}-*.joblib"):
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
        absent = WANTED - manifest.keys()
    except (ValueError, AttributeError) as error:
        raise RefusedModelError(path, "manifest", str(error)) from None
    if absent:
        raise RefusedModelError(path, "manifest", f"lacks {', '.join(sorted(absent))}")
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
    path = folder / Path(str(manifest["file"])).name
    if not path.is_file():
        raise RefusedModelError(path, "missing")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != manifest["sha256"]:
        raise RefusedModelError(
            path, "hash", f"{digest[:12]}, not {manifest['sha256'][:12]}"
        )
    if manifest["libraries"] != libraries():
        raise RefusedModelError(
            path, "library", f"{manifest['libraries']}, here {libraries()}"
        )
    if manifest["code"] != code():
        raise RefusedModelError(path, "code", "trained by other code")
    if manifest["facts"] != facts.fingerprint:
        raise RefusedModelError(path, "facts", "trained on other facts")
    rankers = joblib.load(io.BytesIO(content))
    if not isinstance(rankers, dict) or set(rankers) != set(LEVELS):
        raise RefusedModelError(path, "format", "holds no rankers")
    return Model(facts, rankers, str(manifest["as_of"]), manifest)
