"""What the data page's URL asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from app.ui import state
from app.ui.state import EVERYWHERE, Note
from data import Facts
from data.schema import LEVELS, PILLARS

SECTIONS = ("search", "indicators", "coverage", "conflicts", "sources", "own")
ALL = "all"
# What a figure may speak of; a zone lies inside a place.
AT = ("nation", "province", "city", "district", "zone")
STATUSES = ("actual", "planned", "second_hand")
CHOICES = {
    "section": SECTIONS,
    "at": (ALL, *AT),
    "pillar": (ALL, *PILLARS),
    "status": (ALL, *STATUSES),
    "level": LEVELS,
}
LONGEST_QUERY = 200


@dataclass(frozen=True)
class Asked:
    """What the data page shows; ``level, within, place`` are shared with the ranking.

    ``q, at, pillar, status`` are those of the search, ``find`` looks among the
    indicators; ``indicator``, ``source`` and
    ``group`` (of figures that disagree) are what is chosen in a list.
    """

    section: str = SECTIONS[0]
    q: str = ""
    at: str = ALL
    pillar: str = ALL
    status: str = ALL
    level: str = LEVELS[0]
    within: str = EVERYWHERE
    place: str = ""
    indicator: str = ""
    find: str = ""
    source: str = ""
    question: str = ALL
    group: str = ""


KEYS = tuple(asdict(Asked()))


def read(params: Mapping[str, str], facts: Facts) -> tuple[Asked, list[Note]]:
    """Turn the URL's parameters into a valid state.

    Whether ``question`` and ``group`` stand for something is for the list of figures
    that disagree to say.

    Returns
    -------
    asked : Asked
    notes : list of Note
        One for each value that had to be replaced.
    """
    first = Asked()
    shared, notes = state.read(params, facts)
    notes = [note for note in notes if note.name in (*KEYS, "lang")]
    notes = [note for note in notes if note.name != "level"]
    chosen = {
        name: state.pick(
            params, name, dict(zip(known, known, strict=True)), first_of(name), notes
        )
        for name, known in CHOICES.items()
    }
    for name, table in (("indicator", facts.indicators), ("source", facts.sources)):
        ids = dict(zip(table.index, table.index, strict=True))
        chosen[name] = state.pick(params, name, ids, "", notes)
    asked = Asked(
        **chosen,
        q=params.get("q", first.q)[:LONGEST_QUERY],
        find=params.get("find", first.find)[:LONGEST_QUERY],
        within=shared.within,
        place=shared.place,
        question=params.get("question", first.question),
        group=params.get("group", first.group),
    )
    return asked, notes


def first_of(name: str) -> str:
    """Return what a parameter stands at without the URL saying so."""
    return str(getattr(Asked(), name))
