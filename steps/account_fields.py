"""What a person fills in for an account of each platform, explained for somebody who is no programmer. Pure data and checks.

Where the platform's address is taken from (`base_url`) is no field: whoever could change it could have the keys sent anywhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Place = Literal["mode", "settings", "credentials"]


@dataclass(frozen=True)
class Field:
    """One field of the form. `secret`: never shown once it is kept. `shape`: what a right value looks like, `wrong`: said otherwise."""

    place: Place
    key: str
    label: str
    hint: str = ""
    required: bool = False
    secret: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    tick: bool = False
    shape: str = ""
    wrong: str = ""
    identity: bool = False
    """It names the account itself: another value is another account."""
    application: bool = False
    """It names the app: consents and tokens given to another app are worth nothing."""

    @property
    def names_app(self) -> bool:
        """Tokens that were given under another value are not this account's."""
        return self.identity or self.application

    @property
    def name(self) -> str:
        """In the form."""
        return f"{self.place}.{self.key}"


@dataclass(frozen=True)
class Sheet:
    """The form of one platform. `needs`: what to have at hand; `after`: what to do once it is saved."""

    needs: str
    after: str
    fields: tuple[Field, ...]
    contact: bool = False
    """Its packages name somebody to be asked."""


_ASCII = r"[!-~]{4,200}"
_NO_SPACES = "应是一串没有空格和汉字的字符，请从平台页面上重新复制。"
_HOST = r"(?=.{4,100}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"

_INSIDE = r"(0|10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.|::1?$|f[cd]"
"""How an address begins that nobody outside can see."""


def _id(key: str, label: str, hint: str, **more: Any) -> Field:
    values: dict[str, Any] = {"required": True, "shape": _ASCII, "wrong": _NO_SPACES}
    return Field("credentials", key, label, hint, **(values | more))


def _secret(key: str, label: str, hint: str, **more: Any) -> Field:
    return _id(key, label, hint, secret=True, **more)


SHEETS: dict[str, Sheet] = {
    "wechat": Sheet(
        needs="公众号的 AppID 和 AppSecret，并把本系统服务器的公网 IP 加进公众号的 IP 白名单。",
        after="保存后点“检查账号”，系统会向微信核对密钥和权限。",
        fields=(
            Field(
                "mode",
                "mode",
                "怎样发出",
                "发表和群发是两回事：发表的文章粉丝收不到通知，但不占群发次数。没有发布权限的账号选“只存草稿”。",
                choices=(
                    ("direct", "发表：粉丝不收到通知，不占群发次数"),
                    ("mass_send", "群发：粉丝收到通知，订阅号每天 1 次、服务号每月 4 次"),
                    ("draft_only", "只存草稿：由人到公众平台点发表"),
                ),
            ),
            Field(
                "settings",
                "kind",
                "账号类型",
                "登录公众平台，在账号信息里可以看到。",
                choices=(("subscription", "订阅号（公众号）"), ("service", "服务号")),
            ),
            Field(
                "settings",
                "article_type",
                "发什么样的内容",
                "图片消息是几张图配一段短文字，不能群发。",
                choices=(("news", "图文文章"), ("newspic", "图片消息")),
            ),
            Field("settings", "open_comments", "打开文章留言", "账号要先有留言功能。", tick=True),
            _id(
                "appid",
                "AppID（开发者 ID）",
                "在微信公众平台“设置与开发 → 开发接口管理”里，以 wx 开头。发过内容后不能改，换号请另加账号。",
                shape=r"wx[0-9A-Za-z_-]{3,60}",
                wrong="AppID 以 wx 开头，只有字母和数字，请从公众平台重新复制。",
                identity=True,
            ),
            _secret("appsecret", "AppSecret（开发者密码）", "同一页面里启用或重置后只显示一次，请当时复制。"),
            _secret(
                "callback_token",
                "令牌 Token（可不填）",
                "公众平台“服务器配置”里自己起的那串字。填了，文章发布结果由微信主动通知，更快也更省次数。",
                required=False,
                shape=r"[0-9A-Za-z]{3,32}",
                wrong="令牌是 3 到 32 位字母或数字，要和公众平台里填的一样。",
            ),
            _secret(
                "aes_key",
                "消息加解密密钥（可不填）",
                "“服务器配置”里的 EncodingAESKey；选了“安全模式”才要填。",
                required=False,
                shape=r"[0-9A-Za-z]{43}",
                wrong="EncodingAESKey 正好 43 位字母或数字，请重新复制。",
            ),
        ),
    ),
    "weibo": Sheet(
        needs="微博开放平台应用的 App Key、App Secret 和安全域名；账号主人要能登录微博点一次授权。",
        after="保存后请账号主人在账号页点“授权”，再点“检查账号”。授权到期前 7 天、3 天、1 天会提醒。",
        fields=(
            Field(
                "settings",
                "form",
                "发什么样的内容",
                "头条文章只有开通了接口的蓝 V 账号能用。",
                choices=(("short", "短微博（140 字以内，带全文链接）"), ("article", "头条文章（长文）")),
            ),
            Field(
                "settings",
                "bound_domain",
                "安全域名",
                "应用后台“安全域名”里登记的网站，只写域名，例如 kepu.jilin.gov.cn。每条微博都要带这个网站的链接。",
                required=True,
                shape=_HOST,
                wrong="只写域名本身，不带 http:// 和斜杠，例如 kepu.jilin.gov.cn。",
            ),
            Field(
                "settings",
                "rip",
                "服务器的公网 IP",
                "微博要求写明从哪里发出，例如 221.8.1.2；不知道请问网络管理员。内网地址不行。",
                required=True,
                shape=rf"(?!{_INSIDE})(\d{{1,3}}(\.\d{{1,3}}){{3}}|[0-9a-fA-F:]{{3,39}})",
                wrong="IP 地址不正确，应是公网地址，像 221.8.1.2 这样。",
            ),
            Field("settings", "commercial", "已签微博商业接口合同", "有合同才勾选：一条最多可以带九张图。", tick=True),
            _id("app_key", "App Key", "在微博开放平台“我的应用 → 应用信息 → 基本信息”里。", application=True),
            _secret("app_secret", "App Secret", "和 App Key 在同一页面。"),
        ),
    ),
    "douyin": Sheet(
        needs="抖音开放平台应用的 Client Key 和 Client Secret。",
        after="保存后点“检查账号”。要取播放、点赞等数据，再请账号主人点“授权”。",
        fields=(
            Field(
                "mode",
                "mode",
                "怎样发出",
                "一般账号用扫码交接：系统备好视频和文案，由人用手机扫码后点发布。",
                choices=(
                    ("handoff", "扫码交接：手机扫码后由人点发布"),
                    ("direct", "直接发布：要有下面的发布权限"),
                    ("manual", "人工发布：由人到创作者中心上传"),
                ),
            ),
            Field(
                "settings",
                "may_create",
                "应用已获批代发布权限",
                "开放平台“能力管理”里批准了 video.create.bind 才勾选；没有获批而勾选，直接发布会失败。",
                tick=True,
            ),
            _id("client_key", "Client Key", "在抖音开放平台“应用详情”里。", application=True),
            _secret("client_secret", "Client Secret", "和 Client Key 在同一页面。"),
        ),
    ),
    "kuaishou": Sheet(
        needs="快手开放平台应用的 App ID 和 App Secret；账号主人要能登录快手点一次授权。",
        after="保存后请账号主人在账号页点“授权”，再点“检查账号”。快手只发视频：稿件要有视频地址和封面。",
        fields=(
            _id("app_id", "App ID", "在快手开放平台“应用管理”里，一般以 ks 开头。", application=True),
            _secret("app_secret", "App Secret", "和 App ID 在同一页面。"),
        ),
    ),
    "toutiao": Sheet(
        needs="不用密钥：系统备好资料包，由人登录头条号后台上传。",
        after="保存后就可以排期。到时间在“待办”里下载资料包，上传后把链接登记回来。",
        fields=(),
        contact=True,
    ),
    "kepuchina": Sheet(
        needs="不用密钥：系统备好资料包，由人登录科普号后台上传。",
        after="保存后就可以排期。到时间在“待办”里下载资料包，审核通过后把链接登记回来。",
        fields=(),
        contact=True,
    ),
}


def problems(fields: Iterable[Field], values: Mapping[str, str], kept: Iterable[str] = ()) -> dict[str, str]:
    """Name of a field → what is wrong with it (Chinese). `kept`: keys of credentials that are there already; left empty, they stay."""
    known, found = set(kept), {}
    for field in fields:
        text = values.get(field.name, "")
        if not text:
            stays = field.place == "credentials" and field.key in known
            if field.required and not stays:
                found[field.name] = "请填写这一项。"
        elif field.choices and text not in dict(field.choices):
            found[field.name] = "请从列表里选。"
        elif field.shape and not re.fullmatch(field.shape, text):
            found[field.name] = field.wrong
    return found


def app_of(platform: str, keys: Mapping[str, Any]) -> str:
    """A mark of the app that these keys name (of WeChat, the account), to tell its tokens from those of another."""
    fields = SHEETS[platform].fields if platform in SHEETS else ()
    named = [str(keys.get(field.key) or "") for field in fields if field.names_app]
    return hashlib.sha256("\n".join((platform, *named)).encode()).hexdigest()[:16]


def settings_of(fields: Iterable[Field], values: Mapping[str, str]) -> dict[str, Any]:
    """What of the form goes into the account's settings; None where a field was emptied."""
    mine = [field for field in fields if field.place == "settings"]
    return {f.key: bool(values.get(f.name)) if f.tick else values.get(f.name) or None for f in mine}
