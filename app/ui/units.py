"""Units in the page's language, also those the reasons of the ranking do not use."""

from __future__ import annotations

from app.ui.words import t, words
from model.wording import UNITS, number
from model.wording import quantity as known

# A unit may count in tens of thousands or hundreds of millions.
STEPS = {"万": 1e4, "亿": 1e8}


def quantity(value: float, unit: str, lang: str) -> str:
    """Write a figure with its unit, in the base unit."""
    if unit in UNITS:
        text = known(value, unit)
        return text.zh if lang == "zh" else text.en
    factor, base = _split(unit)
    name = _name(base, lang)
    gap = " " if lang == "en" and name else ""
    return f"{number(value * factor, lang)}{gap}{name}"


def unit(printed: str, lang: str) -> str:
    """Return the name of a unit as it is printed."""
    if lang == "zh":
        return printed
    factor, base = _split(printed)
    name = _name(base, lang) or t("data.count", lang)
    return name if factor == 1 else f"{number(factor, lang).strip()} {name}"


def _split(printed: str) -> tuple[float, str]:
    """Return the factor a unit counts in, and the unit without it."""
    if printed[:1] in STEPS and len(printed) > 1:
        return STEPS[printed[0]], printed[1:]
    return 1, printed


def _name(base: str, lang: str) -> str:
    return base if lang == "zh" else words(lang).get(f"unit.{base}", base)
