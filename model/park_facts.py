"""What the arguments for a place's segments rest on, computed once for a level.

The range of a place's order of segments comes from resampled counts: the events of the
place, and those of its city outside the place, are drawn again as Poisson numbers with
Gamma rates that come in bursts and share one growth (as in :mod:`model.resample`), each
with the weight its age gives it; and each segment takes a turn (``TURN``) everywhere.
The model's own resamples hold places within a segment, and say nothing of segments
within a place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from data.catalog import year_ends
from data.schema import REGIONS
from features import history as past
from features import shift
from features.as_of import months_between
from model.board import Board
from model.intervals import ranks_of
from model.presence import MIX_PRIOR
from model.resample import BURST, DRAWS, PRIOR_EVENTS, SHOCK
from model.score import confidence
from model.wording import Text

REGION_NAMES = {
    "bohai_rim": Text("环渤海", "the Bohai Rim"),
    "yangtze_delta": Text("长三角", "the Yangtze River Delta"),
    "pearl_delta": Text("珠三角", "the Pearl River Delta"),
    "central_west": Text("中西部", "the centre and west"),
    "rest": Text("其他地区", "the other provinces"),
}
PILOTS = {
    "pilot_zone": Text(
        "国家新一代人工智能创新发展试验区", "National new-generation AI pilot zone"
    ),
    "pioneer_zone": Text(
        "国家人工智能创新应用先导区", "National AI application pioneer zone"
    ),
}
# Spread of the logarithm of a segment's turn in the country within a year, of a grid of
# 0, .25, .5, .75 and 1 between those whose 90% ranges held nine tenths of the orders of
# places with ten events a year later: .75 to 1 on 2023-12 (national counts then turned
# by .9 to 1.0), .25 to .5 on 2024-12 (by .3). At .5 they held .81 and .98 of cities',
# .75 and .92 of districts'.
TURN = 0.5
# Other places whose firms are shown: the nearest, if not further than this, in km.
NEIGHBOURS, REACH = 5, 100.0
EARTH = 6371.0
NEAR = ("here", "same_city", "nearby")
# What is told of a firm.
FIRM = ["firm", "product", "month", "event", "place", "source_id", "locator"]


@dataclass(frozen=True, eq=False)
class Park:
    """Answers about what suits the places of a level; what they share, computed once.

    Attributes
    ----------
    board : Board
    told : dict
        Figures of talent put in words so far, with their sources: several segments
        ask for the same.
    listed : dict
        The firms of the places asked about so far (see :meth:`firms`).
    """

    board: Board
    told: dict[tuple[str, str], tuple[Text, list[str]]] = field(
        default_factory=dict, repr=False
    )
    listed: dict[str, dict[str, list[tuple[int, dict[str, Any]]]]] = field(
        default_factory=dict, repr=False
    )

    @cached_property
    def shares(self) -> np.ndarray:
        """Share of each segment that is foreseen for each place, shape (S, P)."""
        ranker = self.board.model.rankers[self.board.level]
        return np.exp(ranker.predict_segments(self.board.table))

    @cached_property
    def order(self) -> np.ndarray:
        """Rank of every segment at each place, shape (S, P)."""
        return ranks_of(-self.shares.T).T.astype(int)

    @cached_property
    def grades(self) -> dict[str, str]:
        """Confidence grade of each segment."""
        model = self.board.model
        return {name: confidence(model, name) for name in model.facts.segments.index}

    @cached_property
    def talent(self) -> np.ndarray:
        """Whether each place has a figure of a composition column of talent, (P, L).

        Of its own; where it has none those of its city.
        """
        table = self.board.table
        names = table.lean.columns
        of_talent = table.lineage.loc[names, "pillar"].to_numpy() == "talent"
        held = table.place[names].notna().to_numpy() & of_talent
        own = held & ~names.str.startswith("city:")
        return np.where(own.any(axis=1, keepdims=True), own, held)

    def national(self, segment: str) -> list[str]:
        """Return the lists of the last two years that name a segment; else all."""
        _, lists, covered = self.growth
        return lists.get(segment) or covered

    @cached_property
    def events(self) -> dict[tuple[str, str], np.ndarray]:
        """Events by level and place: segment (its number), weight in the mix, count.

        The weights are those of :attr:`features.history.History.mix`.
        """
        known, segments = self.board.model.known, self.board.table.history.segments
        found = {}
        for level, rows in known.outcomes.groupby("level"):
            by_year = rows["month"].str.endswith("-12").groupby(rows["source_id"]).all()
            ages = {m: months_between(m, known.as_of) for m in rows["month"].unique()}
            age = rows["month"].map(ages).clip(lower=0).astype(float)
            age += rows["source_id"].map(by_year).astype(float) * past.MIDDLE_OF_YEAR
            values = np.column_stack(
                [
                    segments.get_indexer(rows["segment"]),
                    0.5 ** (age.to_numpy() / past.MIX_HALF_LIFE),
                    rows["count"].astype(float),
                ]
            )
            for place, own in rows.reset_index().groupby("place").indices.items():
                found[str(level), str(place)] = values[own]
        return found

    def order_draws(self, place: str, draws: int = DRAWS, seed: int = 0) -> np.ndarray:
        """Return the rank of each segment at a place in every resample, (R, S)."""
        history, level = self.board.table.history, self.board.level
        rng = np.random.default_rng([seed, int(place)])
        national = history.mix.sum(axis=1) + 0.5
        national = national / national.sum()
        turn = np.exp(TURN * rng.standard_normal((draws, len(national))))
        own = self.events.get((level, place), np.zeros((0, 3)))
        # Half an event believed of the place before any is seen.
        usual = history.mix.sum() / max(history.total.sum(), 1.0)
        numbers = np.arange(len(national))
        prior = np.column_stack(
            [numbers, np.full(len(numbers), usual), PRIOR_EVENTS * national]
        )
        here = _redrawn(rng, np.vstack([own, prior]), SHOCK[level], turn)
        towards = national * turn
        towards /= towards.sum(axis=1, keepdims=True)
        city = self.board.cities[place]
        if level == "district" and city:
            rest = _less(self.events.get(("city", city), np.zeros((0, 3))), own)
            above = here + _redrawn(rng, rest, SHOCK["city"], turn)
            towards = above + MIX_PRIOR * towards
            towards = towards / towards.sum(axis=1, keepdims=True)
        return ranks_of(-(here + MIX_PRIOR * towards))

    @cached_property
    def growth(
        self,
    ) -> tuple[
        dict[tuple[str, bool], dict[str, float]], dict[str, list[str]], list[str]
    ]:
        """Events of the last two years by region, of lists that cover them whole.

        Of the cities, which count their districts' too: counts by (segment, whether of
        the last twelve months) and region, the lists behind each segment, all lists.
        """
        model = self.board.model
        start, end = shift(model.as_of, -24), model.as_of
        lists = model.known.sources
        lists = lists[(lists["covers_from"] != "") & (lists["covers_to"] >= end)]
        covered = [str(s) for s in lists.index[lists["covers_from"] <= shift(start, 1)]]
        rows = model.known.outcomes
        rows = rows[(rows["level"] == "city") & (rows["month"] > start)]
        rows = rows[rows["source_id"].isin(covered)]
        named = {code: key for key, codes in REGIONS.items() for code in codes}
        area = model.facts.places.loc["city", "province"].map(named).fillna("rest")
        rows = rows.assign(
            area=rows["place"].map(area), last=rows["month"] > shift(end, -12)
        )
        summed = rows.groupby(["segment", "last", "area"])["count"].sum()
        counts: dict[tuple[str, bool], dict[str, float]] = {}
        for (segment, last, name), count in summed.items():
            counts.setdefault((segment, bool(last)), {})[name] = float(count)
        found: dict[str, list[str]] = {}
        pairs = rows[["segment", "source_id"]].drop_duplicates()
        for segment, source in pairs.sort_values("source_id").itertuples(index=False):
            found.setdefault(segment, []).append(source)
        return counts, found, covered

    @cached_property
    def policies(self) -> dict[str, list[dict[str, Any]]]:
        """Policies in force that were known, by place, newest last.

        One without a stated end counts as in force; a draft does not, nor one that
        neither itself nor its source dates.
        """
        model = self.board.model
        rows = model.facts["policies"]
        published = rows["source_id"].map(model.facts.sources["published"])
        month = year_ends(rows["issued"]).where(rows["issued"] != "", published)
        month = month.where(month > published, published)
        until = year_ends(rows["valid_until"]).where(rows["valid_until"] != "", "9999")
        known = (month != "") & (month <= model.as_of) & (rows["status"] == "")
        rows = rows[known & (until >= model.as_of)]
        return _by_place(rows.sort_values("issued", kind="stable"))

    @cached_property
    def policies_read(self) -> tuple[int, list[str]]:
        """How many policies in force are held, and from which sources."""
        rows = [row for held in self.policies.values() for row in held]
        return len(rows), sorted({row["source_id"] for row in rows})

    @cached_property
    def published(self) -> dict[str, str]:
        """When each source was published."""
        return dict(self.board.model.facts.sources["published"].astype(object))

    @cached_property
    def zones(self) -> dict[str, list[dict[str, Any]]]:
        """Zones with a stated focus, by place."""
        return _by_place(self.board.model.known.zones)

    @cached_property
    def titles(self) -> dict[str, list[dict[str, Any]]]:
        """Titles and pilot zones that were known, by place, dated ones first.

        ``name_zh, name_en, segments, period, source_id``; those of artificial
        intelligence as such have no segment.
        """
        facts, until = self.board.model.facts, self.board.model.as_of
        given = facts["designations"]
        given = given[given["segments"] != ""]
        name = given["designation"]
        given = given.assign(name_zh=name, name_en="Title: " + name)
        zones = facts["platforms"]
        zones = zones[zones["name"].str.contains("人工智能")]
        zones = zones[zones["kind"].isin(list(PILOTS))]
        for lang in ("zh", "en"):
            names = {key: getattr(text, lang) for key, text in PILOTS.items()}
            zones = zones.assign(**{f"name_{lang}": zones["kind"].map(names)})
        rows = pd.concat([given, zones.assign(segments="")])
        published = rows["source_id"].map(facts.sources["published"])
        month = year_ends(rows["period"]).where(rows["period"] != "", published)
        known = (month != "") & (month <= until) & (published <= until)
        rows = rows[known].sort_values(["period", "source_id"], kind="stable")
        dated = rows["period"] != ""
        return _by_place(pd.concat([rows[dated], rows[~dated]]))

    @cached_property
    def _firms(self) -> tuple[pa.Table, dict[str, np.ndarray]]:
        """Each firm of a place once, by its newest event; and the rows of each place.

        Newest first.
        """
        model, level = self.board.model, self.board.level
        rows = model.known.firms
        place = rows["place"]
        if level == "city":
            parent = model.facts.places.loc["district", "parent"]
            place = place.where(rows["level"] == "city", place.map(parent))
        rows = rows.assign(place=place)[
            (rows["level"] == "district") | (level == "city")
        ]
        rows = rows.sort_values(
            ["month", "locator", "firm"], ascending=[False, True, True], kind="stable"
        ).drop_duplicates(["segment", "place", "firm"])
        rows = rows[["segment", *FIRM]].reset_index(drop=True)
        table = pa.Table.from_pandas(rows, preserve_index=False)
        return table, {str(k): v for k, v in rows.groupby("place").indices.items()}

    def firms(self, place: str) -> dict[str, list[tuple[int, dict[str, Any]]]]:
        """Return the firms of a place by segment, with their number, newest first."""
        if place not in self.listed:
            table, numbers = self._firms
            chosen = numbers.get(place, np.zeros(0, int))
            found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
            for number, row in zip(chosen, table.take(chosen).to_pylist(), strict=True):
                found.setdefault(row.pop("segment"), []).append((int(number), row))
            self.listed[place] = found
        return self.listed[place]

    @cached_property
    def _spots(self) -> tuple[pd.Index, np.ndarray, np.ndarray, np.ndarray]:
        """Code, longitude, latitude (in radians) and parent of every place."""
        table = self.board.model.facts.places.loc[self.board.level]
        lon, lat = (np.radians(table[name].to_numpy(float)) for name in ("lon", "lat"))
        return table.index, lon, lat, table["parent"].to_numpy(object)

    def around(self, place: str) -> dict[str, tuple[str, float]]:
        """Return the places whose firms matter to a place, with the distance in km.

        Returns
        -------
        dict
            By code: ``here``, ``same_city`` (the other districts of its city) or
            ``nearby`` (the ``NEIGHBOURS`` nearest others within ``REACH``).
        """
        codes, lon, lat, parent = self._spots
        i = codes.get_loc(place)
        arc = np.cos(lat) * np.cos(lat[i]) * np.sin((lon - lon[i]) / 2) ** 2
        arc = np.sqrt(arc + np.sin((lat - lat[i]) / 2) ** 2)
        km = 2 * EARTH * np.arcsin(np.minimum(arc, 1.0))
        order = np.argsort(km, kind="stable")
        order = order[order != i]
        city = self.board.cities[place]
        inside = (parent[order] == city) & (
            self.board.level == "district" and city != ""
        )
        rest = order[~inside]
        nearest = rest[km[rest] <= REACH][:NEIGHBOURS]
        found = {place: ("here", 0.0)}
        for kind, chosen in (("same_city", order[inside]), ("nearby", nearest)):
            found |= {str(codes[j]): (kind, float(km[j])) for j in chosen}
        return found

    def firms_near(
        self, segment: str, near: dict[str, tuple[str, float]]
    ) -> list[dict[str, Any]]:
        """Return the firms of a segment around a place (see :meth:`around`).

        Returns
        -------
        list of dict
            Those here, of the same city, nearby; in each the newest first: ``firm,
            product, month, event, place, source_id, locator, name_zh, name_en, near,
            km``.
        """
        found = []
        for place, (kind, km) in near.items():
            if held := self.firms(place).get(segment):
                name = self.board.names[place]
                more: dict[str, Any] = {"name_zh": name.zh, "name_en": name.en}
                more |= {"near": kind, "km": round(km, 1)}
                order = NEAR.index(kind)
                found += [(order, number, firm | more) for number, firm in held]
        return [firm for *_, firm in sorted(found, key=lambda one: one[:2])]


def _by_place(rows: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each place, their segments as a list."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows.assign(segments=rows["segments"].str.split("|")).to_dict("records"):
        found.setdefault(str(row["place"]), []).append(row)
    return found


def _redrawn(
    rng: np.random.Generator, events: np.ndarray, shock: float, turn: np.ndarray
) -> np.ndarray:
    """Draw the counts of events again and sum their weights by segment, (R, S)."""
    draws, size = turn.shape
    segment, weight, count = events.T
    rate = rng.gamma(np.broadcast_to(count / BURST, (draws, len(count)))) * BURST
    growth = np.exp(shock * rng.standard_normal((draws, 1)) - shock**2 / 2)
    counts = rng.poisson(rate * growth * turn[:, segment.astype(int)]) * weight
    return np.asarray(counts @ (segment[:, None] == np.arange(size)))


def _less(whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Return the events of a city that are not those of one of its districts."""
    both = np.vstack([whole, part * [1.0, 1.0, -1.0]])
    keys, group = np.unique(both[:, :2].round(12), axis=0, return_inverse=True)
    count = np.bincount(group.ravel(), both[:, 2], len(keys))
    return np.column_stack([keys, np.maximum(count, 0.0)])
