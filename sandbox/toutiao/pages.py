"""Works as viewers see them."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from starlette.responses import Response

from sandbox.clock import beijing
from sandbox.pages import author_line, bar, gone, page
from sandbox.store import Doc, Tx
from sandbox.toutiao.counts import figure
from sandbox.toutiao.works import PUBLIC
from sandbox.world import World

RED = "#f04142"


def work_page(tx: Tx, work: Doc) -> Response:
    account = tx.get("account.toutiao", work["open_id"]) or {}
    head = author_line(account["name"], beijing(work["created"]).strftime("%Y-%m-%d %H:%M"))
    video = f'<p><video src="/toutiao/_media/{work["video_id"]}" controls preload="metadata"></video></p>'
    names = {"播放": "play_count", "赞": "digg_count", "评论": "comment_count", "转发": "share_count"}
    figures = bar({label: figure(tx, work, name, tx.now) for label, name in names.items()})
    return page(work["title"], f"{head}<h1>{escape(work['title'])}</h1>{video}{figures}", RED)


def public_router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.api_route("/toutiao/video/{item_id:int}", methods=["GET", "HEAD"])
    def work(item_id: int) -> Response:
        with world.tx() as tx:
            found = tx.get("toutiao.work", str(item_id))
            if found is None or found["state"] != PUBLIC:
                return gone("内容不存在或已删除", RED)
            return work_page(tx, found)

    @routes.get("/toutiao/_media/{video_id}")
    def media(video_id: str) -> Response:
        """Like a platform's own player: nothing of a work that is not public."""
        with world.tx() as tx:
            upload = tx.get("toutiao.upload", video_id) or {"item_id": ""}
            made = tx.get("toutiao.work", upload["item_id"])
            found = tx.blob(f"toutiao:{video_id}") if made and made["state"] == PUBLIC else None
        return Response(found[1], media_type=found[0]) if found else Response(status_code=404)

    return routes
