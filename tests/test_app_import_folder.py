"""``siteselect import`` into a folder that holds something already."""

import json
from pathlib import Path

import pandas as pd
import pytest

from app import cli
from data import load
from data.validate import check

OUTCOMES = "地区,细分领域,月份,事件,数量\n海淀区,nlp,2024-05,成立,2\n"
PLACES = "代码,名称,英文名,经度,纬度,上级\n{},新区,New,116.5,39.5,110000\n"
FIGURES = "地区,指标,时期,数值,单位,locator\n海淀区,{},2023,{},{},p. 1\n"


@pytest.fixture
def run(capsys):
    def call(*words):
        capsys.readouterr()
        code = cli.main(["import", *(str(word) for word in words)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


def published(path, month, numbers, firm="某某公司"):
    """Write a list of filings, as CSV."""
    purpose = "应用于医院导诊场景，根据病人的问题，输出回答文本"
    rows = [(f"网信算备{n}号", firm, "导诊(APP)", purpose, month) for n in numbers]
    heads = ["备案编号", "主体名称", "应用产品", "主要用途", "公告日期"]
    pd.DataFrame(rows, columns=heads).to_csv(path, index=False)
    return path


def numbered(*codes):
    return [f"{code}{i:013}" for i, code in enumerate(codes, 1)]


def rows_of(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def figure(indicator, unit, value):
    return FIGURES.format(indicator, value, unit)


def everything(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", ["outcomes", "indicators", "places"])
def test_a_second_import_adds_to_the_first(run, tmp_path, facts, kind):
    file, mine = tmp_path / "b.csv", tmp_path / "mine"
    held = facts["indicators"]
    held = held[held["levels"].map(lambda levels: "district" in levels)]
    held = held[held["measure"] == "amount"]
    names = list(zip(held["indicator"], held["unit"], strict=True))
    texts, path, column, values = {
        "outcomes": (
            [OUTCOMES, OUTCOMES.replace("2024-05", "2024-06"), OUTCOMES[:-2] + "9\n"],
            *("outcomes.csv", "count", ["2", "9"]),
        ),
        "indicators": (
            [figure(*names[i], n) for i, n in ((0, 1), (1, 2), (0, 3))],
            *("observations/imported.csv", "value", ["2", "3"]),
        ),
        "places": (
            [
                PLACES.format("110198"),
                PLACES.format("110199"),
                PLACES.format("110198").replace("116.5", "116.75"),
            ],
            *("places.csv", "lon", ["116.5", "116.75"]),
        ),
    }[kind]
    said = []
    for text in texts:
        file.write_text(text, encoding="utf-8")
        code, out, err = run(kind, file, "--out", mine, "--json", "--lang", "en")
        assert code == 0, err
        said.append((json.loads(out)["kept"], json.loads(out)["replaced"]))
    assert said == [(0, 0), (1, 0), (1, 1)]
    assert f"{mine / path}: 1 earlier rows stayed, 1 were replaced" in err
    assert rows_of(mine / path)[column].tolist() == values
    assert check(mine) == []


def test_outcomes_count_all_the_filings_of_a_folder(run, tmp_path):
    mine = tmp_path / "mine"
    path = published(tmp_path / "a.csv", "2026-02", numbered("110108", "110108"))
    assert run("filings", path, "--out", mine)[0] == 0
    (tmp_path / "b.csv").write_text(OUTCOMES, encoding="utf-8")
    assert run("outcomes", tmp_path / "b.csv", "--out", mine)[0] == 0
    number = "110108" + "7" * 13
    again = [*numbered("110108"), number]
    for _ in range(2):
        path = published(tmp_path / "a.csv", "2026-02", again, "=某")
        code, out, _ = run("filings", path, "--out", mine, "--json")
        assert code == 0
    # Of three filings two came again; the user's own count stays.
    assert (json.loads(out)["kept"], json.loads(out)["replaced"]) == (2, 2)
    filings, counts = rows_of(mine / "filings.csv"), rows_of(mine / "outcomes.csv")
    assert len(filings) == 3 and check(mine) == []
    mine_ = counts[counts["source_id"] == "cac_filings"].set_index("segment")
    assert mine_["count"].to_dict() == {"ai_healthcare": "3", "nlp": "3"}
    path = published(tmp_path / "c.csv", "2026-01", numbered("330106"))
    assert run("filings", path, "--out", mine)[0] == 0
    assert sorted(rows_of(mine / "filings.csv")["firm"])[0] == "'=某"
    assert load(extra=mine).sources.loc["cac_filings"]["covers_to"] == "2026-02"


@pytest.mark.parametrize("kind", ["outcomes", "filings"])
@pytest.mark.parametrize(
    ("before", "named"),
    [
        ("level,place,source_id\ndistrict,110108,other\n", "segment"),
        ("name,price\nx,1\n", "price"),
        (
            "place,level,segment,month,event,count,source_id,mine\n"
            "110108,district,nlp,2024,founding,1,user,x\n",
            "mine",
        ),
        (
            "place,level,segment,month,event,count,source_id\n"
            "110108,district,nlp,2024,founding\n",
            "count",
        ),
    ],
)
def test_a_file_that_is_not_ours_is_left_alone(run, tmp_path, kind, before, named):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "outcomes.csv").write_text(before, encoding="utf-8")
    path = tmp_path / "b.csv"
    path.write_text(OUTCOMES, encoding="utf-8")
    if kind == "filings":
        path = published(tmp_path / "a.csv", "2026-02", numbered("110108"))
    code, out, err = run(kind, path, "--out", mine)
    assert (code, out) == (2, "") and "outcomes.csv" in err and named in err
    assert list(everything(mine)) == [mine / "outcomes.csv"]
    assert (mine / "outcomes.csv").read_text(encoding="utf-8") == before


@pytest.mark.parametrize("taken", ["outcomes.csv", "filings.csv"])
def test_all_files_are_written_or_none(run, tmp_path, taken):
    mine = tmp_path / "mine"
    (mine / taken).mkdir(parents=True)
    path = published(tmp_path / "a.csv", "2026-02", numbered("110108"))
    code, _, err = run("filings", path, "--out", mine)
    assert code == 2 and taken in err and everything(mine) == {}


def test_the_sources_are_written_last(run, tmp_path, monkeypatch):
    order = []
    rename = Path.replace

    def noted(self, target):
        order.append(target.name)
        if len(order) == 3:
            raise OSError(28, "full", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    path = published(tmp_path / "a.csv", "2026-02", numbered("110108"))
    assert run("filings", path, "--out", tmp_path / "mine")[0] == 2
    assert order == ["filings.csv", "outcomes.csv", "sources.toml"]


def test_nobody_is_no_producer(run, tmp_path):
    (tmp_path / "b.csv").write_text(OUTCOMES, encoding="utf-8")
    words = ("outcomes", tmp_path / "b.csv", "--out", tmp_path / "mine")
    assert run(*words, "--producer", "")[0] == 0
    assert load(extra=tmp_path / "mine").sources.loc["user"]["producer"] == "user"
    assert check(tmp_path / "mine") == []


def test_a_file_alone_lacks_the_entry_of_its_source(run, tmp_path):
    (tmp_path / "b.csv").write_text(OUTCOMES, encoding="utf-8")
    words = ("outcomes", tmp_path / "b.csv", "--lang", "en", "--out")
    said = "source user has no entry"
    assert said in run(*words, tmp_path / "o.csv")[2]
    assert said not in run(*words, tmp_path / "mine")[2]
    embedded = ("--source", "listed_firms")
    assert "no entry" not in run(*words, tmp_path / "o.csv", *embedded)[2]


def test_a_template_tells_json_where_it_is(run, tmp_path):
    path = tmp_path / "t.csv"
    code, out, _ = run("places", "--template", "--out", path, "--json")
    assert code == 0 and json.loads(out) == {"written": [str(path)]}
