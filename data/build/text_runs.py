"""Fingerprints of the texts that the facts were read from.

The texts themselves may not be shipped. Hashes of some of their character runs may,
and are enough to find a copied passage: every stretch of ``RUN + STEP - 1`` characters
holds one of the runs kept (winnowing at fixed positions, after Schleimer et al. 2003).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from data.reading import read_csv

RUN, STEP, SIZE = 24, 8, 5
SIGNS = re.compile(r"[\W_]+")


def _hash(run: str) -> bytes:
    return hashlib.blake2b(run.encode(), digest_size=SIZE).digest()


def runs(text: str, step: int = 1) -> Iterator[bytes]:
    """Yield the hashes of a text's runs, signs and spaces left out."""
    bare = SIGNS.sub("", text)
    for start in range(0, len(bare) - RUN + 1, step):
        yield _hash(bare[start : start + RUN])


def copied(texts: Iterable[str], known: set[bytes]) -> list[str]:
    """Return the texts that hold a run of the fingerprinted ones."""
    return [text for text in texts if not known.isdisjoint(runs(text))]


def pack(hashes: Iterable[bytes]) -> bytes:
    """Return hashes as one block of bytes, sorted and each once."""
    return b"".join(sorted(set(hashes)))


def unpack(block: bytes) -> set[bytes]:
    """Return the hashes of a packed block."""
    return {block[at : at + SIZE] for at in range(0, len(block), SIZE)}


def build(raw: Path, out: Path) -> None:
    """Write the fingerprints of reports, notices and firms' descriptions.

    Parameters
    ----------
    raw : Path
        Folder with ``facts`` and ``seeds``.
    out : Path
        The file to write.
    """
    reports = [p.read_text(encoding="utf-8") for p in sorted(raw.glob("seeds/*.txt"))]
    notices = read_csv(raw / "facts/algorithm_filings_to_2025.csv")
    firms = read_csv(raw / "facts/listed_firms_to_2022.csv")
    hashes = [h for text in reports for h in runs(text, STEP)]
    for column in (notices["purpose"], firms["main"]):
        hashes += [h for text in column.unique() for h in runs(text, 2 * STEP)]
    out.write_bytes(pack(hashes))
