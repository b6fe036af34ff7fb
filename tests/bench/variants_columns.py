"""Columns for the learned variants: history, affinities, and several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.affinity import Activity, Affinities, Scales, affinities
from model import presence
from model.fundamentals import Columns
from tests.bench.variants_presence import coordinates, parents
from tests.bench.variants_view import View

BASE = "base"
SCALES = {
    "city": Scales((50.0, 150.0, 400.0), neighbours=10, dimensions=(4, 8), ridge=10.0),
    "district": Scales(
        (10.0, 50.0, 200.0), neighbours=10, dimensions=(4, 8), ridge=10.0
    ),
}


@dataclass(frozen=True)
class Pairs:
    """Named arrays of shape (S, P) as columns."""

    level: str
    segments: Sequence[str]
    values: dict[str, np.ndarray]

    @property
    def columns(self) -> list[str]:
        return list(self.values)

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        row = list(self.segments).index(segment)
        names = self.columns if columns is None else columns
        found = [self.values[name][row] for name in names]
        return np.stack(found, axis=1).astype(np.float32)


@dataclass(frozen=True)
class Near:
    """Affinities as columns."""

    level: str
    segments: Sequence[str]
    held: Affinities

    @property
    def columns(self) -> list[str]:
        return self.held.columns

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        return self.held.array(list(self.segments).index(segment), columns)


@dataclass(frozen=True)
class Beside:
    """The columns of several tables side by side; one that no table has is NaN."""

    parts: tuple[Columns, ...]

    @property
    def level(self) -> str:
        return self.parts[0].level

    @property
    def segments(self) -> Sequence[str]:
        return self.parts[0].segments

    @property
    def columns(self) -> list[str]:
        return [name for part in self.parts for name in part.columns]

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        whole = np.hstack([part.array(segment) for part in self.parts])
        if columns is None:
            return whole
        position = pd.Index(self.columns).get_indexer(columns)
        chosen = whole[:, position]
        chosen[:, position < 0] = np.nan
        return chosen


@dataclass(frozen=True)
class Scaled:
    """The z-scores of columns over a segment's candidates; a missing figure is 0."""

    part: Columns
    limit: float = 6.0

    @property
    def level(self) -> str:
        return self.part.level

    @property
    def segments(self) -> Sequence[str]:
        return self.part.segments

    @property
    def columns(self) -> list[str]:
        return self.part.columns

    def array(self, segment: str, columns: list[str] | None = None) -> np.ndarray:
        values = np.ma.masked_invalid(self.part.array(segment, columns))
        spread = np.maximum(values.std(axis=0).filled(0.0), 1e-6)
        z = (values - values.mean(axis=0)) / spread
        return np.clip(z.filled(0.0), -self.limit, self.limit).astype(np.float32)


def history(view: View) -> Pairs:
    """Return what is known of the past of every pair: more of each is no worse."""

    def make() -> Pairs:
        past = view.table.history
        shape = past.total.shape
        own, related = presence.relatedness_parts(view.table)
        local, national = presence.lean_shares(view.table)
        layer = view.known.segments["layer"].to_numpy()
        family = (layer[:, None] == layer[None, :]).astype(float)
        values = {
            "density": own + related,
            "related": related,
            "lean": np.log(local / national),
            "stated": view.table.stated,
            "family": np.log1p(family @ past.activity),
            "new_firms": np.log1p(past.new_firms),
            "variety": (past.total > 0).sum(axis=0),
        }
        for name in ("total", "recent", "activity"):
            held = getattr(past, name)
            values[f"own_{name}"] = np.log1p(held)
            values[f"place_{name}"] = np.log1p(held.sum(axis=0))
            if view.table.city is not None:
                city = getattr(view.table.city, name)[:, view.table.parent]
                city = np.where(view.table.parent >= 0, city, 0.0)
                values[f"city_own_{name}"] = np.log1p(city)
                values[f"city_{name}"] = np.log1p(city.sum(axis=0))
        values = {name: np.broadcast_to(v, shape) for name, v in values.items()}
        return Pairs(view.level, view.table.segments, values)

    return view.once("history", make)


def likeness(view: View) -> Near:
    """Return the affinities of every pair (see :mod:`features.affinity`)."""

    def make() -> Near:
        activity = Activity(
            counts=view.table.history.total,
            families=(pd.factorize(view.known.segments["layer"])[0],),
            coordinates=coordinates(view),
            parent=parents(view),
        )
        held = affinities(activity, SCALES[view.level])
        return Near(view.level, view.table.segments, held)

    return view.once("likeness", make)


def indicators(view: View) -> Columns:
    """Return the feature table."""
    return view.table


def history_and_indicators(view: View) -> Beside:
    """Return both."""
    return Beside((history(view), view.table))


def with_base(part: Columns, base: np.ndarray) -> Beside:
    """Return columns and what is to be learned on top of (see ``boosted``)."""
    return Beside((part, Pairs(part.level, part.segments, {BASE: base})))
