"""Hypothesis: the same examples on every machine, and no verdict from a clock."""

from hypothesis import settings

settings.register_profile("gradwalk", deadline=None, derandomize=True, database=None)
settings.load_profile("gradwalk")
