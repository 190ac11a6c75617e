"""Settings written as name=value on the command line."""

from __future__ import annotations

import json
from typing import Any

from cli.opening import CommandFailed


def settings_of(pairs: list[str] | None) -> dict[str, Any]:
    """A value that is JSON is taken as such, so that 20 is a number and true a truth value."""
    found: dict[str, Any] = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CommandFailed(f"--setting 要写成 名称=值，收到的是“{pair}”。")
        try:
            found[name.strip()] = json.loads(value)
        except ValueError:
            found[name.strip()] = value
    return found
