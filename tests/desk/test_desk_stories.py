"""Editing, versions, covers, previews."""

from __future__ import annotations

from conftest_desk import (
    Login,
    World,
    a_picture,
    a_story,
    an_emergency,
    approve,
    plan,
    rows,
    status_of,
    text_of,
)

from content_store import events, log
from content_store.tables import Delivery, DeliveryState, Story

HOSTILE = "<script>alert(1)</script>"


def test_an_edit_makes_a_version_and_saving_the_same_makes_none(world: World, as_person: Login) -> None:
    story, client = a_story(world), as_person("editor")
    form = {"based_on": "1", "title": "新标题", "body_html": "<p>正文</p>", "ai_use": "none"}
    client.post(f"/stories/{story}/edit", data=form)
    client.post(f"/stories/{story}/edit", data={**form, "based_on": "2"})
    assert text_of(world, story).number == 2
    assert text_of(world, story).title == "新标题"


def test_a_second_editor_is_refused_and_keeps_his_text(world: World, as_person: Login) -> None:
    story = a_story(world)
    as_person("editor").post(f"/stories/{story}/edit", data={"based_on": "1", "title": "甲的标题"})
    answer = as_person("editor2").post(
        f"/stories/{story}/edit", data={"based_on": "1", "title": "乙的标题", "body_html": "<p>乙写的</p>"}
    )
    assert answer.status_code == 409
    assert 'value="乙的标题"' in answer.text
    assert "乙写的" in answer.text
    assert "李编 在您编辑时保存了第 2 版" in answer.text
    assert text_of(world, story).title == "甲的标题"


def test_a_text_too_long_is_refused_and_kept_in_the_form(world: World, as_person: Login) -> None:
    story = a_story(world)
    answer = as_person("editor").post(f"/stories/{story}/edit", data={"based_on": "1", "title": "长" * 121})
    assert answer.status_code == 422
    assert "标题太长" in answer.text
    assert "长" * 121 in answer.text


def test_a_cover_is_uploaded_chosen_and_taken_away(world: World, as_person: Login) -> None:
    story, client = a_story(world), as_person("editor")
    upload = {"cover_file": ("a.png", a_picture("#aa3333"), "image/png")}
    client.post(f"/stories/{story}/edit", data={"based_on": "1"}, files=upload)
    cover = text_of(world, story).cover_sha256
    assert client.get(f"/media/{cover}").headers["content-type"] == "image/png"
    assert cover in client.get(f"/stories/{story}/edit").text
    client.post(f"/stories/{story}/edit", data={"based_on": "2", "cover_sha256": ""})
    assert text_of(world, story).cover_sha256 is None


def test_what_is_no_picture_is_not_kept(world: World, as_person: Login) -> None:
    client = as_person("editor")
    answer = client.post("/media", files={"file": ("a.png", b"<svg onload=alert(1)>", "image/png")})
    assert answer.status_code == 422
    assert client.get("/media/" + "0" * 64).status_code == 404
    assert client.get("/media/..%2f..%2fsecret.key").status_code == 404


def test_pictures_of_the_editor_are_stored_by_their_hash_not_by_an_address(world: World, as_person: Login) -> None:
    story = a_story(world)
    body = f'<p>字</p><img src="/media/{world.picture}" alt="图">'
    as_person("editor").post(f"/stories/{story}/edit", data={"based_on": "1", "body_html": body})
    assert f'src="media:{world.picture}"' in text_of(world, story).body_html
    assert f"/media/{world.picture}" in as_person("editor").get(f"/stories/{story}").text


def test_a_preview_frame_shows_each_channels_form(world: World, as_person: Login) -> None:
    story, client = a_story(world), as_person("editor")
    weibo = client.get(f"/stories/{story}/versions/1/as/wb-jl")
    assert "/ 140 字" in weibo.text
    assert "/s/" in weibo.text
    assert "sandbox" in weibo.headers["content-security-policy"]
    assert "没有视频" in client.get(f"/stories/{story}/preview").text


def test_versions_are_compared_word_by_word(world: World, as_person: Login) -> None:
    story, client = a_story(world), as_person("editor")
    client.post(f"/stories/{story}/edit", data={"based_on": "1", "body_html": "<p>未来两天长春市有暴雪。</p>"})
    html = client.get(f"/stories/{story}/versions/2").text
    assert "<del>三</del>" in html
    assert "<ins>两</ins>" in html


def a_queued_story(world: World, as_person: Login) -> int:
    story = a_story(world)
    approve(world, story)
    plan(world, as_person, story, "wb-jl", "wb-cc")
    return story


def become(world: World, delivery_id: int | None, state: DeliveryState) -> None:
    with world.newsroom.store.session() as session:
        session.get_one(Delivery, delivery_id).state = state


def a_released_story(world: World) -> int:
    an_emergency(world)
    with world.newsroom.store.session() as session:
        [(story, _version), *_] = events.stories_of(session, 1)
        session.get_one(Story, story.id).status = "released"
    assert story.id is not None
    return story.id


def test_dropping_a_story_calls_off_what_waits_and_is_written_down(world: World, as_person: Login) -> None:
    story = a_queued_story(world, as_person)
    become(world, rows(world)[0].delivery.id, DeliveryState.LIVE)
    as_person("editor").post(f"/stories/{story}/drop")
    told = {(line.delivery.state, line.delivery.reason) for line in rows(world)}
    assert told == {("live", ""), ("withdrawn", "稿件已作废，没有发出。")}
    assert status_of(world, story) == "dropped"
    with world.newsroom.store.reading() as session:
        last = log.of(session, "story", story)[-1]
    assert (last.act, last.actor, len(last.detail["called_off"])) == ("dropped", "李编", 1)
    assert "作废" in as_person("editor").get(f"/stories/{story}").text


def test_a_story_that_is_being_sent_or_was_released_is_not_dropped(world: World, as_person: Login) -> None:
    story = a_queued_story(world, as_person)
    become(world, rows(world)[0].delivery.id, DeliveryState.SENDING)
    client = as_person("editor")
    client.post(f"/stories/{story}/drop")
    assert status_of(world, story) == "approved"
    assert sorted(line.delivery.state for line in rows(world)) == ["queued", "sending"]
    assert "正在发送" in client.get(f"/stories/{story}").text
    released = a_released_story(world)
    client.post(f"/stories/{released}/drop")
    assert status_of(world, released) == "released"


def test_a_released_story_is_not_edited_but_written_anew(world: World, as_person: Login) -> None:
    story, client = a_released_story(world), as_person("editor")
    before = text_of(world, story)
    assert client.get(f"/stories/{story}/edit").headers["location"] == f"/stories/{story}"
    refused = client.post(f"/stories/{story}/edit", data={"based_on": before.number, "title": "改掉已签发的"})
    assert "已经签发" in refused.text
    assert "改掉已签发的" in refused.text
    assert (text_of(world, story).number, status_of(world, story)) == (before.number, "released")
    assert "另写新稿" in client.get(f"/stories/{story}").text
    answer = client.post(f"/stories/{story}/anew")
    new = int(answer.headers["location"].split("/")[2])
    assert text_of(world, new).content_hash == before.content_hash
    with world.newsroom.store.reading() as session:
        made = session.get_one(Story, new)
    assert (made.kind, made.status, made.event_id) == ("story", "editing", None)
    assert client.post(f"/stories/{new}/anew").status_code == 409


def test_saving_says_which_version_still_waits_and_it_is_called_off_with_one_press(
    world: World, as_person: Login
) -> None:
    story, client = a_queued_story(world, as_person), as_person("editor")
    become(world, rows(world)[0].delivery.id, DeliveryState.LIVE)
    client.post(f"/stories/{story}/edit", data={"based_on": "2", "title": "改正后的标题"})
    html = client.get(f"/stories/{story}").text
    assert "第 2 版仍在 1 个账号排队" in html
    assert f"/stories/{story}/call-off" in html
    client.post(f"/stories/{story}/call-off")
    assert sorted(line.delivery.state for line in rows(world)) == ["live", "withdrawn"]
    assert "仍在" not in client.get(f"/stories/{story}").text
