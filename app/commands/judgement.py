"""Readable tables of how well the ranking did, next to its baselines and ceiling."""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from app.commands import output
from app.ui.words import t, words
from data import Facts
from model.wording import figure, per_cent, with_interval

# Marks a segment that did worse than the best baseline; doubled, significantly so.
BELOW = "<"
SHOWN = "ndcg@20"


def show(results: list[dict[str, Any]], facts: Facts, args: argparse.Namespace) -> None:
    """Print results of ``evaluate`` or ``backtest`` as JSON or as tables."""
    if args.json:
        output.print_json(results)
        return
    for result in results:
        print(heading(result, args.lang))
        output.print_table(task_table(result["tasks"], args.lang))
        print(f"\n{t('judged.every', args.lang)}")
        output.print_table(ranking_table(result["tasks"], args.lang))
        print(f"\n{t('judged.by_segment', args.lang, metric=SHOWN, mark=BELOW)}")
        output.print_table(segment_table(result["by_segment"], facts, args.lang))
        for line in left_out(result["tasks"], facts, args.lang):
            print(line)


def heading(result: dict[str, Any], lang: str) -> str:
    """Return what a block of tables is about."""
    values = {
        "level": t(f"error.level_{result['level']}", lang),
        "as_of": result["as_of"],
        "months": result["horizon_months"],
    }
    return "\n" + t("judged.heading", lang, **values)


def named(kind: str, name: str, lang: str) -> str:
    """Return the name of a task or ranking; its id where there is no word for it."""
    return words(lang).get(f"judged.{kind}_{name}", name)


def task_table(tasks: dict[str, Any], lang: str) -> pd.DataFrame:
    """Return one row for each task and metric."""
    rows = []
    for name, judged in tasks.items():
        for metric, model in judged["model"].items():
            best = judged["best_baseline"][metric]
            blind = judged.get("segment_blind")
            value = judged["baselines"][best][metric]
            rows.append(
                {
                    "task": named("task", name, lang),
                    "metric": metric,
                    "model": figure(model),
                    "best": f"{figure(value)} {named('ranking', best, lang)}",
                    "lift": with_interval(judged["lift"][metric]),
                    "relative": per_cent(judged["lift_relative"][metric]),
                    "ceiling": figure(judged["ceiling"].get(metric)),
                    "room": per_cent(judged["share_of_room"].get(metric), "+.0f"),
                    "blind": with_interval(blind["lift"][metric]) if blind else "-",
                    "judged": str(judged.get("places", judged["segments"])),
                }
            )
    return headed(rows, lang)


def headed(rows: list[dict[str, str]], lang: str) -> pd.DataFrame:
    """Return rows as a table whose columns have names people read."""
    table = pd.DataFrame(rows)
    return table.rename(columns=lambda name: t(f"judged.column_{name}", lang))


def ranking_table(tasks: dict[str, Any], lang: str) -> pd.DataFrame:
    """Return one row for the model and each other ranking, a column for each task."""
    columns: dict[str, dict[str, str]] = {}
    for name, judged in tasks.items():
        for metric in judged["model"]:
            values = {"model": judged["model"], **judged["baselines"]}
            values |= judged.get("parts", {})
            if "segment_blind" in judged:
                values["segment_blind"] = judged["segment_blind"]
            best = judged["best_baseline"][metric]
            columns[f"{named('task', name, lang)} {metric}"] = {
                named("ranking", one, lang): figure(held[metric])
                + ("*" if one == best else "")
                for one, held in values.items()
            }
    table = pd.DataFrame(columns).fillna("")
    first = t("judged.column_ranking", lang)
    return table.rename_axis(first).reset_index()


def segment_table(
    by_segment: list[dict[str, Any]], facts: Facts, lang: str
) -> pd.DataFrame:
    """Return one row for each segment: the model and its best baseline by task."""
    table: dict[str, dict[str, str]] = {}
    order: dict[str, None] = {}
    for row in by_segment:
        model, best = row["model"][SHOWN], row["best_baseline"][SHOWN]
        task = named("task", row["task"], lang)
        below = BELOW if row["lift"][SHOWN]["high"] >= 0 else 2 * BELOW
        mark = f" {below}" if model < best else ""
        cells = table.setdefault(segment_name(facts, row["segment"], lang), {})
        places, both = (
            t(f"judged.{key}", lang, task=task) for key in ("places", "model_best")
        )
        cells[places] = str(row["positives"])
        cells[both] = f"{figure(model)} / {figure(best)}{mark}"
        order |= dict.fromkeys((places, both))
    frame = pd.DataFrame.from_dict(table, orient="index")
    frame = frame.reindex(columns=list(order)).fillna("")
    return frame.rename_axis(t("judged.column_segment", lang)).reset_index()


def segment_name(facts: Facts, segment: str, lang: str) -> str:
    """Return a segment's name in a language."""
    return str(facts.segments.at[segment, f"name_{lang}"])


def left_out(tasks: dict[str, Any], facts: Facts, lang: str) -> list[str]:
    """Return for each task the line of the segments that are not in its averages."""
    lines = []
    for name, judged in tasks.items():
        names = [
            f"{segment_name(facts, entry['segment'], lang)} ({entry['positives']})"
            for entry in judged["left_out"]
        ]
        if names:
            values = {"task": named("task", name, lang), "names": ", ".join(names)}
            lines.append(t("judged.left_out", lang, **values))
    return lines
