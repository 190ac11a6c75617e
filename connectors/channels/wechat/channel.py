"""The WeChat channel: a draft first, then the account's way of making it public, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from connectors.base import (
    Capabilities,
    ErrorClass,
    Figures,
    Journal,
    Outcome,
    PlatformEvent,
    Post,
    Refusal,
    TokenShelf,
)
from connectors.channels.codes import Refused, never_again, not_asked, outcome_of
from connectors.channels.wechat import figures
from connectors.channels.wechat.api import WeChatApi, WeChatCredentials
from connectors.channels.wechat.drafts import Drafts, draft_of, forgotten, left_the_box, materials
from connectors.channels.wechat.events import Callbacks
from connectors.channels.wechat.first_time import FirstTime
from connectors.channels.wechat.freepublish import CONSOLE, FreePublish, perhaps_out_by_hand
from connectors.channels.wechat.lists import Lists
from connectors.channels.wechat.mass import LOST, NONE_LEFT, MassSend, perhaps_sent
from connectors.channels.wechat.pages import Pages
from connectors.channels.wechat.preflight import notes, problems
from connectors.channels.wechat.settings import LIMITS, WeChatSettings
from connectors.errors import ConnectorError
from connectors.http import HttpClient

_FIRST_POLL_SECONDS = 30.0
_NO_MATERIAL = "40007"
_PUBLISHED = frozenset({"publish_id", "article_id", "submit"})
_MASS_SENT = frozenset({"msg_id", LOST, "mass_send"})
"""Ids and calls that tell which way a post went."""


class Way(Protocol):
    """How a draft becomes public. Raises ConnectorError."""

    def check(self) -> None:
        """May the account go this way? Changes nothing."""
        ...

    def is_taken(self, known: Mapping[str, str]) -> bool: ...

    def resume(self, draft: str) -> None:
        """Before a draft of an earlier try is sent. OutcomeUnknown where it may be out already."""
        ...

    def send(self, draft: str, post: Post, journal: Journal) -> None: ...

    def look_up(self, post: Post, journal: Journal) -> Outcome: ...

    def poll(self, known: Mapping[str, str]) -> Outcome: ...

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome: ...


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
        lists = Lists(self._api)
        self._drafts = Drafts(settings, self._api, lists, now)
        pages = Pages(self._api, settings.base_url)
        self._published = FreePublish(settings, self._api, lists, self._drafts, now)
        self._mass_sent = MassSend(settings, self._api, lists, self._drafts, self._published, pages, now)
        self._first_time = FirstTime(settings, lists, tokens)
        self._callbacks = Callbacks(credentials, now)

    @property
    def capabilities(self) -> Capabilities:
        notifies, quota = self._settings.mode == "mass_send", self._settings.mass_quota
        by_hand, pictures = self._settings.mode == "draft_only", self._settings.article_type == "newspic"
        return Capabilities(
            mode="draft_only" if by_hand else "direct",
            notifies=notifies,
            notifies_most=(quota.most, quota.window) if notifies else None,
            article=not pictures,
            short_text=pictures,
            images_max=self._settings.pictures_max,
            can_withdraw=True,
            metrics="import" if by_hand else "daily",
            metrics_ready_at="08:30",
            limits={**LIMITS, **self._settings.limits},
        )

    def _way(self, known: Mapping[str, str], begun: Collection[str] = ()) -> Way:
        """The way that this post went already, else the account's: its mode may have been changed meanwhile."""
        if not _PUBLISHED.isdisjoint({*known, *begun}):
            return self._published
        if not _MASS_SENT.isdisjoint({*known, *begun}):
            return self._mass_sent
        return self._mass_sent if self._settings.mode == "mass_send" else self._published

    def check(self) -> Outcome:
        try:
            self._api.ask("/cgi-bin/draft/count")
            self._way({}).check()
        except ConnectorError as error:
            return outcome_of(error, self._now())
        return Outcome(state="done")

    def problems(self, post: Post) -> list[Refusal]:
        return problems(post, self._settings)

    def notes(self, post: Post) -> list[str]:
        return notes(post, self._settings)

    def publish(self, post: Post, journal: Journal) -> Outcome:
        found = self.problems(post)
        if found:
            return Outcome(state="failed", refusal=found[0])
        try:
            return self._publish(post, journal)
        except ConnectorError as error:
            outcome = outcome_of(error, self._now())
        if outcome.refusal and outcome.refusal.kind is ErrorClass.NEEDS_HUMAN and LOST in journal.known:
            # a person looks now, and his word ends the doubt
            outcome = outcome.model_copy(update={"external_ids": {**outcome.external_ids, LOST: ""}})
        return self._without_material(outcome, post, journal) if outcome.raw_code == _NO_MATERIAL else outcome

    def _without_material(self, outcome: Outcome, post: Post, journal: Journal) -> Outcome:
        """Somebody published or deleted the draft, or deleted a picture in the platform's library.

        What stands there already is ours; else what a person sends again is made anew.
        """
        if draft_of(journal.known) is None:
            gone = dict.fromkeys(materials(journal.known), "")
            return outcome.model_copy(update={"external_ids": {**outcome.external_ids, **gone}})
        try:
            taken = self._taken_by_hand(post, journal)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        if taken is not None:
            return taken
        return outcome.model_copy(update={"external_ids": {**outcome.external_ids, **forgotten(journal.known)}})

    def _taken_by_hand(self, post: Post, journal: Journal) -> Outcome | None:
        """Where somebody pressed 发表 on the platform's own site, that article is this post's."""
        twin = self._published.standing(post.marker)
        if twin is None:
            return None
        ids = {**journal.known, **twin, "marker": post.marker}
        return Outcome(state="accepted", external_ids=ids, retry_after=_FIRST_POLL_SECONDS)

    def _publish(self, post: Post, journal: Journal) -> Outcome:
        way = self._way(journal.known)
        if not way.is_taken(journal.known):
            draft = draft_of(journal.known)
            if draft is None:
                taken = self._taken_by_hand(post, journal) if left_the_box(journal.known) else None
                if taken is not None:
                    return taken
                asked = self._first_time.asks(post, journal.known)
                if asked is not None:
                    return asked
                draft = self._drafts.make(post, journal)
            else:
                way.resume(draft)
            if self._settings.mode == "draft_only":
                ids = {"draft_media_id": draft, "marker": post.marker}
                return Outcome(state="pending_user", external_ids=ids, hand_off=CONSOLE)
            self._send(way, draft, post, journal)
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=_FIRST_POLL_SECONDS)

    def _send(self, way: Way, draft: str, post: Post, journal: Journal) -> None:
        try:
            way.send(draft, post, journal)
        except Refused as refused:
            publishes = self._settings.when_none_left == "publish" and LOST not in journal.known
            if refused.code != NONE_LEFT or not publishes:
                raise
            self._published.send(draft, post, journal)

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        way = self._way(journal.known, journal.open)
        try:
            return never_again(way.poll(journal.known)) if way.is_taken(journal.known) else way.look_up(post, journal)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")

    def poll(self, known: Mapping[str, str]) -> Outcome:
        try:
            found = self._way(known).poll(known)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="accepted")
        self._first_time.learn(found)
        return found

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        try:
            return self._way(known).withdraw(known, journal)
        except ConnectorError as error:
            return outcome_of(error, self._now())

    def discard(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """A post that was given up leaves the draft box, where anybody might publish it later."""
        way = self._way(known, journal.open)
        try:
            seen = (way if way.is_taken(known) else self._published).poll(known)
            if seen.state in ("done", "accepted"):
                return seen
            left = self._drafts.discard(known, journal)
            if not way.is_taken(known) and (known.get(LOST) or "mass_send" in journal.open):
                return perhaps_sent()
            if left == "gone" and seen.state != "absent":
                return perhaps_out_by_hand(given_up=True)
        except ConnectorError as error:
            return outcome_of(error, self._now())
        return Outcome(state="absent")

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        return figures.post_figures(self._api, posts, day, self._now())

    def account_figures(self, day: date) -> Figures | None:
        return figures.account_figures(self._api, day, self._now())

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        return self._callbacks.event(query, body)

    def hand_off(self, post: Post, journal: Journal) -> Outcome:
        """draft_only: the editor opens the platform's own site; the draft is in its box."""
        return Outcome(state="pending_user", external_ids=dict(journal.known), hand_off=CONSOLE)
