"""Columns that many tables share."""

from __future__ import annotations

from data.schema import AREAS, LEVELS, QUALITIES, Column, Kind


def optional(name: str, kind: Kind = "text", **more: object) -> Column:
    """Return a column whose cells may be empty."""
    return Column(name, kind, required=False, **more)  # type: ignore[arg-type]


LEVEL = Column("level", allowed=LEVELS)
PLACE = Column("place", "code", refers="places")
AREA = Column("level", allowed=AREAS)
ZONE = optional("zone", "id", refers="zones")
LOCATOR = Column("locator")
NOTE = optional("note")
SOURCE = Column("source_id", "id", refers="sources")
SEGMENT_LIST = Column("segments", "ids", refers="segments", required=False)
QUALITY = Column("quality", allowed=QUALITIES)
# A month from which one figure was public, where it is not that of its whole source.
PUBLISHED = optional("published", "month")
