"""The Douyin channel: a person confirms in the app; we prepare the share, hear of the result and read it back."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

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
from connectors.channels.answers import entries, text_at
from connectors.channels.codes import fingerprint, not_asked, number, outcome_of, problem
from connectors.channels.douyin.api import DouyinApi, DouyinCredentials
from connectors.channels.douyin.consent import Consent
from connectors.channels.douyin.direct import Direct
from connectors.channels.douyin.preflight import problems_of
from connectors.channels.douyin.settings import LIMITS, DouyinSettings
from connectors.channels.douyin.share import event, genuine, schema, signature
from connectors.errors import ConnectorError
from connectors.http import HttpClient

_BATCH = 20
_IN_SIGHT_WITHIN = timedelta(minutes=30)
_SETTLES_SECONDS = 600.0
"""How long a lost create may still show up."""
_SCOPES = "user_info,video.data.bind,video.list.bind,data.external.user,data.external.item"
_CREATES = "video.create.bind"
_BY_HAND = "抖音不提供删除接口，请用手机登录抖音，打开这条作品，选择“删除”，完成后在此登记。"


class Douyin:
    """One 抖音 account. Fits connectors.base.Channel and HandsOver."""

    name = "douyin"
    Settings = DouyinSettings
    Credentials = DouyinCredentials
    LIMITS = LIMITS

    def __init__(
        self,
        settings: DouyinSettings,
        credentials: DouyinCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._http = http.named("抖音")
        self._now = now
        self._api = DouyinApi(settings.base_url, credentials, http, tokens, now)
        self._consent = Consent(self._api, credentials, tokens, now)
        self._direct = Direct(settings, self._api, self._consent, http, credentials.open_id)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mode=self._settings.way,
            images_max=self._settings.limit("pictures") if self._settings.media_url or self._goes_direct else 0,
            video=True,
            can_withdraw=False,
            metrics="daily" if self._consent.given else "import",
            metrics_ready_at="11:00",
            limits=self._settings.all_limits(),
        )

    @property
    def _goes_direct(self) -> bool:
        return self._settings.way == "direct"

    def check(self) -> Outcome:
        try:
            self._api.client_token()
            if self._consent.given:
                self._consent.ask()
        except ConnectorError as error:
            return outcome_of(error, self._now())
        ends = self.consent_ends_at()
        return Outcome(state="done", external_ids={"expires_at": ends.isoformat()} if ends else {})

    def consent_ends_at(self) -> datetime | None:
        return self._consent.ends_at() if self._consent.given else None

    def consent_url(self, redirect_uri: str, state: str) -> str:
        """Where the account's owner agrees; the answer comes to `redirect_uri` with `code` and `state`."""
        query = {
            "client_key": self._credentials.client_key,
            "response_type": "code",
            "scope": f"{_SCOPES},{_CREATES}" if self._settings.may_create else _SCOPES,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._settings.base_url.rstrip('/')}/platform/oauth/connect/?{urlencode(query)}"

    def consent(self, code: str, redirect_uri: str) -> dict[str, str]:
        """The credentials that a consent changes. Raises ConnectorError."""
        form = {
            "client_key": self._credentials.client_key,
            "client_secret": self._credentials.client_secret.get_secret_value(),
            "code": code,
            "grant_type": "authorization_code",
        }
        data = self._api.post_form("/oauth/access_token/", form, writes=False)
        told = partial(text_at, data, platform="抖音", connector="douyin")
        ends = self._now() + timedelta(seconds=number(data.get("expires_in")) or 0)
        refresh_ends = self._now() + timedelta(seconds=number(data.get("refresh_expires_in")) or 0)
        return {
            "open_id": told("open_id"),
            "access_token": told("access_token"),
            "access_expires_at": ends.isoformat(),
            "refresh_token": told("refresh_token"),
            "refresh_expires_at": refresh_ends.isoformat(),
        }

    def problems(self, post: Post) -> list[Refusal]:
        return list(problems_of(post, self._settings))

    # ------------------------------------------------------------ out

    def publish(self, post: Post, journal: Journal) -> Outcome:
        found = self.problems(post)
        if found:
            return Outcome(state="failed", refusal=found[0])
        if not self._goes_direct:
            return self.hand_off(post, journal)
        if "item_id" not in journal.known and "video_id" not in journal.known:
            try:
                self._direct.publish(post, journal)
            except ConnectorError as error:
                return outcome_of(error, self._now())
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=30.0)

    def hand_off(self, post: Post, journal: Journal) -> Outcome:
        """A fresh schema for each showing: one lives an hour and its nonce works once. The share id stays the same, so
        that the platform's report finds the delivery whichever showing the person used."""
        if self._settings.way == "manual":
            work = {"work": "video" if post.video_url else "note"}
            return Outcome(state="pending_user", external_ids=work, hand_off=self._settings.creator_url)
        try:
            if "share_id" not in journal.known:
                journal.call("share_id", fingerprint(post), lambda: self._share_id(post))
            ticket = self._api.ticket()
        except ConnectorError as error:
            return outcome_of(error, self._now())
        known = dict(journal.known)
        nonce, timestamp = secrets.token_hex(8), str(int(self._api.platform_now().timestamp()))
        signed = {
            "client_key": self._credentials.client_key,
            "nonce_str": nonce,
            "timestamp": timestamp,
            "signature": signature(nonce, ticket, timestamp),
            "state": known["share_id"],
        }
        address = schema(post, self._media(post), signed, straight=self._settings.opens == "publish")
        return Outcome(state="pending_user", external_ids=known, hand_off=address)

    def _share_id(self, post: Post) -> dict[str, str]:
        return {"share_id": self._api.share_id(), "work": "video" if post.video_url else "note"}

    def _media(self, post: Post) -> dict[str, str]:
        if post.video_url:
            return {"video_path": post.video_url}
        base = self._settings.media_url.rstrip("/")
        return {"image_list_path": json.dumps([f"{base}/{picture.key}" for picture in post.pictures])}

    # ------------------------------------------------------------ what became of it

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        """Asking for a share id, and uploads, publish nothing: a lost answer of theirs left nothing behind."""
        known, begun = journal.known, journal.open.get("publish")
        if "item_id" in known or "video_id" in known:
            return self.poll(known)
        if begun is None:
            return Outcome(state="absent")
        try:
            work = self._direct.found(post.marker, since=begun)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        if work is not None:
            ids = {name: str(work[name]) for name in ("item_id", "video_id") if work.get(name)}
            kind = {"work": "video" if post.video_url else "note", "made_at": begun.isoformat()}
            found = {**known, **ids, **kind, "marker": post.marker}
            seen = self.poll(found)
            # where the second question could not be asked, what the first one found must not be lost
            return seen.model_copy(update={"external_ids": {**found, **seen.external_ids}})
        left = _SETTLES_SECONDS - (self._now() - begun).total_seconds()
        if left > 0:
            return Outcome(state="unknown", retry_after=min(left, 60.0))
        # the platform wants a create call never to be repeated by itself
        cause = "发布没有答复，抖音的作品列表里也没有这一条。"
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, "请在手机上核对：已发出就登记链接，没有就点“重新发送”。")
        return Outcome(state="unknown", refusal=refusal)

    def poll(self, known: Mapping[str, str]) -> Outcome:
        if "item_id" not in known and "video_id" not in known:
            return Outcome(state="pending_user", external_ids=dict(known))
        if known.get("open_id", self._credentials.open_id) != self._credentials.open_id:
            cause, remedy = "作品发到了另一个抖音账号上。", "请在手机上删除那条作品，换对账号后点“重新发送”。"
            return Outcome(state="failed", refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy))
        if not self._consent.given:
            # no right to read: the signed call-back is all there is
            return Outcome(state="done", external_ids=dict(known), public_url=self.address(known))
        try:
            work = self._work(known)
            public = work is not None and self._seen(work)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="accepted")
        if work is None and self._long_made(known):
            cause, remedy = (
                "抖音上查不到这个作品了，可能没有通过审核，或已被删除。",
                "请用手机核对后，修改稿件重新送审。",
            )
            refusal = problem(ErrorClass.CONTENT_REJECTED, cause, remedy)
            return Outcome(state="absent", external_ids=dict(known), refusal=refusal)
        if work is None or not public:
            return Outcome(state="accepted", external_ids=dict(known), retry_after=120.0)
        ids = {name: str(work[name]) for name in ("item_id", "video_id") if work.get(name)}
        url = str(work.get("share_url") or self.address({**known, **ids}))
        return Outcome(state="done", external_ids={**known, **ids}, public_url=url)

    def _long_made(self, known: Mapping[str, str]) -> bool:
        """Whether a work that we made ourselves must be in sight by now; of a hand-off nobody tells when it was made."""
        made_at = known.get("made_at", "")
        return bool(made_at) and self._now() - datetime.fromisoformat(made_at) > _IN_SIGHT_WITHIN

    def _seen(self, work: Mapping[str, Any]) -> bool:
        """A work under review looks like any other, only that nobody but its author sees it: a play, or its page, tells."""
        if number((work.get("statistics") or {}).get("play_count")):
            return True
        url, title = str(work.get("share_url") or ""), str(work.get("title") or "")
        if not url or not title:
            return False
        page = self._http.call("GET", url, writes=False)
        return page.status == 200 and title in page.body.decode("utf-8", "replace")

    def address(self, known: Mapping[str, str]) -> str:
        """The work's public page, as far as its number is known."""
        number_ = known.get("video_id", "")
        return f"{self._settings.public_url.rstrip('/')}/{known.get('work', 'video')}/{number_}" if number_ else ""

    def _work(self, known: Mapping[str, str]) -> dict[str, Any] | None:
        return next(iter(self._works([known])), None)

    def _works(self, some: list[Mapping[str, str]]) -> list[dict[str, Any]]:
        name = "item_ids" if all("item_id" in known for known in some) else "video_ids"
        body = {name: [known[name[:-1]] for known in some if name[:-1] in known]}
        listed = self._as_user_post("/api/douyin/v1/video/video_data/", body).get("list")
        return entries(listed, told_by=("item_id",), platform="抖音", connector="douyin")

    def _as_user_post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._consent.using(
            lambda token: self._api.post_json(path, body, token=token, params={"open_id": self._credentials.open_id})
        )

    # ------------------------------------------------------------ back

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """By hand only; a share that was never confirmed in the app is not there to be withdrawn."""
        named = "item_id" in known or "video_id" in known
        never_sent = self._settings.way == "handoff" or (self._goes_direct and "publish" not in journal.open)
        if not named and never_sent:
            return Outcome(state="absent")
        try:
            elsewhere = known.get("open_id", self._credentials.open_id) != self._credentials.open_id
            # what never was live may be in review, where no list shows it
            was_seen = named and "published_on" in known
            if was_seen and not elsewhere and self._consent.given and self._work(known) is None:
                return Outcome(state="absent")
        except ConnectorError as error:
            return outcome_of(error, self._now())
        cause, remedy = "抖音的作品只能由人在手机上删除。", _BY_HAND
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, remedy)
        return Outcome(state="pending_user", refusal=refusal, hand_off=self.address(known))

    # ------------------------------------------------------------ figures and call-backs

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        """Totals as they stand now."""
        named = [(key, known) for key, known in posts.items() if "item_id" in known or "video_id" in known]
        found = []
        for some in _batches(named):
            works = self._works([known for _, known in some])
            by_id = {str(work.get(name)): work for work in works for name in ("item_id", "video_id")}
            for key, known in some:
                work = by_id.get(known.get("item_id", "-")) or by_id.get(known.get("video_id", "-"))
                if work is not None:
                    found.append(_figures(key, work, self._now()))
        return found

    def account_figures(self, day: date) -> Figures | None:
        """Followers at the end of `day`; the platform fills yesterday in at about ten."""
        params = {"open_id": self._credentials.open_id, "date_type": "7"}
        data = self._consent.using(lambda token: self._api.get("/data/external/user/fans/", params, token))
        row = next((row for row in data.get("result_list") or [] if row.get("date") == day.isoformat()), None)
        if row is None:
            return None
        return Figures(
            of="account",
            taken_at=self._now(),
            for_date=day,
            input_kind="public_count",
            followers=number(row.get("total_fans")),
            new_followers=number(row.get("new_fans")),
            raw=row,
        )

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        named = {name.lower(): value for name, value in headers.items()}
        secret = self._credentials.client_secret.get_secret_value()
        if not genuine(secret, body, named.get("x-douyin-signature", "")):
            return None
        return event(body, self._credentials.client_key)


def _batches(named: list[tuple[str, Mapping[str, str]]]) -> Iterator[list[tuple[str, Mapping[str, str]]]]:
    """At most twenty a call, and never works named by item_id together with works named by video_id only."""
    for kind in (True, False):
        same = [pair for pair in named if ("item_id" in pair[1]) is kind]
        for start in range(0, len(same), _BATCH):
            yield same[start : start + _BATCH]


def _figures(key: str, work: Mapping[str, Any], now: datetime) -> Figures:
    """Without data rights the platform leaves the figures out: unknown, not 0."""
    counts = work.get("statistics") or {}
    return Figures(
        of="post",
        external_id=key,
        taken_at=now,
        input_kind="public_count",
        reads=number(counts.get("play_count")),
        likes=number(counts.get("digg_count")),
        shares=number(counts.get("share_count")),
        comments=number(counts.get("comment_count")),
        raw=dict(work),
    )
