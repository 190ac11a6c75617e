"""What the preview shows: a picture post as readers swipe through it, a long article of Weibo as a whole."""

from __future__ import annotations

from conftest_desk import Login, World, a_text

from content_store.tables import Account, StoryVersion
from desk.previews import shown
from steps.newsroom import Newsroom


def test_a_picture_post_is_shown_with_its_pictures_and_its_words(newsroom: Newsroom) -> None:
    settings = {"article_type": "newspic"}
    account = Account(id=1, key="a", platform="wechat", name="甲", settings=settings, created_at=newsroom.now())
    body = '<p>长春净月潭。</p><p><img src="media:aa11" alt=""></p>'
    values = {"id": 5, "story_id": 3, "number": 2, "title": "雪后", "body_html": body, "source_line": "<b>科普</b>"}
    version = StoryVersion(**values, cover_sha256="cc33", content_hash="h")
    html = str(shown(newsroom, version, account)["html"])
    places = [html.index(words) for words in ("/media/cc33", "/media/aa11", "长春净月潭。", "来源：&lt;b&gt;科普")]
    assert places == sorted(places)


def test_a_long_article_of_weibo_is_shown_as_one_and_not_as_a_short_post(newsroom: Newsroom) -> None:
    account = Account(
        id=1, key="a", platform="weibo", name="甲", settings={"form": "article"}, created_at=newsroom.now()
    )
    values = {
        "id": 5,
        "story_id": 3,
        "number": 2,
        "title": "雪后",
        "body_html": "<p>长春净月潭。</p>",
        "content_hash": "h",
    }
    page = shown(newsroom, StoryVersion(**values), account)
    assert page["kind"] == "article"
    assert "长春净月潭。" in str(page["html"])
    assert "全文 http" in page["form"]["text"]


def test_what_readers_will_not_see_as_written_is_said_in_the_preview(world: World, as_person: Login) -> None:
    story = a_text(world, "雪后", '请看<a href="https://kepu.example/x">这里</a>。</p><pre>一\n二</pre><p>完')
    page = as_person("editor").get(f"/stories/{story}/preview").text
    assert "正文里有 1 处链接" in page
    assert "正文里有 1 段等宽文字" in page
