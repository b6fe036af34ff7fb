"""Figures brought onto one scale: per head, outliers, normalisation, gaps filled."""

from __future__ import annotations

import numpy as np
import pandas as pd

OUTLIERS = ("none", "winsorise", "log")
NORMALISATIONS = ("min_max", "z_score", "rank", "best", "goalposts")
MISSING = ("mean", "median", "worst", "reweigh")
# A column more skewed and more peaked than this has its ends pulled in (COINr's rule).
SKEWED, PEAKED, MOST_PULLED = 2.0, 3.5, 5


class CompositeError(ValueError):
    """An index that cannot be built: ``kind`` says why, ``name`` of which part."""

    def __init__(self, kind: str, name: str = "") -> None:
        self.kind, self.name = kind, name
        super().__init__(f"{kind} {name}".strip())


def treated(figures: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators per head where asked, ideals turned, outliers treated.

    Parameters
    ----------
    figures : DataFrame of shape (P, C)
        A column for each indicator and each denominator.
    rows : DataFrame
        The indicators' rows of an index's table, ``treat`` set in each.

    Raises
    ------
    CompositeError
        When a column is not there, or a figure or an ideal is infinite.
    """
    out = {}
    for name, row in rows.iterrows():
        needed = [name, row["per_head"]] if row["per_head"] else [name]
        if absent := [column for column in needed if column not in figures]:
            raise CompositeError("no_figures", str(absent[0]))
        used = np.append(figures[needed].to_numpy(float), row["ideal"])
        if np.isinf(used).any():
            raise CompositeError("infinite", str(name))
        value = figures[name].astype(float)
        if row["per_head"]:
            base = figures[row["per_head"]]
            value = value / base.where(base > 0)
        if not np.isnan(row["ideal"]):
            # Nearer to the ideal is better, from either side; no end to be pulled in.
            out[name] = -(value - row["ideal"]).abs()
            continue
        out[name] = treat(value, row["treat"])
    return pd.DataFrame(out, index=figures.index)


def treat(value: pd.Series, how: str) -> pd.Series:
    """Return a column with its outliers treated (see :data:`OUTLIERS`).

    ``log`` is ln(1 + x), below 0 mirrored: the same for a figure whatever the others.
    """
    if how == "none":
        return value
    if how == "winsorise":
        return _winsorise(value)
    if how != "log":
        raise CompositeError("unknown_method", f"treat={how}")
    return np.sign(value) * np.log1p(value.abs())


def _winsorise(value: pd.Series) -> pd.Series:
    """Pull in the outermost figures, to the next one each time, until five are."""
    from scipy.stats import kurtosis, skew

    pulled = value.copy()
    while (pulled != value)[value.notna()].sum() < MOST_PULLED:
        known = pulled.dropna().to_numpy()
        if len(np.unique(known)) < 3:
            break
        lean = skew(known, bias=False)
        if abs(lean) < SKEWED or kurtosis(known, bias=False) < PEAKED:
            break
        end = known.max() if lean > 0 else known.min()
        inner = known[known != end]
        pulled[pulled == end] = inner.max() if lean > 0 else inner.min()
    return pulled


def normalise(values: pd.DataFrame, rows: pd.DataFrame, how: str) -> pd.DataFrame:
    """Bring treated figures onto one scale on which more is better.

    A column that is the same everywhere becomes 0; every place is the best, 1, under
    ``best``, and ``goalposts`` know where it lies.

    Raises
    ------
    CompositeError
        When ``best`` meets figures below 0, or ``goalposts`` are not set.
    """
    ideal = rows["ideal"].notna().to_numpy()
    sign = np.where(ideal, 1.0, rows["direction"].to_numpy(float))
    signed = values * sign
    if how == "z_score":
        # The mean of equal figures may differ from them in the last digit.
        width = signed.std(ddof=0).where(signed.nunique() > 1)
        return ((signed - signed.mean()) / width).fillna(signed * 0.0)
    if how == "rank":
        last = (signed.notna().sum() - 1).where(signed.nunique() > 1)
        return ((signed.rank() - 1) / last).fillna(signed * 0.0)
    if how == "best":
        return _to_best(values, signed, sign, ideal)
    low, high = signed.min(), signed.max()
    if how == "goalposts":
        low, high = _goalposts(rows, sign)
    width = (high - low).where(high > low)
    return ((signed - low) / width).clip(0.0, 1.0).fillna(signed * 0.0)


def _goalposts(rows: pd.DataFrame, sign: np.ndarray) -> tuple[pd.Series, pd.Series]:
    """Return the ends of each scale as the table sets them, worst and best.

    They are in the unit of the figures, so that those of a logged one are logged.
    """
    low, high = rows["low"].astype(float), rows["high"].astype(float)
    # NaN or infinite ends have no finite width.
    unset = ~np.isfinite(high - low) | (low >= high) | rows["ideal"].notna()
    if unset.any():
        raise CompositeError("no_goalposts", str(rows.index[unset][0]))
    logged = rows["treat"] == "log"
    low, high = (end.mask(logged, treat(end, "log")) for end in (low, high))
    return (low * sign).where(sign > 0, high * sign), (high * sign).where(
        sign > 0, low * sign
    )


def _to_best(
    values: pd.DataFrame, signed: pd.DataFrame, sign: np.ndarray, ideal: np.ndarray
) -> pd.DataFrame:
    """Return each figure as a share of the best one (its inverse where less is)."""
    out = {}
    for position, name in enumerate(values):
        column = values[name]
        if ideal[position]:
            far = -signed[name]
            width = far.max()
            out[name] = 1 - far / width if width > 0 else far + 1.0
        elif column.min() < 0 or (sign[position] < 0 and column.min() <= 0):
            raise CompositeError("needs_positive", str(name))
        elif column.nunique() < 2:
            out[name] = column * 0.0 + 1.0
        elif sign[position] > 0:
            out[name] = column / column.max()
        else:
            out[name] = column.min() / column
    return pd.DataFrame(out, index=values.index)


def fill(normal: pd.DataFrame, how: str) -> pd.DataFrame:
    """Put something in place of missing figures (see :data:`MISSING`)."""
    if how == "reweigh":
        return normal
    known = {"mean": normal.mean, "median": normal.median, "worst": normal.min}
    # An indicator without any figure tells no places apart.
    return normal.fillna(known[how]()).fillna(0.0)
