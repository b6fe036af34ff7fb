"""What the page of places side by side shows, as tables and sentences for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from app.ui import cache, columns, why_answers
from app.ui.figures import qualified
from app.ui.units import unit
from app.ui.words import t
from data import Facts, overview
from data.schema import PILLARS
from model.evidence import Citations, holder
from model.intervals import APART
from model.score import Model
from model.why import name_of
from model.wording import signed

YES_NO = "是/否"


def called(facts: Facts, level: str, codes: Sequence[str], lang: str) -> dict[str, str]:
    """Return the name of each place; with what it belongs to where two share one."""
    own = facts.places.loc[level].loc[[*codes], f"name_{lang}"]
    full = cache.names(facts, level, lang)
    shared = own.duplicated(keep=False)
    return {code: full[code] if shared[code] else str(own[code]) for code in codes}


def standings(model: Model, segment: str, level: str, codes: Sequence[str]) -> Any:
    """Return the rows of the ranking of some places, best first, by code."""
    whole = cache.ranking(model, segment, level).set_index("place")
    return whole.loc[[*codes]].sort_values("rank")


def chances(
    model: Model, segment: str, level: str, codes: Sequence[str]
) -> pd.DataFrame | None:
    """Return the chance that the row's place is above the column's, by code.

    Nothing is said of a place and itself, nor of any without resamples.
    """
    drawn = model.drawn(segment, level)
    if drawn is None:
        return None
    rows = [
        [np.nan if one == other else drawn.chance_above(one, other) for other in codes]
        for one in codes
    ]
    return pd.DataFrame(rows, index=[*codes], columns=[*codes])


def verdict(chance: float | None) -> str:
    """Name how sure it is that the better of two places is ahead."""
    if chance is None:
        return "unknown"
    if chance >= APART:
        return "apart"
    return "close" if chance >= 0.5 else "against"


def headline(
    gap: dict[str, Any], segment: str, names: Mapping[str, str], lang: str
) -> str:
    """Say in a line which of two places is ahead, and how sure that is.

    Parameters
    ----------
    gap : dict
        From :func:`app.ui.why_answers.versus`.
    segment : str
        What the segment is called.
    names : mapping
    lang : {"zh", "en"}
    """
    sure = gap["chance"]
    return t(
        f"compare.headline_{verdict(sure)}",
        lang,
        segment=segment,
        above=names[gap["above"]],
        below=names[gap["below"]],
        chance="" if sure is None else columns.chance(sure),
    )


def decided(
    gap: dict[str, Any], ranks: Mapping[str, int], names: Mapping[str, str], lang: str
) -> str:
    """Say by how much the better of two places is ahead, and what decides it."""
    said = [
        t("compare.because", lang, parts=_parts(gap["drivers"], lang)),
    ]
    if not gap["drivers"]:
        said = [t("compare.because_all", lang)]
    if gap["against"] is not None:
        parts = _parts([gap["against"]], lang)
        said.append(
            t("compare.but", lang, below=names[gap["below"]], parts=parts),
        )
    lead = t(
        "compare.by",
        lang,
        above=names[gap["above"]],
        below=names[gap["below"]],
        rank=ranks[gap["above"]],
        other=ranks[gap["below"]],
        gap=f"{gap['gap']:.2f}",
    )
    return lead + "".join(said)


def _parts(groups: Sequence[dict[str, Any]], lang: str) -> str:
    gap = t("common.list_gap", lang)
    return gap.join(
        f"{one[f'name_{lang}']} {signed(one['contribution'])}" for one in groups
    )


def first_of(
    held: pd.DataFrame, rows: pd.DataFrame, names: Mapping[str, str], lang: str
) -> str:
    """Say which of some places is first, and its chance to be above each other.

    Parameters
    ----------
    held : DataFrame
        From :func:`chances`.
    rows : DataFrame
        From :func:`standings`.
    names : mapping
    lang : {"zh", "en"}
    """
    first, *others = rows.index
    gap = t("common.list_gap", lang)
    listed = gap.join(
        f"{names[code]} {columns.chance(held.at[first, code])}" for code in others
    )
    return t("compare.first_chances", lang, chances=listed, first=names[first])


def ranges(rows: pd.DataFrame, names: Mapping[str, str], lang: str) -> pd.DataFrame:
    """Return rank and range of each place, and both in words, for the picture."""
    low, high = (
        rows[end].where(rows[end].notna(), rows["rank"]).astype(int)
        for end in ("rank_low", "rank_high")
    )
    said = [
        columns.span(one, other, lang) for one, other in zip(low, high, strict=True)
    ]
    return pd.DataFrame(
        {
            "name": [names[code] for code in rows.index],
            "rank": rows["rank"].to_numpy(),
            "low": low.to_numpy(),
            "high": high.to_numpy(),
            "said": said,
        }
    )


def accounts(
    model: Model, segment: str, level: str, codes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return what the score of each place is made of."""
    return {code: why_answers.account(model, segment, level, code) for code in codes}


def pillars(
    found: Mapping[str, dict[str, Any]], names: Mapping[str, str], lang: str
) -> pd.DataFrame:
    """Return each place's parts of the score by pillar, which sum to its score.

    Returns
    -------
    DataFrame
        ``pillar, name, value``, the pillar in which the places differ most first.
    """
    table = pd.DataFrame({code: one["pillars"] for code, one in found.items()})
    table = table.fillna(0.0)
    apart = (table.max(axis=1) - table.min(axis=1)).sort_values(
        ascending=False, kind="stable"
    )
    return pd.DataFrame(
        [
            {
                "pillar": t(f"common.pillar_{pillar}", lang),
                "name": names[code],
                "value": float(table.at[pillar, code]),
            }
            for pillar in apart.index
            for code in table
        ]
    )


def years(model: Model, segment: str, level: str, codes: Sequence[str]) -> pd.DataFrame:
    """Return the events of a segment each year known, years x codes.

    From the first year in which any of the places had one.
    """
    rows = model.known.outcomes
    rows = rows[(rows["segment"] == segment) & (rows["level"] == level)]
    rows = rows[rows["place"].isin(codes)]
    counts = rows.groupby([rows["month"].str[:4], "place"])["count"].sum().unstack()
    last = int(model.as_of[:4])
    first = min(int(counts.index.min()), last) if len(counts) else last
    whole = [str(year) for year in range(first, last + 1)]
    return counts.reindex(index=whole, columns=[*codes]).fillna(0.0)


def figures(model: Model, level: str, codes: Sequence[str]) -> pd.DataFrame:
    """Return the figures that the ranking reads of some places, side by side.

    Returns
    -------
    DataFrame
        A row for each indicator and place: ``theme`` (level and indicator), ``pillar,
        place, value, quality, unit, period, source_id, locator, why`` (there is no
        figure), ``standing`` (from 0 to 1 among all places with a figure) and
        ``apart`` (how far the standings lie apart, NaN where fewer than two are
        known). What lies furthest apart comes first.
    """
    table = pd.concat(
        [cache.shared(_figures, model, level, code) for code in codes],
        ignore_index=True,
    )
    by = table.groupby("theme")["standing"]
    apart = (by.transform("max") - by.transform("min")).where(
        by.transform("count") >= 2
    )
    order = {name: at for at, name in enumerate(PILLARS)}
    place = {code: at for at, code in enumerate(codes)}
    table = table.assign(
        apart=apart,
        _pillar=table["pillar"].map(order),
        _place=table["place"].map(place),
    )
    table = table.sort_values(
        ["apart", "_pillar", "theme", "_place"],
        ascending=[False, True, True, True],
        kind="stable",
        ignore_index=True,
    )
    return table.drop(columns=["_pillar", "_place"])


def _figures(model: Model, level: str, place: str) -> pd.DataFrame:
    """Return the figures that the ranking reads of a place, and of its city."""
    table = model.tables[level]
    pairs = table.lineage[["level", "indicator"]].drop_duplicates()
    parts = []
    for whose, rows in pairs.groupby("level", sort=False):
        names, owner = list(rows["indicator"]), holder(model, whose, level, place)
        values = table.values[whose][names]
        # A district without a city has none of its figures.
        mine = values.reindex([owner]).iloc[0]
        found = table.figures[whose].reindex(
            pd.MultiIndex.from_product([[owner], names])
        )
        part = pd.DataFrame(
            {
                "theme": [f"{whose}:{name}" for name in names],
                "pillar": [model.entries[name][2] for name in names],
                "place": place,
                "value": mine.to_numpy(),
                "quality": found["quality"].fillna("exact").to_numpy(),
                "unit": [model.entries[name][0] for name in names],
                "standing": values.rank(pct=True).reindex([owner]).iloc[0].to_numpy(),
            },
            index=names,
        )
        there = list(mine.index[mine.notna()])
        cited = Citations(model, whose, owner).of(there) if there else []
        for column in ("period", "source_id", "locator"):
            said = {n: one[column] for n, one in zip(there, cited, strict=True)}
            part[column] = [said.get(name, "") for name in names]
        missing = _absences(model.facts, whose, owner)
        part["why"] = [
            "" if name in there else missing.get(name, "later" if owner else "no_city")
            for name in names
        ]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _absences(facts: Facts, level: str, place: str) -> dict[str, str]:
    """Return why each indicator without a figure of a place has none."""
    if not place:
        return {}
    table = overview.absent(facts, level, place)
    return dict(zip(table["indicator"], table["kind"], strict=True))


def missing(why: str, as_of: str, lang: str) -> str:
    """Say why there is no figure."""
    key = (
        f"compare.absent_{why}"
        if why in ("later", "no_city")
        else f"detail.absent_{why}"
    )
    return t(key, lang, as_of=as_of)


def said(row: Any, as_of: str, lang: str) -> str:
    """Write a figure with its year, or why there is none."""
    if row.why:
        return t("compare.no_figure", lang, why=missing(row.why, as_of, lang))
    if row.unit == YES_NO:
        value = t(f"compare.{'yes' if row.value else 'no'}", lang)
    else:
        value = qualified(row.value, row.unit, row.quality, lang)
    return t("compare.figure", lang, value=value, period=row.period)


def shown(
    model: Model, table: pd.DataFrame, level: str, names: Mapping[str, str], lang: str
) -> pd.DataFrame:
    """Return the figures as shown: an indicator a row, a place a column.

    Parameters
    ----------
    model : Model
    table : DataFrame
        From :func:`figures`.
    level : str
    names : mapping
        Of the places; they are the headings.
    lang : {"zh", "en"}
    """
    cells = [said(row, model.as_of, lang) for row in table.itertuples()]
    wide = table.assign(cell=cells).pivot(index="theme", columns="place", values="cell")
    rows = table.drop_duplicates("theme").set_index("theme")
    left = pd.DataFrame(
        {
            "pillar": [t(f"common.pillar_{name}", lang) for name in rows["pillar"]],
            "indicator": [
                getattr(name_of(model, theme, level), lang) for theme in rows.index
            ],
            "apart": (100 * rows["apart"]).to_numpy(),
        },
        index=rows.index,
    )
    right = wide.loc[rows.index, list(names)].rename(columns=dict(names))
    return pd.concat([left, right], axis=1).reset_index(drop=True)


def whole(
    model: Model, table: pd.DataFrame, level: str, names: Mapping[str, str], lang: str
) -> pd.DataFrame:
    """Return the figures with their sources for a file, headings in a language."""
    titles = columns.titles(model.facts, lang)
    rows = pd.DataFrame(
        {
            "pillar": [t(f"common.pillar_{name}", lang) for name in table["pillar"]],
            "indicator": [
                getattr(name_of(model, theme, level), lang) for theme in table["theme"]
            ],
            "indicator_id": [theme.split(":")[1] for theme in table["theme"]],
            "code": table["place"],
            "place": table["place"].map(dict(names)),
            "value": table["value"],
            "unit": [unit(one, lang) for one in table["unit"]],
            "period": table["period"],
            "standing": (100 * table["standing"]).round(1),
            "why": [
                missing(why, model.as_of, lang) if why else "" for why in table["why"]
            ],
            "source": table["source_id"].map(titles).fillna(""),
            "locator": table["locator"],
        }
    )
    return rows.set_axis([t(f"compare.csv_{name}", lang) for name in rows], axis=1)
