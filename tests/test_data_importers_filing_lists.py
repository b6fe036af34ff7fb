"""Lists of filings: our own export back again, and lists that are refused."""

import pytest

from data import DataError, load
from data.importers import columns, filing_lists, sheets
from data.tables import FILINGS

NUMBER = "网信算备1101080000000000001号"
HEAD = "record_number,month,place,firm,product,role,segments"
LIST = "备案编号,主体名称,公告日期"


def imported(tmp_path, text, head=HEAD, name="mine.csv"):
    path = tmp_path / name
    path.write_text(f"{head}\n{text}\n", encoding="utf-8")
    context = dict(load().tables)
    known, needed = filing_lists.known(context), filing_lists.needed(context)
    return filing_lists.read(sheets.read([path], known, needed), context)


def test_our_own_filings_come_back_as_they_were(facts, tmp_path):
    given = facts["filings"][list(FILINGS.names)]
    path = tmp_path / "export.csv"
    given.to_csv(path, index=False)
    result = imported(tmp_path, *path.read_text("utf-8").split("\n", 1)[::-1])
    assert result.rejected == [] and result.remarks == []
    back = result.tables["filings"].set_axis(range(len(given)))
    order = ["month", "record_number"]
    back, given = back.sort_values(order), given.sort_values(order)
    for name in FILINGS.names:
        assert back[name].tolist() == given[name].tolist(), name


@pytest.mark.parametrize("segments", ["", "drones", "nlp|ai_chips|drones"])
@pytest.mark.parametrize("role", ["", "provider", "supporter"])
def test_segments_place_and_role_are_taken_as_given(tmp_path, segments, role):
    row = f"{NUMBER},2024-05,330106,甲医院公司,导诊,{role},{segments}"
    result = imported(tmp_path, row)
    assert result.rejected == []
    (filing,) = result.tables["filings"].to_dict("records")
    assert (filing["place"], filing["role"]) == ("330106", role)
    assert filing["segments"] == segments
    counted = set(result.tables["outcomes"]["segment"])
    assert counted == set(filter(None, segments.split("|")))


def test_an_unknown_segment_rejects_its_row(tmp_path):
    row = f"{NUMBER},2024-05,110108,甲公司,导诊,,"
    other = row.replace("0001号", "0002号")
    result = imported(tmp_path, f"{row}nlp|cats\n{other}nlp")
    (finding,) = result.rejected
    assert finding.row == 2 and "cats" in finding.reason_en
    assert len(result.tables["filings"]) == 1


def test_a_purpose_decides_over_segments_beside_it(tmp_path):
    row = f"{NUMBER},2024-05,甲公司,用于写信，输出信件文本,drones"
    result = imported(tmp_path, row, "record_number,month,firm,purpose,segments")
    assert result.tables["filings"]["segments"].tolist() == ["nlp"]
    assert any("segments" in en for _, en in result.general)


def test_future_months_are_rejected(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "latest_month", lambda: "2025-06")
    row = f"{NUMBER},2025-07,110108,甲公司,导诊,,nlp"
    result = imported(tmp_path, row)
    assert "2025-07 is after 2025-06" in result.rejected[0].reason_en
    assert imported(tmp_path, row.replace("-07", "-06")).rejected == []


def test_days_as_excel_counts_them_are_read_with_a_remark(tmp_path):
    result = imported(tmp_path, f"{NUMBER},甲公司,45292", LIST)
    assert result.tables["filings"]["month"].tolist() == ["2024-01"]
    assert "45292" in result.remarks[0].reason_en
    result = imported(tmp_path, f"{NUMBER},甲公司,20243", LIST)
    assert "20243 is not a month" in result.rejected[0].reason_en


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (f"算法备案注销清单（2024年6月）\n{LIST}", "a.csv"),
        (f"算法备案变更清单（2024年6月）\n{LIST}", "a.csv"),
        (LIST, "注销.csv"),
        (LIST.replace("公告", "注销"), "a.csv"),
        (LIST.replace("公告", "变更"), "a.csv"),
    ],
)
def test_lists_of_cancelled_or_changed_filings_are_refused(tmp_path, head, name):
    with pytest.raises(DataError, match="注销|变更"):
        imported(tmp_path, f"{NUMBER},甲公司,2024-06", head, name)


@pytest.mark.parametrize(
    "title",
    [
        "算法备案清单（2024年6月）",
        "新增和变更备案清单（2024年6月）",
        "算法备案清单\n备案发生变更或注销的，应当办理手续。",
    ],
)
def test_lists_of_new_filings_are_taken(tmp_path, title):
    row = f"{NUMBER},变更注销科技公司,2024-06"
    result = imported(tmp_path, row, f"{title}\n{LIST}")
    assert result.accepted == 1
