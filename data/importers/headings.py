"""What a heading or a word of a user's table means, by ``headers.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from data.importers.cells import plain
from data.importers.sheets import IGNORED, Known

_PATH = Path(__file__).resolve().parent / "headers.toml"
_BRACKET = re.compile(r"[(\[【（][^()（）\[\]【】]*[)\]】）]$")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(_PATH.read_text(encoding="utf-8"))


def words(section: str) -> dict[str, str]:
    """Return the vocabulary of a section by its words as they are compared."""
    return {
        plain(word): name
        for name, said in _words()[section].items()
        for word in (name, *said)
    }


def shown(column: str, lang: str) -> str:
    """Return what a template calls a column."""
    said = _words()["columns"].get(column, [])
    chinese = next((word for word in said if not word.isascii()), column)
    return chinese if lang == "zh" else column


def both(column: str) -> tuple[str, str]:
    """Return what a template calls a column in Chinese, and in English."""
    return shown(column, "zh"), shown(column, "en")


def without_bracket(heading: str) -> tuple[str, str]:
    """Cut a heading in two: 数量（家） is 数量 and 家."""
    text = heading.strip()
    found = _BRACKET.search(text)
    return (text[: found.start()], found[0][1:-1]) if found else (text, "")


def known(columns: Iterable[str], more: Mapping[str, str] | None = None) -> Known:
    """Return what finds the column that a heading means.

    Parameters
    ----------
    columns : iterable of str
        The columns of this kind of import, those first that win a shared word.
    more : mapping of str to str, optional
        Further headings, as they are compared, and the columns they mean.
    """
    said = _words()
    table: dict[str, str] = dict(more or {})
    for column in columns:
        for word in (column, *said["columns"].get(column, ())):
            table.setdefault(plain(word), column)
    for word in said["ignored"]["columns"]:
        table.setdefault(plain(word), IGNORED)

    def find(heading: str) -> str | None:
        for text in (heading, without_bracket(heading)[0]):
            if column := table.get(plain(text)):
                return column
        return None

    return find
