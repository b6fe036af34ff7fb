"""Facts and their provenance; imports nothing of ours."""

from data.catalog import EMBEDDED, Facts, load
from data.schema import DataError, Problem

__all__ = ["EMBEDDED", "DataError", "Facts", "Problem", "load"]
