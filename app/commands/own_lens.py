"""lens FILE.json: a ranking by the user's own lens, and what it rests on."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

from app.commands import output
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from model import own_doubt, own_index, own_lens, score, tipping
from model.influence import influence
from model.own_index import OwnRanking
from model.own_lens import OwnLens
from model.robustness import Draws
from model.score import Model

PAIRS = 10
SHOWN = ["rank", "place", "score", "rank_low", "rank_high", "imputed"]
RANGES = ["rank_low", "rank_high", "rank_median"]


def read(path: Path) -> OwnLens:
    """Read a lens from a file.

    Raises
    ------
    UserError, OwnLensError
        When there is none; when it is no lens.
    """
    if not path.is_file():
        raise UserError("no_file", path=path)
    return own_lens.from_json(path.read_bytes())


def ranking(args: argparse.Namespace) -> None:
    """Print the ranking by a lens of the user's own."""
    lens = read(Path(args.name))
    facts = load_facts(args.data)
    if args.segment is not None:
        score.check_segment(facts, args.segment)
    model = ready(facts, progress=output.progress)
    ours = own_index.rank(model, lens)
    said = answer(model, ours, args.segment, args.top)
    # Without a place in it a table keeps its headings.
    table = pd.DataFrame(
        said["ranking"], columns=[*ours.table.columns.drop("parent"), *RANGES]
    )
    if args.format == "json":
        output.print_json(said)
    elif args.format == "csv":
        print(table.to_csv(index=False), end="")
    else:
        name = f"name_{args.lang}"
        output.print_table(table[[*SHOWN[:2], name, *SHOWN[2:]]])


def answer(
    model: Model, ours: OwnRanking, segment: str | None, top: int | None
) -> dict[str, Any]:
    """Return the ranking by a lens, its ranges, its weights and its tipping points.

    Returns
    -------
    dict
        ``name`` (own), ``level``, ``as_of``, ``lens`` (its parameters), ``ranking``,
        ``removed`` by filter, ``weights`` (nominal and real shares, warnings),
        ``tipping`` (of neighbours among the first eleven) and, with a segment,
        ``disagreements`` with the learned ranking.
    """
    table = ours.table.drop(columns=["parent"])
    drawn = own_doubt.draws(model, ours) if len(table) else None
    table = with_ranges(table, drawn)
    held = influence(ours.shown).rename_axis("row").reset_index()
    points = tipping.neighbours(ours.shown, PAIRS + 1)
    said: dict[str, Any] = {
        "name": "own",
        "level": ours.lens.level,
        "as_of": model.as_of,
        "lens": own_lens.to_params(ours.lens),
        "ranking": (table.head(top) if top else table).to_dict("records"),
        "removed": ours.removed.rename_axis("filter").reset_index().to_dict("records"),
        "weights": held.to_dict("records"),
        "tipping": [vars(point) for point in points],
    }
    if segment is not None:
        apart = own_index.disagreements(model, ours.lens, segment)
        said["segment"] = segment
        said["disagreements"] = apart.to_dict("records")
    return said


def with_ranges(table: pd.DataFrame, drawn: Draws | None) -> pd.DataFrame:
    """Add the ranks that nine draws of ten lie between, and the median."""
    if drawn is None:
        return table.assign(**dict.fromkeys(RANGES))
    held = drawn.range().loc[table["place"]]
    return table.assign(
        rank_low=held["low"].to_numpy(int),
        rank_high=held["high"].to_numpy(int),
        rank_median=drawn.median[table["place"]].to_numpy(),
    )
