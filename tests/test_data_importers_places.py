"""Places that a user adds or corrects."""

import pytest

from data.importers import places, sheets

HEAD = "代码,层级,中文名,英文名,上级,省份,经度,纬度"
NEW = "320599,区县,新城区,Xincheng District,苏州市,,120.5,31.3"


def imported(facts, tmp_path, text, head=HEAD):
    path = tmp_path / "mine.csv"
    path.write_text(f"{head}\n{text}\n", encoding="utf-8")
    context = facts.tables
    sheet = sheets.read([path], places.known(context), places.needed(context))
    return places.read(sheet, context)


def test_a_new_place_stands_under_its_city(facts, tmp_path):
    result = imported(facts, tmp_path, NEW)
    assert result.rejected == []
    assert result.tables["places"].to_numpy().tolist() == [
        [
            *("320599", "district", "新城区", "Xincheng District", "320500"),
            *("320000", "120.5", "31.3"),
        ]
    ]


def test_a_known_place_keeps_what_is_not_said(facts, tmp_path):
    result = imported(facts, tmp_path, "110108,海淀新区", "code,name_zh")
    (row,) = result.tables["places"].to_dict("records")
    known = facts.places.loc[("district", "110108")]
    assert row["name_zh"] == "海淀新区" and row["name_en"] == known["name_en"]
    assert float(row["lon"]) == known["lon"] and row["parent"] == known["parent"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (NEW.replace("Xincheng District", ""), "name_en: empty"),
        (NEW.replace("苏州市", "110000"), "not in the province"),
        (NEW.replace("苏州市", "320999"), "parent"),
        (NEW.replace("苏州市", "苏洲市"), "苏洲市"),
        (NEW.replace("120.5", "12.5"), "lon: 12.5 is outside"),
        (NEW.replace("120.5", "东经"), "东经 is not a number"),
        (NEW.replace("320599", "3205"), "3205 is not a six-digit"),
        (NEW.replace("320599", "110228"), "has become 110118"),
        (NEW.replace("区县", "街道"), "level 街道"),
        (f"{NEW}\n{NEW.replace('新城区', '老城区')}", "contradicts"),
    ],
)
def test_what_is_no_place_is_rejected(facts, tmp_path, row, said):
    result = imported(facts, tmp_path, row)
    assert result.accepted == 0
    assert said in result.rejected[-1].reason_en


def test_every_place_of_ours_comes_back_as_it_was(facts, tmp_path):
    path = tmp_path / "places.csv"
    facts["places"].to_csv(path, index=False)
    context = facts.tables
    sheet = sheets.read([path], places.known(context), places.needed(context))
    result = places.read(sheet, context)
    assert result.rejected == [] and result.remarks == []
    back = result.tables["places"].astype({"lon": float, "lat": float})
    assert (back.to_numpy() == facts["places"][list(back)].to_numpy()).all()
