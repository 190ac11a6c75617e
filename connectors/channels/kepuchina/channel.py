"""The 科普号 channel: a package, and the steps of the person who uploads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Capabilities, Journal, Outcome, Package, Post, Refusal, TokenShelf
from connectors.channels.kepuchina.package import package_id, packed
from connectors.channels.packing.by_hand import ByHand, incomplete, unfit
from connectors.http import HttpClient

LIMITS = {"title": 60, "digest": 120, "keywords": 8}
"""The platform's form is not known: set them per account after the first real upload."""
STEPS = (
    "下载资料包并解压，先看 00_README.txt。",
    "登录科普号后台，新建文章：标题、摘要、关键词从 metadata.xlsx 逐格复制，正文从 article.docx 粘贴。",
    "按 images 里的编号逐张上传图片，封面用 cover 里的图；署名和科学审核人按 review.json 填写。",
    "对照 checklist.md 逐项核对后提交，等平台审核。",
    "审核通过后，把文章的公开链接粘贴到这里登记；没有通过就点“放弃”，修改后再走审签。",
)


class KepuChinaSettings(BaseModel):
    model_config = ConfigDict(extra="ignore")

    limits: dict[str, int] = Field(default_factory=dict)


class KepuChinaCredentials(BaseModel):
    """None: the account is an institution's verified identity, and only people log in."""

    model_config = ConfigDict(extra="forbid")


class KepuChina(ByHand):
    """One 科普号. Fits connectors.base.Channel and Packs."""

    name = "kepuchina"
    Settings = KepuChinaSettings
    Credentials = KepuChinaCredentials
    LIMITS = LIMITS
    withdraw_cause = "科普号没有撤稿接口，只能由人处理。"
    withdraw_steps = (
        "请登录科普号后台：已发布的在文章管理里下线（不能下线时发邮件请平台运营方下线），还在审核的撤回提交，"
        "没有上传的无需处理；办好后在此登记为已撤回，写明凭据。"
    )

    def __init__(
        self,
        settings: KepuChinaSettings,
        credentials: KepuChinaCredentials,
        http: HttpClient,
        tokens: TokenShelf,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            mode="manual",
            article=True,
            images_max=50,
            can_edit=True,
            metrics="import",
            limits={**LIMITS, **self._settings.limits},
        )

    @property
    def steps(self) -> tuple[str, ...]:
        return STEPS

    def problems(self, post: Post) -> list[Refusal]:
        return list(unfit(post))

    def publish(self, post: Post, journal: Journal) -> Outcome:
        """Nothing leaves the house: the package is ready, and waits for a person."""
        refusal = next(iter(self.problems(post)), None) or incomplete(post)
        if refusal is not None:
            return Outcome(state="failed", refusal=refusal)
        assert post.dossier is not None
        return Outcome(state="pending_user", external_ids={"package_id": package_id(post.dossier, post.marker)})

    def package(self, post: Post) -> Package:
        return packed(post)
