"""The one HTTP client: time-outs, size caps, redirects checked at every hop, and whose turn it is at a host."""

from __future__ import annotations

import copy
import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors.base import RawPage
from connectors.errors import NeedsPerson, RetryLater
from connectors.failures import Peer, TooLarge, Understood, written_wrong
from connectors.network import Bounds
from connectors.patience import Patience
from connectors.statuses import raise_for_status, require_readable, silence_asked, target_of
from connectors.traffic import Traffic
from connectors.turns import is_this_machine

USER_AGENT = "kepu/0.1 (+science newsroom; respects robots.txt)"


@dataclass(frozen=True)
class HttpLimits:
    """Seconds and bytes. `total_seconds` bounds one answer from first byte to last, and a chain of redirects."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 30.0
    max_bytes: int = 12 * 1024 * 1024
    max_redirects: int = 5
    visit_seconds: float = 300.0
    """For all pages of one visit to a source."""


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    headers: dict[str, str]
    """Lower-cased names."""
    body: bytes


@dataclass(frozen=True)
class _Question:
    """One exchange as it goes out."""

    method: str
    url: str
    headers: dict[str, str]
    writes: bool = False
    inside: bool = False
    private: bool = False
    params: Mapping[str, str] | None = None
    data: Any = None
    files: Any = None
    most: int | None = None
    cut: bool = False


class HttpClient:
    """Cheap to make, and usable from several threads. `fetch` reads for a source, politely; `call` talks to a platform."""

    def __init__(
        self,
        limits: HttpLimits | None = None,
        *,
        now: Callable[[], datetime],
        user_agent: str = USER_AGENT,
        inside: bool = True,
        traffic: Traffic | None = None,
    ) -> None:
        """Without `inside`, nobody on this machine is fetched from, and nobody here or in a private network called.

        `traffic` is shared with others.
        """
        self._limits = limits or HttpLimits()
        self._now = now
        self._user_agent = user_agent
        self._inside = inside
        self.traffic = traffic or Traffic()
        self._name = ""
        self._held: Mapping[str, RawPage] = {}
        self._patience: Patience | None = None

    def named(self, name: str) -> HttpClient:
        """The same client for one platform: its messages name the platform instead of a machine."""
        client = copy.copy(self)
        client._name = name
        return client

    def holding(self, answers: Mapping[str, RawPage]) -> HttpClient:
        """The same client with answers at hand, by address: who fetches one of them gets it, and nobody is asked twice."""
        client = copy.copy(self)
        client._held = answers
        return client

    def patient(self, patience: Patience) -> HttpClient:
        """The same client for one visit: it fetches nothing more once the time is over."""
        client = copy.copy(self)
        client._patience = patience
        return client

    def within(self, limits: HttpLimits) -> HttpClient:
        """The same client with other time-outs and another size cap."""
        client = copy.copy(self)
        client._limits = limits
        return client

    def now(self) -> datetime:
        """The time by the clock this client was made with."""
        return self._now()

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        accept: str = "*/*",
        home: str | None = None,
        check: Callable[[str], None] | None = None,
        most: int | None = None,
        cut: bool = False,
    ) -> RawPage:
        """A page for a source, with a conditional GET. Raises ConnectorError for everything but 200 and 304.

        Every hop waits for its turn at its host. `home` is the host that alone may be this machine (the one of
        `url` where nothing is said): a redirect or a link from outside never leads here, and nothing into private networks. `check` is asked before every hop
        and may raise. `most` bytes are taken at most; with `cut` a longer page is cut off there, else it is refused.
        """
        if url in self._held:
            return self._held[url]
        if self._patience is not None:
            self._patience.require()
        headers = {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        own = (_host(url) if home is None else home).rstrip(".")

        def ask(hop: str) -> Answer:
            _require_web(hop)
            if check is not None:
                check(hop)
            # only a host that is spelled as this machine: a name outside may be pointed here at any time
            inside = self._inside and _host(hop).rstrip(".") == own and is_this_machine(own)
            return self._in_turn(_Question("GET", hop, headers, inside=inside, most=most, cut=cut))

        answer = self._followed(url, ask)
        if answer.status == 304 and not (etag or last_modified):
            raise RetryLater(f"{_host(url)} 答复“没有变化”（HTTP 304），但本站还没有取过这个网页，稍后会再试。")
        if answer.status != 304:
            raise_for_status(answer.url, answer.status, answer.headers, self._now())
        return RawPage(
            url=answer.url,
            status=answer.status,
            body=answer.body,
            headers=answer.headers,
            fetched_at=self._now(),
            not_modified=answer.status == 304,
        )

    def call(
        self,
        method: str,
        url: str,
        *,
        writes: bool,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: Any = None,
        files: Any = None,
    ) -> Answer:
        """One exchange. A lost answer of a writing call is OutcomeUnknown, of a reading one RetryLater."""
        question = _Question(
            method,
            url,
            dict(headers or {}),
            writes=writes,
            inside=self._inside,
            private=self._inside,
            params=params,
            data=data,
            files=files,
        )
        # a writing call that is sent on elsewhere could have its effect twice
        if writes or method != "GET":
            return self._exchange(question)
        onward = _Question("GET", url, {}, inside=self._inside, private=self._inside)
        return self._followed(
            url, lambda hop: self._exchange(question if hop == url else dataclasses.replace(onward, url=hop))
        )

    def _followed(self, url: str, ask: Callable[[str], Answer]) -> Answer:
        """The first answer that leads no further."""
        spent = 0.0
        for _ in range(self._limits.max_redirects + 1):
            began = time.monotonic()
            answer = ask(url)
            spent += time.monotonic() - began
            target = target_of(answer.url, answer.status, answer.headers)
            if target is None:
                return answer
            if spent > self._limits.total_seconds:
                raise RetryLater(f"{_host(url)} 没有给出完整答复，稍后会再试。")
            url = target
        raise NeedsPerson(f"{_host(url)} 跳转次数过多，请检查网址是否正确。")

    def _in_turn(self, question: _Question) -> Answer:
        at_once = question.inside and is_this_machine(_host(question.url))
        now = self._now()
        with self.traffic.turns.turn(question.url, now, at_once=at_once):
            answer = self._exchange(question)
        silence = silence_asked(answer.status, answer.headers, now)
        if silence:
            self.traffic.turns.silence(question.url, silence, now)
        return answer

    def _exchange(self, question: _Question) -> Answer:
        _require_web(question.url)
        peer = Peer(_host(question.url), self._name)
        with Understood(peer, question.url, writes=question.writes):
            prepared = self._prepared(question)
            bounds = Bounds(self._limits.total_seconds, self._limits.max_bytes, question.inside, question.private)
            response = self.traffic.wire.adapter(bounds).send(
                prepared, stream=True, timeout=(self._limits.connect_seconds, self._limits.read_seconds)
            )
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = self._body(response, headers, question)
        if self._name:
            self.traffic.clock.compare(self._name, headers, self._now())
        return Answer(status=response.status_code, url=prepared.url or question.url, headers=headers, body=body)

    def _prepared(self, question: _Question) -> requests.PreparedRequest:
        headers = {"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"} | question.headers
        request = requests.Request(
            question.method,
            question.url,
            params=question.params,
            headers=headers,
            data=question.data,
            files=question.files,
        )
        return self.traffic.wire.session.prepare_request(request)

    def _body(self, response: requests.Response, headers: dict[str, str], question: _Question) -> bytes:
        """The whole body, decoded; the cap counts decoded bytes, so that a small file cannot become a large one."""
        try:
            if not question.writes and target_of(question.url, response.status_code, headers):
                return b""
            require_readable(question.url, headers)
            return self._read(response, headers, question)
        finally:
            # gives the connection back where all was read, and ends it where not
            response.close()

    def _read(self, response: requests.Response, headers: dict[str, str], question: _Question) -> bytes:
        most = min(question.most or self._limits.max_bytes, self._limits.max_bytes)
        promised = headers.get("content-length", "")
        if promised.isdigit() and int(promised[:18]) > most and not question.cut:
            raise TooLarge(most)
        until = time.monotonic() + self._limits.total_seconds
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_content(64 * 1024):
            size += len(chunk)
            chunks.append(chunk)
            if size > most and question.cut:
                break
            if size > most:
                raise TooLarge(most)
            if time.monotonic() > until:
                raise requests.exceptions.ReadTimeout("unpacking took too long")
        return b"".join(chunks)[:most]


def _host(url: str) -> str:
    """The host, for messages and comparisons. Raises NeedsPerson for what is no address at all."""
    try:
        return urlsplit(url).hostname or url[:200]
    except ValueError as error:
        raise written_wrong(url) from error


def _require_web(url: str) -> None:
    """Raises NeedsPerson for other schemes than http and https, and for an address that carries a user's name."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise written_wrong(url) from error
    if not usable:
        raise written_wrong(url)
    if "@" in parts.netloc:
        raise NeedsPerson(f"网址里不能带用户名和密码：{parts.hostname}，请改正后再试。")
