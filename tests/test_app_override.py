"""Overrides on the command line: made, listed, removed, and shown with every rank."""

import csv
import io
import json
import string
from datetime import date

import pandas as pd
import pytest

from app.commands import overriding
from app.commands.errors import message
from app.ui.words import LANGS, words
from model import overrides as ov
from model.overrides import Override, OverrideError, Overrides
from model.score import keep, ranking, within

KINDS = [
    *("too_big", "not_json", "format", "version", "unknown_key", "missing", "twice"),
    *("type", "kind", "segment", "level", "place", "number", "reason", "initials"),
    *("date", "too_many", "twice_place", "twice_rank", "mixed", "other_level"),
]
WHY = ("--reason", "看过现场", "--initials", "王明", "--date", "2026-01-05")
KEY = "decide.fault_"
RUNS = '=HYPERLINK("http://x","y")'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.json"


@pytest.fixture
def change(run, path):
    """Change one place of the drones' cities; returns exit code, stdout and stderr."""

    def call(place, *what, why=WHY, segment="drones"):
        return run(
            "override", path, "--segment", segment, "--place", place, *what, *why
        )

    return call


@pytest.fixture
def held(change, path):
    """A file with a pin, a move down, and one left out."""
    for place, *what in (
        ("120000", "--pin", 2),
        ("110000", "--down", 3),
        ("440300", "--exclude"),
    ):
        code, out, err = change(place, *what)
        assert (code, out) == (0, ""), err
    return path


def single(err):
    assert "Traceback" not in err and len(err.strip().splitlines()) == 1
    return err


def test_what_is_made_is_kept_listed_and_removed(run, held, change, model):
    made = ov.read(held)
    assert {(o.place, o.kind, o.number) for o in made.items} == {
        ("120000", "pin", 2),
        ("110000", "move", -3),
        ("440300", "exclude", 0),
    }
    assert {(o.level, o.reason, o.initials, o.date) for o in made.items} == {
        ("city", "看过现场", "王明", "2026-01-05")
    }
    code, out, err = run("override", held, "--format", "json")
    assert (code, err) == (0, "")
    shown = ov.apply(ranking(model, "drones", "city"), made).set_index("place")
    for row in json.loads(out):
        assert row["rank"] == shown.at[row["place"], "rank"]
        assert row["shown_rank"] == shown.at[row["place"], "shown_rank"]
        assert row["name_zh"] and row["idle"] == ""
    code, out, _ = run("override", held)
    assert code == 0 and "天津市" in out and "看过现场" in out and "idle" not in out
    code, _, err = change("120000", "--remove", why=())
    assert code == 0, err
    assert [o.place for o in ov.read(held).items] == ["440300", "110000"]
    assert list(held.parent.iterdir()) == [held]


def test_a_second_change_of_a_place_takes_the_place_of_the_first(held, change):
    assert change("120000", "--up", 4)[0] == 0
    (one,) = [o for o in ov.read(held).items if o.place == "120000"]
    assert (one.kind, one.number) == ("move", 4)


def test_the_day_is_today_when_none_is_given(change, path):
    assert change("110000", "--exclude", why=WHY[:4])[0] == 0
    assert ov.read(path).items[0].date <= date.today().isoformat()


def test_a_district_is_changed_by_its_code(run, path):
    code, _, err = run(
        *("override", path, "--segment", "nlp", "--place", "110108", "--pin", 1),
        *WHY,
    )
    assert code == 0, err
    assert ov.read(path).items[0].level == "district"


BAD = [
    (("110000", "--pin", 2), (), "--reason --initials"),
    (("110000", "--pin", 2), WHY[:2], "--initials"),
    (("110000", "--pin", 2), ("--reason", " ", "--initials", "AB"), "500"),
    (("110000", "--pin", 2), ("--reason", "x", "--initials", "A1"), ""),
    (("110000", "--pin", 2), (*WHY[:4], "--date", "5.1.2026"), "5.1.2026"),
    (("110000", "--pin", 338), WHY, "337"),
    (("110000", "--pin", 0), WHY, "--pin"),
    (("110000", "--up", 10_001), WHY, "10001"),
    (("110000", "--up", 1, "--exclude"), WHY, "--exclude"),
    (("999999", "--exclude"), WHY, "999999"),
    (("110108", "--exclude", "--level", "city"), WHY, "110108"),
    (("110000",), (), "--segment"),
    (("110000",), WHY, "--segment"),
    (("110000", "--remove"), (), "mine.json"),
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("asked", "why", "named"), BAD)
def test_what_cannot_be_is_said_in_one_line(change, path, asked, why, named, lang):
    code, out, err = change(*asked, "--lang", lang, why=why)
    assert (code, out) == (2, "") and named in single(err)
    assert not path.exists()


def test_an_unknown_segment_and_a_taken_rank(held, change):
    before = held.read_bytes()
    code, _, err = change("110000", "--exclude", segment="drone")
    assert code == 2 and "drones" in single(err)
    code, _, err = change("110000", "--pin", 2)
    assert code == 2 and "第 2 名" in single(err)
    code, _, err = change("130100", "--remove", why=())
    assert code == 2 and "130100" in single(err)
    assert held.read_bytes() == before


def test_a_file_that_is_none(run, tmp_path):
    code, _, err = run("override", tmp_path / "none.json")
    assert code == 2 and "none.json" in single(err)
    for command in (
        ("rank", "--segment", "nlp"),
        ("explain", "--segment", "nlp", "--place", "110108"),
        ("fit", "--place", "110108"),
        ("score", "--out", tmp_path / "s.csv"),
    ):
        code, out, err = run(*command, "--overrides", tmp_path / "none.json")
        assert (code, out) == (2, "") and "none.json" in single(err)
    (tmp_path / "bad.json").write_text("[1]")
    code, _, err = run(
        *("rank", "--segment", "nlp", "--overrides", tmp_path / "bad.json")
    )
    assert code == 2 and "siteselect override" in single(err)
    code, _, err = run("override", tmp_path)
    assert code == 2 and str(tmp_path.name) in single(err)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_has_its_words(kind, lang):
    named = OverrideError(kind, "x-name" * 100)
    said = message(named, lang)
    holes = {hole for _, hole, *_ in string.Formatter().parse(words(lang)[KEY + kind])}
    assert ("name" in holes) == ("x-name" in said)
    assert said and len(said) < 300


def test_every_kind_that_is_raised_has_its_words():
    listed = " ".join(OverrideError.__doc__.split("``")[1::2])
    assert set(listed.replace(",", " ").split()) - {"name"} == set(KINDS)
    assert {key.removeprefix(KEY) for key in words("zh") if key.startswith(KEY)} == set(
        KINDS
    )


def test_rank_shows_the_order_shown_beside_the_models(run, held, model):
    asked = ("rank", "--segment", "drones", "--format", "json")
    _, plain, _ = run(*asked)
    code, out, err = run(*asked, "--overrides", held)
    assert (code, err) == (0, "")
    rows = json.loads(out)
    wanted = ov.apply(ranking(model, "drones", "city"), ov.read(held))
    assert [row["place"] for row in rows] == list(wanted["place"])
    assert [row["shown_rank"] for row in rows] == list(range(1, len(rows) + 1))
    bare = {row["place"]: row for row in json.loads(plain)}
    for row in rows:
        assert set(row) == {*bare[row["place"]], *ov.COLUMNS}
        same = {key: row[key] for key in bare[row["place"]]}
        assert same == bare[row["place"]]
    code, out, _ = run(*asked[:3], "--overrides", held, "--top", 3)
    assert "shown_rank" in out and "王明" in out and len(out.splitlines()) == 4


def test_an_empty_file_changes_nothing_but_adds_the_columns(run, path):
    ov.write(path, Overrides())
    asked = ("rank", "--segment", "drones", "--top", 9, "--format", "json")
    _, plain, _ = run(*asked)
    _, out, _ = run(*asked, "--overrides", path)
    rows = json.loads(out)
    assert [row["shown_rank"] for row in rows] == [row["rank"] for row in rows]
    assert [row["place"] for row in rows] == [row["place"] for row in json.loads(plain)]


def test_a_filter_comes_first_and_idle_ones_are_said(run, held, model):
    code, out, err = run(
        *("rank", "--segment", "drones", "--within", "440000", "--format", "csv"),
        *("--overrides", held, "--lang", "en"),
    )
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    table = ranking(model, "drones", "city")
    part = keep(table, within(model.facts, table, "440000"))
    assert rows[-1]["place"] == "440300" and rows[-1]["override"] == "exclude"
    assert {int(row["rank"]) for row in rows} == set(range(1, len(part) + 1))
    assert len(err.strip().splitlines()) == 2
    assert "120000" in err and "110000" in err and "not in this ranking" in err


def test_idle_ones_beyond_ten_are_counted(run, path):
    items = [
        Override("drones", "city", f"{code}", "exclude", 0, "x", "A", "2026-01-05")
        for code in range(999000, 999015)
    ]
    ov.write(path, Overrides(tuple(items)))
    _, _, err = run(
        *("rank", "--segment", "drones", "--top", 1, "--overrides", path),
        *("--lang", "en"),
    )
    said = err.strip().splitlines()
    assert len(said) == overriding.MOST_SAID + 1 and said[-1].startswith("5 more")


def test_another_ranking_is_left_alone(run, held):
    asked = ("rank", "--segment", "nlp", "--top", 20, "--format", "json")
    _, out, err = run(*asked, "--overrides", held)
    rows = json.loads(out)
    assert err == "" and {row["override"] for row in rows} == {""}
    assert [row["rank"] for row in rows] == list(range(1, 21))


def test_reasons_are_guarded_in_csv_and_as_they_are_in_json(run, change, path):
    assert change("110000", "--pin", 1, why=("--reason", RUNS, *WHY[2:]))[0] == 0
    asked = ("rank", "--segment", "drones", "--top", 1, "--overrides", path)
    _, out, _ = run(*asked, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["reason"] == f"'{RUNS}"
    _, out, _ = run(*asked, "--format", "json")
    assert json.loads(out)[0]["reason"] == RUNS
    for form, said in (("csv", f"'{RUNS}"), ("json", RUNS)):
        _, out, _ = run("override", path, "--format", form)
        rows = json.loads(out) if form == "json" else csv.DictReader(io.StringIO(out))
        assert [row["reason"] for row in rows] == [said]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_score_adds_the_same_columns(run, held, tmp_path, model, suffix):
    out = tmp_path / f"scores.{suffix}"
    code, _, err = run(
        *("score", "--out", out, "--segments", "nlp,drones", "--level", "city"),
        *("--overrides", held),
    )
    assert code == 0, err
    table = (
        pd.read_parquet(out)
        if suffix == "parquet"
        else pd.read_csv(out, dtype={"place": str}, keep_default_na=False)
    )
    mine = table[table["segment"] == "drones"].reset_index(drop=True)
    wanted = ov.apply(ranking(model, "drones", "city"), ov.read(held))
    for name in ("place", "rank", *ov.COLUMNS):
        assert list(mine[name]) == list(wanted[name]), name
    others = table[table["segment"] == "nlp"]
    assert (others["shown_rank"] == others["rank"]).all()
    if suffix == "parquet":
        kinds = table.dtypes[ov.COLUMNS].astype(str)
        assert kinds["shown_rank"] == "Int64"
        assert {str(kind) for kind in kinds[1:]} <= {"string", "str"}


def test_explain_says_the_override_next_to_the_rank(run, held, model):
    asked = ("explain", "--segment", "drones", "--place", "120000")
    _, plain, _ = run(*asked, "--json")
    code, out, err = run(*asked, "--overrides", held, "--json")
    assert (code, err) == (0, "")
    answer, bare = json.loads(out), json.loads(plain)
    assert "override" not in bare
    assert {key: answer[key] for key in bare} == bare
    assert answer["shown_rank"] == 2 and answer["rank"] == bare["rank"]
    assert Override(**answer["override"]) in ov.read(held).items
    _, out, _ = run(*asked, "--overrides", held)
    assert "人工置顶至第2名（看过现场，王明，2026-01-05）" in out.splitlines()[2]
    # A place that only gave way to others.
    _, out, _ = run(
        *("explain", "--segment", "drones", "--place", "310000", "--lang", "en"),
        *("--overrides", held),
    )
    assert "shown as #1, the model says #3" in out
    _, out, _ = run(*asked[:4], "310000", "--overrides", held, "--json")
    assert json.loads(out)["override"] is None


def test_fit_marks_the_segments_in_which_the_place_is_overridden(run, held):
    asked = ("fit", "--place", "120000")
    _, plain, _ = run(*asked, "--format", "json")
    code, out, err = run(*asked, "--overrides", held, "--format", "json")
    assert (code, err) == (0, "")
    found, bare = json.loads(out), json.loads(plain)
    assert [entry["segment"] for entry in found] == [entry["segment"] for entry in bare]
    for entry, before in zip(found, bare, strict=True):
        assert set(entry) == {*before, "override", "place_shown_rank"}
        mine = entry["segment"] == "drones"
        assert (entry["override"] is not None) == mine
        if not mine:
            assert entry["place_shown_rank"] == entry["place_rank"]
    _, out, _ = run(*asked, "--overrides", held, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["segment"] for row in rows if row["override"] == "pin"] == ["drones"]
    assert [row["initials"] for row in rows if row["reason"]] == ["王明"]
    _, out, _ = run(*asked, "--overrides", held, "--lang", "en")
    assert out.count("By hand: pinned to #2") == 1


def test_a_file_of_what_is_not_known_is_listed_as_idle(run, path):
    why = ("exclude", 0, "x", "A", "2026-01-05")
    items = (
        Override("gone", "city", "110000", *why),
        Override("drones", "city", "999999", *why),
        Override("drones", "city", "110000", *why),
        Override("drones", "city", "110000", "pin", 4, *why[2:]),
    )
    ov.write(path, Overrides(items))
    _, out, _ = run("override", path, "--format", "json")
    assert {(r["place"], r["kind"], r["idle"]) for r in json.loads(out)} == {
        ("110000", "exclude", "absent"),
        ("999999", "exclude", "absent"),
        ("110000", "exclude", ""),
        ("110000", "pin", "overruled"),
    }
    code, out, _ = run("override", path)
    assert code == 0 and "nan" not in out.lower() and "<NA>" not in out
