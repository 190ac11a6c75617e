"""The three reviews as people give them at the desk."""

from __future__ import annotations

from conftest_desk import (
    Login,
    World,
    send_to_review,
    status_of,
    text_of,
    verdict,
)

from content_store import stories

HOSTILE = "<script>alert(1)</script>"


def test_three_people_in_order_approve_a_story(world: World, as_person: Login) -> None:
    story = send_to_review(world, as_person)
    for step, name in (("first", "first"), ("second", "second"), ("final", "final")):
        client = as_person(name)
        assert f"/reviews/{story}" in client.get("/reviews").text
        client.post(f"/reviews/{story}", data=verdict(world, story, step))
    assert status_of(world, story) == "approved"


def test_a_review_out_of_order_is_refused(world: World, as_person: Login) -> None:
    story = send_to_review(world, as_person)
    as_person("final").post(f"/reviews/{story}", data=verdict(world, story, "final"))
    as_person("first").post(f"/reviews/{story}", data=verdict(world, story, "second"))
    with world.newsroom.store.reading() as session:
        assert stories.reviews_of(session, text_of(world, story).id) == []


def test_a_rejection_needs_a_reason_and_shows_it_to_the_editor(world: World, as_person: Login) -> None:
    story, first = send_to_review(world, as_person), as_person("first")
    first.post(f"/reviews/{story}", data=verdict(world, story, "first", "rejected"))
    assert status_of(world, story) == "in_review"
    first.post(f"/reviews/{story}", data=verdict(world, story, "first", "rejected", "数字没有出处"))
    assert status_of(world, story) == "rejected"
    assert "数字没有出处" in as_person("editor").get(f"/stories/{story}").text


def test_an_edit_after_a_review_sends_the_story_back_to_the_beginning(world: World, as_person: Login) -> None:
    story = send_to_review(world, as_person)
    as_person("first").post(f"/reviews/{story}", data=verdict(world, story, "first"))
    as_person("editor").post(f"/stories/{story}/edit", data={"based_on": "2", "title": "改了", "then": "submit"})
    assert status_of(world, story) == "in_review"
    as_person("second").post(f"/reviews/{story}", data=verdict(world, story, "second"))
    with world.newsroom.store.reading() as session:
        assert stories.reviews_of(session, text_of(world, story).id) == []
