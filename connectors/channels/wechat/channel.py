"""The WeChat channel: upload → draft → submit → poll → read back, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from connectors.base import (
    Capabilities,
    ErrorClass,
    Figures,
    Journal,
    Outcome,
    PlatformEvent,
    Post,
    PostPicture,
    Refusal,
    TokenShelf,
)
from connectors.channels.codes import Refused, fingerprint, never_again, not_asked, outcome_of, problem
from connectors.channels.pictures import fit
from connectors.channels.wechat import figures
from connectors.channels.wechat.api import WeChatApi, WeChatCredentials
from connectors.channels.wechat.codes import PUBLISH_FAILED
from connectors.channels.wechat.events import Callbacks
from connectors.channels.wechat.html import article_html, picture_keys
from connectors.channels.wechat.lists import Lists
from connectors.channels.wechat.preflight import problems
from connectors.channels.wechat.settings import LIMITS, WeChatSettings
from connectors.errors import ConnectorError, OutcomeUnknown
from connectors.http import HttpClient

_FIRST_POLL_SECONDS = 30.0
_BUSY, _BUSY_SECONDS = "-1", 180.0
_ONLY_ARTICLE = 1  # 1-based; 0 or missing would delete every article of the publish
_CONSOLE = "https://mp.weixin.qq.com/"


class WeChat:
    """One 公众号. Fits connectors.base.Channel."""

    name = "wechat"
    Settings = WeChatSettings
    Credentials = WeChatCredentials
    LIMITS = LIMITS

    def __init__(
        self,
        settings: WeChatSettings,
        credentials: WeChatCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._now = now
        self._api = WeChatApi(settings.base_url, credentials, http, tokens, now)
        self._lists = Lists(self._api)
        self._callbacks = Callbacks(credentials, now)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mode=self._settings.mode,
            article=True,
            images_max=50,
            can_withdraw=True,
            metrics="daily" if self._settings.mode == "direct" else "import",
            metrics_ready_at="08:30",
            limits={**LIMITS, **self._settings.limits},
        )

    def check(self) -> Outcome:
        try:
            self._api.ask("/cgi-bin/draft/count")
            if self._settings.mode == "direct":
                self._lists.published_page(0, count=1)
        except ConnectorError as error:
            return outcome_of(error, self._now())
        return Outcome(state="done")

    def problems(self, post: Post) -> list[Refusal]:
        return problems(post, self._settings)

    # ------------------------------------------------------------ out

    def publish(self, post: Post, journal: Journal) -> Outcome:
        found = self.problems(post)
        if found:
            return Outcome(state="failed", refusal=found[0])
        try:
            return self._publish(post, journal)
        except ConnectorError as error:
            outcome = outcome_of(error, self._now())
        if outcome.raw_code == _BUSY and "draft_media_id" in journal.known:
            # busy while submitting: by then a job that was begun all the same has ended and taken the draft with it
            return outcome.model_copy(update={"retry_after": _BUSY_SECONDS})
        return outcome

    def _publish(self, post: Post, journal: Journal) -> Outcome:
        if "publish_id" in journal.known:
            return self._taken(journal)
        draft = journal.known.get("draft_media_id")
        if draft is None:
            draft = self._make_draft(post, journal)
        elif not self._lists.has_draft(draft):
            # published or deleted meanwhile, by somebody or by a submit that seemed to fail
            raise OutcomeUnknown("草稿已不在草稿箱里，需要先核对是否已发表。", connector=self.name)
        if self._settings.mode == "draft_only":
            ids = {"draft_media_id": draft, "marker": post.marker}
            return Outcome(state="pending_user", external_ids=ids, hand_off=_CONSOLE)
        journal.call("submit", fingerprint(post, draft), lambda: self._submit(draft))
        return self._taken(journal)

    def _taken(self, journal: Journal) -> Outcome:
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=_FIRST_POLL_SECONDS)

    def _make_draft(self, post: Post, journal: Journal) -> str:
        urls = self._upload_pictures(post, journal)
        cover = self._upload_cover(post, journal)
        article = self._article(post, urls, cover)
        print_ = fingerprint(post, cover, *urls.values())
        return journal.call("draft_add", print_, lambda: self._add_draft(article, post))["draft_media_id"]

    def _upload_pictures(self, post: Post, journal: Journal) -> dict[str, str]:
        by_key = {picture.key: picture for picture in post.pictures}
        urls: dict[str, str] = {}
        for key in picture_keys(post.html):
            name = f"picture:{key}"
            known = journal.known.get(name)
            urls[key] = known or self._upload_picture(by_key[key], name, journal)
        return urls

    def _upload_picture(self, picture: PostPicture, name: str, journal: Journal) -> str:
        limit = self._settings.limit("picture_bytes")
        fitted = fit(picture.content, bytes_max=limit, formats=("JPEG", "PNG"))

        def act() -> dict[str, str]:
            return {name: str(self._api.upload("/cgi-bin/media/uploadimg", fitted)["url"])}

        return journal.call("uploadimg", picture.key, act)[name]

    def _upload_cover(self, post: Post, journal: Journal) -> str:
        assert post.cover is not None  # the preflight saw it
        known = journal.known.get("cover_media_id")
        if known:
            return known
        limit = self._settings.limit("cover_bytes")
        fitted = fit(post.cover.content, bytes_max=limit, formats=("JPEG", "PNG"), stem="cover")

        def act() -> dict[str, str]:
            # a permanent picture: with a temporary one draft/add answers 40007; type=thumb would end at 64 KB
            said = self._api.upload("/cgi-bin/material/add_material", fitted, type="image")
            return {"cover_media_id": str(said["media_id"])}

        return journal.call("add_material", post.cover.key, act)["cover_media_id"]

    def _article(self, post: Post, urls: Mapping[str, str], cover: str) -> dict[str, Any]:
        return {
            "title": post.title,
            "author": post.author,
            "digest": post.digest,
            "content": article_html(post.html, urls),
            "content_source_url": post.link,
            "thumb_media_id": cover,
            "need_open_comment": int(self._settings.open_comments),
        }

    def _add_draft(self, article: dict[str, Any], post: Post) -> dict[str, str]:
        said = self._api.act("/cgi-bin/draft/add", {"articles": [article]})
        return {"draft_media_id": str(said["media_id"]), "marker": post.marker}

    def _submit(self, draft: str) -> dict[str, str]:
        said = self._api.act("/cgi-bin/freepublish/submit", {"media_id": draft})
        # publish_id is a number on one page of the documentation and a string on the other; msg_data_id, the key of the
        # figures, is never repeated later
        return {name: str(said[name]) for name in ("publish_id", "msg_data_id") if said.get(name) is not None}

    # ------------------------------------------------------------ what became of it

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        try:
            if "publish_id" in journal.known:
                return never_again(self.poll(journal.known))
            return self._look_up(post, journal)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")

    def _look_up(self, post: Post, journal: Journal) -> Outcome:
        begun = min(journal.open.values(), default=None)
        submitted = journal.open.get("submit")
        draft = journal.known.get("draft_media_id")
        if draft is not None and submitted is None and self._lists.has_draft(draft):
            return Outcome(state="absent")
        if submitted is not None or draft is not None:
            twin = self._lists.find_published(post.marker, since=begun)
            if twin is not None:
                return never_again(self._read_back({**journal.known, **twin, "marker": post.marker}))
            return _draft_went() if submitted is None else self._lost_submit(submitted, draft)
        if "draft_add" not in journal.open:
            return Outcome(state="absent")
        found = self._lists.find_draft(post.marker, since=begun)
        if found is not None:
            return Outcome(state="absent", external_ids={"draft_media_id": found, "marker": post.marker})
        return self._wait_or_absent(journal.open["draft_add"])

    def _lost_submit(self, submitted: datetime, draft: str | None) -> Outcome:
        """A running job stands in no list and leaves the draft in its box, so only time tells."""
        age = (self._now() - submitted).total_seconds()
        left = self._settings.submit_settles_seconds - age
        if left > 0:
            # the quotas of the lists are 100 a day: 30 s, 1, 2, 4, 8 … minutes
            return Outcome(state="unknown", retry_after=min(max(30.0, age), left))
        if draft is None or not self._lists.has_draft(draft):
            return _draft_went()
        if self._settings.resubmit_lost:
            return Outcome(state="absent")
        cause = "发表请求没有答复，草稿仍在草稿箱里，查不到已发表的文章。"
        remedy = "请在公众平台确认没有发表，再点“重新发送”；已发表就登记链接。"
        return Outcome(state="unknown", refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy))

    def _wait_or_absent(self, begun: datetime) -> Outcome:
        left = self._settings.draft_settles_seconds - (self._now() - begun).total_seconds()
        return Outcome(state="unknown", retry_after=left) if left > 0 else Outcome(state="absent")

    def poll(self, known: Mapping[str, str]) -> Outcome:
        try:
            if "article_id" in known:
                return self._read_back(known)
            if "publish_id" in known:
                return self._poll_job(known)
            return self._poll_draft(known)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="accepted")

    def _poll_job(self, known: Mapping[str, str]) -> Outcome:
        said = self._api.ask("/cgi-bin/freepublish/get", {"publish_id": known["publish_id"]})
        status = str(said.get("publish_status", ""))
        if status == "0":
            return self._read_back({**known, **_article_of(said)})
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
            return Outcome(state="pending_user", external_ids=dict(known), hand_off=_CONSOLE)
        return self._read_back({**known, **twin})

    def _read_back(self, known: Mapping[str, str]) -> Outcome:
        """Live only when the article itself is there."""
        article = self._lists.article(known["article_id"])
        if article is None:
            return Outcome(state="accepted", external_ids=dict(known), retry_after=60.0)
        if article.get("is_deleted"):
            return Outcome(state="absent", external_ids=dict(known), raw_message="文章已被删除")
        url = str(article.get("url") or known.get("article_url") or "")
        return Outcome(state="done", external_ids={**known, "article_url": url}, public_url=url)

    # ------------------------------------------------------------ back

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        try:
            return self._withdraw(dict(known), journal)
        except ConnectorError as error:
            return outcome_of(error, self._now())

    def _withdraw(self, known: dict[str, str], journal: Journal) -> Outcome:
        if "article_id" not in known and known.get("marker"):
            known |= self._lists.find_published(known["marker"], since=None) or {}
        article = known.get("article_id")
        if article is None:
            return self._not_published(known, journal)
        if self._gone(article):
            return Outcome(state="absent")
        journal.call("delete", article, lambda: self._delete(article))
        # irreversible and counted (10 a day), so the proof is a look, never a second deletion
        return Outcome(state="absent") if self._gone(article) else Outcome(state="accepted", retry_after=60.0)

    def _not_published(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """Nothing is public yet: stop what can be stopped."""
        if "publish_id" in known and self._poll_job(known).state == "accepted":
            refusal = problem(ErrorClass.RETRYABLE, "微信还在发表这篇文章，现在撤不回。", "系统会稍后再撤。")
            return Outcome(state="failed", refusal=refusal, retry_after=60.0)
        draft = known.get("draft_media_id")
        if draft is not None and self._lists.has_draft(draft):
            journal.call("draft_delete", draft, lambda: self._delete_draft(draft))
        return Outcome(state="absent")

    def _delete(self, article: str) -> dict[str, str]:
        try:
            self._api.act("/cgi-bin/freepublish/delete", {"article_id": article, "index": _ONLY_ARTICLE})
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise
        return {}

    def _delete_draft(self, draft: str) -> dict[str, str]:
        self._api.act("/cgi-bin/draft/delete", {"media_id": draft})
        return {}

    def _gone(self, article_id: str) -> bool:
        article = self._lists.article(article_id)
        return article is None or bool(article.get("is_deleted"))

    # ------------------------------------------------------------ figures and call-backs

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        return figures.post_figures(self._api, posts, day, self._now())

    def account_figures(self, day: date) -> Figures | None:
        return figures.account_figures(self._api, day, self._now())

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        return self._callbacks.event(query, body)

    def hand_off(self, post: Post, journal: Journal) -> Outcome:
        """draft_only: the editor opens the platform's own site; the draft is in its box."""
        return Outcome(state="pending_user", external_ids=dict(journal.known), hand_off=_CONSOLE)


def _draft_went() -> Outcome:
    """The draft's id is forgotten with it: a person who sends again begins with a new one."""
    cause = "草稿已不在草稿箱里，也查不到已发表的文章。"
    remedy = "请在公众平台核对：已发表就登记链接，没有发表就点“重新发送”。"
    refusal = problem(ErrorClass.NEEDS_HUMAN, cause, remedy)
    return Outcome(state="unknown", external_ids={"draft_media_id": ""}, refusal=refusal)


def _article_of(said: Mapping[str, Any]) -> dict[str, str]:
    items = (said.get("article_detail") or {}).get("item") or [{}]
    found = {"article_id": said.get("article_id"), "article_url": items[0].get("article_url")}
    return {name: str(value) for name, value in found.items() if value}
