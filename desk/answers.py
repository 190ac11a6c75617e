"""How the desk answers: whole pages, fragments for htmx, redirects with a notice, refusals."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk import words
from desk.access import ROLES, Visitor
from desk.settings import DeskSettings
from desk.waiting import numbers
from steps.newsroom import Newsroom

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
NOTICE = "kepu_notice"


def page(request: Request, template: str, *, code: int = 200, **values: Any) -> HTMLResponse:
    """A whole page with navigation, counts and the notice that the last act left."""
    newsroom: Newsroom = request.app.state.newsroom
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    values["waiting"] = numbers(newsroom, visitor) if visitor else {}
    notice = _notice_of(request)
    html = render(request, template, notice=notice, **values)
    answer = HTMLResponse(html, status_code=code)
    if notice:
        answer.delete_cookie(NOTICE, path="/")
    return answer


def fragment(request: Request, template: str, *, code: int = 200, **values: Any) -> HTMLResponse:
    """A part of a page, for htmx."""
    return HTMLResponse(render(request, template, **values), status_code=code)


def redirect(request: Request, address: str, *, said: str = "", tone: str = "good") -> Response:
    """After an act: go there, and say there what was done. `address` is always one of our own paths."""
    if request.headers.get("hx-request"):
        answer: Response = Response(status_code=204, headers={"HX-Redirect": address})
    else:
        answer = RedirectResponse(address, status_code=303)
    if said:
        answer.set_cookie(
            NOTICE,
            quote(json.dumps([tone, said[:400]], ensure_ascii=False)),
            max_age=60,
            httponly=True,
            samesite="lax",
            secure=request.app.state.settings.secure_cookies,
        )
    return answer


def refusal(request: Request, message: str, *, status: int = 409) -> Response:
    """One Chinese sentence instead of what was asked for: back to the page with it, or as a fragment for htmx."""
    if request.headers.get("hx-request"):
        answer = fragment(request, "parts/refused.html", code=status, message=message)
        answer.headers["HX-Retarget"] = "#notices"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    if "application/json" in request.headers.get("accept", ""):
        return Response(json.dumps({"detail": message}, ensure_ascii=False), status, media_type="application/json")
    return page(request, "refused.html", code=status, message=message, back=_own_path(request.headers.get("referer")))


def render(request: Request, template: str, **values: Any) -> str:
    newsroom: Newsroom = request.app.state.newsroom
    settings: DeskSettings = request.app.state.settings
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    now = newsroom.now()
    return (
        _templates()
        .get_template(template)
        .render(
            request=request,
            path=request.url.path,
            visitor=visitor,
            may=visitor.may if visitor else _nobody_may,
            csrf=visitor.csrf if visitor else "",
            now=now,
            desk=settings,
            when=lambda moment: words.when(moment, now),
            ago=lambda moment: words.span(now - moment) if moment else "—",
            areas=request.app.state.areas,
            **values,
        )
    )


def static_url(name: str) -> str:
    """The address of a file under static/, with a mark that changes with its content."""
    return f"/static/{name}?v={_mark(name, _changed(name))}"


def has_static(name: str) -> bool:
    return (STATIC / name).is_file()


def web_address(url: str) -> str:
    """The address if it is one of the web, else "#": what comes from outside never becomes another kind of link."""
    return url if url.lower().startswith(("http://", "https://")) else "#"


def _nobody_may(*_roles: str) -> bool:
    return False


def _notice_of(request: Request) -> dict[str, str] | None:
    try:
        tone, text = json.loads(unquote(request.cookies.get(NOTICE, "")))
        return {"tone": "bad" if tone == "bad" else "good", "text": str(text)}
    except (ValueError, TypeError):
        return None


def _own_path(referer: str | None) -> str:
    path = "/" + (referer or "").partition("://")[2].partition("/")[2]
    return path if not path.startswith("//") else "/"


def _changed(name: str) -> int:
    path = STATIC / name
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=32)
def _mark(name: str, _changed_at: int) -> str:
    path = STATIC / name
    return sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else "0"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "static": static_url,
        "has_static": has_static,
        "words": words,
        "ROLES": ROLES,
    }
    made.filters |= {"full_time": words.full_time, "form_time": words.form_time, "span": words.span, "web": web_address}
    return made
