"""The Kuaishou channel: upload, publish, read back, delete, count. Videos only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from connectors.channels.answers import text_at
from connectors.channels.captions import caption_of
from connectors.channels.codes import Refused, fingerprint, never_again, not_asked, number, outcome_of, problem
from connectors.channels.kuaishou.api import PIECE_BYTES, KuaishouApi, KuaishouCredentials
from connectors.channels.kuaishou.caption import problems_of
from connectors.channels.kuaishou.codes import ANTI_SPAM, NEVER_PUBLIC, OVER_LIMIT
from connectors.channels.kuaishou.consent import Consent
from connectors.channels.kuaishou.events import genuine, understood
from connectors.channels.kuaishou.limits import OverLimit
from connectors.channels.kuaishou.lists import WHOLE_PAGE, Works, ids_of
from connectors.channels.kuaishou.settings import LIMITS, KuaishouSettings
from connectors.channels.pictures import Fitted, fit, readable
from connectors.channels.videos import fetched, reachable
from connectors.errors import ConnectorError
from connectors.http import HttpClient

_V = ErrorClass.VALIDATION
_SCOPES = "user_info,user_video_publish,user_video_info,user_video_delete"
_GRACE = timedelta(minutes=30)
"""How long a new work may be unknown to the platform's own lists."""
_ANTI_SPAM_SECONDS = 1800.0


class Kuaishou:
    """One 快手 account. Fits connectors.base.Channel."""

    name = "kuaishou"
    Settings = KuaishouSettings
    Credentials = KuaishouCredentials
    LIMITS = LIMITS

    def __init__(
        self,
        settings: KuaishouSettings,
        credentials: KuaishouCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._http = http
        self._now = now
        self._api = KuaishouApi(
            settings.base_url,
            credentials,
            http,
            upload_scheme=settings.upload_scheme,
            upload_hosts=settings.upload_hosts,
        )
        self._consent = Consent(self._api, credentials, tokens, now)
        self._works = Works(self._api, self._consent)
        self._over_limit = OverLimit(tokens, now)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mode="direct", video=True, can_withdraw=True, metrics="snapshot", limits=self._settings.all_limits()
        )

    # ------------------------------------------------------------ consent

    def check(self) -> Outcome:
        try:
            self._consent.using(lambda token: self._api.ask("/openapi/user_info", token))
        except ConnectorError as error:
            return self._outcome(error)
        ends = self.consent_ends_at()
        return Outcome(state="done", external_ids={"expires_at": ends.isoformat()} if ends else {})

    def consent_ends_at(self) -> datetime | None:
        return self._consent.ends_at()

    def consent_url(self, redirect_uri: str, state: str) -> str:
        """Where the account's owner agrees; the answer comes to `redirect_uri` with `code` and `state`."""
        query = {"app_id": self._credentials.app_id, "scope": _SCOPES, "response_type": "code"}
        query |= {"redirect_uri": redirect_uri, "state": state, "ua": "pc"}
        return f"{self._settings.base_url.rstrip('/')}/oauth2/authorize?{urlencode(query)}"

    def consent(self, code: str, redirect_uri: str) -> dict[str, str]:
        """The credentials that a consent changes. Raises ConnectorError."""
        pair, now = self._api.exchanged(code), self._now()
        told = partial(text_at, pair, platform="快手", connector="kuaishou")
        ends = now + timedelta(seconds=number(pair.get("expires_in")) or 0)
        refresh_ends = now + timedelta(seconds=number(pair.get("refresh_token_expires_in")) or 0)
        return {
            "open_id": told("open_id"),
            "access_token": told("access_token"),
            "access_expires_at": ends.isoformat(),
            "refresh_token": told("refresh_token"),
            "refresh_expires_at": refresh_ends.isoformat(),
            "consented_at": now.isoformat(),
        }

    # ------------------------------------------------------------ out

    def problems(self, post: Post) -> list[Refusal]:
        found = list(problems_of(post, self._settings.all_limits()))
        if not post.video_url:
            found.append(problem(_V, "没有视频，快手只能发视频。", "请填写视频网址。"))
        elif not reachable(post.video_url, self._settings.base_url):
            found.append(problem(_V, "视频网址不是 https 开头。", "请换成以 https:// 开头的网址。"))
        cover = _cover(post)
        if cover is None:
            found.append(problem(_V, "没有封面，快手必须有封面。", "请给稿件加一张封面图。"))
        elif not readable(cover):
            found.append(problem(_V, "封面图打不开。", "请换一张封面图。"))
        return found

    def publish(self, post: Post, journal: Journal) -> Outcome:
        found = self.problems(post)
        if found:
            return Outcome(state="failed", refusal=found[0])
        if "photo_id" not in journal.known:
            try:
                self._send(post, journal)
            except ConnectorError as error:
                return self._outcome(error)
            self._over_limit.passed()
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=30.0)

    def _send(self, post: Post, journal: Journal) -> None:
        """Upload and publish in one go: an upload token lives here only, and is used for one publish."""
        limits = self._settings.all_limits()
        cover = fit(_cover(post) or b"", bytes_max=limits["cover_bytes"], formats=("JPEG", "PNG"), stem="cover")
        ours = (self._settings.media_url, self._settings.base_url)
        video = fetched(self._http, post.video_url, bytes_max=limits["video_bytes"], ours=ours, platform=self.name)
        upload_token = self._uploaded(video, journal)
        journal.call("publish", fingerprint(post), lambda: self._published(post, upload_token, cover))

    def _uploaded(self, video: bytes, journal: Journal) -> str:
        """Each piece is written down, so that the row stays ours while a long video goes up."""
        upload_token, base = self._consent.using(self._api.start_upload)
        if len(video) <= PIECE_BYTES:
            journal.call("upload", "0", _nothing(lambda: self._api.upload_whole(base, upload_token, video)))
            return upload_token
        starts = range(0, len(video), PIECE_BYTES)
        for place, start in enumerate(starts):
            piece = video[start : start + PIECE_BYTES]
            act = _nothing(partial(self._api.upload_piece, base, upload_token, place, piece))
            journal.call("upload", str(place), act)
        self._api.upload_end(base, upload_token, len(starts))
        return upload_token

    def _published(self, post: Post, upload_token: str, cover: Fitted) -> dict[str, str]:
        made = self._consent.using(lambda token: self._api.publish(token, upload_token, caption_of(post), cover))
        return {**ids_of(made), "marker": post.marker}

    # ------------------------------------------------------------ what became of it

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        try:
            if "photo_id" in journal.known:
                return never_again(self._poll(journal.known))
            begun = journal.open.get("publish")
            if begun is None:
                # an upload alone shows nothing to anybody
                return Outcome(state="absent")
            found = self._works.marked(post.marker, since=begun)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        if found is not None:
            return self._seen(found, {"marker": post.marker})
        waited = self._now() - begun
        if waited < _GRACE:
            left = (_GRACE - waited).total_seconds()
            return Outcome(state="unknown", retry_after=min(max(waited.total_seconds(), 30.0), left))
        return self._not_found(post, begun)

    def _not_found(self, post: Post, begun: datetime) -> Outcome:
        """After its time: not there, unless a new work looks like it and only lacks the mark."""
        try:
            alike = self._works.perhaps_ours(post, since=begun)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        if not alike:
            return Outcome(state="absent")
        cause = "发布没有答复，快手上有一条新作品像是它，但文案里看不到稿号。"
        remedy = "请在快手上核对：是这一条就登记链接，不是就点“重新发送”。"
        return Outcome(state="unknown", refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy))

    def poll(self, known: Mapping[str, str]) -> Outcome:
        try:
            return self._poll(known)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="accepted")

    def _poll(self, known: Mapping[str, str]) -> Outcome:
        if "photo_id" not in known:
            found = self._works.marked(known.get("marker", ""), since=None)
            return self._seen(found, known) if found else Outcome(state="accepted", retry_after=120.0)
        photo_id = known["photo_id"]
        try:
            said = self._consent.using(lambda token: self._api.ask("/openapi/photo/info", token, photo_id=photo_id))
        except Refused as refused:
            return self._not_shown(refused, known)
        return self._seen(said.get("video_info") or {}, known)

    def _seen(self, work: Mapping[str, Any], known: Mapping[str, str]) -> Outcome:
        """`pending` is all the platform tells: being processed or reviewed. Where it is missing, nothing is sure."""
        ids = {**known, **ids_of(work)}
        if work.get("pending") is not False:
            return Outcome(state="accepted", external_ids=ids, retry_after=60.0)
        return Outcome(state="done", external_ids=ids, public_url=str(work.get("play_url") or self.address(ids)))

    def _not_shown(self, refused: Refused, known: Mapping[str, str]) -> Outcome:
        if refused.code in NEVER_PUBLIC:
            # it never was public, and this work will never be
            return self._outcome(refused)
        if refused.refusal.kind is not ErrorClass.NOT_FOUND:
            # also a code that nobody knows: it says nothing of the work
            raise refused
        left = self._grace_left(known)
        if left > 0:
            return Outcome(state="accepted", external_ids=dict(known), retry_after=min(left, 120.0))
        cause = "快手上查不到这个作品了，可能没有通过审核，或已被删除。"
        refusal = problem(ErrorClass.NOT_FOUND, cause, refused.refusal.remedy)
        ids = dict(known)
        return Outcome(
            state="absent", external_ids=ids, refusal=refusal, raw_code=refused.code, raw_message=refused.raw
        )

    def _grace_left(self, known: Mapping[str, str]) -> float:
        """Seconds for which "not found" may still mean "not yet"."""
        told = known.get("created_at", "")
        made = datetime.fromisoformat(told) if told else self._now() - _GRACE
        return (made + _GRACE - self._now()).total_seconds()

    def address(self, known: Mapping[str, str]) -> str:
        """The work's public page, as far as its number is known."""
        photo_id = known.get("photo_id", "")
        return f"{self._settings.public_url.rstrip('/')}/short-video/{photo_id}" if photo_id else ""

    # ------------------------------------------------------------ back

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        try:
            if "photo_id" not in known:
                found = self._works.marked(known.get("marker", ""), since=journal.open.get("publish"))
                if found is None:
                    return self._perhaps_later(journal)
                known = {**known, **ids_of(found)}
            photo_id = known["photo_id"]
            unseen: list[str] = []
            journal.call("photo_delete", photo_id, lambda: self._deleted(photo_id, unseen))
            if unseen and self._grace_left(known) > 0:
                # it is not in sight yet, and may come into sight after this
                return Outcome(state="accepted", retry_after=max(self._grace_left(known) * 0.7, 60.0))
            seen = self._poll({name: value for name, value in known.items() if name != "created_at"})
        except ConnectorError as error:
            return self._outcome(error)
        return seen if seen.state == "absent" else Outcome(state="accepted", retry_after=60.0)

    def _perhaps_later(self, journal: Journal) -> Outcome:
        begun = journal.open.get("publish")
        left = (begun + _GRACE - self._now()).total_seconds() if begun is not None else 0.0
        return Outcome(state="accepted", retry_after=max(left * 0.7, 60.0)) if left > 0 else Outcome(state="absent")

    def _deleted(self, photo_id: str, unseen: list[str]) -> dict[str, str]:
        """`unseen` tells whether the platform knew it."""
        try:
            self._consent.using(lambda token: self._api.delete(token, photo_id))
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise
            unseen.append(photo_id)
        return {}

    # ------------------------------------------------------------ figures and call-backs

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        """Totals as they stand now, two hundred works a call. What the platform leaves out is left out."""
        wanted = {known["photo_id"]: key for key, known in posts.items() if known.get("photo_id")}
        found: list[Figures] = []
        for works in self._works.pages(WHOLE_PAGE) if wanted else ():
            for work in works:
                key = wanted.pop(str(work.get("photo_id")), None)
                if key is not None:
                    found.append(_figures(key, work, self._now()))
            if not wanted:
                break
        return found

    def account_figures(self, day: date) -> Figures | None:
        said = self._consent.using(lambda token: self._api.ask("/openapi/user_info", token)).get("user_info") or {}
        raw = {name: said.get(name) for name in ("fan", "follow")}
        followers = number(said.get("fan"))
        return Figures(of="account", taken_at=self._now(), input_kind="public_count", followers=followers, raw=raw)

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        said = {name.lower(): value for name, value in headers.items()}.get("kwaisign", "")
        signed = genuine(self._credentials.app_secret.get_secret_value(), body, said)
        since = self._credentials.consented_at
        return understood(body, self._credentials.app_id, signed=signed, now=self._now(), consented_at=since)

    def _outcome(self, error: ConnectorError) -> Outcome:
        outcome = outcome_of(error, self._now())
        if isinstance(error, Refused) and error.code == ANTI_SPAM:
            return outcome.model_copy(update={"retry_after": _ANTI_SPAM_SECONDS})
        if isinstance(error, Refused) and error.code == OVER_LIMIT:
            return self._over_limit.met(outcome)
        return outcome


def _cover(post: Post) -> bytes | None:
    picture = post.cover or next(iter(post.pictures), None)
    return picture.content if picture is not None else None


def _nothing(act: Callable[[], None]) -> Callable[[], dict[str, str]]:
    """A call that gives no id back."""

    def done() -> dict[str, str]:
        act()
        return {}

    return done


def _figures(key: str, work: Mapping[str, Any], now: datetime) -> Figures:
    counted = ("view_count", "like_count", "comment_count")
    return Figures(
        of="post",
        external_id=key,
        taken_at=now,
        input_kind="public_count",
        reads=number(work.get("view_count")),
        likes=number(work.get("like_count")),
        comments=number(work.get("comment_count")),
        raw={name: work.get(name) for name in counted},
    )
