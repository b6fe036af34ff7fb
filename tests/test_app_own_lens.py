"""The command ``lens FILE.json``: a ranking by the user's own lens."""

import io
import json
import re

import pandas as pd
import pytest

from app.ui.words import LANGS
from model import own_index, own_lens
from model.own_lens import OwnLens

CHINESE = re.compile("[\u3400-\u9fff]")
LENS = OwnLens(pillars={"talent": 3, "cost": 0}, within="yangtze_delta", tier=2)
SEGMENT = "drones"
KEYS = {
    *("name", "level", "as_of", "lens", "ranking", "removed", "weights", "tipping"),
}
ROW = {*own_index.COLUMNS, "rank_low", "rank_high", "rank_median"} - {"parent"}
HEAD = '{"format": "siteselect-own-lens", "version": 1'


@pytest.fixture
def file(tmp_path):
    """Write a file of a lens."""

    def write(content):
        path = tmp_path / "mine.json"
        if isinstance(content, OwnLens):
            content = own_lens.to_json(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_the_answer_is_the_ranking_of_the_lens(run, file, model):
    code, out, err = run("lens", file(LENS), "--format", "json")
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert set(said) == KEYS
    assert said["name"] == "own" and said["level"] == "city"
    assert said["as_of"] == model.as_of
    assert said["lens"] == own_lens.to_params(LENS)
    ours = own_index.rank(model, LENS)
    assert len(said["ranking"]) == len(ours.table) > 3
    for row, expected in zip(
        said["ranking"], ours.table.to_dict("records"), strict=True
    ):
        assert set(row) >= ROW
        assert row["place"] == expected["place"] and row["rank"] == expected["rank"]
        assert row["score"] == pytest.approx(expected["score"])
        assert row["talent"] == pytest.approx(expected["talent"])
        assert row["cost"] is None
        assert 1 <= row["rank_low"] <= row["rank_median"] <= row["rank_high"]
        assert row["rank_high"] <= len(ours.table)
    removed = {row.pop("filter"): row for row in said["removed"]}
    assert removed == ours.removed.to_dict("index")
    weights = {row["row"]: row for row in said["weights"]}
    assert weights["talent"]["nominal"] == pytest.approx(3 / 7)
    tops = [weights[name]["real"] for name in ("talent", "capital", "compute")]
    tops += [weights[name]["real"] for name in ("policy", "industry")]
    assert sum(tops) == pytest.approx(1) and "cost" not in weights
    order = [row["place"] for row in said["ranking"]]
    for point in said["tipping"]:
        assert order.index(point["follower"]) == order.index(point["leader"]) + 1


def test_the_first_so_many_and_where_the_learned_ranking_differs(run, file, model):
    asked = ("--top", "5", "--segment", SEGMENT, "--format", "json")
    code, out, _ = run("lens", file(LENS), *asked)
    said = json.loads(out)
    assert code == 0 and set(said) == {*KEYS, "segment", "disagreements"}
    assert [row["rank"] for row in said["ranking"]] == [1, 2, 3, 4, 5]
    assert said["segment"] == SEGMENT
    found = own_index.disagreements(model, LENS, SEGMENT)
    assert [row["place"] for row in said["disagreements"]] == list(found["place"])
    for row, expected in zip(said["disagreements"], found.itertuples(), strict=True):
        assert row["learned_rank"] == expected.learned_rank
        assert len(row["own"]) == own_index.TOLD


def test_a_table_and_a_csv_hold_the_same(run, file, model):
    places = list(own_index.rank(model, LENS).table["place"])
    path = file(LENS)
    code, out, err = run("lens", path, "--format", "csv")
    assert (code, err) == (0, "")
    back = pd.read_csv(io.StringIO(out), dtype={"place": str})
    assert list(back["place"]) == places and set(back) >= ROW
    for lang in LANGS:
        code, out, err = run("lens", path, "--top", "4", "--lang", lang)
        assert (code, err) == (0, "")
        lines = out.strip().splitlines()
        assert [line.split()[1] for line in lines[1:]] == places[:4]
        assert bool(CHINESE.search(out)) == (lang == "zh")


def test_filters_that_nobody_passes_leave_an_empty_ranking(run, file):
    path = file(OwnLens(ceilings={"wage": 1}))
    code, out, _ = run("lens", path, "--format", "json")
    said = json.loads(out)
    assert code == 0 and said["ranking"] == []
    assert said["removed"][0]["removed"] == 337
    for kind in ("csv", "table"):
        code, out, err = run("lens", path, "--format", kind)
        assert (code, err) == (0, "") and "rank" in out


BAD = {
    "not json": b'{"format": ',
    "not text": b"\xff\xfe\x00",
    "not a lens": b'{"rows": []}',
    "version": b'{"format": "siteselect-own-lens", "version": 2}',
    "indicator": f'{HEAD}, "indicators": {{"bogus": 2}}}}'.encode(),
    "weight": f'{HEAD}, "pillars": {{"talent": -1}}}}'.encode(),
    "level": f'{HEAD}, "level": "county"}}'.encode(),
    "too big": b" " * (own_lens.MOST_BYTES + 1),
}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_told_in_a_line(run, file, content, lang):
    code, out, err = run("lens", file(content), "--format", "json", "--lang", lang)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert bool(CHINESE.search(err)) == (lang == "zh")
    assert not re.search(r"Traceback|OwnLensError|[{}]", err)


@pytest.mark.parametrize("lang", LANGS)
def test_the_message_names_what_is_wrong(run, file, tmp_path, lang):
    code, _, err = run("lens", file(BAD["indicator"]), "--lang", lang)
    assert code == 2 and "bogus" in err
    absent = tmp_path / "absent.json"
    code, out, err = run("lens", absent, "--lang", lang)
    assert (code, out) == (2, "") and str(absent) in err
    assert len(err.strip().splitlines()) == 1
    code, out, err = run("lens", tmp_path, "--lang", lang)
    assert (code, out) == (2, "") and len(err.strip().splitlines()) == 1


def test_an_unknown_segment_is_refused_with_the_nearest(run, file):
    code, out, err = run("lens", file(LENS), "--segment", "drone", "--lang", "en")
    assert (code, out) == (2, "")
    assert "drones" in err and len(err.strip().splitlines()) == 1
