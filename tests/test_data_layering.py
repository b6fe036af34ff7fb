"""A user's folder is laid over the embedded facts."""

import pandas as pd
import pytest

from app.commands.folder import VARIABLE, load_facts
from data import DataError, load
from model import store

OUTCOMES = "place,level,segment,month,event,count,source_id\n"


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes a folder of facts and loads it."""

    def lay(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_toml", ".toml")
            path = path if path.suffix else path.with_suffix(".csv")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_facts(str(tmp_path))

    return lay


def counted(facts, place, month, segment="drones"):
    rows = facts.outcomes
    rows = rows[(rows["place"] == place) & (rows["month"] == month)]
    return rows.loc[rows["segment"] == segment, "count"].sum()


def test_rows_are_added_and_replaced_by_key(facts, folder):
    figure = facts["observations"].query("indicator == 'population'").iloc[0]
    cells = {**figure.to_dict(), "value": 7.0}
    more = {**cells, "locator": "my own count", "value": 8.0}
    mine = folder(observations=pd.DataFrame([cells, more]).to_csv(index=False))
    assert len(mine["observations"]) == len(facts["observations"]) + 1
    same = mine["observations"].query(
        "indicator == 'population' and place == @figure.place"
        " and level == @figure.level and period == @figure.period"
    )
    assert set(same["value"]) == {7.0, 8.0}


def test_the_facts_say_where_they_came_from(facts, folder):
    mine = folder(
        outcomes=OUTCOMES + "110108,district,drones,2026-03,filing,2,moe2025\n"
    )
    assert mine.extra is not None
    assert mine.fingerprint != facts.fingerprint
    assert store.folder(mine) != store.folder(facts) == store.home()


def test_counts_reach_the_city_and_a_year_stands_at_its_december(facts, folder):
    mine = folder(
        outcomes=OUTCOMES
        + "110108,district,drones,2026-03,filing,2,moe2025\n"
        + "110105,district,drones,2026-03,filing,1,moe2025\n"
        + "330100,city,drones,2026,listing,4,moe2025\n"
    )
    assert counted(mine, "110108", "2026-03") == 2
    assert counted(mine, "110000", "2026-03") == 3
    assert counted(mine, "330100", "2026-12") == 4


def test_a_stated_city_count_is_not_summed_again(folder):
    mine = folder(
        outcomes=OUTCOMES
        + "110108,district,drones,2026-03,filing,2,moe2025\n"
        + "110000,city,drones,2026-03,filing,5,moe2025\n"
    )
    assert counted(mine, "110000", "2026-03") == 5


def test_counts_of_filings_whose_firms_are_known_do_not_count_twice(facts, folder):
    filings = facts["filings"].query("place == '110108'")
    month = filings.loc[filings["segments"].str.contains("nlp"), "month"].iloc[-1]
    before = counted(facts, "110108", month, "nlp")
    mine = folder(
        outcomes=OUTCOMES + f"110108,district,nlp,{month},filing,9,cac_filings\n"
    )
    assert counted(mine, "110108", month, "nlp") == before > 0


def test_our_own_outcomes_laid_over_ours_change_nothing(facts, folder):
    ours = facts.outcomes[[*OUTCOMES.strip().split(",")]]
    mine = folder(outcomes=ours.to_csv(index=False))
    pd.testing.assert_frame_equal(mine.outcomes, facts.outcomes, check_dtype=False)


def test_a_folder_that_breaks_a_rule_is_refused(folder):
    with pytest.raises(DataError) as caught:
        folder(outcomes=OUTCOMES + "110199,district,drones,2026-03,filing,2,moe2025\n")
    assert (caught.value.problems[0].line, caught.value.problems[0].column) == (
        2,
        "place",
    )


def test_the_variable_names_the_folder(folder, tmp_path, monkeypatch):
    folder(outcomes=OUTCOMES + "110108,district,drones,2026-03,filing,2,moe2025\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert load_facts().extra == tmp_path
    monkeypatch.delenv(VARIABLE)
    assert load_facts() is load()
