"""Picture posts (图片消息) of the WeChat channel against its stand-in, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from channel_parts import World, a_world, article, picture, post_picture
from pydantic import ValidationError
from wechat_parts import Fresh, fresh

from connectors.base import Post
from connectors.channels.wechat import WeChat


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture
def account(shared: World) -> Iterator[Fresh]:
    yield fresh(shared)
    shared.faults()


def pictures(marker: str, number: int = 3, **changes: Any) -> Post:
    few = tuple(post_picture(f"p{n}", picture("PNG", (40 + n, 30))) for n in range(number))
    values: dict[str, Any] = {"html": "", "text": "雪后长春，三张照片。\n来源：科普吉林", "cover": None, "author": ""}
    return article(marker, **{**values, "digest": "", "pictures": few, **changes})


def picturing(account: Fresh, **settings: Any) -> WeChat:
    return account.channel(article_type="newspic", **settings)


def test_a_picture_post_goes_out_with_its_pictures_in_order_and_is_read_back(account: Fresh) -> None:
    built, journal = picturing(account), account.notebook()
    assert built.publish(pictures("wxpics"), journal).state == "accepted"
    account.world.advance(30)
    live = built.poll(journal.known)
    assert live.state == "done"
    assert journal.calls == ["add_material"] * 3 + ["draft_add", "submit"]
    page = requests.get(live.public_url, timeout=5).text
    assert page.count("<img") == 3
    assert "三张照片" in page
    said = built._api.ask("/cgi-bin/freepublish/getarticle", {"article_id": live.external_ids["article_id"]})
    item = said["news_item"][0]
    assert (item["article_type"], item["thumb_media_id"]) == ("newspic", journal.known["material:p0"])
    assert [row["title"] for row in account.ever_public()] == ["暴雪天气出行,这几点要记牢"]


def test_the_platforms_own_limit_of_pictures_and_of_words_is_found_before_sending(account: Fresh) -> None:
    built = picturing(account, long_content=True)
    assert built.problems(pictures("wxmost", 20, text="雪" * 1000)) == []
    assert built.publish(pictures("wxmost", 20, text="雪" * 1000), account.notebook()).state == "accepted"
    wrong = {
        "有 21 张图片，最多 20 张": pictures("wxmore", 21),
        "没有图片": pictures("wxnone", 0),
        "没有文字": pictures("wxwordless", text=" "),
        "文字有 1001 字": pictures("wxwordy", text="雪" * 1001),
        "标题有 33 字": pictures("wxtitle", title="长" * 33),
        "打不开": pictures("wxbroken", pictures=(post_picture("p0", b"no picture"),)),
    }
    for words, post in wrong.items():
        causes = [each.cause for each in built.problems(post)]
        assert any(words in cause for cause in causes), (words, causes)
        assert built.publish(post, account.notebook()).state == "failed"
    assert len(account.calls()) == 1 + 20 + 1 + 1, "nothing was asked of the platform for what it would refuse"


def test_the_limit_is_data_and_shown_to_the_desk(account: Fresh) -> None:
    built = picturing(account, limits={"picture_post_pictures": 2})
    assert built.capabilities.images_max == 2
    assert picturing(account).capabilities.images_max == 20
    assert account.channel().capabilities.images_max == 100
    assert "最多 2 张" in built.problems(pictures("wxown"))[0].cause


def test_pictures_that_were_uploaded_before_a_failure_are_not_uploaded_again(account: Fresh) -> None:
    built, journal = picturing(account), account.notebook()
    account.fault("error", "material/add_material", code=-1, nth=3)
    assert built.publish(pictures("wxagain"), journal).state == "failed"
    assert built.publish(pictures("wxagain"), journal).state == "accepted"
    assert journal.calls.count("add_material") == 4, "three pictures, one of them asked for twice"


def test_a_lost_draft_of_pictures_is_found_and_not_added_twice(account: Fresh) -> None:
    built, journal = picturing(account), account.notebook()
    account.fault("reset_after_effect", "draft/add")
    assert built.publish(pictures("wxlostpics"), journal).state == "unknown"
    found = built.look_up(pictures("wxlostpics"), journal)
    assert (found.state, bool(found.external_ids["draft_media_id"])) == ("absent", True)
    journal.settle(found.external_ids)
    assert built.publish(pictures("wxlostpics"), journal).state == "accepted"
    account.world.advance(30)
    assert len(account.ever_public()) == 1


def test_picture_posts_cannot_be_mass_sent(account: Fresh) -> None:
    with pytest.raises(ValidationError, match="图片消息不能群发"):
        picturing(account, mode="mass_send")
