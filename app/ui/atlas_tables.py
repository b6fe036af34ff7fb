"""The map as tables: what is joined to the outlines, the zones, and the first ten."""

from __future__ import annotations

import math

import pandas as pd

from app.ui import columns
from app.ui.words import t
from data import Facts

# Shares of the list that a class of ranks ends at; the first are told apart best.
SHARES = (0.03, 0.1, 0.25, 0.5, 1.0)
FIRST = 10
# Zones named when pointed at.
ZONES = 6


def ends(count: int) -> list[int]:
    """Return the last rank of each class, for a list of some length."""
    return sorted({max(1, math.ceil(share * count)) for share in SHARES})


def classes(count: int, lang: str) -> list[str]:
    """Return the name of each class of ranks, best first."""
    last = ends(count)
    first = [1, *(rank + 1 for rank in last[:-1])]
    pairs = zip(first, last, strict=True)
    return [columns.span(low, high, lang) for low, high in pairs]


def joined(
    ranking: pd.DataFrame,
    areas: dict[str, str],
    names: dict[str, str],
    chosen: str,
    lang: str,
) -> pd.DataFrame:
    """Return what is joined to each outline, by code.

    Parameters
    ----------
    ranking : DataFrame
        A ranking; its ranks count from 1.
    areas : dict
        Chinese name of each outline, by code.
    names : dict
        Name of each place of ours, by code.
    chosen : str
        Code of the place that is outlined, or nothing.
    lang : {"zh", "en"}

    Returns
    -------
    DataFrame
        One row for each outline: ``code, name, group, rank, range, score, chosen``.
        An outline without a rank says so.
    """
    without = t("map.unranked", lang)
    last, said = ends(len(ranking)), classes(len(ranking), lang)
    ranks = ranking.set_index("place")
    groups = pd.cut(ranks["rank"], [0, *last], labels=said).astype(str)
    low, high = ranks["rank_low"], ranks["rank_high"]
    drawn = pd.Series(areas)
    told = pd.DataFrame(
        {
            "group": groups,
            "rank": [columns.span(rank, rank, lang) for rank in ranks["rank"]],
            "range": [
                columns.span(int(a), int(b), lang) if pd.notna(a) else "—"
                for a, b in zip(low, high, strict=True)
            ],
            "score": [f"{columns.below(s):.1f}" for s in ranks["score_100"]],
        },
        index=ranks.index,
    ).reindex(drawn.index)
    told["group"] = told["group"].fillna(without)
    told["rank"] = told["rank"].fillna(without)
    return (
        told.fillna("—")
        .assign(
            code=drawn.index,
            name=[names.get(code, area) for code, area in drawn.items()],
            chosen=drawn.index == chosen,
        )
        .reset_index(drop=True)
    )


def undrawn(ranking: pd.DataFrame, areas: dict[str, str]) -> list[str]:
    """Return the codes of the places that have a rank but no outline."""
    return [code for code in ranking["place"] if code not in areas]


def zones(facts: Facts, level: str, places: pd.Index, lang: str) -> pd.DataFrame:
    """Return how many zones the facts name at each place, and some of their names.

    No source gives a zone's coordinates: they stand at a point of their place. A
    zone that is placed in its city only is on no map of districts.

    Returns
    -------
    DataFrame
        ``code, name, lon, lat, count, zones``, most first.
    """
    rows = facts["zones"].drop_duplicates("zone")
    if level == "district":
        at = rows["place"].where(rows["level"] == "district", "")
    else:
        parents = facts.places.loc["district", "parent"]
        at = rows["place"].where(rows["level"] == "city", rows["place"].map(parents))
    rows = rows.assign(at=at)
    rows = rows[rows["at"].isin(places)]
    gap = t("common.list_gap", lang)
    found = []
    for code, names in rows.groupby("at")["name_zh"]:
        spot = facts.places.loc[(level, code)]
        said = gap.join(names.head(ZONES))
        if len(names) > ZONES:
            said = t("map.zones_more", lang, names=said, count=len(names))
        found.append(
            {
                "code": code,
                "name": columns.named(spot, lang),
                "lon": float(spot["lon"]),
                "lat": float(spot["lat"]),
                "count": len(names),
                "zones": said,
            }
        )
    table = pd.DataFrame(
        found, columns=["code", "name", "lon", "lat", "count", "zones"]
    )
    return table.sort_values("count", ascending=False, ignore_index=True)


def first(ranking: pd.DataFrame, names: dict[str, str], lang: str) -> pd.DataFrame:
    """Return the first places of a ranking as shown beside the map."""
    rows = ranking.sort_values("rank").head(FIRST)
    ranges = zip(rows["rank_low"], rows["rank_high"], strict=True)
    return pd.DataFrame(
        {
            "place": rows["place"].map(names).to_numpy(),
            "rank": rows["rank"].to_numpy(),
            "range": [
                f"{int(low)}–{int(high)}" if pd.notna(low) else "—"
                for low, high in ranges
            ],
            "score": rows["score_100"].map(columns.below).to_numpy(),
        },
        index=pd.Index(rows["place"], name="code"),
    )
