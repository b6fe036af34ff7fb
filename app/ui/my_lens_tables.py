"""The user's own lens as tables for people: ranks, weights, tipping points."""

from __future__ import annotations

from typing import Any

import pandas as pd

from app.ui import columns, units
from app.ui.words import t
from data import Facts
from model.composite import ROOT, Index
from model.own_index import OwnRanking
from model.own_lens import CITY
from model.robustness import Draws
from model.tipping import Tipping

RANKS = [
    *("rank", "range", "place", "score", "top", "imputed", "learned", "apart"),
]
TOP = 10


def name_of(facts: Facts, row: str, lang: str) -> str:
    """Return what people call a pillar or an indicator of a lens."""
    bare = row.removeprefix(CITY)
    if bare not in facts.indicators.index:
        return t(f"common.pillar_{row}", lang)
    said = str(facts.indicators.at[bare, f"name_{lang}"])
    return said if bare == row else t("mine.of_city", lang, name=said)


def ranks(
    ours: OwnRanking,
    learned: pd.Series,
    drawn: Draws | None,
    names: dict[str, str],
    lang: str,
) -> pd.DataFrame:
    """Return the ranking by a lens beside the learned one, indexed by place.

    Parameters
    ----------
    ours : OwnRanking
    learned : Series
        Learned rank of each place among the same ones.
    drawn : Draws or None
        Of the same places.
    names : dict
        What each place is called.
    lang : {"zh", "en"}
    """
    table = ours.table.set_index("place", drop=False)
    rows = pd.DataFrame(
        {
            "rank": table["rank"],
            "place": table["place"].map(names),
            "score": table["score"].round(1),
            "imputed": (100 * table["imputed"]).round(0),
            "learned": learned.reindex(table.index).astype("Int64"),
        },
        index=table.index,
    )
    rows["apart"] = rows["learned"] - rows["rank"]
    if drawn is not None:
        held = drawn.range().reindex(rows.index)
        rows["range"] = [
            columns.span(int(low), int(high), lang)
            for low, high in zip(held["low"], held["high"], strict=True)
        ]
        rows["top"] = (100 * drawn.chance_first(TOP).reindex(rows.index)).round(0)
    return rows[[name for name in RANKS if name in rows]]


def removed(ours: OwnRanking, facts: Facts, lang: str) -> list[str]:
    """Say how many places each filter leaves out, and how many for want of a figure."""
    said = []
    for name, row in ours.removed.iterrows():
        what = str(name)
        if what.startswith("ceiling:"):
            indicator = what.removeprefix("ceiling:")
            what = t("mine.filter_ceiling", lang, name=name_of(facts, indicator, lang))
        else:
            what = t(f"mine.filter_{name}", lang)
        key = "mine.removed_unknown" if row["no_figure"] else "mine.removed"
        count = {"removed": int(row["removed"]), "unknown": int(row["no_figure"])}
        said.append(t(key, lang, what=what, **count))
    return said


def weights(
    ours: OwnRanking, whole: pd.DataFrame, held: pd.DataFrame, facts: Facts, lang: str
) -> pd.DataFrame:
    """Return every indicator on offer with its weight, its share and what it does.

    Parameters
    ----------
    ours : OwnRanking
    whole : DataFrame
        Every indicator on offer (see :func:`model.own_index.indicators`).
    held : DataFrame
        From :func:`model.influence.influence`.
    facts : Facts
    lang : {"zh", "en"}

    Returns
    -------
    DataFrame
        Indexed by id: ``pillar, item, unit, weight, ideal, total, nominal, real,
        missing, warning``; shares in percent.
    """
    lens = ours.lens
    rows = whole[whole["parent"] != ROOT]
    unit_names = []
    for row in rows.itertuples():
        unit = units.unit(row.unit, lang)
        unit_names.append(t("mine.per_head", lang, unit=unit) if row.per_head else unit)
    here = held.reindex(rows.index)
    warned = [
        warnings(facts, said, lang) if isinstance(said, tuple) else ""
        for said in here["warnings"]
    ]
    return pd.DataFrame(
        {
            "pillar": [t(f"common.pillar_{name}", lang) for name in rows["parent"]],
            "item": [name_of(facts, name, lang) for name in rows.index],
            "unit": unit_names,
            "weight": [lens.indicators.get(name, 1.0) for name in rows.index],
            "ideal": [lens.ideals.get(name) for name in rows.index],
            "total": [name in lens.totals for name in rows.index],
            "nominal": (100 * here["nominal"]).fillna(0.0).round(1),
            "real": (100 * here["real"]).fillna(0.0).round(1),
            "missing": (100 * here["missing"]).round(0),
            "warning": warned,
        },
        index=rows.index,
    ).astype({"ideal": float})


def warnings(facts: Facts, found: tuple[str, ...], lang: str) -> str:
    """Say in words what is odd about a weight."""
    twins = [
        name_of(facts, one.partition(":")[2], lang)
        for one in found
        if one.startswith("overlap:")
    ]
    said = [t(f"mine.warn_{one}", lang) for one in found if ":" not in one]
    if twins:
        gap = t("common.list_gap", lang)
        said.append(t("mine.warn_overlap", lang, others=gap.join(twins)))
    return t("common.list_gap", lang).join(said)


def tipping(
    point: Tipping, index: Index, names: dict[str, str], facts: Facts, lang: str
) -> str:
    """Say a tipping point in a sentence."""
    row = name_of(facts, point.row, lang)
    above = str(index.tree.table.at[point.row, "parent"])
    if above != ROOT:
        row = t("mine.row_in", lang, row=row, pillar=name_of(facts, above, lang))
    return t(
        f"mine.tip_{point.direction}",
        lang,
        leader=names[point.leader],
        follower=names[point.follower],
        row=columns.plain(row),
        shown=point.shown,
        now=f"{100 * point.now:.1f}",
    )


def figure(entry: dict[str, Any], lang: str) -> str:
    """Say a figure with its unit and year, or that there is none."""
    if entry["value"] is None:
        return t("mine.no_figure", lang)
    value = units.quantity(entry["value"], entry["unit"], lang)
    return t("mine.figure", lang, value=value, period=entry["period"])


def because(
    row: dict[str, Any], facts: Facts, titles: pd.Series, lang: str
) -> tuple[list[str], str]:
    """Say why a lens and the learned ranking differ on a place.

    Returns
    -------
    own : list of str
        The indicators that bring it up or down in the lens, with their figures.
    learned : str
        What presence and the pillars add in the learned ranking.
    """
    own = [
        t(
            "mine.because",
            lang,
            name=name_of(facts, one["id"], lang),
            points=f"{one['contribution']:+.1f}",
            figure=figure(one, lang),
            source=titles.get(one["source_id"], ""),
        )
        for one in row["own"]
    ]
    parts = sorted(row["learned"].items(), key=lambda part: -abs(part[1]))[:3]
    learned = [f"{t(f'common.pillar_{name}', lang)} {v:+.2f}" for name, v in parts]
    return own, t("common.list_gap", lang).join(learned)


def central(drawn: Draws, index: Index, place: str) -> pd.Series:
    """Return the weight of each pillar that puts a place first, in percent."""
    parents = index.tree.table["parent"]
    weight = drawn.central.loc[place]
    return 100 * weight.groupby(parents.reindex(weight.index)).sum()
