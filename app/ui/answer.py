"""The answer of a ranking in a few plain sentences: who is first, how sure, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from app.ui import cache, columns
from app.ui.columns import plain
from app.ui.state import State
from app.ui.words import t
from model.score import Model

# Places named.
NAMED = 3


def told(
    model: Model, ranking: pd.DataFrame, chosen: State, area: str, lang: str
) -> str:
    """Return the answer of a ranking as Markdown; nothing of an empty one.

    Parameters
    ----------
    model : Model
    ranking : DataFrame
        Of an area, all of it. What was moved by hand stands where the model has it.
    chosen : State
    area : str
        What the area is called.
    lang : {"zh", "en"}
    """
    if ranking.empty:
        return ""
    by_hand, ranking = "shown_rank" in ranking, ranking.sort_values("rank")
    codes = list(ranking["place"].head(NAMED))
    reasons = cache.reasons(model, chosen.segment, chosen.level, codes)
    names = cache.short_names(model.facts, chosen.level, lang)
    own = model.facts.places.loc[chosen.level, f"name_{lang}"]
    segment = columns.named(model.facts.segments.loc[chosen.segment], lang)
    asked = {"segment": segment, "area": area, "level": chosen.level}
    few = cache.thin(model, chosen.segment, chosen.level)
    lines = [
        lead([names[code] for code in codes], **asked, lang=lang),
        sure(ranking, lang),
        thinly([own[code] for code in codes if code in few], lang),
        because([own[code] for code in codes], [reasons[c] for c in codes], lang),
    ]
    if by_hand:
        lines[0] = t("answer.by_model", lang, said=lines[0])
    head, *rest = [plain(line) for line in lines if line]
    return "  \n".join([f"**{head}**", *rest])


def lead(names: Sequence[str], segment: str, area: str, level: str, lang: str) -> str:
    """Name the first places of a ranking."""
    return t(
        "answer.first" if len(names) > 1 else "answer.only",
        lang,
        area=area,
        segment=segment,
        count=len(names),
        level=t(f"answer.level_{level}{'' if len(names) > 1 else '_one'}", lang),
        names=t("common.list_gap", lang).join(names),
    )


def sure(ranking: pd.DataFrame, lang: str) -> str:
    """Say whether the first can be told apart, and between which ranks they lie.

    Nothing where the model has no resamples.
    """
    first = ranking.head(NAMED)
    if first["rank_low"].isna().any():
        return ""
    spans = t("common.list_gap", lang).join(
        columns.span(int(low), int(high), lang)
        for low, high in zip(first["rank_low"], first["rank_high"], strict=True)
    )
    group = first["tie_group"].iloc[0]
    tied = int((first["tie_group"] == group).sum()) if group else 1
    if len(first) == 1:
        return t("answer.range", lang, spans=spans)
    key = "all" if tied == len(first) else "two" if tied == 2 else "apart"
    return t(f"answer.sure_{key}", lang, spans=spans, count=len(first))


def thinly(names: Sequence[str], lang: str) -> str:
    """Say which of the first rest on what is usual elsewhere, if any do."""
    if not names:
        return ""
    return t("answer.thin", lang, names=t("common.list_gap", lang).join(names))


def because(
    names: Sequence[str], reasons: Sequence[Sequence[Mapping[str, Any]]], lang: str
) -> str:
    """Give the strongest reason of each place, those without one left out."""
    said = [
        t("answer.reason", lang, name=name, reason=found[0][f"text_{lang}"])
        for name, found in zip(names, reasons, strict=True)
        if found
    ]
    if not said:
        return ""
    return t("answer.because", lang, reasons=t("answer.reason_gap", lang).join(said))
