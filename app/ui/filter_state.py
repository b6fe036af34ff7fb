"""Which places a list holds: those of an area that meet some conditions.

The conditions of a lens of the user's own are taken as they are, under the same
parameters of the URL, so that a condition set on one page holds on the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app.ui import cache, columns, my_lens_state, state
from app.ui.state import State
from model import own_lens, score
from model.own_lens import PARTS, Note, OwnLens
from model.score import Model

# Conditions that ask about the segment, and those of a lens.
OF_LIST = ("ahead", "new")
OF_LENS = ("tier", "pilot_zone", "supercomputing", "ceilings", "exclude")
Asked = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Conditions:
    """What each place of a list must be.

    Attributes
    ----------
    ahead : bool
        An opportunity: fundamentals far ahead of presence.
    new : bool
        Without an event of the segment so far.
    lens : OwnLens
        The whole lens of the URL; only its filters ``OF_LENS`` count here.
    """

    ahead: bool
    new: bool
    lens: OwnLens

    @property
    def held(self) -> dict[str, str]:
        """The lens's filters, as parameters of a URL."""
        held = own_lens.to_params(self.lens)
        names = [PARTS[name].param for name in OF_LENS]
        return {name: held[name] for name in names if name in held}

    @property
    def asked(self) -> Asked:
        """All conditions as parameters of a URL, which name what they ask."""
        mine = {name: state.YES for name in OF_LIST if getattr(self, name)}
        return tuple((mine | self.held).items())

    @property
    def count(self) -> int:
        """How many conditions there are, each ceiling by itself."""
        alone = [name for name in self.held if name != PARTS["ceilings"].param]
        return self.ahead + self.new + len(alone) + len(self.lens.ceilings)


def read(model: Model, chosen: State) -> tuple[Conditions, list[Note]]:
    """Return the conditions of the URL, and what of them could not be used."""
    lens, notes = my_lens_state.read(model)
    ours = {PARTS[name].param for name in OF_LENS}
    notes = [note for note in notes if note.name in ours]
    return Conditions(chosen.ahead, chosen.new, lens), notes


def listed(
    model: Model, segment: str, level: str, within: str, asked: Asked
) -> pd.DataFrame:
    """Return a ranking's places of an area that meet conditions, counted from 1.

    Parameters
    ----------
    model : Model
    segment, level : str
    within : str
        An area, or everywhere.
    asked : tuple of (str, str)
        From :attr:`Conditions.asked`.
    """
    whole = cache.ranking(model, segment, level)
    kept = pd.Series(True, index=whole.index)
    for failed in failures(model, segment, level, within, asked).values():
        kept &= ~whole["place"].isin(failed)
    if kept.all():
        return whole
    return score.keep(whole, kept, model.drawn(segment, level))


def failures(
    model: Model, segment: str, level: str, within: str, asked: Asked
) -> dict[str, frozenset[str]]:
    """Return which places of a ranking fail the area and each condition.

    The conditions of a lens are one, ``lens``.
    """
    whole = cache.ranking(model, segment, level)
    params = dict(asked)
    kept: dict[str, pd.Series] = {}
    if within != state.EVERYWHERE:
        kept["within"] = score.within(model.facts, whole, within)
    if "ahead" in params:
        kept["ahead"] = (
            columns.opportunity(whole, cache.thin(model, segment, level)) > 0
        )
    if "new" in params:
        with_events = [
            place
            for place in whole["place"]
            if any(one[0] == segment for one in model.tally.get((level, place), ()))
        ]
        kept["new"] = ~whole["place"].isin(with_events)
    held = {name: value for name, value in asked if name not in OF_LIST}
    if held:
        lens, _ = own_lens.read_params({**held, "level": level})
        kept["lens"] = whole["place"].isin(cache.own(model, lens).table["place"])
    return {
        name: frozenset(whole.loc[~one, "place"].tolist()) for name, one in kept.items()
    }


def loosening(
    model: Model, segment: str, level: str, within: str, asked: Asked
) -> dict[str, int]:
    """Return how many places would be left without each single condition.

    Returns
    -------
    dict
        By ``within``, ``ahead``, ``new`` or a parameter of the lens; those without
        which nothing is left either are not in it.
    """
    without = {
        name: tuple(pair for pair in asked if pair[0] != name) for name, _ in asked
    }
    tried = {name: (within, rest) for name, rest in without.items()}
    if within != state.EVERYWHERE:
        tried["within"] = (state.EVERYWHERE, asked)
    left = {
        name: len(listed(model, segment, level, area, rest))
        for name, (area, rest) in tried.items()
    }
    return {name: count for name, count in left.items() if count}


def clear() -> None:
    """Leave every condition."""
    for name in (*OF_LIST, *(PARTS[name].param for name in OF_LENS)):
        st.query_params.pop(name, None)
