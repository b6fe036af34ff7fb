"""The model file and its manifest: written whole, checked before it is loaded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data import Facts
from data.files import replacing
from data.schema import LEVELS
from model.manifest import (
    FORMAT,
    MANIFEST_FILE,
    RefusedModelError,
    code,
    libraries,
    read_manifest,
)
from model.score import Model

if TYPE_CHECKING:
    from model.ranker import SiteRanker

CARDS = {"zh": "card_zh.md", "en": "card_en.md"}
# Inside the folder of the model in use: the one before it, and the last one that
# did not take its place.
PREVIOUS, CHALLENGER = "previous", "challenger"
# The files of a model carry their hash in the name; only a manifest vouches for them.
HASHED = ("model-*.joblib", "draws-*.npy")


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


def save(
    folder: Path,
    model: Model,
    chosen: SiteRanker,
    metrics: list[dict[str, Any]],
    promotion: dict[str, Any] | None = None,
    aside: bool = False,
) -> dict[str, Any]:
    """Write the files of a model, then the manifest that vouches for them.

    The names of the files hold their hash, so that the manifest always names whole
    files, whenever the work is interrupted.

    Parameters
    ----------
    folder : Path
    model : Model
        Its ``manifest`` is not read; its ``draws`` may be empty.
    chosen : SiteRanker
        The recipe of both levels.
    metrics : list of dict
        Results of :func:`model.evaluate.evaluate` for the recipe.
    promotion : dict, optional
        How the model came into use (see :mod:`model.champion`).
    aside : bool
        Keep the model that ``folder`` held until now in ``PREVIOUS``.

    Returns
    -------
    dict
        The manifest.
    """
    import joblib

    from model import recipe

    buffer = io.BytesIO()
    held = {"rankers": dict(model.rankers), "as_of": model.as_of}
    joblib.dump(held, buffer, compress=3)
    file, digest = _write_hashed(folder, "model-{}.joblib", buffer.getvalue())
    used = recipe.parameters(chosen)
    manifest = {
        "format": FORMAT,
        "file": file,
        "sha256": digest,
        "facts": model.facts.fingerprint,
        "code": code(),
        "as_of": model.as_of,
        "seed": used["fundamentals__random_state"],
        "recipe": used,
        "python": platform.python_version(),
        "libraries": libraries(),
        "draws": _write_draws(folder, model.draws),
        "metrics": metrics,
        "promotion": promotion or {},
    }
    if aside:
        _set_aside(folder, digest)
    _vouch(folder, manifest)
    return manifest


def _write_hashed(folder: Path, name: str, content: bytes) -> tuple[str, str]:
    """Write a file whose name holds its hash; returns name and SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    file = name.format(digest[:12])
    with replacing(folder / file) as draft:
        draft.write_bytes(content)
    return file, digest


def _write_draws(
    folder: Path, draws: dict[str, np.ndarray]
) -> dict[str, dict[str, str]]:
    """Write the drawn ranks of each level, not compressed.

    (27 MB for 24 segments, 200 draws and all districts; compressed 23 MB, and many
    times slower to write and to read.)
    """
    named = {}
    for level, ranks in draws.items():
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, ranks, allow_pickle=False)
        content = buffer.getvalue()
        file, digest = _write_hashed(folder, f"draws-{level}-{{}}.npy", content)
        named[level] = {"file": file, "sha256": digest}
    return named


def _vouch(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, then delete the model files that it does not name."""
    with replacing(folder / MANIFEST_FILE) as draft:
        draft.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    keep = set(files(manifest))
    for pattern in HASHED:
        for path in folder.glob(pattern):
            if path.name not in keep:
                path.unlink(missing_ok=True)


def files(manifest: dict[str, Any]) -> list[str]:
    """Return the names of the files that a manifest vouches for."""
    return [manifest["file"], *(held["file"] for held in manifest["draws"].values())]


def _set_aside(folder: Path, digest: str) -> None:
    """Keep the model in use in ``PREVIOUS``, unless it is the very one now written."""
    held = usable(folder)
    if held is not None and held["sha256"] != digest:
        _copy(folder, folder / PREVIOUS, [*files(held), *CARDS.values()])
        _vouch(folder / PREVIOUS, held)


def _copy(source: Path, target: Path, names: Iterable[str]) -> None:
    for name in names:
        if (source / name).is_file():
            with replacing(target / name) as draft:
                shutil.copyfile(source / name, draft)


def usable(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder when all its files are as they were written."""
    try:
        manifest = read_manifest(folder)
        _read(folder, manifest["file"], manifest["sha256"])
        for held in manifest["draws"].values():
            _read(folder, held["file"], held["sha256"])
    except RefusedModelError:
        return None
    return manifest


def back(folder: Path, facts: Facts) -> Model:
    """Put the previous model in use again, and the one in use in its place.

    Raises
    ------
    RefusedModelError
        When there is no previous model, or it cannot be used with these facts, this
        code and these libraries; nothing has changed then.
    """
    model = load(folder / PREVIOUS, facts)
    before: dict[str, Any] = dict(model.manifest)
    paths = [folder / PREVIOUS / name for name in (*files(before), *CARDS.values())]
    contents = {path.name: path.read_bytes() for path in paths if path.is_file()}
    now = usable(folder)
    if now is not None:
        _copy(folder, folder / PREVIOUS, [*files(now), *CARDS.values()])
    for name, content in contents.items():
        with replacing(folder / name) as draft:
            draft.write_bytes(content)
    _vouch(folder, before)
    if now is not None:
        _vouch(folder / PREVIOUS, now)
    return model


def load(folder: Path, facts: Facts, same_facts: bool = True) -> Model:
    """Load a model whose file, libraries and facts are those of its manifest.

    Parameters
    ----------
    folder : Path
    facts : Facts
        What it ranks.
    same_facts : bool
        Whether it must have learned from them. One that did not has no drawn ranks.

    Raises
    ------
    RefusedModelError
        Before anything is unpickled, when any of them differs.
    """
    manifest = read_manifest(folder)
    content = packed(folder, manifest)
    for name, here in (
        ("libraries", libraries()),
        ("code", code()),
        ("facts", facts.fingerprint),
    ):
        if manifest[name] != here and (same_facts or name != "facts"):
            path = folder / manifest["file"]
            raise RefusedModelError(path, name, f"{manifest[name]}, here {here}")
    fitted = unpacked(folder, manifest, content)
    drawn = draws(folder, manifest) if manifest["facts"] == facts.fingerprint else {}
    return Model(facts, fitted, manifest["as_of"], manifest, draws=drawn)


def packed(folder: Path, manifest: dict[str, Any]) -> bytes:
    """Return the file of rankers that a manifest vouches for.

    Raises
    ------
    RefusedModelError
        When it is not as it was written.
    """
    return _read(folder, manifest["file"], manifest["sha256"])


def unpacked(
    folder: Path, manifest: dict[str, Any], content: bytes
) -> dict[str, SiteRanker]:
    """Return the rankers that a vouched-for file holds, by level.

    Raises
    ------
    RefusedModelError
        When it holds anything else.
    """
    path = folder / manifest["file"]
    held = _unpack(content, path)
    if held["as_of"] != manifest["as_of"]:
        detail = f"as_of {held['as_of']}, manifest {manifest['as_of']}"
        raise RefusedModelError(path, "content", detail)
    return dict(held["rankers"])


def draws(folder: Path, manifest: dict[str, Any]) -> dict[str, np.ndarray]:
    """Read the drawn ranks that a manifest vouches for, by level.

    Raises
    ------
    RefusedModelError
        When a file is not as it was written.
    """
    return {
        level: _unpack_draws(folder, **named)
        for level, named in manifest["draws"].items()
    }


def _read(folder: Path, file: str, sha256: str) -> bytes:
    """Read a file that has the hash its manifest says."""
    path = folder / file
    if not path.is_file():
        raise RefusedModelError(path, "missing")
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        detail = f"{digest[:12]}, not {sha256[:12]}"
        raise RefusedModelError(path, "hash", detail)
    return content


def _unpack_draws(folder: Path, file: str, sha256: str) -> np.ndarray:
    """Read drawn ranks: whole numbers by segment, draw and place, never a pickle."""
    content = _read(folder, file, sha256)
    try:
        ranks = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError) as error:
        detail = f"{type(error).__name__} {str(error)[:80]}"
        raise RefusedModelError(folder / file, "content", detail) from None
    if ranks.dtype != np.uint16 or ranks.ndim != 3:
        detail = f"{ranks.dtype}, {ranks.ndim} axes"
        raise RefusedModelError(folder / file, "content", detail)
    return np.asarray(ranks)


def _unpack(content: bytes, path: Path) -> dict[str, Any]:
    """Unpickle a vouched-for file and check that it holds what we write."""
    # Libraries that learn load with the first ranker.
    import joblib

    from model.ranker import SiteRanker

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
