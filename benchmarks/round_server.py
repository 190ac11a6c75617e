"""Serves what `round_sources` finds, on loopback, in a process of its own: `python -m benchmarks.round_server DATA`.

First it prints one line of JSON per source ({"of", "key", "kind", "url", "settings"}), then an empty line; until it is
ended it answers. A third of the sources knows ETags, a third gives the same bytes again, a third others with the same content.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections import Counter
from http import HTTPStatus
from pathlib import Path

from benchmarks.feed_server import hosts
from benchmarks.round_sources import Reply, Served, catalogue

HOSTS = 32
_WECHAT = "/s/"


class Replies:
    """What stands at each address, by the part of it behind the host."""

    def __init__(self, sources: list[Served]) -> None:
        self._sources = sources
        self._asked: Counter[tuple[str, str]] = Counter()

    def answer(self, head: str) -> bytes:
        number, _, rest = head.split(" ", 2)[1].removeprefix(_WECHAT).removeprefix("/").partition("/")
        source = self._sources[int(number)] if number.isdigit() and int(number) < len(self._sources) else None
        reply = source.replies.get(rest) if source is not None else None
        if reply is None:
            return _packed(HTTPStatus.NOT_FOUND, Reply(b""))
        body, headers = reply.body, dict(reply.headers)
        if rest == "sitemap.xml":
            body = body.replace(b"{base}", f"http://{_host(head)}/{number}/".encode())
        if int(number) % 3 == 0:
            headers["etag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if headers["etag"] in head:
                return _packed(HTTPStatus.NOT_MODIFIED, Reply(b"", {"etag": headers["etag"]}))
        if int(number) % 3 == 1:
            # another answer in which nothing is new
            self._asked[number, rest] += 1
            body += b"\n" * self._asked[number, rest]
        return _packed(HTTPStatus.OK, Reply(body, headers))


def _host(head: str) -> str:
    found = [line[5:].strip() for line in head.split("\r\n") if line.lower().startswith("host:")]
    return found[0] if found else ""


def _packed(status: HTTPStatus, reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", f"content-length: {len(reply.body)}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + reply.body


async def _run(data: Path) -> None:
    sources = list(catalogue(data))
    replies = Replies(sources)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(replies.answer(head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    places = hosts(HOSTS)
    server = await asyncio.start_server(serve, places[0], 0)
    port = server.sockets[0].getsockname()[1]
    for host in places[1:]:
        await asyncio.start_server(serve, host, port)
    for number, source in enumerate(sources):
        place = f"{_WECHAT}{number}" if source.kind == "wechat_article" else f"/{number}/{source.start}"
        url = f"http://{places[number % HOSTS]}:{port}{place}"
        key = f"{number}-{source.name}"[:80]
        told = {"of": source.of, "key": key, "kind": source.kind, "url": url, "settings": source.settings}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.write("\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1])))
