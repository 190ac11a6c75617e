"""What comes from outside or goes out is taken apart safely, whatever it is."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest
from channel_parts import Notebook, Shelf, article, picture
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from connectors.base import Channel, Post
from connectors.channels.douyin import Douyin
from connectors.channels.douyin.share import schema
from connectors.channels.pictures import fit, readable
from connectors.channels.wechat import WeChat
from connectors.channels.wechat.html import article_html, foreign_pictures, picture_keys
from connectors.channels.weibo import Weibo
from connectors.errors import NeedsPerson
from connectors.http import HttpClient, HttpLimits

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
NOBODY = "http://127.0.0.1:9"


def built(kind: Any, **secrets: str) -> Channel:
    http = HttpClient(HttpLimits(connect_seconds=0.2), now=lambda: NOW)
    settings_ = kind.Settings(base_url=NOBODY, bound_domain="127.0.0.1")
    channel: Channel = kind(settings_, kind.Credentials.model_validate(secrets), http, Shelf(), lambda: NOW)
    return channel


CHANNELS = {
    "wechat": built(WeChat, appid="wx1", appsecret="s", callback_token="t"),
    "weibo": built(Weibo, app_key="k", app_secret="s", access_token="t", uid="1"),
    "douyin": built(Douyin, client_key="k", client_secret="s"),
}


@pytest.mark.parametrize("platform", list(CHANNELS))
def test_what_the_preflight_refuses_is_refused_in_sending_without_a_single_call(platform: str) -> None:
    channel, journal = CHANNELS[platform], Notebook(lambda: NOW)
    bad = Post(marker="kp1", title="长" * 80, text="长" * 300)
    problems = channel.problems(bad)
    assert problems
    outcome = channel.publish(bad, journal)
    assert outcome.state == "failed"
    assert outcome.refusal == problems[0]
    assert journal.calls == []


@pytest.mark.parametrize("platform", list(CHANNELS))
@given(body=st.binary(max_size=300), query=st.dictionaries(st.text(max_size=12), st.text(max_size=40), max_size=4))
def test_rubbish_is_no_callback(platform: str, body: bytes, query: dict[str, str]) -> None:
    assert CHANNELS[platform].event(query, {"X-Douyin-Signature": "0" * 40}, body) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["event", "client_key", "content", "share_id", "challenge", "from_user_id"]), inner
            )
        ),
        max_leaves=8,
    )
)
def test_a_signed_callback_of_any_shape_breaks_nothing(said: Any) -> None:
    body = json.dumps(said).encode()
    signature = hashlib.sha1(b"s" + body).hexdigest()
    CHANNELS["douyin"].event({}, {"X-Douyin-Signature": signature}, body)


@given(st.text(alphabet="<>/=\"' abpimgsrcdvhxy:", max_size=200))
def test_any_html_becomes_an_article_without_links_scripts_or_foreign_ways_out(html: str) -> None:
    made = article_html(html, dict.fromkeys(picture_keys(html), "http://mmbiz.qpic.cn/x/0"))
    root = lxml.html.fragment_fromstring(made, create_parent="div")
    for element in root.iter(lxml.etree.Element):
        assert element.tag not in ("a", "script", "iframe", "style", "form", "link", "object")
        assert not {"id", "class", "href", "onclick"} & set(element.attrib)


def test_an_article_keeps_its_words_and_loses_what_wechat_drops() -> None:
    html = (
        '<p id="x" class="y" onclick="z()">减速&amp;慢行 <a href="https://a.cn">详情</a></p>'
        '<script>alert(1)</script><img src="media:k" onerror="x"><iframe src="//a"></iframe>'
    )
    made = article_html(html, {"k": "http://mmbiz.qpic.cn/k/0"})
    assert "减速&amp;慢行 详情" in made
    assert 'src="http://mmbiz.qpic.cn/k/0"' in made
    assert "alert" not in made
    assert "font-family" not in made
    assert "\\u" not in made
    assert foreign_pictures(html + '<img src="https://a.cn/1.jpg"><img src="http://mmbiz.qpic.cn/1">') == [
        "https://a.cn/1.jpg"
    ]
    assert foreign_pictures('<img src="https://qpic.cn.evil.example/1.jpg">')


@settings(max_examples=20)
@example(kind="PNG", size=(41, 123), noisy=True, limit=3_000)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "GIF"]),
    size=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    noisy=st.booleans(),
    limit=st.sampled_from([3_000, 20_000, 1_000_000]),
)
def test_every_picture_is_made_to_fit(kind: str, size: tuple[int, int], noisy: bool, limit: int) -> None:
    fitted = fit(picture(kind, size, noisy), bytes_max=limit, formats=("JPEG", "PNG"))
    assert len(fitted.content) <= limit
    assert Image.open(io.BytesIO(fitted.content)).format in ("JPEG", "PNG")
    assert fitted.name.isascii()
    assert fitted.name.rpartition(".")[2] in ("jpg", "png")


def test_a_picture_that_fits_is_not_touched_and_a_transparent_one_stays_so() -> None:
    plain = picture("PNG")
    assert fit(plain, bytes_max=100_000, formats=("JPEG", "PNG")).content == plain
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(out, "WEBP", lossless=True)
    fitted = fit(out.getvalue(), bytes_max=100_000, formats=("JPEG", "PNG"))
    assert Image.open(io.BytesIO(fitted.content)).mode == "RGBA"


@given(st.binary(max_size=400))
def test_bytes_that_are_no_picture_are_refused_in_a_sentence(content: bytes) -> None:
    assert not readable(content)
    with pytest.raises(NeedsPerson):
        fit(content, bytes_max=1000, formats=("JPEG",))


def test_a_bomb_of_pixels_is_not_unpacked() -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    assert not readable(out.getvalue())


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=5), max_size=5))
def test_a_schema_escapes_every_value_and_never_writes_a_plus(title: str, topics: list[str]) -> None:
    post = Post(marker="m", title=title, topics=tuple(topics))
    made = schema(post, {"video_path": "https://a.cn/v 1.mp4"}, {"nonce_str": "n+1"}, straight=True)
    assert "+" not in made
    assert " " not in made
    assert made.isascii()


def test_the_same_article_twice_is_the_same_bytes() -> None:
    post = article("kpsame")
    assert article_html(post.html, {"snow": "u"}) == article_html(post.html, {"snow": "u"})
