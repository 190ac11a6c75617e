"""What came in: sources, articles with their revisions and pictures, clusters, media files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class Source(SQLModel, table=True):
    """来源: where content comes from, with its permission, trust, rhythm and health."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=80)
    kind: str = Field(max_length=30)
    name: str = Field(max_length=120)
    url: str = columns.long_text()
    settings: dict[str, Any] = columns.json()
    area: str = Field(default="", max_length=12)
    trust: int = 3
    """1 (unknown) to 5 (official)."""
    reprint: str = Field(default="ask", max_length=12)
    """own, allowed, ask, forbidden."""
    rhythm_minutes: int = 60
    """As a person set it; what is used until the source's own rhythm is known."""
    adaptive: bool = True
    """Whether it is watched as closely as it posts; else always at the rhythm that was set."""
    news: list[Any] = columns.json(list)
    """The last times at which it brought something new, ISO 8601, oldest first."""
    enabled: bool = True
    cursor: dict[str, Any] = columns.json()
    next_at: datetime | None = columns.moment(required=False, index=True)
    last_tried_at: datetime | None = columns.moment(required=False)
    last_ok_at: datetime | None = columns.moment(required=False)
    last_new_at: datetime | None = columns.moment(required=False)
    failures: int = 0
    """In a row; 0 after a success."""
    last_error: str = columns.long_text()
    created_at: datetime = columns.moment()


class KeptPage(SQLModel, table=True):
    """What a source answered when nobody understood it: the next recording. Only the newest few of a source are kept."""

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = columns.ref("source.id", cascade=True)
    kept_at: datetime = columns.moment()
    url: str = columns.long_text()
    status: int
    headers: dict[str, Any] = columns.json()
    body: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    reason: str = columns.long_text()


class Cluster(SQLModel, table=True):
    """同题: articles about the same thing. `top_article_id` is the one shown first."""

    id: int | None = Field(default=None, primary_key=True)
    created_at: datetime = columns.moment()
    top_article_id: int | None = None
    size: int = 1


class Article(SQLModel, table=True):
    """素材: what was collected, never edited. The row holds the newest revision; older ones are kept beside it."""

    __table_args__ = (
        UniqueConstraint("source_id", "external_id", name="uq_article_source_external"),
        Index("ix_article_due_for_tagging", "tagger_version", "collected_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = columns.ref("source.id")
    external_id: str = columns.long_text()
    url: str = columns.long_text()
    canonical_url: str = Field(default="", index=True)
    title: str = columns.long_text()
    author: str = Field(default="")
    source_name: str = Field(default="")
    published_at: datetime | None = columns.moment(required=False, index=True)
    collected_at: datetime = columns.moment(index=True)
    summary: str = columns.long_text()
    text: str = columns.long_text()
    html: str = columns.long_text()
    attachments: list[Any] | None = Field(
        default=None, sa_column=Column(JSON().with_variant(JSONB(), "postgresql"), nullable=True)
    )
    """Files it links to: name, url, kind. None for an article of the time before this was kept."""
    language: str = Field(default="", max_length=12)
    content_hash: str = Field(max_length=64)
    revision: int = 1
    cluster_id: int | None = columns.ref("cluster.id", required=False)
    duplicate_of: int | None = columns.ref("article.id", required=False)
    similarity: float | None = None
    placed_at: datetime | None = columns.moment(required=False)
    """When a person decided on its cluster: no round moves it any more."""
    parted_from: int | None = Field(default=None, index=True)
    """The cluster a person took it out of: neither is ever joined to the other."""
    kind: str = Field(default="", max_length=10)
    """alert, news, science, debunk, other; empty until tagged. A person's word stands here too (KindByPerson)."""
    science: float | None = None
    keywords: list[Any] = columns.json(list)
    tagged_at: datetime | None = columns.moment(required=False, index=True)
    tagger_version: str = Field(default="", max_length=64)
    search_text: str = columns.long_text()
    """Bigrams of title and text, see content_store.search."""


class ArticleRevision(SQLModel, table=True):
    """What an article looked like before it changed at its source."""

    __table_args__ = (UniqueConstraint("article_id", "revision", name="uq_revision_article_number"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = columns.ref("article.id", cascade=True)
    revision: int
    title: str = columns.long_text()
    text: str = columns.long_text()
    html: str = columns.long_text()
    content_hash: str = Field(max_length=64)
    replaced_at: datetime = columns.moment()


class Media(SQLModel, table=True):
    """A media file, kept once under its SHA-256."""

    sha256: str = Field(primary_key=True, max_length=64)
    mime: str = Field(max_length=60)
    size: int
    width: int | None = None
    height: int | None = None
    origin: str = columns.long_text()
    """URL or name it came with."""
    created_at: datetime = columns.moment()


class ArticlePicture(SQLModel, table=True):
    """A picture of an article; `media_sha256` once it is fetched."""

    __table_args__ = (UniqueConstraint("article_id", "position", name="uq_picture_article_position"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = columns.ref("article.id", cascade=True)
    position: int
    url: str = columns.long_text()
    alt: str = columns.long_text()
    caption: str = columns.long_text()
    media_sha256: str | None = columns.ref("media.sha256", required=False)
    tries: int = 0
    """Fetches that failed; after a few nobody asks again."""


class Band(SQLModel, table=True):
    """One look-up key of an article's near-duplicate signature: articles sharing a key are candidates."""

    key: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    article_id: int = Field(
        sa_column=Column(
            ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, index=True, autoincrement=False
        )
    )


class ArticleSignature(SQLModel, table=True):
    """What an article is compared by, so that its text need not be read again; the tagging room packs and unpacks it."""

    article_id: int = Field(
        sa_column=Column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    version: int = Field(sa_column=Column(Integer(), nullable=False, index=True))
    packed: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
