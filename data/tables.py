"""What each file of facts holds: one description for reading and checking."""

from __future__ import annotations

from data.columns import (
    AREA,
    LEVEL,
    LOCATOR,
    NOTE,
    PLACE,
    PUBLISHED,
    QUALITY,
    SEGMENT_LIST,
    SOURCE,
    ZONE,
    optional,
)
from data.schema import EVENTS, LAYERS, LEVELS, PILLARS, Column, Table
from data.statements import (
    DESIGNATIONS,
    FIRM_SHARES,
    LENS_ITEMS,
    LENS_RANKINGS,
    LENSES,
    PLATFORMS,
    POLICIES,
    RANKINGS,
    RATINGS_TABLE,
    STRENGTHS,
    ZONES,
)

PLACES = Table(
    "places",
    "places.csv",
    (
        Column("place", "code"),
        LEVEL,
        Column("name_zh"),
        Column("name_en"),
        optional("parent", "code"),
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
    "indicators/*.toml",
    (
        Column("indicator", "id"),
        Column("name_zh"),
        Column("name_en"),
        Column("pillar", allowed=PILLARS),
        Column("unit"),
        Column("direction", "number", low=-1, high=1),
        Column("levels", "choices", allowed=("nation", "province", *LEVELS, "zone")),
        Column("measure", allowed=("count", "amount", "rate", "flag")),
        Column("why_zh"),
        Column("why_en"),
        optional("caveat_zh"),
        optional("caveat_en"),
        optional("denominator", "id", refers="indicators"),
        optional("family", "id"),
        optional("low", "number"),
        optional("high", "number"),
        optional("complete", "flag"),
        optional("source_name", "choices"),
    ),
    ("indicator",),
    also="indicators.toml",
    defaults={
        **dict.fromkeys(("caveat_zh", "caveat_en", "denominator", "family"), ""),
        "low": None,
        "high": None,
        "complete": False,
        "source_name": [],
    },
)
SOURCES = Table(
    "sources",
    "sources.toml",
    (
        Column("source_id", "id"),
        Column("producer"),
        Column("producer_en"),
        Column("title"),
        Column("title_en"),
        optional("published", "month"),
        optional("lag_months", "number", low=0, high=60, whole=True),
        Column("accessed", "month"),
        Column("licence_received"),
        Column("licence_published"),
        Column("selection_zh"),
        Column("selection_en"),
        optional("second_hand", "flag"),
        optional("covers_from", "month"),
        optional("covers_to", "month"),
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
_FIGURE = (
    Column("indicator", "id", refers="indicators"),
    Column("period", "period"),
    Column("value", "number"),
    Column("unit"),
    SOURCE,
    LOCATOR,
    QUALITY,
    optional("status", allowed=("", "planned")),
    PUBLISHED,
    NOTE,
)
OBSERVATIONS = Table(
    "observations",
    "observations/*.csv",
    (PLACE, LEVEL, *_FIGURE),
    ("level", "place", "indicator", "period", "source_id", "locator"),
    also="observations.csv",
)
# Figures of zones, provinces and the country, and of groups named in ``scope``.
AREA_FIGURES = Table(
    "area_figures",
    "area_figures.csv",
    (PLACE, AREA, ZONE, optional("scope"), *_FIGURE),
    (
        *("level", "place", "zone", "scope", "indicator", "period", "source_id"),
        "locator",
    ),
    optional=True,
)
# What was looked for and is not to be had: ``kind`` says why.
ABSENCES = Table(
    "absences",
    "absences.csv",
    (
        PLACE,
        LEVEL,
        Column("indicator", "id", refers="indicators"),
        optional("period", "period"),
        Column("kind", allowed=("not_published", "not_collected", "not_applicable")),
        SOURCE,
        LOCATOR,
        NOTE,
    ),
    ("level", "place", "indicator", "period", "source_id"),
    optional=True,
)
FILINGS = Table(
    "filings",
    "outcomes/filings.csv",
    (
        Column("record_number"),
        Column("month", "month"),
        Column("place", "code", refers="places", level="district"),
        Column("firm"),
        optional("product"),
        optional("role", allowed=("", "provider", "supporter")),
        SEGMENT_LIST,
    ),
    ("record_number",),
    optional=True,
    also="filings.csv",
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
        SEGMENT_LIST,
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
        PLACE,
        LEVEL,
        Column("year", "year"),
        Column("event", allowed=EVENTS),
        Column("segment", "id", refers="segments"),
        SOURCE,
        Column("locator"),
        Column("grade", allowed=("A", "B", "C")),
    ),
    ("firm", "level", "place", "segment", "event", "locator"),
    optional=True,
)
# Counts without the firms behind them, as a user may bring them.
OUTCOMES = Table(
    "outcomes",
    "outcomes/outcomes.csv",
    (
        PLACE,
        LEVEL,
        Column("segment", "id", refers="segments"),
        Column("month", "period"),
        Column("event", allowed=EVENTS),
        Column("count", "number", low=0, high=1_000_000, whole=True),
        SOURCE,
    ),
    ("level", "place", "segment", "month", "event", "source_id"),
    optional=True,
    also="outcomes.csv",
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
        optional("changed", "year"),
        SOURCE,
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
    ZONES,
    OBSERVATIONS,
    AREA_FIGURES,
    FILINGS,
    LISTED_FIRMS,
    HARDWARE_FIRMS,
    OUTCOMES,
    STRENGTHS,
    RANKINGS,
    RATINGS_TABLE,
    FIRM_SHARES,
    LENSES,
    LENS_ITEMS,
    LENS_RANKINGS,
    POLICIES,
    PLATFORMS,
    DESIGNATIONS,
    ABSENCES,
    PLACE_CHANGES,
)
BY_NAME = {table.name: table for table in TABLES}
TABLE_NAMES = tuple(BY_NAME)
