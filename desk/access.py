"""Who may do what: one dependency stands before every route and reads what the route says about itself.

A route without a declaration does not start: `app.create_app` refuses it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from content_store import people
from content_store.tables import User
from desk.passwords import fits
from desk.settings import DeskSettings
from steps.errors import Missing
from steps.newsroom import Newsroom

COOKIE = "kepu_desk"
LARGEST_TEXT = 8 * 1024 * 1024
"""Bytes of one field: far more than a story may have, so that a text too long comes back in its form with a word on it."""
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
ROLES = {
    "editor": "编辑",
    "reviewer1": "初审",
    "reviewer2": "复审",
    "reviewer3": "终审",
    "scheduler": "发布",
    "duty": "应急值班",
    "analyst": "数据",
    "admin": "管理员",
}
REVIEWERS = ("reviewer1", "reviewer2", "reviewer3")


@dataclass(frozen=True)
class Access:
    """What a route asks of its visitor. Empty `roles`: anybody who is logged in."""

    public: bool = False
    roles: frozenset[str] = frozenset()
    own_check: bool = False
    """The route checks genuineness itself (a platform's signature, the log-in form's own token): no CSRF token here."""
    before_password: bool = False
    """Usable while the password must be changed first."""


@dataclass(frozen=True)
class Visitor:
    """Who is logged in."""

    id: int
    name: str
    display_name: str
    roles: frozenset[str]
    csrf: str
    must_change_password: bool = False

    def may(self, *roles: str) -> bool:
        return bool(self.roles & set(roles))


class LoginNeeded(Exception):
    """Nobody is logged in; `after` is where to go afterwards."""

    def __init__(self, after: str) -> None:
        super().__init__(after)
        self.after = after


class PasswordChangeNeeded(Exception):
    """Logged in with a password that somebody else knows."""


class NotAllowed(Exception):
    """The message is Chinese and says what is missing."""


Route = TypeVar("Route", bound=Callable[..., Any])


def needs(*roles: str, before_password: bool = False) -> Callable[[Route], Route]:
    """Declares that a route is for people with one of these roles; without roles, for everybody logged in."""
    assert set(roles) <= ROLES.keys()
    return _declared(Access(roles=frozenset(roles), before_password=before_password))


def public(*, own_check: bool = False) -> Callable[[Route], Route]:
    """Declares that a route is for everybody, logged in or not."""
    return _declared(Access(public=True, own_check=own_check))


def access_of(endpoint: Any) -> Access | None:
    found = getattr(endpoint, "access", None)
    return found if isinstance(found, Access) else None


async def guard(request: Request) -> None:
    """Stands before every route. Puts the visitor, or None, into `request.state.visitor`."""
    access = access_of(request.scope["endpoint"])
    assert access is not None
    visitor = await run_in_threadpool(visitor_of, request)
    request.state.visitor = visitor
    _check_address(request)
    if not access.public:
        _check_rights(request, access, visitor)
    if request.method in UNSAFE and not access.own_check:
        await _check_csrf(request, visitor.csrf if visitor else "")


def _check_address(request: Request) -> None:
    """Nothing of ours has a NUL in its address, and not every database takes the question."""
    said = (*request.path_params.values(), *request.query_params.keys(), *request.query_params.values())
    if any("\0" in str(each) for each in said):
        raise Missing("没有这个页面，请从页面上的链接打开。")


def _check_rights(request: Request, access: Access, visitor: Visitor | None) -> None:
    if visitor is None:
        raise LoginNeeded(_here(request))
    if visitor.must_change_password and not access.before_password:
        raise PasswordChangeNeeded
    if access.roles and not visitor.may(*access.roles):
        named = "、".join(ROLES[role] for role in ROLES if role in access.roles)
        raise NotAllowed(f"您没有这项权限（需要：{named}），请联系管理员。")


async def _check_csrf(request: Request, expected: str) -> None:
    given = request.headers.get("x-csrf-token", "")
    if not given:
        form = await posted(request)
        field = form.get("csrf", "")
        given = field if isinstance(field, str) else ""
    if not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise NotAllowed("页面已过期，请刷新后再试一次。")


async def posted(request: Request) -> FormData:
    """The form that was sent, with texts up to LARGEST_TEXT. Raises HTTPException, 413 where one is larger."""
    try:
        return await request.form(max_part_size=LARGEST_TEXT)
    except HTTPException as error:
        raise HTTPException(413 if "maximum size" in error.detail else 400) from error


def visitor_of(request: Request) -> Visitor | None:
    token = request.cookies.get(COOKIE, "")
    if not token:
        return None
    newsroom: Newsroom = request.app.state.newsroom
    with newsroom.store.reading() as session:
        found = people.logged_in(session, token, newsroom.now())
    if found is None:
        return None
    user, login = found
    assert user.id is not None
    return Visitor(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        roles=frozenset(user.roles),
        csrf=login.csrf,
        must_change_password=user.must_change_password,
    )


class LoginRefused(Exception):
    """Wrong name or password, or locked; the message is Chinese."""


def log_in(newsroom: Newsroom, settings: DeskSettings, name: str, password: str) -> str:
    """A new log-in: the value of its cookie. Raises LoginRefused."""
    now = newsroom.now()
    with newsroom.store.reading() as session:
        user = people.by_name(session, name)
    if user is not None and user.locked_until is not None and user.locked_until > now:
        minutes = int((user.locked_until - now).total_seconds() // 60) + 1
        raise LoginRefused(f"连续输错密码，请 {minutes} 分钟后再试，或请管理员解锁。")
    known = user if user is not None and user.active else None
    if not fits(known.password_hash if known else None, password) or known is None:
        _note_failure(newsroom, user)
        raise LoginRefused("用户名或密码不对，请重新输入。")
    token = secrets.token_urlsafe(32)
    with newsroom.store.session() as session:
        people.forget_expired_logins(session, now)
        people.note_login(session, known.name, now)
        until = now + timedelta(hours=settings.login_hours)
        assert known.id is not None
        people.start_login(session, user_id=known.id, token=token, csrf=secrets.token_urlsafe(24), now=now, until=until)
    return token


def _note_failure(newsroom: Newsroom, user: User | None) -> None:
    if user is None:
        return
    now = newsroom.now()
    with newsroom.store.session() as session:
        people.note_failed_login(session, user.name, now)


def _here(request: Request) -> str:
    if request.method != "GET":
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path + query, safe="/")


def _declared(access: Access) -> Callable[[Route], Route]:
    def mark(route: Route) -> Route:
        route.access = access  # type: ignore[attr-defined]  # functions carry their own declaration
        return route

    return mark
