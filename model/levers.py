"""What a place can act on, and how far places alike really came."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from features.transform import broad
from model.assumptions import bounds
from model.unknowns import Rescore, alike
from model.what_if import share_limits
from model.wording import Text

# Peers: places alike, and how many of them a range must rest on.
PEERS, MIN_PEERS = 50, 10
# What counts as really achieved: this quantile of the peers' changes, or figures.
REACH = 0.9
# How far a step goes, of the way to the end of its range.
FRACTIONS = (0.25, 0.5, 0.75, 1.0)

_PEOPLE = Text(
    "可通过招引企业和人才改变", "moved by attracting firms and the people they employ"
)
_RESEARCH = Text("可通过科研投入和奖励改变", "moved by funding and rewarding research")
_FIRMS = Text("可通过培育、认定企业改变", "moved by raising and certifying firms")
_BUDGET = Text("由本级财政安排", "set by the place's own budget")
_AIR = Text("可通过治理改变", "moved by cleaning the air")
# The one place that says what a place can act on, and why. Not: population and what is
# computed from it, incomes and output (they follow), prices set by markets, what the
# state or the province grants (zones, universities and their places, expressways,
# supercomputing centres), and all history.
ACTIONABLE: dict[str, Text] = {
    "bachelor_plus": _PEOPLE,
    "professionals": _PEOPLE,
    "jobs_research": _PEOPLE,
    "jobs_ict": _PEOPLE,
    "jobs_manufacturing": _PEOPLE,
    "patents_invention": _RESEARCH,
    "ai_papers": _RESEARCH,
    "robotics_papers": _RESEARCH,
    "tech_contracts": _RESEARCH,
    "hightech_firms": _FIRMS,
    "smart_factories": _FIRMS,
    "industrial_firms": _FIRMS,
    "science_spending": _BUDGET,
    "education_spending": _BUDGET,
    "pm25": _AIR,
}
# A part that may not exceed another figure, where the catalogue has no denominator.
PART_OF = {"patents_invention": "patents"}
# Half of one of these is nothing.
WHOLE_UNITS = ("人", "人(抽样)", "家", "所", "件", "篇", "个", "是/否")
GROWTH, CHANGE, SPREAD = "growth", "change", "spread"


@dataclass(frozen=True)
class Lever:
    """How far one figure of a place can go.

    Attributes
    ----------
    indicator, unit : str
    now, low, high : float
        The figure; where the tenth and the ninetieth percentile of the peers would
        take it (today's figure is always within), least first.
    years : float or None
        Over which the peers' changes were observed; None for their present spread.
    basis : {"growth", "change", "spread"}
        The peers' relative or absolute changes, or their present figures (over the
        denominator where there is one).
    periods : str
        From when to when, or of when.
    peers : int
        Peers with the figures.
    """

    indicator: str
    unit: str
    now: float
    low: float
    high: float
    years: float | None
    basis: str
    periods: str
    peers: int

    def steps(self, better: float) -> list[float]:
        """Return figures on the way to the better end of the range."""
        end = self.high if better > 0 else self.low
        whole_units = self.unit in WHOLE_UNITS
        found = [self.now + part * (end - self.now) for part in FRACTIONS]
        if whole_units:
            rounding = np.floor if better > 0 else np.ceil
            found = [float(rounding(value)) for value in found]
        return [v for v in dict.fromkeys(found) if (v - self.now) * better > 0]

    def way(self, value: float) -> float:
        """Return how far a figure is of the way to the end of the range, 0 to 1."""
        end = self.high if value > self.now else self.low
        return (value - self.now) / (end - self.now)


def lever_of(fast: Rescore, indicator: str) -> Lever | None:
    """Return how far a figure of the place can go by what its peers achieved.

    Counts and amounts grow by the peers' relative growth, but by no more than the
    largest growth in units that any of them had; where the place or too many peers
    began at none, and for rates, by their absolute change. Where fewer than
    ``MIN_PEERS`` have two figures, by their present spread. A part never goes beyond
    the largest share of the whole that a peer has.

    Returns
    -------
    Lever or None
        None for a figure the ranking does not read, that is missing, has no better
        direction, or is better already than the peers' range.
    """
    model, level, place = fast.model, fast.level, fast.place
    values, entry = fast.table.values[level], model.facts.indicators.loc[indicator]
    better = entry["direction"]
    if indicator not in broad(values) or not better or pd.isna(better):
        return None
    now = float(values.at[place, indicator])
    if np.isnan(now):
        return None
    peers = alike(fast.table, place)[:PEERS]
    found = _changes(fast, indicator, peers, now) or _spread(fast, indicator, peers)
    if found is None:
        return None
    low, high, years, basis, periods, count = found
    least, most = bounds(entry)
    high = max(now, min(high, most, *_caps(fast, indicator, peers)))
    low = min(now, max(low, least))
    lever = Lever(
        indicator, str(entry["unit"]), now, low, high, years, basis, periods, count
    )
    return lever if lever.steps(better) else None


def _caps(fast: Rescore, indicator: str, peers: pd.Index) -> list[float]:
    """Return what a part cannot exceed: its whole, and the peers' largest share."""
    values, place = fast.table.values[fast.level], fast.place
    caps = []
    if PART_OF.get(indicator) in values:
        caps.append(float(values.at[place, PART_OF[indicator]]))
    base, most = share_limits(fast.model, fast.level).get(indicator, ("", np.inf))
    if base:
        below = values.loc[peers, base]
        share = (values.loc[peers, indicator] / below.where(below > 0)).max()
        caps.append(float(np.fmin(share, most) * values.at[place, base]))
    return [cap for cap in caps if not np.isnan(cap)]


Range = tuple[float, float, float | None, str, str, int]


def _changes(
    fast: Rescore, indicator: str, peers: pd.Index, now: float
) -> Range | None:
    """Return what the peers' changes would make of a figure, if enough had one."""
    rows = fast.model.known.observations
    rows = rows[(rows["level"] == fast.level) & (rows["indicator"] == indicator)]
    rows = rows[rows["status"] != "planned"].sort_values(["period", "source_id"])
    rows = rows.drop_duplicates(["place", "period"], keep="last")
    table = rows.pivot(index="place", columns="period", values="value").reindex(peers)
    entry = fast.model.facts.indicators.loc[indicator]
    if entry["measure"] == "flag":
        return None
    if entry["complete"]:
        table = table.fillna(0.0)
    pairs = {
        (first, last): int(table[[first, last]].notna().all(axis=1).sum())
        for first, last in combinations(table.columns, 2)
    }
    most = max(pairs.values(), default=0)
    if most < MIN_PEERS:
        return None
    enough = [pair for pair, count in pairs.items() if count >= 0.8 * most]
    first, last = max(enough, key=lambda pair: (_year(pair[1]) - _year(pair[0]), pair))
    both = table[[first, last]].dropna()
    change = both[last] - both[first]
    low, high = (now + change.quantile(end) for end in (1 - REACH, REACH))
    basis, begun = CHANGE, both[first] > 0
    if entry["measure"] in ("count", "amount") and now > 0 and begun.sum() >= MIN_PEERS:
        growth = (change / both[first])[begun]
        change, basis = change[begun], GROWTH
        low, high = (now * (1 + growth.quantile(end)) for end in (1 - REACH, REACH))
        high = min(high, now + max(change.max(), 0.0))
    years = round(_year(last) - _year(first), 2)
    return float(low), float(high), years, basis, f"{first}..{last}", len(change)


def _year(period: str) -> float:
    """Return the end of a period as a number of years."""
    return int(period[:4]) + (int(period[5:7]) / 12 if len(period) > 4 else 1.0)


def _spread(fast: Rescore, indicator: str, peers: pd.Index) -> Range | None:
    """Return the range of the peers' present figures, as large as the place is."""
    values, entry = fast.table.values[fast.level], fast.model.facts.indicators
    base = str(entry.at[indicator, "denominator"])
    theirs, scale = values.loc[peers, indicator], 1.0
    if base in values and values.at[fast.place, base] > 0:
        below = values.loc[peers, base]
        theirs, scale = theirs / below.where(below > 0), values.at[fast.place, base]
    theirs = theirs.dropna()
    if len(theirs) < MIN_PEERS:
        return None
    low, high = (float(theirs.quantile(end) * scale) for end in (1 - REACH, REACH))
    figures = fast.table.figures[fast.level]
    told = figures.xs(indicator, level="indicator")["period"]
    told = told[told.index.isin(peers)]
    periods = "..".join(sorted({told.min(), told.max()})) if len(told) else ""
    return low, high, None, SPREAD, periods, len(theirs)
