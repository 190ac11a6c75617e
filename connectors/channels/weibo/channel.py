"""The Weibo channel (open platform): share → read back, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

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
from connectors.channels.codes import Refused, fingerprint, never_again, not_asked, number, outcome_of, problem
from connectors.channels.pictures import Fitted, fit, readable
from connectors.channels.weibo.api import WeiboApi, WeiboCredentials
from connectors.channels.weibo.codes import PENDING
from connectors.channels.weibo.text import base62, length, links_to
from connectors.channels.weibo.timeline import find
from connectors.errors import ConnectorError
from connectors.http import HttpClient

LIMITS = {"text": 140, "pictures": 1, "picture_bytes": 5_242_879}
"""Length as connectors.channels.weibo.text.length counts it; bytes."""
_V = ErrorClass.VALIDATION
_BATCH = 100
_RATE_HOUR = {"10022", "10023", "10024"}
_VISIBLE_AFTER_SECONDS = 90.0


class WeiboSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    base_url: str = "https://api.weibo.com"
    public_url: str = "https://weibo.com"
    bound_domain: str = ""
    """The app's 安全域名: every post must link to it."""
    rip: str = "127.0.0.1"
    """The public address of the machine that acts; the platform requires the field."""
    limits: dict[str, int] = Field(default_factory=dict)
    settles_seconds: float = 180.0
    """How long a lost share may still show up."""

    def limit(self, name: str) -> int:
        return self.limits.get(name, LIMITS[name])


class Weibo:
    """One 微博 account. Fits connectors.base.Channel."""

    name = "weibo"
    Settings = WeiboSettings
    Credentials = WeiboCredentials
    LIMITS = LIMITS

    def __init__(
        self,
        settings: WeiboSettings,
        credentials: WeiboCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._credentials = credentials
        self._now = now
        self._api = WeiboApi(settings.base_url, credentials, http)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mode="direct",
            short_text=True,
            images_max=self._settings.limit("pictures"),
            can_withdraw=True,
            metrics="snapshot",
            limits={**LIMITS, **self._settings.limits},
        )

    def check(self) -> Outcome:
        try:
            seconds = number(self._api.token_info().get("expire_in"))
        except ConnectorError as error:
            return self._outcome(error)
        known = {} if seconds is None else {"expires_at": (self._now() + timedelta(seconds=seconds)).isoformat()}
        return Outcome(state="done", external_ids=known)

    def consent_ends_at(self) -> datetime | None:
        return self._credentials.expires_at

    def consent_url(self, redirect_uri: str, state: str) -> str:
        """Where the account's owner agrees; the answer comes to `redirect_uri` with `code` and `state`."""
        query = {"client_id": self._credentials.app_key, "redirect_uri": redirect_uri}
        query |= {"response_type": "code", "state": state}
        return f"{self._settings.base_url.rstrip('/')}/oauth2/authorize?{urlencode(query)}"

    def consent(self, code: str, redirect_uri: str) -> dict[str, str]:
        """The credentials that a consent changes. Raises ConnectorError."""
        said = self._api.exchange(code, redirect_uri)
        ends = self._now() + timedelta(seconds=number(said.get("expires_in")) or 0)
        return {"access_token": str(said["access_token"]), "uid": str(said["uid"]), "expires_at": ends.isoformat()}

    def problems(self, post: Post) -> list[Refusal]:
        return list(_problems(post, self._settings))

    # ------------------------------------------------------------ out

    def publish(self, post: Post, journal: Journal) -> Outcome:
        found = self.problems(post)
        if found:
            return Outcome(state="failed", refusal=found[0])
        if "status_id" in journal.known or "pending" in journal.known:
            return self._taken(journal)
        try:
            picture = self._picture(post)
            journal.call("share", fingerprint(post), lambda: self._share(post, picture))
        except Refused as refused:
            if refused.refusal.kind is ErrorClass.DUPLICATE:
                return self._twin(post, refused)
            return self._outcome(refused)
        except ConnectorError as error:
            return self._outcome(error)
        return self._taken(journal)

    def _taken(self, journal: Journal) -> Outcome:
        wait = 5.0 if "status_id" in journal.known else _VISIBLE_AFTER_SECONDS
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=wait)

    def _picture(self, post: Post) -> Fitted | None:
        picture = post.pictures[0] if post.pictures else post.cover
        if picture is None:
            return None
        return fit(picture.content, bytes_max=self._settings.limit("picture_bytes"), formats=("JPEG", "PNG", "GIF"))

    def _share(self, post: Post, picture: Fitted | None) -> dict[str, str]:
        try:
            said = self._api.act("/2/statuses/share.json", {"status": post.text, "rip": self._settings.rip}, picture)
        except Refused as refused:
            if refused.code != PENDING:
                raise
            return {"pending": PENDING, "marker": post.marker}
        return {**_ids(said), "marker": post.marker}

    def _twin(self, post: Post, refused: Refused) -> Outcome:
        """The platform has this text already: a success only if that one is ours."""
        try:
            found = find(self._timeline(), post, since=None)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        if found.status is not None:
            return self._live(found.status, {"marker": post.marker})
        cause = "微博说已有相同的内容，但最近几条里没有本条。"
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, "请在微博上核对：已发出就登记链接，否则改动短文后重新投递。")
        return Outcome(state="unknown", refusal=refusal, raw_code=refused.code, raw_message=refused.raw)

    # ------------------------------------------------------------ what became of it

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        try:
            if "status_id" in journal.known or "pending" in journal.known:
                return never_again(self._poll(journal.known, post))
            begun = journal.open.get("share")
            if begun is None:
                return Outcome(state="absent")
            found = find(self._timeline(), post, since=begun)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        if found.status is not None:
            return self._live(found.status, {"marker": post.marker})
        left = self._settings.settles_seconds - (self._now() - begun).total_seconds()
        if left > 0:
            return Outcome(state="unknown", retry_after=left)
        if found.sure:
            return Outcome(state="absent")
        cause = "发布没有答复，之后账号又发了多条，接口已看不到当时的微博。"
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, "请在微博上核对：已发出就登记链接，没有就点“重新发送”。")
        return Outcome(state="unknown", refusal=refusal)

    def poll(self, known: Mapping[str, str]) -> Outcome:
        try:
            return self._poll(known, None)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="accepted")

    def _poll(self, known: Mapping[str, str], post: Post | None) -> Outcome:
        if "status_id" not in known:
            wanted = post or Post(marker=known["marker"])
            found = find(self._timeline(), wanted, since=None)
            return self._live(found.status, known) if found.status else Outcome(state="accepted", retry_after=60.0)
        try:
            said = self._api.ask("/2/statuses/show.json", id=known["status_id"])
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise
            return Outcome(state="absent", external_ids=dict(known), raw_code=refused.code, raw_message=refused.raw)
        return self._live(said, known)

    def _timeline(self) -> list[dict[str, Any]]:
        """Our own newest posts; an ordinary app is shown five."""
        said = self._api.ask("/2/statuses/user_timeline.json", uid=self._credentials.uid)
        return list(said.get("statuses") or [])

    def _live(self, status: Mapping[str, Any], known: Mapping[str, str]) -> Outcome:
        ids = {**known, **_ids(status)}
        uid = ids.get("uid") or self._credentials.uid
        url = f"{self._settings.public_url.rstrip('/')}/{uid}/{base62(ids['mid'])}"
        return Outcome(state="done", external_ids=ids, public_url=url)

    # ------------------------------------------------------------ back

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        try:
            if "status_id" not in known:
                found = self._poll(known, None) if known.get("marker") else Outcome(state="absent")
                if found.state != "done":
                    return found
                known = found.external_ids
            status_id = known["status_id"]
            journal.call("destroy", status_id, lambda: self._destroy(status_id))
            seen = self._poll(known, None)
        except ConnectorError as error:
            return self._outcome(error)
        return seen if seen.state == "absent" else Outcome(state="accepted", retry_after=60.0)

    def _destroy(self, status_id: str) -> dict[str, str]:
        try:
            self._api.act("/2/statuses/destroy.json", {"id": status_id})
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise
        return {}

    # ------------------------------------------------------------ figures

    def post_figures(self, posts: Mapping[str, Mapping[str, str]], day: date) -> list[Figures]:
        """Totals as they stand now, a hundred posts a call. What the platform leaves out is left out."""
        keys = {known["status_id"]: key for key, known in posts.items() if known.get("status_id")}
        found = []
        for batch in _batches(list(keys), _BATCH):
            for row in self._api.ask("/2/statuses/count.json", ids=",".join(batch)):
                key = keys.get(str(row.get("id")))
                if key is not None:
                    found.append(_figures(key, row, self._now()))
        return found

    def account_figures(self, day: date) -> Figures | None:
        said = self._api.ask("/2/users/show.json", uid=self._credentials.uid)
        followers = number(said.get("followers_count"))
        raw = {name: said.get(name) for name in ("followers_count", "friends_count", "statuses_count")}
        return Figures(of="account", taken_at=self._now(), input_kind="public_count", followers=followers, raw=raw)

    def event(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        """Weibo has no call-back worth trusting: its only one carries no signature."""
        return None

    def _outcome(self, error: ConnectorError) -> Outcome:
        outcome = outcome_of(error, self._now())
        if isinstance(error, Refused) and error.code in _RATE_HOUR:
            now = self._now()
            next_hour = 3600.0 - (now.minute * 60 + now.second) + 60.0
            return outcome.model_copy(update={"retry_after": next_hour})
        return outcome


def _problems(post: Post, settings: WeiboSettings) -> Iterator[Refusal]:
    limit, count = settings.limit("text"), length(post.text)
    if not post.text.strip():
        yield problem(_V, "没有短文。", "请填写短文。")
    if count > limit:
        yield problem(_V, f"短文连同链接有 {count} 字，微博最多 {limit} 字。", f"请删去 {count - limit} 字。")
    if "#" in post.text:
        yield problem(_V, "短文里有“#”，微博会把它去掉。", "请删去“#”。")
    if not settings.bound_domain:
        yield problem(ErrorClass.PERMISSION, "账号没有设置安全域名。", "请管理员在账号设置里填写微博应用的安全域名。")
    elif not links_to(post.text, settings.bound_domain):
        yield problem(
            _V, f"短文里没有 {settings.bound_domain} 的链接，微博不会接受。", "请管理员核对站点网址与安全域名。"
        )
    if post.marker not in post.text:
        yield problem(_V, "短文的链接里没有投递标识。", "请管理员在设置里填写站点网址。")
    if len(post.pictures) > settings.limit("pictures"):
        yield problem(
            _V, f"有 {len(post.pictures)} 张图片，微博最多 {settings.limit('pictures')} 张。", "请只留一张图片。"
        )
    for picture in [*post.pictures, *([post.cover] if post.cover else [])]:
        if not readable(picture.content):
            yield problem(_V, f"图片“{picture.name}”打不开。", "请换一张图片。")


def _ids(status: Mapping[str, Any]) -> dict[str, str]:
    """Ids as strings: they are larger than what a JavaScript number holds."""
    status_id = str(status.get("idstr") or status["id"])
    user = status.get("user") or {}
    found = {"status_id": status_id, "mid": str(status.get("mid") or status_id)}
    uid = user.get("idstr") or user.get("id")
    return {**found, "uid": str(uid)} if uid else found


def _batches(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _figures(key: str, row: Mapping[str, Any], now: datetime) -> Figures:
    return Figures(
        of="post",
        external_id=key,
        taken_at=now,
        input_kind="public_count",
        likes=number(row.get("attitudes", row.get("likes"))),
        shares=number(row.get("reposts")),
        comments=number(row.get("comments")),
        raw=dict(row),
    )
