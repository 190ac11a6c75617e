"""人员: who works at the desk, with which roles."""

from __future__ import annotations

import re
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session
from starlette.datastructures import FormData

from content_store import log, people
from content_store.tables import User
from desk.access import ROLES, needs
from desk.answers import page, redirect
from desk.parts import FormDep, NewsroomDep, Number, ReadingDep, VisitorDep
from desk.passwords import hashed
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom

router = APIRouter(prefix="/people")
NAME = re.compile(r"[a-z0-9_.\-]{2,40}")


@router.get("")
@needs("admin")
def listing(request: Request, session: ReadingDep) -> Response:
    return page(request, "system/people.html", found=people.everybody(session), issued=None)


@router.post("")
@needs("admin")
def add(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep) -> Response:
    name = str(form.get("name") or "").strip()
    display_name = " ".join(str(form.get("display_name") or "").split())[:40]
    if not NAME.fullmatch(name) or not display_name:
        raise Refused("用户名用 2 到 40 个小写字母、数字、点或横线，姓名不能为空。")
    password, roles = _new_password(), _roles(form)
    with newsroom.store.session() as session:
        if people.by_name(session, name) is not None:
            raise Refused("这个用户名已有人使用，请换一个。")
        user = people.add(
            session,
            name=name,
            display_name=display_name,
            password_hash=hashed(password),
            roles=roles,
            now=newsroom.now(),
        )
        user.must_change_password = True
        _note(session, newsroom, user, "added", visitor.display_name, "、".join(roles))
    return _issued(request, newsroom, name, password)


@router.post("/{user_id}/roles")
@needs("admin")
def set_roles(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, user_id: Number) -> Response:
    roles = _roles(form)
    if user_id == visitor.id and "admin" not in roles:
        raise Refused("不能去掉自己的管理员权限，请由另一位管理员操作。")
    with newsroom.store.session() as session:
        user = _user(session, user_id)
        user.roles = roles
        _note(session, newsroom, user, "roles", visitor.display_name, "、".join(roles))
    return redirect(request, "/people", said=f"{user.display_name} 的权限已更新。")


@router.post("/{user_id}/password")
@needs("admin")
def reset_password(request: Request, newsroom: NewsroomDep, visitor: VisitorDep, user_id: Number) -> Response:
    """A new password for one use; it is shown once and has to be changed at the next log-in."""
    password = _new_password()
    new_hash = hashed(password)
    with newsroom.store.session() as session:
        user = _user(session, user_id)
        people.set_password(session, user, new_hash, must_change=True)
        _note(session, newsroom, user, "password_reset", visitor.display_name)
        name = user.name
    return _issued(request, newsroom, name, password)


@router.post("/{user_id}/active")
@needs("admin")
def set_active(
    request: Request, newsroom: NewsroomDep, visitor: VisitorDep, form: FormDep, user_id: Number
) -> Response:
    active = form.get("active") == "true"
    if user_id == visitor.id:
        raise Refused("不能停用自己，请由另一位管理员操作。")
    with newsroom.store.session() as session:
        user = _user(session, user_id)
        people.set_active(session, user, active)
        people.unlock(session, user)
        _note(session, newsroom, user, "activated" if active else "deactivated", visitor.display_name)
    return redirect(request, "/people", said=f"{user.display_name} 已{'启用' if active else '停用'}。")


def _issued(request: Request, newsroom: Newsroom, name: str, password: str) -> Response:
    """The one page on which a fresh password can be read; it goes into no address, cookie or log."""
    with newsroom.store.reading() as session:
        return page(request, "system/people.html", found=people.everybody(session), issued=(name, password))


def _new_password() -> str:
    return secrets.token_urlsafe(12)


def _roles(form: FormData) -> list[str]:
    return sorted({str(role) for role in form.getlist("role")} & ROLES.keys())


def _user(session: Session, user_id: int) -> User:
    found = session.get(User, user_id)
    if found is None:
        raise Missing("没有这个人，请刷新列表。")
    return found


def _note(session: Session, newsroom: Newsroom, user: User, act: str, actor: str, why: str = "") -> None:
    assert user.id is not None
    log.append(session, at=newsroom.now(), subject="user", subject_id=user.id, act=act, actor=actor, why=why)
