"""`kepu account`: the accounts that are published to."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.opening import CommandFailed, newsroom, print_json, say
from cli.pairs import settings_of
from config import entries
from config.entries import AccountEntry
from connectors.channels.codes import BEIJING
from connectors.errors import ConnectorError
from connectors.registry import CHANNELS
from content_store import accounts
from content_store.tables import Account
from steps.accounts import check_account, consent_ends_at
from steps.adding_accounts import enter_account
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.platform_codes import CLASS_NAMES, rows, unlisted

app = typer.Typer(help="账号：列出、登记、检测、查平台代码。", no_args_is_help=True, rich_markup_mode=None)
_PLATFORMS = "、".join(CHANNELS)
_SECRETS_VARIABLE = "KEPU_ACCOUNT_SECRETS"
Json = Annotated[bool, typer.Option("--json", help="只输出 JSON")]


@app.command("list")
def listed(ctx: typer.Context, as_json: Json = False) -> None:
    """列出所有账号和它们的状况。"""
    room = newsroom(ctx)
    with room.store.reading() as session:
        found = accounts.listed(session)
    if as_json:
        print_json([shown(row, consent_ends_at(room, row)) for row in found])
        return
    for row in found:
        typer.echo(_words(row, consent_ends_at(room, row)))
    if not found:
        say("还没有账号，用 kepu account add 登记。")


@app.command()
def add(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(help="账号的代号，只用小写字母、数字、- 和 _")] = "",
    platform: Annotated[str, typer.Option(help=f"平台：{_PLATFORMS}")] = "",
    name: Annotated[str, typer.Option(help="账号名称")] = "",
    unit: Annotated[str, typer.Option(help="单位")] = "",
    area: Annotated[str, typer.Option(help="行政区划代码，如 220000")] = "",
    mode: Annotated[
        str, typer.Option(help="方式：direct、mass_send（微信群发）、draft_only、handoff、manual")
    ] = "direct",
    setting: Annotated[list[str] | None, typer.Option(help="平台自己的设置，如 bound_domain=kepu.cn，可写多次")] = None,
    secrets_stdin: Annotated[bool, typer.Option("--secrets-stdin", help="从标准输入读密钥（一个 JSON 对象）")] = False,
    file: Annotated[Path | None, typer.Option(help="一次登记 TOML 文件里的全部账号")] = None,
    base: Annotated[str, typer.Option(help="文件里 {base} 换成的网址")] = "",
) -> None:
    """登记账号，或修改已登记的账号。密钥从标准输入或环境变量 KEPU_ACCOUNT_SECRETS 读，不写在命令行里。"""
    room = newsroom(ctx)
    if file is not None:
        found = entries.accounts(file, base)
        for entry in found:
            _keep(room, entry, dict(entry.credentials))
        say(f"已登记 {len(found)} 个账号。")
        return
    if not key or not platform:
        raise CommandFailed("请写明账号的代号和 --platform，或用 --file 指定 TOML 文件。")
    values = {"key": key, "platform": platform, "name": name or key, "unit": unit, "area": area, "mode": mode}
    try:
        entry = AccountEntry.model_validate({**values, "settings": settings_of(setting)})
    except ValueError as error:
        raise CommandFailed("账号的代号、区划代码或方式写得不对，请核对后再登记。") from error
    _keep(room, entry, _secrets(secrets_stdin))
    say(f"已登记账号 {key}。可用 kepu account check {key} 检测。")


@app.command()
def check(ctx: typer.Context, key: Annotated[str, typer.Argument(help="账号的代号")], as_json: Json = False) -> None:
    """向平台检测账号能否使用；检测通过的账号恢复发送。"""
    room = newsroom(ctx)
    try:
        outcome = check_account(room, key, room.now())
    except Refused as error:
        raise CommandFailed(str(error)) from error
    refusal = outcome.refusal
    if as_json:
        told = {"cause": refusal.cause, "remedy": refusal.remedy} if refusal else {}
        print_json(
            {"key": key, "ok": outcome.state == "done", "code": outcome.raw_code, **told, **outcome.external_ids}
        )
    elif refusal is None:
        say(f"账号 {key} 可以使用。")
    if refusal is not None:
        raise CommandFailed(f"{refusal.cause}{refusal.remedy}")


@app.command()
def codes(
    ctx: typer.Context,
    platform: Annotated[str, typer.Argument(help=f"平台：{_PLATFORMS}；不写就是全部")] = "",
    as_json: Json = False,
) -> None:
    """列出平台的错误代码：怎样处理、原因、怎么办；没有登记过的代码排在最前。"""
    try:
        listed_rows = rows(platform)
    except Refused as error:
        raise CommandFailed(str(error)) from error
    unknown = [row for row in unlisted(newsroom(ctx)) if platform in ("", row.platform)]
    if as_json:
        print_json(
            {
                "codes": [asdict(row) for row in listed_rows],
                "unlisted": [asdict(row) | {"last": row.last.isoformat()} for row in unknown],
            }
        )
        return
    for new in unknown:
        typer.echo("\t".join((new.platform, new.code, "没有登记过", f"{new.times} 次", new.message[:160])))
    for row in listed_rows:
        typer.echo("\t".join((row.platform, row.code, CLASS_NAMES[row.kind], row.cause, row.remedy)))


def shown(row: Account, ends: datetime | None) -> dict[str, Any]:
    """An account as JSON, without secrets."""
    names = {"key", "platform", "name", "unit", "area", "mode", "enabled", "stopped_reason", "settings"}
    return row.model_dump(mode="json", include=names) | {"consent_ends_at": ends.isoformat() if ends else None}


def _words(row: Account, ends: datetime | None) -> str:
    state = "停用" if not row.enabled else f"暂停：{row.stopped_reason}" if row.stopped_reason else "正常"
    until = f"授权到 {ends.astimezone(BEIJING):%Y-%m-%d}" if ends else ""
    return "\t".join(text for text in (row.key, row.platform, row.name, row.mode, state, until) if text)


def _keep(room: Newsroom, entry: AccountEntry, secrets: dict[str, str]) -> None:
    if entry.platform not in CHANNELS:
        raise CommandFailed(f"没有名为“{entry.platform}”的平台；可用的有：{_PLATFORMS}。")
    try:
        account = enter_account(
            room, entry.key, entry.model_dump(exclude={"key", "credentials"}), secrets, now=room.now()
        )
    except Refused as error:
        raise CommandFailed(f"账号 {entry.key}：{error}") from error
    try:
        room.channel(account)
    except ConnectorError as error:
        say(f"账号 {entry.key} 已登记，但还不能用：{error.message}")


def _secrets(from_stdin: bool) -> dict[str, str]:
    text = sys.stdin.read() if from_stdin else os.environ.get(_SECRETS_VARIABLE, "")
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise CommandFailed('密钥应是一个 JSON 对象，如 {"appid": "…", "appsecret": "…"}。')
    if not all(value is None or isinstance(value, str | int) for value in found.values()):
        raise CommandFailed("每个密钥都应是一段文字，请核对后再登记。")
    # nothing never takes the place of a key that is there
    return {name: str(value) for name, value in found.items() if value is not None}
