"""The command ``lens``: what the five reports print, read from their text by hand."""

import contextlib
import csv
import io
import json
import math
import re

import pytest
from scipy.stats import spearmanr

from app import cli
from tests.published import (
    AITISA,
    AITISA_PORTRAITS,
    AITISA_RANKINGS,
    AITISA_SCORES,
    CCID,
    CCID_TIERS,
    GEMDALE_8,
    GEMDALE_20,
    GEMDALE_INVESTMENT,
    HSMAP_PATENTS,
    HSMAP_PILOT,
    HSMAP_PIONEER,
    JIAZI,
    JIAZI_DIMENSIONS,
    JIAZI_TIERS,
)

LENSES = ("ccid2018", "aitisa2021", "gemdale2021", "jiazi2020", "hsmap2022")
CHINESE = re.compile("[\u3400-\u9fff]")
RATINGS = {"4": "strong", "3": "good", "2": "medium", "1": "weak"}

KEYS = {"ranking", "place", "name_zh", "rank", "score"}
KEYS |= {"recomputed_rank", "recomputed_score"}


def call(*words):
    """Run a command that needs no model; returns exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(list(words))
        except SystemExit as stop:
            code = stop.code
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def answers():
    found = {}
    for name in LENSES:
        code, out, _ = call("lens", name, "--format", "json")
        assert code == 0
        found[name] = json.loads(out)
    return found


def rows(answer, ranking):
    """Return the rows of a ranking by the city's name without 市 and 县."""
    found = [row for row in answer["rankings"] if row["ranking"] == ranking]
    named = {row["name_zh"].rstrip("市县"): row for row in found}
    assert len(named) == len(found)
    return named


def lines(text):
    return [line.split() for line in text.strip().splitlines()]


def tiers(printed):
    return {city: tier for tier, cities in printed.items() for city in cities.split()}


def told(answer, ranking, name):
    return {city: row[name] for city, row in rows(answer, ranking).items()}


def test_ccid_prints_fifteen_ranks_and_scores(answers):
    printed = {city: (int(r), float(s)) for city, r, s in lines(CCID)}
    found = rows(answers["ccid2018"], "total")
    assert {c: (row["rank"], row["score"]) for c, row in found.items()} == printed
    assert {row["score_quality"] for row in found.values()} == {"exact"}


def test_ccid_names_two_tiers_of_policy(answers):
    found = told(answers["ccid2018"], "policy_and_innovation_tier", "tier")
    assert found == CCID_TIERS


@pytest.mark.parametrize("ranking", AITISA_RANKINGS)
def test_aitisa_prints_twenty_ranks_of_the_index_and_its_groups(answers, ranking):
    column = 1 + AITISA_RANKINGS.index(ranking)
    printed = {row[0]: int(row[column]) for row in lines(AITISA)}
    assert told(answers["aitisa2021"], ranking, "rank") == printed
    quality = told(answers["aitisa2021"], ranking, "rank_quality")
    assert set(quality.values()) == {"exact"}


def test_aitisa_prints_thirteen_scores_and_no_other(answers):
    found = {
        (ranking, city): (row["score"], row["score_quality"])
        for ranking in {row["ranking"] for row in answers["aitisa2021"]["rankings"]}
        for city, row in rows(answers["aitisa2021"], ranking).items()
        if row["score"] is not None
    }
    assert found == AITISA_SCORES


@pytest.mark.parametrize("ranking", AITISA_PORTRAITS)
def test_aitisa_tells_ranks_in_its_portraits(answers, ranking):
    sign = {"exact": "=", "under": "<"}
    found = {
        f"{city}{sign[row['rank_quality']]}{row['rank']}"
        for city, row in rows(answers["aitisa2021"], ranking).items()
    }
    assert found == set(AITISA_PORTRAITS[ranking].split())


def test_aitisa_has_no_ranking_but_these(answers):
    found = {row["ranking"] for row in answers["aitisa2021"]["rankings"]}
    assert found == {*AITISA_RANKINGS, *AITISA_PORTRAITS}


def test_gemdale_puts_cities_in_tiers_and_ten_in_order(answers):
    said = answers["gemdale2021"]
    assert told(said, "tier_20cities", "tier") == tiers(GEMDALE_20)
    assert told(said, "tier_8cities", "tier") == tiers(GEMDALE_8)
    order = {city: n for n, city in enumerate(GEMDALE_INVESTMENT.split(), 1)}
    assert told(said, "investment_activity_top10", "rank") == order


def test_jiazi_puts_fifteen_cities_in_tiers(answers):
    assert told(answers["jiazi2020"], "tier", "tier") == tiers(JIAZI_TIERS)


@pytest.mark.parametrize("dimension", JIAZI_DIMENSIONS)
def test_jiazi_judges_fifteen_cities_in_words(answers, dimension):
    column = 1 + JIAZI_DIMENSIONS.index(dimension)
    printed = {row[0]: RATINGS[row[column]] for row in lines(JIAZI)}
    assert told(answers["jiazi2020"], dimension, "rating") == printed


def test_hsmap_lists_eighteen_pilot_zones_with_their_days(answers):
    printed = {city: (int(rank), day) for rank, city, day in lines(HSMAP_PILOT)}
    found = rows(answers["hsmap2022"], "pilot_zones")
    assert {c: (row["rank"], row["dated"]) for c, row in found.items()} == printed
    assert found["德清"]["level"] == "district"


def test_hsmap_lists_eight_pioneer_zones_of_nine_cities(answers):
    assert sum(len(zones) for zones in HSMAP_PIONEER.values()) == 8
    printed = {
        city: (tier, date)
        for tier, (date, zones) in enumerate(HSMAP_PIONEER.items(), 1)
        for zone in zones
        for city in zone.split("-")
    }
    found = rows(answers["hsmap2022"], "pioneer_zones")
    assert {c: (row["tier"], row["dated"]) for c, row in found.items()} == printed


def test_hsmap_orders_five_cities_by_patents(answers):
    order = {city: n for n, city in enumerate(HSMAP_PATENTS.split(), 1)}
    assert told(answers["hsmap2022"], "ai_patents", "rank") == order


@pytest.mark.parametrize("name", LENSES)
def test_the_answer_keeps_the_contract(answers, name):
    said = answers[name]
    assert said["name"] == name
    assert set(said) >= {"name", "rankings", "coverage", "spearman"}
    assert set(said["spearman"]) == {row["ranking"] for row in said["rankings"]}
    for row in said["rankings"]:
        assert set(row) >= KEYS
        assert re.fullmatch(r"\d{6}", row["place"])
        assert isinstance(row["ranking"], str) and isinstance(row["name_zh"], str)
        for key in ("rank", "tier", "recomputed_rank"):
            assert row[key] is None or type(row[key]) is int
        assert row["score"] is None or isinstance(row["score"], float)
        ours = row["recomputed_score"]
        assert ours is None or 0 <= ours <= 100
        assert re.search(r"L\d+$", row["locator"])
    for found in said["spearman"].values():
        assert set(found) == {"value", "low", "high", "n"}
        assert type(found["n"]) is int


@pytest.mark.parametrize("name", LENSES)
def test_coverage_is_the_share_of_indicators_held(answers, name):
    said = answers[name]
    fit = [item["fit"] for item in said["indicators"]]
    assert said["coverage"] == pytest.approx(fit.count("same") / len(fit))
    held = len(fit) - fit.count("none")
    assert said["coverage_with_stand_ins"] == pytest.approx(held / len(fit))
    assert 0 <= said["coverage"] <= said["coverage_with_stand_ins"] <= 1


@pytest.mark.parametrize(
    ("name", "same", "held", "indicators"),
    [
        # Staff and money of CCID's own pages.
        ("ccid2018", 2, 10, 10),
        # GDP, supercomputing centres, inventions, pilot zones.
        ("aitisa2021", 4, 14, 23),
        ("gemdale2021", 0, 3, 6),
        # Its words are its indicators.
        ("jiazi2020", 5, 5, 5),
        ("hsmap2022", 0, 5, 5),
    ],
)
def test_so_many_of_the_indicators_are_held(answers, name, same, held, indicators):
    said = answers[name]
    assert len(said["indicators"]) == indicators
    assert said["coverage"] == pytest.approx(same / indicators)
    assert said["coverage_with_stand_ins"] == pytest.approx(held / indicators)


def order(row):
    """Return what a row says of the order: an exact rank, a tier or a grade."""
    if row["rank"] is not None:
        return row["rank"] if row["rank_quality"] == "exact" else None
    if row["tier"] is not None:
        return row["tier"]
    return -next(int(n) for n, word in RATINGS.items() if word == row["rating"])


@pytest.mark.parametrize("name", LENSES)
def test_the_correlation_is_scipys_on_what_is_exact(answers, name):
    said = answers[name]
    for ranking, found in said["spearman"].items():
        both = [
            (order(row), -row["recomputed_score"])
            for row in said["rankings"]
            if row["ranking"] == ranking
            and order(row) is not None
            and row["recomputed_score"] is not None
        ]
        assert found["n"] == len(both)
        if len(both) < 4:
            assert [found[key] for key in ("value", "low", "high")] == [None] * 3
            continue
        expected = spearmanr(*zip(*both, strict=True)).statistic
        assert found["value"] == pytest.approx(expected, abs=1e-9)
        assert -1 <= found["low"] <= found["value"] <= found["high"] <= 1


@pytest.mark.parametrize(
    ("name", "ranking", "n"),
    [
        ("ccid2018", "total", 15),
        ("aitisa2021", "total", 20),
        # Three of the cities have no figure of investment, one has no exact rank.
        ("aitisa2021", "gdp_sample", 6),
        ("gemdale2021", "investment_activity_top10", 7),
        # 德清 is a county: the cities' figures say nothing of it.
        ("hsmap2022", "pilot_zones", 17),
    ],
)
def test_so_many_places_are_compared(answers, name, ranking, n):
    assert answers[name]["spearman"][ranking]["n"] == n


def test_gdp_puts_the_sample_in_the_order_that_aitisa_tells(answers):
    assert answers["aitisa2021"]["spearman"]["gdp_sample"]["value"] == 1
    found = rows(answers["aitisa2021"], "gdp_sample")
    assert all(row["rank"] == row["recomputed_rank"] for row in found.values())


@pytest.mark.parametrize("name", LENSES)
def test_every_city_far_apart_is_explained_and_no_other(answers, name):
    said = answers[name]
    for ranking, gaps in said["differences"].items():
        far = {
            row["place"]
            for row in said["rankings"]
            if row["ranking"] == ranking
            and row["rank_quality"] == "exact"
            and row["recomputed_rank"] is not None
            and abs(row["rank"] - row["recomputed_rank"]) >= 5
        }
        assert {gap["place"] for gap in gaps} == far
        assert len(gaps) == len(far)


@pytest.mark.parametrize("name", LENSES)
def test_the_scores_differ_by_what_the_parts_sum_to(answers, name):
    said = answers[name]
    scores = {
        (row["ranking"], row["place"]): row["recomputed_score"]
        for row in said["rankings"]
    }
    for ranking, gaps in said["differences"].items():
        for gap in gaps:
            parts = math.fsum(part["gap"] for part in gap["parts"])
            assert parts == pytest.approx(gap["score_gap"], abs=1e-9)
            other = scores.get((ranking, gap["versus"]))
            if other is not None:
                own = scores[ranking, gap["place"]]
                assert own - other == pytest.approx(gap["score_gap"], abs=1e-6)


@pytest.mark.parametrize("name", LENSES)
def test_the_explanations_are_whole_sentences_in_both_languages(answers, name):
    for gaps in answers[name]["differences"].values():
        for gap in gaps:
            zh, en = gap["text_zh"], gap["text_en"]
            assert f"原榜第{gap['rank']}，" in zh
            assert f"第{gap['recomputed_rank']}。" in zh
            assert f"Published #{gap['rank']}, " in en
            assert f"computed #{gap['recomputed_rank']}." in en
            assert not CHINESE.search(en)
            for text in (zh, en):
                assert not re.search(r"[{}]|None|\bnan\b", text)


def test_an_unknown_system_is_bad_input_and_the_choices_are_told():
    for lang in ("zh", "en"):
        code, out, err = call("lens", "nosuch", "--lang", lang)
        assert (code, out) == (2, "")
        assert len(err.strip().splitlines()) == 1
        assert "nosuch" in err
        assert all(name in err for name in LENSES)


@pytest.mark.parametrize("option", ["--segment", "--top"])
def test_what_goes_with_a_lens_of_ones_own_is_refused(option):
    code, out, err = call("lens", "ccid2018", option, "3")
    assert (code, out) == (2, "")
    assert option in err and ".json" in err and len(err.strip().splitlines()) == 1


def test_a_system_must_be_named():
    code, out, err = call("lens")
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("name", LENSES)
def test_the_csv_holds_the_rows_of_the_json(answers, name):
    code, out, err = call("lens", name, "--format", "csv")
    assert (code, err) == (0, "")
    found = list(csv.DictReader(io.StringIO(out)))
    said = answers[name]["rankings"]
    assert len(found) == len(said)
    for one, other in zip(found, said, strict=True):
        assert set(one) == set(other)
        assert one["place"] == other["place"]
        assert one["rank"] == ("" if other["rank"] is None else str(other["rank"]))


@pytest.mark.parametrize("name", LENSES)
def test_the_table_is_chinese_or_english(answers, name):
    code, zh, _ = call("lens", name)
    assert code == 0 and CHINESE.search(zh)
    code, en, err = call("lens", name, "--lang", "en")
    assert (code, err) == (0, "")
    assert not CHINESE.search(en)
    for ranking in answers[name]["spearman"]:
        assert f"\n{ranking}" in en and f"\n{ranking}" in zh
    said = answers[name]
    assert f"coverage {said['coverage']:.0%}" in en
    assert not re.search(r"\bnan\b|None", zh + en)


def test_a_users_folder_raises_what_is_held(answers, tmp_path):
    cities = [
        row["place"]
        for row in answers["aitisa2021"]["rankings"]
        if row["ranking"] == "total"
    ][:12]
    folder = tmp_path / "mine"
    (folder / "observations").mkdir(parents=True)
    head = "place,level,indicator,period,value,unit,source_id,locator,quality,status\n"
    body = [
        f"{place},city,ai_associations,2021,{n},家,mine,list,exact,\n"
        for n, place in enumerate(cities, 1)
    ]
    (folder / "observations" / "mine.csv").write_text(head + "".join(body))
    (folder / "sources.toml").write_text(
        '[mine]\nproducer = "本园"\nproducer_en = "Our park"\ntitle = "名册"\n'
        'title_en = "List"\npublished = "2021-06"\naccessed = "2021-06"\n'
        'licence_received = "own"\nlicence_published = "own"\n'
        'selection_zh = "全部"\nselection_en = "All"\n'
    )
    words = ("lens", "aitisa2021", "--format", "json", "--data", str(folder))
    code, out, err = call(*words)
    assert code == 0, err
    said = json.loads(out)
    before = {item["item"]: item for item in answers["aitisa2021"]["indicators"]}
    after = {item["item"]: item for item in said["indicators"]}
    assert (before["a04"]["fit"], after["a04"]["fit"]) == ("none", "same")
    assert (after["a04"]["places"], after["a04"]["sources"]) == (12, "mine")
    assert said["coverage"] == pytest.approx(5 / 23)
    assert said["spearman"]["organisation_environment"]["n"] == 2
    assert told(said, "organisation_environment", "recomputed_rank")["北京"] == 12
