"""What the tables of a page hold and how their columns look."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any

import pandas as pd
import streamlit as st

from app.ui.words import t
from data import Facts
from data.schema import LEVELS, NATION

# A place is an opportunity when its fundamentals stand at least this many places,
# and twice, ahead of its presence.
AHEAD = 5
# Between a place and what it belongs to.
GAP = " · "
# Before a place that most figures are missing of.
THIN = "◔"
MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")


def plain(text: str) -> str:
    """Escape text from data so that Markdown shows it as it is."""
    return MARKDOWN.sub(r"\\\1", text)


def named(row: pd.Series, lang: str) -> str:
    """Return the name of a place, segment, indicator or province."""
    return str(row[f"name_{lang}"])


def full_names(facts: Facts, level: str, lang: str) -> dict[str, str]:
    """Return every place's name with what it belongs to, as names repeat.

    A district is followed by its city, or for want of one by its province; a city
    by its province, unless it is one itself.
    """
    places = facts.places.loc[level]
    provinces = facts["provinces"].set_index("province")[f"name_{lang}"]
    above = places["province"].map(provinces)
    if level == "district":
        cities = facts.places.loc["city", f"name_{lang}"]
        above = places["parent"].map(cities).fillna(above)
    above = above.where(places["province"] != places["place"], "")
    own = places[f"name_{lang}"]
    return dict(zip(own.index, own.where(above == "", own + GAP + above), strict=True))


def area_names(facts: Facts, lang: str) -> dict[tuple[str, str], str]:
    """Return the name of everything a figure may speak of, by level and code."""
    provinces = facts["provinces"]
    names = {("nation", NATION): t("common.area_all", lang)}
    named = zip(provinces["province"], provinces[f"name_{lang}"], strict=True)
    names |= {("province", code): name for code, name in named}
    for level in LEVELS:
        full = full_names(facts, level, lang)
        names |= {(level, code): name for code, name in full.items()}
    return names


def thinly(name: str) -> str:
    """Mark the name of a place that most figures are missing of."""
    return f"{THIN} {name}"


def zone_names(facts: Facts) -> dict[str, str]:
    """Return each zone's name; it has one in Chinese only."""
    zones = facts["zones"].drop_duplicates("zone")
    return dict(zip(zones["zone"], zones["name_zh"], strict=True))


def spoken_of(facts: Facts, rows: pd.DataFrame, lang: str) -> list[str]:
    """Return what each figure speaks of: zone, place and scope.

    Parameters
    ----------
    facts : Facts
    rows : DataFrame
        With ``level, place, zone, scope``.
    lang : {"zh", "en"}
    """
    names, zones = area_names(facts, lang), zone_names(facts)
    return [
        GAP.join(
            part
            for part in (
                zones.get(row.zone, row.zone),
                names.get((row.level, row.place), row.place),
                row.scope,
            )
            if part
        )
        for row in rows.itertuples()
    ]


def titles(facts: Facts, lang: str) -> pd.Series:
    """Return each source's title, in English where it has one."""
    return in_language(facts.sources, "title", lang)


def in_language(table: pd.DataFrame, name: str, lang: str) -> pd.Series:
    """Return a column in English where it is filled, else as it was published."""
    if lang == "zh":
        return table[name]
    english = table[f"{name}_en"]
    return english.where(english != "", table[name])


def opportunity(table: pd.DataFrame, few: Collection[str] = ()) -> pd.Series:
    """Return how many places fundamentals stand ahead of presence; 0 unless far.

    Parameters
    ----------
    table : DataFrame
        With ``place, presence_rank, fundamentals_rank``.
    few : collection of str
        Places that most figures are missing of: what is usual elsewhere is no
        opportunity of theirs.
    """
    ahead = table["presence_rank"] - table["fundamentals_rank"]
    far = (ahead >= AHEAD) & (table["presence_rank"] >= 2 * table["fundamentals_rank"])
    return ahead.where(far & ~table["place"].isin(list(few)), 0)


def relative(scores: pd.Series) -> pd.Series:
    """Return scores with the best at 100 and the average candidate at 0.

    Where even the best is below average, the list's own worst is 0.
    """
    floor = 0.0 if scores.max() > 0 else scores.min()
    span = max(float(scores.max() - floor), 1e-12)
    return (100 * (scores - floor) / span).clip(0, 100)


def span(low: int, high: int, lang: str) -> str:
    """Write a range of ranks; one rank alone as itself."""
    if low == high:
        return t("common.rank_one", lang, rank=low)
    return t("common.rank_span", lang, low=low, high=high)


def dashed(group: str) -> str:
    """Write a tie group such as ``3-9`` with a dash between its ranks."""
    return group.replace("-", "–")


def chance(share: float) -> str:
    """Write a chance in percent; what the resamples cannot tell is not said."""
    if share < 0.01:
        return "<1%"
    return ">99%" if share > 0.99 else f"{share:.0%}"


def above(score_100: float, level: str, lang: str) -> str:
    """Say what share of all places one is above; 100% of them only as the first.

    Parameters
    ----------
    score_100 : float
        Share of the candidates ranked below, in percent, to two decimals.
    level : {"city", "district"}
    lang : {"zh", "en"}
    """
    places = t(f"common.level_{level}", lang).lower()
    if score_100 >= 100:
        return t("detail.highest", lang, level=places)
    return t("detail.above", lang, level=places, below=f"{below(score_100):.1f}")


def below(score_100: float) -> float:
    """Return a share in percent to one decimal, never rounded up: 99.96 is not 100."""
    return round(100 * score_100) // 10 / 10


def spans(shown: pd.DataFrame) -> dict[str, list[str]]:
    """Return the columns of ranges, ties and chances; none without resamples."""
    if shown["rank_low"].isna().all():
        return {}
    return {
        "range": [
            str(low) if low == high else f"{low}–{high}"
            for low, high in zip(shown["rank_low"], shown["rank_high"], strict=True)
        ],
        "ties": [dashed(group) if group else "" for group in shown["tie_group"]],
        "top5": [chance(share) for share in shown["chance_top5"]],
    }


def ranked(
    table: pd.DataFrame,
    reasons: dict[str, list[dict[str, Any]]],
    names: dict[str, str],
    trend: dict[str, list[float]],
    few: Collection[str],
    lang: str,
) -> pd.DataFrame:
    """Return the rows of the ranked table, as shown.

    Parameters
    ----------
    table : DataFrame
        A ranking, all of its places; the rows shown are those with reasons.
    reasons : dict
        Reasons of each place shown; may be empty lists.
    names : dict
        Full name of each place (see :func:`full_names`).
    trend : dict
        Events of the segment by quarter (see :func:`model.trend.quarters`).
    few : collection of str
        Places that most figures are missing of (see :func:`model.thin.thin`).
    lang : {"zh", "en"}
    """
    scaled = relative(table["score"]).rename("score")
    ahead = opportunity(table, few)
    shown = table[table["place"].isin(list(reasons))]
    return pd.DataFrame(
        {
            "rank": shown["rank"],
            **spans(shown),
            "place": shown["place"].map(names),
            "score": scaled[shown.index],
            "trend": [trend.get(place, []) for place in shown["place"]],
            "ahead": [f"▲ {n}" if n else "" for n in ahead[shown.index]],
            "presence_rank": shown["presence_rank"],
            "fundamentals_rank": shown["fundamentals_rank"],
            "reasons": [
                "\n".join(
                    f"{position}{reason[f'text_{lang}']}"
                    for position, reason in zip("①②③", reasons[place], strict=False)
                )
                for place in shown["place"]
            ],
        }
    )


def ranked_config(lang: str, one_line: bool) -> dict[str, Any]:
    """Return the column configuration of the ranked table.

    Parameters
    ----------
    lang : {"zh", "en"}
    one_line : bool
        Whether a row holds one line: then an English name needs more room.
    """
    config = st.column_config

    def label(key: str) -> str:
        return t(f"recommend.col_{key}", lang)

    def aid(key: str) -> str:
        return t(f"recommend.help_{key}", lang)

    return {
        "rank": config.NumberColumn(label("rank"), width=44, pinned=True),
        "range": config.TextColumn(label("range"), help=aid("range"), width=74),
        "ties": config.TextColumn(label("ties"), help=aid("ties"), width=74),
        "top5": config.TextColumn(label("top5"), help=aid("top5"), width=74),
        "place": config.TextColumn(
            label("place"), width=200 if one_line and lang == "en" else 140
        ),
        "score": config.ProgressColumn(
            label("score"),
            help=aid("score"),
            width=90,
            min_value=0,
            max_value=100,
            format="%.0f",
        ),
        "trend": config.BarChartColumn(label("trend"), help=aid("trend"), width=66),
        "ahead": config.TextColumn(label("ahead"), help=aid("ahead"), width=56),
        "presence_rank": config.NumberColumn(
            label("presence_rank"),
            help=aid("presence_rank"),
            width=52 if lang == "zh" else 66,
            alignment="center",
        ),
        "fundamentals_rank": config.NumberColumn(
            label("fundamentals_rank"),
            help=aid("fundamentals_rank"),
            width=52 if lang == "zh" else 66,
            alignment="center",
        ),
        # All of it stands beside the rest on a screen of 1366 pixels.
        "reasons": config.TextColumn(label("reasons"), help=aid("reasons"), width=550),
    }


def labels(names: list[str], lang: str, section: str = "detail") -> dict[str, str]:
    """Return the heading of each column."""
    return {name: t(f"{section}.col_{name}", lang) for name in names}


WIDTHS = {
    **{"place": 130, "indicator": 150, "value": 110, "period": 76, "published": 76},
    **{"standing": 90, "quality": 110, "source": 220, "title": 260, "producer": 160},
    **{"pillar": 60, "cities": 60, "districts": 60, "figures": 76, "events": 76},
    **{"unit": 80, "levels": 110, "last": 70, "first": 70, "others": 76},
    **{"what": 120, "name": 240, "detail": 160, "until": 110, "said": 120, "used": 70},
    **{"firm": 220, "product": 160, "month": 76, "event": 60, "where": 110},
    **{"direction": 110, "known": 130, "second": 60, "question": 150, "values": 260},
}


# In pixels: the longest a column grows, a letter (a Chinese one, another), the margins.
MOST, HAN, LATIN, AROUND = 300, 14, 7.4, 22
# Rows of three lines, the lowest in which Streamlit breaks a long text; and how wide a
# column then grows.
TALL_ROW, BROKEN = 66, 200


def widths(
    headings: dict[str, str],
    lang: str,
    table: pd.DataFrame | None = None,
    most: int = MOST,
) -> dict[str, Any]:
    """Return the widths of a table's columns; an English heading is longer.

    Parameters
    ----------
    headings : dict
        What each column is called.
    lang : {"zh", "en"}
    table : DataFrame, optional
        What the columns hold: each is then as wide as its longest text.
    most : int
        How wide a column then grows.
    """
    stretch = 1.3 if lang == "en" else 1
    return {
        heading: st.column_config.Column(
            width=round(WIDTHS[name] * stretch)
            if table is None or name not in table
            else fitted([heading, *map(str, table[name])], most)
        )
        for name, heading in headings.items()
        if name in WIDTHS
    }


def fitted(texts: list[str], most: int = MOST) -> int:
    """Return the width that shows the longest text whole, or as much as there may be.

    A line break begins the text anew.
    """
    lines = (line for text in texts for line in text.split("\n"))
    return min(most, max(map(drawn_width, lines), default=0) + AROUND)


def drawn_width(text: str) -> int:
    """Return how wide a text is drawn in a table, in pixels."""
    wide = sum(unicodedata.east_asian_width(letter) in "WFA" for letter in text)
    return round(HAN * wide + LATIN * (len(text) - wide))
