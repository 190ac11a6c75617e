"""From a stored post to the post a channel sends, with the bytes of its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from connectors.base import Changes, Package, Packs, Post, PostPicture, Refusal
from connectors.errors import ConnectorError, NeedsPerson
from content_store import deliveries, log
from content_store.tables import Account, Delivery, DeliveryState, Lane, Media, StoryVersion, User
from content_store.tables import Post as PostRow
from steps.adapt import SAMPLE_MARKER, Form, fingerprint_of, post_of
from steps.dossier import full_form
from steps.errors import Missing, Refused
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
    with newsroom.store.reading() as session:
        form = full_form(session, newsroom, version, account, marker=SAMPLE_MARKER, now=newsroom.now())
        kinds = picture_kinds(session, form)
    post = with_pictures(newsroom, form, kinds)
    return post, newsroom.channel(account).problems(post)


def changes(newsroom: Newsroom, version: StoryVersion, account: Account) -> list[str]:
    """What readers on this account will not see as it was written (Chinese); empty where nothing is known to change."""
    try:
        channel = newsroom.channel(account)
        if not isinstance(channel, Changes):
            return []
        with newsroom.store.reading() as session:
            form = full_form(session, newsroom, version, account, marker=SAMPLE_MARKER, now=newsroom.now())
            kinds = picture_kinds(session, form)
        return channel.notes(with_pictures(newsroom, form, kinds))
    except ConnectorError:
        return []


def write_delivery(
    session: Session,
    newsroom: Newsroom,
    version: StoryVersion,
    account: Account,
    *,
    state: DeliveryState,
    lane: Lane,
    due_at: datetime,
    now: datetime,
    by: int | None = None,
    event_id: int | None = None,
) -> Delivery:
    """The post of this version in the form of this account, and its delivery. Raises IntegrityError where there is one."""
    assert version.id is not None
    assert account.id is not None
    marker = deliveries.new_marker()
    # a held post has no time yet: it goes out when two people release it
    planned_at = None if state is DeliveryState.HELD else due_at
    form = full_form(session, newsroom, version, account, marker=marker, now=now, due_at=planned_at)
    return deliveries.add(
        session,
        version_id=version.id,
        account_id=account.id,
        marker=marker,
        form=form,
        fingerprint=fingerprint_of(form),
        state=state,
        lane=lane,
        due_at=due_at,
        by=by,
        now=now,
        event_id=event_id,
    )


def write_again(
    session: Session,
    newsroom: Newsroom,
    version: StoryVersion,
    account: Account,
    row: Delivery,
    *,
    lane: Lane,
    due_at: datetime,
    now: datetime,
    by: int | None,
) -> None:
    """A cancelled delivery for another time, under the mark it had."""
    post = session.get(PostRow, row.post_id)
    assert post is not None
    form = full_form(session, newsroom, version, account, marker=post.marker, now=now, due_at=due_at)
    deliveries.plan_again(session, row, form=form, fingerprint=fingerprint_of(form), lane=lane, due_at=due_at, by=by)


PACKED_ACT = "packed"
"""In the log: somebody took the package."""
_NOT_YET = {DeliveryState.HELD, DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.FAILED}


def package_of(newsroom: Newsroom, delivery_id: int, *, by: int | None) -> Package:
    """The hand-over package of a delivery that waits for a person, or did; logged each time. The same bytes each time.

    Raises Missing, Refused, or NeedsPerson where a picture is gone.
    """
    with newsroom.store.reading() as session:
        row = session.get(Delivery, delivery_id)
        account = session.get(Account, row.account_id) if row is not None else None
        post = session.get(PostRow, row.post_id) if row is not None else None
    if row is None or account is None or post is None:
        raise Missing("这条投递已不存在，请刷新列表。")
    channel = newsroom.channel(account)
    if not isinstance(channel, Packs) or post.form.get("dossier") is None:
        raise Refused("这个平台不用资料包。")
    if row.state in _NOT_YET:
        raise Refused("这一条还没有交给人工，现在上传会早于排期，请到时间再下载。")
    package = channel.package(stored_post(newsroom, post))
    with newsroom.store.session() as session:
        user = session.get(User, by) if by is not None else None
        actor = user.display_name if user is not None else "命令行"
        log.append(session, at=newsroom.now(), subject="delivery", subject_id=delivery_id, act=PACKED_ACT, actor=actor)
    return package


def hand_over_steps(newsroom: Newsroom, account: Account) -> tuple[str, ...]:
    """What a person does with a package of this account; empty where none is handed over."""
    try:
        channel = newsroom.channel(account)
    except ConnectorError:
        return ()
    return channel.steps if isinstance(channel, Packs) else ()
