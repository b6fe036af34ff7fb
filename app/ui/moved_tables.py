"""Why a rank moved and which policies run: shared answers, and tables for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from app.ui import cache, columns
from app.ui.words import t
from features import shift
from features.as_of import months_between
from model import task
from model.policy_clock import clock as ask_clock
from model.policy_periods import MONTH, STATES, THERE, YEAR, first_month, last_month
from model.rank_move import RANKED, Moves, moves
from model.rank_states import State
from model.score import Model

# Months before that are on offer.
BACK = (3, 6, 12, 24)
# Sources told one by one.
MOST = 8
# Policies of these states are drawn, if they say when they end.
DRAWN = ("ends_within_a_year", "running", "ended", "planned")


def first(model: Model, level: str) -> str:
    """Return the first month that the level's ranker learned from."""
    last = task.last_month(model.facts)
    return str(min(task.training_cutoffs(last, level))[0])


def months(model: Model, level: str, asked: str = "") -> tuple[list[str], str]:
    """Return the earlier months on offer, latest first, and the one that is chosen.

    Parameters
    ----------
    model : Model
    level : {"city", "district"}
    asked : str
        What the URL asks for: any month will do that the level knows something of.
    """
    least = first(model, level)
    offered = [shift(model.as_of, -back) for back in BACK]
    fits = bool(MONTH.fullmatch(asked)) and least <= asked < model.as_of
    chosen = asked if fits else ""
    known = {month for month in (*offered, chosen) if month >= least}
    return sorted(known, reverse=True), chosen


def ago(model: Model, month: str, lang: str) -> str:
    """Say a month and how long before the model's own it is."""
    back = months_between(month, model.as_of)
    key = f"moved.back_{back}" if back in BACK else "moved.back"
    return t(key, lang, month=month, count=back)


def then(model: Model, month: str) -> Model:
    """Return the model as of an earlier month."""
    return replace(model, as_of=month, draws={})


def since(model: Model, segment: str, level: str, month: str) -> Moves:
    """Return the moves of all places of a level since a month."""
    earlier = cache.shared(then, model, month, large=True)
    return moves(State(earlier), State(model), segment, level)


def moved(
    model: Model, segment: str, level: str, place: str, month: str
) -> dict[str, Any]:
    """Return why a place moved since a month."""
    whole = cache.shared(since, model, segment, level, month, large=True)
    return whole.of(place, MOST)


def sentence(answer: Mapping[str, Any], lang: str) -> str:
    """Say from which rank to which a place moved, and from which score."""
    before, after = answer["before"], answer["after"]
    if answer["status"] != RANKED:
        return str(answer[f"text_{lang}"])
    key = "same"
    if before["rank"] != after["rank"]:
        key = "up" if after["rank"] < before["rank"] else "down"
    return t(
        f"moved.said_{key}",
        lang,
        then=before["as_of"],
        now=after["as_of"],
        first=before["rank"],
        last=after["rank"],
        count=abs(after["rank"] - before["rank"]),
        was=f"{before['score']:.2f}",
        score=f"{after['score']:.2f}",
    )


def causes(answer: Mapping[str, Any], lang: str) -> pd.DataFrame:
    """Return what each cause did to rank and score; the last row is the whole move."""
    parts = pd.DataFrame(answer["causes"])
    names = [t(f"moved.cause_{cause}", lang) for cause in parts["cause"]]
    ranks, scores = parts["rank"].tolist(), parts["score"].tolist()
    ends = answer["before"], answer["after"]
    return pd.DataFrame(
        {
            "cause": [*names, t("moved.whole", lang)],
            "ranks": [places(r, lang) for r in (*ranks, sum(ranks))],
            "score": [
                f"{s or 0.0:+.3f}" if s else "0"
                for s in (*scores, ends[1]["score"] - ends[0]["score"])
            ],
        }
    )


def places(part: float, lang: str) -> str:
    """Say how many ranks something moved a place, up or down."""
    if not part:
        return t("moved.no_ranks", lang)
    count = f"{abs(part):.1f}".removesuffix(".0")
    return t("moved.ranks_up" if part < 0 else "moved.ranks_down", lang, count=count)


def steps(answer: Mapping[str, Any], lang: str) -> pd.DataFrame:
    """Return the way from one score to the other, one source after the other.

    Returns
    -------
    DataFrame
        ``name, start, end, value, kind`` (``end`` of the way, ``up``, ``down``); the
        steps together are the whole way.
    """
    at = answer["before"]["score"]
    rows = [(answer["before"]["as_of"], at, at, at, "end")]
    for one in answer["details"]:
        name = one[f"name_{lang}"]
        kind = "up" if one["score"] >= 0 else "down"
        rows.append((name, at, at + one["score"], one["score"], kind))
        at += one["score"]
    last = answer["after"]["score"]
    rows.append((answer["after"]["as_of"], last, last, last, "end"))
    return pd.DataFrame(rows, columns=["name", "start", "end", "value", "kind"])


def details(model: Model, answer: Mapping[str, Any], lang: str) -> pd.DataFrame:
    """Return each source of a move with what it was and is, and where it was read."""
    titles = columns.titles(model.facts, lang)
    gap = t("common.list_gap", lang)
    rows = []
    for one in answer["details"]:
        read = {cited["source_id"]: cited["locator"] for cited in one["sources_after"]}
        read = read or {s["source_id"]: s["locator"] for s in one["sources_before"]}
        rows.append(
            {
                "source_of_score": one[f"name_{lang}"],
                "score": f"{one['score']:+.3f}",
                "before": one[f"before_{lang}"],
                "after": one[f"after_{lang}"],
                "titles": gap.join(str(titles.get(key, key)) for key in read),
                "locators": " | ".join(read.values()),
            }
        )
    return pd.DataFrame(rows)


def clock(
    model: Model, segment: str, level: str, place: str, today: str
) -> dict[str, Any]:
    """Return the policy clock of a place for a segment."""
    split = cache.parts(model, segment, level)
    return ask_clock(model, place, level, segment, today, split)


def policies(answer: Mapping[str, Any], lang: str) -> pd.DataFrame:
    """Return the policies of a clock with their periods, states and sources."""
    rows = []
    for one in answer["policies"]:
        cited = one["sources"]
        title = "title_en" if lang == "en" else "title"
        names = dict.fromkeys(source[title] or source["title"] for source in cited)
        span = f"{one['from']}–{one['until']}" if one["until"] else one["from"]
        by = f"moved.by_{one['period_by']}"
        rows.append(
            {
                "state": t(f"moved.state_{one['state']}", lang),
                "policy": one["title"],
                "holder": t(f"moved.holder_{one['holder']}", lang),
                "issued": one["issued"] or t("moved.not_said", lang),
                "span": span or t("moved.not_said", lang),
                "said_by": t(by, lang) if one["period_by"] else "",
                "titles": t("common.list_gap", lang).join(names),
                "locators": " | ".join(source["locator"] for source in cited),
            }
        )
    return pd.DataFrame(rows)


def counts(answer: Mapping[str, Any], lang: str) -> dict[str, int]:
    """Return how many policies are in each state: the usual four, and any other."""
    held = answer["counts"]
    shown = [state for state in STATES if state in THERE or held[state]]
    return {t(f"moved.state_{state}", lang): held[state] for state in shown}


def bars(answer: Mapping[str, Any], lang: str) -> pd.DataFrame:
    """Return the policies that say when they end, as bars in years.

    Returns
    -------
    DataFrame
        ``title, start, end`` (years with a fraction), ``span, state``; what ends next
        first, then what ended last. One that only says when it ends begins when it was
        issued, or is a point.
    """
    sign = dict.fromkeys(DRAWN, 1) | {"ended": -1}
    rows = []
    for one in answer["policies"]:
        if one["until"] and one["state"] in DRAWN:
            end = in_years(shift(last_month(one["until"]), 1))
            begun = one["from"] or one["issued"]
            start = in_years(first_month(begun)) if begun else end
            rows.append(
                {
                    "title": one["title"],
                    "start": min(start, end),
                    "end": end,
                    "span": f"{begun}–{one['until']}",
                    "state": t(f"moved.state_{one['state']}", lang),
                    "order": (DRAWN.index(one["state"]), sign[one["state"]] * end),
                }
            )
    rows.sort(key=lambda row: row["order"])
    return pd.DataFrame(rows, columns=["title", "start", "end", "span", "state"])


def in_years(month: str) -> float:
    """Return a month as a year with a fraction."""
    return int(month[:4]) + (int(month[5:7]) - 1) / YEAR
