"""What each file of facts holds: one description for reading and checking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "text", "number", "month", "year", "period", "code", "id", "ids", "flag", "choices"
]

LEVELS = ("city", "district")
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

    ``source_id`` is the source of every row where the table has no column for it.
    """

    name: str
    path: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    optional: bool = False
    source_id: str = ""
    defaults: dict[str, object] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in file order."""
        return tuple(column.name for column in self.columns)


def _optional(name: str, kind: Kind = "text", **more: object) -> Column:
    return Column(name, kind, required=False, **more)  # type: ignore[arg-type]


_LEVEL = Column("level", allowed=LEVELS)
_PLACE = Column("place", "code", refers="places")
_SOURCE = Column("source_id", "id", refers="sources")
_SEGMENTS = Column("segments", "ids", refers="segments", required=False)
_QUALITY = Column("quality", allowed=QUALITIES)

PLACES = Table(
    "places",
    "places.csv",
    (
        Column("place", "code"),
        _LEVEL,
        Column("name_zh"),
        Column("name_en"),
        _optional("parent", "code"),
        Column("province", "code", refers="provinces"),
        Column("lon", "number", low=73, high=136),
        Column("lat", "number", low=3, high=54),
    ),
    ("level", "place"),
)
PROVINCES = Table(
    "provinces",
    "provinces.csv",
    (
        Column("province", "code"),
        Column("name_zh"),
        Column("name_en"),
        Column("short_zh"),
    ),
    ("province",),
)
SEGMENTS = Table(
    "segments",
    "segments.toml",
    (
        Column("segment", "id"),
        Column("layer", allowed=LAYERS),
        Column("name_zh"),
        Column("name_en"),
    ),
    ("segment",),
)
INDICATORS = Table(
    "indicators",
    "indicators.toml",
    (
        Column("indicator", "id"),
        Column("name_zh"),
        Column("name_en"),
        Column("pillar", allowed=PILLARS),
        Column("unit"),
        Column("direction", "number", low=-1, high=1),
        Column("levels", "choices", allowed=LEVELS),
        Column("measure", allowed=("count", "amount", "rate", "flag")),
        _optional("denominator", "id", refers="indicators"),
        _optional("low", "number"),
        _optional("high", "number"),
        _optional("complete", "flag"),
        _optional("source_name"),
    ),
    ("indicator",),
    defaults={"denominator": "", "low": None, "high": None, "complete": False},
)
SOURCES = Table(
    "sources",
    "sources.toml",
    (
        Column("source_id", "id"),
        Column("producer"),
        Column("title"),
        _optional("published", "month"),
        _optional("lag_months", "number", low=0, high=60, whole=True),
        Column("accessed", "month"),
        Column("licence_received"),
        Column("licence_published"),
        Column("selection"),
        _optional("second_hand", "flag"),
        _optional("covers_from", "month"),
        _optional("covers_to", "month"),
    ),
    ("source_id",),
    defaults={
        "published": "",
        "lag_months": None,
        "second_hand": False,
        "covers_from": "",
        "covers_to": "",
    },
)
OBSERVATIONS = Table(
    "observations",
    "observations/*.csv",
    (
        _PLACE,
        _LEVEL,
        Column("indicator", "id", refers="indicators"),
        Column("period", "period"),
        Column("value", "number"),
        Column("unit"),
        _SOURCE,
        Column("locator"),
        _QUALITY,
        _optional("note"),
    ),
    ("level", "place", "indicator", "period", "source_id", "locator"),
)
FILINGS = Table(
    "filings",
    "outcomes/filings.csv",
    (
        Column("record_number"),
        Column("month", "month"),
        Column("place", "code", refers="places", level="district"),
        Column("firm"),
        _optional("product"),
        _optional("role", allowed=("", "provider", "supporter")),
        _SEGMENTS,
    ),
    ("record_number",),
    optional=True,
    source_id="cac_filings",
)
LISTED_FIRMS = Table(
    "listed_firms",
    "outcomes/listed_firms.csv",
    (
        Column("ts_code"),
        Column("year", "year"),
        Column("place", "code", refers="places", level="city"),
        Column("short_name"),
        _SEGMENTS,
        Column("grade", allowed=("A", "B")),
    ),
    ("ts_code",),
    optional=True,
    source_id="listed_firms",
)
HARDWARE_FIRMS = Table(
    "hardware_firms",
    "outcomes/hardware_firms.csv",
    (
        Column("firm"),
        _PLACE,
        _LEVEL,
        Column("year", "year"),
        Column("event", allowed=EVENTS),
        Column("segment", "id", refers="segments"),
        _SOURCE,
        Column("locator"),
        Column("grade", allowed=("A", "B", "C")),
    ),
    ("firm", "level", "place", "segment", "event", "locator"),
    optional=True,
)
STRENGTHS = Table(
    "strengths",
    "strengths.csv",
    (
        _SOURCE,
        _PLACE,
        _LEVEL,
        _optional("zone"),
        Column("segment", "id", refers="segments"),
        Column("grade", "number", low=1, high=3, whole=True),
        Column("locator"),
        _optional("note"),
    ),
    ("source_id", "level", "place", "zone", "segment", "locator"),
    optional=True,
)
PLACE_CHANGES = Table(
    "place_changes",
    "place_changes.csv",
    (
        Column("old", "code"),
        Column("new", "code", refers="places", level="district"),
        Column("kind", allowed=("renumbered", "merged")),
        Column("name_old"),
        Column("first_list", "year"),
        Column("last_list", "year"),
    ),
    ("old", "last_list"),
    optional=True,
)
TABLES: tuple[Table, ...] = (
    PROVINCES,
    PLACES,
    SEGMENTS,
    SOURCES,
    INDICATORS,
    OBSERVATIONS,
    FILINGS,
    LISTED_FIRMS,
    HARDWARE_FIRMS,
    STRENGTHS,
    PLACE_CHANGES,
)
