"""Mass sending, which notifies followers: one call with a key of its own, a call-back with the address, and the way back.

No list of the platform shows mass sends. What protects from a second one is `clientmsgid`: the platform refuses the same
key for 24 hours and names the send that has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.base import ErrorClass, Journal, Outcome, Post, Refusal
from connectors.channels.codes import Refused, fingerprint, problem
from connectors.channels.wechat.api import WeChatApi
from connectors.channels.wechat.codes import mass_failed
from connectors.channels.wechat.drafts import Drafts
from connectors.channels.wechat.freepublish import CONSOLE, FreePublish
from connectors.channels.wechat.lists import Lists
from connectors.channels.wechat.pages import Pages
from connectors.channels.wechat.settings import WeChatSettings
from connectors.errors import OutcomeUnknown

_SENDALL = "/cgi-bin/message/mass/sendall"
_ALREADY, _TOO_FAST, _NO_DRAFT = "45065", "45066", "40007"
NONE_LEFT = "45028"
LOST = "mass_asked_at"
"""Under this name stands when a send was first asked for whose answer was lost."""
_KEY_AGAIN_SECONDS = 65.0
"""45066 within a minute of the last try tells no id."""
_KEY_LIVES = timedelta(hours=23)
"""An hour less than the platform promises: clocks differ."""
_TOO_LATE = "群发请求没有答复，已过了能安全重试的时间。"
_ONLY_ARTICLE = 1
_RUNNING, _SENT, _FAILED, _DELETED = "SENDING", "SEND_SUCCESS", "SEND_FAIL", "DELETE"
_NO_ID = 0


class MassSend:
    """Fits wechat.channel.Way."""

    def __init__(
        self,
        settings: WeChatSettings,
        api: WeChatApi,
        lists: Lists,
        drafts: Drafts,
        published: FreePublish,
        pages: Pages,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._api = api
        self._lists = lists
        self._drafts = drafts
        self._published = published
        self._pages = pages
        self._now = now

    def check(self) -> None:
        """May this account mass send? A number that nobody has is told from a right that is not there."""
        try:
            self._api.ask("/cgi-bin/message/mass/get", {"msg_id": _NO_ID})
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise

    # ------------------------------------------------------------ out

    def is_taken(self, known: Mapping[str, str]) -> bool:
        return "msg_id" in known

    def resume(self, draft: str) -> None:
        """Nothing to look at first: the key is what tells whether it went, also where the draft went with it."""

    def send(self, draft: str, post: Post, journal: Journal) -> None:
        lost_before = LOST in journal.known
        if lost_before and self._now() - datetime.fromisoformat(journal.known[LOST]) >= _KEY_LIVES:
            # the post waited since we said that it may be repeated: the platform no longer knows the key
            raise Refused(_look_there(_TOO_LATE), "", "key too old, not asked", connector="wechat")
        journal.call("mass_send", fingerprint(post, draft), lambda: self._send(draft, post.marker, lost_before))

    def _send(self, draft: str, marker: str, lost_before: bool) -> dict[str, str]:
        said = self._asked_to_send(draft, marker, lost_before)
        if not said.get("msg_id"):
            cause = "微信说这次群发已请求过，却没有给出编号。"
            raise Refused(_look_there(cause), str(said.get("errcode", "")), "", connector="wechat")
        ids = {name: str(said[name]) for name in ("msg_id", "msg_data_id") if said.get(name)}
        return {**ids, "mass_sent_at": self._now().isoformat()}

    def _asked_to_send(self, draft: str, marker: str, lost_before: bool) -> dict[str, Any]:
        tag = self._settings.mass_tag
        body = {
            "filter": {"is_to_all": True} if tag is None else {"is_to_all": False, "tag_id": tag},
            "msgtype": "mpnews",
            "mpnews": {"media_id": draft},
            "send_ignore_reprint": int(self._settings.send_reprints),
            "clientmsgid": client_key(marker, draft),
        }
        try:
            return self._api.act(_SENDALL, body, gives="msg_id", answers=frozenset({_ALREADY}))
        except Refused as refused:
            if refused.code == _TOO_FAST:
                raise OutcomeUnknown("这次群发一分钟内已请求过，稍后核对。", connector="wechat") from refused
            better = self._meaning(refused.code, lost_before)
            if better is None:
                raise
            raise Refused(better, refused.code, refused.raw, connector="wechat") from refused

    def _meaning(self, code: str, lost_before: bool) -> Refusal | None:
        """What a code means on this call where the table cannot know it."""
        if code == _NO_DRAFT:
            return _look_there("草稿已不在草稿箱里，可能有人在公众平台发表、群发或删除了它。")
        if code != NONE_LEFT:
            return None
        if lost_before:
            return _look_there("群发请求没有答复，而次数已用完，可能就是这一次用的。")
        quota = self._settings.mass_quota
        if quota.window == "day":
            return None
        cause = f"本月的 {quota.most} 次群发次数已用完。"
        return problem(ErrorClass.NEEDS_HUMAN, cause, "请等到下月，或把账号改为不通知粉丝的发表后再重新发送。")

    # ------------------------------------------------------------ what became of it

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        """A lost call is recognised by repeating it with the same key, which publish does once we say `absent`."""
        asked = journal.open.get("mass_send")
        if asked is None:
            return self._drafts.look_up(post, journal)
        told = journal.known.get(LOST)
        first = datetime.fromisoformat(told) if told else asked
        left = _KEY_AGAIN_SECONDS - (self._now() - asked).total_seconds()
        if left > 0:
            return Outcome(state="unknown", retry_after=left)
        if self._now() - first < _KEY_LIVES:
            return Outcome(state="absent", external_ids={LOST: first.isoformat()})
        return Outcome(state="unknown", refusal=_look_there(_TOO_LATE))

    def poll(self, known: Mapping[str, str]) -> Outcome:
        if not self.is_taken(known):
            # somebody may have pressed 发表 on the platform's own site
            return self._published.poll(known)
        status = self._status(known)
        if status == _SENT:
            return self._read_back(known)
        if status == _DELETED:
            return Outcome(state="absent", external_ids=dict(known), raw_code=status, raw_message="已被账号删除")
        if status == _FAILED:
            return self._failed(known)
        return Outcome(state="accepted", external_ids=dict(known), raw_code=status)

    def _status(self, known: Mapping[str, str]) -> str:
        said = self._api.ask("/cgi-bin/message/mass/get", {"msg_id": int(known["msg_id"])})
        return str(said.get("msg_status", ""))

    def _failed(self, known: Mapping[str, str]) -> Outcome:
        """Only the call-back says why; it is given a minute to come."""
        told = _told(known, "mass_status")
        if not told and "mass_failed" not in known:
            return Outcome(state="accepted", external_ids={**known, "mass_failed": "1"}, retry_after=60.0)
        return Outcome(state="failed", refusal=mass_failed(told), raw_code=told or _FAILED)

    def _read_back(self, known: Mapping[str, str]) -> Outcome:
        """Live when a reader's look at the page shows this very article; the page's address comes with the call-back.

        Without an address, or where the page shows itself to no machine, the platform's word counts once the draft is
        gone from the box as well.
        """
        url = self._pages.own(_told(known, "mass_url"))
        seen = self._pages.look(url, known.get("marker", "")) if url else "unclear"
        if seen == "gone":
            return Outcome(state="absent", external_ids=dict(known), raw_message="文章已被删除")
        done = {**known, "article_url": url} if url else dict(known)
        if seen == "shown":
            return Outcome(state="done", external_ids=done, public_url=url)
        if self._waits_for_event(known) or self._lists.has_draft(known.get("draft_media_id", "")):
            return Outcome(state="accepted", external_ids=dict(known), retry_after=60.0)
        return Outcome(state="done", external_ids=done, public_url=url, raw_message="平台确认已群发，没有读到页面")

    def _waits_for_event(self, known: Mapping[str, str]) -> bool:
        if _told(known, "mass_status"):
            return False
        sent = datetime.fromisoformat(known["mass_sent_at"])
        return (self._now() - sent).total_seconds() < self._settings.mass_event_seconds

    # ------------------------------------------------------------ back

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """The page goes; the card in the followers' chats stays, and says that the page is gone."""
        if not self.is_taken(known):
            left = self._published.withdraw(known, journal)
            lost = bool(known.get(LOST)) or "mass_send" in journal.open
            return perhaps_sent() if lost and left.state == "absent" else left
        status = self._status(known)
        if status == _RUNNING:
            refusal = problem(ErrorClass.RETRYABLE, "微信还在群发这篇文章，现在撤不回。", "系统会稍后再撤。")
            return Outcome(state="failed", refusal=refusal, retry_after=60.0)
        if status == _FAILED:
            # the draft stayed in the box, where somebody may have published it
            return self._published.withdraw(known, journal)
        if status == _DELETED or self._page_gone(known):
            return Outcome(state="absent")
        journal.call("delete", known["msg_id"], lambda: self._delete(known["msg_id"]))
        # irreversible and counted (10 a day), so the proof is a look, never a second deletion
        gone = self._page_gone(known) or self._status(known) == _DELETED
        return Outcome(state="absent") if gone else Outcome(state="accepted", retry_after=60.0)

    def _page_gone(self, known: Mapping[str, str]) -> bool:
        url = self._pages.own(_told(known, "mass_url"))
        return bool(url) and self._pages.look(url, known.get("marker", "")) == "gone"

    def _delete(self, msg_id: str) -> dict[str, str]:
        try:
            self._api.act("/cgi-bin/message/mass/delete", {"msg_id": int(msg_id), "article_idx": _ONLY_ARTICLE})
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise
        return {}


def perhaps_sent() -> Outcome:
    """No list tells of a mass send whose answer was lost, and asking with the same key might send it now."""
    cause = "群发请求没有答复，查不到是否已群发。"
    remedy = "请在公众平台查看发表记录：已群发或发表的先删除；确认没有公开的文章后，点“登记为已撤回”。"
    return Outcome(state="pending_user", refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy), hand_off=CONSOLE)


def client_key(marker: str, draft: str) -> str:
    """`clientmsgid`: the same for every try of one draft, another one for the new draft that a person's word begins
    with. 32 plain characters: some accounts were refused longer ones."""
    return hashlib.sha256(f"{marker} {draft}".encode()).hexdigest()[:32]


def _told(known: Mapping[str, str], name: str) -> str:
    """What a call-back said of this send; one that came before the number was known may speak of another."""
    return known.get(name, "") if known.get("told_msg_id", known["msg_id"]) == known["msg_id"] else ""


def _look_there(cause: str) -> Refusal:
    remedy = "请在公众平台的发表记录里核对：已群发或已发表就登记链接，都没有就点“重新发送”。"
    return problem(ErrorClass.NEEDS_HUMAN, cause, remedy)
