"""Visiting the pages that a listing or a feed leads to: politely, and never into our own network."""

from __future__ import annotations

import ipaddress
import socket
import time
from urllib.parse import urljoin, urlsplit

from connectors.base import RawPage
from connectors.errors import ConnectorError, NeedsPerson
from connectors.extraction.charset import decode
from connectors.http import HttpClient
from connectors.sources.robots import Robots, read_robots

AGENT = "kepu"
PAUSE = 0.1
"""Seconds between two pages of one host."""


class Visitor:
    """For one visit to one source. `home` is the address a person entered: its own host is always allowed."""

    def __init__(self, http: HttpClient, home: str, accept: str, *, obey_robots: bool = True) -> None:
        self._http = http
        self._home = urlsplit(home).hostname
        self._accept = accept
        self._obey_robots = obey_robots
        self._robots: dict[str, Robots] = {}
        self._last: dict[str, float] = {}

    def part(self, link: str) -> RawPage:
        """The page, or one that says why it could not be had. The link stands in its cursor under "link"."""
        try:
            self._check(link)
            page = self._http.fetch(link, accept=self._accept, allowed=self.is_outside)
            return page.model_copy(update={"cursor": {"link": link}})
        except ConnectorError as error:
            return RawPage(url=link, status=0, fetched_at=self._http.now(), error=error.message, cursor={"link": link})

    def is_outside(self, url: str) -> bool:
        """Whether a link from outside may be followed: not into private networks, except on the source's own host."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        if parts.hostname == self._home:
            return True
        return parts.scheme in ("http", "https") and _is_public(parts.hostname or "")

    def _check(self, link: str) -> None:
        if not self.is_outside(link):
            raise NeedsPerson(f"链接指向内部网络，已跳过：{link[:200]}")
        if self._obey_robots and not self._rules(link).allows(link):
            raise NeedsPerson(f"对方的 robots.txt 不允许采集这个网页，已跳过：{link[:200]}")
        host = urlsplit(link).netloc
        wait = self._last.get(host, 0.0) + PAUSE - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._last[host] = time.monotonic()

    def _rules(self, link: str) -> Robots:
        host = urlsplit(link).netloc
        if host not in self._robots:
            try:
                page = self._http.fetch(urljoin(link, "/robots.txt"), allowed=self.is_outside)
                self._robots[host] = read_robots(decode(page.body).text, AGENT)
            except ConnectorError:
                self._robots[host] = Robots()
        return self._robots[host]


def _is_public(host: str) -> bool:
    """Whether every address of the host lies outside; a name that does not resolve is left to the request to report."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True
    return all(ipaddress.ip_address(str(entry[4][0]).split("%")[0]).is_global for entry in found)
