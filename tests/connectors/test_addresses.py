"""One page, one spelling of its address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sources.addresses import canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.people.cn/n4/1.html", "https://people.cn/n4/1.html#top"),
        ("http://m.people.cn/n4/1.html", "https://people.cn/n4/1.html"),
        ("https://3g.163.com/a/", "https://www.163.com/a"),
        ("https://x.com/amp/a", "https://x.com/a"),
        ("https://x.com/a/amp/", "https://x.com/a"),
        ("https://x.com/a.amp.html", "https://x.com/a.html"),
        ("https://a.cn/h5/#/news?id=7&share_token=x", "http://www.a.cn/h5#/news/?id=7"),
        ("https://a.cn/h5/#/", "https://a.cn/h5"),
        ("https://a.cn/1?share_source=wx&shareUid=3&sharer_shareid=9", "https://a.cn/1"),
        ("https://x.com/a?amp=1&id=2", "https://x.com/a?id=2&utm_source=wx"),
        ("https://mp.weixin.qq.com/s?__biz=1&mid=2&scene=21", "https://mp.weixin.qq.com/s?mid=2&__biz=1"),
        ("https://a.cn/%E4%BD%A0?q=%E4%BD%A0", "https://a.cn/你?q=你"),
        ("https://吉林.中国/a", "https://xn--9pry86b.xn--fiqs8s/a"),
    ],
)
def test_two_ways_to_one_page_are_one(one: str, other: str) -> None:
    assert canonical(one) == canonical(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.cn/%C4%E3.html", "https://a.cn/%C5%E3.html"),
        ("https://a.cn/?q=%C4%E3", "https://a.cn/?q=%C5%E3"),
        ("https://m.cn/a", "https://cn/a"),
        ("https://x.com/a?id=1", "https://x.com/a?id=2"),
        ("https://x.com/#/news/detail/1", "https://x.com/#/news/detail/2"),
        ("https://x.com/#!/news/1", "https://x.com/#!/news/2"),
        ("https://x.com/h5/#/article?id=1", "https://x.com/h5/#/article?id=2"),
        ("https://x.com/#/news/1", "https://x.com/"),
        ("https://x.com/news.html?share_id=100", "https://x.com/news.html?share_id=101"),
        ("https://x.com/news.html?shareNewsNo=1", "https://x.com/news.html?shareNewsNo=2"),
        ("https://x.com/amphibians", "https://x.com/hibians"),
        ("http://127.0.0.1:81/a", "http://127.0.0.1:82/a"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@given(st.text())
def test_any_text_gets_a_spelling_or_none(text: str) -> None:
    assert isinstance(canonical(text), str)
    assert isinstance(canonical(f"http://{text}/{text}?{text}"), str)
