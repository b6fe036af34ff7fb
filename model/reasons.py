"""Reasons in plain words: a figure, its year, where it stands, its source."""

from __future__ import annotations

from typing import Any

import numpy as np

from features.lineage import origin
from model.evidence import (
    PRESENCE,
    citations,
    figure,
    holder,
    outcome_counts,
    pillar_of,
    statements,
)
from model.explain import Parts
from model.score import Model
from model.wording import SAMPLED, Text, number, quantity, ratio

REASONS = 3
PRESENCE_REASONS = 2
# In logs: a share a fifth above or below the national one.
LEAN_WORTH_SAYING = 0.2


def standing(model: Model, feature: str, level: str, place: str) -> Text:
    """Say where a place's figure stands among all places that have one."""
    source = origin(feature, level)
    at_place = holder(model, source.level, level, place)
    if source.kind in ("flag", "observed"):
        return Text("", "")
    ranks = model.standings[source.level][f"{source.kind}:{source.indicator}"]
    rank, count = int(ranks[at_place]), int(ranks.count())
    kind = (
        Text("城市", "cities") if source.level == "city" else Text("区县", "districts")
    )
    return Text(
        f"，居{count}个{kind.zh}第{rank}位",
        f", #{rank} of {count} {kind.en}",
    )


def indicator_text(model: Model, feature: str, level: str, place: str) -> Text:
    """Say an indicator's figure with its year and where it stands."""
    source = origin(feature, level)
    at_place = holder(model, source.level, level, place)
    entry = model.facts.indicators.loc[source.indicator]
    table = model.tables[level]
    value = float(table.values[source.level].at[at_place, source.indicator])
    cited = citations(model, source.level, at_place, [source.indicator])
    said = quantity(value, str(entry["unit"]))
    if source.kind == "share":
        base = str(entry["denominator"])
        below = float(table.values[source.level].at[at_place, base])
        base_entry = model.facts.indicators.loc[base]
        _, _, per = ratio(value / below, str(entry["unit"]), str(base_entry["unit"]))
        said = Text(f"{said.zh}，{per.zh}", f"{said.en}, {per.en}")
    city = Text("", "")
    if source.level != level:
        row = model.facts.places.loc[("city", at_place)]
        city = Text(f"所在城市{row['name_zh']}：", f"{row['name_en']} (its city): ")
    year = cited[0]["period"]
    sampled = str(entry["unit"]) in SAMPLED
    note = Text("，10%抽样", ", 10% sample") if sampled else Text("", "")
    place_in = standing(model, feature, level, place)
    name_zh, name_en = str(entry["name_zh"]), str(entry["name_en"])
    if sampled:
        name_zh, name_en = name_zh.split("（")[0], name_en.split(" (")[0]
    return Text(
        f"{city.zh}{name_zh}{said.zh}（{year}{note.zh}）{place_in.zh}",
        f"{city.en}{name_en} {said.en} ({year}{note.en}){place_in.en}",
    )


def presence_text(
    model: Model, term: str, segment: str, level: str, place: str
) -> tuple[Text, list[dict[str, str]]]:
    """Say the count behind a presence term."""
    if term == "stated":
        return stated_text(model, segment, level, place)
    count, segments, sources = outcome_counts(model, term, segment, level, place)
    names = model.facts.segments
    zh = "、".join(names.at[name, "name_zh"] for name in segments)
    en = ", ".join(names.at[name, "name_en"] for name in segments)
    many = number(count, "zh")
    until = model.as_of
    if term == "specialisation":
        past = model.tables[level].history
        shares, average = model.lean_shares[level]
        row, column = past.segments.get_loc(segment), past.places.get_loc(place)
        local, national = shares[row, column], average[row, 0]
        return Text(
            f"本领域（{zh}）约占本地AI活动的{local:.1%}，全国为{national:.1%}（至{until}，平滑后）",
            f"This segment ({en}) is about {local:.1%} of AI activity here,"
            f" {national:.1%} nationally (to {until}, smoothed)",
        ), sources
    lead = (
        Text("本领域", "This segment")
        if term == "same_segment"
        else Text("相近领域", "Related")
    )
    return Text(
        f"{lead.zh}（{zh}）累计{many}起（至{until}）",
        f"{lead.en} ({en}): {number(count, 'en')} dated events to {until}",
    ), sources


def stated_text(
    model: Model, segment: str, level: str, place: str
) -> tuple[Text, list[dict[str, str]]]:
    """Say how many statements of reports name a place for a segment."""
    count, sources = statements(model, segment, level, place)
    zh = model.facts.segments.at[segment, "name_zh"]
    en = model.facts.segments.at[segment, "name_en"]
    where = Text("当地", "here")
    if level == "district":
        where = Text("当地或所在城市", "here or in its city")
    reports = len({source["source_id"] for source in sources})
    if not count:
        return Text(
            f"{reports}份研究报告均未提到{where.zh}的{zh}",
            f"None of {reports} reports names {en} {where.en}",
        ), sources
    return Text(
        f"{reports}份研究报告共{count:.0f}处提到{where.zh}的{zh}优势或园区定位",
        f"{reports} report{'s name' if reports > 1 else ' names'} {en} as a strength"
        f" or a zone's focus {where.en}, {count:.0f} time{'s' * (count > 1)}",
    ), sources


def leans(model: Model, segment: str, level: str, place: str) -> bool:
    """Return whether a place's share of a segment differs enough to speak of."""
    past = model.tables[level].history
    shares, average = model.lean_shares[level]
    row, column = past.segments.get_loc(segment), past.places.get_loc(place)
    return bool(abs(np.log(shares[row, column] / average[row, 0])) > LEAN_WORTH_SAYING)


def reasons(model: Model, split: Parts, place: str) -> list[dict[str, Any]]:
    """Return the three strongest reasons for a place, strongest first.

    What speaks for the place comes first, at most two of them of presence, so that
    one says what the place itself offers; a place with fewer than three such
    reasons is shown what speaks against it.

    Returns
    -------
    list of dict
        ``text_zh, text_en, pillar, contribution, sources``.
    """
    row = split.by_theme.loc[place].sort_values(ascending=False, kind="stable")
    positive = list(row.index[row.to_numpy() > 0])
    against = list(row.index[row.to_numpy() < 0][::-1])
    said: list[dict[str, Any]] = []
    for key in positive + against:
        value = float(row[key])
        there = sum(reason["pillar"] == PRESENCE for reason in said)
        if key.startswith(PRESENCE) and there == PRESENCE_REASONS:
            continue
        entry = _reason(model, split, place, key)
        if entry is not None:
            text, pillar, sources = entry
            sign = Text("", "") if value > 0 else Text("不利：", "Against: ")
            said.append(
                {
                    "text_zh": sign.zh + text.zh,
                    "text_en": sign.en + text.en,
                    "pillar": pillar,
                    "contribution": value,
                    "sources": sorted({source["source_id"] for source in sources}),
                }
            )
        if len(said) == REASONS:
            break
    return said


def _reason(
    model: Model, split: Parts, place: str, key: str
) -> tuple[Text, str, list[dict[str, str]]] | None:
    """Return text, pillar and sources of one reason, or nothing without a figure."""
    level, segment = split.level, split.segment
    if key == f"{PRESENCE}:specialisation" and not leans(model, segment, level, place):
        return None
    if key.startswith(PRESENCE):
        text, sources = presence_text(model, key.split(":")[1], segment, level, place)
        return text, PRESENCE, sources
    strongest = (
        split.table.loc[place, split.themes[key]].abs().sort_values(ascending=False)
    )
    told = [name for name in strongest.index if strongest[name] > 0]
    told = [name for name in told if origin(name, level).kind != "observed"]
    if not told:
        return None
    found = figure(model, told[0], level, place)
    if not found["observed"] or not found["sources"]:
        return None
    text = indicator_text(model, told[0], level, place)
    return text, pillar_of(model, told[0], level), found["sources"]
