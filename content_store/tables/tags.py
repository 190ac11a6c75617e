"""What the tagger or a person says of an article: its themes and its form; and the hot lists it is compared with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, UniqueConstraint
from sqlmodel import Field, SQLModel

from content_store.tables import columns


class Tag(SQLModel, table=True):
    """标签: one label with its score and evidence. A person's tag is never overwritten by the tagger."""

    __table_args__ = (UniqueConstraint("article_id", "theme", "key", name="uq_tag_article_theme_key"),)

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = columns.ref("article.id", cascade=True)
    theme: str = Field(max_length=12, index=True)
    """emergency, hot, local, audience, day."""
    key: str = Field(max_length=120, index=True)
    name: str = Field(default="")
    score: float = 0.0
    detail: dict[str, Any] = columns.json()
    """Level, action, phase, trend, date …: what the theme has beside key, name and score."""
    evidence: list[Any] = columns.json(list)
    made_by: str = Field(default="tagger", max_length=8)
    """tagger or person."""
    rejected: bool = False
    """A person said that this tag is wrong; kept so that the tagger does not bring it back."""
    version: str = Field(default="", max_length=64)
    user_id: int | None = columns.ref("user.id", required=False)
    created_at: datetime = columns.moment()


class KindByPerson(SQLModel, table=True):
    """The form that a person gave an article. It stands in `Article.kind`, whatever the tagger says, until it is taken back."""

    article_id: int = Field(
        sa_column=Column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    )
    kind: str = Field(max_length=10)
    tagger_kind: str = Field(default="", max_length=10)
    """The tagger's own answer, which stands again once the person's is taken back; empty while it has none."""
    user_id: int = columns.ref("user.id")
    set_at: datetime = columns.moment()


class HotTopic(SQLModel, table=True):
    """A line of a hot list, as last seen."""

    __table_args__ = (UniqueConstraint("list_key", "topic", name="uq_hot_list_topic"),)

    id: int | None = Field(default=None, primary_key=True)
    list_key: str = Field(max_length=60)
    topic: str = Field(max_length=300)
    rank: int
    heat: float | None = None
    times_seen: int = 1
    first_seen_at: datetime = columns.moment()
    last_seen_at: datetime = columns.moment(index=True)
    previous_rank: int | None = None
    best_rank: int
    url: str = columns.long_text()
    description: str = columns.long_text()
    """What the list says of it, as it came."""
