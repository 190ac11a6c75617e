"""What routes ask for by type: the newsroom, a reading session, the visitor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.datastructures import FormData

from desk.access import Visitor
from desk.settings import DeskSettings
from steps.newsroom import Newsroom


def _newsroom(request: Request) -> Newsroom:
    found: Newsroom = request.app.state.newsroom
    return found


def _settings(request: Request) -> DeskSettings:
    found: DeskSettings = request.app.state.settings
    return found


def _visitor(request: Request) -> Visitor:
    found: Visitor | None = request.state.visitor
    assert found is not None
    return found


async def _form(request: Request) -> FormData:
    return await request.form()


def _reading(request: Request) -> Iterator[Session]:
    with request.app.state.newsroom.store.reading() as session:
        yield session


NewsroomDep = Annotated[Newsroom, Depends(_newsroom)]
SettingsDep = Annotated[DeskSettings, Depends(_settings)]
VisitorDep = Annotated[Visitor, Depends(_visitor)]
FormDep = Annotated[FormData, Depends(_form)]
# "function": closed before the answer is sent, so that nothing holds the store while a slow browser reads
ReadingDep = Annotated[Session, Depends(_reading, scope="function")]
