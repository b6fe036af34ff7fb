"""What the tables of the scenario page hold, for the eye and for a file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from app.ui import columns
from app.ui.my_lens_tables import name_of
from app.ui.units import quantity
from app.ui.what_if_state import Asked, as_text, key
from app.ui.words import t
from data import Facts
from data.importers.cells import guard
from model.assumptions import Assumption
from model.path import Path
from model.score import Model
from model.what_if import BASIS, WhatIf, figure_of, transported

FIRST = 10
WORTH_SHOWN = 12


def said(value: float, unit: str, lang: str) -> str:
    """Write a figure, or that it is not known."""
    if np.isnan(value):
        return t("scenario.unknown", lang)
    return quantity(value, unit, lang)


def known(model: Model, one: Assumption, lang: str) -> str:
    """Say the figure known in place of an assumed one: value, year, source."""
    facts = model.facts
    value = figure_of(model, one.level, one.place, one.indicator)
    figures = model.tables[one.level].figures[one.level]
    if np.isnan(value) or (one.place, one.indicator) not in figures.index:
        return t("scenario.known_none", lang)
    row = figures.loc[(one.place, one.indicator)]
    return t(
        "scenario.known",
        lang,
        value=said(value, str(facts.indicators.at[one.indicator, "unit"]), lang),
        period=row["period"],
        source=columns.titles(facts, lang).get(row["source_id"], row["source_id"]),
    )


def chances(model: Model, found: WhatIf) -> tuple[float, float] | None:
    """Return the chance of the first five before and after, if there are resamples.

    Carried over as the ranges are (:func:`model.what_if.transported`).
    """
    drawn = model.drawn(found.segment, found.level)
    if drawn is None or model.assumed:
        return None
    ranks = found.places.loc[drawn.places]
    old, new = (ranks[f"rank_{when}"].to_numpy() for when in ("before", "after"))
    at = int(drawn.places.get_loc(found.place))
    after = transported(drawn, old, new)
    return float(drawn.chance_top()[at]), float(after.chance_top()[at])


def span(low: Any, high: Any) -> str:
    """Write a range of ranks; nothing without resamples."""
    if low is None or pd.isna(low):
        return ""
    return str(low) if low == high else f"{low}–{high}"


def reasons(found: WhatIf, when: str, lang: str) -> list[str]:
    """Say the strongest reasons, as known or under the assumptions."""
    said = found.reasons_before if when == "before" else found.reasons_after
    return [
        t(
            "scenario.reason_line",
            lang,
            text=columns.plain(one[f"text_{lang}"]),
            pillar=t(f"common.pillar_{one['pillar']}", lang),
            contribution=f"{one['contribution']:+.2f}",
        )
        for one in said
    ]


def first(found: WhatIf, names: dict[str, str], lang: str) -> pd.DataFrame:
    """Return who is in the first places under the assumptions, and the place itself."""
    table = found.places.sort_values("rank_after")
    table = table[(table["rank_after"] <= FIRST) | (table.index == found.place)]
    return pd.DataFrame(
        {
            "rank_after": table["rank_after"],
            "place": [
                f"▶ {names[code]}" if code == found.place else names[code]
                for code in table.index
            ],
            "rank_before": table["rank_before"],
            "moved": [f"{n:+d}" if n else "" for n in table["moved"]],
            "range_after": [
                span(low, high)
                for low, high in zip(
                    table["low_after"], table["high_after"], strict=True
                )
            ],
            "basis": t("scenario.mark", lang),
        }
    )


def file(found: WhatIf, asked: Asked, facts: Facts) -> pd.DataFrame:
    """Return every place before and after; each row says what it rests on."""
    places = found.places.sort_values("rank_after")
    rows = facts.places.loc[asked.level].loc[places.index]
    return pd.DataFrame(
        {
            "place": places.index,
            "name_zh": rows["name_zh"].map(guard),
            "name_en": rows["name_en"].map(guard),
            **places.drop(columns="basis").to_dict("series"),
            "segment": asked.segment,
            "level": asked.level,
            "about": asked.place,
            "assumed": as_text(asked.assumed, asked.level),
            "basis": BASIS,
        }
    )


def planned(table: pd.DataFrame, asked: Asked, facts: Facts, lang: str) -> pd.DataFrame:
    """Return planned figures in words."""
    titles = columns.titles(facts, lang)
    keys = [key(Assumption(*row, 0.0), asked.level) for row in _figures(table)]
    return pd.DataFrame(
        {
            "indicator": [name_of(facts, name, lang) for name in keys],
            "to": [
                said(value, unit, lang)
                for value, unit in zip(table["value"], table["unit"], strict=True)
            ],
            "period": table["period"].to_numpy(),
            "read": [
                t(f"scenario.read_{bool(one)}".lower(), lang) for one in table["read"]
            ],
            "source": table["source_id"].map(titles).to_numpy(),
        }
    )


def _figures(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    keys = ["level", "place", "indicator"]
    return list(table[keys].itertuples(index=False, name=None))


def steps(found: Path, lang: str) -> pd.DataFrame:
    """Return the steps of a path in words."""
    return pd.DataFrame(
        {
            "indicator": [one[f"name_{lang}"] for one in found.steps],
            **{
                name: [said(one[part], one["unit"], lang) for one in found.steps]
                for name, part in (("from", "from"), ("to", "to"))
            },
            "reach": [
                f"{said(one['peer_low'], one['unit'], lang)} – "
                f"{said(one['peer_high'], one['unit'], lang)}"
                for one in found.steps
            ],
            "seen": [
                t(
                    f"scenario.seen_{one['basis']}",
                    lang,
                    peers=one["peers"],
                    periods=one["periods"].replace("..", "–"),
                )
                for one in found.steps
            ],
            "why": [one[f"why_{lang}"] for one in found.steps],
            "basis": t("scenario.mark", lang),
        }
    )


def picture(found: Path, lang: str) -> pd.DataFrame:
    """Return what the picture of a path's steps holds."""
    ends = {"from": "from", "to": "to", "low": "peer_low", "high": "peer_high"}
    rows = [
        {
            "name": one[f"name_{lang}"],
            **{end: one[part] for end, part in ends.items()},
            **{
                f"{end}_said": said(one[part], one["unit"], lang)
                for end, part in ends.items()
            },
        }
        for one in found.steps
    ]
    return pd.DataFrame(rows)


def worth(table: pd.DataFrame, level: str, facts: Facts, lang: str) -> pd.DataFrame:
    """Return the missing figures in words, those first that change most."""
    keys = [
        key(Assumption(row.figure_level, row.figure_place, row.indicator, 0.0), level)
        for row in table.itertuples()
    ]
    return pd.DataFrame(
        {
            "indicator": [name_of(facts, name, lang) for name in keys],
            "pillar": [t(f"common.pillar_{name}", lang) for name in table["pillar"]],
            "flips": (100 * table["flips"]).round(0),
            "tried": table["draws"],
            "values": [
                f"{said(row.value_low, row.unit, lang)} – "
                f"{said(row.value_high, row.unit, lang)}"
                for row in table.itertuples()
            ],
            "ranks": [span(row.rank_low, row.rank_high) for row in table.itertuples()],
        }
    )
