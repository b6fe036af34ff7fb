"""Worth finding out: which missing figure of a place would change a decision.

The decision is whether the place is among the first ``top`` of a segment. Each figure
that is missing is filled, one at a time, with the figures of the places most alike;
the place is scored again with each, and the changes of membership are counted. That
is how often the decision would change if the figure were like one of theirs: it is no
forecast of the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from features import FeatureTable, transform
from features.lineage import origin
from model.evidence import holder
from model.score import Model, UnknownNameError
from model.what_if import ranked, share_limits
from model.wording import Text, quantity

TOP = 10
# Places alike whose figures a missing one may take.
ALIKE = 25
# Fewer figures than these say nothing of a share.
MIN_ALIKE = 5
# Standard normal quantile of 95% intervals.
Z95 = 1.959964
COLUMNS = [
    *("figure_level", "figure_place", "indicator", "name_zh", "name_en", "pillar"),
    *("unit", "draws", "flips", "flips_low", "flips_high", "rank", "rank_low"),
    *("rank_high", "value_low", "value_high", "text_zh", "text_en"),
]

Figures = Mapping[tuple[str, str], float]


class Rescore:
    """Scores one place again, fast, for other figures of its own or of its city's.

    What the trees see of the place (of a city's districts, where the city's figures
    change) is computed anew, and the spread of the raw scores with it. As they were
    stay the mean and spread of each indicator over the places, what the segment leans
    to, and which indicators are held broadly: :func:`model.what_if.whole` computes
    these too.

    Parameters
    ----------
    model : Model
    segment, level, place : str
    table : FeatureTable, optional
        In place of the model's own.

    Raises
    ------
    UnknownNameError
        When the segment, level or place is not ranked.
    """

    def __init__(
        self,
        model: Model,
        segment: str,
        level: str,
        place: str,
        table: FeatureTable | None = None,
    ) -> None:
        scores = model.scores(segment, level)
        self.table = table if table is not None else model.tables[level]
        self.ranker = model.rankers[level]
        if table is not None:
            scores = self.ranker.scores(table, segment)
        places = self.table.history.places
        if place not in places:
            raise UnknownNameError("place", place, list(places))
        self.model, self.segment, self.level, self.place = model, segment, level, place
        self.row = int(places.get_loc(place))
        self.presence, self.raw = scores.presence, scores.raw
        self.score = scores.score
        self.rank = int(ranked(self.score)[self.row])
        self.city = holder(model, "city", level, place) if level != "city" else ""
        composition = self.table.place[self.table.lean.columns]
        self._mean = composition.mean().to_numpy()
        self._spread = composition.std(ddof=0).replace(0.0, np.nan).to_numpy()

    def scores_and_ranks(
        self, variants: Sequence[Figures]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the place's score and rank for each variant, (V,).

        Parameters
        ----------
        variants : sequence of mapping
            Figures by (level, indicator): of the place's own level, or ``city``.
        """
        if not variants:
            return np.empty(0), np.empty(0, int)
        raw, rows = self._raw(variants)
        # Trees give few different answers: each is ranked once.
        distinct, back = np.unique(raw, axis=0, return_inverse=True)
        told = [self._standing(values, rows) for values in distinct]
        scores, ranks = (
            np.array(part)[back.ravel()] for part in zip(*told, strict=True)
        )
        return scores, ranks.astype(int)

    def _standing(self, values: np.ndarray, rows: np.ndarray) -> tuple[float, int]:
        """Return score and rank of the place with other raw scores of some rows."""
        raw = self.raw.copy()
        raw[rows] = values
        spread = float(raw.std())
        factor = self.ranker.weight / spread if spread > 0 else 0.0
        score = self.presence + (raw - raw.mean()) * factor
        mine = score[self.row]
        above = np.sum(score > mine) + np.sum(score[: self.row] == mine)
        return float(mine), int(above) + 1

    def _raw(self, variants: Sequence[Figures]) -> tuple[np.ndarray, np.ndarray]:
        """Return raw scores (V, A) and the rows of the A places that change."""
        rows = np.array([self.row])
        levels = {level for one in variants for level, _ in one}
        if self.level == "district" and "city" in levels:
            rows = np.flatnonzero(self.table.parent == self.table.parent[self.row])
        base = self.table.place
        count = len(variants)
        block = np.tile(base.to_numpy()[rows], (count, 1, 1))
        for level in sorted(levels):
            changed = self._columns(level, variants)
            at = base.columns.get_indexer(changed.columns)
            mine = (
                np.flatnonzero(rows == self.row) if level == self.level else slice(None)
            )
            part = block[:, mine]
            part[:, :, at] = changed.to_numpy()[:, None, :]
            block[:, mine] = part
        flat = block.reshape(-1, block.shape[-1])
        lean = self.table.lean
        at = base.columns.get_indexer(lean.columns)
        z = np.nan_to_num(np.clip((flat[:, at] - self._mean) / self._spread, -4, 4))
        fit = z * lean.loc[self.segment].to_numpy()
        learned = self.ranker.fundamentals_
        seen = pd.Index(self.table.columns).get_indexer(learned.columns_)
        X = np.hstack([flat.astype(np.float32), fit.astype(np.float32)])[:, seen]
        X[:, seen < 0] = np.nan
        parts = [
            booster.predict(X, raw_score=True, num_threads=learned.num_threads)
            for booster in learned.boosters_
        ]
        return np.mean(parts, axis=0).reshape(count, -1), rows

    def _columns(self, level: str, variants: Sequence[Figures]) -> pd.DataFrame:
        """Return the columns of one level's figures, a row for each variant."""
        held = transform.broad(self.table.values[level])
        owner = self.place if level == self.level else self.city
        names = {name: at for at, name in enumerate(held)}
        figures = np.tile(held.loc[owner].to_numpy(float), (len(variants), 1))
        for row, one in enumerate(variants):
            for (whose, name), value in one.items():
                if whose == level and name in names:
                    figures[row, names[name]] = value
        frame = pd.DataFrame(figures, columns=held.columns)
        own = transform.columns(frame, self.model.known)
        prefix = "" if level == self.level else "city:"
        out: dict[str, pd.Series] = {}
        for name in self.table.place:
            source = origin(name, self.level)
            if source.level != level or name.startswith("city:") != bool(prefix):
                continue
            if source.kind == "observed":
                out[name] = frame[source.indicator].notna().astype(float)
            else:
                out[name] = own[name.removeprefix(prefix)]
        return pd.DataFrame(out)


def alike(table: FeatureTable, place: str) -> pd.Index:
    """Return the other places of the level, those most like a place first.

    By the mean squared difference of the standardised columns that both have, its own
    and its city's; flags and whether a figure is there do not count. Places with less
    than half of the place's columns come last.
    """
    kinds = [origin(name, table.level).kind for name in table.place]
    names = [
        name
        for name, kind in zip(table.place, kinds, strict=True)
        if kind in ("size", "share", "rate")
    ]
    columns = table.place[names]
    spread = columns.std(ddof=0).replace(0.0, np.nan)
    z = ((columns - columns.mean()) / spread).clip(-4, 4)
    apart = (z - z.loc[place]) ** 2
    common = apart.notna().sum(axis=1)
    few = common < z.loc[place].notna().sum() / 2
    distance = apart.mean(axis=1) + np.where(few, 1e6, 0.0)
    order = distance.fillna(np.inf).drop(index=place)
    return order.sort_values(kind="stable").index


def missing(
    model: Model, level: str, place: str, table: FeatureTable | None = None
) -> list[tuple[str, str]]:
    """Return the (level, indicator) the ranking reads and a place has no figure of.

    Of a district also those of its city. What no place of its kind has (the last
    character of its name: 区, 县, 市 ...) is not missing: a yearbook of county-level
    cities has no line for an urban district.
    """
    table = table if table is not None else model.tables[level]
    learned = model.rankers[level].fundamentals_.columns_
    sources = [origin(name, level) for name in learned]
    found = []
    for whose, name in dict.fromkeys((one.level, one.indicator) for one in sources):
        owner = holder(model, whose, level, place)
        values = table.values[whose]
        if not owner or name not in values or not np.isnan(values.at[owner, name]):
            continue
        names = model.facts.places.loc[whose].loc[values.index, "name_zh"].str[-1]
        if values.loc[names == names[owner], name].notna().any():
            found.append((whose, name))
    return found


def worth_finding_out(
    model: Model,
    segment: str,
    level: str,
    place: str,
    top: int = TOP,
    count: int = ALIKE,
    table: FeatureTable | None = None,
) -> pd.DataFrame:
    """Order the missing figures of a place by how often they would change a decision.

    Parameters
    ----------
    model : Model
    segment, level, place : str
    top : int
        The decision is whether the place is among the first ``top``.
    count : int
        Places alike whose figures are tried, nearest first (see :func:`alike`).
    table : FeatureTable, optional
        In place of the model's own.

    Returns
    -------
    DataFrame
        Columns ``COLUMNS``, one row for each missing figure of the place (of a district
        also of its city) that at least ``MIN_ALIKE`` places alike have: ``flips`` is
        the share of ``draws`` that changes membership, with its 95% interval (Wilson
        1927), ``rank_low`` and ``rank_high`` the best and worst rank met, ``value_low``
        and ``value_high`` the figures tried. Most flips first, then those that move
        the rank most. Empty when nothing is missing.

    Raises
    ------
    UnknownNameError
        When the segment, level or place is not ranked, or ``top`` not within the list.
    """
    fast = Rescore(model, segment, level, place, table)
    places = len(fast.score)
    if not 1 <= top <= places:
        raise UnknownNameError("top", str(top), [f"1..{places}"])
    known: dict[tuple[str, str], list[float]] = {}
    for whose, indicator in missing(model, level, place, fast.table):
        values = plausible(fast, whose, indicator, count)
        if len(values) >= MIN_ALIKE:
            known[whose, indicator] = values
    variants = [{key: value} for key, values in known.items() for value in values]
    ranks = fast.scores_and_ranks(variants)[1]
    rows, start = [], 0
    for key, values in known.items():
        mine = ranks[start : start + len(values)]
        start += len(values)
        rows.append(_row(fast, key, values, mine, top))
    if not rows:
        return pd.DataFrame(columns=COLUMNS)
    order = ["_flips", "_moves", "figure_level", "indicator"]
    found = pd.DataFrame(rows).sort_values(order, kind="stable")
    return found[COLUMNS].reset_index(drop=True)


def plausible(
    fast: Rescore, whose: str, indicator: str, count: int = ALIKE
) -> list[float]:
    """Return the figures of the places most alike that have one, nearest first.

    None that would make a part exceed its whole at the place.
    """
    owner = fast.place if whose == fast.level else fast.city
    table = fast.table if whose == fast.level else fast.model.tables[whose]
    values = fast.table.values[whose]
    column = values[indicator].reindex(alike(table, owner)).dropna()
    base, most = share_limits(fast.model, whose).get(indicator, ("", 0.0))
    if base:
        below = values.at[owner, base]
        column = column[~(column > most * below)]
    return [float(value) for value in column.iloc[:count]]


def _row(
    fast: Rescore,
    key: tuple[str, str],
    values: list[float],
    ranks: np.ndarray,
    top: int,
) -> dict[str, object]:
    """Return one figure's line, with what it is ordered by."""
    whose, indicator = key
    entry = fast.model.facts.indicators.loc[indicator]
    owner = fast.place if whose == fast.level else fast.city
    flips = (ranks <= top) != (fast.rank <= top)
    share = float(flips.mean())
    low, high = wilson(int(flips.sum()), len(flips))
    unit = str(entry["unit"])
    text = _text(fast, entry, owner, whose, flips, values, top)
    return {
        "figure_level": whose,
        "figure_place": owner,
        "indicator": indicator,
        "name_zh": str(entry["name_zh"]),
        "name_en": str(entry["name_en"]),
        "pillar": str(entry["pillar"]),
        "unit": unit,
        "draws": len(values),
        "flips": share,
        "flips_low": low,
        "flips_high": high,
        "rank": fast.rank,
        "rank_low": int(ranks.min()),
        "rank_high": int(ranks.max()),
        "value_low": min(values),
        "value_high": max(values),
        "text_zh": text.zh,
        "text_en": text.en,
        "_flips": -share,
        "_moves": -float(np.abs(np.log(ranks / fast.rank)).mean()),
    }


def _text(
    fast: Rescore,
    entry: pd.Series,
    owner: str,
    whose: str,
    flips: np.ndarray,
    values: list[float],
    top: int,
) -> Text:
    """Say how often the decision would change."""
    name = fast.model.facts.places.loc[(whose, owner)]
    low, high = (
        quantity(end, str(entry["unit"])) for end in (min(values), max(values))
    )
    inside = fast.rank <= top
    word = Text("跌出", "fall out of") if inside else Text("进入", "come into")
    return Text(
        f"{name['name_zh']}的{entry['name_zh']}未知；若如{len(values)}个相似地方（{low.zh}至{high.zh}），"
        f"其中{int(flips.sum())}次会{word.zh}前{top}名",
        f"{entry['name_en']} of {name['name_en']} is not known; were it as in one of"
        f" {len(values)} places alike ({low.en} to {high.en}), it would {word.en}"
        f" the first {top} in {int(flips.sum())} of {len(values)}",
    )


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson 1927)."""
    share, weight = count / total, Z95**2 / total
    centre = (share + weight / 2) / (1 + weight)
    half = (
        Z95 * np.sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
    )
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
