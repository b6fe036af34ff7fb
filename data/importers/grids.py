"""The cells of a user's file as they stand: what kind of file it is, and its tables."""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from pathlib import Path

from data.importers.cells import clean
from data.messages import say
from data.reading import failure
from data.schema import DataError

MOST_BYTES = 100_000_000
# What a packed file may hold; a sheet of 250 000 rows of ten cells has some 150 MB.
MOST_UNPACKED = {"xlsx": 600_000_000, "docx": 150_000_000}
MOST_ROWS = 250_000
MOST_COLUMNS = 300
# A header stands among the first rows of a sheet, below titles and notes.
HEADER_WITHIN = 50
# The sheet of our templates that explains the columns.
LEGEND = "说明 columns"
LAST_ROW = 1_048_576
MOST_CELL = 32_767
KINDS = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm"), "xlsx"),
    ".docx": "docx",
}

Progress = Callable[[Iterable, str, int], Iterable]
Rows = tuple[list[list[str]], list[int]]


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet or table, and what is written above it.

    ``pages`` says that a table may go on in the next one.
    """

    file: str
    table: str
    rows: list[list[str]]
    numbers: list[int]
    above: str = ""
    pages: bool = False
    remarks: list[tuple[str, str]] = field(default_factory=list)


def quiet(steps: Iterable, label: str, total: int) -> Iterable:
    """Show no progress."""
    return steps


def grids(path: Path, progress: Progress = quiet) -> list[Grid]:
    """Return every table of a file.

    Raises
    ------
    DataError
        When the file is of another kind than CSV, XLSX or DOCX, or than its name
        says, or too large, or damaged; the message says what to do.
    """
    from data.importers import documents, workbooks

    content = _content(path)
    kind = _kind(path, content)
    if kind == "csv":
        return [_csv(path, content, progress)]
    _unpacked(path, content, kind)
    try:
        with warnings.catch_warnings():
            # What else a file holds (validations, charts) is no concern of ours.
            warnings.simplefilter("ignore")
            if kind == "xlsx":
                return workbooks.read(path, content, progress)
            return documents.read(path, content)
    except (DataError, MemoryError):
        raise
    except Exception as error:
        # The libraries raise what they happen to meet in a damaged file.
        why = f"{type(error).__name__}: {error}"
        raise failure(path.name, 1, "format", "damaged", why=why[:200]) from None


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise failure(path.name, 1, "file", "no_such_file", path=path)
    size = path.stat().st_size
    if size > MOST_BYTES:
        values = {"size": f"{size / 1e6:.0f}", "most": f"{MOST_BYTES / 1e6:.0f}"}
        raise failure(path.name, 1, "size", "too_large", **values)
    if not size:
        raise failure(path.name, 1, "format", "empty_file")
    return path.read_bytes()


def _is(content: bytes) -> str:
    """Return what a file is by its first bytes; ``text`` when nothing else."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(b"PK\x03\x04"):
        return _packed(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        return "encrypted" if encrypted else "old_office"
    if start.startswith(b"%pdf"):
        return "pdf"
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<meta", b"<?xml")):
        return "html"
    if start.startswith(b"{\\rtf"):
        return "rtf"
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "text" if utf16 or b"\x00" not in content else "binary"


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return "damaged_zip"
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else "zip"


def _kind(path: Path, content: bytes) -> str:
    """Return csv, xlsx or docx; refuse every other kind with what to do."""
    named = KINDS.get(path.suffix.lower())
    is_ = _is(content)
    real = "csv" if is_ == "text" else is_
    if named == real:
        return real
    if real in ("csv", "xlsx", "docx"):
        suffix = path.suffix or "-"
        values = {"suffix": suffix, "real": real.upper(), "rename": f".{real}"}
        raise failure(path.name, 1, "format", "renamed", **values)
    raise failure(path.name, 1, "format", f"is_{real}")


def _unpacked(path: Path, content: bytes, kind: str) -> None:
    """Refuse a packed file that would fill the memory."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        size = sum(info.file_size for info in archive.infolist())
    most = MOST_UNPACKED[kind]
    if size > most:
        values = {"size": f"{size / 1e6:.0f}", "most": f"{most / 1e6:.0f}"}
        raise failure(path.name, 1, "size", "unpacks_large", **values)


def decode(content: bytes, name: str) -> tuple[str, str]:
    """Return the text of a CSV file and the encoding it is in.

    UTF-16 only with a byte order mark, then UTF-8, then GB18030: each must fit to the
    last byte. A file that begins as Chinese in UTF-8 and breaks later is damaged
    UTF-8 and not GB18030.

    Raises
    ------
    DataError
        With the line of the first byte that fits none.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError as error:
            raise failure(name, 1, "encoding", "encoding", why=error.reason) from None
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        wrong, good = error, content[: error.start].decode("utf-8-sig")
    line = content[: wrong.start].count(b"\n") + 1
    if content.startswith(b"\xef\xbb\xbf") or re.search("[\u4e00-\u9fff]", good):
        raise failure(name, line, "encoding", "encoding", why=wrong.reason)
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise failure(
            name, line, "encoding", "encoding_none", why=error.reason
        ) from None
    # Text in another encoding that happens to fit lands in these.
    if odd := re.search("[\x80-\x9f\ue000-\uf8ff\ufffd]", text):
        line = text[: odd.start()].count("\n") + 1
        raise failure(name, line, "encoding", "encoding_none", why=f"{odd[0]!a}")
    return text, "GB18030"


def _csv(path: Path, content: bytes, progress: Progress) -> Grid:
    text, encoding = decode(content, path.name)
    if "\x00" in text:
        raise failure(path.name, 1, "format", "is_binary")
    delimiter = _delimiter(text)
    rows, numbers = _csv_rows(path.name, text, delimiter, progress)
    remarks = []
    if encoding != "UTF-8":
        remarks.append(say("encoding_used", file=path.name, encoding=encoding))
    return Grid(path.name, "", rows, numbers, remarks=remarks)


def _delimiter(text: str) -> str:
    """Return the mark that stands in most of the first lines; a comma in doubt.

    A tab comes first, for numbers between tabs may hold commas.
    """
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    for mark in ("\t", ",", ";"):
        if 2 * sum(mark in line for line in lines) > len(lines):
            return mark
    return ","


def _csv_rows(name: str, text: str, delimiter: str, progress: Progress) -> Rows:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    begins = 1
    try:
        for row in progress(reader, name, text.count("\n")):
            grown(name, begins, rows, [clean(cell) for cell in row])
            numbers.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise failure(name, begins, "format", "format", why=error) from None
    return rows, numbers


def too_many(name: str, row: int) -> DataError:
    """Return the error of a table with more rows than are read."""
    return failure(name, row, "size", "too_many_rows", most=MOST_ROWS)


def grown(name: str, number: int, rows: list[list[str]], texts: list[str]) -> None:
    """Append a row unless the table grows larger than may be."""
    if len(texts) > MOST_COLUMNS:
        values = {"columns": len(texts), "most": MOST_COLUMNS}
        raise failure(name, number, "size", "too_many_columns", **values)
    if len(rows) > MOST_ROWS + HEADER_WITHIN:
        raise too_many(name, number)
    rows.append(texts)
