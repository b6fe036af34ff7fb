"""Published systems as tables for people: ranks, indicators, what else they say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from app.ui import columns
from app.ui.words import t
from data import Facts
from model import score
from model.lens_gaps import LEAST
from model.lenses import Compared, Lens
from model.score import Model

ORDER = [
    *("rank", "tier", "rating", "dated", "place", "score", "recomputed_rank"),
    *("range", "apart", "recomputed_score", "imputed", "learned", "locator"),
]


def ranks(made: Compared, learned: pd.Series | None, lang: str) -> pd.DataFrame:
    """Return a published ranking with ours, columns as in ``ORDER``, indexed by place.

    Parameters
    ----------
    made : Compared
    learned : Series or None
        Rank of each city in the learned ranking.
    lang : {"zh", "en"}
    """
    table = made.table
    rows = pd.DataFrame(
        {
            "rank": [_rank(row, lang) for row in table.itertuples()],
            "tier": table["tier"].astype("Int64"),
            "rating": [
                t(f"rating.is_{name}", lang) if name else "" for name in table["rating"]
            ],
            "dated": table["dated"],
            "place": table[f"name_{lang}"],
            "score": [_score(row, lang) for row in table.itertuples()],
            "recomputed_rank": table["recomputed_rank"].astype("Int64"),
            "range": [
                "" if pd.isna(low) else columns.span(int(low), int(high), lang)
                for low, high in zip(
                    table["recomputed_low"], table["recomputed_high"], strict=True
                )
            ],
            "apart": apart(table).astype("Int64"),
            "recomputed_score": table["recomputed_score"].round(1),
            "imputed": (100 * table["imputed"]).round(0),
            "locator": table["locator"],
        }
    ).set_axis(pd.Index(table["place"], name=None))
    if learned is not None:
        rows["learned"] = learned.reindex(rows.index).astype("Int64")
    empty = [
        name
        for name in rows
        if name != "locator" and (rows[name].isna() | rows[name].eq("")).all()
    ]
    return rows[[name for name in ORDER if name in rows and name not in empty]]


def apart(table: pd.DataFrame) -> pd.Series:
    """Return how many ranks lower (above 0) or higher we compute a place."""
    exact = table["rank"].where(table["rank_quality"] == "exact")
    return table["recomputed_rank"] - exact


def _rank(row: Any, lang: str) -> str:
    if pd.isna(row.rank):
        return ""
    if row.rank_quality == "under":
        return t("lens.rank_under", lang, rank=int(row.rank))
    return str(int(row.rank))


def _score(row: Any, lang: str) -> str:
    if pd.isna(row.score):
        return ""
    over = row.score_quality == "over"
    said = f"{row.score:g}" if row.score < 20 else f"{row.score:.2f}"
    return t("lens.score_over", lang, score=f"{row.score:g}") if over else said


def learned(model: Model, segment: str) -> pd.Series:
    """Return the learned rank of each city for a segment."""
    return score.ranking(model, segment, "city").set_index("place")["rank"]


def slope(made: Compared, lang: str) -> pd.DataFrame:
    """Return both ranks of each place of a ranking that has exact ones.

    Returns
    -------
    DataFrame
        ``place, name, published, recomputed`` (ranks), ``published_at,
        recomputed_at`` (their turn among the places drawn) and ``far``; none where
        nothing can be drawn.
    """
    table = made.table
    known = table[(table["rank_quality"] == "exact") & table["recomputed_rank"].notna()]
    return pd.DataFrame(
        {
            "place": known["place"],
            "name": known[f"name_{lang}"],
            "published": known["rank"].astype(int),
            "recomputed": known["recomputed_rank"].astype(int),
            "published_at": known["rank"].rank(method="first"),
            "recomputed_at": known["recomputed_rank"].rank(method="first"),
            "far": apart(known).abs() >= LEAST,
        }
    )


def indicators(
    facts: Facts, system: Lens, ranking: str, made: Compared, lang: str
) -> pd.DataFrame:
    """Return a ranking's indicators, how each is held, and what is used for it."""
    items, name = system.items, f"name_{lang}"
    rows = []
    for item in system.asked(system.rankings.at[ranking, "node"]):
        row, held = items.loc[item], made.held.status.loc[item]
        fit, above = str(held["fit"]), row["parent"]
        period = "–".join(sorted({held["first"], held["last"]} - {""}))
        if held["later"] and period:
            period = t("lens.later", lang, period=period)
        titles = columns.titles(facts, lang)
        found = [titles[source] for source in held["sources"].split("|") if source]
        rows.append(
            {
                "group": items.at[above, name] if above in items.index else "",
                "item": row[name],
                "fit": t(f"lens.fit_{fit}", lang),
                "stands": used(facts, system, item, fit, lang),
                "cities": f"{held['places']} / {len(made.held.values)}",
                "period": period,
                "sources": t("common.list_gap", lang).join(found),
            }
        )
    table = pd.DataFrame(rows)
    return table if table["group"].ne("").any() else table.drop(columns="group")


def used(facts: Facts, system: Lens, item: str, fit: str, lang: str) -> str:
    """Say which figure stands for an indicator."""
    row = system.items.loc[item]
    names = facts.indicators[f"name_{lang}"]
    if fit == "none":
        return ""
    if row["indicator"] and (fit == "same" and row["fit"] != "same"):
        return str(names[row["indicator"]])
    kind, *rest = row["measure"].split(":")
    if kind == "figure":
        return str(names[rest[0]])
    if kind == "sum":
        return t("lens.measure_sum", lang, name=names[rest[0]])
    if kind == "platforms" and rest[0] != "any":
        title = columns.titles(facts, lang)[rest[0]]
        return t("lens.measure_platforms_source", lang, source=title)
    if kind == "policies" and rest:
        return t("lens.measure_policies_source", lang)
    return t(f"lens.measure_{kind}", lang)


def missing(system: Lens, ranking: str, made: Compared, lang: str) -> list[str]:
    """Return the names of a ranking's indicators that are not to be had."""
    fit = made.held.status["fit"]
    return [
        str(system.items.at[item, f"name_{lang}"])
        for item in system.asked(system.rankings.at[ranking, "node"])
        if fit[item] == "none"
    ]


def strengths(facts: Facts, name: str, lang: str) -> pd.DataFrame:
    """Return the segments a report calls strong, by place; the strongest first."""
    rows = facts["strengths"].query("source_id == @name")
    rows = rows.sort_values(["grade", "level", "place"], ascending=[False, True, True])
    return pd.DataFrame(
        {
            "where": _where(facts, rows, lang),
            "segment": facts.segments[f"name_{lang}"].reindex(rows["segment"]).array,
            "grade": rows["grade"].astype(int).array,
            "locator": rows["locator"].array,
        }
    )


def strength_grid(facts: Facts, name: str, lang: str) -> pd.DataFrame:
    """Return the highest grade of each city and segment a report speaks of.

    Returns
    -------
    DataFrame
        ``name, segment, grade``; cities with most grades first.
    """
    rows = facts["strengths"].query("source_id == @name and level == 'city'")
    best = rows.groupby(["place", "segment"])["grade"].max().unstack()
    best = best.reindex(columns=[s for s in facts.segments.index if s in best])
    best = best.loc[best.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    long = best.rename_axis("place").reset_index().melt("place", value_name="grade")
    cities = facts.places.loc["city", f"name_{lang}"]
    names = facts.segments[f"name_{lang}"]
    order = {place: at for at, place in enumerate(best.index)}
    long = long.dropna().sort_values(
        "place", key=lambda place: place.map(order), kind="stable"
    )
    return pd.DataFrame(
        {
            "name": cities.reindex(long["place"]).to_numpy(),
            "segment": names.reindex(long["segment"]).to_numpy(),
            "grade": long["grade"].to_numpy(),
        }
    )


def shares(facts: Facts, name: str, lang: str) -> pd.DataFrame:
    """Return how a report splits a place's firms."""
    rows = facts["firm_shares"].query("source_id == @name and share == share")
    return pd.DataFrame(
        {
            "where": _where(facts, rows, lang),
            "category": rows["category"].array,
            "share": rows["share"].array,
            "period": rows["period"].array,
            "locator": rows["locator"].array,
        }
    )


def zones(facts: Facts, name: str, lang: str) -> pd.DataFrame:
    """Return the parks and areas a report names, with their focus."""
    rows = facts["zones"].query("source_id == @name")
    names = columns.area_names(facts, lang)
    return pd.DataFrame(
        {
            "where": [names[row.level, row.place] for row in rows.itertuples()],
            "zone": rows["name_zh"].array,
            "focus": rows["focus"].array,
            "locator": rows["locator"].array,
        }
    )


def _where(facts: Facts, rows: pd.DataFrame, lang: str) -> list[str]:
    names, known = columns.area_names(facts, lang), columns.zone_names(facts)
    zone = rows["zone"] if "zone" in rows else [""] * len(rows)
    return [
        known.get(inside, "") or names[level, place]
        for inside, level, place in zip(zone, rows["level"], rows["place"], strict=True)
    ]


MORE = {"strengths": strengths, "shares": shares, "zones": zones}
