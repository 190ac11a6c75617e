"""Visiting the pages that a listing or a feed leads to: as robots.txt allows, and never into our own network."""

from __future__ import annotations

from urllib.parse import urlsplit

from connectors.base import Cursor, RawPage
from connectors.errors import ConnectorError, NeedsPerson, OutOfTime, RetryLater
from connectors.extraction.charset import decode
from connectors.http import HttpClient
from connectors.sources.addresses import is_route
from connectors.sources.revisiting import AGAIN, validators
from connectors.sources.robots import MOST_BYTES, UNREACHABLE, Robots, place_of_rules, read_robots
from connectors.statuses import TOO_MANY_REQUESTS

MOST_OF_A_VISIT = 48_000_000
"""Bytes of pages that one visit to one source keeps in memory."""
_ENOUGH = "这个来源这一次的内容已经很多，这一页留到下一次采集。"
_ONLY_SCRIPTS = "这个网址里带 #/，内容要靠网页脚本显示，没有采集；请改用这个网站的数据接口，或换一个来源。"


class Visitor:
    """For one visit to one source. `home` is the address a person entered: its host alone may lie in our own network."""

    def __init__(self, http: HttpClient, home: str, accept: str, *, obey_robots: bool = True) -> None:
        self._http = http
        self._home = (urlsplit(home).hostname or "").rstrip(".")
        self._accept = accept
        self._obey_robots = obey_robots
        self._taken = 0

    def part(self, link: str, *, etag: str = "", last_modified: str = "", most: int | None = None) -> RawPage:
        """The page, or one that says why it could not be had. The link stands in its cursor under "link".

        `most` bytes are taken of it. What comes after the bytes of one visit are used up waits for the next, which costs it no try.
        """
        if self._taken >= MOST_OF_A_VISIT:
            waiting: Cursor = {"link": link, AGAIN: True}
            return RawPage(url=link, status=0, fetched_at=self._http.now(), error=_ENOUGH, cursor=waiting)
        if is_route(link):
            # what is answered is the frame of the site, the same for all its articles
            return RawPage(url=link, status=0, fetched_at=self._http.now(), error=_ONLY_SCRIPTS, cursor={"link": link})
        try:
            page = self._http.fetch(
                link,
                etag=etag,
                last_modified=last_modified,
                accept=self._accept,
                home=self._home,
                most=most,
                check=self._require_welcome if self._obey_robots else None,
            )
            self._taken += len(page.body)
            return page.model_copy(update={"cursor": {"link": link}})
        except ConnectorError as error:
            cursor = {"link": link} | ({AGAIN: True} if _is_about_the_host(error) else {})
            status = error.status or 0
            return RawPage(url=link, status=status, fetched_at=self._http.now(), error=error.message, cursor=cursor)

    def _require_welcome(self, url: str) -> None:
        """Raises where the robots.txt of the host forbids the page, or where nobody can tell."""
        rules = self._rules(url)
        self._http.traffic.turns.slow(url, rules.crawl_delay)
        if not rules.reachable:
            raise RetryLater(
                f"暂时读不到 {urlsplit(url).hostname} 的 robots.txt，按规定先不采集，稍后会再试。",
                after=UNREACHABLE.total_seconds(),
            )
        if not rules.allows(url):
            raise NeedsPerson(f"对方的 robots.txt 不允许采集这个网页，已跳过：{url[:200]}")

    def _rules(self, url: str) -> Robots:
        """As RFC 9309 §2.3.1 has it: no such file allows everything, a host that cannot be asked allows nothing."""
        place, now, memory = place_of_rules(url), self._http.now(), self._http.traffic.robots
        known = memory.get(place, now)
        if known is not None:
            return known
        old = memory.last(place)
        try:
            page = self._http.fetch(
                f"{place}/robots.txt",
                etag=old.etag,
                last_modified=old.last_modified,
                home=self._home,
                most=MOST_BYTES,
                cut=True,
            )
        except OutOfTime:
            raise
        except ConnectorError as error:
            if _is_unavailable(error):
                return memory.put(place, Robots(), now)
            return memory.could_not_ask(place, now)
        if page.not_modified:
            return memory.put(place, old, now)
        return memory.put(place, read_robots(decode(page.body).text, **validators(page)), now)


def _is_unavailable(error: ConnectorError) -> bool:
    """Whether it is sure that there are no rules (4xx, a redirect without end): the page's own request says what else is wrong."""
    return isinstance(error, NeedsPerson) or (400 <= (error.status or 0) < 500 and error.status != TOO_MANY_REQUESTS)


def _is_about_the_host(error: ConnectorError) -> bool:
    """Silence that was asked for before, rules that could not be read, a visit that was over: the page itself was never asked for."""
    if isinstance(error, OutOfTime):
        return True
    return isinstance(error, RetryLater) and error.after is not None and error.status is None
