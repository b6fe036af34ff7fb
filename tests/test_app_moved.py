"""The panel's two tabs: why a rank moved, and the policy clock."""

from datetime import date

import pytest

from app.ui import moved_charts, moved_tables
from app.ui.words import LANGS, t, words
from model.policy_clock import clock
from model.rank_move import moves
from model.rank_states import State
from tests.app_pages import asked, opener, sound

PLACES = [("city", "440300"), ("district", "440305")]
MONTH = "2024-12"


@pytest.fixture
def visit(model, monkeypatch):
    """Open the page with a place chosen."""
    return opener("recommend", model, monkeypatch, segment="drones")


def tab(page, name, lang="zh"):
    (found,) = (one for one in page.tabs if one.label == t(f"detail.tab_{name}", lang))
    return found


def spoken(part):
    """What a part of the page says in words."""
    kinds = (part.markdown, part.caption, part.info, part.warning)
    return "\n".join(one.value for kind in kinds for one in kind).replace("\\", "")


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_is_computed_before_a_month_is_chosen(visit, monkeypatch, lang):
    monkeypatch.setattr(moved_tables, "moved", lambda *a: pytest.fail("computed"))
    page = visit(place="440300", lang=lang)
    part = tab(page, "moved", lang)
    assert t("moved.choose", lang) in spoken(part)
    assert len(part.dataframe) == 0


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("level", "place"), PLACES)
def test_the_move_since_a_month(visit, model, level, place, lang):
    page = visit(place=place, level=level, lang=lang, since=MONTH)
    part = tab(page, "moved", lang)
    before = State(moved_tables.then(model, MONTH))
    answer = moves(before, State(model), "drones", level).of(place)
    ends = answer["before"]["rank"], answer["after"]["rank"]
    said = spoken(part)
    assert all(str(rank) in said for rank in ends) and MONTH in said
    assert model.as_of in said and t("moved.steps_note", lang) in said
    details, causes = (frame.value for frame in part.dataframe)
    assert list(details) == [
        t(f"moved.col_{name}", lang)
        for name in (
            *("source_of_score", "score", "before", "after", "titles", "locators"),
        )
    ]
    assert details[t("moved.col_titles", lang)].iloc[0]
    assert causes[t("moved.col_cause", lang)].iloc[-1] == t("moved.whole", lang)
    total = float(causes[t("moved.col_score", lang)].iloc[-1])
    change = answer["after"]["score"] - answer["before"]["score"]
    assert total == pytest.approx(change, abs=6e-4)


def test_a_month_is_chosen_and_left(visit):
    page = visit(place="440300")
    (pills,) = (one for one in page.button_group if one.key == "since")
    sound(pills.set_value(MONTH).run())
    assert asked(page)["since"] == MONTH
    assert t("moved.steps_note", "zh") in spoken(tab(page, "moved"))


def test_a_link_may_name_any_month_that_is_known(visit, model):
    page = visit(place="440300", since="2024-11")
    assert "2024-11" in spoken(tab(page, "moved"))
    for bad in ("2024-13", "1999-01", model.as_of, "<b>"):
        page = visit(place="440300", since=bad)
        said = spoken(tab(page, "moved"))
        assert bad in said and t("moved.choose", "zh") in said


@pytest.mark.parametrize(("level", "place"), PLACES)
def test_steps_lead_from_one_score_to_the_other(model, level, place):
    answer = moved_tables.moved(model, "drones", level, place, MONTH)
    rows = moved_tables.steps(answer, "zh")
    assert rows["kind"].iloc[0] == rows["kind"].iloc[-1] == "end"
    inner = rows[rows["kind"] != "end"]
    assert inner["start"].iloc[0] == answer["before"]["score"]
    assert (inner["start"].to_numpy()[1:] == inner["end"].to_numpy()[:-1]).all()
    last = inner["end"].iloc[-1]
    assert last == pytest.approx(answer["after"]["score"], abs=1e-7)
    for ground in ("light", "dark"):
        chart = moved_charts.steps(rows, "en", ground).to_dict()
        (data,) = chart["datasets"].values()
        assert len(data) == len(rows)


def test_places_in_words():
    assert moved_tables.places(-1.0, "en") == "up 1"
    assert moved_tables.places(2.5, "zh") == "下降 2.5 位"
    assert moved_tables.places(0.0, "zh") == "0"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("level", "place"), PLACES)
def test_the_clock_tells_what_the_model_says(visit, model, level, place, lang):
    page = visit(place=place, level=level, lang=lang)
    part = tab(page, "policies", lang)
    today = date.today().strftime("%Y-%m")
    answer = clock(model, place, level, "drones", today)
    said = spoken(part)
    assert answer[f"sentences_{lang}"][0].strip() in said
    assert answer[f"sentences_{lang}"][-1].strip() in said
    assert all(note[f"text_{lang}"] in said for note in answer["notes"])
    numbers = {one.label: one.value for one in part.metric}
    for state in ("running", "ends_within_a_year", "ended", "no_stated_end"):
        label = t(f"moved.state_{state}", lang)
        assert numbers[label] == str(answer["counts"][state])
    (frame,) = part.dataframe
    assert len(frame.value) == len(answer["policies"])
    assert frame.value[t("moved.col_titles", lang)].str.len().gt(0).all()


def test_the_clock_can_be_read_at_the_models_own_month(visit, model):
    page = visit(place="440300", today=model.as_of)
    answer = clock(model, "440300", "city", "drones", model.as_of)
    assert answer["sentences_zh"][0] in spoken(tab(page, "policies"))
    page = visit(place="440300", today="2031-99")
    said = spoken(tab(page, "policies"))
    assert "2031-99" in said and date.today().strftime("%Y-%m") in said


def test_a_place_without_policies_says_so(visit, model):
    today = date.today().strftime("%Y-%m")
    place = next(
        code
        for code in reversed(model.tables["city"].history.places)
        if not clock(model, code, "city", "drones", today)["policies"]
    )
    part = tab(visit(place=place), "policies")
    assert t("moved.no_policies", "zh", month=today) in spoken(part)
    assert not len(part.dataframe) and not len(part.metric)


def test_bars_are_of_policies_with_an_end_in_the_order_they_end(model):
    answer = clock(model, "440300", "city", "drones", "2026-06")
    rows = moved_tables.bars(answer, "zh")
    dated = [p for p in answer["policies"] if p["until"]]
    assert len(rows) == len(dated) > 2
    assert (rows["start"] <= rows["end"]).all()
    for state, own in rows.groupby("state", sort=False):
        up = state != t("moved.state_ended", "zh")
        assert own["end"].is_monotonic_increasing if up else True
        assert own["end"].is_monotonic_decreasing if not up else True
    ends = {p["title"]: p["until"] for p in dated}
    for row in rows.itertuples():
        year, month = divmod(round(row.end * 12), 12)
        until = ends[row.title]
        full = until if len(until) == 7 else f"{until}-12"
        assert (year * 12 + month) == int(full[:4]) * 12 + int(full[5:])
    for ground in ("light", "dark"):
        now = ("2026-06", moved_tables.in_years("2026-06"))
        assert moved_charts.timeline(rows, now, "zh", ground).to_dict()


def test_every_cause_and_state_has_words():
    from model.policy_periods import STATES
    from model.rank_move import CAUSES
    from model.rank_states import Learned

    for lang in LANGS:
        known = words(lang)
        assert all(f"moved.cause_{cause}" in known for cause in Learned.causes)
        assert all(f"moved.state_{state}" in known for state in STATES)
    assert set(Learned.causes) <= set(CAUSES)
