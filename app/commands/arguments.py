"""What the command line takes: every command, its options and an example."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from app.commands.errors import one_line
from app.ui.words import LANGS, t
from data.schema import LEVELS
from data.tables import TABLE_NAMES

EXAMPLES = {
    "serve": "siteselect serve --port 8501",
    "train": "siteselect train --as-of 2025-12",
    "evaluate": "siteselect evaluate --level city --json",
    "backtest": "siteselect backtest --as-of 2024-12 --outcomes outcomes.csv",
    "rank": "siteselect rank --segment ai_healthcare --level district --top 20",
    "explain": "siteselect explain --segment ai_healthcare --place 110108"
    " --versus 440305",
    "fit": "siteselect fit --place 110108 --top 5",
    "twins": "siteselect twins --place 340104 --segment smart_hardware",
    "move": "siteselect move --segment ai_healthcare --place 110108 --since 2024-12",
    "what-if": "siteselect what-if --segment ai_healthcare --place 340104"
    " --set bachelor_plus=+10% --set city:ai_papers=900",
    "path": "siteselect path --segment industrial_robots --place 340100 --top 10",
    "find-out": "siteselect find-out --segment ai_security --place 330113",
    "clock": "siteselect clock --place 440300 --segment drones --today 2026-06",
    "override": "siteselect override mine.json --segment drones --place 440300"
    ' --pin 1 --reason "site visit" --initials AB',
    "score": "siteselect score --out scores.parquet --level district",
    "check-data": "siteselect check-data my_facts/ --json",
    "facts": "siteselect facts --place 110108 --indicator bachelor_plus",
    "lens": "siteselect lens aitisa2021 --format json",
    "import": "siteselect import filings list.docx --out my_facts/",
}


MOST_SEED = 2**31 - 100


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one clear line."""

    def error(self, text: str) -> NoReturn:
        """Print the error and where help is, and leave with exit code 2."""
        lang = language(sys.argv)
        said = t("error.usage", lang, text=text, command=self.prog)
        print(one_line(said), file=sys.stderr)
        raise SystemExit(2)


def language(argv: list[str]) -> str:
    """Return the language asked for with ``--lang`` before the arguments are read."""
    for position, word in enumerate(argv):
        if word.startswith("--lang="):
            word = word.removeprefix("--lang=")
        elif word == "--lang" and position + 1 < len(argv):
            word = argv[position + 1]
        else:
            continue
        if word in LANGS:
            return word
    return LANGS[0]


def positive(text: str) -> int:
    """Read a whole number of one or more."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} < 1")
    return value


def seed(text: str) -> int:
    """Read a random seed that numpy and LightGBM both take."""
    value = int(text)
    if not 0 <= value <= MOST_SEED:
        raise argparse.ArgumentTypeError(f"{text}: 0..{MOST_SEED}")
    return value


def between(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers in a range, whole ones when ``low`` is whole."""

    def number(text: str) -> float:
        value = type(low)(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text}: {low}..{high}")
        return value

    return number


def parser(lang: str) -> argparse.ArgumentParser:
    """Build the parser of every command, its help in ``lang``."""
    main = Parser(prog="siteselect", description=t("cli.about", lang))
    commands = main.add_subparsers(dest="command", required=True, parser_class=Parser)

    def command(name: str) -> argparse.ArgumentParser:
        help_text = t(f"cli.{name.replace('-', '_')}", lang)
        made = commands.add_parser(
            name,
            help=help_text,
            description=help_text,
            epilog=f"{t('cli.example', lang)}: {EXAMPLES[name]}",
        )
        made.add_argument(
            "--lang", choices=LANGS, default=LANGS[0], help=t("cli.arg_lang", lang)
        )
        return made

    def argument(made: argparse.ArgumentParser, name: str, **more: Any) -> None:
        key = name.lstrip("-").replace("-", "_")
        made.add_argument(name, help=t(f"cli.arg_{key}", lang), **more)

    serve = command("serve")
    argument(serve, "--data")
    argument(serve, "--port", type=int, default=8501)
    argument(serve, "--host", default="127.0.0.1")

    train = command("train")
    argument(train, "--data")
    argument(train, "--as-of")
    argument(train, "--out")
    argument(train, "--seed", type=seed, default=0)
    argument(train, "--threads", type=seed, default=0)
    argument(train, "--weight", type=between(0.0, 100.0))
    argument(train, "--trees", type=between(1, 10_000))
    argument(train, "--leaves", type=between(2, 1_000))
    argument(train, "--resamples", type=between(0, 1_000), default=200)
    argument(train, "--promote", action="store_true")
    argument(train, "--back", action="store_true")
    argument(train, "--json", action="store_true")

    evaluate = command("evaluate")
    argument(evaluate, "--data")
    argument(evaluate, "--level", choices=LEVELS)
    argument(evaluate, "--origins")
    argument(evaluate, "--origin")
    argument(evaluate, "--leave-out", choices=("city", "segment", "source"))
    argument(evaluate, "--json", action="store_true")

    backtest = command("backtest")
    argument(backtest, "--data")
    known = t("cli.arg_known_to", lang)
    backtest.add_argument("--as-of", required=True, help=known)
    argument(backtest, "--outcomes", required=True)
    argument(backtest, "--level", choices=LEVELS)
    argument(backtest, "--horizon", type=positive, default=12)
    argument(backtest, "--json", action="store_true")

    rank = command("rank")
    argument(rank, "--data")
    argument(rank, "--segment", required=True)
    argument(rank, "--level", choices=LEVELS, default="city")
    argument(rank, "--within")
    argument(rank, "--where")
    argument(rank, "--top", type=positive)
    argument(rank, "--overrides")
    argument(rank, "--format", choices=("table", "csv", "json"), default="table")

    explain = command("explain")
    argument(explain, "--data")
    argument(explain, "--segment", required=True)
    argument(explain, "--place", required=True)
    argument(explain, "--versus")
    argument(explain, "--level", choices=LEVELS)
    argument(explain, "--overrides")
    argument(explain, "--json", action="store_true")

    fit = command("fit")
    argument(fit, "--data")
    argument(fit, "--place", required=True)
    argument(fit, "--level", choices=LEVELS)
    argument(fit, "--top", type=positive)
    argument(fit, "--overrides")
    argument(fit, "--format", choices=("table", "csv", "json"), default="table")

    twins = command("twins")
    argument(twins, "--data")
    argument(twins, "--place", required=True)
    argument(twins, "--segment", required=True)
    argument(twins, "--level", choices=LEVELS)
    argument(twins, "--before")
    argument(twins, "--json", action="store_true")

    move = command("move")
    argument(move, "--data")
    argument(move, "--segment")
    argument(move, "--place", required=True)
    argument(move, "--level", choices=LEVELS)
    argument(move, "--since")
    argument(move, "--data-before")
    argument(move, "--model-before")
    move.add_argument("--lens", help=t("cli.arg_move_lens", lang))
    argument(move, "--lens-before")
    argument(move, "--json", action="store_true")

    what_if = command("what-if")
    argument(what_if, "--data")
    argument(what_if, "--segment", required=True)
    argument(what_if, "--place", required=True)
    argument(what_if, "--level", choices=LEVELS)
    argument(what_if, "--set", action="append", metavar="INDICATOR=VALUE")
    argument(what_if, "--planned", nargs="?", const="", metavar="FILE")
    argument(what_if, "--json", action="store_true")

    path = command("path")
    argument(path, "--data")
    argument(path, "--segment", required=True)
    argument(path, "--place", required=True)
    argument(path, "--level", choices=LEVELS)
    edge = t("cli.arg_edge", lang)
    path.add_argument("--top", type=positive, default=10, help=edge)
    argument(path, "--allow")
    argument(path, "--json", action="store_true")

    find_out = command("find-out")
    argument(find_out, "--data")
    argument(find_out, "--segment", required=True)
    argument(find_out, "--place", required=True)
    argument(find_out, "--level", choices=LEVELS)
    find_out.add_argument("--top", type=positive, default=10, help=edge)
    argument(find_out, "--most", type=positive, default=10)
    argument(find_out, "--json", action="store_true")

    clock = command("clock")
    argument(clock, "--data")
    argument(clock, "--place", required=True)
    argument(clock, "--segment")
    argument(clock, "--level", choices=LEVELS)
    argument(clock, "--today")
    argument(clock, "--json", action="store_true")

    score = command("score")
    argument(score, "--data")
    argument(score, "--out", required=True)
    argument(score, "--segments")
    argument(score, "--level", choices=LEVELS)
    argument(score, "--places")
    argument(score, "--overrides")

    change = command("override")
    argument(change, "--data")
    change.add_argument("file", help=t("cli.arg_override_file", lang))
    argument(change, "--segment")
    argument(change, "--place")
    argument(change, "--level", choices=LEVELS)
    one = change.add_mutually_exclusive_group()
    for name in ("pin", "up", "down"):
        said = t(f"cli.arg_{name}", lang)
        one.add_argument(f"--{name}", type=positive, metavar="N", help=said)
    for name in ("exclude", "remove"):
        said = t(f"cli.arg_{name}", lang)
        one.add_argument(f"--{name}", action="store_true", help=said)
    argument(change, "--reason")
    argument(change, "--initials")
    argument(change, "--date")
    argument(change, "--format", choices=("table", "csv", "json"), default="table")

    facts = command("facts")
    argument(facts, "--data")
    argument(facts, "--table", choices=TABLE_NAMES, default="observations")
    argument(facts, "--place")
    argument(facts, "--indicator")
    argument(facts, "--source")
    argument(facts, "--format", choices=("table", "csv", "json"), default="table")

    lens = command("lens")
    argument(lens, "--data")
    lens.add_argument("name", help=t("cli.arg_lens", lang))
    lens.add_argument("--segment", help=t("cli.arg_lens_segment", lang))
    argument(lens, "--top", type=positive)
    argument(lens, "--format", choices=("table", "csv", "json"), default="table")

    bring = command("import")
    argument(bring, "kind", choices=("filings", "outcomes", "indicators", "places"))
    file = bring.add_argument("file", nargs="+", help=t("cli.arg_file", lang))
    # A template needs no file; `nargs="*"` would not take one after an option.
    file.required = False
    argument(bring, "--out", required=True)
    argument(bring, "--template", action="store_true")
    argument(bring, "--keep-valid", action="store_true")
    argument(bring, "--month")
    argument(bring, "--period")
    argument(bring, "--source", default="user")
    argument(bring, "--producer", default="user")
    argument(bring, "--json", action="store_true")

    check = command("check-data")
    argument(check, "folder", nargs="?")
    argument(check, "--json", action="store_true")
    return main
