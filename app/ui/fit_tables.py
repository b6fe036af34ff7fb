"""What the page of a place's segments shows, as tables and sentences for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from app.commands import fit as command
from app.ui import columns
from app.ui.words import t
from features import shift
from model.evidence import PRESENCE
from model.park import Park
from model.park_facts import NEAR
from model.twins import Twin
from model.wording import number, signed

# A statement ends in the ids of its sources.
CITED = {
    "zh": (re.compile(r"〔([^〔〕]+)〕$"), "、"),
    "en": (re.compile(r" \[([^\[\]]+)\]$"), ", "),
}
# How a statement begins that speaks for a place, or against it.
MARKS = {
    "ahead": {"zh": "胜在", "en": "Ahead on "},
    "behind": {"zh": "负在", "en": "Behind on "},
    "against": {"zh": "不利：", "en": "Against: "},
    "unlike": {"zh": "不同：", "en": "Unlike: "},
}


@dataclass(frozen=True)
class Said:
    """A statement: for or against the place, its words, the ids of its sources."""

    mark: str
    text: str
    sources: tuple[str, ...]


def said(text: str, lang: str) -> Said:
    """Take a statement apart."""
    pattern, gap = CITED[lang]
    found = pattern.search(text)
    sources = tuple(found[1].split(gap)) if found else ()
    bare = text[: found.start()] if found else text
    mark = next((m for m, words in MARKS.items() if bare.startswith(words[lang])), "")
    bare = bare.removeprefix(MARKS[mark][lang]) if mark else bare
    # What follows a mark, or begins with a name in lower case.
    return Said(mark, bare[:1].upper() + bare[1:], sources)


def cited(sources: tuple[str, ...], titles: pd.Series) -> list[str]:
    """Return the titles of sources, each once."""
    return list(dict.fromkeys(str(titles.get(name, name)) for name in sources))


def segments(found: list[dict[str, Any]], lang: str) -> pd.DataFrame:
    """Return the segments of a place in order, as shown."""
    rows = pd.DataFrame(
        {
            "rank": [entry["rank"] for entry in found],
            "range": [f"{e['rank_low']}–{e['rank_high']}" for e in found],
            "segment": [entry[f"name_{lang}"] for entry in found],
            "share": [100 * entry["share"] for entry in found],
            "place_rank": [entry["place_rank"] for entry in found],
            "place_range": [span(entry) for entry in found],
            "confidence": [entry["confidence"] for entry in found],
        }
    )
    return rows if rows["place_range"].any() else rows.drop(columns="place_range")


def span(entry: dict[str, Any]) -> str:
    """Write the range of the place's rank in a segment; nothing without resamples."""
    low, high = entry["place_rank_low"], entry["place_rank_high"]
    return "" if low is None else f"{low}–{high}"


def likeness(park: Park, place: str, others: list[str]) -> list[int]:
    """Return how many places are more like a place than each other is, counted from 1.

    By the distance of their profiles.
    """
    distance = park.board.profile.distances(place)
    mine = park.board.column(place)
    rest = np.sort(np.delete(distance, mine))
    spots = [float(distance[park.board.column(other)]) for other in others]
    return [int(np.searchsorted(rest, spot)) + 1 for spot in spots]


def rivals(
    entry: dict[str, Any], alike: list[int], total: int, lang: str
) -> pd.DataFrame:
    """Return the rivals of a place for a segment, as shown."""
    others = entry["rivals"]
    chances = [other["chance_above"] for other in others]
    rows = pd.DataFrame(
        {
            "rival_rank": [other["rank"] for other in others],
            "rival": [other[f"name_{lang}"] for other in others],
            "gap": [signed(other["gap"]) for other in others],
            "above": [
                "" if chance is None else columns.chance(chance) for chance in chances
            ],
            "alike": [f"{spot} / {number(total, lang)}" for spot in alike],
        }
    )
    return rows if rows["above"].any() else rows.drop(columns="above")


def gap(rival: dict[str, Any], lang: str) -> pd.DataFrame:
    """Return the parts of the gap to a rival, presence by its terms, and their sum.

    Returns
    -------
    DataFrame
        ``name, value, kind``: those of presence, of the pillars (each largest first),
        and the whole.
    """
    terms, others = [], []
    for part in rival["parts"]:
        if part["pillar"] == PRESENCE:
            terms = [
                (t(f"park.term_{one['term']}", lang), one["contribution"], "presence")
                for one in part["terms"]
            ]
        else:
            name = t(f"common.pillar_{part['pillar']}", lang)
            others.append((name, part["contribution"], "pillar"))
    terms, others = (
        sorted(some, key=lambda row: -abs(row[1])) for some in [terms, others]
    )
    rows = [*terms, *others, (t("park.gap_whole", lang), rival["gap"], "whole")]
    return pd.DataFrame(rows, columns=["name", "value", "kind"])


def firms(entry: dict[str, Any], titles: pd.Series, lang: str) -> pd.DataFrame:
    """Return the firms at a place and around it, as shown."""
    return pd.DataFrame(
        [
            {
                "near": t(f"park.near_{firm['near']}", lang),
                "firm": firm["firm"],
                "product": firm["product"],
                "month": firm["month"],
                "event": t(f"common.event_{firm['event']}", lang),
                "where": firm[f"name_{lang}"],
                "km": firm["km"],
                "source": titles.get(firm["source_id"], firm["source_id"]),
                "locator": firm["locator"],
            }
            for firm in entry["firms"]
        ]
    )


def counts(park: Park, segment: str, place: str) -> dict[str, int]:
    """Return how many firms there are here, in the city and near; none left out."""
    around = park.around(place)
    found = park.firms_near(segment, around)
    kinds = {kind for kind, _ in around.values()}
    return {
        kind: sum(firm["near"] == kind for firm in found)
        for kind in NEAR
        if kind in kinds
    }


def twins(
    found: list[Twin], names: dict[str, str], titles: pd.Series, lang: str
) -> pd.DataFrame:
    """Return the twins of a place, as shown; years are columns of their own."""
    return pd.DataFrame(
        [
            {
                "twin": names[twin.place],
                "distance": round(twin.distance, 2),
                "before": twin.before,
                **twin.after,
                "source": t("common.list_gap", lang).join(
                    cited(tuple(twin.sources), titles)
                ),
            }
            for twin in found
        ]
    )


def years(
    found: list[Twin], place: str, names: dict[str, str], lang: str
) -> pd.DataFrame:
    """Return the events in each year after the month, the place itself first.

    Returns
    -------
    DataFrame
        ``name, year, count``, for the chart.
    """
    here = t("park.twin_here", lang, place=names[place])
    lines = [(here, found[0].after_here)]
    lines += [(names[twin.place], twin.after) for twin in found]
    rows = [
        {"name": name, "year": year(end), "count": count}
        for name, after in lines
        for end, count in after.items()
    ]
    return pd.DataFrame(rows)


def year(end: str) -> str:
    """Name a year by its last month: a calendar year by itself."""
    return end[:4] if end.endswith("-12") else f"{shift(end, -11)}..{end}"


def whole(found: list[dict[str, Any]], titles: pd.Series, lang: str) -> pd.DataFrame:
    """Return every segment with its argument and rivals, headings in a language."""
    table = command.table(found, lang)
    table["sources"] = [
        " | ".join(f"{name}: {titles.get(name, name)}" for name in _sources(entry))
        for entry in found
    ]
    names = [name.removesuffix(f"_{lang}") for name in table.columns]
    return table.set_axis([t(f"park.csv_{name}", lang) for name in names], axis=1)


def _sources(entry: dict[str, Any]) -> list[str]:
    steps = entry["steps"].values()
    return sorted({s for step in steps for one in step for s in one["sources"]})


def order_config(lang: str) -> dict[str, Any]:
    """Return how the columns of the order look."""
    config = st.column_config

    def label(key: str) -> str:
        return t(f"park.col_{key}", lang)

    def aid(key: str) -> str:
        return t(f"park.help_{key}", lang)

    return {
        "rank": config.NumberColumn(label("rank"), width=56, pinned=True),
        "range": config.TextColumn(label("range"), help=aid("range"), width=90),
        "segment": config.TextColumn(label("segment"), width=200, pinned=True),
        "share": config.ProgressColumn(
            label("share"),
            help=aid("share"),
            min_value=0,
            max_value=100,
            format="%.1f%%",
            width=150,
        ),
        "place_rank": config.NumberColumn(
            label("place_rank"), help=aid("place_rank"), width=110, alignment="left"
        ),
        "place_range": config.TextColumn(
            label("place_range"), help=aid("place_range"), width=110
        ),
        "confidence": config.TextColumn(
            label("confidence"), help=aid("confidence"), width=80
        ),
    }


def rivals_config(lang: str) -> dict[str, Any]:
    """Return how the columns of the rivals look."""
    column = st.column_config.Column
    wide = 150 if lang == "zh" else 210
    widths = {
        "rival_rank": 60,
        "rival": wide,
        "gap": 70,
        "above": 90 if lang == "zh" else 110,
        "alike": 90,
    }
    helped = ("gap", "above", "alike")
    return {
        name: column(
            t(f"park.col_{name}", lang),
            width=width,
            help=t(f"park.help_{name}", lang) if name in helped else None,
        )
        for name, width in widths.items()
    }


def twins_config(years: list[str], month: str, lang: str) -> dict[str, Any]:
    """Return how the columns of the twins look."""
    config = st.column_config
    return {
        "twin": config.TextColumn(
            t("park.col_twin", lang), width=110 if lang == "zh" else 150
        ),
        "distance": config.NumberColumn(
            t("park.col_distance", lang),
            help=t("park.help_distance", lang),
            format="%.2f",
            width=70,
        ),
        "before": config.NumberColumn(
            t("park.col_before", lang, month=month), format="%d", width=112
        ),
        **{end: config.NumberColumn(year(end), format="%d", width=52) for end in years},
        "source": config.TextColumn(t("park.col_source", lang), width=280),
    }
