"""One story version in the form of one account's channel. Pure; the desk's preview, the checks and the sending share it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import Any
from urllib.parse import urlencode

from connectors import registry
from connectors.base import Post, PostPicture
from connectors.channels.captions import topics_in
from connectors.channels.weibo.text import length as weibo_length
from connectors.dossier import Dossier
from content_store.tables import Account, StoryVersion

Form = dict[str, Any]
"""The fields of connectors.base.Post as JSON; pictures stand for their SHA-256."""

SAMPLE_MARKER = "yulan00000"
"""Stands in previews for the mark which a delivery gets when it is scheduled; as long as a real one."""
AI_LINES = {
    "assist": "本文写作中使用了人工智能辅助，内容经人工审核。",
    "generated": "本文由人工智能生成，内容经人工审核。",
}
AI_MARK = "【AI生成】"
PACKED = {"toutiao", "kepuchina"}
"""Platforms whose posts carry a dossier."""
_MARK_ROOM = 20
_BREAKS = "。！？；!?;…"
_SOFT_BREAKS = "，,、：: |｜—"
_MEDIA = re.compile(r"""src=["']media:([0-9A-Za-z_-]+)["']""")
_FIGURELESS = re.compile(r"<[^>]+>")


def form_of(
    version: StoryVersion, account: Account, *, marker: str, site_url: str, dossier: Dossier | None = None
) -> Form:
    """What this account will send. `site_url` is where readers reach our own pages; `dossier` goes along where a
    package is handed over."""
    limits = limits_of(account)
    link = link_to(version, account, marker=marker, site_url=site_url)
    make = _FORMS.get(account.platform, _full)
    form = {"marker": marker, "link": link, **make(version, account, link, limits)}
    return form | ({"dossier": dossier.model_dump(mode="json")} if dossier is not None else {})


def post_of(form: Form, picture: Callable[[str], PostPicture]) -> Post:
    """The post itself, with the bytes of its pictures."""
    values = {**form, "topics": tuple(form.get("topics", ()))}
    values["pictures"] = tuple(picture(key) for key in form.get("pictures", ()))
    values["cover"] = picture(form["cover"]) if form.get("cover") else None
    return Post.model_validate(values)


def fingerprint_of(form: Form) -> str:
    """What the post says, without the mark that tells deliveries apart: equal texts have equal fingerprints."""
    marker = form.get("marker", "")
    said = {name: value for name, value in form.items() if name != "dossier"}
    told = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.replace(marker, "").encode() if marker else told.encode()).hexdigest()


def limits_of(account: Account) -> dict[str, int]:
    """The channel's limits with the account's own changes; what `problems` of the channel uses as well."""
    known: Mapping[str, int] = getattr(registry.channel_class(account.platform), "LIMITS", {})
    own = account.settings.get("limits") or {}
    return {**known, **own}


def link_to(version: StoryVersion, account: Account, *, marker: str, site_url: str) -> str:
    """The full text on our own site. The account may have an address of its own (`link_base`)."""
    base = str(account.settings.get("link_base") or site_url).rstrip("/")
    return f"{base}/s/{version.story_id}?{urlencode({'m': marker})}"


def media_keys(html: str) -> list[str]:
    """Keys of the pictures in a body, in order, each once."""
    return list(dict.fromkeys(_MEDIA.findall(html)))


def plain(html: str) -> str:
    """The words of a body, in one line."""
    return " ".join(unescape(_FIGURELESS.sub(" ", html)).split())


def cut(text: str, limit: int, *, length: Callable[[str], int] = len) -> str:
    """At most `limit` long: whole where it fits, else up to the last full stop, else up to a soft break with "…".

    A cut never keeps less than half of what would fit, so that a full stop near the start does not swallow the text.
    """
    text = text.strip()
    if length(text) <= limit:
        return text
    fits = _longest(text, limit, length)
    whole = _up_to(fits, _BREAKS, limit, length)
    if whole:
        return whole
    fits = _longest(text, limit - length("…"), length)
    return (_up_to(fits, _SOFT_BREAKS, limit, length) or fits).rstrip(_SOFT_BREAKS) + "…"


def _longest(text: str, limit: int, length: Callable[[str], int]) -> str:
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle]) <= limit else (low, middle - 1)
    return text[:low]


def _up_to(text: str, breaks: str, limit: int, length: Callable[[str], int]) -> str:
    place = max((text.rfind(mark) for mark in breaks), default=-1)
    kept = text[: place + 1]
    return kept if place >= 0 and length(kept) * 2 >= limit else ""


def _full(version: StoryVersion, account: Account, link: str, limits: Mapping[str, int]) -> Form:
    return {
        "title": cut(version.title, limits.get("title", 120)),
        "author": version.author,
        "digest": version.digest,
        "html": version.body_html + _end_matter(version),
        "text": plain(version.body_html),
        "cover": version.cover_sha256,
        "pictures": media_keys(version.body_html),
        "video_url": version.video_url,
    }


def _wechat(version: StoryVersion, account: Account, link: str, limits: Mapping[str, int]) -> Form:
    digest = version.digest or plain(version.body_html)
    own = next(iter(media_keys(version.body_html)), None)
    if account.settings.get("article_type") == "newspic":
        return _picture_post(version, limits)
    return {
        "title": cut(version.title, limits["title"]),
        "author": cut(version.author or account.unit, limits["author"]),
        "digest": cut(digest, limits["digest"]),
        "html": version.body_html + _end_matter(version),
        "cover": version.cover_sha256 or own or account.settings.get("default_cover"),
        "pictures": media_keys(version.body_html),
    }


def _picture_post(version: StoryVersion, limits: Mapping[str, int]) -> Form:
    """WeChat's 图片消息: the cover first, then the pictures of the body, and the words in short."""
    end = "".join(f"\n{line}" for line in _end_lines(version))
    words = cut(version.short_text or plain(version.body_html), limits["picture_post_text"] - len(end))
    return {"title": cut(version.title, limits["title"]), "text": words + end, "pictures": _with_cover(version)}


def _end_matter(version: StoryVersion) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in _end_lines(version))


def _end_lines(version: StoryVersion) -> list[str]:
    lines = [f"来源：{version.source_line}"] if version.source_line else []
    return lines + ([AI_LINES[version.ai_use]] if version.ai_use in AI_LINES else [])


def _weibo(version: StoryVersion, account: Account, link: str, limits: Mapping[str, int]) -> Form:
    words, tail = _weibo_words(version), f" 全文 {link}"
    if account.settings.get("form") == "article":
        return _weibo_article(version, account, cut(words, limits["article_text"] - len(tail)) + tail, limits)
    # the tail is counted with the words: half characters of both add up
    room = _longest_head(words, tail, limits["text"])
    cover, most = version.cover_sha256, limits["pictures"]
    pictures = _with_cover(version)[:most] if most > 1 else [cover] if cover else []
    return {"title": version.title, "text": room + tail, "pictures": pictures}


def _weibo_words(version: StoryVersion) -> str:
    words = version.short_text or f"【{version.title}】{version.digest or plain(version.body_html)}"
    words = " ".join(words.replace("#", "").split())
    return AI_MARK + words if version.ai_use == "generated" else words


def _weibo_article(version: StoryVersion, account: Account, text: str, limits: Mapping[str, int]) -> Form:
    """A 头条文章; `text` is the post that goes out with it."""
    own = next(iter(media_keys(version.body_html)), None)
    return {
        "title": cut(version.title, limits["article_title"]),
        "digest": version.digest,
        "html": version.body_html + _end_matter(version),
        "text": text,
        "cover": version.cover_sha256 or own or account.settings.get("default_cover"),
    }


def _longest_head(words: str, tail: str, limit: int) -> str:
    return cut(words, limit, length=lambda head: weibo_length(head + tail)) if weibo_length(tail) < limit else ""


def _douyin(version: StoryVersion, account: Account, link: str, limits: Mapping[str, int]) -> Form:
    topics = [str(topic).strip("# ") for topic in account.settings.get("topics") or ["科普"]]
    title, words = _video_title(version, limits["title"]), version.short_text or version.digest
    # those that an editor wrote into the words count as well; a hand-off to the app carries no words
    direct = account.mode == "direct" and bool(account.settings.get("may_create"))
    written = topics_in(title if account.platform == "douyin" and not direct else f"{title} {words}")
    return {
        "title": title,
        "text": words,
        "topics": topics[: max(limits["topics"] - written, 0)],
        "video_url": version.video_url,
        "pictures": [] if version.video_url else _with_cover(version)[: limits["pictures"]],
        "cover": version.cover_sha256,
    }


def _video_title(version: StoryVersion, limit: int) -> str:
    """What stands above a video; of the AI that made it, the title must tell: a hand-off carries nothing else."""
    sign = AI_MARK if version.ai_use == "generated" else ""
    return sign + cut(version.video_title or version.title, limit - len(sign))


def _kuaishou(version: StoryVersion, account: Account, link: str, limits: Mapping[str, int]) -> Form:
    form = _douyin(version, account, link, {**limits, "pictures": 0})
    # title, topics and the mark share one caption with the words
    room = limits["caption"] - len(form["title"]) - sum(len(topic) + 2 for topic in form["topics"]) - _MARK_ROOM
    cover = form["cover"] or next(iter(media_keys(version.body_html)), None) or account.settings.get("default_cover")
    return {**form, "text": cut(form["text"], room), "cover": cover}


def _toutiao(version: StoryVersion, account: Account, link: str, limits: Mapping[str, int]) -> Form:
    """An article, or a video's title where the account sends videos over the interface."""
    form = _packed(version, account, link, limits)
    if account.settings.get("video_api") and version.video_url:
        form |= {"title": _video_title(version, limits["video_title"])}
    return form


def _packed(version: StoryVersion, account: Account, link: str, limits: Mapping[str, int]) -> Form:
    """What a package is made from; the cover is cut out of the first picture where the story has none."""
    form = _full(version, account, link, limits)
    digest = version.digest or plain(version.body_html)
    return form | {"author": version.author or account.unit, "digest": cut(digest, limits.get("digest", 120))}


def _with_cover(version: StoryVersion) -> list[str]:
    """The cover first, then the pictures of the body."""
    return list(dict.fromkeys([*filter(None, [version.cover_sha256]), *media_keys(version.body_html)]))


_FORMS: dict[str, Callable[[StoryVersion, Account, str, Mapping[str, int]], Form]] = {
    "wechat": _wechat,
    "weibo": _weibo,
    "douyin": _douyin,
    "kuaishou": _kuaishou,
    "toutiao": _toutiao,
    "kepuchina": _packed,
}
