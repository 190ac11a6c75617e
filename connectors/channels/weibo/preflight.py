"""What Weibo would refuse, found before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.base import ErrorClass, Post, Refusal
from connectors.channels.codes import problem
from connectors.channels.pictures import readable
from connectors.channels.videos import reachable
from connectors.channels.weibo.article import cover_of, html_of
from connectors.channels.weibo.settings import WeiboSettings
from connectors.channels.weibo.text import length, links_to

_V = ErrorClass.VALIDATION


def problems_of(post: Post, settings: WeiboSettings) -> Iterator[Refusal]:
    yield from _of_an_article(post, settings) if settings.form == "article" else _of_a_short_post(post, settings)
    if not settings.address:
        what = "不是公网地址" if settings.rip else "没有填写"
        cause = f"账号设置里的“服务器的公网 IP”{what}，微博要求写明从哪里发出。"
        yield problem(ErrorClass.PERMISSION, cause, "请管理员在账号设置里填写服务器的公网 IP，例如 221.8.1.2。")
    if post.marker not in post.text:
        yield problem(_V, "短文的链接里没有投递标识。", "请管理员在设置里填写站点网址。")


def _of_a_short_post(post: Post, settings: WeiboSettings) -> Iterator[Refusal]:
    limit, count = settings.limit("text"), length(post.text)
    if not post.text.strip():
        yield problem(_V, "没有短文。", "请填写短文。")
    if count > limit:
        yield problem(_V, f"短文连同链接有 {count} 字，微博最多 {limit} 字。", f"请删去 {count - limit} 字。")
    if "#" in post.text:
        yield problem(_V, "短文里有“#”，微博会把它去掉。", "请删去“#”。")
    if not settings.bound_domain:
        yield problem(ErrorClass.PERMISSION, "账号没有设置安全域名。", "请管理员在账号设置里填写微博应用的安全域名。")
    elif not links_to(post.text, settings.bound_domain):
        yield problem(
            _V, f"短文里没有 {settings.bound_domain} 的链接，微博不会接受。", "请管理员核对站点网址与安全域名。"
        )
    most = settings.limit("pictures")
    if len(post.pictures) > most:
        yield problem(_V, f"有 {len(post.pictures)} 张图片，微博最多 {most} 张。", f"请只留 {most} 张图片。")
    for picture in [*post.pictures, *([post.cover] if post.cover else [])]:
        if not readable(picture.content):
            yield problem(_V, f"图片“{picture.name}”打不开。", "请换一张图片。")


def _of_an_article(post: Post, settings: WeiboSettings) -> Iterator[Refusal]:
    if not post.title.strip():
        yield problem(_V, "没有标题。", "请填写标题。")
    if not post.html.strip():
        yield problem(_V, "没有正文。", "请填写正文。")
    for what, have, name in (
        ("标题", len(post.title), "article_title"),
        ("正文连同格式", len(html_of(post, settings.media_url)), "article_html"),
        ("随文发布的短文", len(post.text), "article_text"),
    ):
        limit = settings.limit(name)
        if have > limit:
            yield problem(_V, f"{what}有 {have} 字，头条文章最多 {limit} 字。", f"请删去 {have - limit} 字。")
    if cover_of(post) is None:
        yield problem(_V, "没有封面，头条文章必须有封面。", "请给稿件加一张封面图。")
    elif not reachable(settings.media_url, settings.base_url):
        yield problem(_V, "微博取不到本站的图片。", "请管理员把站点网址设置成以 https:// 开头的公开网址。")
