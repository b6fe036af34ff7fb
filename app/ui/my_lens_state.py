"""The user's own lens in the URL: what the widgets show, and what a change writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from app.ui import state
from data.schema import PILLARS
from model import own_index, own_lens
from model.composite import Method
from model.own_lens import Note, OwnLens
from model.score import Model

SECTIONS = ("ranks", "weights", "tipping", "sure", "versus", "keep")
# Weights on offer; a link may hold larger ones.
STEP, MOST = 0.5, 5.0
# The ceilings most people ask for, before any other.
CEILINGS = ("wage", "office_vacancy", "minimum_wage", "house_price_second_hand", "pm25")


def read(model: Model) -> tuple[OwnLens, list[Note]]:
    """Return the lens of the URL as far as the facts have what it names."""
    params = st.query_params.to_dict()
    shared, _ = state.read(params, model.facts)
    named = {"level": shared.level, "within": shared.within}
    if not any(name.startswith(own_lens.OWN) for name in params):
        # What has no lens need not ask which figures there are.
        return own_lens.read_params(named)
    lens, notes = own_index.from_params({**params, **named}, model)
    return lens, notes


def write(lens: OwnLens) -> None:
    """Write a lens to the URL; what else stands there is left alone."""
    params = own_lens.to_params(lens)
    names = {part.param for part in own_lens.PARTS.values()} | {"level", "within"}
    for name in names | {key for key in st.query_params if key.startswith("own_")}:
        if name in params:
            st.query_params[name] = params[name]
        elif name in st.query_params:
            del st.query_params[name]


def changed(lens: OwnLens, change: Callable[[OwnLens], OwnLens]) -> None:
    """Write what a widget makes of a lens; what cannot be is not taken."""
    try:
        write(change(lens))
    except own_lens.OwnLensError as error:
        st.session_state["own_refused"] = (error.kind, error.name)


def refused() -> tuple[str, str] | None:
    """Return, once, why the last change was not taken."""
    return st.session_state.pop("own_refused", None)


def set_pillar(lens: OwnLens, pillar: str) -> None:
    """Take the weight of a pillar from its slider."""
    weight = float(st.session_state[f"own_w_{pillar}"])
    changed(lens, lambda old: replace(old, pillars={**old.pillars, pillar: weight}))


def set_part(lens: OwnLens, name: str, key: str) -> None:
    """Take one part of a lens from its widget."""
    value = st.session_state[key]
    if name in own_lens.METHOD:
        chosen: Mapping[str, Any] = {own_lens.METHOD[name]: value}
        changed(lens, lambda old: replace(old, method=_method(old.method, chosen)))
        return
    part: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value}
    changed(lens, lambda old: replace(old, **part))


def _method(old: Method, chosen: Mapping[str, Any]) -> Method:
    try:
        return replace(old, **chosen)
    except ValueError as error:
        raise own_lens.OwnLensError("method", str(error)) from None


def set_ceilings(lens: OwnLens, key: str, usual: Mapping[str, float]) -> None:
    """Take which indicators have a ceiling; a new one begins at its median."""
    names = st.session_state[key]
    most = {name: lens.ceilings.get(name, usual[name]) for name in names}
    changed(lens, lambda old: replace(old, ceilings=most))


def set_ceiling(lens: OwnLens, name: str, key: str) -> None:
    """Take the most that an indicator may be."""
    most = {**lens.ceilings, name: float(st.session_state[key])}
    changed(lens, lambda old: replace(old, ceilings=most))


def set_indicators(lens: OwnLens, key: str, ids: tuple[str, ...]) -> None:
    """Take weights, ideals and totals from the rows edited in the table."""
    edits = st.session_state[key]["edited_rows"]
    weights, ideals = dict(lens.indicators), dict(lens.ideals)
    totals = set(lens.totals)
    for row, edit in edits.items():
        name = ids[int(row)]
        if "weight" in edit:
            weights[name] = 1.0 if edit["weight"] is None else float(edit["weight"])
        if "ideal" in edit:
            ideals.pop(name, None)
            if edit["ideal"] is not None:
                ideals[name] = float(edit["ideal"])
        if "total" in edit:
            (totals.add if edit["total"] else totals.discard)(name)
    parts: dict[str, Any] = {
        "indicators": weights,
        "ideals": ideals,
        "totals": tuple(totals),
    }
    changed(lens, lambda old: replace(old, **parts))


def reset(lens: OwnLens) -> None:
    """Return to equal weights and no filters, at the same level."""
    write(OwnLens(level=lens.level))


def unfiltered(lens: OwnLens) -> OwnLens:
    """Return a lens without its filters."""
    free: dict[str, Any] = {"within": "", "tier": 0, "ceilings": {}, "exclude": ()}
    return replace(lens, **free, pilot_zone=False, supercomputing=False)


def key(lens: OwnLens) -> str:
    """Return a text that is the same for the same lens only."""
    return "&".join(f"{k}={v}" for k, v in sorted(own_lens.to_params(lens).items()))


def most_weight(lens: OwnLens) -> float:
    """Return where the sliders end: the largest weight, if that is beyond the usual."""
    return max(MOST, *(lens.pillars[name] for name in PILLARS))
