"""`kepu migrate`: the store in its newest form."""

from __future__ import annotations

import typer

from cli.opening import say, settings
from config.settings import make_home
from content_store.database import Store, safe_url
from content_store.migrate import migrate as bring_up_to_date


def migrate(ctx: typer.Context) -> None:
    """把数据库升级到当前版本。"""
    chosen = settings(ctx)
    make_home(chosen)
    revision = bring_up_to_date(Store(chosen.store_url))
    say(f"数据库已是最新结构（版本 {revision}）：{safe_url(chosen.store_url)}")
