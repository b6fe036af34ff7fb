"""``siteselect import``: a user's file becomes facts, or is refused row by row."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from docx import Document
from openpyxl import Workbook, load_workbook

from app import cli
from app.commands.imports import KINDS
from app.ui.words import LANGS
from data import load
from data.importers import filing_lists
from data.validate import check

HEADS = [
    "序号",
    "算法名称",
    "角色",
    "主体名称",
    "应用产品",
    "主要用途",
    "备案编号",
    "备注",
]
PURPOSE = "应用于医院导诊场景，根据病人的问题，输出回答文本"
OUTCOMES = "地区,细分领域,月份,事件,数量\n海淀区,nlp,2024-05,成立,2\n"


@pytest.fixture
def run(capsys):
    def call(*words):
        capsys.readouterr()
        try:
            code = cli.main(["import", *(str(word) for word in words)])
        except SystemExit as stop:
            code = stop.code
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out, err

    return call


def filing(number, firm="某某公司", product="导诊(APP)", role="服务提供者"):
    return ["1", "某算法", role, firm, product, PURPOSE, f"网信算备{number}号", "/"]


def numbered(*codes):
    return [filing(f"{code}{i:013}") for i, code in enumerate(codes, 1)]


def published(path, month, rows, title="境内深度合成服务算法备案信息（{}）"):
    """Write a list as the authority does: a title, a table with its header twice."""
    made = Document()
    made.add_paragraph("附件")
    made.add_paragraph(title.format(month))
    table = made.add_table(rows=0, cols=len(HEADS))
    half = len(rows) // 2
    for row in [HEADS, *rows[:half], HEADS, *rows[half:], ["注：由企业填报。"] * 8]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    last = table.rows[-1].cells
    last[0].merge(last[7])
    made.save(path)
    return path


def test_a_published_list_becomes_filings_and_outcomes(run, tmp_path):
    rows = numbered("110108", "110108", "441901", "330106")
    path = published(tmp_path / "list.docx", "2026年3月", rows)
    code, out, err = run("filings", path, "--out", tmp_path / "mine", "--lang", "en")
    assert (code, out) == (0, "")
    assert "embedded lists end with 2025-12 and this one begins with 2026-03" in err
    table = pd.read_csv(tmp_path / "mine/filings.csv", dtype=str, keep_default_na=False)
    assert list(table) == [
        *("record_number", "month", "place", "firm", "product", "role", "segments"),
    ]
    assert table["place"].tolist() == ["110108", "110108", "330106", "441900"]
    assert set(table["month"]) == {"2026-03"} and set(table["role"]) == {"provider"}
    assert set(table["segments"]) == {"ai_healthcare|nlp"}
    counts = pd.read_csv(tmp_path / "mine/outcomes.csv", dtype=str)
    haidian = counts[counts["place"] == "110108"].set_index("segment")["count"]
    assert haidian.to_dict() == {"ai_healthcare": "2", "nlp": "2"}
    assert check(tmp_path / "mine") == []
    source = load(extra=tmp_path / "mine").sources.loc["cac_filings"]
    assert source["covers_to"] == "2026-03" and source["covers_from"] == "2022-08"
    for written in (tmp_path / "mine").iterdir():
        assert "导诊场景" not in written.read_text(encoding="utf-8")


def test_what_a_list_adds_is_known_over_our_own_facts(run, tmp_path):
    path = published(tmp_path / "a.docx", "2026年2月", numbered("110108", "110108"))
    assert run("filings", path, "--out", tmp_path / "mine")[0] == 0
    facts = load(extra=tmp_path / "mine")
    new = facts.outcomes.query("month == '2026-02' and segment == 'nlp'")
    counts = new.set_index(["level", "place"])["count"].to_dict()
    assert counts == {("district", "110108"): 2, ("city", "110000"): 2}


def test_several_lists_go_into_one_folder(run, tmp_path):
    first = published(tmp_path / "a.docx", "2026年2月", numbered("110108"))
    second = published(tmp_path / "b.docx", "2026年4月", numbered("330106", "440305"))
    code, _, _ = run("filings", first, second, "--out", tmp_path / "mine")
    table = pd.read_csv(tmp_path / "mine/filings.csv", dtype=str)
    assert code == 0 and table["month"].tolist() == ["2026-02", "2026-04", "2026-04"]


def test_the_list_as_csv_gives_what_we_embed(run, tmp_path, facts):
    rows = facts["filings"].query("month >= '2025-09'").head(300)
    raw = pd.DataFrame(
        {
            "主体名称": rows["firm"],
            "应用产品": rows["product"],
            "备案编号": rows["record_number"],
            "公告日期": rows["month"] + "-05",
        }
    )
    raw.to_csv(tmp_path / "a.csv", index=False, encoding="gb18030")
    code, _, err = run("filings", tmp_path / "a.csv", "--out", tmp_path / "mine")
    assert code == 0 and "GB18030" in err
    back = pd.read_csv(tmp_path / "mine/filings.csv", dtype=str, keep_default_na=False)
    same = ["record_number", "month", "place", "firm", "product"]
    given = rows[same].sort_values(["month", "record_number"])
    assert (back[same].to_numpy() == given.to_numpy()).all()


def test_the_month_is_that_of_the_title_or_must_be_given(run, tmp_path):
    rows = numbered("110108")
    path = published(tmp_path / "a.docx", "", rows, "名单")
    code, _, err = run("filings", path, "--out", tmp_path / "o.csv")
    assert code == 2 and "--month" in err
    words = ("filings", path, "--out", tmp_path / "o.csv", "--month")
    assert run(*words, "2026-03")[0] == 0
    assert "2026-03" in (tmp_path / "o.csv").read_text(encoding="utf-8")
    code, _, err = run(*words, "2026-3")
    assert code == 2 and "2026-3" in err
    path = published(tmp_path / "a.docx", "2026年2月", rows)
    code, _, err = run(*words, "2026-03")
    assert code == 2 and "2026-02" in err and "2026-03" in err


@pytest.mark.parametrize(
    ("title", "month"),
    [
        ("境内深度合成服务算法备案信息（2024年6月）", "2024-06"),
        ("境内互联网信息服务算法备案清单(２０２２年８月)", "2022-08"),
        ("发布于2024年7月\n备案信息（2024年6月）", "2024-06"),
        ("2024年5月至2024年6月", ""),
        ("名单", ""),
    ],
)
def test_months_of_titles(title, month):
    assert filing_lists.title_month(title) == month


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (filing("406301" + "0" * 13), "406301"),
        (filing("1101"), "filing number"),
        (filing("330103" + "0" * 13), "330105"),
        (filing("110108" + "0" * 13, firm=""), "firm is empty"),
    ],
)
def test_a_wrong_filing_is_rejected_with_its_row(run, tmp_path, row, said):
    path = published(tmp_path / "a.docx", "2026年2月", [*numbered("110108"), row])
    code, out, err = run(
        "filings", path, "--out", tmp_path / "mine", "--json", "--lang", "en"
    )
    answer = json.loads(out)
    assert code == 2 and answer["written"] == [] and not (tmp_path / "mine").exists()
    (finding,) = answer["rejected"]
    assert finding["row"] == 4 and said in finding["reason_en"]
    assert (answer["rows"], answer["accepted"]) == (2, 1)
    code, out, _ = run(
        "filings", path, "--out", tmp_path / "mine", "--json", "--keep-valid"
    )
    assert code == 0 and len(json.loads(out)["written"]) == 3
    assert check(tmp_path / "mine") == []


def test_the_first_announcement_counts(run, tmp_path, facts):
    known = facts["filings"].iloc[0]
    number = known["record_number"].removeprefix("网信算备").removesuffix("号")
    twice = numbered("110108")
    path = published(tmp_path / "a.docx", "2026年2月", [filing(number), *twice, *twice])
    code, out, _ = run("filings", path, "--out", tmp_path / "mine", "--json")
    assert code == 0 and len(json.loads(out)["remarks"]) == 2
    table = pd.read_csv(tmp_path / "mine/filings.csv", dtype=str)
    months = dict(zip(table["record_number"], table["month"], strict=True))
    assert months[known["record_number"]] == known["month"] and len(table) == 2


def test_no_cell_is_a_formula_in_a_spreadsheet(run, tmp_path):
    rows = [filing("110108" + "1" * 13, firm="=HYPERLINK(0)", product="@x")]
    path = published(tmp_path / "a.docx", "2026年2月", rows)
    assert run("filings", path, "--out", tmp_path / "mine")[0] == 0
    text = (tmp_path / "mine/filings.csv").read_text(encoding="utf-8-sig")
    assert ",'=HYPERLINK(0),'@x," in text


def test_counts_of_other_sources_stay_in_a_folder(run, tmp_path):
    mine = tmp_path / "mine"
    path = published(tmp_path / "a.docx", "2026年2月", numbered("110108"))
    assert run("filings", path, "--out", mine)[0] == 0
    (tmp_path / "b.csv").write_text(OUTCOMES, encoding="utf-8")
    words = ("outcomes", tmp_path / "b.csv", "--out", mine)
    for _ in range(2):
        assert run(*words, "--producer", "我们")[0] == 0
    table = pd.read_csv(mine / "outcomes.csv", dtype=str)
    assert table["source_id"].value_counts().to_dict() == {"cac_filings": 2, "user": 1}
    assert check(mine) == []
    source = load(extra=mine).sources.loc["user"]
    assert source["producer"] == "我们" and source["title"] == "b.csv"
    assert source["licence_published"] == "not for redistribution"


def test_a_sources_file_keeps_what_stands_in_it(run, tmp_path):
    entry = '# ours\n[own]\nproducer = "x"\n\n[user]\nproducer = "y"\n'
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/sources.toml").write_text(entry)
    (tmp_path / "b.csv").write_text(OUTCOMES, encoding="utf-8")
    assert run("outcomes", tmp_path / "b.csv", "--out", tmp_path / "mine")[0] == 2
    whole = "".join(
        f'[{name}]\nproducer = "x"\nproducer_en = "x"\ntitle = "x"\ntitle_en = "x"\n'
        'accessed = "2026-01"\nlicence_received = "x"\nlicence_published = "x"\n'
        'selection_zh = "x"\nselection_en = "x"\nlag_months = 0\n\n'
        for name in ("own", "user")
    )
    (tmp_path / "mine/sources.toml").write_text(f"# ours\n{whole}")
    assert run("outcomes", tmp_path / "b.csv", "--out", tmp_path / "mine")[0] == 0
    assert (tmp_path / "mine/sources.toml").read_text() == f"# ours\n{whole}"
    words = ("outcomes", tmp_path / "b.csv", "--out", tmp_path / "mine")
    assert run(*words, "--source", "third")[0] == 0
    text = (tmp_path / "mine/sources.toml").read_text(encoding="utf-8")
    assert text.startswith("# ours\n[own]") and "[third]" in text
    assert check(tmp_path / "mine") == []


def test_nothing_is_written_unless_every_row_is_valid(run, tmp_path):
    (tmp_path / "b.csv").write_text(OUTCOMES + "鼓楼区,nlp,2024,成立,1\n", "utf-8")
    out = tmp_path / "o.csv"
    out.write_text("before")
    code, said, err = run("outcomes", tmp_path / "b.csv", "--out", out, "--lang", "en")
    assert (code, said, out.read_text()) == (2, "", "before")
    assert "b.csv:3: 鼓楼区 may be several places" in err and "320106" in err
    assert "1 of 2 rows cannot be used, so nothing was written" in err
    code, _, err = run("outcomes", tmp_path / "b.csv", "--out", out, "--keep-valid")
    assert code == 0 and "1" in err
    assert len(pd.read_csv(out)) == 1
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_the_first_fifty_rejected_rows_are_shown_and_all_are_in_json(run, tmp_path):
    rows = "".join(f"no{i},nlp,2024,成立,1\n" for i in range(70))
    (tmp_path / "b.csv").write_text(OUTCOMES.split("\n")[0] + "\n" + rows, "utf-8")
    words = ("outcomes", tmp_path / "b.csv", "--out", tmp_path / "o", "--json")
    code, out, err = run(*words, "--lang", "en")
    answer = json.loads(out)
    assert code == 2 and answer["accepted"] == 0 and len(answer["rejected"]) == 70
    assert set(answer) >= {"written", "rows", "accepted", "rejected"}
    assert {"row", "reason_zh", "reason_en", "suggestions"} <= set(
        answer["rejected"][0]
    )
    lines = err.strip().splitlines()
    assert sum(line.startswith("b.csv:") for line in lines) == 50
    assert "20 more rows" in err and "none of the 70 rows" in lines[-1]


def test_what_a_file_says_cannot_steer_a_terminal(run, tmp_path):
    (tmp_path / "b.csv").write_text(
        OUTCOMES + "\x1b[2J\x07海,nlp,2024,成立,1\n", encoding="utf-8"
    )
    _, _, err = run("outcomes", tmp_path / "b.csv", "--out", tmp_path / "o")
    assert "\x1b" not in err and "\x07" not in err


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["outcomes", "none.csv", "--out", "o"], "none.csv"),
        (["outcomes", "--out", "o"], "--template"),
        (["outcomes", "b.csv"], "--out"),
        (["cities", "b.csv", "--out", "o"], "cities"),
        (["outcomes", "b.csv", "--out", "o.xlsx"], "o.xlsx"),
        (["outcomes", "b.csv", "--out", "b.csv"], "b.csv"),
        (["outcomes", "b.csv", "--out", "o", "--source", "我的"], "我的"),
        (["indicators", "b.csv", "--out", "o", "--period", "23"], "23"),
        (["indicators", "b.csv", "--out", "o"], "value"),
        (["outcomes", "empty.csv", "--out", "o"], "empty.csv"),
        (["outcomes", "--template", "--out", "o.pdf"], "o.pdf"),
        (["outcomes", "--template", "--out", "b.csv"], "b.csv"),
    ],
)
def test_bad_input_is_one_line_and_nothing_written(
    run, tmp_path, monkeypatch, words, named, lang
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.csv").write_text(OUTCOMES, encoding="utf-8")
    (tmp_path / "empty.csv").write_text("")
    code, out, err = run(*words, "--lang", lang)
    assert (code, out) == (2, "") and named in err
    assert len(err.strip().splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.csv", "empty.csv"]
    assert (tmp_path / "b.csv").read_text(encoding="utf-8") == OUTCOMES


def test_a_file_may_come_after_the_options(run, tmp_path):
    (tmp_path / "b.csv").write_text(OUTCOMES, encoding="utf-8")
    assert run("outcomes", "--out", tmp_path / "o", tmp_path / "b.csv")[0] == 0


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_read_by_its_own_importer(run, tmp_path, kind, suffix, lang):
    path = tmp_path / f"template.{suffix}"
    words = (kind, "--template", "--out", path, "--lang", lang)
    assert run(*words)[0] == 0
    code, out, _ = run(kind, path, "--out", tmp_path / "o", "--json")
    answer = json.loads(out)
    assert code == 0 and answer["rejected"] == [] and answer["rows"] in (1, 2)
    assert any("example" in note["en"] for note in answer["notes"])
    if suffix == "xlsx":
        filled, meaning = load_workbook(path).worksheets
        mark = "示例" if lang == "zh" else "example"
        assert mark in filled.cell(2, filled.max_column).value
        assert meaning.max_row == filled.max_column
    assert run(*words)[0] == 2


def test_our_own_export_comes_back_as_it_was(run, capsys, tmp_path, facts):
    assert cli.main(["facts", "--format", "csv"]) == 0
    path = tmp_path / "export.csv"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    table = pd.read_csv(path)
    assert run("indicators", path, "--out", tmp_path / "mine")[0] == 0
    back = load(extra=tmp_path / "mine")["observations"]
    keys = ["level", "place", "indicator", "period", "source_id", "locator"]
    given = facts["observations"].sort_values(keys, ignore_index=True)
    names = [name for name in table if name in given]
    pd.testing.assert_frame_equal(
        back.sort_values(keys, ignore_index=True)[names], given[names]
    )


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_two_hundred_thousand_rows_are_read(run, tmp_path, facts, suffix):
    size = 200_000 if suffix == "csv" else 40_000
    places = facts["places"].query("level == 'district'")["place"].to_numpy()
    segments = facts["segments"]["name_zh"].to_numpy()
    at = np.arange(size)
    frame = pd.DataFrame(
        {
            "地区": places[at % len(places)],
            "细分领域": segments[at // len(places) % len(segments)],
            "月份": [f"{2000 + k // 12 % 25}-{k % 12 + 1:02}" for k in at // 60_000],
            "事件": "成立",
            "数量": at % 7 + 1,
        }
    )
    path = tmp_path / f"big.{suffix}"
    if suffix == "csv":
        frame.to_csv(path, index=False)
    else:
        book = Workbook(write_only=True)
        page = book.create_sheet("一")
        page.append(list(frame))
        for row in frame.itertuples(index=False):
            page.append([str(v) if isinstance(v, str) else int(v) for v in row])
        held = io.BytesIO()
        book.save(held)
        path.write_bytes(held.getvalue())
    code, out, _ = run("outcomes", path, "--out", tmp_path / "o.csv", "--json")
    assert code == 0 and json.loads(out)["accepted"] == size
    assert len(pd.read_csv(tmp_path / "o.csv")) == size
