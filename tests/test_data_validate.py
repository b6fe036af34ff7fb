"""Every rule has one failing example, and every shipped row passes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import DataError, load, tables
from data.rules import RULES
from data.tables import TABLES
from data.validate import check


def test_every_shipped_row_passes():
    assert check() == []


def spoil(folder, file, change):
    path = folder / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return check(folder)


def replace_cell(line, column, value):
    """Return a change of one cell of a simple CSV line (no quoted commas)."""

    def change(text):
        lines = text.split("\n")
        cells = lines[line - 1].split(",")
        cells[column] = value
        lines[line - 1] = ",".join(cells)
        return "\n".join(lines)

    return change


def drop_column(text):
    return "\n".join(line.rsplit(",", 1)[0] for line in text.split("\n"))


def repeat_line(text):
    lines = text.split("\n")
    return "\n".join([*lines[:2], lines[1], *lines[2:]])


SPOILED = [
    ("columns", "provinces.csv", drop_column, 1, "short_zh"),
    ("required", "provinces.csv", replace_cell(3, 1, ""), 3, "name_zh"),
    ("kind", "places.csv", replace_cell(5, 0, "1301"), 5, "place"),
    ("number", "places.csv", replace_cell(4, 6, "east"), 4, "lon"),
    ("number", "places.csv", replace_cell(4, 7, "inf"), 4, "lat"),
    ("number", "places.csv", replace_cell(4, 7, "95"), 4, "lat"),
    ("allowed", "places.csv", replace_cell(4, 1, "town"), 4, "level"),
    ("unique", "provinces.csv", repeat_line, 3, ""),
    ("references", "places.csv", replace_cell(4, 5, "990000"), 4, "province"),
    ("parents", "places.csv", replace_cell(400, 4, "999900"), 400, "parent"),
    ("kind", "outcomes/filings.csv", replace_cell(2, 1, "2022-13"), 2, "month"),
    ("references", "outcomes/filings.csv", replace_cell(2, 2, "110199"), 2, "place"),
    ("observation", "observations/policy.csv", replace_cell(2, 5, "万元"), 2, "unit"),
    ("observation", "observations/policy.csv", replace_cell(2, 4, "7"), 2, "value"),
    (
        "references",
        "observations/policy.csv",
        replace_cell(2, 6, "somewhere"),
        2,
        "source_id",
    ),
]


@pytest.mark.parametrize(
    ("rule", "file", "change", "line", "column"),
    SPOILED,
    ids=[f"{rule}-{column}" for rule, _, _, _, column in SPOILED],
)
def test_each_rule_names_file_line_and_column(
    facts_copy, rule, file, change, line, column
):
    problems = spoil(facts_copy, file, change)
    found = [(p.rule, p.file, p.line, p.column) for p in problems]
    assert (rule, file, line, column) in found
    assert all(p.message and p.message_zh for p in problems)


def swap(old, new):
    def change(text):
        assert old in text
        return text.replace(old, new, 1)

    return change


BOTH = 'levels = ["city", "district"]'
TYPES = [
    (
        "indicators/talent.toml",
        swap(BOTH, 'levels = "city"'),
        "levels",
    ),
    ("indicators/talent.toml", swap(BOTH, "levels = 5"), "levels"),
    (
        "indicators/talent.toml",
        swap(BOTH, "levels = [1]"),
        "levels",
    ),
    ("indicators/talent.toml", swap(BOTH, "levels = []"), "levels"),
    ("indicators/talent.toml", swap("low = 0", 'low = "a"'), "low"),
    ("indicators/talent.toml", swap("low = 0", "low = [1]"), "low"),
    ("indicators/talent.toml", swap("low = 0", "low = 2020-01-01"), "low"),
    ("indicators/talent.toml", swap("complete = true", 'complete = "no"'), "complete"),
    ("indicators/talent.toml", swap("direction = 1", 'direction = "up"'), "direction"),
    ("indicators/talent.toml", swap("pillar =", "pilar ="), "pilar"),
    ("sources.toml", swap("lag_months = 24\n", ""), "published"),
    ("sources.toml", swap("lag_months = 24", "lag_months = 1.5"), "lag_months"),
    ("sources.toml", swap("second_hand = true", 'second_hand = "no"'), "second_hand"),
    ("places.csv", swap(",parent,", ",par,"), "par"),
    ("provinces.csv", swap("name_zh", "name_en"), "name_en"),
    ("outcomes/filings.csv", swap(",110101,", ",110000,"), "place"),
    ("outcomes/filings.csv", swap("2022-08", "2099-08"), "month"),
    ("outcomes/listed_firms.csv", swap(",310000,", ",310101,"), "place"),
    ("outcomes/listed_firms.csv", swap(",1990,", ",1990-05,"), "year"),
    ("strengths.csv", swap(",1,", ",1.5,"), "grade"),
]


@pytest.mark.parametrize(("file", "change", "column"), TYPES)
def test_a_wrong_type_is_found_where_it_stands(facts_copy, file, change, column):
    problems = spoil(facts_copy, file, change)
    assert (file, column) in {(p.file, p.column) for p in problems}
    load.cache_clear()
    try:
        load(facts_copy)
    except DataError as error:
        assert error.problems[0].file == file


def append(**cells):
    """Return a change that adds a row with some cells of its columns."""

    def change(text):
        header = text.split("\n")[0].split(",")
        return text + ",".join(cells.get(name, "") for name in header) + "\n"

    return change


FIGURE = {"period": "2023", "value": "5", "source_id": "yearbook2024"}
FIGURE |= {"locator": "table", "quality": "exact"}
POLICY = {"place": "110000", "level": "city", "title": "某办法", "locator": "L1"}
POLICY |= {"source_id": "gemdale2021"}
RANK = {"source_id": "ccid2018", "ranking": "total", "place": "110101"}
RANK |= {"level": "district", "locator": "L1"}
APPENDED = [
    ("told", "rankings.csv", RANK, "rank"),
    (
        "ordered",
        "policies.csv",
        {**POLICY, "issued": "2020-05", "valid_until": "2019"},
        "valid_until",
    ),
    (
        "ordered",
        "policies.csv",
        {**POLICY, "valid_from": "2020-05", "valid_until": "2020-04"},
        "valid_until",
    ),
    ("printable", "policies.csv", {**POLICY, "note": "a\x1b[31m"}, "note"),
    ("no_sentence", "policies.csv", {**POLICY, "topics": "支持企业。"}, "topics"),
    ("no_sentence", "policies.csv", {**POLICY, "note": "字" * 201}, "note"),
    ("references", "policies.csv", {**POLICY, "place": "110001"}, "place"),
    (
        "references",
        "policies.csv",
        {**POLICY, "level": "nation", "place": "110000"},
        "place",
    ),
    ("references", "policies.csv", {**POLICY, "zone": "nowhere"}, "zone"),
    ("references", "policies.csv", {**POLICY, "segments": "drones|x"}, "segments"),
    (
        "references",
        "firm_shares.csv",
        {**RANK, "members": "110101|999999"},
        "members",
    ),
]


@pytest.mark.parametrize(
    ("rule", "file", "cells", "column"),
    APPENDED,
    ids=[f"{rule}-{column}" for rule, _, _, column in APPENDED],
)
def test_a_row_that_breaks_a_rule_is_found(facts_copy, rule, file, cells, column):
    problems = spoil(facts_copy, file, append(**cells))
    assert (rule, column) in {(p.rule, p.column) for p in problems}


@pytest.mark.parametrize(
    "cells",
    [
        {"issued": "2020-05", "valid_until": "2020"},
        {"issued": "2020", "valid_until": "2020-01"},
        {"level": "nation", "place": "000000"},
        {"level": "province", "place": "440000"},
    ],
)
def test_a_row_that_keeps_the_rules_passes(facts_copy, cells):
    assert spoil(facts_copy, "policies.csv", append(**{**POLICY, **cells})) == []


def test_every_rule_has_an_example():
    tried = {rule for rule, *_ in (*SPOILED, *APPENDED)}
    elsewhere = {"toml_types", "dated", "covered"}
    assert tried | elsewhere == {rule.__name__ for rule in RULES}


def test_an_indicator_of_the_wrong_level_is_found(facts_copy):
    cells = {"place": "110108", "level": "district", "unit": "万元", **FIGURE}
    change = append(**cells, indicator="science_spending")
    problems = spoil(facts_copy, "observations/policy.csv", change)
    assert [p.rule for p in problems] == ["observation"]
    assert "city" in problems[0].message


def test_a_figure_in_two_files_is_found(facts_copy):
    policy = facts_copy / "observations" / "policy.csv"
    extra = facts_copy / "observations" / "zz.csv"
    extra.write_text("\n".join(policy.read_text().split("\n")[:2]) + "\n")
    problems = check(facts_copy)
    assert [(p.file, p.line) for p in problems] == [("observations/zz.csv", 2)]


def test_toml_problems_name_the_line_of_the_entry(facts_copy):
    problems = spoil(
        facts_copy,
        "segments.toml",
        lambda text: text.replace('layer = "technology"', 'layer = "magic"', 1),
    )
    text = (facts_copy / "segments.toml").read_text().splitlines()
    assert problems[0].line == text.index("[computer_vision]") + 1


def test_a_quoted_cell_over_two_lines_does_not_shift_the_line(facts_copy):
    path = facts_copy / "place_changes.csv"
    header = path.read_text().split("\n")[0]
    cells = '110228,110118,renumbered,"密云\n县",2010,2010,2015,census2020'
    bad = "110229,110119,renumbered,延庆县,20x0,2010,2015,census2020"
    path.write_text("\n".join([header, cells, bad]) + "\n")
    assert [(p.line, p.rule) for p in check(facts_copy)] == [(4, "kind")]


def test_a_partial_folder_is_checked_against_the_embedded_facts(tmp_path):
    folder = tmp_path / "observations"
    folder.mkdir()
    header = ",".join(tables.OBSERVATIONS.names)
    cells = {"place": "330106", "level": "district", "indicator": "population"}
    row = append(**cells, unit="人", **FIGURE)(header + "\n")
    (folder / "mine.csv").write_text(row)
    assert check(tmp_path) == []


def test_a_missing_or_empty_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        check(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no file of facts"):
        check(tmp_path)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("province,name_zh\n110000,北京\n".encode("gb18030"), 2),
        (b"province,name_zh\n110000,a\n110000,a,b,c\n", 3),
        (b'province,name_zh\n110000,a\n110000,"a\n', 3),
        (b"", 1),
    ],
    ids=["gb18030", "too many cells", "open quote", "empty"],
)
def test_a_file_that_is_no_table_is_named_with_its_folder(facts_copy, content, line):
    path = facts_copy / "outcomes" / "filings.csv"
    path.write_bytes(content)
    problems = check(facts_copy)
    assert problems[0].file == "outcomes/filings.csv"
    assert problems[0].line == line


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_file_with_a_header_alone_or_nothing_is_no_failure(tmp_path, table):
    names = ",".join(table.names)
    path = tmp_path / table.path.replace("*", "mine")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("" if path.suffix == ".toml" else f"{names}\n")
    assert check(tmp_path) == []


def test_line_ends_of_every_system_are_read_alike(facts_copy):
    path = facts_copy / "provinces.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    assert check(facts_copy) == []


def test_a_very_long_cell_is_a_problem_and_no_failure(tmp_path):
    (tmp_path / "provinces.csv").write_text("province,x\n110000," + "a" * 200_000)
    assert check(tmp_path)
    (tmp_path / "provinces.csv").write_text("a" * 200_000 + "\n1,2,3\n")
    assert check(tmp_path)


def test_a_row_with_too_few_cells_is_found(facts_copy):
    path = facts_copy / "provinces.csv"
    path.write_text(path.read_text() + "990000,某省\n")
    found = {(p.rule, p.line) for p in check(facts_copy)}
    assert ("required", 33) in found


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_reported_and_never_crash(tmp_path, content):
    (tmp_path / "provinces.csv").write_bytes(content)
    problems = check(tmp_path)
    assert all(problem.file == "provinces.csv" for problem in problems)
