"""The article as readers see it, and the draft's preview."""

from __future__ import annotations

import re
from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from sandbox.calls import Call
from sandbox.clock import beijing
from sandbox.pages import bar, gone, page
from sandbox.store import Doc, Tx
from sandbox.wechat.datacube import people
from sandbox.world import World

GREEN = "#07c160"
PICTURE = re.compile(r"https?://mmbiz\.qpic\.cn/mmbiz_\w+/(\w+)/0\?wx_fmt=\w+")


def local_pictures(html: str) -> str:
    """Pictures that were uploaded here are served here."""
    return PICTURE.sub(r"/wechat/mmbiz/\1", html)


def article_page(account: Doc, item: Doc, moment: float, figures: dict[str, int] | None) -> HTMLResponse:
    author = f"{escape(item['author'])}　" if item.get("author") else ""
    when = beijing(moment).strftime("%Y年%-m月%-d日 %H:%M")
    meta = f'<div class="meta">{author}<b>{escape(account["name"])}</b>　{when}　吉林</div>'
    pictures = "".join(f'<p><img src="{escape(url)}" alt=""></p>' for url in item.get("pictures", []))
    content = escape(item["content"]) if item.get("article_type") == "newspic" else item["content"]
    link = item["content_source_url"]
    more = f'<p><a href="{escape(link)}" rel="noreferrer">阅读原文</a></p>' if link else ""
    foot = bar(figures) if figures is not None else '<p class="note">这是草稿预览，尚未发布。</p>'
    body = f"<h1>{escape(item['title'])}</h1>{meta}{local_pictures(pictures + content)}{more}{foot}"
    return page(item["title"], body, GREEN, background="#fff")


def public_page(world: World, tx: Tx, publication: Doc, item: Doc) -> HTMLResponse:
    account = tx.get("account.wechat", publication["appid"]) or {}
    return article_page(account, item, publication["at"], reading_of(world, tx, account, publication, item))


def reading_of(world: World, tx: Tx, account: Doc, publication: Doc, item: Doc) -> dict[str, int]:
    call = Call(world, tx, "wechat", "GET", "/s", {}, {}, b"", "", account=account, account_key=account["appid"])
    names = {
        "阅读": "read_user",
        "分享": "share_user",
        "赞": "like_user",
        "在看": "zaikan_user",
        "留言": "comment_count",
    }
    return {label: people(call, publication, item, name, tx.now) for label, name in names.items()}


def router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/wechat/s", methods=["GET", "HEAD"])
    def article(sn: str = "") -> Response:
        with world.tx() as tx:
            place = tx.get("wechat.page", sn)
            publication = tx.get("wechat.publication", place["article_id"]) if place else None
            if place is None or publication is None:
                return gone("参数错误，文章不存在", GREEN)
            item = publication["items"][place["idx"] - 1]
            if item["removed_at"] is not None:
                return gone("该内容已被发布者删除", GREEN)
            return public_page(world, tx, publication, item)

    @routes.get("/wechat/s/preview/{key}")
    def preview(key: str, idx: int = 1) -> Response:
        with world.tx() as tx:
            place = tx.get("wechat.preview", key)
            draft = tx.get("wechat.draft", place["media_id"]) if place else None
            if draft is None or not 1 <= idx <= len(draft["articles"]):
                return gone("预览链接已过期", GREEN)
            account = tx.get("account.wechat", draft["appid"]) or {}
            return article_page(account, draft["articles"][idx - 1], draft["update_time"], None)

    @routes.get("/wechat/mmbiz/{name}")
    def picture(name: str, request: Request) -> Response:
        with world.tx() as tx:
            blob = tx.blob(f"wechat:{name}")
        return Response(blob[1], media_type=blob[0]) if blob else Response(status_code=404)

    return routes
