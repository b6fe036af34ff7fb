"""What a place has, and what the reports say of it, as tables for people."""

from __future__ import annotations

from typing import Any

import pandas as pd

from app.ui import columns
from app.ui.figures import held_by
from app.ui.words import t, words
from data import Facts
from data.catalog import year_ends
from data.overview import timeline

KINDS = ("policy", "platform", "designation", "zone")


def history(
    facts: Facts, level: str, place: str, lang: str, today: str, own: bool = False
) -> pd.DataFrame:
    """Return a place's zones, platforms, policies and designations in time order.

    Parameters
    ----------
    facts : Facts
    level, place : str
    lang : {"zh", "en"}
    today : str
        Month ``YYYY-MM``; a policy valid until an earlier one has ended.
    own : bool
        Whether to leave out what a district's city has.

    Returns
    -------
    DataFrame
        ``kind`` as in :data:`KINDS`, and text columns ``period, what, name, detail,
        until, where, source, locator``; newest first, undated ones last.
    """
    parts = [
        timeline(facts, at, code) for at, code in held_by(facts, level, place, own)
    ]
    rows = pd.concat(parts, ignore_index=True)
    # What other districts of its city have is not a district's.
    rows = rows[
        (rows["level"] != "district") | (level == "city") | (rows["place"] == place)
    ]
    order = rows["period"].replace("", "0000")
    rows = rows.loc[order.sort_values(ascending=False, kind="stable").index]
    rows = rows.reset_index(drop=True)
    names, zones = columns.area_names(facts, lang), columns.zone_names(facts)
    return pd.DataFrame(
        {
            "kind": rows["kind"],
            "period": [
                when(row.period, row.quality, lang) for row in rows.itertuples()
            ],
            "what": [what(row, lang) for row in rows.itertuples()],
            "name": rows["name"],
            "detail": rows["detail"],
            "until": [until(end, today, lang) for end in rows["until"]],
            "where": [
                columns.GAP.join(
                    part
                    for part in (zones.get(row.zone, ""), names[row.level, row.place])
                    if part
                )
                for row in rows.itertuples()
            ],
            "source": rows["source_id"].map(columns.titles(facts, lang)),
            "locator": rows["locator"],
        }
    )


def when(period: str, quality: str, lang: str) -> str:
    """Write a period, and whether it is about right or the latest it can be."""
    if not period:
        return t("detail.undated", lang)
    key = f"detail.period_{quality}"
    return t(key, lang, period=period) if key in words(lang) else period


def what(row: Any, lang: str) -> str:
    """Say what an entry of the timeline is."""
    platform, status = row.platform_kind, row.status
    said = t(f"platform.{platform}" if platform else f"detail.kind_{row.kind}", lang)
    return (
        f"{said}{columns.GAP}{t(f'detail.status_{status}', lang)}" if status else said
    )


def until(end: str, today: str, lang: str) -> str:
    """Say until when something holds, and whether that is over."""
    if not end:
        return ""
    over = year_ends(pd.Series([end])).iloc[0] < today
    return t("detail.ended" if over else "detail.until", lang, period=end)


def said_by_reports(
    facts: Facts, level: str, place: str, lang: str, own: bool = False
) -> pd.DataFrame:
    """Return the ranks, tiers, ratings and strengths that reports give a place.

    Returns
    -------
    DataFrame
        Text columns ``what, said, where, source, locator``, by source.
    """
    held = held_by(facts, level, place, own)
    if level == "city":
        # A municipality is spoken of as a province too.
        held.append(("province", place))
    parts = [
        part(_of(facts[table], held), lang, facts)
        for table, part in (
            ("rankings", _rankings),
            ("ratings", _ratings),
            ("strengths", _strengths),
            ("firm_shares", _shares),
        )
    ]
    both = pd.concat(parts, ignore_index=True)
    names, zones = columns.area_names(facts, lang), columns.zone_names(facts)
    both["where"] = [
        zones.get(row.zone, "") or names[row.level, row.place]
        for row in both.itertuples()
    ]
    both["source"] = both["source_id"].map(columns.titles(facts, lang))
    both = both.sort_values("source_id", kind="stable", ignore_index=True)
    return both[["what", "said", "where", "source", "locator"]].astype(object)


def _of(rows: pd.DataFrame, held: list[tuple[str, str]]) -> pd.DataFrame:
    mine = pd.MultiIndex.from_frame(rows[["level", "place"]]).isin(held)
    kept = rows[mine]
    # A column of all rows would bring them back where none is kept.
    return kept.assign(zone=kept.get("zone", ""))


def _told(rows: pd.DataFrame, what: list[str], said: list[str]) -> pd.DataFrame:
    kept = rows[["source_id", "level", "place", "zone", "locator"]]
    return kept.assign(what=what, said=said)


def ranking_name(name: str, lang: str) -> str:
    """Return what a published ranking is of; its id where no name is written."""
    return words(lang).get(f"ranking.{name}", name.replace("_", " "))


def _rankings(rows: pd.DataFrame, lang: str, facts: Facts) -> pd.DataFrame:
    said = []
    for row in rows.itertuples():
        parts = []
        if row.rank == row.rank:
            quality = (
                "" if row.rank_quality in ("", "exact") else f"_{row.rank_quality}"
            )
            parts.append(t(f"detail.rank{quality}", lang, rank=int(row.rank)))
        if row.tier == row.tier:
            parts.append(t("detail.tier", lang, tier=int(row.tier)))
        if row.score == row.score:
            parts.append(t("detail.report_score", lang, score=f"{row.score:g}"))
        said.append(t("common.list_gap", lang).join(parts))
    return _told(rows, [ranking_name(name, lang) for name in rows["ranking"]], said)


def _ratings(rows: pd.DataFrame, lang: str, facts: Facts) -> pd.DataFrame:
    return _told(
        rows,
        [t(f"rating.{name}", lang) for name in rows["dimension"]],
        [t(f"rating.is_{name}", lang) for name in rows["rating"]],
    )


def _strengths(rows: pd.DataFrame, lang: str, facts: Facts) -> pd.DataFrame:
    names = facts.segments[f"name_{lang}"]
    return _told(
        rows,
        [t("detail.strength", lang, segment=names[name]) for name in rows["segment"]],
        [t("detail.grade", lang, grade=int(grade)) for grade in rows["grade"]],
    )


def _shares(rows: pd.DataFrame, lang: str, facts: Facts) -> pd.DataFrame:
    rows = rows[rows["share"].notna()]
    what = [
        t("detail.share", lang, category=category, period=period)
        for category, period in zip(rows["category"], rows["period"], strict=True)
    ]
    said = [
        f"{share:g}%"
        if quality == "exact"
        else t(f"common.{quality}", lang, value=f"{share:g}%")
        for share, quality in zip(rows["share"], rows["quality"], strict=True)
    ]
    return _told(rows, what, said)
