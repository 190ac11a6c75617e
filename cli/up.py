"""`kepu up`: the main job, everything embedded; `kepu serve`: the desk alone."""

from __future__ import annotations

import logging
import os
import threading
from typing import Annotated

import typer
import uvicorn

from cli import demo
from cli.children import Children, require_free_port
from cli.opening import newsroom, say, settings
from cli.user import first_administrator
from config.settings import Settings
from desk.app import create_app
from desk.settings import DeskSettings
from flows.clock import Clock
from flows.opening import ranking_rules
from flows.running import STOPPING, prefect_answers, prefect_environment, use_prefect
from steps.newsroom import Newsroom

Port = Annotated[int | None, typer.Option(help="工作台端口（默认 8800）；其后两个端口给 Prefect 和演示平台用")]


def up(
    ctx: typer.Context,
    port: Port = None,
    with_demo: Annotated[bool, typer.Option("--demo", help="加上演示用的平台替身和样例内容")] = False,
) -> None:
    """一条命令启动全部：数据库、工作台、Prefect、时钟。"""
    if with_demo:
        # the stand-ins are on this machine; through the environment, because jobs of the clock read the settings anew
        os.environ["KEPU_ALLOW_LOOPBACK"] = "true"
    chosen = _with_port(ctx, port)
    _require_free_ports(chosen, with_demo)
    prefect_api = chosen.prefect_api_url or f"http://{chosen.host}:{chosen.port + 1}/api"
    opened = newsroom(ctx, chosen)
    clock = Clock(chosen, opened, prefect_api=prefect_api)
    server = _server(chosen, opened, prefect_api)
    children = Children(chosen.home / "logs")
    try:
        passwords = _prepare(chosen, opened, children, with_demo)
        use_prefect(prefect_api, str(chosen.home / "prefect"))
        if not chosen.prefect_api_url:
            _start_prefect(chosen, children, prefect_api)
        _greet(chosen, with_demo, passwords)
        _run(clock, server, children)
    finally:
        children.stop()


def serve(ctx: typer.Context, port: Port = None) -> None:
    """只运行工作台网页。"""
    chosen = _with_port(ctx, port)
    require_free_port(chosen.host, chosen.port, "工作台")
    opened = newsroom(ctx, chosen)
    password = first_administrator(opened)
    _greet(chosen, False, {"admin": password} if password else {})
    _server(chosen, opened, chosen.prefect_api_url).run()


def _with_port(ctx: typer.Context, port: int | None) -> Settings:
    """The settings with this port. It goes through the environment, because jobs of the clock read the settings anew."""
    if port is not None:
        os.environ["KEPU_PORT"] = str(port)
    return settings(ctx)


def _require_free_ports(chosen: Settings, with_demo: bool) -> None:
    require_free_port(chosen.host, chosen.port, "工作台")
    if not chosen.prefect_api_url:
        require_free_port(chosen.host, chosen.port + 1, "Prefect")
    if with_demo:
        require_free_port(chosen.host, chosen.port + 2, "演示平台")


def _prepare(chosen: Settings, opened: Newsroom, children: Children, with_demo: bool) -> dict[str, str]:
    """Administrator and, in a demo, the stand-ins and sample content. Returns passwords to print, by user name."""
    password = first_administrator(opened)
    passwords = {"admin": password} if password else {}
    return passwords | demo.start(chosen, opened, children) if with_demo else passwords


def _start_prefect(chosen: Settings, children: Children, api: str) -> None:
    # the application that `prefect server start` runs, without a second process around it; nobody waits for it
    application = ["--factory", "prefect.server.api.server:create_app"]
    where = ["--host", chosen.host, "--port", str(chosen.port + 1), "--log-level", "warning"]
    children.start(
        "prefect", ["-m", "uvicorn", *application, *where], prefect_environment(api, str(chosen.home / "prefect"))
    )


def _run(clock: Clock, server: uvicorn.Server, children: Children) -> None:
    """Until the desk is stopped. Beside it: the clock, and an eye on the other processes."""
    stop = threading.Event()
    beside = [threading.Thread(target=run, args=(stop,)) for run in (clock.run, children.watch)]
    for thread in beside:
        thread.start()
    try:
        server.run()
    finally:
        STOPPING.set()
        stop.set()
        for thread in beside:
            thread.join(timeout=10)


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
