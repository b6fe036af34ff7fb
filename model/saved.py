"""What users keep in files and bring back, read as text that nobody has to trust."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

Fault = Callable[[str, str], Exception]


def parsed(text: str | bytes, most: int, fault: Fault) -> Any:
    """Read JSON in which no name stands twice.

    Parameters
    ----------
    text : str or bytes
    most : int
        Bytes it may have.
    fault : callable
        Makes the exception of a kind (``too_big``, ``not_json``, ``twice``) and a name.
    """
    twice: list[str] = []

    def noting(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        counts = Counter(name for name, _ in pairs)
        twice.extend(name for name, times in counts.items() if times > 1)
        return dict(pairs)

    raw = text.encode(errors="replace") if isinstance(text, str) else text
    if len(raw) > most:
        raise fault("too_big", str(most))
    try:
        read = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=noting)
    except (ValueError, RecursionError) as error:
        raise fault("not_json", str(error)) from None
    if twice:
        raise fault("twice", twice[0])
    return read
