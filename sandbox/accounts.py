"""Who exists in this world. An account is checked when it joins; a field that nobody knows is refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from sandbox.kuaishou import tokens as kuaishou
from sandbox.store import Doc, Tx
from sandbox.toutiao import tokens as toutiao

PLATFORMS = ("wechat", "weibo", "douyin", "kuaishou", "toutiao")


class Account(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    unit: str = ""
    area: str = ""
    """GB/T 2260 code."""
    followers: int = Field(default=5000, ge=0)


class WechatAccount(Account):
    platform: Literal["wechat"]
    appid: str = Field(min_length=4)
    secret: str = Field(min_length=4)
    original_id: str = ""
    """gh_…; made from the appid when empty."""
    biz: str = ""
    kind: Literal["subscription", "service"] = "subscription"
    verified: bool = True
    test_account: bool = False
    frozen: bool = False
    secret_frozen: bool = False
    api_banned: bool = False
    limited: bool = False
    ip_whitelist: list[str] | None = None
    """None: any address may ask for tokens."""
    comments_allowed: bool = True
    links_allowed: bool = False
    """External links in articles need the right of WeChat Pay."""
    content_bytes: int | None = None
    """The “2kb” sentence of the official page, for whom it may concern."""
    quotas: dict[str, int] = Field(default_factory=dict)
    """Daily limits that differ from a new account's, e.g. {"freepublish/get": 5}."""

    @property
    def key(self) -> str:
        return self.appid


class WeiboAccount(Account):
    platform: Literal["weibo"]
    uid: str = Field(pattern=r"^\d+$")
    app_key: str
    app_secret: str
    access_token: str = Field(default="", min_length=0)
    """A token given at registration; empty: only through the consent page."""
    token_days: float = Field(default=30, gt=0)
    """1 for an app under test, 30 for a reviewed one, 1825 for the developer's own account."""
    bound_domains: list[str] = Field(default_factory=list)
    """安全域名, host names without port; www. and the bare name are different entries."""
    redirect_uris: list[str] = Field(default_factory=list)
    verified: bool = True
    """蓝V, which the article interface asks for."""
    commercial: bool = False
    """Has a contract for the paid interface."""
    long_text: bool = False
    """May post 2000 characters through it."""
    shortens_links: bool = False
    """Shows links as t.cn, as the site does; what the interface gives back is written nowhere."""
    loopback_rip: bool = True
    """A client on this machine may call itself by it; the real platform wants the address it is seen under."""
    calls_per_day: int = 100
    posts_per_hour: int = 30
    app_reviewed: bool = True
    test_user: bool = True

    @property
    def key(self) -> str:
        return self.uid


DOUYIN_SCOPES = [
    "user_info", "h5.share", "renew_refresh_token", "video.data.bind", "video.list.bind", "data.external.item",
    "data.external.user", "fans.data.bind",
]  # fmt: skip


class DouyinAccount(Account):
    platform: Literal["douyin"]
    client_key: str
    client_secret: str
    open_id: str = Field(min_length=4)
    access_token: str = ""
    refresh_token: str = ""
    scopes: list[str] = Field(default_factory=lambda: list(DOUYIN_SCOPES))
    """What the user granted; "video.create.bind" stands for the rare right to publish directly."""
    redirect_uris: list[str] = Field(default_factory=list)
    institution: bool = True
    banned: bool = False
    creates_per_day: int = 75

    @property
    def key(self) -> str:
        return self.open_id


KUAISHOU_SCOPES = ["user_info", "user_video_publish", "user_video_info", "user_video_delete"]


class KuaishouAccount(Account):
    platform: Literal["kuaishou"]
    app_id: str
    app_secret: str
    open_id: str = Field(min_length=4)
    access_token: str = ""
    refresh_token: str = ""
    scopes: list[str] = Field(default_factory=lambda: list(KUAISHOU_SCOPES))
    """What the owner granted."""
    redirect_uris: list[str] = Field(default_factory=list)
    banned: bool = False
    """From publishing; the platform answers as for a used-up quota."""
    caption_kept: int | None = None
    """Keeps no more than so many characters of a caption, without a word; the contract names no length."""
    calls_per_day: int = 1000
    """For each endpoint."""
    quotas: dict[str, int] = Field(default_factory=dict)
    """Endpoints whose limit differs, e.g. {"/openapi/photo/publish": 2}."""

    @property
    def key(self) -> str:
        return self.open_id


TOUTIAO_SCOPES = ["user_info", "toutiao.video.create", "toutiao.video.data"]


class ToutiaoAccount(Account):
    platform: Literal["toutiao"]
    open_id: str = Field(min_length=4)
    access_token: str = ""
    scopes: list[str] = Field(default_factory=lambda: list(TOUTIAO_SCOPES))
    """What the owner granted."""
    creates_per_day: int = 75

    @property
    def key(self) -> str:
        return self.open_id


OneAccount = WechatAccount | WeiboAccount | DouyinAccount | KuaishouAccount | ToutiaoAccount
ADAPTER: TypeAdapter[OneAccount] = TypeAdapter(Annotated[OneAccount, Field(discriminator="platform")])


def checked(data: Any) -> OneAccount:
    """Raises pydantic.ValidationError."""
    return ADAPTER.validate_python(data)


def join(tx: Tx, account: OneAccount) -> Doc:
    """Adds or changes an account. It keeps the day on which it joined."""
    kind = f"account.{account.platform}"
    old = tx.get(kind, account.key)
    doc = account.model_dump() | {"since": old["since"] if old else tx.now}
    if isinstance(account, WechatAccount):
        doc["original_id"] = account.original_id or f"gh_{account.appid[-12:]}"
        doc["biz"] = account.biz or f"MzA{account.appid[-10:]}=="
    tx.put(kind, account.key, doc, account.key)
    if isinstance(account, WeiboAccount) and account.access_token:
        _weibo_token(tx, account)
    if isinstance(account, DouyinAccount) and account.access_token:
        _douyin_tokens(tx, account)
    if isinstance(account, KuaishouAccount):
        owner = {"open_id": account.open_id, "app_id": account.app_id, "scopes": account.scopes, "revoked": False}
        ends = (tx.now + 172_800, tx.now + 15_552_000)
        kuaishou.keep_tokens(tx, owner, account.access_token, ends[0], account.refresh_token, ends[1])
    if isinstance(account, ToutiaoAccount):
        toutiao.keep_token(tx, account.access_token, account.open_id, account.scopes)
    return doc


def _weibo_token(tx: Tx, account: WeiboAccount) -> None:
    if tx.get("weibo.token", account.access_token) is None:
        row = {"token": account.access_token, "uid": account.uid, "app_key": account.app_key, "created": tx.now}
        row |= {"expires": tx.now + account.token_days * 86_400, "revoked": False}
        tx.put("weibo.token", account.access_token, row, account.uid)


def _douyin_tokens(tx: Tx, account: DouyinAccount) -> None:
    if tx.get("douyin.token", account.access_token) is None:
        row: Doc = {"token": account.access_token, "kind": "user", "client_key": account.client_key}
        row |= {"open_id": account.open_id, "scopes": account.scopes, "expires": tx.now + 15 * 86_400, "dead": None}
        tx.put("douyin.token", account.access_token, row, account.open_id)
    if account.refresh_token and tx.get("douyin.refresh", account.refresh_token) is None:
        refresh: Doc = {"token": account.refresh_token, "client_key": account.client_key, "open_id": account.open_id}
        refresh |= {"scopes": account.scopes, "expires": tx.now + 30 * 86_400, "renewals": 0, "dead": False}
        tx.put("douyin.refresh", account.refresh_token, refresh, account.open_id)


def join_all(tx: Tx, accounts: Iterable[Any]) -> None:
    for data in accounts:
        join(tx, checked(data))


def listing(tx: Tx) -> list[Doc]:
    return [doc for name in PLATFORMS for doc in reversed(tx.find(f"account.{name}"))]
