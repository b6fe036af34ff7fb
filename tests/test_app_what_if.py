"""what-if: a place ranked again with figures assumed, and what cannot be assumed."""

import shlex

from hypothesis import given
from hypothesis import strategies as st

from app.commands.what_if import command_line
from model.assumptions import Assumption

SEGMENT, CITY, DISTRICT = "ai_healthcare", "340100", "340104"


def test_a_command_says_whose_figure_and_what_is_hidden():
    assumed = [
        Assumption("district", DISTRICT, "bachelor_plus", 300_000.0),
        Assumption("city", CITY, "wage", float("nan")),
    ]
    said = command_line(SEGMENT, "district", DISTRICT, assumed, "my facts")
    assert said == (
        "siteselect what-if --segment ai_healthcare --place 340104 --level district"
        " --set bachelor_plus=300000.0 --set city:wage=unknown --data 'my facts'"
    )


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_digit_of_a_figure_is_lost(value):
    said = command_line(SEGMENT, "city", CITY, [Assumption("city", CITY, "x", value)])
    assert float(shlex.split(said)[-1].removeprefix("x=")) == value
