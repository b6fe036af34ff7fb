import json

import numpy as np
import pandas as pd
import pytest

from tests.bench import opensiterec as bench

QUICK = {"n_estimators": 5, "num_leaves": 4, "min_child_samples": 5, "seeds": 1}


def shops():
    """Six brands of two kinds, each in its own half of 40 regions; one too small."""
    rng = np.random.default_rng(0)
    rows = []
    for brand in range(6):
        for _ in range(8 + brand):
            rows.append((f"brand {brand}", 20 * (brand % 2) + rng.integers(20)))
    rows += [("small", 3), ("small", 39)]
    table = pd.DataFrame(rows, columns=["Brand", "Region_ID"])
    kind = table["Brand"].str[-1].isin(["0", "2", "4"])
    return table.assign(
        Latitude=41 + table["Region_ID"] / 100,
        Longitude=-87.0,
        cate_1=np.where(kind, "food", "money"),
        BA_ID=table["Region_ID"] // 10,
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "LEARNER", bench.LEARNER | QUICK)
    (tmp_path / "Town").mkdir()
    shops().to_csv(tmp_path / "Town" / "Town_KG_plus.csv", index=False)
    return tmp_path


def city(train, test):
    rows = [
        pd.DataFrame({"segment": 0, "place": places, "lon": 0.0, "lat": 0.0})
        for places in (train, test, [])
    ]
    return bench.City(*rows, (), (), np.full(30, -1))


def test_split_is_by_rows_and_keeps_brands_of_five(folder):
    town = bench.load(folder, "Town")
    assert town.shape == (6, 40)
    assert town.test.groupby("segment").size().tolist() == [2, 2, 2, 3, 3, 3]
    assert len(town.train) + len(town.test) == 63
    assert town.context["place"].tolist() == [3, 39]
    assert [len(set(f)) for f in town.families] == [2]


def test_oracle_under_the_official_protocol_pays_for_duplicates():
    town = city([1, 5], [3, 3, 5])
    oracle = bench.grid(town.test, (1, 30))
    recall, ndcg = bench.judge(oracle, town, "official")
    assert recall == pytest.approx([2 / 3])
    second, third = 1 / np.log2(3), 1 / 2
    assert ndcg == pytest.approx([(1 + second) / (1 + second + third)])


def test_strict_protocol_seeks_new_places_only():
    town = city([1, 5], [3, 3, 5])
    scores = np.zeros((1, 30))
    scores[0, [1, 5, 7, 3]] = [9, 8, 7, 6]
    recall, ndcg = bench.judge(scores, town, "strict")
    assert recall == pytest.approx([1])
    assert ndcg == pytest.approx([1 / np.log2(3)])


def test_nothing_new_to_find_is_left_out_of_the_mean():
    town = city([5], [5])
    recall, _ = bench.judge(np.zeros((1, 30)), town, "strict")
    assert np.isnan(recall).all()
    assert bench.interval(np.array([np.nan, 0.5, 0.5])) == [0.5, 0.5, 0.5]


def test_folds_hold_every_row_out_once(folder):
    train = bench.load(folder, "Town").train
    held_out = pd.concat(out for _, out in bench.folds(train, 3, seed=0))
    assert sorted(held_out.index) == sorted(train.index)


@pytest.mark.parametrize("place", [".", "Town"])
def test_both_protocols_are_run(folder, capsys, place):
    data = ["--data", str(folder / place), "--city", "Town"]
    assert bench.main([*data, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["brands"] == 6 and found["peak_mb"] > 0
    for protocol in bench.PROTOCOLS:
        for name in ("popularity", "density", "ours"):
            for mean, low, high in found[protocol][name].values():
                assert 0 <= low <= mean <= high <= 1
        ours, base = (found[protocol][n]["recall"][0] for n in ("ours", "density"))
        gain = found[protocol]["ours - density"]["recall"][0]
        assert gain == pytest.approx(ours - base)


def test_optional_columns_may_be_missing(folder, capsys):
    few = shops()[bench.NEEDED]
    few[few["Brand"] != "small"].to_csv(folder / "Bare_KG_plus.csv", index=False)
    assert bench.main(["--data", str(folder), "--city", "Bare"]) == 0
    assert "strict" in capsys.readouterr().out


def test_missing_input_is_said_plainly(folder, capsys):
    shops().drop(columns="Brand").to_csv(folder / "Odd_KG_plus.csv", index=False)
    for data, name, said in (
        (folder, "Odd", "lacks the column Brand"),
        (folder, "Nowhere", "no Nowhere_KG_plus.csv"),
        (folder / "none", "Town", "no folder"),
    ):
        assert bench.main(["--data", str(data), "--city", name]) == 2
        assert said in capsys.readouterr().err
