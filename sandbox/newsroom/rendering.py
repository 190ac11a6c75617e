"""The Jinja templates of the newsroom. XML and HTML alike are escaped, except where a template is broken on purpose."""

from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sandbox.newsroom.content import HERE


def render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=lambda name: "broken" not in (name or ""),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    env.filters["rfc822"] = _rfc822
    return env


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment)
