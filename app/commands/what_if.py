"""what-if: where a place would rank if some figures were otherwise."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from model.assumptions import Assumption

# How a hidden figure is written, and what stands before an indicator of the city.
UNKNOWN, CITY = "unknown", "city:"


def command_line(
    segment: str,
    level: str,
    place: str,
    assumed: Sequence[Assumption],
    data: str | None = None,
) -> str:
    """Return the command that makes the assumptions, every digit of them.

    Parameters
    ----------
    segment, level, place : str
    assumed : sequence of Assumption
        Of the place, or of a district's city.
    data : str, optional
        The folder of the user's own facts.
    """
    words = ["siteselect", "what-if", "--segment", segment, "--place", place]
    words += ["--level", level]
    for one in assumed:
        whose = CITY if one.level != level else ""
        value = UNKNOWN if np.isnan(one.value) else repr(float(one.value))
        words += ["--set", f"{whose}{one.indicator}={value}"]
    return shlex.join([*words, *(["--data", data] if data else [])])
