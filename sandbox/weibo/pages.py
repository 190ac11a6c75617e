"""Posts and articles as readers see them, and the consent page."""

from __future__ import annotations

import re
from html import escape

from fastapi import APIRouter, Form
from starlette.responses import Response

from sandbox.clock import beijing
from sandbox.pages import author_line, back_to, bar, gone, page
from sandbox.store import Doc, Tx
from sandbox.weibo.auth import give_code
from sandbox.weibo.statuses import figure, public_post
from sandbox.weibo.text import LINK, long_mid
from sandbox.world import World

ORANGE = "#ff8200"


def linked(text: str) -> str:
    return LINK.sub(lambda match: f'<a href="{match.group()}" rel="noreferrer">网页链接</a>', escape(text, quote=False))


def when(moment: float) -> str:
    return beijing(moment).strftime("%Y-%m-%d %H:%M")


def post_page(tx: Tx, post: Doc) -> Response:
    account = tx.get("account.weibo", post["uid"]) or {}
    picture = f'<p><img src="/weibo/pic/{post["picture"]}" alt=""></p>' if post["picture"] else ""
    head = author_line(account["name"], f"{when(post['at'])}　来自 科普发布")
    names = {"转发": "reposts", "评论": "comments", "赞": "attitudes"}
    figures = bar({label: figure(tx, post, name) for label, name in names.items()})
    return page(f"{account['name']}的微博", f"{head}<p>{linked(post['text'])}</p>{picture}{figures}", ORANGE)


def article_page(tx: Tx, article: Doc) -> Response:
    account = tx.get("account.weibo", article["uid"]) or {}
    head = author_line(account["name"], when(article["at"]))
    cover = f'<p><img src="{escape(article["cover"])}" alt=""></p>' if re.match("https?://", article["cover"]) else ""
    body = f"{cover}<h1>{escape(article['title'])}</h1>{head}{filtered_html(article['content'])}"
    return page(article["title"], body, ORANGE)


def filtered_html(html: str) -> str:
    """Pictures stay, scripts go."""
    return re.sub(r"(?is)<(script|iframe|style).*?</\1>|\son\w+=(\"[^\"]*\"|'[^']*')", "", html)


def public_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/weibo/ttarticle/p/show", methods=["GET", "HEAD"])
    def article(id: str = "") -> Response:
        with world.tx() as tx:
            found = tx.get("weibo.article", id)
            there = found is not None and found["removed_at"] is None
            return article_page(tx, found) if found and there else gone("文章不存在或已被删除", ORANGE)

    @routes.get("/weibo/pic/{name}")
    def picture(name: str) -> Response:
        with world.tx() as tx:
            blob = tx.blob(f"weibo:{name}")
        return Response(blob[1], media_type=blob[0]) if blob else Response(status_code=404)

    @routes.api_route("/weibo/status/{id}", methods=["GET", "HEAD"])
    def by_id(id: str) -> Response:
        with world.tx() as tx:
            post = public_post(tx, id)
            return post_page(tx, post) if post else gone("微博不存在或暂无查看权限", ORANGE)

    @routes.api_route(r"/weibo/{uid:int}/{mid}", methods=["GET", "HEAD"])
    def by_mid(uid: int, mid: str) -> Response:
        """`mid` as in public addresses, or the number itself."""
        numbers = [mid, long_mid(mid)] if re.fullmatch("[0-9a-zA-Z]{1,20}", mid) else []
        with world.tx() as tx:
            found = [post for number in numbers if (post := public_post(tx, number)) and post["uid"] == str(uid)]
            return post_page(tx, found[0]) if found else gone("微博不存在或暂无查看权限", ORANGE)

    return routes


# ---------------------------------------------------------------- consent


def consent_page(tx: Tx, client_id: str, redirect_uri: str, state: str) -> Response:
    accounts = [account for account in tx.find("account.weibo") if account["app_key"] == client_id]
    if not accounts:
        return gone("应用不存在（21324）", ORANGE)
    allowed = {uri for account in accounts for uri in account["redirect_uris"]}
    if not redirect_uri or (allowed and redirect_uri not in allowed):
        return gone("回调地址与应用设置不一致（21322）", ORANGE)
    options = "".join(f'<option value="{a["uid"]}">{escape(a["name"])}</option>' for a in reversed(accounts))
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in {"client_id": client_id, "redirect_uri": redirect_uri, "state": state}.items()
    )
    buttons = '<div class="buttons"><button name="say" value="no">拒绝</button>'
    buttons += '<button class="do" name="say" value="yes">授权</button></div>'
    words = "<h1>微博授权</h1><p>应用“科普发布”请求获得您的授权，以您的名义发布微博、读取微博数据。</p>"
    body = f'{words}<form method="post"><select name="uid">{options}</select>{hidden}{buttons}</form>'
    return page("微博授权", body, ORANGE)


def consent_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.get("/weibo/oauth2/authorize")
    def ask(client_id: str = "", redirect_uri: str = "", response_type: str = "code", state: str = "") -> Response:
        with world.tx() as tx:
            return consent_page(tx, client_id, redirect_uri, state)

    @routes.post("/weibo/oauth2/authorize")
    def said(
        uid: str = Form(), client_id: str = Form(), redirect_uri: str = Form(), say: str = Form(), state: str = Form("")
    ) -> Response:
        with world.tx() as tx:
            account = tx.get("account.weibo", uid)
            if account is None or account["app_key"] != client_id:
                return gone("应用不存在（21324）", ORANGE)
            if say != "yes":
                answer = {"error": "access_denied", "error_code": "21330", "state": state}
            else:
                answer = {"code": give_code(tx, account, redirect_uri), "state": state}
        return back_to(redirect_uri, **answer)

    return routes
