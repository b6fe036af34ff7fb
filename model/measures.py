"""What we hold of an indicator of a published system: its own figure, or a stand-in.

``lens_items.csv`` names a measure in a word or three:

- ``figure:x`` and ``figure:x:source``: the figure of indicator ``x`` nearest to the
  system's month, of any source or of one;
- ``sum:x``: its sum over all periods up to then;
- ``policies`` and ``policies:source``: policies of the city and its districts issued
  by then, or all that a report names;
- ``platforms:source:kind+kind`` (``any`` source): laboratories, schools ... named;
- ``zones:source``: parks and areas named; ``dated:source:ranking+ranking``: how many
  of these lists the place is on by then;
- ``listed``: AI firms on the stock exchanges by then; ``rating:x``: what a report
  says of dimension ``x``, from 4 (strong) to 1 (weak).

A count says nothing of a city that no report looked at: it is missing there, not 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import pandas as pd

from data import Facts
from data.catalog import year_ends
from features.as_of import months_between

QUALITY_ORDER = ("exact", "about", "over", "under")
RATING = {"strong": 4.0, "good": 3.0, "medium": 2.0, "weak": 1.0}
COLUMNS = ["value", "period", "source_id"]
# Signs that differ between two printings of a title, and the number of the document.
DOCUMENT = re.compile(r"\([^()]*[〔\[]\d{4}[〕\]]\d+号\)$")
SIGNS = re.compile(r"[\W_]+")


def ends(period: pd.Series) -> pd.Series:
    """Return the last month of each period, be it a year, a month or a day."""
    return year_ends(period.str[:7])


def figure(facts: Facts, indicator: str, as_of: str, source: str = "") -> pd.DataFrame:
    """Return the figure of each city nearest to a month, of two as near the earlier.

    Of one period first what was read in the source itself, then the most exact.

    Parameters
    ----------
    facts : Facts
    indicator : str
    as_of : str
        Month, ``YYYY-MM``.
    source : str
        Only figures of this source, planned ones too, as it counts them itself; of
        any by default.

    Returns
    -------
    DataFrame
        Indexed by city: value, period, source_id.
    """
    rows = facts.observations
    rows = rows[(rows["level"] == "city") & (rows["indicator"] == indicator)]
    of_source = rows["source_id"] == source
    rows = rows[of_source if source else rows["status"] != "planned"]
    second = rows["source_id"].map(facts.sources["second_hand"]).astype(bool)
    ranked = rows.assign(
        _far=[abs(months_between(month, as_of)) for month in ends(rows["period"])],
        _second=second,
        _quality=rows["quality"].map(QUALITY_ORDER.index),
    )
    order = ["_far", "period", "_second", "_quality", "source_id", "locator"]
    nearest = ranked.sort_values(order, kind="stable").drop_duplicates("place")
    found = nearest.set_index("place")[COLUMNS]
    return found if source else _completed(facts, indicator, found)


def _completed(facts: Facts, indicator: str, found: pd.DataFrame) -> pd.DataFrame:
    """Give the other cities 0 where an indicator names every place that has any."""
    if not facts.indicators.at[indicator, "complete"] or found.empty:
        return found
    cities = facts.places.loc["city"].index
    named = "|".join(sorted(set("|".join(found["source_id"]).split("|"))))
    rest = pd.DataFrame(
        {"value": 0.0, "period": found["period"].max(), "source_id": named},
        index=cities.difference(found.index),
    )
    return pd.concat([found, rest])


def total(facts: Facts, indicator: str, as_of: str) -> pd.DataFrame:
    """Return the sum of a yearly indicator over all periods up to a month."""
    rows = facts.observations
    rows = rows[(rows["level"] == "city") & (rows["indicator"] == indicator)]
    rows = rows[(ends(rows["period"]) <= as_of) & (rows["status"] != "planned")]
    return _completed(facts, indicator, _grouped(rows.assign(amount=rows["value"])))


def policies(facts: Facts, source: str, as_of: str) -> pd.DataFrame:
    """Count the policies of a city and its districts, each title once.

    With a source, all that it names; without, those dated by ``as_of``.
    """
    rows = facts["policies"]
    if source:
        rows = rows[rows["source_id"] == source]
    else:
        issued = ends(rows["issued"].where(rows["issued"] != "", "9999"))
        rows = rows[issued <= as_of]
    return _counted(
        facts, rows.assign(title=rows["title"].map(_bare)), "title", "issued"
    )


def _bare(title: str) -> str:
    """Return a title without signs and the number of its document."""
    plain = unicodedata.normalize("NFKC", title).strip()
    return SIGNS.sub("", DOCUMENT.sub("", plain))


def platforms(facts: Facts, source: str, kinds: str) -> pd.DataFrame:
    """Count the platforms of some kinds that a report (or any) names in a city."""
    rows = facts["platforms"]
    if source != "any":
        rows = rows[rows["source_id"] == source]
    looked_at = _counted(facts, rows, "name", "period")
    named = _counted(facts, rows[rows["kind"].isin(kinds.split("+"))], "name", "period")
    return named.reindex(looked_at.index).assign(
        value=lambda t: t["value"].fillna(0.0),
        period=lambda t: t["period"].fillna(""),
        source_id=lambda t: t["source_id"].fillna(looked_at["source_id"]),
    )


def zones(facts: Facts, source: str) -> pd.DataFrame:
    """Count the parks and areas that a report names in a city."""
    rows = facts["zones"]
    rows = rows[rows["source_id"] == source].assign(period="")
    return _counted(facts, rows, "zone", "period")


def dated(facts: Facts, source: str, names: str, as_of: str) -> pd.DataFrame:
    """Count the lists of a report that a city was on by a month; others have 0."""
    rows = facts["rankings"]
    rows = rows[(rows["source_id"] == source) & rows["ranking"].isin(names.split("+"))]
    rows = rows[(rows["dated"] != "") & (ends(rows["dated"]) <= as_of)]
    found = _counted(facts, rows, "ranking", "dated")
    return _zero_elsewhere(facts, found, source)


def listed(facts: Facts, as_of: str) -> pd.DataFrame:
    """Count the AI firms listed in a city by the last full year; others have 0."""
    rows = facts["listed_firms"]
    rows = rows[(rows["grade"] == "A") & (rows["year"] + "-12" <= as_of)]
    rows = rows.assign(level="city", source_id="listed_firms")
    found = _counted(facts, rows, "ts_code", "year")
    return _zero_elsewhere(facts, found, "listed_firms")


def rating(facts: Facts, lens: str, dimension: str) -> pd.DataFrame:
    """Return what a report says of a dimension of a city, from 4 to 1."""
    rows = facts["ratings"]
    rows = rows[(rows["source_id"] == lens) & (rows["dimension"] == dimension)]
    value = rows["rating"].map(RATING)
    made = rows.assign(value=value, period="").set_index("place")
    return made[COLUMNS]


def _zero_elsewhere(facts: Facts, found: pd.DataFrame, source: str) -> pd.DataFrame:
    cities = facts.places.loc["city"].index
    filled = found.reindex(cities)
    return filled.assign(
        value=filled["value"].fillna(0.0),
        period=filled["period"].fillna(""),
        source_id=filled["source_id"].fillna(source),
    )


def _counted(facts: Facts, rows: pd.DataFrame, what: str, when: str) -> pd.DataFrame:
    """Count the different ``what`` of each city, its districts' among them."""
    places = facts.places
    parents = places.loc["district", "parent"]
    city = rows["place"].where(rows["level"] == "city", rows["place"].map(parents))
    rows = rows.assign(place=city, period=rows[when], amount=1.0)
    rows = rows[rows["place"].isin(places.loc["city"].index)]
    return _grouped(rows.drop_duplicates(["place", what]))


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby("place")
    return pd.DataFrame(
        {
            "value": grouped["amount"].sum(),
            "period": grouped["period"].max(),
            "source_id": grouped["source_id"].agg(lambda s: "|".join(sorted(set(s)))),
        }
    )


def measured(facts: Facts, measure: str, lens: str, as_of: str) -> pd.DataFrame:
    """Return what a measure says of each city (see the top of this module).

    Raises
    ------
    ValueError
        When the measure is not one of those above.
    """
    kind, *rest = measure.split(":")
    known: dict[str, Callable[..., pd.DataFrame]] = {
        "figure": lambda name, source="": figure(facts, name, as_of, source),
        "sum": lambda name: total(facts, name, as_of),
        "policies": lambda source="": policies(facts, source, as_of),
        "platforms": lambda source, kinds: platforms(facts, source, kinds),
        "zones": lambda source: zones(facts, source),
        "dated": lambda source, names: dated(facts, source, names, as_of),
        "listed": lambda: listed(facts, as_of),
        "rating": lambda name: rating(facts, lens, name),
    }
    if kind not in known:
        raise ValueError(f"unknown measure {measure!r}")
    return known[kind](*rest)
