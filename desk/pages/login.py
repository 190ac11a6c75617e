"""Logging in and out, and changing the password."""

from __future__ import annotations

import re
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from content_store import people
from desk.access import COOKIE, LoginRefused, NotAllowed, log_in, needs, public
from desk.answers import page, redirect
from desk.parts import FormWords, NewsroomDep, SettingsDep, VisitorDep
from desk.passwords import fits, hashed, weakness

router = APIRouter()
FORM_COOKIE = "kepu_login"
OWN_PATH = re.compile(r"/(?!/)[^\\\x00-\x20]*")


@router.get("/login")
@public()
def login_form(request: Request, after: str = "/") -> Response:
    if request.state.visitor is not None:
        return redirect(request, _own(after))
    return _form(request, after, "", "")


@router.post("/login")
@public(own_check=True)
def login(
    request: Request,
    newsroom: NewsroomDep,
    settings: SettingsDep,
    name: FormWords = "",
    password: Annotated[str, Form()] = "",
    after: Annotated[str, Form()] = "/",
    csrf: Annotated[str, Form()] = "",
) -> Response:
    expected = request.cookies.get(FORM_COOKIE, "")
    if not expected or not secrets.compare_digest(csrf.encode(), expected.encode()):
        return _form(request, after, name, "页面已过期，请重新登录。", status=403)
    try:
        token = log_in(newsroom, settings, name.strip(), password)
    except LoginRefused as error:
        return _form(request, after, name, str(error), status=401)
    answer = redirect(request, _own(after))
    answer.set_cookie(
        COOKIE,
        token,
        max_age=settings.login_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )
    answer.delete_cookie(FORM_COOKIE)
    return answer


@router.post("/logout")
@needs(before_password=True)
def logout(request: Request, newsroom: NewsroomDep) -> Response:
    with newsroom.store.session() as session:
        people.end_login(session, request.cookies.get(COOKIE, ""))
    answer = redirect(request, "/login", said="已退出登录。")
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/password")
@needs(before_password=True)
def password_form(request: Request) -> Response:
    return page(request, "password.html", trouble="")


@router.post("/password")
@needs(before_password=True)
def change_password(
    request: Request,
    newsroom: NewsroomDep,
    visitor: VisitorDep,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    with newsroom.store.reading() as session:
        user = people.by_name(session, visitor.name)
    trouble = _trouble(user.password_hash if user else None, visitor.name, old, new, again)
    if trouble:
        return page(request, "password.html", trouble=trouble, code=422)
    new_hash = hashed(new)
    with newsroom.store.session() as session:
        changing = people.by_name(session, visitor.name)
        if changing is None:
            raise NotAllowed("找不到您的账户，请联系管理员。")
        people.set_password(session, changing, new_hash, must_change=False)
    return redirect(request, "/login", said="密码已修改，请用新密码登录。")


def _trouble(password_hash: str | None, name: str, old: str, new: str, again: str) -> str | None:
    if new != again:
        return "两次输入的新密码不一致，请重新输入。"
    if new == old:
        return "新密码与原密码相同，请换一个。"
    if not fits(password_hash, old):
        return "原密码不对，请重新输入。"
    return weakness(new, name=name)


def _form(request: Request, after: str, name: str, trouble: str, *, status: int = 200) -> Response:
    token = secrets.token_urlsafe(24)
    answer = page(request, "login.html", code=status, after=_own(after), name=name, trouble=trouble, form_csrf=token)
    answer.set_cookie(
        FORM_COOKIE,
        token,
        max_age=3600,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.secure_cookies,
    )
    return answer


def _own(address: str) -> str:
    """Only a path of ours: a login form must not lead elsewhere (browsers read "/\\t/x" and "/\\x" as other hosts)."""
    return address if OWN_PATH.fullmatch(address) and not address.startswith("/login") else "/"
