"""Answers of few bytes and very many pieces are named before anything is built from them."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.base import RawPage
from connectors.errors import FormatChanged
from connectors.http import HttpClient
from connectors.registry import source_class
from connectors.sources.detection import guess
from connectors.sources.sizes import MOST_ENTRIES

NOW = datetime(2026, 11, 26, tzinfo=UTC)
MANY = 200_000
URL = "http://a.test/x"


def source(kind: str, **settings: Any) -> Any:
    made = source_class(kind)
    return made(made.Settings(url=URL, **settings), HttpClient(now=lambda: NOW))


def page(body: bytes) -> RawPage:
    return RawPage(url=URL, status=200, body=body, fetched_at=NOW)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("rss", b'{"version":"https://jsonfeed.org/version/1.1","items":[' + b"{}," * MANY + b"{}]}"),
        ("rss", b"<rss version='2.0'><channel>" + b"<item/>" * MANY + b"</channel></rss>"),
        ("rss", b"<rss version='2.0' xml:lang='zh'><channel>" + b"<a>" * MANY * 3),
        ("json_api", b"[" + b"{}," * MANY + b"{}]"),
        ("hotlist", b'{"data":[' + b"[]," * MANY + b"{}]}"),
        ("cap", b'{"data":{"page":{"list":[' + b"{}," * MANY + b"{}]}}}"),
        ("webpage", b"<html><body>" + b"<p>" * MANY + b"</body></html>"),
    ],
)
def test_an_answer_of_hundreds_of_thousands_of_pieces_is_not_built(kind: str, body: bytes) -> None:
    made, answer = source(kind), page(body)
    tracemalloc.start()
    try:
        with pytest.raises(FormatChanged, match="没有读取"):
            made.parse(answer)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * len(body)


def test_what_such_an_answer_is_is_not_guessed_either() -> None:
    with pytest.raises(FormatChanged, match="没有读取"):
        guess(page(b'{"data":[' + b"{}," * MANY + b"{}]}"))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("rss", b'{"items":[' + b"1," * MANY + b"1]}"),
        ("json_api", b"[" + b"1," * MANY + b"1]"),
    ],
)
def test_of_a_list_without_end_only_the_beginning_is_looked_at(kind: str, body: bytes) -> None:
    parsed = source(kind).parse(page(body))
    assert 0 < len(parsed.bad) <= MOST_ENTRIES
