"""The 头条号 channel: articles by a package, videos over the interface where an account is switched to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Capabilities, ErrorClass, Journal, Outcome, Package, Post, Refusal, TokenShelf
from connectors.channels.codes import fingerprint, never_again, not_asked, outcome_of, problem
from connectors.channels.packing.by_hand import ByHand, incomplete, unfit
from connectors.channels.toutiao.api import ToutiaoApi, ToutiaoCredentials, Work
from connectors.channels.toutiao.package import package_id, packed
from connectors.channels.videos import fetched, reachable
from connectors.errors import ConnectorError
from connectors.http import HttpClient

LIMITS = {"title": 30, "title_min": 2, "video_title": 30, "video_bytes": 50 * 1024 * 1024}
STEPS = (
    "登录头条号后台，新建文章，把下面的标题粘贴进去。",
    "下载资料包并解压，正文从 article.docx 粘贴；图片必须在编辑器里按编号逐张上传。",
    "封面用 cover 里的图；按 meta.json 选择原创或转载，声明人工智能使用情况。",
    "对照 checklist.md 核对后提交审核。",
    "审核通过后，把文章链接（https://www.toutiao.com/article/…）粘贴到这里登记；没有通过就点“放弃”，修改后再走审签。",
)
_V = ErrorClass.VALIDATION
_TITLE_CALL, _UPLOAD_CALL = "toutiao_create", "toutiao_upload"
_BEFORE, _NONE = "same_title_before", "none"
"""Works of the same title that were there before ours was made."""
_MADE_AT, _CREATE_LOST = "made_at", "create_lost"
_GRACE = timedelta(minutes=30)
"""For so long "not there" may mean "not yet"."""
_PUBLIC, _UNFIT, _IN_REVIEW = {1, 5}, 2, 4


class ToutiaoSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    video_api: bool = False
    """Videos over the open platform's interface; whether an app still gets the right to it is not certain."""
    base_url: str = "https://open.douyin.com"
    media_url: str = ""
    limits: dict[str, int] = Field(default_factory=dict)

    def limit(self, name: str) -> int:
        return self.limits.get(name, LIMITS[name])


class Toutiao(ByHand):
    """One 头条号. Fits connectors.base.Channel and Packs."""

    name = "toutiao"
    Settings = ToutiaoSettings
    Credentials = ToutiaoCredentials
    LIMITS = LIMITS
    withdraw_cause = "头条号没有撤稿接口，只能由人处理。"
    withdraw_steps = "请登录头条号后台的作品管理：已发布的删除，还在审核的撤回，没有提交的无需处理；办好后在此登记为已撤回，写明凭据。"

    def __init__(
        self,
        settings: ToutiaoSettings,
        credentials: ToutiaoCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._http = http.named("头条")
        self._api = ToutiaoApi(settings.base_url, credentials, http)
        self._now = now

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mode="manual",
            article=True,
            images_max=50,
            video=self._settings.video_api,
            can_edit=True,
            metrics="import",
            limits={**LIMITS, **self._settings.limits},
        )

    @property
    def steps(self) -> tuple[str, ...]:
        return STEPS

    def check(self) -> Outcome:
        if not self._settings.video_api:
            return super().check()
        try:
            self._api.works(count=1)
        except ConnectorError as error:
            return outcome_of(error, self._now())
        return Outcome(state="done")

    def problems(self, post: Post) -> list[Refusal]:
        return list(self._troubles(post))

    def _troubles(self, post: Post) -> Iterator[Refusal]:
        length, least, most = len(post.title.strip()), self._settings.limit("title_min"), self._settings.limit("title")
        if length and not least <= length <= most:
            cause = f"标题有 {length} 字，头条要求 {least} 到 {most} 字。"
            yield problem(_V, cause, f"请把标题改到 {least} 到 {most} 字。")
        if not self._films(post):
            yield from unfit(post)
        elif not length:
            yield problem(_V, "没有标题。", "请填写标题。")
        elif not reachable(post.video_url, self._settings.base_url):
            yield problem(_V, "视频网址不是 https 开头，取不到视频。", "请换成以 https:// 开头的网址。")

    def _films(self, post: Post) -> bool:
        return self._settings.video_api and bool(post.video_url)

    def publish(self, post: Post, journal: Journal) -> Outcome:
        refusal = next(iter(self.problems(post)), None)
        if refusal is not None:
            return Outcome(state="failed", refusal=refusal)
        if self._films(post):
            return self._send(post, journal)
        refusal = incomplete(post)
        if refusal is not None:
            return Outcome(state="failed", refusal=refusal)
        assert post.dossier is not None
        return Outcome(state="pending_user", external_ids={"package_id": package_id(post.dossier, post.marker)})

    def package(self, post: Post) -> Package:
        return packed(post)

    # ------------------------------------------------------------ the video interface

    def _send(self, post: Post, journal: Journal) -> Outcome:
        """Creating twice with one video id makes one work, so both calls go on from what an earlier try was given."""
        mark = fingerprint(post)
        try:
            if "video_id" not in journal.known:
                before = ",".join(self._titled(post.title))
                ids = {_BEFORE: before or _NONE}
                journal.call(_UPLOAD_CALL, mark, lambda: {"video_id": self._api.upload(self._video(post)), **ids})
            if "item_id" not in journal.known:
                video_id = journal.known["video_id"]
                journal.call(_TITLE_CALL, mark, lambda: self._made(self._api.create(video_id, post.title)))
        except ConnectorError as error:
            return outcome_of(error, self._now())
        return Outcome(state="accepted", external_ids=dict(journal.known), retry_after=120.0)

    def _made(self, item_id: str) -> dict[str, str]:
        return {"item_id": item_id, _MADE_AT: self._now().isoformat()}

    def _video(self, post: Post) -> bytes:
        limit, ours = self._settings.limit("video_bytes"), (self._settings.base_url, self._settings.media_url)
        return fetched(self._http, post.video_url, bytes_max=limit, ours=ours, platform="今日头条")

    def _titled(self, title: str) -> list[str]:
        """Works of this title among the account's newest."""
        return [row.item_id for row in self._api.works() if row.title == title]

    def look_up(self, post: Post, journal: Journal) -> Outcome:
        """An upload shows nothing to anybody. A lost create is the one work of its title that was not there before: no clock
        is asked. Works carry no mark of ours; where several are new, a person tells."""
        try:
            if "item_id" in journal.known:
                return never_again(self._poll(journal.known))
            if _TITLE_CALL not in journal.open:
                return Outcome(state="absent", external_ids=dict(journal.known))
            now_there = self._titled(post.title)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="unknown")
        before = journal.known.get(_BEFORE, "").split(",")
        new = [item_id for item_id in now_there if item_id not in before]
        if len(new) > 1:
            cause = "头条上有不止一个同名的新作品，分不清哪个是这一条。"
            remedy = "请在头条号后台核对，登记这一条的链接；没有发出就点“重新发送”。"
            return Outcome(state="unknown", refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy))
        if new:
            return Outcome(state="accepted", external_ids={**journal.known, **self._made(new[0])})
        # the same video id makes no second work: creating again is safe, even if the lost call has its effect only now
        return Outcome(state="absent", external_ids={**journal.known, _CREATE_LOST: "yes"})

    def poll(self, known: Mapping[str, str]) -> Outcome:
        if "item_id" not in known:
            return super().poll(known)
        try:
            return self._poll(known)
        except ConnectorError as error:
            return not_asked(error, self._now(), still="accepted")

    def _poll(self, known: Mapping[str, str]) -> Outcome:
        work = self._api.work(known["item_id"])
        return self._not_shown(known) if work is None else _seen(work, known)

    def _not_shown(self, known: Mapping[str, str]) -> Outcome:
        told = known.get(_MADE_AT, "")
        if told and self._now() < datetime.fromisoformat(told) + _GRACE:
            return Outcome(state="accepted", external_ids=dict(known), retry_after=120.0)
        cause, remedy = "头条上查不到这个视频了，可能已被删除。", "请登录头条号后台的作品管理核对。"
        refusal = problem(ErrorClass.NOT_FOUND, cause, remedy)
        return Outcome(state="absent", external_ids=dict(known), refusal=refusal)

    def withdraw(self, known: Mapping[str, str], journal: Journal) -> Outcome:
        """Nobody saw what was only uploaded. What a create call may have made, and what a person found there, only a
        person can take down."""
        asked = _TITLE_CALL in journal.open or not known.keys().isdisjoint({_CREATE_LOST, "item_id", "published_on"})
        if "video_id" in known and not asked:
            return Outcome(state="absent", external_ids=dict(known))
        return super().withdraw(known, journal)


def _seen(work: Work, known: Mapping[str, str]) -> Outcome:
    """The end of the review says nothing of how it ended; the work's status does. Pure."""
    ids = dict(known)
    if not work.reviewed or work.status == _IN_REVIEW:
        return Outcome(state="accepted", external_ids=ids, retry_after=120.0)
    if work.status in _PUBLIC:
        return Outcome(state="done", external_ids=ids, public_url=work.url)
    if work.status == _UNFIT:
        cause, remedy = "头条审核没有通过这个视频。", "请在头条号后台看原因，修改后另排一版。"
        return Outcome(state="failed", external_ids=ids, refusal=problem(ErrorClass.CONTENT_REJECTED, cause, remedy))
    cause, remedy = (
        "头条审完了这个视频，但没有说它已公开。",
        "请在头条号后台核对：已公开就登记链接，没有就点“重新发送”。",
    )
    return Outcome(state="failed", external_ids=ids, refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy))
