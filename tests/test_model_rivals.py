import re
from dataclasses import replace

import numpy as np
import pytest

from data.schema import LEVELS, PILLARS
from model import rivals
from model.board import Board
from model.evidence import PRESENCE
from model.rivals import RIVALS
from model.score import UnknownNameError, ranking
from model.twins import MOST_OF_A_CITY


@pytest.fixture(scope="module")
def boards(model):
    return {level: Board(model, level) for level in LEVELS}


def pairs(board, count, seed=0):
    """Random segments and places of a level."""
    rng = np.random.default_rng(seed)
    past = board.table.history
    return [
        (str(rng.choice(past.segments)), str(rng.choice(past.places)))
        for _ in range(count)
    ]


@pytest.mark.parametrize("level", LEVELS)
def test_parts_sum_to_the_gaps(boards, level):
    board = boards[level]
    for segment, place in pairs(board, 40):
        for rival in rivals.rivals(board, segment, place):
            assert sum(rival.parts.values()) == pytest.approx(rival.gap, abs=1e-6)
            pillars = rival.pillars
            whole = sum(part["contribution"] for part in pillars)
            assert whole == pytest.approx(rival.gap, abs=1e-6)
            assert {part["pillar"] for part in pillars} <= {*PILLARS, PRESENCE}
            (there,) = (part for part in pillars if part["pillar"] == PRESENCE)
            terms = sum(term["contribution"] for term in there["terms"])
            assert terms == pytest.approx(there["contribution"], abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_pieces_of_any_places_differ_by_their_scores(boards, level):
    board = boards[level]
    rng = np.random.default_rng(1)
    places = [str(code) for code in rng.choice(board.table.history.places, 60, False)]
    for segment in ("nlp", "drones", "ai_chips"):
        sums = board.pieces(segment, places).sum(axis=1)
        row = board.row(segment)
        scores = board.score[row, [board.column(place) for place in places]]
        np.testing.assert_allclose(np.diff(sums), np.diff(scores), atol=1e-6)


@pytest.mark.parametrize("level", LEVELS)
def test_ranks_are_those_of_the_ranking(model, boards, level):
    table = ranking(model, "ai_healthcare", level).set_index("place")
    board = boards[level]
    row = board.row("ai_healthcare")
    for place in table.index[:40]:
        column = board.column(place)
        assert board.rank[row, column] == table.at[place, "rank"]
        low, high = board.range(row, column)
        assert (low, high) == tuple(table.loc[place, ["rank_low", "rank_high"]])


@pytest.mark.parametrize("level", LEVELS)
def test_five_rivals_near_alike_and_not_of_one_city(boards, level):
    board = boards[level]
    second = Board(board.model, level)
    parents = board.model.facts.places.loc[level, "parent"]
    for segment, place in pairs(board, 60, 2):
        found = rivals.choose(board, segment, place)
        assert len(found) == len(set(found)) == RIVALS
        assert place not in found
        if level == "district":
            assert parents.loc[found].value_counts().max() <= MOST_OF_A_CITY
        again = rivals.choose(second, segment, place)
        assert again == found
        ranks = [board.rank[board.row(segment), board.column(p)] for p in found]
        assert ranks == sorted(ranks)


def test_rivals_lie_in_the_range_and_are_the_most_alike_there(boards):
    board = boards["city"]
    row, column = board.row("nlp"), board.column("340100")
    low, high = board.range(row, column)
    rank = board.rank[row, column]
    low, high = min(low, rank - rivals.NEAR), max(high, rank + rivals.NEAR)
    inside = (board.rank[row] >= low) & (board.rank[row] <= high)
    inside[column] = False
    distance = board.profile.distances("340100")
    nearest = np.flatnonzero(inside)[np.argsort(distance[inside])][:RIVALS]
    expected = {str(board.table.history.places[i]) for i in nearest}
    assert set(rivals.choose(board, "nlp", "340100")) == expected


def test_the_gap_turns_round_with_the_pair(boards):
    board = boards["district"]
    here, there = board.pieces("nlp", ["110108", "440305"])
    back = board.pieces("nlp", ["440305", "110108"])
    np.testing.assert_allclose(here - there, back[1] - back[0], atol=1e-9)
    row = board.row("nlp")
    chances = [
        board.chance_above(row, board.column(a), board.column(b))
        for a, b in (("110108", "440305"), ("440305", "110108"))
    ]
    assert sum(chances) == pytest.approx(1.0)


@pytest.mark.parametrize("level", LEVELS)
def test_points_are_sentences_with_figures_years_and_sources(boards, level):
    board = boards[level]
    sources = set(board.model.facts.sources.index)
    said = 0
    for segment, place in pairs(board, 30, 3):
        for rival in rivals.rivals(board, segment, place):
            assert len(rival.points) <= 2 * rivals.POINTS
            for point in rival.points:
                said += 1
                assert point.sources and set(point.sources) <= sources
                for text in (point.text.zh, point.text.en):
                    assert re.search(r"\d{4}", text)
                    assert all(source in text for source in point.sources)
                    assert not re.search(r"\bNone\b|\bnan\b|[{}]|\binf\b", text)
                ahead = point.text.en.startswith("Ahead")
                assert ahead == (point.contribution > 0)
                assert point.text.zh.startswith("胜在" if ahead else "负在")
    assert said > 100


def test_without_resamples_there_are_rivals_but_no_chances(model):
    board = Board(replace(model, draws={}), "city")
    found = rivals.rivals(board, "nlp", "340100")
    assert len(found) == RIVALS
    assert all(rival.chance_above is None for rival in found)
    assert board.range(0, 0) is None


def test_unknown_names_are_refused(boards):
    with pytest.raises(UnknownNameError):
        rivals.rivals(boards["city"], "no_such", "340100")
    with pytest.raises(UnknownNameError):
        rivals.rivals(boards["city"], "nlp", "110108")
