"""Quick refits of the learned part on other cities: what chance made it learn.

Cities, with their districts, are drawn with replacement (Efron 1979, Ann. Statist. 7),
as weights of the training rows; the city is the unit because its districts resemble
each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from features import FeatureTable
from model.fundamentals import Columns, Fundamentals

# A refit is one booster of fewer, faster trees on coarser bins. On 2023-12 (with all of
# a draw's doubts) its ranking keeps the nDCG@20 of the shipped three of 100 trees:
# cities .88, districts .72; for new places cities lose (.51, not .59), districts do
# not (.53, .52). Scores correlate .85 (cities) and .96 (districts).
TREES = 10
RATE = 0.3
BINS = 63
# Refits kept as text with the learned part, to say how stable reasons are (22 kB each).
KEPT = 20
# Share of the indicators that a draw does not know.
HIDDEN = 0.1
CITY = "#city"


@dataclass(frozen=True)
class Numbered:
    """A feature table with the city of each place as one more column.

    Attributes
    ----------
    table : FeatureTable
    cities : ndarray of shape (P,)
        Number of each place's city.
    """

    table: FeatureTable
    cities: np.ndarray

    @property
    def level(self) -> str:
        """Name of the level."""
        return self.table.level

    @property
    def segments(self) -> list[str]:
        """Segments of the table."""
        return self.table.segments

    @property
    def columns(self) -> list[str]:
        """The city, and the columns of the table."""
        return [CITY, *self.table.columns]

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        """Return the columns of every candidate; the first has to be the city."""
        names = self.columns if columns is None else columns
        figures = self.table.array(segment, names[1:])
        return np.column_stack([self.cities.astype(np.float32), figures])


def cities_of(table: FeatureTable) -> np.ndarray:
    """Return a number for each place's city, its own where it has none, shape (P,)."""
    own = np.arange(len(table.parent))
    if table.city is None:
        return own
    return np.where(table.parent >= 0, table.parent, len(table.city.places) + own)


class Refits:
    """Quick refits of the learned part on reweighted cities.

    The rows are stacked and binned once; a draw changes their weights and which
    columns the trees may use.

    Parameters
    ----------
    learned : Fundamentals
        Whose rows, columns and parameters are used.
    tables, outcomes :
        As for :meth:`Fundamentals.fit`.

    Attributes
    ----------
    kept : list of str
        The first refits, as LightGBM writes them.
    """

    def __init__(
        self,
        learned: Fundamentals,
        tables: list[FeatureTable],
        outcomes: list[np.ndarray],
    ) -> None:
        self.learned = learned
        self.kept: list[str] = []
        numbered: list[Columns] = [Numbered(t, cities_of(t)) for t in tables]
        rows = learned.stack(numbered, outcomes)
        self.columns = rows.columns[1:]
        self.cities = rows.X[:, 0].astype(int)
        lineage = tables[-1].lineage["indicator"].reindex(self.columns)
        self.indicators = lineage.fillna("").to_numpy()
        self.data = lgb.Dataset(
            np.ascontiguousarray(rows.X[:, 1:]),
            rows.y,
            group=rows.groups if learned.objective == "lambdarank" else None,
            params={**learned.parameters(0), "max_bin": BINS},
        ).construct()

    def fit(self, rng: np.random.Generator) -> lgb.Booster:
        """Fit on cities drawn with replacement, some indicators hidden."""
        self.data.set_weight(self._weights(rng))
        parameters = {
            **self.learned.parameters(int(rng.integers(2**31))),
            "max_bin": BINS,
            "learning_rate": RATE,
            # A column whose gain counts for nothing is never split on.
            "feature_contri": list(self._known(rng)),
        }
        booster = lgb.train(parameters, self.data, num_boost_round=TREES)
        if len(self.kept) < KEPT:
            self.kept.append(booster.model_to_string())
        return booster

    def _weights(self, rng: np.random.Generator) -> np.ndarray:
        cities, place = np.unique(self.cities, return_inverse=True)
        drawn = rng.integers(len(cities), size=len(cities))
        return np.bincount(drawn, minlength=len(cities))[place].astype(np.float32)

    def _known(self, rng: np.random.Generator) -> np.ndarray:
        """Return 1 for each column that the draw knows, else 0."""
        names = np.unique(self.indicators)
        hidden = names[rng.random(len(names)) < HIDDEN]
        return (~np.isin(self.indicators, hidden)).astype(float)


def fundamentals_draws(
    refits: Refits, table: FeatureTable, seeds: list[list[int]]
) -> Iterator[np.ndarray]:
    """Yield the z-scores of the learned part in each draw, shape (S, P)."""
    X = np.vstack([table.array(name, refits.columns) for name in table.segments])
    shape = len(table.segments), len(table.history.places)
    threads = refits.learned.num_threads
    for seed in seeds:
        booster = refits.fit(np.random.default_rng([*seed, 0]))
        raw = booster.predict(X, raw_score=True, num_threads=threads)
        yield standard(np.reshape(raw, shape))


def standard(values: np.ndarray) -> np.ndarray:
    """Centre each row and divide it by its standard deviation."""
    centred = values - values.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    return centred / np.where(spread > 0, spread, 1.0)
