"""The source entries that go with what a user brings, in a folder's sources.toml."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from data import tables
from data.schema import OWN_DATA

_HEAD = r"(?m)^\[{name}\][ \t]*(?:#.*)?$"


def entry(name: str, values: dict[str, Any]) -> str:
    """Write one source as a TOML table."""
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines]) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}"
    # A file's name may hold what no text may.
    text = str(value).encode("utf-8", "replace").decode().replace("\x7f", "")
    return json.dumps(text, ensure_ascii=False)


def with_entry(text: str, name: str, values: dict[str, Any]) -> str:
    """Return a sources.toml with one entry put in, or in place of that of its name.

    Everything else stays as it is, with its comments.
    """
    new = entry(name, values)
    head = re.search(_HEAD.format(name=re.escape(name)), text)
    if not head:
        return f"{text.rstrip()}\n\n{new}".lstrip()
    following = re.search(r"(?m)^\[", text[head.end() :])
    end = head.end() + following.start() if following else len(text)
    after = text[end:]
    return text[: head.start()] + new + (f"\n{after}" if after else "")


def of_catalogue(values: dict[str, Any]) -> dict[str, Any]:
    """Return a source of the catalogue as it stands in its file."""
    kept: dict[str, Any] = {}
    for column in tables.SOURCES.columns[1:]:
        value: Any = values.get(column.name)
        missing = value is None or value == "" or value != value
        if missing and not column.required:
            continue
        if column.kind == "flag" and not value:
            continue
        kept[column.name] = int(value) if column.whole else value
    return kept


def of_user(producer: str, title: str, today: date) -> dict[str, Any]:
    """Return the source entry of a user's own table; nobody named is ``user``."""
    producer = producer.strip() or "user"
    return {
        "producer": producer,
        "producer_en": producer,
        "title": title,
        "title_en": title,
        "lag_months": 0,
        "accessed": f"{today:%Y-%m}",
        "licence_received": OWN_DATA,
        "licence_published": "not for redistribution",
        "selection_zh": "用户自己的表，只含其中列出的行",
        "selection_en": "the user's own table; holds only the rows it lists",
    }
