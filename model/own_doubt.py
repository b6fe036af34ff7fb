"""How firm the ranking by a lens is, figures being as good as their sources."""

from __future__ import annotations

import pandas as pd

from model import robustness, scaling, sensitivity
from model.composite import Index
from model.own_index import OwnRanking, figure_levels, figures
from model.robustness import Doubt, Draws
from model.score import Model

# Relative standard deviation of a figure, by the word that stands with it. Stated, not
# estimated: an exact figure is off by revisions and by digits misread in a scan.
BY_QUALITY = {"exact": 0.01, "about": 0.05, "over": 0.1, "under": 0.1}
# A figure read in a report about its source may be off this many times as much.
SECOND_HAND = 2.0
# Points of the Sobol indices: seconds at either level.
POINTS = {"city": 2048, "district": 512}
# The census long form asks one person in ten.
SAMPLED, SAMPLE = "人(抽样)", 0.1


def relative(model: Model, level: str) -> pd.DataFrame:
    """Return the relative standard deviation of each figure of a lens, places x ids.

    NaN where there is no figure. A count from a sample has, besides, the error of the
    sample: one over the root of those counted.
    """
    values = figures(model, level)
    parts = []
    for prefix, held in figure_levels(level).items():
        rows = model.tables[level].figures[held]
        second = rows["source_id"].map(model.known.sources["second_hand"]).astype(bool)
        off = rows["quality"].map(BY_QUALITY).fillna(BY_QUALITY["exact"])
        off = off.where(~second, off * SECOND_HAND)
        sampled = rows["unit"] == SAMPLED
        counted = rows["value"].where(sampled).clip(lower=1.0)
        off = (off**2 + ((1 - SAMPLE) / counted).fillna(0.0)) ** 0.5
        table = off.unstack()
        if prefix:
            table = _passed(model, table, values.index).add_prefix(prefix)
        parts.append(table)
    return pd.concat(parts, axis=1).reindex(index=values.index, columns=values.columns)


def _passed(model: Model, table: pd.DataFrame, places: pd.Index) -> pd.DataFrame:
    """Pass each city's rows to its districts."""
    parents = model.facts.places.loc["district", "parent"].reindex(places)
    return table.reindex(parents).set_axis(places)


def errors(model: Model, index: Index, level: str) -> pd.DataFrame:
    """Return the standard deviation of each normalised figure, places x indicators.

    How far a figure moves on its indicator's scale when it is off by its relative
    standard deviation, all others staying; 0 where there is none.
    """
    rows = index.tree.table.loc[index.tree.leaves]
    rows = rows.assign(treat=rows["treat"].replace("", "none"))
    needed = [*rows.index, *filter(None, rows["per_head"])]
    values = figures(model, level)[list(dict.fromkeys(needed))]
    moved = values * (1 + relative(model, level)[values.columns])
    before = scaling.treated(values, rows)
    # One by one: an indicator may be what another is taken relative to.
    after = {
        name: scaling.treated(values.assign(**{name: moved[name]}), rows.loc[[name]])
        for name in rows.index
    }
    apart = (pd.concat(after.values(), axis=1) - before).abs()
    width = before.max() - before.min()
    normal = index.normal[before.columns]
    share = apart / width.where(width > 0)
    return (share * (normal.max() - normal.min())).fillna(0.0)


def draws(model: Model, ours: OwnRanking, any_weights: bool = False) -> Draws:
    """Return the ranks that the places of a lens have among themselves, drawn anew.

    Parameters
    ----------
    model : Model
    ours : OwnRanking
    any_weights : bool
        Whether any weights are as likely, the way of computing staying (SMAA);
        otherwise all is varied near the lens's own choices, figures with errors.
    """
    lens, index = ours.lens, ours.index
    doubt = Doubt(any_weights=True, normalise=(), missing=())
    if not any_weights:
        doubt = Doubt(errors=errors(model, index, lens.level))
    drawn = robustness.simulate(
        figures(model, lens.level), index.tree, lens.method, doubt=doubt
    )
    return drawn.among(ours.table["place"])


def drivers(model: Model, ours: OwnRanking) -> pd.DataFrame:
    """Return the Sobol indices of the mean shift in rank, by kind of choice."""
    found = sensitivity.sobol(
        figures(model, ours.lens.level),
        ours.index.tree,
        ours.lens.method,
        first=0,
        n=POINTS[ours.lens.level],
    )
    return found[found["measure"] == sensitivity.SHIFT].reset_index(drop=True)


def reversals(model: Model, ours: OwnRanking) -> pd.DataFrame:
    """Return how the order of the others changes without each place."""
    return sensitivity.reversals(
        figures(model, ours.lens.level), ours.index.tree, ours.lens.method
    )
