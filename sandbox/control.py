"""The hidden hand: /_sandbox/. What a real platform would never show or let anybody do."""

from __future__ import annotations

import http.client
import json
from typing import Any, Literal

from fastapi import APIRouter, Body, HTTPException
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox import accounts, faults
from sandbox.calls import Refused
from sandbox.clock import iso, parse_moment
from sandbox.douyin import auth as douyin_auth
from sandbox.douyin import webhook, works
from sandbox.douyin.pages import decide
from sandbox.douyin.share import open_schema, read_schema
from sandbox.kuaishou import auth as kuaishou_auth
from sandbox.kuaishou import webhook as kuaishou_webhook
from sandbox.kuaishou import works as kuaishou_works
from sandbox.pushes import is_loopback, send, set_callback
from sandbox.store import Doc, Tx
from sandbox.toutiao import tokens as toutiao_tokens
from sandbox.toutiao import works as toutiao_works
from sandbox.wechat import auth as wechat_auth
from sandbox.wechat import events, public
from sandbox.weibo import auth as weibo_auth
from sandbox.weibo import statuses
from sandbox.world import World


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockChange(Asked):
    now: str | None = None
    advance_seconds: float | None = None


class SettingsChange(Asked):
    job_seconds: tuple[float, float] | None = None
    push_seconds: float | None = Field(default=None, ge=0)
    retry_seconds: float | None = Field(default=None, ge=0)


class Callback(Asked):
    platform: Literal["wechat", "douyin", "kuaishou"]
    key: str
    """appid, client_key or app_id"""
    url: str
    token: str = ""
    aes_key: str = ""
    """EncodingAESKey of 43 characters; empty: plain mode."""
    events: list[str] = ["create_video", "authorize", "unauthorize"]
    verify: bool = True
    """Ask the address for its echo first, as the platforms do."""


class TokenEnd(Asked):
    platform: Literal["wechat", "weibo", "douyin", "kuaishou", "toutiao"]
    account: str
    action: Literal["expire", "revoke"] = "expire"


class Removal(Asked):
    ledger_id: int
    by: Literal["platform", "account"] = "platform"


class Opening(Asked):
    schema_: str = Field(alias="schema")
    say: Literal["publish", "cancel", "show"] = "publish"
    open_id: str = ""
    """Who is logged in on the phone; empty: the first account of the app."""


def router(world: World) -> APIRouter:
    routes = APIRouter(prefix="/_sandbox")
    for add in (_add_world, _add_accounts, _add_faults, _add_records, _add_pushes, _add_hands):
        add(routes, world)
    return routes


# ---------------------------------------------------------------- clock and settings


def _add_world(routes: APIRouter, world: World) -> None:
    @routes.get("/health")
    def health() -> Doc:
        return {"ok": True, "seed": world.seed, "now": iso(world.clock.now()), "settings": world.settings}

    @routes.get("/clock")
    def clock() -> Doc:
        return {"now": iso(world.clock.now()), "timestamp": world.clock.now()}

    @routes.post("/clock")
    def change_clock(change: ClockChange) -> Doc:
        moment = world.clock.now()
        try:
            moment = parse_moment(change.now) if change.now else moment
        except ValueError as error:
            raise HTTPException(422, f"now: not ISO 8601: {change.now}") from error
        world.set_clock(moment + (change.advance_seconds or 0.0))
        return clock()

    @routes.post("/settings")
    def change_settings(change: SettingsChange) -> Doc:
        world.change_settings(change.model_dump(exclude_none=True))
        return world.settings


def _add_accounts(routes: APIRouter, world: World) -> None:
    @routes.get("/accounts")
    def listing() -> list[Doc]:
        with world.tx() as tx:
            return accounts.listing(tx)

    @routes.post("/accounts")
    def join(data: Any = Body()) -> list[Doc]:
        """One account, or a list: all of them, or none where one is wrong."""
        try:
            checked = [accounts.checked(one) for one in (data if isinstance(data, list) else [data])]
        except ValidationError as error:
            raise HTTPException(422, json.loads(error.json(include_url=False, include_input=False))) from error
        with world.tx() as tx:
            return [accounts.join(tx, one) for one in checked]

    @routes.post("/callbacks")
    def callback(asked: Callback) -> Doc:
        with world.tx() as tx:
            known = _callback_doc(tx, asked)
        if asked.verify:
            _verify(world, known)
        with world.tx() as tx:
            set_callback(tx, asked.platform, asked.key, known)
        return {"ok": True}

    @routes.post("/tokens")
    def end_tokens(asked: TokenEnd) -> Doc:
        ends = {"wechat": wechat_auth.expire_all, "weibo": weibo_auth.end_all, "douyin": douyin_auth.end_all}
        ends |= {"kuaishou": kuaishou_auth.end_all, "toutiao": toutiao_tokens.end_all}
        with world.tx() as tx:
            if asked.platform == "kuaishou" and asked.action == "revoke":
                kuaishou_auth.tell_owner(world, tx, asked.account, "UN_AUTHORIZE")
            return {"tokens": ends[asked.platform](tx, asked.account, asked.action == "revoke")}


def _callback_doc(tx: Tx, asked: Callback) -> Doc:
    if not is_loopback(asked.url):
        raise HTTPException(422, "url: loopback addresses only")
    if asked.aes_key and len(asked.aes_key) != 43:
        raise HTTPException(422, "aes_key: 43 characters")
    if asked.platform == "wechat" and tx.get("account.wechat", asked.key) is None:
        raise HTTPException(404, "no such appid")
    app = douyin_auth.app_of(tx, asked.key) if asked.platform == "douyin" else None
    if asked.platform == "douyin" and app is None:
        raise HTTPException(404, "no such client_key")
    if asked.platform == "kuaishou":
        return _kuaishou_callback(tx, asked)
    return asked.model_dump(exclude={"verify"}) | {"secret": app["client_secret"] if app else ""}


def _kuaishou_callback(tx: Tx, asked: Callback) -> Doc:
    app = kuaishou_auth.app_of(tx, asked.key)
    if app is None:
        raise HTTPException(404, "no such app_id")
    return asked.model_dump(exclude={"verify"}) | {"secret": app["app_secret"]}


def _verify(world: World, callback: Doc) -> None:
    with world.tx() as tx:
        challenge = int(tx.fresh_hex("challenge", 7), 16)
    if callback["platform"] == "wechat":
        outgoing = events.echo_request(callback, world.clock.now(), str(challenge), f"echo{challenge}")
    elif callback["platform"] == "kuaishou":
        outgoing = kuaishou_webhook.test_request(callback, world.clock.now(), challenge)
    else:
        outgoing = webhook.verify_request(callback, challenge)
    try:
        status, body = send(outgoing)
    except (OSError, http.client.HTTPException) as error:
        raise HTTPException(400, f"the address does not answer: {type(error).__name__}") from error
    if status != 200 or not _echoed(callback["platform"], body, challenge):
        raise HTTPException(400, f"the address did not give the echo back (HTTP {status})")


def _echoed(platform: str, body: bytes, challenge: int) -> bool:
    if platform == "wechat":
        return body == f"echo{challenge}".encode()
    if platform == "kuaishou":
        return kuaishou_webhook.echoed({"message_id": f"test{challenge}"}, body)
    try:
        return bool(json.loads(body) == {"challenge": challenge})
    except ValueError:
        return False


# ---------------------------------------------------------------- faults and records


def _add_faults(routes: APIRouter, world: World) -> None:
    @routes.get("/faults")
    def listing() -> list[Doc]:
        with world.tx() as tx:
            return faults.listing(tx)

    @routes.post("/faults")
    def replace(data: Any = Body()) -> list[Doc]:
        """The whole script anew; an empty list clears it."""
        try:
            rules = faults.parse_script(json.dumps(data))
        except (ValueError, KeyError, TypeError) as error:
            raise HTTPException(422, str(error)) from error
        with world.tx() as tx:
            faults.install(tx, rules)
            return faults.listing(tx)


def _add_records(routes: APIRouter, world: World) -> None:
    @routes.get("/ledger")
    def ledger(platform: str = "", account: str = "", marker: str = "", public_only: bool = False) -> list[Doc]:
        with world.tx() as tx:
            rows = tx.db.execute(
                "select id,platform,account,kind,ids,title,text,marker,path,at,removed_at,removed_by from ledger"
                " where (?='' or platform=?) and (?='' or account=?) order by at,id",
                (platform, platform, account, account),
            ).fetchall()
        found = [_ledger_row(world, row) for row in rows]
        return [
            row
            for row in found
            if marker in row["marker"] + row["text"] + row["title"] and not (public_only and row["removed_at"])
        ]

    @routes.get("/calls")
    def calls(platform: str = "", path: str = "", after: int = 0, limit: int = 1000) -> list[Doc]:
        names = ("id", "at", "platform", "method", "path", "account", "status", "code", "fault")
        with world.tx() as tx:
            rows = tx.db.execute(
                f"select {','.join(names)} from calls where id>? and (?='' or platform=?) and (?='' or path=?)"
                " order by id limit ?",
                (after, platform, platform, path, path, limit),
            ).fetchall()
        return [dict(zip(names, row, strict=True)) | {"at": iso(row[1])} for row in rows]


def _add_pushes(routes: APIRouter, world: World) -> None:
    @routes.get("/pushes")
    def pushes() -> list[Doc]:
        names = ("id", "platform", "account", "event", "due", "attempts", "state", "note", "data")
        with world.tx() as tx:
            rows = tx.db.execute(f"select {','.join(names)} from pushes order by id").fetchall()
        return [dict(zip(names, row, strict=True)) | {"due": iso(row[4]), "data": json.loads(row[8])} for row in rows]


def _ledger_row(world: World, row: tuple[Any, ...]) -> Doc:
    names = (
        "id",
        "platform",
        "account",
        "kind",
        "ids",
        "title",
        "text",
        "marker",
        "path",
        "at",
        "removed_at",
        "removed_by",
    )
    found = dict(zip(names, row, strict=True))
    path = found.pop("path")
    times = {"at": iso(found["at"]), "removed_at": iso(found["removed_at"])}
    return found | {"ids": json.loads(found["ids"]), "url": world.base + path} | times


# ---------------------------------------------------------------- hands of people and platforms


def _add_hands(routes: APIRouter, world: World) -> None:
    @routes.post("/remove")
    def remove(asked: Removal) -> Doc:
        """Somebody takes a public post down: the platform, or a person on the platform's own site."""
        with world.tx() as tx:
            row = tx.db.execute("select platform, kind, ids from ledger where id=?", (asked.ledger_id,)).fetchone()
            if row is None:
                raise HTTPException(404, "no such ledger row")
            _remove(tx, asked, row[0], row[1], json.loads(row[2]))
        return {"ok": True}

    @routes.post("/douyin/open")
    def open_on_phone(asked: Opening) -> Doc:
        try:
            fields = read_schema(asked.schema_)
            with world.tx() as tx:
                opening = open_schema(tx, fields)
                app = douyin_auth.app_of(tx, opening["client_key"])
                first = min(
                    (one for one in tx.find("account.douyin") if one["client_key"] == opening["client_key"]),
                    key=lambda one: one["since"],
                )
                shown = {"opening": opening["id"], "post": opening["post"], "share_id": opening["share_id"]}
                if asked.say == "show" or app is None:
                    return {"ok": True, "state": "open", **shown}
                work = decide(world, tx, opening, asked.open_id or first["open_id"], asked.say)
        except Refused as refused:
            return {"ok": False, "reason": refused.code, "message": refused.message}
        ids = {name: work[name] for name in ("item_id", "video_id")} if work else {}
        return {"ok": True, "state": "published" if work else "cancelled", **shown, **ids}


def _remove(tx: Tx, asked: Removal, platform: str, kind: str, ids: Doc) -> None:
    if platform == "wechat":
        found = public.by_ledger_id(tx, asked.ledger_id)
        if found:
            public.remove(tx, found[0], found[1]["idx"], tx.now, asked.by)
            _mark_banned(tx, found[0]["article_id"], asked.by)
    elif platform == "douyin":
        work = tx.get("douyin.work", ids["video_id"])
        if work:
            works.remove(tx, work, asked.by)
    elif platform == "kuaishou":
        work = tx.get("kuaishou.work", ids["photo_id"])
        if work:
            kuaishou_works.remove(tx, work, asked.by)
    elif platform == "toutiao":
        work = tx.get("toutiao.work", ids["item_id"])
        if work:
            toutiao_works.remove(tx, work, asked.by)
    elif kind == "article":
        number = ids["object_id"].removeprefix("1022:")
        article = tx.get("weibo.article", number) or {}
        tx.put("weibo.article", number, {**article, "removed_at": tx.now})
        tx.remove_public(asked.ledger_id, tx.now, asked.by)
    else:
        post = tx.get("weibo.post", ids["id"])
        if post:
            statuses.remove(tx, post, asked.by)


def _mark_banned(tx: Tx, article_id: str, by: str) -> None:
    """A publish whose articles the platform has all taken down has status 6."""
    publication = tx.get("wechat.publication", article_id) or {"items": []}
    if by != "platform" or any(item["removed_at"] is None for item in publication["items"]):
        return
    for job in tx.find("wechat.job"):
        if job.get("article_id") == article_id:
            tx.put("wechat.job", job["publish_id"], {**job, "status": 6})
