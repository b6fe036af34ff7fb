"""The model card: what a model is for, rests on and has proved, in two languages.

Its words are in ``card_zh.toml`` and ``card_en.toml``; every figure comes from the
manifest or the facts (Mitchell et al. 2019, Model cards for model reporting).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from data.files import replacing
from data.schema import LEVELS
from features import shift
from model import champion, store, task
from model.manifest import METRIC
from model.score import Model, confidence
from model.wording import figure, per_cent, with_interval

LANGS = tuple(store.CARDS)
# Tasks whose segments are listed one by one.
LISTED = champion.TASKS


@lru_cache(maxsize=len(LANGS))
def words(lang: str) -> dict[str, dict[str, str]]:
    """Return the words of a card in a language, by section and key."""
    path = Path(__file__).with_name(f"card_{lang}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def write(folder: Path, model: Model) -> list[Path]:
    """Write the card of a stored model beside it, in each language."""
    paths = []
    for lang, name in store.CARDS.items():
        with replacing(folder / name) as draft:
            draft.write_text(render(model, lang), encoding="utf-8")
        paths.append(folder / name)
    return paths


def render(model: Model, lang: str) -> str:
    """Return the card of a model as Markdown."""
    card = Card(model, lang)
    lines = [f"# {card.say('heading', 'title', as_of=model.as_of)}"]
    for name, body in (
        ("purpose", card.purpose),
        ("data", card.data),
        ("protocol", card.protocol),
        ("recipe", card.recipe),
        ("figures", card.figures),
        ("segments", card.segments),
        ("ranges", card.ranges),
        ("limits", card.limits),
        ("champion", card.champion),
        ("versions", card.versions),
    ):
        lines += ["", f"## {card.say('heading', name)}"]
        for block in body():
            lines += ["", block]
    return "\n".join(lines) + "\n"


def period(first: str, last: str) -> str:
    """Return a span of months or years."""
    if not first:
        return "-"
    return first if first == last else f"{first}..{last}"


class Card:
    """The parts of a card, each a list of paragraphs and tables.

    Parameters
    ----------
    model : Model
        With the manifest it was stored with.
    lang : {"zh", "en"}
    """

    def __init__(self, model: Model, lang: str) -> None:
        self.model, self.lang = model, lang
        self.facts, self.known = model.facts, model.known
        self.manifest: dict[str, Any] = dict(model.manifest)
        self.metrics: list[dict[str, Any]] = self.manifest["metrics"]

    def say(self, section: str, key: str, **values: object) -> str:
        """Return a phrase with its placeholders filled."""
        return words(self.lang)[section][key].format(**values)

    def called(self, section: str, key: str) -> str:
        """Return the word for an id; the id where there is none."""
        return words(self.lang)[section].get(key, key)

    def joined(self, names: Iterable[str], by: str = "comma") -> str:
        """Return names as a list in a sentence."""
        listed = self.say("word", by).join(names)
        return listed or self.say("word", "none")

    def table(self, columns: list[str], rows: Iterable[Iterable[object]]) -> str:
        """Return a Markdown table; columns are keys of section ``column``."""
        names = [self.called("column", name) for name in columns]
        lines = [names, ["---"] * len(names), *rows]
        return "\n".join(
            f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |"
            for line in lines
        )

    def of_source(self, source: str, name: str) -> str:
        """Return the producer or title of a source in the card's language."""
        key = name if self.lang == "zh" else f"{name}_en"
        return str(self.facts.sources.at[source, key])

    def segment(self, segment: str) -> str:
        """Return a segment's name."""
        return str(self.facts.segments.at[segment, f"name_{self.lang}"])

    def purpose(self) -> list[str]:
        """Return what the model is for, and what not."""
        return [self.say("text", key) for key in ("purpose_for", "purpose_not")]

    def data(self) -> list[str]:
        """Return the sources with period, licence and counts."""
        events = self.known.outcomes.pivot_table(
            index="source_id", columns="level", values="count", aggfunc="sum"
        )
        events = events.reindex(columns=list(LEVELS)).fillna(0)
        rows, notes = [], []
        for source in events.index:
            entry = self.facts.sources.loc[source]
            title = self.of_source(source, "title")
            counts = [f"{events.at[source, level]:,.0f}" for level in LEVELS]
            span = period(entry["covers_from"], entry["covers_to"])
            rows.append([title, span, *counts, entry["licence_received"]])
            selection = str(entry[f"selection_{self.lang}"])
            said = self.say("text", "outcome_line", title=title, selection=selection)
            notes.append(f"- {said}")
        columns = ["source", "period", "cities", "districts", "licence"]
        as_of = self.model.as_of
        return [
            self.say("text", "outcomes", as_of=as_of),
            self.table(columns, rows),
            "\n".join(notes),
            *self._observations(),
        ]

    def _observations(self) -> list[str]:
        grouped = self.known.observations.groupby("source_id")["period"]
        spans = grouped.agg(["min", "max", "size"])
        rows = []
        for source, first, last, count in spans.itertuples(name=None):
            entry = self.facts.sources.loc[source]
            title = self.of_source(source, "title")
            if entry["second_hand"]:
                title += self.say("text", "second_hand")
            producer, licence = (
                self.of_source(source, "producer"),
                entry["licence_received"],
            )
            rows.append([title, producer, period(first, last), f"{count:,}", licence])
        said = self.say(
            "text",
            "observations",
            as_of=self.model.as_of,
            count=f"{spans['size'].sum():,}",
            sources=len(spans),
        )
        columns = ["source", "producer", "period", "count", "licence"]
        return [said, self.table(columns, rows)]

    def protocol(self) -> list[str]:
        """Return how the figures came about."""
        judged = {
            (entry["as_of"], entry["horizon_months"]): None for entry in self.metrics
        }
        said = [
            self.say(
                "text",
                "protocol_origin",
                origin=origin,
                months=months,
                until=shift(origin, months),
            )
            for origin, months in judged
        ]
        said.append(self.say("text", "protocol_gain", least=task.MIN_POSITIVE))
        names = self.joined(words(self.lang)["task"].values())
        said.append(self.say("text", "protocol_tasks", tasks=names))
        said.append(self.say("text", "protocol_known"))
        lessons = [
            self._lessons(level, task.training_cutoffs(self.model.as_of, level))
            for level in LEVELS
        ]
        return [*said, "\n".join(f"- {lesson}" for lesson in lessons)]

    def _lessons(self, level: str, cutoffs: list[tuple[str, int]]) -> str:
        months = [month for month, _ in cutoffs]
        values = {"count": len(months), "first": min(months), "last": max(months)}
        return self.say("text", "lessons", level=self.called("level", level), **values)

    def recipe(self) -> list[str]:
        """Return the parameters."""
        return [self.table(["parameter", "value"], self.manifest["recipe"].items())]

    def figures(self) -> list[str]:
        """Return the model next to its best baseline, by level, task and metric."""
        rows = [
            self._figure_row(entry["level"], name, judged, metric)
            for entry in self.metrics
            for name, judged in entry["tasks"].items()
            for metric in judged["model"]
        ]
        columns = [
            *("level", "task", "metric", "model", "best", "lift"),
            *("ceiling", "room", "blind", "judged"),
        ]
        return [self.table(columns, rows), self.say("text", "figures_note")]

    def _figure_row(
        self, level: str, name: str, judged: dict[str, Any], metric: str
    ) -> list[str]:
        best = judged["best_baseline"][metric]
        blind = judged.get("segment_blind")
        value = figure(judged["baselines"][best][metric])
        return [
            self.called("level", level),
            self.called("task", name),
            metric,
            figure(judged["model"][metric]),
            f"{value} {self.called('ranking', best)}",
            with_interval(judged["lift"][metric]),
            figure(judged["ceiling"].get(metric)),
            per_cent(judged["share_of_room"].get(metric), "+.0f"),
            with_interval(blind["lift"][metric]) if blind else "-",
            str(judged.get("places", judged["segments"])),
        ]

    def segments(self) -> list[str]:
        """Return each segment's evidence, and where the model is above its baseline."""
        lifts = {
            (entry["level"], row["task"], row["segment"]): row["model"][METRIC]
            - row["best_baseline"][METRIC]
            for entry in self.metrics
            for row in entry["by_segment"]
            if row["task"] in LISTED
        }
        cells = list(dict.fromkeys((level, name) for level, name, _ in lifts))
        rows = []
        for segment in self.facts.segments.index:
            grade = confidence(self.model, segment) or self.say("word", "none")
            own = [lifts.get((*cell, segment)) for cell in cells]
            shown = ["-" if value is None else f"{value:+.3f}" for value in own]
            rows.append([self.segment(segment), grade, *shown])
        headed = [
            f"{self.called('level', level)} {self.called('task', name)}"
            for level, name in cells
        ]
        note = self.say("text", "segments_note", least=task.MIN_POSITIVE)
        table = self.table(["segment", "grade", *headed], rows)
        sides = [f"- {self._sides(*cell, lifts)}" for cell in cells]
        return [note, table, *(["\n".join(sides)] if sides else [])]

    def _sides(
        self, level: str, name: str, lifts: dict[tuple[str, str, str], float]
    ) -> str:
        own = {
            key[2]: value for key, value in lifts.items() if key[:2] == (level, name)
        }
        above = [self.segment(one) for one, value in own.items() if value > 0]
        below = [self.segment(one) for one, value in own.items() if value <= 0]
        return self.say(
            "text",
            "above",
            level=self.called("level", level),
            task=self.called("task", name),
            above=len(above),
            count=len(own),
            names_above=self.joined(above),
            names_below=self.joined(below),
        )

    def ranges(self) -> list[str]:
        """Return what ranges of ranks rest on."""
        if not self.model.draws:
            return [self.say("text", "no_ranges")]
        levels = self.joined(self.called("level", level) for level in self.model.draws)
        draws = max(ranks.shape[1] for ranks in self.model.draws.values())
        return [self.say("text", "ranges", draws=draws, levels=levels)]

    def limits(self) -> list[str]:
        """Return what a reader must know before trusting a rank."""
        counted = self.known.outcomes.query("level == 'city'")
        counts = counted.groupby("place")["count"].sum()
        top = counts.reindex(list(task.BIG_FIVE)).sum() / max(counts.sum(), 1)
        share = per_cent(top, ".0f")
        used = sorted(self.known.outcomes["source_id"].unique())
        spans = self.facts.sources.loc[used, ["covers_from", "covers_to"]]
        covered = [
            f"{self.of_source(source, 'title')} {period(first, last)}"
            for source, first, last in spans.itertuples(name=None)
            if first
        ]
        cities = [
            str(self.facts.places.at[("city", code), f"name_{self.lang}"])
            for code in task.BIG_FIVE
        ]
        said = [
            self.say("text", "limit_proxy"),
            self.say("text", "limit_popular", baselines=self._baselines()),
            self.say("text", "limit_text"),
            self.say("text", "limit_months", covered=self.joined(covered, "semicolon")),
            self.say("text", "limit_top", cities=self.joined(cities), share=share),
            self.say("text", "limit_origin"),
        ]
        return ["\n".join(f"- {line}" for line in said)]

    def _baselines(self) -> str:
        """Name the best baseline on all places of each level and its figure."""
        found = []
        for entry in self.metrics:
            judged = entry["tasks"]["all"]
            if METRIC in judged["best_baseline"]:
                best = judged["best_baseline"][METRIC]
                value = figure(judged["baselines"][best][METRIC])
                level = self.called("level", entry["level"])
                name = self.called("ranking", best)
                said = self.say("text", "baseline", value=value, level=level, name=name)
                found.append(said)
        return self.joined(found)

    def champion(self) -> list[str]:
        """Return how the model compared with the one before it."""
        said = self.manifest["promotion"]
        rule = self.say("text", "rule")
        reason = self.called("reason", said.get("reason", champion.FIRST))
        if not said.get("differences"):
            return [self.say("text", "champion_none", reason=reason), rule]
        kind = "places" if said["places_resampled"] else "segments"
        held = self.say(
            "text",
            "champion_held",
            file=said["champion"]["file"],
            as_of=said["champion"]["as_of"],
            origin=said["origin"],
            reason=reason,
            resampled=self.called("resampled", kind),
        )
        rows = [
            [
                self.called("level", one["level"]),
                self.called("task", one["task"]),
                figure(one["champion"]),
                figure(one["challenger"]),
                with_interval(one),
                one["segments"],
            ]
            for one in said["differences"]
        ]
        columns = ["level", "task", "champion", "challenger", "difference", "judged"]
        return [held, self.table(columns, rows), rule]

    def versions(self) -> list[str]:
        """Return libraries, and the checksums that the manifest vouches with."""
        held = self.manifest
        libraries = self.joined(f"{k} {v}" for k, v in held["libraries"].items())
        values = {"python": held["python"], "seed": held["seed"]}
        rows = [(held["file"], held["sha256"])]
        rows += [(one["file"], one["sha256"]) for one in held["draws"].values()]
        rows += [(self.say("word", key), held[key]) for key in ("facts", "code")]
        said = self.say("text", "versions", libraries=libraries, **values)
        return [said, self.table(["what", "checksum"], rows)]
