"""The page 验证 shows what the manifest holds, and says no more than it shows."""

import copy
import io
import re
from dataclasses import replace

import pandas as pd
import pytest

from app.ui import evidence_charts, evidence_tables
from app.ui.words import LANGS, t, words
from app.views import evidence_method
from model import card, resample
from model.champion import NOT_WORSE
from model.score import confidence
from tests.app_pages import asked, opener, table_of

CHINESE = re.compile("[\u3400-\u9fff]")
SIGNED = r"[+-]\d\.\d+"
# Made-up intervals, and what must be said of each.
MADE = {
    "better": {"value": 0.04, "low": 0.001, "high": 0.08},
    "worse": {"value": -0.04, "low": -0.08, "high": -0.001},
    "same": {"value": 0.04, "low": -0.001, "high": 0.08},
}


@pytest.fixture
def visit(monkeypatch):
    """Open the page of a model with some parameters in its URL."""

    def open_page(model, **params):
        page = opener("evidence", model, monkeypatch)(**params)
        assert not page.error
        return page

    return open_page


@pytest.fixture
def made(model, request):
    """Return a model whose manifest is spoiled by a function; its own answers."""

    def make(change):
        manifest = copy.deepcopy(model.manifest)
        change(manifest)
        # Another fingerprint: answers are kept by it.
        manifest["sha256"] = f"{abs(hash(request.node.name)):064x}"[-64:]
        return replace(model, manifest=manifest)

    return make


def spoken(page):
    """All text of the page's own elements, in its order of kinds."""
    kinds = (page.title, page.header, page.subheader, page.markdown, page.caption)
    said = [e.value for kind in (*kinds, page.info, page.warning) for e in kind]
    said += [text for e in page.metric for text in (e.label, e.value, e.help)]
    said += [e.label for e in (*page.expander, *page.button_group)]
    said += [option for e in page.segmented_control for option in e.options]
    return [text for text in said if text]


def sentences(page, task, lang):
    """The sentences on a task, one a level."""
    head = f"- **{t(f'evidence.task_{task}', lang)}"
    lines = [line for text in page.markdown for line in text.value.splitlines()]
    found = [line for line in lines if line.startswith(head) and SEEN.search(line)]
    return found


SEEN = re.compile(".*".join([SIGNED] * 3))


@pytest.mark.parametrize("lang", LANGS)
def test_every_task_is_told_with_the_figures_of_the_manifest(visit, model, lang):
    page = visit(model, lang=lang)
    entries = model.manifest["metrics"]
    assert {entry["level"] for entry in entries} == {"city", "district"}
    for position, entry in enumerate(entries):
        assert set(entry["tasks"]) == {"all", "new", "beyond_top5", "fit", "fit_narrow"}
        for task, result in entry["tasks"].items():
            line = sentences(page, task, lang)[position]
            by = "ndcg@5" if task.startswith("fit") else "ndcg@20"
            best = result["baselines"][result["best_baseline"][by]][by]
            wanted = [result["model"][by], best, result["ceiling"][by]]
            assert [f"{value:.3f}" in line for value in wanted] == [True] * 3
            shown = [float(one) for one in re.findall(SIGNED, line)]
            lift = result["lift"][by]
            told = [round(lift[key], 3) for key in ("value", "low", "high")]
            assert shown == pytest.approx(told)
            within = lift["low"] <= 0 <= lift["high"]
            assert (t("evidence.verdict_same", lang) in line) == within


@pytest.mark.parametrize("lang", LANGS)
def test_the_words_follow_the_interval(visit, made, lang):
    def change(manifest):
        city, district = manifest["metrics"]
        for task, says in zip(("all", "new", "beyond_top5"), MADE, strict=True):
            city["tasks"][task]["lift"]["ndcg@20"] = dict(MADE[says])
        manifest["metrics"] = [city]
        for task in ("fit", "fit_narrow"):
            city["tasks"][task]["lift"]["ndcg@5"] = {"value": 0, "low": 0, "high": 0}

    page = visit(made(change), lang=lang)
    verdicts = {name: t(f"evidence.verdict_{name}", lang) for name in MADE}
    for task, says in zip(("all", "new", "beyond_top5"), MADE, strict=True):
        (line,) = sentences(page, task, lang)
        head = line.split("**")[1]
        assert head.endswith(verdicts[says])
    counts = [one.value for one in page.metric]
    assert [re.findall(r"\d+", text) for text in counts] == [
        ["1", "5"],
        ["3", "5"],
        ["1", "5"],
    ]
    whole = t("evidence.in_all", lang, count=5, better=1, same=3, worse=1)
    assert any(whole in element.value for element in page.markdown)


def test_an_end_at_zero_holds_zero():
    assert evidence_tables.verdict({"low": 0.0, "high": 0.1}) == "same"
    assert evidence_tables.verdict({"low": -0.1, "high": 0.0}) == "same"
    assert evidence_tables.signed(-0.0001) == "+0.000"


@pytest.mark.parametrize("lang", LANGS)
def test_a_model_without_tests_says_so_and_shows_the_rest(visit, made, lang):
    empty = made(lambda manifest: manifest.update(metrics=[]))
    page = visit(empty, lang=lang)
    assert [one.value for one in page.info] == [t("evidence.nothing", lang)]
    assert not page.metric and not page.get("arrow_vega_lite_chart")
    heads = [one.value for one in page.header]
    assert t("evidence.model", lang) in heads and t("evidence.grades", lang) in heads


def test_a_task_that_could_not_be_judged_is_named(visit, made):
    def change(manifest):
        result = manifest["metrics"][0]["tasks"]["new"]
        result.update(model={}, baselines={}, best_baseline={}, lift={}, segments=0)
        manifest["metrics"][0]["by_segment"] = []

    page = visit(made(change), lang="en")
    said = t("evidence.unjudged", "en", task=t("evidence.task_new", "en"))
    assert any(said in element.value for element in page.markdown)
    assert len(sentences(page, "new", "en")) == 1
    assert t("evidence.no_segments", "en") in [one.value for one in page.info]
    assert sum(int(one.value.split()[0]) for one in page.metric) == 9


@pytest.mark.parametrize("proof", ["how_well", "method"])
def test_the_english_page_has_no_chinese(visit, model, proof):
    page = visit(model, lang="en", proof=proof, tested="district", task="new")
    left = [text for text in spoken(page) if CHINESE.search(text)]
    # Its name in its own language is the switch's.
    assert left == [t("app.lang_zh", "en")]
    for drawn in page.dataframe:
        held = drawn.value.astype(str)
        assert not held.apply(lambda column: column.str.contains(CHINESE)).any(
            axis=None
        )
        assert not any(CHINESE.search(str(name)) for name in drawn.value)


@pytest.mark.parametrize("lang", LANGS)
def test_every_ranking_of_the_manifest_is_in_the_table(visit, model, lang):
    page = visit(model, lang=lang)
    heading = t("evidence.col_ranking", lang)
    shown = [d.value for d in page.dataframe if heading in d.value]
    for entry, table in zip(model.manifest["metrics"], shown, strict=True):
        assert table[heading].iloc[0] == t("evidence.row_model", lang)
        assert table[heading].is_unique
        for task, result in entry["tasks"].items():
            by = "ndcg@5" if task.startswith("fit") else "ndcg@20"
            figures = [one[by] for one in result["baselines"].values()]
            figures += [result["model"][by], result["ceiling"][by]]
            if "parts" in result:
                figures += [one[by] for one in result["parts"].values()]
                figures += [result["segment_blind"][by]]
            column = table[t(f"evidence.task_{task}", lang)].dropna()
            assert sorted(column) == pytest.approx(sorted(figures))


def test_the_file_holds_every_figure(model):
    entries = evidence_tables.judged(model)
    rows = evidence_tables.every(entries)
    keys = ["level", "as_of", "task", "metric", "ranking"]
    assert not rows.duplicated(keys).any() and rows["value"].notna().all()
    found = rows.set_index(keys)["value"]
    for entry in entries:
        for task, result in entry["tasks"].items():
            for name, figures in result["baselines"].items():
                for by, value in figures.items():
                    at = (entry["level"], entry["as_of"], task, by, name)
                    assert found[at] == value
    assert set(rows["metric"]) == {"ndcg@20", "recall@20", "ndcg@5"}


@pytest.mark.parametrize("level", ["city", "district"])
@pytest.mark.parametrize("task", ["all", "new", "beyond_top5"])
def test_segments_are_those_of_the_manifest(visit, model, level, task):
    page = visit(model, lang="en", tested=level, task=task)
    entry = next(e for e in model.manifest["metrics"] if e["level"] == level)
    rows = {r["segment"]: r for r in entry["by_segment"] if r["task"] == task}
    table = evidence_tables.segments(model, entry, task, "en").set_index("segment")
    assert set(table.index) == set(rows)
    for segment, row in rows.items():
        told = table.loc[segment]
        assert told["ours"] == row["model"]["ndcg@20"]
        assert told["best"] == row["best_baseline"]["ndcg@20"]
    lifts = [row["lift"]["ndcg@20"] for row in rows.values()]
    better = sum(lift["low"] > 0 for lift in lifts)
    worse = sum(lift["high"] < 0 for lift in lifts)
    same = len(lifts) - better - worse
    counts = {"better": better, "worse": worse, "same": same}
    said = t("evidence.segments_said", "en", count=len(rows), **counts)
    assert any(said in element.value for element in page.markdown)
    names = model.facts.segments["name_en"]
    (left,) = [c.value for c in page.caption if c.value.startswith("Not tested")]
    for one in entry["tasks"][task]["left_out"]:
        plain = left.replace("\\", "")
        assert f"{names[one['segment']]} ({one['positives']})" in plain


def test_choices_are_kept_in_the_url(visit, model):
    page = visit(model, level="city", place="440300")
    page.segmented_control(key="tested").set_value("district").run()
    page.segmented_control(key="task").set_value("beyond_top5").run()
    assert (asked(page)["tested"], asked(page)["task"]) == ("district", "beyond_top5")
    page.segmented_control(key="proof").set_value("method").run()
    assert not page.exception
    # A place chosen on another page stands at a level of its own.
    assert (asked(page)["level"], asked(page)["place"]) == ("city", "440300")
    assert asked(page)["proof"] == "method"
    assert t("evidence.head_terms", "zh") in [one.value for one in page.header]


@pytest.mark.parametrize("name", ["proof", "tested", "task"])
def test_an_unknown_value_is_named_and_replaced(visit, model, name):
    page = visit(model, lang="en", **{name: "zzz*"})
    (warning,) = page.warning
    assert r"zzz\*" in warning.value
    assert page.segmented_control(key=name).value in ("how_well", "city", "all")


def test_each_segment_stands_under_its_grade_once(model):
    found = evidence_tables.grades(model)
    listed = [segment for names in found.values() for segment in names]
    assert sorted(listed) == sorted(model.facts.segments.index)
    assert all(
        confidence(model, segment) == grade
        for grade, names in found.items()
        for segment in names
    )


@pytest.mark.parametrize("lang", LANGS)
def test_the_card_and_the_fingerprints_are_the_models(visit, model, lang):
    page = visit(model, lang=lang)
    said = " ".join(element.value for element in page.markdown)
    body = card.render(model, lang).split("\n## ")[-1].partition("\n")[2]
    assert body.strip() in said
    sums = table_of(page, "SHA-256")
    held = model.manifest
    assert {held["sha256"], held["facts"], held["code"]} <= set(sums["SHA-256"])
    assert all(f"{one:.2f}" in said for one in resample.SPREAD.values())
    assert model.as_of in said


@pytest.mark.parametrize("lang", LANGS)
def test_a_comparison_with_the_last_model_is_shown(visit, made, lang):
    one = {"level": "city", "task": "new", "segments": 9, "champion": 0.512}
    one |= {"challenger": 0.552, "value": 0.04, "low": 0.012, "high": 0.081}

    def change(manifest):
        before = {"file": "model-0123456789ab.joblib", "as_of": "2025-09"}
        manifest["promotion"] = {
            **{"promoted": True, "reason": NOT_WORSE, "origin": "2024-12"},
            **{"places_resampled": True, "differences": [one], "champion": before},
        }

    page = visit(made(change), lang=lang)
    heading = t("evidence.col_champion", lang)
    (table,) = [d.value for d in page.dataframe if heading in d.value]
    assert table[heading].iloc[0] == 0.512
    assert table[t("evidence.col_gap", lang)].iloc[0] == "+0.040 [+0.012, +0.081]"
    assert table[t("evidence.col_says", lang)].iloc[0] == t(
        "evidence.verdict_better", lang
    )
    said = [element.value for element in page.markdown]
    assert t("evidence.because_not_worse", lang) in said


def test_every_reason_for_a_promotion_has_words():
    for lang in LANGS:
        reasons = card.words(lang)["reason"]
        assert all(f"evidence.because_{name}" in words(lang) for name in reasons)


@pytest.mark.parametrize("lang", LANGS)
def test_the_method_counts_what_is_held(visit, model, lang):
    page = visit(model, proof="method", lang=lang)
    said = " ".join(element.value for element in page.markdown)
    known = model.known
    cities = known.outcomes[known.outcomes["level"] == "city"]
    wanted = [
        len(model.facts.segments),
        *(len(model.facts.places.loc[level]) for level in ("city", "district")),
        len(known.observations),
        int(cities["count"].sum()),
        known.observations["source_id"].nunique(),
    ]
    assert [f"{count:,}" in said for count in wanted] == [True] * len(wanted)
    (table,) = page.dataframe
    assert table.value[t("evidence.col_city", lang)].sum() == cities["count"].sum()
    assert model.manifest["sha256"][:12] in page.code[0].value
    assert model.facts.fingerprint[:12] in page.code[0].value


def test_every_term_has_a_place_to_link_to(visit, model):
    page = visit(model, proof="method")
    anchors = {one.proto.anchor for one in (*page.header, *page.subheader)}
    links = {
        target
        for element in page.markdown
        for target in re.findall(r"\]\(#([a-z-]+)\)", element.value)
    }
    assert links == anchors and len(links) == len(
        {*evidence_method.TERMS, *evidence_method.PARTS}
    ) + 1 + len({*evidence_method.TERMS} & {*evidence_method.PARTS})


def test_pictures_share_a_scale_that_holds_zero(model):
    tables = [evidence_tables.tasks(e, "zh") for e in evidence_tables.judged(model)]
    low, high = evidence_charts.reach(tables)
    for table in tables:
        assert low < min(table["low"].min(), 0) and max(table["high"].max(), 0) < high
    one_sided = tables[0].assign(low=0.1, high=0.2)
    low, high = evidence_charts.reach([one_sided])
    assert low < 0 < 0.2 < high


@pytest.mark.parametrize("lang", LANGS)
def test_the_file_opens_as_a_table(visit, model, lang):
    rows = evidence_tables.every(evidence_tables.judged(model))
    page = visit(model, lang=lang)
    label = t("evidence.download", lang, rows=len(rows))
    (button,) = [b for b in page.get("download_button") if b.proto.label == label]
    assert button.proto.url
    back = pd.read_csv(io.StringIO(rows.to_csv(index=False)))
    assert len(back) == len(rows)
