"""Why a place ranks where it does, by groups of like indicators, in plain words.

Indicators of one pillar that rank the candidates alike tell one story, and the trees
may take any of them: they are told as one group. A reason is stable when it stays among
the place's strongest in the resamples of :mod:`model.resample`, cut as the score is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from features.lineage import origin
from model.evidence import PRESENCE, figure, pillar_of
from model.explain import Parts, parts
from model.reasons import indicator_text, leans, presence_text
from model.score import Model, UnknownNameError
from model.wording import Text, signed

# Every two indicators of a group have this rank correlation, over at least so many
# candidates with both figures.
ALIKE, TOGETHER = 0.8, 30
REASONS, NAMED, CITED = 2, 4, 3
# What contributes less is no reason. A gap is told by two groups, or by three when two
# make less than a share of it.
LEAST, ENOUGH, EQUAL = 0.01, 0.8, 1e-9
# A reason is stable when it is among the TOP strongest of its sign in this share of
# the resamples.
TOP, STABLE = 3, 0.7
TERMS = {
    "same_segment": Text("本领域已有动态", "Events of the segment"),
    "related_segments": Text("相近领域动态", "Events of related segments"),
    "specialisation": Text("对本领域的偏重", "Lean to the segment"),
    "stated": Text("研究报告的提及", "Statements of reports"),
}
Figure = tuple[Text, list[dict[str, str]]]
Entry = dict[str, Any]
Drawn = np.ndarray | None


@dataclass(frozen=True)
class Group:
    """Indicators that tell one story, or a presence term.

    ``members`` are presence terms or ``level:indicator``, what counts most over the
    candidates first: it gives ``key`` and ``name``. ``features`` are columns of
    :attr:`model.explain.Parts.table`.
    """

    key: str
    name: Text
    pillar: str
    members: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(frozen=True)
class Cut:
    """Every candidate's score for one segment, cut into groups.

    ``groups`` hold every feature of ``split`` once; ``unseen`` (P, T) says which places
    lack the figure of an indicator.
    """

    split: Parts
    groups: dict[str, Group]
    unseen: pd.DataFrame

    @cached_property
    def table(self) -> pd.DataFrame:
        """Contributions by place and group, (P, G); rows sum to the score."""
        table, groups = self.split.table, self.groups.values()
        return pd.DataFrame({g.key: table[[*g.features]].sum(axis=1) for g in groups})

    @cached_property
    def matters(self) -> pd.Series:
        """Mean size of each indicator's part, over the places that have a figure."""
        return weights(self.split, self.unseen)


def weights(split: Parts, unseen: pd.DataFrame) -> pd.Series:
    """Return the mean size of indicators' parts over the places that have a figure.

    Parameters
    ----------
    split : Parts
    unseen : DataFrame, shape (P, T)
        Which places lack the figure of an indicator.
    """
    sizes = split.by_theme[unseen.columns].abs()
    return sizes.where(~unseen).mean().fillna(0.0)


def figures_of(model: Model, level: str, themes: Sequence[str]) -> pd.DataFrame:
    """Return each candidate's figures, or its city's, of ``level:indicator``."""
    table, found = model.tables[level], {}
    for theme in themes:
        whose, indicator = theme.split(":")
        values = table.values[whose][indicator].to_numpy()
        if whose != level:
            values = np.where(table.parent >= 0, values[table.parent], np.nan)
        found[theme] = values
    return pd.DataFrame(found, index=table.history.places)


def clusters(figures: pd.DataFrame) -> list[list[str]]:
    """Group columns that rank alike by complete linkage: each two, by ``ALIKE``."""
    names = pd.Series(list(figures))
    if len(names) < 2:
        return [list(names)]
    alike = figures.rank().corr(min_periods=TOGETHER).fillna(0.0).to_numpy()
    apart = np.clip(1.0 - alike, 0.0, 2.0) * (1.0 - np.eye(len(names)))
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(apart, checks=False), "complete")
    number = fcluster(tree, 1.0 - ALIKE + 1e-9, "distance")
    return [list(group) for _, group in names.groupby(number)]


def cut(model: Model, segment: str, level: str, split: Parts | None = None) -> Cut:
    """Cut the score of every candidate into groups.

    Parameters
    ----------
    model : Model
    segment, level : str
    split : Parts, optional
        From :func:`model.explain.parts`, where it is known already.
    """
    split = parts(model, segment, level) if split is None else split
    sizes = split.by_theme.abs().mean()
    pillar = {key: pillar_of(model, n[0], level) for key, n in split.themes.items()}
    themes = [key for key in pillar if pillar[key] != PRESENCE]
    figures = figures_of(model, level, themes)
    found = [[key] for key in pillar if pillar[key] == PRESENCE]
    for own in dict.fromkeys(pillar[key] for key in themes):
        found += clusters(figures[[key for key in themes if pillar[key] == own]])
    groups = {}
    for names in found:
        members = sorted(names, key=lambda key: (-sizes[key], key))
        key, features = members[0], [f for m in members for f in split.themes[m]]
        name = name_of(model, key, level)
        groups[key] = Group(key, name, pillar[key], tuple(members), tuple(features))
    return Cut(split, groups, figures.isna())


def name_of(model: Model, theme: str, level: str) -> Text:
    """Name a presence term or an indicator."""
    whose, key = theme.split(":")
    if whose == PRESENCE:
        return TERMS[key]
    rows = model.facts.indicators
    zh, en = str(rows.at[key, "name_zh"]), str(rows.at[key, "name_en"])
    return Text(zh, en) if whose == level else Text(f"所在城市{zh}", f"{en} (its city)")


def cited(model: Model, sources: list[dict[str, str]]) -> Text:
    """Name sources with their years, the first few of them."""
    years = {source["source_id"]: source["period"] for source in sources}
    zh, en = [], []
    for name, period in list(years.items())[:CITED]:
        title, title_en = model.facts.sources.loc[name, ["title", "title_en"]]
        year, until = period.removeprefix(".."), period.startswith("..")
        zh.append(f"《{title}》（{'至' * until}{year}）")
        en.append(f"{title_en} ({'to ' * until}{year})")
    more = len(years) - CITED
    return Text(
        f"来源：{'、'.join(zh)}" + f"等{len(years)}种" * (more > 0),
        f"Source: {'; '.join(en)}" + f" and {more} more" * (more > 0),
    )


def figure_text(model: Model, view: Cut, theme: str, place: str) -> Figure | None:
    """Say a term's count or an indicator's figure at a place; None without one."""
    split, level = view.split, view.split.level
    if theme.startswith(PRESENCE):
        return presence_text(model, theme.split(":")[1], split.segment, level, place)
    for name in _ordered(split.table.loc[place, split.themes[theme]].abs()).index:
        found = figure(model, name, level, place)
        if origin(name, level).kind != "observed" and found["sources"]:
            return indicator_text(model, name, level, place), found["sources"]
    return None


def tell(
    model: Model, view: Cut, key: str, places: list[str], share: float | None = None
) -> Entry:
    """Say what a group does at a place, or in the gap between two.

    Returns
    -------
    dict
        ``group, name_zh, name_en, pillar, size`` (indicators), ``contribution, text_zh,
        text_en`` (``said_zh, said_en`` without sources and stability), ``sources,
        share, stable`` (None without resamples). No sources only where the text says
        that there is no figure.
    """
    group, level = view.groups[key], view.split.level
    rows = view.split.by_theme.loc[places, list(group.members)]
    row = rows.iloc[0] - rows.iloc[1:].sum()
    value, others = float(row.sum()), len(group.members) - 1
    zh, en, sources = [f"{group.name.zh}：无数字"], [f"{group.name.en}: no figure"], []
    for theme in _ordered(row if value >= 0 else -row).index:
        found = [figure_text(model, view, theme, place) for place in places]
        told = [entry for entry in found if entry is not None]
        if len(told) == len(places):
            zh, en = [text.zh for text, _ in told], [text.en for text, _ in told]
            sources = [source for _, cites in told for source in cites]
            break
    if len(places) > 1 and sources:
        who = model.facts.places.loc[level].loc[places]
        zh = [f"{name}：{text}" for name, text in zip(who["name_zh"], zh, strict=True)]
        en = [f"{name}: {text}" for name, text in zip(who["name_en"], en, strict=True)]
        faded = key.endswith(("_segment", "_segments"))
        zh += ["近期的计得多"] * faded
        en += ["recent events count more"] * faded
    zh += [f"{f'与同向的另{others}项合计' if others else '贡献'}{signed(value)}"]
    en += [f"{f'with {others} that move with it ' if others else ''}{signed(value)}"]
    said, source = Text("；".join(zh), "; ".join(en)), cited(model, sources)
    zh, en = zh + [source.zh] * bool(sources), en + [source.en] * bool(sources)
    if share is not None and share < STABLE:
        zh += [f"不稳：{share:.0%}的重抽样中居前{TOP}"]
        en += [f"not stable: in the top {TOP} of {share:.0%} of resamples"]
    return {
        **{"group": key, "name_zh": group.name.zh, "name_en": group.name.en},
        **{"pillar": group.pillar, "size": others + 1, "contribution": value},
        **{"text_zh": "；".join(zh), "text_en": "; ".join(en), "sources": sources},
        **{"said_zh": said.zh, "said_en": said.en},
        **{"share": share, "stable": None if share is None else share >= STABLE},
    }


def account(model: Model, view: Cut, place: str, drawn: Drawn = None) -> Entry:
    """Account for a place's score; ``drawn`` is from :func:`~model.why_draws.redrawn`.

    Returns
    -------
    dict
        ``score``, which is ``presence + fundamentals``; ``pillars`` and ``groups``
        (largest first), each of which sums to it; ``reasons``, the two strongest groups
        with a figure; ``weakness``, the most negative group or None (see :func:`tell`);
        ``unknown`` (see :func:`unknown`).
    """
    row = _ordered(_row(view.table, place))
    own = [view.groups[key].pillar for key in row.index]
    pillars, shares = _ordered(row.groupby(own).sum()), steadiness(view, drawn, [place])
    spoken: list[Entry] = []
    even = not leans(model, view.split.segment, view.split.level, place)
    for key in row.index[row.to_numpy() >= LEAST]:
        entry = tell(model, view, key, [place], shares.get(key))
        flat = even and key == f"{PRESENCE}:specialisation"
        spoken += [entry] * bool(entry["sources"] and not flat)
        if len(spoken) == REASONS:
            break
    weakness = tell(model, view, row.index[-1], [place], shares.get(row.index[-1]))
    score, there = float(view.split.table.loc[place].sum()), float(pillars[PRESENCE])
    return {
        **{"place": place, "score": score, "presence": there},
        "fundamentals": float(pillars.drop(PRESENCE).sum()),
        **{"pillars": pillars.to_dict(), "groups": row.to_dict(), "reasons": spoken},
        "weakness": weakness if row.iloc[-1] <= -LEAST else None,
        "unknown": unknown(model, view, place),
    }


def unknown(model: Model, view: Cut, place: str) -> Entry:
    """Say which indicators that the ranking uses have no figure of a place.

    Returns
    -------
    dict
        ``indicators`` (how much each matters on average, most first), ``share`` (their
        part in what all matter), ``contribution`` (what they do to the score here
        nevertheless), ``text_zh, text_en``.
    """
    matters = view.matters[view.matters > 0]
    without = _ordered(matters[view.unseen.loc[place, matters.index]])
    names = [name_of(model, key, view.split.level) for key in without.index[:NAMED]]
    share = float(without.sum() / matters.sum()) if names else 0.0
    said, more = f"{share:.1%}" if share >= 5e-4 else "<0.1%", len(without) > NAMED
    zh, en = f"起作用的{len(matters)}项指标都有数字", "All figures that count are known"
    if names:
        listed = "、".join(name.zh for name in names) + "等" * more
        zh = f"没有数字：{listed}{len(without)}项，平均占指标影响的{said}"
        listed = "; ".join(name.en for name in names) + "; ..." * more
        en = f"No figure of {len(without)} of {len(matters)} indicators ({listed}),"
        en += f" {said} of what indicators matter on average"
    effect = float(view.split.by_theme.loc[place, without.index].sum())
    found = {"indicators": without.to_dict(), "share": share, "contribution": effect}
    return {**found, "text_zh": zh, "text_en": en}


def versus(
    model: Model, view: Cut, place: str, other: str, drawn: Drawn = None
) -> Entry:
    """Say why one of two places is above the other.

    Returns
    -------
    dict
        ``above, below`` (the higher score first), ``gap``, which is the sum of the
        contributions of ``drivers`` (two or three groups), of ``against`` (the group
        that speaks most for the other, or None) and of ``rest``; ``chance`` (share of
        the rank draws with the first above, None without), ``text_zh, text_en``.
    """
    scores = view.table.sum(axis=1)
    gap = _row(scores, place) - _row(scores, other)
    # Equal scores differ by how they are summed: their codes decide, as in the ranking.
    if gap < -EQUAL or (gap <= EQUAL and other < place):
        place, other = other, place
    pair, gap = [place, other], abs(float(gap))
    row, shares = view.table.loc[pair], steadiness(view, drawn, pair)
    row = _ordered(row.iloc[0] - row.iloc[1])
    count = REASONS + int(row.iloc[:REASONS].sum() < ENOUGH * gap)
    keys = [key for key in row.index[:count] if row[key] > 0]
    drivers = [tell(model, view, key, pair, shares.get(key)) for key in keys]
    against = tell(model, view, row.index[-1], pair, shares.get(row.index[-1]))
    told = [*drivers, against] if row.iloc[-1] < 0 else drivers
    rest = gap - sum(entry["contribution"] for entry in told)
    draws = model.drawn(view.split.segment, view.split.level)
    chance = None if draws is None else draws.chance_above(place, other)
    names = model.facts.places.loc[view.split.level].loc[pair]
    often = [f"{chance:.0%}"] if chance is not None else []
    zh = [
        f"{'比'.join(names['name_zh'])}高{gap:.2f}",
        *(f"{n}的重抽样中如此" for n in often),
    ]
    en = [f"{' is above '.join(names['name_en'])} by {gap:.2f}"]
    en += [f"so in {n} of resamples" for n in often]
    for entry in [
        *told,
        {"name_zh": "其余", "name_en": "all else", "contribution": rest},
    ]:
        zh += [f"{entry['name_zh']} {signed(entry['contribution'])}"]
        en += [f"{entry['name_en']} {signed(entry['contribution'])}"]
    return {
        **{"above": place, "below": other, "gap": gap, "drivers": drivers},
        **{"against": against if len(told) > len(drivers) else None, "rest": rest},
        **{"chance": chance, "text_zh": "；".join(zh), "text_en": "; ".join(en)},
    }


def _ordered(row: pd.Series) -> pd.Series:
    return row.sort_values(ascending=False, kind="stable")


def _row(table: Any, place: str) -> Any:
    """Return the row of a place; refuse one that is not ranked."""
    if place not in table.index:
        raise UnknownNameError("place", place, list(table.index))
    return table.loc[place]


def steadiness(view: Cut, drawn: Drawn, places: list[str]) -> dict[str, float]:
    """Return in which share of the resamples a group is in the ``TOP`` of its sign."""
    if drawn is None:
        return {}
    at = view.table.index.get_indexer(places)
    values = drawn[:, at[0]] - drawn[:, at[1:]].sum(axis=1)
    shown = view.table.iloc[at[0]] - view.table.iloc[at[1:]].sum()
    found = {}
    for number, sign in enumerate(np.where(shown > 0, 1.0, -1.0)):
        mine = sign * values[:, [number]]
        top = (sign * values > mine).sum(axis=1) < TOP
        found[shown.index[number]] = float(np.mean(top & (mine[:, 0] > 0)))
    return found
