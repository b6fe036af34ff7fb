"""The lists of the data page as tables: pure functions from facts to frames."""

from __future__ import annotations

import pandas as pd

from app.ui import columns
from app.ui.facts_state import ALL
from app.ui.figures import described
from app.ui.search import folded, speaks_of
from app.ui.units import unit
from app.ui.words import t, words
from data import Facts, overview
from data.schema import PILLARS
from model.wording import number

DIRECTIONS = {1: "up", -1: "down"}


def indicators(facts: Facts, lang: str) -> pd.DataFrame:
    """Return the catalogue of indicators by pillar, the most widely held first.

    Returns
    -------
    DataFrame
        Indexed by indicator: text columns ``indicator, pillar, unit, direction,
        levels, last, first, sources, why, caveat`` and the numbers ``cities,
        districts, figures``.
    """
    entries = facts.indicators
    held = overview.catalogue(facts)
    titles = columns.titles(facts, lang)
    gap = t("common.list_gap", lang)
    table = pd.DataFrame(
        {
            "indicator": entries[f"name_{lang}"],
            "pillar": [t(f"common.pillar_{name}", lang) for name in entries["pillar"]],
            "unit": [unit(printed, lang) for printed in entries["unit"]],
            "direction": [
                t(f"data.direction_{DIRECTIONS.get(int(way), 'none')}", lang)
                for way in entries["direction"]
            ],
            "levels": [
                gap.join(t(f"data.at_{level}", lang) for level in levels)
                for levels in entries["levels"]
            ],
            "cities": held["cities"],
            "districts": held["districts"],
            "figures": held["figures"],
            "first": held["first"],
            "last": held["last"],
            "sources": [
                gap.join(titles[name] for name in names.split("|") if name)
                for names in held["sources"]
            ],
            "why": entries[f"why_{lang}"],
            "caveat": entries[f"caveat_{lang}"],
        }
    )
    order = pd.DataFrame(
        {
            "pillar": entries["pillar"].map(
                {name: at for at, name in enumerate(PILLARS)}
            ),
            "held": -held["figures"],
        }
    )
    return table.loc[order.sort_values(["pillar", "held"], kind="stable").index]


def named(facts: Facts, find: str) -> pd.Series:
    """Return which indicators have every term of a text in their names."""
    entries = facts.indicators
    called = entries["indicator"].str.cat(
        [entries["name_zh"], entries["name_en"]], sep="\n"
    )
    terms = folded(find).split()
    return called.map(lambda name: all(term in folded(name) for term in terms))


def siblings(facts: Facts, indicator: str) -> list[str]:
    """Return the other indicators of an indicator's family."""
    entries = facts.indicators
    family = entries.at[indicator, "family"]
    same = (entries["family"] == family) & (entries.index != indicator)
    return list(entries.index[same]) if family else []


def family_name(facts: Facts, question: str, lang: str) -> str:
    """Return what a family of indicators, or one indicator, is of."""
    entries = facts.indicators
    said = words(lang).get(f"family.{question}")
    if said:
        return said
    alone = (entries["family"] == question).sum() < 2
    if alone and question in entries.index:
        return str(entries.at[question, f"name_{lang}"])
    members = entries[entries["family"] == question][f"name_{lang}"]
    if members.empty:
        return question
    return t("data.alike", lang, name=min(members, key=len))


def sources(facts: Facts, lang: str) -> pd.DataFrame:
    """Return the catalogue of sources, those with most figures first.

    Returns
    -------
    DataFrame
        Indexed by source: text columns ``producer, title, known, second,
        licence_received, licence_published, selection``, and the numbers ``figures,
        events, others``.
    """
    rows, uses = facts.sources, overview.uses(facts)
    yes = t("common.second_hand", lang)
    table = pd.DataFrame(
        {
            "title": columns.titles(facts, lang),
            "producer": columns.in_language(rows, "producer", lang),
            "known": [known(row, lang) for _, row in rows.iterrows()],
            "figures": uses["figures"],
            "events": uses["events"],
            "others": uses["others"],
            "second": [yes if second else "" for second in rows["second_hand"]],
            "licence_received": [licence(x, lang) for x in rows["licence_received"]],
            "licence_published": [licence(x, lang) for x in rows["licence_published"]],
            "selection": rows[f"selection_{lang}"],
        }
    )
    return table.loc[uses.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def known(source: pd.Series, lang: str) -> str:
    """Say from when a source's figures were public."""
    if source["published"]:
        return str(source["published"])
    lag = source["lag_months"]
    if lag != lag:
        return t("data.known_never", lang)
    return t("data.known_lag" if lag else "data.known_at_once", lang, months=int(lag))


def licence(text: str, lang: str) -> str:
    """Return a licence in the page's language, part by part where it is known."""
    said = [words(lang).get(f"licence.{part}", part) for part in text.split("; ")]
    return ("；" if lang == "zh" else "; ").join(said)


def by_province(
    facts: Facts, covered: pd.DataFrame, level: str, lang: str
) -> pd.DataFrame:
    """Return the mean coverage of each province's places by pillar, in long form.

    Parameters
    ----------
    facts : Facts
    covered : DataFrame
        Coverage of the places of a level (see :func:`data.overview.coverage`).
    level : {"city", "district"}
    lang : {"zh", "en"}

    Returns
    -------
    DataFrame
        ``province`` (code), ``name, pillar, share, text, places``; in the order of
        codes and pillars.
    """
    province = facts.places.loc[level, "province"].reindex(covered.index)
    pillars = [name for name in PILLARS if name in covered]
    mean = covered[pillars].groupby(province).mean()
    places = province.value_counts()
    table = mean.stack().rename("share").reset_index()
    table.columns = ["province", "pillar", "share"]
    names = facts["provinces"].set_index("province")
    short = names["short_zh"] if lang == "zh" else names["name_en"]
    return table.assign(
        name=table["province"].map(short),
        pillar=[t(f"common.pillar_{name}", lang) for name in table["pillar"]],
        text=[written(share, lang) for share in table["share"]],
        places=table["province"].map(places),
    )


def coverage(
    facts: Facts, covered: pd.DataFrame, level: str, lang: str
) -> pd.DataFrame:
    """Return each place's coverage by pillar in percent, with its mean over pillars.

    Returns
    -------
    DataFrame
        Indexed by code: ``place`` (its name), ``mean`` and one column for each
        pillar, 0 to 100.
    """
    names = columns.full_names(facts, level, lang)
    pillars = [name for name in PILLARS if name in covered]
    percent = 100 * covered[pillars]
    table = percent.assign(place=percent.index.map(names), mean=percent.mean(axis=1))
    return table[["place", "mean", *pillars]]


def questions(facts: Facts, disagreeing: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return what figures disagree about, with its name, by how many sets do."""
    many = disagreeing.drop_duplicates("group")["question"].value_counts()
    return {name: family_name(facts, name, lang) for name in many.index}


def groups(
    facts: Facts, disagreeing: pd.DataFrame, lang: str, place: str, question: str
) -> pd.DataFrame:
    """Return the sets of figures that disagree, those with most figures first.

    Parameters
    ----------
    facts : Facts
    disagreeing : DataFrame
        All of :func:`data.overview.conflicts`.
    lang : {"zh", "en"}
    place, question : str
        Only those of a place (its code, or nothing) and of a question (or ``all``).

    Returns
    -------
    DataFrame
        Indexed by group: text columns ``place, question, kind, values`` and the
        number ``figures``.
    """
    rows = disagreeing
    if place:
        rows = rows[rows["place"] == place]
    if question != ALL:
        rows = rows[rows["question"] == question]
    if rows.empty:
        return pd.DataFrame(columns=["place", "question", "kind", "figures", "values"])
    rows = rows.assign(said=described(facts, rows, lang)["value"])
    gap = t("common.list_gap", lang)
    first = rows.groupby("group").first()
    size = rows.groupby("group").size()
    rare = first["question"].map(first["question"].value_counts())
    table = pd.DataFrame(
        {
            "place": columns.spoken_of(facts, first, lang),
            "question": [family_name(facts, q, lang) for q in first["question"]],
            "figures": size,
            "values": rows.groupby("group")["said"].agg(
                lambda said: gap.join(dict.fromkeys(said))
            ),
            "kind": [t(f"data.kind_{kind}", lang) for kind in first["kind"]],
        }
    )
    order = pd.DataFrame({"size": -size, "rare": rare, "place": first["place"]})
    return table.loc[order.sort_values(["size", "rare", "place"], kind="stable").index]


def side_by_side(
    facts: Facts, disagreeing: pd.DataFrame, group: str, lang: str
) -> pd.DataFrame:
    """Return the figures of one set, each with its scope.

    Returns
    -------
    DataFrame
        Those of :func:`app.ui.figures.described`, ``caveat`` (of the indicator) and
        ``selection`` (of the source).
    """
    rows = disagreeing[disagreeing["group"] == group]
    caveats = facts.indicators.loc[rows["indicator"], f"caveat_{lang}"]
    selections = facts.sources.loc[rows["source_id"], f"selection_{lang}"]
    return described(facts, rows, lang).assign(
        caveat=caveats.to_numpy(), selection=selections.to_numpy()
    )


def found(facts: Facts, rows: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return figures found by the search, in words.

    Returns
    -------
    DataFrame
        Those of :func:`app.ui.figures.described`, with ``place`` (its name),
        ``at`` (what it speaks of) and ``code``.
    """
    return described(facts, rows, lang).assign(
        place=columns.spoken_of(facts, rows, lang),
        at=[t(f"data.at_{name}", lang) for name in speaks_of(rows)],
        code=rows["place"],
        source_id=rows["source_id"],
        indicator_id=rows["indicator"],
    )


def fresh(facts: Facts, newest: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return how many indicators of each pillar are newest of each year.

    Parameters
    ----------
    facts : Facts
    newest : DataFrame
        Of :func:`data.overview.freshness`.
    lang : {"zh", "en"}

    Returns
    -------
    DataFrame
        ``pillar`` (its name), ``year``, ``indicators`` (how many), ``names``.
    """
    names = facts.indicators[f"name_{lang}"]
    named = newest.assign(name=newest.index.map(names))
    table = named.groupby(["pillar", "year"], as_index=False).agg(
        indicators=("name", "size"), names=("name", t("common.list_gap", lang).join)
    )
    order = table["pillar"].map({name: at for at, name in enumerate(PILLARS)})
    table = table.loc[order.sort_values(kind="stable").index]
    return table.assign(
        pillar=[t(f"common.pillar_{name}", lang) for name in table["pillar"]]
    )


def written(share: float, lang: str) -> str:
    """Write a share of 0 to 1 as a percentage; nothing where there is none."""
    return "" if share != share else f"{number(round(100 * share), lang)}%"
