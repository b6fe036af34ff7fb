"""rank and score: from a segment to places, in order."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from app.commands import output, overriding
from app.commands.errors import UserError
from app.commands.folder import load_facts, ready
from data import Facts
from data.files import replacing
from data.reading import read_csv
from data.schema import LEVELS
from model import explain as why
from model import overrides as ov
from model import score as scoring
from model.reasons import reasons
from model.score import UnknownNameError

OVERRIDDEN = {"shown_rank": "Int64", **dict.fromkeys(ov.COLUMNS[1:], "string")}


def rank(args: argparse.Namespace) -> None:
    """Print the ranking of a segment."""
    facts = load_facts(args.data)
    # Bad input is said before a first training, not after it.
    scoring.check_segment(facts, args.segment)
    if args.within is not None:
        scoring.provinces_of(facts, args.within)
    if args.where is not None:
        scoring.clauses(facts, args.where, args.level)
    held = overriding.asked(args)
    model = ready(facts, progress=output.progress)
    table = scoring.ranking(model, args.segment, args.level)
    drawn = model.drawn(args.segment, args.level)
    if args.within is not None:
        inside = scoring.within(model.facts, table, args.within)
        table = scoring.keep(table, inside, drawn)
    if args.where is not None:
        kept = scoring.where(model, table, args.where, args.level)
        table = scoring.keep(table, kept, drawn)
    first = ["rank"]
    if held is not None:
        ours = held.of(args.segment, args.level)
        overriding.say_idle(table, ours, args.lang)
        table, first = ov.apply(table, ours), ["rank", *ov.COLUMNS]
    table = table.head(args.top) if args.top else table
    split = why.parts(model, args.segment, args.level)
    entries = [
        {**row, "reasons": reasons(model, split, row["place"])}
        for row in table.to_dict("records")
    ]
    name = f"name_{args.lang}"
    rest = ["score_100", "confidence"]
    ranges = [] if drawn is None else scoring.RANGES
    short = table[[*first, "place", name, "parent", *ranges, *rest]]
    texts = [
        "; ".join(reason[f"text_{args.lang}"] for reason in entry["reasons"])
        for entry in entries
    ]
    if args.format == "csv":
        output.write(entries, overriding.guarded(table).assign(reasons=texts), "csv")
    else:
        output.write(entries, short.assign(reasons=texts), args.format)


def level_of(facts: Facts, place: str, level: str | None) -> str:
    """Return the level of a place code; a city's own code means the city.

    Raises
    ------
    UnknownNameError
        When no place has the code (at the level asked for).
    """
    found = [name for name in LEVELS if (name, place) in facts.places.index]
    if level in found or (found and not level):
        return level or found[0]
    if found:
        raise UserError("other_level", place=place, level=str(level))
    raise UnknownNameError("place", place, sorted(set(facts.places["place"])))


def score(args: argparse.Namespace) -> None:
    """Write the scores of many segments and places to a file."""
    path = Path(args.out)
    if path.suffix not in WRITERS:
        raise UserError("score_suffix", path=path, choices=", ".join(WRITERS))
    facts = load_facts(args.data)
    segments = list(facts.segments.index)
    if args.segments is not None:
        segments = list(dict.fromkeys(args.segments.split(",")))
    for segment in segments:
        scoring.check_segment(facts, segment)
    levels = [args.level] if args.level else list(LEVELS)
    chosen = None if args.places is None else _places_of(Path(args.places), facts)
    held = overriding.asked(args)
    model = ready(facts, progress=output.progress)
    blocks = scoring.batches(model, segments, levels)
    total = len(segments) * len(levels)
    rows = 0
    with replacing(path) as draft, WRITERS[path.suffix](draft) as writer:
        for block in output.progress(blocks, "score", total):
            if held is not None:
                ours = held.of(*block[["segment", "level"]].iloc[0])
                overriding.say_idle(block, ours, args.lang)
                block = ov.apply(block, ours)
            kept = block if chosen is None else block[block["place"].isin(chosen)]
            writer.add(_typed(kept))
            rows += len(kept)
    output.note(args.lang, "score_done", rows=rows, path=path)


def _places_of(path: Path, facts: Facts) -> set[str]:
    """Read the place codes of a user's list; every one must be known."""
    if not path.is_file():
        raise UserError("no_file", path=path)
    table = read_csv(path)
    if "place" not in table:
        raise UserError("no_column", path=path, line=1, column="place")
    known = set(facts.places["place"])
    for row, code in table["place"].items():
        if code not in known:
            raise UserError("unknown_in_file", path=path, line=row + 2, value=code)
    return set(table["place"])


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    whole = ["rank", "rank_low", "rank_high", "presence_rank", "fundamentals_rank"]
    return table.astype(
        {
            **dict.fromkeys(whole, "Int64"),
            "tie_group": "string",
            "chance_top5": "Float64",
            **{name: kind for name, kind in OVERRIDDEN.items() if name in table},
        }
    )


class CsvWriter:
    """Writes blocks of rows to one CSV file."""

    def __init__(self, path: Path) -> None:
        self.path, self.first = path, True

    def __enter__(self) -> CsvWriter:
        """Start an empty file."""
        self.file = self.path.open("w", encoding="utf-8-sig", newline="")
        return self

    def add(self, table: pd.DataFrame) -> None:
        """Append a block, the header before the first."""
        overriding.guarded(table).to_csv(self.file, index=False, header=self.first)
        self.first = False

    def __exit__(self, *error: object) -> None:
        """Close the file."""
        self.file.close()


class ParquetWriter:
    """Writes blocks of rows to one Parquet file, a row group each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer: pq.ParquetWriter | None = None

    def __enter__(self) -> ParquetWriter:
        """Wait for the first block, which sets the columns."""
        return self

    def add(self, table: pd.DataFrame) -> None:
        """Append a block."""
        block = pa.Table.from_pandas(table, preserve_index=False)
        if self.writer is None:
            self.writer = pq.ParquetWriter(self.path, block.schema)
        self.writer.write_table(block)

    def __exit__(self, *error: object) -> None:
        """Finish the file."""
        if self.writer is not None:
            self.writer.close()


WRITERS: dict[str, type[CsvWriter] | type[ParquetWriter]] = {
    ".parquet": ParquetWriter,
    ".csv": CsvWriter,
}
