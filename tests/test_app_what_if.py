"""what-if: a place ranked again with figures assumed, and what cannot be assumed."""

import json
import re
import shlex

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import planned
from app.commands import what_if as command
from app.commands.scenario import Setting
from app.commands.what_if import command_line
from model.assumptions import Assumption
from model.what_if import what_if

SEGMENT, CITY, DISTRICT = "ai_healthcare", "340100", "340104"
OF_CITY = ("what-if", "--segment", SEGMENT, "--place", CITY)
OF_DISTRICT = ("what-if", "--segment", SEGMENT, "--place", DISTRICT)
KEYS = {
    *("segment", "place", "level", "as_of", "assumed", "pillars", "features"),
    *("rank_before", "rank_after", "score_before", "score_after", "moved"),
    *("low_before", "high_before", "low_after", "high_after", "range_basis"),
    *("basis", "others", "reasons_before", "reasons_after", "note_zh", "note_en"),
}
FIGURE = {
    *("level", "place", "indicator", "name_zh", "name_en", "unit"),
    *("before", "after", "read", "basis"),
}


@pytest.fixture(autouse=True)
def loaded(model, monkeypatch):
    """Load the model once, not for each command; test_app_path.py does it each time."""
    monkeypatch.setattr(command, "ready", lambda *a, **k: model)


def told(run, *words):
    """Return the JSON of a command that succeeds."""
    code, out, err = run(*words, "--json")
    assert (code, err) == (0, ""), err
    return json.loads(out)


def refused(run, *words):
    """Return what is said of bad input, in both languages: one line each."""
    said = {}
    for lang in ("zh", "en"):
        code, out, err = run(*words, "--lang", lang)
        assert (code, out) == (2, ""), (out, err)
        assert len(err.strip().splitlines()) == 1
        said[lang] = err
    assert said["zh"] != said["en"]
    return said


def test_a_command_says_whose_figure_and_what_is_hidden():
    assumed = [
        Assumption("district", DISTRICT, "bachelor_plus", 300_000.0),
        Assumption("city", CITY, "wage", float("nan")),
    ]
    said = command_line(SEGMENT, "district", DISTRICT, assumed, "my facts")
    assert said == (
        "siteselect what-if --segment ai_healthcare --place 340104 --level district"
        " --set bachelor_plus=300000.0 --set city:wage=unknown --data 'my facts'"
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_figure_is_lost(value):
    said = command_line(SEGMENT, "city", CITY, [Assumption("city", CITY, "x", value)])
    assert float(shlex.split(said)[-1].removeprefix("x=")) == value


def test_json_is_that_of_the_model(run, model):
    found = told(
        run, *OF_DISTRICT, "--set", "bachelor_plus=3e5", "--set", "city:wage=9e4"
    )
    assert found.keys() == KEYS
    assert [one.keys() for one in found["assumed"]] == [FIGURE, FIGURE]
    assumed = [
        Assumption("district", DISTRICT, "bachelor_plus", 300_000.0),
        Assumption("city", CITY, "wage", 90_000.0),
    ]
    alone = what_if(model, SEGMENT, "district", DISTRICT, assumed).as_json()
    assert found == json.loads(json.dumps(alone))


@pytest.mark.parametrize(
    ("words", "level"), [(OF_CITY, "city"), (OF_DISTRICT, "district")]
)
def test_with_nothing_changed_nothing_moves(run, model, words, level):
    values = model.tables[level].values[level].loc[words[-1]]
    value = repr(float(values["bachelor_plus"]))
    found = told(run, *words, "--set", f"bachelor_plus={value}")
    for name in ("rank", "score", "low", "high"):
        assert found[f"{name}_before"] == found[f"{name}_after"]
    assert found["others"] == []
    assert all(part["change"] == 0 for part in found["features"])


def test_a_change_is_of_the_figure_known(run):
    (up,) = told(run, *OF_CITY, "--set", "wage=+10%")["assumed"]
    assert up["after"] == pytest.approx(1.1 * up["before"])
    (down,) = told(run, *OF_CITY, "--set", "wage=-10%")["assumed"]
    assert down["after"] == pytest.approx(0.9 * down["before"])
    (share,) = told(run, *OF_CITY, "--set", "tertiary_share=50%")["assumed"]
    assert share["after"] == 50


def test_a_figure_can_be_hidden(run):
    wage, papers = told(
        run, *OF_CITY, "--set", "wage=unknown", "--set", "ai_papers=unknown"
    )["assumed"]
    assert wage["before"] > 0
    assert wage["after"] is None
    code, out, _ = run(*OF_CITY, "--set", "ai_papers=unknown", "--lang", "en")
    # Its list names every city that has any.
    assert code == 0
    assert "unknown (0)" in out
    assert papers["after"] is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_says_what_is_assumed_and_what_comes_of_it(run, lang):
    found = told(run, *OF_CITY, "--set", "ai_papers=900")
    code, out, err = run(*OF_CITY, "--set", "ai_papers=900", "--lang", lang)
    assert (code, err) == (0, "")
    for when in ("before", "after"):
        rank, low, high = (found[f"{name}_{when}"] for name in ("rank", "low", "high"))
        assert f"#{rank} [{low}-{high}]" in out
        assert f"{found[f'score_{when}']:+.3f}" in out
        for reason in found[f"reasons_{when}"]:
            assert reason[f"text_{lang}"] in out
    assert {"zh": "假设", "en": "assumed"}[lang] in out
    assert {"zh": "重抽样", "en": "carried over"}[lang] in out
    assert "9999" not in out
    for other in sorted(found["others"], key=lambda one: one["rank_before"])[:10]:
        assert f"\n{other['place']} " in out
    assert not re.search(r"\b(nan|None)\b", out)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ([], "--set"),
        (["--set", "wage"], "wage"),
        (["--set", "=5"], "=5"),
        (["--set", "wage="], "wage="),
        (["--set", "wage=many"], "many"),
        (["--set", "wage=nan"], "nan"),
        (["--set", "wage=inf"], "inf"),
        (["--set", "wage=1e999"], "1e999"),
        (["--set", "wage=+5"], "+5"),
        (["--set", "wage=50%"], "50%"),
        (["--set", "wage=-5"], "wage 20000..400000 元"),
        (["--set", "ai_papers=-1"], "ai_papers 0.. 篇"),
        (["--set", "ai_pilot_zone=0.5"], "ai_pilot_zone 0, 1"),
        (["--set", "tertiary_share=101"], "tertiary_share"),
        (["--set", "bachelor_plus=1e9"], "100%"),
        (["--set", "waeg=5"], "wage"),
        (["--set", "工资=5"], "wage"),
        (["--set", "wage=90000", "--set", "wage=91000"], "wage"),
        (["--set", "wage=90000", "--set", "city:wage=91000"], "wage"),
        (["--set", "no_such=5"], "no_such"),
        (["--level", "district", "--set", "wage=5"], CITY),
        (["--planned", "nowhere.csv"], "nowhere.csv"),
        (["--planned", "."], "."),
    ],
)
def test_what_cannot_be_assumed_is_one_line(run, more, named):
    said = refused(run, *OF_CITY, *more)
    assert named in said["zh"]
    assert named in said["en"]


def test_an_indicator_of_the_city_is_pointed_to(run):
    for said in refused(run, *OF_DISTRICT, "--set", "wage=90000").values():
        assert "city:wage" in said
    for said in refused(run, *OF_CITY, "--set", "jobs_total_nowhere=1").values():
        assert "jobs_total_nowhere" in said


@pytest.mark.parametrize(
    ("segment", "place", "named"),
    [
        ("drone", CITY, "drones"),
        ("drones", "999999", "999999"),
        ("drones", "", "110108"),
    ],
)
def test_unknown_names_are_refused(run, segment, place, named):
    words = ("what-if", "--segment", segment, "--place", place, "--set", "wage=5")
    for said in refused(run, *words).values():
        assert named in said


def test_a_figure_not_known_cannot_change_by_a_share(run, model):
    values = model.tables["city"].values["city"]["ai_fund_target"]
    place = values.index[values.isna()][0]
    words = ("what-if", "--segment", SEGMENT, "--place", place)
    for said in refused(run, *words, "--set", "ai_fund_target=+10%").values():
        assert "ai_fund_target" in said


def test_bad_input_is_said_before_a_first_training(run, monkeypatch):
    monkeypatch.setattr(command, "ready", lambda *a, **k: pytest.fail("trained"))
    refused(run, *OF_CITY, "--set", "waeg=5")
    refused(run, *OF_CITY, "--planned", "nowhere.csv")


def test_plans_of_the_facts_are_never_features(run):
    found = told(
        run, "what-if", "--segment", "drones", "--place", "621000", "--planned"
    )
    (plan,) = found["assumed"]
    assert (plan["indicator"], plan["after"]) == ("compute_total", 100_000)
    assert plan["before"] == 66_000
    assert found["moved"] == 0


def test_plans_gone_by_are_not_assumed_and_that_is_said(run):
    words = ("what-if", "--segment", "drones", "--place", "310000", "--planned")
    code, out, err = run(*words, "--lang", "en")
    assert code == 0
    assert "base_stations_5g" in err
    assert "base_stations_5g" not in out
    assert "reads none of these" in out


def test_a_place_without_plans_is_told_so(run):
    words = ("what-if", "--segment", "drones", "--place", "659012", "--planned")
    for said in refused(run, *words).values():
        assert "659012" in said


@pytest.fixture
def plans(tmp_path):
    """A file of plans, of two places and of a city, as import indicators reads it."""
    table = pd.DataFrame(
        [
            [DISTRICT, "bachelor_plus", "2030", 30, "万人"],
            [DISTRICT, "bachelor_plus", "2028", 29, "万人"],
            [CITY, "ai_papers", "2030", 900, "篇"],
            ["110108", "bachelor_plus", "2030", 200, "万人"],
        ],
        columns=["place", "indicator", "period", "value", "unit"],
    )

    def write(suffix, **more):
        path = tmp_path / f"plans.{suffix}"
        made = table.assign(**more)
        if suffix == "csv":
            made.to_csv(path, index=False, encoding="utf-8-sig")
        else:
            made.to_excel(path, index=False)
        return path

    return write


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_plans_of_a_file_are_assumed(run, plans, suffix):
    path = plans(suffix)
    code, out, err = run(*OF_DISTRICT, "--planned", path, "--json", "--lang", "en")
    assert code == 0, err
    assumed = {one["indicator"]: one for one in json.loads(out)["assumed"]}
    # In the indicator's own unit, the later of two plans, the city's beside it.
    assert assumed["bachelor_plus"]["after"] == 300_000
    assert assumed["ai_papers"]["place"] == CITY
    assert len(assumed) == 2
    assert "2 of 4 rows" in err
    both = told_of(out)
    named = ("--set", "bachelor_plus=300000", "--set", "city:ai_papers=900")
    assert told_of(run(*OF_DISTRICT, *named, "--json")[1]) == both


def told_of(out):
    """Return rank and score after."""
    found = json.loads(out)
    return found["rank_after"], found["score_after"]


def test_of_a_file_with_a_status_only_plans_count(run, plans):
    path = plans("csv", status=["planned", "", "规划", "planned"])
    code, out, _ = run(*OF_DISTRICT, "--planned", path, "--json")
    assert code == 0
    assert {one["indicator"] for one in json.loads(out)["assumed"]} == {
        *("bachelor_plus", "ai_papers")
    }
    years = ["2020", "2019", "2020", "2030"]
    none = plans("csv", status=["", "", "", "planned"], period=years)
    for said in refused(run, *OF_DISTRICT, "--planned", none).values():
        assert DISTRICT in said


def test_rows_of_a_plan_that_cannot_be_used_are_named(run, plans):
    path = plans("csv", value=[30, 29, "a lot", 200])
    code, out, err = run(*OF_DISTRICT, "--planned", path, "--lang", "en")
    assert (code, out) == (2, "")
    assert "row 4" in err
    assert "a lot" in err


def test_a_plan_and_a_setting_may_not_contradict(run, plans):
    words = (*OF_DISTRICT, "--planned", plans("csv"), "--set", "bachelor_plus=1")
    code, _, err = run(*words, "--lang", "en")
    assert code == 2
    assert "assumed twice: bachelor_plus" in err


def test_a_city_has_no_city_above_it(facts, plans):
    found = planned.of_file(plans("csv"), facts, "city", CITY, "en")
    assert found == [Setting("city", CITY, "ai_papers", 900.0)]
