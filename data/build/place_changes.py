"""Find the districts whose code has changed between the census and the 2023 list.

``code_lists.csv`` holds, for each code given up, the last yearly code list with it,
the first without it and the codes that took its area.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Row = dict[str, str]
Change = tuple[str, str, str]

CHANGE_COLUMNS = [
    *("old", "new", "kind", "name_old", "first_list", "last_list"),
    *("changed", "source_id"),
]


class Counted(NamedTuple):
    """One district code in the census: its name and its population by year."""

    name: str
    people: dict[str, float]


def stem(name: str) -> str:
    """Return a district name without its suffix, for comparing old with new."""
    return re.sub(r"(自治县|县|市|巿|区)$", "", name) if len(name) > 2 else name


def census(facts: Iterable[Mapping[str, str]]) -> dict[str, Counted]:
    """Return the census population of districts, keyed by code."""
    table: dict[str, Counted] = {}
    for fact in facts:
        if fact["level"] == "district" and fact["indicator"] == "常住人口(普查)":
            entry = table.setdefault(fact["adcode"], Counted(fact["location"], {}))
            entry.people[fact["year"]] = float(fact["value"])
    return table


def plausible(before: float | None, after: float | None) -> bool:
    """Tell whether two census figures, if known, can be of one and the same unit."""
    return before is None or (after is not None and 1 / 1.6 <= after / before <= 1.6)


def renumbered(table: Mapping[str, Counted], codes: Mapping[str, str]) -> list[Change]:
    """Return the codes out of use whose unit, by its name, has a new code.

    A new code qualifies if it had no figure in 2010, is in the same city (or
    else alone in the province) with the same stem, and the populations agree.

    Parameters
    ----------
    table : Mapping
        The result of `census`.
    codes : Mapping
        Code -> full Chinese name, as of 2023.
    """
    absent = Counted("", {})
    fresh = [
        code
        for code in codes
        if not code.endswith("00") and "2010" not in table.get(code, absent).people
    ]
    changes = []
    for old, (name, people) in sorted(table.items()):
        # Fifth digit 6 or 7: administrative and development zones, not districts.
        if old in codes or old[4] in "67":
            continue
        same = [c for c in fresh if stem(codes[c]) == stem(name)]
        city = [c for c in same if c[:4] == old[:4]]
        found = city or [c for c in same if c[:2] == old[:2]]
        if len(found) != 1:
            continue
        # A unit renumbered after 2020 has both its figures under the old code.
        later = table.get(found[0], absent).people | people
        if plausible(people.get("2010"), later.get("2020")):
            changes.append((old, found[0], "renumbered"))
    return changes


def year_changed(listed: Mapping[str, str]) -> str:
    """Return the year of the first list without a code, ``""`` if lists are missing."""
    last, first = listed["last_with"], listed["first_without"]
    return first if int(first) == int(last) + 1 else ""


def heirs(old: str, lists: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return the codes in use today that have the area of ``old``, after all changes.

    Parameters
    ----------
    old : str
        A district code.
    lists : Mapping
        Code given up -> its row of ``code_lists.csv``.
    """
    if old not in lists:
        return {old}
    return set().union(*(heirs(code, lists) for code in lists[old]["next"].split(";")))


def change_rows(
    found: Iterable[Change],
    known: Iterable[Row],
    table: Mapping[str, Counted],
    lists: Mapping[str, Row],
) -> list[Row]:
    """Return the rows of superseded codes; known ones outrank those found by name.

    A known row with the kind ``none`` only takes back one that the rule found.

    Parameters
    ----------
    found, known : Iterable
        Changes by the rule, and by hand.
    table : Mapping
        The result of `census`.
    lists : Mapping
        Code given up -> its row of ``code_lists.csv``; may lack codes.

    Raises
    ------
    ValueError
        If the lists lead elsewhere, or to several districts for a merged one.
    """
    changes = {old: (new, kind) for old, new, kind in found}
    changes |= {row["old"]: (row["new"], row["kind"]) for row in known}
    rows = []
    for old, (new, kind) in sorted(changes.items()):
        if kind == "none":
            continue
        changed = ""
        if old in lists:
            after = heirs(old, lists)
            if new not in after or (kind == "merged" and len(after) > 1):
                raise ValueError(f"{old}: {kind} to {new}, but the lists say {after}")
            changed = year_changed(lists[old])
        name, people = table[old]
        source = "code_lists" if changed else "census2020"
        values = [old, new, kind, name, min(people), max(people), changed, source]
        rows.append(dict(zip(CHANGE_COLUMNS, values, strict=True)))
    return rows
