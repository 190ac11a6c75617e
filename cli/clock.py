"""`kepu clock`: the clock alone, for an installation on several machines."""

from __future__ import annotations

import signal
import threading

import typer

from cli.opening import newsroom, say, settings
from flows.clock import Clock
from flows.running import use_prefect


def clock(ctx: typer.Context) -> None:
    """只运行内置时钟（按 schedule.toml 定时执行各项任务）。"""
    chosen = settings(ctx)
    if chosen.prefect_api_url:
        use_prefect(chosen.prefect_api_url, str(chosen.home / "prefect"))
    ready = Clock(chosen, newsroom(ctx), prefect_api=chosen.prefect_api_url)
    stop = threading.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda *_: stop.set())
    say("时钟已启动，按 Ctrl+C 停止。")
    ready.run(stop)
