"""Plain clients for the stand-ins, written from the contracts, and a receiver for what they send."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from PIL import Image

fresh = itertools.count(1)
QUICK = {"job_seconds": [0.05, 0.1], "push_seconds": 0.0, "retry_seconds": 0.1}


def picture(kind: str = "PNG", size: int = 8, noise: bool = False) -> bytes:
    image = Image.effect_noise((size, size), 90).convert("RGB") if noise else Image.new("RGB", (size, size), "green")
    held = io.BytesIO()
    image.save(held, kind)
    return held.getvalue()


def until(probe: Callable[[], Any], seconds: float = 15.0) -> Any:
    """Waits until the probe gives something true."""
    end = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


class Control:
    def __init__(self, base: str) -> None:
        self.base = base

    def get(self, door: str, **query: Any) -> Any:
        answer = requests.get(f"{self.base}/_sandbox{door}", params=query, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, data: Any, status: int = 200) -> Any:
        answer = requests.post(f"{self.base}/_sandbox{path}", json=data, timeout=10)
        assert answer.status_code == status, answer.text
        return answer.json()

    def advance(self, seconds: float) -> None:
        self.post("/clock", {"advance_seconds": seconds})

    def faults(self, *rules: dict[str, Any]) -> None:
        self.post("/faults", list(rules))

    def ledger(self, **query: Any) -> Any:
        return self.get("/ledger", **query)


class Wechat:
    """One fresh account and its token."""

    def __init__(self, base: str, **fields: Any) -> None:
        number = next(fresh)
        self.control, self.root = Control(base), f"{base}/wechat"
        self.appid, self.secret = f"wxtest{number:06d}", f"fake-secret-{number}"
        account = {"platform": "wechat", "appid": self.appid, "secret": self.secret, "name": f"测试号{number}"}
        self.control.post("/accounts", account | fields)
        self.token = ""

    def raw(self, method: str, path: str, **request: Any) -> requests.Response:
        answer = requests.request(method, self.root + path, timeout=request.pop("timeout", 10), **request)
        assert answer.status_code == 200
        return answer

    def stable(self, **fields: Any) -> Any:
        data = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret} | fields
        return self.raw("POST", "/cgi-bin/stable_token", json=data).json()

    def jump(self, now: str) -> None:
        """Another time, and a token that lives then."""
        self.control.post("/clock", {"now": now})
        self.token = ""

    def call(self, path: str, data: Any = None, method: str = "POST", **request: Any) -> Any:
        self.token = self.token or self.stable()["access_token"]
        body = None if data is None else json.dumps(data, ensure_ascii=False).encode()
        query = {"access_token": self.token} | request.pop("query", {})
        return self.raw(method, path, params=query, data=body, **request).json()

    def upload(self, path: str, name: str | None, content: bytes, **query: Any) -> Any:
        return self.call(path, files={"media": (name, content)} if name else None, query=query)

    def cover(self) -> str:
        return str(self.upload("/cgi-bin/material/add_material", "a.png", picture(), type="image")["media_id"])

    def article(self, **fields: Any) -> dict[str, Any]:
        base = {
            "title": "雷雨天怎样躲避",
            "content": "<p>远离树木。</p>",
            "content_source_url": "https://kepu.example/1?m=a",
        }
        return base | {"thumb_media_id": fields.pop("thumb_media_id", None) or self.cover()} | fields

    def draft(self, **fields: Any) -> str:
        answer = self.call("/cgi-bin/draft/add", {"articles": [self.article(**fields)]})
        return str(answer["media_id"])

    def submit(self, **fields: Any) -> dict[str, Any]:
        answer = self.call("/cgi-bin/freepublish/submit", {"media_id": self.draft(**fields)})
        assert answer["errcode"] == 0, answer
        return dict(answer)

    def ended(self, publish_id: Any) -> Any:
        def probe() -> Any:
            answer = self.call("/cgi-bin/freepublish/get", {"publish_id": publish_id})
            return answer if answer["publish_status"] != 1 else None

        return until(probe)

    def published(self, **fields: Any) -> tuple[dict[str, Any], Any]:
        job = self.submit(**fields)
        return job, self.ended(job["publish_id"])


class Weibo:
    """One fresh user with a token."""

    domain = "kepu.example"

    def __init__(self, base: str, **fields: Any) -> None:
        number = next(fresh)
        self.control, self.root = Control(base), f"{base}/weibo"
        self.uid, self.token = str(6_600_000_000 + number), f"fake-weibo-{number}"
        account = {
            "platform": "weibo",
            "uid": self.uid,
            "app_key": "987650000",
            "app_secret": "fake-app",
            "name": "测试",
        }
        account |= {"access_token": self.token, "bound_domains": [self.domain]}
        self.control.post("/accounts", account | fields)

    def raw(self, method: str, path: str, **request: Any) -> requests.Response:
        headers = {"Authorization": f"OAuth2 {self.token}"} | request.pop("headers", {})
        return requests.request(method, self.root + path, headers=headers, timeout=10, **request)

    def text(self, words: str = "暴雨来了怎么办") -> str:
        return f"{words}{next(fresh)} https://{self.domain}/s/{next(fresh)}?m=x"

    def share(self, text: str, **request: Any) -> requests.Response:
        return self.raw("POST", "/2/statuses/share.json", data={"status": text, "rip": "127.0.0.1"}, **request)

    def posted(self, **request: Any) -> Any:
        answer = self.share(self.text(), **request)
        assert answer.status_code == 200, answer.text
        return answer.json()


def code_of(answer: requests.Response) -> tuple[int, int]:
    return answer.status_code, int(answer.json()["error_code"])


class Douyin:
    """One fresh app with one fresh user."""

    def __init__(self, base: str, **fields: Any) -> None:
        number = next(fresh)
        self.base, self.control, self.root = base, Control(base), f"{base}/douyin"
        self.key, self.secret, self.open_id = f"awtest{number}", f"fake-app-{number}", f"_000test{number}"
        self.token, self.refresh = f"fake-act-{number}", f"fake-rft-{number}"
        account = {"platform": "douyin", "client_key": self.key, "client_secret": self.secret, "open_id": self.open_id}
        account |= {"name": "测试抖音", "access_token": self.token, "refresh_token": self.refresh}
        self.control.post("/accounts", account | fields)

    def client_token(self) -> Any:
        data = {"client_key": self.key, "client_secret": self.secret, "grant_type": "client_credential"}
        return requests.post(f"{self.root}/oauth/client_token/", json=data, timeout=10).json()["data"]

    def call(self, method: str, path: str, token: str | None = None, **request: Any) -> Any:
        query = {"open_id": self.open_id} | request.pop("params", {})
        headers = {"access-token": self.token if token is None else token}
        answer = requests.request(method, self.root + path, params=query, headers=headers, timeout=10, **request)
        assert answer.status_code == 200
        return answer.json()

    def form(self, path: str, **fields: Any) -> Any:
        return requests.post(self.root + path, data=fields, timeout=10).json()["data"]

    def schema(self, title: str = "雷电 安全", **fields: Any) -> str:
        token = self.client_token()["access_token"]
        share_id = self.call("GET", "/share-id/", token, params={"need_callback": "true"})["data"]["share_id"]
        ticket = self.call("GET", "/open/getticket/", token)["data"]["ticket"]
        stamp = str(fields.pop("timestamp", int(self.control.get("/clock")["timestamp"])))
        nonce = fields.pop("nonce_str", f"nonce{next(fresh)}")
        digest = hashlib.md5(f"nonce_str={nonce}&ticket={ticket}&timestamp={stamp}".encode()).hexdigest()
        values = {
            "share_type": "h5",
            "client_key": self.key,
            "nonce_str": nonce,
            "timestamp": stamp,
            "signature": digest,
        }
        values |= {
            "state": share_id,
            "video_path": "https://kepu.example/a.mp4",
            "title": title,
            "share_to_publish": "1",
        }
        return "snssdk1128://openplatform/share?" + "&".join(
            f"{name}={quote(value, safe='')}" for name, value in (values | fields).items() if value
        )

    def open(self, schema: str, **fields: Any) -> Any:
        return self.control.post("/douyin/open", {"schema": schema} | fields)


class Received:
    """What came in: query, headers (lower-case), body."""

    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.query, self.headers, self.body = (
            method,
            dict(parse_qsl(urlsplit(target).query)),
            headers,
            body,
        )


class Receiver:
    def __init__(self, url: str) -> None:
        self.url = url
        self.got: list[Received] = []
        self.answers: list[int] = []
        """Statuses of the next answers; 200 when empty."""

    def posts(self) -> list[Received]:
        return [one for one in self.got if one.method == "POST" and b"verify_webhook" not in one.body]


@contextmanager
def receiver(echo: bool = True) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received = Received("GET", self.path, {}, b"")
            seen.got.append(received)
            self._say(200, received.query.get("echostr", "").encode() if echo else b"no")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.got.append(Received("POST", self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            if b"verify_webhook" in body:
                self._say(200, json.dumps(json.loads(body)["content"]).encode() if echo else b"{}")
            else:
                self._say(seen.answers.pop(0) if seen.answers else 200, b"success")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    seen = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        server.shutdown()
        server.server_close()
