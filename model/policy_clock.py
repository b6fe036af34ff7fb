"""The policy clock: which known policies of a place run, end soon or are over.

The ranking reads no policy one by one, so no share of a score ends with one. What is
told instead: how many of the known policies are in which state; what the pillar
``policy`` rests on (designations, spending); and how old the reports are that the
presence term ``stated`` reads. Contributions are those of :mod:`model.explain`.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from data import Facts
from data.catalog import year_ends
from data.schema import LEVELS
from features.as_of import months_between, shift
from model.evidence import PRESENCE, figure, pillar_of, statements
from model.explain import Parts, parts
from model.policy_periods import (
    COLUMNS,
    DATED,
    STATES,
    THERE,
    YEAR,
    check_month,
    first_month,
    holders,
    last_month,
    policies,
    relation,
    tallies,
)
from model.score import Model, UnknownNameError, check_segment
from model.wording import Text, per_cent

# Statements of reports that were published longer ago are called old.
OLD_YEARS = 3
HOLDERS = {
    "own": Text("本地", "its own"),
    "city": Text("所在城市", "its city's"),
    "province": Text("所在省份", "its province's"),
}
LEVEL_NAMES = {"city": Text("城市", "cities"), "district": Text("区县", "districts")}
NOTES = (
    Text(
        "清单只含报告与网页提到的政策，不是全部；没有写明期限不等于长期有效。",
        "The list holds what reports and pages name, not every policy; no stated end"
        " does not mean no end.",
    ),
    Text(
        "写明的期限已过，不等于作用已停：延长或由新政策接替的，事实里不一定有记载。",
        "Past its stated end a policy may have been extended or replaced; the facts do"
        " not always say so.",
    ),
    Text(
        "国家政策对各地相同，没有计入；园区和国家级称号在事实里没有终止日期。",
        "National policies are the same everywhere and left out; zones and national"
        " designations have no end in the facts.",
    ),
)
AFTER = Text(
    "所问的月份晚于排序已知的最后一月：贡献仍是那时的，其后发布或延长的政策可能没有收进来。",
    "The month asked for is later than the last the ranking knows: contributions are"
    " of that month, and policies issued or extended since may be missing.",
)


def clock(
    model: Model,
    place: str,
    level: str,
    segment: str | None = None,
    today: str | None = None,
    split: Parts | None = None,
) -> dict[str, Any]:
    """Say how much of what is known of a place rests on policies that end.

    Parameters
    ----------
    model : Model
    place, level : str
    segment : str, optional
        Policies that name it, and those for AI as a whole; by default all policies,
        and nothing of the score.
    today : str, optional
        Month ``YYYY-MM``; by default the model's own.
    split : Parts, optional
        The scores of the segment in parts, where they are at hand.

    Returns
    -------
    dict
        Ready for JSON: ``policies`` (each with ``state``, ``holder`` and sources),
        ``counts`` by state, ``shares`` of those that have been there, ``stated`` (of
        those with a stated end), ``median`` (of the places with any), ``score`` (None
        without a segment), ``notes``, ``text_zh`` and ``text_en``, and these by
        sentence: ``sentences_zh``, ``sentences_en``.

    Raises
    ------
    UnknownNameError
        When the place, level or segment is not one of ours.
    ValueError
        When ``today`` is no month.
    """
    facts = model.facts
    if level not in LEVELS:
        raise UnknownNameError("level", level, list(LEVELS))
    if (level, place) not in facts.places.index:
        raise UnknownNameError("place", place, list(facts.places.loc[level].index))
    if segment is not None:
        check_segment(facts, segment)
    today = check_month(today or model.as_of)
    table = policies(facts, today)
    table["relation"] = [relation(row, segment) for row in table.itertuples()]
    reach = table[table["relation"] != "other"]
    here = holders(facts, level, place)
    listed = [
        _entry(row, holder, facts, today)
        for holder, (at, code) in here.items()
        for row in reach[(reach["level"] == at) & (reach["place"] == code)].itertuples()
    ]
    order = list(STATES)
    listed.sort(key=lambda p: (order.index(p["state"]), p["until"], p["title"]))
    grid = tallies(facts, reach, level)
    everyone = tallies(facts, table, level).loc[place].sum()
    answer: dict[str, Any] = {
        "place": place,
        "level": level,
        "name_zh": str(facts.places.at[(level, place), "name_zh"]),
        "name_en": str(facts.places.at[(level, place), "name_en"]),
        "segment": segment,
        "today": today,
        "as_of": model.as_of,
        "policies": listed,
        "left_out": int(everyone) - len(listed),
        **_summary(grid.loc[place]),
        "median": _median(grid),
        "score": None
        if segment is None
        else _score(split or parts(model, segment, level), model, place, today),
    }
    notes = [*NOTES, AFTER] if today > model.as_of else list(NOTES)
    answer["notes"] = [{"text_zh": note.zh, "text_en": note.en} for note in notes]
    said = _said(answer, facts)
    for lang in ("zh", "en"):
        told = answer[f"sentences_{lang}"] = [getattr(one, lang) for one in said]
        answer[f"text_{lang}"] = "".join(told)
    return answer


def _entry(row: Any, holder: str, facts: Facts, today: str) -> dict[str, Any]:
    """Return a policy ready for JSON."""
    values = dict(zip(COLUMNS, row[1:], strict=False))
    until = values["until"]
    return {
        **values,
        "holder": holder,
        "relation": row.relation,
        "months_left": months_between(today, last_month(until)) if until else None,
        "age_months": months_between(first_month(row.issued), today)
        if row.issued
        else None,
        **{name: list(values[name]) for name in ("segments", "topics")},
        "sources": [
            {
                "source_id": name,
                "locator": locator,
                "title": str(facts.sources.at[name, "title"]),
                "title_en": str(facts.sources.at[name, "title_en"]),
            }
            for name, locator in row.sources
        ],
        "state_zh": STATES[row.state].zh,
        "state_en": STATES[row.state].en,
    }


def _summary(row: pd.Series) -> dict[str, Any]:
    """Return counts by state, shares of those that have been there, and the dated."""
    counts = {state: int(row[state]) for state in STATES}
    there = sum(counts[state] for state in THERE)
    dated = sum(counts[state] for state in DATED)
    return {
        "counts": counts,
        "known": there,
        "shares": {state: counts[state] / there if there else None for state in THERE},
        "stated": {
            "policies": dated,
            **{state: counts[state] / dated if dated else None for state in DATED},
        },
    }


def _median(grid: pd.DataFrame) -> dict[str, Any]:
    """Return the medians of the places that any policy reaches, each by itself."""
    there = grid[list(THERE)].sum(axis=1)
    held = grid[there > 0]
    shares = held[list(THERE)].div(there[there > 0], axis=0)
    none = held.empty
    return {
        "places": len(grid),
        "with_any": len(held),
        "known": None if none else float(there[there > 0].median()),
        "counts": {s: None if none else float(held[s].median()) for s in STATES},
        "shares": {s: None if none else float(shares[s].median()) for s in THERE},
    }


def _score(split: Parts, model: Model, place: str, today: str) -> dict[str, Any]:
    """Return what of a place's score comes from policy, and what from reports.

    Contributions are exact, of :func:`model.explain.parts`: they count from the average
    candidate. None of them is of a single policy.
    """
    level, segment = split.level, split.segment
    if place not in split.table.index:
        raise UnknownNameError("place", place, list(split.table.index))
    row = split.table.loc[place]
    indicators = [
        _indicator(model, split, names, place, today)
        for names in split.themes.values()
        if pillar_of(model, names[0], level) == "policy"
    ]
    indicators.sort(key=lambda one: -abs(one["contribution"]))
    return {
        "score": float(row.sum()),
        "reads_single_policies": False,
        "policy": sum(one["contribution"] for one in indicators),
        "designations": sum(
            one["contribution"] for one in indicators if one["kind"] == "designation"
        ),
        "indicators": indicators,
        "stated": {
            "contribution": float(row[f"{PRESENCE}:stated"]),
            **_reports(model, segment, place, level, today),
        },
    }


def _indicator(
    model: Model, split: Parts, names: list[str], place: str, today: str
) -> dict[str, Any]:
    """Return the contribution of an indicator of the pillar, and how old it is."""
    # The figure itself is told by the feature that is not its interaction.
    named = min(names, key=lambda name: (name.startswith("lean:"), name))
    told = figure(model, named, split.level, place)
    entry = model.facts.indicators.loc[named.split(":")[-1]]
    periods = [source["period"] for source in told["sources"][:1]]
    flag = entry["measure"] == "flag"
    return {
        "indicator": str(entry["indicator"]),
        "of_city": split.level == "district" and "city:" in named,
        "name_zh": str(entry["name_zh"]),
        "name_en": str(entry["name_en"]),
        "kind": "designation" if flag else "figure",
        "contribution": float(split.table.loc[place, names].sum()),
        "held": bool(told["value"]) if flag else told["observed"],
        "period": periods[0] if periods else "",
        "age_months": months_between(last_month(periods[0]), today)
        if periods
        else None,
        "stated_end": None,
        "sources": told["sources"],
    }


def _reports(
    model: Model, segment: str, place: str, level: str, today: str
) -> dict[str, Any]:
    """Return the statements behind the term ``stated``, and how old their reports are.

    ``rests_on_old`` tells of the whole term, also of its absence: ``all`` of the
    reports read are older than :data:`OLD_YEARS`, ``some`` or ``none``. Of ``some``,
    the term has no share that could be told.
    """
    known = model.known
    count, cited = statements(model, segment, level, place)
    read = {*known.strengths["source_id"], *known.zones["source_id"]}
    named = [one["source_id"] for one in cited] if count else []
    published = year_ends(model.facts.sources.loc[sorted(read), "published"])
    reports = [
        {
            "source_id": name,
            "title": str(model.facts.sources.at[name, "title"]),
            "title_en": str(model.facts.sources.at[name, "title_en"]),
            "published": month,
            "age_months": months_between(month, today),
            "old": month < shift(today, -OLD_YEARS * YEAR),
            "statements": named.count(name),
        }
        for name, month in published.items()
    ]
    old = [one["old"] for one in reports]
    rests = "all" if old and all(old) else "some" if any(old) else "none"
    return {
        "statements": len(named),
        "old_statements": sum(one["statements"] for one in reports if one["old"]),
        "old_years": OLD_YEARS,
        "rests_on_old": rests,
        "newest_report": max((one["published"] for one in reports), default=""),
        "reports": reports,
        "sources": cited if count else [],
    }


def _said(answer: dict[str, Any], facts: Facts) -> list[Text]:
    """Say the answer in a few sentences: what is known, the median, the score."""
    many = answer["counts"]
    order = ("ended", "ends_within_a_year", "running", "no_stated_end")
    zh = "、".join(f"{STATES[s].zh}{many[s]}份" for s in order)
    en = ", ".join(f"{many[s]} {STATES[s].en}" for s in order)
    of = [(h, [p for p in answer["policies"] if p["holder"] == h]) for h in HOLDERS]
    there = [(h, sum(p["state"] in THERE for p in listed)) for h, listed in of]
    from_zh = "、".join(f"{HOLDERS[h].zh}{n}份" for h, n in there if n)
    from_en = ", ".join(f"{n} {HOLDERS[h].en}" for h, n in there if n)
    name = Text("", "")
    if answer["segment"] is not None:
        entry = facts.segments.loc[answer["segment"]]
        name = Text(f"与{entry['name_zh']}有关的", f" for {entry['name_en']}")
    today, known = answer["today"], answer["known"]
    out = [
        Text(
            f"截至{today}，{answer['name_zh']}已知{name.zh}政策{known}份"
            + (f"（{from_zh}）：{zh}。" if known else "。"),
            f"At {today}, policies known{name.en} in {answer['name_en']}: {known}"
            + (f" ({from_en}): {en}." if known else "."),
        )
    ]
    middle = answer["median"]
    if known and middle["with_any"]:
        kind = LEVEL_NAMES[answer["level"]]
        ours = per_cent(answer["shares"]["ended"], ".0f")
        theirs = per_cent(middle["shares"]["ended"], ".0f")
        out.append(
            Text(
                f"已过期限的占{ours}；有已知政策的{middle['with_any']}个{kind.zh}"
                f"（共{middle['places']}个）的中位数是{middle['known']:g}份、{theirs}。",
                f" {ours} are past their stated end; the median of the"
                f" {middle['with_any']} {kind.en} (of {middle['places']}) with any is"
                f" {middle['known']:g} policies and {theirs}.",
            )
        )
    if answer["score"] is not None:
        out += _score_said(answer["score"])
    return out


def _score_said(score: dict[str, Any]) -> list[Text]:
    """Say what of the score rests on policy and on old reports, and what does not."""
    stated = score["stated"]
    policy, titles, rest, reports = map(
        _signed,
        (
            score["policy"],
            score["designations"],
            score["policy"] - score["designations"],
            stated["contribution"],
        ),
    )
    years, newest = stated["old_years"], stated["newest_report"]
    age = {
        "all": Text(
            f"所读报告都早于{years}年（最新的发布于{newest}），这一项全部建立在旧陈述上",
            f"every report read is more than {years} years old (the newest of"
            f" {newest}), so the whole term rests on old statements",
        ),
        "some": Text(
            f"其中{stated['old_statements']}处出自{years}年以前的报告",
            f"{stated['old_statements']} of them in reports more than {years} years"
            " old",
        ),
        "none": Text(
            f"所读报告都在{years}年以内", f"no report read is older than {years} years"
        ),
    }[stated["rests_on_old"]]
    return [
        Text(
            "排序不逐份读取政策，得分中没有随某份政策到期的部分。"
            f"政策支柱贡献{policy}，其中国家级称号{titles}"
            f"（没有写明终止日期），其余{rest}来自财政支出等数字；"
            f"报告陈述项贡献{reports}（{stated['statements']}处），"
            f"{age.zh}。",
            " The ranking reads no policy one by one: no part of the score ends with"
            f" one. The policy pillar contributes {policy}: national designations"
            f" {titles} (no end stated), figures such as spending"
            f" {rest}. What reports state contributes"
            f" {reports} (statements: {stated['statements']});"
            f" {age.en}.",
        )
    ]


def _signed(value: float) -> str:
    """Return a contribution with its sign; what rounds to nothing has none."""
    return f"{round(value, 3) or 0.0:+.3f}"
