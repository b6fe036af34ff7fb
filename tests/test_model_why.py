import random
import re
from copy import copy

import numpy as np
import pytest

from data.schema import LEVELS, PILLARS
from model import training, why, why_draws
from model.evidence import PRESENCE
from model.score import UnknownNameError, ranking

SEGMENTS = ("ai_healthcare", "drones", "hci", "industrial_robots", "nlp")
PLACES = 30
SPOILT = re.compile(r"None|NaN|\bnan\b|\binf\b|[{}]|%s|<NA>")
# "None of 3 reports names ..." is a sentence.
FINE = "None of"


@pytest.fixture(scope="module")
def views(model):
    """Every segment and level that is asked for, cut once."""
    return {
        (segment, level): why.cut(model, segment, level)
        for segment in SEGMENTS
        for level in LEVELS
    }


@pytest.fixture(scope="module")
def city(model, views):
    """A view of the cities, with its resamples."""
    view = views["industrial_robots", "city"]
    return view, why_draws.redrawn(model, view, training.refitted(model, "city"))


def cases(views, count=PLACES):
    """Random places of every view, the first and the last among them."""
    rng = random.Random(0)
    for view in views.values():
        order = list(view.table.sum(axis=1).sort_values().index)
        drawn = rng.sample(order[1:-1], count - 2)
        for place in [order[-1], *drawn, order[0]]:
            yield view, place


def sound(entry):
    """Check a sentence: both languages, no placeholders, a year and a source."""
    for lang in ("zh", "en"):
        text = entry[f"text_{lang}"]
        assert text and not SPOILT.search(text.replace(FINE, "")), text
    assert re.search("[\u4e00-\u9fff]", entry["text_zh"])
    if entry["sources"]:
        assert re.search(r"(19|20)\d\d", entry["text_zh"])
        assert "来源：《" in entry["text_zh"] and "Source: " in entry["text_en"]
    else:
        assert "无数字" in entry["text_zh"] and "no figure" in entry["text_en"]


def test_three_hundred_accounts_add_up_and_can_be_read(model, views):
    seen = 0
    for view, place in cases(views):
        found = why.account(model, view, place)
        score = found["score"]
        assert found["presence"] + found["fundamentals"] == pytest.approx(
            score, abs=1e-6
        )
        for name in ("pillars", "groups"):
            assert sum(found[name].values()) == pytest.approx(score, abs=1e-6)
        for entry in found["reasons"]:
            sound(entry)
            assert entry["sources"] and entry["contribution"] >= why.LEAST
        weakness = found["weakness"]
        if weakness is not None:
            sound(weakness)
            least = min(found["groups"].values())
            assert (
                weakness["contribution"] == pytest.approx(least) and least <= -why.LEAST
            )
        said = found["unknown"]
        assert not SPOILT.search(said["text_zh"]) and not SPOILT.search(said["text_en"])
        seen += 1
    assert seen == 300


def test_scores_are_those_of_the_ranking(model, views):
    for (segment, level), view in views.items():
        table = ranking(model, segment, level).set_index("place")["score"]
        score = view.table.sum(axis=1)
        np.testing.assert_allclose(score, table.reindex(score.index), atol=1e-6)


def test_three_hundred_gaps_add_up_and_can_be_read(model, views):
    rng = random.Random(1)
    for view, place in cases(views):
        other = rng.choice([code for code in view.table.index if code != place])
        found = why.versus(model, view, place, other)
        scores = view.table.loc[[found["above"], found["below"]]].sum(axis=1)
        assert {found["above"], found["below"]} == {place, other}
        assert found["gap"] == pytest.approx(scores.iloc[0] - scores.iloc[1], abs=1e-6)
        assert found["gap"] >= 0
        told = [*found["drivers"], *filter(None, [found["against"]])]
        parts = sum(entry["contribution"] for entry in told) + found["rest"]
        assert parts == pytest.approx(found["gap"], abs=1e-6)
        assert len(found["drivers"]) <= 3
        for entry in told:
            sound(entry)
        for lang in ("zh", "en"):
            assert not SPOILT.search(found[f"text_{lang}"])
        assert 0 <= found["chance"] <= 1


def test_the_order_of_the_two_places_does_not_matter(model, views):
    view = views["nlp", "city"]
    first = why.versus(model, view, "110000", "340100")
    assert first == why.versus(model, view, "340100", "110000")
    assert first["above"] == "110000" and first["chance"] > 0.9


def test_groups_hold_every_feature_once_and_one_pillar_each(model, views):
    for view in views.values():
        held = [name for group in view.groups.values() for name in group.features]
        assert sorted(held) == sorted(view.split.table)
        for group in view.groups.values():
            assert group.pillar in (*PILLARS, PRESENCE)
            assert group.key == group.members[0] and group.members
            assert group.name.zh and group.name.en
            if len(group.members) == 1:
                continue
            level = view.split.level
            figures = why.figures_of(model, level, group.members).rank()
            alike = figures.corr(min_periods=why.TOGETHER).to_numpy()
            assert alike.min() >= why.ALIKE - 1e-9


def test_columns_that_rank_alike_are_grouped():
    rng = np.random.default_rng(0)
    base = rng.random((200, 2))
    table = {"a": base[:, 0], "b": np.exp(base[:, 0]), "c": base[:, 1]}
    table["d"] = np.where(np.arange(200) < why.TOGETHER - 1, base[:, 1], np.nan)
    found = why.clusters(why.pd.DataFrame(table))
    assert sorted(map(sorted, found)) == [["a", "b"], ["c"], ["d"]]


@pytest.mark.parametrize("level", LEVELS)
def test_a_place_of_few_figures_says_what_is_unknown(model, views, level):
    view = views["drones", level]
    matters = view.matters[view.matters > 0]
    thin = view.unseen[matters.index].sum(axis=1).idxmax()
    said = why.account(model, view, thin)["unknown"]
    missing = set(matters.index[view.unseen.loc[thin, matters.index]])
    assert missing and set(said["indicators"]) == missing
    assert 0 < said["share"] <= 1
    first = next(iter(said["indicators"]))
    name = why.name_of(model, first, level)
    assert name.zh in said["text_zh"] and name.en in said["text_en"]
    assert str(len(missing)) in said["text_zh"]


def test_a_segment_without_outcomes_is_accounted_for(model):
    counts = {
        level: table.history.total.sum(axis=1) for level, table in model.tables.items()
    }
    for level, total in counts.items():
        segment = model.tables[level].segments[int(np.argmin(total))]
        view = why.cut(model, segment, level)
        best = view.table.sum(axis=1).idxmax()
        found = why.account(model, view, best)
        assert found["reasons"]
        for entry in found["reasons"]:
            sound(entry)


def test_resamples_are_cut_as_the_score_is(model, city):
    view, drawn = city
    assert drawn.shape == (training.KEPT, *view.table.shape)
    assert np.isfinite(drawn).all()
    # They scatter around the score: the mean is near it where the score is spread.
    mean = drawn.sum(axis=2).mean(axis=0)
    assert np.corrcoef(mean, view.table.sum(axis=1))[0, 1] > 0.95
    again = why_draws.redrawn(model, view, training.refitted(model, "city"))
    assert (again == drawn).all()


def test_reasons_say_how_stable_they_are(model, city):
    view, drawn = city
    order = view.table.sum(axis=1).sort_values(ascending=False).index
    flags = set()
    for place in order[:40]:
        found = why.account(model, view, place, drawn)
        for entry in filter(None, [*found["reasons"], found["weakness"]]):
            assert 0 <= entry["share"] <= 1
            assert entry["stable"] == (entry["share"] >= why.STABLE)
            assert entry["stable"] != ("不稳" in entry["text_zh"])
            assert entry["stable"] != ("not stable" in entry["text_en"])
            flags.add(entry["stable"])
    assert flags == {True, False}


def test_the_stability_of_draws_like_the_score_is_full(model, city):
    view, _ = city
    same = np.repeat(view.table.to_numpy()[None], 5, axis=0).astype(np.float32)
    place = view.table.sum(axis=1).idxmax()
    found = why.account(model, view, place, same)
    assert [entry["share"] for entry in found["reasons"]] == [1.0, 1.0]
    against = why.account(model, view, place, -same)
    assert [entry["share"] for entry in against["reasons"]] == [0.0, 0.0]


def test_without_resamples_nothing_is_said_of_stability(model, views):
    found = why.account(model, views["nlp", "city"], "110000")
    assert {entry["stable"] for entry in found["reasons"]} == {None}
    bare = copy(model)
    bare.draws = {}
    assert why.versus(bare, views["nlp", "city"], "110000", "340100")["chance"] is None


def test_an_unknown_place_is_refused(model, views):
    for call in (why.account, lambda *two: why.versus(*two, "110000")):
        with pytest.raises(UnknownNameError):
            call(model, views["nlp", "city"], "110108")
