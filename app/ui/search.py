"""Finding figures by place, indicator or source, fast: names are matched, not rows."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from app.ui import columns
from app.ui.facts_state import ALL, AT
from app.ui.words import LANGS
from data import Facts
from data.overview import WHERE, everything
from data.schema import PILLARS

KINDS = ("place", "indicator", "source")


def folded(text: str) -> str:
    """Return text as it is compared: half-width, lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True)
class Names:
    """The names of one kind, and which of them each figure has."""

    texts: list[str]
    codes: np.ndarray

    def hits(self, term: str) -> np.ndarray:
        """Return which names hold a term."""
        return np.array([term in text for text in self.texts], bool)

    def begin(self, term: str) -> np.ndarray:
        """Return which names begin with a term, in either language."""
        start = f"\n{term}"
        return np.array([start in f"\n{text}" for text in self.texts], bool)


class Index:
    """Every figure in reading order, with the names it can be found by.

    Parameters
    ----------
    facts : Facts
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.rows = in_order(everything(facts))

    @cached_property
    def names(self) -> dict[str, Names]:
        """The names of each kind."""
        rows, facts = self.rows, self.facts
        indicators, sources = facts.indicators, facts.sources
        distinct = rows[WHERE].drop_duplicates()
        both = [columns.spoken_of(facts, distinct, lang) for lang in LANGS]
        said = [
            "\n".join(names) for names in zip(distinct["place"], *both, strict=True)
        ]
        codes, _ = pd.factorize(pd.MultiIndex.from_frame(rows[WHERE]))
        places = _names(said, codes)
        aliases = indicators["source_name"].map(" ".join)
        own = indicators["name_zh"].str.cat(indicators["name_en"], sep="\n")
        # Indicators of one question are found by each other's names, after their own.
        family = indicators["family"].where(indicators["family"] != "", own.index)
        kin = own.groupby(family.to_numpy()).transform("\n".join)
        called = indicators["indicator"].str.cat([own, aliases, kin], sep="\n")
        titled = sources["source_id"].str.cat(
            [sources[c] for c in ("title", "title_en", "producer", "producer_en")],
            sep="\n",
        )
        return {
            "place": places,
            "indicator": _of(called, rows["indicator"]),
            "source": _of(titled, rows["source_id"]),
        }

    def find(
        self, q: str, at: str = ALL, pillar: str = ALL, status: str = ALL
    ) -> pd.DataFrame:
        """Return the figures that hold every term, a place's own ones first.

        Parameters
        ----------
        q : str
            Terms between blanks; each is looked for in the names of the place (and
            of what it belongs to), the indicator and the source.
        at, pillar, status : str
            Filters; see :mod:`app.ui.facts_state`.
        """
        kept = self._filtered(at, pillar, status)
        direct = np.zeros(len(self.rows), int)
        for term in self._terms(q):
            found = np.zeros(len(self.rows), bool)
            for kind in KINDS:
                names = self.names[kind]
                hits = names.hits(term)
                if hits.any():
                    found |= hits[names.codes]
                    direct += names.begin(term)[names.codes]
            kept &= found
        rows = self.rows[kept]
        order = np.argsort(-direct[kept], kind="stable")
        return rows.iloc[order]

    def _terms(self, q: str) -> list[str]:
        """Return what to look for; a term that is two names run together is split."""
        terms = []
        for term in folded(q).split():
            terms += self._split(term)
        return terms

    def _split(self, term: str) -> list[str]:
        if self._known(term):
            return [term]
        for cut in range(len(term) - 2, 1, -1):
            if self._known(term[:cut]) and self._known(term[cut:]):
                return [term[:cut], term[cut:]]
        return [term]

    def _known(self, term: str) -> bool:
        return any(self.names[kind].hits(term).any() for kind in KINDS)

    def _filtered(self, at: str, pillar: str, status: str) -> np.ndarray:
        rows = self.rows
        kept = np.ones(len(rows), bool)
        if at != ALL:
            kept &= (speaks_of(rows) == at).to_numpy()
        if pillar != ALL:
            kept &= (rows["pillar"] == pillar).to_numpy()
        if status == "second_hand":
            second = self.facts.sources["second_hand"].astype(bool)
            kept &= rows["source_id"].map(second).to_numpy(bool)
        elif status != ALL:
            planned = (rows["status"] == "planned").to_numpy()
            kept &= planned if status == "planned" else ~planned
        return kept


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Return figures as people read them: the larger area first, the newest first."""
    at = speaks_of(rows).map({name: position for position, name in enumerate(AT)})
    pillar = rows["pillar"].map(
        {name: position for position, name in enumerate(PILLARS)}
    )
    keyed = rows.assign(_at=at, _pillar=pillar)
    by = ["_at", "place", "zone", "_pillar", "indicator", "period", "source_id"]
    keyed = keyed.sort_values(by, ascending=[name != "period" for name in by])
    return keyed.drop(columns=["_at", "_pillar"]).reset_index(drop=True)


def speaks_of(rows: pd.DataFrame) -> pd.Series:
    """Return what each figure speaks of; a zone's stands at its place's level."""
    return rows["level"].where(rows["zone"] == "", "zone")


def _names(texts: list[str], codes: np.ndarray) -> Names:
    return Names([folded(text) for text in texts], codes)


def _of(texts: pd.Series, ids: pd.Series) -> Names:
    codes = pd.Series(range(len(texts)), texts.index)[ids].to_numpy()
    return _names(list(texts), codes)
