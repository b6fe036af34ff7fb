"""what-if: where a place would rank if some figures were otherwise."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from app.commands import output, planned
from app.commands.backtest import RowsError, refusal
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from app.commands.scenario import CITY, UNKNOWN, of_whom, setting
from app.ui.units import unit
from app.ui.words import t
from model import what_if as model_what_if
from model.assumptions import Assumption
from model.score import Model
from model.what_if import WhatIf

# Of the other places, so many are printed; --json has all that moved.
OTHERS = 10


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


def what_if(args: argparse.Namespace) -> int:
    """Print where a place would rank if some figures were otherwise."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    segment, level, place = of_whom(facts, args)
    if not args.set and args.planned is None:
        raise UserError("set_none")
    asked = [setting(facts, level, place, said) for said in args.set or []]
    if args.planned:
        try:
            asked += planned.of_file(Path(args.planned), facts, level, place, args.lang)
        except RowsError as error:
            print(refusal(error, args.lang), file=sys.stderr)
            return 2
    elif args.planned is not None:
        asked += planned.of_facts(facts, level, place, args.lang)
    model = ready(facts, progress=output.progress)
    assumed = [one.assumption(model) for one in asked]
    found = model_what_if.what_if(model, segment, level, place, assumed)
    if args.json:
        output.print_json(found.as_json())
    else:
        _print(model, found, args.lang)
    return 0


def heading(model: Model, segment: str, level: str, place: str, lang: str) -> str:
    """Name the place, the segment, and the month up to which facts are known."""
    name = f"name_{lang}"
    of_place = model.facts.places.at[(level, place), name]
    of_segment = model.facts.segments.at[segment, name]
    return f"{of_place} ({place})  {of_segment} ({segment})  {model.as_of}"


def ranked(rank: int, low: float | None, high: float | None) -> str:
    """Write a rank, with its 90% range where there is one."""
    if low is None or high is None or pd.isna(low):
        return f"#{rank}"
    return f"#{rank} [{int(low)}-{int(high)}]"


def raw(value: float) -> str:
    """Write a figure in the indicator's own unit, as ``--set`` takes it."""
    return UNKNOWN if np.isnan(value) else f"{value:,.10g}"


def _print(model: Model, found: WhatIf, lang: str) -> None:
    print(heading(model, found.segment, found.level, found.place, lang))
    print(t("scenario.rests", lang) + "\n")
    output.print_table(_figures(model, found.assumed, lang))
    if not found.assumed["read"].any():
        print("\n" + t("scenario.none_read", lang))
    row = found.places.loc[found.place]
    ranks = {
        when: ranked(row[f"rank_{when}"], row[f"low_{when}"], row[f"high_{when}"])
        for when in ("before", "after")
    }
    print("\n" + t("scenario.rank", lang, **ranks))
    scores = {when: f"{row[f'score_{when}']:+.3f}" for when in ("before", "after")}
    print(t("scenario.score", lang, **scores))
    _print_parts(found, lang)
    _print_others(model, found, lang)


def _figures(model: Model, assumed: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return what is assumed as people read it, in the units ``--set`` takes."""
    # Of a list that names every place that has something, a figure hidden is none.
    complete = model.facts.indicators["complete"].reindex(assumed["indicator"])
    zero = (assumed["after"].isna() & complete.to_numpy(bool)).map({True: " (0)"})
    after = assumed["after"].map(raw) + zero.fillna("")
    return pd.DataFrame(
        {
            "name": assumed[f"name_{lang}"],
            **{name: assumed[name] for name in ("level", "place", "indicator")},
            "unit": [unit(one, lang) for one in assumed["unit"]],
            "before": assumed["before"].map(raw),
            "after": after,
            "basis": t("scenario.assumption", lang),
            "ranking": [
                t(f"scenario.read_{'yes' if one else 'no'}", lang)
                for one in assumed["read"]
            ],
        }
    )


def _print_parts(found: WhatIf, lang: str) -> None:
    """Print the pillars that change, and the reasons before and after."""
    pillars = found.pillars[found.pillars["change"].round(3) != 0].reset_index()
    if pillars.empty:
        print("\n" + t("scenario.pillars_same", lang))
        return
    pillars["pillar"] = [t(f"common.pillar_{one}", lang) for one in pillars["pillar"]]
    print("\n" + t("scenario.pillars", lang))
    output.print_table(pillars[["pillar", "before", "after", "change"]])
    for when in ("before", "after"):
        print("\n" + t(f"scenario.reasons_{when}", lang))
        for reason in getattr(found, f"reasons_{when}"):
            print(f"  {reason['contribution']:+.2f}  {reason[f'text_{lang}']}")


def _print_others(model: Model, found: WhatIf, lang: str) -> None:
    """Print the other places whose rank changes, the first of them."""
    others = found.places[found.places["moved"] != 0]
    others = others.drop(index=found.place, errors="ignore")
    if others.empty:
        print("\n" + t("scenario.others_none", lang))
        return
    first = others.sort_values("rank_before").head(OTHERS)
    names = model.facts.places.loc[found.level][f"name_{lang}"]
    table = first.reset_index()[["place", "rank_before", "rank_after", "moved"]]
    table.insert(1, "name", list(names.loc[first.index]))
    print("\n" + t("scenario.others", lang, count=len(others), shown=len(first)))
    output.print_table(table)
