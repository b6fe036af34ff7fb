"""No passage of a report or notice is in the repository: facts are, wording is not."""

import re
from pathlib import Path

import pytest

from data import EMBEDDED
from data.build.text_runs import RUN, STEP, copied, pack, runs, unpack
from data.tables import TABLES

KNOWN = Path(__file__).parent / "fixtures" / "text_runs.bin"
# Names and titles are cited as they are.
NAMES = ("title", "name", "name_zh", "name_old", "product", "firm", "owner", "issuer")
PASSAGE = "".join(chr(0x4E00 + 7 * i) for i in range(60))


@pytest.fixture(scope="module")
def known():
    return unpack(KNOWN.read_bytes())


def test_the_fingerprints_are_there(known):
    assert len(known) > 40_000


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_cell_holds_a_passage(facts, known, table):
    frame = facts[table.name]
    for column in table.columns:
        if column.kind != "text" or column.name in NAMES or column.name not in frame:
            continue
        texts = frame[column.name].astype(str).unique()
        assert copied(texts, known) == []


def test_no_other_file_of_the_data_holds_a_passage(known):
    files = [p for p in EMBEDDED.rglob("*") if p.suffix in (".toml", ".py", ".md")]
    files += (EMBEDDED / "build").rglob("*.csv")
    named = re.compile("title|name")
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        cells = [c for line in lines for c in re.split('[,"]', line)]
        if path.suffix == ".csv" and named.search(lines[0] if lines else ""):
            # Tables with names: a passage shows by its sentence marks alone.
            cells = [c for c in cells if "。" in c]
        assert copied(cells, known) == [], path


@pytest.mark.parametrize("start", range(STEP))
def test_a_copied_passage_is_found_wherever_it_begins(start):
    source = unpack(pack(runs(PASSAGE, STEP)))
    piece = PASSAGE[start : start + RUN + STEP - 1]
    assert copied([f"前言，{piece}。"], source) == [f"前言，{piece}。"]


def test_signs_and_spaces_do_not_hide_a_passage():
    source = unpack(pack(runs(PASSAGE, STEP)))
    assert copied(["，".join(PASSAGE)], source)
    assert not copied([PASSAGE[::-1]], source)
