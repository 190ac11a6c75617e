"""`kepu sandbox`: the platform stand-ins alone."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from sandbox.accounts import checked
from sandbox.clock import parse_moment
from sandbox.faults import parse_script
from sandbox.serve import run


def sandbox(
    port: Annotated[int, typer.Option(help="端口，0 表示任选一个空闲的")] = 8900,
    seed: Annotated[int, typer.Option(help="种子：同样的种子给出同样的数字")] = 1,
    faults: Annotated[Path | None, typer.Option(help="故障脚本（JSON）")] = None,
    state: Annotated[Path | None, typer.Option(help="状态文件（SQLite）；不写则不保留")] = None,
    accounts: Annotated[Path | None, typer.Option(help="账号文件（JSON 列表）；不写用自带的吉林各单位账号")] = None,
    start_time: Annotated[str | None, typer.Option(help="沙盘开始的时间，如 2026-11-20T08:00（北京时间）")] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", help="启动它的程序结束时，自己也结束")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="启动后只输出一行 JSON")] = False,
) -> None:
    """启动本地沙盘：微信、微博、抖音的替身和一个样板新闻站，只听本机。"""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    # the calls the stand-ins answer are worth reading, what libraries tell of themselves is not
    logging.getLogger("sandbox").setLevel(logging.WARNING if as_json else logging.INFO)
    world: dict[str, Any] = {
        "state_path": _state_path(state),
        "seed": seed,
        "fault_rules": _read(faults, "故障脚本", parse_script) if faults else None,
        "account_list": _read(accounts, "账号文件", _accounts) if accounts else None,
        "start_time": _moment(start_time) if start_time else None,
    }
    try:
        run(port, ready=_said_as_json if as_json else _said, with_parent=with_parent, **world)
    except OSError as error:
        raise _failed(f"端口 {port} 已被占用，请用 --port 换一个。") from error


def _failed(text: str) -> Exception:
    # imported late: the store and its libraries come with it, and the sandbox needs none of them
    from cli.opening import CommandFailed

    return CommandFailed(text)


def _state_path(state: Path | None) -> str:
    if state is None:
        return ":memory:"
    state.parent.mkdir(parents=True, exist_ok=True)
    return str(state)


def _read(path: Path, what: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(path.read_text("utf-8"))
    except OSError as error:
        raise _failed(f"读不到{what} {path}，请检查路径。") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _failed(f"{what} {path} 写得不对：{error}。写法见 docs/sandbox.md。") from error


def _accounts(text: str) -> list[dict[str, Any]]:
    return [checked(one).model_dump() for one in json.loads(text)]


def _moment(text: str) -> float:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise _failed(f"时间“{text}”看不懂，请写成 2026-11-20T08:00。") from error


def _said(address: str) -> None:
    sys.stderr.write(f"沙盘已启动：{address}（按 Ctrl-C 结束）\n")


def _said_as_json(address: str) -> None:
    sys.stdout.write(json.dumps({"url": address}) + "\n")
    sys.stdout.flush()
