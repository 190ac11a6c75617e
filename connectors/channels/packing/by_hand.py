"""What every channel shares where a person does the platform's part: nothing is asked, nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from connectors.base import ErrorClass, Figures, Journal, Outcome, PlatformEvent, Post, Refusal
from connectors.channels.codes import problem

_V = ErrorClass.VALIDATION


class ByHand:
    """The parts of connectors.base.Channel that are the same without an interface."""

    withdraw_cause: str
    withdraw_steps: str

    def check(self) -> Outcome:
        """There are no credentials to be tried."""
        return Outcome(state="done")

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        """No call was made, so none can have been lost."""
        return Outcome(state="absent")

    def poll(self, known: Mapping[str, str]) -> Outcome:
        return Outcome(state="pending_user", external_ids=dict(known))

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """Only the person knows whether it was uploaded, and only the person can take it down."""
        refusal = problem(ErrorClass.NEEDS_HUMAN, self.withdraw_cause, self.withdraw_steps)
        return Outcome(state="pending_user", refusal=refusal)

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        return []

    def account_figures(self, day: date) -> Figures | None:
        return None

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        return None


def unfit(post: Post) -> Iterator[Refusal]:
    """What no package may lack, whatever the platform: a title and a body."""
    if not post.title.strip():
        yield problem(_V, "没有标题。", "请填写标题。")
    if not post.html.strip():
        yield problem(_V, "没有正文。", "请填写正文。")


def incomplete(post: Post) -> Refusal | None:
    """What a package must tell beside the text: who reviewed it, and where each picture comes from."""
    if post.dossier is None or not post.dossier.reviewers:
        return problem(_V, "资料包里没有审签人。", "请先完成三审，再重新排期。")
    known = {row.key for row in post.dossier.rights}
    if any(picture.key not in known for picture in post.pictures):
        return problem(_V, "资料包里有图片没有登记出处。", "请在稿件里重新上传这张图片，再重新排期。")
    return None
