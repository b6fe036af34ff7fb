import json
import math
import string
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.schema import LEVELS, PILLARS, REGIONS
from model.composite import AGGREGATIONS, ROOT, WEIGHTS, Method
from model.own_index import (
    COLUMNS,
    disagreements,
    figures,
    fitted,
    from_params,
    indicators,
    rank,
)
from model.own_lens import (
    MOST_BYTES,
    PARTS,
    SCALES,
    Note,
    OwnLens,
    OwnLensError,
    from_json,
    read_params,
    to_json,
    to_params,
)
from model.scaling import MISSING, OUTLIERS, CompositeError

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck)
)
ids = st.from_regex(r"\A(city:)?[a-z0-9_]{1,12}\Z")
areas = st.sampled_from([*REGIONS, "440000", "110000", ""])
weights = st.floats(0, 1000) | st.integers(0, 1000)
numbers = st.floats(-1e15, 1e15)


@st.composite
def methods(draw):
    parts = (OUTLIERS, SCALES, MISSING, WEIGHTS, AGGREGATIONS, AGGREGATIONS)
    chosen = [draw(st.sampled_from(choices)) for choices in parts]
    try:
        method = Method(*chosen)
        OwnLens(method=method)
    except (CompositeError, OwnLensError):
        return Method()
    return method


def lenses():
    pillars = st.dictionaries(st.sampled_from(PILLARS), weights)
    return st.builds(
        OwnLens,
        level=st.sampled_from(LEVELS),
        pillars=pillars.filter(
            lambda held: len(held) < len(PILLARS) or any(held.values())
        ),
        indicators=st.dictionaries(ids, weights, max_size=5),
        ideals=st.dictionaries(ids, numbers, max_size=5),
        totals=st.lists(ids, max_size=5).map(tuple),
        within=areas,
        tier=st.integers(0, 3),
        pilot_zone=st.booleans(),
        supercomputing=st.booleans(),
        ceilings=st.dictionaries(ids, numbers, max_size=5),
        exclude=st.lists(st.from_regex(r"\A[0-9]{6}\Z"), max_size=5).map(tuple),
        method=methods(),
    )


@QUICK
@given(lenses())
def test_a_url_gives_back_the_lens_it_was_written_from(lens):
    params = to_params(lens)
    assert read_params(params) == (lens, [])
    assert to_params(read_params(params)[0]) == params
    safe = set(string.ascii_lowercase + string.digits + "_:,.-")
    assert all(value and set(value) <= safe for value in params.values())
    assert set(params) <= {part.param for part in PARTS.values()}


@QUICK
@given(lenses())
def test_a_file_gives_back_the_lens_it_was_written_from(lens):
    text = to_json(lens)
    assert from_json(text) == lens
    assert from_json(text.encode("utf-8-sig")) == lens
    assert to_json(from_json(text)) == text


def test_only_what_differs_from_the_default_is_in_the_url():
    assert to_params(OwnLens()) == {}
    same = OwnLens(
        pillars=dict.fromkeys(PILLARS, 1), indicators={"wage": 1}, within="all"
    )
    assert same == OwnLens() and to_params(same) == {}


def test_what_a_url_looks_like():
    lens = OwnLens(
        pillars={"compute": 10, "talent": 30},
        indicators={"wage": 0, "city:gdp": 2.5},
        ideals={"wage": 80000},
        ceilings={"wage": 100000},
        totals=("gdp",),
        within="yangtze_delta",
        tier=2,
        pilot_zone=True,
        supercomputing=True,
        exclude=("440300", "110108", "440300"),
        method=Method(normalise="rank", missing="worst", across="geometric"),
    )
    assert to_params(lens) == {
        "within": "yangtze_delta",
        "own_w": "talent:30,compute:10",
        "own_i": "city:gdp:2.5,wage:0",
        "own_ideal": "wage:80000",
        "own_total": "gdp",
        "own_tier": "2",
        "own_zone": "1",
        "own_super": "1",
        "own_max": "wage:100000",
        "own_not": "110108,440300",
        "own_norm": "rank",
        "own_missing": "worst",
        "own_across": "geometric",
    }


@pytest.mark.parametrize(
    ("param", "text", "left", "kind"),
    [
        ("level", "town", {}, "unknown"),
        ("within", "<script>", {}, "unknown"),
        ("own_w", "talent:2,money:3", {"pillars": {"talent": 2}}, "unknown"),
        ("own_w", "talent:2,cost:-1", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost:1000.1", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost:nan", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost:inf", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost:1e999", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost:٣", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost:1_0", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost:", {"pillars": {"talent": 2}}, "number"),
        ("own_w", "talent:2,cost", {"pillars": {"talent": 2}}, "unknown"),
        ("own_w", "talent:2,talent:3", {"pillars": {"talent": 2}}, "twice"),
        ("own_w", ",".join(f"{p}:0" for p in PILLARS), {}, "no_weight"),
        ("own_i", "wage:0,WAGE:0", {"indicators": {"wage": 0}}, "unknown"),
        ("own_ideal", "wage:9,gdp:1e16", {"ideals": {"wage": 9}}, "number"),
        ("own_max", "wage:9,a b:1", {"ceilings": {"wage": 9}}, "unknown"),
        ("own_total", "gdp,a;b", {"totals": ("gdp",)}, "unknown"),
        ("own_not", "440300,44030", {"exclude": ("440300",)}, "unknown"),
        ("own_not", "440300,４４０３００", {"exclude": ("440300",)}, "unknown"),
        ("own_tier", "4", {}, "unknown"),
        ("own_zone", "yes", {}, "unknown"),
        ("own_norm", "goalposts", {}, "unknown"),
        ("own_missing", "mode", {}, "unknown"),
        ("own_else", "1", {}, "unknown"),
    ],
)
def test_what_cannot_be_used_is_left_out_and_named(param, text, left, kind):
    lens, notes = read_params({param: text, "top": "20", "own": "1"})
    assert lens == OwnLens(**left)
    assert [(note.name, note.kind) for note in notes] == [(param, kind)]
    assert notes[0].value and notes[0].value in text


def test_choices_that_do_not_go_together_are_named_and_the_rest_stays():
    params = {"own_norm": "z_score", "own_mean": "geometric", "own_tier": "1"}
    assert read_params(params) == (
        OwnLens(tier=1),
        [Note("own_norm", "z_score", "method")],
    )
    lens, notes = read_params({"own_norm": "best", "own_across": "geometric"})
    assert lens == OwnLens() and [note.kind for note in notes] == ["method"]


@QUICK
@given(
    st.dictionaries(
        st.sampled_from([part.param for part in PARTS.values()]) | st.text(),
        st.text() | st.from_regex(r"\A([a-z_]{1,9}:[-0-9.e]{1,9},?)*\Z"),
    )
)
def test_no_url_is_an_exception(params):
    lens, notes = read_params(params)
    assert read_params(to_params(lens)) == (lens, [])
    assert all(len(note.value) <= 60 and len(note.name) <= 60 for note in notes)


def spoilt(**changes):
    return json.dumps(json.loads(to_json(OwnLens())) | changes)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        (b"\xff\xfe{}", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "format"),
        ("null", "format"),
        ("{}", "format"),
        (spoilt(format="geojson"), "format"),
        (spoilt(version=2), "version"),
        (spoilt(version=True), "version"),
        (spoilt(version="1"), "version"),
        (spoilt(colour="red"), "unknown_key"),
        (spoilt(method={}), "unknown_key"),
        ('{"format": "siteselect-own-lens", "format": 1}', "twice"),
        (spoilt(level=3), "type"),
        (spoilt(tier=True), "type"),
        (spoilt(tier=2.0), "type"),
        (spoilt(pilot_zone=1), "type"),
        (spoilt(pillars=[1]), "type"),
        (spoilt(pillars={"talent": "3"}), "type"),
        (spoilt(pillars={"talent": True}), "type"),
        (spoilt(pillars={"talent": None}), "type"),
        (spoilt(exclude="440300"), "type"),
        (spoilt(exclude=[440300]), "type"),
        (spoilt(normalise=["rank"]), "type"),
        (spoilt(level="town"), "level"),
        (spoilt(within="<b>"), "area"),
        (spoilt(tier=4), "tier"),
        (spoilt(pillars={"money": 1}), "pillar"),
        (spoilt(pillars={"talent": -1}), "number"),
        (spoilt(pillars={"talent": 1001}), "number"),
        (spoilt(pillars={"talent": math.nan}), "number"),
        (spoilt(ideals={"wage": math.inf}), "number"),
        (spoilt(ceilings={"wage": 10**400}), "number"),
        (spoilt(pillars=dict.fromkeys(PILLARS, 0)), "no_weight"),
        (spoilt(indicators={"<script>": 1}), "id"),
        (spoilt(indicators={"wage\n": 1}), "id"),
        (spoilt(exclude=["4403"]), "code"),
        (spoilt(normalise="goalposts"), "method"),
        (spoilt(normalise="mean"), "method"),
        (spoilt(normalise="z_score", mean="geometric"), "method"),
        (spoilt(within="x" * MOST_BYTES), "too_big"),
        (" " * MOST_BYTES + "{}", "too_big"),
        ("区" * (MOST_BYTES // 2), "too_big"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text, kind):
    with pytest.raises(OwnLensError) as error:
        from_json(text)
    assert error.value.kind == kind
    assert len(error.value.name) <= 60


@QUICK
@given(st.text() | st.binary())
def test_no_file_is_any_other_exception(text):
    with pytest.raises(OwnLensError):
        from_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@QUICK
@given(st.dictionaries(st.sampled_from(list(PARTS)), json_values, max_size=3))
def test_a_file_of_the_right_format_is_a_lens_or_the_one_error(parts):
    try:
        lens = from_json(spoilt(**parts))
    except OwnLensError as error:
        assert error.kind
    else:
        assert from_json(to_json(lens)) == lens


def test_a_file_may_leave_parts_out():
    text = '{"format": "siteselect-own-lens", "version": 1, "tier": 1}'
    assert from_json(text) == OwnLens(tier=1)


def test_a_lens_of_no_weight_is_refused():
    with pytest.raises(OwnLensError) as error:
        OwnLens(pillars=dict.fromkeys(PILLARS, 0))
    assert (error.value.kind, error.value.name) == ("no_weight", "pillars")
    OwnLens(pillars=dict.fromkeys(PILLARS[1:], 0))


def test_without_any_weight_there_is_no_index(model):
    every = indicators(model, "city")
    nothing = dict.fromkeys(every.index[every["parent"] != ROOT], 0)
    compute = every.index[every["parent"] == "compute"]
    only = {name: float(name == "compute") for name in PILLARS}
    without = dict.fromkeys(compute, 0)
    for lens in (OwnLens(indicators=nothing), OwnLens("city", only, without)):
        with pytest.raises(OwnLensError, match="no_weight"):
            rank(model, lens)


def test_what_the_facts_do_not_have_is_named(model):
    params = {
        "own_i": "wage:0,brains:3,office_vacancy:2",
        "own_ideal": "city:wage:80000",
        "own_max": "office_vacancy:20,brains:1",
        "own_total": "gdp,brains",
        "own_not": "440300,999999",
        "within": "atlantis",
    }
    lens, notes = from_params(params, model)
    assert lens == OwnLens(
        indicators={"wage": 0},
        ideals={"wage": 80000},
        ceilings={"office_vacancy": 20},
        totals=("gdp",),
        exclude=("440300",),
    )
    assert set(notes) == {
        Note("own_i", "brains", "unknown"),
        Note("own_i", "office_vacancy", "unknown"),
        Note("own_max", "brains", "unknown"),
        Note("own_total", "brains", "unknown"),
        Note("own_not", "999999", "unknown"),
        Note("within", "atlantis", "unknown"),
    }
    for wrong in ({"within": "atlantis"}, {"ceilings": {"brains": 1}}):
        with pytest.raises(OwnLensError) as error:
            rank(model, OwnLens(**wrong))
        assert error.value.kind == "unknown"


def test_an_indicator_means_the_same_at_both_levels(model):
    lens = OwnLens(level="district", indicators={"wage": 0, "population": 2})
    fit, notes = fitted(lens, model)
    assert fit.indicators == {"city:wage": 0, "population": 2} and not notes
    pd.testing.assert_frame_equal(rank(model, lens).table, rank(model, fit).table)
    twice = OwnLens(level="district", indicators={"wage": 0, "city:wage": 3})
    fit, notes = fitted(twice, model)
    assert fit.indicators == {"city:wage": 3}
    assert notes == [Note("own_i", "wage", "twice")]


@pytest.mark.parametrize("level", LEVELS)
def test_a_url_gives_back_a_lens_that_fits(model, level):
    table, values = indicators(model, level), figures(model, level)
    names = st.sampled_from(list(table.index[table["parent"] != ROOT]))
    capped = st.sampled_from(list(values.columns[values.notna().any()]))
    codes = st.sampled_from(list(model.facts["places"]["place"]))

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.builds(
            OwnLens,
            level=st.just(level),
            within=st.sampled_from(["", "rest", "440000", "330100"]),
            indicators=st.dictionaries(names, st.floats(0, 1000), max_size=4),
            ideals=st.dictionaries(names, st.floats(-1e15, 1e15), max_size=4),
            totals=st.lists(names, max_size=4).map(tuple),
            ceilings=st.dictionaries(capped, st.floats(-1e15, 1e15), max_size=4),
            exclude=st.lists(codes, max_size=4).map(tuple),
            tier=st.integers(0, 3),
        )
    )
    def gives_back(lens):
        assert from_params(to_params(lens), model) == (lens, [])
        assert rank(model, lens).table["score"].between(-1e-9, 100 + 1e-9).all()

    gives_back()


@pytest.mark.parametrize("level", LEVELS)
def test_hostile_strings_still_rank(model, level):
    hostile = "<script>:1,';DROP:2,wage:1e-300,gdp:NaN,\x00:1,population:999"
    names = ("own_i", "own_w", "own_max", "own_ideal", "own_not", "own_tier")
    lens, notes = from_params(dict.fromkeys(names, hostile) | {"level": level}, model)
    assert len(notes) >= 5 * len(names) - 6
    assert len(rank(model, replace(lens, ceilings={})).table) > 300


def test_nobody_left_is_no_failure(model):
    lens = OwnLens(ceilings={"wage": 1})
    ranked = rank(model, lens)
    assert ranked.table.empty and list(ranked.table) == [*COLUMNS, *PILLARS]
    assert ranked.removed.at["ceiling:wage", "alone"] == 337
    found = disagreements(model, lens, "nlp")
    assert found.empty and {"own", "learned", "gap"} <= set(found)
