"""The three reviews: order, three people, bound to the text, undone by an edit."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_store import log, people, stories
from content_store.tables import Review, ReviewStep, Story, Verdict
from steps import review
from steps import stories as desk_work
from steps.errors import Refused
from steps.newsroom import Newsroom
from steps.review_queue import queue_for

TEXT = {"title": "冰雪路面怎么走", "body_html": "<p>慢行,保持车距。</p>", "ai_use": "none"}


@pytest.fixture
def staff(newsroom: Newsroom, now: datetime) -> dict[str, int]:
    """An editor and people with every review right, named 甲 … 丁."""
    roles = ["editor", "reviewer1", "reviewer2", "reviewer3", "admin"]
    with newsroom.store.session() as session:
        added = [
            people.add(session, name=name, display_name=name, password_hash="x", roles=roles, now=now)
            for name in ("编辑", "甲", "乙", "丙", "丁")
        ]
    return {user.name: user.id for user in added if user.id is not None}


class Desk:
    """Speaks of one story in the words of the newsroom."""

    def __init__(self, newsroom: Newsroom, staff: dict[str, int], now: datetime) -> None:
        self.newsroom, self.staff, self.now = newsroom, staff, now
        self.story = desk_work.write_new(newsroom, TEXT, by=staff["编辑"], now=now)

    def submit(self) -> None:
        review.submit(self.newsroom, self.story, by=self.staff["编辑"], now=self.now)

    def hash(self) -> str:
        with self.newsroom.store.reading() as session:
            version = stories.current_version(session, self.story)
            assert version is not None
            return version.content_hash

    def give(
        self, who: str, step: ReviewStep, verdict: Verdict = Verdict.PASSED, reason: str = "", of: str = ""
    ) -> review.Standing:
        return review.give(
            self.newsroom,
            self.story,
            step=step,
            verdict=verdict,
            reason=reason,
            content_hash=of or self.hash(),
            by=self.staff[who],
            now=self.now,
        )

    def edit(self, who: str = "编辑", **fields: str) -> int:
        with self.newsroom.store.reading() as session:
            story = session.get(Story, self.story)
            assert story is not None
        return desk_work.edit(
            self.newsroom, self.story, fields, based_on=story.current, by=self.staff[who], now=self.now
        )

    def status(self) -> str:
        with self.newsroom.store.reading() as session:
            story = session.get(Story, self.story)
            assert story is not None
            return story.status


@pytest.fixture
def desk(newsroom: Newsroom, staff: dict[str, int], now: datetime) -> Desk:
    return Desk(newsroom, staff, now)


def test_three_people_in_order_approve_a_story(desk: Desk) -> None:
    desk.submit()
    desk.give("甲", ReviewStep.FIRST)
    desk.give("乙", ReviewStep.SECOND)
    assert desk.give("丙", ReviewStep.FINAL).approved
    assert desk.status() == "approved"
    with desk.newsroom.store.reading() as session:
        acts = [entry.act for entry in log.of(session, "story", desk.story)]
    assert acts == ["submitted", "first:passed", "second:passed", "final:passed"]


def test_steps_cannot_be_skipped(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(Refused, match="现在应进行初审"):
        desk.give("甲", ReviewStep.FINAL)


def test_nobody_reviews_twice_even_with_every_right(desk: Desk) -> None:
    desk.submit()
    desk.give("甲", ReviewStep.FIRST)
    with pytest.raises(Refused, match="三位不同的人"):
        desk.give("甲", ReviewStep.SECOND)


def test_the_editor_of_the_text_reviews_nothing_even_as_administrator(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(Refused, match="不能审签自己"):
        desk.give("编辑", ReviewStep.FIRST)


def test_whoever_wrote_part_of_the_text_reviews_nothing_though_another_saved_last(desk: Desk) -> None:
    desk.edit("甲", body_html="<p>甲写的整段。</p>")
    desk.edit("编辑", title="多一个字")
    desk.submit()
    with desk.newsroom.store.reading() as session:
        [mine] = queue_for(session, user_id=desk.staff["甲"], roles=["reviewer1"])
    assert "自己修改过" in (mine.objection or "")
    with pytest.raises(Refused, match="自己修改过"):
        desk.give("甲", ReviewStep.FIRST)
    desk.give("乙", ReviewStep.FIRST)
    desk.give("丙", ReviewStep.SECOND)
    desk.give("丁", ReviewStep.FINAL)
    desk.edit("编辑", title="终审之后又改")
    desk.submit()
    desk.give("甲", ReviewStep.FIRST)


def test_an_edit_voids_every_review_given_so_far(desk: Desk) -> None:
    desk.submit()
    desk.give("甲", ReviewStep.FIRST)
    seen = desk.hash()
    assert desk.edit(title="冰雪路面怎么走(更新)") == 2
    assert desk.status() == "editing"
    desk.submit()
    with pytest.raises(Refused, match="又被修改过"):
        desk.give("乙", ReviewStep.SECOND, of=seen)
    with pytest.raises(Refused, match="现在应进行初审"):
        desk.give("乙", ReviewStep.SECOND)


def test_saving_without_a_change_keeps_the_approval(desk: Desk) -> None:
    desk.submit()
    desk.give("甲", ReviewStep.FIRST)
    assert desk.edit(title=TEXT["title"]) == 1
    assert desk.status() == "in_review"


def test_a_rejection_needs_a_reason_and_a_new_version(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(Refused, match="理由"):
        desk.give("甲", ReviewStep.FIRST, Verdict.REJECTED)
    assert desk.give("甲", ReviewStep.FIRST, Verdict.REJECTED, "刹车距离的数字不对").rejected
    with pytest.raises(Refused, match="修改后再送审"):
        desk.submit()
    desk.edit(body_html="<p>冰面刹车距离是干燥路面的数倍。</p>")
    desk.submit()
    desk.give("甲", ReviewStep.FIRST)
    assert desk.status() == "in_review"


def test_a_story_without_its_ai_use_stays_at_the_desk(desk: Desk) -> None:
    desk.edit(ai_use="")
    with pytest.raises(Refused, match="AI"):
        desk.submit()


def test_two_editors_do_not_overwrite_each_other(desk: Desk) -> None:
    desk.edit("甲", title="甲改的标题")
    with pytest.raises(Refused, match="别人改过"):
        desk_work.edit(
            desk.newsroom, desk.story, {"title": "乙改的标题"}, based_on=1, by=desk.staff["乙"], now=desk.now
        )


def test_body_html_loses_scripts_and_handlers_but_keeps_pictures(desk: Desk) -> None:
    cleaned = desk_work.clean_html('<p onclick="x()">好<script>坏()</script><img src="media:ab" alt="图"></p>')
    assert cleaned == '<p>好<img src="media:ab" alt="图"></p>'


verdicts = st.lists(
    st.tuples(
        st.sampled_from(list(ReviewStep)),
        st.sampled_from(list(Verdict)),
        st.integers(1, 5),
        st.sampled_from(["h", "old"]),
    ),
    max_size=12,
)


@settings(max_examples=300)
@given(verdicts)
def test_whatever_is_tried_approval_means_three_people_in_order_on_this_text(
    tries: list[tuple[str, str, int, str]],
) -> None:
    editor, given_reviews = 1, []
    roles = list(review.ROLE_FOR.values())
    for step, verdict, person, content_hash in tries:
        before = review.standing_of(given_reviews, "h")
        refused = step == ReviewStep.EXPERT or review.objection(
            step=ReviewStep(step),
            standing=before,
            roles=roles,
            reviewer=person,
            editors={editor},
            before=[r.reviewer_id for r in given_reviews],
        )
        if not refused:
            given_reviews.append(
                Review(
                    story_version_id=1,
                    content_hash=content_hash,
                    step=step,
                    verdict=verdict,
                    reviewer_id=person,
                    created_at=datetime.min.replace(tzinfo=UTC),
                )
            )
    after = review.standing_of(given_reviews, "h")
    counting = [r for r in given_reviews if r.content_hash == "h"]
    if after.approved:
        assert [r.step for r in counting] == list(review.ORDER)
        assert len({r.reviewer_id for r in counting} | {editor}) == 4
    assert not (after.approved and after.rejected)
    assert dataclasses.asdict(after)["rejected"] == any(r.verdict == Verdict.REJECTED for r in counting)
