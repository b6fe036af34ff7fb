import argparse
import csv
import io
import json

import pytest

from app.commands import errors
from app.commands import fit as command
from model.board import Board
from model.park import Park, fit
from model.score import UnknownNameError

KEYS = {
    *("segment", "name_zh", "name_en", "rank", "rank_low", "rank_high"),
    *("place_rank", "place_rank_low", "place_rank_high", "confidence", "score"),
    *("steps", "rivals", "firms"),
}
RIVAL = {
    *(
        "place",
        "name_zh",
        "name_en",
        "rank",
        "gap",
        "chance_above",
        "distance",
        "parts",
    ),
    *("points_zh", "points_en"),
}


@pytest.fixture
def call(model_home, capsys):
    """Run the command as the command line would, without it."""

    def run(place, level=None, top=None, format="json", lang="zh"):
        capsys.readouterr()
        args = argparse.Namespace(
            place=place, level=level, top=top, format=format, lang=lang, data=None
        )
        command.fit(args)
        return capsys.readouterr().out

    return run


def test_json_keeps_the_contract(model, call):
    found = json.loads(call("440305", top=4))
    assert [entry["rank"] for entry in found] == [1, 2, 3, 4]
    for entry in found:
        assert entry.keys() >= KEYS
        assert entry["steps"].keys() == {"suits", "succeeds", "worth"}
        for said in (one for step in entry["steps"].values() for one in step):
            assert said.keys() == {"text_zh", "text_en", "sources"}
        for rival in entry["rivals"]:
            assert rival.keys() == RIVAL
            total = sum(part["contribution"] for part in rival["parts"])
            assert total == pytest.approx(rival["gap"], abs=1e-6)
        for firm in entry["firms"]:
            assert firm.keys() >= {"firm", "month", "source_id", "locator", "near"}
    alone = fit(Park(Board(model, "district")), "440305", 4)
    assert json.loads(json.dumps(alone)) == found


def test_a_city_code_means_the_city(call):
    (first,) = json.loads(call("440300", top=1))
    assert first["place_rank_high"] <= 337


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_csv_has_one_row_for_each_segment(model, call, lang):
    rows = list(csv.DictReader(io.StringIO(call("340100", format="csv", lang=lang))))
    assert len(rows) == len(model.facts.segments)
    for row in rows:
        assert row[f"name_{lang}"] and row["suits"] and row["worth"] and row["rivals"]
        assert int(row["rank_low"]) <= int(row["rank"]) <= int(row["rank_high"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_is_for_people(call, lang):
    said = call("110108", top=2, format="table", lang=lang)
    assert ("胜在" in said) == (lang == "zh")
    assert ("Ahead on" in said) == (lang == "en")
    assert "None" not in said and "nan\n" not in said


@pytest.mark.parametrize(
    ("place", "level", "kind"),
    [
        ("999999", None, UnknownNameError),
        ("海淀", None, UnknownNameError),
        ("", None, UnknownNameError),
        ("110108", "city", errors.UserError),
        ("440300", "district", errors.UserError),
    ],
)
def test_a_bad_place_is_one_message_before_any_training(
    facts, monkeypatch, place, level, kind
):
    monkeypatch.setattr(command, "ready", lambda *a, **k: pytest.fail("trained"))
    args = argparse.Namespace(
        place=place, level=level, top=None, format="json", lang="zh", data=None
    )
    with pytest.raises(kind) as caught:
        command.fit(args)
    for lang in ("zh", "en"):
        said = errors.message(caught.value, lang, facts)
        assert said and "\n" not in said
