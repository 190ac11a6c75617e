"""A story as readers of each platform will see it: the same form that publishing sends, set into a small page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from connectors.channels.wechat.html import article_html, picture_keys
from connectors.channels.weibo.text import length as weibo_length
from content_store.tables import Account, StoryVersion
from desk import bodies
from steps.adapt import SAMPLE_MARKER, Form, form_of, limits_of
from steps.newsroom import Newsroom
from steps.schedule import problems

KINDS = {"wechat": "article", "weibo": "short", "douyin": "video", "kuaishou": "video"}


@dataclass(frozen=True)
class Trouble:
    cause: str
    remedy: str


def troubles(newsroom: Newsroom, version: StoryVersion, account: Account) -> list[Trouble]:
    """What this account's channel would refuse, as it stands."""
    found = problems(newsroom, version, account)
    return [Trouble(each, "") if isinstance(each, str) else Trouble(each.cause, each.remedy) for each in found]


def shown(newsroom: Newsroom, version: StoryVersion, account: Account) -> dict[str, Any]:
    """What the preview page of this account shows."""
    form = form_of(version, account, marker=SAMPLE_MARKER, site_url=newsroom.site_url)
    # a Weibo account may publish long articles instead of short posts
    kind = "article" if account.settings.get("form") == "article" else KINDS.get(account.platform, "article")
    limits = limits_of(account)
    values: dict[str, Any] = {"form": form, "kind": kind, "limits": limits, "account": account, "html": ""}
    if kind == "short":
        values["length"] = weibo_length(form.get("text", ""))
    if kind == "article":
        values["html"] = _article(account, str(form.get("html") or _picture_post(form)))
    return values


def _picture_post(form: Form) -> str:
    """Pictures first, then the words: as readers swipe through them."""
    pictures = "".join(f'<p><img src="media:{escape(key)}" alt=""></p>' for key in form.get("pictures", ()))
    return pictures + "".join(f"<p>{escape(line)}</p>" for line in str(form.get("text") or "").splitlines())


def _article(account: Account, html: str) -> Any:
    if account.platform != "wechat":
        return bodies.shown(html)
    return bodies.with_styles(article_html(html, {key: f"/media/{key}" for key in picture_keys(html)}))
