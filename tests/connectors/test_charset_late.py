"""The charset of pages whose Chinese text begins late."""

from __future__ import annotations

import pytest

from connectors.extraction.charset import decode

TEXT = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
TRADITIONAL = "這個發現說明，電腦與人體之間還有許多問題沒有解決，時間會給出答案，實驗仍在進行。"


@pytest.mark.parametrize("first", [b"", b"\xc2\xa9", b"\xc3\xa9t\xc3\xa9"], ids=["nothing", "a sign", "a word"])
@pytest.mark.parametrize(
    ("charset", "text"), [("gb18030", TEXT), ("big5hkscs", TRADITIONAL), ("utf-8", TEXT)], ids=["gb", "big5", "utf-8"]
)
def test_text_that_begins_behind_a_long_script_is_read(charset: str, text: str, first: bytes) -> None:
    script = b"<script>" + first + b"var a = 'x';" * 60_000 + b"</script>"
    found = decode(b"<html><head>" + script + b"</head><body>" + (text * 3).encode(charset))
    assert found.text.endswith(text)
    assert found.charset == charset
