"""From a post to a draft in the account's box: pictures, cover, the article itself. Each upload is made once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal

from connectors.base import Journal, Outcome, Post, PostPicture
from connectors.channels.codes import fingerprint, no_answer
from connectors.channels.pictures import fit, moves
from connectors.channels.wechat.api import WeChatApi
from connectors.channels.wechat.html import article_html, picture_keys
from connectors.channels.wechat.lists import Lists
from connectors.channels.wechat.settings import WeChatSettings

_COVER, _MATERIAL = "cover_media_id", "material:"
_DELETED, _FORMER = "draft_deleted", "draft_before"
"""Under these names stand the draft that we deleted ourselves, and one that left the box without us."""
Left = Literal["deleted", "none", "gone"]
"""What of a draft: deleted by us, never made, or gone from the box without us (published, mass sent, deleted by somebody)."""


def draft_of(known: Mapping[str, str]) -> str | None:
    """The draft to go on from; not one that we deleted ourselves."""
    draft = known.get("draft_media_id")
    return None if draft is None or draft == known.get(_DELETED) else draft


def forgotten(known: Mapping[str, str]) -> dict[str, str]:
    """A draft that is gone from the box: what is made next is a new one, and somebody may have published this one."""
    draft = known.get("draft_media_id")
    return {"draft_media_id": "", _FORMER: draft} if draft else {"draft_media_id": ""}


def left_the_box(known: Mapping[str, str]) -> bool:
    """Whether an earlier draft of this post went without us."""
    return _FORMER in known


def materials(known: Mapping[str, str]) -> list[str]:
    """Names of the ids that stand for pictures in the platform's library."""
    return [name for name in known if name == _COVER or name.startswith(_MATERIAL)]


class Drafts:
    def __init__(self, settings: WeChatSettings, api: WeChatApi, lists: Lists, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._api = api
        self._lists = lists
        self._now = now

    def make(self, post: Post, journal: Journal) -> str:
        """The new draft's media_id. Goes on from what earlier calls uploaded."""
        if self._settings.article_type == "newspic":
            sent = [self._material(picture, f"{_MATERIAL}{picture.key}", journal) for picture in post.pictures]
            article = self._picture_post(post, sent)
        else:
            urls = self._pictures(post, journal)
            cover = self._cover(post, journal)
            article, sent = self._article(post, urls, cover), [cover, *urls.values()]
        return journal.call("draft_add", fingerprint(post, *sent), lambda: self._add(article, post))["draft_media_id"]

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        """After a lost draft/add, or none: nothing is public, and what is in the box is gone on from."""
        begun = journal.open.get("draft_add")
        if begun is None:
            return Outcome(state="absent")
        found = self._lists.find_draft(post.marker, since=begun)
        if found is not None:
            ids = {"draft_media_id": found, "marker": post.marker, "draft_title": post.title}
            return Outcome(state="absent", external_ids=ids)
        left = self._settings.draft_settles_seconds - (self._now() - begun).total_seconds()
        return Outcome(state="unknown", retry_after=left) if left > 0 else Outcome(state="absent")

    def discard(self, known: Mapping[str, str], journal: Journal) -> Left:
        """What was never published leaves the box, so that nobody publishes it by hand.

        A draft that is not there any more proves nothing about what became of it: the platform takes it out of the box
        when somebody publishes or mass sends it on its own site.
        """
        draft = known.get("draft_media_id")
        if draft is None and "draft_add" in journal.open:
            draft = self._lists.find_draft(known.get("marker", ""), since=journal.open["draft_add"])
        if draft is None:
            # neither do we know what became of one whose making was lost
            return "gone" if left_the_box(known) or "draft_add" in journal.open else "none"
        if draft == known.get(_DELETED):
            return "deleted"
        if not self._lists.has_draft(draft):
            # a deletion of ours whose answer was lost found it there a moment before
            return "deleted" if "draft_delete" in journal.open else "gone"
        journal.call("draft_delete", draft, lambda: self._delete(draft))
        return "deleted"

    def _pictures(self, post: Post, journal: Journal) -> dict[str, str]:
        by_key = {picture.key: picture for picture in post.pictures}
        return {key: self._picture(by_key[key], journal) for key in picture_keys(post.html)}

    def _picture(self, picture: PostPicture, journal: Journal) -> str:
        name = f"picture:{picture.key}"
        known = journal.known.get(name)
        if known:
            return known
        if moves(picture.content) and len(picture.content) <= self._settings.limit("cover_bytes"):
            return self._moving(picture, name, journal)
        fitted = fit(picture.content, bytes_max=self._settings.limit("picture_bytes"), formats=("JPEG", "PNG"))

        def act() -> dict[str, str]:
            return {name: self._api.upload("/cgi-bin/media/uploadimg", fitted, gives="url")}

        return journal.call("uploadimg", picture.key, act)[name]

    def _moving(self, picture: PostPicture, name: str, journal: Journal) -> str:
        """A GIF that moves goes into the library: the interface for pictures of articles takes none."""
        fitted = fit(picture.content, bytes_max=self._settings.limit("cover_bytes"), formats=("GIF",))

        def act() -> dict[str, str]:
            return {name: self._api.upload("/cgi-bin/material/add_material", fitted, gives="url", type="image")}

        return journal.call("add_material", picture.key, act)[name]

    def _cover(self, post: Post, journal: Journal) -> str:
        assert post.cover is not None  # the preflight saw it
        return self._material(post.cover, _COVER, journal)

    def _material(self, picture: PostPicture, name: str, journal: Journal) -> str:
        known = journal.known.get(name)
        if known:
            return known
        limit = self._settings.limit("cover_bytes")
        fitted = fit(picture.content, bytes_max=limit, formats=("JPEG", "PNG", "GIF"), stem="cover")

        def act() -> dict[str, str]:
            # a permanent picture: with a temporary one draft/add answers 40007; type=thumb would end at 64 KB
            return {name: self._api.upload("/cgi-bin/material/add_material", fitted, gives="media_id", type="image")}

        return journal.call("add_material", picture.key, act)[name]

    def _article(self, post: Post, urls: Mapping[str, str], cover: str) -> dict[str, Any]:
        return {
            "title": post.title,
            "author": post.author,
            "digest": post.digest,
            "content": article_html(post.html, urls),
            "content_source_url": post.link,
            "thumb_media_id": cover,
            "need_open_comment": int(self._settings.open_comments),
        }

    def _picture_post(self, post: Post, pictures: list[str]) -> dict[str, Any]:
        """The first picture is the cover."""
        return {
            "article_type": "newspic",
            "title": post.title,
            "content": post.text,
            "content_source_url": post.link,
            "image_info": {"image_list": [{"image_media_id": each} for each in pictures]},
            "need_open_comment": int(self._settings.open_comments),
        }

    def _add(self, article: dict[str, Any], post: Post) -> dict[str, str]:
        said = self._api.act("/cgi-bin/draft/add", {"articles": [article]}, gives="media_id")
        if not isinstance(said["media_id"], str):
            raise no_answer("微信", 200, writes=True, connector="wechat")
        return {"draft_media_id": said["media_id"], "marker": post.marker, "draft_title": post.title}

    def _delete(self, draft: str) -> dict[str, str]:
        self._api.act("/cgi-bin/draft/delete", {"media_id": draft})
        return {_DELETED: draft}
