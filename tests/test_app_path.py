"""path and find-out: what lifts a place, what to find out, and how each is refused."""

import json
import shlex

import pytest

from app.commands import find_out, path
from model import score
from model.path import path_to_top
from model.unknowns import COLUMNS, worth_finding_out

SEGMENT = "industrial_robots"
KEYS = {
    *("segment", "level", "place", "top", "status", "steps", "search", "command"),
    *("rank_before", "rank_after", "score_before", "score_after"),
    *("range_before", "range_after", "note_zh", "note_en"),
}
# Ranks of the places tried: within the first ten, just below, and far away.
RANKS = {"city": (5, 11, 13, 26), "district": (5, 13, 26)}
SEGMENTS = ("industrial_robots", "ai_security")


@pytest.fixture(scope="module")
def places(model):
    """Return (segment, level, place) of the cases."""
    return [
        (segment, level, table["place"][rank])
        for segment in SEGMENTS
        for level, ranks in RANKS.items()
        for table in [score.ranking(model, segment, level).set_index("rank")]
        for rank in ranks
    ]


def told(run, *words):
    """Return the JSON of a command that succeeds."""
    code, out, err = run(*words, "--json")
    assert (code, err) == (0, ""), err
    return json.loads(out)


def test_the_command_of_every_path_gives_its_rank_and_score(
    run, model, places, monkeypatch
):
    for module in ("path", "what_if"):
        monkeypatch.setattr(f"app.commands.{module}.ready", lambda *a, **k: model)
    seen = set()
    for segment, level, place in places:
        where = ("--segment", segment, "--place", place, "--level", level)
        found = told(run, "path", *where)
        assert found.keys() == KEYS
        seen.add(found["status"])
        for step in found["steps"]:
            assert step["peer_low"] <= step["to"] <= step["peer_high"]
        assert bool(found["command"]) == bool(found["steps"])
        if not found["command"]:
            assert found["rank_after"] == found["rank_before"]
            continue
        name, *words = shlex.split(found["command"])
        assert name == "siteselect"
        again = told(run, *words)
        for when in ("before", "after"):
            for key in (f"rank_{when}", f"score_{when}"):
                assert again[key] == found[key]
            ends = [again[f"low_{when}"], again[f"high_{when}"]]
            assert ends == found[f"range_{when}"]
    assert seen == {"reached", "already", "none"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_has_steps_peers_and_the_command(run, lang):
    words = ("path", "--segment", SEGMENT, "--place", "340100")
    found = told(run, *words)
    code, out, err = run(*words, "--lang", lang)
    assert (code, err) == (0, "")
    assert found["steps"]
    for step in found["steps"]:
        assert step[f"text_{lang}"] in out
        assert step[f"why_{lang}"] in out
    assert found[f"note_{lang}"] in out
    low, high = found["range_after"]
    assert f"#{found['rank_after']} [{low}-{high}]" in out
    assert out.rstrip().endswith(found["command"])
    # As a user would paste it, the model loaded anew.
    again = told(run, *shlex.split(found["command"])[1:])
    assert again["rank_after"] == found["rank_after"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_so_when_there_is_none(run, lang):
    words = ("path", "--segment", SEGMENT, "--place", "440400", "--lang", lang)
    code, out, _ = run(*words, "--allow", "ai_unicorns")
    assert code == 0
    assert {"zh": "都不能使它更接近", "en": "No step"}[lang] in out
    assert "siteselect what-if" not in out


def test_a_folder_of_ones_own_stays_in_the_command(model):
    found = path_to_top(model, SEGMENT, "city", "340100")
    assert path.command_of(found, "mine") == f"{path.command_of(found)} --data mine"


@pytest.mark.parametrize(
    ("command", "more", "named"),
    [
        ("path", ["--top", "338"], "1..337"),
        ("path", ["--allow", "ai_paper"], "ai_papers"),
        ("path", ["--allow", "population,"], "indicator"),
        ("path", ["--allow", "distance_no_such"], "distance_no_such"),
        ("path", ["--level", "district"], "340100"),
        ("find-out", ["--top", "4000"], "1..337"),
        ("find-out", ["--level", "district"], "340100"),
        ("find-out", ["--most", "0"], "--most"),
    ],
)
def test_bad_input_is_one_line(run, monkeypatch, command, more, named):
    for module in (path, find_out):
        monkeypatch.setattr(module, "ready", lambda *a, **k: pytest.fail("trained"))
    words = (command, "--segment", SEGMENT, "--place", "340100", *more)
    for lang in ("zh", "en"):
        code, out, err = run(*words, "--lang", lang)
        assert (code, out) == (2, "")
        assert len(err.strip().splitlines()) == 1
    assert named in err


def test_an_indicator_without_a_better_direction_is_no_lever(run, facts):
    entries = facts.indicators
    flat = entries.index[
        (entries["direction"] == 0)
        & entries["levels"].map(lambda levels: "city" in levels)
    ][0]
    words = ("path", "--segment", SEGMENT, "--place", "340100", "--allow", flat)
    for lang in ("zh", "en"):
        code, _, err = run(*words, "--lang", lang)
        assert code == 2
        assert flat in err


def test_what_to_find_out_is_that_of_the_model(run, model):
    words = ("--segment", "ai_security", "--place", "330113")
    found = told(run, "find-out", *words, "--top", "60", "--most", "3")
    table = worth_finding_out(model, "ai_security", "district", "330113", 60)
    assert found == table.head(3).to_dict("records")
    assert all(list(row) == COLUMNS for row in found)
    assert len(found) == 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_names_each_missing_figure(run, lang):
    words = ("find-out", "--segment", "ai_security", "--place", "330113")
    found = told(run, *words, "--top", "60")
    code, out, err = run(*words, "--top", "60", "--lang", lang)
    assert (code, err) == (0, "")
    assert len(found) == 10
    for row in found:
        assert row[f"name_{lang}"] in out
        assert f"{row['rank_low']}-{row['rank_high']}" in out


def test_nothing_missing_is_said(run):
    words = ("find-out", "--segment", "drones", "--place", "440400")
    assert told(run, *words) == []
    code, out, _ = run(*words, "--lang", "en")
    assert code == 0
    assert "No figure is missing" in out
