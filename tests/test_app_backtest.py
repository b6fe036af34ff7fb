"""``siteselect backtest``, and the tables of ``evaluate``."""

import json
import re
from types import SimpleNamespace

import pandas as pd
import pytest

from app import cli
from app.commands import backtest as command
from app.commands import held_out, judgement, output
from app.ui.words import LANGS
from data.importers import headings
from features import assemble, at
from model import backtest, task
from model.evaluate import TASKS, judge
from model.fundamentals import Fundamentals
from model.ranker import SiteRanker

HEAD = "place,level,segment,month,event,count,source_id\n"
SMALL = SiteRanker(fundamentals=Fundamentals(seeds=1, n_estimators=20))
HAN = re.compile("[一-鿿]")


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command with a small model; returns exit code, stdout and stderr."""
    teach = backtest.train

    def small(facts, level, as_of, ranker=None, *rest):
        return teach(facts, level, as_of, SMALL, *rest)

    monkeypatch.setattr(backtest, "train", small)
    monkeypatch.setattr("model.judging.DRAWS", 50)

    def call(*words):
        capsys.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.csv"):
        path = tmp_path / name
        path.write_text(HEAD + text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def year(facts, tmp_path_factory):
    """The filings of 2025 as ``import filings`` writes them."""
    rows = facts.outcomes
    some = (rows["month"] > "2024-12") & (rows["level"] == "district")
    rows = rows[some & (rows["source_id"] == "cac_filings")]
    path = tmp_path_factory.mktemp("year") / "outcomes.csv"
    rows.assign(count=rows["count"].astype(int)).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def lists(facts, tmp_path_factory):
    """Filings of 2026 that the facts do not hold, written by ``import filings``."""
    folder = tmp_path_factory.mktemp("lists")
    filings = facts["filings"].query("month >= '2025-06'").reset_index(drop=True)
    months = pd.Series(["2026-02", "2026-04"])[filings.index % 2].to_numpy()
    numbers = "网信算备" + filings["place"] + [f"99{i:011}" for i in filings.index]
    made = filings.assign(
        month=months, record_number=numbers.str[:10] + numbers.str[10:] + "号"
    )
    made.to_csv(folder / "list.csv", index=False)
    out = folder / "outcomes.csv"
    words = ["import", "filings", folder / "list.csv", "--out", out, "--keep-valid"]
    cli.main([str(word) for word in words])
    assert set(pd.read_csv(out)["month"]) == {"2026-02", "2026-04"}
    return out


def test_a_year_of_districts_is_judged_at_both_levels(run, facts, year):
    asked = ("backtest", "--as-of", "2024-12", "--outcomes", year, "--json")
    code, out, err = run(*asked)
    assert (code, err) == (0, "")
    results = json.loads(out)
    assert [result["level"] for result in results] == ["city", "district"]
    for result in results:
        assert result["as_of"] == "2024-12"
        # The last list of the file is that of November.
        assert result["horizon_months"] == 11
        assert set(result["tasks"]) == set(TASKS)
        for name, judged in result["tasks"].items():
            assert judged["segments"] > 0 and judged["model"]
            if not name.startswith("fit"):
                assert {"ndcg@20", "recall@20"} == set(judged["lift"])
        left = result["tasks"]["all"]["left_out"]
        assert {"ai_chips", "sensors"} <= {entry["segment"] for entry in left}
        averaged = {row["segment"] for row in result["by_segment"]}
        assert averaged.isdisjoint(entry["segment"] for entry in left)


def test_the_truth_is_the_file_and_not_the_facts(facts, year):
    rows = pd.read_csv(year, dtype={"place": str})
    (found,) = backtest.backtest(facts, rows, "2024-12", ("city",), 11, SMALL)
    table = assemble(at(facts, "2024-12"), "city")
    truth = backtest.alone(facts, rows)
    happened = backtest.counted(truth, "city", "2024-12", 11)
    filings = facts.outcomes.query("source_id == 'cac_filings' and level == 'city'")
    wanted = filings.query("'2024-12' < month <= '2025-11'")["count"].sum()
    assert happened.sum() == wanted
    fitted = backtest.train(facts, "city", "2024-12", SMALL)
    same = judge(fitted, table, happened, facts, 11)
    for name, judged in same["tasks"].items():
        assert judged["model"] == found["tasks"][name]["model"]
        assert judged["baselines"] == found["tasks"][name]["baselines"]


def test_months_that_the_facts_lack_are_judged(run, lists):
    asked = ("backtest", "--as-of", "2025-12", "--outcomes", lists)
    code, out, err = run(*asked, "--level", "district", "--json")
    assert code == 0, err
    (result,) = json.loads(out)
    assert (result["level"], result["horizon_months"]) == ("district", 4)
    assert result["tasks"]["all"]["segments"] > 3
    code, out, err = run(*asked, "--level", "city", "--horizon", 2, "--json")
    (shorter,) = json.loads(out)
    assert shorter["horizon_months"] == 2
    assert len(err.splitlines()) == 1 and "2026-02" in err


def test_cities_alone_are_judged_as_cities(run, file):
    places = ("110000", "310000", "440300", "330100", "440100", "510100")
    path = file("".join(f"{p},city,nlp,2025-03,landing,2,mine\n" for p in places))
    asked = ("backtest", "--as-of", "2024-12", "--outcomes", path)
    code, out, err = run(*asked, "--json")
    assert code == 0, err
    (result,) = json.loads(out)
    assert result["level"] == "city"
    assert result["tasks"]["all"]["segments"] == 1
    code, out, err = run(*asked, "--level", "district")
    assert (code, out) == (2, "") and len(err.splitlines()) == 1


def test_a_year_counts_at_its_end_and_is_in_no_half(run, file):
    places = ("110000", "310000", "440300", "330100", "440100", "510100")
    path = file("".join(f"{p},city,nlp,2025,landing,2,mine\n" for p in places))
    asked = ("backtest", "--outcomes", path, "--json", "--as-of")
    code, out, _ = run(*asked, "2024-12")
    (result,) = json.loads(out)
    assert code == 0 and result["horizon_months"] == 12
    assert result["tasks"]["all"]["split_half"] == {}
    code, _, err = run(*asked, "2025-03")
    assert code == 2 and "2025" in err


GOOD = "110108,district,nlp,2025-03,filing,2,cac_filings\n"
BAD_ROWS = [
    ("999999,district,nlp,2025-03,filing,2,mine", "999999"),
    ("110108,district,robots,2025-03,filing,2,mine", "robots"),
    ("110108,district,nlp,2024-11,filing,2,mine", "2024-11"),
    ("110108,district,nlp,2024-12,filing,2,mine", "2024-12"),
    ("110108,district,nlp,2024,filing,2,mine", "2024"),
    ("110108,district,nlp,2025-03,filing,-1,mine", "-1"),
    ("110108,district,nlp,2025-03,filing,two,mine", "two"),
    ("110108,district,nlp,2025-03,filing,1.5,mine", "1.5"),
    ("110108,district,nlp,2025-03,filing,,mine", "count"),
    ("110108,district,nlp,2025-13,filing,1,mine", "2025-13"),
    ("110108,district,nlp,2125-03,filing,1,mine", "2125-03"),
    ("110108,town,nlp,2025-03,filing,1,mine", "town"),
    ("110108,city,nlp,2025-03,filing,1,mine", "110108"),
    ("110108,district,nlp,2025-03,opening,1,mine", "opening"),
    ("110108,district,nlp,2025-03,filing,1,My own", "My own"),
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("row", "named"), BAD_ROWS, ids=[row for row, _ in BAD_ROWS])
def test_rows_that_cannot_be_used_are_named_by_number(run, file, row, named, lang):
    path = file(f"{GOOD}{row}\n{GOOD}{row}\n".replace("2,cac", "2,cac"))
    code, out, err = run(
        *("backtest", "--as-of", "2024-12", "--outcomes", path, "--lang", lang)
    )
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    said = headings.shown(named, lang) if named == "count" else named
    assert "mine.csv" in err and re.search(r"\b3\b", err) and said in err
    assert bool(HAN.search(err.replace("建议", ""))) or lang == "en"


def test_many_rows_and_reasons_are_one_line(run, file):
    rows = [f"9{i:05},district,nlp,2025-03,filing,1,mine" for i in range(40)]
    rows += ["110108,district,nlp,2024-03,filing,1,mine"] * 30
    path = file("\n".join(rows))
    code, out, err = run(
        *("backtest", "--as-of", "2024-12", "--outcomes", path, "--lang", "en")
    )
    assert (code, out) == (2, "") and len(err.strip().splitlines()) == 1
    assert "more reasons" in err and len(err) < 1_200


@pytest.mark.parametrize("lang", LANGS)
def test_files_that_are_none_are_refused(run, file, tmp_path, lang):
    def refused(path, *named, as_of="2024-12", more=()):
        asked = ("backtest", "--as-of", as_of, "--outcomes", path, "--lang", lang)
        code, out, err = run(*asked, *more)
        assert (code, out) == (2, "")
        assert len(err.strip().splitlines()) == 1
        assert all(name in err for name in named)

    refused(tmp_path / "none.csv", "none.csv")
    refused(tmp_path, str(tmp_path)[:40])
    refused(file("", "list.pdf"), "list.pdf")
    refused(file("", "empty.csv"), "empty.csv")
    lacking = tmp_path / "lacking.csv"
    lacking.write_text("place,level,month,event\n110108,district,2025-03,filing\n")
    refused(lacking, "lacking.csv", "segment")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(bytes(range(256)))
    refused(binary, "binary.csv")
    other = file("", "other.xlsx")
    refused(other, "other.xlsx")
    late = file("110108,district,nlp,2026-03,filing,2,mine", "late.csv")
    refused(late, "2025-01", "2025-12")
    zero = file("110108,district,nlp,2025-03,filing,0,mine", "zero.csv")
    refused(zero, "2025-01", "2025-03")
    good = file(GOOD, "good.csv")
    for as_of in ("2024-13", "2024", "1999-12", "2031-01", "", "２０２４-12"):
        refused(good, as_of, as_of=as_of)
    refused(good, "--horizon", more=("--horizon", "0"))
    refused(good, "town", more=("--level", "town"))


def test_the_tables_are_aligned_and_name_all_they_must(run, year):
    for lang in LANGS:
        asked = ("backtest", "--as-of", "2024-12", "--outcomes", year, "--lang", lang)
        code, out, err = run(*asked, "--level", "city")
        assert (code, err) == (0, "")
        blocks = out.strip().split("\n\n")
        assert len(blocks) == 3
        for block in blocks:
            _, head, *rows = block.splitlines()
            rows = [row for row in rows if "  " in row]
            starts = {m.end() for m in re.finditer(" {2,}", wide(head))}
            for row in rows:
                cells = [m.end() for m in re.finditer(" {2,}", wide(row))]
                assert {*cells} <= starts, row
        assert judgement.BELOW in blocks[2]
        chips = "AI芯片 (3)" if lang == "zh" else "AI chips (3)"
        assert chips in out
        assert bool(HAN.search(out)) == (lang == "zh")


def wide(text):
    """Return a line in which a Chinese sign takes two columns."""
    return "".join(c * output.width(c) for c in text)


def entry(value):
    return dict.fromkeys(("ndcg@20", "recall@20"), value)


def test_tables_of_what_was_held_out(facts, capsys):
    lift = entry({"value": -0.01, "low": -0.1, "high": 0.1})
    judged = {
        "segments": 3,
        "model": entry(0.5),
        "held_out": entry(0.49),
        "change": lift,
        "baselines": {"total": entry(0.45)},
        "best_baseline": entry("total"),
        "held_out_lift": lift,
    }
    said = {"level": "city", "as_of": "2024-12", "horizon_months": 12}
    row = {"task": "all", "segment": "nlp", "model": entry(0.5), "held_out": entry(0.4)}
    sources = [
        {"source_id": "a", "known": True, "trained": True, "tasks": {"all": judged}},
        {"source_id": "b", "known": True, "trained": False},
        {"source_id": "c", "known": False, "trained": True},
    ]
    results = [
        {**said, "leave_out": "city", "folds": [["110000"]], "tasks": {"all": judged}},
        {
            **{**said, "leave_out": "segment", "folds": ["nlp"]},
            **{"tasks": {"all": judged}, "by_segment": [row]},
        },
        {
            **{**said, "leave_out": "source", "folds": ["a", "b", "c"]},
            **{"tasks": {"all": judged}, "sources": sources},
        },
    ]
    for lang in LANGS:
        held_out.show(results, facts, SimpleNamespace(json=False, lang=lang))
        out = capsys.readouterr().out
        assert "0.490" in out and "0.500 -> 0.400" in out and "-0.010 [-0.1" in out
    held_out.show(results, facts, SimpleNamespace(json=True, lang="zh"))
    assert len(json.loads(capsys.readouterr().out)) == 3


def test_leave_out_is_asked_for_one_origin(run, monkeypatch):
    asked = []

    def leave_out(facts, kind, level, origin, progress):
        asked.append((kind, level, origin))
        return {"leave_out": kind, "level": level}

    monkeypatch.setattr("app.commands.learning.leave_out", leave_out)
    code, out, _ = run("evaluate", "--leave-out", "city", "--json")
    assert code == 0 and len(json.loads(out)) == 2
    assert asked == [("city", "city", "2024-12"), ("city", "district", "2024-12")]
    asked.clear()
    more = ("--leave-out", "source", "--origin", "2024-06", "--level", "city")
    code, out, _ = run("evaluate", *more, "--json")
    assert code == 0 and asked == [("source", "city", "2024-06")]
    for more in (
        ("--leave-out", "town"),
        ("--leave-out", "city", "--origin", "2031-01"),
        ("--origin", "2024-06", "--origins", "2024-06"),
    ):
        code, out, err = run("evaluate", *more)
        assert (code, out) == (2, "") and len(err.strip().splitlines()) == 1


def test_what_is_asked_reaches_the_horizon():
    rows = pd.DataFrame({"month": ["2025-02", "2025"], "level": "city"})
    assert backtest.months_judged(rows, "2024-12", 12) == 12
    assert backtest.months_judged(rows.head(1), "2024-12", 12) == 2
    assert backtest.months_judged(rows, "2024-12", 3) == 3
    assert backtest.levels_of(rows) == ("city",)
    assert backtest.levels_of(rows.assign(level="district")) == ("city", "district")
    assert command.too_early(rows, "2025-01").tolist() == ["2025"]
    assert task.HORIZON == 12
