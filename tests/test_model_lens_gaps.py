"""Why a city stands elsewhere: the parts sum to what the scores differ by."""

import math
import re
from dataclasses import replace

import pytest

from model import lenses
from model.lens_gaps import gaps

LENSES = ["ccid2018", "aitisa2021", "gemdale2021", "jiazi2020", "hsmap2022"]
CHINESE = re.compile("[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def made(facts):
    systems = {name: lenses.lens(facts, name) for name in LENSES}
    return {name: (s, lenses.compared(facts, s)) for name, s in systems.items()}


@pytest.fixture(scope="module")
def every(made):
    """Every gap of one rank or more: lens, ranking, what is compared, the gap."""
    return [
        (name, ranking, one, gap)
        for name, (system, compared) in made.items()
        for ranking, one in compared.items()
        for gap in gaps(system, compared, ranking, least=1)
    ]


def far(one, least):
    table = one.table[one.table["rank_quality"] == "exact"]
    apart = (table["rank"] - table["recomputed_rank"]).abs()
    return list(table.loc[apart >= least, "place"])


@pytest.mark.parametrize("least", [1, 3, 5, 8])
@pytest.mark.parametrize("name", LENSES)
def test_every_city_so_far_apart_is_explained_once(made, name, least):
    system, compared = made[name]
    for ranking, one in compared.items():
        found = [gap["place"] for gap in gaps(system, compared, ranking, least)]
        assert sorted(found) == sorted(far(one, least))


def test_some_cities_are_five_ranks_apart(made):
    system, compared = made["aitisa2021"]
    assert len(gaps(system, compared, "total")) >= 3


def test_the_farthest_comes_first(made):
    system, compared = made["aitisa2021"]
    found = gaps(system, compared, "resource", 1)
    apart = [abs(gap["rank"] - gap["recomputed_rank"]) for gap in found]
    assert apart == sorted(apart, reverse=True)


def test_parts_sum_to_the_difference_of_the_scores(every):
    assert len(every) > 50
    for _, _, one, gap in every:
        parts = math.fsum(part["gap"] for part in gap["parts"])
        assert parts == pytest.approx(gap["score_gap"], abs=1e-9)
        score = 100 * one.index.score
        difference = score[gap["place"]] - score[gap["versus"]]
        assert difference == pytest.approx(gap["score_gap"], abs=1e-9)
        sizes = [abs(part["gap"]) for part in gap["parts"]]
        assert sizes == sorted(sizes, reverse=True)


def test_the_other_is_the_one_computed_nearest_to_the_published_rank(every):
    for _, _, one, gap in every:
        assert gap["versus"] != gap["place"]
        rank = one.index.rank
        assert rank[gap["versus"]] == gap["versus_rank"]
        off = abs(gap["versus_rank"] - gap["rank"])
        others = rank.drop(gap["place"])
        assert off == (others - gap["rank"]).abs().min()


def test_a_rank_beyond_those_computed_has_a_neighbour_all_the_same(made):
    # Eighteen zones are listed and seventeen of them cities.
    system, compared = made["hsmap2022"]
    found = {gap["place"]: gap for gap in gaps(system, compared, "pilot_zones", 1)}
    assert found["230100"]["rank"] == 18
    assert found["230100"]["recomputed_rank"] == 17
    assert found["230100"]["versus_rank"] == 16
    assert "第16的沈阳市" in found["230100"]["text_zh"]


def test_the_texts_name_both_ranks_and_the_other(facts, every):
    city = facts.places.loc["city"]
    for _, _, _, gap in every:
        zh, en = gap["text_zh"], gap["text_en"]
        own, ours, near = gap["rank"], gap["recomputed_rank"], gap["versus_rank"]
        assert zh.startswith(f"原榜第{own}，我们重算第{ours}。")
        assert en.startswith(f"Published #{own}, computed #{ours}. ")
        assert f"排在第{near}的{city.at[gap['versus'], 'name_zh']}" in zh
        other = f"{city.at[gap['versus'], 'name_en']}, which we compute at #{near}"
        assert other in en
        said = f"{abs(gap['score_gap']):.1f}"
        assert f"{'少' if gap['score_gap'] < 0 else '多'}{said}分" in zh
        assert f"{said} points {'below' if gap['score_gap'] < 0 else 'above'}" in en


def test_the_texts_hold_nothing_left_over(every):
    for _, _, _, gap in every:
        for text in (gap["text_zh"], gap["text_en"]):
            assert not re.search(r"[{}]|None|\bnan\b|NaN|\.\.|。。", text)
        assert not CHINESE.search(gap["text_en"])
        assert gap["text_zh"].endswith("。") and gap["text_en"].endswith(".")


def test_the_main_parts_pull_the_way_of_the_gap(made, every):
    for name, _, _, gap in every:
        names = made[name][0].items["name_zh"]
        sign = 1 if gap["score_gap"] >= 0 else -1
        first = [part for part in gap["parts"] if sign * part["gap"] > 0.05][:3]
        for part in first:
            assert f"{names[part['item']]}（{part['gap']:+.1f}）" in gap["text_zh"]


def test_what_has_no_figure_of_the_city_is_named(every):
    some = False
    for _, _, one, gap in every:
        values = one.held.values.loc[gap["place"]]
        fit = one.held.status["fit"]
        parts = {part["item"] for part in gap["parts"]}
        for item in gap["unknown"]:
            assert math.isnan(values[item]) or fit[item] == "none"
        missing = [i for i in parts if math.isnan(values[i])]
        assert set(missing) <= set(gap["unknown"])
        some = some or bool(missing)
        for item in gap["stand_ins"]:
            assert fit[item] == "stand_in" and not math.isnan(values[item])
        assert not set(gap["stand_ins"]) & set(gap["unknown"])
    assert some


def test_the_groups_below_tell_their_own_ranks(made):
    system, compared = made["aitisa2021"]
    below = ("environment", "resource", "knowledge", "outcome")
    found = gaps(system, compared, "total", 1)
    assert any(gap["groups"] for gap in found)
    for gap in found:
        apart = [abs(g["rank"] - g["recomputed_rank"]) for g in gap["groups"]]
        assert apart == sorted(apart, reverse=True) and 0 not in apart
        for group in gap["groups"]:
            assert group["ranking"] in below
            rows = compared[group["ranking"]].table.set_index("place")
            assert rows.at[gap["place"], "rank"] == group["rank"]
            ours = rows.at[gap["place"], "recomputed_rank"]
            assert ours == group["recomputed_rank"]


def test_tiers_and_words_have_no_ranks_to_differ(made):
    for name, rankings in {
        "gemdale2021": ["tier_20cities", "tier_8cities"],
        "jiazi2020": ["tier", "talent", "policy"],
        "hsmap2022": ["pioneer_zones"],
    }.items():
        system, compared = made[name]
        assert all(gaps(system, compared, ranking, 1) == [] for ranking in rankings)


def test_without_an_index_there_is_nothing_to_explain(made):
    system, compared = made["aitisa2021"]
    none = {**compared, "total": replace(compared["total"], index=None)}
    assert gaps(system, none, "total") == []
