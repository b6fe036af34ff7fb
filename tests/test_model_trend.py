import pytest

from data.schema import LEVELS
from features import shift
from model import trend


@pytest.mark.parametrize("level", LEVELS)
def test_quarters_hold_every_event_of_three_years_once(model, level):
    found = trend.quarters(model, "ai_healthcare", level)
    rows = model.known.outcomes
    rows = rows[(rows["level"] == level) & (rows["segment"] == "ai_healthcare")]
    rows = rows[rows["month"] > shift(model.as_of, -36)]
    assert {place: sum(counts) for place, counts in found.items()} == (
        rows.groupby("place")["count"].sum().to_dict()
    )
    assert {len(counts) for counts in found.values()} == {trend.QUARTERS}


def test_the_last_quarter_ends_with_the_models_month(model):
    found = trend.quarters(model, "nlp", "city")
    rows = model.known.outcomes.query("level == 'city' and segment == 'nlp'")
    last = rows[rows["month"] > shift(model.as_of, -3)]
    counts = last.groupby("place")["count"].sum()
    assert counts.sum() > 0
    for place, quarters in found.items():
        assert quarters[-1] == counts.get(place, 0.0)
