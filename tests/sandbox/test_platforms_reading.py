"""How the stand-ins read bodies: forms, multipart, WeChat's JSON and HTML, for any input."""

from __future__ import annotations

import json
import re

from hypothesis import given
from hypothesis import strategies as st
from urllib3 import encode_multipart_formdata

from sandbox.multipart import parse_form, parse_form_rfc3986, parse_multipart
from sandbox.wechat.content import filtered
from sandbox.wechat.reading import ESCAPE

NAMES = st.from_regex(r"[a-z]{1,8}", fullmatch=True)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=200)), max_size=4))
def test_multipart_gives_back_what_was_put_in(fields: list[tuple[str, bytes]]) -> None:
    body, content_type = encode_multipart_formdata([(name, ("a.bin", data)) for name, data in fields])
    parts = parse_multipart(content_type, body)
    assert [(part.name, part.filename, part.data) for part in parts] == [(n, "a.bin", d) for n, d in fields]


@given(st.binary(max_size=300), st.text(max_size=40))
def test_broken_multipart_never_stops_the_server(body: bytes, content_type: str) -> None:
    assert isinstance(parse_multipart(content_type, body), list)
    assert isinstance(parse_multipart("multipart/form-data; boundary=--", body), list)


def test_a_file_name_that_is_not_plain_ascii_is_none() -> None:
    head = 'Content-Disposition: form-data; name="media"; '
    for given_name in ("filename*=utf-8''a.png", 'filename="雷.png"', ""):
        body = f"--b\r\n{head}{given_name}\r\n\r\nx\r\n--b--\r\n".encode()
        assert [part.filename for part in parse_multipart("multipart/form-data; boundary=b", body)] == [None]


def test_a_plus_sign_is_read_as_each_form_reads_it() -> None:
    assert parse_form(b"a=1+1%2B1") == {"a": "1 1+1"}
    assert parse_form_rfc3986(b"a=1+1%2B1") == {"a": "1+1+1"}


@given(st.text(max_size=60))
def test_real_utf8_is_read_as_json_and_escapes_stay_as_they_are(text: str) -> None:
    clean = "".join(c for c in text if c >= " ")
    body = json.dumps({"t": clean}, ensure_ascii=False)
    assert json.loads(ESCAPE.sub(r"\1\\\\u", body))["t"] == clean
    escaped = json.loads(ESCAPE.sub(r"\1\\\\u", json.dumps({"t": "雷" + clean})))["t"]
    assert escaped.startswith("\\u96f7")


PIECES = st.sampled_from(
    [
        "雷电", "<p>", "</p>", "<script>alert(1)</script>", '<img src="https://elsewhere.example/a.png">',
        '<img src="http://mmbiz.qpic.cn/mmbiz_png/abc/0?wx_fmt=png"/>', "<iframe src='x'>", "</iframe>", "&amp;", "<br/>",
        '<p onclick="a()" style="color:red;position:fixed">', "<form>", "</form>", "<b", "<!-- x -->", "<style>p{}</style>",
        '<a href="https://elsewhere.example">', "</a>", '<div id="x">', "</div>", "<",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=12))
def test_filtering_leaves_nothing_foreign_and_changes_nothing_twice(pieces: list[str]) -> None:
    once = filtered("".join(pieces), links_allowed=False)
    assert not re.search(r"<(script|form|style)|<[^>]*\son\w+=|<[^>]*elsewhere|<[^>]*\sid=|<[^>]*position", once)
    assert filtered(once, links_allowed=False) == once
