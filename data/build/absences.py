"""Builds absences.csv: what was looked for in a source and is not to be had there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.reading import read_csv
from data.tables import ABSENCES

OUTSIDE = "outside the indicator's range"


def misread(refused: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that a source prints but that cannot be what it printed."""
    rows = refused[refused["reason"].eq(OUTSIDE) & refused["table"].eq("observations")]
    return rows.assign(kind="not_collected", note="数字超出合理范围，未采用")


def build(raw: Path, out: Path) -> None:
    """Write ``absences.csv`` from figures misread and from a list made by hand.

    The list names what a report gives for its other cities and not for this one.
    """
    listed = read_csv(Path(__file__).with_name("absent.csv"))
    listed = listed.assign(kind="not_published", note="同一报告给出了其他城市的数字")
    table = pd.concat(
        [misread(read_csv(out / "observations_refused.csv")), listed],
        ignore_index=True,
    )
    names, key = list(ABSENCES.names), list(ABSENCES.key)
    table = table.sort_values(key, kind="stable").drop_duplicates(key)
    table[names].to_csv(out / "absences.csv", index=False)
