"""Build the outlines that the map draws.

Run as ``python -m data.build.geometry RAW OUT``; OUT is ``app/static/geo``, from where
the app serves them to the browser. They are no facts and no part of a model.

The published points are all kept, none is moved and none dropped: they have six
decimals, and TopoJSON writes them as whole millionths of a degree, each as its step
from the one before. That halves the files.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

MILLION = 1_000_000
HERE = Path(__file__).parent
# County-level features name their province by the first two figures of their code.
PROVINCE = 2
Feature = dict[str, Any]


def code_of(feature: Feature) -> str:
    """Return the six-figure code of a feature; boundary lines have none."""
    return str(feature["properties"].get("gb") or "").removeprefix("156")


def steps(line: list[list[float]]) -> list[list[int]]:
    """Return a line's points in millionths of a degree, each less the one before.

    Raises
    ------
    ValueError
        When a point has more decimals than six: it would be moved.
    """
    points = [[round(part * MILLION) for part in point] for point in line]
    if [[part / MILLION for part in point] for point in points] != line:
        raise ValueError("a point has more than six decimals")
    before = [[0, 0], *points[:-1]]
    return [[x - x0, y - y0] for (x, y), (x0, y0) in zip(points, before, strict=True)]


def topology(features: Iterable[Feature]) -> dict[str, Any]:
    """Return features as TopoJSON, each with its code; a line's is empty."""
    arcs: list[list[list[int]]] = []

    def kept(line: list[list[float]]) -> list[int]:
        arcs.append(steps(line))
        return [len(arcs) - 1]

    drawn: list[dict[str, Any]] = []
    for feature in features:
        code = code_of(feature)
        parts = feature["geometry"]["coordinates"]
        drawn.append(
            {
                "type": "MultiPolygon" if code else "MultiLineString",
                "properties": {"code": code},
                "arcs": [
                    [kept(ring) for ring in part] if code else kept(part)
                    for part in parts
                ],
            }
        )
    return {
        "type": "Topology",
        "transform": {"scale": [1 / MILLION, 1 / MILLION], "translate": [0, 0]},
        "objects": {"drawn": {"type": "GeometryCollection", "geometries": drawn}},
        "arcs": arcs,
    }


def box(features: Iterable[Feature]) -> list[float]:
    """Return the west, south, east and north end of all features."""
    points = [
        point
        for feature in features
        for part in feature["geometry"]["coordinates"]
        for ring in (part if code_of(feature) else [part])
        for point in ring
    ]
    x, y = zip(*points, strict=True)
    return [min(x), min(y), max(x), max(y)]


def summary(features: list[Feature]) -> dict[str, Any]:
    """Return what the server needs of a file: its box, and its areas with names."""
    names = {
        code: feature["properties"]["full_name"].strip()
        for feature in features
        if (code := code_of(feature))
    }
    return {"box": box(features), "areas": names}


def today(places: Path, codes: Iterable[str]) -> dict[str, str]:
    """Return the code under which our list has an area, where that is another.

    Some districts were only given another number; a city that the list does not
    divide (三沙) stands in it for the districts that the outlines give it.
    """

    def rows(name: str) -> list[dict[str, str]]:
        with (places / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    found = {
        row["old"]: row["new"]
        for row in rows("place_changes.csv")
        if row["kind"] == "renumbered"
    }
    ours = {row["place"] for row in rows("places.csv") if row["level"] == "district"}
    cities = {code: code[:4] + "00" for code in codes if code not in ours}
    return found | {code: city for code, city in cities.items() if city in ours}


def recoded(features: Iterable[Feature], codes: dict[str, str]) -> list[Feature]:
    """Return features under their codes of today, those of one code as one."""
    done: dict[str, Feature] = {}
    lines = []
    for feature in features:
        old = code_of(feature)
        if not old:
            lines.append(feature)
            continue
        new = codes.get(old, old)
        parts = feature["geometry"]["coordinates"]
        if new in done:
            parts = done[new]["geometry"]["coordinates"] + parts
        done[new] = {
            "properties": {**feature["properties"], "gb": new},
            "geometry": {"type": "MultiPolygon", "coordinates": parts},
        }
    return [*done.values(), *lines]


def build(raw: Path, out: Path) -> None:
    """Write the cities' file, one of districts for each province, and their lines."""

    def read(level: int) -> list[Feature]:
        text = (raw / "geo" / f"chn-level-{level}.json").read_text("utf-8")
        return list(json.loads(text)["features"])

    areas: dict[str, list[Feature]] = {}
    lines: dict[str, list[Feature]] = {}
    for level, number in (("city", 2), ("district", 3)):
        features = read(number)
        if level == "district":
            known = [code for one in features if (code := code_of(one))]
            features = recoded(features, today(HERE.parent, known))
        lines[level] = [one for one in features if not code_of(one)]
        for one in features:
            if code := code_of(one):
                name = level if level == "city" else code[:PROVINCE] + "0000"
                areas.setdefault(name, []).append(one)
    out.mkdir(parents=True, exist_ok=True)
    index = {}
    for name, features in areas.items():
        write(out / f"{name}.json", topology(features))
        # A map of the country holds its whole territory, lines included.
        whole = [*features, *lines["city"]] if name == "city" else features
        index[name] = summary(whole)
    for level, features in lines.items():
        write(out / f"lines-{level}.json", topology(features))
    write(out / "index.json", index)


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a file of JSON without blanks."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    collected, target = sys.argv[1:] or sys.exit(__doc__)
    build(Path(collected), Path(target))
