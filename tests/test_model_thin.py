"""A place of which most is unknown is one whose account says so."""

import pytest

from data.schema import LEVELS
from model import why
from model.thin import MOST, thin


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("segment", ["ai_healthcare", "drones"])
def test_thin_places_are_those_whose_account_says_most_is_unknown(
    model, segment, level
):
    found, view = thin(model, segment, level), why.cut(model, segment, level)
    shares = {
        place: why.unknown(model, view, place)["share"] for place in view.unseen.index
    }
    assert found == {place for place, share in shares.items() if share > MOST}


def test_the_islands_of_hainan_are_thin_and_a_great_city_is_not(model):
    found = thin(model, "ai_healthcare", "district")
    assert "460300" in found and "110108" not in found
    assert len(found) < 50
