"""The first long article of an account: one sentence of the platform names 2 KB as the most, so a person is asked once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from connectors.base import ErrorClass, Outcome, Post, Token, TokenShelf
from connectors.channels.codes import number, problem
from connectors.channels.wechat.lists import Lists
from connectors.channels.wechat.preflight import as_sent
from connectors.channels.wechat.settings import WeChatSettings

_ASKED = "long_content_asked"
_PUBLISHED = "published_once"
_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class FirstTime:
    """What is once known of the account stays on its shelf, so that it costs one call in the account's life."""

    def __init__(self, settings: WeChatSettings, lists: Lists, shelf: TokenShelf) -> None:
        self._settings = settings
        self._lists = lists
        self._shelf = shelf

    def asks(self, post: Post, known: Mapping[str, str]) -> Outcome | None:
        """needs-human where the account never published and the article is long; a person's second try goes through."""
        size = self._size(post)
        if size <= self._settings.asks_above_bytes or _ASKED in known or self._has_published():
            return None
        cause = f"正文连同格式有 {size // 1024 + 1} KB，而这个账号还没有发表过；微信的说明里有一处写着最多 2 KB。"
        remedy = "要照常发就点“重新发送”，微信不收时会说明；也可以先缩短正文。"
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, remedy)
        return Outcome(state="failed", refusal=refusal, external_ids={_ASKED: "1"})

    def learn(self, found: Outcome) -> None:
        if found.state == "done" and _ASKED in found.external_ids:
            self._note()

    def _size(self, post: Post) -> int:
        if self._settings.long_content or self._settings.mode == "draft_only":
            return 0
        return len((as_sent(post) if post.html else post.text).encode())

    def _has_published(self) -> bool:
        if self._shelf.get(_PUBLISHED) is not None:
            return True
        if number(self._lists.published_page(0, count=1).get("total_count")) == 0:
            return False
        self._note()
        return True

    def _note(self) -> None:
        self._shelf.put(_PUBLISHED, Token(value="yes", expires_at=_FOR_EVER))
