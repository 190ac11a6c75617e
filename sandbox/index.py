"""The front page of the world: who is in it, and what is public."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter
from starlette.responses import Response

from sandbox.accounts import listing
from sandbox.clock import beijing
from sandbox.pages import page
from sandbox.store import Doc, Tx
from sandbox.world import World

NAMES = {"wechat": "微信公众号", "weibo": "微博", "douyin": "抖音", "kuaishou": "快手", "toutiao": "今日头条"}


def router(world: World) -> APIRouter:
    routes = APIRouter()

    @routes.get("/")
    @routes.get("/_sandbox/")
    def front() -> Response:
        with world.tx() as tx:
            return page("沙盘", _body(tx), "#2f6feb")

    return routes


def _body(tx: Tx) -> str:
    now = beijing(tx.now).strftime("%Y年%-m月%-d日 %H:%M")
    rows = tx.db.execute(
        "select platform,account,title,text,path,at,removed_at from ledger order by at desc limit 60"
    ).fetchall()
    accounts = listing(tx)
    names = {(one["platform"], key_of(one)): one["name"] for one in accounts}
    posts = "".join(_post_row(names, row) for row in rows) or "<tr><td>还没有公开的内容。</td></tr>"
    people = "".join(
        f"<tr><td>{NAMES[one['platform']]}</td><td>{escape(one['name'])}</td><td>{escape(one['unit'])}</td></tr>"
        for one in accounts
    )
    head = f"<h1>沙盘：各平台的本地替身</h1><p class='meta'>沙盘时间 {now}，这里的内容都不是真实平台上的内容。</p>"
    return f"{head}<h2>已公开</h2><table>{posts}</table><h2>账号</h2><table>{people}</table>"


def key_of(account: Doc) -> str:
    return str(account.get("appid") or account.get("uid") or account.get("open_id"))


def _post_row(names: dict[tuple[str, str], str], row: tuple[str, str, str, str, str, float, float | None]) -> str:
    platform, account, title, text, path, at, removed = row
    words = escape((title or text)[:40])
    shown = f"<s>{words}</s>（已删除）" if removed else f'<a href="{escape(path)}">{words}</a>'
    when = beijing(at).strftime("%m-%d %H:%M")
    return f"<tr><td>{NAMES[platform]}</td><td>{escape(names.get((platform, account), account))}</td><td>{shown}</td><td>{when}</td></tr>"
