"""The noise ceiling: what knowing the rates behind the counts would score.

A year of outcomes is a draw. In each query the mean of a candidate's count is read
in hindsight off the run's own rankings, joined to one; the spread of the true rates
around that mean is a gamma distribution whose dispersion is fitted to the counts
(negative binomial, maximum likelihood). In worlds drawn from both, ranking by the
rates misses less of the best score than the joint ranking does; what the joint
ranking missed in the real world, shrunk in that proportion, is what the ceiling leaves.
What several filings of one firm add to the dispersion counts as difference of rates,
so the ceiling is rather too high than too low.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from sklearn.isotonic import IsotonicRegression

from data import Facts
from model import metrics, task
from model.judging import FIT_MIN, Judged, Metrics, Query

WORLDS = 100
LEAST_ROOM = 0.005
# Queries of alike size share a curve from rank to mean, in at most so many groups.
GROUPS, LEAST_IN_GROUP = 3, 4
DISPERSIONS = np.exp(np.linspace(-6.0, 4.0, 101))

# Says which drawn worlds (rows of counts) would have been judged.
Judgeable = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Rates:
    """Joint rank (0 is best) and mean count of a query's candidates, and dispersion."""

    rank: np.ndarray
    mean: np.ndarray
    dispersion: float


def enough_places(counts: np.ndarray) -> np.ndarray:
    """Return which worlds (rows) have enough positive places to judge a segment."""
    return (counts > 0).sum(axis=1) >= task.MIN_POSITIVE


def enough_outcomes(counts: np.ndarray) -> np.ndarray:
    """Return which worlds (rows) have enough outcomes to judge a place."""
    return counts.sum(axis=1) >= FIT_MIN


def estimate(
    queries: list[Query],
    against: dict[str, str],
    wanted: Metrics,
    judgeable: Judgeable = enough_places,
    worlds: int = WORLDS,
    seed: int = 0,
) -> dict[str, float | None]:
    """Return the expected metric of the ranking by the true rates.

    Parameters
    ----------
    queries : list of Query
    against : dict of str to str
        The best baseline of each metric: with the model it gives the order that the
        means are read off.
    wanted : dict
        Metric and depth by label.
    judgeable : callable
        Which drawn worlds count, as in the choice of the queries.
    worlds : int
        Worlds drawn for each query.
    seed : int

    Returns
    -------
    dict
        One figure for each metric; None where no world could be judged.
    """
    if not queries:
        return {}
    rng = np.random.default_rng(seed)
    names = ["model", *dict.fromkeys(against.values())]
    found: dict[str, list[tuple[float, float, float]]] = {label: [] for label in wanted}
    for query, rates in zip(queries, fit_rates(queries, names), strict=True):
        drawn = _in_worlds(rates, wanted, judgeable, worlds, rng)
        for label, (knowing, joint) in drawn.items():
            real = _scored(query.counts[None], -rates.rank[None], *wanted[label])[0]
            found[label].append((float(real), knowing, joint))
    return {label: _ceiling(np.array(rows)) for label, rows in found.items()}


def _ceiling(rows: np.ndarray) -> float | None:
    """Return the ceiling from the joint ranking's real score and both drawn ones.

    Parameters
    ----------
    rows : ndarray of shape (Q, 3)
        For each query the joint ranking in the real world, the ranking by rates in
        drawn worlds, and the joint ranking there; empty when no world was judged.
    """
    if not len(rows):
        return None
    real, knowing, joint = rows.mean(axis=0)
    missed = min(1.0, (1.0 - knowing) / (1.0 - joint)) if joint < 1.0 else 1.0
    return float(1.0 - (1.0 - real) * missed)


def fit_rates(queries: list[Query], names: list[str]) -> list[Rates]:
    """Return the rates of each query, queries of alike size fitted together.

    The mean of the candidate at a rank is the query's total times a share that does
    not rise with the rank (isotonic regression over the group's queries).
    """
    sizes = np.array([query.counts.sum() for query in queries])
    count = min(GROUPS, max(1, len(queries) // LEAST_IN_GROUP))
    rates: dict[int, Rates] = {}
    for group in np.array_split(np.argsort(sizes, kind="stable"), count):
        ranks = {q: _ranks(queries[q], names) for q in group}
        means = _means([queries[q].counts for q in group], [ranks[q] for q in group])
        counts = np.concatenate([queries[q].counts for q in group])
        dispersion = fit_dispersion(counts, np.concatenate(means))
        for q, mean in zip(group, means, strict=True):
            rates[int(q)] = Rates(ranks[q], mean, dispersion)
    return [rates[q] for q in range(len(queries))]


def _ranks(query: Query, names: list[str]) -> np.ndarray:
    """Return each candidate's rank by the mean log rank of some rankings."""
    logged = np.zeros(len(query.counts))
    steps = np.log(np.arange(1, len(logged) + 1))
    for name in names:
        logged[query.orders[name]] -= steps
    ranks = np.empty(len(logged), int)
    ranks[metrics.order(logged)] = np.arange(len(logged))
    return ranks


def _means(counts: list[np.ndarray], ranks: list[np.ndarray]) -> list[np.ndarray]:
    """Return mean counts by rank, pooled over queries and scaled to each total."""
    longest = max(len(rank) for rank in ranks)
    happened, weight = np.zeros(longest), np.zeros(longest)
    for count, rank in zip(counts, ranks, strict=True):
        happened[rank] += count
        weight[: len(rank)] += count.sum()
    share = IsotonicRegression(increasing=False).fit_transform(
        np.arange(longest), happened / weight, sample_weight=weight
    )
    means = []
    for count, rank in zip(counts, ranks, strict=True):
        own = np.maximum(share[rank], 0.0)
        means.append(own * count.sum() / own.sum())
    return means


def fit_dispersion(counts: np.ndarray, means: np.ndarray) -> float:
    """Return the gamma dispersion of rates around ``means`` that fits the counts best.

    Maximum likelihood of the negative binomial with variance ``m + dispersion * m²``.
    """
    some = means > 0
    y, m = np.rint(counts[some]).astype(int), means[some]
    reach = np.arange(y.max(initial=0))
    at_least = np.array([(y > j).sum() for j in reach])
    likelihood = [
        (at_least * np.log1p(a * reach)).sum() - ((y + 1.0 / a) * np.log1p(a * m)).sum()
        for a in DISPERSIONS
    ]
    return float(DISPERSIONS[int(np.argmax(likelihood))])


def _in_worlds(
    rates: Rates,
    wanted: Metrics,
    judgeable: Judgeable,
    worlds: int,
    rng: np.random.Generator,
) -> dict[str, tuple[float, float]]:
    """Return the mean metric of ranking by rates, and jointly, in drawn worlds.

    Empty when no world drawn could be judged.
    """
    some = rates.mean > 0
    mean, joint = rates.mean[some], -rates.rank[some]
    spread = rng.gamma(1.0 / rates.dispersion, rates.dispersion, (worlds, len(mean)))
    true = mean * spread
    counts = rng.poisson(true)
    judged = judgeable(counts)
    if not judged.any():
        return {}
    counts, true = counts[judged], true[judged]
    blind = np.broadcast_to(joint, counts.shape)
    return {
        label: (
            float(_scored(counts, true, *how).mean()),
            float(_scored(counts, blind, *how).mean()),
        )
        for label, how in wanted.items()
    }


def _scored(counts: np.ndarray, scores: np.ndarray, metric: str, k: int) -> np.ndarray:
    """Return nDCG or recall of each row's scores, as in :mod:`model.metrics`."""
    k = min(k, counts.shape[1])
    top = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    if metric == "recall":
        hits = (np.take_along_axis(counts, top, axis=1) > 0).sum(axis=1)
        return hits / np.minimum(k, (counts > 0).sum(axis=1))
    inside = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1)
    found = np.take_along_axis(counts, np.take_along_axis(top, inside, axis=1), axis=1)
    ideal = -np.sort(-np.partition(counts, -k, axis=1)[:, -k:], axis=1)
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    return task.gains(found) @ discount / (task.gains(ideal) @ discount)


def share_of_room(
    model: dict[str, float], best: dict[str, float], top: dict[str, float | None]
) -> dict[str, float | None]:
    """Return the model's share of what lies between best baseline and ceiling.

    None where the ceiling is not above the best baseline, or by so little that the
    share would say nothing.
    """
    shares: dict[str, float | None] = {}
    for label, value in model.items():
        high = top.get(label)
        room = 0.0 if high is None else high - best[label]
        shares[label] = (value - best[label]) / room if room >= LEAST_ROOM else None
    return shares


def halves(facts: Facts) -> tuple[Facts, Facts]:
    """Split the outcomes in two: alternate firms, and of bare counts alternate months.

    Counts of a whole year without firms are in neither half.
    """
    return _half(facts, 0), _half(facts, 1)


def _half(facts: Facts, which: int) -> Facts:
    tables = dict(facts.tables)
    for name, column in (
        ("filings", "firm"),
        ("listed_firms", "short_name"),
        ("hardware_firms", "firm"),
    ):
        firms = tables[name][column].astype(str)
        side = firms.map(lambda firm: zlib.crc32(firm.encode()) & 1)
        tables[name] = tables[name][side.to_numpy() == which]
    month = tables["outcomes"]["month"].astype(str)
    odd = month.str[-2:].astype(int) % 2 if len(month) else month
    mine = (month.str.len() == 7) & (odd == which)
    tables["outcomes"] = tables["outcomes"][mine.to_numpy(bool)]
    return replace(facts, tables=tables)


def split_half(
    make: Callable[[np.ndarray, dict[str, np.ndarray]], list[Query]],
    pair: tuple[np.ndarray, np.ndarray],
    baselines: dict[str, np.ndarray],
    against: dict[str, str],
    wanted: Metrics,
) -> dict[str, dict[str, float]]:
    """Judge one half of the horizon as the predictor of the other, both ways round.

    Parameters
    ----------
    make : callable
        Turns counts and rankings into queries.
    pair : tuple of ndarray of shape (S, P)
        Outcome counts of the two halves.
    baselines : dict of ndarray of shape (S, P)
    against : dict of str to str
        The best baseline of each metric, judged on the same halves.
    wanted : dict
        Metric and depth by label.

    Returns
    -------
    dict
        By metric ``half`` (the better of the half's counts of the segment and of all
        segments), ``best_baseline`` and the number of ``queries``.
    """
    best_ones = {name: baselines[name] for name in {*against.values()}}
    held = [
        Judged(make(judged, {**best_ones, **_of_half(seen)}), wanted)
        for seen, judged in (pair, pair[::-1])
    ]
    out: dict[str, dict[str, float]] = {}
    for label, best in against.items():
        tables = [one.points[label] for one in held if label in one.wanted]
        if not tables:
            continue
        average = np.mean([table.mean() for table in tables], axis=0)
        by_name = dict(zip(tables[0].columns, average, strict=True))
        out[label] = {
            "half": float(max(by_name["half:segment"], by_name["half:all"])),
            "best_baseline": float(by_name[best]),
            "queries": sum(map(len, tables)),
        }
    return out


def _of_half(seen: np.ndarray) -> dict[str, np.ndarray]:
    """Return the rankings that a half of the outcomes gives."""
    total = seen.sum(axis=0, keepdims=True)
    national = seen.sum(axis=1, keepdims=True)
    tie = total / (total.max() + 1.0) + national / (national.max() + 1.0) / 1e6
    return {"half:segment": seen + tie, "half:all": np.repeat(total, len(seen), axis=0)}
