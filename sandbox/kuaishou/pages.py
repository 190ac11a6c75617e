"""Works as viewers see them, and the consent page."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Form
from starlette.responses import Response

from sandbox.clock import beijing
from sandbox.kuaishou.auth import give_code, tell_owner
from sandbox.kuaishou.counts import figure
from sandbox.kuaishou.works import PUBLIC
from sandbox.pages import author_line, back_to, bar, consent_form, gone, page
from sandbox.store import Doc, Tx
from sandbox.world import World

ORANGE = "#ff4906"


def work_page(tx: Tx, work: Doc) -> Response:
    account = tx.get("account.kuaishou", work["open_id"]) or {}
    head = author_line(account["name"], beijing(work["created"]).strftime("%Y-%m-%d %H:%M"))
    video = f'<p><video src="/kuaishou/_media/{work["blob"]}" controls preload="metadata"></video></p>'
    names = {"播放": "view_count", "赞": "like_count", "评论": "comment_count"}
    figures = bar({label: figure(tx, work, name, tx.now) for label, name in names.items()})
    return page(f"{account['name']}的快手作品", f"{head}{video}<p>{escape(work['caption'])}</p>{figures}", ORANGE)


def public_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/kuaishou/short-video/{photo_id}", methods=["GET", "HEAD"])
    def work(photo_id: str) -> Response:
        with world.tx() as tx:
            found = tx.get("kuaishou.work", photo_id)
            if found is None or found["state"] != PUBLIC:
                return gone("作品不存在或已删除", ORANGE)
            return work_page(tx, found)

    @routes.get("/kuaishou/_media/{blob}")
    def media(blob: str) -> Response:
        with world.tx() as tx:
            found = tx.blob(f"kuaishou:{blob}")
        return Response(found[1], media_type=found[0]) if found else Response(status_code=404)

    return routes


# ---------------------------------------------------------------- consent


def consent_page(tx: Tx, fields: dict[str, str]) -> Response:
    accounts = [one for one in tx.find("account.kuaishou") if one["app_id"] == fields["app_id"]]
    if not accounts:
        return gone("应用不存在（100200101）", ORANGE)
    allowed = {uri for account in accounts for uri in account["redirect_uris"]}
    if not fields["redirect_uri"] or (allowed and fields["redirect_uri"] not in allowed):
        return gone("回调地址不正确（100200107）", ORANGE)
    return consent_form("快手", fields, reversed(accounts), ORANGE)


def consent_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.get("/kuaishou/oauth2/authorize")
    def ask(app_id: str = "", redirect_uri: str = "", scope: str = "", state: str = "") -> Response:
        fields = {"app_id": app_id, "redirect_uri": redirect_uri, "scope": scope, "state": state}
        with world.tx() as tx:
            return consent_page(tx, fields)

    @routes.post("/kuaishou/oauth2/authorize")
    def agreed(
        open_id: str = Form(),
        app_id: str = Form(),
        redirect_uri: str = Form(),
        scope: str = Form(""),
        state: str = Form(""),
    ) -> Response:
        with world.tx() as tx:
            account = tx.get("account.kuaishou", open_id)
            if account is None or account["app_id"] != app_id:
                return gone("应用不存在（100200101）", ORANGE)
            code = give_code(tx, account, scope.split(","))
            tell_owner(world, tx, open_id, "AUTHORIZE")
        return back_to(redirect_uri, code=code, state=state)

    return routes
