"""What routes ask for by type: the newsroom, a reading session, the visitor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Form, Request
from pydantic import AfterValidator, Field
from sqlmodel import Session
from starlette.datastructures import FormData

from desk.access import Visitor, posted
from desk.settings import DeskSettings
from steps.newsroom import Newsroom
from steps.stories import printable

LARGEST_NUMBER = 2**31 - 1
"""What the store's whole numbers hold."""


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
    return await posted(request)


def _reading(request: Request) -> Iterator[Session]:
    with request.app.state.newsroom.store.reading() as session:
        yield session


def whole_number(text: object) -> int | None:
    """A number of the store as a form gives it; None for anything else. Pure."""
    said = str(text)
    if not (said.isascii() and said.isdigit() and len(said) <= len(str(LARGEST_NUMBER))):
        return None
    return int(said) if 0 < int(said) <= LARGEST_NUMBER else None


NewsroomDep = Annotated[Newsroom, Depends(_newsroom)]
SettingsDep = Annotated[DeskSettings, Depends(_settings)]
VisitorDep = Annotated[Visitor, Depends(_visitor)]
FormDep = Annotated[FormData, Depends(_form)]
# "function": closed before the answer is sent, so that nothing holds the store while a slow browser reads
ReadingDep = Annotated[Session, Depends(_reading, scope="function")]
Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
"""A number of the store in an address; what the store cannot hold is answered like what it does not have."""
FormWords = Annotated[str, AfterValidator(printable), Form()]
"""A text field without the control characters that a database refuses."""
