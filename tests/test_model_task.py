import numpy as np
import pandas as pd
import pytest

from features import shift
from model import task


@pytest.mark.parametrize("level", ["city", "district"])
@pytest.mark.parametrize("as_of", ["2023-12", "2024-06", "2025-12"])
def test_every_training_horizon_ends_by_the_month(level, as_of):
    cutoffs = task.training_cutoffs(as_of, level)
    assert cutoffs == sorted(set(cutoffs))
    assert all(shift(cutoff, months) <= as_of for cutoff, months in cutoffs)
    assert shift(*cutoffs[-1]) == as_of


def test_a_horizon_after_what_may_be_known_is_refused(facts):
    with pytest.raises(ValueError, match="2025-06"):
        task.outcomes_after(facts, "city", "2024-06", known_to="2024-12")


def test_outcomes_after_counts_only_the_horizon(facts):
    happened = task.outcomes_after(facts, "district", "2024-12")
    filings = facts.outcomes.query(
        "level == 'district' and segment == 'nlp' and place == '440305'"
        " and month > '2024-12' and month <= '2025-12'"
    )
    row = facts.segments.index.get_loc("nlp")
    places = pd.Index(sorted(facts.places.loc["district", "place"]))
    assert happened[row, places.get_loc("440305")] == filings["count"].sum() > 50


def test_the_end_of_a_list_is_not_taken_for_the_end_of_its_firms(facts):
    listed = facts.sources.at["listed_firms", "covers_to"]
    assert listed == "2022-12"
    chips = facts.segments.index.get_loc("ai_chips")
    assert task.outcomes_after(facts, "city", "2021-12")[chips].sum() > 0
    events = facts.outcomes.query("month > '2022-06' and month <= '2023-06'")
    assert (events["source_id"] == "listed_firms").any()
    after = task.outcomes_after(facts, "city", "2022-06")[chips].sum()
    others = events.query(
        "segment == 'ai_chips' and level == 'city' and source_id != 'listed_firms'"
    )
    assert after == others["count"].sum()


def test_tasks_choose_their_candidates():
    earlier = np.array([[0.0, 2, 0]])
    places = pd.Index(["110108", "320571", "440305"])
    parents = pd.Series({"110108": "110000", "320571": "320500", "440305": "440300"})
    chosen = {
        name: task.in_task(name, earlier, places, parents) for name in task.TASKS[:3]
    }
    assert chosen["all"].tolist() == [[True, True, True]]
    assert chosen["new"].tolist() == [[True, False, True]]
    assert chosen["beyond_top5"].tolist() == [[False, True, False]]


def test_gain_is_log2_of_one_plus_the_count():
    assert task.gains(np.array([0, 1, 3])).tolist() == [0, 1, 2]
