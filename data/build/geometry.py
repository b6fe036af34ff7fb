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


def topology(features: Iterable[Feature], codes: dict[str, str]) -> dict[str, Any]:
    """Return features as TopoJSON, each with its code.

    Parameters
    ----------
    features : iterable of dict
        GeoJSON features; one without a code is a boundary line.
    codes : dict
        Today's code of each that was given another since.
    """
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
                "properties": {"code": codes.get(code, code)},
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


def summary(features: list[Feature], codes: dict[str, str]) -> dict[str, Any]:
    """Return what the server needs of a file: its box, and its areas with names."""
    names = {
        codes.get(code, code): feature["properties"]["full_name"].strip()
        for feature in features
        if (code := code_of(feature))
    }
    return {"box": box(features), "areas": names}


def renumbered(places: Path) -> dict[str, str]:
    """Return the new code of each district that was only given another number."""
    with (places / "place_changes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["old"]: row["new"] for row in rows if row["kind"] == "renumbered"}


def build(raw: Path, out: Path) -> None:
    """Write the cities' file, one of districts for each province, and their lines."""

    def read(level: int) -> list[Feature]:
        text = (raw / "geo" / f"chn-level-{level}.json").read_text("utf-8")
        return list(json.loads(text)["features"])

    codes = renumbered(HERE.parent)
    areas: dict[str, list[Feature]] = {}
    lines: dict[str, list[Feature]] = {}
    for level, number in (("city", 2), ("district", 3)):
        features = read(number)
        lines[level] = [one for one in features if not code_of(one)]
        for one in features:
            if code := code_of(one):
                name = level if level == "city" else code[:PROVINCE] + "0000"
                areas.setdefault(name, []).append(one)
    out.mkdir(parents=True, exist_ok=True)
    index = {}
    for name, features in areas.items():
        write(out / f"{name}.json", topology(features, codes))
        # A map of the country holds its whole territory, lines included.
        whole = [*features, *lines["city"]] if name == "city" else features
        index[name] = summary(whole, codes)
    for level, features in lines.items():
        write(out / f"lines-{level}.json", topology(features, codes))
    write(out / "index.json", index)


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a file of JSON without blanks."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    collected, target = sys.argv[1:] or sys.exit(__doc__)
    build(Path(collected), Path(target))
