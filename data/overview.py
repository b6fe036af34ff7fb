"""What the facts cover, how fresh they are, where they disagree and what is absent."""

from __future__ import annotations

import pandas as pd

from data.catalog import Facts
from data.schema import LEVELS

# Share of a level's places from which on an indicator is held broadly.
BROAD = 0.1
# Kinds of absence, what was looked for and is not to be had first.
ABSENCES = ("not_published", "not_listed", "not_collected", "not_applicable")
# Figures closer than this share are one figure, rounded.
ROUNDING = 1e-4
# What a figure speaks of.
WHERE = ["level", "place", "zone", "scope"]
SAME_FIGURE = [*WHERE, "indicator", "period"]
FIGURE_KEY = [*SAME_FIGURE, "source_id", "locator"]
OTHER_TABLES = (
    *("zones", "rankings", "ratings", "firm_shares", "policies", "platforms"),
    *("designations", "strengths", "absences", "place_changes"),
)


def catalogue(facts: Facts) -> pd.DataFrame:
    """Return how much is held of every indicator and how fresh it is.

    Returns
    -------
    DataFrame
        Indexed by indicator: ``figures, cities, districts, others`` (how many),
        ``first, last`` (periods), ``sources`` (ids joined by ``|``).
    """
    rows = pd.concat([facts["observations"], facts["area_figures"]], ignore_index=True)
    grouped = rows.groupby("indicator")
    own = facts["observations"].groupby(["indicator", "level"])["place"].nunique()
    by_level = own.unstack(fill_value=0)
    table = pd.DataFrame(
        {
            "figures": grouped.size(),
            "others": facts["area_figures"].groupby("indicator").size(),
            "first": grouped["period"].min(),
            "last": grouped["period"].max(),
            "sources": grouped["source_id"].agg(lambda ids: "|".join(sorted(set(ids)))),
        }
    )
    for column, level in (("cities", "city"), ("districts", "district")):
        table[column] = by_level.get(level, 0)
    counts = ["figures", "cities", "districts", "others"]
    table = table.reindex(facts.indicators.index)
    table[counts] = table[counts].fillna(0).astype(int)
    return table.fillna("")[[*counts, "first", "last", "sources"]]


def coverage(facts: Facts, level: str) -> pd.DataFrame:
    """Return the share of the broadly held indicators each place has, by pillar.

    Indicators of a few places alone are left out. One whose source names every place
    that has it counts as held everywhere: a place not named has none.

    Returns
    -------
    DataFrame of shape (places, pillars)
        From 0 to 1, NaN where the level has no indicator of the pillar.
    """
    entries = facts.indicators
    entries = entries[entries["levels"].map(lambda levels: level in levels)]
    complete = entries.index[entries["complete"].astype(bool)]
    held = _held(facts, level)
    entries = entries[entries.index.isin({*_broad(facts, held, level), *complete})]
    held = held[held["indicator"].isin(entries.index.difference(complete))]
    counts = held.groupby(["place", "pillar"]).size().unstack(fill_value=0)
    everywhere = entries.loc[complete].groupby("pillar").size()
    offered = entries.groupby("pillar").size()
    places = facts.places.loc[level].index
    counts = counts.reindex(index=places, columns=offered.index, fill_value=0)
    return counts.add(everywhere.reindex(offered.index).fillna(0)) / offered


def broad(facts: Facts) -> set[str]:
    """Return the indicators that many places of a level have."""
    return {
        name for level in LEVELS for name in _broad(facts, _held(facts, level), level)
    }


def _held(facts: Facts, level: str) -> pd.DataFrame:
    """Return one row for each indicator a place has, planned figures left out."""
    rows = facts.observations
    rows = rows[(rows["level"] == level) & (rows["status"] != "planned")]
    return rows.drop_duplicates(["place", "indicator"])


def _broad(facts: Facts, held: pd.DataFrame, level: str) -> list[str]:
    many = held["indicator"].value_counts()
    return list(many.index[many >= BROAD * len(facts.places.loc[level])])


def everything(facts: Facts) -> pd.DataFrame:
    """Return every figure: of places, zones, provinces and the country.

    Returns
    -------
    DataFrame
        Observations with ``zone`` and ``scope``, empty where they speak of a place.
    """
    areas = facts["area_figures"]
    pillar = areas["indicator"].map(facts.indicators["pillar"])
    own = facts.observations.assign(zone="", scope="")
    # An empty table's columns have no type of their own.
    parts = [part for part in (own, areas.assign(pillar=pillar)) if len(part)]
    return pd.concat(parts or [own], ignore_index=True)


def conflicts(facts: Facts) -> pd.DataFrame:
    """Return the figures that answer one question differently, side by side.

    Two kinds: ``same`` (one indicator, one place, one period, other values) and
    ``scope`` (indicators of one family, such as counts of AI firms by different
    scopes; the newest figure of each indicator and producer).

    Returns
    -------
    DataFrame
        Figures (see :func:`everything`) with ``kind``, ``question`` (indicator or
        family) and ``group``, which names a set of rows to be read together.
    """
    rows = everything(facts)
    known = rows[rows["status"] != "planned"]
    told = known.assign(bare=known["note"] == "").groupby(SAME_FIGURE)
    most, least = told["value"].transform("max"), told["value"].transform("min")
    # One source's rows with notes are parts or bounds, not other answers.
    apart = (told["source_id"].transform("nunique") > 1) | told["bare"].transform("any")
    differ = apart & (most - least > ROUNDING * most.abs())
    same = known.assign(kind="same", question=known["indicator"])[differ]
    family = known["indicator"].map(facts.indicators["family"]).fillna("")
    kin = known.assign(kind="scope", question=family)[family != ""]
    kin = kin.sort_values("period", kind="stable")
    # A yearbook's older volumes say nothing against its newest one.
    kin = kin.assign(producer=kin["source_id"].map(facts.sources["producer"]))
    kin = kin.drop_duplicates([*WHERE, "indicator", "producer"], keep="last")
    # A family may hold counts, amounts and shares: only like is set beside like.
    kin = kin.assign(measure=kin["unit"].str.removeprefix("万").str.removeprefix("亿"))
    asked = kin.groupby([*WHERE, "question", "measure"])["indicator"]
    kin = kin[asked.transform("nunique") > 1].drop(columns="producer")
    table = pd.concat([same, kin], ignore_index=True)
    last = table["period"].where(table["kind"] == "same", table["measure"])
    parts = [table[name] for name in ("kind", "question", *WHERE)]
    group = parts[0].str.cat([*parts[1:], last], sep=":")
    order = ["group", "period", "indicator", "source_id", "locator"]
    table = table.assign(group=group).drop(columns="measure")
    return table.sort_values(order, ignore_index=True)


def freshness(facts: Facts, level: str) -> pd.DataFrame:
    """Return the newest year of every indicator held at a level.

    Returns
    -------
    DataFrame
        Indexed by indicator: ``pillar``, ``year`` (of its newest figure) and
        ``places`` (how many have a figure of that year).
    """
    rows = facts.observations
    rows = rows[(rows["level"] == level) & (rows["status"] != "planned")]
    year = rows["period"].str[:4]
    newest = year == rows.assign(year=year).groupby("indicator")["year"].transform(
        "max"
    )
    rows = rows.assign(year=year)[newest]
    return rows.groupby("indicator").agg(
        pillar=("pillar", "first"), year=("year", "first"), places=("place", "nunique")
    )


def uses(facts: Facts) -> pd.DataFrame:
    """Return how many rows of each table rest on each source.

    Returns
    -------
    DataFrame
        Indexed by source: ``figures``, ``events`` (dated events of firms) and
        ``others`` (policies, platforms, zones, rankings and the like).
    """
    firms = facts.firms.drop_duplicates(["source_id", "locator", "firm", "place"])
    kinds = {
        "figures": [facts["observations"], facts["area_figures"]],
        "events": [firms, facts["outcomes"]],
        "others": [facts[name] for name in OTHER_TABLES],
    }
    counts = {
        kind: pd.concat([part["source_id"] for part in parts]).value_counts()
        for kind, parts in kinds.items()
    }
    table = pd.DataFrame(counts).reindex(facts.sources.index)
    return table.fillna(0).astype(int)


def absent(facts: Facts, level: str, place: str) -> pd.DataFrame:
    """Return the indicators without a figure for a place, each with why.

    Returns
    -------
    DataFrame
        ``indicator, pillar, kind, source_id, locator, broad``, by kind; kind is
        ``not_published``, ``not_listed`` (the source names every place that has it),
        ``not_collected`` or ``not_applicable`` (the figure does not exist at this
        level); broad is false for what only a few places have.
    """
    entries = facts.indicators
    there = facts.observations
    there = there[(there["level"] == level) & (there["place"] == place)]
    entries = entries[~entries.index.isin(there["indicator"])]
    ranked = entries["levels"].map(lambda levels: bool(set(LEVELS) & set(levels)))
    entries = entries[ranked.astype(bool)]
    kind = pd.Series("not_collected", index=entries.index)
    kind[entries["complete"].astype(bool)] = "not_listed"
    kind[~entries["levels"].map(lambda levels: level in levels)] = "not_applicable"
    said = facts["absences"]
    said = said[(said["level"] == level) & (said["place"] == place)]
    said = said.drop_duplicates("indicator", keep="last").set_index("indicator")
    said = said.reindex(entries.index)
    stated = said["kind"].notna()
    listed = entries["complete"].astype(bool)
    table = pd.DataFrame(
        {
            "indicator": entries.index,
            "pillar": entries["pillar"].to_numpy(),
            "kind": said["kind"].where(stated, kind).to_numpy(),
            "source_id": said["source_id"].fillna("").to_numpy(),
            "locator": said["locator"].fillna("").to_numpy(),
            "broad": (entries.index.isin(broad(facts)) | listed | stated).to_numpy(),
        }
    )
    order = table["kind"].map({name: at for at, name in enumerate(ABSENCES)})
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def timeline(facts: Facts, level: str, place: str) -> pd.DataFrame:
    """Return the zones, platforms, policies and designations of a place in time.

    A city's table holds those of its districts too, and a municipality's those told
    of it as a province; what a city has for all of it is left to the city.

    Returns
    -------
    DataFrame
        ``kind, period, quality`` (of the period), ``until, name, detail,
        platform_kind, status, zone, level, place, source_id, locator``, newest first,
        undated ones last.
    """
    codes = {(level, place)}
    if level == "city":
        districts = facts.places.loc["district"]
        inside = districts.index[districts["parent"] == place]
        codes |= {("district", code) for code in inside} | {("province", place)}
    parts = []
    for table, kind, columns in TIMELINE_TABLES:
        rows = facts[table]
        mine = pd.MultiIndex.from_frame(rows[["level", "place"]]).isin(codes)
        named = rows[mine].drop(columns="zone") if kind == "zone" else rows[mine]
        named = named.rename(columns=columns).assign(kind=kind)
        parts.append(named.reindex(columns=TIMELINE_COLUMNS).astype(object))
    both = pd.concat(parts, ignore_index=True).fillna("")
    order = both["period"].replace("", "0000")
    order = order.sort_values(ascending=False, kind="stable")
    return both.loc[order.index].reset_index(drop=True)


TIMELINE_COLUMNS = [
    *("kind", "period", "quality", "until", "name", "detail", "platform_kind"),
    *("status", "zone", "level", "place", "source_id", "locator"),
]
# Table, what its rows are, and how its columns are called in the timeline.
TIMELINE_TABLES: tuple[tuple[str, str, dict[str, str]], ...] = (
    (
        "policies",
        "policy",
        {
            "issued": "period",
            "issued_quality": "quality",
            "valid_until": "until",
            "title": "name",
            "issuer": "detail",
        },
    ),
    ("platforms", "platform", {"owner": "detail", "kind": "platform_kind"}),
    (
        "designations",
        "designation",
        {"designation": "name", "field": "detail", "period_quality": "quality"},
    ),
    ("zones", "zone", {"name_zh": "name", "focus": "detail"}),
)
