"""robots.txt (RFC 9309): may a page be visited. Only an explicit Disallow forbids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

MAX_CHARS = 500_000
_SAFE = "/:@!$&'()*+,;=~-._?%"


@dataclass(frozen=True)
class Robots:
    """The rules that hold for us: (path pattern, allowed)."""

    rules: tuple[tuple[str, bool], ...] = ()

    def allows(self, url: str) -> bool:
        """The longest matching pattern decides, Allow before Disallow at equal length."""
        parts = urlsplit(url)
        path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        matching = [(len(pattern), allowed) for pattern, allowed in self.rules if _matches(pattern, path)]
        return max(matching)[1] if matching else True


def read_robots(text: str, agent: str) -> Robots:
    """The rules of the groups that name the agent, else of those for everybody."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    names: list[str] = []
    in_rules = False
    for line in text[:MAX_CHARS].splitlines():
        field, colon, value = line.split("#", 1)[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "user-agent":
            names = [value.lower()] if in_rules else [*names, value.lower()]
            in_rules = False
            groups.setdefault(value.lower(), [])
        elif field in ("allow", "disallow"):
            in_rules = True
            if value:
                for name in names:
                    groups[name].append((_normal(value), field == "allow"))
    ours = [rules for name, rules in groups.items() if name != "*" and agent.lower().startswith(name)]
    chosen = ours or [groups.get("*", [])]
    return Robots(tuple(rule for rules in chosen for rule in rules))


def _normal(path: str) -> str:
    return quote(unquote(path), safe=_SAFE)


def _matches(pattern: str, path: str) -> bool:
    """`*` stands for anything, `$` at the end for the end of the path."""
    ends = pattern.endswith("$")
    pieces = [re.escape(piece) for piece in pattern.removesuffix("$").split("*")]
    return re.match(".*".join(pieces) + ("$" if ends else ""), path) is not None
