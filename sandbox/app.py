"""Puts the world together: platforms, their public pages, the newsroom, the control door, the gate in front."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from sandbox import accounts, control, defaults, douyin, faults, index, kuaishou, toutiao, wechat, weibo
from sandbox.calls import Call, Platform
from sandbox.douyin import pages as douyin_pages
from sandbox.faults import Rule
from sandbox.gate import UPLOADS, Gate, split_path
from sandbox.kuaishou import pages as kuaishou_pages
from sandbox.pushes import Deliverer
from sandbox.store import Doc
from sandbox.toutiao import pages as toutiao_pages
from sandbox.wechat import pages as wechat_pages
from sandbox.weibo import pages as weibo_pages
from sandbox.world import World

PATHS = {"kuaishou": ("/kuaishou/{path:path}", UPLOADS, UPLOADS + "/{path:path}")}
"""Where a platform is met beside its own prefix."""
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


def create_app(
    state_path: str = ":memory:",
    seed: int = 1,
    fault_rules: Sequence[Rule] | None = None,
    start_time: float | None = None,
    account_list: Sequence[Any] | None = None,
    settings: Doc | None = None,
) -> Gate:
    """An ASGI application. A new world gets the accounts of the list (default: the units of Jilin); in an old one the
    list is added. Seed, clock and fault counts of an existing state go on. `fault_rules` None keeps the old script."""
    jobs = {**wechat.JOBS, **weibo.JOBS, **douyin.JOBS, **kuaishou.JOBS, **toutiao.JOBS}
    world = World(state_path, seed, start_time, settings, jobs)
    with world.tx() as tx:
        if account_list is not None or world.is_new:
            accounts.join_all(tx, defaults.accounts() if account_list is None else account_list)
        if fault_rules is not None:
            faults.install(tx, list(fault_rules))
    deliverer = Deliverer(world, {"wechat": wechat.DELIVERY, "douyin": douyin.DELIVERY, "kuaishou": kuaishou.DELIVERY})

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        deliverer.start()
        yield
        await asyncio.to_thread(deliverer.stop)
        world.store.close()

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.world = world
    _include(app, world)
    return Gate(app, world)


def _include(app: FastAPI, world: World) -> None:
    app.include_router(control.router(world))
    app.include_router(index.router(world))
    if (newsroom := _newsroom(world)) is not None:
        app.include_router(newsroom)
    for routes in (
        wechat_pages.router(world),
        weibo_pages.public_router(world),
        weibo_pages.consent_router(world),
        douyin_pages.public_router(world),
        douyin_pages.phone_router(world),
        douyin_pages.consent_router(world),
        kuaishou_pages.public_router(world),
        kuaishou_pages.consent_router(world),
        toutiao_pages.public_router(world),
    ):
        app.include_router(routes)
    for platform in (wechat.build(), weibo.build(), douyin.build(), kuaishou.build(), toutiao.build()):
        _mount(app, world, platform)


def _newsroom(world: World) -> APIRouter | None:
    """The sample newsroom by this world's clock, where it is installed."""
    try:
        from sandbox.newsroom.site import make_router
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("sandbox.newsroom"):
            raise
        return None
    return make_router(lambda: datetime.fromtimestamp(world.clock.now(), UTC))


def _mount(app: FastAPI, world: World, platform: Platform) -> None:
    """Everything below the platform's prefix that is no page is a call to its interface."""

    def run(request: Request, body: bytes) -> Response:
        query = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
        _, path = split_path(request.url.path)
        with world.tx() as tx:
            call = Call(
                world=world,
                tx=tx,
                platform=platform.name,
                method=request.method,
                path=path,
                query=query,
                headers=request.headers,
                body=body,
                ip=request.client.host if request.client else "",
                line_fault=request.scope.get("sandbox.fault", ""),
            )
            return platform.handle(call)

    async def entry(request: Request) -> Response:
        return await run_in_threadpool(run, request, await request.body())

    for path in PATHS.get(platform.name, (f"/{platform.name}/{{path:path}}",)):
        app.add_api_route(path, entry, methods=METHODS, include_in_schema=False)
