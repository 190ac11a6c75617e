"""A story in the form of each channel."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import PostPicture
from connectors.channels.weibo.text import length as weibo_length
from content_store.tables import Account, StoryVersion
from steps.adapt import cut, fingerprint_of, form_of, limits_of, media_keys, plain, post_of

SITE = "https://kepujilin.example"
BODY = '<h2>一</h2><p>路面结冰,&amp; 减速。</p><p><img src="media:aa11" alt=""></p><p><img src="media:bb22" alt=""></p>'


def version(**changes: Any) -> StoryVersion:
    values: dict[str, Any] = {"id": 5, "story_id": 3, "number": 2, "title": "雪天出行", "body_html": BODY}
    values |= {
        "digest": "先看路况。",
        "author": "",
        "source_line": "吉林省气象局",
        "ai_use": "none",
        "content_hash": "h",
    }
    return StoryVersion(**values | changes)


def account(platform: str, **settings: Any) -> Account:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    return Account(
        id=1, key="a", platform=platform, name="科普吉林", unit="吉林省科协", settings=settings, created_at=now
    )


def form(platform: str, story: StoryVersion | None = None, **settings: Any) -> dict[str, Any]:
    return form_of(story or version(), account(platform, **settings), marker="kp0123456789", site_url=SITE)


def test_the_link_leads_to_the_full_text_and_carries_the_mark() -> None:
    assert form("wechat")["link"] == f"{SITE}/s/3?m=kp0123456789"
    assert form("weibo", link_base="https://other.example/")["link"].startswith("https://other.example/s/3?m=")


def test_wechat_gets_the_article_with_source_and_pictures() -> None:
    made = form("wechat")
    assert made["pictures"] == ["aa11", "bb22"]
    assert made["cover"] == "aa11", "without a cover of its own, the first picture"
    plainly = form("wechat", version(body_html="<p>文</p>"), default_cover="dd44")
    assert plainly["cover"] == "dd44", "without any picture, the account's own"
    assert made["author"] == "吉林省科协"
    assert made["html"].endswith("<p>来源：吉林省气象局</p>")
    assert form("wechat", version(digest=""))["digest"] == "一 路面结冰,& 减速。"


@pytest.mark.parametrize("ai_use", ["assist", "generated"])
def test_the_use_of_ai_is_said_where_readers_see_it(ai_use: str) -> None:
    assert "人工智能" in form("wechat", version(ai_use=ai_use))["html"]
    assert ("AI" in form("weibo", version(ai_use=ai_use))["text"]) == (ai_use == "generated")
    assert "人工智能" not in form("wechat")["html"]
    for platform, settings in (("douyin", {}), ("kuaishou", {}), ("toutiao", {"video_api": True})):
        told = version(ai_use=ai_use, title="长" * 40, video_title="视" * 40, video_url="https://v.example/1.mp4")
        title = form(platform, told, **settings)["title"]
        assert title.startswith("【AI生成】视") == (ai_use == "generated"), platform
        assert len(title) <= limits_of(account(platform))["video_title" if settings else "title"]


def test_weibo_says_the_short_text_and_ends_with_the_link() -> None:
    made = form("weibo", version(short_text="减速#慢行#。", cover_sha256="cc33"))
    assert made["text"] == f"减速慢行。 全文 {SITE}/s/3?m=kp0123456789"
    assert made["pictures"] == ["cc33"]
    assert form("weibo")["text"].startswith("【雪天出行】先看路况。")


@given(st.text(alphabet="字句a1 ,。!", min_size=1, max_size=500), st.text(alphabet="字a#。 ", max_size=400))
def test_whatever_the_text_weibo_gets_at_most_140_and_the_whole_link(title: str, short: str) -> None:
    text = form("weibo", version(title=title, short_text=short))["text"]
    assert weibo_length(text) <= 140
    assert text.endswith(f"全文 {SITE}/s/3?m=kp0123456789")
    assert "#" not in text


def test_douyin_gets_title_topics_and_either_a_video_or_pictures() -> None:
    with_video = form("douyin", version(video_url="https://v.example/1.mp4", video_title="一" * 40))
    assert len(with_video["title"]) <= 30
    assert with_video["pictures"] == []
    assert with_video["topics"] == ["科普"]
    assert form("douyin")["pictures"] == ["aa11", "bb22"]
    assert form("douyin", topics=["#冰雪", "二", "三", "四", "五", "六"])["topics"] == ["冰雪", "二", "三", "四", "五"]


def test_topics_written_into_the_words_leave_less_room_for_the_accounts_own() -> None:
    story = version(video_url="https://v.example/1.mp4", short_text="#一氧化碳 #取暖 #安全 开窗通风。")
    assert form("kuaishou", story, topics=["科普", "吉林"])["topics"] == ["科普"], "four in all"
    direct = account("douyin", topics=["科普", "吉林", "冬季"], may_create=True)
    made = form_of(story, direct, marker="kp0123456789", site_url=SITE)
    assert made["topics"] == ["科普", "吉林"], "five in all"
    assert form("douyin", story, topics=["科普", "吉林", "冬季"])["topics"] == ["科普", "吉林", "冬季"], (
        "words stay here"
    )


def test_a_weibo_account_for_articles_gets_the_whole_text_and_a_post_beside_it() -> None:
    made = form("weibo", version(title="长" * 40, short_text="短" * 3000), form="article")
    assert len(made["title"]) <= 32
    assert made["html"].startswith(version().body_html)
    assert len(made["text"]) <= 1900
    assert made["text"].endswith(f"全文 {SITE}/s/3?m=kp0123456789")
    assert made["cover"] == "aa11"


def test_a_weibo_account_with_nine_pictures_gets_the_cover_first() -> None:
    made = form("weibo", version(cover_sha256="cc33"), limits={"pictures": 9})
    assert made["pictures"] == ["cc33", "aa11", "bb22"]


def test_kuaishou_gets_a_caption_with_room_for_the_mark() -> None:
    made = form("kuaishou", version(video_url="https://v.example/1.mp4", title="长" * 40, short_text="短" * 3000))
    assert len(made["title"]) <= 30
    words = f"{made['title']} {made['text']} {' '.join('#' + topic for topic in made['topics'])} 稿号kp0123456789"
    assert 900 < len(words) <= 1000
    assert (made["pictures"], made["cover"]) == ([], "aa11")


def test_the_accounts_own_limits_count() -> None:
    assert limits_of(account("wechat", limits={"title": 20}))["title"] == 20
    assert len(form("wechat", version(title="长" * 60), limits={"title": 20})["title"]) <= 20


def test_equal_texts_have_equal_fingerprints_whatever_the_mark() -> None:
    one = form_of(version(), account("weibo"), marker="kpaaaaaaaaaa", site_url=SITE)
    two = form_of(version(), account("weibo"), marker="kpbbbbbbbbbb", site_url=SITE)
    other = form_of(version(title="别的"), account("weibo"), marker="kpbbbbbbbbbb", site_url=SITE)
    assert fingerprint_of(one) == fingerprint_of(two) != fingerprint_of(other)


@pytest.mark.parametrize("platform", ["wechat", "weibo", "douyin", "kuaishou"])
def test_every_form_becomes_a_post(platform: str) -> None:
    def picture(key: str) -> PostPicture:
        return PostPicture(key=key, name=key, mime="image/png", content=b"x")

    post = post_of(form(platform), picture)
    assert post.marker == "kp0123456789"
    assert [found.key for found in post.pictures] == form(platform)["pictures"]


@given(st.text(max_size=300), st.integers(min_value=2, max_value=120))
def test_a_cut_is_never_too_long_and_never_invents_words(text: str, limit: int) -> None:
    kept = cut(text, limit)
    assert len(kept) <= limit
    if len(text.strip()) <= limit:
        assert kept == text.strip()
    else:
        assert text.strip().startswith(kept.removesuffix("…"))


def test_a_cut_ends_at_a_full_stop_where_one_is_near() -> None:
    assert cut("先看路况再出门。减速慢行,保持车距,不要急刹。", 14) == "先看路况再出门。"
    assert cut("一。" + "长" * 50, 20) == "一。" + "长" * 17 + "…"


def test_pictures_and_words_are_read_out_of_a_body() -> None:
    assert media_keys(BODY + '<img src="media:aa11">') == ["aa11", "bb22"]
    assert plain("<p>a&lt;b</p><p>c</p>") == "a<b c"
