"""A registered link must lead to a work on the account's platform: it makes a delivery count as out."""

from __future__ import annotations

import pytest

from steps.errors import Refused
from steps.work_links import LINK_LENGTH, checked_link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://[",
        "http://[::1",
        "https://weibo.com:port/1/a",
        "//weibo.com/1/a",
        "javascript:alert(1)//weibo.com",
        'https://weibo.com/1/a"onload=x',
        "https://weibo.com/1/a b",
        "https://weibo.com/" + "a" * LINK_LENGTH,
        "https://evil.example/x",
        "https://weibo.com.evil.example/x",
        "https://evilweibo.com/x",
        "https://weibo.com@evil.example/x",
        "https://editor@weibo.com/1/a",
        "https://evil.example\\.weibo.com/",
        "https://www.douyin.com/video/1",
    ],
)
def test_what_is_no_work_on_this_platform_is_refused_in_one_sentence(link: str) -> None:
    with pytest.raises(Refused) as refused:
        checked_link(link, "weibo", {})
    assert str(refused.value).endswith("。")


@pytest.mark.parametrize(
    ("platform", "link"),
    [
        ("weibo", "https://m.weibo.cn/status/5012"),
        ("weibo", "https://WEIBO.com/1/abc"),
        ("douyin", "https://v.douyin.com/iabc/"),
        ("wechat", "https://mp.weixin.qq.com/s/abc_def?chksm=1#rd"),
        ("elsewhere", "https://example.com/1"),
    ],
)
def test_the_platforms_own_links_pass(platform: str, link: str) -> None:
    assert checked_link(f"  {link} ", platform, {}) == link


def test_an_account_may_name_its_platforms_host() -> None:
    link, own = "http://127.0.0.1:8802/weibo/1/a", {"public_url": "http://127.0.0.1:8802/weibo"}
    assert checked_link(link, "weibo", own) == link
    with pytest.raises(Refused, match="不是微博的链接"):
        checked_link(link, "weibo", {})
