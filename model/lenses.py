"""Published systems that rank cities: their table, and ours computed beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data import Facts
from model import composite, measures, robustness
from model.composite import ROOT, Index, Method
from model.measures import RATING
from model.score import UnknownNameError

# The systems' own way, as far as they tell: min-max, members of a group alike. Their
# figures are skewed, so the median stands for a missing one, not the mean.
METHOD = Method(missing="median")
# An indicator counts as held when this share of the places has a figure of it.
HELD = 0.5
# A comparison of fewer places says nothing.
FEWEST = 4
# A group that only stands beside the system and weighs nothing in it.
BESIDE = "beside"
PUBLISHED = [
    *("place", "level", "rank", "rank_quality", "tier", "rating"),
    *("score", "score_quality", "dated", "locator", "note"),
]


@dataclass(frozen=True)
class Lens:
    """A published system.

    Attributes
    ----------
    name : str
        Id of its source.
    entry : Series
        Names, month, method and gaps in words, from ``lenses.toml``.
    items : DataFrame
        Its groups and indicators, indexed by id.
    rankings : DataFrame
        What it publishes, indexed by id; the first is its main ranking.
    """

    name: str
    entry: pd.Series
    items: pd.DataFrame
    rankings: pd.DataFrame

    @cached_property
    def leaves(self) -> list[str]:
        """Ids of the indicators."""
        return [name for name in self.items.index if name not in self.groups]

    @cached_property
    def groups(self) -> set[str]:
        """Ids of the groups."""
        return set(self.items["parent"])

    def under(self, node: str) -> list[str]:
        """Return the indicators of a group, or of several joined by ``|``.

        Of all for ``""``.
        """
        found = []
        for name in node.split("|"):
            below = self.items.index[self.items["parent"] == name]
            found += [leaf for child in below for leaf in self.under(child)]
            found += [name] if name in self.leaves else []
        return found

    def asked(self, node: str = "") -> list[str]:
        """Return the indicators of a node; of the whole only the system's own.

        Those that only stand beside it have no part in the whole.
        """
        if node:
            return self.under(node)
        beside = self.under(BESIDE)
        return [name for name in self.leaves if name not in beside]


def names(facts: Facts) -> list[str]:
    """Return the ids of the systems, in the order of ``lenses.toml``."""
    return list(facts["lenses"]["lens"])


def lens(facts: Facts, name: str) -> Lens:
    """Return a published system.

    Raises
    ------
    UnknownNameError
        When there is none of that name.
    """
    if name not in names(facts):
        raise UnknownNameError("lens", name, names(facts))
    items = facts["lens_items"].query("lens == @name").set_index("item")
    rankings = facts["lens_rankings"].query("lens == @name").set_index("ranking")
    entry = facts["lenses"].set_index("lens").loc[name]
    return Lens(name, entry, items, rankings)


def published(facts: Facts, name: str, ranking: str) -> pd.DataFrame:
    """Return a ranking as it was published, columns ``PUBLISHED``.

    Ranks and scores stand with their quality: ``under`` 10 is a rank somewhere in the
    first ten. Ratings in words are a ranking of grades.
    """
    ranks = facts["rankings"]
    ranks = ranks[(ranks["source_id"] == name) & (ranks["ranking"] == ranking)]
    rated = facts["ratings"]
    rated = rated[(rated["source_id"] == name) & (rated["dimension"] == ranking)]
    table = pd.concat([ranks, rated], ignore_index=True).reindex(columns=PUBLISHED)
    words = [name for name in PUBLISHED if name not in ("rank", "tier", "score")]
    table[words] = table[words].fillna("")
    grade = table["tier"].fillna(-table["rating"].map(RATING))
    order = table.assign(_grade=grade.fillna(0.0))
    return order.sort_values(["rank", "_grade", "place"])[PUBLISHED].reset_index(
        drop=True
    )


@dataclass(frozen=True)
class Held:
    """What we hold of a system's indicators for some cities.

    Attributes
    ----------
    values : DataFrame of shape (P, L)
    cells : dict of DataFrame
        Value, period and source of each indicator held, by city.
    status : DataFrame
        Indexed by indicator: ``fit`` (``same``, ``stand_in``, ``none``), ``places``
        (how many have a figure), ``first`` and ``last`` period, ``sources``,
        ``later`` (some figure is newer than the system).
    """

    values: pd.DataFrame
    cells: dict[str, pd.DataFrame]
    status: pd.DataFrame

    @property
    def used(self) -> list[str]:
        """The indicators that enough of the places have a figure of."""
        return list(self.status.index[self.status["fit"] != "none"])


def held(facts: Facts, system: Lens, places: list[str]) -> Held:
    """Return what we hold of a system's indicators.

    The indicator itself where half of the places have a figure of it, else what
    stands in for it where half have that, else none.
    """
    cells, status = {}, {}
    for name in system.leaves:
        fit, cell = _held(facts, system, system.items.loc[name], places)
        cells[name] = cell
        period = cell.loc[cell["period"] != "", "period"]
        late = measures.ends(period) > system.entry["as_of"]
        sources = "|".join(cell["source_id"]).split("|") if len(cell) else []
        status[name] = {
            "fit": fit,
            "places": len(cell),
            "first": period.min() if len(period) else "",
            "last": period.max() if len(period) else "",
            "later": bool(late.any()),
            "sources": "|".join(sorted(set(filter(None, sources)))),
        }
    values = pd.DataFrame(
        {name: cell["value"].reindex(places) for name, cell in cells.items()},
        index=places,
    )
    return Held(values, cells, pd.DataFrame.from_dict(status, orient="index"))


def _held(
    facts: Facts, system: Lens, item: pd.Series, places: list[str]
) -> tuple[str, pd.DataFrame]:
    """Return how an indicator is held, and its figures of the places."""
    needed = HELD * len(places)
    best = pd.DataFrame(columns=measures.COLUMNS)
    offers = [(item["fit"], item["measure"])] if item["measure"] else []
    if item["indicator"]:
        offers.append(("same", f"figure:{item['indicator']}"))
    # The thing itself, however few or poor its figures, before what stands in for it.
    offers.sort(key=lambda offer: offer[0] != "same")
    for fit, measure in offers:
        found = measures.measured(facts, measure, system.name, system.entry["as_of"])
        found = found[found.index.isin(places)].dropna(subset="value")
        if len(found) >= needed:
            return fit, found
        best = max(best, found, key=len)
    return "none", best


def sample(facts: Facts, system: Lens, ranking: str) -> list[str]:
    """Return the cities a ranking is computed over: its own, or the system's."""
    of = ranking if system.rankings.at[ranking, "own_places"] else ""
    table = published(facts, system.name, of or system.rankings.index[0])
    return sorted(table.loc[table["level"] == "city", "place"])


def recomputed(system: Lens, have: Held, node: str = "") -> Index | None:
    """Compute the system, or one group of it, from what we hold; None without any.

    Where too few places have a figure of any indicator of the group, the places that
    have one are compared by those alone.
    """
    leaves = system.under(node)
    used = [name for name in leaves if name in have.used]
    if not used:
        used = [name for name in leaves if have.values[name].notna().sum() >= FEWEST]
    # Of a place without any figure there is nothing to compute.
    values = have.values[used].dropna(how="all")
    if len(values) < FEWEST:
        return None
    return composite.build(values, tree(system, used, node), METHOD)


def tree(system: Lens, used: list[str], node: str = "") -> composite.Tree:
    """Return the table of an index of some indicators and the groups above them."""
    parents = system.items["parent"]
    top = {"", *node.split("|")}
    kept = list(used)
    for name in kept:
        if name not in top and parents[name] not in {*top, *kept}:
            kept.append(parents[name])
    table = pd.DataFrame(index=[name for name in system.items.index if name in kept])
    above = parents[table.index]
    table["parent"] = above.where(above.isin(kept), ROOT)
    table["weight"] = (table.index != BESIDE).astype(float)
    if table["weight"].sum() == 0:
        table["weight"] = 1.0
    return composite.Tree(table)


@dataclass(frozen=True)
class Compared:
    """A published ranking with ours beside it.

    Attributes
    ----------
    table : DataFrame
        ``PUBLISHED`` with ``ranking``, ``name_zh``, ``name_en``, ``recomputed_rank``
        (among the cities it is computed over, where these are at least half of those
        the system looks at), ``recomputed_low`` and ``recomputed_high`` (the ranks
        that nine of ten ways of computing lie between), ``recomputed_score`` (0 to
        100) and ``imputed`` (share of it that rests on no figure of the city).
    held : Held
        What it is computed from.
    index : Index or None
        The computed index, where anything is held.
    """

    table: pd.DataFrame
    held: Held
    index: Index | None


def compared(facts: Facts, system: Lens) -> dict[str, Compared]:
    """Return every ranking of a system with ours beside it."""
    made: dict[str, Compared] = {}
    known: dict[tuple[str, ...], Held] = {}
    for ranking in system.rankings.index:
        places = sample(facts, system, ranking)
        have = known.get(tuple(places)) or held(facts, system, places)
        known[tuple(places)] = have
        index = recomputed(system, have, system.rankings.at[ranking, "node"])
        table = published(facts, system.name, ranking)
        ours = _ours(have, index, len(places))
        table = _beside(facts, table, ours)
        made[ranking] = Compared(table.assign(ranking=ranking), have, index)
    return made


OURS = [
    *("recomputed_rank", "recomputed_low", "recomputed_high"),
    *("recomputed_score", "imputed"),
]


def _ours(have: Held, index: Index | None, places: int) -> pd.DataFrame:
    """Return what we compute of each city, columns ``OURS``.

    A rank among a few of the ``places`` is none among all: it is left out. The range
    is that of other weights, scales and fillings (:mod:`model.robustness`).
    """
    if index is None:
        return pd.DataFrame(index=[], columns=OURS)
    found = pd.DataFrame(
        {"recomputed_score": 100 * index.score, "imputed": index.imputed}
    )
    if len(found) >= HELD * places:
        figures = have.values.loc[found.index, index.tree.leaves]
        drawn = robustness.simulate(figures, index.tree, METHOD).range()
        ranges = drawn.set_axis(OURS[1:3], axis=1)
        found = found.join(ranges).assign(recomputed_rank=index.rank)
    return found.reindex(columns=OURS)


def _beside(facts: Facts, table: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Add the places' names and what we compute of them."""
    spoken = facts.places.reindex(pd.MultiIndex.from_frame(table[["level", "place"]]))
    city = table["level"] == "city"
    held = ours.reindex(table["place"].where(city)).set_axis(table.index)
    return table.assign(
        name_zh=spoken["name_zh"].to_numpy(),
        name_en=spoken["name_en"].to_numpy(),
        **held.astype(float),
    )


def correlation(table: pd.DataFrame) -> dict[str, float | int | None]:
    """Return Spearman's rank correlation of a published ranking and ours.

    Only exact ranks count, tiers and grades as they are (equal ones tie). The 95%
    interval is Bonett and Wright's (2000); both are None with fewer than four places.

    Parameters
    ----------
    table : DataFrame
        Of a :class:`Compared`.
    """
    from scipy.stats import norm, spearmanr

    rank = table["rank"].where(table["rank_quality"].isin(["exact", ""]))
    order = -rank.fillna(table["tier"]).fillna(-table["rating"].map(RATING))
    both = pd.DataFrame({"theirs": order, "ours": table["recomputed_score"]}).dropna()
    n = len(both)
    if n < FEWEST or both.nunique().min() < 2:
        return {"value": None, "low": None, "high": None, "n": n}
    value = float(spearmanr(both["theirs"], both["ours"]).statistic)
    # A perfect order has no interval on Fisher's scale: that of one swap is given.
    most = 1 - 12 / (n * (n**2 - 1))
    inner = float(np.clip(value, -most, most))
    half = norm.ppf(0.975) * np.sqrt((1 + inner**2 / 2) / (n - 3))
    low, high = np.tanh(np.arctanh(inner) + np.array([-half, half]))
    low, high = min(float(low), value), max(float(high), value)
    return {"value": value, "low": low, "high": high, "n": n}


def coverage(system: Lens, have: Held, node: str = "") -> tuple[float, float]:
    """Return the share of a node's indicators held, and held or stood in for."""
    fit = have.status.loc[system.asked(node), "fit"]
    return float((fit == "same").mean()), float((fit != "none").mean())
