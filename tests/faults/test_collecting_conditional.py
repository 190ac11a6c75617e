"""Coming back to a page: what is sent along, and what is made of servers that answer it in their own way."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from test_collecting_bad_answers import FEED, LAUGHS, NOW

from connectors.base import Cursor, RawPage
from connectors.errors import FormatChanged, RetryLater
from connectors.http import HttpClient
from connectors.sources.cap import Cap, CapSettings
from connectors.sources.revisiting import revisit


class Talk:
    """A server that gives prepared answers one after the other and keeps the questions."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.questions: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/feed"

    def serve(self) -> None:
        try:
            while True:
                connection, _ = self._listener.accept()
                with connection:
                    self.questions.append(connection.recv(65_536).decode().lower())
                    connection.sendall(self.answers.pop(0))
        except OSError:
            return

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def talk() -> Iterator[Talk]:
    made = Talk()
    threading.Thread(target=made.serve, daemon=True).start()
    yield made
    made.close()


def answer(status: str, *headers: str, body: str = "") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body.encode()


def come_back(talk: Talk, *answers: bytes) -> list[RawPage]:
    talk.answers = list(answers)
    pages: list[RawPage] = []
    cursor: Cursor | None = None
    for _ in answers:
        pages.append(revisit(HttpClient(now=lambda: NOW), talk.url, cursor, "*/*"))
        cursor = pages[-1].cursor
    return pages


def test_a_weak_etag_goes_back_as_it_came_and_outlives_a_304_without_one(talk: Talk) -> None:
    first = answer("200 OK", 'ETag: W/"a"', "Last-Modified: Thu, 26 Nov 2026 00:00:00 GMT", body="x")
    pages = come_back(talk, first, answer("304 Not Modified"), answer("304 Not Modified"))
    assert [page.not_modified for page in pages] == [False, True, True]
    assert all('if-none-match: w/"a"' in question for question in talk.questions[1:])
    assert all("if-modified-since: thu, 26 nov 2026 00:00:00 gmt" in question for question in talk.questions[1:])


def test_a_304_may_bring_a_newer_etag(talk: Talk) -> None:
    come_back(talk, answer("200 OK", 'ETag: "a"', body="x"), answer("304 Not Modified", 'ETag: "b"'), answer("304 No"))
    assert 'if-none-match: "b"' in talk.questions[2]


def test_the_same_bytes_are_nothing_new_and_a_server_without_validators_is_asked_plainly(talk: Talk) -> None:
    pages = come_back(talk, answer("200 OK", body="x"), answer("200 OK", body="x"), answer("200 OK", body="y"))
    assert [page.not_modified for page in pages] == [False, True, False]
    assert not any("if-none-match" in question or "if-modified" in question for question in talk.questions)


def test_an_etag_with_control_characters_is_not_sent_back(talk: Talk) -> None:
    come_back(talk, answer("200 OK", 'ETag: "a\x01\x00b"', body="x"), answer("200 OK", body="y"))
    assert "if-none-match" not in talk.questions[1]


def test_not_modified_is_no_answer_to_who_never_had_the_page(talk: Talk) -> None:
    with pytest.raises(RetryLater, match="304"):
        come_back(talk, answer("304 Not Modified"))


@pytest.mark.parametrize("content", [LAUGHS, FEED.replace("<rss", "<!DOCTYPE x [<!ENTITY y 'z'>]><rss", 1)])
def test_alerts_with_entities_are_refused_with_their_page(content: str) -> None:
    source = Cap(CapSettings(url="http://a.cn/cap"), HttpClient(now=lambda: NOW))
    page = RawPage(url="http://a.cn/cap", status=200, body=content.encode(), fetched_at=NOW)
    with pytest.raises(FormatChanged, match=r"。$") as caught:
        source.parse(page)
    assert caught.value.page is page
