"""How long work tells how far it is: the caller decides what to show."""

from __future__ import annotations

from collections.abc import Callable, Iterable

# Steps, what they are, and how many: yields the steps while showing them.
Progress = Callable[[Iterable, str, int], Iterable]


def silent(steps: Iterable, label: str, total: int) -> Iterable:
    """Show no progress."""
    return steps
