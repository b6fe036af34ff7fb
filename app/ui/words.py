"""The words people read, in Chinese and English."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

LANGS = ("zh", "en")


@lru_cache(maxsize=len(LANGS))
def words(lang: str) -> dict[str, str]:
    """Return every phrase of a language by its ``section.key``.

    ``words_<lang>.toml`` holds the pages' phrases, ``words_cli_<lang>.toml`` those
    of the command line.
    """
    files = sorted(Path(__file__).parent.glob(f"words*_{lang}.toml"))
    return {
        f"{section}.{key}": text
        for path in files
        for section, entries in tomllib.loads(path.read_text("utf-8")).items()
        for key, text in entries.items()
    }


def t(key: str, lang: str, **values: object) -> str:
    """Return the phrase ``key`` in ``lang`` with its placeholders filled."""
    return words(lang)[key].format(**values)
