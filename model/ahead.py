"""What pages show first, computed ahead and kept beside the model.

A server starts from this file at once; what learned the ranking is unpacked when a
page asks for what is not in it. Without the file everything is computed when asked
for, with the same answers.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import pickle
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import EMBEDDED, Facts
from data.catalog import fingerprint
from data.files import replacing
from data.schema import LEVELS
from model import explain, reasons, score, store, thin, trend
from model.manifest import RefusedModelError, code, libraries, read_manifest
from model.progress import Progress, silent
from model.score import Model

if TYPE_CHECKING:
    from model.ranker import SiteRanker

FILE = "ahead.pickle"
# Tables are kept as these libraries lay them out.
LIBRARIES = ("pandas", "pyarrow")
# Places of each ranking whose reasons are kept: those a page shows at first.
FIRST = 20
# Steps back for whoever asks meanwhile.
PAUSE = 0.01


class _Rankers(Mapping[str, "SiteRanker"]):
    """The rankers of a model, unpacked when one is first asked for."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder, self.manifest = folder, manifest
        self.content = store.packed(folder, manifest)

    @cached_property
    def held(self) -> dict[str, SiteRanker]:
        return store.unpacked(self.folder, self.manifest, self.content)

    def __getitem__(self, level: str) -> SiteRanker:
        return self.held[level]

    def __iter__(self) -> Iterator[str]:
        return iter(LEVELS)

    def __len__(self) -> int:
        return len(LEVELS)


def answers(
    model: Model, progress: Progress = silent, pause: float = 0.0
) -> dict[tuple[str, ...], Any]:
    """Return every ranking, reasons of its first places, thin ones, firms by quarter.

    Parameters
    ----------
    model : Model
    progress : Progress
    pause : float
        Seconds to rest after each answer.
    """
    found: dict[tuple[str, ...], Any] = {}
    asked = list(itertools.product(model.facts.segments.index, LEVELS))
    for segment, level in progress(asked, "answers", len(asked)):
        table = score.ranking(model, segment, level)
        found["ranking", segment, level] = table
        found["quarters", segment, level] = trend.quarters(model, segment, level)
        parts = explain.parts(model, segment, level)
        found["thin", segment, level] = thin.thin(model, segment, level, parts)
        for place in table["place"].head(FIRST):
            told = reasons.reasons(model, parts, place)
            found["reasons", segment, level, place] = told
            time.sleep(pause)
    return found


def keep(
    folder: Path, model: Model, progress: Progress = silent, pause: float = 0.0
) -> None:
    """Write the answers of the model in use of a folder, unless they are there.

    A model that is no longer in use, or assumes anything, is left out.

    Parameters
    ----------
    folder : Path
    model : Model
    progress : Progress
    pause : float
        Seconds to rest after each answer.
    """
    if model.assumed or not _vouched(folder, model):
        return
    key = _key(model.manifest)
    if _content(folder, key) is not None:
        return
    held = {
        "facts": model.facts.tables,
        "features": model.tables,
        "terms": model.terms,
        "answers": answers(model, progress, pause),
    }
    content = pickle.dumps(held, protocol=5)
    head = {"key": key, "sha256": hashlib.sha256(content).hexdigest()}
    with replacing(folder / FILE) as draft:
        draft.write_bytes(json.dumps(head).encode() + b"\n" + content)


def _vouched(folder: Path, model: Model) -> bool:
    try:
        return read_manifest(folder) == model.manifest
    except RefusedModelError:
        return False


def at_hand(extra: Path | None = None) -> Model | None:
    """Return the model in use with its answers, if they are there and of these facts.

    Parameters
    ----------
    extra : Path, optional
        The user's folder of facts.
    """
    roots = (EMBEDDED,) if extra is None else (EMBEDDED, extra)
    bare = Facts(EMBEDDED, fingerprint(*roots), {}, extra)
    folder = store.folder(bare)
    try:
        manifest = read_manifest(folder)
        here = (libraries(), code(), bare.fingerprint)
        if (manifest["libraries"], manifest["code"], manifest["facts"]) != here:
            return None
        content = _content(folder, _key(manifest))
        if content is None:
            return None
        rankers, draws = _Rankers(folder, manifest), store.draws(folder, manifest)
    except RefusedModelError:
        # Said in full by whoever loads the model itself.
        return None
    held = pickle.loads(content)
    facts = Facts(EMBEDDED, bare.fingerprint, held["facts"], extra)
    model = Model(facts, rankers, manifest["as_of"], manifest, draws=draws)
    model.__dict__ |= {"tables": held["features"], "terms": held["terms"]}
    model.ahead.update(held["answers"])
    return model


def _key(manifest: Mapping[str, Any]) -> str:
    """Name the very model and the libraries that lay out its tables."""
    named = {name: version(name) for name in LIBRARIES}
    text = json.dumps([manifest, named], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(folder: Path, key: str) -> bytes | None:
    """Return what the file holds when it is whole and of this key."""
    try:
        head, _, content = (folder / FILE).read_bytes().partition(b"\n")
        said = json.loads(head)
    except (OSError, ValueError):
        return None
    digest = hashlib.sha256(content).hexdigest()
    return content if said == {"key": key, "sha256": digest} else None
