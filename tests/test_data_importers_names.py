"""Places by code and by name: every usual form, and never a guess."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import load
from data.importers.names import gazetteer


@pytest.fixture(scope="module")
def places(facts):
    return gazetteer(facts.tables)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("110108", "110108"),
        ("海淀区", "110108"),
        ("海淀", "110108"),
        ("北京市海淀区", "110108"),
        ("北京市市辖区海淀区", "110108"),
        ("北京/北京市/海淀区", "110108"),
        ("江苏/苏州/昆山", "320583"),
        ("江苏省 苏州市 昆山市", "320583"),
        ("南京鼓楼", "320106"),
        ("阳泉市城区", "140302"),
        ("恩施州", "422800"),
        ("恩施土家族苗族自治州恩施市", "422801"),
        ("伊犁州", "654000"),
        ("仙桃", "429004"),
        ("长沙", "430100"),
        ("吉林市", "220200"),
        ("上海", "310000"),
        ("Haidian District", "110108"),
        ("haidian", "110108"),
    ],
)
def test_usual_forms(places, text, place):
    match = places.match(text)
    assert (match.place, match.reason) == (place, None)


def test_every_place_is_found_by_its_code_and_full_name(places, facts):
    cities = facts.places.loc["city", "name_zh"]
    for p in facts.places.itertuples():
        assert places.match(p.place, p.level).place == p.place
        name = cities.get(p.parent, "") + p.name_zh
        match = places.match(name, p.level)
        assert (match.level, match.place) == (p.level, p.place), name


@pytest.mark.parametrize("text", ["鼓楼区", "朝阳", "吉林", "海南", "城区", "西安"])
def test_a_name_of_several_places_is_not_guessed(places, text):
    match = places.match(text)
    assert match.place == "" and len(match.suggestions) > 1
    assert all(hint.split()[0].isdigit() for hint in match.suggestions)


def test_the_level_beside_a_name_decides(places):
    assert places.match("吉林", "city").place == "220200"
    assert places.match("西安", "city").place == "610100"
    assert places.match("海淀区", "city").reason
    assert places.match("110108", "city").reason


def test_a_city_that_is_its_own_district_is_the_city_unless_said(places):
    match = places.match("441900")
    assert (match.level, match.place) == ("city", "441900") and match.remark
    assert places.match("441900", "district").level == "district"


def test_codes_given_up(places):
    moved = places.match("110228")
    assert moved.place == "110118" and "110118" in moved.remark[1]
    assert places.match("密云县").place == "110118"
    for text in ("330103", "下城区"):
        merged = places.match(text)
        assert merged.place == "" and "330105" in merged.reason[0]


def test_a_province_is_no_place_here(places):
    match = places.match("广东省")
    assert match.place == "" and "广东省" in match.reason[0]


@pytest.mark.parametrize(
    ("text", "hint"), [("海殿区", "110108"), ("110199", "1101"), ("昆山县", "320583")]
)
def test_what_is_nearest_is_suggested(places, text, hint):
    match = places.match(text)
    assert match.place == "" and any(h.startswith(hint) for h in match.suggestions)


@pytest.mark.parametrize("text", ["", "-", "市", "县", "江苏省海淀区", "北京市鼓楼区"])
def test_no_place(places, text):
    assert places.match(text).place == "" and places.match(text).reason


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_a_place_or_has_a_reason(text):
    match = gazetteer_of_all().match(text)
    assert bool(match.place) != bool(match.reason)


def gazetteer_of_all(made=[]):  # noqa: B006
    if not made:
        made.append(gazetteer(load().tables))
    return made[0]
