"""The table of the variants: one row for each and level, as CSV and as Markdown."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from model.task import TASKS
from tests.bench.variants_judge import (
    BEST_EACH,
    BEST_SINGLE,
    Judgement,
    difference,
    over_origins,
)

PLACE_TASKS = TASKS[:-1]
SHIPPED = "shipped"
DIGITS = 4
ABOUT = """\
# The ranking next to its variants

Written by `python -m tests.bench.variants --test --record`; `tests/bench/variants.csv`
holds the same rows with every interval.

- **Choosing months**: origins (and months judged)
  {choosing};
  none after 2024-12. The recipe was chosen on these months.
- **Test origin**: {test}. No variant was chosen by it, and for this table it was
  read once, after the choice. It is less than wholly unseen: `siteselect evaluate`
  judges the recipe there too, and rough prototypes before it were compared on 2025.
- Figures are nDCG@20: the mean over origins of the mean over segments with at least
  five positive places. Every learner, the shipped one too, averages {seeds} seeds
  unless its name says otherwise.
- After a figure stands its difference to the shipped recipe, in thousandths, with the
  95% interval of a paired bootstrap over segments and places, both drawn alike at every
  origin; **bold** where it leaves 0 out. Of {comparisons} comparisons on the choosing
  months some {chance} would leave 0 out, half of them upwards, by chance alone.
- *overlap*: share of the first 20 that two segments have in common, mean over pairs and
  choosing origins.
- A variant without a lesson at an origin (12 months, districts, before 2023-12) is
  presence alone there. Weights of what is added (neighbours, parents) were not tuned.
- `segment_blind` is the shipped ranking averaged over the segments: what knowing the
  segment adds is its difference turned round.
"""
STANDS_OUT = """\
## What stands out on the choosing months

Variants whose interval lies above 0 on the choosing months, and their difference at the
test origin; then how many variants (baselines left out) lie wholly below.
"""


def rows(
    level: str,
    choosing: list[Judgement],
    tests: list[Judgement],
    says: dict[str, tuple[str, str]],
    overlaps: dict[str, float],
) -> list[dict[str, Any]]:
    """Return one row for each ranking.

    Parameters
    ----------
    level : str
    choosing, tests : list of Judgement
        At each choosing origin, and at the test origin if it was asked for.
    says : dict of tuple
        Group and description by name.
    overlaps : dict of float
        Mean overlap of the segments' first 20, by name.
    """
    found = []
    for name, (group, text) in says.items():
        row: dict[str, Any] = {
            "level": level,
            "variant": name,
            "group": group,
            "says": text,
            "overlap_top20": overlaps.get(name),
        }
        for prefix, origins in (("", choosing), ("test_", tests)):
            if origins:
                row |= _figures(prefix, origins, name)
        found.append(row)
    return found


def _figures(prefix: str, origins: list[Judgement], name: str) -> dict[str, float]:
    row = {}
    for task in PLACE_TASKS:
        own = [held[name][task] for held in origins]
        theirs = [held[SHIPPED][task] for held in origins]
        row[f"{prefix}{task}"] = over_origins(own)
        for label, value in difference(own, theirs).items():
            row[f"{prefix}{task}_{label.replace('value', 'difference')}"] = value
    return row


def describe(names: list[str]) -> dict[str, tuple[str, str]]:
    """Return group and description of the baselines."""
    best = {
        BEST_EACH: ("baseline", "the best baseline of each origin and task"),
        BEST_SINGLE: ("baseline", "the baseline best over all origins, for each task"),
    }
    return best | dict.fromkeys(names, ("baseline", "baseline"))


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write the rows with four digits."""
    table.round(DIGITS).to_csv(path, index=False, lineterminator="\n")


def markdown(table: pd.DataFrame, **about: Any) -> str:
    """Return the record: what was done, and a table for each level."""
    compared = (table["variant"] != SHIPPED).sum() * len(PLACE_TASKS)
    parts = [ABOUT.format(comparisons=compared, chance=round(compared * 0.05), **about)]
    parts += [STANDS_OUT, *_outstanding(table), ""]
    for level, held in table.groupby("level", sort=False):
        parts.append(f"## {str(level).capitalize()} level\n")
        parts.append(_table(held))
    return "\n".join(parts)


def _outstanding(table: pd.DataFrame) -> list[str]:
    """Return a line for each level and task: what is better, how many are worse."""
    lines = []
    tried = table[table["group"] != "baseline"]
    for (level, held), task in product(tried.groupby("level", sort=False), PLACE_TASKS):
        better = held[held[f"{task}_low"] > 0]
        worse = (held[f"{task}_high"] < 0).sum()
        said = [
            f"`{row['variant']}` {_both(row, task)}" for _, row in better.iterrows()
        ]
        lines.append(
            f"- {level}, {task}: {'; '.join(said) or 'none better'}; {worse} worse of "
            f"{len(held) - 1}."
        )
    return lines


def _both(row: pd.Series, task: str) -> str:
    """Return a row's difference on the choosing months and at the test origin."""
    here = _difference(row, task)
    if f"test_{task}" not in row:
        return here
    return f"{here} (test {_difference(row, f'test_{task}')})"


def _difference(row: Any, key: str) -> str:
    by, low, high = (
        1000 * row[f"{key}_{part}"] for part in ("difference", "low", "high")
    )
    return f"{by:+.0f} [{low:+.0f}, {high:+.0f}]"


def _table(held: pd.DataFrame) -> str:
    tested = f"test_{PLACE_TASKS[0]}" in held
    heads = ["variant", *PLACE_TASKS, "overlap"]
    heads += [f"test {task}" for task in PLACE_TASKS] if tested else []
    heads.append("what differs")
    lines = [heads, ["---"] * len(heads)]
    for row in held.to_dict("records"):
        cells = [str(row["variant"]), *(_cell(row, task) for task in PLACE_TASKS)]
        share = row["overlap_top20"]
        cells.append("" if pd.isna(share) else f"{share:.2f}")
        if tested:
            cells += [_cell(row, f"test_{task}") for task in PLACE_TASKS]
        lines.append([*cells, str(row["says"])])
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def _cell(row: dict[str, Any], key: str) -> str:
    """Return a figure and its difference to the shipped recipe, in thousandths."""
    figure = f"{row[key]:.3f}".lstrip("0")
    if row["variant"] == SHIPPED:
        return figure
    said = _difference(row, key)
    sure = row[f"{key}_low"] > 0 or row[f"{key}_high"] < 0
    return f"{figure} {f'**{said}**' if sure else said}"
