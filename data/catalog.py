"""Reads the files of facts into tables, and joins a value to its source."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd

from data.reading import failure, files, read_raw, typed
from data.schema import Table
from data.tables import TABLES

EMBEDDED = Path(__file__).resolve().parent
OUTCOME_COLUMNS = [
    "place",
    "level",
    "segment",
    "month",
    "event",
    "count",
    "source_id",
]


@dataclass(frozen=True)
class Facts:
    """All facts of one folder, and of a user's folder over it, as tables.

    ``tables`` holds the files as they are; the properties join them into what the
    rest of the project asks for. Text is never missing (an empty string), numbers
    are float with NaN for missing.
    """

    root: Path
    fingerprint: str
    tables: dict[str, pd.DataFrame] = field(repr=False)
    extra: Path | None = None

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the table called ``name`` (see :mod:`data.schema`)."""
        return self.tables[name]

    @cached_property
    def places(self) -> pd.DataFrame:
        """Places indexed by (level, place), with latest census ``population``."""
        places = self["places"].set_index(["level", "place"], drop=False)
        places.index.names = ["_level", "_place"]
        census = self["observations"].query("indicator == 'population'")
        latest = census.sort_values("period").groupby(["level", "place"]).last()
        return places.assign(
            population=latest["value"].reindex(places.index),
            population_period=latest["period"].reindex(places.index).fillna(""),
        )

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Segments indexed by id, in the reports' order."""
        return self["segments"].set_index("segment", drop=False)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators indexed by id."""
        return self["indicators"].set_index("indicator", drop=False)

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Sources indexed by id."""
        return self["sources"].set_index("source_id", drop=False)

    @cached_property
    def observations(self) -> pd.DataFrame:
        """Observations, each with its ``pillar``."""
        table = self["observations"]
        return table.assign(pillar=table["indicator"].map(self.indicators["pillar"]))

    @cached_property
    def firms(self) -> pd.DataFrame:
        """One row for each dated event of a firm in a segment.

        Returns
        -------
        DataFrame
            The columns of an outcome plus ``firm``, ``product`` and ``locator``.
            A year without a month stands at its December: known when the year is
            over. Events of a district count for their city too (see ``outcomes``).
        """
        filings = self["filings"].assign(
            level="district", event="filing", source_id="cac_filings"
        )
        filings = filings.rename(columns={"record_number": "locator"})
        listed = self["listed_firms"].assign(
            level="city", event="listing", source_id="listed_firms", product=""
        )
        listed["month"] = listed["year"] + "-12"
        listed = listed.rename(columns={"short_name": "firm", "ts_code": "locator"})
        hardware = self["hardware_firms"].assign(product="")
        hardware["month"] = hardware["year"] + "-12"
        hardware = hardware.rename(columns={"segment": "segments"})
        columns = [
            *("place", "level", "segments", "month", "event", "firm", "product"),
            *("source_id", "locator"),
        ]
        table = pd.concat(
            [part[columns] for part in (filings, listed, hardware)], ignore_index=True
        )
        table = table.assign(segment=table["segments"].str.split("|"))
        table = table.explode("segment").drop(columns="segments")
        return table[table["segment"] != ""].reset_index(drop=True)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Dated outcomes at both levels: a district's events count for its city.

        Counts brought without firms stand beside those of the firms, except where
        the firms of the same source, event and month are known: they are the same.

        Returns
        -------
        DataFrame
            ``place, level, segment, month, event, count, source_id``, sorted.
        """
        single = self.firms.assign(count=1.0)
        counted = self["outcomes"]
        counted = counted.assign(month=year_ends(counted["month"]))
        same = ["source_id", "event", "month"]
        known = pd.MultiIndex.from_frame(single[same])
        counted = counted[~pd.MultiIndex.from_frame(counted[same]).isin(known)]
        both = sum_up(pd.concat([single, counted], ignore_index=True), self.places)
        if len(counted):
            both = _stated(both, counted)
        return both[OUTCOME_COLUMNS]


def year_ends(period: pd.Series) -> pd.Series:
    """Return the last month of each period: a year ends with its December."""
    return period.where(period.str.len() == 7, period.str[:4] + "-12")


def _stated(summed: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Put a city's count where it is stated in place of the sum of its districts."""
    keys = [name for name in OUTCOME_COLUMNS if name != "count"]
    cities = counted[counted["level"] == "city"].groupby(keys)["count"].sum()
    index = pd.MultiIndex.from_frame(summed[keys])
    stated = pd.Series(cities.reindex(index).to_numpy(), index=summed.index)
    return summed.assign(count=stated.fillna(summed["count"]))


def sum_up(outcomes: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Sum outcome counts by place and month, districts into their city as well.

    Parameters
    ----------
    outcomes : DataFrame
        Columns of an outcome; rows need not be unique.
    places : DataFrame
        Places indexed by (level, place) with ``parent``.

    Returns
    -------
    DataFrame
        One row for each place, level, segment, month, event and source.
    """
    districts = outcomes[outcomes["level"] == "district"]
    parents = places.loc["district", "parent"]
    cities = districts.assign(place=districts["place"].map(parents), level="city")
    cities = cities[cities["place"].isin(places.loc["city"].index)]
    both = pd.concat([outcomes, cities], ignore_index=True)
    keys = ["level", "place", "segment", "month", "event", "source_id"]
    return both.groupby(keys, as_index=False)["count"].sum()


def _read(root: Path, table: Table) -> pd.DataFrame | None:
    """Return a folder's rows of a table; None where it has no such file."""
    parts = [
        typed(read_raw(root, path, table), table, path.relative_to(root).as_posix())
        for path in files(root, table)
    ]
    return pd.concat(parts, ignore_index=True) if parts else None


def _layer(root: Path, extra: Path | None, table: Table) -> pd.DataFrame:
    """Return the rows of a table, those of ``extra`` in place of ours of their key."""
    ours = _read(root, table)
    theirs = _read(extra, table) if extra else None
    if ours is None and theirs is None:
        if table.optional:
            return pd.DataFrame(columns=list(table.names))
        values = {"path": table.path, "root": root.name}
        raise failure(table.path, 1, "file", "file_missing", **values)
    parts = [part for part in (ours, theirs) if part is not None]
    rows = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    rows = rows[[name for name in table.names if name in rows]]
    if len(parts) == 1:
        return rows
    return rows.drop_duplicates(list(table.key), keep="last", ignore_index=True)


def fingerprint(*roots: Path) -> str:
    """Return a SHA-256 over the names and bytes of every file of facts."""
    digest = hashlib.sha256()
    for root in roots:
        for table in TABLES:
            for path in files(root, table):
                digest.update(path.relative_to(root).as_posix().encode())
                # Line ends may differ between checkouts; the facts do not.
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


@lru_cache(maxsize=4)
def load(root: Path = EMBEDDED, extra: Path | None = None) -> Facts:
    """Load the facts of a folder (by default the embedded ones).

    Parameters
    ----------
    root : Path
        A whole folder of facts.
    extra : Path, optional
        A user's folder over it: its rows are added, and stand in place of those of
        the same key.

    Raises
    ------
    DataError
        When a file or column is missing, or a number is no number. The full
        check is :func:`data.validate.check`.
    """
    held = {table.name: _layer(root, extra, table) for table in TABLES}
    folders = (root,) if extra is None else (root, extra)
    return Facts(root, fingerprint(*folders), held, extra)
