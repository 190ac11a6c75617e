"""A registered link must lead to a work on the account's platform: it makes a delivery count as out."""

from __future__ import annotations

import pytest

from steps.errors import Refused
from steps.work_links import LINK_LENGTH, checked_link, telling_part, work_key


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


@pytest.mark.parametrize(
    ("platform", "spellings"),
    [
        (
            "kuaishou",
            [
                "https://www.kuaishou.com/short-video/3xabcdef",
                "http://www.kuaishou.com/short-video/3xabcdef/",
                "https://kuaishou.com/short-video/3xabcdef?fid=1&cc=share_copylink",
                "https://m.gifshow.com/fw/photo/3xabcdef",
            ],
        ),
        (
            "wechat",
            [
                "https://mp.weixin.qq.com/s?__biz=MzA5ODE%3D%3D&mid=2650000001&idx=1&sn=aa&chksm=1#rd",
                "http://MP.weixin.qq.com/s?mid=2650000001&__biz=MzA5ODE==&idx=1&scene=21",
            ],
        ),
        (
            "wechat",
            ["https://mp.weixin.qq.com/s/abc_def-1", "http://mp.weixin.qq.com/s/abc_def-1?scene=1#wechat_redirect"],
        ),
        ("weibo", ["https://weibo.com/1234567/Pabc12", "https://www.weibo.com/1234567/Pabc12?from=page&mod=weibotime"]),
        (
            "douyin",
            ["https://www.douyin.com/video/7400000001", "https://www.iesdouyin.com/share/video/7400000001/?region=CN"],
        ),
        ("toutiao", ["https://www.toutiao.com/article/7400000001/?log_from=1", "https://m.toutiao.com/i7400000001/"]),
    ],
)
def test_one_work_has_one_key_under_every_spelling_of_its_link(platform: str, spellings: list[str]) -> None:
    assert len({work_key(link, platform) for link in spellings}) == 1
    part = telling_part(spellings[0], platform)
    assert len(part) >= 3
    assert all(part in link for link in spellings)


@pytest.mark.parametrize(
    ("platform", "one", "other"),
    [
        (
            "wechat",
            "https://mp.weixin.qq.com/s?__biz=Mz&mid=11&idx=1",
            "https://mp.weixin.qq.com/s?__biz=Mz&mid=11&idx=2",
        ),
        ("wechat", "https://mp.weixin.qq.com/s/abc", "https://mp.weixin.qq.com/s/abC"),
        ("weibo", "https://weibo.com/ttarticle/p/show?id=23091", "https://weibo.com/ttarticle/p/show?id=23092"),
        ("douyin", "https://www.douyin.com/user/self?modal_id=71", "https://www.douyin.com/user/self?modal_id=72"),
        ("douyin", "https://v.douyin.com/iAbc/", "https://v.douyin.com/iAbd/"),
        ("kuaishou", "https://www.kuaishou.com/short-video/3xabcdef", "https://www.kuaishou.com/short-video/3xabcdeg"),
        ("kepuchina", "https://www.kepuchina.cn/article/info?ar_id=1", "https://www.kepuchina.cn/article/info?ar_id=2"),
        ("elsewhere", "https://example.com/?p=1", "https://example.com/?p=2"),
    ],
)
def test_different_works_have_different_keys(platform: str, one: str, other: str) -> None:
    assert work_key(one, platform) != work_key(other, platform)
