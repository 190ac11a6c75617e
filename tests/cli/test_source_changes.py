"""kepu source add on a source that is there, and addresses as people say them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kepu_command import Command

from config.addresses import with_scheme

NOBODY = "http://127.0.0.1:9"
FIRST = (
    "source add kx --kind webpage --name 吉林省科协 --setting max_items=7 --rhythm 15 --fixed --area 220000 --trust 5 "
    f"--reprint own --url {NOBODY}/list"
).split()
KEPT = ("kind", "name", "url", "settings", "rhythm_minutes", "adaptive", "area", "trust", "reprint", "enabled")


def stored(kepu: Command) -> dict[str, Any]:
    (row,) = json.loads(kepu("source", "list", "--json")[1])
    return {name: row[name] for name in KEPT}


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        (["--url", f"{NOBODY}/new"], {"url": f"{NOBODY}/new"}),
        (["--rhythm", "30"], {"rhythm_minutes": 30}),
        (["--adaptive"], {"adaptive": True}),
        (["--setting", "max_rereads=2"], {"settings": {"max_items": 7, "max_rereads": 2}}),
        (["--kind", "rss", "--setting", "max_items=9"], {"kind": "rss", "settings": {"max_items": 9}}),
        (["--url", "www.example.cn/list"], {"url": "https://www.example.cn/list"}),
    ],
)
def test_of_a_source_that_is_there_only_what_was_given_changes(
    kepu: Command, words: list[str], changed: dict[str, Any]
) -> None:
    assert kepu(*FIRST)[0] == 0
    before = stored(kepu)
    code, _, said = kepu("source", "add", "kx", *words)
    assert (code, "已修改来源 kx" in said) == (0, True)
    assert stored(kepu) == before | changed


def test_a_new_source_of_which_little_is_said_is_a_feed_once_an_hour(kepu: Command) -> None:
    assert "已登记来源 dy" in kepu("source", "add", "dy", "--url", f"{NOBODY}/f")[2]
    assert {"kind": "rss", "name": "dy", "rhythm_minutes": 60, "adaptive": True}.items() <= stored(kepu).items()


def test_a_check_does_not_say_that_somebody_tries_again(kepu: Command) -> None:
    kepu("source", "add", "dy", "--url", f"{NOBODY}/f")
    for words in (["dy"], ["--url", f"{NOBODY}/f"]):
        code, _, said = kepu("source", "check", *words)
        assert code == 1
        assert "请稍后再试" in said
        assert "稍后会再试" not in said
    assert "请稍后再试" in json.loads(kepu("source", "check", "dy", "--json")[1])["error"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("www.example.cn/a", "https://www.example.cn/a"),
        ("a.cn:8080", "https://a.cn:8080"),
        ("http://a.cn", "http://a.cn"),
        ("ftp://a.cn", "ftp://a.cn"),
        ("投稿", "投稿"),
        ("", ""),
        ("[::1", "[::1"),
    ],
)
def test_an_address_as_people_say_it_is_understood(written: str, meant: str) -> None:
    assert with_scheme(written) == meant
