"""find-out: which missing figure of a place would change a decision."""

from __future__ import annotations

import argparse

import pandas as pd

from app.commands import output
from app.commands.folder import load_facts, ready
from app.commands.scenario import of_whom
from app.commands.what_if import heading
from app.ui.units import quantity
from app.ui.words import t
from model.unknowns import worth_finding_out


def find_out(args: argparse.Namespace) -> None:
    """Print the missing figures, those that change the decision most often first."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    segment, level, place = of_whom(facts, args, args.top)
    model = ready(facts, progress=output.progress)
    found = worth_finding_out(model, segment, level, place, args.top).head(args.most)
    if args.json:
        output.print_json(found.to_dict("records"))
        return
    print(heading(model, segment, level, place, args.lang))
    if found.empty:
        print(t("scenario.nothing_missing", args.lang))
        return
    values = {"top": args.top, "rank": found.at[0, "rank"]}
    print(t("scenario.find_out", args.lang, **values))
    output.print_table(table(found, args.lang))
    if not found["flips"].any():
        print("\n" + t("scenario.none_flips", args.lang, top=args.top))


def table(found: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the figures as people read them: how often, what was tried, what rank."""
    rows = [*found.itertuples()]
    tried = [
        [quantity(value, row.unit, lang) for value in (row.value_low, row.value_high)]
        for row in rows
    ]
    return pd.DataFrame(
        {
            "name": found[f"name_{lang}"],
            **{key: found[key] for key in ("indicator", "figure_level", "draws")},
            "flips": [f"{row.flips:.0%}" for row in rows],
            "interval": [f"{row.flips_low:.0%}-{row.flips_high:.0%}" for row in rows],
            "ranks": [f"{row.rank_low}-{row.rank_high}" for row in rows],
            "tried": [" - ".join(ends) for ends in tried],
        }
    )
