"""The words facts are described with: columns, tables, vocabularies, problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "text",
    "number",
    "month",
    "year",
    "period",
    "day",
    "code",
    "id",
    "ids",
    "flag",
    "choices",
]

LEVELS = ("city", "district")
# What a fact may speak of besides places that are ranked; the nation's code is 000000.
AREAS = ("nation", "province", *LEVELS)
NATION = "000000"
PILLARS = ("talent", "capital", "compute", "policy", "industry", "cost")
LAYERS = ("foundation", "technology", "terminals", "solutions")
EVENTS = (
    "filing",
    "listing",
    "registration",
    "licence",
    "founding",
    "funding",
    "landing",
    "exhibit",
)
QUALITIES = ("exact", "about", "over", "under")
RATINGS = ("weak", "medium", "good", "strong")
DIMENSIONS = ("talent", "research", "industry_environment", "capital", "policy")
PLATFORM_KINDS = (
    "state_key_lab",
    "ministry_lab",
    "provincial_lab",
    "research_institute",
    "corporate_lab",
    "university_school",
    "university_major",
    "open_platform",
    "supercomputing",
    "pilot_zone",
    "pioneer_zone",
    "incubator",
    "fund",
)

# What the source entry of a user's own table says of how it was received.
OWN_DATA = "own data"

# Regions as the five reports draw them; every other province is `rest`.
REGIONS: dict[str, tuple[str, ...]] = {
    "bohai_rim": ("110000", "120000", "130000", "210000", "370000"),
    "yangtze_delta": ("310000", "320000", "330000", "340000"),
    "pearl_delta": ("440000",),
    "central_west": (
        "410000",
        "360000",
        "420000",
        "430000",
        "610000",
        "510000",
        "500000",
    ),
    "rest": (),
}
NAMED_PROVINCES = tuple(code for codes in REGIONS.values() for code in codes)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file of facts, and how to mend it."""

    file: str
    line: int
    column: str
    rule: str
    message_zh: str
    message: str

    def __str__(self) -> str:
        """Write the problem in English."""
        return self.text("en")

    def text(self, lang: str) -> str:
        """Write the problem as ``file:line: [rule] column: message``."""
        where = f" {self.column}:" if self.column else ""
        said = self.message_zh if lang == "zh" else self.message
        return f"{self.file}:{self.line}: [{self.rule}]{where} {said}"


class DataError(Exception):
    """A file of facts that cannot be used; the text says where and how to mend it.

    Parameters
    ----------
    problems : list of Problem
        What is wrong, worst first; the first is the message.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(str(problems[0]))


@dataclass(frozen=True)
class Column:
    """One column of a table.

    ``refers`` names the table whose key the value must stand in; with it,
    ``kind="ids"`` holds several ids joined by ``|``. ``level`` is that of the places
    in a table without a column for it. ``choices`` are a TOML list of ``allowed``.
    """

    name: str
    kind: Kind = "text"
    required: bool = True
    allowed: tuple[str, ...] = ()
    refers: str = ""
    low: float | None = None
    high: float | None = None
    whole: bool = False
    level: str = ""


@dataclass(frozen=True)
class Table:
    """One file (or one folder of files alike) of facts.

    ``source_id`` is the source of every row where the table has no column for it;
    ``also`` is a second path, where a user's folder may keep the same file.
    """

    name: str
    path: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False
    also: str = ""
    source_id: str = ""
    defaults: dict[str, object] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(column.name for column in self.columns)
