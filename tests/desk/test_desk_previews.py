"""What the preview shows of a picture post: the pictures first, then the words, as readers swipe through them."""

from __future__ import annotations

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
