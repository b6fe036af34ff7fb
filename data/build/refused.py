"""Keeps observations_refused.csv: what was collected and not shipped, and why."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data import tables
from data.reading import read_csv

FILE = "observations_refused.csv"
COLUMNS = [*tables.OBSERVATIONS.names, "reason", "table"]


def record(out: Path, table: str, rows: pd.DataFrame) -> None:
    """Write the refused rows of one table in place of those it had before.

    Parameters
    ----------
    out : Path
        The data folder.
    table : str
        Which table the rows were meant for: its earlier rows are replaced.
    rows : DataFrame
        Columns of an observation as far as they apply, and ``reason``.
    """
    path = out / FILE
    had = read_csv(path) if path.exists() else pd.DataFrame(columns=COLUMNS)
    # A file of before this column held observations only.
    had = had.assign(table=had.get("table", "observations"))
    had = had.reindex(columns=COLUMNS, fill_value="")
    new = rows.assign(table=table).reindex(columns=COLUMNS, fill_value="")
    both = pd.concat([had[had["table"] != table], new], ignore_index=True).fillna("")
    both = both.sort_values(["table", *tables.OBSERVATIONS.key, "value"], kind="stable")
    both.to_csv(path, index=False)
