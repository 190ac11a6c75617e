"""What a step answers where it may not do what was asked."""

from __future__ import annotations


class Refused(Exception):
    """Not allowed as things stand. The message is one Chinese sentence: what is wrong and what to do."""


class Missing(Refused):
    """The thing asked for does not exist (any more)."""
