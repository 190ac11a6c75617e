"""Fixtures of the desk's tests; what they are made of stands in conftest_desk.py and source_parts.py."""

from conftest_desk import as_person, world
from source_parts import outside

__all__ = ["as_person", "outside", "world"]
