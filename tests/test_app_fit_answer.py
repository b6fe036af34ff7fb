"""What a place should attract, in sentences that agree with the model."""

import re

import pandas as pd
import pytest

from app.ui import columns, fit_answer
from model.board import Board
from model.park import Park, fit

CHINESE = re.compile("[\u3400-\u9fff]")


def entry(rank, low, high, **more):
    name = f"N{rank}"
    said = {"name_zh": name, "name_en": name, "share": 0.4 / rank}
    return {"rank": rank, "rank_low": low, "rank_high": high, **said, **more}


@pytest.fixture(scope="module")
def found(model):
    return fit(Park(Board(model, "district")), "340104")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sentences_say_what_the_model_says(model, found, lang):
    titles = columns.titles(model.facts, lang)
    lead = fit_answer.lead(found, "PLACE", lang)
    for one in found[:3]:
        assert one[f"name_{lang}"] in lead and f"{one['share']:.0%}" in lead
        span = columns.span(one["rank_low"], one["rank_high"], lang)
        assert span in fit_answer.sure(found, lang)
    assert "PLACE" in lead and found[3][f"name_{lang}"] not in lead
    why = fit_answer.because(found[0], titles, lang)
    first = found[0]["steps"]["suits"][0]
    assert all(titles[name] in why for name in first["sources"])
    standing = fit_answer.standing(found, lang)
    best = sorted(one["place_rank"] for one in found)
    for one in found:
        if one["place_rank"] < best[3]:
            assert one[f"name_{lang}"] in standing
            assert f"{one['place_rank']}" in standing
    rivals = fit_answer.rivals(found[0], lang)
    for other in found[0]["rivals"]:
        assert other[f"name_{lang}"] in rivals and str(other["rank"]) in rivals
    if lang == "en":
        assert not CHINESE.search(lead + why + rivals)


def test_overlapping_ranges_are_too_close_to_call():
    close = fit_answer.sure([entry(1, 1, 2), entry(2, 2, 4)], "zh")
    apart = fit_answer.sure([entry(1, 1, 1), entry(2, 2, 4)], "zh")
    assert "N1与N2难分先后" in close
    assert "难分" not in apart and "N1排第一" in apart


def test_rivals_are_told_by_the_side_they_are_on():
    def rivals(*ranks):
        others = [{"rank": n, "name_zh": f"R{n}"} for n in ranks]
        return fit_answer.rivals(entry(1, 1, 2, place_rank=5, rivals=others), "zh")

    both = rivals(3, 8)
    assert "走在前面的有R3（第3），在后面追的有R8（第8）" in both
    assert "追" not in rivals(3) and "走在前面" not in rivals(8)


def test_what_speaks_against_a_place_is_no_reason_for_it():
    titles = pd.Series({"s": "Title"})
    against = {"text_zh": "不利：太贵〔s〕"}
    good = {"text_zh": "企业多〔s〕"}
    told = entry(1, 1, 2, steps={"suits": [against, good]})
    assert "企业多（来源：Title）" in fit_answer.because(told, titles, "zh")
    alone = entry(1, 1, 2, steps={"suits": [against]})
    assert "太贵" not in fit_answer.because(alone, titles, "zh")
