"""What WeChat would refuse, known before anything is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.base import ErrorClass, Post, Refusal, keepable
from connectors.channels.codes import problem
from connectors.channels.pictures import moves, trouble
from connectors.channels.wechat.html import PLACEHOLDER_URL, article_html, foreign_pictures, left_out, picture_keys
from connectors.channels.wechat.settings import WeChatSettings

_V = ErrorClass.VALIDATION
_ESCAPE = re.compile(r"\\u[0-9A-Fa-f]{4}")


def problems(post: Post, settings: WeChatSettings) -> list[Refusal]:
    unsendable = list(_unsendable(post))
    if unsendable:
        return unsendable
    rest = _picture_post if settings.article_type == "newspic" else _article
    return [*_texts(post, settings), *rest(post, settings)]


def notes(post: Post, settings: WeChatSettings) -> list[str]:
    """What readers will not see as it was written; nothing of it forbids."""
    counted = left_out(post.html)
    found = []
    if counted.get("links"):
        found.append(f"正文里有 {counted['links']} 处链接，公众号文章里只留下文字，点不开。")
    if counted.get("pre"):
        found.append(f"正文里有 {counted['pre']} 段等宽文字，公众号文章里会成为普通段落，换行和缩进保留。")
    most = settings.limit("cover_bytes")
    for picture in post.pictures:
        if len(picture.content) > most and moves(picture.content):
            found.append(f"动图“{picture.name}”超过 {most // 1_048_576} MB，发出去只有第一帧，请压缩后重新上传。")
    return found


def _unsendable(post: Post) -> Iterator[Refusal]:
    """Characters that JSON in UTF-8 cannot carry, or that the platform reads as something else."""
    for what, value in (
        ("标题", post.title),
        ("作者", post.author),
        ("摘要", post.digest),
        ("正文", post.html or post.text),
    ):
        if keepable(value) != value:
            yield problem(_V, f"{what}里有看不见的控制字符或半个字符。", f"请重新输入{what}里显示不正常的地方。")
    for what, value in (("标题", post.title), ("作者", post.author), ("摘要", post.digest)):
        if found := _ESCAPE.search(value):
            yield problem(_V, f"{what}里有“{found[0]}”，微信会拒绝它。", f"请把{what}里的这几个字符换成汉字本身。")


def _texts(post: Post, settings: WeChatSettings) -> Iterator[Refusal]:
    if not post.title.strip():
        yield problem(_V, "没有标题。", "请填写标题。")
    for name, what, value in (
        ("title", "标题", post.title),
        ("author", "作者", post.author),
        ("digest", "摘要", post.digest),
    ):
        limit = settings.limit(name)
        if len(value) > limit:
            yield problem(_V, f"{what}有 {len(value)} 字，微信最多 {limit} 字。", f"请把{what}缩短到 {limit} 字以内。")
    if post.marker not in post.link:
        yield problem(_V, "“阅读原文”的链接里没有投递标识。", "请管理员在设置里填写站点网址。")
    if len(post.link.encode()) > settings.limit("link_bytes"):
        yield problem(_V, "“阅读原文”的链接过长。", "请管理员检查设置里的站点网址。")


def _article(post: Post, settings: WeChatSettings) -> Iterator[Refusal]:
    if post.cover is None:
        yield problem(_V, "没有封面图片。", "请选一张封面图片。")
    elif why := trouble(post.cover.content):
        yield problem(_V, f"封面图片{why}。", "请换一张封面图片。")
    yield from _pictures(post, settings.pictures_max)
    yield from _body(post, settings)


def _picture_post(post: Post, settings: WeChatSettings) -> Iterator[Refusal]:
    if not post.pictures:
        yield problem(_V, "图片消息里没有图片。", "请选封面，或在正文里插入图片。")
    yield from _pictures(post, settings.pictures_max)
    limit = settings.limit("picture_post_text")
    if not post.text.strip():
        yield problem(_V, "图片消息没有文字。", "请填写短文或正文。")
    elif len(post.text) > limit:
        yield problem(_V, f"文字有 {len(post.text)} 字，图片消息最多 {limit} 字。", f"请把文字缩短到 {limit} 字以内。")


def _pictures(post: Post, most: int) -> Iterator[Refusal]:
    if len(post.pictures) > most:
        yield problem(_V, f"有 {len(post.pictures)} 张图片，最多 {most} 张。", f"请删到 {most} 张以内，或拆成两篇。")
    for picture in post.pictures:
        if why := trouble(picture.content):
            yield problem(_V, f"图片“{picture.name}”{why}。", "请删去或换掉这张图片。")


def _body(post: Post, settings: WeChatSettings) -> Iterator[Refusal]:
    if not post.html.strip():
        yield problem(_V, "没有正文。", "请填写正文。")
        return
    for address in foreign_pictures(post.html):
        yield problem(
            _V, f"正文里有外站图片（{address[:60]}），微信会悄悄去掉它。", "请先把这张图片上传到素材库再插入。"
        )
    have = {picture.key for picture in post.pictures}
    missing = [key for key in picture_keys(post.html) if key not in have]
    if missing:
        yield problem(_V, f"正文里有 {len(missing)} 张图片找不到文件。", "请重新插入这些图片。")
        return
    content = as_sent(post)
    if len(content) > settings.limit("content"):
        limit = settings.limit("content")
        yield problem(_V, f"正文连同格式有 {len(content)} 个字符，微信最多 {limit} 个。", "请缩短正文，或拆成两篇。")
    elif len(content.encode()) > settings.limit("content_bytes"):
        yield problem(_V, "正文连同格式超过 1 MB。", "请缩短正文，或拆成两篇。")


def as_sent(post: Post) -> str:
    """The article's `content`, as long as it will be: addresses of pictures stand in for those the upload gives."""
    return article_html(post.html, {picture.key: PLACEHOLDER_URL for picture in post.pictures})
