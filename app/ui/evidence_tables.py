"""What the page on evidence shows: figures of the manifest and counts of the facts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from app.ui import columns
from app.ui.words import t, words
from data import Facts
from data.schema import LEVELS, PILLARS
from model.score import Model, confidence

# Best grade first; no grade is not enough to rank.
GRADES = ("A", "B", "C", "")
# Rankings that are the model's own, in part or without the segment.
OWN = ("presence", "fundamentals", "segment_blind")

Entry = dict[str, Any]


def manifest(model: Model) -> Entry:
    """Return what is vouched for of a model."""
    return dict(model.manifest)


def judged(model: Model) -> list[Entry]:
    """Return what the manifest holds of the model's tests, an entry a level."""
    return list(manifest(model).get("metrics") or [])


def verdict(lift: dict[str, float]) -> str:
    """Return what an interval says of a difference: better, worse, or neither."""
    if lift["low"] > 0:
        return "better"
    return "worse" if lift["high"] < 0 else "same"


def signed(value: float) -> str:
    """Write a difference; one that rounds to nothing has a plus."""
    return f"{round(value, 3) + 0.0:+.3f}"


def metric(result: Entry) -> str:
    """Return the metric by which a task is told: the first that was computed."""
    return next(iter(result["model"]))


def ranking_name(name: str, lang: str) -> str:
    """Return how a simple rule, or a part of the model, is called."""
    section = "evidence" if name in OWN else "common"
    return words(lang).get(f"{section}.baseline_{name}", name)


def tasks(entry: Entry, lang: str) -> pd.DataFrame:
    """Return each task of a level: the model against the best simple rule.

    Returns
    -------
    DataFrame
        ``task, name, ours, best, rule, value, low, high, verdict, ceiling, count``;
        a task that nothing could be judged on has no row.
    """
    rows = []
    for task, result in entry["tasks"].items():
        if not result.get("model"):
            continue
        by = metric(result)
        rule, lift = result["best_baseline"][by], result["lift"][by]
        rows.append(
            {
                "task": task,
                "name": t(f"evidence.task_{task}", lang),
                "ours": result["model"][by],
                "best": result["baselines"][rule][by],
                "rule": ranking_name(rule, lang),
                **{key: lift[key] for key in ("value", "low", "high")},
                "verdict": verdict(lift),
                "ceiling": result.get("ceiling", {}).get(by),
                "count": result.get("places", result["segments"]),
            }
        )
    return pd.DataFrame(rows)


def tally(entries: list[Entry], lang: str) -> dict[str, int]:
    """Return how many tasks there are, and how many are better, worse or neither."""
    found = [row for entry in entries for row in tasks(entry, lang).to_dict("records")]
    said = [row["verdict"] for row in found]
    counts = {name: said.count(name) for name in ("better", "same", "worse")}
    return {"count": len(said), **counts}


def unjudged(entry: Entry) -> list[str]:
    """Return the tasks that nothing could be judged on."""
    return [name for name, result in entry["tasks"].items() if not result.get("model")]


def every(entries: list[Entry]) -> pd.DataFrame:
    """Return every figure of every ranking: the model's, its parts', simple rules'.

    Returns
    -------
    DataFrame
        ``level, as_of, task, metric, ranking, value``; the ranking ``ceiling`` is
        what knowing the true rates would score.
    """
    rows = []
    for entry in entries:
        for task, result in entry["tasks"].items():
            blind = result.get("segment_blind") or {}
            named = {
                "model": result["model"],
                **result["baselines"],
                **(result.get("parts") or {}),
                "segment_blind": {by: blind.get(by) for by in result["model"]},
                "ceiling": result.get("ceiling") or {},
            }
            rows += [
                {
                    **{"level": entry["level"], "as_of": entry["as_of"]},
                    **{"task": task, "metric": by, "ranking": name},
                    "value": figures.get(by),
                }
                for name, figures in named.items()
                for by in result["model"]
                if figures.get(by) is not None
            ]
    names = ["level", "as_of", "task", "metric", "ranking", "value"]
    return pd.DataFrame(rows, columns=names)


def beside(entry: Entry, lang: str) -> pd.DataFrame:
    """Return every ranking of a level, a row each, and its figure in each task.

    The model stands first, then the simple rules, the best first, the model's
    parts, and what could be had at most.
    """
    found = every([entry])
    told = {task: metric(r) for task, r in entry["tasks"].items() if r.get("model")}
    found = found[found["metric"] == found["task"].map(told)]
    wide = found.pivot_table(
        index="ranking", columns="task", values="value", sort=False
    )
    wide = wide.reindex(columns=list(told))
    places = {"model": 0, **dict.fromkeys(OWN, 2), "ceiling": 3}
    order = pd.DataFrame(
        {
            "group": [places.get(name, 1) for name in wide.index],
            "mean": -wide.mean(axis=1).to_numpy(),
            # Rules for places and rules for segments are told apart.
            "kind": wide[wide.columns[:1]].isna().any(axis=1).to_numpy(),
        },
        index=wide.index,
    ).sort_values(["group", "kind", "mean"], kind="stable")
    wide = wide.loc[order.index]
    own = {name: t(f"evidence.row_{name}", lang) for name in ("model", "ceiling")}
    named = [own.get(name) or ranking_name(name, lang) for name in wide.index]
    headings = {task: t(f"evidence.task_{task}", lang) for task in told}
    wide = wide.rename(columns=headings)
    wide.insert(0, t("evidence.col_ranking", lang), named)
    return wide.reset_index(drop=True)


def segments(model: Model, entry: Entry, task: str, lang: str) -> pd.DataFrame:
    """Return each segment's figures in a task, the furthest ahead first.

    Returns
    -------
    DataFrame
        ``segment, name, positives, ours, best, value, low, high, verdict``.
    """
    rows = [
        {
            "segment": row["segment"],
            "name": _segment(model.facts, row["segment"], lang),
            "positives": row["positives"],
            "ours": row["model"][by],
            "best": row["best_baseline"][by],
            **{key: row["lift"][by][key] for key in ("value", "low", "high")},
            "verdict": verdict(row["lift"][by]),
        }
        for row in entry.get("by_segment", [])
        if row["task"] == task and row.get("lift")
        for by in [next(iter(row["model"]))]
    ]
    table = pd.DataFrame(rows)
    return table if table.empty else table.sort_values("value", ascending=False)


def by_segment(entry: Entry) -> list[str]:
    """Return the tasks that are judged segment by segment."""
    found = {row["task"]: None for row in entry.get("by_segment", [])}
    return [name for name in entry["tasks"] if name in found]


def left_out(model: Model, entry: Entry, task: str, lang: str) -> list[str]:
    """Return the segments with too few places to judge, and how many they had."""
    return [
        t(
            "evidence.left_out_one",
            lang,
            segment=_segment(model.facts, one["segment"], lang),
            places=one["positives"],
        )
        for one in entry["tasks"][task].get("left_out", [])
    ]


def grades(model: Model) -> dict[str, list[str]]:
    """Return the segments of each grade of evidence; a grade without any is left out.

    Parameters
    ----------
    model : Model
    """
    found: dict[str, list[str]] = {grade: [] for grade in GRADES}
    for segment in model.facts.segments.index:
        found[confidence(model, segment)].append(segment)
    return {grade: names for grade, names in found.items() if names}


def differences(model: Model, lang: str) -> pd.DataFrame:
    """Return how the model compared with the one before it; empty without one."""
    said = manifest(model).get("promotion", {}).get("differences", [])
    return pd.DataFrame(
        [
            {
                "level": t(f"common.level_{one['level']}", lang),
                "task": t(f"evidence.task_{one['task']}", lang),
                "champion": one["champion"],
                "challenger": one["challenger"],
                "gap": f"{signed(one['value'])}"
                f" [{signed(one['low'])}, {signed(one['high'])}]",
                "says": t(f"evidence.verdict_{verdict(one)}", lang),
            }
            for one in said
        ]
    )


def checksums(model: Model, lang: str) -> pd.DataFrame:
    """Return the files and fingerprints that the manifest vouches with."""
    held = manifest(model)
    rows = [(held["file"], held["sha256"])]
    rows += [(one["file"], one["sha256"]) for one in held.get("draws", {}).values()]
    rows += [
        (t(f"evidence.sum_{name}", lang), held[name])
        for name in ("facts", "code")
        if name in held
    ]
    return pd.DataFrame(rows, columns=["what", "checksum"])


def outcomes(model: Model, lang: str) -> pd.DataFrame:
    """Return the lists of what really happened: months, and events at each level."""
    counts = model.known.outcomes.pivot_table(
        index="source_id", columns="level", values="count", aggfunc="sum"
    )
    counts = counts.reindex(columns=list(LEVELS)).fillna(0).astype(int)
    counts = counts.sort_values("city", ascending=False)
    sources = model.facts.sources.loc[counts.index]
    spans = [
        f"{first}–{last}" if first else ""
        for first, last in zip(
            sources["covers_from"], sources["covers_to"], strict=True
        )
    ]
    return pd.DataFrame(
        {
            "list": columns.in_language(sources, "title", lang).to_numpy(),
            "months": spans,
            **{level: counts[level].to_numpy() for level in LEVELS},
        }
    )


def counted(model: Model) -> dict[str, str]:
    """Return how much the ranking rests on, for a sentence."""
    facts, known = model.facts, model.known
    held = {
        "segments": len(facts.segments),
        "cities": len(facts.places.loc["city"]),
        "districts": len(facts.places.loc["district"]),
        "figures": len(known.observations),
        "indicators": known.observations["indicator"].nunique(),
        "sources": known.observations["source_id"].nunique(),
        "events": int(known.outcomes.query("level == 'city'")["count"].sum()),
        "lists": known.outcomes["source_id"].nunique(),
    }
    return {name: f"{count:,}" for name, count in held.items()}


def pillars(model: Model, lang: str) -> str:
    """Return how many indicators each pillar of the fundamentals has, in words."""
    known = model.known.observations["indicator"].unique()
    counts = model.facts.indicators.loc[known, "pillar"].value_counts()
    return t("common.list_gap", lang).join(
        t(
            "evidence.pillar",
            lang,
            pillar=t(f"common.pillar_{name}", lang),
            count=counts[name],
        )
        for name in PILLARS
        if name in counts
    )


def _segment(facts: Facts, segment: str, lang: str) -> str:
    """Return a segment's name; its id where the facts no longer have it."""
    if segment not in facts.segments.index:
        return segment
    return str(facts.segments.at[segment, f"name_{lang}"])
