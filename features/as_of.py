"""The leakage guard: the one place that decides what was known at a month."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from data import Facts
from data.catalog import year_ends

# A source that says neither when it was published nor how late is never known.
NEVER = 12_000


def shift(month: str, by: int) -> str:
    """Return the month ``by`` months after ``month`` (``YYYY-MM``).

    Raises
    ------
    ValueError
        When ``month`` is not written ``YYYY-MM``.
    """
    return str(pd.Period(month, freq="M") + by)


def months_between(first: str, last: str) -> int:
    """Return how many months lie between two months (``YYYY-MM``)."""
    return int((pd.Period(last, freq="M") - pd.Period(first, freq="M")).n)


def known_from(observations: pd.DataFrame, sources: pd.DataFrame) -> pd.Series:
    """Return the month from which each figure was public.

    A figure's own month of publication counts, else that of its source, not the
    period it describes; without either, the end of the period plus the source's
    stated lag.
    """
    published = observations["source_id"].map(sources["published"]).fillna("")
    own = observations["published"].fillna("")
    published = own.where(own != "", published)
    lag = observations["source_id"].map(sources["lag_months"]).fillna(NEVER).astype(int)
    # Few distinct (period, lag) pairs stand behind tens of thousands of figures.
    ends = year_ends(observations["period"])
    pairs = pd.DataFrame({"end": ends, "lag": lag})
    distinct = pairs.drop_duplicates()
    months = {
        (end, by): shift(end, by)
        for end, by in distinct.itertuples(index=False, name=None)
    }
    lagged = [months[pair] for pair in pairs.itertuples(index=False, name=None)]
    return published.where(published != "", pd.Series(lagged, index=pairs.index))


@dataclass(frozen=True)
class Known:
    """The facts that were public at the end of the month ``as_of``."""

    as_of: str
    places: pd.DataFrame
    segments: pd.DataFrame
    indicators: pd.DataFrame
    sources: pd.DataFrame
    observations: pd.DataFrame
    outcomes: pd.DataFrame
    firms: pd.DataFrame
    strengths: pd.DataFrame
    zones: pd.DataFrame


def at(facts: Facts, as_of: str) -> Known:
    """Return what of ``facts`` was known at the end of ``as_of``.

    Every dated table passes through here, and nothing after the month leaves it:
    figures by publication, outcomes by their month, strengths and zones by their
    report's publication.
    The lists of places, segments, indicators and sources are undated vocabularies.

    Parameters
    ----------
    facts : Facts
        All facts.
    as_of : str
        Last month that may be known, ``YYYY-MM``.
    """
    observations = facts.observations
    return Known(
        as_of=as_of,
        places=facts.places,
        segments=facts.segments,
        indicators=facts.indicators,
        sources=facts.sources,
        observations=observations[
            known_from(observations, facts.sources).to_numpy() <= as_of
        ],
        outcomes=facts.outcomes[facts.outcomes["month"] <= as_of],
        firms=facts.firms[facts.firms["month"] <= as_of],
        strengths=_reported(facts, "strengths", as_of),
        zones=_reported(facts, "zones", as_of),
    )


def _reported(facts: Facts, name: str, as_of: str) -> pd.DataFrame:
    """Return what the reports published by a month say; undated ones say nothing."""
    table = facts[name]
    published = table["source_id"].map(facts.sources["published"]).fillna("")
    return table[((published != "") & (published <= as_of)).to_numpy()]
