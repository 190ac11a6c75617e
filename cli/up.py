"""`kepu up`: the main job, everything embedded; `kepu serve`: the desk alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Annotated

import typer
import uvicorn

from cli import demo
from cli.children import Children, require_free_port
from cli.opening import newsroom, say, settings
from cli.user import first_administrator
from config.settings import Settings, make_home
from desk.app import create_app
from desk.settings import DeskSettings
from flows.clock import Clock
from flows.opening import ranking_rules
from flows.running import prefect_answers, prefect_environment, use_prefect
from steps.newsroom import Newsroom

Port = Annotated[int | None, typer.Option(help="工作台端口（默认 8800）；其后两个端口给 Prefect 和演示平台用")]


def up(
    ctx: typer.Context,
    port: Port = None,
    with_demo: Annotated[bool, typer.Option("--demo", help="加上演示用的平台替身和样例内容")] = False,
) -> None:
    """一条命令启动全部：数据库、工作台、Prefect、时钟。"""
    chosen = _with_port(settings(ctx), port)
    make_home(chosen)
    require_free_port(chosen.host, chosen.port, "工作台")
    own_prefect = not chosen.prefect_api_url
    prefect_api = chosen.prefect_api_url or f"http://{chosen.host}:{chosen.port + 1}/api"
    if own_prefect:
        require_free_port(chosen.host, chosen.port + 1, "Prefect")
    opened = newsroom(ctx, chosen)
    children = Children(chosen.home / "logs")
    try:
        passwords = _prepare(chosen, opened, children, with_demo)
        use_prefect(prefect_api, str(chosen.home / "prefect"))
        if own_prefect:
            _start_prefect(chosen, children, prefect_api)
        _run(chosen, opened, prefect_api, lambda: _greet(chosen, with_demo, passwords))
    finally:
        children.stop()


def serve(ctx: typer.Context, port: Port = None) -> None:
    """只运行工作台网页。"""
    chosen = _with_port(settings(ctx), port)
    require_free_port(chosen.host, chosen.port, "工作台")
    opened = newsroom(ctx, chosen)
    password = first_administrator(opened)
    _greet(chosen, False, {"admin": password} if password else {})
    _server(chosen, opened, chosen.prefect_api_url).run()


def _with_port(chosen: Settings, port: int | None) -> Settings:
    return chosen if port is None else chosen.model_copy(update={"port": port})


def _prepare(chosen: Settings, opened: Newsroom, children: Children, with_demo: bool) -> dict[str, str]:
    """Administrator and, in a demo, the stand-ins and sample content. Returns passwords to print, by user name."""
    password = first_administrator(opened)
    passwords = {"admin": password} if password else {}
    if with_demo:
        require_free_port(chosen.host, chosen.port + 2, "演示平台")
        passwords |= demo.start(chosen, opened, children)
    return passwords


def _start_prefect(chosen: Settings, children: Children, api: str) -> None:
    # the application that `prefect server start` runs, without a second process around it; nobody waits for it
    application = ["--factory", "prefect.server.api.server:create_app"]
    where = ["--host", chosen.host, "--port", str(chosen.port + 1), "--log-level", "warning"]
    children.start(
        "prefect", ["-m", "uvicorn", *application, *where], prefect_environment(api, str(chosen.home / "prefect"))
    )


def _run(chosen: Settings, opened: Newsroom, prefect_api: str, greet: Callable[[], None]) -> None:
    stop = threading.Event()
    clock = Clock(chosen, opened, prefect_api=prefect_api)
    ticking = threading.Thread(target=clock.run, args=(stop,), name="clock")
    server = _server(chosen, opened, prefect_api)
    ticking.start()
    try:
        greet()
        server.run()
    finally:
        stop.set()
        ticking.join(timeout=10)


def _server(chosen: Settings, opened: Newsroom, prefect_api: str) -> uvicorn.Server:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = create_app(
        opened,
        DeskSettings(
            login_hours=chosen.login_hours,
            secure_cookies=chosen.secure_cookies,
            prefect_api=prefect_api,
            prefect_answers=prefect_answers,
            ranking_rules=ranking_rules(chosen),
        ),
    )
    return uvicorn.Server(
        uvicorn.Config(
            app, host=chosen.host, port=chosen.port, log_level="warning", access_log=False, timeout_graceful_shutdown=3
        )
    )


def _greet(chosen: Settings, with_demo: bool, passwords: dict[str, str]) -> None:
    say("")
    say(f"科普吉林工作台：  http://{chosen.host}:{chosen.port}")
    if not chosen.prefect_api_url:
        say(f"Prefect 运行记录： http://{chosen.host}:{chosen.port + 1}")
    if with_demo:
        say(f"演示网站与平台：  http://{chosen.host}:{chosen.port + 2}/sites/")
    for name, password in passwords.items():
        say(f"  {name:<10} 一次性密码 {password}" if name == "admin" else f"  {name:<10} 密码 {password}")
    if with_demo:
        say("")
        for line in demo.WHAT_TO_LOOK_AT:
            say(line)
    say("按 Ctrl+C 停止。")
