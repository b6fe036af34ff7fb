"""A lens of the user's own: what counts how much, what must hold, where it is kept.

A lens is written to the parameters of a URL and to a JSON file, in ids and codes
alone, so that a link or a file means the same in every language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.schema import LEVELS, PILLARS
from model.composite import AGGREGATIONS, WEIGHTS, CompositeError, Method
from model.saved import parsed
from model.scaling import MISSING, NORMALISATIONS, OUTLIERS

FORMAT, VERSION = "siteselect-own-lens", 1
MOST_BYTES = 1_000_000
# Weights count in relation to each other; figures are in the indicators' units.
BOUNDS = {"weights": (0.0, 1000.0), "figures": (-1e15, 1e15)}
TIERS = (0, 1, 2, 3)
EVERYWHERE = "all"
# A district's lens names an indicator of its city with this in front.
CITY = "city:"
ID = re.compile(r"(city:)?[a-z0-9_]+")
AREA = re.compile(r"[a-z0-9_]+")
CODE = re.compile(r"[0-9]{6}")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?")
# What is told of a value that cannot be used is cut off here.
MOST_TOLD = 60
OWN = "own_"


@dataclass(frozen=True)
class Part:
    """One part of a lens: its parameter, what kind of value it is, what may be."""

    param: str
    kind: str
    choices: tuple[str, ...] = ()


# Nobody set goalposts for the indicators here.
SCALES = tuple(name for name in NORMALISATIONS if name != "goalposts")
# Level and area are those of the other pages.
# How the parameters that only a lens has begin.
OWN = "own_"
PARTS = {
    "level": Part("level", "choice", LEVELS),
    "within": Part("within", "area"),
    "pillars": Part("own_w", "weights", PILLARS),
    "indicators": Part("own_i", "weights"),
    "ideals": Part("own_ideal", "figures"),
    "totals": Part("own_total", "ids"),
    "tier": Part("own_tier", "tier", tuple(str(tier) for tier in TIERS)),
    "pilot_zone": Part("own_zone", "flag", ("0", "1")),
    "supercomputing": Part("own_super", "flag", ("0", "1")),
    "ceilings": Part("own_max", "figures"),
    "exclude": Part("own_not", "codes"),
    "normalise": Part("own_norm", "choice", SCALES),
    "missing": Part("own_missing", "choice", MISSING),
    "outliers": Part("own_outliers", "choice", OUTLIERS),
    "weights": Part("own_weights", "choice", WEIGHTS),
    "mean": Part("own_mean", "choice", AGGREGATIONS),
    "across": Part("own_across", "choice", AGGREGATIONS),
}
# Parts of a lens that are parts of its method, and their names there.
METHOD = {
    **{name: name for name in ("normalise", "missing", "outliers", "weights")},
    "mean": "within",
    "across": "across",
}
TYPES: dict[str, type] = {
    **{"choice": str, "area": str, "tier": int, "flag": bool},
    **{"weights": dict, "figures": dict, "ids": list, "codes": list},
}


class OwnLensError(ValueError):
    """A lens that cannot be used: ``kind`` says why, ``name`` of which part.

    Kinds of a file: ``too_big, not_json, format, version, unknown_key, twice, type``;
    of what a lens holds: ``level, area, tier, pillar, id, code, number, no_weight,
    method``; of a lens and the facts: ``unknown``, ``index``.
    """

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind, self.name = kind, told(name)
        super().__init__(f"{kind} {self.name}".strip())


@dataclass(frozen=True)
class Note:
    """Something left out of a lens: the parameter it stood in, what it was, and why.

    ``kind``: ``unknown`` (no such indicator, place, choice), ``number`` (none, or out
    of bounds), ``twice`` (said before), ``no_weight`` (nothing would count),
    ``method`` (choices that do not go together).
    """

    name: str
    value: str
    kind: str


def told(value: str) -> str:
    """Return a text cut to a length that can be shown."""
    return value if len(value) <= MOST_TOLD else value[: MOST_TOLD - 1] + "…"


@dataclass(frozen=True)
class OwnLens:
    """What counts for the user, how much, and what a place must be.

    Attributes
    ----------
    level : {"city", "district"}
    pillars : dict of str to float
        Weight of each pillar, in relation to the others; 1 where nothing is said,
        0 leaves the pillar out.
    indicators : dict of str to float
        Weight of an indicator in its pillar, likewise. A district's indicators are
        its own (``population``) and its city's (``city:population``).
    ideals : dict of str to float
        The figure of an indicator that is best, in its own unit: the nearer a place
        comes, from either side, the better. It is compared as printed, not per head.
    totals : tuple of str
        Indicators that count in total where they would count per head.
    within : str
        Filter: a region, province or city; everywhere if empty.
    tier : {0, 1, 2, 3}
        Filter: the worst of the reports' tiers that the place or its city may be in;
        0 for any, and none.
    pilot_zone, supercomputing : bool
        Filters: the place or its city holds a national AI pilot zone; a national
        supercomputing centre.
    ceilings : dict of str to float
        Filter: the most an indicator may be, in its own unit.
    exclude : tuple of str
        Filter: places where the user already is; a city leaves out its districts.
    method : Method
        How the index is computed.

    Raises
    ------
    OwnLensError
        When a value is out of bounds, or no pillar has a weight.
    """

    level: str = LEVELS[0]
    pillars: dict[str, float] = field(default_factory=dict)
    indicators: dict[str, float] = field(default_factory=dict)
    ideals: dict[str, float] = field(default_factory=dict)
    totals: tuple[str, ...] = ()
    within: str = ""
    tier: int = 0
    pilot_zone: bool = False
    supercomputing: bool = False
    ceilings: dict[str, float] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    method: Method = field(default_factory=Method)

    def __post_init__(self) -> None:
        named = [*self.indicators, *self.ideals, *self.totals, *self.ceilings]
        numbers = [
            *(("weights", pair) for pair in self.pillars.items()),
            *(("weights", pair) for pair in self.indicators.items()),
            *(("figures", pair) for pair in self.ideals.items()),
            *(("figures", pair) for pair in self.ceilings.items()),
        ]
        wrong = {
            "level": {self.level} - {*LEVELS},
            "area": [area for area in [self.within] if area and not shaped(AREA, area)],
            "tier": {self.tier} - {*TIERS},
            "pillar": [name for name in self.pillars if name not in PILLARS],
            "id": [name for name in named if not shaped(ID, name)],
            "code": [code for code in self.exclude if not shaped(CODE, code)],
            "number": [key for kind, (key, one) in numbers if not fits(kind, one)],
            "no_weight": [] if has_weight(self.pillars) else ["pillars"],
            "method": [] if sound(self.method) else [self.method.normalise],
        }
        for kind, values in wrong.items():
            for value in values:
                raise OwnLensError(kind, str(value))
        # One form for what means the same, so that equal lenses are written alike.
        weights = _ordered(self.indicators)
        for name, value in {
            "within": "" if self.within == EVERYWHERE else self.within,
            "pillars": {name: float(self.pillars.get(name, 1)) for name in PILLARS},
            "indicators": {key: value for key, value in weights.items() if value != 1},
            "ideals": _ordered(self.ideals),
            "totals": tuple(sorted(set(self.totals))),
            "ceilings": _ordered(self.ceilings),
            "exclude": tuple(sorted(set(self.exclude))),
        }.items():
            object.__setattr__(self, name, value)


def _ordered(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(values[name]) for name in sorted(values)}


def shaped(pattern: re.Pattern[str], text: str) -> bool:
    """Return whether a whole text is an id, an area or a code."""
    return pattern.fullmatch(text) is not None


def fits(kind: str, value: float) -> bool:
    """Return whether a number can be a weight or figure: finite, in proportion."""
    least, most = BOUNDS[kind]
    return least <= value <= most


def has_weight(pillars: Mapping[str, float]) -> bool:
    """Return whether any pillar counts; those not named do."""
    return any(pillars.get(name, 1.0) for name in PILLARS)


def sound(method: Method) -> bool:
    """Return whether a lens can be computed so.

    A geometric mean of shares of the best place is 0 for every place without one of
    the many rare things.
    """
    geometric = "geometric" in (method.within, method.across)
    best = method.normalise == "best"
    return method.normalise in SCALES and not (best and geometric)


def parts(lens: OwnLens) -> dict[str, Any]:
    """Return the parts of a lens under the names of :data:`PARTS`."""
    return {
        name: getattr(lens.method, METHOD[name])
        if name in METHOD
        else getattr(lens, name)
        for name in PARTS
    }


def _made(held: Mapping[str, Any]) -> OwnLens:
    """Return the lens of some parts, the others at their defaults."""
    chosen = {METHOD[name]: held[name] for name in METHOD if name in held}
    try:
        method = Method(**chosen)
    except CompositeError as error:
        raise OwnLensError("method", error.name) from None
    return OwnLens(
        **{name: held[name] for name in held if name not in METHOD}, method=method
    )


def written(value: float) -> str:
    """Write a number so that it reads back the same, no longer than needed."""
    return str(int(value)) if value.is_integer() else repr(value)


def to_params(lens: OwnLens) -> dict[str, str]:
    """Write a lens as parameters of a URL: only what differs from the default."""
    default = parts(OwnLens())
    out = {}
    for name, value in parts(lens).items():
        if value == default[name]:
            continue
        if PARTS[name].kind in ("weights", "figures"):
            usual = default[name]
            value = [
                f"{key}:{written(number)}"
                for key, number in value.items()
                if number != usual.get(key)
            ]
        elif isinstance(value, (bool, int)):
            value = [str(int(value))]
        elif isinstance(value, str):
            value = [value]
        out[PARTS[name].param] = ",".join(value)
    return out


def read_params(params: Mapping[str, str]) -> tuple[OwnLens, list[Note]]:
    """Read a lens from parameters, whatever the facts have (:func:`own_index.fitted`).

    Returns
    -------
    lens : OwnLens
    notes : list of Note
        One for each thing left out. Parameters that do not begin with ``own_`` are
        other people's, except ``level`` and ``within``.
    """
    ours = {part.param for part in PARTS.values()}
    notes = [
        Note(told(name), told(params[name]), "unknown")
        for name in params
        if name.startswith(OWN) and name not in ours
    ]
    held = {}
    for name, part in PARTS.items():
        if params.get(part.param):
            value = _decoded(part, params[part.param], notes)
            if value is not None:
                held[name] = value
    if not has_weight(held.get("pillars", {})):
        param = PARTS["pillars"].param
        notes.append(Note(param, told(params[param]), "no_weight"))
        del held["pillars"]
    try:
        return _made(held), notes
    except OwnLensError as error:
        # All else was looked at above; these choices do not go together.
        notes.append(Note(PARTS["normalise"].param, error.name, error.kind))
        return _made({k: v for k, v in held.items() if k not in METHOD}), notes


def _decoded(part: Part, text: str, notes: list[Note]) -> Any:
    """Return what a parameter says, without what cannot be used; None if nothing."""

    def note(value: str, kind: str = "unknown") -> None:
        notes.append(Note(part.param, told(value), kind))

    if part.kind == "area":
        return text if shaped(AREA, text) else note(text)
    if part.choices and part.kind != "weights":
        if text in part.choices:
            return TYPES[part.kind](int(text) if part.kind != "choice" else text)
        return note(text)
    items = [item for item in text.split(",") if item]
    if part.kind in ("ids", "codes"):
        pattern = ID if part.kind == "ids" else CODE
        for item in items:
            if not shaped(pattern, item):
                note(item)
        return tuple(item for item in items if shaped(pattern, item))
    found: dict[str, float] = {}
    for item in items:
        name, _, number = item.rpartition(":")
        if not shaped(ID, name) or (part.choices and name not in part.choices):
            note(item)
        elif not shaped(NUMBER, number) or not fits(part.kind, float(number)):
            note(item, "number")
        elif name in found:
            note(item, "twice")
        else:
            found[name] = float(number)
    return found


def to_json(lens: OwnLens) -> str:
    """Write a lens as a file: every part of it, defaults as well."""
    whole = {"format": FORMAT, "version": VERSION, **parts(lens)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str | bytes) -> OwnLens:
    """Read a lens from a file; parts that are not in it have their defaults.

    Raises
    ------
    OwnLensError
        When it is no such file, or holds what a lens cannot.
    """
    read = parsed(text, MOST_BYTES, OwnLensError)
    if not isinstance(read, dict) or read.pop("format", None) != FORMAT:
        raise OwnLensError("format", FORMAT)
    version = read.pop("version", None)
    if type(version) is not int or version != VERSION:
        raise OwnLensError("version", str(version))
    for name, value in read.items():
        if name not in PARTS:
            raise OwnLensError("unknown_key", name)
        if not _typed(PARTS[name].kind, value):
            raise OwnLensError("type", name)
    return _made(read)


def _typed(kind: str, value: object) -> bool:
    """Return whether a value of a file is of the type its kind asks for."""
    if isinstance(value, dict):
        inner = all(type(one) in (int, float) for one in value.values())
    elif isinstance(value, list):
        inner = all(isinstance(one, str) for one in value)
    else:
        inner = True
    return type(value) is TYPES[kind] and inner
