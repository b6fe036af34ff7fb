"""Why our computing of a published system puts a city elsewhere than it does."""

from __future__ import annotations

from typing import Any

import pandas as pd

from model import influence
from model.lenses import Compared, Lens
from model.wording import Text

# Ranks apart from which on a city is explained.
LEAST = 5
PARTS, GROUPS = 3, 1


def gaps(
    system: Lens, made: dict[str, Compared], ranking: str, least: int = LEAST
) -> list[dict[str, Any]]:
    """Explain every city whose two ranks lie far apart, the farthest first.

    The city is held against the one that we compute at the rank it was published
    with, the nearest to it where we compute fewer: their scores differ by what each
    indicator adds, and the parts sum to the gap. Beside it stand the system's own
    ranks of its groups, where it published them, and the indicators of which we hold
    no figure of the city.

    Returns
    -------
    list of dict
        ``place, name_zh, name_en, rank, recomputed_rank, recomputed_low,
        recomputed_high, versus, versus_rank, score_gap, parts: [{item, gap}],
        unknown: [item], stand_ins: [item], groups: [{ranking, rank,
        recomputed_rank}], text_zh, text_en``. ``gap`` is in points of 100.
    """
    table, index = made[ranking].table, made[ranking].index
    if index is None:
        return []
    exact = table[table["rank_quality"] == "exact"]
    exact = exact.assign(apart=(exact["rank"] - exact["recomputed_rank"]).abs())
    chosen = exact[exact["apart"] >= least]
    by_rank = {rank: place for place, rank in index.rank.items()}
    added = 100 * influence.contributions(index)
    found = []
    for row in chosen.sort_values(["apart", "rank"], ascending=[False, True]).to_dict(
        "records"
    ):
        near = _nearest(by_rank, int(row["rank"]), row["place"])
        if near is None:
            continue
        other = by_rank[near]
        parts = (added.loc[row["place"]] - added.loc[other]).sort_values(
            key=lambda part: -part.abs(), kind="stable"
        )
        entry = {
            "ranking": ranking,
            "place": row["place"],
            "name_zh": row["name_zh"],
            "name_en": row["name_en"],
            "rank": int(row["rank"]),
            "recomputed_rank": int(row["recomputed_rank"]),
            "recomputed_low": int(row["recomputed_low"]),
            "recomputed_high": int(row["recomputed_high"]),
            "versus": other,
            "versus_rank": near,
            "score_gap": float(parts.sum()),
            "parts": [{"item": name, "gap": float(v)} for name, v in parts.items()],
            **_grounds(system, made[ranking], row["place"], ranking),
            "groups": _groups(system, made, ranking, row["place"]),
        }
        said = _said(system, made, entry)
        found.append({**entry, "text_zh": said.zh, "text_en": said.en})
    return found


def _nearest(by_rank: dict[int, str], rank: int, place: str) -> int | None:
    """Return the computed rank nearest to a published one that another place has."""
    others = [held for held, name in by_rank.items() if name != place]
    return min(others, key=lambda held: abs(held - rank), default=None)


def _grounds(
    system: Lens, made: Compared, place: str, ranking: str
) -> dict[str, list[str]]:
    """Return the indicators without a figure of the place, and those stood in for."""
    node = system.rankings.at[ranking, "node"]
    items = system.asked(node)
    fit, values = made.held.status["fit"], made.held.values
    unknown = [n for n in items if fit[n] == "none" or pd.isna(values.at[place, n])]
    return {
        "unknown": unknown,
        "stand_ins": [
            name for name in items if fit[name] == "stand_in" and name not in unknown
        ],
    }


def _groups(
    system: Lens, made: dict[str, Compared], ranking: str, place: str
) -> list[dict[str, Any]]:
    """Return the groups below in which the two ranks differ, the farthest first."""
    node = system.rankings.at[ranking, "node"]
    below = system.items.index[system.items["parent"].isin(node.split("|"))]
    found = []
    for name in system.rankings.index:
        if system.rankings.at[name, "node"] not in below or name == ranking:
            continue
        rows = made[name].table
        rows = rows[(rows["place"] == place) & (rows["rank_quality"] == "exact")]
        for row in rows.dropna(subset=["rank", "recomputed_rank"]).itertuples():
            ranks = {"rank": int(row.rank), "recomputed_rank": int(row.recomputed_rank)}
            found.append({"ranking": name, **ranks})
    apart = [g for g in found if g["rank"] != g["recomputed_rank"]]
    return sorted(apart, key=lambda g: -abs(g["rank"] - g["recomputed_rank"]))


def _said(system: Lens, made: dict[str, Compared], entry: dict[str, Any]) -> Text:
    """Say in a few sentences what parts the two ranks."""
    names = system.items
    less = entry["score_gap"] < 0
    sign = -1 if less else 1
    parts = [part for part in entry["parts"] if sign * part["gap"] > 0.05][:PARTS]
    tables = (made[name].table for name in (system.rankings.index[0], entry["ranking"]))
    other = next(
        row
        for table in tables
        for row in table.to_dict("records")
        if row["place"] == entry["versus"]
    )
    low, high = entry["recomputed_low"], entry["recomputed_high"]
    inside = low <= entry["rank"] <= high
    zh = [
        f"原榜第{entry['rank']}，我们重算第{entry['recomputed_rank']}。"
        f"与重算排在第{entry['versus_rank']}的{other['name_zh']}相比"
        f"{'少' if less else '多'}{abs(entry['score_gap']):.1f}分"
    ]
    en = [
        f"Published #{entry['rank']}, computed #{entry['recomputed_rank']}. "
        f"{abs(entry['score_gap']):.1f} points "
        f"{'below' if less else 'above'} {other['name_en']}, which we compute at "
        f"#{entry['versus_rank']}"
    ]
    if parts:
        zh.append(
            "，主要在"
            + "、".join(
                f"{names.at[p['item'], 'name_zh']}（{p['gap']:+.1f}）" for p in parts
            )
        )
        en.append(
            ", mostly by "
            + ", ".join(
                f"{names.at[p['item'], 'name_en']} ({p['gap']:+.1f})" for p in parts
            )
        )
    zh.append(
        f"。换几种权重、尺度和填补，重算在第{low}至{high}之间，"
        f"{'含' if inside else '不含'}原榜名次。"
    )
    en.append(
        f". With other weights, scales and fillings it is #{low} to #{high}, which "
        f"{'holds' if inside else 'does not hold'} the published rank."
    )
    for group in entry["groups"][:GROUPS]:
        title = system.rankings.loc[group["ranking"]]
        zh.append(
            f"分项里{title['name_zh']}差得最多：原榜第{group['rank']}，"
            f"重算第{group['recomputed_rank']}。"
        )
        en.append(
            f" Of its groups {title['name_en']} differs most: published "
            f"#{group['rank']}, computed #{group['recomputed_rank']}."
        )
    # What is held of no city is told of the whole system, not of each city.
    fit = made[entry["ranking"]].held.status["fit"]
    listed = [names.loc[name] for name in entry["unknown"] if fit[name] != "none"]
    if listed:
        zh.append(
            f"有{len(listed)}项没有它的数字："
            + "、".join(str(row["name_zh"]) for row in listed)
            + "。"
        )
        en.append(
            f" No figure of it for {len(listed)}: "
            + ", ".join(str(row["name_en"]) for row in listed)
            + "."
        )
    return Text("".join(zh), "".join(en))
