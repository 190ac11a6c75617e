"""Publishing without notifying followers: submit → poll → read back, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connectors.base import ErrorClass, Journal, Outcome, Post
from connectors.channels.answers import texts
from connectors.channels.codes import Refused, fingerprint, never_again, problem
from connectors.channels.wechat.api import WeChatApi
from connectors.channels.wechat.codes import PUBLISH_FAILED
from connectors.channels.wechat.drafts import Drafts, draft_of, forgotten
from connectors.channels.wechat.lists import Lists, marked
from connectors.channels.wechat.settings import WeChatSettings
from connectors.errors import OutcomeUnknown

_ONLY_ARTICLE = 1  # 1-based; 0 or missing would delete every article of the publish
CONSOLE = "https://mp.weixin.qq.com/"


class FreePublish:
    """Fits wechat.channel.Way; for direct and draft_only."""

    def __init__(
        self, settings: WeChatSettings, api: WeChatApi, lists: Lists, drafts: Drafts, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._api = api
        self._lists = lists
        self._drafts = drafts
        self._now = now

    def check(self) -> None:
        if self._settings.mode == "direct":
            self._lists.published_page(0, count=1)

    # ------------------------------------------------------------ out

    def is_taken(self, known: Mapping[str, str]) -> bool:
        return "publish_id" in known

    def resume(self, draft: str) -> None:
        """A draft of an earlier try: published or deleted meanwhile, by somebody or by a submit that seemed to fail?"""
        if not self._lists.has_draft(draft):
            raise OutcomeUnknown("草稿已不在草稿箱里，需要先核对是否已发表。", connector="wechat")

    def send(self, draft: str, post: Post, journal: Journal) -> None:
        journal.call("submit", fingerprint(post, draft), lambda: self._submit(draft))

    def _submit(self, draft: str) -> dict[str, str]:
        said = self._api.act("/cgi-bin/freepublish/submit", {"media_id": draft}, gives="publish_id")
        # publish_id is a number on one page of the documentation and a string on the other; msg_data_id, the key of the
        # figures, is never repeated later
        return {name: str(said[name]) for name in ("publish_id", "msg_data_id") if said.get(name) is not None}

    # ------------------------------------------------------------ what became of it

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        begun = min(journal.open.values(), default=None)
        submitted = journal.open.get("submit")
        draft = journal.known.get("draft_media_id")
        if submitted is None and draft is None:
            return self._drafts.look_up(post, journal)
        if submitted is None and draft is not None and self._lists.has_draft(draft):
            return Outcome(state="absent")
        twin = self._lists.find_published(post.marker, since=begun)
        if twin is not None:
            return never_again(self._read_back({**journal.known, **twin, "marker": post.marker}))
        return draft_went(journal.known) if submitted is None else self._lost_submit(submitted, journal.known)

    def _lost_submit(self, submitted: datetime, known: Mapping[str, str]) -> Outcome:
        """A running job stands in no list and leaves the draft in its box, so only time tells."""
        age = (self._now() - submitted).total_seconds()
        left = self._settings.submit_settles_seconds - age
        if left > 0:
            # the quotas of the lists are 100 a day: 30 s, 1, 2, 4, 8 … minutes
            return Outcome(state="unknown", retry_after=min(max(30.0, age), left))
        draft = draft_of(known)
        if draft is None or not self._lists.has_draft(draft):
            return draft_went(known)
        if self._settings.resubmit_lost:
            return Outcome(state="absent")
        cause = "发表请求没有答复，草稿仍在草稿箱里，查不到已发表的文章。"
        remedy = "请在公众平台确认没有发表，再点“重新发送”；已发表就登记链接。"
        return Outcome(state="unknown", refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy))

    def poll(self, known: Mapping[str, str]) -> Outcome:
        if "article_id" in known:
            return self._read_back(known)
        if "publish_id" in known:
            return self._told(known) or self._poll_job(known)
        return self._poll_draft(known)

    def _told(self, known: Mapping[str, str]) -> Outcome | None:
        """The article that a call-back named, if it is public and ours: one question less of the 100 a day."""
        told, marker = known.get("told_article_id"), known.get("marker")
        article = self._lists.article(told) if told and marker else None
        if article is None or article.get("is_deleted") or not marked(article, marker or ""):
            return None
        return self._is_live({**known, "article_id": told or ""}, article)

    def _poll_job(self, known: Mapping[str, str]) -> Outcome:
        said = self._api.ask("/cgi-bin/freepublish/get", {"publish_id": known["publish_id"]})
        status = str(said.get("publish_status", ""))
        article = _article_of(said)
        if status == "0" and "article_id" in article:
            return self._read_back({**known, **article})
        if status == "5":
            return Outcome(state="absent", external_ids=dict(known), raw_code="5", raw_message="已被账号删除")
        if status in PUBLISH_FAILED:
            return Outcome(state="failed", refusal=PUBLISH_FAILED[status], raw_code=status)
        return Outcome(state="accepted", external_ids=dict(known), raw_code=status)

    def _poll_draft(self, known: Mapping[str, str]) -> Outcome:
        """draft_only: has an editor pressed 发表?"""
        marker = known.get("marker", "")
        try:
            twin = self._lists.find_published(marker, since=None) if marker else None
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.PERMISSION:
                raise
            # an account that may not publish may not list what it published either: the editor gives us the link
            twin = None
        if twin is None:
            return Outcome(state="pending_user", external_ids=dict(known), hand_off=CONSOLE)
        return self._read_back({**known, **twin})

    def standing(self, marker: str) -> dict[str, str] | None:
        """The article with this marker that readers can see: somebody may have pressed 发表 on the platform's own site.

        None also where the account may not list what it published: then only people know.
        """
        try:
            twin = self._lists.find_published(marker, since=None)
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.PERMISSION:
                raise
            return None
        article = self._lists.article(twin["article_id"]) if twin is not None else None
        return None if article is not None and article.get("is_deleted") else twin

    def _read_back(self, known: Mapping[str, str]) -> Outcome:
        """Live only when the article itself is there."""
        article = self._lists.article(known["article_id"])
        if article is None:
            return Outcome(state="accepted", external_ids=dict(known), retry_after=60.0)
        if article.get("is_deleted"):
            return Outcome(state="absent", external_ids=dict(known), raw_message="文章已被删除")
        return self._is_live(known, article)

    def _is_live(self, known: Mapping[str, str], article: Mapping[str, Any]) -> Outcome:
        url = str(article.get("url") or known.get("article_url") or "")
        return Outcome(state="done", external_ids={**known, "article_url": url}, public_url=url)

    # ------------------------------------------------------------ back

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        ids = dict(known)
        if "article_id" not in ids and ids.get("marker"):
            try:
                ids |= self._lists.find_published(ids["marker"], since=None) or {}
            except Refused as refused:
                if refused.refusal.kind is not ErrorClass.PERMISSION or self.is_taken(ids):
                    raise
                return self._unlisted(ids, journal)
        article = ids.get("article_id")
        if article is None:
            return self._not_published(ids, journal)
        return self._taken_down(article, journal)

    def _taken_down(self, article: str, journal: Journal) -> Outcome:
        if self._gone(article):
            return Outcome(state="absent", external_ids={"article_id": article})
        journal.call("delete", article, lambda: self._delete(article))
        # irreversible and counted (10 a day), so the proof is a look, never a second deletion
        ids = {"article_id": article}
        return Outcome(state="absent" if self._gone(article) else "accepted", external_ids=ids, retry_after=60.0)

    def _unlisted(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """An account that may not list what it published: only a draft that is still in its box tells that nobody did."""
        if self._drafts.discard(known, journal) != "gone":
            return Outcome(state="absent")
        cause = "草稿已不在草稿箱里，这个公众号没有查询已发表文章的权限，系统查不到是否已发表。"
        remedy = "请在公众平台查看发表记录：已发表的先删除；确认没有公开的文章后，点“登记为已撤回”。"
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, remedy)
        return Outcome(state="pending_user", refusal=refusal, hand_off=CONSOLE)

    def _not_published(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """Nothing is public yet, as far as the list tells: stop what can be stopped."""
        found = self._poll_job(known) if "publish_id" in known else None
        if found is not None and found.state == "done":
            # it became public after the list was asked
            return self._taken_down(found.external_ids["article_id"], journal)
        if found is not None and found.state == "accepted":
            refusal = problem(ErrorClass.RETRYABLE, "微信还在发表这篇文章，现在撤不回。", "系统会稍后再撤。")
            return Outcome(state="failed", refusal=refusal, retry_after=60.0)
        if found is not None and found.state == "absent":
            # it was public, and somebody took all of it down
            return Outcome(state="absent")
        return perhaps_out_by_hand() if self._drafts.discard(known, journal) == "gone" else Outcome(state="absent")

    def _delete(self, article: str) -> dict[str, str]:
        try:
            self._api.act("/cgi-bin/freepublish/delete", {"article_id": article, "index": _ONLY_ARTICLE})
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise
        return {}

    def _gone(self, article_id: str) -> bool:
        article = self._lists.article(article_id)
        return article is None or bool(article.get("is_deleted"))


def draft_went(known: Mapping[str, str]) -> Outcome:
    """The draft's id is forgotten with it: a person who sends again begins with a new one."""
    cause = "草稿已不在草稿箱里，也查不到已发表的文章。"
    remedy = "请在公众平台的发表记录里核对：已发表或已群发就登记链接，都没有就点“重新发送”。"
    refusal = problem(ErrorClass.NEEDS_HUMAN, cause, remedy)
    return Outcome(state="unknown", external_ids=forgotten(known), refusal=refusal)


def perhaps_out_by_hand(*, given_up: bool = False) -> Outcome:
    """A draft that left the box without us: mass sends stand in no list, and whether it was deleted nobody tells."""
    cause = "草稿已不在草稿箱里，可能有人在公众平台发表、群发或删除了它，系统查不到。"
    remedy = "请在公众平台查看发表记录：已发表或群发的先删除；确认没有公开的文章后，点“登记为已撤回”。"
    if given_up:
        remedy = "请在公众平台查看发表记录：已发表或群发的，登记链接，或删除后点“登记为已撤回”；没有发出的，直接点“登记为已撤回”。"
    refusal = problem(ErrorClass.NEEDS_HUMAN, cause, remedy)
    return Outcome(state="pending_user", refusal=refusal, hand_off=CONSOLE)


def _article_of(said: Mapping[str, Any]) -> dict[str, str]:
    detail = said.get("article_detail")
    items = (detail.get("item") if isinstance(detail, dict) else None) or [{}]
    first = items[0] if isinstance(items, list) else {}
    return texts(said, "article_id") | texts(first, "article_url")
