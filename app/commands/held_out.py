"""evaluate --leave-out: tables of what a city, segment or source was worth."""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from app.commands import judgement, output
from app.commands.judgement import headed, named
from app.ui.words import t
from data import Facts
from model.wording import figure, with_interval


def show(results: list[dict[str, Any]], facts: Facts, args: argparse.Namespace) -> None:
    """Print results of :func:`model.leave_out.leave_out` as JSON or as tables."""
    if args.json:
        output.print_json(results)
        return
    for result in results:
        kind, count = result["leave_out"], len(result["folds"])
        print(judgement.heading(result, args.lang))
        print(t(f"judged.without_{kind}", args.lang, count=count))
        output.print_table(tables(result, facts, args.lang))
        if "by_segment" in result:
            print(f"\n{t('judged.by_held_out', args.lang, metric=judgement.SHOWN)}")
            output.print_table(segment_table(result["by_segment"], facts, args.lang))


def tables(result: dict[str, Any], facts: Facts, lang: str) -> pd.DataFrame:
    """Return the main table of a result."""
    if result["leave_out"] == "source":
        return source_table(result, lang)
    return task_table(result["tasks"], lang)


def task_table(tasks: dict[str, Any], lang: str) -> pd.DataFrame:
    """Return one row for each task and metric: as it is, and held out."""
    rows = []
    for name, judged in tasks.items():
        for metric, model in judged["model"].items():
            best = judged["best_baseline"][metric]
            value = judged["baselines"][best][metric]
            rows.append(
                {
                    "task": named("task", name, lang),
                    "metric": metric,
                    "model": figure(model),
                    "held_out": figure(judged["held_out"][metric]),
                    "change": with_interval(judged["change"][metric]),
                    "best": f"{figure(value)} {named('ranking', best, lang)}",
                    "held_out_lift": with_interval(judged["held_out_lift"][metric]),
                    "judged": str(judged.get("places", judged["segments"])),
                }
            )
    return headed(rows, lang)


def segment_table(
    by_segment: list[dict[str, Any]], facts: Facts, lang: str
) -> pd.DataFrame:
    """Return one row for each segment: the model, and the one not taught by it."""
    table: dict[str, dict[str, str]] = {}
    order: dict[str, None] = {}
    for row in by_segment:
        name = judgement.segment_name(facts, row["segment"], lang)
        task = named("task", row["task"], lang)
        both = (row[key][judgement.SHOWN] for key in ("model", "held_out"))
        table.setdefault(name, {})[task] = " -> ".join(map(figure, both))
        order[task] = None
    frame = pd.DataFrame.from_dict(table, orient="index")
    frame = frame.reindex(columns=list(order)).fillna("")
    return frame.rename_axis(t("judged.column_segment", lang)).reset_index()


def source_table(result: dict[str, Any], lang: str) -> pd.DataFrame:
    """Return one row for each source: what leaving it out changed in each task."""
    metric = judgement.SHOWN
    rows = []
    for entry in result["sources"]:
        row = {t("judged.column_source", lang): entry["source_id"]}
        for name, judged in result["tasks"].items():
            if metric not in judged["model"]:
                continue
            if not entry["known"]:
                said = t("judged.unknown_then", lang)
            elif not entry["trained"]:
                said = t("judged.untaught", lang)
            else:
                said = with_interval(entry["tasks"][name]["change"][metric])
            model = figure(judged["model"][metric])
            row[f"{named('task', name, lang)} {metric} {model}"] = said
        rows.append(row)
    return pd.DataFrame(rows)
