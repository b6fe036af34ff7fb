"""Official algorithm filings: from the raw lists to AI segments.

The rules themselves are data: ``data/filing_rules.toml`` explains and lists them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

RULES_PATH = Path(__file__).resolve().parent.parent / "filing_rules.toml"
TEXT_COLUMNS = ("algorithm", "product", "purpose", "firm")
RAW_COLUMNS = {"algorithmName": "algorithm", "entityName": "firm"}
ROLES = {"服务技术支持者": "supporter", "服务提供者": "provider"}
# Two cities have no districts: they stand as their own district.
CITY_CODES = {"441901": "441900", "442001": "442000"}
FILING_COLUMNS = ["record_number", "month", "place", "firm", "product", "role"]

# Where a kind of pattern is sought, and the levels of evidence, strongest first.
STATED = ("purpose", "algorithm", "product")
TITLES = ("algorithm", "product")
FIELDS_OF = {"words": STATED, "hints": STATED, "titles": TITLES, "brands": TITLES}
FIELDS_OF["firms"] = ("firm",)
TIERS = (("words", "titles"), ("brands", "firms"), ("hints",))

BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
# The part of a purpose that tells what is handed in, up to what comes out.
INPUT_PART = re.compile(
    r"(?:^|[，,])(?:服务于[^，,]*[，,])?"
    r"(?:根据|通过|基于|结合|将|接收|使用|利用|依据|按照|针对|提取|对)"
    r"[^。；]*?(?=生成|输出|得到|实现|合成|转换|转化|识别|返回|$)"
)

Pattern = re.Pattern[str]


@dataclass(frozen=True)
class Segment:
    """One compiled segment rule."""

    name: str
    domain: bool
    beside: bool
    patterns: dict[str, Pattern]


@dataclass(frozen=True)
class Rules:
    """All compiled rules, segments in file order."""

    segments: tuple[Segment, ...]
    weights: dict[str, int]
    max_domains: int
    max_technologies: int
    products_read: int
    erase: Pattern
    closed_by: Pattern
    opened_by: Pattern


def _compile(alternatives: Iterable[str]) -> Pattern:
    return re.compile("|".join(alternatives), re.IGNORECASE)


def _segment(name: str, table: dict[str, Any]) -> Segment:
    patterns = {k: _compile(v) for k, v in table.items() if isinstance(v, list)}
    domain = table["kind"] == "domain"
    return Segment(name, domain, table.get("beside", False), patterns)


@lru_cache(maxsize=4)
def load_rules(path: Path | None = None) -> Rules:
    """Read and compile the rules (cached).

    Parameters
    ----------
    path : Path, optional
        Rule file; the shipped ``filing_rules.toml`` by default.
    """
    raw = tomllib.loads((path or RULES_PATH).read_text(encoding="utf-8"))
    return Rules(
        segments=tuple(_segment(name, t) for name, t in raw["segments"].items()),
        weights=raw["weights"],
        erase=_compile(raw["erase"]["phrases"]),
        closed_by=_compile(raw["technology_gate"]["closed_by"]),
        opened_by=_compile(raw["technology_gate"]["opened_by"]),
        **raw["settings"],
    )


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Give one text column, stripped; missing and ``--`` become empty."""
    if name not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    text = frame[name].astype(object).where(frame[name].notna(), "")
    return text.astype(str).str.strip().replace("--", "")


def _texts(frame: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Prepare the texts the patterns are sought in."""
    texts = pd.DataFrame({name: _column(frame, name) for name in TEXT_COLUMNS})
    names = texts["product"].str.replace(BRACKETS, "", regex=True).str.split("、")
    texts["product"] = names.str[: rules.products_read].str.join("、")
    texts = texts.apply(lambda column: column.str.replace(rules.erase, " ", regex=True))
    name, purpose = texts["algorithm"] + "。", texts["purpose"]
    texts["opening"] = name + purpose.str.split("[，,]", n=1).str[0]
    texts["makes"] = name + purpose.str.replace(INPUT_PART, "，", regex=True)
    texts["stated"] = name + purpose
    texts["whole"] = texts["stated"] + "。" + texts["product"]
    return texts


def _has(text: pd.Series, pattern: Pattern | None) -> pd.Series:
    """Tell in which texts the pattern occurs (nowhere for no pattern)."""
    if pattern is None:
        return pd.Series(False, index=text.index)
    return text.map(lambda value: pattern.search(value) is not None).astype(bool)


def _evidence(
    texts: pd.DataFrame, segment: Segment, tier: Iterable[str], weights: dict[str, int]
) -> pd.Series:
    """Sum the weights of the fields that speak for a domain at one level."""
    score = pd.Series(0, index=texts.index)
    for field, weight in weights.items():
        keys = [key for key in tier if field in FIELDS_OF[key]]
        hits = [_has(texts[field], segment.patterns.get(key)) for key in keys]
        if hits:
            score += weight * pd.concat(hits, axis=1).any(axis=1)
    return score.mask(_has(texts["whole"], segment.patterns.get("exclude")), 0)


def _domain_scores(texts: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Score every domain; a weaker level only where none was found before."""
    domains = [segment for segment in rules.segments if segment.domain]
    sectors = [segment.name for segment in domains if not segment.beside]
    scores = pd.DataFrame(0, index=texts.index, columns=[s.name for s in domains])
    for tier in TIERS:
        still_open = ~scores[sectors].gt(0).any(axis=1)
        if not still_open.any():
            break
        for segment in domains:
            new = _evidence(texts[still_open], segment, tier, rules.weights)
            scores.loc[still_open, segment.name] += new
    return scores


def _technologies(texts: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Mark the technologies, from what the algorithm makes."""
    gate = ~_has(texts["opening"], rules.closed_by)
    gate |= _has(texts["opening"], rules.opened_by)
    marks, fallbacks = {}, {}
    for segment in rules.segments:
        if segment.domain:
            continue
        seek = segment.patterns.get
        makes = texts["makes"]
        if erase := seek("erase"):
            makes = makes.str.replace(erase, " ", regex=True)
        hit = _has(makes, seek("makes")) | _has(texts["whole"], seek("words"))
        hit |= _has(texts["purpose"], seek("input_only"))
        allowed = gate & ~_has(texts["stated"], seek("exclude"))
        marks[segment.name] = hit & allowed
        fallbacks[segment.name] = _has(texts["stated"], seek("fallback")) & allowed
    table = pd.DataFrame(marks)
    none_yet = ~table.any(axis=1)
    return table.mask(none_yet, pd.DataFrame(fallbacks))


def assign_segments(frame: pd.DataFrame, rules: Rules | None = None) -> pd.Series:
    """Assign AI segments to filings.

    Parameters
    ----------
    frame : DataFrame
        Columns ``algorithm``, ``product``, ``purpose``, ``firm``; missing columns
        and missing text count as empty.
    rules : Rules, optional
        Compiled rules; the shipped ones by default.

    Returns
    -------
    Series
        One tuple of segment ids per row, the primary one first; may be empty.
    """
    rules = rules or load_rules()
    # Rows are numbered afresh so that a repeated index does no harm.
    texts = _texts(frame.reset_index(drop=True), rules)
    scores, marks = _domain_scores(texts, rules), _technologies(texts, rules)
    rows = []
    for score, mark in zip(scores.to_numpy(), marks.to_numpy(), strict=True):
        # A stable sort keeps the order of the rule file for equal scores.
        order = (-score).argsort(kind="stable")[: rules.max_domains]
        domains = scores.columns[order[score[order] > 0]]
        rows.append((*domains, *marks.columns[mark][: rules.max_technologies]))
    return pd.Series(rows, index=frame.index, dtype=object, name="segments")


def read_filings(
    frame: pd.DataFrame, known_places: Collection[str] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn a raw official list into one row per filing.

    Parameters
    ----------
    frame : DataFrame
        Raw list under the official column names (``algorithmName``, ``role``, ...).
    known_places : collection of str, optional
        Known district codes; without it every six-digit code is accepted.

    Returns
    -------
    tuple of DataFrame
        The filings, sorted by month and record number, and the rejected record
        numbers with ``record_number``, ``place`` and ``reason``.
    """
    raw = frame.rename(columns=RAW_COLUMNS)
    table = pd.DataFrame({name: _column(raw, name) for name in TEXT_COLUMNS})
    table["record_number"] = _column(raw, "recordNumber")
    table["date"] = _column(raw, "announcementDate")
    table["month"] = table["date"].str[:7]
    role = _column(raw, "role").str.extract(f"({'|'.join(ROLES)})", expand=False)
    table["role"] = role.map(ROLES).fillna("")
    table = table.sort_values(["date", "record_number"], kind="stable")
    table = table.drop_duplicates("record_number").reset_index(drop=True)
    code = table["record_number"].str.extract(r"^网信算备(\d{6})\d", expand=False)
    table["place"] = code.fillna("").replace(CITY_CODES)
    table["reason"] = ""
    if known_places is not None:
        unknown = ~table["place"].isin(set(known_places))
        table.loc[unknown, "reason"] = "unknown district code"
    table.loc[~table["month"].str.fullmatch(r"\d{4}-\d{2}"), "reason"] = "no month"
    table.loc[table["place"] == "", "reason"] = "no district code"
    rejected = table["reason"] != ""
    good = table[~rejected].sort_values(["month", "record_number"], ignore_index=True)
    filings = good[FILING_COLUMNS].assign(segments=assign_segments(good).map("|".join))
    rejects = table.loc[rejected, ["record_number", "place", "reason"]]
    return filings, rejects.reset_index(drop=True)
