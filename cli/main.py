"""`kepu …`: the table of commands."""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="kepu",
    help="科普吉林：采集、打标签、三审、多平台发布、应急快发、周榜。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

COMMANDS = {
    "up": "cli.up:up",
    "collect": "cli.collect:collect",
    "articles": "cli.articles:articles",
    "extract": "cli.extract:extract",
    "tag": "cli.tag:tag",
    "hot": "cli.hot:hot",
    "days": "cli.days:days",
    "dedupe": "cli.dedupe:dedupe",
    "index": "cli.index:index",
    "alert": "cli.alert:alert",
    "publish": "cli.publish:publish",
    "withdraw": "cli.publish:withdraw",
    "deliveries": "cli.deliveries:deliveries",
    "measure": "cli.measure:measure",
    "rank": "cli.rank:rank",
    "source": "cli.source:app",
    "account": "cli.account:app",
    "user": "cli.user:app",
    "pack": "cli.pack:app",
    "sandbox": "cli.sandbox:sandbox",
    "serve": "cli.up:serve",
    "clock": "cli.clock:clock",
    "migrate": "cli.migrate:migrate",
    "bench": "cli.bench:bench",
}
"""Name → "module:function" (or a Typer app with sub-commands). Only the module of the command asked for is imported."""


@app.callback()
def root(
    ctx: typer.Context,
    home: Annotated[
        Path | None, typer.Option(help="数据目录（数据库、图片、本地设置），默认 ./var", envvar="KEPU_HOME")
    ] = None,
) -> None:
    ctx.obj = home


def _add(name: str) -> None:
    module, _, attribute = COMMANDS[name].partition(":")
    found: Any = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        app.add_typer(found, name=name)
    else:
        app.command(name)(found)


def _asked_for(words: list[str]) -> str:
    """The command in a command line: its first word that is neither an option nor the value of --home."""
    rest = iter(words)
    for word in rest:
        if word == "--home":
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return ""


def main() -> None:
    """Exit codes: 0 done, 1 failed (one sentence on stderr), 2 wrong use."""
    for stream in (sys.stdout, sys.stderr):
        # a terminal of another encoding shows a mark instead of what it does not know
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    asked = _asked_for(sys.argv[1:])
    for name in [asked] if asked in COMMANDS else COMMANDS:
        _add(name)
    try:
        app()
    except BrokenPipeError:
        sys.exit(1)
    except Exception as error:
        # imported only now: it brings the whole store along, and a command that works well may not need it
        from cli.opening import SAID_TO_PEOPLE

        if not isinstance(error, SAID_TO_PEOPLE):
            raise
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
