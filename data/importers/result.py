"""What an import found: rows to write, rows rejected with a reason, and remarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from data.importers.cells import bare, each
from data.importers.sheets import Sheet
from data.messages import say
from data.reading import read_csv
from data.rules import Context, check_frame
from data.schema import DataError, Problem, Table

Said = tuple[str, str]
# A cell may hold pages; its reason does not.
LONGEST = 400


@dataclass(frozen=True)
class Finding:
    """What is said of one row of a user's file, and what it may have meant.

    ``table`` names the sheet or the table of the document where there are several.
    """

    file: str
    table: str
    row: int
    reason_zh: str
    reason_en: str
    suggestions: tuple[str, ...] = ()

    def text(self, lang: str) -> str:
        """Write the finding as ``file:row: reason``."""
        where = f"{self.file}[{self.table}]" if self.table else self.file
        reason = self.reason_zh if lang == "zh" else self.reason_en
        return f"{where}:{self.row}: {reason}"


@dataclass(frozen=True)
class Result:
    """What an import makes of a user's table.

    ``tables`` holds what may be written by the name of its table, ``remarks`` what
    was read otherwise than written, ``general`` what holds for the whole file.
    """

    rows: int
    tables: dict[str, pd.DataFrame]
    rejected: list[Finding]
    remarks: list[Finding] = field(default_factory=list)
    general: list[Said] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Number of rows that were not rejected."""
        return self.rows - len(self.rejected)


class Book:
    """Collects what is said of the rows of a sheet while it is read."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.wrong: dict[int, list[Said]] = {}
        self.hints: dict[int, list[str]] = {}
        self.notes: list[tuple[int, Said]] = []
        self.dropped: set[int] = set()
        self.general: list[Said] = list(sheet.remarks)
        for row, width in sheet.too_long.items():
            self.reject([row], say("row_too_long", cells=width))

    def reject(
        self, rows: Iterable[int], said: Said, suggestions: Iterable[str] = ()
    ) -> None:
        """Reject rows (positions in the sheet) for one reason."""
        hints = list(suggestions)
        for row in rows:
            reasons = self.wrong.setdefault(int(row), [])
            if said not in reasons:
                reasons.append((said[0][:LONGEST], said[1][:LONGEST]))
            if hints:
                self.hints.setdefault(int(row), []).extend(hints)

    def remark(self, rows: Iterable[int], said: Said) -> None:
        """Say something of rows that are kept."""
        self.notes += [(int(row), said) for row in rows]

    def drop(self, row: int, said: Said) -> None:
        """Leave out a row that says what another one says already."""
        self.dropped.add(row)
        self.remark([row], said)

    def valid(self) -> pd.Series:
        """Return which rows were neither rejected nor left out so far."""
        index = self.sheet.frame.index
        left = [*self.wrong, *self.dropped]
        return pd.Series(~index.isin(left), index=index)

    def check(self, frame: pd.DataFrame, table: Table, context: Context) -> None:
        """Let the rules of the fact base have the last word on the rows so far valid.

        ``frame`` is indexed by positions in the sheet; rows already rejected and
        rows that a table takes from elsewhere (negative positions) are not judged.
        """
        rows = [int(row) for row in frame.index]
        judged = frame.reset_index(drop=True)
        late: dict[int, list[Said]] = {}
        for at, column, _, (zh, en) in check_frame(judged, table, context):
            if at >= 0 and rows[at] >= 0 and rows[at] not in self.wrong:
                said = (f"{column}：{zh}", f"{column}: {en}") if column else (zh, en)
                late.setdefault(rows[at], []).append(said)
        for row, reasons in late.items():
            for said in reasons:
                self.reject([row], said)

    def result(self, tables: dict[str, pd.DataFrame]) -> Result:
        """Close the book: tables are cut to the rows that were not rejected."""
        kept = {
            name: table[~table.index.isin([*self.wrong, *self.dropped])]
            for name, table in tables.items()
        }
        rejected = [
            self._finding(
                row,
                ("；".join(zh for zh, _ in said), "; ".join(en for _, en in said)),
                tuple(dict.fromkeys(self.hints.get(row, ()))),
            )
            for row, said in sorted(self.wrong.items())
        ]
        remarks = [
            self._finding(row, said)
            for row, said in sorted(self.notes)
            if row not in self.wrong
        ]
        rows = len(self.sheet.frame)
        return Result(rows, kept, rejected, remarks, self.general)

    def _finding(self, row: int, said: Said, hints: tuple[str, ...] = ()) -> Finding:
        where = self.sheet.where.iloc[row]
        if column := where.get("column"):
            said = (f"{column}：{said[0]}", f"{column}: {said[1]}")
        return Finding(where["file"], where["table"], int(where["row"]), *said, hints)


def standing(path: Path, table: Table, context: Context) -> pd.DataFrame:
    """Read the rows that an import goes on with, as they were before any guard.

    Raises
    ------
    DataError
        When they break a rule of the fact base: nothing is made of them by guessing.
    """
    if not path.is_file():
        return pd.DataFrame(columns=list(table.names))
    rows = read_csv(path, str(path))
    problems = []
    for at, column, rule, said in check_frame(rows, table, context):
        line = int(rows.index[at]) + 2 if at >= 0 else 1
        problems.append(Problem(str(path), line, column, rule, *said))
    if problems:
        raise DataError(problems)
    texts = rows.reindex(columns=list(table.names)).fillna("")
    return pd.DataFrame({name: each(texts[name], bare) for name in texts})


def merge(
    before: pd.DataFrame, new: pd.DataFrame, table: Table
) -> tuple[pd.DataFrame, int]:
    """Put new rows after earlier ones, in place of those of the same key.

    Returns
    -------
    tuple of DataFrame and int
        All rows, and how many earlier ones were replaced.
    """
    key = list(table.key)
    again = before.set_index(key).index.isin(new.set_index(key).index)
    rows = pd.concat([before[~again], new], ignore_index=True)
    return rows[list(table.names)], int(again.sum())
