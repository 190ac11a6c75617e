"""`kepu user …`: who works at the desk."""

from __future__ import annotations

import re
import secrets
import sys
from typing import Annotated

import typer
from sqlmodel import Session

from cli.opening import CommandFailed, newsroom, print_json, say
from content_store import log, people
from content_store.tables import User
from desk.access import ROLES
from desk.passwords import hashed, weakness
from steps.newsroom import Newsroom

app = typer.Typer(help="工作台人员：列出、添加、权限、重设密码、解锁、停用。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="用户名")]
RoleNames = Annotated[
    str, typer.Option("--roles", help="权限，用逗号分隔：" + "、".join(f"{key}({name})" for key, name in ROLES.items()))
]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读密码，而不是生成一次性密码")]


def first_administrator(opened: Newsroom) -> str | None:
    """Makes the user "admin" where nobody is there yet. Returns its one-time password.

    Until the administrator has chosen a password, each call makes a new one, so that a lost print-out locks nobody out.
    None where somebody else runs the desk, or the administrator has logged in before.
    """
    with opened.store.session() as session:
        admin = people.by_name(session, "admin")
        if admin is None and people.everybody(session):
            return None
        if admin is not None:
            if admin.last_login_at is not None or not admin.must_change_password:
                return None
            once = secrets.token_urlsafe(12)
            people.set_password(session, admin, hashed(once), must_change=True)
            return once
    return _add(opened, "admin", "管理员", ["admin"], None)


@app.command("list")
def listed(ctx: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """列出所有人员。"""
    with newsroom(ctx).store.reading() as session:
        found = people.everybody(session)
    if as_json:
        print_json(
            [
                {"name": user.name, "display_name": user.display_name, "roles": user.roles, "active": user.active}
                for user in found
            ]
        )
        return
    for user in found:
        roles = "、".join(ROLES[role] for role in ROLES if role in user.roles) or "无权限"
        typer.echo(f"{user.name:<16} {user.display_name}  {roles}{'' if user.active else '  （已停用）'}")


@app.command()
def add(
    ctx: typer.Context,
    name: Name,
    roles: RoleNames,
    display: Annotated[str, typer.Option("--display", help="姓名，显示在审签和日志里")] = "",
    password_stdin: FromStdin = False,
) -> None:
    """添加人员；默认生成一次性密码，首次登录须修改。"""
    opened = newsroom(ctx)
    with opened.store.reading() as session:
        if people.by_name(session, name) is not None:
            raise CommandFailed(f"用户名 {name} 已有人使用，请换一个。")
    password = _add(opened, name, display or name, _roles(roles), _read(name) if password_stdin else None)
    _tell(name, password, password_stdin)


@app.command()
def roles(ctx: typer.Context, name: Name, roles: RoleNames) -> None:
    """改变权限（写全部权限）。"""
    opened = newsroom(ctx)
    wanted = _roles(roles)
    with opened.store.session() as session:
        user = _user(people.by_name(session, name), name)
        user.roles = wanted
        _note(session, opened, user, "roles", "、".join(wanted))
    say(f"{name} 的权限已改为：{'、'.join(ROLES[role] for role in wanted)}。")


@app.command()
def password(ctx: typer.Context, name: Name, password_stdin: FromStdin = False) -> None:
    """重设密码；已有的登录全部失效。"""
    opened = newsroom(ctx)
    new = _read(name) if password_stdin else secrets.token_urlsafe(12)
    new_hash = hashed(new)
    with opened.store.session() as session:
        user = _user(people.by_name(session, name), name)
        people.set_password(session, user, new_hash, must_change=not password_stdin)
        _note(session, opened, user, "password_reset")
    _tell(name, new, password_stdin)


@app.command()
def unlock(ctx: typer.Context, name: Name) -> None:
    """解除因连续输错密码的锁定。"""
    opened = newsroom(ctx)
    with opened.store.session() as session:
        people.unlock(session, _user(people.by_name(session, name), name))
    say(f"{name} 已解锁。")


@app.command()
def disable(ctx: typer.Context, name: Name) -> None:
    """停用人员；他做过的事仍记在他名下。"""
    _set_active(ctx, name, False)


@app.command()
def enable(ctx: typer.Context, name: Name) -> None:
    """重新启用人员。"""
    _set_active(ctx, name, True)


def _set_active(ctx: typer.Context, name: str, active: bool) -> None:
    opened = newsroom(ctx)
    with opened.store.session() as session:
        user = _user(people.by_name(session, name), name)
        people.set_active(session, user, active)
        _note(session, opened, user, "activated" if active else "deactivated")
    say(f"{name} 已{'启用' if active else '停用'}。")


def _add(opened: Newsroom, name: str, display_name: str, roles: list[str], password: str | None) -> str:
    """Returns the password; one that we made up has to be changed at the first log-in."""
    given = password or secrets.token_urlsafe(12)
    password_hash = hashed(given)
    with opened.store.session() as session:
        user = people.add(
            session,
            name=name,
            display_name=display_name,
            password_hash=password_hash,
            roles=roles,
            now=opened.now(),
        )
        user.must_change_password = password is None
        _note(session, opened, user, "added", "、".join(roles))
    return given


def _roles(text: str) -> list[str]:
    wanted = {part for part in re.split(r"[,\uff0c\u3001\s]+", text) if part}
    strange = sorted(wanted - ROLES.keys())
    if strange or not wanted:
        raise CommandFailed(f"没有权限 {'、'.join(strange) or '（空）'}，可用的有：{'、'.join(ROLES)}。")
    return sorted(wanted)


def _read(name: str) -> str:
    given = sys.stdin.readline().rstrip("\n")
    trouble = weakness(given, name=name)
    if trouble:
        raise CommandFailed(trouble)
    return given


def _tell(name: str, password: str, was_given: bool) -> None:
    if was_given:
        say(f"{name} 的密码已设定。")
    else:
        typer.echo(f"{name} 的一次性密码：{password}（首次登录须修改）")


def _user(found: User | None, name: str) -> User:
    if found is None:
        raise CommandFailed(f"没有用户 {name}，请用 kepu user list 查看。")
    return found


def _note(session: Session, opened: Newsroom, user: User, act: str, why: str = "") -> None:
    assert user.id is not None
    log.append(session, at=opened.now(), subject="user", subject_id=user.id, act=act, actor="命令行", why=why)
