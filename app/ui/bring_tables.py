"""What the tables of the page of one's own data hold, for the eye and for a file."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd

from app.commands.imports import as_csv
from app.ui import bring_state, cache, columns
from app.ui.bring_state import STATES, Brought
from app.ui.figures import qualified
from app.ui.units import quantity
from app.ui.what_if_tables import span
from app.ui.words import t
from data.importers import headings
from data.importers.cells import guard
from data.importers.result import Result
from data.schema import LEVELS
from model.score import Model
from model.what_if import BASIS

# Rows drawn of a long file; all of them are in the files to download.
SHOWN = 500
MARK = "▶ "
# Places of the file that are told one by one.
MOST_MINE = 5


def accepted(model: Model, held: Brought, level: str, lang: str) -> pd.DataFrame:
    """Return the figures of a file in words, those that change something first.

    Parameters
    ----------
    model : Model
    held : Brought
    level : {"city", "district"}
        Whose ranking is asked whether it reads each.
    lang : {"zh", "en"}
    """
    facts = model.facts
    order = held.figures["state"].map(STATES.index)
    rows = held.figures.loc[order.sort_values(kind="stable").index].head(SHOWN)
    names = {one: cache.names(facts, one, lang) for one in LEVELS}
    titles = columns.titles(facts, lang)
    entries = facts.indicators.loc[rows["indicator"]]
    reads = bring_state.read(model, rows, level)
    return pd.DataFrame(
        {
            "place": [names[row.level][row.place] for row in rows.itertuples()],
            "indicator": entries[f"name_{lang}"].to_numpy(),
            "known": [known(row, titles, lang) for row in rows.itertuples()],
            "brought": [
                qualified(row.value, row.unit, row.quality, lang)
                for row in rows.itertuples()
            ],
            "period": rows["period"].to_numpy(),
            "becomes": [becomes(row, lang) for row in rows.itertuples()],
            "read": [t(f"scenario.read_{bool(one)}".lower(), lang) for one in reads],
            "source": [
                titles.get(name, t("bring.yours", lang)) for name in rows["source_id"]
            ],
        }
    )


def known(row: Any, titles: pd.Series, lang: str) -> str:
    """Say the figure that the ranking takes now: value, period, source."""
    if np.isnan(row.known):
        return t("scenario.unknown", lang)
    said = quantity(row.known, row.unit, lang)
    if not row.known_period:
        return said
    source = titles.get(row.known_source, row.known_source)
    more = {"period": row.known_period, "source": source}
    return t("bring.known", lang, value=said, **more)


def becomes(row: Any, lang: str) -> str:
    """Say what becomes of a figure."""
    said = t(f"bring.state_{row.state}", lang)
    why = row.why_zh if lang == "zh" else row.why_en
    if not why:
        return said
    return t("bring.state_why", lang, state=said, why=why)


def rejected(result: Result, lang: str) -> pd.DataFrame:
    """Return the rows of a file that are not taken, each with its reason."""
    rows = result.rejected[:SHOWN]
    table = pd.DataFrame(
        {
            "row": [one.row for one in rows],
            "sheet": [one.table for one in rows],
            "reason": [
                one.reason_zh if lang == "zh" else one.reason_en for one in rows
            ],
            "near": [t("common.list_gap", lang).join(one.suggestions) for one in rows],
        }
    )
    return table if any(table["sheet"]) else table.drop(columns="sheet")


def mine(found: pd.DataFrame, names: dict[str, str], lang: str) -> list[str]:
    """Say where the places of the file stand, the first of them if there are many."""
    return [
        t(
            f"bring.mine_{'moved' if row.moved else 'stays'}",
            lang,
            name=names[str(row.Index)],
            before=row.rank_before,
            after=row.rank_after,
            moved=f"{row.moved:+d}",
        )
        for row in found[found["mine"]].head(MOST_MINE).itertuples()
    ]


def moved(found: pd.DataFrame, names: dict[str, str], lang: str) -> pd.DataFrame:
    """Return every place that moves, and those the file speaks of, in words."""
    rows = found[(found["moved"] != 0) | found["mine"]]
    table = pd.DataFrame(
        {
            "rank_after": rows["rank_after"],
            "place": [
                MARK * bool(row.mine) + names[str(row.Index)]
                for row in rows.itertuples()
            ],
            "rank_before": rows["rank_before"],
            "moved": [f"{n:+d}" if n else "" for n in rows["moved"]],
            "range_before": _spans(rows, "before"),
            "range_after": _spans(rows, "after"),
        }
    )
    return table.drop(columns=[name for name in table if not any(table[name])])


def _spans(rows: pd.DataFrame, when: str) -> list[str]:
    ends = zip(rows[f"low_{when}"], rows[f"high_{when}"], strict=True)
    return [span(low, high) for low, high in ends]


def picture(found: pd.DataFrame, names: dict[str, str], most: int) -> pd.DataFrame:
    """Return the places that move most, the file's own first, for a picture.

    A step near the top is more than one far below: moves are compared in logs.

    Returns
    -------
    DataFrame
        ``name, before, after, mine``, in the new order.
    """
    rows = found[found["moved"] != 0]
    step = np.log(rows["rank_before"] / rows["rank_after"]).abs()
    order = rows.assign(step=step).sort_values(
        ["mine", "step", "rank_after"], ascending=[False, False, True]
    )
    rows = order.head(most).sort_values("rank_after")
    return pd.DataFrame(
        {
            "name": [
                MARK * bool(row.mine) + names[str(row.Index)]
                for row in rows.itertuples()
            ],
            "before": rows["rank_before"].to_numpy(),
            "after": rows["rank_after"].to_numpy(),
            "mine": rows["mine"].to_numpy(),
        }
    )


def file(
    model: Model, held: Brought, found: pd.DataFrame, segment: str, level: str
) -> pd.DataFrame:
    """Return every place before and after; each row says what it rests on."""
    rows = model.facts.places.loc[level].loc[found.index]
    return pd.DataFrame(
        {
            "place": found.index,
            "name_zh": rows["name_zh"].map(guard),
            "name_en": rows["name_en"].map(guard),
            **found.to_dict("series"),
            "segment": segment,
            "level": level,
            "as_of": model.as_of,
            "file": guard(held.name),
            "figures": len(held.assumed),
            "basis": BASIS,
        }
    )


def present(model: Model, level: str, place: str, lang: str) -> bytes:
    """Return the figures known of a place as a workbook to write new ones into.

    Whose they are is left out: a figure that is changed is no longer the source's.
    """
    facts = model.facts
    rows = model.tables[level].figures[level]
    rows = rows[rows.index.get_level_values("place") == place].reset_index()
    table = pd.DataFrame(
        {
            "place": place,
            "level": level,
            "indicator": facts.indicators.loc[rows["indicator"], f"name_{lang}"].array,
            "period": rows["period"],
            "value": rows["value"],
            "unit": rows["unit"],
        }
    )
    heads = {name: headings.shown(name, lang) for name in table}
    content = io.BytesIO()
    table.rename(columns=heads).to_excel(content, index=False, engine="openpyxl")
    return content.getvalue()


def ours(held: Brought) -> bytes:
    """Return the accepted rows as a file of facts, as ``import`` writes it."""
    return as_csv(held.result.tables["observations"], "observations").encode("utf-8")
