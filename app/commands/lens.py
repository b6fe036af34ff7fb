"""lens: a published system and its ranking beside ours, or a lens of one's own."""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from app.commands import output, own_lens
from app.commands.errors import UserError
from app.commands.folder import load_facts
from data import Facts
from model import lens_gaps, lenses
from model.lenses import OURS, Compared, Lens

ROW = [
    *("ranking", "place", "name_zh", "name_en", "level", "rank", "rank_quality"),
    *("tier", "rating", "score", "score_quality", "dated"),
    *("recomputed_rank", "recomputed_low", "recomputed_high"),
    *("recomputed_score", "imputed", "locator", "note"),
]
SHOWN = [
    *("rank", "tier", "rating", "dated", "place", "score"),
    *("recomputed_rank", "recomputed_low", "recomputed_high"),
    *("recomputed_score", "imputed"),
]
WHOLE = ("rank", "tier", *OURS[:3])


def answer(facts: Facts, name: str) -> dict[str, Any]:
    """Return a published system as the contract of ``lens --format json`` has it.

    Returns
    -------
    dict
        ``name``; ``rankings``: a row for each place of each ranking; ``coverage``:
        share of its indicators that we hold, ``coverage_with_stand_ins``;
        ``spearman``: by ranking; ``indicators``: how each is held; ``differences``:
        by ranking, why cities stand five ranks or more apart.
    """
    system = lenses.lens(facts, name)
    made = lenses.compared(facts, system)
    main = made[system.rankings.index[0]]
    strict, wide = lenses.coverage(system, main.held)
    return {
        "name": name,
        "source": name,
        "as_of": system.entry["as_of"],
        **{key: system.entry[key] for key in ("name_zh", "name_en")},
        **{key: system.entry[key] for key in ("method_zh", "method_en")},
        **{key: system.entry[key] for key in ("gaps_zh", "gaps_en")},
        "rankings": rows(made),
        "coverage": strict,
        "coverage_with_stand_ins": wide,
        "spearman": {
            ranking: lenses.correlation(one.table) for ranking, one in made.items()
        },
        "indicators": indicators(system, main),
        "differences": {
            ranking: lens_gaps.gaps(system, made, ranking) for ranking in made
        },
    }


def rows(made: dict[str, Compared]) -> list[dict[str, Any]]:
    """Return every published rank with ours, whole numbers as such."""
    table = pd.concat([one.table for one in made.values()], ignore_index=True)[ROW]
    table = table.astype(dict.fromkeys(WHOLE, "Int64")).astype(object)
    for name in ("rating", "rank_quality", "score_quality", "dated", "note"):
        table[name] = table[name].replace("", None)
    return table.to_dict("records")


def indicators(system: Lens, main: Compared) -> list[dict[str, Any]]:
    """Return the system's indicators and how each is held."""
    names = ["parent", "name_zh", "name_en", "unit", "indicator", "measure", "locator"]
    table = system.items.loc[system.asked(), names].join(main.held.status)
    return table.rename_axis("item").reset_index().to_dict("records")


def lens(args: argparse.Namespace) -> None:
    """Print a published system beside our own computing of it, or a user's lens."""
    if args.name.endswith(".json"):
        own_lens.ranking(args)
        return
    for option in ("segment", "top"):
        if getattr(args, option) is not None:
            raise UserError("own_lens_only", option=f"--{option}")
    facts = load_facts(args.data)
    said = answer(facts, args.name)
    if args.format == "json":
        output.print_json(said)
        return
    # As objects, so that whole numbers stay whole beside empty cells.
    table = pd.DataFrame(said["rankings"], dtype=object)
    if args.format == "csv":
        print(table.to_csv(index=False), end="")
        return
    _print(said, table, args.lang)


def _print(said: dict[str, Any], table: pd.DataFrame, lang: str) -> None:
    print(said[f"name_{lang}"])
    print(f"{said[f'method_{lang}']}\n{said[f'gaps_{lang}']}\n")
    for ranking, rows in table.groupby("ranking", sort=False):
        shown = [*SHOWN[:5], f"name_{lang}", *SHOWN[5:]]
        shown = [name for name in shown if rows[name].notna().any()]
        output.print_table(pd.DataFrame({"ranking": [ranking]}))
        output.print_table(rows[shown])
        _print_correlation(said["spearman"][ranking])
        for gap in said["differences"][ranking]:
            print(f"  {gap[f'name_{lang}']}: {gap[f'text_{lang}']}")
        print()
    held = pd.DataFrame(said["indicators"])
    output.print_table(
        held[["item", f"name_{lang}", "fit", "places", "first", "last", "sources"]]
    )
    share, wide = said["coverage"], said["coverage_with_stand_ins"]
    print(f"coverage {share:.0%}, with stand-ins {wide:.0%}")


def _print_correlation(found: dict[str, Any]) -> None:
    if found["value"] is None:
        print(f"Spearman -  (n = {found['n']})")
        return
    low, high = found["low"], found["high"]
    print(f"Spearman {found['value']:.2f} [{low:.2f}, {high:.2f}]  (n = {found['n']})")
