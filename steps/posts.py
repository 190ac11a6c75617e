"""From a stored post to the post a channel sends, with the bytes of its pictures."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from connectors.base import Post, PostPicture, Refusal
from connectors.errors import NeedsPerson
from content_store.tables import Account, Media, StoryVersion
from content_store.tables import Post as PostRow
from steps.adapt import SAMPLE_MARKER, Form, form_of, post_of
from steps.newsroom import Newsroom


def picture_kinds(session: Session, form: Form) -> dict[str, str]:
    """Key → MIME type of the pictures a form names, as far as we have them."""
    keys = {*form.get("pictures", ()), *([form["cover"]] if form.get("cover") else [])}
    rows = [session.get(Media, key) for key in keys]
    return {row.sha256: row.mime for row in rows if row is not None}


def with_pictures(newsroom: Newsroom, form: Form, kinds: Mapping[str, str]) -> Post:
    """Raises NeedsPerson where a picture's file is gone."""

    def picture(key: str) -> PostPicture:
        mime = kinds.get(key, "")
        try:
            content = newsroom.media.read(key)
        except OSError as error:
            raise NeedsPerson("稿件里有一张图片的文件找不到了，请重新上传这张图片。") from error
        return PostPicture(key=key, name=f"{key[:12]}.{mime.rpartition('/')[2] or 'jpg'}", mime=mime, content=content)

    return post_of(form, picture)


def stored_post(newsroom: Newsroom, row: PostRow) -> Post:
    with newsroom.store.reading() as session:
        kinds = picture_kinds(session, row.form)
    return with_pictures(newsroom, row.form, kinds)


def preview(newsroom: Newsroom, version: StoryVersion, account: Account) -> tuple[Post, list[Refusal]]:
    """What would be sent to this account, and what its channel would refuse. The same parts as in sending.

    Raises NeedsPerson where a picture is gone or the account's settings are wrong.
    """
    form = form_of(version, account, marker=SAMPLE_MARKER, site_url=newsroom.site_url)
    with newsroom.store.reading() as session:
        kinds = picture_kinds(session, form)
    post = with_pictures(newsroom, form, kinds)
    return post, newsroom.channel(account).problems(post)
