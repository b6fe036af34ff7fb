"""Overrides in tables: beside the rows of a ranking, and all of them listed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.commands import overriding
from app.ui.words import t
from data.importers import cells
from model.overrides import Override

MARK = "✎"
SHOWN = [
    *("segment", "level", "place", "kind", "rank", "shown_rank"),
    *("reason", "initials", "date", "idle"),
]


def beside(
    rows: pd.DataFrame, ranking: pd.DataFrame, held: dict[str, Override], lang: str
) -> pd.DataFrame:
    """Add to the rows of the ranked table what was changed by hand.

    Parameters
    ----------
    rows : DataFrame
        From :func:`app.ui.columns.ranked`.
    ranking : DataFrame
        What they were made of, with overrides.
    held : dict
        The override that counts, by place.
    lang : {"zh", "en"}
    """
    of = ranking.loc[rows.index]
    found = [held.get(place) for place in of["place"]]
    return rows.assign(
        shown_rank=of["shown_rank"],
        mark=["" if one is None else MARK for one in found],
        override=["" if one is None else _lines(one, lang) for one in found],
    )


def _lines(one: Override, lang: str) -> str:
    return f"{overriding.what(one, lang)} · {one.initials} · {one.date}\n{one.reason}"


def order(names: list[str]) -> list[str]:
    """Return the columns of the ranked table with those of overrides among them.

    Beside the panel of a place, which says them in full, what was changed comes last.
    """
    at = names.index("place") + 1 if "reasons" in names else len(names)
    return ["shown_rank", "mark", *names[:at], "override", *names[at:]]


def config(lang: str) -> dict[str, Any]:
    """Return how the columns of overrides look, and the model's rank beside them."""
    kinds = st.column_config
    return {
        "shown_rank": kinds.NumberColumn(
            t("recommend.col_rank", lang),
            help=t("decide.help_shown_rank", lang),
            width=44,
            pinned=True,
        ),
        "mark": kinds.TextColumn(MARK, width=32, pinned=True),
        "rank": kinds.NumberColumn(
            t("decide.col_short_rank", lang),
            help=t("decide.help_rank", lang),
            width=56,
            alignment="center",
        ),
        "override": kinds.TextColumn(t("decide.col_override", lang), width=270),
    }


def marked(table: pd.DataFrame, lang: str) -> pd.Series:
    """Return the places' names, those changed by hand with the mark."""
    names = table[f"name_{lang}"]
    if "override" not in table:
        return names
    return names.where(table["override"] == "", names + f" {MARK}")


def choices(ranking: pd.DataFrame, names: dict[str, str], lang: str) -> dict[str, str]:
    """Return how a list of places to choose from puts each, by code.

    One changed by hand has the mark, and the model's rank beside the one shown.
    """
    if "shown_rank" not in ranking:
        ranks = zip(ranking["place"], ranking["rank"], strict=True)
        return {place: f"{rank}. {names[place]}" for place, rank in ranks}
    model = t("decide.col_short_rank", lang)
    return {
        row.place: f"{row.shown_rank}. {names[row.place]}"
        + (f" {MARK} {model} {row.rank}" if row.override else "")
        for row in ranking.itertuples()
    }


def exported(table: pd.DataFrame, lang: str) -> dict[str, Any]:
    """Return the columns of an exported ranking; none without overrides."""
    if "override" not in table:
        return {}
    kinds = table["override"].map(lambda kind: kind and t(f"decide.kind_{kind}", lang))
    return {
        "shown_rank": table["shown_rank"],
        "override": kinds,
        "override_reason": table["reason"].map(cells.guard),
        "initials": table["initials"],
        "date": table["date"],
    }


def decisions(
    table: pd.DataFrame,
    items: tuple[Override, ...],
    segments: dict[str, str],
    places: dict[str, dict[str, str]],
    lang: str,
) -> pd.DataFrame:
    """Return every override as people read it.

    Parameters
    ----------
    table : DataFrame
        From :func:`app.commands.overriding.listed`.
    items : tuple of Override
        What it was made of.
    segments : dict
        Names by id.
    places : dict
        Names by level and code.
    lang : {"zh", "en"}
    """
    return pd.DataFrame(
        {
            "segment": [segments.get(one.segment, one.segment) for one in items],
            "level": [t(f"common.level_{one.level}", lang) for one in items],
            "place": [places[one.level].get(one.place, one.place) for one in items],
            "kind": [overriding.what(one, lang) for one in items],
            **table[["rank", "shown_rank"]].to_dict("series"),
            **{name: table[name] for name in ("reason", "initials", "date")},
            "idle": [
                t("decide.idle", lang, why=t(f"decide.idle_{why}", lang))
                if why
                else t("decide.active", lang)
                for why in table["idle"]
            ],
        },
        columns=SHOWN,
    )
