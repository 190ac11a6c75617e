"""Fixtures of the desk's tests; what they are made of stands in conftest_desk.py."""

from conftest_desk import as_person, world

__all__ = ["as_person", "world"]
