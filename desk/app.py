"""The desk as an application: its routes, its guard, its answers to what goes wrong."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from connectors.errors import ConnectorError
from content_store.database import StoreError
from desk.access import LoginNeeded, NotAllowed, PasswordChangeNeeded, access_of, guard, visitor_of
from desk.answers import STATIC, page, redirect, refusal
from desk.pages import ROUTERS
from desk.settings import DeskSettings
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom

__all__ = ["DeskSettings", "create_app"]

log = logging.getLogger(__name__)

HTTP_ERRORS = {
    400: "提交的内容太长或不完整，没有保存。请按浏览器的“返回”回到刚才的页面，检查后再试。",
    413: "提交的内容太大，没有保存。请按浏览器的“返回”回到刚才的页面，缩短后再试。",
}
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def create_app(newsroom: Newsroom, settings: DeskSettings | None = None) -> FastAPI:
    """The desk over this newsroom. Opens nothing by itself."""
    app = FastAPI(title="kepu", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(guard)])
    app.state.newsroom = newsroom
    app.state.settings = settings or DeskSettings()
    app.state.areas = dict(sorted(newsroom.areas.official.items()))
    for router in ROUTERS:
        _refuse_undeclared(router)
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.middleware("http")(_with_headers)
    _answer_errors(app)
    return app


def _refuse_undeclared(router: APIRouter) -> None:
    for route in router.routes:
        if not isinstance(route, APIRoute) or access_of(route.endpoint) is None:
            raise AssertionError(f"{route} does not say who may use it")


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    answer = await call_next(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if not request.url.path.startswith("/static/") and "cache-control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(LoginNeeded)
    def login_needed(request: Request, error: LoginNeeded) -> Response:
        address = "/login" if error.after == "/" else f"/login?after={error.after}"
        if request.headers.get("hx-request"):
            return Response(status_code=401, headers={"HX-Redirect": address})
        return RedirectResponse(address, status_code=303)

    @app.exception_handler(PasswordChangeNeeded)
    def password_first(request: Request, _error: PasswordChangeNeeded) -> Response:
        return redirect(request, "/password", said="首次登录请先修改密码。")

    @app.exception_handler(NotAllowed)
    def not_allowed(request: Request, error: NotAllowed) -> Response:
        return refusal(request, str(error), status=403)

    @app.exception_handler(Missing)
    def missing(request: Request, error: Missing) -> Response:
        return refusal(request, str(error), status=404)

    @app.exception_handler(Refused)
    def refused(request: Request, error: Refused) -> Response:
        return refusal(request, str(error))

    @app.exception_handler(ConnectorError)
    def outside(request: Request, error: ConnectorError) -> Response:
        return refusal(request, error.message)

    @app.exception_handler(StoreError)
    def store_error(request: Request, error: StoreError) -> Response:
        return _plain_page(str(error), status=503)

    @app.exception_handler(RequestValidationError)
    def bad_input(request: Request, error: RequestValidationError) -> Response:
        if any(each["loc"][0] in ("path", "query") for each in error.errors()):
            return page(request, "missing.html", code=404)
        return refusal(request, "提交的内容不完整或格式不对，请返回检查后再试。", status=422)

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        if not hasattr(request.state, "visitor"):
            # no route was found, so nobody looked who is asking
            request.state.visitor = visitor_of(request)
        if error.status_code == 404:
            return page(request, "missing.html", code=404)
        said = HTTP_ERRORS.get(error.status_code, "这个地址不能这样使用，请从页面上的按钮操作。")
        return refusal(request, said, status=error.status_code)

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        log.error("request %s failed (%s)", request.url.path, number, exc_info=error)
        answer = _plain_page(
            f"系统出错了，刚才的操作可能没有完成。请返回重试；仍不行请把编号 {number} 告诉维护人员。", 500
        )
        # this handler stands outside the middleware that sets them
        answer.headers.update(HEADERS)
        return answer


def _plain_page(text: str, status: int) -> Response:
    """Needs neither store nor template, so that it can be shown whatever is broken. `text` is our own."""
    body = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<title>出错了</title><link rel="stylesheet" href="/static/desk.css"><body class="plain"><main class="alone">'
        f"<h1>出错了</h1><p>{text}</p>"
        '<p><a class="button" href="/">回到首页</a></p></main></body></html>'
    )
    return Response(body, status, media_type="text/html")
