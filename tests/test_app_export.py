import io

import pandas as pd
import pytest

from app.export import tables
from data import load


@pytest.fixture
def ranking():
    return pd.DataFrame(
        {
            "rank": [1, 2],
            "place": ["440305", "110108"],
            "name_zh": ["南山区", "海淀区"],
            "name_en": ["Nanshan District", "Haidian District"],
            "level": "district",
            "parent": ["440300", "110000"],
            "score": [2.5, -1.0],
            "score_100": [100.0, 99.9],
            "rank_low": [1, 1],
            "rank_high": [3, 9],
            "tie_group": pd.Series(["1-2", None], dtype=object),
            "chance_top5": [1.0, 0.8],
            "presence_rank": [1, 2],
            "fundamentals_rank": [2, 1],
            "confidence": "A",
        }
    )


REASON = {
    "text_zh": "本科及以上人口",
    "text_en": "=HYPERLINK(1)",
    "sources": ["census2020"],
}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_cell_never_starts_a_formula(start):
    assert tables.safe(f"{start}1+1") == f"'{start}1+1"


def test_numbers_and_plain_text_stay():
    assert tables.safe(-1.5) == -1.5
    assert tables.safe("海淀区 = 1") == "海淀区 = 1"


def test_csv_opens_as_utf8_in_a_spreadsheet():
    content = tables.csv(pd.DataFrame({"地点": ["南山区", "@x"], "得分": [1.5, -2]}))
    assert content.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig")
    assert list(back["地点"]) == ["南山区", "'@x"]
    assert list(back["得分"]) == [1.5, -2]


def test_ranked_keeps_every_row_and_gives_reasons_where_known(ranking):
    facts = load()
    frame = tables.ranked(facts, ranking, {"440305": [REASON]}, "zh")
    assert list(frame["代码"]) == ["440305", "110108"]
    assert list(frame["所在城市"]) == ["深圳市", "北京市"]
    assert list(frame["省份"]) == ["广东省", "北京市"]
    assert list(frame["理由1"]) == ["本科及以上人口", ""]
    assert frame["理由1来源"][0] == facts.sources.at["census2020", "title"]


def test_ranked_in_english_is_formula_safe(ranking):
    frame = tables.ranked(load(), ranking, {"440305": [REASON]}, "en")
    assert frame["City"][0] == "Shenzhen"
    assert "'=HYPERLINK(1)" in tables.csv(frame).decode("utf-8-sig")


def test_ranges_are_written_so_that_no_spreadsheet_takes_them_for_dates(ranking):
    frame = tables.ranked(load(), ranking, {}, "en")
    assert list(frame["Best rank (90% sure)"]) == [1, 1]
    assert list(frame["Worst rank (90% sure)"]) == [3, 9]
    assert list(frame["Ranks that cannot be told apart"]) == ["1–2", ""]
    bare = ranking.assign(
        rank_low=None, rank_high=None, tie_group=None, chance_top5=None
    )
    assert "Best rank (90% sure)" not in tables.ranked(load(), bare, {}, "en")
