"""Outcome histories: what counts now, and how fast the past fades."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from features import at
from features.history import FLOOR, HALF_LIFE, MIX_HALF_LIFE, history

AS_OF = "2024-12"


@pytest.fixture
def told(facts):
    """Return the history of a few outcomes in Haidian."""
    known = at(facts, AS_OF)

    def make(*events):
        rows = [("110108", "district", "nlp", *event) for event in events]
        columns = ["place", "level", "segment", "month", "source_id"]
        table = pd.DataFrame(rows, columns=columns).assign(event="filing", count=1.0)
        past = history(dataclasses.replace(known, outcomes=table), "district")
        row = past.segments.get_loc("nlp")
        column = past.places.get_loc("110108")
        return {
            name: getattr(past, name)[row, column]
            for name in ("total", "recent", "activity", "mix")
        }

    return make


def test_an_event_fades_by_half_in_its_half_life_and_never_below_the_floor(told):
    assert told(("2024-12", "cac_filings"))["activity"] == 1
    assert told(("2023-12", "cac_filings"))["activity"] == pytest.approx(
        0.5 ** (12 / HALF_LIFE)
    )
    old = told(("2009-12", "cac_filings"))
    assert old["activity"] == FLOOR and old["total"] == 1 and old["recent"] == 0


def test_age_counts_to_the_end_of_what_a_list_covers(told):
    assert told(("2022-12", "listed_firms"))["activity"] == 1


def test_what_is_dated_by_the_year_alone_is_taken_from_its_middle(told):
    by_month = told(("2024-12", "cac_filings"), ("2024-11", "cac_filings"))["mix"]
    assert by_month == pytest.approx(1 + 0.5 ** (1 / MIX_HALF_LIFE))
    by_year = told(("2024-12", "ieee_ra"), ("2023-12", "ieee_ra"))["mix"]
    ages = np.array([5.5, 17.5])
    assert by_year == pytest.approx((0.5 ** (ages / MIX_HALF_LIFE)).sum())
