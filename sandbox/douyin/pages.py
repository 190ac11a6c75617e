"""Works as viewers see them; the phone on which a person publishes; the consent page."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Form
from starlette.responses import Response

from sandbox.calls import Refused
from sandbox.clock import beijing
from sandbox.douyin.auth import give_code
from sandbox.douyin.share import open_schema, read_schema
from sandbox.douyin.works import PUBLIC, figure, plays, tap_publish, text_of
from sandbox.pages import author_line, back_to, bar, consent_form, gone, page
from sandbox.store import Doc, Tx
from sandbox.world import World

RED = "#fe2c55"


def media_html(post: Doc) -> str:
    if post["video"]:
        return f'<p><video src="{escape(post["video"])}" controls preload="metadata"></video></p>'
    return "".join(f'<p><img src="{escape(url)}" alt=""></p>' for url in post["pictures"])


# ---------------------------------------------------------------- public


def work_page(tx: Tx, work: Doc) -> Response:
    account = tx.get("account.douyin", work["open_id"]) or {}
    head = author_line(account["name"], beijing(work["created"]).strftime("%Y-%m-%d %H:%M"))
    names = {"赞": "digg_count", "评论": "comment_count", "转发": "share_count"}
    figures = {"播放": plays(tx, work, tx.now)} | {
        label: figure(tx, work, name, tx.now) for label, name in names.items()
    }
    body = f"{head}{media_html(work)}<p>{escape(text_of(work))}</p>{bar(figures)}"
    return page(f"{account['name']}的抖音作品", body, RED)


def public_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/douyin/{kind}/{video_id:int}", methods=["GET", "HEAD"])
    def work(kind: str, video_id: int) -> Response:
        with world.tx() as tx:
            found = tx.get("douyin.work", str(video_id))
            right = found is not None and kind == ("video" if found["video"] else "note")
            if found is None or not right or found["state"] != PUBLIC or found["private_status"] != 0:
                return gone("作品不存在或已删除", RED)
            return work_page(tx, found)

    @routes.get("/douyin/_upload/{blob}")
    def upload(blob: str) -> Response:
        with world.tx() as tx:
            found = tx.blob(f"douyin:{blob}")
        return Response(found[1], media_type=found[0]) if found else Response(status_code=404)

    return routes


# ---------------------------------------------------------------- the phone


def phone_page(tx: Tx, opening: Doc) -> Response:
    post = opening["post"]
    accounts = [one for one in tx.find("account.douyin") if one["client_key"] == opening["client_key"]]
    options = "".join(
        f'<option value="{escape(a["open_id"])}">{escape(a["name"])}</option>' for a in reversed(accounts)
    )
    tags = " ".join(f"#{name}" for name in post["hashtags"])
    words = f"<h1>发布作品</h1>{media_html(post)}<p>{escape(post['title'])} {escape(tags)}</p>"
    form = (
        f'<form method="post" action="/douyin/_phone/{opening["id"]}"><label>当前账号 <select name="open_id">{options}'
    )
    buttons = '<div class="buttons"><button name="say" value="cancel">取消</button>'
    buttons += '<button class="do" name="say" value="publish">发布</button></div>'
    return page("抖音 · 发布作品", f"{words}{form}</select></label>{buttons}</form>", RED)


def decide(world: World, tx: Tx, opening: Doc, open_id: str, say: str) -> Doc | None:
    """The user's tap. Returns the work, or None when the user turned away. Raises Refused."""
    if opening["state"] != "open":
        raise Refused("opening", "该作品已处理")
    account = tx.get("account.douyin", open_id)
    if account is None or account["client_key"] != opening["client_key"]:
        raise Refused("open_id", "账号不属于该应用")
    if say != "publish":
        tx.put("douyin.opening", opening["id"], {**opening, "state": "cancelled"})
        return None
    return tap_publish(world, tx, opening, account)


def phone_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.get("/douyin/_phone")
    def open_link(schema: str = "") -> Response:
        """Opening uses the link up, as in the app: a second look needs a fresh one."""
        try:
            fields = read_schema(schema)
            with world.tx() as tx:
                return phone_page(tx, open_schema(tx, fields))
        except Refused as refused:
            return gone(f"无法打开：{refused.message}", RED)

    @routes.post("/douyin/_phone/{opening_id}")
    def tap(opening_id: str, open_id: str = Form(), say: str = Form()) -> Response:
        try:
            with world.tx() as tx:
                opening = tx.get("douyin.opening", opening_id)
                if opening is None:
                    return gone("页面已过期", RED)
                work = decide(world, tx, opening, open_id, say)
        except Refused as refused:
            return gone(refused.message, RED)
        if work is None:
            return page("已取消", "<h1>已取消</h1><p>作品没有发布。</p>", RED)
        link = f"/douyin/{'video' if work['video'] else 'note'}/{work['video_id']}"
        words = f'<h1>已提交</h1><p>作品审核通过后公开。</p><p><a href="{link}">查看作品</a></p>'
        return page("已提交", words, RED)

    return routes


# ---------------------------------------------------------------- consent


def consent_page(tx: Tx, fields: dict[str, str]) -> Response:
    accounts = [one for one in tx.find("account.douyin") if one["client_key"] == fields["client_key"]]
    if not accounts:
        return gone("应用不存在（10003）", RED)
    allowed = {uri for account in accounts for uri in account["redirect_uris"]}
    if not fields["redirect_uri"] or (allowed and fields["redirect_uri"] not in allowed):
        return gone("非法重定向地址（10006）", RED)
    return consent_form("抖音", fields, reversed(accounts), RED)


def consent_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.get("/douyin/platform/oauth/connect/")
    def ask(client_key: str = "", redirect_uri: str = "", scope: str = "", state: str = "") -> Response:
        fields = {"client_key": client_key, "redirect_uri": redirect_uri, "scope": scope, "state": state}
        with world.tx() as tx:
            return consent_page(tx, fields)

    @routes.post("/douyin/platform/oauth/connect/")
    def agreed(
        open_id: str = Form(),
        client_key: str = Form(),
        redirect_uri: str = Form(),
        scope: str = Form(""),
        state: str = Form(""),
    ) -> Response:
        with world.tx() as tx:
            account = tx.get("account.douyin", open_id)
            if account is None or account["client_key"] != client_key:
                return gone("应用不存在（10003）", RED)
            code = give_code(tx, account, scope.split(","))
        return back_to(redirect_uri, code=code, state=state)

    return routes
