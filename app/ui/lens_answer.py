"""Where a published ranking and ours differ most and why, in a few plain sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from app.ui import columns
from app.ui.units import quantity
from app.ui.words import t
from data import Facts
from model import lenses
from model.lenses import Compared, Lens

# Cities named, and how many indicators are told of each.
NAMED, PARTS = 3, 2
# What adds less than this many points of 100 explains nothing.
LEAST_PART = 0.05
YES_NO = "是/否"


def headline(found: Sequence[Mapping[str, Any]], lens: str, lang: str) -> str:
    """Say which cities' two ranks lie furthest apart, and by how many ranks.

    Parameters
    ----------
    found : sequence of dict
        From :func:`model.lens_gaps.gaps`, the furthest first.
    lens : str
        What the report is called.
    lang : {"zh", "en"}
    """
    gap = t("common.list_gap", lang)
    listed = gap.join(_apart(entry, lang) for entry in found[:NAMED])
    many = len(found)
    key = "lens.most_named" if many > NAMED else "lens.most_all"
    return t(key, lang, lens=lens, cities=listed, many=many)


def _apart(entry: Mapping[str, Any], lang: str) -> str:
    lower = entry["recomputed_rank"] - entry["rank"]
    return t(
        f"lens.city_{'lower' if lower > 0 else 'higher'}",
        lang,
        name=entry[f"name_{lang}"],
        rank=entry["rank"],
        ours=entry["recomputed_rank"],
        apart=abs(lower),
    )


def because(
    facts: Facts, system: Lens, made: Compared, entry: Mapping[str, Any], lang: str
) -> str:
    """Say which figures part a city from the one that we compute at its rank.

    Figures of both stand beside each other with their period and their source; where
    one has none, the median that fills its place is said to.

    Parameters
    ----------
    facts : Facts
    system : Lens
    made : Compared
        The ranking that the entry is of.
    entry : dict
        From :func:`model.lens_gaps.gaps`.
    lang : {"zh", "en"}
    """
    sign = np.sign(entry["score_gap"])
    telling = [p for p in entry["parts"] if sign * p["gap"] > LEAST_PART][:PARTS]
    other = _name(facts, entry["versus"], lang)
    parts = [
        t(
            "lens.part",
            lang,
            item=system.items.at[part["item"], f"name_{lang}"],
            mine=_figure(facts, system, made, part["item"], entry["place"], lang),
            other=other,
            theirs=_figure(facts, system, made, part["item"], entry["versus"], lang),
            source=_source(facts, made, part["item"], lang),
        )
        for part in telling
    ]
    said = {
        "name": entry[f"name_{lang}"],
        "other": other,
        "rank": entry["versus_rank"],
        "points": f"{abs(entry['score_gap']):.1f}",
    }
    way = "less" if sign < 0 else "more"
    if not parts:
        return t(f"lens.because_many_{way}", lang, **said)
    listed = t("lens.part_gap", lang).join(parts)
    return t(f"lens.because_{way}", lang, **said, parts=listed)


def _name(facts: Facts, place: str, lang: str) -> str:
    return columns.named(facts.places.loc[("city", place)], lang)


def _figure(
    facts: Facts, system: Lens, made: Compared, item: str, place: str, lang: str
) -> str:
    """Write what a city has of an indicator, or that the median fills its place."""
    value = made.held.values.at[place, item]
    if pd.isna(value):
        return t("lens.filled", lang)
    unit = _unit(facts, system, made, item)
    if unit == YES_NO:
        return t(f"compare.{'yes' if value else 'no'}", lang)
    return quantity(float(value), unit, lang)


def _unit(facts: Facts, system: Lens, made: Compared, item: str) -> str:
    """Return the unit of the figure that stands for an indicator, if it has one."""
    row, fit = system.items.loc[item], made.held.status.at[item, "fit"]
    kind, _, rest = row["measure"].partition(":")
    if row["indicator"] and fit == "same" and row["fit"] != "same":
        return str(facts.indicators.at[row["indicator"], "unit"])
    if kind in ("figure", "sum"):
        return str(facts.indicators.at[rest.split(":")[0], "unit"])
    return ""


def _source(facts: Facts, made: Compared, item: str, lang: str) -> str:
    """Name where the figures of an indicator are from, and of when."""
    held, titles = made.held.status.loc[item], columns.titles(facts, lang)
    names = [str(titles[name]) for name in held["sources"].split("|") if name]
    gap = t("common.list_gap", lang)
    shown = gap.join(names[:1])
    if len(names) > 1:
        shown = t("lens.sources_more", lang, title=shown, many=len(names))
    period = "–".join(sorted({held["first"], held["last"]} - {""}))
    if period and held["later"]:
        period = t("lens.later_cited", lang, period=period)
    return t("lens.cited", lang, source=shown, period=period) if period else shown


def sure(
    system: Lens,
    made: Compared,
    ranking: str,
    found: Sequence[Mapping[str, Any]],
    lang: str,
) -> str:
    """Say whether it is the way of computing that parts the ranks, and what we lack."""
    named = found[:NAMED]
    outside = [
        one
        for one in named
        if not one["recomputed_low"] <= one["rank"] <= one["recomputed_high"]
    ]
    strict, wide = lenses.coverage(
        system, made.held, system.rankings.at[ranking, "node"]
    )
    key = "all" if len(outside) == len(named) else "some" if outside else "none"
    gap = t("common.list_gap", lang)
    names = gap.join(one[f"name_{lang}"] for one in outside)
    said = t(f"lens.sure_{key}", lang, names=names)
    return said + t("lens.sure_held", lang, strict=strict, wide=wide)


def learned_most(
    table: pd.DataFrame, learned: pd.Series, lens: str, segment: str, lang: str
) -> str:
    """Say where a published ranking and the learned one differ most.

    Both count only the cities of the published ranking that have an exact rank.

    Parameters
    ----------
    table : DataFrame
        Of a :class:`model.lenses.Compared`.
    learned : Series
        Rank of each city in the learned ranking.
    lens, segment : str
        What the report and the segment are called.
    lang : {"zh", "en"}

    Returns
    -------
    str
        Nothing where fewer than :data:`model.lenses.FEWEST` cities can be set against
        each other.
    """
    exact = table[table["rank_quality"] == "exact"].dropna(subset="rank")
    exact = exact[exact["place"].isin(learned.index)]
    if len(exact) < lenses.FEWEST:
        return ""
    ranks = pd.DataFrame(
        {
            "name": exact[f"name_{lang}"],
            "theirs": exact["rank"].rank(method="min").astype(int),
            "ours": learned[exact["place"]].rank(method="min").astype(int).to_numpy(),
        }
    )
    apart = (ranks["ours"] - ranks["theirs"]).abs()
    most = ranks.loc[apart.sort_values(ascending=False, kind="stable").index].head(2)
    listed = [
        t("lens.learned_city", lang, name=row.name, theirs=row.theirs, ours=row.ours)
        for row in most.itertuples(index=False)
        if row.theirs != row.ours
    ]
    if not listed:
        return t("lens.learned_same", lang, lens=lens, segment=segment)
    joined = t("common.list_gap", lang).join(listed)
    many = len(ranks)
    return t(
        "lens.learned_most", lang, lens=lens, segment=segment, cities=joined, many=many
    )
