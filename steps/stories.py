"""From article to story, and from one version of a story to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from html import escape
from typing import Any

import nh3
from sqlmodel import Session

from content_store import events, log, stories
from content_store.tables import Article, Delivery, DeliveryState, Source, Story, StoryVersion, User
from steps.adapt import cut
from steps.calling_off import call_off_row
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.pictures import Kept, keep_pictures, with_own_pictures

BODY_TAGS = {
    *("p", "br", "h2", "h3", "h4", "strong", "b", "em", "i", "u", "s", "blockquote", "ul", "ol", "li", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img", "a", "code", "pre", "sub", "sup"),
}
BODY_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
EDITABLE = frozenset(stories.TEXT_FIELDS)
SINGLE_LINE = ("title", "video_title", "author", "source_line", "ai_use")
MAX_LENGTH = {
    "title": 120,
    "digest": 400,
    "body_html": 200_000,
    "short_text": 600,
    "video_title": 60,
    "author": 40,
    "source_line": 120,
}
"""Characters; the body's with its HTML, ten times what the longest platform takes."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
SAME_PRESS = timedelta(minutes=5)
"""Within this time the same article, made into a story again by the same person, is the same press of the button."""
AI_USE = ("", "none", "assist", "generated")
UNSENT = (DeliveryState.HELD, DeliveryState.QUEUED)
"""States in which a delivery can still be called off without a trace outside."""
DROPPED = "稿件已作废，没有发出。"
RELEASED = "这篇应急稿已经签发，不能再修改或作废。要更正请“另写新稿”，要收回请到投递页撤回。"


def make_from_article(newsroom: Newsroom, article_id: int, *, by: int, now: datetime, again: bool = True) -> int:
    """A story that begins with the article's text and pictures; the source line says where it came from. Returns its id.

    Not `again`: where the same person made one just now and still edits it (a button pressed twice), that one's id.
    """
    with newsroom.store.reading() as session:
        article = session.get(Article, article_id)
        source = session.get(Source, article.source_id) if article else None
    if article is None or source is None:
        raise Missing("这条素材已不存在，请刷新列表。")
    if source.reprint == "forbidden":
        raise Refused(f"来源“{source.name}”不允许转载，请改用其他来源或自行撰写。")
    pictures = keep_pictures(newsroom, article_id, now)
    with newsroom.store.session() as session:
        # the lock makes two presses at the same moment come one after the other
        session.get(Article, article_id, with_for_update=True)
        known = None if again else stories.just_made(session, article_id, by=by, since=now - SAME_PRESS)
        if known is not None:
            return known
        version = stories.add(
            session,
            fields=clean(_fields_of(article, source, pictures)),
            by=by,
            now=now,
            article_id=article_id,
            area=source.area,
        )
        return version.story_id


def write_new(newsroom: Newsroom, fields: Mapping[str, Any], *, by: int, now: datetime, area: str = "") -> int:
    """A story written at the desk, without an article behind it. Returns its id."""
    with newsroom.store.session() as session:
        return stories.add(session, fields=clean(fields), by=by, now=now, area=area).story_id


def edit(newsroom: Newsroom, story_id: int, fields: Mapping[str, Any], *, based_on: int, by: int, now: datetime) -> int:
    """A new version, if the text really changed. Returns the number of the version that now stands.

    `based_on` is the version the editor saw; where somebody else has saved meanwhile, the edit is refused so that
    nothing is lost.
    """
    with newsroom.store.session() as session:
        # a release counts the text as it stands: the two may not overlap
        events.lock_threads(session)
        story, current = standing(session, story_id)
        if story.status == "dropped":
            raise Refused("这篇稿件已作废，不能再修改。")
        if story.status == "released":
            raise Refused(RELEASED)
        if current.number != based_on:
            raise Refused("这篇稿件刚被别人改过，请先复制自己的改动，刷新后再改。")
        values = {name: getattr(current, name) for name in EDITABLE} | clean(fields)
        if stories.content_hash(values) == current.content_hash:
            return current.number
        return stories.add_version(session, story_id, fields=values, by=by, now=now).number


def write_anew(newsroom: Newsroom, story_id: int, *, by: int, now: datetime) -> int:
    """A new story that begins with the text of a released one, to correct it by the ordinary way. Returns its id.

    The released story itself stays as it went out: a second version of it would go to every account a second time.
    """
    with newsroom.store.session() as session:
        story, current = standing(session, story_id)
        if story.status != "released":
            raise Refused("只有已经签发的应急稿需要另写新稿，其他稿件请直接修改。")
        fields = {name: getattr(current, name) for name in EDITABLE}
        return stories.add(session, fields=fields, by=by, now=now, area=story.area).story_id


def older_queued(session: Session, story_id: int) -> list[int]:
    """For each account in whose queue an older version than the newest still waits: that version's number."""
    _story, current = standing(session, story_id)
    waiting = stories.deliveries_of(session, story_id)
    return [number for row, number in waiting if row.state == DeliveryState.QUEUED and number < current.number]


def call_off_older(newsroom: Newsroom, story_id: int, *, by: int, now: datetime) -> int:
    """Older versions that wait in the queue will not be sent. Returns how many deliveries were called off."""
    with newsroom.store.session() as session:
        _story, current = standing(session, story_id)
        older = [
            row for row, number in stories.deliveries_of(session, story_id, locked=True) if number < current.number
        ]
        why = f"稿件已改到第 {current.number} 版，旧版不再发出。"
        return len(call_off(session, older, why, _actor(session, by), now))


def drop(newsroom: Newsroom, story_id: int, *, by: int, now: datetime) -> int:
    """The story is given up: what waits to be sent is called off, what was published stays published. Returns how many
    deliveries were called off. Raises Refused for a released story, and while one is just being sent."""
    with newsroom.store.session() as session:
        events.lock_threads(session)
        story, version = standing(session, story_id)
        if story.status == "dropped":
            return 0
        if story.status == "released":
            raise Refused(RELEASED)
        rows = [row for row, _number in stories.deliveries_of(session, story_id, locked=True)]
        if any(row.state == DeliveryState.SENDING for row in rows):
            raise Refused("这篇稿件正在发送，请等投递有了结果再作废。")
        actor = _actor(session, by)
        called_off = call_off(session, rows, DROPPED, actor, now)
        story.status, story.updated_at = "dropped", now
        log.append(
            session,
            at=now,
            subject="story",
            subject_id=story_id,
            act="dropped",
            actor=actor,
            detail={"version": version.number, "called_off": called_off},
        )
        return len(called_off)


def call_off(session: Session, rows: Iterable[Delivery], why: str, actor: str, now: datetime) -> list[int]:
    """Those that were not sent yet will not be. Returns their ids."""
    unsent = [row for row in rows if row.state in UNSENT]
    for row in unsent:
        call_off_row(session, row, why, actor=actor, now=now)
    return [row.id for row in unsent if row.id is not None]


def _actor(session: Session, by: int) -> str:
    user = session.get(User, by)
    if user is None:
        raise Missing("找不到操作人，请重新登录。")
    return user.display_name


def standing(session: Session, story_id: int) -> tuple[Story, StoryVersion]:
    """The story and its newest version. Raises Missing."""
    story = session.get(Story, story_id)
    current = stories.current_version(session, story_id)
    if story is None or current is None:
        raise Missing("这篇稿件已不存在，请刷新列表。")
    return story, current


def standing_version(newsroom: Newsroom, story_id: int) -> StoryVersion:
    """The newest version, to read. Raises Missing."""
    with newsroom.store.reading() as session:
        return standing(session, story_id)[1]


def printable(text: str) -> str:
    """Without control characters but the tab and the line's end: no database keeps a NUL, no screen shows the rest. Pure."""
    return _CONTROL.sub("", text)


def clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What may be stored: known fields only, single lines on one line, lengths kept, HTML sanitised. Pure."""
    values = {
        name: printable(value) if isinstance(value, str) else value
        for name, value in fields.items()
        if name in EDITABLE and value is not None
    }
    for name in SINGLE_LINE:
        if name in values:
            values[name] = " ".join(str(values[name]).split())
    for name, longest in MAX_LENGTH.items():
        if len(str(values.get(name, ""))) > longest:
            raise Refused(f"{FIELD_NAMES[name]}太长（最多 {longest} 字），请缩短后再保存。")
    if "title" in values and not values["title"]:
        raise Refused("标题不能为空，请填写标题。")
    if values.get("ai_use", "") not in AI_USE:
        raise Refused("请从列表中选择 AI 使用情况。")
    if "body_html" in values:
        values["body_html"] = clean_html(str(values["body_html"]))
    return values


DIGEST = 110
"""Characters of a digest that is made from the article; an editor may write a longer one."""
FIELD_NAMES = {
    "title": "标题",
    "digest": "摘要",
    "body_html": "正文",
    "short_text": "短文案",
    "video_title": "视频标题",
    "author": "作者",
    "source_line": "来源说明",
}


def clean_html(html: str) -> str:
    """Body HTML with the tags a story may have; scripts, styles and handlers are gone. Pure."""
    return nh3.clean(
        html,
        tags=BODY_TAGS,
        attributes=BODY_ATTRIBUTES,
        url_schemes={"http", "https", "media"},
        link_rel=None,
        clean_content_tags={"script", "style"},
    )


def _fields_of(article: Article, source: Source, pictures: Kept) -> dict[str, Any]:
    paragraphs = "".join(f"<p>{escape(line.strip())}</p>" for line in article.text.split("\n") if line.strip())
    return {
        "title": article.title[: MAX_LENGTH["title"]],
        "digest": cut(article.summary or article.text.partition("\n")[0] or article.text, DIGEST),
        "body_html": with_own_pictures(article.html, pictures.by_url) or paragraphs,
        "author": article.author[: MAX_LENGTH["author"]],
        "source_line": (article.source_name or source.name)[: MAX_LENGTH["source_line"]],
        "cover_sha256": pictures.cover,
    }
