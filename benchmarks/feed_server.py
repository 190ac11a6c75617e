"""A server of made-up feeds on loopback, in a process of its own; `python -m benchmarks.feed_server FEEDS HOSTS` prints its port.

Half of the feeds know ETags, the others answer the same bytes again. GET /asked tells how many feeds were asked for.
"""

from __future__ import annotations

import asyncio
import random
import sys
from functools import lru_cache
from html import escape
from importlib.resources import files
from itertools import accumulate

ENTRIES = 20
_COMMON = 30_000
"""Of the words in jieba's dictionary, the most frequent: as made-up texts go, these share about as much as real ones."""


@lru_cache(maxsize=1)
def _words() -> tuple[list[str], list[int]]:
    """Words, and their frequencies added up."""
    with files("jieba").joinpath("dict.txt").open(encoding="utf-8") as lines:
        rows = [line.split() for line in lines]
    found = sorted(((int(row[1]), row[0]) for row in rows), reverse=True)[:_COMMON]
    return [word for _, word in found], list(accumulate(number for number, _ in found))


def feed(number: int) -> bytes:
    """One feed, always the same for its number."""
    chance = random.Random(number)
    entries = "".join(_entry(number, place, chance) for place in range(ENTRIES))
    head = f"<title>来源 {number}</title><link>http://feeds.example/{number}</link><description>科普</description>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{entries}</channel></rss>'.encode()


def _entry(number: int, place: int, chance: random.Random) -> str:
    title = _text(chance, 9)
    text = "".join(f"<p>{_text(chance, 30)}，{_text(chance, 22)}。</p>" for _ in range(3))
    link = f"http://feeds.example/{number}/{place}.html"
    date = f"Thu, {1 + place:02} Oct 2026 08:{number % 60:02}:00 +0800"
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>{date}</pubDate>"
        f"<description>{escape(text)}</description></item>"
    )


def _text(chance: random.Random, words: int) -> str:
    known, frequencies = _words()
    return "".join(chance.choices(known, cum_weights=frequencies, k=words))


class Feeds:
    def __init__(self, number: int) -> None:
        self._bodies = [feed(each) for each in range(number)]
        self._asked = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        if path == "/asked":
            return _reply("200 OK", str(self._asked).encode())
        if not path.startswith("/feed/"):
            return _reply("404 Not Found", b"")
        self._asked += 1
        number = int(path.removeprefix("/feed/"))
        tag = f'"{number}"' if number % 2 else ""
        if tag and f"if-none-match: {tag}" in head.lower():
            return _reply("304 Not Modified", b"", f"ETag: {tag}\r\n")
        return _reply("200 OK", self._bodies[number], f"ETag: {tag}\r\n" if tag else "")


def _reply(status: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml; charset=utf-8\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def hosts(number: int) -> list[str]:
    """Addresses of this machine that stand for so many hosts."""
    return [f"127.0.1.{each}" for each in range(1, number + 1)]


async def _run(feeds: int, number: int) -> None:
    served = Feeds(feeds)
    first, *others = hosts(number)
    server = await asyncio.start_server(served.serve, first, 0)
    port = server.sockets[0].getsockname()[1]
    for host in others:
        await asyncio.start_server(served.serve, host, port)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), int(sys.argv[2])))
