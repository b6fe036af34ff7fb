"""explain: why a place ranks where it does, and why above another."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

import pandas as pd

from app.commands import output, overriding
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from app.commands.places import level_of
from app.ui.words import t
from data import Facts
from model import score as scoring
from model.explanation import whole
from model.score import Model
from model.why import STABLE, TOP


def explain(args: argparse.Namespace) -> None:
    """Print why a place ranks where it does, and why above another."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    scoring.check_segment(facts, args.segment)
    level = level_of(facts, args.place, args.level)
    if args.versus is not None:
        check_pair(facts, level, args.place, args.versus)
    held = overriding.asked(args)
    model = ready(facts, progress=output.progress)
    asked = (args.segment, args.place, level, args.versus)
    answer = whole(model, *asked, progress=output.progress)
    answer |= overriding.of_place(held, model, args.segment, level, args.place)
    if args.json:
        output.print_json(answer)
    else:
        _print(model, answer, args.lang)


def check_pair(facts: Facts, level: str, place: str, versus: str) -> None:
    """Refuse two places that cannot be compared.

    Raises
    ------
    UnknownNameError
        When the other is no place.
    UserError
        When it is of the other level, or the same place.
    """
    if (level, versus) not in facts.places.index:
        level_of(facts, versus, None)
        raise UserError("levels_differ", place=place, versus=versus)
    if versus == place:
        raise UserError("same_place", place=place)


def _print(model: Model, answer: dict[str, Any], lang: str) -> None:
    _print_standing(model, answer, lang)
    print(f"\n{t('why.reasons', lang)}")
    for number, reason in enumerate(answer["reasons"], start=1):
        print(f"  {number}. {_said(reason, lang)}")
    if not answer["reasons"]:
        print(f"  {t('why.no_reason', lang)}")
    weak = answer["weakness"]
    said = t("why.no_weakness", lang) if weak is None else _said(weak, lang)
    print(f"{t('why.weakness', lang)}\n  {said}")
    print(f"{t('why.unknown', lang)}\n  {answer['unknown'][f'text_{lang}']}\n")
    output.print_table(
        _pillars(answer["pillars"], t("why.col_contribution", lang), lang)
    )
    if "difference" in answer:
        _print_difference(model, answer, lang)
    if any(one["stable"] is not None for one in answer["groups"]):
        print(f"\n{t('why.stable_means', lang, share=f'{STABLE:.0%}', top=TOP)}")


def _print_standing(model: Model, answer: dict[str, Any], lang: str) -> None:
    """Print which place it is, its rank, its range, and its score in two parts."""
    level, place = answer["level"], answer["place"]
    name = model.facts.places.at[(level, place), f"name_{lang}"]
    segment = model.facts.segments.at[answer["segment"], f"name_{lang}"]
    named = {"name": name, "place": place, "segment": segment}
    print(t("why.head", lang, **named, as_of=answer["as_of"]))
    parts = {key: f"{answer[key]:+.3f}" for key in ("presence", "fundamentals")}
    stands = {"rank": answer["rank"], "total": len(model.tables[level].place)}
    print(t("why.scored", lang, **stands, **parts, score=f"{answer['score']:.3f}"))
    for text in overriding.lines(answer, answer["rank"], lang):
        print(text)
    if answer["rank_low"] is not None:
        ends = {"low": answer["rank_low"], "high": answer["rank_high"]}
        print(t("common.said_range", lang, **ends, top=f"{answer['chance_top5']:.0%}"))


def _said(entry: dict[str, Any], lang: str) -> str:
    """Return what is said of a group, marked as stable or not where that is known."""
    said = str(entry[f"text_{lang}"])
    if entry["stable"] is None:
        return said
    return f"[{t('why.stable' if entry['stable'] else 'why.unstable', lang)}] {said}"


def _pillars(pillars: list[dict[str, Any]], heading: str, lang: str) -> pd.DataFrame:
    names = [t(f"common.pillar_{one['pillar']}", lang) for one in pillars]
    values = _signed(one["contribution"] for one in pillars)
    return pd.DataFrame({t("why.col_pillar", lang): names, heading: values})


def _signed(values: Iterable[float]) -> list[str]:
    return [f"{value:+.3f}" for value in values]


def _print_difference(model: Model, answer: dict[str, Any], lang: str) -> None:
    """Print why one of two places is above the other, in words and in parts."""
    gap = answer["difference"]
    print(f"\n{gap[f'text_{lang}']}")
    told = [("driver", entry) for entry in gap["drivers"]]
    told += [("against", gap["against"])] * (gap["against"] is not None)
    rows = [(one[f"name_{lang}"], kind, one["contribution"]) for kind, one in told]
    rows.append((t("why.part_rest", lang), "rest", gap["rest"]))
    parts, kinds, values = zip(*rows, strict=True)
    table = {
        t("why.col_part", lang): parts,
        t("why.col_kind", lang): [t(f"why.kind_{kind}", lang) for kind in kinds],
        t("why.col_contribution", lang): _signed(values),
    }
    print()
    output.print_table(pd.DataFrame(table))
    print()
    for _, entry in told:
        print(f"  {_said(entry, lang)}")
    names = model.facts.places.loc[answer["level"], f"name_{lang}"]
    pair = {key: names[answer[key]] for key in ("place", "versus")}
    print()
    minus = t("why.col_minus", lang, **pair)
    output.print_table(_pillars(gap["pillars"], minus, lang))
