"""A picture's caption: from the editor into the story, and from there into every form that has captions."""

from __future__ import annotations

import pytest
from conftest_desk import World, a_story, text_of

from connectors.base import PostPicture
from connectors.channels.packing import body as package_body
from connectors.channels.wechat.html import article_html
from connectors.channels.weibo.article import html_of
from content_store.tables import Account
from desk import bodies
from steps.adapt import form_of, post_of
from steps.stories import edit

SAID = "净月潭的雾凇，摄影：王晓"


@pytest.fixture
def captioned(world: World) -> int:
    story = a_story(world)
    body = f'<p>雾凇</p><figure><img src="/media/{world.picture}" alt=""><figcaption>{SAID}</figcaption></figure>'
    fields = {"body_html": bodies.from_editor(body), "cover_sha256": world.picture}
    edit(world.newsroom, story, fields, based_on=1, by=world.user_ids["editor"], now=world.newsroom.now())
    return story


def post_for(world: World, story: int, platform: str, **settings: str):
    account = Account(key="a", platform=platform, name="a", settings=settings, created_at=world.newsroom.now())
    form = form_of(text_of(world, story), account, marker="abcdefgh23", site_url="http://127.0.0.1:1")
    return post_of(form, lambda key: PostPicture(key=key, name="a.png", mime="image/png", content=b"x"))


def test_a_caption_reaches_every_channel_that_has_captions(world: World, captioned: int) -> None:
    wechat = post_for(world, captioned, "wechat")
    assert SAID in article_html(wechat.html, {world.picture: "http://mmbiz.qpic.cn/1"})
    weibo = post_for(world, captioned, "weibo", form="article")
    assert SAID in html_of(weibo, "http://127.0.0.1:1/media")
    for platform in ("toutiao", "kepuchina"):
        post = post_for(world, captioned, platform)
        kinds = [block.kind for block in package_body.blocks(post.html)]
        assert kinds[kinds.index("picture") + 1] == "caption", platform
        assert package_body.alts(post.html)[world.picture] == SAID, "it also says what the picture shows"


def test_a_caption_that_stayed_empty_is_not_kept() -> None:
    for empty in ("<figcaption></figcaption>", "<figcaption><br></figcaption>", "<figcaption> </figcaption>"):
        assert (
            bodies.from_editor(f'<figure><img src="/a.png">{empty}</figure>') == '<figure><img src="/a.png"></figure>'
        )
