"""Outlines keep every published point, and lose no boundary line."""

import itertools
import json
from pathlib import Path

import pytest

from data.build import geometry

SQUARE = [[[116.0, 40.000001], [116.123457, 40.0], [116.5, 40.7], [116.0, 40.000001]]]
AREA = {
    "properties": {"gb": "156540422", "full_name": " 米林市"},
    "geometry": {"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]},
}
LINE = {
    "properties": {"gb": "", "name": "境界线"},
    "geometry": {
        "type": "MultiLineString",
        "coordinates": [[[119.0, 3.408477], [119.1, 3.5]], [[110.0, 8.0], [110.2, 8]]],
    },
}


def points(topology, arcs):
    """Walk the steps of a feature's arcs, however deep they stand."""
    if isinstance(arcs, int):
        walked = itertools.accumulate(
            topology["arcs"][arcs], lambda at, by: [at[0] + by[0], at[1] + by[1]]
        )
        return [[x / geometry.MILLION, y / geometry.MILLION] for x, y in walked]
    inner = [points(topology, arc) for arc in arcs]
    return inner[0] if isinstance(arcs[0], int) else inner


def test_every_point_comes_back_as_it_was_published():
    made = geometry.topology([AREA, LINE])
    area, line = made["objects"]["drawn"]["geometries"]
    assert points(made, area["arcs"]) == AREA["geometry"]["coordinates"]
    assert points(made, line["arcs"]) == LINE["geometry"]["coordinates"]
    assert made["transform"]["translate"] == [0, 0]


def test_a_point_that_would_be_moved_is_refused():
    with pytest.raises(ValueError, match="six decimals"):
        geometry.steps([[116.1234567, 40.0]])


def test_an_area_has_the_code_it_has_in_our_list():
    ours = Path(geometry.__file__).parent.parent
    published = ["540422", "110101", "460321", "460322", "710001"]
    codes = geometry.today(ours, published)
    assert {code: codes.get(code, code) for code in published} == {
        **{"540422": "540481", "110101": "110101", "710001": "710001"},
        **{"460321": "460300", "460322": "460300"},
    }
    parts = [
        {**AREA, "properties": {"gb": f"156{code}", "full_name": " 米林市"}}
        for code in ("460321", "460322", "540422")
    ]
    made = geometry.recoded([*parts, LINE], codes)
    assert [geometry.code_of(one) for one in made] == ["460300", "540481", ""]
    # Both of its districts, no point less.
    assert made[0]["geometry"]["coordinates"] == [SQUARE] * 4
    assert geometry.summary([made[1], LINE]) == {
        "box": [110.0, 3.408477, 119.1, 40.7],
        "areas": {"540481": "米林市"},
    }


def test_the_build_writes_cities_provinces_and_both_kinds_of_lines(tmp_path):
    city = {**AREA, "properties": {"gb": "156540400", "full_name": "林芝市"}}
    folder = tmp_path / "geo"
    folder.mkdir()
    for level, area in ((2, city), (3, AREA)):
        content = json.dumps({"features": [area, LINE]})
        (folder / f"chn-level-{level}.json").write_text(content, encoding="utf-8")
    out = tmp_path / "out"
    geometry.build(tmp_path, out)
    assert {path.stem for path in out.iterdir()} == {
        *("city", "540000", "lines-city", "lines-district", "index")
    }
    index = json.loads((out / "index.json").read_text("utf-8"))
    assert list(index["540000"]["areas"]) == ["540481"]
    # The box of the country holds its lines, a province's only the province.
    assert index["city"]["box"][1] == 3.408477 and index["540000"]["box"][1] == 40.0
