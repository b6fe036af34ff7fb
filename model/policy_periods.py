"""Known policies, each once, with the period it states and its state at a month."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pandas as pd

from data import Facts
from features.as_of import shift
from model.measures import DOCUMENT, SIGNS
from model.wording import Text

YEAR = 12
STATES = {
    "running": Text("在期内", "running"),
    "ends_within_a_year": Text("一年内到期", "ending within a year"),
    "ended": Text("写明的期限已过", "past their stated end"),
    "no_stated_end": Text("没有写明期限", "without a stated end"),
    "planned": Text("草案或尚未开始", "drafts or not begun"),
    "later": Text("此月之后才发布", "issued after this month"),
}
# States of a policy that has been there; the others have no share.
THERE = ("running", "ends_within_a_year", "ended", "no_stated_end")
DATED = THERE[:3]

# A title that speaks of AI as a whole; a plan for what is only digital does not.
GENERAL = re.compile(
    "人工智能|智能科技|智能产业|智慧产业|大模型|算力|(?<![A-Za-z])AI(?![A-Za-z])"
)
WHOLE = "人工智能(综合)"

MONTH = re.compile(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])")
_NUMBER = re.compile(r"[〔\[【(][0-9]{4}[〕\]】)]\s*第?[0-9—-]+\s*号")
_DASH = r"\s*(?:[-‐‑‒–—―−~〜至到]\s*){1,2}"
# Possessive: what belongs to a year is never given back to find a shorter range.
_MONTH = r"\s*+([0-9]{1,2})\s*+月(?:\s*+[0-9]{1,2}\s*+日)?+"
_POINT = rf"([0-9]{{4}})\s*+(?:年度?+(?:{_MONTH})?+)?+"
_RANGE = re.compile(rf"(?<![0-9]){_POINT}{_DASH}{_POINT}(?![0-9]|{_DASH}[0-9])")
_BEFORE = re.compile(rf"[0-9]年?{_DASH}$")
_YEAR_SIGN = re.compile("(?<=[0-9])年")
FIRST_YEAR, LAST_YEAR, LONGEST = 1980, 2099, 30


def stated_years(title: str) -> tuple[str, str] | None:
    """Return the range of years (or months) that a title names, if it names one.

    ``（2019-2022年）``, ``2020 — 2022`` and ``2024年7月至2026年12月`` are ranges. A
    single year, 三年行动计划 alone, 十四五, an edition (2025年版) and the number of a
    document are none; nor are two different ranges in one title, as it is not said
    which is the policy's own.

    Returns
    -------
    tuple of (str, str) or None
        First and last period, ``YYYY`` or ``YYYY-MM``.
    """
    plain = _NUMBER.sub(" ", unicodedata.normalize("NFKC", title))
    found = set()
    for match in _RANGE.finditer(plain):
        if _BEFORE.search(plain, 0, match.start()):
            return None
        first, last = _point(*match.group(1, 2)), _point(*match.group(3, 4))
        if not first or not last:
            return None
        found.add((first, last))
    if len(found) != 1:
        return None
    first, last = found.pop()
    ordered = first_month(first) <= last_month(last)
    near = int(last[:4]) - int(first[:4]) <= LONGEST
    known = int(first[:4]) >= FIRST_YEAR and int(last[:4]) <= LAST_YEAR
    return (first, last) if ordered and near and known else None


def _point(year: str, month: str | None) -> str:
    """Return a period; nothing when there is no such month."""
    if month is None:
        return year
    return f"{year}-{int(month):02d}" if 1 <= int(month) <= YEAR else ""


def first_month(period: str) -> str:
    """Return the first month of a year or month."""
    return period[:7] if len(period) >= 7 else f"{period}-01"


def last_month(period: str) -> str:
    """Return the last month of a year or month."""
    return period[:7] if len(period) >= 7 else f"{period}-12"


def check_month(month: str) -> str:
    """Return a month as it is.

    Raises
    ------
    ValueError
        When it is not written ``YYYY-MM``, or not of our two centuries.
    """
    if not MONTH.fullmatch(month):
        raise ValueError(f"no month: {month!r}")
    return month


def policies(facts: Facts, today: str) -> pd.DataFrame:
    """Return every known policy once, with its state at a month.

    Rows of one place whose titles differ in signs or the document's number alone are
    one policy: its end is what a row's ``valid_until`` says (the latest, when they
    differ), else the range of years in a title.

    Parameters
    ----------
    facts : Facts
    today : str
        Month, ``YYYY-MM``. A policy is in its period up to its last month.

    Returns
    -------
    DataFrame
        ``level, place, zone, title, issuer, issued, issued_quality, from, until,
        period_by`` (``data``, ``title`` or nothing), ``disagree`` (rows name other
        ends), ``segments`` and ``topics`` (tuples), ``state, why`` (of ``planned``:
        ``draft, announced, begins_later``), ``sources`` (tuple of id and locator).
    """
    same: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in facts["policies"].to_dict("records"):
        key = (row["level"], row["place"], _bare(row["title"]))
        same.setdefault(key, []).append(row)
    merged = [_merged(rows) for rows in same.values()]
    for one in merged:
        one["state"], one["why"] = _state(one, check_month(today))
    return pd.DataFrame(merged, columns=COLUMNS)


COLUMNS = [
    *("level", "place", "zone", "title", "issuer", "issued", "issued_quality"),
    *("from", "until", "period_by", "disagree", "segments", "topics"),
    *("state", "why", "sources"),
]


def _bare(title: str) -> str:
    """Return a title without signs, the number of its document and 年 of a year."""
    plain = unicodedata.normalize("NFKC", title).strip()
    return _YEAR_SIGN.sub("", SIGNS.sub("", DOCUMENT.sub("", plain))) or plain


def _merged(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one policy that some rows speak of."""
    data = [row["valid_until"] for row in rows if row["valid_until"]]
    said = [span for row in rows if (span := stated_years(row["title"]))]
    named = [*data, *(last for _, last in said)]
    ends = data or named
    starts = [row["valid_from"] for row in rows if row["valid_from"]]
    starts = starts or [first for first, _ in said]
    # The most exact month of issue, the earliest of two.
    dates = [row for row in rows if row["issued"]]
    dated = min(dates, key=lambda r: (-len(r["issued"]), r["issued"]), default=rows[0])
    final = [row for row in rows if not row["status"]]
    told = {name: [row[name] for row in rows if row[name]] for name in rows[0]}
    segments = "|".join(told["segments"]).split("|")
    topics = "、".join(told["topics"]).split("、")
    return {
        **{name: rows[0][name] for name in ("level", "place", "title")},
        **{name: (told[name] or [""])[0] for name in ("zone", "issuer")},
        "issued": dated["issued"],
        "issued_quality": dated["issued_quality"],
        "from": min(starts, key=first_month, default=""),
        "until": max(ends, key=last_month, default=""),
        "period_by": "data" if data else "title" if said else "",
        "disagree": len({last_month(end) for end in named}) > 1,
        "segments": tuple(dict.fromkeys(filter(None, segments))),
        "topics": tuple(dict.fromkeys(filter(None, topics))),
        "why": "" if final else rows[0]["status"],
        "sources": tuple((row["source_id"], row["locator"]) for row in rows),
    }


def _state(policy: dict[str, Any], today: str) -> tuple[str, str]:
    """Return the state of a policy at a month, and why it is only planned."""
    issued, until = policy["issued"], policy["until"]
    # ``under``: in that month or before it.
    if issued and policy["issued_quality"] != "under" and first_month(issued) > today:
        return "later", ""
    if policy["why"]:
        return "planned", str(policy["why"])
    if policy["from"] and first_month(policy["from"]) > today:
        return "planned", "begins_later"
    if not until:
        return "no_stated_end", ""
    if last_month(until) < today:
        return "ended", ""
    soon = last_month(until) <= shift(today, YEAR)
    return "ends_within_a_year" if soon else "running", ""


def relation(policy: Any, segment: str | None) -> str:
    """Return what a policy has to do with a segment.

    ``names`` it; ``general``: filed under AI as a whole, or named for no segment and
    with AI in its title; ``other`` else. Without a segment all are ``general``.
    """
    if segment is None:
        return "general"
    if segment in policy.segments:
        return "names"
    spoken = not policy.segments and GENERAL.search(
        " ".join([unicodedata.normalize("NFKC", policy.title), *policy.topics])
    )
    return "general" if WHOLE in policy.topics or spoken else "other"


def holders(facts: Facts, level: str, place: str) -> dict[str, tuple[str, str]]:
    """Return whose policies reach a place: ``own``, its ``city``'s, ``province``'s."""
    row = facts.places.loc[(level, place)]
    found = {"own": (level, place)}
    if level == "district" and ("city", row["parent"]) in facts.places.index:
        found["city"] = ("city", str(row["parent"]))
    return {**found, "province": ("province", str(row["province"]))}


def tallies(facts: Facts, table: pd.DataFrame, level: str) -> pd.DataFrame:
    """Count the policies that reach each place of a level, places x states.

    Parameters
    ----------
    facts : Facts
    table : DataFrame
        From :func:`policies`, or some of it.
    level : {"city", "district"}
    """
    counts = table.groupby(["level", "place", "state"]).size().unstack()
    counts = counts.reindex(columns=list(STATES))
    places = facts.places.loc[level]
    chain = {level: places.index, "province": places["province"]}
    if level == "district":
        chain["city"] = places["parent"]
    found = pd.DataFrame(0, places.index, list(STATES))
    for at, codes in chain.items():
        keys = pd.MultiIndex.from_arrays([[at] * len(codes), list(codes)])
        found += counts.reindex(keys).fillna(0).to_numpy(int)
    return found
