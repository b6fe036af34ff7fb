"""The command line: complete answers, one clear message for bad input."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from app import ui
from app.commands.arguments import EXAMPLES
from app.ui.words import LANGS, words

ENTRY = {
    *("rank", "place", "name_zh", "name_en", "level", "parent", "score", "score_100"),
    *("rank_low", "rank_high", "tie_group", "chance_top5", "confidence"),
    *("presence_rank", "fundamentals_rank", "reasons"),
}


def said(err):
    """Return the one line of an error."""
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    return err


@pytest.mark.parametrize(
    ("segment", "level", "top"),
    [("ai_healthcare", "district", 20), ("industrial_robots", "city", None)],
)
def test_rank_prints_complete_entries(run, facts, segment, level, top):
    more = ["--top", top] if top else []
    code, out, err = run(
        "rank", "--segment", segment, "--level", level, "--format", "json", *more
    )
    assert (code, err) == (0, "")
    entries = json.loads(out)
    assert len(entries) == (top or 337)
    assert [entry["rank"] for entry in entries] == list(range(1, len(entries) + 1))
    assert len({entry["place"] for entry in entries}) == len(entries)
    for entry in entries:
        assert set(entry) == ENTRY
        assert len(entry["reasons"]) == 3
        for reason in entry["reasons"]:
            assert {"text_zh", "text_en", "pillar", "contribution", "sources"} == set(
                reason
            )
            assert reason["sources"]
            assert set(reason["sources"]) <= set(facts.sources.index)


def test_explain_equals_rank(run):
    _, out, _ = run(
        *("rank", "--segment", "ai_healthcare", "--level", "district"),
        *("--format", "json", "--top", 50),
    )
    ranked = {entry["place"]: entry for entry in json.loads(out)}
    code, out, err = run(
        "explain", "--segment", "ai_healthcare", "--place", "110108", "--json"
    )
    answer = json.loads(out)
    assert (code, err) == (0, "")
    total = sum(feature["contribution"] for feature in answer["features"])
    assert answer["base_value"] + total == pytest.approx(answer["score"], abs=1e-6)
    assert answer["score"] == ranked["110108"]["score"]
    assert answer["rank"] == ranked["110108"]["rank"]


def test_rank_within_and_where_count_from_one(run):
    code, out, _ = run(
        *("rank", "--segment", "ai_chips", "--within", "central_west"),
        *("--where", "gdp>=5000", "--format", "csv"),
    )
    assert code == 0
    rows = out.strip().splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == [
        str(i) for i in range(1, len(rows) + 1)
    ]


def test_explain_in_words_and_against_another_place(run):
    code, out, _ = run(
        *("explain", "--segment", "nlp", "--place", "110108"),
        *("--versus", "440305", "--lang", "en"),
    )
    assert code == 0 and "Haidian District (110108)" in out
    assert "Nanshan District is above Haidian District" in out
    assert "90% sure" in out and "of resamples" in out


def test_a_place_of_the_other_level_is_said_to_be_one(run):
    code, _, err = run(
        *("explain", "--segment", "nlp", "--place", "110108", "--level", "city"),
        *("--lang", "en"),
    )
    assert code == 2 and "110108 is no city" in said(err)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_score_writes_every_pair_once(run, tmp_path, suffix):
    path = tmp_path / f"scores.{suffix}"
    code, _, err = run("score", "--out", path, "--segments", "nlp,drones,nlp")
    assert code == 0, err
    kinds = {"place": str, "parent": str}
    table = (
        pd.read_parquet(path) if suffix == "parquet" else pd.read_csv(path, dtype=kinds)
    )
    assert len(table) == 2 * (337 + 2847)
    assert not table.duplicated(["segment", "level", "place"]).any()
    assert list(tmp_path.iterdir()) == [path]


def test_score_of_a_users_places(run, tmp_path):
    places = tmp_path / "mine.csv"
    places.write_text("place\n110108\n440305\n", encoding="utf-8-sig")
    path = tmp_path / "scores.csv"
    code, _, err = run(
        *("score", "--out", path, "--segments", "nlp", "--level", "district"),
        *("--places", places),
    )
    assert code == 0, err
    assert set(pd.read_csv(path, dtype=str)["place"]) == {"110108", "440305"}


def test_check_data_of_the_embedded_facts(run):
    code, out, _ = run("check-data", "--json")
    answer = json.loads(out)
    assert code == 0 and answer["problems"] == []
    assert answer["counts"]["observations"] > 60_000
    assert {"zones", "policies", "platforms", "rankings"} <= set(answer["counts"])


def test_any_table_of_facts_is_listed_with_its_sources(run):
    asked = ("--table", "policies", "--place", "440300", "--format", "json")
    code, out, _ = run("facts", *asked)
    rows = json.loads(out)
    assert code == 0 and {row["place"] for row in rows} == {"440300"}
    assert all(row["title"] and row["source_id"] and row["locator"] for row in rows)


def test_a_filter_that_a_table_does_not_know_is_refused(run):
    code, _, err = run("facts", "--table", "policies", "--indicator", "gdp")
    assert code == 2 and "policies" in err and "indicator" in err


def test_a_users_folder_reaches_the_figures(run, tmp_path):
    figure = "110108,district,population,2024,3,人,census2020,mine,exact"
    header = "place,level,indicator,period,value,unit,source_id,locator,quality"
    (tmp_path / "observations.csv").write_text(f"{header}\n{figure}\n")
    asked = ("--place", "110108", "--indicator", "population", "--format", "json")
    code, out, err = run("facts", "--data", tmp_path, *asked)
    assert code == 0, err
    assert {"mine"} < {row["locator"] for row in json.loads(out)}
    (tmp_path / "observations.csv").write_text(f"{header}\n{figure}y\n")
    code, _, err = run("facts", "--data", tmp_path, *asked)
    assert code == 2 and "observations.csv:2" in err


def test_check_data_lists_file_and_line(run, facts_copy):
    path = facts_copy / "outcomes" / "filings.csv"
    path.write_text(path.read_text().replace("2022-08", "2022-8", 1))
    code, out, _ = run("check-data", facts_copy)
    assert code == 2
    assert out.startswith("outcomes/filings.csv:2: [kind] month:")
    code, out, _ = run("check-data", facts_copy, "--json")
    problem = json.loads(out)["problems"][0]
    assert (problem["file"], problem["line"]) == ("outcomes/filings.csv", 2)


def test_facts_carry_their_source(run, facts):
    code, out, err = run("facts", "--place", "440300", "--format", "json")
    assert (code, err) == (0, "")
    rows = json.loads(out)
    keys = {
        *("place", "level", "indicator", "name_zh", "name_en", "period", "value"),
        *("unit", "quality", "source_id", "locator"),
    }
    assert len(rows) > 60 and all(keys < set(row) for row in rows)
    assert all(row["source_id"] in facts.sources.index for row in rows)
    code, out, _ = run(
        *("facts", "--indicator", "gdp", "--source", "yearbook2024"),
        *("--format", "csv"),
    )
    assert code == 0 and len(out.splitlines()) == 297


BAD = [
    (["facts", "--place", "110199"], "110199"),
    (["facts", "--indicator", "gpd"], "gdp"),
    (["facts", "--source", "census2021"], "census2020"),
    (["rank", "--segment", "robots"], "robots"),
    (["rank", "--segment", "ai_chip"], "ai_chips"),
    (["rank", "--segment", "nlp", "--level", "town"], "town"),
    (["rank", "--segment", "nlp", "--within", "999999"], "999999"),
    (["rank", "--segment", "nlp", "--where", "gdp high"], "gdp high"),
    (["rank", "--segment", "nlp", "--top", "0"], "--top"),
    (["rank", "--segment", "nlp", "--top", "many"], "many"),
    (["rank"], "--segment"),
    (["explain", "--segment", "nlp", "--place", "999999"], "999999"),
    (["explain", "--segment", "nlp", "--place", "海淀区"], "110108"),
    (["explain", "--segment", "nlp", "--place", ""], "六位"),
    (
        ["explain", "--segment", "nlp", "--place", "110108", "--versus", "440300"],
        "440300",
    ),
    (["explain", "--segment", "nlp", "--place", "110108", "--level", "city"], "110108"),
    (["train", "--as-of", "2024-13"], "2024-13"),
    (["train", "--as-of", "2019-01"], "2019-01"),
    (["train", "--as-of", "2031-01"], "2031-01"),
    (["evaluate", "--origins", "2025-12"], "2025-12"),
    (["score", "--out", "scores.xls"], ".parquet"),
    (["score", "--out", "scores.csv", "--segments", "nlp,none"], "none"),
    (["score", "--out", "scores.csv", "--places", "nowhere.csv"], "nowhere.csv"),
    (["check-data", "nowhere"], "nowhere"),
    (["serve", "--port", "99999"], "99999"),
    (["fly"], "fly"),
    (["train", "--seed", "-1"], "-1"),
    (["train", "--seed", "99999999999999"], "99999999999999"),
    (["train", "--weight", "nan"], "nan"),
    (["train", "--trees", "0"], "--trees"),
    (["train", "--leaves", "1"], "--leaves"),
    (["train", "--resamples", "many"], "many"),
    (["train", "--back", "--promote"], "--promote"),
    (["train", "--back", "--out", "nowhere"], "nowhere"),
    (["serve", "--host", "no.such.host.invalid"], "no.such.host.invalid"),
    (["rank", "--segment", "nlp", "--within", ""], ""),
    (["rank", "--segment", "nlp", "--where", ""], ""),
    (["rank", "--segment", "ai\nx"], "ai"),
    (["rank", "--segment", "x" * 20_000], "xxx..."),
    (["explain", "--segment", "nlp", "--place", "110108", "--versus", ""], ""),
    (["evaluate", "--origins", ""], ""),
    (["score", "--out", "a\nb.txt"], ".parquet"),
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("words", "named"), BAD, ids=[" ".join(w)[:60] for w, _ in BAD]
)
def test_bad_input_is_one_line_and_exit_code_2(run, words, named, lang):
    more = ["--lang", lang] if len(words) > 1 else []
    code, out, err = run(*words, *more)
    assert (code, out) == (2, "")
    if named != "六位" or lang == "zh":
        assert named in said(err)


def test_a_list_of_places_with_an_unknown_code_names_its_line(run, tmp_path):
    places = tmp_path / "mine.csv"
    places.write_text("place\n110108\n110199\n")
    code, _, err = run("score", "--out", tmp_path / "s.csv", "--places", places)
    assert code == 2 and "mine.csv:3" in said(err) and "110199" in err
    places.write_text("place\n\n110108\n\n110199\n")
    code, _, err = run("score", "--out", tmp_path / "s.csv", "--places", places)
    assert code == 2 and "mine.csv:5" in said(err)
    places.write_text("code\n110108\n")
    code, _, err = run("score", "--out", tmp_path / "s.csv", "--places", places)
    assert code == 2 and "place" in said(err)
    assert not (tmp_path / "s.csv").exists()


def test_a_corrupt_model_is_refused_and_named(run, monkeypatch, tmp_path):
    (tmp_path / "manifest.json").write_text("{}")
    monkeypatch.setenv("SITESELECT_HOME", str(tmp_path))
    code, _, err = run("rank", "--segment", "nlp")
    assert code == 2 and "manifest.json" in said(err) and "siteselect train" in err


def test_a_folder_that_cannot_be_written_is_named(run, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = run(
        "score", "--out", tmp_path / "file" / "s.csv", "--segments", "nlp"
    )
    assert code == 2 and "file" in said(err)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("command", EXAMPLES)
def test_every_command_has_help_with_an_example(run, command, lang):
    code, out, _ = run(command, "--help", "--lang", lang)
    assert code == 0
    assert EXAMPLES[command].split()[1] in out
    assert " ".join(out.split()).count(" ".join(EXAMPLES[command].split()[:3]))


def test_a_reader_that_stops_early_is_no_error(environment):
    command = f"{sys.executable} -m app.cli rank --segment nlp --level district"
    done = subprocess.run(
        f"set -o pipefail; {command} --format csv | head -n 1",
        shell=True,
        executable="/bin/bash",
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and done.stderr == ""


@pytest.mark.parametrize("lang", LANGS)
def test_no_phrase_is_written_twice(lang):
    paths = sorted((Path(ui.__file__).parent).glob(f"words*_{lang}.toml"))
    keys = [
        (section, key)
        for path in paths
        for section, entries in tomllib.loads(path.read_text("utf-8")).items()
        for key in entries
    ]
    assert len(keys) == len(set(keys)) == len(words(lang))


def test_both_languages_have_the_same_phrases_and_placeholders():
    zh, en = (words(lang) for lang in LANGS)
    assert set(zh) == set(en)

    def holes(text):
        return {part.split("}")[0] for part in text.split("{")[1:]}

    assert {key: holes(zh[key]) for key in zh} == {key: holes(en[key]) for key in en}
