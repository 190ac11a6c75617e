"""The newsroom on the wire: `router` serves /sites/…, /robots.txt and the control of the warning feeds.

`POST /_sandbox/newsroom/alerts {"name": …}` puts one sample warning into the feeds, GET lists the names and what is out,
DELETE goes back to the start. Conditional requests follow RFC 9110: If-None-Match is looked at before If-Modified-Since.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel

from sandbox.newsroom.alerts import Alert, AlertBoard, UnknownAlert
from sandbox.newsroom.content import HERE
from sandbox.newsroom.listings import hot_list, listing
from sandbox.newsroom.rendering import render
from sandbox.newsroom.sites import Answer, World
from sandbox.newsroom.video import sample

_ROBOTS = """User-agent: *
Disallow: /sites/kepujilin/neibu/
Crawl-delay: 0
"""
_HTML = "text/html; charset=utf-8"


class AlertName(BaseModel):
    name: str


def make_router(clock: Callable[[], datetime]) -> APIRouter:
    """A newsroom that opens now, by `clock` (aware times). Each router has its own warning feeds."""
    router = APIRouter()
    opened = clock()
    world = World(opened)
    board = AlertBoard(opened)

    @router.api_route("/robots.txt", methods=["GET", "HEAD"], include_in_schema=False)
    def robots(request: Request) -> Response:
        return _respond(request, Answer(_ROBOTS.encode(), "text/plain; charset=utf-8", opened))

    @router.api_route("/sites/", methods=["GET", "HEAD"])
    def home(request: Request) -> Response:
        return _respond(request, Answer(render("home.html", sites=world.sites.values()).encode(), _HTML, opened))

    @router.api_route("/sites/pictures/{name}.jpg", methods=["GET", "HEAD"])
    def picture(request: Request, name: str) -> Response:
        path = HERE / "pictures" / f"{name}.jpg"
        if not name.replace("_", "").isalnum() or not path.is_file():
            raise HTTPException(404)
        return _respond(request, Answer(path.read_bytes(), "image/jpeg", opened))

    @router.api_route("/sites/videos/{name}.mp4", methods=["GET", "HEAD"])
    def video(request: Request, name: str) -> Response:
        if not name.isalnum():
            raise HTTPException(404)
        return _respond(request, Answer(sample(name), "video/mp4", opened))

    @router.api_route("/sites/yujing/{address:path}", methods=["GET", "HEAD"])
    def warnings(request: Request, address: str) -> Response:
        answer = _warning_page(board, address, _base(request), opened)
        return _respond(request, answer) if answer else _missing()

    @router.api_route("/sites/kepujilin/neibu/{address:path}", methods=["GET", "HEAD"])
    def closed_by_robots(request: Request, address: str) -> Response:
        return _respond(request, Answer("<p>内部页面，请勿抓取。</p>".encode(), _HTML, opened))

    @router.api_route("/sites/rebang/{name}", methods=["GET", "HEAD"])
    def hot(request: Request, name: str) -> Response:
        answer = hot_list(name, opened)
        return _respond(request, answer) if answer else _missing()

    @router.api_route("/sites/{key}/{address:path}", methods=["GET", "HEAD"])
    def site(request: Request, key: str, address: str) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        base = _base(request)
        answer = world.answer(key, address + query, base) or world.answer(key, address, base)
        answer = answer or listing(world, key, address + query, base)
        return _respond(request, answer) if answer else _missing()

    @router.get("/_sandbox/newsroom/alerts")
    def list_alerts(request: Request) -> dict[str, object]:
        return {"names": board.names, "out": [_told(alert, _base(request)) for alert in board.out]}

    @router.post("/_sandbox/newsroom/alerts", status_code=201)
    def put_alert(request: Request, wanted: AlertName) -> dict[str, object]:
        try:
            return _told(board.put(wanted.name, clock()), _base(request))
        except UnknownAlert as unknown:
            raise HTTPException(404, f"没有名为 {wanted.name} 的样例预警，可用：{'、'.join(board.names)}") from unknown

    @router.delete("/_sandbox/newsroom/alerts", status_code=204)
    def start_again() -> None:
        board.restart(clock())

    return router


def _warning_page(board: AlertBoard, address: str, base: str, opened: datetime) -> Answer | None:
    newest_first = board.out[::-1]
    # A message may be dated long ago and still be the last change of the feed: the feed changed when it was put out.
    values = {"alerts": newest_first, "base": base, "updated": board.changed}
    if address in ("", "index.html"):
        return Answer(render("warnings.html", **values, choices=board.choices).encode(), _HTML, board.changed)
    if address == "atom.xml":
        return Answer(render("cap_atom.xml", **values).encode(), "application/atom+xml; charset=utf-8", board.changed)
    if address == "rss.xml":
        return Answer(render("cap_rss.xml", **values).encode(), "application/rss+xml; charset=utf-8", board.changed)
    for alert in newest_first:
        if address == f"cap/{alert.identifier}.xml":
            return Answer(alert.xml().encode(), "application/cap+xml", alert.sent)
    return None


def _told(alert: Alert, base: str) -> dict[str, object]:
    return {
        "name": alert.name,
        "identifier": alert.identifier,
        "sent": alert.sent.isoformat(),
        "expires": alert.expires.isoformat(),
        "url": f"{base}/sites/yujing/cap/{alert.identifier}.xml",
    }


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _missing() -> Response:
    return Response("<h1>404</h1><p>页面不存在。</p>".encode(), 404, media_type=_HTML)


def _respond(request: Request, answer: Answer) -> Response:
    headers = _validators(answer)
    if answer.status == 200 and _unchanged(request, headers):
        return Response(status_code=304, headers=headers)
    # Set as a header, not as media_type: the framework would add a charset, and some sites are meant to name none.
    return Response(answer.body, answer.status, headers={**headers, "content-type": answer.media})


def _validators(answer: Answer) -> dict[str, str]:
    headers = {"cache-control": "no-cache"}
    if answer.status != 200 or answer.validators == "none":
        return headers
    if answer.validators != "last-modified":
        headers["etag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
    if answer.validators != "etag":
        headers["last-modified"] = format_datetime(answer.modified.astimezone(UTC).replace(microsecond=0), usegmt=True)
    return headers


def _unchanged(request: Request, headers: dict[str, str]) -> bool:
    if wanted := request.headers.get("if-none-match"):
        known = [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
        return "etag" in headers and ("*" in known or headers["etag"] in known)
    since = request.headers.get("if-modified-since")
    if not since or "last-modified" not in headers:
        return False
    try:
        return parsedate_to_datetime(headers["last-modified"]) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _utcnow() -> datetime:
    return datetime.now(UTC)


router = make_router(_utcnow)
