"""What was known at a month, turned into the table a model may see."""

from features.as_of import Known, at, shift
from features.assemble import FeatureTable, assemble

__all__ = ["FeatureTable", "Known", "assemble", "at", "shift"]
