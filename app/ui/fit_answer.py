"""What a place should attract, how sure that is, why, and who its rivals are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from app.ui import columns, fit_tables
from app.ui.words import t

# Segments named.
NAMED = 3
# Statements that speak against a place are no reason for it.
AGAINST = ("behind", "against", "unlike")


def lead(found: Sequence[Mapping[str, Any]], place: str, lang: str) -> str:
    """Name the first segments of a place, with the shares expected of its events.

    Parameters
    ----------
    found : sequence of dict
        Its segments in order, from :func:`model.park.fit`.
    place : str
        What the place is called.
    lang : {"zh", "en"}
    """
    listed = t("common.list_gap", lang).join(
        t("park.answer_share", lang, name=one[f"name_{lang}"], share=one["share"])
        for one in found[:NAMED]
    )
    return t("park.answer_lead", lang, place=place, segments=listed)


def sure(found: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Say whether the first segment is told apart from the next, and the ranges."""
    spans = t("common.list_gap", lang).join(
        columns.span(one["rank_low"], one["rank_high"], lang) for one in found[:NAMED]
    )
    first, second = found[:2]
    key = "close" if second["rank_low"] <= first["rank_high"] else "apart"
    names = {"first": first[f"name_{lang}"], "second": second[f"name_{lang}"]}
    return t(f"park.answer_{key}", lang, **names, spans=spans)


def standing(found: Sequence[Mapping[str, Any]], lang: str) -> str:
    """Name the segments in which a place ranks best among all others.

    A segment that is large everywhere has a large share everywhere: where a place is
    better than elsewhere, only its ranks say.
    """
    best = sorted(found, key=lambda one: one["place_rank"])[:NAMED]
    listed = t("common.list_gap", lang).join(
        t("park.answer_rival", lang, name=one[f"name_{lang}"], rank=one["place_rank"])
        for one in best
    )
    return t("park.answer_standing", lang, segments=listed)


def because(entry: Mapping[str, Any], titles: pd.Series, lang: str) -> str:
    """Give the first reason for a segment that speaks for the place; none may be.

    Parameters
    ----------
    entry : dict
        A segment of :func:`model.park.fit`.
    titles : Series
        Of the sources, by id.
    lang : {"zh", "en"}
    """
    told = [
        fit_tables.said(one[f"text_{lang}"], lang) for one in entry["steps"]["suits"]
    ]
    good = next((one for one in told if one.mark not in AGAINST), None)
    if good is None:
        return t("park.answer_no_reason", lang, segment=entry[f"name_{lang}"])
    gap = t("common.list_gap", lang)
    return t(
        "park.answer_because",
        lang,
        segment=entry[f"name_{lang}"],
        reason=good.text,
        titles=gap.join(fit_tables.cited(good.sources, titles)),
    )


def rivals(entry: Mapping[str, Any], lang: str) -> str:
    """Say where a place stands in a segment, and which rivals are ahead of it."""
    gap = t("common.list_gap", lang)
    ahead, behind = (
        gap.join(
            t("park.answer_rival", lang, name=one[f"name_{lang}"], rank=one["rank"])
            for one in entry["rivals"]
            if (one["rank"] < entry["place_rank"]) == first
        )
        for first in (True, False)
    )
    key = "both" if ahead and behind else "ahead" if ahead else "behind"
    return t(
        f"park.answer_rivals_{key}",
        lang,
        segment=entry[f"name_{lang}"],
        rank=entry["place_rank"],
        ahead=ahead,
        behind=behind,
    )
