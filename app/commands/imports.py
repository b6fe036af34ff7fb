"""import: a user's file turned into our format, or refused row by row."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pandas as pd

from app.commands import output
from app.commands.errors import UserError, one_line
from app.ui.words import t
from data import load, tables
from data.files import replacing
from data.importers import filing_lists, indicators, outcomes, places, sheets, sources
from data.importers import templates as template_files
from data.importers.cells import each, guard, period
from data.importers.result import Finding, Result, merge, standing
from data.messages import say
from data.reading import files, read_raw, read_text, typed
from data.rules import PATTERNS, Context

KINDS: dict[str, ModuleType] = {
    "filings": filing_lists,
    "outcomes": outcomes,
    "indicators": indicators,
    "places": places,
}
USED = (
    *("places", "provinces", "segments", "sources", "indicators", "zones"),
    *("place_changes", "filings", "observations"),
)
LAYERED = ("places", "sources", "indicators", "zones")
# Where each table goes in a folder.
PATHS = {
    "outcomes": "outcomes.csv",
    "filings": "filings.csv",
    "observations": "observations/imported.csv",
    "places": "places.csv",
}
# What is written when a file is named and no folder.
ALONE = {
    "filings": "outcomes",
    "outcomes": "outcomes",
    "indicators": "observations",
    "places": "places",
}
MOST_SHOWN = 50


@dataclass(frozen=True)
class Written:
    """Files written, and the earlier rows (kept, replaced) of each that had any."""

    paths: list[Path] = field(default_factory=list)
    earlier: dict[Path, tuple[int, int]] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """Number of earlier rows that stayed."""
        return sum(kept for kept, _ in self.earlier.values())

    @property
    def replaced(self) -> int:
        """Number of earlier rows that a new row of the same key replaced."""
        return sum(replaced for _, replaced in self.earlier.values())


def context_of(folder: Path | None) -> Context:
    """Return the facts that names are looked up in, those of a folder over ours."""
    facts = load()
    context = {name: facts[name] for name in USED}
    for name in LAYERED if folder else ():
        table = tables.BY_NAME[name]
        for path in files(folder, table):  # type: ignore[arg-type]
            file = path.relative_to(folder).as_posix()  # type: ignore[arg-type]
            mine = typed(read_raw(folder, path, table), table, file)  # type: ignore[arg-type]
            both = pd.concat([context[name], mine], ignore_index=True)
            context[name] = both.drop_duplicates(list(table.key), keep="last")
    return context


def import_(args: argparse.Namespace) -> int:
    """Read a user's files and write what is valid, or say what is not."""
    out = Path(args.out)
    if args.template:
        return template(args, out)
    if not args.file:
        raise UserError("import_no_file")
    folder = None if out.suffix.lower() == ".csv" and not out.is_dir() else out
    if folder and folder.suffix and not folder.is_dir():
        raise UserError("import_suffix", path=out)
    for name in ("month", "period"):
        given = getattr(args, name)
        if given is not None and (
            period(given) != given or (name == "month" and len(given) != 7)
        ):
            raise UserError(f"import_{name}", value=given)
    context = context_of(folder if folder and folder.is_dir() else None)
    result = read(args, context)
    if folder is None:
        result = without_entry(result, context)
    refused = bool(result.rejected) and not args.keep_valid
    written = Written()
    if result.accepted and not refused:
        written = write(args, result, out, folder, context)
    report(args, result, written, refused)
    return 2 if result.rejected and not written.paths else 0


def read(args: argparse.Namespace, context: Context) -> Result:
    """Read the files of an import and judge every row."""
    module = KINDS[args.kind]
    paths = [Path(name) for name in args.file]
    sheet = sheets.read(
        paths, module.known(context), module.needed(context), output.progress
    )
    if args.kind == "filings":
        result = filing_lists.read(sheet, context, args.month or "")
        return filing_lists.gap(context, result)
    if args.kind == "places":
        return places.read(sheet, context)
    if not re.fullmatch(PATTERNS["id"], args.source):
        raise UserError("import_source", value=args.source)
    context = with_source(context, args.source)
    if args.kind == "outcomes":
        return outcomes.read(sheet, context, args.source)
    return indicators.read(sheet, context, args.source, args.period or "")


def with_source(context: Context, source: str) -> Context:
    """Return the context with a source that may get its entry only now."""
    known = context["sources"]
    if source in set(known["source_id"]):
        return context
    mine = pd.DataFrame([{"source_id": source, "covers_to": ""}])
    return {**context, "sources": pd.concat([known, mine], ignore_index=True)}


def without_entry(result: Result, context: Context) -> Result:
    """Say which sources have no entry: a file alone has no sources.toml beside it."""
    held = [t["source_id"] for t in result.tables.values() if "source_id" in t]
    names = (
        sorted({*pd.concat(held)} - {*context["sources"]["source_id"]}) if held else []
    )
    said = [say("no_source_entry", source=name) for name in names]
    return replace(result, general=[*result.general, *said])


def write(
    args: argparse.Namespace,
    result: Result,
    out: Path,
    folder: Path | None,
    context: Context,
) -> Written:
    """Write the accepted rows, each file whole and all of them or none."""
    texts: dict[Path, str] = {}
    earlier: dict[Path, tuple[int, int]] = {}
    if folder is None:
        name = ALONE[args.kind]
        texts[out] = as_csv(result.tables[name], name)
    else:
        whole, earlier = beside(folder, result, with_source(context, args.source))
        for name, table in whole.items():
            texts[folder / PATHS[name]] = as_csv(table, name)
        if entry := source_entry(args, result, folder, context):
            texts[folder / "sources.toml"] = entry
    given = {Path(name).resolve() for name in args.file}
    for path in texts:
        if path.resolve() in given:
            raise UserError("import_same", path=path)
        if path.is_dir():
            raise UserError("import_folder", path=path)
    with ExitStack() as stack:
        # The draft made first takes its place last: that of the sources.
        for path in reversed(texts):
            draft = stack.enter_context(replacing(path))
            draft.write_text(texts[path], encoding="utf-8", newline="")
    return Written(list(texts), earlier)


def as_csv(table: pd.DataFrame, name: str) -> str:
    """Write a table of facts as text that a spreadsheet reads and does not run."""
    kinds = {column.name: column.kind for column in tables.BY_NAME[name].columns}
    safe = table.copy()
    for column in safe:
        if kinds[column] != "number":
            safe[column] = each(safe[column].astype(str), guard)
    # The mark tells Excel that the text is UTF-8.
    return "\ufeff" + safe.to_csv(index=False, lineterminator="\n")


def beside(
    folder: Path, result: Result, context: Context
) -> tuple[dict[str, pd.DataFrame], dict[Path, tuple[int, int]]]:
    """Put new rows beside those of a folder, in place of those of the same key.

    Counts of filings are made anew from all the filings that the folder then holds.

    Returns
    -------
    tuple of dict and dict
        The whole tables by name, and how many earlier rows of each file were kept
        and replaced.
    """
    whole: dict[str, pd.DataFrame] = {}
    earlier: dict[Path, tuple[int, int]] = {}
    # Filings come before the counts made of them.
    for name, new in result.tables.items():
        path, table = folder / PATHS[name], tables.BY_NAME[name]
        before = standing(path, table, context)
        if "filings" in whole:
            new = filing_lists.outcomes(whole["filings"])
            if folder / PATHS["filings"] in earlier:
                before = before[before["source_id"] != filing_lists.SOURCE]
        whole[name], replaced = merge(before, new, table)
        if len(before):
            earlier[path] = len(before) - replaced, replaced
    return whole, earlier


def source_entry(
    args: argparse.Namespace, result: Result, folder: Path, context: Context
) -> str | None:
    """Return sources.toml with the source that the rows need; None when it is there."""
    path = folder / "sources.toml"
    text = read_text(path, path.name) if path.is_file() else ""
    if args.kind == "filings":
        last = result.tables["filings"]["month"].max()
        known = filing_lists.covering(context, last)["sources"]
        source = filing_lists.SOURCE
        row = known.set_index("source_id").loc[source].to_dict()
        return sources.with_entry(text, source, sources.of_catalogue(row))
    if args.kind == "places" or args.source in set(context["sources"]["source_id"]):
        return None
    if not any((t["source_id"] == args.source).any() for t in result.tables.values()):
        return None
    title = ", ".join(Path(name).name for name in args.file)
    values = sources.of_user(args.producer, title, date.today())
    return sources.with_entry(text, args.source, values)


def report(
    args: argparse.Namespace, result: Result, written: Written, refused: bool
) -> None:
    """Say what was written and, row by row, what was not."""
    if args.json:
        output.print_json(
            {
                "written": [str(path) for path in written.paths],
                "replaced": written.replaced,
                "kept": written.kept,
                "rows": result.rows,
                "accepted": result.accepted,
                "rejected": [asdict(finding) for finding in result.rejected],
                "remarks": [asdict(finding) for finding in result.remarks],
                "notes": [{"zh": zh, "en": en} for zh, en in result.general],
            }
        )
    told(result, args.lang)
    rejected = [line(finding, args.lang) for finding in result.rejected]
    shown(rejected, args.lang, "import_more_rejected")
    for path in written.paths:
        output.note(args.lang, "import_written", path=path)
    for path, (kept, replaced) in written.earlier.items():
        counted = {"kept": kept, "replaced": replaced}
        output.note(args.lang, "import_earlier", path=path, **counted)
    counts = {"rows": result.rows, "accepted": result.accepted}
    if not result.rejected:
        output.note(args.lang, "import_done", **counts)
    elif written.paths:
        output.note(args.lang, "import_kept", rejected=len(result.rejected), **counts)
    else:
        key = "import_refused" if refused and result.accepted else "import_none"
        output.note(args.lang, key, rejected=len(result.rejected), **counts)


def told(result: Result, lang: str) -> None:
    """Print on stderr what holds for the whole file, and what to note of its rows."""
    for zh, en in result.general:
        print(one_line(printable(zh if lang == "zh" else en)), file=sys.stderr)
    shown([*folded(result.remarks, lang)], lang, "import_more_remarks")


def line(finding: Finding, lang: str) -> str:
    """Write a finding in one line, with what was perhaps meant."""
    said = finding.text(lang)
    if finding.suggestions:
        said += " " + t("error.near", lang, names=", ".join(finding.suggestions))
    return said


def folded(remarks: list[Finding], lang: str) -> Iterator[str]:
    """Write remarks, those that say the same of many rows in one line."""
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for remark in remarks:
        key = (remark.file, remark.table, remark.reason_zh)
        alike.setdefault(key, []).append(remark)
    for first, *more in alike.values():
        said = line(first, lang)
        if more:
            said += " " + t("cli.note_import_alike", lang, count=len(more))
        yield said


def shown(lines: list[str], lang: str, more: str) -> None:
    """Print the first lines on stderr, and how many more there are."""
    for said in lines[:MOST_SHOWN]:
        print(one_line(printable(said)), file=sys.stderr)
    if len(lines) > MOST_SHOWN:
        output.note(lang, more, count=len(lines) - MOST_SHOWN)


def printable(text: str) -> str:
    """Return text without what would steer a terminal: it comes from a file."""
    return "".join(char if char.isprintable() else " " for char in text)


def template(args: argparse.Namespace, out: Path) -> int:
    """Write a template to fill in; a file that is there already is left alone."""
    suffix = out.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise UserError("import_template_suffix", path=out)
    if out.exists():
        raise UserError("import_exists", path=out)
    with replacing(out) as draft:
        template_files.write(args.kind, context_of(None), args.lang, draft, suffix)
    if args.json:
        output.print_json({"written": [str(out)]})
    output.note(args.lang, "import_written", path=out)
    return 0
