"""Which segments a topic, focus or field in words is meant for."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

import pandas as pd

WORDS = Path(__file__).with_name("topics.toml")


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    listed = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    return {
        segment: re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
        for segment, words in listed.items()
    }


def segments_of(texts: pd.Series) -> pd.Series:
    """Return for each text the segments it names, joined by ``|``."""
    return texts.map(
        lambda text: "|".join(
            segment for segment, words in _patterns().items() if words.search(text)
        )
    )
