"""Tables of what sources say of places: zones, ranks, policies, platforms, titles."""

from __future__ import annotations

from data.columns import (
    AREA,
    LEVEL,
    LOCATOR,
    NOTE,
    PLACE,
    QUALITY,
    SEGMENT_LIST,
    SOURCE,
    ZONE,
    optional,
)
from data.schema import DIMENSIONS, PLATFORM_KINDS, QUALITIES, RATINGS, Column, Table

ZONES = Table(
    "zones",
    "zones.csv",
    (
        Column("zone", "id"),
        Column("name_zh"),
        PLACE,
        LEVEL,
        optional("area_km2", "number", low=0),
        optional("floor_area_m2", "number", low=0),
        optional("size_quality", allowed=("", *QUALITIES)),
        optional("size_status", allowed=("", "planned")),
        optional("focus"),
        SEGMENT_LIST,
        SOURCE,
        LOCATOR,
        NOTE,
    ),
    ("zone", "source_id", "locator"),
    optional=True,
)
STRENGTHS = Table(
    "strengths",
    "strengths.csv",
    (
        SOURCE,
        PLACE,
        AREA,
        ZONE,
        Column("segment", "id", refers="segments"),
        Column("grade", "number", low=1, high=3, whole=True),
        Column("locator"),
        optional("note"),
    ),
    ("source_id", "level", "place", "zone", "segment", "locator"),
    optional=True,
)
# ``rank_quality`` under: within the first ``rank``.
RANKINGS = Table(
    "rankings",
    "rankings.csv",
    (
        SOURCE,
        Column("ranking", "id"),
        PLACE,
        AREA,
        ZONE,
        optional("rank", "number", low=1, whole=True),
        optional("rank_quality", allowed=("", "exact", "about", "under")),
        optional("tier", "number", low=1, whole=True),
        optional("score", "number"),
        optional("score_quality", allowed=("", *QUALITIES)),
        optional("dated", "day"),
        LOCATOR,
        NOTE,
    ),
    ("source_id", "ranking", "level", "place", "zone"),
    optional=True,
)
RATINGS_TABLE = Table(
    "ratings",
    "ratings.csv",
    (
        SOURCE,
        PLACE,
        LEVEL,
        Column("dimension", allowed=DIMENSIONS),
        Column("rating", allowed=RATINGS),
        LOCATOR,
        NOTE,
    ),
    ("source_id", "level", "place", "dimension"),
    optional=True,
)
# ``members`` are the codes of the districts that a share speaks of, where it does.
FIRM_SHARES = Table(
    "firm_shares",
    "firm_shares.csv",
    (
        SOURCE,
        PLACE,
        AREA,
        Column("dimension", "id"),
        Column("category"),
        optional("members", "ids", refers="places", level="district"),
        optional("share", "number", low=0, high=100),
        Column("period", "period"),
        QUALITY,
        LOCATOR,
        NOTE,
    ),
    ("source_id", "level", "place", "dimension", "category", "locator"),
    optional=True,
)
# ``issued_quality`` under: issued in that month or before it.
POLICIES = Table(
    "policies",
    "policies.csv",
    (
        PLACE,
        AREA,
        ZONE,
        optional("issued", "period"),
        optional("issued_quality", allowed=("", "exact", "about", "under")),
        Column("title"),
        optional("issuer"),
        SEGMENT_LIST,
        optional("topics"),
        optional("max_subsidy", "number", low=0),
        optional("valid_from", "period"),
        optional("valid_until", "period"),
        optional("status", allowed=("", "draft", "announced")),
        SOURCE,
        LOCATOR,
        NOTE,
    ),
    ("level", "place", "zone", "title", "source_id", "locator"),
    optional=True,
)
PLATFORMS = Table(
    "platforms",
    "platforms.csv",
    (
        PLACE,
        AREA,
        ZONE,
        Column("name"),
        Column("kind", allowed=PLATFORM_KINDS),
        optional("owner"),
        optional("period", "period"),
        SOURCE,
        LOCATOR,
        NOTE,
    ),
    ("level", "place", "name", "kind", "source_id", "locator"),
    optional=True,
)
DESIGNATIONS = Table(
    "designations",
    "designations.csv",
    (
        PLACE,
        AREA,
        ZONE,
        Column("designation"),
        optional("field"),
        SEGMENT_LIST,
        optional("period", "period"),
        optional("period_quality", allowed=("", "exact", "about", "under")),
        SOURCE,
        LOCATOR,
        NOTE,
    ),
    ("level", "place", "zone", "designation", "field", "source_id", "locator"),
    optional=True,
)
# A published system that ranks places: how it works, in our words, and what it keeps.
LENSES = Table(
    "lenses",
    "lenses.toml",
    (
        Column("lens", "id", refers="sources"),
        Column("name_zh"),
        Column("name_en"),
        Column("as_of", "month"),
        Column("method_zh"),
        Column("method_en"),
        Column("gaps_zh"),
        Column("gaps_en"),
    ),
    ("lens",),
    optional=True,
)
# Its indicators and their groups. ``indicator`` is what it asks for, in our catalogue;
# ``measure`` what else we hold of it (see model/measures.py), the ``same`` thing or a
# ``stand_in`` for it.
LENS_ITEMS = Table(
    "lens_items",
    "lens_items.csv",
    (
        Column("lens", "id", refers="lenses"),
        Column("item", "id"),
        optional("parent", "id"),
        Column("name_zh"),
        Column("name_en"),
        optional("unit"),
        optional("indicator", "id", refers="indicators"),
        optional("measure"),
        optional("fit", allowed=("", "same", "stand_in")),
        optional("locator"),
    ),
    ("lens", "item"),
    optional=True,
)
# What it publishes: ``node`` is what of it each ranking speaks of, none the whole;
# ``own_places`` says that it ranks other places than the lens's first ranking.
LENS_RANKINGS = Table(
    "lens_rankings",
    "lens_rankings.csv",
    (
        Column("lens", "id", refers="lenses"),
        Column("ranking", "id"),
        Column("name_zh"),
        Column("name_en"),
        optional("node", "ids"),
        Column("kind", allowed=("rank", "tier", "rating")),
        optional("own_places", allowed=("", "yes")),
    ),
    ("lens", "ranking"),
    optional=True,
)
