"""Tables as CSV files that open right in a spreadsheet and run nothing there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from app.ui import override_tables
from app.ui.columns import titles as titles_of
from app.ui.words import t
from data import Facts

# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
REASONS = 3


def safe(cell: object) -> object:
    """Return a text cell that no spreadsheet runs; other values as they are."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return cell


def csv(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV that Excel reads as UTF-8."""
    return frame.map(safe).to_csv(index=False).encode("utf-8-sig")


def ranked(
    facts: Facts,
    table: pd.DataFrame,
    reasons: dict[str, list[dict[str, Any]]],
    lang: str,
) -> pd.DataFrame:
    """Return a whole ranking with headings in a language.

    Parameters
    ----------
    facts : Facts
    table : DataFrame
        A ranking (see ``model.score.ranking``), filtered or not.
    reasons : dict
        Reasons of some of its places; the others' cells stay empty.
    lang : {"zh", "en"}
    """
    index = pd.MultiIndex.from_frame(table[["level", "place"]])
    provinces = facts["provinces"].set_index("province")[f"name_{lang}"]
    cities = facts.places.loc["city", f"name_{lang}"]
    columns: dict[str, Any] = {
        "rank": table["rank"],
        **override_tables.exported(table, lang),
        "code": table["place"],
        "name_zh": table["name_zh"],
        "name_en": table["name_en"],
        "city": table["parent"].map(cities).fillna("")
        if (table["level"] == "district").all()
        else "",
        "province": facts.places.loc[index, "province"].map(provinces).to_numpy(),
        "score": table["score"].round(6),
        "score_100": table["score_100"],
        **_ranges(table),
        "presence_rank": table["presence_rank"],
        "fundamentals_rank": table["fundamentals_rank"],
        "confidence": table["confidence"],
    }
    titles = titles_of(facts, lang)
    for position in range(REASONS):
        said = [
            reasons.get(place, [])[position : position + 1] for place in table["place"]
        ]
        columns[f"reason_{position + 1}"] = [
            one[0][f"text_{lang}"] if one else "" for one in said
        ]
        columns[f"sources_{position + 1}"] = [
            " | ".join(titles[name] for name in one[0]["sources"]) if one else ""
            for one in said
        ]
    frame = pd.DataFrame(columns)
    return frame.set_axis([t(f"common.csv_{name}", lang) for name in columns], axis=1)


def _ranges(table: pd.DataFrame) -> dict[str, Any]:
    """Return ranges, ties and chances; none where they were not measured."""
    if table["rank_low"].isna().all():
        return {}
    # A spreadsheet takes 3-9 for a day in March.
    ties = [group.replace("-", "–") if group else "" for group in table["tie_group"]]
    ranges = table[["rank_low", "rank_high", "chance_top5"]].to_dict("series")
    return {**ranges, "tie_group": ties}
