"""The tables of a DOCX document as they stand."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from docx import Document

from data.importers.cells import tidy
from data.importers.grids import MOST_COLUMNS, Grid, grown
from data.reading import failure


def read(path: Path, content: bytes) -> list[Grid]:
    """Return every table of a document, and what the paragraphs before it say."""
    body = Document(BytesIO(content)).element.body
    found: list[Grid] = []
    said: list[str] = []
    for item in _children(body, "p", "tbl"):
        if _tag(item) == "p":
            said.append(tidy(_said(item)))
            continue
        rows: list[list[str]] = []
        for number, row in enumerate(_children(item, "tr"), 1):
            texts = _merged(row, rows[-1] if rows else [])
            grown(path.name, number, rows, texts)
        numbers = list(range(1, len(rows) + 1))
        above = "\n".join(filter(None, said))
        label = str(len(found) + 1)
        found.append(Grid(path.name, label, rows, numbers, above, pages=True))
        said = []
    if not found:
        raise failure(path.name, 1, "format", "no_table")
    return found


# What may stand around the parts of a document without being one of them.
_AROUND = {"sdt", "sdtContent", "customXml", "ins", "smartTag", "moveTo"}


def _tag(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _children(element: Any, *tags: str) -> Iterator[Any]:
    for child in element:
        if _tag(child) in tags:
            yield child
        elif _tag(child) in _AROUND:
            yield from _children(child, *tags)


def _said(element: Any) -> str:
    """Return the text of a paragraph or of a cell's own paragraphs."""
    if _tag(element) == "tc":
        return "\n".join(_said(each) for each in _children(element, "p"))
    breaks = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}
    parts = (
        (node.text or "") if _tag(node) == "t" else breaks.get(_tag(node), "")
        for node in element.iter()
    )
    return "".join(parts)


def _property(element: Any, name: str, default: str = "") -> str | None:
    """Return a property of a row or cell; None when it has none of that name."""
    for holder in element:
        if _tag(holder) in ("tcPr", "trPr"):
            for each in holder:
                if _tag(each) == name:
                    values = [v for k, v in each.attrib.items() if k.endswith("}val")]
                    return values[0] if values else default
    return None


def _merged(row: Any, above: list[str]) -> list[str]:
    """Return a row's texts, merged cells saying the same in each of their places."""
    texts = [""] * _count(_property(row, "gridBefore") or "0")
    for cell in _children(row, "tc"):
        span = _count(_property(cell, "gridSpan") or "1")
        goes_on = _property(cell, "vMerge", "continue") == "continue"
        text = tidy(_said(cell))
        if goes_on and len(texts) < len(above):
            text = above[len(texts)]
        texts += [text] * span
    return texts


def _count(text: str) -> int:
    return min(int(text), MOST_COLUMNS + 1)
