import pandas as pd
import pytest

from app.ui import charts, heat


def rows(chart):
    """All rows of data that a chart holds."""
    return [row for data in chart.to_dict()["datasets"].values() for row in data]


def test_pillars_are_centred_on_zero_and_sorted():
    row = pd.Series({"talent": 1.5, "cost": -0.5, "presence": 3.0})
    chart = charts.pillars(row, "en").to_dict()
    order = chart["layer"][0]["encoding"]["y"]["sort"]
    assert order == ["Presence", "Talent", "Cost"]
    low, high = chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < -0.5 < 0 < 3.0 < high


def test_a_label_gives_way_to_the_chosen_one():
    names = pd.Series(["甲市", "乙市", "丙市"])
    x = y = pd.Series([0.5, 0.5, 0.9])
    first = pd.Series([False, True, False])
    assert charts.labels(names, x, y, first, "zh") == ["", "乙市", "丙市"]


def test_labels_take_no_places():
    empty = pd.Series([], dtype=float)
    assert charts.labels(empty, empty, empty, empty.astype(bool), "en") == []


@pytest.fixture
def shares():
    return pd.DataFrame(
        {
            "province": ["110000", "120000"],
            "name": ["北京", "天津"],
            "pillar": ["人才", "人才"],
            "share": [1.0, 0.25],
            "text": ["100%", "25%"],
            "places": [1, 1],
        }
    )


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_coverage_says_each_share_in_its_cell_and_lets_a_province_be_picked(
    shares, ground
):
    chart = heat.coverage(shares, "110000", "zh", ground).to_dict()
    texts = [layer for layer in chart["layer"] if layer["mark"]["type"] == "text"]
    assert texts[0]["encoding"]["text"]["field"] == "text"
    assert [p["select"]["fields"] for p in chart["params"]] == [["province"]]
    assert "110000" in str(chart["layer"][0]["encoding"]["stroke"])
    drawn = [row for row in rows(heat.coverage(shares, "", "en")) if "share" in row]
    assert [row["name"] for row in drawn] == ["北京", "天津"]


def test_freshness_counts_indicators_by_year():
    table = pd.DataFrame(
        {
            "pillar": ["人才"],
            "year": ["2020"],
            "indicators": [3],
            "names": ["甲、乙、丙"],
        }
    )
    chart = heat.freshness(table, "zh").to_dict()
    assert chart["layer"][0]["encoding"]["color"]["scale"]["domain"] == [0, 3]
    assert chart["layer"][1]["encoding"]["text"]["field"] == "indicators"


def test_bars_keep_their_order_and_long_names_take_two_lines():
    names = ["National AI application pioneer zone", "国家人工智能创新应用先导区", "b"]
    table = pd.DataFrame({"name": names, "value": [0.3, -0.2, -0.001]})
    spec = charts.signed(table, ("what", "how much"), "light", "b").to_dict()
    rows = next(iter(spec["datasets"].values()))
    assert [row["name"] for row in rows] == names
    assert [row["label"].count("\n") for row in rows] == [1, 1, 0]
    assert [row["text"] for row in rows] == ["+0.30", "-0.20", "0.00"]
    sides = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert sides[0] < -0.2 and sides[1] > 0.3
    assert spec["layer"][0]["encoding"]["y"]["sort"] == [row["label"] for row in rows]
