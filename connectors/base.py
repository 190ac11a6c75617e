"""The shapes that cross the border, and the two protocols every connector fits.

Everything here is frozen and checked, because it comes from outside. Nothing here touches a network or a store.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.dossier import Dossier

Cursor = dict[str, Any]
"""Opaque JSON: the connector writes it, the store keeps it, nobody else reads it."""


_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def keepable(text: str) -> str:
    """The text without what no database, XML or JSON can hold: control characters and halves of characters."""
    return _UNKEEPABLE.sub("", text)


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FromOutside(Frozen):
    """A shape whose texts come from outside as they are."""

    @model_validator(mode="before")
    @classmethod
    def _keepable(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {name: keepable(value) if isinstance(value, str) else value for name, value in values.items()}


# ---------------------------------------------------------------- sources


class RawPage(Frozen):
    """What a source answered, before anybody understood it. `parts` are the pages a listing led to."""

    url: str
    status: int
    body: bytes = b""
    headers: dict[str, str] = Field(default_factory=dict)
    """Lower-cased names."""
    fetched_at: datetime
    not_modified: bool = False
    cursor: Cursor = Field(default_factory=dict)
    """To be stored once the items of this page are stored, never before."""
    parts: tuple[RawPage, ...] = ()
    error: str | None = None
    """For a part that could not be fetched: why, in Chinese. The round goes on."""


class PictureRef(FromOutside):
    """A picture of a page, not fetched yet; or one that came inside a file, with its bytes and "media:<SHA-256>" as url."""

    url: str
    alt: str = ""
    caption: str = ""
    width: int | None = None
    """Pixels, as the page gives them; None where it does not. The same for `height`."""
    height: int | None = None
    content: bytes | None = Field(default=None, exclude=True, repr=False)


class Attachment(FromOutside):
    """A file that a page links to, not fetched."""

    name: str
    url: str
    kind: Literal["pdf", "doc", "xls", "ppt", "zip", "file"]
    """ "file" where the page calls it one and does not say of what kind."""


class FetchedItem(FromOutside):
    """One piece as the source gave it. Times are aware and in UTC."""

    external_id: str = Field(min_length=1)
    url: str
    title: str = Field(min_length=1)
    author: str = ""
    source_name: str = ""
    """The 来源 line of the page: who published it first, as the page says."""
    published_at: datetime | None = None
    summary: str = ""
    text: str = ""
    html: str = ""
    """Sanitised."""
    pictures: tuple[PictureRef, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    language: str = ""
    raw: dict[str, Any] = Field(default_factory=dict)
    """What only this kind of source has, e.g. a CAP message as XML under "cap"."""


class BadItem(FromOutside):
    """An entry that could not be understood; the others of the same page are kept."""

    where: str
    reason: str


class Parsed(Frozen):
    items: tuple[FetchedItem, ...] = ()
    bad: tuple[BadItem, ...] = ()


class Source(Protocol):
    """A kind of source. Built by the registry from its own settings and the one HTTP client."""

    name: str

    def fetch(self, cursor: Cursor | None) -> RawPage:
        """The network and nothing else. Raises ConnectorError."""
        ...

    def parse(self, page: RawPage) -> Parsed:
        """Pure. Raises FormatChanged where the page as a whole is not what it should be."""
        ...


# ---------------------------------------------------------------- channels


class ErrorClass(StrEnum):
    """What a platform's refusal means for the queue (the table of the platform contracts)."""

    RETRYABLE = "retryable"
    RATE = "rate"
    QUOTA = "quota"
    AUTH_REFRESH = "auth_refresh"
    AUTH_REAUTH = "auth_reauth"
    PERMISSION = "permission"
    CONTENT_REJECTED = "content_rejected"
    VALIDATION = "validation"
    NEEDS_HUMAN = "needs_human"
    NOT_FOUND = "not_found"
    DUPLICATE = "duplicate"
    """The platform says it has this text already: look up whether that one is ours."""
    PERMANENT = "permanent"


class Refusal(Frozen):
    """A refusal with its cause and remedy, both one Chinese sentence."""

    kind: ErrorClass
    cause: str
    remedy: str


class PostPicture(Frozen):
    """A picture with its bytes. The HTML of a post names it as `media:<key>`."""

    key: str
    name: str
    mime: str
    content: bytes
    alt: str = ""


class Post(Frozen):
    """A story in the form of one account's channel."""

    marker: str
    """A short ASCII mark, unique per delivery, which comes back in the platform's own lists."""
    title: str = ""
    author: str = ""
    digest: str = ""
    html: str = ""
    text: str = ""
    link: str = ""
    """The full text on our own site; carries the marker."""
    topics: tuple[str, ...] = ()
    cover: PostPicture | None = None
    pictures: tuple[PostPicture, ...] = ()
    video_url: str = ""
    dossier: Dossier | None = None
    """For channels that hand over a package."""


class Package(Frozen):
    """A hand-over package: one ZIP file, the same bytes for the same post."""

    name: str
    content: bytes


class Capabilities(Frozen):
    """What an account's channel can do; the desk offers nothing else."""

    mode: Literal["direct", "draft_only", "handoff", "manual"]
    article: bool = False
    short_text: bool = False
    images_max: int = 0
    video: bool = False
    can_withdraw: bool = False
    can_edit: bool = False
    """A public post can be changed in its place, by hand."""
    notifies: bool = False
    """Followers get a message of each post, and the platform counts these messages."""
    notifies_most: tuple[int, Literal["day", "month"]] | None = None
    """How many such posts the platform lets out in a span of Beijing's calendar."""
    metrics: Literal["none", "snapshot", "daily", "import"] = "none"
    metrics_ready_at: str = ""
    """Local time (Asia/Shanghai) from which yesterday's figures are there, "HH:MM"."""
    limits: dict[str, int] = Field(default_factory=dict)


class Outcome(Frozen):
    """How one act at a platform ended.

    done      it is public and was read back          accepted  taken, result comes later (poll or event)
    pending_user  a person must finish on the platform    absent  looked up and surely not there
    failed    refused, see `refusal`                  unknown   may have had its effect: look up, never resend

    Where a question could not be asked (network, quota, log-in), `poll` answers `accepted` and `look_up` `unknown`, both
    with a `refusal` that says why: not being able to ask says nothing about the post.
    """

    state: Literal["done", "accepted", "pending_user", "absent", "failed", "unknown"]
    external_ids: dict[str, str] = Field(default_factory=dict)
    public_url: str = ""
    hand_off: str = ""
    """What the person opens, e.g. a share schema shown as a QR code."""
    retry_after: float | None = None
    """Seconds until asking or trying again makes sense."""
    then_after: float | None = None
    """The same for a limit that was met again after this wait: its own next period (the hour, the day). None: not known."""
    refusal: Refusal | None = None
    not_asked: bool = False
    """The question never got an answer about the post, so that not even a person's word can stand on it."""
    raw_code: str = ""
    raw_message: str = ""
    """Scrubbed of tokens and secrets."""


class Figures(Frozen):
    """Figures of one post or one account at a time. A missing figure is None, never 0."""

    of: Literal["post", "account"]
    external_id: str = ""
    """For a post: the key under which `post_figures` was given it (the delivery id)."""
    taken_at: datetime
    for_date: date | None = None
    input_kind: Literal["public_count", "api_persons", "hand_entry"]
    reads: int | None = None
    likes: int | None = None
    looks: int | None = None
    shares: int | None = None
    comments: int | None = None
    favourites: int | None = None
    followers: int | None = None
    new_followers: int | None = None
    final: bool = True
    """False where the platform said that the figures may still change."""
    raw: dict[str, Any] = Field(default_factory=dict)


class PlatformEvent(Frozen):
    """A verified call-back. `key` identifies it for de-duplication, empty where it may come again; a call-back changes
    nothing by itself: it makes the queue look at the delivery at once."""

    key: str
    kind: str
    external_ids: dict[str, str] = Field(default_factory=dict)
    at: datetime | None = None
    """When it happened, where the platform signs that."""
    verified: bool = True
    """False for a check of our address that came unsigned: it is answered, and proves nothing."""
    answer: str = "success"
    """The body of our 200, e.g. the echo of an address check."""


class Journal(Protocol):
    """Where an adapter writes down each call that changes something outside: before it is made, and after.

    `known` holds the ids that earlier, closed calls of the same delivery gave back (e.g. "draft_media_id"), so that
    a repeated publish goes on where the last one stopped. `open` names calls whose effect nobody knows (the answer was
    lost, or the process died), with the time when they were begun.
    """

    @property
    def known(self) -> Mapping[str, str]: ...

    @property
    def open(self) -> Mapping[str, datetime]: ...

    def call(self, name: str, fingerprint: str, act: Callable[[], dict[str, str]]) -> dict[str, str]:
        """Writes the attempt, runs `act`, closes the attempt with the ids it returned or with its error.

        Whatever `act` raises is raised again; after OutcomeUnknown the call stays among `open`.
        """
        ...


class Token(Frozen):
    value: str
    expires_at: datetime


class TokenShelf(Protocol):
    """Tokens of one account, shared between processes. A token is stored before it is used."""

    def get(self, kind: str) -> Token | None: ...

    def put(self, kind: str, token: Token) -> None: ...

    def end(self, kind: str, value: str) -> bool:
        """The platform refuses this token for good: it has ended. False where another stands in its place by now."""
        ...

    def drop(self, kind: str, value: str) -> None:
        """Forget the token, if it is still this one."""
        ...

    def refreshing(self, kind: str) -> AbstractContextManager[None]:
        """One refresh at a time across processes."""
        ...


class Channel(Protocol):
    """One account on one platform. No method raises for what a platform answers: it becomes an Outcome."""

    name: str

    @property
    def capabilities(self) -> Capabilities: ...

    def check(self) -> Outcome:
        """Do the credentials work? Changes nothing at the platform. done, or failed with cause and remedy."""
        ...

    def problems(self, post: Post) -> list[Refusal]:
        """What this channel would refuse. No network."""
        ...

    def publish(self, post: Post, journal: Journal) -> Outcome: ...

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        """After a lost answer: is it there? Reads only. `absent` may carry ids that a repeated publish goes on from."""
        ...

    def poll(self, known: Mapping[str, str]) -> Outcome:
        """What became of an accepted post; also the read-back that makes it live."""
        ...

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """absent: it is gone, looked up; pending_user: only a person can take it down."""
        ...

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        """`posts`: delivery id → its external ids (with "published_on" as YYYY-MM-DD). Raises ConnectorError."""
        ...

    def account_figures(self, day: date) -> Figures | None: ...

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        """Verifies a call-back. None: not genuine, or nothing for us."""
        ...


@runtime_checkable
class HandsOver(Protocol):
    """A channel where a person finishes: each showing of the hand-off is a fresh one."""

    def hand_off(self, post: Post, journal: Journal) -> Outcome:
        """pending_user with `hand_off` set."""
        ...


@runtime_checkable
class Changes(Protocol):
    """A channel whose platform shows some things otherwise than they were written."""

    def notes(self, post: Post) -> list[str]:
        """What readers will not see as it stands in the story (Chinese sentences); nothing of it forbids. Pure."""
        ...


@runtime_checkable
class Discards(Protocol):
    """A channel that leaves drafts at the platform, which somebody might publish there after we gave the post up."""

    def discard(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """Deletes what was never published. `absent`: nothing of it is left; `done`: it is public, and stays."""
        ...


@runtime_checkable
class Packs(Protocol):
    """A channel where a person uploads what we packed."""

    def package(self, post: Post) -> Package:
        """Raises NeedsPerson where a picture cannot be packed."""
        ...

    @property
    def steps(self) -> tuple[str, ...]:
        """What the person does, one Chinese sentence each."""
        ...
