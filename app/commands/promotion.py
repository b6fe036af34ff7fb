"""What `train` says of the new model and the one in use, on stderr."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.commands import output
from app.commands.judgement import named
from app.ui.words import t
from model import store
from model.score import Model
from model.wording import figure, with_interval


def say(model: Model, folder: Path, lang: str) -> None:
    """Say where a trained model and its cards are, and whether it is in use."""
    said: Any = model.manifest["promotion"]
    for one in said["differences"]:
        output.note(lang, "train_compared", **compared(one, lang))
    why = t(f"promotion.{said['reason']}", lang)
    target = folder if said["promoted"] else folder / store.CHALLENGER
    key = "train_done" if said["promoted"] else "train_held_back"
    output.note(lang, key, as_of=model.as_of, path=target, why=why)
    if not said["promoted"] and stale(said["champion"], model):
        output.note(lang, "train_stale")
    for name in store.CARDS.values():
        output.note(lang, "train_card", path=target / name)


def stale(champion: dict[str, str], model: Model) -> bool:
    """Return whether a champion is of other facts or code than a model of now."""
    return any(champion[name] != model.manifest[name] for name in ("facts", "code"))


def compared(one: dict[str, Any], lang: str) -> dict[str, object]:
    """Return the placeholders of the line about one level and task."""
    return {
        "level": t(f"error.level_{one['level']}", lang),
        "task": named("task", one["task"], lang),
        "challenger": figure(one["challenger"]),
        "champion": figure(one["champion"]),
        "difference": with_interval(one),
        "segments": one["segments"],
    }
