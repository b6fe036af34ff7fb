"""Reading one table out of whatever people send: encodings, headers, kinds of file."""

import codecs
import io
import zipfile
from datetime import datetime

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from data import DataError
from data.importers import grids, headings, sheets

KNOWN = headings.known(("code", "place", "count", "month"))
NEEDED = (("code", "place"), ("count",))
TEXT = "地区,数量,月份\n海淀区,1,2024年5月\n昆山市,2,2024-06\n"


def read(path):
    return sheets.read([path], KNOWN, NEEDED)


def refused(path):
    with pytest.raises(DataError) as caught:
        read(path)
    return caught.value.problems[0]


def workbook(path, *pages):
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in pages:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("gb18030"),
        TEXT.replace(",", "\t").encode(),
        TEXT.replace(",", ";").encode(),
        TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=["utf8", "bom", "utf16", "utf16be", "gb18030", "tab", "semicolon", "crlf"],
)
def test_every_encoding_gives_the_same_rows(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    sheet = read(path)
    assert sheet.frame["place"].tolist() == ["海淀区", "昆山市"]
    assert sheet.frame["count"].tolist() == ["1", "2"]
    assert sheet.where["row"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (TEXT.encode()[:-20] + b"\xff\xfe" + TEXT.encode()[-20:], 3),
        (TEXT.encode()[:-13], 3),
        ("地区,数量\n".encode("gb18030") + b"a,1\n\x81,2\n", 3),
        ("地區,數量\n臺北,1\n".encode("big5"), 1),
        (codecs.BOM_UTF8 + b"\xff,1\n", 1),
        (codecs.BOM_UTF16_LE + b"a", 1),
    ],
)
def test_a_broken_encoding_is_refused_with_its_line(tmp_path, content, line):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    problem = refused(path)
    assert problem.line == line
    assert problem.rule in ("encoding", "columns")


def test_titles_repeated_headers_notes_and_totals_are_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "2024年新设企业\n\n地区,数量（家）,月份,备注\n海淀区,1,2024-05,x\n"
        "地区,数量（家）,月份,备注\n昆山市,2,2024-06,\n合计,3,,\n注：数据为快报。\n",
        encoding="utf-8",
    )
    sheet = read(path)
    assert sheet.frame["count"].tolist() == ["1", "2"]
    assert sheet.where["row"].tolist() == [4, 6]
    assert "2024年新设企业" in sheet.where["above"].iloc[0]


def test_a_row_of_data_with_one_cell_is_kept(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("地区,数量,月份\n海淀区,1,2024-05\n昆山市\n", encoding="utf-8")
    assert read(path).frame["place"].tolist() == ["海淀区", "昆山市"]


def test_lines_are_counted_across_cells_with_breaks(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('地区,数量\n"海淀\n区",1\n\n昆山市,2\n', encoding="utf-8")
    sheet = read(path)
    assert sheet.frame["place"].tolist() == ["海淀区", "昆山市"]
    assert sheet.where["row"].tolist() == [2, 5]


def test_a_row_longer_than_its_header_is_marked(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("地区,数量\n海淀区,1,234\n昆山市,2,\n", encoding="utf-8")
    assert read(path).too_long == {0: 3}


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("", "format", 1),
        ("\n\n", "columns", 1),
        ("地区,数量\n", "format", 1),
        ("a,b\n1,2\n", "columns", 1),
        ("地区,月份\n海淀区,2024\n", "columns", 1),
        ('地区,数量\n海淀区,1\n"昆山,2\n', "format", 3),
        ("地区,数量,个数\n海淀区,1,2\n", "columns", 1),
        ("a\x00b,c\n1,2\n", "format", 1),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(tmp_path, text, rule, line):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    problem = refused(path)
    assert (problem.rule, problem.line) == (rule, line)


def test_two_columns_of_one_name_may_agree(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("地区,数量,个数\n海淀区,1,1\n昆山市,,2\n", encoding="utf-8")
    assert read(path).frame["count"].tolist() == ["1", "2"]


def test_a_workbook_with_titles_merged_headers_dates_and_percentages(tmp_path):
    path = tmp_path / "a.xlsx"
    book = Workbook()
    page = book.worksheets[0]
    page.append(["标题"])
    page.merge_cells("A1:C1")
    page.append(["地区", "数据", None])
    page.append([None, "数量", "月份"])
    page.append(["海淀区", 0.07, datetime(2024, 5, 7)])
    page["B4"].number_format = "0.0%"
    page.append([])
    page.append([110108.0, 1234, "2024年6月"])
    page.append(["昆山市", "=1+1", 45292])
    book.save(path)
    sheet = read(path)
    assert sheet.frame["place"].tolist() == ["海淀区", "110108", "昆山市"]
    assert sheet.frame["count"].tolist() == ["7%", "1234", "=1+1"]
    assert sheet.frame["month"].tolist() == [
        "2024-05-07 00:00:00",
        "2024年6月",
        "45292",
    ]
    assert sheet.where["row"].tolist() == [4, 6, 7]


def test_every_visible_sheet_that_fits_is_read_and_named(tmp_path):
    head = ["地区", "数量"]
    path = workbook(
        tmp_path / "a.xlsx",
        ("一", [head, ["海淀区", 1]]),
        ("说明", [["随便", "写的"]]),
        ("二", [head, ["昆山市", 2]]),
    )
    sheet = read(path)
    assert sheet.where["table"].tolist() == ["一", "二"]
    assert any("说明" in zh for zh, _ in sheet.remarks)


def document(path, *tables):
    made = Document()
    for title, rows in tables:
        made.add_paragraph(title)
        table = made.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    made.save(path)
    return path


def test_tables_of_a_document_with_pages_and_merged_cells(tmp_path):
    head = ["地区", "数量", "月份"]
    path = document(
        tmp_path / "a.docx",
        (
            "名单（2024年5月）",
            [
                *(["标题"] * 3, head, ["海淀区", "1", "5"], ["常熟", "2", ""]),
                *(head, ["昆山", "2", "5"]),
            ],
        ),
        ("", [["太仓", "3", "6"]]),
        ("别的", [["甲", "乙"]]),
    )
    made = Document(path)
    table = made.tables[0]
    table.rows[0].cells[0].merge(table.rows[0].cells[2])
    first = table.rows[2].cells[2]
    first.merge(table.rows[3].cells[2])
    made.save(path)
    sheet = read(path)
    assert sheet.frame["place"].tolist() == ["海淀区", "常熟", "昆山", "太仓"]
    # A cell merged downwards holds for each of its rows.
    assert sheet.frame["month"].tolist()[0] == sheet.frame["month"].tolist()[1]
    assert sheet.where[["table", "row"]].to_numpy().tolist() == [
        *(["1", 3], ["1", 4], ["1", 6], ["2", 1]),
    ]
    assert "2024年5月" in sheet.where["above"].iloc[0]


def packed(**parts):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return held.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xls", OLE, "old format"),
        ("a.doc", OLE, "old format"),
        ("a.pdf", b"%PDF-1.7\n", "PDF"),
        ("a.xls", b"<html><table></table></html>", "web page"),
        ("a.csv", b"\xef\xbb\xbf<!DOCTYPE html>", "web page"),
        ("a.docx", b"{\\rtf1 }", "RTF"),
        ("a.csv", packed(xl__workbook="<a/>"), "rename it to end with .xlsx"),
        ("a.xlsx", packed(word__document="<a/>"), "rename it to end with .docx"),
        ("a.xlsx", TEXT.encode(), "rename it to end with .csv"),
        ("a", TEXT.encode(), "rename it to end with .csv"),
        ("a.zip", packed(a="x"), "archive"),
        ("a.xlsx", b"PK\x03\x04 nothing", "damaged"),
        ("a.xlsx", packed(xl__workbook="<a/>"), "cannot be read"),
        ("a.docx", packed(word__document="<a/>"), "cannot be read"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "neither text"),
    ],
)
def test_other_kinds_of_file_are_refused_with_what_to_do(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refused(path).message


def test_a_document_without_a_table_is_refused(tmp_path):
    path = tmp_path / "a.docx"
    made = Document()
    made.add_paragraph("没有表")
    made.save(path)
    assert "no table" in refused(path).message


def test_a_missing_file_is_refused(tmp_path):
    assert refused(tmp_path / "none.csv").rule == "file"
    assert refused(tmp_path).rule == "file"


def test_what_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    path = workbook(tmp_path / "a.xlsx", ("一", [["地区", "数量"], ["海淀区", 1]]))
    monkeypatch.setitem(grids.MOST_UNPACKED, "xlsx", 100)
    assert "unpacks to" in refused(path).message
    monkeypatch.setattr(grids, "MOST_BYTES", 10)
    assert "at most" in refused(path).message


def test_too_many_rows_and_columns_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("地区,数量" + "," * 400 + "\n海淀区,1\n", encoding="utf-8")
    assert "columns" in refused(path).message
    far = workbook(tmp_path / "far.xlsx", ("一", [["地区", "数量"], ["海淀区", 1]]))
    made = Workbook()
    made.worksheets[0]["XFD9"] = 1
    made.save(far)
    # Refused before any row is made that wide.
    assert "> 700 columns" in refused(far).message
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    path.write_text("地区,数量\n" + "海淀区,1\n" * 3, encoding="utf-8")
    assert "rows" in refused(path).message


def test_a_sheet_that_claims_a_million_rows_is_read_as_it_is(tmp_path):
    path = tmp_path / "a.xlsx"
    book = Workbook()
    book.worksheets[0].append(["地区", "数量"])
    book.worksheets[0].append(["海淀区", 1])
    book.worksheets[0]["C100000"] = "x"
    book.save(path)
    sheet = read(path)
    assert sheet.where["row"].tolist() == [2, 100_000]


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.binary(max_size=300)
    | st.tuples(
        st.sampled_from([b"PK\x03\x04", b"\xff\xfe", OLE[:8], "地区,数量\n".encode()]),
        st.binary(max_size=100),
    ).map(b"".join),
    st.sampled_from(["a.csv", "a.xlsx", "a.docx", "a.tsv"]),
)
def test_any_bytes_are_a_table_or_refused(tmp_path, content, name):
    path = tmp_path / name
    path.write_bytes(content)
    try:
        read(path)
    except DataError as error:
        assert error.problems[0].message and error.problems[0].message_zh


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_a_damaged_workbook_or_document_is_a_table_or_refused(tmp_path, data):
    kind = data.draw(st.sampled_from(["xlsx", "docx"]))
    path = tmp_path / f"a.{kind}"
    rows = [["地区", "数量"], ["海淀区", "1"]]
    if kind == "xlsx":
        workbook(path, ("一", rows))
    else:
        document(path, ("", rows))
    content = bytearray(path.read_bytes())
    # The size of the file varies with the time written into it.
    at = int(data.draw(st.floats(0, 1)) * (len(content) - 1))
    content[at : at + 4] = data.draw(st.binary(min_size=0, max_size=8))
    path.write_bytes(content)
    try:
        read(path)
    except DataError as error:
        assert error.problems[0].message
