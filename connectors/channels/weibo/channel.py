"""The Weibo channel (open platform): share → read back, and the way back."""

from __future__ import annotations

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
from connectors.channels.codes import (
    Refused,
    fingerprint,
    never_again,
    not_asked,
    number,
    outcome_of,
    problem,
    seconds_to_midnight,
)
from connectors.channels.pictures import Fitted, fit
from connectors.channels.weibo import article
from connectors.channels.weibo.api import WeiboApi, WeiboCredentials
from connectors.channels.weibo.codes import CODES, PENDING, SAME_TEXT
from connectors.channels.weibo.preflight import problems_of
from connectors.channels.weibo.settings import LIMITS, WeiboSettings
from connectors.channels.weibo.text import base62, length
from connectors.channels.weibo.timeline import find, has_words, kept, remembered, twin, wanted
from connectors.errors import ConnectorError
from connectors.http import HttpClient

_BATCH = 100
_ADDRESS_HOUR = "10022"
_RATE_HOUR = {_ADDRESS_HOUR, "10023", "10024"}
_VISIBLE_AFTER_SECONDS = 90.0
_MAKES_IT_PUBLIC = frozenset({"share", "article"})


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
            article=self._in_full,
            short_text=not self._in_full,
            images_max=0 if self._in_full else self._settings.limit("pictures"),
            can_withdraw=not self._in_full,
            metrics="snapshot",
            limits=self._settings.all_limits(),
        )

    @property
    def _in_full(self) -> bool:
        """Whether this account publishes long articles."""
        return self._settings.form == "article"

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
        told = partial(text_at, said, platform="微博", connector="weibo")
        ends = self._now() + timedelta(seconds=number(said.get("expires_in")) or 0)
        return {"access_token": told("access_token"), "uid": told("uid"), "expires_at": ends.isoformat()}

    def problems(self, post: Post) -> list[Refusal]:
        return list(problems_of(post, self._settings))

    # ------------------------------------------------------------ out

    def publish(self, post: Post, journal: Journal) -> Outcome:
        found = self.problems(post)
        if found:
            return Outcome(state="failed", refusal=found[0])
        if "status_id" in journal.known or "pending" in journal.known:
            return self._taken(journal)
        if "half_done" in journal.known:
            return self._half_done(journal)
        try:
            self._send(post, journal)
        except Refused as refused:
            if refused.refusal.kind is ErrorClass.DUPLICATE:
                return self._twin(post, refused)
            return self._outcome(refused)
        except ConnectorError as error:
            return self._outcome(error)
        return self._half_done(journal) if "half_done" in journal.known else self._taken(journal)

    def _half_done(self, journal: Journal) -> Outcome:
        code = journal.known["half_done"]
        known = {name: journal.known[name] for name in ("half_done", "marker")}
        return Outcome(state="failed", refusal=CODES.refusal(code), external_ids=known, raw_code=code)

    def _taken(self, journal: Journal) -> Outcome:
        wait = 5.0 if "status_id" in journal.known else _VISIBLE_AFTER_SECONDS
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=wait)

    def _send(self, post: Post, journal: Journal) -> None:
        """One call makes it public; pictures of the paid interface go up before, and show nothing to anybody."""
        if self._in_full:
            journal.call("article", fingerprint(post), lambda: self._article(post))
            return
        pictures = self._pictures(post)
        if not self._settings.commercial:
            fields, one = {"status": post.text}, next(iter(pictures), None)
            journal.call("share", fingerprint(post), lambda: self._share("/2/statuses/share.json", fields, post, one))
            return
        ids = self._uploaded(pictures, journal)
        fields = {"status": post.text, "visible": "0", "pic_id": ",".join(ids)}
        if length(post.text) > LIMITS["text"]:
            fields["is_longtext"] = "1"
        path = "/2/statuses/upload_url_text/biz.json"
        journal.call("share", fingerprint(post), lambda: self._share(path, fields, post, None))

    def _uploaded(self, pictures: list[Fitted], journal: Journal) -> list[str]:
        """Each picture is written down, so that the row stays ours while nine of them go up."""
        ids: list[str] = []
        for place, picture in enumerate(pictures, 1):
            journal.call("upload_picture", str(place), partial(self._upload, ids, picture))
        return ids

    def _upload(self, ids: list[str], picture: Fitted) -> dict[str, str]:
        ids.append(self._api.upload(self._settings.commercial_url, picture))
        return {}

    def _pictures(self, post: Post) -> list[Fitted]:
        most = self._settings.limit("picture_bytes")
        chosen = post.pictures or ((post.cover,) if post.cover else ())
        return [fit(picture.content, bytes_max=most, formats=("JPEG", "PNG", "GIF")) for picture in chosen]

    def _article(self, post: Post) -> dict[str, str]:
        settings = self._settings
        fields = article.fields_of(post, media_url=settings.media_url, rip=settings.address)
        try:
            made = self._api.publish_article(fields)
        except Refused as refused:
            if refused.code not in article.HALF_DONE:
                raise
            # it had an effect: kept with the call itself, so that a worker that dies now leaves no second article behind
            return {"half_done": refused.code, **kept(post, self._now())}
        ids = {"object_id": str(made.get("object_id") or ""), "article_url": str(made.get("url") or "")}
        return {**ids, "status_id": str(made["mid"]), "mid": str(made["mid"]), "marker": post.marker}

    def _share(self, path: str, fields: Mapping[str, str], post: Post, picture: Fitted | None) -> dict[str, str]:
        base = self._settings.commercial_url if self._settings.commercial else self._settings.base_url
        sent = {name: value for name, value in fields.items() if value} | {"rip": self._settings.address}
        try:
            said = self._api.act(path, sent, picture, base=base)
        except Refused as refused:
            if refused.code != PENDING:
                raise
            return {"pending": PENDING, **kept(post, self._now())}
        return {**_ids(said), "marker": post.marker}

    def _twin(self, post: Post, refused: Refused) -> Outcome:
        """The platform has this text already: a success only if that one is ours."""
        try:
            statuses, _ = self._timeline()
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        found = twin(statuses, wanted(post), same_text=refused.code in SAME_TEXT)
        if found is not None:
            return self._live(found, {"marker": post.marker})
        cause = "微博说已有相同的内容，但最近几条里没有本条。"
        if has_words(statuses, wanted(post)):
            cause = "微博说已有相同的内容，最近几条里有文字相同的，但链接已被缩短，认不出是不是本条。"
        refusal = problem(ErrorClass.NEEDS_HUMAN, cause, "请在微博上核对：已发出就登记链接，否则改动短文后重新投递。")
        return Outcome(state="unknown", refusal=refusal, raw_code=refused.code, raw_message=refused.raw)

    # ------------------------------------------------------------ what became of it

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        try:
            if "status_id" in journal.known or "pending" in journal.known:
                return never_again(self._poll(journal.known, post))
            begun = journal.open.get("article" if self._in_full else "share")
            if begun is None:
                return Outcome(state="absent")
            statuses, total = self._timeline()
            found = find(statuses, wanted(post), since=begun, total=total)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        if found.status is not None:
            return self._live(found.status, {"marker": post.marker})
        left = self._settings.settles_seconds - (self._now() - begun).total_seconds()
        if left > 0:
            return Outcome(state="unknown", retry_after=left)
        if self._in_full:
            return article.unsure()
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
            kept_of, since = remembered(known)
            statuses, _ = self._timeline()
            found = find(statuses, wanted(post) if post is not None else kept_of, since=since)
            if found.status is not None:
                return self._live(found.status, known)
            # a half-done article that a person has cleared away may be sent anew
            return Outcome(state="absent" if "half_done" in known else "accepted", retry_after=60.0)
        try:
            said = self._api.ask("/2/statuses/show.json", id=known["status_id"])
        except Refused as refused:
            if refused.refusal.kind is not ErrorClass.NOT_FOUND:
                raise
            return Outcome(state="absent", external_ids=dict(known), raw_code=refused.code, raw_message=refused.raw)
        text_at(said, "idstr", platform="微博", connector="weibo")
        return self._live(said, known)

    def _timeline(self) -> tuple[list[dict[str, Any]], int | None]:
        """Our own newest posts, of which an ordinary app is shown five, and how many there are in all."""
        said = self._api.ask("/2/statuses/user_timeline.json", uid=self._credentials.uid)
        told_by, perhaps = ("idstr",), ("text",)
        listed = entries(said.get("statuses"), told_by=told_by, perhaps=perhaps, platform="微博", connector="weibo")
        return listed, number(said.get("total_number"))

    def _live(self, status: Mapping[str, Any], known: Mapping[str, str]) -> Outcome:
        ids = {**known, **_ids(status)}
        uid = ids.get("uid") or self._credentials.uid
        if ids.get("article_url"):
            return Outcome(state="done", external_ids=ids, public_url=ids["article_url"])
        url = f"{self._settings.public_url.rstrip('/')}/{uid}/{base62(ids['mid'])}"
        return Outcome(state="done", external_ids=ids, public_url=url)

    # ------------------------------------------------------------ back

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        try:
            if "status_id" not in known:
                if not known.keys() - {"marker"} and journal.open.keys().isdisjoint(_MAKES_IT_PUBLIC):
                    # pictures at most went up, which nobody sees
                    return Outcome(state="absent")
                found = self._poll(known, None) if known.get("marker") else Outcome(state="absent")
                if found.state != "done":
                    return article.by_hand("") if self._in_full else found
                known = found.external_ids
            status_id = known["status_id"]
            journal.call("destroy", status_id, lambda: self._destroy(status_id))
            if self._in_full:
                # its post is gone and nobody is led to it any more; the article itself is a person's work
                return article.by_hand(known.get("article_url", ""))
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
            for row in self._api.counts(batch):
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
            # the limit of an address is by the hour; that of an account is by the hour, and by the day as well
            then = next_hour if error.code == _ADDRESS_HOUR else seconds_to_midnight(now) + 60.0
            return outcome.model_copy(update={"retry_after": next_hour, "then_after": then})
        return outcome


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
