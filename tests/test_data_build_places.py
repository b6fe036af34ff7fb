"""Naming rules of the places build and invariants of the shipped tables."""

import csv
from pathlib import Path

import pytest

pytest.importorskip("pypinyin")
pytest.importorskip("shapely")

from data.build import place_changes, places  # noqa: E402

DATA = Path(places.__file__).parent.parent
LISTING = """
110000    北京市\t\t
110108       海淀区\t
420000    湖北省
420100     武汉市
420102       江岸区
429004       仙桃市*\t
   省直    县级行政单位
440000    广东省
441900     东莞市
710000    台湾省
"""


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return table("places.csv")


@pytest.mark.parametrize(
    ("name_zh", "plain", "name_en"),
    [
        ("西安市", True, "Xi'an"),
        ("长沙市", True, "Changsha"),
        ("成都市", True, "Chengdu"),
        ("昆山市", False, "Kunshan City"),
        ("海淀区", False, "Haidian District"),
        ("东阿县", False, "Dong'e County"),
        ("阿克苏地区", True, "Akesu Prefecture"),
        ("赣县区", False, "Ganxian District"),
        ("吕梁市", True, "Lüliang"),
        ("管城回族区", False, "Guancheng Hui District"),
        ("东乡族自治县", False, "Dongxiang Autonomous County"),
        (
            "恩施土家族苗族自治州",
            True,
            "Enshi Tujia and Miao Autonomous Prefecture",
        ),
        (
            "金平苗族瑶族傣族自治县",
            False,
            "Jinping Miao, Yao and Dai Autonomous County",
        ),
    ],
)
def test_english_name(name_zh: str, plain: bool, name_en: str) -> None:
    assert places.english_name(name_zh, plain) == name_en


def test_parse_codes_strips_marks_and_leaves_out_what_has_no_figures() -> None:
    codes = places.parse_codes(LISTING)
    assert codes["429004"] == "仙桃市"
    assert "710000" not in codes
    assert len(codes) == 8


def test_levels_and_parents() -> None:
    codes = places.parse_codes(LISTING)
    assert places.city_codes(codes) == ["110000", "420100", "441900"]
    assert places.district_codes(codes) == ["110108", "420102", "429004", "441900"]
    assert places.parent_of("110108", "district", codes) == "110000"
    assert places.parent_of("429004", "district", codes) == "420000"
    assert places.parent_of("441900", "district", codes) == "441900"
    assert places.parent_of("441900", "city", codes) == "440000"
    assert places.parent_of("110000", "city", codes) == ""


def test_point_is_the_centroid_of_the_largest_part() -> None:
    small = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
    large = [[[10, 10], [14, 10], [14, 14], [10, 14], [10, 10]]]
    shape = {"type": "MultiPolygon", "coordinates": [small, large]}
    assert places.inner_point(shape) == ("12.0000", "12.0000")


def test_point_lies_inside_a_bent_shape() -> None:
    ring = [[0, 0], [9, 0], [9, 9], [8, 9], [8, 1], [0, 1], [0, 0]]
    lon, lat = places.inner_point({"type": "Polygon", "coordinates": [ring]})
    assert float(lon) > 8 or float(lat) < 1


def test_renumbered_needs_the_same_name_and_a_like_population() -> None:
    table = {
        "110228": place_changes.Counted("密云县", {"2010": 100.0}),
        "110118": place_changes.Counted("密云区", {"2020": 120.0}),
        "110229": place_changes.Counted("延庆县", {"2010": 100.0}),
        "110119": place_changes.Counted("延庆区", {"2020": 300.0}),
        "110171": place_changes.Counted("某开发区", {"2020": 9.0}),
    }
    codes = {"110118": "密云区", "110119": "延庆区"}
    found = place_changes.renumbered(table, codes)
    assert found == [("110228", "110118", "renumbered")]
    known = [{"old": "110229", "new": "110119", "kind": "merged"}]
    kinds = [r["kind"] for r in place_changes.change_rows(found, known, table, {})]
    assert kinds == ["renumbered", "merged"]


def test_counts_and_keys(rows: list[dict[str, str]]) -> None:
    keys = [(r["level"], r["place"]) for r in rows]
    assert len(set(keys)) == len(keys)
    assert sum(level == "city" for level, _ in keys) == 337
    assert sum(level == "district" for level, _ in keys) == 2842 + 5


def test_parents_and_provinces_exist(rows: list[dict[str, str]]) -> None:
    provinces = {r["province"] for r in table("provinces.csv")}
    cities = {r["place"] for r in rows if r["level"] == "city"}
    assert len(provinces) == 31
    assert cities <= {r["parent"] for r in rows if r["level"] == "district"}
    for row in rows:
        assert row["province"] in provinces
        assert row["province"][:2] == row["place"][:2]
        above = {"", *provinces} if row["level"] == "city" else cities | provinces
        assert row["parent"] in above


def test_points_are_in_china(rows: list[dict[str, str]]) -> None:
    for row in rows:
        assert 73 < float(row["lon"]) < 136, row
        assert 3 < float(row["lat"]) < 54, row


def test_english_names(rows: list[dict[str, str]]) -> None:
    names = [(r["level"], r["parent"], r["name_en"]) for r in rows]
    assert len(set(names)) == len(names)
    for _, _, name in names:
        assert name and name[0].isupper()
        assert all(char.isascii() or char == "ü" for char in name), name


@pytest.mark.parametrize(
    ("place", "name_en"),
    [
        ("500000", "Chongqing"),
        ("150100", "Hohhot"),
        ("152500", "Xilin Gol League"),
        ("652900", "Aksu Prefecture"),
        ("341500", "Lu'an"),
        ("331000", "Taizhou"),
        ("110105", "Chaoyang District"),
        ("361124", "Yanshan County"),
        ("410621", "Xun County"),
        ("141024", "Hongtong County"),
        ("440113", "Panyu District"),
        ("441422", "Dabu County"),
    ],
)
def test_known_names(rows: list[dict[str, str]], place: str, name_en: str) -> None:
    assert {r["name_en"] for r in rows if r["place"] == place} == {name_en}


def test_changes_lead_from_codes_out_of_use_to_districts(
    rows: list[dict[str, str]],
) -> None:
    districts = {r["place"] for r in rows if r["level"] == "district"}
    changes = table("place_changes.csv")
    assert len({r["old"] for r in changes}) == len(changes)
    for row in changes:
        assert row["old"] not in districts
        assert row["new"] in districts
        assert row["kind"] in {"renumbered", "merged"}
        assert row["first_list"] <= row["last_list"]
    pairs = {(r["old"], r["new"], r["kind"]) for r in changes}
    assert ("110228", "110118", "renumbered") in pairs
    assert ("330103", "330105", "merged") in pairs
