"""What if a figure were otherwise: rank, score and parts of a place before and after.

Everything computed from figures is computed again: shares, scales, what the segments'
places are like. The learned trees and the outcomes stay. Each figure is changed by
itself: what follows from it by definition, such as GDP per head from GDP, does not
change unless it is assumed too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from features import assemble
from model import explain
from model.assumptions import PERIOD, Assumption, AssumptionError, assume, checked
from model.evidence import holder
from model.intervals import Drawn, ranks_of
from model.reasons import reasons
from model.score import Model, ranking, with_ranges
from model.wording import Text, quantity, ratio

# How an entry says what it rests on; whose resamples its range is made of.
BASIS, CARRIED = "assumption", "carried_over"
# Ranks on either side over which the spread of the resamples is averaged, and that
# share of the rank where it is more.
NEAR, NEAR_SHARE = 5, 0.2
# Of a share of people, per cent.
WHOLE = 100.0

# A list that names every place that has something says 0 of the others.
ZERO = Text("未知（名单没有的按0计）", "unknown (0, as of what its list does not name)")

REFUSALS = {
    "indicator": Text(
        "这一级没有指标{name}", "{name} is no indicator of places of this level"
    ),
    "place": Text("{name}不在排名之列", "{name} is not ranked"),
    "elsewhere": Text(
        "{name}既不是该地，也不是其所在城市",
        "{name} is neither the place nor its city",
    ),
    "number": Text("{name}不是有限的数", "{name} is no finite number"),
    "range": Text("超出该指标可能的范围：{name}", "outside what can be: {name}"),
    "share": Text("占比将超过100%：{name}", "the share would exceed 100%: {name}"),
    "twice": Text("同一指标假设了两次：{name}", "assumed twice: {name}"),
}


@dataclass(frozen=True)
class WhatIf:
    """A place before and after some assumptions.

    Every table has a column ``basis`` that says ``assumption``.

    Attributes
    ----------
    segment, level, place, as_of : str
    assumed : DataFrame
        ``level, place, indicator, name_zh, name_en, unit, before, after, read``
        (whether the ranking reads the indicator), ``basis``.
    places : DataFrame
        Every place of the level by code: ``score_before, score_after, rank_before,
        rank_after, moved`` (ranks won), ``low_before, high_before, low_after,
        high_after`` (the 90% range, empty without resamples), ``range_basis``
        (``carried_over``, see :func:`transported`), ``basis``.
    pillars, features : DataFrame
        Contributions to the place's score: ``before, after, change, basis``.
    reasons_before, reasons_after : list of dict
        As of :func:`model.reasons.reasons`.
    note : Text
    """

    segment: str
    level: str
    place: str
    as_of: str
    assumed: pd.DataFrame
    places: pd.DataFrame
    pillars: pd.DataFrame
    features: pd.DataFrame
    reasons_before: list[dict[str, Any]]
    reasons_after: list[dict[str, Any]]
    note: Text

    def as_json(self) -> dict[str, Any]:
        """Return what ``--json`` prints: of the other places, those that moved."""
        row = self.places.loc[self.place]
        others = self.places[self.places["moved"] != 0].drop(
            index=self.place, errors="ignore"
        )
        return {
            **{
                name: getattr(self, name)
                for name in ("segment", "place", "level", "as_of")
            },
            "assumed": _records(self.assumed),
            **_records(row.to_frame().T)[0],
            "pillars": _records(self.pillars.reset_index()),
            "features": _records(self.features.reset_index()),
            "reasons_before": self.reasons_before,
            "reasons_after": self.reasons_after,
            "others": _records(others.reset_index()),
            "note_zh": self.note.zh,
            "note_en": self.note.en,
        }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values, None where there is none."""
    plain = table.astype(object).where(table.notna(), None)
    rows = plain.to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def refusal(failure: AssumptionError) -> Text:
    """Say why an assumption cannot be made."""
    said = REFUSALS.get(failure.kind, Text("{name}", "{name}"))
    name = failure.name
    return Text(said.zh.format(name=name), said.en.format(name=name))


def what_if(
    model: Model, segment: str, level: str, place: str, assumed: Sequence[Assumption]
) -> WhatIf:
    """Rank everything once more with some figures of a place as they are assumed.

    Parameters
    ----------
    model : Model
        May hold assumptions itself: these come on top, and there are no ranges then,
        as the resamples are of the known figures.
    segment, level, place : str
    assumed : sequence of Assumption
        Of the place, or of a district's city; NaN hides a figure.

    Raises
    ------
    AssumptionError
        When one cannot be made (see :func:`possible`).
    UnknownNameError
        When the segment or level is not one of ours.
    """
    if model.assumed and model.draws:
        model = supposed(model, [])
    before = ranking(model, segment, level).set_index("place")
    possible(model, level, place, assumed)
    then = supposed(model, assumed)
    after = ranking(then, segment, level)
    after = with_ranges(after, _carried(model, segment, before, after))
    after = after.set_index("place").reindex(before.index)
    ranges = {
        f"{end}_{when}": table[f"rank_{end}"]
        for when, table in (("before", before), ("after", after))
        for end in ("low", "high")
    }
    places = pd.DataFrame(
        {
            "score_before": before["score"],
            "score_after": after["score"],
            "rank_before": before["rank"],
            "rank_after": after["rank"],
            "moved": before["rank"] - after["rank"],
            **ranges,
        }
    ).assign(range_basis=CARRIED if level in model.draws else None, basis=BASIS)
    old, new = (explain.parts(one, segment, level) for one in (model, then))
    rows = [explain.by_pillar(one, part) for one, part in ((model, old), (then, new))]
    figures = _assumed(model, assumed)
    return WhatIf(
        segment=segment,
        level=level,
        place=place,
        as_of=model.as_of,
        assumed=figures,
        places=places,
        pillars=_change(rows[0].loc[place], rows[1].loc[place], "pillar"),
        features=_change(old.table.loc[place], new.table.loc[place], "feature"),
        reasons_before=reasons(model, old, place),
        reasons_after=[_dated(reason) for reason in reasons(then, new, place)],
        note=_note(model, figures),
    )


def _change(before: pd.Series, after: pd.Series, name: str) -> pd.DataFrame:
    """Set contributions side by side, those that change most first."""
    table = pd.DataFrame({"before": before, "after": after}).fillna(0.0)
    table = table.assign(change=table["after"] - table["before"], basis=BASIS)
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].rename_axis(name)


def _dated(reason: dict[str, Any]) -> dict[str, Any]:
    """Say that a figure is assumed where the year of one known would stand."""
    zh, en = reason["text_zh"], reason["text_en"]
    return {
        **reason,
        "text_zh": zh.replace(f"（{PERIOD}", "（假设"),
        "text_en": en.replace(f"({PERIOD}", "(assumed"),
    }


def _assumed(model: Model, assumed: Sequence[Assumption]) -> pd.DataFrame:
    """Set each figure known beside the one assumed."""
    names = ["level", "place", "indicator", "name_zh", "name_en", "unit"]
    rows = []
    for one in assumed:
        entry = model.facts.indicators.loc[one.indicator]
        known = figure_of(model, one.level, one.place, one.indicator)
        read = any(
            one.indicator
            in set(table.lineage["indicator"][table.lineage["level"] == one.level])
            for table in model.tables.values()
        )
        told = [one.level, one.place, one.indicator]
        words = [str(entry[name]) for name in names[3:]]
        rows.append([*told, *words, known, one.value, read, BASIS])
    return pd.DataFrame(rows, columns=[*names, "before", "after", "read", "basis"])


def figure_of(model: Model, level: str, place: str, indicator: str) -> float:
    """Return the figure the ranking takes for a place, NaN for none."""
    return float(model.tables[level].values[level].at[place, indicator])


def _note(model: Model, figures: pd.DataFrame) -> Text:
    """Say what was assumed, and that it is."""
    if figures.empty:
        return Text(
            "没有假设，与原排名相同。", "Nothing is assumed: the ranking is as it was."
        )
    zh, en = [], []
    for row in figures.itertuples():
        name = model.facts.places.loc[(row.level, row.place)]
        old, new = (
            Text("未知", "unknown") if np.isnan(value) else quantity(value, row.unit)
            for value in (row.before, row.after)
        )
        if np.isnan(row.after) and model.facts.indicators.at[row.indicator, "complete"]:
            new = ZERO
        unread = (
            Text("", "")
            if row.read
            else Text("，排名不用此指标", ", not read by the ranking")
        )
        zh.append(f"{name['name_zh']}{row.name_zh}由{old.zh}变为{new.zh}{unread.zh}")
        en.append(
            f"{name['name_en']}: {row.name_en} from {old.en} to {new.en}{unread.en}"
        )
    return Text(
        f"以下为假设，并非已知事实：{'；'.join(zh)}。排名范围由现有排名的重抽样推移而来，未重新训练。",
        f"This rests on assumptions, not on known facts: {'; '.join(en)}. Ranges are"
        " carried over from the resamples of the known ranking, not drawn anew.",
    )


def possible(
    model: Model, level: str, place: str, assumed: Sequence[Assumption]
) -> None:
    """Raise :class:`AssumptionError` unless the assumptions about a place can be made.

    Kinds as of :class:`AssumptionError`, and ``elsewhere`` (neither the place nor its
    city), ``share`` (a part of people would exceed the whole, and the largest share
    that any place is known to have).
    """
    if place not in model.tables[level].history.places:
        raise AssumptionError("place", place)
    checked(model.known, assumed)
    allowed = {(level, place), ("city", holder(model, "city", level, place))}
    for one in assumed:
        if (one.level, one.place) not in allowed:
            raise AssumptionError("elsewhere", one.place)
    new = {(one.level, one.place, one.indicator): one.value for one in assumed}
    for figure_level, owner in sorted({key[:2] for key in new}):
        row = model.tables[figure_level].values[figure_level].loc[owner].copy()
        mine = {name: v for (_, who, name), v in new.items() if who == owner}
        row.update(pd.Series(mine, dtype=float))
        limits = share_limits(model, figure_level)
        for name, (base, most) in limits.items():
            above = np.nan_to_num(row[name]) > most * np.nan_to_num(
                row[base], nan=np.inf
            )
            if {name, base} & set(mine) and above:
                raise AssumptionError("share", name)


def share_limits(model: Model, level: str) -> dict[str, tuple[str, float]]:
    """Return denominator and largest quotient of indicators that are part of a whole.

    Parts of people: 100%, or what the place with the largest share is known to have
    where definitions let it exceed that.
    """
    values, entries = model.tables[level].values[level], model.facts.indicators
    found = {}
    for name in values:
        base = str(entries.at[name, "denominator"])
        if base not in values:
            continue
        unit, below = str(entries.at[name, "unit"]), str(entries.at[base, "unit"])
        per_one, form, _ = ratio(1.0, unit, below)
        if form == "%":
            quotient = values[name] / values[base].where(values[base] > 0)
            found[name] = (base, float(np.nanmax([WHOLE / per_one, quotient.max()])))
    return found


def supposed(model: Model, assumed: Sequence[Assumption]) -> Model:
    """Return the model with some more assumptions; later ones replace earlier ones.

    It has no resamples: those are of the known figures (see :func:`transported`).
    """
    keys = {(one.level, one.place, one.indicator) for one in assumed}
    kept = [
        one
        for one in model.assumed
        if (one.level, one.place, one.indicator) not in keys
    ]
    then = replace(model, assumed=(*kept, *assumed), draws={})
    # As the cached property would, without looking through all facts once more.
    then.known = assume(model.known, assumed)
    return then


def _carried(
    model: Model, segment: str, before: pd.DataFrame, after: pd.DataFrame
) -> Drawn | None:
    """Carry the resamples from one ranking, by place, to another."""
    drawn = model.drawn(segment, str(after.at[0, "level"]))
    if drawn is None:
        return None
    old, new = (
        table["rank"].reindex(drawn.places).to_numpy()
        for table in (before, after.set_index("place"))
    )
    return transported(drawn, old, new)


def transported(drawn: Drawn, old: np.ndarray, new: np.ndarray) -> Drawn:
    """Carry resampled ranks over to the ranks that hold under assumptions.

    The resamples were trained and ranked on the known figures. Here each place keeps,
    in each resample, the deviation of its log rank from the rank shown, applied at its
    new rank; then the resample is ranked again. A place that comes to ranks where the
    resamples spread more than where it was gets its deviations widened by the ratio of
    the two spreads (each the mean over nearby ranks of the segment), never narrowed:
    ranks near the top are less sure, in logs, than those a few hundred below. With
    nothing assumed the resamples come out as they are. It says nothing of how sure the
    assumptions are, nor of what another training on them would give.

    Parameters
    ----------
    drawn : Drawn
    old, new : ndarray of int, shape (P,)
        Ranks in the order of ``drawn.places``.
    """
    deviation = np.log(drawn.ranks.astype(float)) - np.log(old)
    spread = np.empty(len(old))
    spread[old - 1] = deviation.std(axis=0)
    total = np.concatenate([[0.0], np.cumsum(spread)])
    rank = np.arange(1, len(old) + 1)
    reach = np.maximum(NEAR, (NEAR_SHARE * rank).astype(int))
    first, last = np.maximum(rank - 1 - reach, 0), np.minimum(rank + reach, len(old))
    typical = np.maximum((total[last] - total[first]) / (last - first), 1e-9)
    wider = np.maximum(typical[new - 1] / typical[old - 1], 1.0)
    wider[new == old] = 1.0
    # Rounding of logs must not part what is equal.
    moved = np.round(np.log(new) + deviation * wider, 9)
    return Drawn(drawn.places, ranks_of(moved))


def whole(
    model: Model, segment: str, level: str, assumed: Sequence[Assumption]
) -> tuple[np.ndarray, np.ndarray]:
    """Return score and rank of every place under assumptions, whole pipeline, (P,)."""
    table = assemble(assume(model.known, assumed), level)
    score = model.rankers[level].scores(table, segment).score
    return score, ranked(score)


def ranked(score: np.ndarray) -> np.ndarray:
    """Return ranks 1..P, best first.

    Candidates stand in code order, which decides between equal scores.
    """
    return ranks_of(-score[None, :])[0].astype(int)
