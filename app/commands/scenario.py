"""What commands that suppose figures have in common: reading what is asked for."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from app.commands.errors import UserError
from app.commands.places import level_of
from data import Facts
from data.importers import cells
from model import score as scoring
from model.assumptions import Assumption
from model.score import Model, UnknownNameError
from model.what_if import figure_of

# How a hidden figure is written, and what stands before an indicator of the city.
UNKNOWN, CITY = "unknown", "city:"


@dataclass(frozen=True)
class Setting:
    """What ``--set`` says: a figure, none (NaN), or a change of the one known.

    Attributes
    ----------
    level, place, indicator : str
    value : float
        The figure, or by how many per cent the one known changes.
    relative : bool
    """

    level: str
    place: str
    indicator: str
    value: float
    relative: bool = False

    def assumption(self, model: Model) -> Assumption:
        """Return what is assumed.

        Raises
        ------
        UserError
            When a figure that is not known is to change.
        """
        key = (self.level, self.place, self.indicator)
        if not self.relative:
            return Assumption(*key, self.value)
        known = figure_of(model, *key)
        if np.isnan(known):
            raise UserError("set_relative", name=self.indicator)
        return Assumption(*key, known * (1 + self.value / 100))


def of_whom(
    facts: Facts, args: argparse.Namespace, top: int | None = None
) -> tuple[str, str, str]:
    """Return segment, level and place asked for.

    Raises
    ------
    UnknownNameError, UserError
        When one is not known, or ``top`` not within the list of the level.
    """
    scoring.check_segment(facts, args.segment)
    level = level_of(facts, args.place, args.level)
    most = len(facts.places.loc[level])
    if top is not None and top > most:
        raise UnknownNameError("top", str(top), [f"1..{most}"])
    return args.segment, level, args.place


def setting(facts: Facts, level: str, place: str, said: str) -> Setting:
    """Read one ``--set [city:]INDICATOR=VALUE``.

    Raises
    ------
    UserError, UnknownNameError
        When it cannot be read, or the indicator is none of the level.
    """
    name, _, value = (part.strip() for part in cells.narrow(said).partition("="))
    if not (name and value):
        raise UserError("set_form", value=said)
    owner = (level, place)
    if name.startswith(CITY):
        name = name.removeprefix(CITY)
        owner = ("city", city_of(facts, level, place))
    indicator(facts, owner[0], name)
    if value == UNKNOWN:
        return Setting(*owner, name, np.nan)
    read = cells.number(value)
    # A plus means a change, and a change without a per cent sign is in doubt.
    if read is None or (value.startswith("+") and not read[1]):
        raise UserError("set_value", name=name, value=value)
    share = facts.indicators.at[name, "unit"] == "%"
    relative = bool(read[1]) and value[0] in "+-"
    if read[1] and not relative and not share:
        raise UserError("set_value", name=name, value=value)
    return Setting(*owner, name, float(read[0]), relative)


def city_of(facts: Facts, level: str, place: str) -> str:
    """Return the city of a place; a city is its own.

    Raises
    ------
    UserError
        When a district is in none.
    """
    parent = place if level == "city" else facts.places.at[(level, place), "parent"]
    if ("city", parent) not in facts.places.index:
        raise UserError("set_no_city", place=place)
    return str(parent)


def indicator(facts: Facts, level: str, name: str) -> None:
    """Refuse what is no indicator of places of a level.

    Raises
    ------
    UnknownNameError, UserError
        With the ids that are like it, or whose names hold what was typed.
    """
    entries = facts.indicators
    mine = entries[[level in levels for levels in entries["levels"]]]
    if name in mine.index:
        return
    if name in entries.index:
        held = level == "district" and "city" in entries.at[name, "levels"]
        raise UserError(f"set_{'city' if held else 'level'}", name=name, level=level)
    named = mine[
        mine["name_zh"].str.contains(name, regex=False)
        | mine["name_en"].str.contains(name, case=False, regex=False)
    ]
    raise UnknownNameError("indicator", name, [*(mine if named.empty else named).index])
