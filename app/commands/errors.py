"""Bad input: one clear message in the user's language, and exit code 2."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.ui.words import t, words
from data.schema import DataError

if TYPE_CHECKING:
    from data import Facts
    from model.score import UnknownNameError

# Longer values are cut: a message is for people.
LONGEST, LONGEST_VALUE = 1_000, 80


class UserError(Exception):
    """Something the user can mend.

    Parameters
    ----------
    key : str
        Phrase in section ``error`` of the word files.
    **values : object
        Its placeholders.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(key)


def nearest(value: str, choices: Iterable[str], most: int = 3) -> list[str]:
    """Return the choices most like ``value``, best first."""
    return difflib.get_close_matches(value, list(choices), n=most, cutoff=0.5)


def one_line(text: str) -> str:
    """Return a message without line breaks or control signs, and not endlessly long."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return textwrap.shorten(" ".join(shown.split()), LONGEST, placeholder=" ...")


def message(error: Exception, lang: str, facts: Facts | None = None) -> str:
    """Say what is wrong and how to mend it, in one line."""
    return one_line(_said(error, lang, facts))


def mendable(error: Exception) -> bool:
    """Return whether the user can mend what failed."""
    # Imported here, as in `_said`: a server opens its port before pandas is loaded.
    from model.assumptions import AssumptionError
    from model.manifest import RefusedModelError
    from model.overrides import OverrideError
    from model.own_lens import OwnLensError
    from model.score import UnknownNameError

    ours = (
        *(UserError, DataError, RefusedModelError, OwnLensError, UnknownNameError),
        *(AssumptionError, OverrideError, OSError),
    )
    return isinstance(error, ours)


def _said(error: Exception, lang: str, facts: Facts | None) -> str:
    from model.assumptions import AssumptionError
    from model.manifest import RefusedModelError
    from model.overrides import OverrideError
    from model.own_lens import OwnLensError
    from model.score import UnknownNameError
    from model.what_if import refusal

    if isinstance(error, UserError):
        values = {name: _cut(value) for name, value in error.values.items()}
        if "level" in values:
            values["level"] = t(f"error.level_{values['level']}", lang)
        return t(f"error.{error.key}", lang, **values)
    if isinstance(error, UnknownNameError):
        return _unknown(error, lang, facts)
    if isinstance(error, OwnLensError):
        why = lens_fault(error.kind, error.name, lang)
        return t("error.own_lens", lang, why=why)
    if isinstance(error, AssumptionError):
        return t("error.assumption", lang, why=getattr(refusal(error), lang))
    if isinstance(error, OverrideError):
        return t(f"decide.fault_{error.kind}", lang, name=_cut(error.name))
    if isinstance(error, RefusedModelError):
        advice = t(f"error.model_{error.reason}", lang)
        return t("error.model", lang, path=error.path, why=advice, detail=error.detail)
    if isinstance(error, DataError):
        said = t("error.data", lang, problem=error.problems[0].text(lang))
        more = len(error.problems) - 1
        return said + (t("error.more", lang, count=more) if more else "")
    if isinstance(error, OSError):
        return t("error.file", lang, path=error.filename, why=error.strerror)
    return t("error.internal", lang, error=f"{type(error).__name__}: {error}")


def _unknown(error: UnknownNameError, lang: str, facts: Facts | None) -> str:
    """Say which name is not known, and what comes nearest to it."""
    kind = t(f"error.kind_{error.kind}", lang)
    if error.kind == "place" and facts is not None:
        hint = _places_like(error.value, facts, lang)
    else:
        near = nearest(error.value, error.choices)
        shown = near or error.choices[:24]
        hint = t(
            "error.near" if near else "error.choices", lang, names=", ".join(shown)
        )
    return t("error.unknown", lang, kind=kind, value=_cut(error.value), hint=hint)


def lens_fault(kind: str, name: str, lang: str) -> str:
    """Say what is wrong with a lens of the user's own."""
    key = f"mine.fault_{kind}"
    key = key if key in words(lang) else "mine.fault_other"
    return t(key, lang, name=_cut(name))


def _cut(value: object) -> str:
    """Write a value, shortened unless it is a path: its end tells the file."""
    text = str(value)
    if isinstance(value, Path) or len(text) <= LONGEST_VALUE:
        return text
    return f"{text[:LONGEST_VALUE]}..."


def _places_like(value: str, facts: Facts, lang: str) -> str:
    """Name the places whose name or code is like what was typed."""
    places = facts.places
    same = places["name_zh"].str.startswith(value) | places["name_en"].str.lower().eq(
        value.lower()
    )
    found = places[same] if value else places.head(0)
    if found.empty:
        found = places[places["place"].isin(nearest(value, set(places["place"])))]
    names = [
        f"{row.place} {row.name_zh if lang == 'zh' else row.name_en}"
        for row in found.head(5).itertuples()
    ]
    if not names:
        return t("error.place_form", lang)
    return t("error.near", lang, names=", ".join(names))
