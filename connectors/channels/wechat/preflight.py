"""What WeChat would refuse, known before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.base import ErrorClass, Post, Refusal
from connectors.channels.codes import problem
from connectors.channels.pictures import readable
from connectors.channels.wechat.html import PLACEHOLDER_URL, article_html, foreign_pictures, picture_keys
from connectors.channels.wechat.settings import WeChatSettings

_V = ErrorClass.VALIDATION


def problems(post: Post, settings: WeChatSettings) -> list[Refusal]:
    return [*_texts(post, settings), *_pictures(post), *_body(post, settings)]


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


def _pictures(post: Post) -> Iterator[Refusal]:
    if post.cover is None:
        yield problem(_V, "没有封面图片。", "请选一张封面图片。")
    elif not readable(post.cover.content):
        yield problem(_V, "封面图片打不开。", "请换一张封面图片。")
    for picture in post.pictures:
        if not readable(picture.content):
            yield problem(_V, f"图片“{picture.name}”打不开。", "请删去或换掉这张图片。")


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
    content = article_html(post.html, dict.fromkeys(have, PLACEHOLDER_URL))
    if len(content) > settings.limit("content") or len(content.encode()) > settings.limit("content_bytes"):
        limit = settings.limit("content")
        yield problem(_V, f"正文连同格式有 {len(content)} 个字符，微信最多 {limit} 个。", "请缩短正文，或拆成两篇。")
