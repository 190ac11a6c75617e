"""What every command starts from: the home named by --home, its settings, its newsroom, and errors said in one sentence."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from cli.streams import write_json
from config.files import ConfigError
from config.settings import Settings, load
from connectors.errors import ConnectorError
from content_store.database import StoreError
from content_store.migrate import is_current, migrate
from flows.opening import open_newsroom
from ranking.figures import FiguresError
from ranking.formulas import FormulaError
from ranking.weeks import WeekError
from steps.errors import Refused
from steps.newsroom import Newsroom
from tagging.reading import LexiconError


class CommandFailed(Exception):
    """A command could not do its work; the message is Chinese and says what and what to do."""


SAID_TO_PEOPLE = (
    CommandFailed,
    ConfigError,
    StoreError,
    ConnectorError,
    Refused,
    LexiconError,
    FormulaError,
    FiguresError,
    WeekError,
)
"""Errors whose text is one sentence for a person; anything else is a defect and is shown whole."""


def settings(ctx: typer.Context) -> Settings:
    """Raises ConfigError."""
    home: Path | None = ctx.obj
    return load(home)


def newsroom(ctx: typer.Context, chosen: Settings | None = None, *, reads_here: bool = False) -> Newsroom:
    """The newsroom of --home, its store brought to the newest form. Raises ConfigError or StoreError.

    With `reads_here`, sources on this machine may be read: who can type commands here can reach its servers anyway, and a
    list is tried out on a server of one's own. What the desk and the clock read is governed by the settings alone.
    """
    opened = open_newsroom(chosen or settings(ctx))
    if reads_here:
        opened = replace(opened, inner_sources=True)
    if not is_current(opened.store):
        migrate(opened.store)
    return opened


def print_json(value: Any) -> None:
    """One JSON value on stdout, and nothing else. Raises CommandFailed for what is no JSON (NaN, Infinity)."""
    try:
        write_json(value)
    except ValueError as error:
        raise CommandFailed("结果里有不是有限数的值，写不成 JSON，请检查数据。") from error


def say(text: str) -> None:
    """A line for people, on stderr, so that stdout stays data."""
    sys.stderr.write(text + "\n")
